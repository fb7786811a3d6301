"""A reviewer is shown what the survey that is corrected answered, what was asked of it, and which photos are new."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app_pages.parts.review import corrected_survey
from audits import survey, wording
from audits.demo import seed
from audits.rules import files
from audits.store.db import connection, workspace
from audits.store.photos import photos
from audits.store.surveys import reviews, submit

RAMP = survey.Element("KK-001.ramp.1", "ramp")
WIDTH, SLOPE = (f"{RAMP.element_id}|{quantity}" for quantity in ("clear_width_mm", "running_slope_pct"))
ENGLISH = wording.Wording("en")


@pytest.fixture(name="context")
def _context(tmp_path: Path) -> Iterator[Any]:
    place = workspace.Workspace(tmp_path / "workspace")
    with connection.open_store(place, kind="real") as store:
        seed.with_starter_register(store, "test")
        yield types.SimpleNamespace(store=store, criteria=files.load_criteria(), words=ENGLISH)


def _sent(store: connection.Store, *, name: str = "uuid:first", photo: str = "") -> survey.Survey:
    """Send a survey of a ramp: its width once, its slope twice, and what nobody measured."""
    measured = (
        survey.Measurement(RAMP.element_id, "clear_width_mm", 905.0, "90.5 cm"),
        survey.Measurement(RAMP.element_id, "running_slope_pct", 8.0),
        survey.Measurement(RAMP.element_id, "running_slope_pct", 8.2, reading=2),
        survey.Measurement(RAMP.element_id, "junction_smooth", None, not_measured_because="no_time"),
    )
    when = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    shown = (survey.Photo(photo, RAMP.element_id),) if photo else ()
    visit = survey.Survey(name, "KK-001", "T-07", when, "web", "v1", elements=(RAMP,), measurements=measured)
    visit = dataclasses.replace(visit, photos=shown)
    assert submit.submit(store, visit, "T-07").outcome == "accepted"
    return visit


def test_nothing_is_corrected_where_no_survey_is_named(context: Any) -> None:
    for name in ("", "uuid:of-nothing"):
        found = corrected_survey.of(context, name)
        assert found == corrected_survey.Corrected()
        assert not found.is_new("a" * 64)
        assert found.value_text(WIDTH, ENGLISH) == ""


def test_the_answers_of_a_survey_that_nobody_returned_stand_beside_its_correction(context: Any) -> None:
    _sent(context.store)
    found = corrected_survey.of(context, "uuid:first")
    assert not found.was_returned
    assert found.value_text(WIDTH, ENGLISH) == "in the survey that is corrected: 90.5 cm"
    assert found.value_text("KK-001.ramp.1|handrail_present", ENGLISH).endswith("not answered")
    assert found.readings[SLOPE] == ((8.0, ""), (8.2, ""))
    assert found.readings["KK-001.ramp.1|junction_smooth"] == ((None, "no_time"),)
    assert (found.whole, found.asked) == ("", {})


def test_what_was_asked_of_a_returned_survey_is_found_by_its_answer_or_listed(context: Any) -> None:
    _sent(context.store)
    reviews.give_back(context.store, "uuid:first", "look again", {WIDTH: "in cm?"}, "E-01", photos=[WIDTH, SLOPE])
    found = corrected_survey.of(context, "uuid:first")
    assert (found.was_returned, found.whole) == (True, "look again")
    assert found.note_on(WIDTH) == "in cm? · photograph again"
    assert found.note_on("KK-001.ramp.1|junction_smooth") == ""
    assert found.value_text(WIDTH, ENGLISH) == "in the survey that was returned: 90.5 cm"
    assert found.without_answer([WIDTH]) == ["Running slope (KK-001 ramp 1): photograph again"]
    assert found.without_answer([WIDTH, SLOPE]) == []


def test_a_photo_that_the_corrected_survey_had_is_not_new(context: Any, tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), "white").save(tmp_path / "ramp.png")
    kept = photos.keep(context.store, (tmp_path / "ramp.png").read_bytes(), actor="T-07")
    _sent(context.store, photo=kept.sha256)
    found = corrected_survey.of(context, "uuid:first")
    assert found.photo_label(kept.sha256, "Photo of ramp 1", ENGLISH) == "Photo of ramp 1"
    assert found.photo_label("b" * 64, "Photo of ramp 1", ENGLISH) == "New in this correction: Photo of ramp 1"
