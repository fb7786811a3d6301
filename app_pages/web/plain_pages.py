"""Write the small pages that stand before the app: no script, no word about what is inside."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from audits import wording

phrase = wording.phrase

STYLE = "/assets/sign_in.css"
FONTS = ("/assets/vendor/fonts/Sarabun-Regular.woff2", "/assets/vendor/fonts/Sarabun-Bold.woff2")
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)

BACK = phrase("Back to the first page")
SENTENCES: Mapping[int, str] = {
    400: phrase("The address cannot be read; open the first page and go on from there."),
    403: phrase("This is not for you. If you need it, ask an administrator."),
    404: phrase("There is nothing at this address."),
    408: phrase("It took too long to arrive; send it again where the network is better."),
    413: phrase("This is too big to be taken in; send smaller files."),
    421: phrase("The program is not known under this address; use the one that the office gave you."),
    500: phrase("Something went wrong here. Nothing that was confirmed is lost; try again."),
    503: phrase("The record cannot be opened just now; try again in a moment."),
}


def words_of(request: Request) -> wording.Wording:
    """Return the reader's language, from the address first, then as it was last."""
    return wording.Wording(request.query_params.get("lang") or request.cookies.get("lang") or "th")


def page(
    request: Request,
    title: str,
    body: str,
    status: int = 200,
    *,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Return one small page.

    Parameters
    ----------
    request
        What was asked; its address is kept in the links to the other language.
    title
        Heading, in the reader's language, unescaped.
    body
        HTML below it.
    status
        Of the answer.
    headers
        More of them.
    """
    words = words_of(request)
    text = (
        f'<!DOCTYPE html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{html.escape(title)} – Jaidee</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{STYLE}"></head><body>{_languages(request, words)}'
        f'<main><p class="brand">Jaidee</p><h1>{html.escape(title)}</h1>{body}</main></body></html>'
    )
    guarded = {"cache-control": "no-store", "content-security-policy": POLICY}
    response = HTMLResponse(text, status, {**guarded, **(headers or {})})
    if request.query_params.get("lang") in wording.LANGUAGES:
        response.set_cookie("lang", words.language, samesite="lax", max_age=31_536_000)
    return response


def refusal(request: Request, status: int, sentence: str = "") -> HTMLResponse:
    """Return why something is not answered, without a word about the inside."""
    words = words_of(request)
    said = words.text(sentence or SENTENCES[status])
    body = f'<p><a class="button" href="/">{html.escape(words.text(BACK))}</a></p>'
    return page(request, said, body, status)


def alert(sentences: Iterable[str]) -> str:
    """Return sentences that a screen reader says at once; empty for none."""
    lines = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in sentences)
    return f'<div class="alert" role="alert">{lines}</div>' if lines else ""


def _languages(request: Request, words: wording.Wording) -> str:
    parts = []
    for language, name in (("th", "ไทย"), ("en", "English")):
        if language == words.language:
            parts.append(f'<span lang="{language}" aria-current="true">{name}</span>')
        else:
            query = html.escape(urlencode({**request.query_params, "lang": language}))
            parts.append(f'<a href="?{query}" lang="{language}" hreflang="{language}">{name}</a>')
    return f'<nav aria-label="ภาษา / Language">{" ".join(parts)}</nav>'
