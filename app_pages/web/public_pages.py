"""Serve the pages made for the public, or say that nobody has made them."""

from __future__ import annotations

from pathlib import Path

from starlette import concurrency
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from app_pages.web import plain_pages
from audits import wording
from audits.council import site_search
from audits.store import public_pages
from audits.store.db import workspace

NOT_MADE = wording.phrase("The municipality has not made its pages for everybody yet.")


class PublicPages(StaticFiles):
    """Folder of the public pages, which may be made after the program has started."""

    def __init__(self, place: workspace.Workspace) -> None:
        super().__init__(directory=public_pages.folder(place), html=True, check_dir=False)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, or with a page of one sentence where there is no folder."""
        if public_pages.made_at(self._place) is None:
            await plain_pages.error(Request(scope), 404, NOT_MADE)(scope, receive, send)
            return
        await super().__call__(scope, receive, send)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file; a page that is asked for some sites shows these alone."""
        response = await super().get_response(path, scope)
        asked = Request(scope).query_params.get(site_search.ASKED, "")
        if not asked or not isinstance(response, FileResponse) or response.media_type != "text/html":
            return response
        page = await concurrency.run_in_threadpool(Path(response.path).read_text, "utf-8")
        return HTMLResponse(site_search.narrowed(page, asked))
