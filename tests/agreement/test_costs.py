"""A fix costs the same in whole baht wherever it is priced, and only known barriers have one."""

from __future__ import annotations

import json
import re

import pytest

from app_pages import design
from app_pages.parts.works import fix_list
from audits import barriers, terms, wording
from audits.book import book as map_book
from audits.council import council_contents, static_site
from audits.export import offline_map
from audits.field.kit import page as kit_page
from audits.field.kit import rules as kit_rules
from audits.plans import fix_pricing, planning_model
from audits.ramps import (
    cost,
    interventions,
    measured_space,
    mending,
    price_books,
    quantities,
    requirements,
    site_design,
)
from audits.scoring import readings
from tests import spoken
from tests.agreement import plan_rooms, printed, worlds

MEASURE_NEXT = "Measure next: the most certainty for each minute"
SPAN = "Cost in baht: low – likely – high"


def test_works_and_plan_price_a_fix_alike(world: worlds.World) -> None:
    works, fixes = world.answer("works"), plan_rooms.command_json(world, wording.Wording("en")).fixes
    costs = {one["fix_id"]: one["cost_thb"] for one in works["fixes"]}
    assert {name: costs[name] for name in fixes} == fixes


def test_the_page_of_works_prints_what_its_command_says(world: worlds.World, words: wording.Wording) -> None:
    costs = {one["fix_id"]: one["cost_thb"] for one in world.answer("works")["fixes"]}
    (frame,) = [one.value for one in world.page("works.py", words.language).dataframe]
    printed_costs = frame[words.text(fix_list.COST)].dropna()
    known = [(name.split(".")[0], cost) for name, cost in costs.items() if cost is not None]
    assert sorted(printed_costs.items()) == sorted(known)


def test_only_a_known_barrier_has_a_fix_and_only_a_possible_one_a_measurement(world: worlds.World) -> None:
    works = world.answer("works")
    states = barriers.by_element(world.record)
    known = set(states.index[(states == barriers.KNOWN).any(axis=1)])
    possible = set(states.index[(states == barriers.POSSIBLE).any(axis=1)]) - known
    assert {one["fix_id"] for one in works["fixes"] if one["cost_thb"] is not None} == known
    assert {one["element_id"] for one in works["measure_first"]} == possible
    plan = world.answer("plan", "--budget-thb", str(plan_rooms.BUDGET_THB))
    assert set(plan["measure_first"]) == possible
    assert {one["fix_id"] for one in plan["fixes"]} <= known


def test_the_map_draws_a_known_barrier_at_the_sites_that_have_a_fix(
    world: worlds.World, words: wording.Wording
) -> None:
    (frame,) = [each.value for each in world.page("city_map.py", words.language, by="barrier").dataframe]
    known = words.text(barriers.STATES[barriers.KNOWN])
    drawn = set(frame.index[frame[words.text("Barrier on the way")] == known])
    fixes = [one["fix_id"] for one in world.answer("works")["fixes"] if one["cost_thb"] is not None]
    here = barriers.elements_on_the_way(world.record)
    assert drawn == set(world.record.elements.loc[here.index[here.isin(fixes)], "site_code"])


def test_offline_map_and_public_page_name_those_for_whom_a_barrier_stands(
    world: worlds.World, words: wording.Wording
) -> None:
    record, states = world.record, barriers.by_site(world.record)
    answers = council_contents.gathered(record, worlds.MADE_ON, None)
    page = static_site.page(answers, words, links={})
    public = printed.rows_headed(page, words.text("Site"), words.text("Verdict"))
    scores = {row[0].split()[0]: row[2] for row in public if len(row) > 1}
    panel = offline_map.panel(world.contents_of_few(words.language), words)
    for code in states.index:
        known = [words.name(record.weights.personas[one]) for one in states if states.loc[code, one] == barriers.KNOWN]
        named = f"{words.text(barriers.STATES[barriers.KNOWN])}: {', '.join(known)}"
        assert (named in scores[code]) == bool(known), code
        row = re.search(rf'data-code="{code}"[^>]* data-known="([^"]*)"', panel)
        assert row is None or [words.name(record.weights.personas[one]) for one in row[1].split()] == known


def test_the_design_of_a_measured_place_costs_what_the_plan_counts(
    demonstration: worlds.World, words: wording.Wording
) -> None:
    # One of each basis, with the old ramp measured and not: the test below goes through every site without a page.
    governed = readings.governing(demonstration.record.governing, demonstration.record.criteria)
    rebuilt = {
        (one.cost_basis, measured_space.standing_mm(governed, one.fix.fix_id) is None): one
        for one in plan_rooms.subject(demonstration).model.fixes.values()
        if one.cost_basis in site_design.BASES and one.level == interventions.DEMOLISH_AND_REBUILD
    }
    assert rebuilt
    for one in rebuilt.values():
        address = {"site": one.site_code, "design_element": one.fix.fix_id}
        said = worlds.html(demonstration.page("design.py", words.language, **address))
        caption = design.CAPTIONS.get(one.cost_basis, design.FITS)
        cheapest, *_ = printed.table(said, words.text(caption)).records()
        span = [printed.whole(each, words) for each in cheapest[words.text(SPAN)].splitlines()[0].split("–")]
        assert span == [one.fix.cost.low, one.fix.cost.likely, one.fix.cost.high], one.fix.fix_id


