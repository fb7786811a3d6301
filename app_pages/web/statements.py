"""Show the accessibility statement and the privacy notice to everybody, without an account."""

from __future__ import annotations

from collections.abc import Callable

import markdown_it
import markupsafe
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app_pages.web import language, plain_pages
from audits import wording
from audits.reports import accessibility_statement, privacy_notice
from audits.store.db import connection

# the pages that show the same to whoever is signed in
TWINS = {"/accessibility": accessibility_statement.ADDRESS, "/privacy": privacy_notice.ADDRESS}


def routes(open_store: Callable[[], connection.Store]) -> list[Route]:
    """Return the routes; `open_store` returns the open store of the municipality."""

    def accessibility(request: Request) -> Response:
        store = open_store()
        found = accessibility_statement.read(store, language.wording_of(request))
        before, after = _html(found.before), _html(found.after)
        return plain_pages.page(
            request,
            "accessibility.html.j2",
            store=store,
            title=found.title,
            before=before,
            contact=found.contact,
            after=after,
        )

    def privacy(request: Request) -> Response:
        store = open_store()
        notice = privacy_notice.read(store, language.wording_of(request))
        return plain_pages.page(request, "privacy.html.j2", store=store, notice=notice)

    def missing(request: Request) -> Response:
        return plain_pages.error(request, 404)

    found = {accessibility_statement.ADDRESS: accessibility, privacy_notice.ADDRESS: privacy}
    # Streamlit would answer any other address with its own page
    found["/statement/{name:path}"] = missing
    return [Route(address, endpoint, methods=["GET"]) for address, endpoint in found.items()]


def _html(markdown: str) -> markupsafe.Markup:
    # of our own files, and its raw HTML is escaped all the same
    shown = markdown_it.MarkdownIt("commonmark", {"html": False}).render(markdown)
    return markupsafe.Markup(wording.held(shown))  # noqa: S704
