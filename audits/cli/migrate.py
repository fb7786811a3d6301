"""Move the record between the embedded file and a shared database from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import wording
from audits.cli import answers, arguments
from audits.store.backup import migrate
from audits.store.db import workspace

phrase = wording.phrase

MOVED = phrase("{rows} rows moved to {place}; {entries} entries checked: nothing was altered. Head {head}")
NEXT_SHARED = phrase("Now set {store_key} to the address that you gave and {folder_key} to {folder}, and start again.")
NEXT_FOLDER = phrase("Now set {folder_key} to {folder}, take {store_key} away, and start again.")
CLOSED = phrase("The record at the old place, {old}, can still be read; it takes nothing in any more.")


def move(
    context: typer.Context,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="Address of an empty PostgreSQL database, postgresql+psycopg://user@host/database, for the login that "
            "owns it; or an empty folder. Without a password it is taken from PGPASSWORD or ~/.pgpass.",
        ),
    ],
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Move the whole record into a shared database, or back into a folder; the chain stays the same."""
    words = answers.reader(context).words
    with arguments.opened(folder) as store, answers.progress(words.text("Checking")) as report_progress:
        old = store.workspace
        shared = "://" in to
        place = workspace.Workspace(old.folder, to) if shared else workspace.Workspace(Path(to))
        moved = migrate.move(store, place, report_progress)
    numbers = {"rows": moved.rows, "entries": moved.entries, "head": str(moved.head)}
    record = {"from": old.store_name, "to": place.store_name, "workspace": str(place.folder), **numbers}
    keys = {"store_key": workspace.STORE_KEY, "folder_key": workspace.ENVIRONMENT_KEY, "folder": place.folder}
    lines = (
        words.text(MOVED, place=place.store_name, **numbers),
        words.text(NEXT_SHARED if shared else NEXT_FOLDER, **keys),
        words.text(CLOSED, old=old.store_name),
    )
    answers.give(context, record, lines)
