from __future__ import annotations

import pytest

from audits import survey
from audits.field import answers
from audits.rules import editions
from audits.scoring import findings

RAMP = "KK-001.ramp.1"
SLOPE, WIDTH = "running_slope_pct", "clear_width_mm"
CENTIMETRES = answers.Units()


def read(book, given, units=CENTIMETRES, instruments=None):
    asked = {
        quantity: each if isinstance(each, answers.Answer) else answers.Answer(each) for quantity, each in given.items()
    }
    return answers.read(RAMP, asked, book, units, instruments or {})


def one(book, quantity, text, units=CENTIMETRES, instruments=None):
    found = read(book, {quantity: (text,)}, units, instruments)
    assert not found.problems
    (measurement,) = found.measurements
    return measurement


@pytest.mark.parametrize(
    ("text", "length", "value", "as_written"),
    [
        ("90", "cm", 900.0, "90 cm"),
        ("900", "mm", 900.0, "900 mm"),
        ("0.9 m", "cm", 900.0, "0.9 m"),
        ("900 มม.", "cm", 900.0, "900 มม."),
        ("๙๐", "cm", 900.0, "๙๐ cm"),
        ("1,200", "mm", 1200.0, "1,200 mm"),
    ],
)
def test_a_length_is_read_in_the_unit_of_the_form_unless_it_says_its_own(book, text, length, value, as_written):
    measurement = one(book, WIDTH, text, answers.Units(length=length))
    assert measurement.value == pytest.approx(value)
    assert measurement.as_written == as_written


@pytest.mark.parametrize(
    ("text", "slope", "as_written"),
    [
        ("12", answers.ONE_IN, "1:12"),
        ("1:12", answers.ONE_IN, "1:12"),
        ("1:12", "percent", "1:12"),
        ("8.333333333333333", "percent", "8.333333333333333%"),
        ("8.333333333333333%", answers.ONE_IN, "8.333333333333333%"),
        ("4.763641690726178", "degrees", "4.763641690726178°"),
        ("rise 100 along 1204.1594578792296", "percent", "rise 100 along 1204.1594578792296"),
        ("สูง 100 ลาด 1204.1594578792296", "degrees", "สูง 100 ลาด 1204.1594578792296"),
    ],
)
def test_one_in_twelve_is_understood_in_every_notation_and_passes(book, text, slope, as_written):
    measurement = one(book, SLOPE, text, answers.Units(slope=slope))
    assert measurement.as_written == as_written
    criterion = book.criteria["ramp.running_slope"]
    rule = findings.Rule(criterion, editions.limit_on(criterion, None).limit)
    possible = findings.outcomes([rule], {SLOPE: findings.Readings.exact([measurement.value])}, 1)
    assert findings.VERDICTS[findings.verdicts(possible)[0, 0]] == "pass"


@pytest.mark.parametrize("text", ["rise 100 along 50", "rise 1.2.3 along 100", "12:1", "steep", "1e1", "nan", "-3"])
def test_a_slope_that_cannot_be_is_a_problem_and_no_measurement(book, text):
    found = read(book, {SLOPE: (text,)})
    assert found.problems[SLOPE].values["written"] == text
    assert found.measurements == ()


def test_a_value_outside_the_possible_range_is_refused_with_the_range(book):
    least, most = book.quantities[WIDTH].possible
    found = read(book, {WIDTH: (f"{int(most) + 1} mm",)})
    problem = found.problems[WIDTH]
    assert problem.kind is answers.OUT_OF_RANGE
    assert (problem.values["least"], problem.values["most"]) == (least, most)
    assert found.measurements == ()
    assert read(book, {WIDTH: (f"{int(most)} mm",)}).problems == {}


def test_a_possible_but_unusual_value_is_kept_and_named_once(book):
    low, _ = book.quantities[WIDTH].usual
    found = read(book, {WIDTH: (f"{low - 1} mm", f"{low - 2} mm", f"{low} mm")})
    assert found.unusual == (WIDTH,)
    assert len(found.measurements) == 3
    assert read(book, {WIDTH: (f"{low} mm",)}).unusual == ()


def test_several_readings_are_numbered_and_blank_ones_are_ignored(book):
    found = read(book, {WIDTH: ("90", " ", "", "92")})
    assert [(each.value, each.reading) for each in found.measurements] == [(900.0, 1), (920.0, 2)]


def test_a_bad_reading_is_a_problem_and_the_good_ones_stay(book):
    found = read(book, {WIDTH: ("90", "wide", "92")})
    assert list(found.problems) == [WIDTH]
    assert [each.value for each in found.measurements] == [900.0, 920.0]


@pytest.mark.parametrize("reason", survey.NOT_MEASURED_REASONS)
def test_a_reason_is_kept_where_nothing_was_measured(book, reason):
    found = read(book, {SLOPE: answers.Answer((), reason)})
    (measurement,) = found.measurements
    assert (measurement.value, measurement.not_measured_because) == (None, reason)


def test_a_reason_is_dropped_once_something_was_measured(book):
    (measurement,) = read(book, {SLOPE: answers.Answer(("5",), "blocked")}).measurements
    assert (measurement.value, measurement.not_measured_because) == (5.0, "")


def test_an_empty_answer_says_nothing(book):
    assert read(book, {SLOPE: ("", "  ")}) == answers.Read((), {}, ())


@pytest.mark.parametrize(("text", "value"), [(answers.YES, 1.0), (answers.NO, 0.0), ("มี", 1.0), ("ไม่มี", 0.0)])
def test_yes_and_no_are_read_without_uncertainty(book, text, value):
    measurement = one(book, "junction_smooth", text)
    assert (measurement.value, measurement.instrument, measurement.uncertainty) == (value, "eye", 0.0)


def test_the_first_instrument_is_taken_unless_another_fitting_one_is_in_hand(book):
    default, other = book.quantities[SLOPE].instruments[:2]
    first = one(book, SLOPE, "5")
    assert (first.instrument, first.uncertainty) == (default, book.instruments[default].uncertainty)
    second = one(book, SLOPE, "5", instruments={"percent": other})
    assert (second.instrument, second.uncertainty) == (other, book.instruments[other].uncertainty)
    assert one(book, SLOPE, "5", instruments={"percent": "calliper"}).instrument == default


def test_a_count_is_whole(book):
    assert one(book, "runs_count", "2").value == 2.0
    assert "runs_count" in read(book, {"runs_count": ("2.5",)}).problems


def test_all_answers_of_an_element_are_read_and_all_problems_told_at_once(book):
    found = read(book, {SLOPE: ("steep",), WIDTH: ("wide",), "junction_smooth": (answers.YES,)})
    assert set(found.problems) == {SLOPE, WIDTH}
    assert [each.quantity for each in found.measurements] == ["junction_smooth"]


def test_a_slope_written_from_rise_and_length_reads_back(book):
    units = answers.Units()
    text = answers.rise_and_length("50", "602.08", units)
    understood = answers.read(
        "KK-001.ramp.1", {"running_slope_pct": answers.Answer((text,))}, book, units, instruments={}
    )
    (one,) = understood.measurements
    assert one.value == pytest.approx(100 * 50 / (602.08**2 - 50**2) ** 0.5)
    assert one.as_written == text
