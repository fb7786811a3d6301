"""Show when the record was last backed up, back it up with proof, and hand out a copy of it."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path

import streamlit as st

from app_pages import session
from app_pages.parts.shared import tables
from app_pages.session import navigation, plain_text
from audits import errors, roles, wording
from audits.doctor import checks
from audits.store.backup import backup, drill, last_backup
from audits.store.db import connection, health, workspace

OWN_FOLDER = "backups"
COPIED_AT = "backup_copied_at"
GOOD = wording.phrase("The last backup is good")
UNPROVED = wording.phrase("The last backup is not proved yet")
TOO_OLD = wording.phrase("The last backup is too old")
BAD = wording.phrase("The last backup is not good")
PROVED = wording.phrase("Backed up {when}, restored and compared.")
NOT_PROVED = wording.phrase("Backed up {when}, not yet restored to prove it.")
BY_ITSELF = {
    checks.BY_HAND_ONLY: wording.phrase("None comes by itself: set one up for every night."),
    checks.BY_HAND_SINCE: wording.phrase("The last that came by itself is of {own}: look why none came since."),
}
GUIDES = wording.phrase(
    "How to set up a backup for every night stands in the guides that come with the program: {office} for an office "
    "computer, {server} for a server."
)
# as code: a path is no word of the reader's language
PATH = tables.Markup('<code class="jaidee-path">{}</code>')
WHO = {
    roles.OFFICE: wording.phrase("at this computer"),
    last_backup.COMMAND_LINE: wording.phrase("command line"),
}


def show(context: session.Context) -> None:
    """Draw the page."""
    roles.require_view(context.role, "backup")
    text = context.words.text
    st.title(text("Backup"))
    # of the municipality's own record, whichever record is looked at
    context = context.in_own_record()
    state = st.empty()
    whole, copy = st.columns(2)
    with whole.container(border=True):
        back_up(context)
    with copy.container(border=True):
        take_copy(context)
    # written last: the press of a button above changes it
    headline, *facts = last(context.workspace, context.words, dt.datetime.now(dt.UTC))
    state.html(f'<p class="jaidee-score">{tables.cell(headline)}</p><p>{tables.lines(*facts)}</p>')
    st.html(holdings(context))
    label = text("Check that nothing was altered")
    navigation.link(context, "audit_log.py", label=label, query_params=navigation.query(context))


def back_up(context: session.Context) -> None:
    """Offer to back up the whole record now, and to prove it by restoring it."""
    text = context.words.text
    st.subheader(text("Everything, with photos"))
    folder = target(context.workspace)
    st.write(
        text(
            "Kept on the server in a folder of dated backups, then restored for a trial and compared with the record. "
            "Others go on working meanwhile."
        )
    )
    st.html(f"<p>{tables.cell(text('Folder: {folder}')).format(folder=PATH.format(folder))}</p>")
    if st.button(text("Back up now and check it"), key="backup_whole", type="primary"):
        with st.spinner(text("Backing up and checking")):
            report(context, folder)
    if is_on_disk_of(context.workspace, folder):
        st.write(text("It lies on the same disk as the record: have it copied to another one, and one elsewhere."))
    ending = ".th.md" if context.words.language == "th" else ".md"
    files = {"office": f"data/deployment/office_pc{ending}", "server": f"data/deployment/small_server{ending}"}
    named = {name: PATH.format(file) for name, file in files.items()}
    st.html(f"<p>{tables.small(tables.cell(text(GUIDES)).format(**named))}</p>")


def target(place: workspace.Workspace) -> Path:
    """Return the folder of dated backups: that of the last one if known, else the workspace's own."""
    # the last backup may have failed before it had a folder
    for found in (last_backup.read(place), last_backup.read_sound(place)):
        if found is not None and found.folder and Path(found.folder).parent.is_dir():
            return Path(found.folder).parent
    return place.folder / OWN_FOLDER


def is_on_disk_of(place: workspace.Workspace, folder: Path) -> bool:
    """Whether a folder, or the one it will be made in, lies on the same disk as the record."""
    there = next(one for one in (folder, *folder.parents) if one.is_dir())
    return there.stat().st_dev == place.folder.stat().st_dev