def test_a_design_for_the_measured_place_costs_what_plan_and_works_count_at_every_site(
    demonstration: worlds.World,
) -> None:
    """Without a page: what the command and the page of designs price, against the list of works."""
    works, record = demonstration.answer("works"), demonstration.record
    book, made = price_books.sample(), requirements.Construction()
    governed = readings.governing(record.governing, record.criteria)
    compared, assumed = 0, list[str]()
    for fix in plan_rooms.subject(demonstration).model.fixes.values():
        if fix.kind != "ramp" or fix.level != interventions.DEMOLISH_AND_REBUILD:
            continue
        name = fix.fix.fix_id
        known = site_design.measured(measured_space.taken(governed, name, "ramp"))
        if known.space is None:
            assert fix.cost_basis == fix_pricing.TYPICAL, name
            continue
        found = site_design.fitted(known.space, known.at_least, record.criteria, made, calculated=known.calculated)
        assert isinstance(found, site_design.Fitted)
        assert found.basis == fix.cost_basis
        standing = measured_space.standing_mm(governed, name)
        bill = quantities.bill(found.designs[0], made, quantities.replacing(standing, found.designs[0], made))
        # The command reads the whole record again, so only where it must assume something does it answer here.
        if standing is None:
            (cheapest, *_) = demonstration.answer("design", fix.site_code)["alternatives"]
            assert cheapest["cost_thb"] == fix.fix.cost.likely, name
            assumed.append(name)
        assert planning_model.Cost(*map(int, cost.estimate(bill, book).total_thb)) == fix.fix.cost, name
        assert next(one["cost_thb"] for one in works["fixes"] if one["fix_id"] == name) == fix.fix.cost.likely
        compared += 1
    assert compared > 20
    assert assumed
    in_works = {one["fix_id"]: one["cost_thb"] for one in works["fixes"]}
    mended = {name: mending.of_ramp(record, name, book) for name in in_works if ".ramp." in name}
    costs = {name: each.estimate.total_thb.likely for name, each in mended.items() if each is not None}
    assert costs
    assert costs == {name: in_works[name] for name in costs}
    said = demonstration.answer("design", "KK-054")
    assert said["parts"]["cost_thb"] == in_works[said["element_id"]]
    said = demonstration.answer("design", "KK-017")
    assert said["parts"] is None
    assert said["alternatives"][0]["cost_thb"] == in_works[said["element_id"]]


@pytest.mark.parametrize("case", barriers.CASES)
def test_page_and_command_count_the_same_trips_in_each_case(
    thin: worlds.World, thai: wording.Wording, case: str
) -> None:
    said = thin.answer("plan", "--budget-thb", "0", "--barriers", case)
    app = thin.page("plan.py", thai.language, plan_budget="0")
    app.selectbox(key="plan_case").set_value(case)
    app.button(key="plan_go").click().run()
    page = worlds.html(plan_rooms.done(app))
    proof = {row[0]: row[1] for row in printed.table(page, thai.text("The plan and its proof")).rows}
    today = printed.number(proof[thai.text("Of 100 trips, step-free today")], thai)
    assert today == plan_rooms.tenth(said["access_before"])


def test_book_and_kit_carry_no_barrier_no_fix_and_no_cost(demonstration: worlds.World, words: wording.Wording) -> None:
    """They send somebody to measure: what they print of a site is its verdict and score, held by the judgement."""
    book = " ".join(spoken.pages(map_book.book(demonstration.contents_of_few(words.language), words)))
    kit = json.dumps(kit_rules.pack(demonstration.record, kit_page.WORDS), ensure_ascii=False)
    states = [wording.Wording(each).text(name) for each in wording.LANGUAGES for name in barriers.STATES.values()]
    for said in map(printed.squeezed, (book, kit)):
        assert not [one for one in states if printed.squeezed(one) in said]
        # A footpath is บาทวิถี: only an amount is money.
        assert not re.search(r"\d(baht|บาท)", said)


def test_works_and_plan_say_of_every_fix_what_its_cost_rests_on_and_why_no_ramp_fits_yet(
    demonstration: worlds.World,
) -> None:
    works, plan = demonstration.answer("works"), demonstration.answer("plan", "--budget-thb", "1000000")
    for one in (*works["fixes"], *plan["fixes"]):
        basis = str(one["cost_basis"])
        assert one["cost_basis_why"] == (fix_pricing.BASES[basis] if basis else "")


def test_a_calculated_rise_is_named_alike_by_works_plan_and_design_and_asked_for(
    demonstration: worlds.World, words: wording.Wording
) -> None:
    works = demonstration.answer("works")
    bases = {one["fix_id"]: one["cost_basis"] for one in works["fixes"]}
    # nobody levelled a ramp of the demonstration
    rested = {name for name, basis in bases.items() if basis in site_design.ON_THE_RISE}
    assert set(works["rise_to_level"]) == rested
    assert works["totals"]["designed"] == sum(basis in fix_pricing.FOR_ITS_PLACE for basis in bases.values())
    name = next(each for each, basis in bases.items() if basis == fix_pricing.CALCULATED)
    site = demonstration.page("site.py", words.language, site=name.split(".")[0])
    listed = next(one for one in printed.tables(worlds.html(site)) if words.text(MEASURE_NEXT) in one.caption)
    asked = words.name(demonstration.record.criteria.quantities["rise_mm"].name)
    assert any(asked in row[0] and words.text(terms.MEASURED_FOR["price"]) in row[0] for row in listed.rows)
    (frame,) = [each.value for each in demonstration.page("works.py", words.language).dataframe]
    basis = words.text(fix_pricing.BASES[fix_pricing.CALCULATED])
    assert list(frame[words.text("How the cost is known")]).count(basis) == list(bases.values()).count(
        fix_pricing.CALCULATED
    )
