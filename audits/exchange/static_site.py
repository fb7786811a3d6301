"""Write the record as public pages that need no server: files of a folder, or one file with everything in it."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence

from audits import wording
from audits.exchange import council_contents, static_pages
from layers import web_assets

STYLE = "council_site.css"
FONTS = {400: "fonts/Sarabun-Regular.woff2", 700: "fonts/Sarabun-Bold.woff2"}

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
)


def files(
    answers: council_contents.Answers, briefs: Mapping[str, bytes], languages: Sequence[str] = wording.LANGUAGES
) -> dict[str, bytes]:
    """Return the pages by path; the same answers make the same bytes.

    The first language is at ``index.html``, each other in a folder of its name; the briefs lie beside them. No page
    holds a script, a note, a photo or the name of a surveyor.

    Parameters
    ----------
    answers
        What to tell.
    briefs
        By language, the printed brief; see :func:`audits.paper.brief.brief`.
    languages
        Of :data:`audits.wording.LANGUAGES`; at least one.

    Raises
    ------
    layers.errors.LayerError
        If the fonts have not been prepared, or the ground cannot be read.
    """
    first = languages[0]
    result = {}
    for language in languages:
        up = "" if language == first else "../"
        links = {other: f"{up}{_page(other, first)}" for other in languages}
        brief = f"{up}brief-{language}.pdf" if language in briefs else ""
        body = static_pages.page(answers, wording.Wording(language), links=links, brief=brief)
        result[_page(language, first)] = _document(answers, language, [body])
    return result | {f"brief-{language}.pdf": content for language, content in sorted(briefs.items())}


def one_file(
    answers: council_contents.Answers, briefs: Mapping[str, bytes], languages: Sequence[str] = wording.LANGUAGES
) -> bytes:
    """Return everything as one HTML file, each language after the other; parameters as :func:`files`."""
    links = {language: f"#{language}" for language in languages}
    bodies = []
    for language in languages:
        packed = base64.b64encode(briefs[language]).decode() if language in briefs else ""
        brief = f"data:application/pdf;base64,{packed}" if packed else ""
        bodies.append(static_pages.page(answers, wording.Wording(language), links=links, brief=brief))
    return _document(answers, languages[0], bodies)


def _page(language: str, first: str) -> str:
    return "index.html" if language == first else f"{language}/index.html"


def _document(answers: council_contents.Answers, language: str, bodies: Sequence[str]) -> bytes:
    words = wording.Wording(language)
    title = " · ".join(filter(None, (static_pages.title(words), words.day(answers.until))))
    lines = (
        "<!DOCTYPE html>",
        f'<html lang="{language}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        # without this a browser asks the server for an icon
        '<link rel="icon" href="data:,">',
        f"<title>{html.escape(title)}</title>",
        f"<style>{_style()}</style>",
        "</head>",
        "<body>",
        *bodies,
        "</body>",
        "</html>",
        "",
    )
    return "\n".join(lines).encode()


def _style() -> str:
    faces = "".join(
        f"@font-face{{font-family:Sarabun;font-weight:{weight};src:url(data:font/woff2;base64,{_font(name)})}}"
        for weight, name in FONTS.items()
    )
    return faces + (web_assets.STATIC / STYLE).read_text("utf-8")


def _font(name: str) -> str:
    return base64.b64encode(web_assets.path_of(name).read_bytes()).decode()
