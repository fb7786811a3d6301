import dataclasses
from collections.abc import Callable

import pytest

from audits import errors, survey
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.surveys import quarantine, read, submit


def _in_conflict(store: connection.Store, a_survey: Callable[..., survey.Survey]) -> survey.Survey:
    first = a_survey()
    other = dataclasses.replace(first, note="another content")
    assert submit.submit(store, first, "phone").outcome == "accepted"
    assert submit.submit(store, other, "phone").outcome == "conflict"
    return first


def test_a_conflict_is_taken_in_as_a_correction_and_the_row_is_settled(
    store: connection.Store, a_survey: Callable[..., survey.Survey]
) -> None:
    first = _in_conflict(store, a_survey)
    row = quarantine.held_rows(store).iloc[0]
    receipt = submit.take_conflict(store, int(row["batch_id"]), int(row["line"]), "engineer", "the later is right")
    assert receipt.outcome == "correction"
    taken = read.survey(store, receipt.survey_id)
    assert (taken.supersedes, taken.root_id, taken.note) == (first.survey_id, first.survey_id, "another content")
    assert quarantine.held_rows(store)["decision"].tolist() == [quarantine.TAKEN_IN]
    assert verify.verify(store).problems == ()


def test_a_conflict_is_settled_once(store: connection.Store, a_survey: Callable[..., survey.Survey]) -> None:
    _in_conflict(store, a_survey)
    row = quarantine.held_rows(store).iloc[0]
    submit.take_conflict(store, int(row["batch_id"]), int(row["line"]), "engineer")
    head = read.head(store)
    with pytest.raises(errors.RefusedError) as refused:
        submit.take_conflict(store, int(row["batch_id"]), int(row["line"]), "engineer")
    assert refused.value.problems[0].kind is quarantine.SETTLED_BEFORE
    assert read.head(store) == head


def test_a_row_that_is_no_survey_is_left_for_its_file(store: connection.Store) -> None:
    batch = quarantine.hold(store, "f.csv", "ab" * 32, "x", [quarantine.HeldRow(2, '{"a": 1}', ("why",))], 0)
    with pytest.raises(errors.RefusedError) as refused:
        submit.take_conflict(store, batch, 2, "engineer")
    assert refused.value.problems[0].kind is submit.NOT_A_SURVEY
    assert quarantine.held_rows(store)["decision"].tolist() == [""]


def test_what_does_not_fit_the_register_is_refused_and_stays_open(
    store: connection.Store, a_survey: Callable[..., survey.Survey]
) -> None:
    row = quarantine.HeldRow(1, survey.canonical(a_survey(site_code="KK-099")), ("why",))
    batch = quarantine.hold(store, "f.csv", "ab" * 32, "x", [row], 0)
    with pytest.raises(errors.RefusedError, match="KK-099"):
        submit.take_conflict(store, batch, 1, "engineer")
    assert quarantine.held_rows(store)["decision"].tolist() == [""]
