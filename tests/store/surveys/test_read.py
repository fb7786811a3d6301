import datetime as dt
import io
from collections.abc import Callable

import pandas as pd
import pytest
from PIL import Image

from audits import errors, survey
from audits.store.db import connection
from audits.store.photos import photos
from audits.store.surveys import read, submit

Builder = Callable[..., survey.Survey]
BANGKOK = dt.timezone(dt.timedelta(hours=7))


def test_empty_frames_have_the_columns_and_types_of_full_ones(store: connection.Store, a_survey: Builder) -> None:
    photo = photos.keep(store, _tiny_png(), actor="somchai")
    submit.submit(store, a_survey(photos=(survey.Photo(photo.sha256),)), "somchai")
    with connection.open_store(store.workspace.demonstration) as empty:
        for reading in (read.sites, read.elements, read.surveys, read.measurements, read.photos):
            full, bare = reading(store), reading(empty)
            assert len(full)
            assert not len(bare)
            assert bare.dtypes.to_dict() == full.dtypes.to_dict()
            assert bare.index.name == full.index.name
        assert read.sites(empty).crs == read.sites(store).crs


def test_a_measurement_tells_whose_and_of_what_it_is(store: connection.Store, a_survey: Builder) -> None:
    submit.submit(store, a_survey(), "somchai")
    frame = read.measurements(store)
    assert frame["value"].tolist()[:3] == [8.33, 9.1, 900.0]
    assert pd.isna(frame["value"].iloc[3])
    assert frame["not_measured_because"].tolist() == ["", "", "", "blocked"]
    assert frame["reading"].tolist() == [1, 2, 1, 1]
    assert frame["element_kind"].tolist() == ["ramp", "ramp", "ramp", "parking"]
    first = frame.iloc[0]
    assert (first["site_code"], first["surveyor"], first["as_written"]) == ("KK-001", "สมชาย", "1:12")
    assert first["observed_at"] == pd.Timestamp("2026-03-02T02:30:00Z")


def test_only_surveys_that_stand_are_measured_by(store: connection.Store, a_survey: Builder) -> None:
    submit.submit(store, a_survey(), "somchai")
    submit.submit(store, a_survey(survey_id="uuid:2", supersedes="uuid:1"), "somchai")
    submit.submit(store, a_survey(survey_id="uuid:3"), "somying")
    submit.submit(store, a_survey(survey_id="uuid:4", supersedes="uuid:3", status="void"), "engineer")
    assert set(read.measurements(store)["survey_id"]) == {"uuid:2"}
    frame = read.surveys(store).set_index("survey_id")
    assert frame["superseded_by"].to_dict() == {"uuid:1": "uuid:2", "uuid:2": "", "uuid:3": "uuid:4", "uuid:4": ""}
    assert frame["supersedes"].to_dict() == {"uuid:1": "", "uuid:2": "uuid:1", "uuid:3": "", "uuid:4": "uuid:3"}


def test_the_past_is_read_as_it_was_known_on_a_day_in_bangkok(store: connection.Store, a_survey: Builder) -> None:
    evening = dt.datetime(2026, 3, 2, 23, 59, 59, 999000, tzinfo=BANGKOK)
    midnight = dt.datetime(2026, 3, 3, 0, 0, tzinfo=BANGKOK)
    submit.submit(store, a_survey(observed_at=evening), "somchai")
    submit.submit(store, a_survey(survey_id="uuid:2", supersedes="uuid:1", observed_at=midnight), "somchai")
    first_day = dt.date(2026, 3, 2)
    assert read.surveys(store, as_of=dt.date(2026, 3, 1)).empty
    assert read.surveys(store, as_of=first_day)["superseded_by"].tolist() == [""]
    assert set(read.measurements(store, as_of=first_day)["survey_id"]) == {"uuid:1"}
    assert set(read.measurements(store, as_of=dt.date(2026, 3, 3))["survey_id"]) == {"uuid:2"}


def test_a_survey_without_a_position_has_none(store: connection.Store, a_survey: Builder) -> None:
    submit.submit(store, a_survey(latitude=None, longitude=None, accuracy_m=None), "somchai")
    submit.submit(store, a_survey(survey_id="uuid:2"), "somchai")
    frame = read.surveys(store)
    assert frame[["latitude", "longitude", "accuracy_m"]].iloc[0].isna().all()
    assert frame[["latitude", "longitude", "accuracy_m"]].iloc[1].tolist() == [16.43002, 102.82951, 4.5]


def test_a_survey_that_is_not_there_is_named(store: connection.Store) -> None:
    with pytest.raises(errors.StoreError, match="uuid:none"):
        read.survey(store, "uuid:none")


def test_photos_are_found_by_site_and_by_survey(store: connection.Store, a_survey: Builder) -> None:
    kept = photos.keep(store, _tiny_png(), actor="somchai")
    shown = survey.Photo(kept.sha256, "KK-001.ramp.1", "ทางลาด")
    submit.submit(store, a_survey(photos=(shown,)), "somchai")
    submit.submit(
        store,
        a_survey(
            survey_id="uuid:2", site_code="SP-001", elements=(), measurements=(), photos=(survey.Photo(kept.sha256),)
        ),
        "somchai",
    )
    assert read.photos(store)["survey_id"].tolist() == ["uuid:1", "uuid:2"]
    assert read.photos(store, site_code="SP-001")["survey_id"].tolist() == ["uuid:2"]
    one = read.photos(store, survey_ids=["uuid:1"]).iloc[0]
    assert (one["sha256"], one["element_id"], one["caption"]) == (kept.sha256, "KK-001.ramp.1", "ทางลาด")
    assert read.photos(store, survey_ids=[]).empty


def _tiny_png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(buffer, "PNG")
    return buffer.getvalue()
