"""Serve Streamlit's index page in the reader's language, with our scripts and without third parties."""

from __future__ import annotations

import functools
import secrets
from pathlib import Path

import markupsafe
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app_pages.web import compression, language, permissions
from audits import wording
from audits.formats import templates

# Addresses of pages that have another name now; links in printed books and mails go on working.
MOVED = {"/ledger": "/audit_log", "/reach": "/access"}
TEMPLATE = Path(__file__).parent / "templates" / "index_head.html.j2"


class IndexPageMiddleware:
    """Answer requests for pages with the index page; the pages themselves come through the websocket.

    With `shared`, readers sign in, and a page notices when its reader was signed out.
    """

    def __init__(self, app: ASGIApp, *, shared: bool = False) -> None:
        self.app = app
        self._shared = shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or pass it on."""
        response = _page(Request(scope), self._shared) if _asks_for_page(scope) else None
        await (response or self.app)(scope, receive, send)


def _asks_for_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return False
    headers = Request(scope).headers
    # older browsers do not send it
    is_document = headers.get("sec-fetch-dest", "document") == "document"
    return (
        is_document and "text/html" in headers.get("accept", "") and permissions.area(scope["path"]) == permissions.PAGE
    )


def _page(request: Request, shared: bool) -> Response:
    target = MOVED.get(request.url.path)
    if target is not None:
        # relative, so that it leads to the right host behind any proxy
        return RedirectResponse(str(request.url.replace(scheme="", netloc="", path=target)), status_code=308)
    return _index_page(request, shared)


def _index_page(request: Request, shared: bool) -> Response:
    chosen = language.wording_of(request).language
    response = HTMLResponse(_content(chosen, shared), headers={"cache-control": "no-cache"})
    language.remember(response, chosen)
    if "device" not in request.cookies:
        # names the device, not the person: the key under which its unsent surveys are kept
        value = secrets.token_urlsafe(18)
        response.set_cookie("device", value, samesite="lax", httponly=True, max_age=language.COOKIE_MAX_AGE_S)
    return response


@functools.cache
def _content(chosen: str, shared: bool) -> str:
    title = markupsafe.escape(wording.Wording(chosen).text("Jaidee: universal design audit"))
    head = templates.render_lines(
        TEMPLATE, phrases=wording.chrome_phrases(chosen), held=wording.HELD_WORDS, shared=shared
    )
    # Streamlit has no template of its own for this page, so its file is changed in three places
    page = (compression.STREAMLIT_FOLDER / "index.html").read_text("utf-8")
    page = page.replace('<html lang="en">', f'<html lang="{chosen}">')
    page = page.replace("<title>Streamlit</title>", f"<title>{title}</title>")
    return page.replace("</head>", f"{head}</head>", 1)
