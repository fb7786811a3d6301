"""Show when the record was last backed up, and hand out a copy of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from app_pages import session
from app_pages.parts.shared import tables
from app_pages.session import navigation
from audits import roles, wording
from audits.store.backup import backup, last_backup
from audits.store.db import connection, health, workspace

COMMAND = "python -m audits backup {folder} --workspace {workspace} --keep 30"


def show(context: session.Context) -> None:
    """Draw the page."""
    roles.require_view(context.role, "backup")
    text = context.words.text
    st.title(text("Backup"))
    st.html(f'<p class="jaidee-score">{tables.cell(last(context.workspace, context.words))}</p>')
    st.write(text("A backup is worth what its last restoring proved. Keep one on another disk, and one elsewhere."))
    copy, whole = st.columns(2)
    with copy:
        st.subheader(text("A copy now"))
        st.write(
            text("One file with register, surveys and audit log, without photos. It holds names: keep it locked away.")
        )
        st.download_button(
            text("Make a copy and download it"),
            # made when it is asked for
            lambda: snapshot(context.store),
            f"jaidee-{context.today.isoformat()}.gpkg",
            "application/geopackage+sqlite3",
            key="backup_copy",
            type="primary",
            on_click="ignore",
        )
        label = text("Check that nothing was altered")
        navigation.link(context, "audit_log.py", label=label, query_params=navigation.query(context))
    with whole:
        st.subheader(text("Everything, every night"))
        st.write(text("With all photos, into a folder of dated backups; the server's timetable runs this command:"))
        folder = tables.cell(text("FOLDER-ON-ANOTHER-DISK"))
        st.code(COMMAND.format(folder=folder, workspace=context.workspace.folder), language=None, wrap_lines=True)
    st.html(holdings(context))


def last(place: workspace.Workspace, words: wording.Wording) -> str:
    """Say when the whole record was last backed up, and whether that was proved."""
    text, found = words.text, last_backup.read(place)
    if found is None:
        return text("No backup is known of.")
    when = words.instant(found.made_at)
    if not found.folder:
        return text("The backup of {when} could not be made.", when=when)
    if found.problems:
        return text("The backup of {when} has {n} problems.", when=when, n=found.problems)
    if found.checked:
        return text("Backed up {when}, restored and compared.", when=when)
    return text("Backed up {when}, not yet restored to prove it.", when=when)


def holdings(context: session.Context) -> str:
    """Tabulate what a backup has to hold, to be compared with what its restoring reports."""
    words, text, found = context.words, context.words.text, health.examine(context.store)
    rows = [
        (text("Surveys"), words.number(found.surveys, 0)),
        (text("Entries of the audit log"), words.number(found.entries, 0)),
        (text("Free on the disk (GB)"), words.number(found.free_bytes / 1e9, 1)),
    ]
    return tables.table(text("What the record holds"), (text("What"), text("Count")), rows, stacked=False)


def snapshot(store: connection.Store) -> bytes:
    """Return a complete copy of the record, while others go on working."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "copy.gpkg"
        backup.backup(store, target)
        return target.read_bytes()


if __name__ == "__main__":
    show(session.current())
