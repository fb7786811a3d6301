"""One module decides what stands in whose way: known where a finding fails, possible where nobody knows, else none."""

from __future__ import annotations

import pytest

from audits import barriers, errors
from audits.plans import site_fixes
from audits.ramps import price_books

STEEP, SOUND, UNSEEN = "KK-001.ramp.1", "KK-002.ramp.1", "KK-003.ramp.1"


@pytest.fixture(scope="module")
def record(town):
    elements = town.elements(STEEP, SOUND, UNSEEN)
    sites = town.sites("KK-001", "KK-002", "KK-003", "KK-004")
    rows = [*town.complete_ramp(STEEP, running_slope_pct=12.0), *town.complete_ramp(SOUND)]
    return town.record(town.measured(*rows), elements, sites)


def test_a_failed_requirement_is_a_known_barrier_for_those_it_matters_to(record):
    steep = barriers.by_element(record).loc[STEEP]
    assert steep["wheelchair"] == barriers.KNOWN
    assert steep["blind"] == barriers.NONE


def test_what_nobody_measured_is_possible_and_what_passes_is_none(record):
    states = barriers.by_element(record)["wheelchair"]
    assert states[UNSEEN] == barriers.POSSIBLE
    assert states[SOUND] == barriers.NONE


def test_a_borderline_value_is_a_possible_barrier(town):
    rows = [row for row in town.complete_ramp(STEEP) if row[1] != "running_slope_pct"]
    measured = town.measured(*rows, (STEEP, "running_slope_pct", 8.3, 0.2))
    record = town.record(measured, town.elements(STEEP), town.sites("KK-001"))
    assert barriers.by_element(record).loc[STEEP, "wheelchair"] == barriers.POSSIBLE


def test_a_site_takes_the_surest_state_and_an_unseen_one_is_possible(record):
    states = barriers.by_site(record)
    assert list(states.index) == list(record.sites.index)
    assert states.loc["KK-001", "wheelchair"] == barriers.KNOWN
    assert states.loc["KK-002", "wheelchair"] == barriers.NONE
    assert set(states.loc["KK-004"]) == {barriers.POSSIBLE}


def test_for_everybody_a_site_takes_the_surest_state_of_any_persona(record):
    assert barriers.surest_by_site(record, "blind")["KK-001"] == barriers.NONE
    assert barriers.surest_by_site(record)["KK-001"] == barriers.KNOWN
    assert barriers.surest_by_site(record)["KK-004"] == barriers.POSSIBLE
    with pytest.raises(KeyError):
        barriers.surest_by_site(record, "nobody")


def test_an_obstacle_in_the_way_is_a_known_barrier_whose_fix_has_no_price(town):
    pole, steep = "KK-001.obstacle.1", "KK-002.ramp.1"
    narrow = [("obstacle_is_fixed", 1.0), ("obstacle_is_vehicle", 0.0), ("obstacle_is_stall", 0.0)]
    rows = [(pole, quantity, value) for quantity, value in (*narrow, ("remaining_width_mm", 700.0))]
    measured = town.measured(*rows, *town.complete_ramp(steep, running_slope_pct=12.0))
    record = town.record(measured, town.elements(pole, steep), town.sites("KK-001", "KK-002").assign(zone=1))
    assert barriers.by_element(record).loc[pole, "wheelchair"] == barriers.KNOWN
    assert barriers.by_site(record).loc["KK-001", "wheelchair"] == barriers.KNOWN
    assert site_fixes.unpriced(record) == (pole,)
    assert [one.fix.fix_id for one in site_fixes.fixes(record, price_books.sample())] == [steep]


def test_doors_and_toilets_are_not_on_the_way(town):
    toilet = "KK-001.toilet.1"
    record = town.record(town.measured(), town.elements(toilet), town.sites("KK-001"))
    assert barriers.by_element(record).empty


@pytest.mark.parametrize("written", ["worst", "likely", "best"])
def test_an_old_word_is_answered_with_what_to_write(written):
    with pytest.raises(errors.RefusedError, match="all-unknown"):
        barriers.case_of(written)


def test_a_case_is_one_of_two_words():
    assert [barriers.case_of(name) for name in barriers.CASES] == ["known", "all-unknown"]
    with pytest.raises(errors.RefusedError, match="known, all-unknown"):
        barriers.case_of("sometimes")


TWIN = "SP-001.ramp.1"


@pytest.fixture(scope="module")
def joined(town):
    """Two records of one ramp, of which one was measured."""
    rows = town.measured(*town.complete_ramp(STEEP, running_slope_pct=12.0))
    return town.record(rows, town.elements(STEEP, TWIN), town.sites("KK-001", "SP-001"), joined={TWIN: STEEP})


def test_what_was_measured_at_one_of_a_joined_pair_judges_both(joined):
    found = joined.audit.findings
    slopes = found.loc[found["criterion"] == "ramp.running_slope"].set_index("site_code")["verdict"]
    assert slopes.to_dict() == {"KK-001": "fail", "SP-001": "fail"}
    assert joined.audit.sites.loc["SP-001", "last_surveyed_on"] == joined.audit.sites.loc["KK-001", "last_surveyed_on"]
    assert len(joined.measurements) == len(joined.governing) / 2


def test_a_joined_pair_is_one_barrier_that_stands_at_both_sites(joined):
    assert list(barriers.by_element(joined).index) == [STEEP]
    assert barriers.by_site(joined)["wheelchair"].to_dict() == {"KK-001": "known", "SP-001": "known"}


def test_a_joined_pair_is_measured_once(town):
    record = town.record(town.measured(), town.elements(STEEP, TWIN), joined={TWIN: STEEP})
    assert list(barriers.measure_first(record).index) == [STEEP]
    apart = town.record(town.measured(), town.elements(STEEP, TWIN))
    assert list(barriers.measure_first(apart).index) == [STEEP, TWIN]


def test_a_part_of_a_record_counts_its_own_half_of_a_pair(joined):
    part = joined.select(["SP-001"])
    assert list(barriers.by_element(part).index) == [TWIN]
    assert set(part.governing["site_code"]) == {"KK-001", "SP-001"}
