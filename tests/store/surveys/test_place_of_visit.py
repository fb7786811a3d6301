import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest

from audits import survey
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.register import changes
from audits.store.surveys import read, submit

Builder = Callable[..., survey.Survey]
TAKEN_AT = dt.datetime(2026, 3, 2, 2, 29, 30, tzinfo=dt.UTC)
AWAY = {"latitude": 16.4305, "longitude": 102.83, "accuracy_m": 6.0, "located_at": TAKEN_AT}


def test_place_accuracy_and_time_of_a_position_are_kept(store: connection.Store, a_survey: Builder) -> None:
    sent = a_survey(place=survey.HERE, **AWAY)
    assert submit.submit(store, sent, "somchai").outcome == "accepted"
    kept = read.survey(store, "uuid:1")
    assert (kept.place, kept.located_at, kept.accuracy_m) == (survey.HERE, TAKEN_AT, 6.0)
    assert survey.parsed(survey.canonical(kept)) == kept
    assert read.surveys(store)[["place", "located_at"]].to_numpy().tolist() == [[survey.HERE, TAKEN_AT]]


@pytest.mark.parametrize(
    ("said", "status", "moved"),
    [
        ({"place": survey.HERE}, "confirmed", False),
        ({"place": survey.MOVED}, "confirmed", True),
        ({"place": survey.MOVED, "accuracy_m": 400.0}, "named", False),
        ({"place": survey.NOT_FOUND, "measurements": ()}, "not_found", False),
        ({"place": ""}, "named", False),
    ],
)
def test_what_is_said_of_the_place_reaches_the_register(
    store: connection.Store, a_survey: Builder, said: dict[str, object], status: str, moved: bool
) -> None:
    before = read.sites(store).loc["KK-001"]
    submit.submit(store, a_survey(**{**AWAY, **said}), "somchai")
    site = read.sites(store).loc["KK-001"]
    assert site["position_status"] == status
    assert (site.geometry == before.geometry) == (not moved)
    assert verify.verify(store).problems == ()


def test_neither_an_older_visit_nor_a_correction_undoes_a_newer_place(
    store: connection.Store, a_survey: Builder
) -> None:
    first = a_survey(place=survey.MOVED, **AWAY)
    submit.submit(store, first, "somchai")
    changes.report_position(store, "KK-001", "not_found", "engineer", "the gate is gone")
    submit.submit(store, dataclasses.replace(first, survey_id="uuid:2", supersedes="uuid:1", note="a word"), "somchai")
    yesterday = first.observed_at - dt.timedelta(days=1)
    submit.submit(store, dataclasses.replace(first, survey_id="uuid:3", observed_at=yesterday), "somchai")
    assert read.sites(store).loc["KK-001", "position_status"] == "not_found"


def test_a_place_that_cannot_be_read_is_refused(store: connection.Store, a_survey: Builder) -> None:
    unknown = submit.submit(store, a_survey(place="yonder"), "somchai")
    nowhere = submit.submit(store, a_survey(place=survey.MOVED, latitude=None, longitude=None), "somchai")
    assert [[one.kind.code for one in each.problems] for each in (unknown, nowhere)] == [["STORE-116"], ["STORE-117"]]
