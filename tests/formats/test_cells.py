"""Prove that one cell becomes one value or one problem."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import errors
from audits.formats import cells

ONE_IN_TWELVE = pytest.approx(100 / 12)
ANYTHING = st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.datetimes(), st.times())


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1,500", 1500.0),
        ("8,33", 8.33),
        ("0,833", 0.833),
        ("1.234,5", 1234.5),
        ("1.234.567", 1234567.0),
        ("1 234,5", 1234.5),
        ("๑๒.๕", 12.5),
        (" 5 ", 5.0),
        ("−5", -5.0),
        ("\u200b90\u00ad", 90.0),
        ("\u200e\u202a90\u202c\u00a0", 90.0),
        ("９０", 90.0),
        (16.4321, 16.4321),
    ],
)
def test_a_number_is_read_in_every_usual_notation(written: object, value: float) -> None:
    assert cells.number(written) == value


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("nan", cells.NOT_FINITE),
        ("-inf", cells.NOT_FINITE),
        (math.nan, cells.NOT_FINITE),
        ("2.68E+05", cells.SCIENTIFIC),
        ("1,23,4", cells.NOT_A_NUMBER),
        ("ประมาณ 5", cells.NOT_A_NUMBER),
        ("", cells.NOT_A_NUMBER),
        (True, cells.NOT_A_NUMBER),
        ("9" * 500, cells.NOT_A_NUMBER),
    ],
)
def test_what_is_not_a_number_says_why(written: object, problem: errors.ProblemKind) -> None:
    assert cells.number(written) is problem


@pytest.mark.parametrize(
    "written",
    [
        "1:12",
        "1/12",
        "๑:๑๒",
        "1 ใน 12",
        "1：12",
        "１∶１２",
        "1⁄12",
        "01:12:00",
        dt.time(1, 12),
        dt.timedelta(hours=1, minutes=12),
    ],
)
def test_one_in_twelve_is_read_however_it_is_written_even_as_the_clock_time_excel_makes_of_it(written: object) -> None:
    assert cells.slope_pct(written) == ONE_IN_TWELVE


@pytest.mark.parametrize(
    ("written", "value"),
    [("8.33%", 8.33), ("8,33 %", 8.33), ("ร้อยละ 8", 8.0), ("4.76°", 8.327), ("4.76 º", 8.327), ("๔.๗๖ องศา", 8.327)],
)
def test_a_slope_with_its_unit_is_read_in_percent(written: str, value: float) -> None:
    assert cells.slope_pct(written) == pytest.approx(value, abs=0.001)
    assert cells.slope_pct(written, "ratio") == pytest.approx(value, abs=0.001)


def test_a_bare_slope_takes_the_unit_of_its_column() -> None:
    assert cells.slope_pct("8.33", "percent") == 8.33
    assert cells.slope_pct(0.0833, "ratio") == pytest.approx(8.33)
    assert cells.slope_pct("45", "degrees") == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("8.33", cells.SLOPE_UNIT),
        (0.0833, cells.SLOPE_UNIT),
        ("12:1", cells.SLOPE_UPSIDE_DOWN),
        ("1:0", cells.NOT_A_SLOPE),
        ("-3%", cells.NEGATIVE),
        ("-1:12", cells.NEGATIVE),
        ("101%", cells.SLOPE_RANGE),
        ("46°", cells.SLOPE_RANGE_DEGREES),
        ("nan", cells.NOT_FINITE),
        ("ชัน", cells.NOT_A_SLOPE),
        (dt.date(2025, 12, 1), cells.SLOPE_BECAME_DATE),
    ],
)
def test_a_slope_that_could_mislead_is_refused(written: object, problem: errors.ProblemKind) -> None:
    assert cells.slope_pct(written) is problem


def test_rise_and_length_along_the_slope_give_the_slope_over_the_level_run() -> None:
    assert cells.slope_from_rise(300.0, 500.0) == pytest.approx(75.0)
    assert cells.slope_from_rise(500.0, 500.0) is cells.SLOPE_UPSIDE_DOWN
    assert cells.slope_from_rise(math.nan, 500.0) is cells.NOT_FINITE
    assert cells.slope_from_rise(-1.0, 500.0) is cells.NEGATIVE


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("900 mm", 900.0),
        ("90 ซม.", 900.0),
        ("๙๐ ซม", 900.0),
        ("1,200 มม.", 1200.0),
        ("1.2 ม.", 1200.0),
        ("1 ม. 20 ซม.", 1200.0),
        ("3 ft", 914.4),
        ("2'6\"", 762.0),
        ("2ft 6in", 762.0),
        ("2′ 6 1/2″", 774.7),
        ("35 1/2 in", 901.7),
        ("35½ in", 901.7),
    ],
)
def test_a_length_is_read_in_metric_thai_and_american_notation(written: str, value: float) -> None:
    assert cells.length_mm(written) == pytest.approx(value)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("900", cells.LENGTH_UNIT),
        (900, cells.LENGTH_UNIT),
        ("-5 mm", cells.NEGATIVE),
        (-5, cells.NEGATIVE),
        ("กว้าง", cells.NOT_A_LENGTH),
        ("20 ซม. 1 ม.", cells.NOT_A_LENGTH),
        ("nan", cells.NOT_FINITE),
    ],
)
def test_a_length_that_could_mislead_is_refused(written: object, problem: errors.ProblemKind) -> None:
    assert cells.length_mm(written) is problem


def test_a_bare_length_takes_the_unit_of_its_column_and_its_own_unit_goes_first() -> None:
    assert cells.length_mm("90", "cm") == 900.0
    assert cells.length_mm("900 mm", "cm") == 900.0
    assert cells.length_mm("36 1/2", "in") == pytest.approx(927.1)


@pytest.mark.parametrize("written", ["มี", "ใช่", "Yes", "TRUE", True, 1, 1.0, "✓", "/"])
def test_yes_is_one(written: object) -> None:
    assert cells.yes_no(written) == 1.0


@pytest.mark.parametrize("written", ["ไม่มี", "ไม่ใช่", "no", False, 0, "✗"])
def test_no_is_zero(written: object) -> None:
    assert cells.yes_no(written) == 0.0


@pytest.mark.parametrize("written", ["x", "อาจจะ", 2, "", None])
def test_what_is_neither_yes_nor_no_is_refused(written: object) -> None:
    assert cells.yes_no(written) is cells.NOT_YES_OR_NO


def test_things_are_counted_whole() -> None:
    assert cells.count("๓") == 3.0
    assert cells.count("2.5") is cells.NOT_A_COUNT
    assert cells.count("-1") is cells.NEGATIVE


def test_a_cell_is_read_in_the_unit_of_its_quantity() -> None:
    assert cells.quantity("1.5 ม.", "mm") == 1500.0
    assert cells.quantity("150 ซม.", "m") == 1.5
    assert cells.quantity("1:20", "percent") == 5.0
    assert cells.quantity("300", "lux") == 300.0
    assert cells.quantity("-300", "lux") is cells.NEGATIVE


@given(ANYTHING, st.sampled_from(["percent", "mm", "m", "count", "yes_no", "lux"]), st.sampled_from([None, "percent"]))
def test_any_cell_becomes_a_finite_value_of_zero_or_more_or_a_problem(
    written: object, quantity_unit: str, unit: str | None
) -> None:
    read = cells.quantity(written, quantity_unit, unit if quantity_unit == "percent" else None)
    if isinstance(read, float):
        assert math.isfinite(read)
        assert read >= 0.0
    else:
        assert isinstance(read, errors.ProblemKind)


@given(st.floats(0.0, 1e6))
def test_a_number_printed_and_read_is_the_same_number(value: float) -> None:
    assert cells.number(f"{value:.3f}") == float(f"{value:.3f}")


@pytest.mark.parametrize(
    "written",
    [
        *(dt.time(2, 40), dt.time(2, 15), dt.time(0, 12), dt.time(1, 0), dt.time(1, 12, 30)),
        *(dt.timedelta(hours=25, minutes=12), "02:40", "2:15:00", "01:12:30", "2:40 pm", "1:12:00 PM"),
    ],
)
def test_a_time_of_another_hour_was_no_slope(written: object) -> None:
    assert cells.slope_became(written) is cells.SLOPE_BECAME_TIME


@pytest.mark.parametrize(
    "written",
    [dt.time(1, 12), dt.timedelta(hours=1, minutes=8), "01:12:00", "1:12:00 AM", "1:12", "2:15", "2:40", 8.3, ""],
)
def test_a_ratio_and_a_time_of_the_first_hour_are_slopes(written: object) -> None:
    assert cells.slope_became(written) is None
    assert not isinstance(written, str) or ":" not in written or cells.slope_pct(cells.plain_time(written)) > 0


@pytest.mark.parametrize("written", ["#N/A", "#div/0!", "#REF!", "#NAME?", "#SPILL!", "########", cells.Formula("=A1")])
def test_what_nobody_could_read_in_a_cell_is_named(written: str) -> None:
    assert cells.unseen(written) is not None


@pytest.mark.parametrize("written", ["#2", "# 12", "=A1", "N/A", "", None, 8.0, "###a"])
def test_what_was_written_is_not_taken_for_an_error(written: object) -> None:
    assert cells.unseen(written) is None


@pytest.mark.parametrize(
    ("spelling", "one"),
    [
        ("ประจ\u0e4d\u0e32", "ประจำ"),
        ("น\u0e4d\u0e49\u0e32", "น้ำ"),
        ("น\u0e33\u0e49", "น้ำ"),
        ("เเดง", "แดง"),
        ("Cafe\u0301", "Café"),
        ("ทาง\u200bลาด\ufeff", "ทางลาด"),
        ("น้ำ", "น้ำ"),
    ],
)
def test_spellings_that_look_the_same_become_one(spelling: str, one: str) -> None:
    assert cells.one_spelling(spelling) == one


@pytest.mark.parametrize(("value", "shown"), [(8.0, "8"), (8.5, "8.5"), (dt.time(1, 12), "1:12"), (None, "")])
def test_a_cell_is_shown_as_its_author_sees_it(value: object, shown: str) -> None:
    assert cells.written(value) == shown
