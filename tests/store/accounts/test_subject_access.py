import json
from collections.abc import Callable

import pytest

from audits import errors, survey
from audits.store.accounts import device_secrets, subject_access
from audits.store.db import connection
from audits.store.surveys import reviews, submit
from tests.store import city_events


def test_everything_in_which_a_name_stands_is_given_and_no_secret(
    store: connection.Store, a_survey: Callable[..., survey.Survey]
) -> None:
    submit.submit(store, a_survey(), "สมชาย")
    submit.submit(store, a_survey(survey_id="uuid:2", surveyor="สมหญิง"), "สมหญิง")
    reviews.approve(store, ["uuid:2"], "สมชาย")
    device_secrets.give_secret(store, "สมชาย", "admin")
    found = subject_access.collect(store, "สมชาย")
    assert [one["survey_id"] for one in found["surveys"]] == ["uuid:1"]
    assert found["surveys"][0]["measurements"]
    assert [one["action"] for one in found["ledger"]] == ["survey.submit", "survey.review"]
    assert [one["decided_by"] for one in found["review"]] == ["สมชาย"]
    assert [one["name"] for one in found["technician"]] == ["สมชาย"]
    assert "secret" not in json.dumps({**found, "ledger": []})
    files = subject_access.files(found)
    assert set(files) == {"surveys.json", "ledger.json", "review.json", "technician.json"}
    assert "สมชาย" in files["surveys.json"].decode()


def test_an_account_is_found_by_user_name_and_by_name_once(
    store: connection.Store, a_survey: Callable[..., survey.Survey]
) -> None:
    submit.submit(store, a_survey(), "somchai")
    city_events.of_the_office(store)
    for name in ("malee", "มาลี"):
        (account,) = subject_access.collect(store, name)["account"]
        assert (account["username"], account["role"], account["set_at"]) == (
            "malee",
            "engineer",
            "2026-03-03T05:00:00.000+00:00",
        )
        assert "secret_hash" not in account


def test_a_name_that_stands_nowhere_is_refused(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        subject_access.collect(store, "nobody")
    assert [problem.kind for problem in refused.value.problems] == [subject_access.NOTHING_HELD]


@pytest.mark.parametrize("role", ["technician", "engineer", "council"])
def test_only_the_administrator_hands_it_out(store: connection.Store, role: str) -> None:
    with pytest.raises(errors.NotAllowedError):
        subject_access.collect(store.for_role(role), "admin")
