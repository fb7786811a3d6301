"""Keep surveys begun and not yet sent, so that a dead battery costs nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from typing import Any

from audits import errors
from audits.store.db import workspace

BUSY_TIMEOUT_S = 30


def save(place: workspace.Workspace, key: str, draft: Mapping[str, Any]) -> None:
    """Keep a draft, anything that JSON can express, under a key such as ``somchai KK-001``; it is on the disk then.

    Raises
    ------
    audits.errors.StoreError
        When the file of drafts cannot be read or written, as in every function here.
    """
    # in ASCII: half a surrogate pair, which a form can send, is kept as its escape
    text = json.dumps(draft, ensure_ascii=True, sort_keys=True)
    with _drafts(place) as rows:
        rows.execute(
            "INSERT INTO draft (key, content, saved_at) VALUES (?, ?, ?) ON CONFLICT (key) "
            "DO UPDATE SET content = excluded.content, saved_at = excluded.saved_at",
            (key, text, time.time()),
        )


def load(place: workspace.Workspace, key: str) -> dict[str, Any] | None:
    """Return a draft, or None when there is none."""
    with _drafts(place) as rows:
        found = rows.execute("SELECT content FROM draft WHERE key = ?", (key,)).fetchone()
    return None if found is None else dict(json.loads(found[0]))


def discard(place: workspace.Workspace, key: str) -> None:
    """Delete a draft, as when its survey was received."""
    with _drafts(place) as rows:
        rows.execute("DELETE FROM draft WHERE key = ?", (key,))


def keys(place: workspace.Workspace) -> tuple[str, ...]:
    """Return the keys of all drafts, in order."""
    with _drafts(place) as rows:
        return tuple(row[0] for row in rows.execute("SELECT key FROM draft ORDER BY key"))


def untouched_since(place: workspace.Workspace, instant: dt.datetime) -> tuple[str, ...]:
    """Return the keys of drafts last saved before an instant, in order."""
    with _drafts(place) as rows:
        query = "SELECT key FROM draft WHERE saved_at < ? ORDER BY key"
        return tuple(row[0] for row in rows.execute(query, (instant.timestamp(),)))


# In a file of their own: drafts are no part of the record, and are deleted when they are sent.
@contextlib.contextmanager
def _drafts(place: workspace.Workspace) -> Iterator[sqlite3.Connection]:
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(
            # without isolation level each statement is a transaction of its own
            sqlite3.connect(place.drafts_path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        ) as rows:
            rows.execute("PRAGMA journal_mode=WAL")
            rows.execute("PRAGMA synchronous=FULL")
            rows.execute("CREATE TABLE IF NOT EXISTS draft (key TEXT PRIMARY KEY, content TEXT NOT NULL)")
            _date(rows)
            yield rows
    except (sqlite3.Error, OSError) as error:
        raise errors.StoreError(f"{place.drafts_path}: {error}") from error


def _date(rows: sqlite3.Connection) -> None:
    """Add the column ``saved_at`` to a file of an earlier program; its drafts count as saved now."""
    if "saved_at" in {row[1] for row in rows.execute("PRAGMA table_info(draft)")}:
        return
    rows.execute("BEGIN IMMEDIATE")
    # looked at again under the lock: another process may have added it meanwhile
    if "saved_at" not in {row[1] for row in rows.execute("PRAGMA table_info(draft)")}:
        rows.execute("ALTER TABLE draft ADD COLUMN saved_at REAL NOT NULL DEFAULT 0")
        rows.execute("UPDATE draft SET saved_at = ?", (time.time(),))
    rows.execute("COMMIT")
