import datetime as dt
import sqlite3
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from audits import survey
from audits.rules import model
from audits.store.accounts import device_secrets
from audits.store.db import connection, schema
from audits.store.photos import erasure
from audits.store.photos import marks as photo_marks
from audits.store.register import changes, devices
from audits.store.surveys import attaching, quarantine, reviews, submit
from audits.store.works import designs
from tests.store import city_events

pytestmark = pytest.mark.usefixtures("the_file")


@pytest.fixture(autouse=True)
def something_in_every_table(
    store: connection.Store, a_survey: Callable[..., survey.Survey], book: model.Criteria
) -> None:
    with connection.writing(store) as records:
        values = {"sha256": "a" * 64, "bytes": 1, "width": 1, "height": 1, "kept_by": "x"}
        moment = "2026-01-01T00:00:00.000Z"
        columns = ", ".join([*values, "kept_at"])
        marks = ", ".join("?" * (len(values) + 1))
        records.exec_driver_sql(f"INSERT INTO photo ({columns}) VALUES ({marks})", (*values.values(), moment))
        records.execute(sa.insert(schema.photo_source).values(sent_sha256="c" * 64, sha256="a" * 64))
    receipt = submit.submit(store, a_survey(photos=(survey.Photo("a" * 64),)), "somchai")
    assert receipt.outcome == "accepted"
    changes.report_position(store, "KK-001", "confirmed", "somchai", "seen")
    changes.set_permit(store, "KK-001.ramp.1", None, "somchai", "no paper")
    quarantine.hold(store, "list.csv", "b" * 64, "somchai", [quarantine.HeldRow(1, "{}", ("why",))], 0)
    quarantine.settle(store, 1, 1, quarantine.DISMISSED, "a trial", "engineer")
    reviews.approve(store, ["uuid:1"], "engineer")
    late = (attaching.Evidence("b.jpg", "a" * 64), attaching.Evidence("c.jpg"))
    attaching.attach(store, "uuid:1", late, "somchai")
    photo_marks.mark(store, "a" * 64, photo_marks.PERSON, "engineer")
    device_secrets.give_secret(store, "สมชาย", "admin")
    designs.save(store, "KK-001", "front", {"family": "straight"}, "engineer", element_id="KK-001.ramp.1")
    days = {"calibrated_on": dt.date(2026, 1, 5), "valid_until": dt.date(2027, 1, 5)}
    devices.calibrate(store, "L-03", "digital_level", uncertainty=0.1, **days, criteria=book, actor="engineer")
    erasure.erase(store, "a" * 64, "a child's face", "admin")
    city_events.of_the_office(store)


@pytest.mark.parametrize("table", schema.APPEND_ONLY, ids=str)
def test_rows_that_only_grow_are_neither_updated_nor_deleted(outsider: sqlite3.Connection, table: sa.Table) -> None:
    column = list(table.columns)[-1].name
    for statement in (f"UPDATE {table.name} SET {column} = {column}", f"DELETE FROM {table.name}"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            outsider.execute(statement)


@pytest.mark.parametrize("table", [*schema.APPEND_ONLY, schema.site, schema.element], ids=str)
@pytest.mark.parametrize("recursive_triggers", ["ON", "OFF"])
def test_insert_or_replace_does_not_slip_through(
    outsider: sqlite3.Connection, table: sa.Table, recursive_triggers: str
) -> None:
    outsider.execute(f"PRAGMA recursive_triggers={recursive_triggers}")
    before = outsider.execute(f"SELECT * FROM {table.name}").fetchall()
    assert before
    with pytest.raises(sqlite3.IntegrityError):
        outsider.execute(f"INSERT OR REPLACE INTO {table.name} SELECT * FROM {table.name}")
    assert outsider.execute(f"SELECT * FROM {table.name}").fetchall() == before


@pytest.mark.parametrize("table", ["site", "element"])
def test_the_register_is_never_deleted_from(outsider: sqlite3.Connection, table: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="never delete"):
        outsider.execute(f"DELETE FROM {table}")


def test_another_program_may_edit_a_site_and_its_history_is_kept(outsider: sqlite3.Connection) -> None:
    version = outsider.execute("SELECT version FROM site WHERE code = 'KK-001'").fetchone()[0]
    outsider.execute("UPDATE site SET name_en = 'Town hall' WHERE code = 'KK-001'")
    assert outsider.execute("SELECT name_en, version FROM site WHERE code = 'KK-001'").fetchone() == (
        "Town hall",
        version + 1,
    )
    last = "SELECT name_en, version FROM site_history WHERE code = 'KK-001' ORDER BY history_fid DESC"
    assert outsider.execute(last).fetchone() == ("Municipal office", version)


def test_history_is_kept_also_when_the_editor_counts_the_version_itself(outsider: sqlite3.Connection) -> None:
    before = outsider.execute("SELECT count(*) FROM site_history").fetchone()[0]
    outsider.execute("UPDATE site SET name_en = 'Town hall', version = version + 1 WHERE code = 'KK-001'")
    assert outsider.execute("SELECT count(*) FROM site_history").fetchone()[0] == before + 1


@pytest.mark.parametrize(
    "change", ["code = 'KK-999'", "fid = 999", "version = version + 7", "name_en = 'x', version = 99"]
)
def test_identity_and_version_of_a_site_are_not_for_editing(outsider: sqlite3.Connection, change: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        outsider.execute(f"UPDATE site SET {change} WHERE code = 'KK-001'")


@pytest.mark.parametrize(("sequence", "previous"), [(99, "0" * 64), (1, "0" * 64)])
def test_the_audit_log_grows_at_its_end_only(outsider: sqlite3.Connection, sequence: int, previous: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="ledger"):
        outsider.execute(
            "INSERT INTO ledger VALUES (?, '2026-01-01T00:00:00.000Z', 'x', 'y', 'z', 'i', '{}', ?, 'digest')",
            (sequence, previous),
        )
