"""Read one row of a table under a layout, and collect everything that is wrong with it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

from audits import errors
from audits.field.tables import headers
from audits.formats import cells, days, tables


@dataclass
class Row:
    """One row on its way in.

    Parameters
    ----------
    line
        As a spreadsheet counts.
    cells, point
        As in :class:`audits.formats.tables.Row`.
    layout
        What the columns mean.
    problems
        What was found so far; a row with problems is held.
    """

    line: int
    cells: Mapping[str, object]
    point: tuple[float, float] | None
    layout: headers.Layout
    problems: list[errors.Problem]

    @property
    def raw(self) -> str:
        """The row as JSON, to be kept when it is held."""
        return json.dumps(dict(self.cells), ensure_ascii=False, default=str)

    def written(self, meaning: str) -> str:
        """Return the text for a meaning, else the constant of the layout, else nothing."""
        return self.layout.text(meaning, self.cells)

    def refuse(self, kind: errors.ProblemKind, column: str = "", /, **values: object) -> None:
        """Note a problem of the row, or of one of its columns."""
        self.problems.append(kind.at(f"row {self.line}, {column}" if column else f"row {self.line}", **values))

    def word(self, meaning: str, known: Mapping[str, str], unknown: errors.ProblemKind, **values: object) -> str:
        """Return the id that a word stands for; empty where nothing is written or, with a problem, nothing known."""
        written = self.written(meaning)
        found = known.get(written.casefold(), "")
        if written and not found:
            self.refuse(unknown, written=written, **values)
        return found

    def day(self, meaning: str, today: dt.date) -> dt.date | None:
        """Return a day that is not in the future; None where nothing is written or, with a problem, no day."""
        use = self.layout.of(meaning)
        value = use.value(self.cells) if use is not None else None
        written_as = use.written_as if use is not None and value is not None else ""
        value = self.layout.constants.get(meaning) if value is None else value
        if value is None:
            return None
        # The format is that of the column; a constant is written by the author of the profile.
        day = days.day(value, today, written_as)
        if isinstance(day, errors.ProblemKind):
            self.refuse(day, use.column if use else "", written=cells.written(value))
            return None
        return day


def of_table(table: tables.Table, layout: headers.Layout) -> list[Row]:
    """Return the rows of a table, with what was wrong when it was opened."""
    return [Row(row.line, row.cells, row.point, layout, list(row.problems)) for row in table.rows]
