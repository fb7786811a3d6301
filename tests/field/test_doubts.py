"""Ask about a figure that would be usual in another unit or notation."""

import shutil

import pytest

from audits import wording
from audits.field import answers, doubts
from audits.rules import files

WIDTH, SLOPE, LANDING, SPACE = "clear_width_mm", "running_slope_pct", "landing_length_mm", "end_square_smaller_side_mm"
CM, MM, STATED = answers.Units("cm", "percent"), answers.Units("mm", "percent"), answers.Units("", "")
DEGREES, ONE_IN = answers.Units("cm", "degrees"), answers.Units("cm", "one_in")


def read(book, quantity, text, units=CM):
    return answers.read("KK-001.ramp.1", {quantity: answers.Answer((text,))}, book, units, {})


@pytest.mark.parametrize(
    ("quantity", "text", "units", "ways"),
    [
        (WIDTH, "900", CM, ["900 cm", "900 mm"]),
        (WIDTH, "900 cm", STATED, ["900 cm", "900 mm"]),
        (WIDTH, "90", MM, ["90 mm", "90 cm", "90 in"]),
        (WIDTH, "0.9", CM, ["0.9 cm", "0.9 m"]),
        (WIDTH, "36", CM, ["36 cm", "36 in"]),
        (WIDTH, "3", CM, ["3 cm", "3 m", "3 ft"]),
        (WIDTH, "9", CM, ["9 cm", "90 cm", "9 ft"]),
        (WIDTH, "1,200", CM, ["1,200 cm", "1,200 mm"]),
        (WIDTH, "๙๐๐", CM, ["900 cm", "900 mm"]),
        (SPACE, "900", CM, ["900 cm", "900 mm"]),
        ("threshold_height_mm", "20", CM, ["20 cm", "20 mm"]),
        (SLOPE, "12", CM, ["12%", "1:12"]),
        (SLOPE, "20", CM, ["20%", "1:20"]),
        (SLOPE, "4.76", CM, ["4.76%", "4.76°"]),
        (SLOPE, "0.0833", CM, ["0.0833%", "8.33%"]),
        ("cross_slope_pct", "0.02", CM, ["0.02%", "2%"]),
        (SLOPE, "40", DEGREES, ["40°", "1:40", "4°"]),
        (SLOPE, "2", ONE_IN, ["1:2", "2%", "2°"]),
        (SLOPE, "60%", STATED, ["60%", "1:60", "6%"]),
        (SLOPE, "4800", ONE_IN, ["1:4800", "1:48"]),
        ("ramp_length_total_mm", "4800", CM, ["4800 cm", "4800 mm"]),
    ],
)
def test_a_figure_that_would_be_usual_otherwise_is_asked_about_and_not_kept(book, quantity, text, units, ways):
    found = read(book, quantity, text, units)
    assert found.measurements == ()
    assert found.problems[quantity].kind is answers.WHICH_READING
    assert [way.text for way in found.asked[quantity][text]] == ways
    example = found.problems[quantity].values["example"].write(wording.Wording("en"))
    assert example == f"{ways[0]}!", "in the unit of the field"
    again = read(book, quantity, example, units)
    assert not again.problems
    assert again.measurements, "what the hint says is taken"


@pytest.mark.parametrize(
    ("quantity", "text", "units"),
    [
        (WIDTH, "90", CM),
        (WIDTH, "150", CM),
        (WIDTH, "45", CM),
        (WIDTH, "900", MM),
        (WIDTH, "900 mm", CM),
        (WIDTH, "20 cm", STATED),
        (WIDTH, "1 ft", STATED),
        (WIDTH, "0", CM),
        (WIDTH, "1 m 20 cm", CM),
        (SPACE, "150", CM),
        (LANDING, "150", CM),
        (SLOPE, "8.1", CM),
        ("cross_slope_pct", "0.5", CM),
        ("cross_slope_pct", "0", CM),
        (SLOPE, "8.33", CM),
        (SLOPE, "10", CM),
        (SLOPE, "5", CM),
        (SLOPE, "12.0", CM),
        (SLOPE, "12%", STATED),
        (SLOPE, "12", ONE_IN),
        (SLOPE, "20", ONE_IN),
        (SLOPE, "4.8", DEGREES),
        (SLOPE, "5", DEGREES),
        (SLOPE, "8.33", DEGREES),
        (SLOPE, "8.33", ONE_IN),
        ("runs_count", "2", CM),
    ],
)
def test_a_figure_as_it_is_usually_written_is_not_asked_about(book, quantity, text, units):
    found = read(book, quantity, text, units)
    assert (found.problems, found.asked) == ({}, {})
    assert len(found.measurements) == 1


