"""Write the package for QField from the command line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from audits import wording
from audits.cli import answers, arguments, usage_problems
from audits.field.qfield import package
from audits.plans import site_fixes
from audits.reports import contents

phrase = wording.phrase

PACKED = phrase("{count} sites packed for QField in {file}; a new package for every trip, never one over the last")


@arguments.command()
def qfield(
    request: arguments.Request,
    file: Annotated[Path, typer.Argument(help="The new zip file.", metavar="FILE.zip")],
    zone: arguments.Zone = None,
    sites: arguments.Codes = "",
    kind: arguments.SiteKind = "",
) -> None:
    """Pack a QField project: the sites to look up and an empty form for what is measured there."""
    arguments.known_kind(kind)
    # Packing over the last trip is what loses it on the phone, so there is no --replace.
    if file.exists():
        raise usage_problems.refused(usage_problems.NEVER_REPLACED, "FILE.zip", files=file)
    words, moment = request.words, dt.datetime.now(wording.local_zone())
    trip = f"{moment:%Y%m%d-%H%M%S}"
    with answers.progress(words.text("Export")):
        record = request.read_record()
        zones = () if zone is None else (zone,)
        codes = arguments.chosen_sites(record, "--zone, --sites, --kind", codes=sites, kind=kind, zones=zones)
        with request.open_store() as store:
            options = contents.Options(moment.date(), unsized=site_fixes.waiting_in(store, record))
        made = contents.contents(record, words, options=options, codes=codes)
        written = package.packed(made, words, trip=trip)
    file.write_bytes(written)
    receipt = {
        "file": str(file),
        "trip": trip,
        "bytes": len(written),
        "sites": len(codes),
        "demonstration": record.demonstration,
    }
    request.print_receipt(receipt, [words.text(PACKED, count=words.number(len(codes), 0), file=file)])
