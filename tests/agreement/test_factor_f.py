"""With a table of Factor F in force, forms, design, plan, works and council come to one sum for one ramp."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from app_pages.session import cache
from audits.ramps import cost, price_books
from audits.store.db import connection, workspace
from tests import spoken
from tests.agreement import printed, worlds

LEAST_THB, MOST_THB, FIRST, LAST = 50_000, 150_000, Decimal("1.3595"), Decimal("1.3042")
TABLE = f"""direct_cost_million_thb,factor_f,advance_pct,retention_pct,interest_pct,vat_pct,dated_on,source
{LEAST_THB / 1e6},{FIRST},0,0,6,7,2026-01-05,Circular 999
{MOST_THB / 1e6},{LAST},0,0,6,7,2026-01-05,Circular 999
"""
TODAY = dt.date(2026, 11, 2)


@pytest.fixture(scope="module")
def with_table(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[worlds.World]:
    """The demonstration with a table whose rows lie below, between and above the sums of its ramps."""
    copied = Path(shutil.copytree(root, tmp_path_factory.mktemp("factor") / "workspace"))
    world = worlds.World(copied, demonstration=True)
    with connection.open_store(workspace.Workspace(world.folder)) as store:
        price_books.keep(store, TABLE.encode(), "factor_f.csv", "E-01", TODAY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAIDEE_WORKSPACE", str(copied))
        yield world
    cache.open_store.clear()


def _expected(direct_thb: Decimal) -> Decimal:
    """Return Factor F by the formula of the circular: D − (D − E)(A − B) / (C − B), to four decimals."""
    within = min(max(direct_thb, Decimal(LEAST_THB)), Decimal(MOST_THB))
    found = FIRST - (FIRST - LAST) * (within - LEAST_THB) / (MOST_THB - LEAST_THB)
    return found.quantize(Decimal("0.0001"))


def test_a_ramp_costs_the_same_in_forms_design_plan_and_works(with_table: worlds.World, tmp_path: Path) -> None:
    works = {one["fix_id"]: one for one in with_table.answer("works")["fixes"]}
    plan = {one["fix_id"]: one for one in with_table.answer("plan", "--budget-thb", "3000000")["fixes"]}
    sides = set()
    for code in ("KK-001", "KK-017", "KK-054", "KK-030"):
        file = tmp_path / f"{code}.xlsx"
        said = with_table.answer("design", code, "--xlsx", str(file))
        first = said["alternatives"][0]
        direct, factor = Decimal(first["direct_cost_thb"]), Decimal(first["factor_f"])
        assert factor == _expected(direct)
        sides.add((direct < LEAST_THB) - (direct > MOST_THB))
        total = int(cost.to_baht(direct * factor))
        book = openpyxl.load_workbook(file, data_only=True)
        with_factor, summary = book["ปร.5"], book["ปร.6"]
        assert Decimal(repr(with_factor["D8"].value)) == factor
        assert with_factor["C15"].value == 7, "the tax that the table includes is named"
        assert first["cost_thb"] == total == with_factor["E9"].value == summary["C9"].value
        name = said["element_id"]
        if name in works and works[name]["cost_thb"] is not None:
            counted = said["parts"]["cost_thb"] if said["parts"] else total
            assert works[name]["cost_thb"] == counted
            assert plan.get(name, works[name])["cost_thb"] == counted
    assert len(sides) > 1
    assert set(plan) & set(works)


def test_the_council_reads_the_cost_of_the_plan_with_the_table(with_table: worlds.World, tmp_path: Path) -> None:
    plan = with_table.answer("plan", "--budget-thb", "1000000")
    works = {one["fix_id"]: one["cost_thb"] for one in with_table.answer("works")["fixes"]}
    assert plan["cost_thb"] == sum(works[name] for name in plan["chosen"])
    brief = tmp_path / "brief.pdf"
    with_table.text("brief", str(brief), "--content", "en")
    assert f"{plan['cost_thb']:,}" in printed.squeezed(" ".join(spoken.pages(brief.read_bytes())))
