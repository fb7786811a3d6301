import datetime as dt
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from audits import errors, survey
from audits.rules import model
from audits.store.accounts import device_secrets
from audits.store.audit_log import events
from audits.store.db import column_types, connection, schema, triggers, workspace
from audits.store.integrity import verify
from audits.store.photos import erasure, marks
from audits.store.register import devices
from audits.store.surveys import attaching, quarantine, read, reviews, submit
from audits.store.works import designs
from tests.store import city_events, conftest

NOON = dt.datetime(2026, 3, 3, 5, 0, 0, 123456, tzinfo=dt.UTC)
TABLES = [table.name for table in schema.EVENTS.values()]


@pytest.fixture(scope="module")
def every_event(
    laid_out_file: Path,
    tmp_path_factory: pytest.TempPathFactory,
    a_survey: Callable[..., survey.Survey],
    book: model.Criteria,
) -> Path:
    """A workspace in which each action was done at least once: made once, and copied for each test."""
    folder = Path(shutil.copytree(laid_out_file, tmp_path_factory.mktemp("every_event") / "work"))
    with connection.open_store(workspace.Workspace(folder)) as store:
        _do_everything(store, a_survey(), book)
    return folder


def _do_everything(store: connection.Store, visit: survey.Survey, book: model.Criteria) -> None:
    """Do each action at least once: two photos kept, one attached and one awaited, and so on."""
    submit.submit(store, visit, "somchai")
    red = conftest.keep_photo_in(store, "red")
    conftest.keep_photo_in(store, "blue")
    attaching.attach(store, "uuid:1", [attaching.Evidence("a.jpg", red), attaching.Evidence("b.jpg")], "somchai")
    reviews.give_back(store, "uuid:1", "again", {"KK-001.ramp.1|clear_width_mm": "here"}, "engineer")
    quarantine.hold(store, "list.csv", "b" * 64, "somying", [quarantine.HeldRow(1, "{}", ("why",))], 0)
    quarantine.settle(store, 1, 1, quarantine.DISMISSED, "a trial", "engineer")
    marks.mark(store, red, marks.PERSON, "engineer")
    device_secrets.give_secret(store, "สมชาย", "admin")
    designs.save(store, "KK-001", "front", {"family": "straight"}, "engineer", element_id="KK-001.ramp.1")
    days = {"calibrated_on": dt.date(2026, 1, 5), "valid_until": dt.date(2027, 1, 5)}
    devices.calibrate(store, "L-03", "digital_level", uncertainty=0.1, **days, criteria=book, actor="engineer")
    erasure.erase(store, conftest.keep_photo_in(store, "green"), "a child's face", "admin")
    city_events.of_the_office(store)


@pytest.fixture
def store(every_event: Path, tmp_path: Path) -> Iterator[connection.Store]:
    folder = Path(shutil.copytree(every_event, tmp_path / "work"))
    with connection.open_store(workspace.Workspace(folder)) as opened:
        yield opened


def found(store: connection.Store, raw: sqlite3.Connection) -> list[tuple[errors.ProblemKind, str]]:
    for statement in triggers.expected().values():
        raw.execute(statement)
    return problems(store)


def problems(store: connection.Store) -> list[tuple[errors.ProblemKind, str]]:
    return [(problem.kind, problem.where) for problem in verify.verify(store).problems]


def columns(table: str) -> list[str]:
    return [column.name for column in schema.metadata.tables[table].columns if column.name != "fid"]


def test_every_event_is_in_the_audit_log_and_the_store_is_sound(store: connection.Store) -> None:
    with connection.reading(store) as records:
        actions = set(records.execute(sa.select(schema.ledger.c.action)).scalars())
    assert set(schema.EVENTS) <= actions
    assert verify.verify(store).problems == ()


def test_every_table_that_only_grows_is_compared_with_the_audit_log() -> None:
    written_otherwise = {"survey", "survey_element", "measurement", "survey_photo", "photo", "import_batch", "held_row"}
    without_an_event = {"ledger", "workspace", "migration", "site_history", "element_history"}
    assert {table.name for table in schema.APPEND_ONLY} - written_otherwise - without_an_event == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_an_event_altered_behind_the_guards_is_found(
    store: connection.Store, intruder: sqlite3.Connection, table: str
) -> None:
    """Alter one column after the other, and put each back."""
    intruder.execute("PRAGMA ignore_check_constraints=ON")
    ((first,),) = intruder.execute(f"SELECT min(fid) FROM {table}").fetchall()
    overlooked = []
    for column in columns(table):
        ((before,),) = intruder.execute(f"SELECT {column} FROM {table} WHERE fid = {first}").fetchall()
        write = f"UPDATE {table} SET {column} = ? WHERE fid = {first}"
        assert intruder.execute(write, (_altered(table, column, before),)).rowcount == 1
        if (events.ROW_ALTERED, table) not in problems(store):
            overlooked.append(column)
        intruder.execute(write, (before,))
    assert overlooked == []
    assert found(store, intruder) == []


