"""Begin, check, back up, restore and sweep a record from the command line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from audits import terms, wording
from audits.cli import answers, arguments
from audits.demo import demonstration, seed
from audits.rules import files
from audits.store.backup import backup as backups
from audits.store.backup import dated_backup, retention
from audits.store.backup import restore as restoring
from audits.store.db import connection
from audits.store.integrity import verify as verifying

phrase = wording.phrase

DEMONSTRATION_BUILT = phrase("{sites} sites, {visited} visited, {surveys} surveys ({added} new) in {folder}")
STARTED = phrase("{sites} sites and {elements} elements registered in {folder}")
SOUND = phrase("{entries} entries read: nothing was altered. Head {head}")
UNSOUND = phrase("{entries} entries read: {count} problems. Head {head}")
BACKED_UP = phrase("Backup written: {file}")
BACKUP_KEPT = phrase(
    "Backup in {folder}: {entries} entries, {surveys} surveys, {photos} photos; {copied} files were new, "
    "{pruned} older backups removed. Write the head down elsewhere: {head}"
)
NOTHING_REMOVED = phrase("The backup is kept, and because of these problems no older one was removed.")
RESTORED = phrase(
    "Restored into {folder} from {backup}: {entries} entries, {surveys} surveys, {photos} photos. Every file and every "
    "entry was checked. Head {head}"
)
ERASED_AGAIN = phrase("{count} photos that were erased after this backup were erased again.")
WOULD_SWEEP = phrase(
    "Would go: {photos} photos, {refused} refused files, {drafts} drafts, {back} files of erased photos, {left_over} "
    "files nobody knows of. Add --do to remove them."
)
SWEPT = phrase(
    "Gone: {photos} photos, {refused} refused files, {drafts} drafts, {back} files of erased photos, {left_over} files "
    "nobody knows of."
)


def demo(
    context: typer.Context,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Build the demonstration beside the record: invented surveys in a workspace of their own."""
    place = arguments.chosen_workspace(folder).demonstration
    words = answers.reader(context).words
    with (
        connection.open_store(place, kind="demonstration") as store,
        answers.progress(words.text("Demonstration")) as report_progress,
    ):
        built = demonstration.build(store, files.load_criteria(), progress=report_progress)
    numbers = {"sites": built.sites, "visited": built.visited, "surveys": built.surveys, "added": built.added}
    record = {"workspace": str(place.folder), "demonstration": True, **numbers, "head": str(built.head)}
    sentence = words.text(DEMONSTRATION_BUILT, folder=place.folder, **numbers)
    answers.give(context, record, (words.text(terms.DEMONSTRATION), sentence))


def start(
    context: typer.Context,
    actor: arguments.Actor,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Begin a record with the starter register: 85 ramp sites and the candidate spaces, no surveys."""
    with arguments.opened(folder, create=True) as store:
        begun = seed.with_starter_register(store, actor)
        place = store.workspace.folder
    numbers = {"sites": begun.sites, "elements": begun.elements}
    record = {"workspace": str(place), **numbers, "head": str(begun.head)}
    answers.give(context, record, (answers.reader(context).words.text(STARTED, folder=place, **numbers),))


def verify(
    context: typer.Context,
    expect: Annotated[
        str | None,
        typer.Option("--expect", help="A head printed on a report, number:digest; finds an audit log cut short."),
    ] = None,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Check that nothing in the record was altered; exit code 1 when something was."""
    words = answers.reader(context).words
    with arguments.opened(folder) as store, answers.progress(words.text("Checking")) as report_progress:
        found = verifying.verify(store, expect, report_progress)
    record = {
        "sound": not found.problems,
        "entries": found.entries,
        "head": str(found.head),
        "problems": [answers.problem_record(problem, words) for problem in found.problems],
    }
    sentence = words.text(
        UNSOUND if found.problems else SOUND, entries=found.entries, count=len(found.problems), head=found.head
    )
    lines = (sentence, *(words.problem(problem) for problem in found.problems))
    answers.give(context, record, lines, ok=not found.problems)
    if found.problems:
        raise typer.Exit(answers.PROBLEMS)


def backup(
    context: typer.Context,
    target: Annotated[
        Path, typer.Argument(help="Folder of the backups, best on another disk; or one new file ending in .gpkg.")
    ],
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="Remove all but this many newest backups of the folder.")
    ] = None,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Back up the whole workspace while others go on working; exit code 1 when the check of it found problems."""
    words = answers.reader(context).words
    with arguments.opened(folder) as store, answers.progress(words.text("Backup")):
        if target.suffix == ".gpkg":
            backups.backup(store, target)
        else:
            made = dated_backup.write(store, target, keep=keep)
    if target.suffix == ".gpkg":
        record: dict[str, object] = {"file": str(target), "bytes": target.stat().st_size}
        answers.give(context, record, (words.text(BACKED_UP, file=target),))
        return
    names = ("head", "entries", "surveys", "photos", "copied", "pruned")
    figures = {name: getattr(made, name) for name in names}
    problems = [answers.problem_record(problem, words) for problem in made.problems]
    sentence = words.text(BACKUP_KEPT, folder=made.folder, **(figures | {"pruned": len(made.pruned)}))
    lines = [sentence, *(words.problem(problem) for problem in made.problems)]
    if made.problems:
        lines.append(words.text(NOTHING_REMOVED))
    answers.give(context, {"folder": str(made.folder), **figures, "problems": problems}, lines, ok=not made.problems)
    if made.problems:
        raise typer.Exit(answers.PROBLEMS)


def restore(
    context: typer.Context,
    backup: Annotated[Path, typer.Argument(help="A dated backup, or the folder of all for the newest.")],
    workspace: Annotated[Path, typer.Option("--workspace", help="The new folder; it must not exist or be empty.")],
    expect: Annotated[
        str | None, typer.Option("--expect", help="A head printed on a report, number:digest, that must be in it.")
    ] = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Restore a backup into a new folder; every file and the whole audit log are checked before it appears."""
    words = answers.reader(context).words
    with answers.progress(words.text("Restoring")):
        restored = restoring.restore(backup, workspace, expect)
    names = ("head", "entries", "surveys", "photos")
    figures = {name: getattr(restored, name) for name in names}
    record = {"workspace": str(workspace), "backup": str(restored.backup), **figures}
    record["erased_again"] = list(restored.erased_again)
    lines = [words.text(RESTORED, folder=workspace, backup=restored.backup, **figures)]
    if restored.erased_again:
        lines.append(words.text(ERASED_AGAIN, count=len(restored.erased_again)))
    answers.give(context, record, lines)


def sweep(
    context: typer.Context,
    actor: arguments.Actor,
    do: Annotated[bool, typer.Option("--do", help="Remove it; without, only say what would go.")] = False,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Remove what was kept longer than the municipality set, and files that nobody knows of."""
    words, now = answers.reader(context).words, dt.datetime.now(dt.UTC)
    with arguments.opened(folder) as store:
        found = retention.sweep(store, actor, now) if do else retention.due(store, now)
    counts = {
        "photos": len(found.photos),
        "back": len(found.back),
        "refused": len(found.refused),
        "drafts": len(found.drafts),
        "left_over": len(found.left_over),
    }
    record = {"done": do, **counts, "photo_names": list(found.photos)}
    answers.give(context, record, (words.text(SWEPT if do else WOULD_SWEEP, **counts),))
