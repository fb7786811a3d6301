"""A record that several computers share is guarded by the database itself, whoever connects to it."""

import threading
from collections.abc import Callable, Iterator
from concurrent import futures
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from audits import errors, roles, survey
from audits.store.db import connection, grants, migrations, postgres_triggers, schema, triggers, workspace
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.register import changes, checks, register, same_elements
from audits.store.surveys import quarantine, read, reviews, submit
from tests import postgis as running

SECRET = "geheim-and-more"
INTEGRITY = psycopg.errors.IntegrityError
REFUSED = psycopg.errors.InsufficientPrivilege
Builder = Callable[..., survey.Survey]

pytestmark = pytest.mark.usefixtures("the_database")


@pytest.fixture
def database(place: workspace.Workspace) -> str:
    return str(workspace.parsed(place.store_url).database)


@pytest.fixture
def owner(postgis: running.Server, store: connection.Store, database: str) -> Iterator[psycopg.Connection]:
    """Return another program's connection with every right that there is."""
    with postgis.connect(database) as raw:
        yield raw


@pytest.fixture
def application(postgis: running.Server, store: connection.Store, database: str) -> Iterator[psycopg.Connection]:
    """Return another program's connection with the application's own login."""
    with postgis.connect() as raw:
        raw.execute(f"ALTER ROLE {grants.APPLICATION} PASSWORD '{SECRET}'")
    with postgis.connect(database, grants.APPLICATION, password=SECRET) as raw:
        yield raw


@pytest.fixture
def as_application(
    postgis: running.Server, application: psycopg.Connection, place: workspace.Workspace, database: str
) -> Iterator[connection.Store]:
    """Return the store as the program opens it every day: without owning it."""
    url = postgis.url(database, grants.APPLICATION, SECRET)
    with connection.open_store(workspace.Workspace(place.folder, url), create=False) as opened:
        yield opened


def test_an_empty_database_is_laid_out_and_guarded(postgis: running.Server, tmp_path: Path) -> None:
    place = workspace.Workspace(tmp_path / "work", postgis.url(postgis.create("template1")))
    with connection.open_store(place) as store, connection.reading(store) as records:
        assert connection.kind(store) == "real"
        assert migrations.applied(records) == len(migrations.MIGRATIONS)
        assert triggers.missing(records) == ()
        assert verify.verify(store).problems == ()
    assert not place.store_path.exists()


def test_an_owner_without_the_right_to_create_roles_uses_those_of_the_server(
    postgis: running.Server, store: connection.Store, tmp_path: Path
) -> None:
    database = postgis.create()
    with postgis.connect() as raw:
        raw.execute("DROP ROLE IF EXISTS plain_owner")
        raw.execute("CREATE ROLE plain_owner LOGIN")
        raw.execute(f"ALTER DATABASE {database} OWNER TO plain_owner")
        raw.execute(f"ALTER ROLE {grants.APPLICATION} PASSWORD '{SECRET}'")
    owned = workspace.Workspace(tmp_path / "work", postgis.url(database, "plain_owner"))
    with connection.open_store(owned) as laid_out, connection.reading(laid_out) as records:
        assert grants.acts_as_owner(records)
    daily = workspace.Workspace(owned.folder, postgis.url(database, grants.APPLICATION, SECRET))
    with connection.open_store(daily, create=False) as opened, connection.reading(opened) as records:
        assert opened.has_grants
        assert not grants.acts_as_owner(records)
    with postgis.connect(database, grants.APPLICATION, password=SECRET) as raw, pytest.raises(REFUSED):
        raw.execute("CREATE TABLE theirs (a integer)")
    postgis.drop(database)


def test_a_record_is_not_laid_out_when_only_opening_was_asked(place: workspace.Workspace) -> None:
    with pytest.raises(errors.WorkspaceError, match="no record here"):
        connection.open_store(place, create=False)


