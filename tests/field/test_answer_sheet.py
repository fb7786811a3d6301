"""What was written on one visit makes one survey, figure by figure as it was written."""

import datetime as dt
import json
from dataclasses import asdict
from typing import Any

import pytest

from audits import survey
from audits.field import answer_sheet, answers
from audits.formats import cells
from audits.rules import model

NOW = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))
RAMP, PARKING = "KK-001.ramp.1", "KK-001.parking.1"
REGISTERED = {RAMP: survey.Element(RAMP, "ramp", "หน้าอาคาร")}


def sheet(**changes: Any) -> answer_sheet.AnswerSheet:
    units = {"length_unit": "cm", "slope_unit": "percent"}
    usual = {"survey_id": "uuid:1", "site_code": "KK-001", "surveyor": "สมชาย", **units}
    return answer_sheet.AnswerSheet(**(usual | changes))


def understood(written: answer_sheet.AnswerSheet, book: model.Criteria, **options: Any) -> answer_sheet.Understood:
    return answer_sheet.understood(written, REGISTERED, book, **({"source": "kit", "now": NOW} | options))


def test_a_sheet_makes_the_survey_it_describes(book: model.Criteria) -> None:
    written = sheet(
        surveyor=" สมชาย ",
        note=" ฝนตก ",
        fix={"latitude": 16.43, "longitude": 102.83, "accuracy_m": 4.5},
        supersedes="uuid:0",
        photos=[{"sha256": "a" * 64, "element_id": RAMP, "quantity": "clear_width_mm", "contains_person": True}],
    )
    written.set_answer(RAMP, "clear_width_mm", answers.Answer(("90", "", "95.5")))
    written.set_answer(RAMP, "running_slope_pct", answers.Answer((), "no_instrument"))
    made = understood(written, book)
    assert (made.problems, made.unusual) == ((), ())
    assert made.survey == survey.Survey(
        "uuid:1",
        "KK-001",
        "สมชาย",
        NOW,
        "kit",
        book.version,
        (REGISTERED[RAMP],),
        (
            survey.Measurement(RAMP, "clear_width_mm", 900.0, "90 cm", "tape_measure", 3.0, 1),
            survey.Measurement(RAMP, "clear_width_mm", 955.0, "95.5 cm", "tape_measure", 3.0, 2),
            survey.Measurement(RAMP, "running_slope_pct", None, not_measured_because="no_instrument"),
        ),
        (survey.Photo("a" * 64, RAMP, "", "clear_width_mm", True),),
        "uuid:0",
        note="ฝนตก",
        latitude=16.43,
        longitude=102.83,
        accuracy_m=4.5,
    )


def test_the_instant_and_the_version_that_the_sheet_names_go_first(book: model.Criteria) -> None:
    written = sheet(observed_at="2026-02-01T08:00:00+07:00")
    made = understood(written, book, form_version="2025-01").survey
    assert (made.observed_at.isoformat(), made.form_version) == ("2026-02-01T08:00:00+07:00", "2025-01")


@pytest.mark.parametrize(
    ("units", "quantity", "text", "value", "as_written"),
    [
        ({}, "clear_width_mm", "๙๐", 900.0, "๙๐ cm"),
        ({"length_unit": "mm"}, "clear_width_mm", "900", 900.0, "900 mm"),
        ({"length_unit": "mm"}, "clear_width_mm", "90 cm", 900.0, "90 cm"),
        ({}, "running_slope_pct", "8.3", 8.3, "8.3%"),
        ({"slope_unit": "one_in"}, "running_slope_pct", "12", 100 / 12, "1:12"),
        ({}, "running_slope_pct", "1:12", 100 / 12, "1:12"),
    ],
)
def test_bare_figures_are_in_the_units_of_the_sheet(
    book: model.Criteria, units: dict[str, str], quantity: str, text: str, value: float, as_written: str
) -> None:
    written = sheet(**units)
    written.set_answer(RAMP, quantity, answers.Answer((text,)))
    (one,) = understood(written, book).survey.measurements
    assert (one.value, one.as_written) == (pytest.approx(value), as_written)


def test_a_device_is_named_with_its_code_and_has_its_calibrated_uncertainty(book: model.Criteria) -> None:
    written = sheet(instruments={"percent": "digital_level/L-03"})
    written.set_answer(RAMP, "running_slope_pct", answers.Answer(("8.3",)))
    calibrated = {"digital_level/L-03": 0.07, "digital_level/L-04": 9.0}
    (one,) = understood(written, book, devices=calibrated).survey.measurements
    assert (one.instrument, one.uncertainty) == ("digital_level/L-03", 0.07)


@pytest.mark.parametrize("devices", [None, {}, {"digital_level/L-04": 9.0}])
def test_a_device_without_a_calibration_has_the_uncertainty_of_its_kind(
    book: model.Criteria, devices: dict[str, float] | None
) -> None:
    written = sheet(instruments={"percent": "digital_level/L-03"})
    written.set_answer(RAMP, "running_slope_pct", answers.Answer(("8.3",)))
    (one,) = understood(written, book, devices=devices).survey.measurements
    assert one.instrument == "digital_level/L-03"
    assert one.uncertainty == book.instruments["digital_level"].uncertainty > 0


