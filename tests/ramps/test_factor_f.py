"""Factor F lies on the line between two rows of the published table, and a table with faults is refused."""

import datetime as dt
from decimal import Decimal

import pytest

from audits import errors
from audits.ramps import factor_f

TODAY = dt.date(2026, 3, 5)
COLUMNS = tuple(factor_f.COLUMNS)


def rows(*points, **changes):
    shared = {"advance_pct": 0, "retention_pct": 0, "interest_pct": 6, "vat_pct": 7}
    shared |= {"dated_on": "5/1/2569", "source": "หนังสือเวียน"} | changes
    return [
        (line, {"direct_cost_million_thb": cost, "factor_f": factor} | shared)
        for line, (cost, factor) in enumerate(points, start=2)
    ]


def test_between_two_rows_the_factor_lies_on_the_line_and_beyond_them_it_is_that_of_the_end():
    table = factor_f.read(COLUMNS, rows((0.5, 1.31), (1, "1.3050"), (2, 1.30)), TODAY)
    found = {amount: table.factor(Decimal(amount)) for amount in (1, 500_000, 750_000, 1_200_000, 9_000_000)}
    assert found == {
        1: Decimal("1.31"),
        500_000: Decimal("1.31"),
        750_000: Decimal("1.3075"),
        1_200_000: Decimal("1.3040"),
        9_000_000: Decimal("1.30"),
    }
    assert table.conditions["vat_pct"] == 7
    assert (table.dated_on, table.source) == (dt.date(2026, 1, 5), "หนังสือเวียน")
    again = [(line, row) for line, row in enumerate(factor_f.to_rows(table), start=2)]
    assert factor_f.read(COLUMNS, again, TODAY) == table


def test_thai_headings_make_a_table_too():
    assert factor_f.is_table(factor_f.COLUMNS.values())
    assert not factor_f.is_table(("code", "factor_f"))


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        (rows((0.5, "dear")), {factor_f.NOT_NUMBER}),
        (rows((0.5, 0.9)), {factor_f.BELOW_ONE}),
        (rows((1, 1.3), (0.5, 1.2)), {factor_f.NOT_ORDERED}),
        (rows((0.5, 1.2), (1, 1.3)), {factor_f.NOT_ORDERED}),
        (rows((0.5, 1.3), source=" "), {factor_f.NO_SOURCE}),
        (rows((0.5, 1.3)) + rows((1, 1.2), vat_pct=10), {factor_f.NOT_ONE}),
    ],
)
def test_every_fault_of_a_table_is_named(given, kinds):
    with pytest.raises(errors.RefusedError) as refused:
        factor_f.read(COLUMNS, given, TODAY)
    assert {problem.kind for problem in refused.value.problems} == kinds


def test_missing_columns_are_named():
    with pytest.raises(errors.RefusedError) as refused:
        factor_f.read(("factor_f",), [], TODAY)
    assert refused.value.problems[0].kind == factor_f.NO_COLUMN
