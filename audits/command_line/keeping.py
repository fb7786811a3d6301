"""Begin, check and back up a record from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import begin, criteria_files, demonstration, terms, wording
from audits.command_line import answers, arguments
from audits.store import backup as backups
from audits.store import connection
from audits.store import verify as verifying

phrase = wording.phrase

DEMONSTRATION_BUILT = phrase("{sites} sites, {visited} visited, {surveys} surveys ({added} new) in {folder}")
STARTED = phrase("{sites} sites and {elements} elements registered in {folder}")
SOUND = phrase("{entries} entries read: nothing was altered. Head {head}")
UNSOUND = phrase("{entries} entries read: {count} problems. Head {head}")
BACKED_UP = phrase("Backup written: {file}")


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
        answers.progress(words.text("Demonstration")) as told,
    ):
        built = demonstration.build(store, criteria_files.load_criteria(), progress=told)
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
        begun = begin.with_starter_register(store, actor)
        place = store.workspace.folder
    numbers = {"sites": begun.sites, "elements": begun.elements}
    record = {"workspace": str(place), **numbers, "head": str(begun.head)}
    answers.give(context, record, (answers.reader(context).words.text(STARTED, folder=place, **numbers),))


def verify(
    context: typer.Context,
    expect: Annotated[
        str | None,
        typer.Option("--expect", help="A head printed on a report, number:digest; finds a ledger cut short."),
    ] = None,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Check that nothing in the record was altered; exit code 1 when something was."""
    words = answers.reader(context).words
    with arguments.opened(folder) as store, answers.progress(words.text("Checking")) as told:
        found = verifying.verify(store, expect, told)
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
    file: Annotated[Path, typer.Argument(help="The new file; it must not exist.")],
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Copy the whole record into one new file while others go on working."""
    words = answers.reader(context).words
    with arguments.opened(folder) as store, answers.progress(words.text("Backup")):
        backups.backup(store, file)
    record = {"file": str(file), "bytes": file.stat().st_size}
    answers.give(context, record, (words.text(BACKED_UP, file=file),))