@pytest.mark.parametrize(
    ("quantity", "text", "value", "as_written"),
    [
        (WIDTH, "900 cm!", 9000.0, "900 cm ✓"),
        (WIDTH, "900!", 9000.0, "900 cm ✓"),
        (WIDTH, "900 mm ✓", 900.0, "900 mm ✓"),
        (SLOPE, "12 !", 12.0, "12% ✓"),
        (SLOPE, "1:12 ✓", 100 / 12, "1:12 ✓"),
    ],
)
def test_the_answer_is_kept_with_the_measurement_and_not_asked_again(book, quantity, text, value, as_written):
    found = read(book, quantity, text)
    (kept,) = found.measurements
    assert (kept.value, kept.as_written) == (pytest.approx(value), as_written)
    (again,) = read(book, quantity, kept.as_written).measurements
    assert again == kept


@pytest.mark.parametrize(
    ("quantity", "text", "ways"),
    [
        ("handrail_diameter_mm", "40", ["40 mm"]),
        ("handrail_height_mm", "900", ["900 mm"]),
        ("handrail_height_mm", "0.9", ["0.9 m"]),
        ("bay_width_mm", "12", ["12 ft"]),
        (WIDTH, "15000", ["15000 mm"]),
        (WIDTH, "90000000", []),
    ],
)
def test_a_figure_that_is_impossible_is_offered_in_the_units_in_which_it_can_be(book, quantity, text, ways):
    found = read(book, quantity, text)
    assert set(found.problems) == {quantity} and not found.measurements
    assert [way.text for way in found.asked.get(quantity, {}).get(text, ())] == ways
    for way in ways:
        assert read(book, quantity, doubts.confirmed(way)).problems == {}


@pytest.mark.parametrize(("quantity", "text"), [(WIDTH, "900"), (WIDTH, "3"), (SLOPE, "12"), (SLOPE, "4.76")])
def test_every_way_that_is_offered_can_be_chosen(book, quantity, text):
    for way in read(book, quantity, text).asked[quantity][text]:
        (kept,) = read(book, quantity, doubts.confirmed(way.text)).measurements
        assert kept.value == pytest.approx(way.value)
        assert way.text in kept.as_written


@pytest.mark.parametrize(
    ("quantity", "text", "language", "both"),
    [
        (WIDTH, "900", "en", "900 cm = 9 m, or 900 mm = 90 cm"),
        (WIDTH, "900", "th", "900 ซม. = 9 ม. หรือ 900 มม. = 90 ซม."),
        (SLOPE, "12", "en", "12 % = 1 : 8.3 = 6.8°, or 1 : 12 = 8.33 % = 4.8°"),
    ],
)
def test_both_readings_are_spelled_out(book, quantity, text, language, both):
    problem = read(book, quantity, text).problems[quantity]
    words = wording.Wording(language)
    assert both in words.text(problem.kind.template, **problem.values)


def test_the_usual_values_of_the_law_are_never_asked_about(book):
    """What a law requires, measured and typed in centimetres, goes through without a question."""
    for criterion in book.criteria.values():
        for bound in book.units.stated.get(criterion.quantity.quantity_id, ()):
            if criterion.quantity.unit == "mm":
                assert read(book, criterion.quantity.quantity_id, f"{bound / 10:g}").asked == {}, criterion.criterion_id


def test_the_units_of_forms_change_no_verdict_and_no_version(book, tmp_path):
    copy = tmp_path / "criteria"
    shutil.copytree(files.FOLDER, copy)
    text = (copy / "units.yaml").read_text("utf-8")
    (copy / "units.yaml").write_text(text.replace("length: cm", "length: mm"), "utf-8")
    changed = files.load_criteria(copy)
    assert (changed.units.length, changed.version) == ("mm", book.version)
