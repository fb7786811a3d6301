import datetime as dt
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from audits import errors, survey
from audits.formats import geopackage
from audits.store.db import connection, migrations, schema, triggers, workspace
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.register import register, same_elements
from audits.store.surveys import read, submit

pytestmark = pytest.mark.usefixtures("the_file")

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ROOT = Path(__file__).parents[3]
LAYOUTS = Path(__file__).parents[1] / "layouts"
STEPS = [(number, step.__name__) for number, step in enumerate(migrations.MIGRATIONS, start=1)]
PHOTO = "05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec"
SENT = survey.Survey(
    "uuid:11111111-1111-4111-8111-111111111111",
    "KK-001",
    "ช่างหนึ่ง",
    dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC),
    "web",
    "v1",
    (survey.Element("KK-001.ramp.1", "ramp"),),
    (
        survey.Measurement("KK-001.ramp.1", "running_slope_pct", 8.0, "8%", "digital_level", 0.2, photo_sha256=PHOTO),
        survey.Measurement("KK-001.ramp.1", "clear_width_mm", None, not_measured_because="blocked"),
    ),
    (survey.Photo(PHOTO, "KK-001.ramp.1", "a"),),
)


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    raw = sqlite3.connect(path)
    found = raw.execute(query).fetchall()
    raw.close()
    return found


def laid_out(path: Path) -> dict[str, object]:
    """Return everything about the layout of a store but how its statements are written."""
    master = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    tables = [str(name) for (name,) in rows(path, master)]
    return {
        "objects": rows(path, "SELECT type, name, tbl_name FROM sqlite_master ORDER BY type, name"),
        "written": rows(path, "SELECT name, sql FROM sqlite_master WHERE type <> 'table' ORDER BY name"),
        "columns": {name: list(_columns(path, name)) for name in tables},
        "references": {name: sorted(rows(path, f"PRAGMA foreign_key_list({name})")) for name in tables},
        "indexes": {name: sorted(_indexes(path, name)) for name in tables},
        "checks": {name: sorted(_checks(path, name)) for name in tables},
        "layers": rows(
            path, "SELECT table_name, data_type, identifier, description, srs_id FROM gpkg_contents ORDER BY table_name"
        ),
        "points": rows(path, "SELECT * FROM gpkg_geometry_columns ORDER BY table_name"),
        "marks": (*rows(path, "PRAGMA application_id"), *rows(path, "PRAGMA user_version")),
    }


def _columns(path: Path, table: str) -> Iterator[tuple[object, ...]]:
    for number, name, kind, not_null, default, key, hidden in rows(path, f"PRAGMA table_xinfo({table})"):
        # an integer key is never null, whether its statement says so or not
        yield number, name, kind, bool(not_null or key), default, key, hidden


def _indexes(path: Path, table: str) -> Iterator[tuple[object, ...]]:
    for _, name, unique, origin, partial in rows(path, f"PRAGMA index_list({table})"):
        # SQLite names the index of a constraint by its place in the statement
        shown = name if origin == "c" else ""
        yield shown, unique, origin, partial, tuple(rows(path, f"PRAGMA index_xinfo({name})"))


def _checks(path: Path, table: str) -> Iterator[str]:
    ((written,),) = rows(path, f"SELECT sql FROM sqlite_master WHERE type = 'table' AND name = '{table}'")
    yield from (line.strip(" ,\t") for line in str(written).splitlines() if "CHECK" in line)


def all_rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    raw = sqlite3.connect(path)
    names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: raw.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    found["sqlite_master"] = raw.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
    raw.close()
    return found


@pytest.fixture(params=["layout_1", "layout_2"])
def old_layout(place: workspace.Workspace, request: pytest.FixtureRequest) -> workspace.Workspace:
    """Return a workspace whose store was written by a program of an earlier layout."""
    place.folder.mkdir()
    raw = sqlite3.connect(place.store_path)
    raw.execute(f"PRAGMA application_id = {geopackage.APPLICATION_ID}")
    raw.execute(f"PRAGMA user_version = {geopackage.USER_VERSION}")
    raw.executescript((LAYOUTS / f"{request.param}.sql").read_text("utf-8"))
    raw.close()
    folder = place.photos_folder / PHOTO[:2]
    folder.mkdir(parents=True)
    shutil.copy(LAYOUTS / f"{PHOTO}.jpg", folder)
    return place


def test_each_step_is_recorded_with_its_name(store: connection.Store) -> None:
    with connection.reading(store) as records:
        steps = records.execute(sa.select(schema.migration.c.number, schema.migration.c.name)).all()
        assert [tuple(step) for step in steps] == STEPS
        assert not migrations.pending(records)


def test_a_step_that_fails_leaves_no_trace(store: connection.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(records: sa.Connection) -> None:
        records.exec_driver_sql("CREATE TABLE half (a)")
        raise errors.StoreError("half way")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, half))
    with pytest.raises(errors.StoreError, match="half way"), connection.writing(store) as records:
        migrations.migrate(records, NOW)
    with connection.reading(store) as records:
        assert migrations.applied(records) == len(STEPS)
        assert "half" not in sa.inspect(records).get_table_names()


def test_an_old_store_takes_the_steps_that_remain_when_it_is_opened(
    store: connection.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def note(records: sa.Connection) -> None:
        records.exec_driver_sql("CREATE TABLE note (a TEXT)")

    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, note))
    with connection.open_store(store.workspace) as reopened, connection.reading(reopened) as records:
        assert migrations.applied(records) == len(STEPS) + 1
        assert "note" in sa.inspect(records).get_table_names()


