"""Define the options that commands share, and read what they name: workspace, language, edition, sites, files."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import geopandas as gpd
import pandas as pd
import typer

from audits import errors, terms, wording
from audits import record as records
from audits.cli import answers, usage_problems
from audits.formats import days, frame_strings
from audits.rules import files, model
from audits.scoring import run, selection
from audits.store import town as towns
from audits.store.db import connection
from audits.store.db import workspace as workspaces
from layers import positions

JUDGED = ("edition", "as_of", "approved")

Folder = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        help=f"Folder with the record; else the environment's {workspaces.ENVIRONMENT_KEY}, else ./workspace.",
        file_okay=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object.")]
Language = Annotated[str, typer.Option("--lang", help="Language of the answer: th or en.")]
Edition = Annotated[
    str,
    typer.Option(
        "--edition", help=f"{run.BY_PERMIT_DATE}, or the id of a law or of a foreign standard, such as moi_2564."
    ),
]
AsOf = Annotated[
    str, typer.Option("--as-of", help="Only visits up to the end of this day, such as 2026-06-30 or 30/6/2569.")
]
Approved = Annotated[
    bool, typer.Option("--approved", help="Only surveys that an engineer approved: the official figures.")
]
_OPTIONS: dict[str, tuple[object, object]] = {
    "edition": (Edition, run.BY_PERMIT_DATE),
    "as_of": (AsOf, ""),
    "approved": (Approved, False),
    "folder": (Folder, None),
    "as_json": (Json, False),
    "language": (Language, "th"),
}

Actor = Annotated[
    str,
    typer.Option(
        "--actor",
        help="Who does it, for the audit log; else the name you are logged in with.",
        # USER on Unix, USERNAME on Windows
        default_factory=lambda: os.environ.get("USER") or os.environ.get("USERNAME") or "command line",
        show_default=False,
    ),
]
File = Annotated[Path, typer.Argument(help="The table.", exists=True, dir_okay=False, readable=True)]
ProfileName = Annotated[
    str | None,
    typer.Option("--profile", help="A profile's file, or its name in the workspace's folder of profiles."),
]
Datum = Annotated[str, typer.Option("--datum", help=f"Of UTM figures: {' or '.join(positions.DATUMS)}.")]
Box = Annotated[
    str | None,
    typer.Option("--box", help="Where the places must be, in degrees: west,south,east,north; else the town's."),
]
Zone = Annotated[int | None, typer.Option("--zone", help="Only sites of this zone.")]
Codes = Annotated[str, typer.Option("--sites", help="Only these codes, separated by commas.")]
SiteKind = Annotated[str, typer.Option("--kind", help=f"Only {' or '.join(terms.SITE_KIND)} sites.")]
Replace = Annotated[bool, typer.Option("--replace", help="Write over files that are there.")]


@dataclass
class Request(answers.Reader):
    """One call of a command: how to answer, in which workspace, and what to judge by.

    Parameters
    ----------
    folder
        The folder of ``--workspace``; None for the environment's, or the one beside the program.
    edition, as_of, approved
        Parameters of :func:`audits.record.read`.
    """

    folder: Path | None = None
    edition: str = run.BY_PERMIT_DATE
    as_of: dt.date | None = None
    approved: bool = False

    @property
    def workspace(self) -> workspaces.Workspace:
        """The workspace of the option, of the environment, or beside the program."""
        return workspaces.chosen(None if self.folder is None else str(self.folder), os.environ)

    def open_store(self, *, create: bool = False) -> connection.Store:
        """Open the store of the workspace; raises as :func:`audits.store.db.connection.open_store`."""
        return connection.open_store(self.workspace, create=create)

    def criteria(self) -> model.Criteria:
        """Load the criteria with the workspace's comparisons with the gazette; those of the files without a record."""
        place = self.workspace
        if not place.is_shared and not place.store_path.is_file():
            return files.load_criteria()
        with self.open_store() as store:
            return records.criteria_of(store)

    def read_record(self) -> records.AuditedRecord:
        """Read and judge the record of the workspace.

        Raises
        ------
        audits.errors.WorkspaceError
            When there is no record.
        """
        with self.open_store() as store:
            return records.read(
                store,
                files.load_criteria(),
                records.weights_of(store.workspace),
                edition=self.edition,
                as_of=self.as_of,
                official_only=self.approved,
            )


