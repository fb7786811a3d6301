"""What fails at an element becomes one fix, for those whom it hinders, at a cost that rests on what was measured."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pandas as pd
import pytest

from audits.plans import fix_pricing, site_fixes
from audits.ramps import measured_space, mending, price_books, quantities, ramp_design
from audits.ramps.drawing import sign_off

RAMP, OTHER = "KK-001.ramp.1", "KK-002.ramp.1"


@pytest.fixture(scope="module")
def found(town):
    def fixes(rows, *element_ids):
        elements = town.elements(*element_ids)
        sites = town.sites(*dict.fromkeys(elements["site_code"])).assign(zone=1)
        made = site_fixes.fixes(town.record(town.measured(*rows), elements, sites), price_books.sample())
        return {one.fix.fix_id: one for one in made}

    return fixes


def test_a_ramp_that_meets_every_rule_needs_no_fix(town, found):
    assert found(town.complete_ramp(), RAMP) == {}


def test_a_steep_ramp_is_a_known_barrier_for_who_rolls_and_is_built_anew(town, found):
    one = found(town.complete_ramp(running_slope_pct=12.0), RAMP)[RAMP]
    assert one.fix.severity == 4
    assert "wheelchair" in one.personas
    assert "blind" not in one.personas
    assert one.level == "demolish_and_rebuild"
    # the room that a longer ramp needs is not measured by the ramp that stands there
    assert one.cost_basis == fix_pricing.FOR_RISE
    assert 0 < one.fix.cost.low < one.fix.cost.likely < one.fix.cost.high


def test_what_is_only_borderline_makes_no_work_deeper_and_is_not_named_as_its_cause(town, found):
    rows = town.complete_ramp(ramp_length_total_mm=9000.0, handrails_both_sides=0.0, running_slope_pct=8.3)
    rows = [(*row, 0.2) if row[1] == "running_slope_pct" else row for row in rows]
    rails = found(town.complete_ramp(ramp_length_total_mm=9000.0, handrails_both_sides=0.0), RAMP)[RAMP]
    one = found(rows, RAMP)[RAMP]
    assert (one.level, one.decisive) == (rails.level, rails.decisive)
    assert "ramp.running_slope" not in one.decisive


def test_a_higher_ramp_costs_more(town, found):
    low = found(town.complete_ramp(running_slope_pct=12.0), RAMP)[RAMP]
    high = found(town.complete_ramp(running_slope_pct=24.0), RAMP)[RAMP]
    assert high.fix.cost.likely > low.fix.cost.likely


def test_missing_rails_are_bought_alone(town, found):
    steep = found(town.complete_ramp(running_slope_pct=12.0, handrails_both_sides=0.0, handrail_present=0.0), RAMP)
    rails = found(town.complete_ramp(ramp_length_total_mm=9000.0, handrails_both_sides=0.0), RAMP)[RAMP]
    assert rails.level == "replace_parts"
    assert rails.fix.cost.likely < steep[RAMP].fix.cost.likely


def test_what_nobody_measured_has_no_fix(town, found):
    assert set(found(town.complete_ramp(running_slope_pct=12.0), RAMP, OTHER)) == {RAMP}


def test_a_fix_costs_whole_baht(town, found):
    one = found(town.complete_ramp(running_slope_pct=12.0), RAMP)[RAMP]
    assert tuple(map(int, one.estimate.total_thb)) == (one.fix.cost.low, one.fix.cost.likely, one.fix.cost.high)
    assert all(amount == int(amount) for amount in one.estimate.total_thb)


def test_a_lighter_failure_stands_in_nobody_s_way(town, found):
    assert found(town.complete_ramp(accessibility_symbol_present=0.0), RAMP) == {}


def test_joined_elements_have_one_fix_by_the_design_kept_for_either(town):
    sites = town.sites("KK-001", "KK-002").assign(zone=1)
    measured = town.measured(*town.complete_ramp(RAMP, running_slope_pct=12.0))
    record = town.record(measured, town.elements(RAMP, OTHER), sites, joined={OTHER: RAMP})
    content = json.dumps({"quantities": dict.fromkeys(quantities.NAMES, 1.0)})
    designs = pd.DataFrame({"content": [content]}, index=pd.Index([OTHER], name="element_id"))
    (one,) = site_fixes.fixes(record, price_books.sample(), designs)
    assert (one.fix.fix_id, one.site_code, one.cost_basis) == (RAMP, "KK-001", fix_pricing.KEPT)


def test_a_design_kept_for_assumed_room_stays_so_until_it_is_signed_off(town):
    sites = town.sites("KK-001").assign(zone=1)
    record = town.record(town.measured(*town.complete_ramp(RAMP, running_slope_pct=12.0)), town.elements(RAMP), sites)
    bill = {"quantities": dict.fromkeys(quantities.NAMES, 1.0)}
    assumed = {"space": {"rise_mm": 720, "length_mm": ramp_design.MOST_MM, "width_mm": 3000}}
    written = {"space": {"rise_mm": 720, "length_mm": 12_000, "width_mm": 3000}}
    signature = {"signed_off_by": "Malee", "licence": "1", "signed_off_on": "2026-03-02"}
    signed = assumed | {sign_off.KEY: signature}
    expected = (assumed, fix_pricing.FOR_RISE), (written, fix_pricing.KEPT), (signed, fix_pricing.KEPT)
    for more, basis in expected:
        designs = pd.DataFrame({"content": [json.dumps(bill | more)]}, index=pd.Index([RAMP], name="element_id"))
        (one,) = site_fixes.fixes(record, price_books.sample(), designs)
        assert one.cost_basis == basis


def test_a_fix_with_a_calculated_rise_is_not_designed_for_its_place_until_the_rise_is_levelled(town, found, english):
    rails = found(town.complete_ramp(ramp_length_total_mm=9000.0, handrails_both_sides=0.0), RAMP)[RAMP]
    steep = found(town.complete_ramp(running_slope_pct=12.0), RAMP)[RAMP]
    assert (rails.cost_basis, steep.cost_basis) == (fix_pricing.CALCULATED, fix_pricing.FOR_RISE)
    assert fix_pricing.CALCULATED not in fix_pricing.FOR_ITS_PLACE
    assert site_fixes.rise_to_level([rails, steep]) == (RAMP, RAMP)
    assert "KK-001" in site_fixes.level_first([RAMP], town.book, english)
    assert site_fixes.level_first([], town.book, english) == ""


def test_a_rise_that_a_survey_levelled_is_not_asked_for_again(town, found):
    levelled = {"ramp_length_total_mm": 9000.0, "handrails_both_sides": 0.0, "rise_mm": 750.0}
    rails = found(town.complete_ramp(**levelled), RAMP)[RAMP]
    steep = found(town.complete_ramp(running_slope_pct=12.0, rise_mm=750.0), RAMP)[RAMP]
    assert (rails.cost_basis, steep.cost_basis) == (fix_pricing.DESIGNED, fix_pricing.FOR_RISE)
    assert site_fixes.rise_to_level([rails, steep]) == ()


@pytest.mark.parametrize(
    ("more_mm", "signed", "basis"),
    [(0, False, fix_pricing.CALCULATED), (0, True, fix_pricing.KEPT), (15, False, fix_pricing.KEPT)],
)
def test_a_kept_design_rests_on_a_calculated_rise_until_it_is_typed_or_signed_off(town, more_mm, signed, basis):
    sites = town.sites("KK-001").assign(zone=1)
    record = town.record(town.measured(*town.complete_ramp(RAMP, running_slope_pct=12.0)), town.elements(RAMP), sites)
    rise_mm = measured_space.taken(record.governed, RAMP, "ramp")["rise_mm"].value + more_mm
    content = {"quantities": dict.fromkeys(quantities.NAMES, 1.0)}
    content["space"] = {"rise_mm": rise_mm, "length_mm": 12_000, "width_mm": 3000}
    if signed:
        content[sign_off.KEY] = {"signed_off_by": "Malee", "licence": "1", "signed_off_on": "2026-03-02"}
    designs = pd.DataFrame({"content": [json.dumps(content)]}, index=pd.Index([RAMP], name="element_id"))
    (one,) = site_fixes.fixes(record, price_books.sample(), designs)
    assert one.cost_basis == basis


@pytest.mark.parametrize(
    ("levelled", "basis"), [({}, fix_pricing.CALCULATED), ({"rise_mm": 750.0}, fix_pricing.DESIGNED)]
)
def test_the_design_page_says_of_the_parts_what_plan_and_works_say_they_rest_on(town, english, levelled, basis):
    rows = town.complete_ramp(RAMP, ramp_length_total_mm=9000.0, handrails_both_sides=0.0, **levelled)
    sites, book = town.sites("KK-001").assign(zone=1), price_books.sample()
    record = town.record(town.measured(*rows), town.elements(RAMP), sites)
    (one,) = site_fixes.fixes(record, book)
    assert one.cost_basis == basis
    assert english.text(fix_pricing.BASES[basis]) in mending.sentence(mending.of_ramp(record, RAMP, book), english)


@pytest.mark.parametrize(
    ("dropped", "changes"),
    [
        ("running_slope_pct", {"ramp_length_total_mm": 9000.0}),
        (
            "",
            {
                "ramp_length_total_mm": 40_000.0,
                "side_open": 0.0,
                "longest_run_length_mm": 6000.0,
                "runs_count": 7.0,
                "clear_width_mm": 1600.0,
            },
        ),
    ],
)
def test_parts_cost_what_the_plan_counts_also_where_no_rise_is_known_and_where_no_ramp_fits(town, dropped, changes):
    rows = town.complete_ramp(RAMP, handrails_both_sides=0.0, **changes)
    measured = town.measured(*(row for row in rows if row[1] != dropped))
    record, book = town.record(measured, town.elements(RAMP), town.sites("KK-001").assign(zone=1)), price_books.sample()
    (one,), parts = site_fixes.fixes(record, book), mending.of_ramp(record, RAMP, book)
    assert (parts.level, parts.basis, int(parts.estimate.total_thb.likely)) == (
        one.level,
        one.cost_basis,
        one.fix.cost.likely,
    )


def test_the_ramps_that_wait_for_their_rise_are_known_without_a_price(town, found):
    rails = {"ramp_length_total_mm": 9000.0, "handrails_both_sides": 0.0}
    for changes in (rails, {"running_slope_pct": 12.0}, rails | {"rise_mm": 750.0}, {}):
        rows, sites = town.complete_ramp(RAMP, **changes), town.sites("KK-001").assign(zone=1)
        record, book = town.record(town.measured(*rows), town.elements(RAMP), sites), price_books.sample()
        asked = site_fixes.rise_to_level(site_fixes.fixes(record, book))
        assert site_fixes.waiting_for_rise(record, book) == set(asked)
        assert bool(asked) == (changes in (rails, {"running_slope_pct": 12.0}))
        assert not site_fixes.waiting_for_rise(dataclasses.replace(record, as_of=dt.date(2026, 3, 3)), book)


def test_where_a_design_is_kept_it_is_built_and_no_parts_are_replaced(town):
    sites = town.sites("KK-001").assign(zone=1)
    for failing, decides in (({"handrails_both_sides": 0.0}, False), ({"running_slope_pct": 12.0}, True)):
        measured = town.measured(*town.complete_ramp(RAMP, ramp_length_total_mm=9000.0, **failing))
        record, book = town.record(measured, town.elements(RAMP), sites), price_books.sample()
        content = json.dumps({"quantities": dict.fromkeys(quantities.NAMES, 1.0)})
        designs = pd.DataFrame({"content": [content]}, index=pd.Index([RAMP], name="element_id"))
        (without,), (kept,) = site_fixes.fixes(record, book), site_fixes.fixes(record, book, designs)
        assert (without.level == "demolish_and_rebuild", kept.level) == (decides, "demolish_and_rebuild")
        assert kept.decisive == (without.decisive if decides else ())
        assert (mending.of_ramp(record, RAMP, book) is None) == decides
        assert mending.of_ramp(record, RAMP, book, [RAMP]) is None
