import sqlite3
from concurrent import futures
from pathlib import Path

import pytest
import sqlalchemy as sa

from audits import errors
from audits.store.db import connection, migrations, schema, workspace


def alter(path: Path, statement: str) -> None:
    raw = sqlite3.connect(path)
    raw.execute(statement)
    raw.commit()
    raw.close()


@pytest.mark.usefixtures("the_file")
def test_a_new_store_is_made_with_its_folder(place: workspace.Workspace) -> None:
    with connection.open_store(place) as store:
        assert connection.kind(store) == "real"
    assert place.store_path.is_file()


@pytest.mark.usefixtures("the_file")
def test_a_store_is_not_made_when_only_opening_was_asked(place: workspace.Workspace) -> None:
    with pytest.raises(errors.WorkspaceError, match="no store here"):
        connection.open_store(place, create=False)
    assert not place.folder.exists()


def test_a_demonstration_says_so_forever(place: workspace.Workspace) -> None:
    connection.open_store(place, kind="demonstration").close()
    with connection.open_store(place, create=False) as store:
        assert connection.kind(store) == "demonstration"
        with pytest.raises(errors.StoreError, match="only grows"), connection.writing(store) as records:
            records.execute(sa.update(schema.workspace).values(value="real"))


def test_a_real_record_never_opens_as_a_demonstration(place: workspace.Workspace) -> None:
    connection.open_store(place).close()
    with pytest.raises(errors.WorkspaceError, match="real record"):
        connection.open_store(place, kind="demonstration")


@pytest.mark.usefixtures("the_file")
@pytest.mark.parametrize("name", ["write_engine", "read_engine"])
def test_every_connection_is_durable_and_guarded(store: connection.Store, name: str) -> None:
    with getattr(store, name).begin() as records:
        found = {
            pragma: records.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        }
    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 30_000,
    }


def test_nothing_is_written_through_the_reading_engine(store: connection.Store) -> None:
    with pytest.raises(errors.StoreError, match=r"read-?only"), connection.reading(store) as records:
        records.execute(sa.insert(schema.workspace).values(key="note", value="x"))


def test_a_failed_event_leaves_nothing_behind(store: connection.Store) -> None:
    with pytest.raises(ZeroDivisionError), connection.writing(store) as records:
        records.execute(sa.insert(schema.workspace).values(key="note", value="x"))
        raise ZeroDivisionError
    with connection.reading(store) as records:
        assert records.execute(sa.select(schema.workspace).filter_by(key="note")).all() == []


def test_a_reader_sees_one_snapshot_while_others_write(store: connection.Store) -> None:
    count = sa.select(sa.func.count()).select_from(schema.workspace)
    with connection.reading(store) as records:
        before = records.execute(count).scalar()
        with connection.writing(store) as others:
            others.execute(sa.insert(schema.workspace).values(key="note", value="x"))
        assert records.execute(count).scalar() == before


@pytest.mark.usefixtures("the_file")
def test_a_file_that_is_no_database_is_refused(place: workspace.Workspace) -> None:
    place.folder.mkdir()
    place.store_path.write_text("not a database at all, but long enough to look at" * 20)
    with pytest.raises(errors.StoreError, match="not a database"):
        connection.open_store(place)


@pytest.mark.usefixtures("the_file")
@pytest.mark.parametrize("pragma", ["user_version = 0", "application_id = 1196444487"])
def test_the_database_of_another_program_is_refused(place: workspace.Workspace, pragma: str) -> None:
    place.folder.mkdir()
    alter(place.store_path, "CREATE TABLE theirs (a)")
    alter(place.store_path, f"PRAGMA {pragma}")
    with pytest.raises(errors.StoreError, match="another program"):
        connection.open_store(place)


@pytest.mark.usefixtures("the_file")
def test_a_store_of_a_newer_program_is_refused(place: workspace.Workspace) -> None:
    connection.open_store(place).close()
    newer = len(migrations.MIGRATIONS) + 1
    alter(place.store_path, f"INSERT INTO migration VALUES ({newer}, 'm', '2030-01-01T00:00:00.000Z')")
    with pytest.raises(errors.StoreError, match=f"layout {newer}"):
        connection.open_store(place)


@pytest.mark.usefixtures("the_file")
def test_a_store_that_lost_a_guard_is_refused(place: workspace.Workspace) -> None:
    connection.open_store(place).close()
    alter(place.store_path, "DROP TRIGGER measurement_no_update")
    with pytest.raises(errors.StoreError, match="measurement_no_update"):
        connection.open_store(place)


@pytest.mark.usefixtures("the_file")
def test_a_store_whose_guard_was_made_toothless_is_refused(place: workspace.Workspace) -> None:
    connection.open_store(place).close()
    alter(place.store_path, "DROP TRIGGER ledger_no_delete")
    alter(place.store_path, "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT 1; END")
    with pytest.raises(errors.StoreError, match="ledger_no_delete"):
        connection.open_store(place)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(errors.WorkspaceError, match="cannot be used as a folder"):
        connection.open_store(workspace.Workspace(tmp_path / "file" / "work"))


def test_many_who_open_a_new_store_at_once_make_one(place: workspace.Workspace) -> None:
    def open_and_close(_: int) -> str:
        with connection.open_store(place) as store:
            return connection.kind(store)

    with futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(open_and_close, range(16))) == {"real"}
    with connection.open_store(place) as store, connection.reading(store) as records:
        assert records.execute(sa.select(schema.migration.c.number)).scalars().all() == [
            number for number, _ in enumerate(migrations.MIGRATIONS, start=1)
        ]
