from __future__ import annotations

import functools
import math

import pandas as pd
import pytest

from audits import wording
from audits.reports import site_report
from audits.rules import model
from audits.scoring import next_measurement, readings

RAMP = "KK-001.ramp.1"


@pytest.fixture
def lines(town, english):
    def told(rows, words=english, permitted_on=None, **options):
        elements = town.elements(RAMP, permitted_on=permitted_on)
        record = town.record(town.measured(*rows), elements, **options)
        (section,) = site_report.sections(record, "KK-001", words)
        return {line.criterion_id: line for line in section.lines}

    return told


def test_the_worst_findings_come_first_and_the_gravest_among_them(town, lines):
    rows = [
        row for row in town.complete_ramp(running_slope_pct=12.0, handrail_diameter_mm=20.0) if row[1] != "side_open"
    ]
    told = list(lines(rows).values())
    order = [site_report.VERDICT_ORDER.index(line.verdict) for line in told]
    assert order == sorted(order)
    assert [line.criterion_id for line in told[:2]] == ["ramp.running_slope", "ramp.handrail_diameter"]


def test_the_points_of_a_site_add_up_to_100(town, lines):
    told = lines(town.complete_ramp(handrail_present=0.0)).values()
    assert sum(line.points for line in told) == pytest.approx(100)
    assert all(line.points == 0 for line in told if line.verdict == "not_applicable")


def test_a_line_tells_what_was_measured_the_limit_the_clause_and_the_margin(lines):
    line = lines([(RAMP, "running_slope_pct", 10.0, 0.2)])["ramp.running_slope"]
    assert (line.measured, line.limit, line.margin) == (
        "10 % (1:10) ± 0.2",
        "≤ 8.33 % (1:12)",
        "off by 1.67 percentage points",
    )
    assert line.clause == "MOI No. 2 2021 clause 8(5)"
    assert line.basis == "law"
    assert line.advice.startswith("Rebuild it no steeper")


def test_several_readings_are_told_with_their_spread(lines):
    rows = [(RAMP, "space_before_ramp_length_mm", value, 3.0) for value in (1500.0, 1650.0)]
    line = lines(rows)["ramp.space_before"]
    assert (line.measured, line.verdict) == ("150 cm to 165 cm ± 0.3 (2 readings)", "borderline")
    assert line.margin == "0 cm to spare"


def test_a_finding_that_rests_on_an_earlier_survey_names_its_day(lines):
    was, now = pd.Timestamp("2025-10-31T03:00Z"), pd.Timestamp("2026-03-02T03:00Z")
    told = lines([(RAMP, "space_before_ramp_length_mm", 1400.0, 3.0, was), (RAMP, "running_slope_pct", 10.0, 0.2, now)])
    assert told["ramp.space_before"].earlier == "from the survey of 31 Oct 2025; the newer one left it open"
    assert (told["ramp.running_slope"].earlier, told["ramp.handrail_diameter"].earlier) == ("", "")


def test_where_nothing_was_ever_measured_no_survey_is_named(lines):
    assert {line.earlier for line in lines([]).values()} == {""}


def test_what_was_not_measured_has_neither_value_nor_margin(lines):
    line = lines([(RAMP, "running_slope_pct", 5.0)])["ramp.space_before"]
    assert (line.verdict, line.measured, line.margin, line.limit) == ("unknown", "", "", "≥ 150 cm")


@pytest.mark.parametrize("slope_pct", [100 / 12, 100 * math.tan(math.radians(4.763641690726178))])
def test_a_slope_at_the_limit_has_nothing_to_spare_and_is_not_off(lines, slope_pct):
    line = lines([(RAMP, "running_slope_pct", slope_pct)])["ramp.running_slope"]
    assert (line.verdict, line.margin) == ("pass", "0 percentage points to spare")


def test_a_hair_within_the_tolerance_is_not_told_as_off(lines):
    line = lines([(RAMP, "running_slope_pct", 100 / 12 + 1e-10)])["ramp.running_slope"]
    assert (line.verdict, line.margin) == ("pass", "0 percentage points to spare")


def test_a_narrow_failure_is_not_told_as_off_by_nothing(lines):
    line = lines([(RAMP, "running_slope_pct", 8.35)])["ramp.running_slope"]
    assert (line.verdict, line.margin) == ("fail", "off by 0.017 percentage points")


def test_yes_and_no_are_told_in_words(lines):
    told = lines([(RAMP, "junction_smooth", 1.0), (RAMP, "surface_slip_resistant", 0.0)])
    assert (told["ramp.junction"].measured, told["ramp.junction"].limit) == ("yes", "must be so")
    assert told["ramp.surface"].measured == "no"
    assert told["ramp.surface"].margin == ""


