"""Take in what residents ask for by one form, without an account, a script or a photo."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app_pages.session import cache
from app_pages.web import language, plain_pages
from audits import errors
from audits.reports import known_places
from audits.store.db import connection
from audits.store.public_form import unread
from audits.store.requests import requests

PATH = unread.ADDRESS
# a field that no person sees; programs fill in whatever there is
TRAP = "website"


def routes(open_store: Callable[[], connection.Store]) -> list[Route]:
    """Return the routes of the form; `open_store` returns the open store of the municipality."""
    endpoints = _Endpoints(open_store)
    return [
        Route(PATH, endpoints.form, methods=["GET"]),
        Route(PATH, endpoints.send, methods=["POST"]),
    ]


class _Endpoints:
    def __init__(self, open_store: Callable[[], connection.Store]) -> None:
        self._open_store = open_store

    def form(self, request: Request) -> Response:
        store = self._open_store()
        if not unread.is_open(store):
            return plain_pages.error(request, 404)
        if request.query_params.get("sent"):
            return plain_pages.page(request, "ask_sent.html.j2", store=store)
        return _page(store, request)

    async def send(self, request: Request) -> Response:
        # a stranger may send this: nothing that Starlette would spool to the disk
        form = await request.form(max_files=0, max_fields=10)
        written = {name: str(form.get(name, "")) for name in ("text", "place", TRAP)}
        return await run_in_threadpool(self._send, request, written)

    def _send(self, request: Request, written: dict[str, str]) -> Response:
        store, words = self._open_store(), language.wording_of(request)
        if not unread.is_open(store):
            return plain_pages.error(request, 404)
        # a program that fills in the trap gets the answer that a person gets, and learns nothing from it
        if not written[TRAP]:
            address = request.client.host if request.client else ""
            site = known_places.code(written["place"], cache.known(store, words.language))
            try:
                wait_s = unread.send(store, written["text"], "" if site else written["place"], site, address)
            except errors.RefusedError as refused:
                return _page(store, request, 400, *map(words.problem, refused.problems), written=written)
            if wait_s > 0:
                seconds = int(wait_s) + 1
                problem = words.text("Too many tries. Try again in {seconds} seconds.", seconds=seconds)
                return _page(store, request, 429, problem, written=written, retry_after_s=seconds)
        # a page that is loaded again must not send again
        return RedirectResponse(f"{PATH}?{urlencode({'sent': 1, 'lang': words.language})}", 303)


def _page(
    store: connection.Store,
    request: Request,
    status: int = 200,
    *problems: str,
    written: dict[str, str] | None = None,
    retry_after_s: int = 0,
) -> Response:
    return plain_pages.page(
        request,
        "ask.html.j2",
        status,
        store=store,
        headers={"retry-after": str(retry_after_s)} if retry_after_s else None,
        problems=problems,
        written=written or dict.fromkeys(("text", "place"), ""),
        places=list(cache.known(store, language.wording_of(request).language)),
        most_text=requests.MOST_TEXT,
        most_place=unread.MOST_PLACE,
        trap=TRAP,
    )
