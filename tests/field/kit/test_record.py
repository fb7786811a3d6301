"""A record says what the surveyor wrote, or why it cannot be taken; nothing in it can break the reader."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from audits import survey
from audits.demo import seed
from audits.field import answers, doubts
from audits.field import known as known_room
from audits.field.kit import record as kit_record
from audits.store.surveys import survey_checks
from tests.field.kit import kit_lines

NOW = dt.datetime(2026, 3, 3, 3, 0, tzinfo=dt.UTC)
PHOTO = kit_lines.photo(1)


@pytest.fixture(name="known", scope="module")
def _known(book):
    sites, elements = seed.starter_sites(), seed.starter_elements()
    return known_room.Known(sites.loc[["KK-001"]], elements[elements["site_code"] == "KK-001"], book, NOW)


def arrived(known, **changes):
    raw = kit_lines.text(kit_lines.record(1, photos=[PHOTO]) | changes)
    return kit_record.record_arrival(raw, 1, {kit_lines.name_of(PHOTO): lambda: PHOTO}.get, known)


def test_a_record_becomes_a_survey_with_its_photos_beside_it(known):
    fix = {"latitude": 16.43, "longitude": 102.83, "accuracy_m": 7}
    found = arrived(known, fix=fix, note=" ฝนตก ")
    assert found.problems == ()
    visit = found.survey
    assert (visit.survey_id, visit.root_id, visit.source, visit.form_version) == ("uuid:00000001", "", "kit", "2569-1")
    assert (visit.surveyor, visit.note, visit.latitude, visit.accuracy_m) == ("สมหญิง", "ฝนตก", 16.43, 7.0)
    assert visit.observed_at == dt.datetime(2026, 3, 2, 3, 0, tzinfo=dt.UTC)
    assert [(one.quantity, one.as_written) for one in visit.measurements] == [("running_slope_pct", "1:12")]
    assert visit.photos == ()
    assert [(one.name, one.content()) for one in found.attachments] == [(kit_lines.name_of(PHOTO), PHOTO)]


def test_calibrated_devices_and_added_elements_are_known(known):
    answers = {"KK-001.sign.1": {"element_present": {"texts": ["yes"], "reason": ""}}}
    answers |= {"KK-001.ramp.1": {"running_slope_pct": {"texts": ["8.1"], "reason": ""}}}
    added = [{"element_id": "KK-001.sign.1", "kind": "sign", "label": "ป้าย"}]
    devices = {"digital_level/L-03": 0.07}
    found = arrived(
        dataclasses.replace(known, devices=devices),
        answers=answers,
        added=added,
        instruments={"percent": "digital_level/L-03"},
    )
    assert found.problems == ()
    assert survey.Element("KK-001.sign.1", "sign", "ป้าย") in found.survey.elements
    slope = next(one for one in found.survey.measurements if one.quantity == "running_slope_pct")
    assert (slope.instrument, slope.uncertainty) == ("digital_level/L-03", 0.07)


def test_a_later_version_names_its_root(known):
    assert arrived(known, root_id="uuid:first").survey.root_id == "uuid:first"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"jaidee_record": 2}, kit_record.OTHER_FORM),
        ({"survey_id": ""}, kit_record.BAD_PART),
        ({"surveyor": "   "}, kit_record.BAD_PART),
        ({"note": 7}, kit_record.BAD_PART),
        ({"answers": []}, kit_record.BAD_PART),
        ({"answers": {"KK-001.ramp.1": {"running_slope_pct": {"texts": "1:12"}}}}, kit_record.BAD_PART),
        ({"answers": {"KK-001.ramp.1": {"running_slope_pct": {"reason": "tired"}}}}, kit_record.BAD_PART),
        ({"answers": {"KK-001.ramp.1": {"stars": {"texts": ["5"]}}}}, kit_record.UNKNOWN_QUESTION),
        ({"added": [{"element_id": "a", "kind": "ramp", "owner": "x"}]}, kit_record.BAD_PART),
        ({"photos": [{"sha256": "../../etc/passwd"}]}, kit_record.BAD_PART),
        ({"fix": {"latitude": 16.4}}, kit_record.BAD_PART),
        ({"fix": {"latitude": True, "longitude": 1}}, kit_record.BAD_PART),
        ({"fix": {"latitude": 10**400, "longitude": 1}}, kit_record.BAD_PART),
        ({"length_unit": "ell"}, kit_record.BAD_PART),
        ({"instruments": {"mm": 3}}, kit_record.BAD_PART),
        ({"observed_at": "yesterday"}, kit_record.NO_INSTANT),
        ({"observed_at": "2026-03-02T10:00:00"}, kit_record.NO_INSTANT),
        ({"site_code": "KK-999", "answers": {}}, survey_checks.UNKNOWN_SITE),
        ({"answers": {}, "photos": []}, kit_record.NOTHING_IN_IT),
    ],
)
def test_what_cannot_be_taken_says_why(known, changes, kind):
    found = arrived(known, **changes)
    assert kind in {problem.kind for problem in found.problems}
    assert json.loads(found.raw)["jaidee_record"]


def test_a_figure_that_cannot_be_is_told_with_its_place(known):
    answers = {"KK-001.ramp.1": {"running_slope_pct": {"texts": ["12:1"], "reason": ""}}}
    problem = arrived(known, answers=answers).problems[0]
    assert (problem.kind.code, problem.where) == ("CELL-005", "KK-001.ramp.1, running_slope_pct")


@pytest.mark.parametrize("raw", ["", "{", "[]", "7", "null", '{"a":1}', '{"jaidee_record":NaN}', "[" * 100_000])
def test_what_is_no_record_is_told_so(known, raw):
    found = kit_record.record_arrival(raw, 3, lambda _: None, known)
    assert found.survey is None
    assert [problem.kind for problem in found.problems] == [kit_record.NOT_A_RECORD]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=8,
)


@given(part=st.sampled_from(sorted(kit_lines.record(1))), value=JSON)
def test_no_part_of_a_record_can_break_the_reader(known, part, value):
    found = arrived(known, **{part: value})
    assert found.problems or found.survey is not None


def test_the_shape_of_a_record_names_the_reasons_and_units_of_the_answers():
    defined = kit_record._SHAPE.schema
    assert defined["$defs"]["answer"]["properties"]["reason"]["enum"] == ["", *survey.NOT_MEASURED_REASONS]
    assert defined["properties"]["slope_unit"]["enum"] == ["percent", "degrees", doubts.ONE_IN]


FIGURES = {
    "running_slope_pct": st.sampled_from(("8", "1:12", "4.5°", "80%!", "12")),
    "clear_width_mm": st.sampled_from(("90", "900 mm", "9!", "1.2 m", "95.5")),
    "handrail_both_sides": st.sampled_from(("yes", "no")),
}


@settings(max_examples=40, deadline=None)
@given(
    typed=st.fixed_dictionaries({}, optional={name: st.lists(one, max_size=3) for name, one in FIGURES.items()}),
    slope_unit=st.sampled_from(("percent", "degrees", "one_in")),
    instruments=st.sampled_from(({}, {"percent": "digital_level/L-03"}, {"mm": "tape_measure"})),
    calibrated=st.floats(0.01, 0.5),
)
@example({"running_slope_pct": ["80%!"]}, "percent", {"percent": "digital_level/L-03"}, 0.5)
def test_a_correction_sent_unchanged_is_the_same_record(known, typed, slope_unit, instruments, calibrated):
    answered = {name: {"texts": texts, "reason": "" if texts else "other"} for name, texts in typed.items()}
    changes = {"answers": {"KK-001.ramp.1": answered}, "slope_unit": slope_unit, "instruments": instruments}
    devices = {"digital_level/L-03": 0.07}
    first = arrived(dataclasses.replace(known, devices=devices), **changes)
    if first.problems:
        return
    later = dataclasses.replace(
        known, devices={"digital_level/L-03": calibrated}, survey_of={first.survey.survey_id: first.survey}.get
    )
    anew = {"survey_id": "uuid:later", "supersedes": first.survey.survey_id, "root_id": first.survey.survey_id}
    again = arrived(later, **changes, **anew)
    assert again.problems == ()
    same = {"survey_id": first.survey.survey_id, "supersedes": "", "root_id": ""}
    assert dataclasses.replace(again.survey, **same) == first.survey


def test_a_figure_that_stands_is_not_asked_about_again_and_a_changed_one_is(known):
    changes = {"answers": {"KK-001.ramp.1": {"clear_width_mm": {"texts": ["9"], "reason": ""}}}}
    assert [one.kind for one in arrived(known, **changes).problems] == [answers.WHICH_READING]
    standing = survey.Measurement("KK-001.ramp.1", "clear_width_mm", 90.0, "9 cm", "tape_measure", 3.0)
    earlier = dataclasses.replace(arrived(known).survey, measurements=(standing,))
    later = dataclasses.replace(known, survey_of={"uuid:1": earlier}.get)
    assert arrived(later, **changes, supersedes="uuid:1").survey.measurements == (standing,)
    changes["answers"]["KK-001.ramp.1"]["clear_width_mm"]["texts"] = ["8"]
    asked = arrived(later, **changes, supersedes="uuid:1").problems
    assert [one.kind for one in asked] == [answers.WHICH_READING]
