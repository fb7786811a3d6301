"""Open the store of a workspace: one SQLite file, or a PostgreSQL database that several computers share."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, Self, cast

import sqlalchemy as sa

from audits import errors, roles, wording
from audits.store.db import column_types, embedded, grants, migrations, postgres, schema, sentinel, triggers, workspace

Kind = Literal["real", "demonstration"]

TIME_ZONE = "town_time_zone"
"""Name of the municipality's choice of a time zone, which every way of opening its record follows."""

NO_STORE = errors.ProblemKind("STORE-801", "There is no store here; name the folder that holds jaidee.gpkg.")
NO_FOLDER = errors.ProblemKind("STORE-802", "It cannot be used as a folder: {why}. Name another one.")
NOT_WRITABLE = errors.ProblemKind("STORE-803", "It cannot be written; a store needs a folder it can write in.")
NO_RECORD = errors.ProblemKind("STORE-804", "There is no record here yet; begin one, or move one here.")
NO_GUARDS = errors.ProblemKind(
    "STORE-805",
    "The guards {guards} are missing or altered, so the content may be altered too. Restore the last backup, or have "
    "the file examined.",
)
REAL_RECORD = errors.ProblemKind(
    "STORE-806", "It is a real record; demonstration surveys need a workspace of their own."
)
_CHOICES = schema.setting.c
_TIME_ZONE = sa.select(_CHOICES.value).where(_CHOICES.name == TIME_ZONE).order_by(_CHOICES.fid.desc()).limit(1)


@dataclass(frozen=True)
class Store:
    """An open store; close it, or use it in a ``with`` statement.

    The write engine takes the write lock when a transaction begins; the read engine reads a snapshot and cannot write.
    `role` is for whom it is open, with `has_grants` also limited by the database itself.
    """

    workspace: workspace.Workspace
    write_engine: sa.Engine
    read_engine: sa.Engine
    role: str = roles.OFFICE
    has_grants: bool = False
    is_rehearsal: bool = False

    def for_role(self, role: str) -> Store:
        """Return the same store limited to what one role may do."""
        return replace(self, role=role)

    def close(self) -> None:
        """Close every connection."""
        self.write_engine.dispose()
        self.read_engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(place: workspace.Workspace, *, create: bool = True, kind: Kind = "real") -> Store:
    """Open the store of a workspace, creating it when it is missing.

    Parameters
    ----------
    place
        The workspace.
    create
        Create the folder and the file, or the tables of a shared record, when they are missing.
    kind
        What a new store is for, which never changes. An existing demonstration store opens as either kind, an existing
        real store never as a demonstration.

    Raises
    ------
    audits.errors.WorkspaceError
        When the folder or file is missing, cannot be written, or is of the other kind; when the address of a shared
        record cannot be read.
    audits.errors.StoreError
        When it is not a store, cannot be reached, is newer than this program, or lacks a trigger.
    audits.errors.MovedError
        When the record was moved to another place.
    """
    name = place.store_name
    sentinel.check(place)
    prepare_folder(place, create=create)
    try:
        store = connect(place)
        try:
            _bring_up_to_date(store, kind, create)
            sentinel.write(place)
            with store.read_engine.begin() as records:
                # It holds for the whole process, which a demonstration beside the record must not set.
                if kind == "real":
                    wording.use_time_zone(records.execute(_TIME_ZONE).scalar() or "")
                return replace(store, has_grants=place.is_shared and grants.installed(records))
        except BaseException:
            store.close()
            raise
    except errors.StoreError as error:
        raise error.at(name) from error
    except (sa.exc.DBAPIError, sqlite3.Error, UnicodeDecodeError) as error:
        # Without the cause: the address of the database must not reach a log.
        raise _kind_of(error)(f"{name} cannot be opened as a store: {_reason(error)}") from None


def connect(place: workspace.Workspace) -> Store:
    """Return the store of a workspace without looking into it, for whoever creates its tables."""
    return Store(place, *(postgres.engines(place) if place.is_shared else embedded.engines(place.store_path)))


def check_not_moved(store: Store) -> None:
    """Refuse a record that was moved away, also while it was open.

    Raises
    ------
    audits.errors.MovedError
        Naming the place where the record is now.
    """
    with reading(store) as records:
        _refuse_moved(records)


@contextlib.contextmanager
def writing(store: Store) -> Iterator[sa.Connection]:
    """Yield a connection inside one write transaction; all of it is kept, or nothing.

    Raises
    ------
    audits.errors.StoreError
        When the database refuses: locked for long, disk full, append-only rows touched.
    audits.errors.NotAllowedError
        When the store is open for a role that may not do what is written.
    """
    with _as_store_errors(store), store.write_engine.begin() as records:
        _limit(store, records)
        # the audit log reads it at each entry, where no caller passes a role
        yield records.execution_options(role=store.role)


@dataclass(frozen=True)
class _Joined:
    """Takes the place of an engine, and begins nothing but savepoints of one transaction."""

    records: sa.Connection

    @contextlib.contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        # a savepoint: what is refused undoes itself and leaves what was written before it
        with self.records.begin_nested():
            yield self.records