def _altered(table: str, column: str, before: Any) -> object:
    if isinstance(schema.metadata.tables[table].c[column].type, sa.Boolean):
        return 1 - before
    if column.endswith(("_at", "_on", "_until")):
        return before.replace("202", "203")
    return f"{before}x" if isinstance(before, str) else (before or 0) + 1


@pytest.mark.parametrize("table", TABLES)
def test_an_event_cut_out_behind_the_guards_is_found(
    store: connection.Store, intruder: sqlite3.Connection, table: str
) -> None:
    intruder.execute(f"DELETE FROM {table} WHERE fid = (SELECT min(fid) FROM {table})")
    assert found(store, intruder) == [(events.ROW_ALTERED, table)]


@pytest.mark.parametrize("table", TABLES)
def test_an_event_put_in_behind_the_guards_is_found(
    store: connection.Store, intruder: sqlite3.Connection, table: str
) -> None:
    names = [column.name for column in schema.metadata.tables[table].columns]
    unique = {
        **{"awaited_photo": "name", "attached_photo": "name", "photo_source": "sent_sha256"},
        **{
            "settlement": "line",
            "design": "design_id",
            "plan": "plan_id",
            "photo_erasure": "sha256",
            "request": "request_id",
        },
    }
    copied = ", ".join(
        "99" if name in ("fid", "line") else f"{name} || 'x'" if name == unique.get(table) else name for name in names
    )
    intruder.execute(f"INSERT INTO {table} SELECT {copied} FROM {table} LIMIT 1")
    assert found(store, intruder) == [(events.ROW_ALTERED, table)]


def test_an_event_told_twice_by_two_rows_is_no_fault_and_by_one_row_it_is(
    store: connection.Store, intruder: sqlite3.Connection
) -> None:
    for _ in range(2):
        reviews.give_back(store, "uuid:1", "again", {}, "engineer", NOON)
    with connection.reading(store) as records:
        written = records.execute(sa.select(schema.ledger.c.payload).filter_by(action="survey.review")).scalars()
        payloads = Counter(written)
        assert max(payloads.values()) == 2
        assert "review" not in {problem.where for problem in events.altered(records, {"survey.review": payloads})}
    intruder.execute("DELETE FROM review WHERE fid = (SELECT max(fid) FROM review)")
    assert found(store, intruder) == [(events.ROW_ALTERED, "review")]


@pytest.mark.parametrize(
    "statement", ["UPDATE review SET decided_at = 'once'", "UPDATE calibration SET valid_until = 'x'"]
)
def test_an_event_that_cannot_be_read_is_a_problem_too(
    store: connection.Store, intruder: sqlite3.Connection, statement: str
) -> None:
    intruder.execute(statement)
    assert found(store, intruder) == [(verify.UNREADABLE, "events")]


def test_an_entry_altered_in_the_audit_log_is_found_twice(
    store: connection.Store, intruder: sqlite3.Connection
) -> None:
    intruder.execute(
        "UPDATE ledger SET payload = replace(payload, 'returned', 'approved') WHERE action = 'survey.review'"
    )
    kinds = [kind for kind, _ in found(store, intruder)]
    assert kinds == [verify.LINK_BROKEN, events.ROW_ALTERED]


def test_row_and_entry_are_written_together_or_not_at_all(store: connection.Store) -> None:
    head = read.head(store)
    values = {"survey_id": "uuid:1", "name": "late.jpg"}
    with pytest.raises(ZeroDivisionError), connection.writing(store) as records:
        events.add(records, "survey.await", values, "somchai", column_types.instant(NOON))
        raise ZeroDivisionError
    assert read.head(store) == head
    assert "late.jpg" not in attaching.missing(store)["name"].tolist()


def test_a_payload_says_instants_in_utc_days_as_days_and_of_secrets_the_digest_only() -> None:
    bangkok = dt.timezone(dt.timedelta(hours=7))
    written = json.loads(
        events.payload(
            {
                "at": NOON.astimezone(bangkok),
                "on": dt.date(2026, 1, 5),
                "secret_hash": "$argon2id$x",
                "no": None,
                "n": 0.1,
            }
        )
    )
    assert written.pop("secret_hash") == "35af7f470575d37ce15251a62436add2e5c905d5c617fa904aad82ef55d9c8c1"
    assert written == {"at": "2026-03-03T05:00:00.123+00:00", "on": "2026-01-05", "no": None, "n": 0.1}
