"""Draw tables that every reader can read: captions, headings, words beside every colour."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from audits import terms, wording


class Markup(str):
    """Text that is HTML already, made by one of the functions here."""

    __slots__ = ()


def cell(value: object) -> str:
    """Return a value as HTML; everything but :class:`Markup` is escaped."""
    return value if isinstance(value, Markup) else html.escape(str(value))


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[object]], stacked: bool = True) -> str:
    """Return a table whose first column names its rows.

    Parameters
    ----------
    caption
        What the table shows.
    headings
        One a column.
    rows
        Cells, escaped unless :class:`Markup`.
    stacked
        On a narrow screen, show each row as a block.
    """
    # explicit roles: a table laid out as blocks on a narrow screen would stop being one for a screen reader
    head = "".join(f'<th scope="col" role="columnheader">{cell(heading)}</th>' for heading in headings)
    body = "".join(_row(headings, row) for row in rows)
    kind = "jaidee-table stacked" if stacked else "jaidee-table"
    return (
        f'<div class="jaidee-scroll" tabindex="0" role="region" aria-label="{html.escape(caption)}">'
        f'<table class="{kind}" role="table"><caption>{cell(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></div>'
    )


def _row(headings: Sequence[str], row: Sequence[object]) -> str:
    first, *rest = row
    cells = "".join(
        f'<td role="cell" data-heading="{html.escape(heading)}">{cell(value)}</td>'
        for heading, value in zip(headings[1:], rest, strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{cell(first)}</th>{cells}</tr>'


def bullets(items: Iterable[object]) -> Markup:
    """Return a list; its items are escaped unless :class:`Markup`."""
    return Markup("<ul>" + "".join(f"<li>{cell(item)}</li>" for item in items) + "</ul>")


SIGN = {"pass": "✓", "fail": "✕", "borderline": "±", "unknown": "?", "not_applicable": "–"}


def verdict(name: str, words: wording.Wording) -> Markup:
    """Return a verdict as sign and word in its colour."""
    return Markup(
        f'<span class="jaidee-verdict {name}"><span aria-hidden="true">{SIGN[name]} </span>'
        f"{html.escape(words.text(terms.VERDICT[name]))}</span>"
    )


def small(text: str) -> Markup:
    """Return a remark."""
    return Markup(f'<span class="jaidee-small">{html.escape(text)}</span>')


def lines(*parts: object) -> Markup:
    """Return cells one under the other; empty ones are left out."""
    return Markup("<br>".join(cell(part) for part in parts if part))


def score_bar(low: float, high: float, label: str) -> Markup:
    """Return a score interval as a bar: certain part solid, open part hatched."""
    return Markup(
        f'<div class="jaidee-bar" role="img" aria-label="{html.escape(label)}">'
        f'<b style="width:{low:.1f}%"></b><i style="left:{low:.1f}%;width:{max(high - low, 0):.1f}%"></i></div>'
    )