def test_an_unknown_permit_day_and_an_unchecked_source_are_flagged(lines):
    assumed = "permit date not known: newest edition taken"
    rows = [(RAMP, "running_slope_pct", 5.0)]
    unknown, known = lines(rows), lines(rows, permitted_on="2010-01-01")
    assert assumed in unknown["ramp.running_slope"].flags
    assert assumed not in known["ramp.running_slope"].flags
    assert len(known["ramp.running_slope"].flags) == 1
    assert assumed not in unknown["ramp.end_squares"].flags


def test_a_duty_that_may_not_apply_says_so(lines):
    depends = "whether this applies depends on a quantity not measured yet"
    told = lines([(RAMP, "handrail_present", 1.0)])
    assert depends in told["ramp.raised_edge"].flags
    assert depends not in told["ramp.handrail_diameter"].flags


def test_a_comparator_is_told_as_a_comparison(lines):
    line = lines([(RAMP, "clear_width_mm", 910.0)], edition="ada_2010")["ramp.clear_width"]
    assert (line.basis, line.limit, line.clause) == ("for comparison", "≥ 91.5 cm", "ADA 2010 405.5")


def test_a_table_is_told_by_its_number_once_it_can_be_read(town, english):
    parking = "KK-001.parking.1"
    elements = town.elements(parking)

    def limit(*rows):
        record = town.record(town.measured((parking, "accessible_bays_count", 2.0), *rows), elements)
        (section,) = site_report.sections(record, "KK-001", english)
        (line,) = (line for line in section.lines if line.criterion_id == "parking.accessible_bays")
        return line.verdict, line.limit, line.margin

    assert limit() == ("unknown", "a number set by a table", "")
    assert limit((parking, "total_bays_count", 60.0)) == ("fail", "≥ 3 (count)", "off by 1 (count)")


def test_every_line_is_told_in_thai_too(town, lines):
    told = lines(town.complete_ramp(), wording.Wording("th"))
    assert told["ramp.running_slope"].name == "ความลาดชัน"
    assert told["ramp.running_slope"].clause == "กฎกระทรวง (มหาดไทย) ฉบับที่ 2 2564 ข้อ ๘(๕)"


def test_an_element_is_called_by_its_kind_number_and_label(english):
    assert site_report.element_title("KK-001.ramp.2", "ramp", "", english) == "ramp 2"
    assert site_report.element_title("KK-001.ramp.2", "ramp", "north", english) == "ramp 2 · north"


def quantity_of(unit, kind="length"):
    name = model.Name("ท", "t")
    return model.Quantity("q", name, name, name, kind, unit, (), (0, 1), (0, 1), 1.0, 1, ())


@pytest.mark.parametrize(
    ("lower", "upper", "text"),
    [
        (900.0, math.inf, "≥ 900 mm"),
        (-math.inf, 6000.0, "≤ 6,000 mm"),
        (30.0, 40.0, "30 mm – 40 mm"),
        (450.0, 450.0, "exactly 450 mm"),
    ],
)
def test_a_limit_is_told_with_its_unit(english, lower, upper, text):
    assert site_report.limit_text(lower, upper, "", quantity_of("mm"), english) == text


def test_measure_next_looks_only_at_its_site_and_skips_what_is_not_there(town, book, weights):
    elements = town.elements(RAMP, "KK-001.ramp.2", "KK-002.ramp.1")
    rows = [("KK-001.ramp.2", "element_present", 0.0), ("KK-002.ramp.1", "running_slope_pct", 5.0)]
    governed = readings.governing(town.measured(*rows), book)
    found = next_measurement.at_site("KK-001", "building", elements, governed, book, weights)
    assert {each.element_id for each in found} == {RAMP}
    assert "running_slope_pct" in {each.quantity for each in found}


def test_what_only_a_price_rests_on_comes_last_narrows_nothing_and_is_cut_off_no_list(town, book, weights):
    rows = [("KK-001.ramp.1", "running_slope_pct", 12.0), ("KK-001.ramp.1", "ramp_length_total_mm", 5000.0)]
    governed, elements = readings.governing(town.measured(*rows), book), town.elements("KK-001.ramp.1")
    at_site = functools.partial(next_measurement.at_site, "KK-001", "building", elements, governed, book, weights)
    *scored, last = at_site(["KK-001.ramp.1"])
    assert scored == at_site()
    assert (last.quantity, last.gain, last.reason) == ("rise_mm", 0.0, next_measurement.PRICE)
    assert next_measurement.first([*scored, last], 3) == [*scored[:3], last]


def test_measure_next_is_empty_when_a_site_is_complete(town, book, weights):
    governed = readings.governing(town.measured(*town.complete_ramp()), book)
    assert next_measurement.at_site("KK-001", "building", town.elements(RAMP), governed, book, weights) == []