def report(context: session.Context, folder: Path) -> None:
    """Back up into a folder, and show what was kept or what is wrong."""
    words, text = context.words, context.words.text
    try:
        made_by = context.account.username if context.account else roles.OFFICE
        made, drills = drill.back_up(context.store, folder, made_by=made_by)
    except errors.StoreError as error:
        st.error(plain_text.literal(words.error(error)))
        return
    problems = [*made.problems, *(problem for each in drills for problem in each.problems)]
    context.show_problems(problems)
    if not problems:
        entries, surveys, photos = map(words.number, (made.entries, made.surveys, made.photos))
        st.success(
            text(
                "Backed up, restored and compared: {entries} entries of the audit log, {surveys} surveys, {photos} "
                "photos.",
                entries=entries,
                surveys=surveys,
                photos=photos,
            )
        )


def take_copy(context: session.Context) -> None:
    """Hand out the record as one file, and confirm it."""
    text = context.words.text
    st.subheader(text("A copy now"))
    st.write(
        text("One file with register, surveys and audit log, without photos. It holds names: keep it locked away.")
    )

    def note() -> None:
        st.session_state[COPIED_AT] = dt.datetime.now(dt.UTC)

    st.download_button(
        text("Make a copy and download it"),
        # made when it is asked for
        lambda: snapshot(context.store),
        f"jaidee-{context.today.isoformat()}.gpkg",
        "application/geopackage+sqlite3",
        key="backup_copy",
        on_click=note,
    )
    if COPIED_AT in st.session_state:
        when = context.words.instant(st.session_state[COPIED_AT])
        st.success(text("The copy was made on {when} and is among the downloads of this browser.", when=when))


def last(place: workspace.Workspace, words: wording.Wording, now: dt.datetime) -> tuple[str, ...]:
    """Say in a headline how the last backup went, and in the lines below it when, how and where, each once."""
    text, found = words.text, last_backup.read(place)
    if found is None:
        return text(checks.NO_BACKUP), text("Make one now, and set one up for every night.")
    when = words.instant(found.made_at)
    if not found.is_sound:
        return text(BAD), _failed(found, words), *_last_sound(place, words)
    headline = GOOD if found.checked else UNPROVED
    if now - found.made_at > checks.BACKUP_EVERY:
        headline = TOO_OLD
    proved = PROVED if found.checked else NOT_PROVED
    return text(headline), text(proved, when=when), _kept_in(found, words), *_by_hand(found, place, words, now)


def _kept_in(found: last_backup.LastBackup, words: wording.Wording) -> str:
    # the name of the backup itself is its instant, in another time zone than that of the reader
    return words.text("It lies in the folder {name}.", name=Path(found.folder).parent)


def _by_hand(
    found: last_backup.LastBackup, place: workspace.Workspace, words: wording.Wording, now: dt.datetime
) -> Iterator[str]:
    """Say who made a backup by hand, and that none comes by itself where none does."""
    if not found.made_by:
        return
    yield words.text("Made by hand: {who}.", who=words.text(WHO.get(found.made_by, found.made_by)))
    if hint := checks.by_hand(place, now):
        own = hint.values.get("own")
        yield words.text(BY_ITSELF[hint.phrase], own=words.instant(own) if isinstance(own, dt.datetime) else "")


def _failed(found: last_backup.LastBackup, words: wording.Wording) -> str:
    when = words.instant(found.made_at)
    if not found.folder:
        return words.text("The backup of {when} could not be made.", when=when)
    return words.count(
        "The backup of {when} has {n} problem.", "The backup of {when} has {n} problems.", found.problems, when=when
    )


def _last_sound(place: workspace.Workspace, words: wording.Wording) -> Iterator[str]:
    sound = last_backup.read_sound(place)
    if sound is not None:
        yield words.text("The last good one is of {when}.", when=words.instant(sound.made_at))
        yield _kept_in(sound, words)


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
