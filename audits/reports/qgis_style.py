"""Style layers for QGIS: points by colour and shape together, lines by width, field names a person can read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audits import terms, wording
from audits.formats import templates
from audits.reports import columns
from layers import symbols

TEMPLATE = Path(__file__).parent / "templates" / "qgis_style.qml.j2"
_VERDICTS = ("fail", "borderline", "unknown", "pass")
_WIDTHS_MM = (0.4, 0.8, 1.4, 2.2)

Category = tuple[str, str, symbols.Symbol]
"""A value, its label and its symbol."""


def qml(wanted: Sequence[columns.Column], words: wording.Wording, *, points: bool) -> str:
    """Return a layer style that draws points by their column ``verdict``; only field names without `points`.

    Parameters
    ----------
    wanted
        Columns of the layer; their titles become field names.
    words
        The reader's language.
    points
        Whether the layer has points.
    """
    drawn = [(verdict, symbols.OF_VERDICT[verdict]) for verdict in _VERDICTS] if points else []
    categories = [
        (verdict, f"{symbol.glyph} {words.text(terms.VERDICT[verdict])}", symbol) for verdict, symbol in drawn
    ]
    return by_value(wanted, words, "verdict", categories)


def by_value(
    wanted: Sequence[columns.Column], words: wording.Wording, column: str, categories: Sequence[Category]
) -> str:
    """Return a layer style that draws points by the values of a column."""
    return _style(wanted, words, column=column, categories=categories, steps=())


def by_size(wanted: Sequence[columns.Column], words: wording.Wording, column: str, most: float, colour: str) -> str:
    """Return a layer style that draws lines in four even steps of a column from 0 to `most`, the larger the wider."""
    ends = [f"{most * step / len(_WIDTHS_MM):.3f}" for step in range(len(_WIDTHS_MM) + 1)]
    steps = list(zip(ends, ends[1:], _WIDTHS_MM, strict=False))
    return _style(wanted, words, column=column, categories=(), steps=steps, colour=rgba(colour))


def _style(wanted: Sequence[columns.Column], words: wording.Wording, **renderer: object) -> str:
    fields = {column.name: column.heading(words) for column in wanted}
    return templates.render(TEMPLATE, fields=fields, rgba=rgba, **renderer)


def rgba(colour: str) -> str:
    """Return a colour such as ``#00468b`` as QGIS writes it."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"{red},{green},{blue},255"
