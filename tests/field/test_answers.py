from __future__ import annotations

import math

import pytest

from audits import survey, wording
from audits.field import answers, doubts
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
        ("12", doubts.ONE_IN, "1:12"),
        ("1:12", doubts.ONE_IN, "1:12"),
        ("1:12", "percent", "1:12"),
        ("8.333333333333333", "percent", "8.333333333333333%"),
        ("8.333333333333333%", doubts.ONE_IN, "8.333333333333333%"),
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
    assert "ความกว้างสุทธิ" in wording.Wording("th").problem(problem)
    assert found.measurements == ()
    assert read(book, {WIDTH: (f"{int(most)} mm",)}).problems == {}


def test_a_possible_but_unusual_value_is_kept_and_named_once(book):
    _, high = book.quantities[WIDTH].usual
    found = read(book, {WIDTH: (f"{high + 1} mm", f"{high + 2} mm", f"{high} mm")})
    assert found.unusual == (WIDTH,)
    assert len(found.measurements) == 3
    assert read(book, {WIDTH: (f"{high} mm",)}).unusual == ()


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


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_slope_written_from_rise_and_length_reads_back_in_either_language(book, language):
    words = wording.Wording(language)
    text = answers.rise_and_length("5", "60.208", answers.Units(), words)
    found = one(book, SLOPE, text)
    assert found.value == pytest.approx(100 * 50 / (602.08**2 - 50**2) ** 0.5)
    assert found.as_written == text
    assert ("rise" in text) == (language == "en")


@pytest.mark.parametrize(
    "text", ["rise 10 along 120.4 cm", "สูง 100 มม. ลาด 1.204 ม.", "rise 10 along 120.4", "rise 100 mm along 120.4 cm"]
)
def test_a_slope_from_rise_and_length_is_as_uncertain_as_its_tape_and_level(book, text):
    """One in twelve, taped to 3 mm, with a line level to 0.1 %: by numeric differentiation, then in squares."""
    found = one(book, SLOPE, text, instruments={"percent": "digital_level"})
    level, tape = book.instruments["level_and_tape"], book.instruments["tape_measure"]
    small = 1e-4

    def slope(rise, length):
        return 100 * rise / math.sqrt(length**2 - rise**2)

    by_rise, by_length = (
        (slope(100 + a, 1204 + b) - slope(100 - a, 1204 - b)) / (2 * small) for a, b in ((small, 0), (0, small))
    )
    run = math.sqrt(1204**2 - 100**2)
    expected = math.hypot(by_rise * tape.uncertainty, by_rise * level.tilt / 100 * run, by_length * tape.uncertainty)
    assert found.uncertainty == pytest.approx(expected, rel=1e-5)
    assert found.instrument == "level_and_tape"
    assert found.uncertainty > book.instruments["digital_level"].uncertainty


def test_the_calibrated_tape_in_hand_counts_for_rise_and_length(book):
    given = {SLOPE: answers.Answer(("rise 10 along 120.4 cm",))}
    in_hand, devices = {"mm": "tape_measure/T-01"}, {"tape_measure/T-01": 0.5}
    (found,) = answers.read(RAMP, given, book, CENTIMETRES, in_hand, devices).measurements
    assert found.uncertainty == pytest.approx(answers.uncertainty_of_rise(100, 1204, 0.5, 0.1))


@pytest.mark.parametrize("text", ["rise along 120 cm", "rise 10 along", "สูง 10 ลาด", "สูง ลาด 120"])
def test_half_a_rise_and_length_is_named(book, text):
    assert read(book, {SLOPE: (text,)}).problems[SLOPE].kind is answers.PART_MISSING


@pytest.mark.parametrize("text", ["rise 120 along 100 cm", "rise 10 along 10", "rise 90 along 100"])
def test_a_rise_that_cannot_be_is_named_as_such(book, text):
    assert read(book, {SLOPE: (text,)}).problems[SLOPE].kind is answers.RISE_TOO_GREAT


@pytest.mark.parametrize(
    ("quantity", "text", "units", "words"),
    [
        (WIDTH, "9999", answers.Units("cm"), ("0", "5000", "cm")),
        (WIDTH, "99999", answers.Units("mm"), ("0", "50000", "mm")),
        (WIDTH, "99 m", answers.Units("cm"), ("0", "50", "m")),
        (SLOPE, "60", answers.Units(slope="degrees"), ("0°", "45°")),
        (SLOPE, "160", answers.Units(slope="percent"), ("0%", "100%")),
    ],
)
def test_a_problem_speaks_the_unit_that_was_typed(book, quantity, text, units, words):
    sentence = read(book, {quantity: (text,)}, units).problems[quantity].sentence()
    for word in words:
        assert word in sentence


@pytest.mark.parametrize(
    ("typed", "again"),
    [
        ("36 นิ้ว", "36 นิ้ว = 91.44 ซม."),
        ("1.2 ม.", "1.2 ม. = 120 ซม."),
        ("3 ft", "3 ฟุต = 91.44 ซม."),
        ("2'6\"", "2'6\" = 76.2 ซม."),
        ("900 มม. ✓", "900 มม. = 90 ซม."),
        ("90", ""),
        ("90 ซม.", ""),
    ],
)
def test_a_length_of_another_unit_is_repeated_in_that_of_the_form(book, typed, again):
    found, thai = one(book, WIDTH, typed), wording.Wording("th")
    assert answers.length_again(found.as_written, found.value, book.quantities[WIDTH], "cm", thai) == again
