"""Draw tables that every reader can read: captions, headings, words beside every colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import markupsafe

from audits import terms, wording
from audits.formats import templates

TEMPLATE = Path(__file__).parent / "table.html.j2"
SIGN = {"pass": "✓", "fail": "✕", "borderline": "±", "unknown": "?", "not_applicable": "–"}

Markup = markupsafe.Markup
cell = markupsafe.escape


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[object]], stacked: bool = True) -> str:
    """Return a table whose first column names its rows.

    Parameters
    ----------
    caption
        What the table shows.
    headings
        One a column.
    rows
        Cells, as many as headings, escaped unless :class:`Markup`.
    stacked
        On a narrow screen, show each row as a block.
    """
    cells = [list(zip(headings, row, strict=True)) for row in rows]
    return templates.render(TEMPLATE, caption=caption, headings=headings, rows=cells, stacked=stacked)


def tall(shown: str) -> Markup:
    """Return a long table of :func:`table` that scrolls within its own height, its headings in view."""
    # marked as safe: the template has escaped its cells
    return Markup('<div class="jaidee-tall">{}</div>').format(Markup(shown))


def bullets(items: Iterable[object]) -> Markup:
    """Return a list; its items are escaped unless :class:`Markup`."""
    return Markup("<ul>{}</ul>").format(Markup().join(Markup("<li>{}</li>").format(item) for item in items))


def verdict(name: str, words: wording.Wording) -> Markup:
    """Return a verdict as sign and word in its colour."""
    # the word says it already: a screen reader is not to read the sign as well
    shown = Markup('<span class="jaidee-verdict {}"><span aria-hidden="true">{} </span>{}</span>')
    return shown.format(name, SIGN[name], words.text(terms.VERDICT[name]))


def small(text: str) -> Markup:
    """Return a remark."""
    return Markup('<span class="jaidee-small">{}</span>').format(text)


def strong(text: str) -> Markup:
    """Return a text that stands out."""
    return Markup("<b>{}</b>").format(text)


def lines(*parts: object) -> Markup:
    """Return cells one under the other; empty ones are left out."""
    return Markup("<br>").join(cell(part) for part in parts if part)


def score_bar(low: float, high: float, label: str) -> Markup:
    """Return a score interval as a bar: certain part solid, open part hatched."""
    return Markup(
        '<div class="jaidee-bar" role="img" aria-label="{}">'
        '<b style="width:{:.1f}%"></b><i style="left:{:.1f}%;width:{:.1f}%"></i></div>'
    ).format(label, low, low, max(high - low, 0))
