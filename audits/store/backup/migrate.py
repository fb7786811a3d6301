"""Migrate a record from the embedded file to a shared database, or back to a folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import sqlalchemy as sa

from audits import errors
from audits.store.audit_log import hash_chain
from audits.store.db import column_types, connection, grants, migrations, schema, triggers, workspace
from audits.store.integrity import verify

BATCH = 1000

IS_HERE = errors.ProblemKind("STORE-819", "This is where the record is already; name another place.")
NOT_EMPTY = errors.ProblemKind("STORE-820", "There is something here already; a record moves into an empty place only.")

_BESIDE = ("photos", "refused", "drafts.sqlite", *workspace.OWN_FILES)


@dataclass(frozen=True)
class Moved:
    """A record in its new place: the rows copied, the entries of the audit log checked, and the same head as before."""

    place: workspace.Workspace
    rows: int
    entries: int
    head: hash_chain.Head


def move(store: connection.Store, place: workspace.Workspace, progress: verify.Progress | None = None) -> Moved:
    """Migrate a record into an empty place, in one transaction there; nobody writes meanwhile.

    The new record exists only if its chain ends as the old one and nothing in it differs from the audit log. The old
    one opens no more and names the new place, and takes in nothing from a program that has it open.

    Parameters
    ----------
    place
        The new place. Photos and everything else beside the record are copied when the folder is another.
    progress
        Called with the number of surveys checked and their total.

    Raises
    ------
    audits.errors.WorkspaceError
        When the folder cannot be used, or the address cannot be read.
    audits.errors.StoreError
        When the new place is not empty, or cannot be written.
    audits.errors.RefusedError
        With everything in which the record differs from the audit log; then nothing has changed.
    """
    _check_empty(store.workspace, place)
    connection.prepare_folder(place, create=True)
    try:
        # The old record is opened for writing: its lock keeps everybody from adding what the copy would lack.
        with connection.connect(place) as target, connection.writing(store) as source:
            _copy_beside(store.workspace, place)
            return _migrate(source, target, progress)
    except BaseException:
        # after an interrupt too: a half-filled folder would be refused as not empty the next time
        _undo(store.workspace, place)
        raise


def _migrate(source: sa.Connection, target: connection.Store, progress: verify.Progress | None) -> Moved:
    name = target.workspace.store_name
    with connection.writing(target) as records:
        rows = _copied(source, records, name)
        head = hash_chain.head(source)
        checked = verify.verify_within(records, target, head, progress)
        if checked.problems:
            raise errors.RefusedError(checked.problems)
        if checked.head != head:
            raise errors.StoreError(f"{name}: the chain ends otherwise than before")
        # Committed after the copy: a crash between the two leaves both records, and never none, open.
        triggers.close(source, f"this record moved to {name}; {_next(target.workspace)}, and start again")
    return Moved(target.workspace, rows, checked.entries, head)


def _next(place: workspace.Workspace) -> str:
    if place.is_shared:
        return f"set {workspace.STORE_KEY} to its address"
    return f"set {workspace.ENVIRONMENT_KEY} to {place.folder} without {workspace.STORE_KEY}"


def _copied(source: sa.Connection, records: sa.Connection, name: str) -> int:
    try:
        return copy_rows(source, records)
    except errors.StoreError as error:
        raise error.at(name) from error


def _check_empty(old: workspace.Workspace, new: workspace.Workspace) -> None:
    if new.store_name == old.store_name:
        raise errors.StoreError(IS_HERE.at(new.store_name))
    if not new.is_shared and new.store_path.exists():
        raise errors.StoreError(NOT_EMPTY.at(str(new.store_path)))
    # a record that moves into a database keeps its folder
    if new.folder != old.folder and new.folder.is_dir() and any(new.folder.iterdir()):
        raise errors.StoreError(NOT_EMPTY.at(str(new.folder)))


def _copy_beside(old: workspace.Workspace, new: workspace.Workspace) -> None:
    if old.folder == new.folder:
        return
    for name in _BESIDE:
        source = old.folder / name
        if source.is_dir():
            shutil.copytree(source, new.folder / name)
        elif source.is_file():
            shutil.copy2(source, new.folder / name)


def _undo(old: workspace.Workspace, new: workspace.Workspace) -> None:
    """Remove what a failed migration left in a folder that was empty before."""
    if not new.is_shared:
        # -wal and -shm too: the next attempt asks for an empty place
        for path in new.folder.glob(f"{new.store_path.name}*"):
            path.unlink()
    if new.folder != old.folder:
        for name in _BESIDE:
            shutil.rmtree(new.folder / name, ignore_errors=True)
            (new.folder / name).unlink(missing_ok=True)


def copy_rows(source: sa.Connection, target: sa.Connection) -> int:
    """Create the tables in an empty database and copy every row; sessions and failed attempts are left out.

    Both are connections inside a transaction, the target's of the owner where the database is shared. Returns the
    number of rows.

    Raises
    ------
    audits.errors.StoreError
        When the target is not empty.
    """
    if migrations.applied(target):
        raise errors.StoreError(NOT_EMPTY.at(""))
    # This step alone creates the newest layout; that the later ones ran comes with the rows.
    migrations.MIGRATIONS[0](target)
    # in the order of their references, so that no row comes before the one it refers to
    tables = [table for table in schema.metadata.sorted_tables if table not in schema.SIGN_IN]
    copied = sum(_copy_table(source, target, table) for table in tables)
    # After the rows: the copy is verified as a whole, so checking it row by row would only take time.
    triggers.install(target)
    if target.dialect.name == column_types.POSTGRESQL:
        for table in tables:
            _advance_key(target, table)
        grants.install(target)
    return copied


def _copy_table(source: sa.Connection, target: sa.Connection, table: sa.Table) -> int:
    copied = 0
    rows = source.execute(sa.select(table).order_by(*table.primary_key)).mappings()
    for batch in rows.partitions(BATCH):
        target.execute(sa.insert(table), [dict(row) for row in batch])
        copied += len(batch)
    return copied


def _advance_key(target: sa.Connection, table: sa.Table) -> None:
    """Let the numbers that the database gives to new rows begin after those that were copied."""
    (key,) = table.primary_key
    last = target.execute(sa.select(sa.func.max(key))).scalar()
    if key.identity is not None and last is not None:
        target.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, key.name), last)))