@pytest.mark.parametrize("chosen", ["", "no_such/L-03", "tape_measure/T-01", "digital_level/", "digital_level"])
def test_an_instrument_that_does_not_measure_the_quantity_gives_way_to_the_first_that_does(
    book: model.Criteria, chosen: str
) -> None:
    written = sheet(instruments={"percent": chosen})
    written.set_answer(RAMP, "running_slope_pct", answers.Answer(("8.3",)))
    (one,) = understood(written, book, devices={chosen: 9.0}).survey.measurements
    known = book.quantities["running_slope_pct"].instruments
    expected = "digital_level" if chosen.startswith("digital_level") else next(iter(known))
    assert (one.instrument, one.uncertainty) == (expected, book.instruments[expected].uncertainty)


def test_what_cannot_be_taken_is_told_with_its_place_and_the_rest_is_kept(book: model.Criteria) -> None:
    written = sheet()
    written.set_answer(RAMP, "clear_width_mm", answers.Answer(("wide",)))
    written.set_answer(RAMP, "running_slope_pct", answers.Answer(("8.1",)))
    made = understood(written, book)
    assert [(problem.where, problem.kind) for problem in made.problems] == [
        (f"{RAMP}, clear_width_mm", cells.NOT_A_LENGTH)
    ]
    assert [one.quantity for one in made.survey.measurements] == ["running_slope_pct"]


def test_a_possible_but_unusual_figure_is_pointed_out(book: model.Criteria) -> None:
    low, high = book.quantities["clear_width_mm"].usual
    written = sheet(length_unit="mm")
    written.set_answer(RAMP, "clear_width_mm", answers.Answer((str(high + 1),)))
    made = understood(written, book)
    assert (made.problems, made.unusual) == ((), ((RAMP, "clear_width_mm"),))
    assert low < high


def test_only_elements_that_something_is_said_about_are_in_the_survey(book: model.Criteria) -> None:
    added = [{"element_id": PARKING, "kind": "parking", "label": "ลาน"}]
    assert understood(sheet(added=added), book).survey.elements == ()
    shown = sheet(added=added, photos=[{"sha256": "a" * 64, "element_id": PARKING}, {"sha256": "b" * 64}])
    assert understood(shown, book).survey.elements == (survey.Element(PARKING, "parking", "ลาน"),)
    assert shown.touched == [PARKING]


def test_a_sheet_goes_through_json_as_it_is(book: model.Criteria) -> None:
    written = sheet(fix={"latitude": 16.43, "longitude": 102.83})
    written.set_answer(RAMP, "clear_width_mm", answers.Answer(("90 ซม.",)))
    written.set_answer(RAMP, "clear_width_mm", answers.Answer(("95",)))
    again = answer_sheet.AnswerSheet(**json.loads(json.dumps(asdict(written))))
    assert again == written
    assert again.answer(RAMP, "clear_width_mm") == answers.Answer(("95",))
    assert again.answer(RAMP, "never_asked") == answers.Answer()
    assert again.of_element(RAMP) == {"clear_width_mm": answers.Answer(("95",))}
    assert understood(again, book) == understood(written, book)


def test_rise_and_length_leave_the_level_in_hand_when_the_survey_is_corrected(book: model.Criteria) -> None:
    written = sheet()
    written.set_answer(RAMP, "running_slope_pct", answers.Answer(("rise 50 cm along 600 cm",)))
    made = understood(written, book).survey
    correction = answer_sheet.correcting(made, book, "uuid:2")
    correction.slope_unit = "percent"
    assert answer_sheet.understood(correction, REGISTERED, book, source="web", now=NOW).survey.measurements == (
        made.measurements
    )
    correction.set_answer(RAMP, "cross_slope_pct", answers.Answer(("2.1",)))
    found = {one.quantity: one for one in understood(correction, book).survey.measurements}
    assert found["running_slope_pct"].instrument == "level_and_tape"
    assert found["cross_slope_pct"].instrument == "digital_level"


def test_what_the_criteria_no_longer_ask_stays_on_the_sheet_and_is_left_out_of_the_survey(book: model.Criteria) -> None:
    written = sheet()
    for quantity in ("clear_width_mm", "gone_mm", "emptied_mm"):
        written.set_answer(RAMP, quantity, answers.Answer(("90",) if quantity != "emptied_mm" else ()))
    written.choose_unit("length_unit", "mm", book)
    made = understood(written, book)
    assert made.problems == ()
    assert [one.quantity for one in made.survey.measurements] == ["clear_width_mm"]
    assert written.no_longer_asked(book) == ["gone_mm"]
    assert written.answer(RAMP, "gone_mm").texts == ("90",)


def test_a_correction_carries_what_the_criteria_no_longer_ask(book: model.Criteria) -> None:
    gone = survey.Measurement(RAMP, "gone_mm", 900.0, "90 cm")
    earlier = survey.Survey("uuid:0", "KK-001", "ก", NOW, "kit", "v1", (REGISTERED[RAMP],), (gone,))
    written = answer_sheet.correcting(earlier, book, "uuid:1")
    assert written.no_longer_asked(book) == []
    assert understood(written, book).survey.measurements == (gone,)
