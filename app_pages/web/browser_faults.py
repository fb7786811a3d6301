"""Keep what did not work in a reader's browser, where the administrator sees it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app_pages.session import page_titles
from app_pages.web import permissions
from audits import wording
from audits.store import incidents
from audits.store.db import connection

SAW_PART_MISSING = wording.phrase("A part of the page stayed empty or did not react.")
# class of an error and its place, or the name of a file: nothing in which somebody could write a sentence
_WHAT = re.compile(r"[A-Za-z]\w{0,40}( [\w.\-]{1,60}(:\d{1,7})?)?", re.ASCII)


def routes(open_store: Callable[[], connection.Store]) -> list[Route]:
    """Return the route that `static/faults.js` reports to; `open_store` returns the municipality's store."""

    async def report(request: Request) -> Response:
        try:
            sent = json.loads(await request.body())
            page, what = str(sent["page"]), str(sent["what"])
        except (ValueError, TypeError, KeyError):
            return Response(status_code=400)
        if not _WHAT.fullmatch(what):
            return Response(status_code=400)
        # the title is one of a fixed list: what a browser sends is never shown to the administrator
        where = page_titles.TITLES.get(page, permissions.PAGE)
        await run_in_threadpool(_keep, open_store(), where, what)
        return Response(status_code=204)

    return [Route(permissions.BROWSER_FAULT_PATH, report, methods=["POST"])]


def keep_missing_file(store: connection.Store, path: str) -> None:
    """Keep that one of our pages asked for a file that is not there.

    Parameters
    ----------
    path
        URL path in the area :data:`app_pages.web.permissions.ASSET`; only its last two parts are kept.
    """
    folder, _, name = path.rpartition("/")
    what = f"404 {folder.rpartition('/')[2]}/{name}"
    _keep(store, permissions.ASSET, what[:80])


def _keep(store: connection.Store, where: str, what: str) -> None:
    incident = incidents.Incident(dt.datetime.now(dt.UTC), incidents.ERROR, where, what, SAW_PART_MISSING)
    incidents.add_once(store.workspace, incident)
