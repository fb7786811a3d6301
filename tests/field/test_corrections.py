"""A correction that touches nothing gives back the record that it corrects."""

import dataclasses
import datetime as dt
import json

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from audits import survey
from audits.field import answer_sheet, answers
from audits.rules import files

BOOK = files.load_criteria()
NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
ANEW = ("survey_id", "supersedes", "source", "form_version", "root_id")
TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Z")), max_size=12)
INSTRUMENTS = ("", *BOOK.instruments, "digital_level/L-03", "laser_of_another_town")


@st.composite
def measured(draw: st.DrawFn, element_id: str, kind: str) -> list[survey.Measurement]:
    possible = [each for each in BOOK.quantities.values() if kind in each.elements]
    found = []
    for quantity in draw(st.lists(st.sampled_from(possible), max_size=6, unique_by=lambda each: each.quantity_id)):
        name, low, high = quantity.quantity_id, *quantity.possible
        if draw(st.booleans()):
            reason = draw(st.sampled_from(survey.NOT_MEASURED_REASONS))
            found.append(survey.Measurement(element_id, name, None, not_measured_because=reason))
            continue
        for reading in draw(st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True)):
            value = float(draw(st.integers(0, 1)) if quantity.unit == "yes_no" else draw(st.floats(low, high)))
            instrument, as_written = draw(st.sampled_from(INSTRUMENTS)), draw(st.one_of(st.just("1:12"), TEXT))
            uncertainty, photo = draw(st.floats(0, 9)), draw(st.sampled_from(("", "a" * 64)))
            one = survey.Measurement(
                element_id, name, value, as_written, instrument, uncertainty, reading, photo_sha256=photo
            )
            found.append(one)
    return found


@st.composite
def surveys(draw: st.DrawFn) -> survey.Survey:
    kinds = draw(st.lists(st.sampled_from(survey.ELEMENT_KINDS), min_size=1, max_size=3, unique=True))
    elements = tuple(survey.Element(f"KK-001.{kind}.{draw(st.integers(1, 9))}", kind, draw(TEXT)) for kind in kinds)
    photos = st.builds(
        survey.Photo,
        st.text("0123456789abcdef", min_size=64, max_size=64),
        st.sampled_from(("", *(element.element_id for element in elements))),
        TEXT,
        st.sampled_from(("", *BOOK.quantities)),
        st.booleans(),
    )
    located = draw(st.booleans())
    return survey.Survey(
        "uuid:earlier",
        "KK-001",
        "ช่าง ก",
        NOW - dt.timedelta(seconds=draw(st.integers(0, 10**8))),
        draw(st.sampled_from(survey.SOURCES)),
        "v0",
        elements,
        tuple(one for element in elements for one in draw(measured(element.element_id, element.kind))),
        tuple(draw(st.lists(photos, max_size=3, unique_by=lambda photo: photo.sha256))),
        note=draw(TEXT),
        latitude=draw(st.floats(-90, 90)) if located else None,
        longitude=draw(st.floats(-180, 180)) if located else None,
        accuracy_m=draw(st.one_of(st.none(), st.floats(0, 500))),
        place=draw(st.sampled_from(("", survey.HERE, survey.NOT_FOUND, *([survey.MOVED] if located else [])))),
        located_at=draw(st.one_of(st.none(), st.just(NOW))) if located else None,
    )


@pytest.mark.parametrize(
    ("quantity", "value", "written", "shown"),
    [
        ("clear_width_mm", 900.0, "900", "900 mm"),
        ("clear_width_mm", 900.0, "90", "90 cm"),
        ("clear_width_mm", 900.0, "90 cm", "90 cm"),
        ("running_slope_pct", 8.3, "8.3", "8.3%"),
        ("runs_count", 2.0, "2", "2"),
    ],
)
def test_a_bare_figure_of_the_earlier_survey_names_its_unit(
    quantity: str, value: float, written: str, shown: str
) -> None:
    one = survey.Measurement("KK-001.ramp.1", quantity, value, written)
    visit = survey.Survey(
        "uuid:1", "KK-001", "a", NOW, "table", "v0", (survey.Element("KK-001.ramp.1", "ramp"),), (one,)
    )
    sheet = answer_sheet.correcting(visit, BOOK, "uuid:2")
    assert sheet.answer("KK-001.ramp.1", quantity).texts == (shown,)
    assert corrected(sheet).survey.measurements == (one,)


