from __future__ import annotations

import datetime as dt
import math
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from audits import record, wording
from audits.council import figures
from audits.quality import agreement, sentences
from audits.quality import report as quality
from audits.reports import about_lines
from tests.council import made_answers

SLOPE, WIDTH, PRESENT = "running_slope_pct", "clear_width_mm", "surface_slip_resistant"
ENGLISH, THAI = wording.Wording("en"), wording.Wording("th")
TODAY = dt.date(2026, 3, 31)
NORTH, EAST = 16.43, 102.83
METRE_NORTH = 1 / 111_195


def visits(*rows):
    """Write surveys: id, site, surveyor, minutes after 2 March 10:00 in Bangkok, and what else matters."""
    plain = {"status": "final", "supersedes": "", "superseded_by": "", "review": "submitted"}
    plain |= {"latitude": np.nan, "longitude": np.nan}
    columns = ["survey_id", "site_code", "surveyor", "minutes"]
    full = [dict(zip(columns, row, strict=False)) | plain | (row[4] if len(row) > 4 else {}) for row in rows]
    frame = pd.DataFrame(full, columns=[*columns, *plain])
    start = dt.datetime(2026, 3, 2, 3, tzinfo=dt.UTC)
    instants = [start + dt.timedelta(minutes=float(each)) for each in frame["minutes"]]
    return frame.assign(observed_at=pd.to_datetime(instants, utc=True).as_unit("ms"))


def at(metres_north, metres_east=0.0):
    return {
        "latitude": NORTH + metres_north * METRE_NORTH,
        "longitude": EAST + metres_east * METRE_NORTH / math.cos(math.radians(NORTH)),
    }


def measured(*rows):
    """Write readings: survey id, surveyor, element, quantity, value, instrument; all of 2 March."""
    frame = pd.DataFrame(rows, columns=["survey_id", "surveyor", "element_id", "quantity", "value", "instrument"])
    return frame.assign(
        site_code=frame["element_id"].str.split(".").str[0].astype(object),
        observed_at=pd.Timestamp("2026-03-02T03:00Z"),
        value=frame["value"].astype(float),
        uncertainty=0.2,
        reading=1,
    )


@pytest.fixture
def small(town):
    """Report on four ramp sites and a space, two of them surveyed, unless a test says otherwise."""

    def report(readings=None, surveys=None, status="presumed", **options):
        elements = town.elements(*(f"{code}.ramp.1" for code in ("KK-001", "KK-002", "KK-003", "KK-004", "SP-001")))
        sites = town.sites(*elements["site_code"]).assign(kind="ramp", position_status=status)
        sites.loc["SP-001", "kind"] = "space"
        if readings is None:
            readings = measured(("a", "Mali", "KK-001.ramp.1", SLOPE, 7.0, "digital_level"))
        if surveys is None:
            surveys = visits(("a", "KK-001", "Mali", 0), ("b", "SP-001", "Lek", 60 * 24 * 9))
        found = town.record(readings, elements, sites, surveys=record.counting(surveys))
        return quality.report(found, surveys, options.pop("held_count", 0), agreement.run(found), TODAY, **options)

    return report


def told(found, words=ENGLISH):
    return {line.title: (line.value, line.meaning) for line in sentences.lines(found, words)}


def test_what_has_been_seen_is_counted_of_what_there_is(small):
    extent = small().extent
    assert extent.sites == quality.Share(2, 5)
    assert extent.elements == quality.Share(1, 5)
    assert extent.median_age_days == (29 + 20) / 2
    assert 0 < extent.coverage < 0.2


def test_coverage_counts_a_site_never_surveyed_as_nothing_measured(small, town):
    whole = town.complete_ramp("KK-001.ramp.1")
    readings = measured(*(("a", "Mali", *row, "eye") for row in whole))
    assert small(readings).extent.coverage == pytest.approx(1 / 5)


