"""Serve Streamlit's bundles compressed once and cached by the browser."""

from __future__ import annotations

import functools
import gzip
from collections.abc import Callable
from pathlib import Path

import brotli
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import file_util

STREAMLIT_FOLDER = Path(file_util.get_static_dir())
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}
_HEADERS = {
    "vary": "accept-encoding",
    # the names of the bundles hold their hash
    "cache-control": "public, immutable, max-age=31536000",
}
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": functools.partial(brotli.compress, quality=9),
    "gzip": functools.partial(gzip.compress, compresslevel=6),
}

# 171 kB of letters in which Streamlit draws its first frame, before it knows the font of our theme
_FIRST_FONT, _OUR_FONT = "/static/media/SourceSansVF-Upright", "/assets/vendor/fonts/Sarabun-Regular.woff2"


class CompressedBundlesMiddleware:
    """Answer requests below ``/static/`` compressed, from memory; Streamlit would send megabytes to every phone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or pass it on."""
        response = _bundle(Request(scope)) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        await (response or self.app)(scope, receive, send)


def _bundle(request: Request) -> Response | None:
    if request.url.path.startswith(_FIRST_FONT):
        return RedirectResponse(_OUR_FONT, 308, {"cache-control": _HEADERS["cache-control"]})
    path, media_type = request.url.path, _MEDIA_TYPES.get(Path(request.url.path).suffix)
    accepted = request.headers.get("accept-encoding", "")
    # browsers accept Brotli, which is a seventh smaller, by HTTPS and on this computer only
    encoding = next((name for name in _ENCODERS if name in accepted), "")
    # nothing outside Streamlit's own folder is read
    if not path.startswith("/static/") or ".." in path or media_type is None or not encoding:
        return None
    content = _compressed(path, encoding)
    headers = _HEADERS | {"content-encoding": encoding}
    return None if content is None else Response(content, media_type=media_type, headers=headers)


@functools.cache
def _compressed(path: str, encoding: str) -> bytes | None:
    file = STREAMLIT_FOLDER / path.lstrip("/")
    return _ENCODERS[encoding](file.read_bytes()) if file.is_file() else None
