"""Judge the table of any city from the command line, without a record."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, TypeAlias

import geopandas as gpd
import pandas as pd
import typer

from audits import errors, terms, wording
from audits import record as records
from audits.cli import answers, arguments, usage_problems
from audits.field import overview
from audits.field.tables import importing
from audits.field.tables import judged as judged_rows
from audits.field.tables import profile as profiles
from audits.reports import command
from audits.rules import model
from audits.scoring import run
from audits.store.db import workspace
from audits.store.register import checks
from layers import positions

phrase = wording.phrase

DEFAULT_DATUM = positions.WGS_84

JUDGED = phrase("{rows} rows: {taken} judged, {held} held; criteria {version}")
FAILS_MOST = phrase("fails most often: {name}, {count} times")
AGREEMENT = phrase("inspector: {inspector}; by these criteria, of what was measured: {ours}; {count} elements")
WRITTEN = phrase("Results, a row an element: {path}")
HELD_WRITTEN = phrase("Held rows with all their reasons: {path}")
HELD_WHERE = phrase("For every held row with all its reasons: --held-file FILE.csv")

NO_PROFILE = errors.ProblemKind("COMMAND-001", "There is no such profile; name its file, or one of: {known}.")

System = Annotated[
    str, typer.Option("--crs", help="Coordinate system of the positions, such as EPSG:32648; else the file's.")
]
HeldFile = Annotated[
    Path | None, typer.Option("--held-file", help="Write the held rows with their reasons to this CSV file.")
]
Replace = arguments.Replace

Agreement: TypeAlias = Sequence[Mapping[str, object]]

_FAILURES_SHOWN = 5
# A reason a line on a terminal, and a file for the rest.
_GROUPS_SHOWN = 20


@arguments.command("edition")
def judge(
    request: arguments.Request,
    file: arguments.File,
    profile: arguments.ProfileName = None,
    datum: arguments.Datum = DEFAULT_DATUM,
    crs: System = "",
    box: arguments.Box = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write a row an element to this .gpkg, .csv or .xlsx file."),
    ] = None,
    held_file: HeldFile = None,
    replace: Replace = False,
) -> None:
    """Judge the table of any city by these criteria, and write nothing; exit code 3 when rows were held."""
    words, criteria, place = request.words, request.criteria(), request.workspace
    check_results(out, held_file, replace=replace)
    register = no_register()
    with refusals(request, file), answers.progress(words.text("Judging")):
        understood = understand(file, profile, datum, crs, box, place, criteria, *register, surveyed=True)
        judged = judge_table(understood, criteria, records.weights_of(place), request.edition)
    verdicts = judged.findings["verdict"]
    failures = judged.findings.loc[verdicts == "fail", "criterion"].value_counts()
    table = judged_rows.elements(understood, judged)
    agreed = judged_rows.agreement(table)
    if out is not None:
        judged_rows.write(table, out, arguments.today())
    receipt = {
        "file": file.name,
        "edition": request.edition,
        "criteria_version": criteria.version,
        **understood.overview.as_record(words),
        "judged": understood.accepted_count,
        "held_rows": held_records(understood.overview.held, request),
        "sites": len(judged.sites),
        "elements": len(table),
        "totals": command.totals(judged.sites["verdict"]),
        "failing": command.failing(judged.sites),
        "findings": command.totals(verdicts),
        "failures": {str(name): int(count) for name, count in failures.items()},
        "agreement": agreed,
        "out": None if out is None else str(out),
    }
    numbers = {"rows": understood.row_count, "taken": understood.accepted_count, "held": len(understood.held)}
    lines = [words.text(JUDGED, version=criteria.version, **numbers)]
    lines += command.total_lines(judged.sites, words)
    for name, count in failures.head(_FAILURES_SHOWN).items():
        lines.append(words.text(FAILS_MOST, name=words.name(criteria.criteria[str(name)].name), count=count))
    lines += agreement_lines(agreed, words)
    lines += [words.text(WRITTEN, path=out)] if out is not None else []
    request.print_receipt(receipt, (*lines, *understood.overview.lines(words)))
    print_held(understood.overview, request, held_file)


@contextlib.contextmanager
def refusals(request: arguments.Request, file: Path) -> Iterator[None]:
    """Answer a file that is refused as a whole with the same JSON keys as any other; without JSON, let it pass.

    Raises
    ------
    typer.Exit
        With the code for problems.
    """
    try:
        yield
    except errors.RefusedError as refused:
        if not request.as_json:
            raise
        seen = refused.overview if isinstance(refused, overview.RefusedFileError) else overview.Overview(0, ())
        # on stderr, so that stdout is the answer in JSON alone
        request.print_problems(refused.problems)
        receipt = {"file": file.name, **seen.as_record(request.words), "problems": request.problems(refused.problems)}
        request.print_receipt(receipt, (), ok=False)


def agreement(understood: importing.Preview, criteria: model.Criteria, weights: model.Weights) -> Agreement:
    """Count how often an inspector and these criteria agree on a table that was read against an empty register."""
    if understood.layout.of(profiles.VERDICT) is None:
        return []
    judged = judge_table(understood, criteria, weights, run.BY_PERMIT_DATE)
    return judged_rows.agreement(judged_rows.elements(understood, judged))


def agreement_lines(agreed: Agreement, words: wording.Wording) -> Iterator[str]:
    """Yield a line a pair of verdicts."""
    for pair in agreed:
        inspector, ours = (
            words.text(terms.VERDICT.get(str(pair[name]), str(pair[name]))) for name in ("inspector", "ours")
        )
        yield words.text(AGREEMENT, inspector=inspector, ours=ours, count=pair["count"])


def no_register() -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Sites and elements of an empty register, against which a table is read as a record of its own."""
    nowhere = gpd.GeoDataFrame(columns=[*checks.SITE_COLUMNS, "geometry"], geometry="geometry", crs="EPSG:4326")
    nothing = pd.DataFrame(columns=list(checks.ELEMENT_COLUMNS))
    return nowhere.rename_axis("code"), nothing.rename_axis("element_id")


