"""A plan leaves the house as a map layer, a workbook that recalculates and a brief, the same every time."""

from __future__ import annotations

import dataclasses
import io
import json
import sqlite3
from pathlib import Path

import openpyxl
import pytest

from audits import terms, wording
from audits.plans import plan_about, plan_contents, plan_files
from audits.ramps import prices, quantities
from tests.plans import made_plans

THAI, ENGLISH = wording.Wording("th"), wording.Wording("en")


@pytest.fixture(name="subject")
def _subject(demonstration_folder: Path) -> plan_contents.Subject:
    return made_plans.subject(demonstration_folder)


@pytest.fixture(name="staged")
def _staged(demonstration_folder: Path) -> plan_contents.Subject:
    return made_plans.by_years(demonstration_folder)


def _layers(content: bytes) -> sqlite3.Connection:
    file = sqlite3.connect(":memory:")
    file.deserialize(content)
    return file


@pytest.mark.parametrize("kind", plan_files.FORMATS)
def test_the_same_plan_makes_the_same_bytes_under_a_name_that_says_demonstration(
    subject: plan_contents.Subject, kind: str
) -> None:
    name, content = plan_files.made(kind, subject, ENGLISH)
    assert name == f"demonstration-jaidee-plan-2026-03-05-en.{kind}"
    assert plan_files.made(kind, subject, ENGLISH)[1] == content


def test_every_fix_is_a_point_with_its_cost_and_its_reason(subject: plan_contents.Subject) -> None:
    file = _layers(plan_files.made("gpkg", subject, ENGLISH)[1])
    rows = file.execute("SELECT fix_id, cost_low_thb, cost_high_thb, in_plan, year, reason, geom FROM fix").fetchall()
    plan = subject.worked.plan
    assert {row[0] for row in rows} == set(plan.chosen)
    assert all(row[1] < row[2] and row[3] == 1 and row[4] is None and "in the way of" in row[5] for row in rows)
    assert all(row[6].startswith(b"GP") for row in rows)
    most = file.execute("SELECT max(opened_trips) FROM opened_way").fetchone()[0]
    assert 0 < most <= plan.benefit
    styles = file.execute("SELECT f_table_name, styleName, styleQML FROM layer_styles ORDER BY 1, 2").fetchall()
    assert [row[:2] for row in styles] == [("fix", "en"), ("fix", "th"), ("opened_way", "en"), ("opened_way", "th")]
    assert "graduatedSymbol" in styles[2][2]
    told = dict(file.execute("SELECT item, text FROM about").fetchall())
    assert told["Mark of demonstration data"] == ENGLISH.text(terms.DEMONSTRATION)
    assert told["Head of the record"] == subject.record.head


def test_a_plan_by_years_gives_every_fix_its_year(staged: plan_contents.Subject) -> None:
    assert staged.by_years is not None
    table = plan_contents.fixes(staged, THAI).set_index("fix_id")
    for stage in staged.by_years.stages:
        assert set(table.loc[list(stage.built), "year"]) <= {stage.year}
    assert set(table.index) == {*staged.worked.plan.chosen, *staged.years}
    assert list(table.index[table["in_plan"]].sort_values()) == list(staged.worked.plan.chosen)


def test_the_budget_table_and_every_cost_are_live_formulas(staged: plan_contents.Subject) -> None:
    content = plan_files.made("xlsx", staged, ENGLISH)[1]
    formulas, values = (openpyxl.load_workbook(io.BytesIO(content), data_only=only) for only in (False, True))
    assert formulas.sheetnames == ["Budget", "Fixes", "Bill", "Prices", "About"]
    # An old ramp has its own volume at each place, so none stands among what all fixes rest on.
    rested = " ".join(f"{row[0]} {row[1]}" for row in formulas["About"].iter_rows(values_only=True))
    assert f"{quantities.ASSUMPTIONS['bed_mm']}: {quantities.Works().bed_mm} mm" in rested
    assert not any(quantities.ASSUMPTIONS[one] in rested for one in ("old_structure_m3", "old_fill_m3"))
    assert str(formulas["Budget"]["C6"].value).startswith("=SUMIFS(Fixes!")
    assert str(formulas["Fixes"]["I2"].value).startswith("=ROUND(SUMIFS(Bill!")
    assert str(formulas["Bill"]["E2"].value).startswith("=ROUND(D2*(Prices!")
    plan = staged.worked.plan
    shown = [values["Budget"].cell(6, column).value for column in (2, 3, 4, 5)]
    assert shown == pytest.approx([len(plan.chosen), plan.cost.low, plan.cost.likely, plan.cost.high])
    left = values["Budget"]["D7"].value
    assert left == pytest.approx(made_plans.BUDGET_THB - plan.cost.likely)


def test_the_costs_of_the_workbook_follow_from_its_bill(subject: plan_contents.Subject) -> None:
    book = openpyxl.load_workbook(io.BytesIO(plan_files.made("xlsx", subject, THAI)[1]), data_only=True)
    factor = next(row[5] for row in book["Prices"].iter_rows(values_only=True) if row[0] == prices.FACTOR)
    lines: dict[str, float] = {}
    for fix_id, *_, likely, _ in book["Bill"].iter_rows(min_row=2, values_only=True):
        lines[fix_id] = lines.get(fix_id, 0.0) + likely
    for row in book["Fixes"].iter_rows(min_row=2, values_only=True):
        assert row[8] == pytest.approx(lines[row[0]] * factor, abs=0.51)


def test_the_lines_say_everything_the_plan_rests_on(subject: plan_contents.Subject) -> None:
    lines = plan_about.lines(subject, ENGLISH)
    said = [text for _, text in lines]
    assert lines[0] == ("Mark of demonstration data", ENGLISH.text(terms.DEMONSTRATION))
    for part in ("within 800 m", "150 mm high", "severity is 3 or more", "by 2 or more", "more than 8 fixes", "Sample"):
        assert any(part in each for each in said), part
    certificate = json.loads(subject.worked.certificate)
    assert dict(lines)["Digest of the certificate"] == certificate["sha256"]


def test_what_a_person_wrote_never_becomes_a_formula(subject: plan_contents.Subject) -> None:
    sites = subject.record.sites.assign(name_th="=1+1", name_en="=1+1")
    content = plan_files.made(
        "xlsx", dataclasses.replace(subject, record=dataclasses.replace(subject.record, sites=sites)), ENGLISH
    )[1]
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Fixes"]
    assert sheet["C2"].data_type == "s"