def test_the_database_of_another_program_is_refused(
    postgis: running.Server, place: workspace.Workspace, database: str
) -> None:
    with postgis.connect(database) as raw:
        raw.execute("CREATE TABLE theirs (a integer)")
    with pytest.raises(errors.StoreError, match="another program"):
        connection.open_store(place)


def test_a_database_that_cannot_hold_every_script_is_refused(postgis: running.Server, tmp_path: Path) -> None:
    with postgis.connect() as raw:
        raw.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(errors.StoreError, match="LATIN1"):
        connection.open_store(workspace.Workspace(tmp_path, postgis.url("latin")))


def test_a_record_of_a_newer_program_is_refused(place: workspace.Workspace, owner: psycopg.Connection) -> None:
    newer = len(migrations.MIGRATIONS) + 1
    owner.execute(f"INSERT INTO migration VALUES ({newer}, 'm', now())")
    with pytest.raises(errors.StoreError, match=f"layout {newer}"):
        connection.open_store(place)


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://owner:{SECRET}@127.0.0.1:1/record"
    place = workspace.Workspace(tmp_path, url)
    assert SECRET not in repr(place)
    with pytest.raises(errors.StoreError, match=r"postgresql://127\.0\.0\.1:1/record cannot be opened") as refused:
        connection.open_store(place)
    assert SECRET not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_wrong_password_is_told_without_it(
    postgis: running.Server, application: psycopg.Connection, tmp_path: Path, database: str
) -> None:
    place = workspace.Workspace(tmp_path, postgis.url(database, grants.APPLICATION, "wrong-" + SECRET))
    with pytest.raises(errors.StoreError, match="password authentication failed") as refused:
        connection.open_store(place)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [f"mysql://u:{SECRET}@h/d", f"://{SECRET}", f"postgresql://u:{SECRET}@h", f"postgresql://u:{SECRET}@h:x/d"],
)
def test_another_address_is_refused_and_not_repeated(address: str, tmp_path: Path) -> None:
    with pytest.raises(errors.WorkspaceError, match="cannot be read") as refused:
        connection.open_store(workspace.Workspace(tmp_path, address))
    assert SECRET not in str(refused.value)


def test_rows_that_only_grow_are_neither_changed_nor_deleted_nor_emptied(owner: psycopg.Connection) -> None:
    for table in schema.APPEND_ONLY:
        column = list(table.columns)[-1].name
        for statement in (
            f"UPDATE {table.name} SET {column} = {column}",
            f"DELETE FROM {table.name}",
            f"TRUNCATE {table.name} CASCADE",
        ):
            with pytest.raises(INTEGRITY, match=r"only grows|never delete"):
                owner.execute(statement)


def test_the_guards_hold_for_those_who_replicate_too(owner: psycopg.Connection) -> None:
    owner.execute("SET session_replication_role = replica")
    with pytest.raises(INTEGRITY, match="only grows"):
        owner.execute("DELETE FROM ledger")


@pytest.mark.parametrize("table", ["site", "element"])
def test_the_register_is_never_deleted_from(owner: psycopg.Connection, table: str) -> None:
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(INTEGRITY, match=r"never delete|only grows"):
            owner.execute(statement)


def test_a_gis_may_edit_a_site_and_its_history_is_kept_and_told(
    store: connection.Store, owner: psycopg.Connection
) -> None:
    owner.execute("UPDATE site SET name_en = 'Town hall' WHERE code = 'KK-001'")
    assert owner.execute("SELECT name_en, version FROM site WHERE code = 'KK-001'").fetchone() == ("Town hall", 2)
    assert owner.execute("SELECT name_en, version FROM site_history").fetchall() == [("Municipal office", 1)]
    (problem,) = verify.verify(store).problems
    assert (problem.kind, problem.where) == (verify.REGISTER_ALTERED, "KK-001")


@pytest.mark.parametrize("change", ["code = 'KK-999'", "fid = 999", "version = version + 7"])
def test_identity_and_version_of_a_site_are_not_for_editing(owner: psycopg.Connection, change: str) -> None:
    with pytest.raises(INTEGRITY):
        owner.execute(f"UPDATE site SET {change} WHERE code = 'KK-001'")