def judge_table(
    understood: importing.Preview, criteria: model.Criteria, weights: model.Weights, edition: str
) -> run.Audit:
    """Judge what a table was understood to say, as if it were a record of its own.

    Parameters
    ----------
    understood
        A table read against an empty register.
    criteria, weights, edition
        As in :func:`audits.scoring.run.run`.
    """
    sites = understood.sites.sites
    found = {
        element.element_id: (one.site_code, element.kind) for one in understood.surveys for element in one.elements
    }
    registered = understood.sites.elements[["site_code", "kind", "permitted_on"]]
    met = pd.DataFrame.from_dict(found, orient="index", columns=["site_code", "kind"])
    # things that only the surveys name have no day of a permit
    met = met.loc[~met.index.isin(registered.index)].assign(permitted_on=None)
    elements = pd.concat([registered.astype(object), met.astype(object)]).rename_axis("element_id")
    elements["permitted_on"] = pd.to_datetime(elements["permitted_on"])
    return run.run(sites, elements, judged_rows.measurements(understood.surveys), criteria, weights, edition)


def understand(
    file: Path,
    profile: str | None,
    datum: str,
    crs: str,
    box: str | None,
    place: workspace.Workspace,
    criteria: model.Criteria,
    sites: gpd.GeoDataFrame,
    elements: pd.DataFrame,
    *,
    since: dt.date | None = None,
    surveyed: bool = False,
    town: positions.Box | None = None,
) -> importing.Preview:
    """Read a table against a register without writing anything; the options as :func:`importing.preview` takes them.

    Raises
    ------
    audits.errors.RefusedError
        When the table or the profile is refused as a whole.
    audits.cli.usage_problems.UsageRefusedError
        When the datum, the coordinate system or the box is none.
    """
    chosen = None if profile is None else _profile(profile, place, criteria)
    where, of_utm = arguments.known_box(box, town), arguments.known(datum, positions.DATUMS, "--datum")
    if crs and not positions.known_system(crs):
        raise usage_problems.refused(usage_problems.NO_CRS, "--crs", value=crs)
    return importing.preview(
        file.read_bytes(),
        file.name,
        criteria,
        sites,
        elements,
        arguments.today(),
        chosen,
        where,
        of_utm,
        crs,
        since=since,
        surveyed=surveyed,
    )


def check_results(out: Path | None, held_file: Path | None, *, replace: bool = False) -> None:
    """Check the files that a command is to write, before anything is read.

    Raises
    ------
    audits.cli.usage_problems.UsageRefusedError
        When one is there already and is not to be replaced.
    audits.errors.RefusedError
        When `out` is of no kind that can be written.
    """
    if out is not None:
        judged_rows.checked(out)
    wanted = {"--out": out, "--held-file": held_file}
    for hint, path in wanted.items():
        arguments.refuse_existing([path] if path is not None else [], hint, replace=replace)


def held_records(
    held: Sequence[tuple[int, Sequence[errors.Problem]]], reader: answers.Reader
) -> list[dict[str, object]]:
    """Held rows for JSON: line and reasons."""
    return [{"line": line, "reasons": reader.problems(problems)} for line, problems in held]


def print_held(seen: overview.Overview, reader: answers.Reader, held_file: Path | None, held: int = 0) -> None:
    """Print on stderr why rows were held, a line a reason, and write every one to a file when it is asked for.

    Raises
    ------
    typer.Exit
        With the code for held rows when there is one.
    """
    if held_file is not None:
        held_file.write_bytes(seen.held_table(reader.words))
    for line in itertools.islice(seen.held_lines(reader.words), _GROUPS_SHOWN):
        print(line, file=sys.stderr)
    if seen.held:
        where = HELD_WHERE if held_file is None else HELD_WRITTEN
        print(reader.words.text(where, **({} if held_file is None else {"path": held_file})), file=sys.stderr)
    if seen.held or held:
        raise typer.Exit(answers.HELD)


def _profile(named: str, place: workspace.Workspace, criteria: model.Criteria) -> profiles.Profile:
    path = Path(named) if Path(named).is_file() else profiles.path_of(named, place.profiles_folder)
    if not path.is_file():
        known = profiles.names(place.profiles_folder)
        raise errors.RefusedError((NO_PROFILE.at(named, known=", ".join(known)),))
    return profiles.load(path, criteria)
