"""Record, bring in and list what residents ask for: what and where, never who."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from typing import Annotated, Any

import pandas as pd
import typer

from audits import errors, terms, wording
from audits import record as records
from audits.cli import answers, arguments
from audits.formats import days
from audits.requests import counts, duplicates, request_files
from audits.store import town as towns
from audits.store.db import connection
from audits.store.requests import requests as store_requests
from audits.store.surveys import read as reading
from layers import positions

phrase = wording.phrase

ADDED = phrase("{request_id} recorded")
THE_SAME = phrase("{request_id} holds this request already")
CHANGED = phrase("{request_id}: {state}")
IMPORTED = phrase("{added} requests taken in, {same} here already, {refused} refused")
WOULD_IMPORT = phrase("{added} requests would be taken in, {same} are here already, {refused} refused; nothing written")
ROW_REFUSED = phrase("row {line}: {reason}")
NOT_KEPT = phrase("The record keeps no refused row, since it may name a person; mend the file and send it again.")
UNUSED = phrase("columns not read: {columns}")
ONE = phrase("{request_id}  {day}  {place}  {state}: {text}")
ALIKE = phrase("{other} may ask for the same as {request_id}: {metres} m apart; nobody has decided yet")

requests = typer.Typer(help=__doc__, no_args_is_help=True)

Text = Annotated[str, typer.Argument(help="What is asked for; no name, no phone number, no disability.")]
Site = Annotated[str, typer.Option("--site", help="Code of the site that it is about, such as KK-001.")]


@requests.command("add")
@arguments.command()
def add(
    request: arguments.Request,
    text: Text,
    actor: arguments.Actor,
    received_on: Annotated[str, typer.Option("--received-on", help="Day it was received, such as 15/11/2568.")],
    channel: Annotated[
        str, typer.Option("--channel", help=f"How it came: {', '.join(terms.REQUEST_CHANNEL)}, or another word.")
    ],
    site: Site = "",
    at: Annotated[str, typer.Option("--at", help="Where, in degrees: longitude,latitude.")] = "",
    box: arguments.Box = None,
) -> None:
    """Record one request; those that may ask for the same are named, and a person decides."""
    words, today = request.words, arguments.today()
    day = days.day(received_on, today)
    with request.open_store() as store:
        place = request_files.position(at.split(","), _area(store, box)) if at else (None, None)
        problems = [day.at("received_on", written=received_on)] if isinstance(day, errors.ProblemKind) else []
        problems += [place] if isinstance(place, errors.Problem) else []
        if problems or isinstance(day, errors.ProblemKind) or isinstance(place, errors.Problem):
            raise errors.RefusedError(tuple(problems))
        asked = store_requests.Request(text, day, channel, site, *place)
        request_id, new = store_requests.add(store, asked, actor)
        kept, alike = _gathered(store)
    mine = alike.loc[(alike["request_id"] == request_id) | (alike["other_id"] == request_id)]
    (row,) = _rows(kept.loc[kept["request_id"] == request_id])
    receipt = {"request": row, "new": new, "duplicates": _rows(mine)}
    lines = [words.text(ADDED if new else THE_SAME, request_id=request_id), *_alike_lines(mine, words)]
    request.print_receipt(receipt, lines)


@requests.command("import")
@arguments.command()
def import_file(
    request: arguments.Request,
    file: arguments.File,
    actor: arguments.Actor,
    channel: Annotated[str, typer.Option("--channel", help="Of rows that name none; else the name of the file.")] = "",
    kind: Annotated[
        str, typer.Option("--type", help="Only rows of this type, such as ทางเท้า, where there are types.")
    ] = "",
    box: arguments.Box = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what was understood, and write nothing.")] = False,
) -> None:
    """Bring in a table of requests or an export of Traffy Fondue; exit code 3 when rows were refused."""
    words = request.words
    with request.open_store() as store:
        found = request_files.read(
            file.read_bytes(),
            file.name,
            arguments.today(),
            _area(store, box),
            channel=channel,
            kind=kind,
        )
        readable = [row for row in found.rows if row.request is not None]
        asked = [row.request for row in readable if row.request is not None]
        # a dry run does everything and is rolled back, so that it tells what the import would do
        with connection.rehearsal(store) if dry_run else contextlib.nullcontext(store) as target:
            done = store_requests.add_all(target, asked, actor)
            _, alike = _gathered(target)
        head = str(reading.head(store))
    refused = {row.line: row.problems for row in found.rows if row.problems}
    refused |= {readable[place].line: problems for place, problems in done.refused.items()}
    new = set(done.new.values())
    mine = alike.loc[alike["request_id"].isin(new) | alike["other_id"].isin(new)]
    numbers = {"added": len(done.new), "same": len(done.same), "refused": len(refused)}
    receipt = {
        "file": file.name,
        "source": found.source,
        "dry_run": dry_run,
        "columns": dict(found.columns),
        "unused_columns": list(found.unused),
        **numbers,
        "other_types": found.other_types,
        "request_ids": sorted(new),
        "refused_rows": [{"line": line, "problems": request.problems(refused[line])} for line in sorted(refused)],
        "duplicates": _rows(mine),
        "head": head,
    }
    lines = [words.text(WOULD_IMPORT if dry_run else IMPORTED, **numbers)]
    lines += [words.text(UNUSED, columns=", ".join(found.unused))] if found.unused else []
    request.print_receipt(receipt, (*lines, *_alike_lines(mine, words)))
    _print_refused(refused, request)


def _print_refused(refused: dict[int, tuple[errors.Problem, ...]], reader: answers.Reader) -> None:
    words = reader.words
    for line in sorted(refused):
        reason = " ".join(words.problem(problem) for problem in refused[line])
        # beside the answer, which a program may read
        print(words.text(ROW_REFUSED, line=line, reason=reason), file=sys.stderr)
    if refused:
        print(words.text(NOT_KEPT), file=sys.stderr)
        raise typer.Exit(answers.HELD)


@requests.command("state")
@arguments.command()
def state(
    request: arguments.Request,
    request_id: Annotated[str, typer.Argument(help="The request, such as R-00001.")],
    to: Annotated[str, typer.Argument(metavar="STATE", help=f"One of: {', '.join(store_requests.STATES[1:])}.")],
    actor: arguments.Actor,
    site: Site = "",
    same_as: Annotated[str, typer.Option("--same-as", help="The request that asks for the same.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; needed to refuse.")] = "",
) -> None:
    """Record what became of a request: joined to a site, in the plan, built, refused, or the same as another."""
    # the first state is that of a request on which nobody decided yet
    arguments.known(to, store_requests.STATES[1:], "STATE")
    with request.open_store() as store:
        store_requests.change(store, request_id, to, actor, site_code=site, same_as=same_as, reason=reason)
        kept = store_requests.every(store)
    (row,) = _rows(kept.loc[kept["request_id"] == request_id])
    words = request.words
    line = words.text(CHANGED, request_id=request_id, state=words.text(terms.REQUEST_STATE[to]))
    request.print_receipt({"request": row}, [line])


@requests.command("list")
@arguments.command()
def list_all(
    request: arguments.Request,
    only: Annotated[str, typer.Option("--state", help=f"Only: {', '.join(store_requests.STATES)}.")] = "",
    site: Site = "",
) -> None:
    """List the requests with what became of them, the counts, and those that may ask for the same."""
    arguments.known(only, store_requests.STATES, "--state", optional=True)
    words = request.words
    with request.open_store() as store:
        kept, alike = _gathered(store)
        head, demonstration = str(reading.head(store)), connection.kind(store) == "demonstration"
    meant = kept.loc[kept["state"].isin([only] if only else store_requests.STATES)]
    meant = meant.loc[meant["site_code"] == site] if site else meant
    # of all requests, whatever part of them is listed
    numbers = counts.by_state(kept)
    receipt = {
        "requests": _rows(meant),
        "counts": numbers,
        "duplicates": _rows(alike),
        "demonstration": demonstration,
        "head": head,
    }
    lines = [_line(row, words) for row in _rows(meant)]
    request.print_receipt(receipt, (*lines, *_alike_lines(alike, words), *counts.sentences(numbers, words)))


def _area(store: connection.Store, box: str | None) -> positions.Box | None:
    if box is not None:
        return arguments.known_box(box)
    sites, _ = records.register(store)
    return towns.read(store).area(sites)


def _gathered(store: connection.Store) -> tuple[pd.DataFrame, pd.DataFrame]:
    kept = store_requests.every(store)
    return kept, duplicates.find(kept, reading.sites(store))


def _line(row: dict[str, Any], words: wording.Wording) -> str:
    place = row["site_code"] or f"{row['longitude']:.5f},{row['latitude']:.5f}"
    day = words.day(dt.date.fromisoformat(row["received_on"]))
    named = words.text(terms.REQUEST_STATE[row["state"]])
    return words.text(ONE, request_id=row["request_id"], day=day, place=place, state=named, text=row["text"])


def _alike_lines(alike: pd.DataFrame, words: wording.Wording) -> list[str]:
    first = alike.head(duplicates.SHOWN)
    shown = zip(first["other_id"], first["request_id"], first["metres"].tolist(), strict=True)
    lines = [
        words.text(ALIKE, other=other, request_id=request_id, metres=words.number(metres, 0))
        for other, request_id, metres in shown
    ]
    more = len(alike) - len(first)
    return [*lines, words.text(duplicates.MORE, count=words.number(more))] if more else lines


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON: days and instants as texts, what is not known as null, without who recorded them."""
    rows = table.drop(columns="recorded_by", errors="ignore").astype(object)
    return [
        {str(key): value.isoformat() if isinstance(value, dt.date) else value for key, value in row.items()}
        for row in rows.where(rows.notna(), None).to_dict("records")
    ]
