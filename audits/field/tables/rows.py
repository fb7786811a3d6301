"""Read one row of a table under a layout, and collect everything that is wrong with it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from audits import errors
from audits.field.tables import headers
from audits.formats import cells, days, tables

CODE_BECAME_DATE = errors.ProblemKind(
    "ROW-001", "the spreadsheet turned the code into the date {written}; write the code in a text cell"
)
CODE_LOST_FIGURES = errors.ProblemKind(
    "ROW-002", "the spreadsheet shortened the code to {written}; write the whole code in a text cell"
)
CODE_LOST_ZEROS = errors.ProblemKind(
    "ROW-003",
    "“{written}” is not registered, but {code} is; a spreadsheet drops leading zeros, so write {code} as text",
)

_MONTH = "|".join(re.escape(word) for words in cells.SPELLINGS["months"] for word in words)
_DATE = re.compile(rf"[0-9]{{1,4}}[-/ ](?:{_MONTH})|(?:{_MONTH})[-/ ][0-9]{{1,4}}|[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}")
_SHORTENED = re.compile(r"[0-9][.,]?[0-9]*e\+[0-9]+")
# A spreadsheet keeps fifteen figures of a number.
_MOST_FIGURES = 10**15


@dataclass(slots=True)
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
    as_sent
        All cells as they came; `cells` leaves out those that nobody could read.
    """

    line: int
    cells: Mapping[str, object]
    point: tuple[float, float] | None
    layout: headers.Layout
    problems: list[errors.Problem]
    as_sent: Mapping[str, object] = field(default_factory=dict)

    @property
    def raw(self) -> str:
        """The row as JSON, to be kept when it is held."""
        # a workbook gives days and times, which JSON does not know
        return json.dumps(dict(self.as_sent or self.cells), ensure_ascii=False, default=str)

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

    def day(self, meaning: str, today: dt.date, since: dt.date | None = None) -> dt.date | None:
        """Return a day from `since` to `today`; None where nothing is written or, with a problem, no such day."""
        use = self.layout.of(meaning)
        value = use.value(self.cells) if use is not None else None
        written_as = use.written_as if use is not None and value is not None else ""
        value = self.layout.constants.get(meaning) if value is None else value
        if value is None:
            return None
        # The format is that of the column; a constant is written by the author of the profile.
        day = days.day(value, today, written_as, since)
        if isinstance(day, errors.ProblemKind):
            self.refuse(day, use.column if use else "", written=cells.written(value))
            return None
        return day


def of_table(table: tables.Table, layout: headers.Layout, codes: Collection[str] = ()) -> list[Row]:
    """Return the rows of a table, with what was wrong when it was opened and with what nobody could read in a cell.

    Parameters
    ----------
    table, layout
        The table, and what its columns mean.
    codes
        The codes of the register, to find those that a spreadsheet has changed.
    """
    numbers = {code.lstrip("0"): code for code in codes if code.isdecimal()}
    rows = [_row(row, layout, codes, numbers) for row in table.rows]
    for meaning in ("observed_on", "permitted_on"):
        use = layout.of(meaning)
        if use is not None and not use.written_as:
            # whether the month stands first shows in the whole column only, not in one cell
            is_doubtful = days.month_first(use.value(row.cells) for row in rows)
            for row in rows:
                if is_doubtful(written := use.value(row.cells)):
                    row.refuse(days.MONTH_FIRST, use.column, written=written)
    return rows


def _row(sent: tables.Row, layout: headers.Layout, codes: Collection[str], numbers: Mapping[str, str]) -> Row:
    problems = list(sent.problems)
    unread: dict[str, object] = {}
    for use in layout.uses:
        value = use.value(sent.cells)
        if kind := cells.unseen(value):
            unread[use.column] = None
            problems.append(kind.at(f"row {sent.line}, {use.column}", written=cells.written(value)))
    read = {**sent.cells, **unread} if unread else sent.cells
    row = Row(sent.line, read, sent.point, layout, problems, sent.cells)
    code = layout.of("code")
    # a code that is registered as it is written was not changed
    if code is not None and code.text(row.cells) not in codes:
        for kind, values in _changed_code(code.value(row.cells), numbers):
            row.refuse(kind, code.column, **values)
    return row


def _changed_code(value: object, numbers: Mapping[str, str]) -> Iterator[tuple[errors.ProblemKind, dict[str, object]]]:
    """Yield what a spreadsheet has made of a code; `numbers` are the codes of figures only, without leading zeros."""
    text = cells.clean(value).casefold()
    written: dict[str, object] = {"written": cells.written(value)}
    if isinstance(value, dt.date | dt.time | dt.timedelta) or _DATE.fullmatch(text):
        yield CODE_BECAME_DATE, written
    elif _SHORTENED.fullmatch(text) or (isinstance(value, int | float) and abs(value) >= _MOST_FIGURES):
        yield CODE_LOST_FIGURES, written
    elif text.isdecimal() and text.lstrip("0") in numbers:
        yield CODE_LOST_ZEROS, {**written, "code": numbers[text.lstrip("0")]}