def test_a_store_of_an_old_layout_is_what_it_was_and_sound_when_it_is_opened(
    old_layout: workspace.Workspace,
) -> None:
    ledger = rows(old_layout.store_path, "SELECT * FROM ledger ORDER BY sequence")
    with connection.open_store(old_layout, create=False) as store:
        assert read.survey(store, SENT.survey_id) == SENT
        assert photos.content(store, PHOTO)
        shown = read.photos(store).iloc[0]
        assert (shown["shown_sha256"], shown["contains_person"], shown["quantity"]) == (PHOTO, False, "")
        decided = "approved" if len(ledger) > 5 else "submitted"
        assert read.surveys(store)[["root_id", "review"]].to_numpy().tolist() == [["", decided]]
        head = read.head(store)
        assert (head.sequence, head.digest) == (ledger[-1][0], ledger[-1][-1])
        checked = verify.verify(store, expect=str(head))
        assert (checked.problems, checked.entries) == ((), len(ledger))
    assert rows(old_layout.store_path, "SELECT * FROM ledger ORDER BY sequence") == ledger
    assert rows(old_layout.store_path, "SELECT number, name FROM migration ORDER BY number") == STEPS


def test_a_store_of_the_fourth_layout_gains_the_new_tables_and_keeps_its_head(place: workspace.Workspace) -> None:
    with connection.open_store(place) as store:
        register.add_site(store, "space", {"name_th": "สวน", "setting": "park"}, "engineer", "seen")
        head = read.head(store)
    raw = sqlite3.connect(place.store_path, isolation_level=None)
    raw.execute("DROP TRIGGER migration_no_delete")
    for table in (
        "same_element",
        "rebuilt_element",
        "limit_comparison",
        "fix_contract",
        "fix_progress",
        "fix_payment",
        "request_step",
        "request",
    ):
        raw.execute(f"DROP TABLE {table}")
        raw.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (table,))
    for column in ("place", "located_at"):
        raw.execute(f"ALTER TABLE survey DROP COLUMN {column}")
    raw.execute("DELETE FROM migration WHERE number > 4")
    raw.close()
    with connection.open_store(place, create=False) as store:
        assert verify.verify(store, expect=str(head)).problems == ()
        assert (same_elements.joined(store), read.head(store)) == ({}, head)
    assert rows(place.store_path, "SELECT number, name FROM migration ORDER BY number") == STEPS


def test_a_survey_of_the_old_layout_sent_again_is_the_same(old_layout: workspace.Workspace) -> None:
    with connection.open_store(old_layout, create=False) as store:
        head = read.head(store)
        assert submit.submit(store, SENT, "somchai") == submit.Receipt("same", SENT.survey_id, 1)
        assert read.head(store) == head


def test_a_store_of_an_old_layout_ends_up_laid_out_as_a_new_one(
    old_layout: workspace.Workspace, tmp_path: Path
) -> None:
    new = workspace.Workspace(tmp_path / "new")
    connection.open_store(new).close()
    before = laid_out(old_layout.store_path)
    connection.open_store(old_layout, create=False).close()
    after, fresh = laid_out(old_layout.store_path), laid_out(new.store_path)
    assert before != after
    for name, part in fresh.items():
        assert after[name] == part, name


def test_the_guards_stand_again_after_the_steps(old_layout: workspace.Workspace) -> None:
    with connection.open_store(old_layout, create=False) as store, connection.reading(store) as records:
        assert triggers.missing(records) == ()
    raw = sqlite3.connect(old_layout.store_path)
    for table in ("survey", "survey_photo"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            raw.execute(f"UPDATE {table} SET fid = fid")
    raw.close()


@pytest.mark.parametrize("where", ["account", "setting"])
def test_a_step_that_fails_half_way_leaves_the_old_layout_whole(
    old_layout: workspace.Workspace, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = migrations.register_layer

    def fail(records: sa.Connection, table: sa.Table) -> None:
        if table.name == where:
            raise errors.StoreError("the disk is full")
        register(records, table)

    before = all_rows(old_layout.store_path)
    monkeypatch.setattr(migrations, "register_layer", fail)
    with pytest.raises(errors.StoreError, match="disk is full"):
        connection.open_store(old_layout, create=False)
    assert all_rows(old_layout.store_path) == before
    monkeypatch.undo()
    with connection.open_store(old_layout, create=False) as store:
        assert verify.verify(store).problems == ()


KILLED = """
import os, signal, sys
from pathlib import Path
from audits.store.db import connection, triggers, workspace

def die(records):
    names = {row[1] for row in records.exec_driver_sql("PRAGMA table_info(survey)")}
    assert "root_id" in names
    assert records.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE name = 'photo_erasure'").scalar() == 1
    os.kill(os.getpid(), signal.SIGKILL)

triggers.install = die
connection.open_store(workspace.Workspace(Path(sys.argv[1])), create=False)
"""


def test_a_program_killed_in_the_middle_of_a_step_leaves_the_old_layout_whole(
    old_layout: workspace.Workspace,
) -> None:
    before = all_rows(old_layout.store_path)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(old_layout.folder)], cwd=ROOT, capture_output=True)
    assert killed.returncode == -9, killed.stderr.decode()
    assert all_rows(old_layout.store_path) == before
    with connection.open_store(old_layout, create=False) as store:
        assert verify.verify(store).problems == ()
        assert read.survey(store, SENT.survey_id) == SENT
