"""Assign every URL path to an area of the program, and decide which roles may reach it."""

from __future__ import annotations

from app_pages.session import page_roles
from audits import roles, wording

phrase = wording.phrase

# areas; the request log and /metrics have these words, the administrator's page their translations
SIGN_IN = phrase("sign-in")
OIDC = phrase("office sign-in")
DEVICES = phrase("phones")
INTERFACE = phrase("interface")
PUBLIC_FORM = phrase("public form")
STATEMENTS = phrase("statements")
HEALTH = phrase("health")
PUBLIC = phrase("public")
METRICS = phrase("figures")
MEDIA = phrase("media")
UPLOAD = phrase("upload")
STREAM = phrase("stream")
ASSET = phrase("asset")
PAGE = phrase("page")
BROWSER_FAULT = phrase("report of a browser")

# areas that need no session; devices and programs send name and secret with every request
# the public form answers only where the municipality has opened it
OPEN = frozenset({SIGN_IN, DEVICES, INTERFACE, HEALTH, PUBLIC_FORM, STATEMENTS})

# areas whose requests last as long as what a phone sends
UPLOADS = frozenset({UPLOAD, STREAM, DEVICES})

PUBLIC_PATH = "/public"
BROWSER_FAULT_PATH = "/browser-fault"

_AREA_OF_PATH = {
    **dict.fromkeys(("/sign-in", "/sign-in/password", "/sign-out", "/assets/sign_in.css"), SIGN_IN),
    # the sign-in page is drawn before anybody is known
    "/assets/vendor/fonts/Sarabun-Regular.woff2": SIGN_IN,
    "/assets/vendor/fonts/Sarabun-Bold.woff2": SIGN_IN,
    **dict.fromkeys(("/auth/login", "/oauth2callback", "/sign-in/office"), OIDC),
    **dict.fromkeys(("/health", "/_stcore/health"), HEALTH),
    **dict.fromkeys(("/openrosa", "/field"), DEVICES),
    "/api": INTERFACE,
    "/ask": PUBLIC_FORM,
    BROWSER_FAULT_PATH: BROWSER_FAULT,
    **dict.fromkeys(("/metrics", "/_stcore/metrics"), METRICS),
}
# with the slash: /field_work is a page
_AREA_OF_PREFIX = {"/openrosa/": DEVICES, "/field/": DEVICES, "/api/": INTERFACE}
_AREA_OF_PREFIX |= {"/_stcore/upload_file": UPLOAD, "/_stcore/stream": STREAM}
_AREA_OF_FOLDER = {
    "public": PUBLIC,
    "statement": STATEMENTS,
    "media": MEDIA,
    **dict.fromkeys(("assets", "static", "component", "_stcore", "app", "sign-in", "vendor", "auth"), ASSET),
}
# photos are kept as JPEG; drawings of our own are SVG and PNG
_PHOTO_SUFFIXES = (".jpg", ".jpeg", ".webp", ".heic")


def area(path: str) -> str:
    """Return the area a path belongs to, one of the constants of this module."""
    if path in _AREA_OF_PATH:
        return _AREA_OF_PATH[path]
    for prefix, found in _AREA_OF_PREFIX.items():
        if path.startswith(prefix):
            return found
    return _AREA_OF_FOLDER.get(path.partition("/")[2].partition("/")[0], PAGE)


def may_reach(role: str, area: str, path: str, method: str = "GET") -> bool:
    """Return whether a signed-in role may reach a path in an area.

    This is the outer check only: pages and the store ask :mod:`audits.roles` again.
    """
    if area == METRICS:
        return role == roles.ADMINISTRATOR
    if area == MEDIA:
        return roles.sees(role, "photo") or not path.lower().endswith(_PHOTO_SUFFIXES)
    if area == UPLOAD:
        # council members have no page that takes a file
        return method in ("OPTIONS", "HEAD") or role in (roles.TECHNICIAN, roles.ENGINEER, roles.ADMINISTRATOR)
    if area == PAGE:
        # what is no page of anybody has nothing to hide, and answers that there is nothing
        page = path.removeprefix("/")
        return page_roles.has(role, page) or not page_roles.is_page(page)
    return True