@pytest.mark.parametrize(("sequence", "previous"), [(99, "0" * 64), (2, "0" * 64), (1, "0" * 64)])
def test_the_audit_log_grows_at_its_end_only(owner: psycopg.Connection, sequence: int, previous: str) -> None:
    with pytest.raises(INTEGRITY, match="ledger grows at its end only"):
        owner.execute(f"INSERT INTO ledger VALUES ({sequence}, now(), 'x', 'y', 'z', 'i', '{{}}', '{previous}', 'd')")


@pytest.mark.parametrize(
    ("tampering", "guard"),
    [
        ("DROP TRIGGER measurement_no_update ON measurement", "measurement_no_update"),
        ("ALTER TABLE measurement DISABLE TRIGGER measurement_no_delete", "measurement_no_delete"),
        ("ALTER TABLE ledger ENABLE TRIGGER ledger_no_truncate", "ledger_no_truncate"),
        (
            "CREATE OR REPLACE FUNCTION jaidee_keep_chain() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN NEW; END'",
            "ledger_keep_chain",
        ),
        (
            "CREATE OR REPLACE TRIGGER survey_no_delete BEFORE DELETE ON survey FOR EACH ROW "
            "WHEN (false) EXECUTE FUNCTION jaidee_refuse('survey only grows')",
            "survey_no_delete",
        ),
    ],
)
def test_a_record_that_lost_a_guard_is_refused(
    place: workspace.Workspace, store: connection.Store, owner: psycopg.Connection, tampering: str, guard: str
) -> None:
    owner.execute(tampering)
    assert [(problem.kind, problem.where) for problem in verify.verify(store).problems] == [
        (verify.GUARD_MISSING, guard)
    ]
    with pytest.raises(errors.StoreError, match=guard):
        connection.open_store(place)


@pytest.mark.parametrize(
    ("alteration", "kind"),
    [
        ("UPDATE measurement SET value = 5 WHERE fid = 1", verify.SURVEY_ALTERED),
        ("UPDATE survey SET geom = ST_SetSRID(ST_MakePoint(1, 2), 4326)", verify.SURVEY_ALTERED),
        ("UPDATE survey SET received_at = now()", verify.SURVEY_ALTERED),
        ("DELETE FROM survey_element WHERE fid = 1", verify.SURVEY_ALTERED),
        ("UPDATE ledger SET payload = payload || ' ' WHERE sequence = 1", verify.LINK_BROKEN),
    ],
)
def test_what_was_altered_behind_the_guards_is_found(
    store: connection.Store, owner: psycopg.Connection, a_survey: Builder, alteration: str, kind: errors.ProblemKind
) -> None:
    submit.submit(store, a_survey(), "somchai")
    table = alteration.split()[2 if alteration.startswith("DELETE") else 1]
    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    assert owner.execute(alteration).rowcount == 1
    assert kind in {problem.kind for problem in verify.verify(store).problems}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE measurement SET value = 1",
        "UPDATE site SET code = 'KK-999'",
        "UPDATE site SET version = 9",
        "DELETE FROM ledger",
        "DELETE FROM photo",
        "TRUNCATE measurement",
        "INSERT INTO site_history SELECT 1, * FROM site",
        "ALTER TABLE measurement DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_keep_chain ON ledger",
        "DROP TABLE site_history",
        "SET session_replication_role = replica",
        "CREATE TABLE theirs (a integer)",
        "CREATE OR REPLACE FUNCTION jaidee_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "ALTER ROLE jaidee_app SUPERUSER",
        "COPY site TO PROGRAM 'true'",
    ],
)
def test_the_application_may_not_do_what_no_event_needs(application: psycopg.Connection, statement: str) -> None:
    with pytest.raises(REFUSED):
        application.execute(statement)


