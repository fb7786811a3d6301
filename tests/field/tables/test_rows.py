"""Prove that a code which a spreadsheet has changed is named, and never becomes a new site."""

from __future__ import annotations

import datetime as dt

import pytest

from audits import errors
from audits.field.tables import headers, rows
from audits.formats import days, tables

LAYOUT = headers.Layout((headers.Use("code", "code"),))
DAYS = headers.Layout((headers.Use("day", "observed_on"),))


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (7, rows.CODE_LOST_ZEROS),
        ("7", rows.CODE_LOST_ZEROS),
        ("007", None),
        ("8", None),
        (dt.datetime(2026, 3, 12), rows.CODE_BECAME_DATE),  # noqa: DTZ001 - spreadsheets know no zone
        (dt.time(1, 12), rows.CODE_BECAME_DATE),
        ("3-Dec", rows.CODE_BECAME_DATE),
        ("Dec-03", rows.CODE_BECAME_DATE),
        ("12-มี.ค.", rows.CODE_BECAME_DATE),
        ("1/2/2026", rows.CODE_BECAME_DATE),
        ("MAR-1", None),
        ("4.00101E+12", rows.CODE_LOST_FIGURES),
        (4001010000000123, rows.CODE_LOST_FIGURES),
        (4001010000001, None),
        ("1E5", None),
        ("KK-001", None),
    ],
)
def test_a_changed_code_is_held(written: object, problem: errors.ProblemKind | None) -> None:
    table = tables.Table("XLSX", ("code",), (tables.Row(2, {"code": written}),))
    (row,) = rows.of_table(table, LAYOUT, {"007", "MAR-1"})
    assert [one.kind for one in row.problems] == ([] if problem is None else [problem])


@pytest.mark.parametrize(
    ("column", "doubtful"),
    [
        (["03/05/2025", "03/15/2025", "04/04/2025", "2025-03-05"], ["03/05/2025"]),
        (["03/05/2025", "15/03/2025"], []),
        (["๓/๕/๒๕๖๘", "๓/๑๕/๒๕๖๘"], ["๓/๕/๒๕๖๘"]),
    ],
)
def test_a_day_is_held_that_the_other_rows_make_doubtful(column: list[str], doubtful: list[str]) -> None:
    sent = tuple(tables.Row(line, {"day": written}) for line, written in enumerate(column, 2))
    read = rows.of_table(tables.Table("CSV", ("day",), sent), DAYS)
    assert [row.cells["day"] for row in read if days.MONTH_FIRST in [one.kind for one in row.problems]] == doubtful
    stated = headers.Layout((headers.Use("day", "observed_on", written_as="%m/%d/%Y"),))
    assert not any(row.problems for row in rows.of_table(tables.Table("CSV", ("day",), sent), stated))
