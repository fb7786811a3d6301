"""Open the store: one SQLite file in a workspace, or a database that several share; guarded and durable."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Literal, Self

import sqlalchemy as sa

from audits import errors, roles
from audits.store.db import column_types, embedded, grants, migrations, postgres, schema, sentinel, triggers, workspace

Kind = Literal["real", "demonstration"]


@dataclass(frozen=True)
class Store:
    """An open store; close it, or use it in a ``with`` statement.

    Parameters
    ----------
    workspace
        The folder it lives in, or that keeps the photos of a shared record.
    write_engine
        Takes the write lock when a transaction begins.
    read_engine
        Reads a snapshot and cannot write.
    role
        For whom it is open; every deed is asked of :mod:`audits.roles`.
    gives_up_rights
        Whether the database itself holds each transaction to the rights of the role.
    """

    workspace: workspace.Workspace
    write_engine: sa.Engine
    read_engine: sa.Engine
    role: str = roles.OFFICE
    gives_up_rights: bool = False

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
        Make the folder and the file, or the tables of a shared record, when they are missing.
    kind
        What a new store is for; it says so forever. An existing demonstration store opens under either word, an
        existing real store never as a demonstration.

    Raises
    ------
    audits.errors.WorkspaceError
        When the folder or file is missing, cannot be written, or is of the other kind; when the address of a shared
        record cannot be read.
    audits.errors.StoreError
        When it is not a store, cannot be reached, is newer than this program, or lost its guards.
    """
    name = place.store_name
    sentinel.refuse_what_was_lost(place)
    prepare_folder(place, create=create)
    try:
        store = connected(place)
        try:
            _bring_up_to_date(store, kind, create)
            sentinel.note(place)
            with store.read_engine.begin() as records:
                return replace(store, gives_up_rights=place.is_shared and grants.installed(records))
        except BaseException:
            store.close()
            raise
    except errors.StoreError as error:
        raise errors.StoreError(f"{name}: {error}") from error
    except (sa.exc.DBAPIError, sqlite3.Error, UnicodeDecodeError) as error:
        # Without the cause: a log must not tell how the database was reached.
        raise errors.StoreError(f"{name} cannot be opened as a store: {_reason(error)}") from None


def connected(place: workspace.Workspace) -> Store:
    """Return the store of a workspace without looking into it: whoever lays it out goes on from here."""
    return Store(place, *(postgres.engines(place) if place.is_shared else embedded.engines(place.store_path)))


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
        _give_up_rights(store, records)
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
        _give_up_rights(store, records)
        yield records


def kind(store: Store) -> Kind:
    """Return whether the store holds a city's record or invented surveys."""
    with reading(store) as records:
        return "demonstration" if _kind(records) == "demonstration" else "real"


@contextlib.contextmanager
def _told(store: Store) -> Iterator[None]:
    try:
        yield
    except (sa.exc.DBAPIError, UnicodeDecodeError) as error:
        raise errors.StoreError(f"{store.workspace.store_name}: {_reason(error)}") from error


def _give_up_rights(store: Store, records: sa.Connection) -> None:
    if store.gives_up_rights and store.role in roles.ROLES:
        postgres.act_as(records, store.role)


def _reason(error: Exception) -> str:
    # The first line only: PostgreSQL goes on with the row's values and the statement.
    told = str(error.orig if isinstance(error, sa.exc.DBAPIError) else error)
    return sentinel.with_advice(told.strip().partition("\n")[0])


def prepare_folder(place: workspace.Workspace, *, create: bool) -> None:
    """See that the folder of a workspace is there and can be written, making it when that is asked for.

    Raises
    ------
    audits.errors.WorkspaceError
        When it is not and cannot.
    """
    if not create and not place.is_shared and not place.store_path.is_file():
        raise errors.WorkspaceError(f"{place.folder}: there is no store here; name the folder that holds jaidee.gpkg")
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise errors.WorkspaceError(f"{place.folder} cannot be used as a folder: {error.strerror}") from error
    if not os.access(place.folder, os.W_OK):
        raise errors.WorkspaceError(f"{place.folder} cannot be written; a store needs a folder it can write in")


def _bring_up_to_date(store: Store, kind: Kind, create: bool) -> None:
    with store.read_engine.begin() as records:
        pending = migrations.pending(records)
        if not create and migrations.applied(records) == 0:
            raise errors.WorkspaceError(f"{store.workspace.store_name}: there is no record here yet; begin or move one")
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
            f"{store.workspace.store_name} is a real record; demonstration surveys need a workspace of their own"
        )


def _migrate(records: sa.Connection, kind: Kind) -> None:
    now = column_types.instant(None)
    is_new = migrations.applied(records) == 0
    migrations.migrate(records, now)
    if is_new:
        records.execute(sa.insert(schema.workspace).values(key="kind", value=kind))
        records.execute(sa.insert(schema.workspace).values(key="created_at", value=now.isoformat()))


def _kind(records: sa.Connection) -> str:
    return str(records.execute(sa.select(schema.workspace.c.value).filter_by(key="kind")).scalar_one())
