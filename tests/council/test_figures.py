"""The council's figures have denominators, and no zone is called the worst for certain while another may be worse."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import record as records
from audits import wording
from audits.council import council_contents, council_tables, council_text
from audits.council import figures as council
from audits.scoring import run, selection
from audits.store.db import connection, workspace
from audits.store.surveys import reviews
from tests.council import made_answers

COUNTS = st.tuples(*(st.integers(0, 30),) * 4)


@pytest.fixture(scope="module")
def judged(demonstration_folder):
    return made_answers.answers(demonstration_folder).record


def figures(passed, failed, borderline, unknown):
    return council.Figures(
        sites=passed + failed + borderline + unknown,
        surveyed=passed + failed + borderline,
        passed=passed,
        failed=failed,
        borderline=borderline,
        unknown=unknown,
        coverage=0.5,
        score_low=10.0,
        score_high=90.0,
    )


def test_every_site_is_counted_once_and_every_zone_adds_up_to_the_whole(judged):
    for kind in council.KINDS:
        found = council.where(judged, kind)
        whole = found.whole
        assert whole.sites == whole.passed + whole.failed + whole.undecided == len(found.codes)
        for name in ("sites", "surveyed", "passed", "failed", "undecided"):
            assert sum(getattr(each, name) for each in found.zones.values()) == getattr(whole, name)


def test_of_the_failing_sites_it_is_said_how_many_fail_what_binds_there(judged):
    found = council.where(judged)
    mine = judged.audit.findings.loc[lambda each: each["site_code"].isin(found.codes) & (each["verdict"] == "fail")]
    binding = mine.loc[mine["basis"] == "law", "site_code"].nunique()
    failed = mine["site_code"].nunique()
    assert 0 < binding < failed
    lead = council_text.known_so_far(found, wording.Wording("en"))
    assert f", {failed} fail ({binding} by law, {failed - binding} not), " in lead


def test_ramps_and_spaces_together_are_both_kinds(judged):
    counted = {kind: council.where(judged, kind).whole for kind in council.KINDS}
    assert counted["ramp"].sites == 85
    assert counted["ramp"].sites + counted["space"].sites == counted["both"].sites == len(judged.sites)
    assert counted["ramp"].failed + counted["space"].failed == counted["both"].failed


def test_the_basic_facilities_are_counted_at_the_sites_of_both_kinds(judged):
    found = council.where(judged)
    assert set(found.facilities) == set(run.BASIC_FACILITIES)
    assert {sum(states.values()) for states in found.facilities.values()} == {len(judged.sites)}


def test_the_most_frequent_failures_are_those_of_the_findings(judged):
    found = judged.audit.findings
    causes = council.causes(found)
    first = causes.index[0]
    fails = found.loc[found["verdict"] == "fail"].groupby("criterion")["site_code"].nunique()
    assert causes.loc[first, "failing"] == fails.max() == fails[first]
    assert (causes["failing"] <= causes["judged"]).all()
    assert causes["failing"].is_monotonic_decreasing


def test_the_worst_sites_have_most_dangerous_failures_first_and_every_one_has_a_reason(judged):
    worst = council.where(judged).worst_sites
    order = list(zip(-worst["dangerous_failures"], -worst["items_failed"], strict=True))
    assert order == sorted(order)
    for code in worst.index:
        reasons = council.reasons(judged.audit.findings, code)
        assert 0 < len(reasons) <= council.MOST_REASONS
        assert set(reasons["verdict"]) == {"fail"}
        assert reasons["severity"].astype(int).is_monotonic_decreasing


def test_a_zone_is_worst_by_what_is_known_and_names_those_that_may_be_worse():
    zones = {1: figures(2, 6, 0, 2), 2: figures(0, 4, 0, 16), 3: figures(8, 1, 0, 1)}
    assert council.worst_zone(zones) == council.Worst((1,), (2,))


def test_a_zone_is_worst_for_certain_once_no_other_can_overtake_it():
    zones = {1: figures(2, 8, 0, 0), 2: figures(8, 1, 1, 0)}
    assert council.worst_zone(zones) == council.Worst((1,), ())


def test_zones_that_tie_are_all_the_worst_and_are_said_with_their_numbers(judged):
    zones = {1: figures(1, 12, 2, 3), 2: figures(9, 0, 0, 0), 4: figures(1, 6, 1, 1)}
    worst = council.worst_zone(zones)
    assert worst == council.Worst((1, 4), ())
    found = dataclasses.replace(council.where(judged), zones=zones, worst=worst)
    sentence = council_text.where(found, wording.Wording("en"))
    assert sentence == (
        "Zone 1: 12 of 18 sites known to fail, 3 not known yet. Zone 4: 6 of 9 sites known to fail, 1 not known yet. "
        "A tie by share."
    )


def test_the_card_itself_says_why_and_how_many_zones_are_presumed_and_surveys_not_reviewed(judged):
    found = council.where(judged)
    line = council_text.counted(found, wording.Wording("en"))
    presumed = (judged.sites.loc[found.codes, "zone_basis"] == "presumed").sum()
    awaiting = (judged.audit.sites.loc[found.codes, "standing"] == run.PROVISIONAL).sum()
    assert line == f"Of 85 ramp sites: zone presumed {presumed} · surveys not reviewed {awaiting}."
    answer = council_contents.where(found, judged.criteria, wording.Wording("en"))
    on_the_card = answer.basis
    sure = "Not certain: zones 2, 3 may prove worse."
    assert sure not in answer.further
    # and why: a rank without its reason is a bare number
    why = council_text.main_cause(found, judged.criteria, wording.Wording("en"))
    assert why == "Most often wrong there, at 5 sites: kerb ramp: Clear space at the top."
    ordered = council_text.why(found, judged.criteria, wording.Wording("en"))
    assert ordered.startswith("Most often wrong there, by number of sites: kerb ramp: Clear space at the top (5 of ")
    # both of those that are equally frequent: the one after the other would be an order that nobody measured
    tied = dataclasses.replace(found, causes_there=found.causes_there.iloc[1:3])
    assert council_text.main_cause(tied, judged.criteria, wording.Wording("en")) == (
        "Most often wrong there, at 4 sites each: kerb ramp: Clear width, ramp: Running slope."
    )
    assert on_the_card == (sure, why, "Counted are sites with known failures, not trips.", line)


def test_the_worst_zone_by_trips_answers_another_question(demonstration_folder):
    answers, words = made_answers.answers(demonstration_folder), wording.Wording("en")
    access = answers.money.record.access.by("zone")
    share = (access["step_free"] / access["on_foot"]).drop(selection.NO_ZONE, errors="ignore")
    said = council_text.by_trips(answers.money, words)
    assert said.startswith(f"Where trips are hardest is another question: Zone {share.idxmin()}, ")


def test_why_a_zone_is_worst_is_counted_in_that_zone(judged):
    found = council.where(judged)
    zones = judged.sites.loc[found.codes, "zone"]
    there = found.codes[zones.isin(found.worst.zones)]
    failing = judged.audit.findings.loc[lambda each: (each["verdict"] == "fail") & each["site_code"].isin(there)]
    counted = failing.groupby("criterion")["site_code"].nunique()
    assert found.causes_there["failing"].max() == counted.max() < found.causes["failing"].max()
    nowhere = council.where(judged, council.SPACES)
    assert nowhere.worst is not None or nowhere.causes_there.equals(nowhere.causes)


def test_with_approved_surveys_only_the_sites_that_wait_are_counted_not_called_none(judged, demonstration_folder):
    with connection.open_store(workspace.Workspace(demonstration_folder / "demonstration")) as store:
        approved = records.read(store, judged.criteria, judged.weights, official_only=True)
    found, waiting = council.where(approved), judged.surveys.loc[judged.surveys["review"] != reviews.APPROVED]
    left_out = len(set(waiting["site_code"]) & set(found.codes))
    never = int(approved.audit.sites.loc[found.codes, "last_surveyed_on"].isna().sum())
    line = council_text.counted(found, wording.Wording("en"))
    assert left_out
    lead = council_text.known_so_far(found, wording.Wording("en"))
    assert f"; {never} have no approved survey." in lead
    assert line.endswith(f" · surveys left out until they are approved at {left_out}.")
    standings = approved.audit.sites.loc[found.codes, "standing"]
    unsurveyed = judged.audit.sites.loc[found.codes, "last_surveyed_on"].isna()
    assert (standings == run.NOT_SURVEYED).sum() == unsurveyed.sum()


def test_with_approved_surveys_only_the_figure_without_one_opens_both_standings(judged, demonstration_folder):
    with connection.open_store(workspace.Workspace(demonstration_folder / "demonstration")) as store:
        approved = records.read(store, judged.criteria, judged.weights, official_only=True)
    found, opened = council.where(approved), {}

    def listing(figure, _page, *, kind=(), standing=(), **_asked):
        if standing:
            wanted = selection.Selection(kind, standings=standing)
            opened[figure] = str(len(selection.select(approved.sites, approved.audit.sites, wanted)))
        return figure

    council_text.known_so_far(found, wording.Wording("en"), listing)
    assert opened
    assert all(figure == shown for figure, shown in opened.items())


@pytest.mark.parametrize("kind", council.KINDS)
def test_every_number_of_sites_opens_the_list_of_exactly_so_many(judged, kind):
    found, words, opened = council.where(judged, kind), wording.Wording("en"), []

    def listing(figure, page, kind, verdict=(), standing=(), zone="", zone_basis="", failing=""):
        assert page == "city_map"
        verdicts, standings = ([one] if isinstance(one, str) else one for one in (verdict, standing))
        wanted = selection.Selection(
            kind,
            verdicts,
            zones=[int(zone)] if zone else (),
            standings=standings,
            zone_bases=[zone_basis] * bool(zone_basis),
            failing=[failing] * bool(failing),
        )
        opened.append((figure, str(len(selection.select(judged.sites, judged.audit.sites, wanted)))))
        return figure

    council_text.known_so_far(found, words, listing)
    council_text.where(found, words, listing)
    council_text.counted(found, words, listing)
    council_tables.zone_table(found, words, listing)
    assert len(opened) > 20
    assert [one for one in opened if one[0] != one[1]] == []


def test_the_worst_sites_that_tie_share_their_place_also_with_those_beyond_the_list(judged):
    rows = [(9, 1, 20.0)] + [(5, 0, 30.0)] * 3 + [(4, 0, 40.0)]
    codes = [f"KK-{number:03}" for number in range(1, 6)]
    sites = pd.DataFrame(
        {
            "items_failed": [row[0] for row in rows],
            "law_failed": [2, 0, 0, 0, 0],
            "score_low": 10.0,
            "score_high": [row[2] for row in rows],
        },
        codes,
    )
    grave = pd.DataFrame({"site_code": ["KK-001"], "verdict": "fail", "severity": run.SEVERITY_DANGEROUS})
    worst = council.worst_sites(sites, grave, most=3)
    assert worst["rank"].tolist() == [1, 2, 2]
    assert worst["of_rank"].tolist() == [1, 3, 3]
    words = wording.Wording("en")
    assert council_text.place(worst.iloc[0], words) == "1 dangerous of 9 failures, 2 binding there, score 10–20"
    assert council_text.place(worst.iloc[1], words) == (
        "0 dangerous of 5 failures, none binding there, score 10–30 (tie with 2 other sites)"
    )
    found = dataclasses.replace(council.where(judged), worst_sites=worst, worst=None)
    order = council_text.order_of_worst(found, sites, words)
    assert "1 more site shares the last place and is not shown." in order
    assert "2 of them fail nothing that binds there: hard to use, but no breach of law is known." in order


def test_nothing_surveyed_gives_no_worst_zone():
    assert council.worst_zone({1: figures(0, 0, 0, 9), 2: figures(0, 0, 0, 3)}) is None
    assert council.worst_zone({}) is None


def test_sites_without_a_zone_are_no_zone_to_be_called_the_worst():
    assert council.worst_zone({selection.NO_ZONE: figures(0, 9, 0, 0), 2: figures(3, 1, 0, 0)}) == council.Worst(
        (2,), ()
    )


@given(st.dictionaries(st.integers(1, 6), COUNTS, min_size=1))
def test_what_is_called_certain_holds_however_the_open_ones_turn_out(counts):
    zones = {zone: figures(*each) for zone, each in counts.items()}
    worst = council.worst_zone(zones)
    if worst is None:
        assert all(each.failed == 0 for each in zones.values())
        return
    least = zones[worst.zones[0]].failing_least
    for zone, each in zones.items():
        assert each.failing_least <= least
        assert (zone in worst.zones) == (each.failed > 0 and each.failing_least == pytest.approx(least))
        if zone not in worst.zones and zone not in worst.rivals:
            assert each.failing_most <= least


def test_a_fix_counts_as_accepted_while_that_is_its_last_step():
    days = ["2026-01-05", "2026-02-05", "2026-03-05", "2026-02-01", "2026-04-01"]
    steps = pd.DataFrame(
        {
            "fix_id": ["A", "A", "A", "B", "B"],
            "step": ["built", "accepted", "planned", "built", "accepted"],
            "happened_on": pd.to_datetime(days),
        }
    )
    assert council.accepted(steps) == 1
    assert council.accepted(steps.iloc[:0]) == 0


def test_no_sites_at_all_have_no_share():
    nothing = figures(0, 0, 0, 0)
    assert (nothing.failing_least, nothing.failing_most) == (0.0, 0.0)


def test_figures_of_no_site_are_noughts(judged):
    nothing = council.figures(judged.audit.sites.iloc[:0])
    assert (nothing.sites, nothing.failed, nothing.coverage) == (0, 0, 0.0)
    assert pd.isna(nothing.score_low)


def test_the_demonstration_has_no_site_that_fails_the_law_under_grade_a(judged):
    rows = judged.audit.sites
    assert (rows.loc[rows["law_failed"] > 0, "grade"] != "A").all()
    assert (rows.loc[rows["dangerous"], "grade"] == "D").all()
    assert (rows.loc[rows["grade"] == "A", "items_failed"] == 0).all()
