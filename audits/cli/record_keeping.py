"""Verify, back up, restore, sweep and move a record from the command line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from audits import wording
from audits.cli import answers, arguments, usage_problems
from audits.store.backup import backup as backups
from audits.store.backup import drill, last_backup, migrate, retention
from audits.store.backup import restore as restoring
from audits.store.db import workspace as workspaces
from audits.store.integrity import verify as verifying

phrase = wording.phrase

SOUND = phrase("{entries} entries read: nothing was altered. Head {head}")
UNSOUND = phrase("{entries} entries read: {count} problems. Head {head}")
BACKED_UP = phrase("Backup written: {file}")
BACKUP_KEPT = phrase(
    "Backup in {folder}: {entries} entries, {surveys} surveys, {photos} photos; {copied} files were new, "
    "{pruned} older backups removed. Write the head down elsewhere: {head}"
)
NOTHING_REMOVED = phrase("The backup is kept, and because of these problems no older one was removed.")
PROVED = phrase(
    "The backup {folder} was restored into a scratch folder: {entries} entries, {surveys} surveys, {photos} photos, as "
    "in the record."
)
NOT_PROVED = phrase("The backup {folder} was restored into a scratch folder, and {count} problems were found.")
RESTORED = phrase(
    "Restored into {folder} from {backup}: {entries} entries, {surveys} surveys, {photos} photos. Every file and every "
    "entry was checked. Head {head}"
)
ERASED_AGAIN = phrase("{count} photos that were erased after this backup were erased again.")
DELETED_AGAIN = phrase(
    "{count} requests of the public form that were deleted after this backup, as a newer one shows, were deleted again."
)
UNREAD_AGAIN = phrase(
    "{count} requests of the public form wait unread, as on the day of this backup: whatever was decided on them since "
    "then has to be decided again."
)
WOULD_SWEEP = phrase(
    "Would go: {photos} photos, {refused} refused files, {drafts} drafts, {back} files of erased photos, {left_over} "
    "files nobody knows of. Add --do to remove them."
)
SWEPT = phrase(
    "Gone: {photos} photos, {refused} refused files, {drafts} drafts, {back} files of erased photos, {left_over} files "
    "nobody knows of."
)
MOVED = phrase("{rows} rows moved to {place}; {entries} entries checked: nothing was altered. Head {head}")
NEXT_SHARED = phrase("Now set {store_key} to the address that you gave and {folder_key} to {folder}, and start again.")
NEXT_FOLDER = phrase("Now set {folder_key} to {folder}, take {store_key} away, and start again.")
CLOSED = phrase("The record at the old place, {old}, opens no more; it says where the record is now.")


@arguments.command()
def verify(
    request: arguments.Request,
    expect: Annotated[
        str | None,
        typer.Option("--expect", help="A head printed on a report, number:digest; finds an audit log cut short."),
    ] = None,
) -> None:
    """Check that nothing in the record was altered; exit code 1 when something was."""
    words = request.words
    with request.open_store() as store, answers.progress(words.text("Checking")) as progress:
        found = verifying.verify(store, expect, progress)
    numbers = {"entries": found.entries, "head": str(found.head)}
    sentence = words.text(UNSOUND if found.problems else SOUND, count=len(found.problems), **numbers)
    receipt = {"sound": not found.problems, **numbers, "problems": request.problems(found.problems)}
    lines = (sentence, *map(words.problem, found.problems))
    request.print_receipt(receipt, lines, ok=not found.problems)


@arguments.command()
def backup(
    request: arguments.Request,
    target: Annotated[
        Path, typer.Argument(help="Folder of the backups, best on another disk; or one new file ending in .gpkg.")
    ],
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep",
            min=1,
            help="Remove all but this many newest backups of the folder: for the one of a timer, which alone gives it; "
            "without it a backup counts as made by hand.",
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Restore it, and the newest one that was there before, into a scratch folder, and compare head, "
            "counts and photos.",
        ),
    ] = False,
) -> None:
    """Back up the whole workspace while others go on working; exit code 1 when the check of it found problems."""
    words = request.words
    if target.suffix == ".gpkg":
        if check:
            raise usage_problems.refused(usage_problems.FILE_NOT_CHECKED, "--check")
        with request.open_store() as store, answers.progress(words.text("Backup")):
            backups.backup(store, target)
        receipt = {"file": str(target), "bytes": target.stat().st_size}
        request.print_receipt(receipt, [words.text(BACKED_UP, file=target)])
        return
    with request.open_store() as store, answers.progress(words.text("Backup")):
        made, drills = drill.back_up(store, target, keep=keep, checked=check, made_by=_made_by(keep))
    problems = (*made.problems, *(problem for each in drills for problem in each.problems))
    counts = {name: getattr(made, name) for name in ("head", "entries", "surveys", "photos", "copied", "pruned")}
    lines = [words.text(BACKUP_KEPT, folder=made.folder, **(counts | {"pruned": len(made.pruned)}))]
    lines += [words.text(NOT_PROVED if each.problems else PROVED, **_numbers(each)) for each in drills]
    lines += map(words.problem, problems)
    if made.problems:
        lines.append(words.text(NOTHING_REMOVED))
    receipt = {"folder": str(made.folder), **counts, "problems": request.problems(problems)}
    if check:
        receipt["checked"] = [{**_numbers(each), "ok": not each.problems} for each in drills]
    request.print_receipt(receipt, lines, ok=not problems)


def _made_by(keep: int | None) -> str:
    """Return who asks for a backup: a person, unless it is one of the row that a timer keeps."""
    # a terminal tells nothing: on Windows a timer has one too, and a script of a person has none
    return last_backup.COMMAND_LINE if keep is None else ""


def _numbers(one: drill.Drill) -> dict[str, object]:
    numbers = {name: getattr(one, name) for name in ("head", "entries", "surveys", "photos")}
    return {"folder": str(one.backup), **numbers, "count": len(one.problems)}


@arguments.command(workspace=False)
def restore(
    request: arguments.Request,
    backup: Annotated[Path, typer.Argument(help="A dated backup, or the folder of all for the newest.")],
    workspace: Annotated[Path, typer.Option("--workspace", help="The new folder; it must not exist or be empty.")],
    expect: Annotated[
        str | None, typer.Option("--expect", help="A head printed on a report, number:digest, that must be in it.")
    ] = None,
) -> None:
    """Restore a backup into a new folder; every file and the whole audit log are checked before it appears."""
    words = request.words
    with answers.progress(words.text("Restoring")):
        restored = restoring.restore(backup, workspace, expect)
    counts = {name: getattr(restored, name) for name in ("head", "entries", "surveys", "photos")}
    receipt = {"workspace": str(workspace), "backup": str(restored.backup), **counts}
    receipt["erased_again"] = list(restored.erased_again)
    lines = [words.text(RESTORED, folder=workspace, backup=restored.backup, **counts)]
    if restored.erased_again:
        lines.append(words.text(ERASED_AGAIN, count=len(restored.erased_again)))
    receipt |= {"unread_requests": restored.unread, "deleted_again": restored.deleted_again}
    if restored.deleted_again:
        lines.append(words.text(DELETED_AGAIN, count=restored.deleted_again))
    if restored.unread:
        lines.append(words.text(UNREAD_AGAIN, count=restored.unread))
    request.print_receipt(receipt, lines)


@arguments.command()
def sweep(
    request: arguments.Request,
    actor: arguments.Actor,
    do: Annotated[bool, typer.Option("--do", help="Remove it; without, only say what would go.")] = False,
) -> None:
    """Remove what was kept longer than the municipality set, and files that nobody knows of."""
    now = dt.datetime.now(dt.UTC)
    with request.open_store() as store:
        found = retention.sweep(store, actor, now) if do else retention.due(store, now)
    names = ("photos", "back", "refused", "drafts", "left_over")
    counts = {name: len(getattr(found, name)) for name in names}
    receipt = {"done": do, **counts, "photo_names": list(found.photos)}
    request.print_receipt(receipt, [request.words.text(SWEPT if do else WOULD_SWEEP, **counts)])


@arguments.command()
def move(
    request: arguments.Request,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="Address of an empty PostgreSQL database, postgresql+psycopg://user@host/database, for the login that "
            "owns it; or an empty folder. Without a password it is taken from PGPASSWORD or ~/.pgpass.",
        ),
    ],
) -> None:
    """Move the whole record into a shared database, or back into a folder; the chain stays the same."""
    text = request.words.text
    with request.open_store() as store, answers.progress(text("Checking")) as progress:
        old = store.workspace
        # only an address has it: a drive of Windows, as in C:\, has no slashes after its colon
        shared = "://" in to
        place = workspaces.Workspace(old.folder, to) if shared else workspaces.Workspace(Path(to))
        moved = migrate.move(store, place, progress)
    numbers = {"rows": moved.rows, "entries": moved.entries, "head": str(moved.head)}
    receipt = {"from": old.store_name, "to": place.store_name, "workspace": str(place.folder), **numbers}
    keys = {"store_key": workspaces.STORE_KEY, "folder_key": workspaces.ENVIRONMENT_KEY, "folder": place.folder}
    lines = (
        text(MOVED, place=place.store_name, **numbers),
        text(NEXT_SHARED if shared else NEXT_FOLDER, **keys),
        text(CLOSED, old=old.store_name),
    )
    request.print_receipt(receipt, lines)
