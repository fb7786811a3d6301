"""Read printed figures back: numbers with the separators of the language, sentences by their template, tables."""

from __future__ import annotations

import html.parser
import re
from dataclasses import dataclass, field
from decimal import Decimal

from babel import numbers

from audits import wording

NUMBER = re.compile(r"\d{1,3}(?:,\d{3})*(?:\.\d+)?")
WHOLE = r"\d{1,3}(?:,\d{3})*"
IN_WORDS, WITH_DECIMALS = ("fixes", "rule", "case", "who"), ("today", "after", "gained", "known", "then")
"""Values of sentences that are more than a number, and those that are no whole one."""


def squeezed(text: str) -> str:
    """Return a text without any white space: paper breaks lines where it likes, in Thai also within words."""
    return "".join(text.split())


def number(text: str, words: wording.Wording) -> Decimal:
    """Return the first number of a text, read with the separators of the language."""
    found = NUMBER.search(text)
    assert found, f"no number in {text!r}"
    return numbers.parse_decimal(found[0], locale=words.locale, strict=True)


def whole(text: str, words: wording.Wording) -> int:
    """Return the first number of a text, which has no decimals."""
    figure = number(text, words)
    assert figure == int(figure), text
    return int(figure)


def figures(template: str, text: str, words: wording.Wording) -> dict[str, Decimal]:
    """Return the figures that a sentence made of an English template has in a text, by the names of the template.

    Nothing where it is not there; a value without a number in it, such as a name, is left out.
    """
    parts = re.split(r"\{(\w+)\}", squeezed(words.text(template)))
    pattern = "".join(f"(?P<{part}>{_value(part)})" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    found = re.search(pattern, squeezed(text))
    values = found.groupdict() if found else {}
    return {name: number(value, words) for name, value in values.items() if NUMBER.search(value)}


def _value(name: str) -> str:
    # A full stop may end the sentence before.
    return ".+?" if name in IN_WORDS else NUMBER.pattern if name in WITH_DECIMALS else WHOLE


@dataclass
class Table:
    """A table of a page: its caption and its rows, the headings first; lines of a cell are separated by newlines."""

    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)

    def records(self) -> list[dict[str, str]]:
        """Return the rows below the headings, each cell by its heading."""
        headings, *rows = self.rows
        return [dict(zip(headings, row, strict=True)) for row in rows]


class _Reader(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: object) -> None:
        if tag == "table":
            self.tables.append(Table())
        elif tag == "tr":
            self.tables[-1].rows.append([])
        elif tag in ("th", "td"):
            self.tables[-1].rows[-1].append("")
        elif tag in ("br", "small", "details", "li", "summary"):
            self.handle_data("\n")
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, text: str) -> None:
        if "caption" in self.open:
            self.tables[-1].caption += text
        elif {"th", "td"} & set(self.open) and self.tables and self.tables[-1].rows:
            self.tables[-1].rows[-1][-1] += text


def tables(page: str) -> list[Table]:
    """Return the tables of a page of HTML."""
    reader = _Reader()
    reader.feed(page)
    for table in reader.tables:
        table.caption = table.caption.strip()
        table.rows = [[cell.strip() for cell in row] for row in table.rows]
    return reader.tables


def rows_headed(page: str, *headings: str) -> list[list[str]]:
    """Return the headings and the rows of all tables that begin with some headings, one table under the other."""
    found = [one.rows for one in tables(page) if one.rows and one.rows[0][: len(headings)] == [*headings]]
    return [found[0][0], *(row for rows in found for row in rows[1:])]


def table(page: str, caption: str) -> Table:
    """Return the table with a caption."""
    found = [one for one in tables(page) if one.caption == caption]
    assert len(found) == 1, f"{len(found)} tables {caption!r} of {[one.caption for one in tables(page)]}"
    return found[0]
