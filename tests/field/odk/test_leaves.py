"""Every answer is understood, or held with a sentence that says what to do; nothing is dropped and nothing raises."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import survey, wording
from audits.field import answers
from audits.field import known as known_room
from audits.field.odk import leaf_checks, leaves, names, submissions
from audits.rules import model
from tests.field.odk import exports

THAI, ENGLISH = wording.Wording("th"), wording.Wording("en")


@pytest.fixture
def read(known):
    def read_leaves(told, **fields):
        about = {"survey_id": "uuid:1", "root_id": "uuid:1", "submitted_at": known.now}
        sent = submissions.Submission(1, "row 1", "{}", leaves=submissions.answers(told), **{**about, **fields})
        return leaves.read(sent, known, "odk")

    return read_leaves


def _value(arrival, quantity):
    return [one.value for one in arrival.survey.measurements if one.quantity == quantity]


@pytest.mark.parametrize(
    ("unit", "figure", "slope_pct", "as_written"),
    [
        ("percent", "8.3", 8.3, "8.3%"),
        ("degrees", "4.76", 8.327, "4.76°"),
        ("one_in", "12", 8.333, "1:12"),
        ("percent", "1:12", 8.333, "1:12"),
    ],
)
def test_a_slope_is_read_in_the_unit_chosen(unit, figure, slope_pct, as_written, read) -> None:
    told = exports.LEAVES | {"slope_unit": unit, "ramp__running_slope_pct__1": figure, "ramp__running_slope_pct__2": ""}
    arrival = read(told)
    assert arrival.problems == ()
    assert _value(arrival, "running_slope_pct") == [pytest.approx(slope_pct, abs=0.001)]
    assert arrival.survey.measurements[1].as_written == as_written


@pytest.mark.parametrize(("unit", "figure"), [("cm", "85"), ("mm", "850"), ("cm", "85.0")])
def test_a_length_is_read_in_the_unit_chosen(unit, figure, read) -> None:
    arrival = read(exports.LEAVES | {"length_unit": unit, "ramp__clear_width_mm__1": figure})
    assert _value(arrival, "clear_width_mm") == [850.0]


@pytest.mark.parametrize(
    ("changes", "code", "leaf"),
    [
        ({"site": ""}, "ODK-012", "site"),
        ({"site": "other", "place_name": "ตลาดใหม่"}, "ODK-013", "site"),
        ({"site": "KK-999"}, "ODK-014", "site"),
        ({"surveyor": "  "}, "ODK-015", "surveyor"),
        ({"slope_unit": "furlong"}, "ODK-016", "slope_unit"),
        ({"length_unit": "furlong", "ramp__clear_width_mm__1": "0."}, "ODK-016", "length_unit"),
        ({"slope_instrument": "laser"}, "ODK-016", "slope_instrument"),
        ({"element_kinds": "ramp escalator"}, "ODK-016", "element_kinds"),
        ({"ramp__ramp_length_total_mm__why": "lazy"}, "ODK-016", "why"),
        ({"ramp__person": "maybe"}, "ODK-016", "person"),
        ({"element_kinds": "toilet"}, "ODK-017", ""),
        ({"ramp__number": "21"}, "ODK-018", "ramp__number"),
        ({"ramp__number": "-1"}, "ODK-018", "ramp__number"),
        ({"start": "yesterday"}, "ODK-020", "start"),
        ({"start": "0001-01-01T00:00:00Z"}, "ODK-020", "start"),
        ({"place": "north"}, "ODK-022", "place"),
        ({"place": "16.4 -199 0 0"}, "ODK-022", "place"),
        ({"place": "nan nan"}, "ODK-022", "place"),
        ({"q1_name": "Alice"}, "ODK-011", ""),
        ({"ramp__no_such_thing_mm__1": "5"}, "ODK-011", ""),
        ({"ramp__turning_circle_mm__1": "5"}, "ODK-011", ""),
        ({"ramp__clear_width_mm__2": "5"}, "ODK-011", ""),
        ({"ramp__clear_width_mm__1": "wide"}, "CELL-010", "clear_width_mm"),
        ({"ramp__clear_width_mm__1": "-5"}, "CELL-011", "clear_width_mm"),
        ({"ramp__clear_width_mm__1": "99999"}, "ANSWER-001", "clear_width_mm"),
        ({"ramp__handrail_present": "perhaps"}, "CELL-012", "handrail_present"),
    ],
)
def test_what_is_wrong_holds_the_record_with_its_place(changes, code, leaf, read) -> None:
    arrival = read(exports.LEAVES | changes)
    (problem,) = [one for one in arrival.problems if one.kind.code == code]
    assert leaf in problem.where
    assert arrival.survey is not None
    assert THAI.problem(problem) != ENGLISH.problem(problem)


def test_a_place_that_is_not_registered_is_named(read) -> None:
    arrival = read(exports.LEAVES | {"site": "other", "place_name": "ตลาดใหม่"})
    assert "ตลาดใหม่" in THAI.problem(arrival.problems[0])


def test_everything_that_is_wrong_is_said_at_once(read) -> None:
    wrong = {"site": "", "surveyor": "", "ramp__clear_width_mm__1": "wide", "colour": "red"}
    codes = {one.kind.code for one in read(exports.LEAVES | wrong).problems}
    assert codes == {"ODK-012", "ODK-015", "CELL-010", "ODK-011"}


def test_a_visit_that_measured_nothing_is_held_but_photos_alone_are_something(read) -> None:
    visit = {name: exports.LEAVES[name] for name in ("start", "site", "surveyor", "element_kinds", "ramp__number")}
    assert [one.kind.code for one in read(visit).problems] == ["ODK-019"]
    assert read(visit | {"ramp__photo__1": "a.jpg", "ramp__person": "no"}).problems == ()


def test_questions_left_empty_and_the_notes_of_the_form_say_nothing(read) -> None:
    more = {"ramp__clear_width_mm__unusual": "", "toilet__number": "1", "site_elements": "ทางลาด 1", "colour": ""}
    assert read(exports.LEAVES | more).problems == ()


def test_the_time_of_the_visit_is_the_start_then_the_end_then_the_servers(read, known) -> None:
    nothing = {"start": "", "end": ""}
    assert read(exports.LEAVES | {"start": ""}).survey.observed_at.minute == 45
    assert read(exports.LEAVES | nothing).survey.observed_at == known.now
    untold = read(exports.LEAVES | nothing, submitted_at=None)
    assert [one.kind.code for one in untold.problems] == ["ODK-021"]
    in_bangkok = read(exports.LEAVES | {"start": "2026-03-02T09:30:00"}).survey.observed_at
    assert in_bangkok == dt.datetime(2026, 3, 2, 2, 30, tzinfo=dt.UTC)


def test_a_position_set_by_hand_has_no_accuracy(read) -> None:
    assert read(exports.LEAVES | {"place": "16.4 102.8 0 0"}).survey.accuracy_m is None
    assert read(exports.LEAVES | {"place": ""}).survey.latitude is None
    taken = exports.LEAVES | {"place": "16.4 102.8 0 5", "located_at": "2026-03-02T09:41:00.000+07:00"}
    assert read(taken).survey.located_at == dt.datetime(2026, 3, 2, 2, 41, tzinfo=dt.UTC)
    assert read(taken | {"place": ""}).survey.located_at is None


def test_who_did_not_say_that_nobody_is_in_a_photo_may_have_photographed_somebody(read) -> None:
    told = {name: text for name, text in exports.LEAVES.items() if name != "ramp__person"}
    assert read(told).attachments[0].contains_person
    assert not read(exports.LEAVES).attachments[0].contains_person


def test_the_times_of_the_questions_that_come_along_are_no_photo(read) -> None:
    came = {"audit.csv": lambda: b"event,node,start,end", exports.PHOTO: lambda: b"", "more.jpg": lambda: b""}
    arrival = read(exports.LEAVES | {"audit": "audit.csv"}, attachments=came)
    assert arrival.problems == ()
    assert [one.name for one in arrival.attachments] == [exports.PHOTO, "more.jpg"]


def test_the_calibration_of_the_device_counts(known) -> None:
    calibrated = dataclasses.replace(known, devices={"digital_level/007": 0.05})
    sent = submissions.Submission(1, "row 1", "{}", "uuid:1", "uuid:1", submissions.answers(exports.LEAVES))
    slope = leaves.read(sent, calibrated, "odk").survey.measurements[1]
    assert (slope.instrument, slope.uncertainty) == ("digital_level/007", 0.05)


def test_the_version_of_the_form_tells_that_of_the_criteria(read) -> None:
    assert read(exports.LEAVES, form_version="2026030100 c3316df05f26").survey.form_version == "c3316df05f26"
    assert read(exports.LEAVES, form_version="").survey.form_version == "odk"
    told = exports.LEAVES | {"criteria_version": "0012345"}
    assert read(told, form_version="vAbc").survey.form_version == "0012345"


def test_every_question_of_every_kind_is_understood(read, book) -> None:
    told = {name: exports.LEAVES[name] for name in ("start", "site", "surveyor", "slope_unit")}
    told |= {"length_unit": "mm", "element_kinds": " ".join(survey.ELEMENT_KINDS)}
    asked = 0
    for kind in survey.ELEMENT_KINDS:
        for quantity in model.questions(book, kind):
            asked += 1
            if quantity.unit == "yes_no":
                told[names.of_element(kind, quantity.quantity_id)] = names.YES
            else:
                usual = str(int(quantity.usual[0]) + 1)
                told[names.part(kind, quantity.quantity_id, 1)] = usual
                if quantity.unit in ("mm", "percent"):
                    told[names.beside(kind, quantity.quantity_id, 1, names.MEANT)] = names.RIGHT
    # long enough for its rise at the slope above
    told[names.part("ramp", "ramp_length_total_mm", 1)] = "9000"
    arrival = read(told)
    assert arrival.problems == ()
    assert len(arrival.survey.measurements) == asked > 100


@pytest.mark.parametrize(
    ("figure", "meant", "value", "as_written"),
    [("900", "mm", 900.0, "900 mm ✓"), ("900", "right", 9000.0, "900 cm ✓"), ("90", "", 900.0, "90 cm")],
)
def test_a_figure_is_taken_as_it_was_meant(read, figure, meant, value, as_written) -> None:
    told = {"ramp__clear_width_mm__1": figure, "ramp__clear_width_mm__1_meant": meant}
    arrival = read(exports.LEAVES | {name: text for name, text in told.items() if text})
    (one,) = [each for each in arrival.survey.measurements if each.quantity == "clear_width_mm"]
    assert (arrival.problems, one.value, one.as_written) == ((), value, as_written)


def test_a_doubtful_figure_that_nobody_was_asked_about_is_held_with_both_readings(read) -> None:
    (problem,) = read(exports.LEAVES | {"ramp__clear_width_mm__1": "900"}).problems
    assert "900 ซม. = 9 ม. หรือ 900 มม. = 90 ซม." in THAI.problem(problem)


def test_a_slope_from_rise_and_length_is_as_uncertain_as_its_tape_and_level(read) -> None:
    slopes = {name: "" for name in exports.LEAVES if "slope_pct" in name}
    told = {"ramp__running_slope_pct__1_rise": "10", "ramp__running_slope_pct__1_along": "120.4"}
    arrival = read(exports.LEAVES | slopes | {"slope_unit": "rise_and_length"} | told)
    (one,) = [each for each in arrival.survey.measurements if each.quantity == "running_slope_pct"]
    assert arrival.problems == ()
    assert (one.as_written, one.instrument) == ("สูง 10 ซม. ลาด 120.4 ซม.", "level_and_tape")
    assert one.uncertainty == pytest.approx(answers.uncertainty_of_rise(100, 1204, 3, 0.1))


_NAMES = st.sampled_from([*exports.LEAVES, "ramp__clear_width_mm__2", "toilet__pan_height_mm__1", "toilet__photo__1"])
_TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["ramp toilet", "one_in", "mm", "cannot", "no", "1:12", "-0", "1e9", "٣", "16 102 0 nan", "inf"]),
    st.from_regex(r"-?[0-9]{1,40}(\.[0-9]{0,40})?", fullmatch=True),
    st.datetimes().map(lambda moment: moment.isoformat()),
)


def test_no_answers_whatever_raise(starter, book) -> None:
    now = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
    known = known_room.Known(*starter, book, now)

    # the fixtures stay outside: hypothesis writes out the arguments of what fails
    @given(st.dictionaries(st.one_of(_NAMES, st.text(max_size=20)), _TEXTS, max_size=25))
    def every_answer_is_understood_or_held(told) -> None:
        sent = submissions.Submission(1, "row 1", "{}", "uuid:1", "uuid:1", submissions.answers(told), submitted_at=now)
        arrival = leaves.read(sent, known, "kobo")
        assert all(THAI.problem(one) and ENGLISH.problem(one) for one in arrival.problems)
        assert arrival.problems or (arrival.survey.site_code in starter[0].index and arrival.survey.surveyor)

    every_answer_is_understood_or_held()


@pytest.mark.parametrize("place", ["here", "moved", "not_found"])
def test_the_place_is_answered_first_and_kept_with_the_position(place, read) -> None:
    arrival = read(exports.LEAVES | {"place_found": place})
    assert arrival.problems == ()
    assert (arrival.survey.place, arrival.survey.accuracy_m) == (place, 8.5)


def test_a_site_that_was_not_found_needs_no_measurement(read) -> None:
    wanted = {"site", "surveyor", "place", "start", "end"} & set(exports.LEAVES)
    told = {name: exports.LEAVES[name] for name in wanted}
    assert read(told | {"place_found": "not_found"}).problems == ()
    assert leaves.NOTHING_ANSWERED in [one.kind for one in read(told).problems]
    assert leaf_checks.UNKNOWN_CHOICE in [one.kind for one in read(told | {"place_found": "yonder"}).problems]


def test_a_position_that_was_confirmed_on_the_phone_and_a_form_older_than_its_end_are_handed_on(read) -> None:
    answered = exports.LEAVES | {"site_geometry": "16.42 102.82 0 130", "place_away": "300"}
    assert [read(answered | {"place_confirmed": one}).is_place_confirmed for one in ("yes", "no", "")] == [
        True,
        False,
        False,
    ]
    ended = read(answered | {"end": "2025-01-02T09:00:00.000+07:00"}, submitted_at=None)
    assert (ended.problems, ended.submitted_at) == ((), dt.datetime(2025, 1, 2, 2, tzinfo=dt.UTC))
