"""Connect to a record in one file, an SQLite database that is also a GeoPackage."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from audits import errors
from audits.formats import geopackage

BUSY_TIMEOUT_S = 30
OTHER_FILE = errors.ProblemKind("STORE-811", "The file belongs to another program; choose another workspace.")

# FULL: a survey that was acknowledged survives a power cut. Recursive triggers: without them INSERT OR REPLACE deletes
# a row and no trigger sees it.
_PRAGMAS = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA recursive_triggers=ON")


def engines(path: Path) -> tuple[sa.Engine, sa.Engine]:
    """Return the engine that writes and the one that reads; a new file is marked as a GeoPackage.

    The first takes the write lock when a transaction begins, since a lock taken later fails at once under load; the
    second reads a snapshot and cannot write.

    Parameters
    ----------
    path
        The file; made when it is not there.

    Raises
    ------
    audits.errors.StoreError
        When the file belongs to another program.
    """
    _mark_as_geopackage(path)
    return _engine(path, "BEGIN IMMEDIATE"), _engine(path, "BEGIN", "PRAGMA query_only=ON")


def damage(records: sa.Connection) -> Iterator[str]:
    """Yield what the integrity check of SQLite reports about the file."""
    reports = records.exec_driver_sql("PRAGMA integrity_check(10)").scalars()
    yield from (str(report) for report in reports if report != "ok")


def _mark_as_geopackage(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as raw:
        if _is_marked(raw):
            return
        # Before the first WAL write: GDAL reads the mark from the file's raw header.
        raw.execute("BEGIN IMMEDIATE")
        # looked up again under the lock: another process may be creating the same file
        if not _is_marked(raw):
            raw.execute(f"PRAGMA application_id = {geopackage.APPLICATION_ID}")
            raw.execute(f"PRAGMA user_version = {geopackage.USER_VERSION}")
        raw.execute("COMMIT")


def _is_marked(raw: sqlite3.Connection) -> bool:
    mark = raw.execute("PRAGMA application_id").fetchone()[0]
    tables = raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if mark != geopackage.APPLICATION_ID and (tables or mark):
        raise errors.StoreError(OTHER_FILE.at(""))
    return bool(mark == geopackage.APPLICATION_ID)


def _engine(path: Path, begin: str, *pragmas: str) -> sa.Engine:
    def prepare(raw: Any, _: Any) -> None:
        # SQLAlchemy's own BEGIN below, not the driver's, decides when a transaction takes the lock.
        raw.isolation_level = None
        raw.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}").close()
        _write_ahead(raw)
        for pragma in (*_PRAGMAS, *pragmas):
            raw.execute(pragma).close()

    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_S})
    sa.event.listen(engine, "connect", prepare)
    sa.event.listen(engine, "begin", lambda records: records.exec_driver_sql(begin))
    return engine


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
