"""Open the store: one SQLite file in a workspace, guarded and durable."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import sqlalchemy as sa

from audits import errors, roles
from audits.store import chain, geopackage, migrations, schema, triggers, workspace

BUSY_TIMEOUT_S = 30

Kind = Literal["real", "demonstration"]


@dataclass(frozen=True)
class Store:
    """An open store; close it, or use it in a ``with`` statement.

    Parameters
    ----------
    workspace
        The folder it lives in.
    write_engine
        Takes the write lock when a transaction begins: a lock taken later fails at once under load.
    read_engine
        Reads a snapshot and cannot write.
    role
        For whom it is open; every deed is asked of :mod:`audits.roles`.
    """

    workspace: workspace.Workspace
    write_engine: sa.Engine
    read_engine: sa.Engine
    role: str = roles.OFFICE

    def for_role(self, role: str) -> Store:
        """Return the same store as one role may use it."""
        return replace(self, role=role)

    def close(self) -> None:
        """Close every connection."""
        self.write_engine.dispose()
        self.read_engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(place: workspace.Workspace, *, create: bool = True, kind: Kind = "real") -> Store:
    """Open the store of a workspace, making it first when it is not there.

    Parameters
    ----------
    place
        The workspace.
    create
        Make the folder and the file when they are missing.
    kind
        What a new store is for; it says so forever. An existing demonstration store opens under either word, an
        existing real store never as a demonstration.

    Raises
    ------
    audits.errors.WorkspaceError
        When the folder or file is missing, cannot be written, or is of the other kind.
    audits.errors.StoreError
        When the file is not a store, is newer than this program, or lost its guards.
    """
    path = place.store_path
    _prepare_folder(place, create)
    try:
        _mark_as_geopackage(path)
        store = Store(place, _engine(path, "BEGIN IMMEDIATE"), _engine(path, "BEGIN", "PRAGMA query_only=ON"))
        try:
            _bring_up_to_date(store, kind)
        except BaseException:
            store.close()
            raise
    except errors.StoreError as error:
        raise errors.StoreError(f"{path}: {error}") from error
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        raise errors.StoreError(f"{path} cannot be opened as a store: {_reason(error)}") from error
    return store


@contextlib.contextmanager
def writing(store: Store) -> Iterator[sa.Connection]:
    """Yield a connection inside one write transaction; all of it is kept, or nothing.

    Raises
    ------
    audits.errors.StoreError
        When the database refuses: locked for long, disk full, guarded rows touched.
    audits.errors.NotAllowedError
        When the store is open for a role that may not do what is written.
    """
    with _told(store), store.write_engine.begin() as records:
        yield records.execution_options(role=store.role)


@contextlib.contextmanager
def reading(store: Store) -> Iterator[sa.Connection]:
    """Yield a connection that sees one unchanging snapshot.

    Raises
    ------
    audits.errors.StoreError
        When the database refuses.
    """
    with _told(store), store.read_engine.begin() as records:
        yield records


def kind(store: Store) -> Kind:
    """Return whether the store holds a city's record or invented surveys."""
    with reading(store) as records:
        return "demonstration" if _kind(records) == "demonstration" else "real"


@contextlib.contextmanager
def _told(store: Store) -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise errors.StoreError(f"{store.workspace.store_path}: {_reason(error)}") from error


def _reason(error: sa.exc.DBAPIError | sqlite3.Error) -> str:
    return str(error.orig) if isinstance(error, sa.exc.DBAPIError) else str(error)


def _prepare_folder(place: workspace.Workspace, create: bool) -> None:
    if not create and not place.store_path.is_file():
        raise errors.WorkspaceError(f"{place.folder}: there is no store here; name the folder that holds jaidee.gpkg")
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise errors.WorkspaceError(f"{place.folder} cannot be used as a folder: {error.strerror}") from error
    if not os.access(place.folder, os.W_OK):
        raise errors.WorkspaceError(f"{place.folder} cannot be written; a store needs a folder it can write in")


def _mark_as_geopackage(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as raw:
        if _is_marked(raw):
            return
        # Before the first WAL write: GDAL reads the mark from the file's raw header.
        raw.execute("BEGIN IMMEDIATE")
        if not _is_marked(raw):
            raw.execute(f"PRAGMA application_id = {geopackage.APPLICATION_ID}")
            raw.execute(f"PRAGMA user_version = {geopackage.USER_VERSION}")
        raw.execute("COMMIT")


def _is_marked(raw: sqlite3.Connection) -> bool:
    mark = raw.execute("PRAGMA application_id").fetchone()[0]
    tables = raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if mark != geopackage.APPLICATION_ID and (tables or mark):
        raise errors.StoreError("the file belongs to another program; choose another workspace")
    return bool(mark == geopackage.APPLICATION_ID)


def _engine(path: Path, begin: str, *pragmas: str) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_S})
    sa.event.listen(engine, "connect", _prepare_connection(pragmas))
    sa.event.listen(engine, "begin", lambda records: records.exec_driver_sql(begin))
    return engine


def _prepare_connection(pragmas: tuple[str, ...]) -> Callable[[Any, Any], None]:
    def prepare(raw: Any, _: Any) -> None:
        raw.isolation_level = None
        raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}").close()
        _write_ahead(raw)
        for pragma in (
            "PRAGMA synchronous=FULL",
            "PRAGMA foreign_keys=ON",
            "PRAGMA recursive_triggers=ON",
            *pragmas,
        ):
            raw.execute(pragma).close()

    return prepare


def _write_ahead(raw: Any) -> None:
    """Switch to the write-ahead log; SQLite does not wait by itself while another connection is switching too."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _bring_up_to_date(store: Store, kind: Kind) -> None:
    with store.read_engine.begin() as records:
        pending = migrations.pending(records)
    if pending:
        with store.write_engine.begin() as records:
            _migrate(records, kind)
    with store.read_engine.begin() as records:
        lost = triggers.missing(records)
        found = _kind(records)
    if lost:
        raise errors.StoreError(
            f"the guards {', '.join(lost)} are missing or altered, so its content may be too; "
            "restore the last backup, or have the file examined"
        )
    if kind == "demonstration" and found != "demonstration":
        raise errors.WorkspaceError(
            f"{store.workspace.store_path} is a real record; demonstration surveys need a workspace of their own"
        )


def _migrate(records: sa.Connection, kind: Kind) -> None:
    now = chain.instant(None)
    is_new = migrations.applied(records) == 0
    migrations.migrate(records, now)
    if is_new:
        records.execute(sa.insert(schema.workspace).values(key="kind", value=kind))
        records.execute(sa.insert(schema.workspace).values(key="created_at", value=now.isoformat()))


def _kind(records: sa.Connection) -> str:
    return str(records.execute(sa.select(schema.workspace.c.value).filter_by(key="kind")).scalar_one())
