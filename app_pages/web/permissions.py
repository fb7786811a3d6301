"""Say what each part of the program is, and which role may reach it."""

from __future__ import annotations

from audits import roles

# whether everybody may read the pages below PUBLIC_PATH, as the municipality's choices keep it
PUBLIC_PATH, PUBLIC_CHOICE = "/public", "public_council"

OPEN_DOORS = ("/openrosa/", "/field/")

SIGNING_IN = "sign-in"
OFFICE = "office sign-in"
DOOR = "phones"
HEALTH = "health"
PUBLIC = "public"
FIGURES = "figures"
MEDIA = "media"
UPLOAD = "upload"
STREAM = "stream"
ASSET = "asset"
PAGE = "page"

OPEN = frozenset({SIGNING_IN, DOOR, HEALTH})
_SIGNING_IN = frozenset(
    {
        *("/sign-in", "/sign-in/password", "/sign-out", "/assets/sign_in.css"),
        *("/assets/vendor/fonts/Sarabun-Regular.woff2", "/assets/vendor/fonts/Sarabun-Bold.woff2"),
    }
)
_OF_THE_OFFICE = frozenset({"/auth/login", "/oauth2callback", "/sign-in/office"})
# photos are kept as JPEG; drawings of our own are SVG and PNG
_PHOTOS = (".jpg", ".jpeg", ".webp", ".heic")


def kind(path: str) -> str:
    """Return what a path leads to; the words of this module."""
    first = f"/{path.split('/')[1]}/"
    if path in _SIGNING_IN:
        return SIGNING_IN
    if path in _OF_THE_OFFICE:
        return OFFICE
    if path in ("/health", "/_stcore/health"):
        return HEALTH
    if path in ("/metrics", "/_stcore/metrics"):
        return FIGURES
    if path.startswith(OPEN_DOORS):
        return DOOR
    if path.startswith("/_stcore/upload_file"):
        return UPLOAD
    if path.startswith("/_stcore/stream"):
        return STREAM
    known = {"/public/": PUBLIC, "/media/": MEDIA, "/assets/": ASSET, "/static/": ASSET, "/component/": ASSET}
    return known.get(first, ASSET if first in ("/_stcore/", "/app/", "/sign-in/", "/vendor/", "/auth/") else PAGE)


def may(role: str, part: str, path: str, method: str = "GET") -> bool:
    """Return whether somebody signed in with this role reaches a part of the program.

    What a page may show and a deed may write is asked again inside, of :mod:`audits.roles`; this is the outer door.
    """
    if part == FIGURES:
        return role == roles.ADMINISTRATOR
    if part == MEDIA:
        return roles.sees(role, "photo") or not path.lower().endswith(_PHOTOS)
    if part == UPLOAD:
        return method in ("OPTIONS", "HEAD") or role in (roles.TECHNICIAN, roles.ENGINEER, roles.ADMINISTRATOR)
    return True
