import dataclasses
from collections.abc import Callable

import pytest

from audits import errors, survey
from audits.store import connection, holding, read, settling, submit, verify


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
    row = holding.held_rows(store).iloc[0]
    receipt = settling.take_conflict(store, int(row["batch_id"]), int(row["line"]), "engineer", "the later is right")
    assert receipt.outcome == "correction"
    taken = read.survey(store, receipt.survey_id)
    assert (taken.supersedes, taken.root_id, taken.note) == (first.survey_id, first.survey_id, "another content")
    assert holding.held_rows(store)["decision"].tolist() == [holding.TAKEN_IN]
    assert verify.verify(store).problems == ()


def test_a_conflict_is_settled_once(store: connection.Store, a_survey: Callable[..., survey.Survey]) -> None:
    _in_conflict(store, a_survey)
    row = holding.held_rows(store).iloc[0]
    settling.take_conflict(store, int(row["batch_id"]), int(row["line"]), "engineer")
    head = read.head(store)
    with pytest.raises(errors.RefusedError) as refused:
        settling.take_conflict(store, int(row["batch_id"]), int(row["line"]), "engineer")
    assert refused.value.problems[0].kind is holding.SETTLED_BEFORE
    assert read.head(store) == head


def test_a_row_that_is_no_survey_is_left_for_its_file(store: connection.Store) -> None:
    batch = holding.hold(store, "f.csv", "ab" * 32, "x", [holding.HeldRow(2, '{"a": 1}', ("why",))], 0)
    with pytest.raises(errors.RefusedError) as refused:
        settling.take_conflict(store, batch, 2, "engineer")
    assert refused.value.problems[0].kind is settling.NOT_A_SURVEY
    assert holding.held_rows(store)["decision"].tolist() == [""]


def test_what_does_not_fit_the_register_is_refused_and_stays_open(
    store: connection.Store, a_survey: Callable[..., survey.Survey]
) -> None:
    row = holding.HeldRow(1, survey.canonical(a_survey(site_code="KK-099")), ("why",))
    batch = holding.hold(store, "f.csv", "ab" * 32, "x", [row], 0)
    with pytest.raises(errors.RefusedError, match="KK-099"):
        settling.take_conflict(store, batch, 1, "engineer")
    assert holding.held_rows(store)["decision"].tolist() == [""]
