import datetime as dt
import json
from collections.abc import Callable

import pandas as pd
import pytest

from audits import errors, survey
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.surveys import read, reviews, submit

Builder = Callable[..., survey.Survey]
NOON = dt.datetime(2026, 3, 3, 5, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def two_surveys(store: connection.Store, a_survey: Builder) -> None:
    submit.submit(store, a_survey(), "somchai")
    submit.submit(store, a_survey(survey_id="uuid:2"), "somchai")


def decisions(store: connection.Store) -> dict[str, str]:
    frame = read.surveys(store)
    return dict(zip(frame["survey_id"], frame["review"], strict=True))


def counted(store: connection.Store, **options: bool) -> set[str]:
    return set(read.measurements(store, **options)["survey_id"])


def test_a_survey_that_nobody_looked_at_is_submitted_and_counts_but_not_officially(store: connection.Store) -> None:
    assert decisions(store) == {"uuid:1": reviews.SUBMITTED, "uuid:2": reviews.SUBMITTED}
    assert counted(store) == {"uuid:1", "uuid:2"}
    assert counted(store, approved_only=True) == set()
    assert set(read.measurements(store)["review"]) == {reviews.SUBMITTED}


def test_only_approved_surveys_are_official(store: connection.Store) -> None:
    assert reviews.approve(store, ["uuid:2"], "engineer", NOON) == ()
    assert counted(store) == {"uuid:1", "uuid:2"}
    assert counted(store, approved_only=True) == {"uuid:2"}
    row = read.surveys(store).set_index("survey_id").loc["uuid:2"]
    assert (row["review"], row["reviewed_by"], row["reviewed_at"]) == (reviews.APPROVED, "engineer", pd.Timestamp(NOON))
    assert pd.isna(read.surveys(store).set_index("survey_id").loc["uuid:1", "reviewed_at"])


def test_the_figures_of_a_returned_survey_do_not_count(store: connection.Store) -> None:
    reviews.give_back(store, "uuid:1", "the wrong ramp", {}, "engineer")
    assert counted(store) == {"uuid:2"}
    assert counted(store, approved_only=True) == set()
    assert set(read.surveys(store)["survey_id"]) == {"uuid:1", "uuid:2"}


def test_a_survey_may_be_approved_then_returned_then_approved_again(store: connection.Store) -> None:
    reviews.approve(store, ["uuid:1"], "engineer")
    reviews.give_back(store, "uuid:1", "look again", {}, "engineer")
    assert (decisions(store)["uuid:1"], counted(store, approved_only=True)) == (reviews.RETURNED, set())
    reviews.approve(store, ["uuid:1"], "head engineer")
    assert (decisions(store)["uuid:1"], counted(store, approved_only=True)) == (reviews.APPROVED, {"uuid:1"})
    assert read.surveys(store).loc[0, ["review_note", "reviewed_by"]].tolist() == ["", "head engineer"]
    assert verify.verify(store).problems == ()


def test_approving_again_writes_nothing(store: connection.Store) -> None:
    reviews.approve(store, ["uuid:1", "uuid:1"], "engineer")
    head = read.head(store)
    assert reviews.approve(store, ["uuid:1"], "engineer") == ()
    assert read.head(store) == head


def test_notes_are_kept_for_the_whole_and_for_single_answers(store: connection.Store) -> None:
    notes = {"KK-001.ramp.1|running_slope_pct": " วัดใหม่ ", "KK-001.ramp.1|clear_width_mm": "  "}
    reviews.give_back(store, "uuid:1", " ดูอีกครั้ง ", notes, "engineer")
    row = read.surveys(store).loc[0]
    assert row["review_note"] == "ดูอีกครั้ง"
    assert json.loads(row["answer_notes"]) == {"KK-001.ramp.1|running_slope_pct": "วัดใหม่"}


def test_what_is_to_be_photographed_is_kept_apart_from_what_the_notes_say(store: connection.Store) -> None:
    place = "KK-001.ramp.1|clear_width_mm"
    reviews.give_back(store, "uuid:1", "", {place: "no new photo needed"}, "engineer", photos=[])
    assert reviews.asked_for(read.surveys(store).loc[0, "answer_notes"]) == (
        {place: "no new photo needed"},
        frozenset(),
    )
    reviews.give_back(store, "uuid:1", "", {}, "engineer", photos=[place, reviews.WHOLE])
    assert reviews.asked_for(read.surveys(store).loc[0, "answer_notes"]) == ({}, frozenset({place, reviews.WHOLE}))
    assert verify.verify(store).problems == ()


def test_a_note_on_one_answer_is_reason_enough(store: connection.Store) -> None:
    reviews.give_back(store, "uuid:1", "", {"KK-001.ramp.1|clear_width_mm": "at the narrowest place"}, "engineer")
    assert decisions(store)["uuid:1"] == reviews.RETURNED


@pytest.mark.parametrize("notes", [{}, {"KK-001.ramp.1|clear_width_mm": " "}])
def test_nothing_is_returned_without_saying_why(store: connection.Store, notes: dict[str, str]) -> None:
    head = read.head(store)
    with pytest.raises(errors.RefusedError) as refused:
        reviews.give_back(store, "uuid:1", " ", notes, "engineer")
    assert [problem.kind for problem in refused.value.problems] == [reviews.NO_NOTE]
    assert read.head(store) == head


def test_a_survey_that_was_corrected_is_neither_approved_nor_returned(
    store: connection.Store, a_survey: Builder
) -> None:
    correction = submit.submit(store, a_survey(survey_id="uuid:3", supersedes="uuid:1"), "somchai")
    (problem,) = reviews.approve(store, ["uuid:1", "uuid:2"], "engineer")
    assert (problem.kind, problem.where, problem.values["newer"]) == (reviews.CORRECTED, "uuid:1", correction.number)
    assert decisions(store) == {"uuid:1": "submitted", "uuid:2": "approved", "uuid:3": "submitted"}
    with pytest.raises(errors.RefusedError, match="corrected by 3"):
        reviews.give_back(store, "uuid:1", "too late", {}, "engineer")


def test_the_correction_of_a_returned_survey_counts_and_waits_for_its_own_decision(
    store: connection.Store, a_survey: Builder
) -> None:
    reviews.give_back(store, "uuid:1", "again", {}, "engineer")
    submit.submit(store, a_survey(survey_id="uuid:3", supersedes="uuid:1"), "somchai")
    assert counted(store) == {"uuid:2", "uuid:3"}
    assert decisions(store)["uuid:3"] == reviews.SUBMITTED
    assert counted(store, approved_only=True) == set()


def test_an_approval_does_not_pass_to_the_correction(store: connection.Store, a_survey: Builder) -> None:
    reviews.approve(store, ["uuid:1"], "engineer")
    submit.submit(store, a_survey(survey_id="uuid:3", supersedes="uuid:1"), "somchai")
    assert counted(store, approved_only=True) == set()


def test_a_withdrawal_cannot_be_approved(store: connection.Store, a_survey: Builder) -> None:
    submit.submit(store, a_survey(survey_id="uuid:3", supersedes="uuid:1", status="void"), "somchai")
    found = reviews.approve(store, ["uuid:1", "uuid:3"], "engineer")
    assert [problem.kind for problem in found] == [reviews.CORRECTED, reviews.WITHDRAWN]
    with pytest.raises(errors.RefusedError, match="withdrawn"):
        reviews.give_back(store, "uuid:3", "why", {}, "engineer")


def test_a_survey_that_is_not_here_is_named_and_the_others_are_approved(store: connection.Store) -> None:
    (problem,) = reviews.approve(store, ["uuid:none", "uuid:2"], "engineer")
    assert (problem.kind, problem.where) == (reviews.UNKNOWN_SURVEY, "uuid:none")
    assert decisions(store)["uuid:2"] == reviews.APPROVED


def test_nobody_decides_without_a_name(store: connection.Store) -> None:
    with pytest.raises(errors.StoreError, match="who did it"):
        reviews.approve(store, ["uuid:1"], " ")
    assert decisions(store)["uuid:1"] == reviews.SUBMITTED
