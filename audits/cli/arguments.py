"""Read what the command line gives to every command: workspace, language, days, editions, codes."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Annotated

import geopandas as gpd
import typer

from audits import record as records
from audits import wording
from audits.cli import answers
from audits.rules import files, model
from audits.scoring import run
from audits.store.db import connection, workspace
from layers import positions


def _speak(context: typer.Context, language: str) -> str:
    if language not in wording.LANGUAGES:
        raise typer.BadParameter(f"{language}: use one of: {', '.join(wording.LANGUAGES)}")
    answers.reader(context).words = wording.Wording(language)
    return language


def _answer_in_json(context: typer.Context, wanted: bool) -> bool:
    answers.reader(context).as_json = wanted
    return wanted


Folder = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        help=f"Folder with the record; else the environment's {workspace.ENVIRONMENT_KEY}, else ./workspace.",
        file_okay=False,
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Answer with one JSON object.", callback=_answer_in_json, is_eager=True)
]
Language = Annotated[
    str, typer.Option("--lang", help="Language of the answer: th or en.", callback=_speak, is_eager=True)
]
Actor = Annotated[
    str,
    typer.Option(
        "--actor",
        help="Who does it, for the audit log; else the name you are logged in with.",
        default_factory=lambda: os.environ.get("USER") or os.environ.get("USERNAME") or "command line",
        show_default=False,
    ),
]
Edition = Annotated[
    str,
    typer.Option(
        "--edition", help=f"{run.BY_PERMIT_DATE}, or the id of a law or of a foreign standard, such as moi_2564."
    ),
]
AsOf = Annotated[
    dt.datetime | None,
    typer.Option("--as-of", help="Only visits up to the end of this day, such as 2026-06-30.", formats=["%Y-%m-%d"]),
]
Approved = Annotated[
    bool, typer.Option("--approved", help="Only surveys that an engineer approved: the official figures.")
]
File = Annotated[Path, typer.Argument(help="The table.", exists=True, dir_okay=False, readable=True)]
ProfileName = Annotated[
    str | None,
    typer.Option("--profile", help="A profile's file, or its name in the workspace's folder of profiles."),
]
Datum = Annotated[str, typer.Option("--datum", help=f"Of UTM figures: {' or '.join(positions.DATUMS)}.")]
Box = Annotated[
    str | None,
    typer.Option("--box", help="Where the places must be, in degrees: west,south,east,north; else around Khon Kaen."),
]


def chosen_workspace(folder: Path | None) -> workspace.Workspace:
    """Return the workspace of the flag, of the environment, or beside the program."""
    return workspace.chosen(None if folder is None else str(folder), os.environ)


def opened(folder: Path | None, *, create: bool = False) -> connection.Store:
    """Open the store of the workspace asked for."""
    return connection.open_store(chosen_workspace(folder), create=create)


def read_record(
    folder: Path | None, edition: str = run.BY_PERMIT_DATE, as_of: dt.date | None = None, official_only: bool = False
) -> records.AuditedRecord:
    """Read and judge the record of the workspace asked for; parameters as of :func:`audits.record.read`.

    Raises
    ------
    audits.errors.WorkspaceError
        When there is no record.
    typer.BadParameter
        When there is no such edition.
    """
    criteria = files.load_criteria()
    edition = known_edition(edition, criteria)
    with opened(folder) as store:
        weights = records.weights_of(store.workspace)
        return records.read(store, criteria, weights, edition=edition, as_of=as_of, official_only=official_only)


def known_edition(edition: str, criteria: model.Criteria) -> str:
    """Return an edition that one can judge by.

    Raises
    ------
    typer.BadParameter
        When there is no such law or standard.
    """
    accepted = [run.BY_PERMIT_DATE, *(name for name, one in criteria.sources.items() if one.kind != "guidance")]
    if edition not in accepted:
        raise typer.BadParameter(f"{edition}: use one of: {', '.join(accepted)}", param_hint="--edition")
    return edition


def known_codes(codes: list[str], sites: gpd.GeoDataFrame) -> list[str]:
    """Return codes that are all in the register.

    Raises
    ------
    typer.BadParameter
        Naming those that are not.
    """
    strangers = [code for code in codes if code not in sites.index]
    if strangers:
        raise typer.BadParameter(f"not in the register: {', '.join(strangers)}", param_hint="--site, --sites")
    return codes


def known_datum(datum: str) -> str:
    """Return a datum that is known.

    Raises
    ------
    typer.BadParameter
        When it is not.
    """
    if datum not in positions.DATUMS:
        raise typer.BadParameter(f"{datum}: use one of: {', '.join(positions.DATUMS)}", param_hint="--datum")
    return datum


def known_box(box: str | None) -> positions.Box:
    """Return the box in which the places must be.

    Raises
    ------
    typer.BadParameter
        When it is not four numbers in order.
    """
    if box is None:
        return positions.KHON_KAEN_SURROUNDINGS
    try:
        west, south, east, north = (float(edge) for edge in box.split(","))
    except ValueError as error:
        raise typer.BadParameter("four numbers are needed: west,south,east,north", param_hint="--box") from error
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise typer.BadParameter("west must be less than east, and south than north", param_hint="--box")
    return positions.Box(west, south, east, north)


def day(instant: dt.datetime | None) -> dt.date | None:
    """Return the day of an option; None stays None."""
    return None if instant is None else instant.date()


def today() -> dt.date:
    """Return today in Bangkok."""
    return dt.datetime.now(wording.BANGKOK).date()


def now() -> dt.datetime:
    """Return this instant."""
    return dt.datetime.now(dt.UTC)