def test_coverage_leaves_out_a_site_where_nothing_applies(small, town):
    absent = [("a", "Mali", *row, "eye") for row in town.complete_ramp("KK-001.ramp.1", element_present=0.0)]
    whole = [("b", "Mali", *row, "eye") for row in town.complete_ramp("KK-002.ramp.1")]
    assert small(measured(*absent, *whole)).extent.coverage == pytest.approx(1 / 4)


def test_quality_council_and_files_give_one_coverage_of_the_same_sites(demonstration_folder):
    found = made_answers.answers(demonstration_folder).record
    assert found.audit.sites["coverage"].isna().any()
    coverage = quality.report(found, found.surveys, 0, agreement.run(found), TODAY).extent.coverage
    assert figures.figures(found.audit.sites).coverage == coverage
    said = about_lines.lines(found, ENGLISH, exported_on=TODAY, mark="")["coverage"]
    assert f"on average {ENGLISH.percent(coverage)} of what applies is measured" in said


def test_the_age_of_a_site_is_that_of_its_latest_survey(small):
    surveys = visits(("a", "KK-001", "Mali", 0), ("b", "KK-001", "Mali", 60 * 24 * 19))
    assert small(surveys=surveys).extent.median_age_days == 10


@pytest.mark.parametrize(("status", "count"), [("presumed", 0), ("confirmed", 4), ("not_found", 0)])
def test_positions_are_counted_of_the_ramp_sites(small, status, count):
    assert small(status=status).extent.positions == quality.Share(count, 4)


def test_corrections_withdrawals_and_refused_rows_are_counted(small):
    surveys = visits(
        ("a", "KK-001", "Mali", 0, {"superseded_by": "b"}),
        ("b", "KK-001", "Mali", 0, {"supersedes": "a"}),
        ("c", "KK-002", "Mali", 0, {"superseded_by": "d"}),
        ("d", "KK-002", "Mali", 0, {"supersedes": "c", "status": "void"}),
    )
    found = small(surveys=surveys, held_count=3)
    assert (found.checking.corrected, found.checking.withdrawn, found.checking.held) == (1, 1, 3)
    assert found.extent.sites == quality.Share(1, 5)


def test_reviews_are_counted(small):
    states = ("submitted", "approved", "approved", "returned")
    surveys = visits(*((f"s{row}", f"KK-00{row}", "Mali", 0, {"review": state}) for row, state in enumerate(states, 1)))
    found = small(surveys=surveys)
    assert (found.checking.submitted, found.checking.approved, found.checking.returned) == (1, 2, 1)
    assert found.extent.sites == quality.Share(3, 5), "what is returned does not count"
    assert told(found)["Surveys waiting for review"] == ("1", "an engineer has not looked at them yet")
    assert told(found)["Surveys approved"] == ("2", "")


def test_a_site_surveyed_by_two_people_within_days_is_counted(small):
    surveys = visits(("a", "KK-001", "Mali", 0), ("b", "KK-001", "Lek", 90), ("c", "KK-002", "Lek", 0))
    assert small(surveys=surveys).checking.twice == quality.Share(1, 2)


def test_figures_without_an_instrument_are_counted_and_answers_by_eye_are_not(small):
    readings = measured(
        ("a", "Mali", "KK-001.ramp.1", SLOPE, 7.0, ""),
        ("a", "Mali", "KK-001.ramp.1", WIDTH, 1500.0, "tape_measure"),
        ("a", "Mali", "KK-001.ramp.1", "longest_run_length_mm", math.nan, ""),
        ("a", "Mali", "KK-001.ramp.1", PRESENT, 1.0, ""),
    )
    assert small(readings).instruments.unnamed == quality.Share(1, 2)


@pytest.mark.parametrize(("slope", "unusual"), [(0.9, 1), (1.0, 0), (30.0, 0), (30.1, 1)])
def test_a_figure_outside_the_usual_range_is_counted(small, slope, unusual):
    readings = measured(("a", "Mali", "KK-001.ramp.1", SLOPE, slope, "digital_level"))
    assert small(readings).instruments.unusual == quality.Share(unusual, 1)


