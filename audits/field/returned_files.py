"""Take in from the command line what came back from the field, with a receipt for each record."""

from __future__ import annotations

import sys

import typer

from audits import wording
from audits.cli import answers
from audits.field import arrivals, receiving
from audits.store.db import connection
from audits.store.surveys import read

phrase = wording.phrase

TAKEN_IN = phrase(
    "{accepted} accepted, {correction} corrections, {same} here already, {conflict} in conflict, {held} held, "
    "{missing_photos} photos not come"
)
WOULD_TAKE_IN = phrase("{records} records understood, {held} would be held; nothing was written")


def take_in(
    context: typer.Context,
    store: connection.Store,
    delivery: arrivals.Delivery,
    actor: str,
    *,
    dry_run: bool,
    progress: receiving.Progress,
) -> None:
    """Take a delivery in, or say what it holds, and give the receipt.

    Raises
    ------
    typer.Exit
        With the code for held rows when a record was held or is in conflict.
    """
    words = answers.reader(context).words
    notices = [answers.problem_record(notice, words) for notice in delivery.notices]
    read_so_far = {"records": len(delivery.arrivals), "dry_run": dry_run}
    record: dict[str, object] = {"file": delivery.file_name, "source": delivery.source, **read_so_far}
    wrong = [each for each in delivery.arrivals if each.problems]
    if dry_run:
        counts = {"records": len(delivery.arrivals), "held": len(wrong)}
        problems = [problem for each in wrong for problem in each.problems]
        answers.give(context, {**record, **counts, "notices": notices}, [words.text(WOULD_TAKE_IN, **counts)])
        waiting = len(wrong)
    else:
        done = receiving.receive(store, delivery, actor, words=words, progress=progress)
        counts = done.as_record()
        problems = [problem for one in done.outcomes for problem in one.problems]
        receipts = [_receipt(one, words) for one in done.outcomes]
        whole = {**record, **counts, "notices": notices, "receipts": receipts, "head": str(read.head(store))}
        answers.give(context, whole, [words.text(TAKEN_IN, **counts)])
        waiting = counts["held"] + counts["conflict"]
    for problem in (*delivery.notices, *problems):
        print(words.problem(problem), file=sys.stderr)
    if waiting:
        raise typer.Exit(answers.HELD)


def _receipt(one: receiving.Outcome, words: wording.Wording) -> dict[str, object]:
    return {
        "line": one.line,
        "survey_id": one.survey_id,
        "outcome": one.outcome,
        "number": one.number,
        "problems": [answers.problem_record(problem, words) for problem in one.problems],
        "missing_photos": list(one.missing_photos),
    }
