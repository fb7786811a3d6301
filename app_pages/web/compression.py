"""Serve Streamlit's bundles compressed once and cached by the browser."""

from __future__ import annotations

import functools
import gzip
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import file_util

STREAMLIT_FOLDER = Path(file_util.get_static_dir())
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}
_HEADERS = {
    "content-encoding": "gzip",
    "vary": "accept-encoding",
    # the names of the bundles hold their hash
    "cache-control": "public, immutable, max-age=31536000",
}


class CompressedBundlesMiddleware:
    """Answer requests below ``/static/`` from memory, in gzip; Streamlit would send megabytes plain to every phone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or pass it on."""
        response = _bundle(Request(scope)) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        await (response or self.app)(scope, receive, send)


def _bundle(request: Request) -> Response | None:
    path, media_type = request.url.path, _MEDIA_TYPES.get(Path(request.url.path).suffix)
    accepts_gzip = "gzip" in request.headers.get("accept-encoding", "")
    if not path.startswith("/static/") or ".." in path or media_type is None or not accepts_gzip:
        return None
    content = _compressed(path)
    return None if content is None else Response(content, media_type=media_type, headers=_HEADERS)


@functools.cache
def _compressed(path: str) -> bytes | None:
    file = STREAMLIT_FOLDER / path.lstrip("/")
    return gzip.compress(file.read_bytes(), 6) if file.is_file() else None