def test_the_application_does_every_days_work_without_owning_anything(
    as_application: connection.Store, a_survey: Builder
) -> None:
    assert as_application.has_grants
    technician, engineer = (as_application.for_role(role) for role in (roles.TECHNICIAN, roles.ENGINEER))
    assert submit.submit(technician, a_survey(), "somchai").outcome == "accepted"
    assert submit.submit(technician, a_survey(note="other"), "somchai").outcome == "conflict"
    changes.report_position(technician, "KK-001", "confirmed", "somchai", "seen")
    quarantine.hold(technician, "list.csv", "b" * 64, "somchai", [quarantine.HeldRow(1, "{}", ("why",))], 0)
    reviews.approve(engineer, ["uuid:1"], "engineer")
    changes.set_permit(engineer, "KK-001.ramp.1", None, "engineer", "no paper")
    register.add_element(engineer, "KK-001", "stair", "", "engineer", "seen")
    council = as_application.for_role(roles.COUNCIL)
    assert len(read.measurements(council)) == 4
    assert read.head(council) == read.head(as_application)
    assert verify.verify(as_application).problems == ()


@pytest.mark.parametrize("role", [*roles.ROLES, roles.OFFICE])
def test_the_database_asks_of_each_event_what_the_program_asks(as_application: connection.Store, role: str) -> None:
    with connection.writing(as_application.for_role(role)) as records:
        for action, tables in grants.INSERTED.items():
            if roles.may(role, action):
                for table in tables:
                    assert _may(records, table, "INSERT"), (action, table.name)
        written = {table for action, tables in grants.INSERTED.items() if roles.may(role, action) for table in tables}
        for table in {table for tables in grants.INSERTED.values() for table in tables} - written:
            assert not _may(records, table, "INSERT"), table.name
        for table in schema.APPEND_ONLY:
            assert not any(_may(records, table, right) for right in ("UPDATE", "DELETE", "TRUNCATE")), table.name


def _may(records: sa.Connection, table: sa.Table, right: str) -> bool:
    return bool(records.execute(sa.select(sa.func.has_table_privilege(table.name, right))).scalar())


def test_every_event_has_its_rights() -> None:
    assert set(grants.INSERTED) == set(roles.ACTIONS)
    assert set(schema.EVENTS) <= set(grants.INSERTED)


@pytest.mark.parametrize("table", ["account", "held_row", "ledger", "technician", "signed_in"])
def test_the_council_does_not_read_what_is_not_for_its_eyes(as_application: connection.Store, table: str) -> None:
    council = as_application.for_role(roles.COUNCIL)
    with pytest.raises(errors.StoreError, match="permission denied"), connection.reading(council) as records:
        records.execute(sa.select(schema.metadata.tables[table])).all()


def test_a_role_ends_with_its_transaction(as_application: connection.Store) -> None:
    with connection.reading(as_application.for_role(roles.COUNCIL)) as records:
        assert records.exec_driver_sql("SELECT current_user").scalar() == "jaidee_council"
    for _ in range(3):
        with connection.reading(as_application) as records:
            assert records.exec_driver_sql("SELECT current_user").scalar() == grants.APPLICATION


def test_what_the_layout_lacks_only_its_owner_adds(
    as_application: connection.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, lambda records: None))
    with pytest.raises(errors.StoreError, match="login that owns the database"):
        connection.open_store(as_application.workspace)


def test_two_who_change_the_same_site_at_once_do_not_overwrite_each_other(
    store: connection.Store, place: workspace.Workspace
) -> None:
    together = threading.Barrier(2)

    def change(status: str) -> str:
        with connection.open_store(place) as mine:
            seen = int(read.sites(mine).loc["KK-001", "version"])
            together.wait()
            try:
                changes.report_position(mine, "KK-001", status, "somchai", "seen", expected_version=seen)
            except errors.RefusedError as refused:
                return refused.problems[0].kind.code
            return status

    with futures.ThreadPoolExecutor(2) as pool:
        first, second = pool.map(change, ("confirmed", "not_found"))
    assert checks.CHANGED_MEANWHILE.code in (first, second)
    assert read.sites(store).loc["KK-001", "position_status"] in (first, second)
    assert read.sites(store).loc["KK-001", "version"] == 2
    assert verify.verify(store).problems == ()


