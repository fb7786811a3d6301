"""Bring a table into the record from the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import geopandas as gpd
import pandas as pd
import typer

from audits import errors, wording
from audits.cli import answers, arguments
from audits.field import returned_files, returning
from audits.field.tables import importing
from audits.field.tables import profile as profiles
from audits.rules import files, model
from audits.store.db import workspace
from audits.store.surveys import read
from layers import positions

phrase = wording.phrase

DEFAULT_DATUM = positions.WGS_84

IMPORTED = phrase("{accepted} taken in, {same} here already, {conflicts} in conflict, {held} rows held")
WOULD_IMPORT = phrase("{rows} rows understood, {held} would be held; nothing was written")

NO_PROFILE = errors.ProblemKind("COMMAND-001", "There is no such profile; name its file, or one of: {known}.")

NOT_UTF_8 = errors.ProblemKind("COMMAND-002", "The profile is not UTF-8 text; save it as UTF-8.")


def import_table(
    context: typer.Context,
    file: arguments.File,
    actor: arguments.Actor,
    profile: arguments.ProfileName = None,
    datum: arguments.Datum = DEFAULT_DATUM,
    box: arguments.Box = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what was understood, and write nothing.")] = False,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Bring in sites and surveys from tables, and every file that returns from the field; exit code 3 when held."""
    words, criteria = answers.reader(context).words, files.load_criteria()
    with arguments.opened(folder, create=True) as store, answers.progress(words.text("Import")) as moved:
        delivery = (
            None if profile else returning.read_file(file.read_bytes(), file.name, store, criteria, arguments.now())
        )
        if delivery is not None:
            returned_files.take_in(context, store, delivery, actor, dry_run=dry_run, progress=moved)
            return
        register = read.sites(store), read.elements(store)
        understood = understand(file, profile, datum, box, store.workspace, criteria, *register)
        receipt = {} if dry_run else importing.commit(store, understood, actor, words, progress=moved).as_record()
        head = str(read.head(store))
    record = {
        "file": file.name,
        "dry_run": dry_run,
        "rows": understood.row_count,
        "understood": dict(understood.understood),
        "notices": [answers.problem_record(notice, words) for notice in understood.notices],
        "held": len(understood.held),
        "held_rows": held_records(understood, words),
        **receipt,
        "head": head,
    }
    if dry_run:
        lines = [f"{column} = {meaning}" for column, meaning in understood.understood]
        lines.append(words.text(WOULD_IMPORT, rows=understood.row_count, held=len(understood.held)))
    else:
        lines = [words.text(IMPORTED, **receipt)]
    answers.give(context, record, (*lines, *(words.problem(notice) for notice in understood.notices)))
    show_held(understood, words, receipt.get("held", 0) + receipt.get("conflicts", 0))


def understand(
    file: Path,
    profile: str | None,
    datum: str,
    box: str | None,
    place: workspace.Workspace,
    criteria: model.Criteria,
    sites: gpd.GeoDataFrame,
    elements: pd.DataFrame,
) -> importing.Preview:
    """Read a table against a register without writing anything.

    Raises
    ------
    audits.errors.RefusedError
        When the table or the profile is refused as a whole.
    """
    chosen = None if profile is None else _profile(profile, place, criteria)
    where, of_utm = arguments.known_box(box), arguments.known_datum(datum)
    today = arguments.today()
    return importing.preview(file.read_bytes(), file.name, criteria, sites, elements, today, chosen, where, of_utm)


def held_records(understood: importing.Preview, words: wording.Wording) -> list[dict[str, object]]:
    """Return the held rows for JSON: line and reasons."""
    return [
        {"line": one.line, "reasons": [answers.problem_record(problem, words) for problem in one.problems]}
        for one in understood.held
    ]


def show_held(understood: importing.Preview, words: wording.Wording, held: int = 0) -> None:
    """Say on stderr why each row was held, and end with the code for it when there is one."""
    for one in understood.held:
        for problem in one.problems:
            print(words.problem(problem), file=sys.stderr)
    if understood.held or held:
        raise typer.Exit(answers.HELD)


def _profile(named: str, place: workspace.Workspace, criteria: model.Criteria) -> profiles.Profile:
    kept = place.profiles_folder / f"{named}.yaml"
    path = Path(named) if Path(named).is_file() else kept
    if not path.is_file():
        known = sorted(one.stem for one in place.profiles_folder.glob("*.yaml"))
        raise errors.RefusedError((NO_PROFILE.at(named, known=", ".join(known) or "–"),))
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise errors.RefusedError((NOT_UTF_8.at(path.name),)) from error
    return profiles.read(text, criteria, path.name)
