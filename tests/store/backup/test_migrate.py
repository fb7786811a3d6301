"""A record moves whole, with the same chain, or not at all; then only one of the two places takes anything in."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import psycopg
import pytest
import sqlalchemy as sa
import typer.testing

from audits import __main__ as command_line
from audits import errors, survey
from audits.store.backup import backup, migrate
from audits.store.db import connection, schema, triggers, workspace
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.public_form import unread
from audits.store.register import changes
from audits.store.surveys import read, reviews, submit
from tests import postgis as running
from tests.store import city_events

pytestmark = pytest.mark.usefixtures("the_file")

TABLES = [table for table in schema.metadata.sorted_tables if table not in schema.SIGN_IN]


@pytest.fixture
def worked_in(
    store: connection.Store, a_survey: Callable[..., survey.Survey], keep_photo: Callable[[str], str]
) -> connection.Store:
    """Return an embedded record with something of nearly everything, and weights of its own beside it."""
    photo = keep_photo("red")
    submit.submit(store, a_survey(photos=(survey.Photo(photo, contains_person=True),)), "somchai")
    submit.submit(store, a_survey(survey_id="uuid:2", supersedes="uuid:1"), "somchai")
    submit.submit(store, a_survey(survey_id="uuid:2", note="other"), "somchai")
    changes.report_position(store, "KK-001", "confirmed", "somchai", "seen")
    reviews.approve(store, ["uuid:2"], "engineer")
    city_events.of_the_office(store)
    unread.send(store, "ขอทางลาด", "หน้าวัด", "", "192.0.2.1")
    store.workspace.weights_path.write_text("weights: ours\n")
    (store.workspace.folder / "population.csv").write_text("lat,lon,residents\n")
    return store


@pytest.fixture
def empty(postgis: running.Server, worked_in: connection.Store) -> Iterator[workspace.Workspace]:
    """Return an empty database with the folder of the record."""
    database = postgis.create()
    yield workspace.Workspace(worked_in.workspace.folder, postgis.url(database))
    postgis.drop(database)


def content(store: connection.Store) -> dict[str, list[tuple[object, ...]]]:
    with connection.reading(store) as records:
        return {
            table.name: [tuple(row) for row in records.execute(sa.select(table).order_by(*table.primary_key))]
            for table in TABLES
        }


def test_a_record_moves_into_a_database_with_every_row_and_the_same_chain(
    worked_in: connection.Store, empty: workspace.Workspace
) -> None:
    before, head = content(worked_in), read.head(worked_in)
    filled = {name for name in before if before[name]}
    assert {"survey", "measurement", "photo", "held_row", "plan", "account", "unread_request"} <= filled
    moved = migrate.move(worked_in, empty)
    assert (moved.head, moved.entries) == (head, head.sequence)
    assert moved.rows == sum(map(len, before.values()))
    with connection.open_store(empty, create=False) as shared:
        assert content(shared) == before
        assert verify.verify(shared, expect=str(head)).problems == ()
        pd.testing.assert_frame_equal(read.measurements(shared), read.measurements(worked_in))
        pd.testing.assert_frame_equal(read.photos(shared), read.photos(worked_in))
        assert photos.content(shared, str(read.photos(shared)["sha256"].iloc[0]))


def test_work_goes_on_where_the_record_is_now(
    worked_in: connection.Store, empty: workspace.Workspace, a_survey: Callable[..., survey.Survey]
) -> None:
    migrate.move(worked_in, empty)
    with connection.open_store(empty, create=False) as shared:
        assert submit.submit(shared, a_survey(), "somchai").outcome == "conflict"
        assert submit.submit(shared, a_survey(survey_id="uuid:2", supersedes="uuid:1"), "x").outcome == "same"
        assert submit.submit(shared, a_survey(survey_id="uuid:9"), "somchai").number == 3
        changes.report_position(shared, "KK-001", "not_found", "somchai", "gone")
        assert verify.verify(shared).problems == ()


def test_the_old_record_opens_no_more_and_says_where_it_went(
    worked_in: connection.Store, empty: workspace.Workspace, a_survey: Callable[..., survey.Survey]
) -> None:
    migrate.move(worked_in, empty)
    with pytest.raises(errors.StoreError, match=rf"moved to {empty.store_name}; set JAIDEE_STORE"):
        submit.submit(worked_in, a_survey(survey_id="uuid:9"), "somchai")
    for refuse in (lambda: connection.check_not_moved(worked_in), lambda: connection.open_store(worked_in.workspace)):
        with pytest.raises(errors.MovedError, match=rf"moved to {empty.store_name}; set JAIDEE_STORE"):
            refuse()
    assert b"owner" not in worked_in.workspace.store_path.read_bytes().partition(b"moved to ")[2][:200]


def test_a_record_goes_back_into_a_folder_with_its_photos(
    worked_in: connection.Store, empty: workspace.Workspace, tmp_path: Path
) -> None:
    before = content(worked_in)
    migrate.move(worked_in, empty)
    back = workspace.Workspace(tmp_path / "back")
    with connection.open_store(empty, create=False) as shared:
        migrate.move(shared, back)
        with pytest.raises(errors.StoreError, match="moved to"):
            changes.report_position(shared, "KK-001", "confirmed", "somchai", "seen")
        with pytest.raises(
            errors.MovedError, match=rf"moved to {back.store_path}; set JAIDEE_WORKSPACE to {back.folder}"
        ):
            connection.open_store(empty, create=False)
    with connection.open_store(back, create=False) as again:
        assert content(again) == before
        assert verify.verify(again).problems == ()
        changes.report_position(again, "KK-001", "confirmed", "somchai", "seen")
    assert back.weights_path.read_text() == "weights: ours\n"
    assert (back.folder / "population.csv").read_text() == "lat,lon,residents\n"


def test_a_place_that_holds_something_is_refused(
    worked_in: connection.Store, empty: workspace.Workspace, postgis: running.Server, tmp_path: Path
) -> None:
    connection.open_store(empty).close()
    other = workspace.Workspace(empty.folder, postgis.url(postgis.create()))
    with postgis.connect(str(workspace.parsed(other.store_url).database)) as raw:
        raw.execute("CREATE TABLE theirs (a integer)")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    for place, reason in (
        (empty, "something here already"),
        (other, "another program"),
        (workspace.Workspace(tmp_path / "full"), "something here already"),
        (worked_in.workspace, "where the record is"),
    ):
        with pytest.raises(errors.StoreError, match=reason):
            migrate.move(worked_in, place)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]
    changes.report_position(worked_in, "KK-001", "confirmed", "somchai", "the old record still takes it in")


@pytest.mark.parametrize("shared", [True, False])
def test_a_record_that_was_altered_does_not_move(
    worked_in: connection.Store,
    intruder: sqlite3.Connection,
    empty: workspace.Workspace,
    postgis: running.Server,
    tmp_path: Path,
    shared: bool,
) -> None:
    intruder.execute("UPDATE measurement SET value = 5 WHERE fid = 1")
    place = empty if shared else workspace.Workspace(tmp_path / "back")
    with pytest.raises(errors.RefusedError, match="uuid:1"):
        migrate.move(worked_in, place)
    if shared:
        with postgis.connect(str(workspace.parsed(place.store_url).database)) as raw:
            tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'"
            assert raw.execute(tables).fetchone() == (0,)
    else:
        assert list(place.folder.iterdir()) == []
    changes.report_position(worked_in, "KK-001", "confirmed", "somchai", "the old record still takes it in")


def test_a_move_that_breaks_off_leaves_the_old_record_at_work(
    worked_in: connection.Store, empty: workspace.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(records: sa.Connection) -> None:
        raise errors.StoreError("the line broke")

    monkeypatch.setattr(triggers, "install", fail)
    with pytest.raises(errors.StoreError, match="line broke"):
        migrate.move(worked_in, empty)
    monkeypatch.undo()
    changes.report_position(worked_in, "KK-001", "confirmed", "somchai", "seen")
    assert migrate.move(worked_in, empty).head == read.head(worked_in)


def test_a_login_that_does_not_own_the_database_cannot_take_a_record_in(
    worked_in: connection.Store, empty: workspace.Workspace, postgis: running.Server
) -> None:
    with postgis.connect(str(workspace.parsed(empty.store_url).database)) as raw:
        raw.execute("DROP ROLE IF EXISTS guest")
        raw.execute("CREATE ROLE guest LOGIN")
    url = empty.store_url.replace("//owner@", "//guest@")
    with pytest.raises(errors.StoreError, match="login that owns the database"):
        migrate.move(worked_in, workspace.Workspace(empty.folder, url))


def test_a_backup_of_a_shared_record_is_a_file_that_opens_without_a_database(
    worked_in: connection.Store, empty: workspace.Workspace, tmp_path: Path
) -> None:
    migrate.move(worked_in, empty)
    restored = workspace.Workspace(tmp_path / "restored")
    restored.folder.mkdir()
    with connection.open_store(empty, create=False) as shared:
        backup.backup(shared, restored.store_path)
        assert [path.name for path in restored.folder.iterdir()] == ["jaidee.gpkg"]
        with connection.open_store(restored, create=False) as opened:
            assert content(opened) == content(shared)
            assert read.head(opened) == read.head(shared)
            assert verify.verify(opened, photo_files=False).problems == ()


def test_many_rows_are_carried_in_batches(
    worked_in: connection.Store, empty: workspace.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "BATCH", 2)
    before = content(worked_in)
    migrate.move(worked_in, empty)
    with connection.open_store(empty, create=False) as shared:
        assert content(shared) == before


def test_the_command_moves_and_says_what_to_set_without_the_password(
    worked_in: connection.Store, empty: workspace.Workspace
) -> None:
    head = str(read.head(worked_in))
    url = empty.store_url.replace("//owner@", "//owner:geheim@")
    command = ["move", "--to", url, "--workspace", str(empty.folder), "--lang", "en", "--json"]
    result = typer.testing.CliRunner().invoke(command_line.application, command)
    assert result.exit_code == 0, result.output
    assert "geheim" not in result.output
    answer = json.loads(result.stdout)
    assert (answer["head"], answer["to"], answer["workspace"]) == (head, empty.store_name, str(empty.folder))
    for words in (command[:-1], ["verify"], ["backup", str(empty.folder / "b")], ["serve"], ["user", "list"]):
        again = typer.testing.CliRunner().invoke(
            command_line.application, [*words, *(() if "--to" in words else ("--workspace", str(empty.folder)))]
        )
        assert again.exit_code == 1
        assert f"moved to {empty.store_name}" in again.output
        assert "geheim" not in again.output


def test_the_sequence_of_numbers_goes_on(
    worked_in: connection.Store, empty: workspace.Workspace, postgis: running.Server
) -> None:
    migrate.move(worked_in, empty)
    with postgis.connect(str(workspace.parsed(empty.store_url).database)) as raw:
        insert = "INSERT INTO workspace (key, value) VALUES ('note', 'x') RETURNING fid"
        assert raw.execute(insert).fetchone() == (3,)
        with pytest.raises(psycopg.errors.UniqueViolation):
            raw.execute(insert)