@contextlib.contextmanager
def rehearsal(store: Store) -> Iterator[Store]:
    """Yield a store in which everything can be written as usual, and of which nothing is kept in the end.

    Files, such as photos, are no part of it: whoever writes them looks at :attr:`Store.is_rehearsal`.

    Raises
    ------
    audits.errors.StoreError
        When the database refuses.
    """
    with writing(store) as records:
        yield replace(_joined(store, records), is_rehearsal=True)
        # what its savepoints kept goes with the transaction that they stood in
        records.rollback()


@contextlib.contextmanager
def one_transaction(store: Store) -> Iterator[Store]:
    """Yield a store whose readings and writings are one write transaction: nobody writes between them.

    Raises
    ------
    audits.errors.StoreError
        When the database refuses.
    """
    with writing(store) as records:
        yield _joined(store, records)


def _joined(store: Store, records: sa.Connection) -> Store:
    joined = cast(sa.Engine, _Joined(records))
    return replace(store, write_engine=joined, read_engine=joined)


@contextlib.contextmanager
def reading(store: Store) -> Iterator[sa.Connection]:
    """Yield a connection that sees one unchanging snapshot.

    Raises
    ------
    audits.errors.StoreError
        When the database refuses.
    """
    with _as_store_errors(store), store.read_engine.begin() as records:
        _limit(store, records)
        yield records


def exists(records: sa.Connection, *conditions: sa.ColumnElement[bool]) -> bool:
    """Whether a table has a row that meets all the conditions."""
    return records.execute(sa.select(sa.literal(1)).where(*conditions).limit(1)).first() is not None


def kind(store: Store) -> Kind:
    """Return ``real`` for a city's record, ``demonstration`` for invented surveys."""
    with reading(store) as records:
        return "demonstration" if _kind(records) == "demonstration" else "real"


@contextlib.contextmanager
def _as_store_errors(store: Store) -> Iterator[None]:
    try:
        yield
    except (sa.exc.DBAPIError, UnicodeDecodeError) as error:
        raise _kind_of(error)(f"{store.workspace.store_name}: {_reason(error)}") from error


def _kind_of(error: Exception) -> type[errors.StoreError]:
    # what passes by itself; a file that is no database, or a refused write, does not
    passing = isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError | sqlite3.OperationalError)
    return errors.NoAnswerError if passing else errors.StoreError


def _limit(store: Store, records: sa.Connection) -> None:
    if store.has_grants and store.role in roles.ROLES:
        postgres.act_as(records, store.role)


def _reason(error: Exception) -> str:
    # The first line only: PostgreSQL goes on with the row's values and the statement.
    message = str(error.orig if isinstance(error, sa.exc.DBAPIError) else error)
    return sentinel.with_advice(message.strip().partition("\n")[0])


def prepare_folder(place: workspace.Workspace, *, create: bool) -> None:
    """Create the folder of a workspace where it is missing, and check that it can be written.

    Raises
    ------
    audits.errors.WorkspaceError
        When it cannot be used, or `create` is False and there is no store in it.
    """
    if not create and not place.is_shared and not place.store_path.is_file():
        raise errors.WorkspaceError(NO_STORE.at(str(place.folder)))
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise errors.WorkspaceError(NO_FOLDER.at(str(place.folder), why=error.strerror)) from error
    if not os.access(place.folder, os.W_OK):
        raise errors.WorkspaceError(NOT_WRITABLE.at(str(place.folder)))


def _bring_up_to_date(store: Store, kind: Kind, create: bool) -> None:
    # Looked up with a reading connection: most openings need no write lock, and must not wait for one.
    with store.read_engine.begin() as records:
        _refuse_moved(records)
        pending = migrations.pending(records)
        if not create and migrations.applied(records) == 0:
            raise errors.WorkspaceError(NO_RECORD.at(store.workspace.store_name))
    if pending:
        with store.write_engine.begin() as records:
            _migrate(records, kind)
    with store.read_engine.begin() as records:
        missing = triggers.missing(records)
        found = _kind(records)
    if missing:
        raise errors.StoreError(NO_GUARDS.at("", guards=", ".join(missing)))
    if kind == "demonstration" and found != "demonstration":
        raise errors.WorkspaceError(REAL_RECORD.at(store.workspace.store_name))


def _refuse_moved(records: sa.Connection) -> None:
    if moved := triggers.closed(records):
        raise errors.MovedError(moved)


def _migrate(records: sa.Connection, kind: Kind) -> None:
    now = column_types.instant(None)
    # looked up again under the lock: another process may have laid it out meanwhile
    is_new = migrations.applied(records) == 0
    migrations.migrate(records, now)
    if is_new:
        values = {"kind": kind, "created_at": now.isoformat()}
        records.execute(sa.insert(schema.workspace), [{"key": key, "value": value} for key, value in values.items()])


def _kind(records: sa.Connection) -> str:
    return str(records.execute(sa.select(schema.workspace.c.value).filter_by(key="kind")).scalar_one())
