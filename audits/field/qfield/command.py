"""Hand out the package for QField from the command line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from audits import terms, wording
from audits.cli import answers, arguments
from audits.field.qfield import package
from audits.reports import contents
from audits.scoring import selection

phrase = wording.phrase

PACKED = phrase("{count} sites packed for QField in {file}; a new package for every trip, never one over the last")
EXISTS = "exists already; name another file"


def qfield(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The new zip file.", metavar="FILE.zip")],
    zone: Annotated[int | None, typer.Option("--zone", help="Only sites of this zone.")] = None,
    sites: Annotated[str, typer.Option("--sites", help="Only these codes, separated by commas.")] = "",
    kind: Annotated[str, typer.Option("--kind", help=f"Only {' or '.join(terms.SITE_KIND)} sites.")] = "",
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Pack a QField project: the sites to look up and an empty form for what is measured there."""
    if kind and kind not in terms.SITE_KIND:
        raise typer.BadParameter(f"{kind}: use one of: {', '.join(terms.SITE_KIND)}", param_hint="--kind")
    # Packing over the last trip is what loses it on the phone.
    if file.exists():
        raise typer.BadParameter(f"{file}: {EXISTS}", param_hint="FILE.zip")
    words = answers.reader(context).words
    moment = dt.datetime.now(wording.BANGKOK)
    trip = f"{moment:%Y%m%d-%H%M%S}"
    with answers.progress(words.text("Export")):
        record = arguments.read_record(folder)
        asked = arguments.known_codes([code.strip() for code in sites.split(",") if code.strip()], record.sites)
        zones = () if zone is None else (zone,)
        wanted = selection.Selection(kinds=(kind,) if kind else (), zones=zones, codes=asked)
        codes = selection.select(record.sites, record.audit.sites, wanted)
        if codes.empty:
            raise typer.BadParameter("no site of the register is meant", param_hint="--zone, --sites, --kind")
        made = contents.contents(record, words, options=contents.Options(moment.date()), codes=codes)
        written = package.packed(made, words, trip=trip)
    file.write_bytes(written)
    answer = {
        "file": str(file),
        "trip": trip,
        "bytes": len(written),
        "sites": len(codes),
        "demonstration": record.demonstration,
    }
    lines = [words.text(terms.DEMONSTRATION)] if record.demonstration else []
    answers.give(context, answer, (*lines, words.text(PACKED, count=words.number(len(codes), 0), file=file)))
