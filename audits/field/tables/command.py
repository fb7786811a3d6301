"""Judge the table of any city from the command line, without a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import typer

from audits import errors, survey, wording
from audits import record as records
from audits.cli import answers, arguments
from audits.field.tables import importing
from audits.field.tables import profile as profiles
from audits.reports import command
from audits.rules import files, model
from audits.scoring import run
from audits.store.db import workspace
from audits.store.register import checks
from layers import positions

phrase = wording.phrase

DEFAULT_DATUM = positions.WGS_84

JUDGED = phrase("{rows} rows: {taken} judged, {held} held; criteria {version}")
FAILS_MOST = phrase("fails most often: {name}, {count} times")

NO_PROFILE = errors.ProblemKind("COMMAND-001", "There is no such profile; name its file, or one of: {known}.")

_FAILURES_SHOWN = 5


@arguments.command("edition")
def judge(
    request: arguments.Request,
    file: arguments.File,
    profile: arguments.ProfileName = None,
    datum: arguments.Datum = DEFAULT_DATUM,
    box: arguments.Box = None,
) -> None:
    """Judge the table of any city by these criteria, and write nothing; exit code 3 when rows were held."""
    words, criteria, place = request.words, files.load_criteria(), request.workspace
    nowhere = gpd.GeoDataFrame(columns=[*checks.SITE_COLUMNS, "geometry"], geometry="geometry", crs="EPSG:4326")
    nothing = pd.DataFrame(columns=list(checks.ELEMENT_COLUMNS))
    with answers.progress(words.text("Judging")):
        understood = understand(
            file, profile, datum, box, place, criteria, nowhere.rename_axis("code"), nothing.rename_axis("element_id")
        )
        judged = judge_table(understood, criteria, records.weights_of(place), request.edition)
    verdicts = judged.findings["verdict"]
    failures = judged.findings.loc[verdicts == "fail", "criterion"].value_counts()
    receipt = {
        "file": file.name,
        "edition": request.edition,
        "criteria_version": criteria.version,
        "rows": understood.row_count,
        "judged": understood.accepted_count,
        "held": len(understood.held),
        "held_rows": held_records(understood, request),
        "sites": len(judged.sites),
        "totals": command.totals(judged.sites["verdict"]),
        "findings": command.totals(verdicts),
        "failures": {str(name): int(count) for name, count in failures.items()},
    }
    numbers = {"rows": understood.row_count, "taken": understood.accepted_count, "held": len(understood.held)}
    lines = [words.text(JUDGED, version=criteria.version, **numbers)]
    lines += command.total_lines(judged.sites["verdict"], words)
    for name, count in failures.head(_FAILURES_SHOWN).items():
        lines.append(words.text(FAILS_MOST, name=words.name(criteria.criteria[str(name)].name), count=count))
    request.print_receipt(receipt, lines)
    print_held(understood, request)


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
    met = met.loc[~met.index.isin(registered.index)].assign(permitted_on=None)
    elements = pd.concat([registered.astype(object), met.astype(object)]).rename_axis("element_id")
    elements["permitted_on"] = pd.to_datetime(elements["permitted_on"])
    return run.run(sites, elements, _readings(understood.surveys), criteria, weights, edition)


def _readings(surveys: Sequence[survey.Survey]) -> pd.DataFrame:
    rows = [
        (one.site_code, reading.element_id, reading.quantity, reading.value, reading.uncertainty, one.observed_at)
        for one in surveys
        for reading in one.measurements
    ]
    columns = ["site_code", "element_id", "quantity", "value", "uncertainty", "observed_at"]
    frame = pd.DataFrame(rows, columns=columns).astype({"value": float, "uncertainty": float})
    frame["observed_at"] = pd.to_datetime(frame["observed_at"], utc=True)
    return frame


def understand(
    file: Path,
    profile: str | None,
    datum: str,
    box: str | None,
    place: workspace.Workspace,
    criteria: model.Criteria,
    sites: gpd.GeoDataFrame,
    elements: pd.DataFrame,
    since: dt.date | None = None,
    town: positions.Box | None = None,
) -> importing.Preview:
    """Read a table against a register without writing anything.

    Raises
    ------
    audits.errors.RefusedError
        When the table or the profile is refused as a whole.
    typer.BadParameter
        When the datum or the box is none.
    """
    chosen = None if profile is None else _profile(profile, place, criteria)
    where, of_utm = arguments.known_box(box, town), arguments.known(datum, positions.DATUMS, "--datum")
    today = arguments.today()
    content = file.read_bytes()
    return importing.preview(content, file.name, criteria, sites, elements, today, chosen, where, of_utm, since)


def held_records(understood: importing.Preview, reader: answers.Reader) -> list[dict[str, object]]:
    """Held rows for JSON: line and reasons."""
    return [{"line": one.line, "reasons": reader.problems(one.problems)} for one in understood.held]


def print_held(understood: importing.Preview, reader: answers.Reader, held: int = 0) -> None:
    """Print on stderr why each row was held.

    Raises
    ------
    typer.Exit
        With the code for held rows when there is one.
    """
    for one in understood.held:
        reader.print_problems(one.problems)
    if understood.held or held:
        raise typer.Exit(answers.HELD)


def _profile(named: str, place: workspace.Workspace, criteria: model.Criteria) -> profiles.Profile:
    kept = place.profiles_folder / f"{named}.yaml"
    path = Path(named) if Path(named).is_file() else kept
    if not path.is_file():
        known = sorted(one.stem for one in place.profiles_folder.glob("*.yaml"))
        raise errors.RefusedError((NO_PROFILE.at(named, known=", ".join(known) or "–"),))
    return profiles.load(path, criteria)
