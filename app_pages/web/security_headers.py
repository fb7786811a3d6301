"""Set the security headers that every response carries."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import Scope

from app_pages.web import permissions

ONLINE_TILES = "https://tile.openstreetmap.org"

# Streamlit and streamlit-folium evaluate code they build, so 'unsafe-eval' and 'unsafe-inline' cannot go
APP_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    f"img-src 'self' data: blob: {ONLINE_TILES}; font-src 'self' data:; connect-src 'self' ws: wss:; "
    "worker-src 'self' blob:; frame-src 'self' blob: data:; frame-ancestors 'self'; base-uri 'self'; "
    "form-action 'self'"
)
PLAIN_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
# a photo or a file made for download must not run as a page of ours when it is opened by its own address
MEDIA_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox"
PERMISSIONS_POLICY = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"


def add(headers: MutableHeaders, scope: Scope) -> None:
    """Add the security headers to those of a response; what it set itself stays."""
    headers.setdefault("x-content-type-options", "nosniff")
    headers.setdefault("referrer-policy", "same-origin")
    headers.setdefault("permissions-policy", PERMISSIONS_POLICY)
    headers.setdefault("x-frame-options", "SAMEORIGIN")
    area = permissions.area(scope["path"])
    # a kit opened from a file is of another origin and must be able to read what devices are answered
    if area != permissions.DEVICES:
        headers.setdefault("cross-origin-opener-policy", "same-origin")
        headers.setdefault("cross-origin-resource-policy", "same-origin")
    if area == permissions.MEDIA:
        headers.setdefault("content-security-policy", MEDIA_POLICY)
        headers["cache-control"] = "private, no-store"
    if "text/html" in headers.get("content-type", ""):
        headers.setdefault("content-security-policy", APP_POLICY)
    if scope["scheme"] in ("https", "wss"):
        headers.setdefault("strict-transport-security", "max-age=31536000")