def command(*judged: str, workspace: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the shared options to a function whose first parameter is a :class:`Request`.

    Parameters
    ----------
    judged
        Which of :data:`JUDGED` it takes.
    workspace
        Whether it takes ``--workspace``.
    """
    names = (*judged, *(("folder",) if workspace else ()), "as_json", "language")

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        # evaluated: annotations are texts in these modules, and Typer needs the types
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
        shared = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
            for name, (annotation, default) in _OPTIONS.items()
            if name in names
        ]
        context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
        parameters = [context, *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own), *shared]

        @functools.wraps(function)
        def run_command(context: typer.Context, **given: Any) -> None:
            # A group that answers alone stays silent before one of its verbs.
            if context.invoked_subcommand:
                return
            asked = {name: given.pop(name) for name in names}
            words = wording.Wording(known(asked.pop("language"), wording.LANGUAGES, "--lang"))
            # The group reads it from the context to answer a refusal in the same language and form.
            context.find_root().obj = answers.Reader(words, asked["as_json"])
            context.find_root().obj = request = _request(words, asked)
            frame_strings.hold_as_objects()
            function(request, **given)

        # Typer builds the options from the signature, and takes their types from the annotations.
        run_command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run_command.__annotations__ = {each.name: each.annotation for each in parameters}
        return run_command

    return decorate


def _request(words: wording.Wording, given: dict[str, Any]) -> Request:
    as_of = day(given.pop("as_of", ""), "--as-of")
    if "edition" in given:
        sources = files.load_criteria().sources
        laws = [name for name, one in sources.items() if one.kind != "guidance"]
        known(given["edition"], [run.BY_PERMIT_DATE, *laws], "--edition")
    return Request(words, as_of=as_of, **given)


def known(value: str, accepted: Collection[str], hint: str, *, optional: bool = False) -> str:
    """Check that a value is one of those accepted, or empty where it is optional.

    Raises
    ------
    audits.cli.usage_problems.UsageRefusedError
        Naming the value and those accepted.
    """
    if value not in accepted and (value or not optional):
        raise usage_problems.refused(usage_problems.NOT_ACCEPTED, hint, value=value, accepted=", ".join(accepted))
    return value


def day(written: str, hint: str) -> dt.date | None:
    """Read a day that is not in the future, of either era; None where nothing is written.

    Raises
    ------
    audits.cli.usage_problems.UsageRefusedError
        When it is none.
    """
    if not written:
        return None
    found = days.day(written, today())
    if isinstance(found, errors.ProblemKind):
        raise usage_problems.refused(found, hint, written=written)
    return found


def read_as(written: str, read: Callable[[str], str]) -> str:
    """Read the value of an option by a function that refuses what it does not know.

    Raises
    ------
    audits.cli.usage_problems.UsageRefusedError
        With the problems of the refusal.
    """
    try:
        return read(written)
    except errors.RefusedError as refused:
        raise usage_problems.UsageRefusedError(refused.problems) from refused


def amounts_thb(written: str, hint: str) -> tuple[float, ...]:
    """Read amounts in baht, separated by commas; none where nothing is written.

    Raises
    ------
    audits.cli.usage_problems.UsageRefusedError
        When one is no number.
    """
    try:
        return tuple(float(part) for part in written.split(",") if part.strip())
    except ValueError as error:
        raise usage_problems.refused(usage_problems.NO_AMOUNTS, hint, value=written) from error


def known_kind(kind: str) -> str:
    """Check that a kind of site is known, or empty.

    Raises
    ------
    audits.cli.usage_problems.UsageRefusedError
        When there is no such kind.
    """
    return known(kind, tuple(terms.SITE_KIND), "--kind", optional=True)


def known_codes(codes: list[str], sites: gpd.GeoDataFrame) -> list[str]:
    """Check that codes are in the register.

    Raises
    ------
    audits.cli.usage_problems.UsageRefusedError
        Naming those that are not.
    """
    unknown = [code for code in codes if code not in sites.index]
    if unknown:
        raise usage_problems.refused(usage_problems.NO_SUCH_CODE, "--site, --sites", codes=", ".join(unknown))
    return codes


def chosen_sites(
    record: records.AuditedRecord,
    hint: str,
    *,
    codes: str = "",
    kind: str = "",
    zones: Collection[int] = (),
    verdicts: Collection[str] = (),
) -> pd.Index[str]:
    """Codes of the sites that the options of a command choose; codes are separated by commas.

    Raises
    ------
    audits.cli.usage_problems.UsageRefusedError
        When a code is not in the register, or no site is chosen.
    """
    asked = known_codes([code.strip() for code in codes.split(",") if code.strip()], record.sites)
    wanted = selection.Selection(kinds=(kind,) if kind else (), zones=zones, verdicts=verdicts, codes=asked)
    chosen = selection.select(record.sites, record.audit.sites, wanted)
    if chosen.empty:
        raise usage_problems.refused(usage_problems.NO_SITE, hint)
    return chosen


def refuse_existing(paths: Iterable[Path], hint: str, *, replace: bool = False, makes_folder: bool = False) -> None:
    """Refuse to write over files unasked, or into a folder that is not there, before the work is done.

    Raises
    ------
    audits.cli.usage_problems.UsageRefusedError
        Naming the files that are there, or the folder that is not.
    """
    # they are gone through twice, and an iterator can be only once
    paths = list(paths)
    missing = [str(path.parent) for path in paths if not (makes_folder or path.parent.is_dir())]
    if missing:
        raise usage_problems.refused(usage_problems.NO_PARENT, hint, folder=", ".join(missing))
    found = [str(path) for path in paths if path.exists()]
    if found and not replace:
        raise usage_problems.refused(usage_problems.EXISTS, hint, files=", ".join(found))


def known_box(box: str | None, town: positions.Box | None = None) -> positions.Box:
    """Read the box in which the places must be: the one written, else that of the town.

    Raises
    ------
    audits.cli.usage_problems.UsageRefusedError
        When it is not four numbers in order.
    """
    if box is None:
        return town or positions.KHON_KAEN_SURROUNDINGS
    found = positions.read_box(box)
    if found is None:
        raise usage_problems.refused(towns.NO_BOX, "--box", written=box)
    return found


def basis(record: records.AuditedRecord) -> dict[str, object]:
    """What the figures of a record rest on, for a receipt."""
    return {
        "demonstration": record.demonstration,
        "edition": record.edition,
        "as_of": None if record.as_of is None else record.as_of.isoformat(),
        "counted": record.counted,
        "head": record.head,
    }


def today() -> dt.date:
    """Today in the town."""
    return dt.datetime.now(wording.local_zone()).date()
