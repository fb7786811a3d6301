"""Export the judged record from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import wording
from audits.cli import answers, arguments
from audits.export import exporting
from audits.quality import report, sentences
from audits.reports import contents
from layers import ground, web_assets

phrase = wording.phrase

EXPORTED = phrase("{count} sites written to {file}")


@arguments.command(*arguments.JUDGED)
def export(
    request: arguments.Request,
    form: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of: {', '.join(exporting.FORMATS)}.")],
    file: Annotated[Path, typer.Argument(help="The new file, or a folder, in which it gets the name of its kind.")],
    sites: arguments.Codes = "",
    kind: arguments.SiteKind = "",
    replace: arguments.Replace = False,
) -> None:
    """Write the judged record as one file for others, with what it rests on in it."""
    arguments.known(form, exporting.FORMATS, "FORMAT")
    arguments.known_kind(kind)
    ending = f".{exporting.FORMATS[form].ending.rpartition('.')[2]}"
    if file.suffix.lower() != ending and not file.is_dir():
        raise typer.BadParameter(f"{file}: {form} is written as a file ending in {ending}", param_hint="FILE")
    words, today = request.words, arguments.today()
    with answers.progress(words.text("Export")):
        record = request.read_record()
        codes = arguments.chosen_sites(record, "--sites, --kind", codes=sites, kind=kind)
        with request.open_store() as store:
            _, trust = report.of_record(store, record, today)
        base = ground.of(request.workspace.folder, record.area)
        options = contents.Options(today, sentences.lines(trust, words), ground=base)
        made = contents.contents(record, words, options=options, codes=codes)
        if form == "map":
            web_assets.prepare()
        name, written = exporting.export(form, made, words)
    target = file / name if file.is_dir() else file
    arguments.refuse_existing([target], "FILE", replace=replace)
    target.write_bytes(written)
    receipt = {"file": str(target), "format": form, "bytes": len(written), "sites": len(codes)}
    count = words.number(len(codes), 0)
    request.print_receipt(receipt | arguments.basis(record), [words.text(EXPORTED, count=count, file=target)])