def test_figures_by_a_device_out_of_calibration_are_counted_and_strangers_named(small):
    rows = enumerate(("digital_level/L-03", "digital_level/L-04", "digital_level/L-99", "digital_level", ""), start=1)
    readings = measured(*(("a", "Mali", f"KK-00{row}.ramp.1", SLOPE, 7.0, device) for row, device in rows if row < 5))
    devices = pd.DataFrame(
        {
            "instrument_id": "digital_level",
            "calibrated_on": dt.date(2025, 1, 1),
            "valid_until": [dt.date(2026, 3, 1), dt.date(2026, 3, 2)],
        },
        index=["L-03", "L-04"],
    )
    found = small(readings, devices=devices).instruments
    assert found.uncalibrated == quality.Share(1, 2)
    assert found.strangers == ("L-99",)
    assert small(readings).instruments.uncalibrated is None


def test_agreement_is_summed_up(small):
    rows = []
    for number in range(1, 5):
        for survey, surveyor, slope in (("a", "Mali", 7.0), ("b", "Lek", 7.0 if number > 1 else 9.0)):
            site = f"KK-00{number}.ramp.1"
            rows += [(f"{survey}{number}", surveyor, site, SLOPE, slope + number / 10, "digital_level")]
            rows += [(f"{survey}{number}", surveyor, site, PRESENT, float(number % 2), "eye")]
    found = small(measured(*rows)).agreed
    assert found.answers == quality.Share(4, 4)
    assert found.verdicts == quality.Share(7, 8)
    assert found.substantial == found.good == quality.Share(0, 0)
    few = "not enough pairs yet; 5 of one item are needed"
    assert told(small(measured(*rows)))["Figures with good agreement or better"] == ("none", few)


def _agreement(icc, guard, kappa):
    answers = pd.DataFrame({"pairs": [9, 3], "agreed": [8, 1], "kappa": [kappa, np.nan]}, index=[PRESENT, "other"])
    figures = pd.DataFrame({"icc": [icc, np.nan], "guard": [guard, ""]}, index=[SLOPE, WIDTH])
    return agreement.Agreement(answers, answers.iloc[:0], figures, figures.iloc[:0], figures.iloc[:0])


@pytest.mark.parametrize(("kappa", "icc", "count"), [(0.60, 0.74, 0), (0.61, 0.75, 1), (-0.2, -0.2, 0), (1.0, 1.0, 1)])
def test_the_bands_of_the_standards_are_kept(town, small, kappa, icc, count):
    found = small()
    agreed = quality.of_agreement(_agreement(icc, "too_small", kappa), town.book)
    assert agreed.substantial == agreed.good == quality.Share(count, 1)
    lines = told(quality.Quality(TODAY, found.extent, found.checking, found.instruments, agreed))
    assert lines["Pairs of yes-or-no answers that are the same"] == ("9 of 12 (75%)", "")
    assert lines["Guard band too small"][0] == "Running slope"


def test_the_report_reads_in_both_languages(small):
    english, thai = told(small(held_count=2)), told(small(held_count=2), THAI)
    assert english["Sites surveyed"] == ("2 of 5 (40%)", "")
    assert english["Age of the latest survey of a site, median"] == ("24 days", "")
    assert english["Refused rows not decided yet"] == ("2", "what stands in them is not in the record yet")
    assert thai["จุดที่สำรวจแล้ว"] == ("2 จาก 5 (40%)", "")
    assert len(english) == len(thai)
    assert not set(english) & set(thai)


def test_a_city_without_surveys_can_be_reported_on(small):
    nothing = measured(("a", "Mali", "KK-001.ramp.1", SLOPE, 7.0, "")).iloc[:0]
    found = small(nothing, visits(("a", "KK-001", "Mali", 0)).iloc[:0])
    assert found.extent.sites == quality.Share(0, 5)
    assert math.isnan(found.extent.median_age_days)
    lines = told(found)
    assert lines["Measured of what applies, on average"][0] == "0%"
    assert lines["Figures without an instrument named"] == ("none", "")


