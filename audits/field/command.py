"""Bring into the record from the command line what returns from the field, and tables."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import gc
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from audits import record as records
from audits import wording
from audits.cli import answers, arguments
from audits.field import arrivals, receiving, returning, visit_days
from audits.field.tables import command, importing
from audits.field.tables import profile as profiles
from audits.rules import files
from audits.store import town as towns
from audits.store.db import connection
from audits.store.surveys import read

phrase = wording.phrase

IMPORTED = phrase(
    "{rows} rows: {sites} new sites and {surveys} surveys taken in, {same} here already, {conflicts} in conflict, "
    "{held} rows held"
)
WOULD_IMPORT = phrase(
    "{rows} rows understood: {taken} would be taken in (new sites: {sites}, surveys: {surveys}), {same} are here "
    "already, {held} would be held; nothing was written"
)
TAKEN_IN = phrase(
    "{accepted} accepted, {correction} corrections, {same} here already, {conflict} in conflict, {held} held, "
    "{missing_photos} photos not come"
)
WOULD_TAKE_IN = phrase(
    "{records} records understood: {taken} would be taken in, {held} would be held; nothing was written"
)


@arguments.command()
def import_table(
    request: arguments.Request,
    file: arguments.File,
    actor: arguments.Actor,
    profile: arguments.ProfileName = None,
    datum: arguments.Datum = command.DEFAULT_DATUM,
    crs: command.System = "",
    box: arguments.Box = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what was understood, and write nothing.")] = False,
    held_file: command.HeldFile = None,
    replace_files: arguments.Replace = False,
) -> None:
    """Bring in sites and surveys from tables, and every file that returns from the field; exit code 3 when held."""
    words, criteria, now = request.words, files.load_criteria(), dt.datetime.now(dt.UTC)
    # before the file is read: an output that cannot be written is refused at once
    command.check_results(None, held_file, replace=replace_files)
    bar = answers.progress(words.text("Import"))
    refusals = command.refusals(request, file)
    with _without_collection(), refusals, request.open_store(create=True) as store, bar as progress:
        # a file of a form is known by its content; whoever names a profile says that it is a table
        delivery = None if profile else returning.read_file(file.read_bytes(), file.name, store, criteria, now)
        if delivery is not None:
            take_in(request, store, delivery, actor, dry_run=dry_run, progress=progress, held_file=held_file)
            return
        asked = (file, profile, datum, crs, box, store.workspace, criteria)
        area = towns.read(store).area(read.sites(store))
        understand = functools.partial(command.understand, *asked, since=visit_days.first_day(), town=area)
        understood = understand(read.sites(store), read.elements(store))
        agreed: command.Agreement = []
        if understood.layout.of(profiles.VERDICT):
            alone = understand(*command.no_register())
            agreed = command.agreement(alone, criteria, records.weights_of(store.workspace))
        # a dry run does everything and is rolled back, so that it cannot answer anything but what the import would
        with connection.rehearsal(store) if dry_run else contextlib.nullcontext(store) as target:
            done = importing.commit(target, understood, actor, words, progress=progress)
        # the store holds more than the preview does, which knows the rows only
        counts, seen = done.as_record(), replace(understood.overview, held=done.held_rows)
        head = str(read.head(store))
    receipt = {
        "file": file.name,
        "dry_run": dry_run,
        "understood": _understood(understood),
        **seen.as_record(words),
        **_beside_rows(counts),
        "held_rows": command.held_records(done.held_rows, request),
        "conflict_rows": command.held_records(done.conflict_rows, request),
        "agreement": agreed,
        "head": head,
    }
    stated = {"rows": seen.rows, "sites": done.sites_accepted, "surveys": done.surveys_accepted + done.corrections}
    if dry_run:
        lines = [f"{column} = {meaning}" for column, meaning in understood.understood]
        held, taken = done.held + done.conflicts, understood.taken_rows(done)
        lines.append(words.text(WOULD_IMPORT, **stated, taken=taken, same=done.same_rows, held=held))
    else:
        lines = [words.text(IMPORTED, **stated, same=done.same_rows, conflicts=done.conflicts, held=done.held)]
    lines += command.agreement_lines(agreed, words)
    request.print_receipt(receipt, (*lines, *seen.lines(words)))
    command.print_held(replace(seen, held=done.kept_out), request, held_file)


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Look for no circles among the objects of a batch: there are none, and the search took an eighth of its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _beside_rows(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of a receipt under names that leave ``accepted`` and ``held`` to the rows of the table."""
    return {{"held": "held_count", "accepted": "new"}.get(name, name): count for name, count in counts.items()}


def _understood(seen: importing.Preview) -> dict[str, str]:
    found: dict[str, str] = {}
    for column, meaning in seen.understood:
        found[column] = f"{found[column]}, {meaning}" if column in found else meaning
    return found


def take_in(
    reader: answers.Reader,
    store: connection.Store,
    delivery: arrivals.Delivery,
    actor: str,
    *,
    dry_run: bool,
    progress: receiving.Progress,
    held_file: Path | None = None,
) -> None:
    """Take a delivery in, or say what it holds, and print the receipt.

    Raises
    ------
    typer.Exit
        With the code for held rows when a record was held or is in conflict.
    """
    words, seen = reader.words, delivery.overview
    receipt: dict[str, object] = {
        "file": delivery.file_name,
        "source": delivery.source,
        "records": len(delivery.arrivals),
        "dry_run": dry_run,
    }
    with connection.rehearsal(store) if dry_run else contextlib.nullcontext(store) as target:
        done = receiving.receive(target, delivery, actor, words=words, progress=progress)
    counts = done.as_record()
    seen = replace(seen, held=done.held)
    held = counts["held"] + counts["conflict"]
    would = {"records": seen.rows, "taken": seen.rows - held, "held": held}
    line = words.text(WOULD_TAKE_IN, **would) if dry_run else words.text(TAKEN_IN, **counts)
    receipt |= {**seen.as_record(words), **_beside_rows(counts)}
    receipt |= {"receipts": [_receipt(one, reader) for one in done.outcomes], "head": str(read.head(store))}
    reader.print_receipt(receipt, (line, *seen.lines(words)))
    # conflicts, and photos of records taken in; what is held is listed below by its reason
    reader.print_problems(problem for one in done.outcomes if one.outcome != receiving.HELD for problem in one.problems)
    command.print_held(seen, reader, held_file, counts["conflict"])


def _receipt(one: receiving.Outcome, reader: answers.Reader) -> dict[str, object]:
    return {
        "line": one.line,
        "survey_id": one.survey_id,
        "outcome": one.outcome,
        "number": one.number,
        "problems": reader.problems(one.problems),
        "missing_photos": list(one.missing_photos),
    }
