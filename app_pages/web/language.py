"""Choose the language of a response and remember the reader's choice."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from audits import wording

COOKIE_MAX_AGE_S = 31_536_000


def wording_of(request: Request) -> wording.Wording:
    """Return the wording in the reader's language: from the address, else from the cookie, else Thai."""
    return wording.Wording(request.query_params.get("lang") or request.cookies.get("lang") or "th")


def remember(response: Response, language: str) -> None:
    """Set the cookie that keeps a language for the next visit."""
    response.set_cookie("lang", language, samesite="lax", max_age=COOKIE_MAX_AGE_S)
