"""Serve the page that Streamlit lives in: language, focus, compression, and no third party."""

from __future__ import annotations

import contextlib
import functools
import gc
import gzip
import html
import importlib
import json
import logging
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import file_util

from audits import errors, wording
from audits.store.db import connection

STREAMLIT_FOLDER = Path(file_util.get_static_dir())
SERVED_BY_OTHERS = re.compile(
    r"/(assets|openrosa|field|app/static|static|_stcore|media|component|vendor|sign-in|sign-out|health|metrics|public|auth"
    r"|oauth2callback)\b"
)
COMPRESSED = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml"}

# Streamlit and streamlit-folium evaluate code they build, so 'unsafe-eval' and 'unsafe-inline' cannot go
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob: {tiles}",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "worker-src 'self' blob:",
        "frame-src 'self' blob: data:",
        "frame-ancestors 'self'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
PUBLIC_PATH, PUBLIC_CHOICE = "/public", "public_council"
A_YEAR_S = 31_536_000
ONLINE_TILES = "https://tile.openstreetmap.org"

HEAD = """
<link rel="stylesheet" href="./assets/shell.css">
<script type="application/json" id="jaidee-words">{words}</script>
<script src="./assets/shell.js"></script>
<script src="./assets/page_top.js"></script>
{watch}</head>"""
WATCH = '<script src="./assets/signed_in.js"></script>\n'


def routes(static_folder: Path) -> list[Mount]:
    """Return the routes for our own scripts and for the browser libraries copied beside them."""
    return [Mount("/assets", StaticFiles(directory=static_folder), name="assets")]


def public(folder: Path) -> Mount:
    """Return the route of the pages for everybody, as ``python -m audits site`` wrote them into a folder."""
    return Mount(PUBLIC_PATH, StaticFiles(directory=folder, html=True, check_dir=False), name="public")


def middleware(shared: bool = False) -> list[Middleware]:
    """Return what wraps every request that the guard lets through, outermost first.

    Parameters
    ----------
    shared
        Readers sign in; a page notices when its reader was signed out.
    """
    return [Middleware(Shell, shared)]


def living(
    open_store: Callable[[], connection.Store],
) -> Callable[[object], AbstractAsyncContextManager[dict[str, Any]]]:
    """Return what is done before the first reader comes and after the last one went."""

    @contextlib.asynccontextmanager
    async def live(_app: object) -> AsyncIterator[dict[str, Any]]:
        # the slow libraries, and the record: a reader should not wait for either
        for name in ("folium", "geopandas", "pyogrio", "audits.scoring.run", "layers.web_map"):
            importlib.import_module(name)
        # what is loaded now stays: no collection need look at it again
        gc.freeze()
        # they would write who asked for what into the log; the guard's own tells what is needed
        logging.getLogger("uvicorn.access").disabled = True
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        yield {}
        with contextlib.suppress(errors.JaideeError):
            open_store().close()

    return live


class Shell:
    """Answer the page shell in the reader's language, and Streamlit's bundles compressed.

    Parameters
    ----------
    app
        The application wrapped.
    shared
        Readers sign in.
    """

    def __init__(self, app: ASGIApp, shared: bool = False) -> None:
        self.app = app
        self._shared = shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or pass it on."""
        is_asking = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        response = _answer(Request(scope), self._shared) if is_asking else None
        await (response or self.app)(scope, receive, send)


def _answer(request: Request, shared: bool) -> Response | None:
    path = request.url.path
    if path.startswith("/static/") and "gzip" in request.headers.get("accept-encoding", ""):
        return _bundle(path)
    wants_page = "text/html" in request.headers.get("accept", "")
    if wants_page and request.headers.get("sec-fetch-dest", "document") == "document":
        return None if SERVED_BY_OTHERS.match(path) else _page(request, shared)
    return None


def _bundle(path: str) -> Response | None:
    kind = COMPRESSED.get(Path(path).suffix)
    content = None if kind is None or ".." in path else _compressed(path)
    if content is None:
        return None
    headers = {
        "content-encoding": "gzip",
        "vary": "accept-encoding",
        "cache-control": "public, immutable, max-age=31536000",
    }
    return Response(content, media_type=kind, headers=headers)


@functools.cache
def _compressed(path: str) -> bytes | None:
    file = STREAMLIT_FOLDER / path.lstrip("/")
    return gzip.compress(file.read_bytes(), 6) if file.is_file() else None


def _page(request: Request, shared: bool) -> Response:
    language = request.query_params.get("lang") or request.cookies.get("lang") or "th"
    language = language if language in wording.LANGUAGES else "th"
    response = HTMLResponse(
        _page_text(language, shared),
        headers={
            "cache-control": "no-cache",
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
            "content-security-policy": CONTENT_SECURITY_POLICY.format(tiles=ONLINE_TILES),
        },
    )
    response.set_cookie("lang", language, samesite="lax", max_age=A_YEAR_S)
    if "device" not in request.cookies:
        # names the device, not the person: the key under which its unsent surveys are kept
        response.set_cookie("device", secrets.token_urlsafe(18), samesite="lax", httponly=True, max_age=A_YEAR_S)
    return response


@functools.cache
def _page_text(language: str, shared: bool) -> str:
    words = wording.Wording(language)
    chrome = json.dumps(wording.chrome_phrases(language), ensure_ascii=False).replace("<", "\\u003c")
    title = html.escape(words.text("Jaidee: universal design audit"))
    page = (STREAMLIT_FOLDER / "index.html").read_text("utf-8")
    page = page.replace('<html lang="en">', f'<html lang="{language}">')
    page = page.replace("<title>Streamlit</title>", f"<title>{title}</title>")
    head = HEAD.replace("{watch}", WATCH if shared else "").replace("{words}", chrome)
    return page.replace("</head>", head, 1)
