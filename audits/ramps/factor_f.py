"""Read a table of Factor F, as the Comptroller General publishes it, and take from it the factor on a sum."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from audits import errors
from audits.formats import cells, days

# The conditions stand above the published tables: advance, retention, interest a year and VAT, all in percent.
CONDITIONS: Mapping[str, str] = {
    "advance_pct": "เงินล่วงหน้าจ่าย (%)",
    "retention_pct": "เงินประกันผลงานหัก (%)",
    "interest_pct": "ดอกเบี้ยเงินกู้ (% ต่อปี)",
    "vat_pct": "ค่าภาษีมูลค่าเพิ่ม (%)",
}
COLUMNS: Mapping[str, str] = {
    "direct_cost_million_thb": "ค่างานต้นทุน (ล้านบาท)",
    "factor_f": "Factor F",
    **CONDITIONS,
    "dated_on": "หนังสือลงวันที่",
    "source": "ที่มา",
}
"""The columns of the table, each with its heading in Thai; either heads the column."""

NO_COLUMN = errors.ProblemKind("FACTOR-001", "the columns {columns} are missing; take the sample table as a pattern")
NOT_NUMBER = errors.ProblemKind("FACTOR-002", "“{written}” is not a figure of 0 or more; write one, such as 1.3050")
BELOW_ONE = errors.ProblemKind("FACTOR-003", "Factor F {written} is less than 1; write the factor itself")
NOT_ORDERED = errors.ProblemKind(
    "FACTOR-004", "costs must rise and Factor F must not rise from row to row; compare with the published table"
)
NOT_ONE = errors.ProblemKind("FACTOR-005", "{column} differs from row to row; a table holds for one condition only")
NO_SOURCE = errors.ProblemKind("FACTOR-006", "nothing says which circular the table is from; write its number")

_STEP, _MILLION = Decimal("0.0001"), Decimal(1_000_000)
_IDS = {heading: name for name, heading in COLUMNS.items()}


@dataclass(frozen=True)
class Table:
    """One published table.

    Parameters
    ----------
    rows
        Direct cost in baht, rising, and its Factor F, VAT included.
    conditions
        Percent by the keys of :data:`CONDITIONS`.
    dated_on, source
        Of the circular.
    """

    rows: tuple[tuple[Decimal, Decimal], ...]
    conditions: Mapping[str, Decimal]
    dated_on: dt.date
    source: str

    def factor(self, direct_thb: Decimal) -> Decimal:
        """Return the factor of a sum: D − (D − E)(A − B) / (C − B) between two rows, that of the ends beyond them.

        A is the sum, B and C are the costs of the rows around it, D and E their factors; rounded to 0.0001.
        """
        (least, first), (_, last) = self.rows[0], self.rows[-1]
        if direct_thb <= least:
            return first
        for (b, d), (c, e) in itertools.pairwise(self.rows):
            if direct_thb <= c:
                return (d - (d - e) * (direct_thb - b) / (c - b)).quantize(_STEP, ROUND_HALF_UP)
        return last


def is_table(columns: Iterable[str]) -> bool:
    """Return whether the headings are those of a table of Factor F."""
    named = {_name(column) for column in columns}
    return {"direct_cost_million_thb", "factor_f"} <= named


def read(columns: Sequence[str], rows: Iterable[tuple[int, Mapping[str, object]]], today: dt.date) -> Table:
    """Return the table in a file.

    Parameters
    ----------
    columns
        Headings, see :data:`COLUMNS`; others are ignored.
    rows
        Row number in the file, and the cells by heading.
    today
        The last day that the circular may be of.

    Raises
    ------
    errors.RefusedError
        With every problem of the table.
    """
    heading_of = {_name(heading): heading for heading in columns}
    missing = [name for name in COLUMNS if name not in heading_of]
    if missing:
        raise errors.RefusedError((NO_COLUMN.at("row 1", columns=", ".join(missing)),))
    problems: list[errors.Problem] = []
    points: list[tuple[Decimal, Decimal]] = []
    shared: dict[str, set[object]] = {name: set() for name in (*CONDITIONS, "dated_on", "source")}
    for line, written in rows:
        row = {name: written.get(heading_of[name]) for name in COLUMNS}
        cost, factor = (_number(line, name, row, problems) for name in ("direct_cost_million_thb", "factor_f"))
        for name in CONDITIONS:
            shared[name].add(_number(line, name, row, problems))
        shared["dated_on"].add(_day(line, row, today, problems))
        shared["source"].add(cells.clean(row["source"]))
        if cost is None or factor is None:
            continue
        if factor < 1:
            problems.append(BELOW_ONE.at(f"row {line}, factor_f", written=factor))
        points.append((cost * _MILLION, factor))
    problems += [NOT_ONE.at(name, column=name) for name, values in shared.items() if len(values) > 1]
    if "" in shared["source"]:
        problems.append(NO_SOURCE.at("source"))
    # two equal costs would leave nothing to divide by between them
    if any(b >= c or d < e for (b, d), (c, e) in itertools.pairwise(points)):
        problems.append(NOT_ORDERED.at("factor_f"))
    if problems:
        raise errors.RefusedError(tuple(problems))
    only = {name: values.pop() for name, values in shared.items()}
    conditions = {name: Decimal(str(only[name])) for name in CONDITIONS}
    day = only["dated_on"]
    assert isinstance(day, dt.date)  # noqa: S101 - what is no day was refused above
    return Table(tuple(points), conditions, day, str(only["source"]))


def to_rows(table: Table) -> list[dict[str, object]]:
    """Return the table as rows by the keys of :data:`COLUMNS`; :func:`read` gives the same table again."""
    shared = {**table.conditions, "dated_on": table.dated_on.isoformat(), "source": table.source}
    return [{"direct_cost_million_thb": cost / _MILLION, "factor_f": factor, **shared} for cost, factor in table.rows]


def _number(line: int, name: str, row: Mapping[str, object], problems: list[errors.Problem]) -> Decimal | None:
    number = cells.number(row[name])
    if isinstance(number, errors.ProblemKind) or number < 0:
        problems.append(NOT_NUMBER.at(f"row {line}, {name}", written=cells.written(row[name])))
        return None
    # by way of its shortest text, so that 1.3050 stays what was written
    return Decimal(repr(number))


def _day(line: int, row: Mapping[str, object], today: dt.date, problems: list[errors.Problem]) -> dt.date | None:
    found = days.day(row["dated_on"], today)
    if isinstance(found, errors.ProblemKind):
        problems.append(found.at(f"row {line}, dated_on", written=cells.written(row["dated_on"])))
        return None
    return found


def _name(heading: str) -> str:
    text = cells.clean(heading)
    return _IDS.get(text, text)
