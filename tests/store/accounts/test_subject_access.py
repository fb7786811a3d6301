import json
from collections.abc import Callable

import pytest
import shapely
import sqlalchemy as sa

from audits import errors, roles, survey
from audits.store.accounts import accounts, device_secrets, sessions, subject_access
from audits.store.db import connection, schema
from audits.store.register import changes, municipal_choices
from audits.store.surveys import reviews, submit
from tests.store import city_events

NAMES_NOBODY = {
    *("action", "address_sha256", "answer", "answer_notes", "as_written", "caption", "category", "channel"),
    *("code", "content", "content_sha256", "decision", "design_id", "device_code", "digest", "element_id"),
    *("entity", "file_name", "file_sha256", "fix_id", "form_version", "instrument", "instrument_id", "key"),
    *("kind", "label", "limit_id", "mark", "name", "name_en", "name_th", "not_measured_because", "note"),
    *("number", "oidc_subject", "over_reason", "page", "payload", "place", "plan_id", "position_note"),
    *("position_status", "previous", "quantity", "raw", "reason", "reasons", "request_id", "role"),
    *("root_id", "secret_hash", "sent_sha256", "setting", "sha256", "site_code", "source", "source_id"),
    *("state", "status", "step", "street_en", "street_th", "survey_id", "text", "title", "token_sha256"),
    *("value", "zone_basis"),
}


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
    assert [one["action"] for one in found["ledger"]] == ["survey.submit", "survey.review", "technician.secret"]
    assert [one["decided_by"] for one in found["review"]] == ["สมชาย"]
    assert [one["name"] for one in found["technician"]] == ["สมชาย"]
    assert "secret" not in json.dumps({**found, "ledger": []})
    files = subject_access.files(found)
    assert set(files) == {"surveys.json", "ledger.json", "review.json", "technician.json", "element.json"}
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


def test_what_others_did_with_an_account_and_what_its_holder_changed_is_given(store: connection.Store) -> None:
    for name, role in (("admin1", roles.ADMINISTRATOR), ("somchai", roles.TECHNICIAN)):
        accounts.add(store, name, role, "admin1")
    sessions.count_attempt(store, "somchai", "192.0.2.1")
    sessions.end_all(store, "somchai", "admin1")
    municipal_choices.choose(store, "photo_months", "24", "somchai")
    changes.report_position(store, "KK-001", "confirmed", "somchai", "seen", shapely.Point(102.83, 16.43), 5.0)
    changes.change_site(store, "KK-001", {"name_en": "Market"}, "somchai", "seen")
    found = subject_access.collect(store.for_role(roles.ADMINISTRATOR), "somchai")
    assert {"account.set", "account.sign_out", "setting.set"} <= {one["action"] for one in found["ledger"]}
    assert {"account", "setting", "sign_in_failure", "site", "site_history"} <= set(found)
    assert found["site"][0]["geom"] == [102.83, 16.43]
    assert all(subject_access.files(found).values())
    assert set(subject_access.collect(store, "admin1")["account"][0].values()) >= {"admin1"}
    assert [one["username"] for one in subject_access.collect(store, "admin1")["account"]] == ["admin1"]


def test_every_column_that_may_name_a_person_is_looked_at() -> None:
    """A new column of text is looked at, or listed here as one that names nobody."""
    looked_at = {*subject_access.NAMED, schema.survey.c.surveyor, schema.ledger.c.actor, schema.ledger.c.entity_id}
    # rows of accounts and secrets are of their holders
    looked_at |= {schema.account.c.set_by, schema.technician.c.set_by}
    text = [
        column
        for table in schema.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.Text) and not column.foreign_keys and column not in looked_at
    ]
    assert {column.name for column in text} - NAMES_NOBODY == set()
    assert {str(column) for column in text if column.name == "name"} == {
        *("setting.name", "migration.name", "attached_photo.name", "awaited_photo.name")
    }


def test_a_member_of_a_committee_is_found_among_the_others(
    store: connection.Store, a_survey: Callable[..., survey.Survey]
) -> None:
    submit.submit(store, a_survey(), "somchai")
    city_events.of_the_office(store)
    assert [one["number"] for one in subject_access.collect(store, "ผู้อำนวยการ")["fix_contract"]] == ["12/2569"]


def test_a_name_that_stands_nowhere_is_refused(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        subject_access.collect(store, "nobody")
    assert [problem.kind for problem in refused.value.problems] == [subject_access.NOTHING_HELD]


@pytest.mark.parametrize("role", ["technician", "engineer", "council"])
def test_only_the_administrator_hands_it_out(store: connection.Store, role: str) -> None:
    with pytest.raises(errors.NotAllowedError):
        subject_access.collect(store.for_role(role), "admin")
