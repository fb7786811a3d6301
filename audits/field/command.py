"""Bring into the record from the command line what returns from the field, and tables."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Annotated

import typer

from audits import wording
from audits.cli import answers, arguments
from audits.field import arrivals, receiving, returning, visit_days
from audits.field.tables import command, importing
from audits.rules import files
from audits.store import town as towns
from audits.store.db import connection
from audits.store.surveys import read

phrase = wording.phrase

IMPORTED = phrase("{accepted} taken in, {same} here already, {conflicts} in conflict, {held} rows held")
WOULD_IMPORT = phrase("{rows} rows understood, {held} would be held; nothing was written")
TAKEN_IN = phrase(
    "{accepted} accepted, {correction} corrections, {same} here already, {conflict} in conflict, {held} held, "
    "{missing_photos} photos not come"
)
WOULD_TAKE_IN = phrase("{records} records understood, {held} would be held; nothing was written")


@arguments.command()
def import_table(
    request: arguments.Request,
    file: arguments.File,
    actor: arguments.Actor,
    profile: arguments.ProfileName = None,
    datum: arguments.Datum = command.DEFAULT_DATUM,
    box: arguments.Box = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what was understood, and write nothing.")] = False,
) -> None:
    """Bring in sites and surveys from tables, and every file that returns from the field; exit code 3 when held."""
    words, criteria, now = request.words, files.load_criteria(), dt.datetime.now(dt.UTC)
    with request.open_store(create=True) as store, answers.progress(words.text("Import")) as progress:
        delivery = None if profile else returning.read_file(file.read_bytes(), file.name, store, criteria, now)
        if delivery is not None:
            take_in(request, store, delivery, actor, dry_run=dry_run, progress=progress)
            return
        register = read.sites(store), read.elements(store)
        understood = command.understand(
            file,
            profile,
            datum,
            box,
            store.workspace,
            criteria,
            *register,
            visit_days.first_day(),
            towns.read(store).box,
        )
        with connection.rehearsal(store) if dry_run else contextlib.nullcontext(store) as target:
            counts = importing.commit(target, understood, actor, words, progress=progress).as_record()
        head = str(read.head(store))
    receipt = {
        "file": file.name,
        "dry_run": dry_run,
        "rows": understood.row_count,
        "understood": dict(understood.understood),
        "notices": request.problems(understood.notices),
        "held": len(understood.held),
        "held_rows": command.held_records(understood, request),
        **counts,
        "head": head,
    }
    if dry_run:
        lines = [f"{column} = {meaning}" for column, meaning in understood.understood]
        lines.append(words.text(WOULD_IMPORT, rows=understood.row_count, held=counts["held"] + counts["conflicts"]))
    else:
        lines = [words.text(IMPORTED, **counts)]
    request.print_receipt(receipt, (*lines, *map(words.problem, understood.notices)))
    command.print_held(understood, request, counts["held"] + counts["conflicts"])


def take_in(
    reader: answers.Reader,
    store: connection.Store,
    delivery: arrivals.Delivery,
    actor: str,
    *,
    dry_run: bool,
    progress: receiving.Progress,
) -> None:
    """Take a delivery in, or say what it holds, and print the receipt.

    Raises
    ------
    typer.Exit
        With the code for held rows when a record was held or is in conflict.
    """
    text = reader.words.text
    receipt: dict[str, object] = {
        "file": delivery.file_name,
        "source": delivery.source,
        "records": len(delivery.arrivals),
        "dry_run": dry_run,
        "notices": reader.problems(delivery.notices),
    }
    with connection.rehearsal(store) if dry_run else contextlib.nullcontext(store) as target:
        done = receiving.receive(target, delivery, actor, words=reader.words, progress=progress)
    counts = done.as_record()
    problems = [problem for one in done.outcomes for problem in one.problems]
    receipt |= {**counts, "receipts": [_receipt(one, reader) for one in done.outcomes], "head": str(read.head(store))}
    would = {"records": len(delivery.arrivals), "held": counts["held"] + counts["conflict"]}
    reader.print_receipt(receipt, [text(WOULD_TAKE_IN, **would) if dry_run else text(TAKEN_IN, **counts)])
    reader.print_problems((*delivery.notices, *problems))
    if would["held"]:
        raise typer.Exit(answers.HELD)


def _receipt(one: receiving.Outcome, reader: answers.Reader) -> dict[str, object]:
    return {
        "line": one.line,
        "survey_id": one.survey_id,
        "outcome": one.outcome,
        "number": one.number,
        "problems": reader.problems(one.problems),
        "missing_photos": list(one.missing_photos),
    }
