"""A fix is listed where a barrier is known; where nobody knows, a measurement is asked for instead."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd

from audits import barriers, wording
from audits import record as records
from audits.plans import fix_pricing
from audits.ramps import price_books
from audits.reports import site_report
from audits.rules import files
from audits.store.db import connection, workspace
from audits.works import fix_states, spending, works_table
from tests.works import made_works

STEEP, UNSEEN = "KK-001.ramp.1", "KK-002.ramp.1"


def _gathered(town, tmp_path):
    rows = town.measured(*town.complete_ramp(STEEP, running_slope_pct=12.0))
    record = town.record(rows, town.elements(STEEP, UNSEEN), town.sites("KK-001", "KK-002").assign(zone=1))
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        return works_table.gather(store, record, price_books.sample(), dt.date(2026, 3, 5))


def test_works_shows_no_fix_where_nobody_surveyed(town, tmp_path):
    works = _gathered(town, tmp_path)
    assert list(works.table.index) == [STEEP]
    assert works.table.loc[STEEP, ["site", "state", "barrier"]].tolist() == ["KK-001", "found", "known"]
    assert works.cost_thb(STEEP) == works.fixes[STEEP].fix.cost.likely


def test_what_may_be_a_barrier_is_to_be_measured_first(town, tmp_path):
    first = _gathered(town, tmp_path).measure_first
    assert list(first.index) == [UNSEEN]
    assert "running_slope_pct" in first.loc[UNSEEN, "quantities"]
    assert first.loc[UNSEEN, "minutes"] > 0
    assert "cost_thb" not in first


def test_a_borderline_value_is_to_be_measured_again(town):
    rows = [row for row in town.complete_ramp(STEEP) if row[1] != "running_slope_pct"]
    measured = town.measured(*rows, (STEEP, "running_slope_pct", 8.3, 0.2))
    first = barriers.measure_first(town.record(measured, town.elements(STEEP), town.sites("KK-001")))
    assert first.loc[STEEP, ["quantities", "again"]].tolist() == [(), ("running_slope_pct",)]


def _twins(town, tmp_path, **joins):
    """Two records of one steep ramp at two sites."""
    rows = [row for ramp in (STEEP, UNSEEN) for row in town.complete_ramp(ramp, running_slope_pct=12.0)]
    sites = town.sites("KK-001", "KK-002").assign(zone=1)
    record = town.record(town.measured(*rows), town.elements(STEEP, UNSEEN), sites, **joins)
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        return works_table.gather(store, record, price_books.sample(), dt.date(2026, 3, 5))


def test_what_is_under_contract_stands_before_what_is_only_designed_or_planned(town, tmp_path):
    works = _gathered(town, tmp_path)
    states = {
        "a": fix_states.PLANNED,
        "b": fix_states.DESIGNED,
        "c": fix_states.PLANNED,
        "d": fix_states.BUILT,
        "e": fix_states.ACCEPTED,
    }
    table = pd.DataFrame({"state": states, "overdue": False, "under_contract": False})
    table.loc["c", "under_contract"] = True
    table.loc["e", "overdue"] = True
    assert dataclasses.replace(works, table=table).nearest_first(list(states)) == ["e", "d", "c", "b", "a"]


def test_a_presumed_pair_counts_twice_and_both_say_so(town, tmp_path):
    works = _twins(town, tmp_path, presumed=((STEEP, UNSEEN),))
    assert works.table["presumed_same_as"].to_dict() == {STEEP: (UNSEEN,), UNSEEN: (STEEP,)}
    total = works.totals([STEEP, UNSEEN])
    assert total.doubles == (tuple(sorted((STEEP, UNSEEN))),)
    assert "1 pair in it may be one thing recorded twice: " in total.sentence(wording.Wording("en"))
    assert works.totals([STEEP]).doubles == ()


def test_a_joined_pair_counts_once(town, tmp_path):
    apart = _twins(town, tmp_path)
    works = _twins(town, tmp_path, joined={UNSEEN: STEEP})
    assert list(works.table.index) == [STEEP]
    assert works.table.loc[STEEP, "presumed_same_as"] == ()
    assert works.totals([STEEP]).cost_thb * 2 == apart.totals([STEEP, UNSEEN]).cost_thb


def test_totals_are_the_sums_of_the_rows_with_assumed_sizes_apart(town, tmp_path):
    rows = town.measured(*town.complete_ramp(STEEP, running_slope_pct=12.0), ("KK-001.path.1", "clear_width_mm", 400.0))
    elements = town.elements(STEEP, "KK-001.path.1")
    record = town.record(rows, elements, town.sites("KK-001").assign(zone=1))
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        works = works_table.gather(store, record, price_books.sample(), dt.date(2026, 3, 5))
    totals = works.totals(works.table.index)
    for_its_place = works.table["cost_basis"].isin(fix_pricing.FOR_ITS_PLACE)
    assert totals.cost_thb == works.table["cost_thb"].sum()
    assert totals.designed_thb == works.table.loc[for_its_place, "cost_thb"].sum()
    assert totals.designed + totals.assumed == len(works.table) == 2
    assert totals.assumed_low_thb < totals.assumed_thb < totals.assumed_high_thb


def test_promised_works_whose_survey_no_longer_counts_are_not_called_mended(town, tmp_path):
    """A survey that was returned leaves nobody knowing: that is no barrier mended, and no cost of nothing."""
    rows = town.measured(*town.complete_ramp(STEEP))
    record = town.record(rows, town.elements(STEEP, UNSEEN), town.sites("KK-001", "KK-002").assign(zone=1))
    planned = pd.concat(
        made_works.steps((fix_states.PLANNED, made_works.DAY), fix_id=one) for one in (STEEP, UNSEEN)
    ).assign(recorded_by="it", note="")
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        nothing = works_table.recorded(store, record)
        kept = dataclasses.replace(nothing, steps=planned)
        works = works_table.of_elements(kept, record, price_books.sample(), made_works.TODAY)
    assert works.work(STEEP) == works_table.NOTHING_TO_MEND
    assert works.work(UNSEEN) == works_table.NOT_KNOWN
    built = dataclasses.replace(works, table=works.table.assign(state=fix_states.BUILT))
    assert built.work(UNSEEN) == works_table.NOT_SURVEYED_SINCE
    totals = works.totals(works.table.index)
    assert (totals.settled, totals.unmeasured) == (1, (UNSEEN,))
    promised = spending.rungs(works.table)[spending.PROMISED]
    assert (promised.works, promised.without_sum, promised.settled) == (2, 1, 1)
    for language in ("th", "en"):
        assert "KK-002" in totals.sentence(wording.Wording(language))


def _blocked(obstacle):
    return (obstacle, "obstacle_is_vehicle", 1.0), (obstacle, "remaining_width_mm", 300.0)


def test_the_parts_of_the_totals_add_up_to_all_fixes_with_those_without_a_cost_named(town, tmp_path):
    obstacle = "KK-001.obstacle.1"
    rows = town.measured(*town.complete_ramp(STEEP, running_slope_pct=12.0), *_blocked(obstacle))
    record = town.record(rows, town.elements(STEEP, obstacle), town.sites("KK-001").assign(zone=1))
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        works = works_table.gather(store, record, price_books.sample(), dt.date(2026, 3, 5))
    totals = works.totals(works.table.index)
    assert totals.unpriced == (obstacle,)
    assert totals.designed + totals.assumed + len(totals.unpriced) + totals.settled == len(works.table) == 2
    assert totals.unmeasured == ()
    for words in map(wording.Wording, wording.LANGUAGES):
        assert site_report.element_of_site(obstacle, words) in totals.sentence(words)
    assert works.totals([obstacle]).sentence(wording.Wording("en")).startswith("1 without a known cost")


def test_the_works_of_some_elements_are_what_they_are_among_all(demonstration_folder):
    # Of those without a rise of their own, whose price rests on the rises of all others, too.
    place = workspace.Workspace(demonstration_folder).demonstration
    with connection.open_store(place) as store:
        record = records.read(store, files.load_criteria(), files.load_weights())
        asked = record, price_books.sample(), dt.date(2026, 3, 5)
        everything, kept = works_table.gather(store, *asked), works_table.recorded(store, record)
        for code in record.sites.index[::3]:
            here = frozenset(record.counted_as(record.elements.index[record.elements["site_code"] == code]))
            some = works_table.of_elements(kept, *asked, here)
            assert some.fixes == {name: one for name, one in everything.fixes.items() if name in here}
            among_all = everything.table.loc[everything.table.index.isin(here)]
            pd.testing.assert_frame_equal(some.table, among_all, check_dtype=False)  # an empty table has no types
            first = everything.measure_first
            assert sorted(some.measure_first.index) == sorted(first.index[first.index.isin(here)])


def test_what_is_bought_is_not_asked_to_be_measured_or_levelled_before_it_is_bought(town, tmp_path):
    rows = town.measured(*town.complete_ramp(STEEP, running_slope_pct=12.0, ramp_length_total_mm=3000.0))
    record = town.record(rows, town.elements(STEEP), town.sites("KK-001").assign(zone=1))
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        works = works_table.gather(store, record, price_books.sample(), dt.date(2026, 3, 5))
    words = wording.Wording("en")
    assert works.to_level == (STEEP,)
    assert "cannot be bought yet" in works_table.basis_text(works.row(STEEP), words)
    for change in ({"state": fix_states.BUILT}, {"under_contract": True}):
        bought = dataclasses.replace(works, table=works.table.assign(**change))
        assert bought.to_level == ()
        assert works_table.basis_text(bought.row(STEEP), words) == ""


def test_the_cost_of_what_is_built_says_that_it_is_for_what_the_last_survey_found(town, tmp_path):
    rows = town.measured(*town.complete_ramp(STEEP, running_slope_pct=12.0))
    record = town.record(rows, town.elements(STEEP), town.sites("KK-001").assign(zone=1))
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        works = works_table.gather(store, record, price_books.sample(), dt.date(2026, 3, 5))
    words = wording.Wording("en")
    assert works_table.cost_text(works.row(STEEP), words) == works_table.basis_text(works.row(STEEP), words) != ""
    for change, is_left in (({}, True), ({"barrier": barriers.NONE}, False), ({"cost_thb": pd.NA}, False)):
        built = dataclasses.replace(works, table=works.table.assign(state=fix_states.BUILT, **change))
        assert (works_table.OF_LAST_SURVEY in works_table.cost_text(built.row(STEEP), words)) == is_left