def plain(one: survey.Survey) -> survey.Survey:
    measurements = tuple(sorted(one.measurements, key=lambda each: (each.element_id, each.quantity, each.reading)))
    return dataclasses.replace(one, measurements=measurements, **dict.fromkeys(ANEW, ""))


def corrected(sheet: answer_sheet.AnswerSheet) -> answer_sheet.Understood:
    # A draft goes to the disk and comes back before it is sent.
    kept = answer_sheet.AnswerSheet(**json.loads(json.dumps(dataclasses.asdict(sheet), sort_keys=True)))
    return answer_sheet.understood(kept, {}, BOOK, source="web", now=NOW)


@seed(12)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(earlier=surveys())
def test_a_correction_saved_unchanged_is_the_same_record(earlier: survey.Survey) -> None:
    made = corrected(answer_sheet.correcting(earlier, BOOK, "uuid:later"))
    # Nobody is asked again which unit was meant by figures that stand already.
    assert answers.WHICH_READING not in {one.kind for one in made.problems}
    again = made.survey
    assert (again.survey_id, again.supersedes) == ("uuid:later", "uuid:earlier")
    assert plain(again) == plain(earlier)


EARLIER = survey.Survey(
    "uuid:earlier",
    "KK-001",
    "ช่าง ก",
    NOW,
    "odk",
    "v0",
    (survey.Element("KK-001.ramp.1", "ramp"),),
    (
        survey.Measurement("KK-001.ramp.1", "running_slope_pct", 8.3, "8.3%", "level_and_tape", 0.5),
        survey.Measurement("KK-001.ramp.1", "clear_width_mm", 900.0, "A", "tape_measure", 3.0),
    ),
    latitude=16.43,
    longitude=102.83,
    accuracy_m=4.0,
    located_at=NOW,
)


@pytest.mark.parametrize(
    ("changed", "instruments", "slope", "width"),
    [
        ({}, {}, (8.3, "level_and_tape", 0.5), (900.0, "tape_measure", 3.0)),
        ({"clear_width_mm": "95 cm"}, {}, (8.3, "level_and_tape", 0.5), (950.0, "tape_measure", 3.0)),
        ({"running_slope_pct": "8.4%"}, {}, (8.4, "level_and_tape", 0.5), (900.0, "tape_measure", 3.0)),
        ({}, {"percent": "digital_level"}, (8.3, "digital_level", 0.2), (900.0, "tape_measure", 3.0)),
    ],
)
def test_only_what_is_touched_is_read_anew(
    changed: dict[str, str],
    instruments: dict[str, str],
    slope: tuple[float, str, float],
    width: tuple[float, str, float],
) -> None:
    sheet = answer_sheet.correcting(EARLIER, BOOK, "uuid:later")
    sheet.instruments |= instruments
    for quantity, text in changed.items():
        sheet.set_answer("KK-001.ramp.1", quantity, answers.Answer((text,)))
    found = {one.quantity: one for one in corrected(sheet).survey.measurements}
    for quantity, expected in (("running_slope_pct", slope), ("clear_width_mm", width)):
        assert (found[quantity].value, found[quantity].instrument, found[quantity].uncertainty) == expected


def test_an_answer_that_is_emptied_is_gone() -> None:
    sheet = answer_sheet.correcting(EARLIER, BOOK, "uuid:later")
    sheet.set_answer("KK-001.ramp.1", "clear_width_mm", answers.Answer())
    assert [one.quantity for one in corrected(sheet).survey.measurements] == ["running_slope_pct"]
