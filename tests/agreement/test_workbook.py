"""An auditor who adds up the exported workbook of a plan gets every printed sum to the baht."""

from __future__ import annotations

import io
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import openpyxl
import pytest

from audits import wording
from audits.plans import plan_contents
from audits.ramps import prices
from tests.agreement import plan_rooms, worlds

ENDS = ("low", "likely", "high")
COSTS = tuple(f"cost_{end}_thb" for end in ENDS)


@pytest.fixture(name="opened")
def _opened(world: worlds.World, words: wording.Wording) -> Any:
    return openpyxl.load_workbook(io.BytesIO(plan_rooms.file(world, "xlsx", words.language)), data_only=True)


def _decimal(value: object) -> Decimal:
    return Decimal(str(value))


def _baht(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_HALF_UP)


def test_every_cost_follows_from_amounts_and_prices_of_its_own_bill(opened: Any, words: wording.Wording) -> None:
    rows = list(opened["Prices"].iter_rows(values_only=True))
    of_item = {row[1 if words.language == "th" else 2]: row for row in rows if row[0]}
    named = next(iter(row for row in rows if row[0] == prices.FACTOR))
    factor = [_decimal(named[place]) for place in (4, 5, 6)]
    direct: dict[str, list[Decimal]] = {}
    for fix_id, item, _unit, amount, *costs in opened["Bill"].iter_rows(min_row=2, values_only=True):
        unit = [_decimal(of_item[item][place]) for place in (4, 5, 6)]
        products = [(_decimal(amount) * each).quantize(Decimal("0.01"), ROUND_HALF_UP) for each in unit]
        assert [_decimal(cost).quantize(Decimal("0.01")) for cost in costs] == products
        known = direct.get(fix_id, [Decimal()] * 3)
        direct[fix_id] = [a + b for a, b in zip(known, products, strict=True)]
    for row in plan_rooms.rows_of(opened["Fixes"], plan_contents.FIXES, words):
        sums = zip(direct[row["fix_id"]], factor, strict=True)
        assert [row[name] for name in COSTS] == [_baht(total * each) for total, each in sums]


def test_every_sum_of_the_workbook_and_of_its_sentences_follows_from_its_rows(
    world: worlds.World, opened: Any, words: wording.Wording
) -> None:
    yes = words.text("yes")
    fixes = plan_rooms.rows_of(opened["Fixes"], plan_contents.FIXES, words)
    chosen = [row for row in fixes if row["in_plan"] == yes]
    lines = [row for row in opened["Budget"].iter_rows(values_only=True) if row[0]]
    budget = {row[0]: row for row in lines}
    spent = [sum(row[name] for row in chosen) for name in COSTS]
    assert list(budget[words.text("Cost of the plan")][1:5]) == [len(chosen), *spent]
    left = [plan_rooms.BUDGET_THB - each for each in spent]
    assert list(budget[words.text("Left of the budget")][2:5]) == left
    names = [row[0] for row in lines]
    zone, year = (names.index(words.text(name)) for name in ("Zone of the fix", "Year of the plan by years"))
    for column, part, counted in (("zone", lines[zone + 1 : year], chosen), ("year", lines[year + 1 :], fixes)):
        for name, *sums in part:
            mine = [row for row in counted if str(row[column]) == str(name)]
            assert sums[:4] == [len(mine), *(sum(row[each] for row in mine) for each in COSTS)]
        assert sum(row[1] for row in part) == sum(row[column] is not None for row in counted)
    about = "\n".join(str(row[1]) for row in opened["About"].iter_rows(values_only=True))
    bases = plan_rooms.bases(about, words)
    assert bases.get("designed", 0) + bases.get("assumed", 0) == len(chosen)
    assert bases.get("designed_baht", 0) + bases.get("assumed_baht", 0) == spent[1]
    assert bases.get("low", 0) <= bases.get("assumed_baht", 0) <= bases.get("high", 0)
    assert spent[1] <= plan_rooms.BUDGET_THB