def test_who_changes_a_site_while_a_gis_edits_it_waits_and_is_told(
    store: connection.Store, postgis: running.Server, database: str
) -> None:
    with (
        futures.ThreadPoolExecutor(1) as pool,
        psycopg.connect(host="127.0.0.1", port=postgis.port, dbname=database, user=running.OWNER) as gis,
    ):
        gis.execute("UPDATE site SET name_en = 'Town hall' WHERE code = 'KK-001'")
        waiting = pool.submit(
            changes.report_position, store, "KK-001", "confirmed", "somchai", "seen", expected_version=1
        )
        with postgis.connect(database) as watching:
            blocked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
            while not watching.execute(blocked, (database,)).fetchone()[0]:
                assert not waiting.done()
        gis.commit()
        with pytest.raises(errors.RefusedError, match="Someone else changed KK-001"):
            waiting.result()


def test_many_writers_make_one_chain(place: workspace.Workspace, store: connection.Store, a_survey: Builder) -> None:
    def write(number: int) -> str:
        with connection.open_store(place) as mine:
            return submit.submit(mine, a_survey(survey_id=f"uuid:{number}"), "somchai").outcome

    with futures.ThreadPoolExecutor(6) as pool:
        assert set(pool.map(write, range(24))) == {"accepted"}
    assert sorted(read.surveys(store)["receipt_number"]) == list(range(1, 25))
    assert verify.verify(store).problems == ()


def test_qgis_finds_the_points_and_the_latest_survey_that_stands(
    store: connection.Store, owner: psycopg.Connection, a_survey: Builder
) -> None:
    layers = "SELECT f_table_name, type, srid FROM geometry_columns ORDER BY 1"
    assert owner.execute(layers).fetchall() == [
        (name, "POINT", 4326) for name in ("site", "site_history", "site_latest", "survey")
    ]
    latest = "SELECT survey_id, round(ST_X(geom)::numeric, 4)::text FROM site_latest WHERE code = 'KK-001'"
    submit.submit(store, a_survey(), "somchai")
    assert owner.execute(latest).fetchone() == ("uuid:1", "102.8295")
    reviews.give_back(store, "uuid:1", "measure again", {}, "engineer")
    assert owner.execute(latest).fetchone() == (None, "102.8295")


def test_what_the_guards_say_is_what_postgres_says(store: connection.Store) -> None:
    with connection.reading(store) as records:
        assert postgres_triggers.missing(records) == ()
    assert {guard.fires for guard in postgres_triggers.expected().values()} == {"A"}


def test_photos_stay_in_the_folder(store: connection.Store, keep_photo: Callable[[str], str]) -> None:
    sha256 = keep_photo("red")
    assert store.workspace.photo_path(sha256).is_relative_to(store.workspace.folder)
    assert photos.content(store, sha256)


def test_the_demonstration_is_always_a_file_of_its_own(place: workspace.Workspace) -> None:
    assert place.is_shared
    assert not place.demonstration.is_shared


def test_a_database_of_the_fourth_layout_gains_the_new_tables_and_keeps_its_head(
    store: connection.Store, owner: psycopg.Connection
) -> None:
    head = read.head(store)
    owner.execute("ALTER TABLE migration DISABLE TRIGGER USER")
    owner.execute("DROP TABLE same_element, rebuilt_element, limit_comparison")
    owner.execute("ALTER TABLE survey DROP COLUMN place, DROP COLUMN located_at")
    owner.execute("DELETE FROM migration WHERE number > 4")
    owner.commit()
    with connection.open_store(store.workspace, create=False) as opened:
        assert verify.verify(opened, expect=str(head)).problems == ()
        assert (same_elements.joined(opened), read.head(opened)) == ({}, head)
        with connection.reading(opened) as records:
            assert migrations.applied(records) == len(migrations.MIGRATIONS)