def duplicates(*rows, **options):
    frame = quality.suspected_duplicates(record.counting(visits(*rows)), **options)
    return [tuple(row) for row in frame.itertuples(index=False)]


@pytest.mark.parametrize(("minutes", "suspected"), [(0, True), (30, True), (30.1, False)])
def test_one_surveyor_twice_at_one_site_within_minutes_is_suspected(minutes, suspected):
    found = duplicates(("b", "KK-001", "Mali ", minutes), ("a", "KK-001", "mali", 0))
    assert found == ([("a", "b", quality.SAME_VISIT)] if suspected else [])


def test_two_surveyors_at_one_site_are_not_suspected():
    assert duplicates(("a", "KK-001", "Mali", 0, at(0)), ("b", "KK-001", "Lek", 5, at(0))) == []


def test_around_midnight_in_bangkok_two_visits_are_of_two_days():
    midnight = 14 * 60
    assert duplicates(("a", "KK-001", "Mali", midnight - 5), ("b", "KK-001", "Mali", midnight + 5)) == []


@pytest.mark.parametrize(
    ("place", "minutes", "suspected"),
    [
        (at(29), 5, True),
        (at(31), 5, False),
        (at(0, 29), 5, True),
        (at(0, 31), 5, False),
        (at(0), 31, False),
        ({}, 5, False),
    ],
)
def test_two_sites_surveyed_at_one_place_and_time_are_suspected(place, minutes, suspected):
    found = duplicates(("a", "KK-001", "Mali", 0, at(0)), ("b", "KK-002", "Lek", minutes, place))
    assert found == ([("a", "b", quality.SAME_PLACE)] if suspected else [])


@pytest.mark.parametrize("gone", [{"superseded_by": "c"}, {"status": "void"}, {"review": "returned"}])
def test_a_survey_that_does_not_stand_is_no_duplicate(gone):
    kept = dict.fromkeys(gone, "") | {"status": "final"}
    assert duplicates(("a", "KK-001", "Mali", 0, kept), ("b", "KK-001", "Mali", 5, kept)) != []
    assert duplicates(("a", "KK-001", "Mali", 0, gone), ("b", "KK-001", "Mali", 5, kept)) == []


def test_duplicates_are_those_of_every_pair_looked_at_one_by_one():
    chance = np.random.default_rng(4)
    rows = [
        (
            f"s{row:02}",
            f"KK-00{chance.integers(3)}",
            "AB"[chance.integers(2)],
            int(chance.integers(400)),
            at(*chance.integers(0, 60, 2)),
        )
        for row in range(40)
    ]
    expected = set()
    ordered = sorted(rows, key=lambda row: (row[3], row[0]))
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            north, east = ((other[4][axis] - one[4][axis]) / METRE_NORTH for axis in ("latitude", "longitude"))
            near = math.hypot(north, east * math.cos(math.radians(NORTH))) <= 30
            if other[3] - one[3] <= 30 and (one[1:3] == other[1:3] or (one[1] != other[1] and near)):
                expected.add((one[0], other[0]))
    found = duplicates(*rows)
    assert {row[:2] for row in found} == expected
    assert len(found) == len(expected) > 5


@pytest.mark.parametrize("place", [at(0), {}], ids=["from one place", "from nowhere"])
def test_the_memory_for_thousands_of_surveys_of_one_day_does_not_grow_with_their_square(place):
    surveys = visits(*((f"s{row}", f"N-{row}", "Crew", 0, place) for row in range(3000)))
    tracemalloc.start()
    found = quality.suspected_duplicates(surveys)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60e6
    assert len(found) <= 3000 * quality.MOST_PARTNERS


def test_a_share_of_nothing_is_not_a_number():
    assert math.isnan(quality.Share(0, 0).share)
    assert quality.Share(1, 4).share == 0.25
