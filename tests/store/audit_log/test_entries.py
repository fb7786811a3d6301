import csv
import datetime as dt
import io
from collections.abc import Callable

import pytest

from audits import errors, roles, survey
from audits.store.accounts import accounts, device_secrets
from audits.store.audit_log import entries
from audits.store.db import connection
from audits.store.register import changes
from audits.store.surveys import attaching, reviews, submit
from audits.store.works import designs

DAY = dt.date(2026, 3, 5)
LATE = dt.datetime(2026, 3, 5, 16, 59, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _worked(store: connection.Store, a_survey: Callable[..., survey.Survey], keep_photo: Callable[[str], str]) -> None:
    red = keep_photo("red")
    submit.submit(store, a_survey(photos=(survey.Photo(red),)), "somchai", LATE)
    attaching.attach(store, "uuid:1", [attaching.Evidence("b.jpg")], "somying", LATE)
    reviews.approve(store, ["uuid:1"], "engineer", LATE + dt.timedelta(minutes=2))
    designs.save(store, "KK-001", "front", {"family": "straight"}, "engineer", element_id="KK-001.ramp.1")
    changes.report_position(store, "SP-001", "not_found", "somchai", "looked for it")
    device_secrets.give_secret(store, "=cmd", "admin")


def actions_of(store: connection.Store, **asked: object) -> list[str]:
    return [line.action for line in entries.lines(store, entries.Selection(**asked))]  # type: ignore[arg-type]


def test_the_newest_come_first_a_page_at_a_time(store: connection.Store) -> None:
    every = entries.lines(store, entries.Selection())
    assert [line.sequence for line in every] == list(range(9, 0, -1))
    assert entries.lines(store, entries.Selection(), 2, 3) == every[3:5]
    assert entries.count(store, entries.Selection()) == 9


def test_of_the_entries_of_an_account_only_the_first_made_it(store: connection.Store) -> None:
    accounts.add(store, "malee", roles.TECHNICIAN, "it")
    accounts.add(store, "boss", roles.ADMINISTRATOR, "it")
    accounts.reset(store, "malee", "it")
    found = [
        (one.entity_id, one.is_first) for one in entries.lines(store, entries.Selection(action=entries.ACCOUNT), 3)
    ]
    assert found == [("malee", False), ("boss", True), ("malee", True)]
    assert entries.ACCOUNT == accounts.ACTION
    (reset, *_) = entries.lines(store, entries.Selection(action=entries.ACCOUNT), 1)
    assert {"secret_hash", "set_at"} <= reset.changed
    assert not {"role", "active"} & reset.changed
    assert "secret_hash" not in reset.content


def test_a_day_is_a_day_in_bangkok_with_both_ends(store: connection.Store) -> None:
    assert actions_of(store, first_day=DAY, last_day=DAY) == ["survey.await", "survey.submit"]
    assert actions_of(store, first_day=DAY + dt.timedelta(days=1), last_day=DAY + dt.timedelta(days=1)) == [
        "survey.review"
    ]


def test_entries_of_one_person_or_one_event(store: connection.Store) -> None:
    assert set(actions_of(store, actor="engineer")) == {"design.save", "survey.review"}
    assert actions_of(store, action="photo.keep") == ["photo.keep"]
    assert actions_of(store, actor="engineer", action="photo.keep") == []
    assert "somying" in entries.actors(store)
    assert "photo.keep" in entries.actions(store)


def test_a_site_brings_its_surveys_photos_decisions_and_designs(store: connection.Store) -> None:
    assert actions_of(store, about="KK-001") == [
        "design.save",
        "survey.review",
        "survey.await",
        "survey.submit",
        "photo.keep",
    ]
    assert actions_of(store, about="SP-001") == ["register.position"]
    assert actions_of(store, about="uuid:1") == ["survey.review", "survey.await", "survey.submit", "photo.keep"]
    assert actions_of(store, about="KK") == []
    assert actions_of(store, about="%") == []


@pytest.mark.parametrize("number", ["1", "#1", "receipt 1", "ใบรับเลขที่ ๑"])
def test_the_number_of_a_receipt_brings_its_survey_and_what_was_decided_on_it(
    store: connection.Store, number: str
) -> None:
    assert actions_of(store, about=number) == ["survey.review", "survey.await", "survey.submit", "photo.keep"]
    assert actions_of(store, about="2") == []
    assert actions_of(store, about="9" * 30) == []


def test_the_number_of_a_receipt_brings_the_position_confirmed_and_the_correction(
    store: connection.Store, a_survey: Callable[..., survey.Survey]
) -> None:
    moved = {"place": survey.MOVED, "latitude": 16.43, "longitude": 102.83}
    submit.submit(store, a_survey(survey_id="uuid:2", **moved), "somchai", LATE)
    submit.submit(store, a_survey(survey_id="uuid:3", supersedes="uuid:2", **moved), "somchai", LATE)
    assert actions_of(store, about="2") == ["survey.submit", "register.position", "survey.submit"]
    assert actions_of(store, about="3") == ["survey.submit"]


def test_no_secret_and_no_formula_is_in_the_table(store: connection.Store) -> None:
    content = entries.as_csv(store, entries.Selection()).decode("utf-8-sig")
    assert "secret_hash" not in content
    rows = list(csv.DictReader(io.StringIO(content)))
    assert len(rows) == 9
    assert rows[0]["entity_id"] == "'=cmd"
    assert all("secret_hash" not in line.content for line in entries.lines(store, entries.Selection()))


@pytest.mark.parametrize("role", ["technician", "council"])
def test_who_may_not_see_the_audit_log_gets_nothing(store: connection.Store, role: str) -> None:
    with pytest.raises(errors.NotAllowedError):
        entries.lines(store.for_role(role), entries.Selection())
