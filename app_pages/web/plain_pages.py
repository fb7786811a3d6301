"""Answer with the plain pages outside the app: signing in, and why a request was refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse

from app_pages.session import cache
from app_pages.web import language, security_headers
from audits import wording
from audits.formats import templates
from audits.store.db import connection

phrase = wording.phrase

TEMPLATES = Path(__file__).parent / "templates"

MESSAGES: Mapping[int, str] = {
    400: phrase("The address cannot be read; open the first page and go on from there."),
    403: phrase("This is not for you. If you need it, ask an administrator."),
    404: phrase("There is nothing at this address."),
    408: phrase("It took too long to arrive; send it again where the network is better."),
    413: phrase("This is too big to be taken in; send smaller files."),
    421: phrase("The program is not known under this address; use the one that the office gave you."),
    500: phrase("Something went wrong here. Nothing that was confirmed is lost; try again."),
    503: phrase("The record cannot be opened just now; try again in a moment."),
}


def page(
    request: Request,
    template: str,
    status: int = 200,
    *,
    store: connection.Store | None = None,
    headers: Mapping[str, str] | None = None,
    problems: tuple[str, ...] = (),
    **values: object,
) -> HTMLResponse:
    """Answer with a template that extends ``page.html.j2``.

    Parameters
    ----------
    request
        Its query is kept in the link to the other language.
    template
        File below ``templates/``.
    store
        Open store of the municipality, whose name heads the page; None where no record may be asked.
    status, headers
        Of the response, beside the headers of every plain page.
    problems
        Sentences in the reader's language, announced by screen readers.
    **values
        Names the template uses, beside ``text``, ``language``, ``municipality`` and ``query``.
    """
    words = language.wording_of(request)
    content = templates.render_lines(
        TEMPLATES / template,
        text=words.text,
        language=words.language,
        municipality=words.name(cache.town(store)) if store else "",
        query=request.query_params,
        problems=problems,
        **values,
    )
    # no-store: the page may show a name, and "back" after signing out must not show it again
    own = {"cache-control": "no-store", "content-security-policy": security_headers.PLAIN_PAGE_POLICY}
    response = HTMLResponse(content, status, {**own, **(headers or {})})
    if request.query_params.get("lang") in wording.LANGUAGES:
        language.remember(response, words.language)
    return response


def error(request: Request, status: int, message: str = "") -> HTMLResponse:
    """Answer why a request was refused: by an English phrase, or that of the status in :data:`MESSAGES`."""
    return page(
        request, "error.html.j2", status, message=language.wording_of(request).text(message or MESSAGES[status])
    )
