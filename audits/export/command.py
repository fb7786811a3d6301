"""Hand the judged record out from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import terms, wording
from audits.cli import answers, arguments
from audits.export import exporting
from audits.quality import report, sentences
from audits.reports import contents
from audits.scoring import run, selection
from layers import ground, web_assets

phrase = wording.phrase

EXPORTED = phrase("{count} sites written to {file}")


def export(
    context: typer.Context,
    form: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of: {', '.join(exporting.FORMATS)}.")],
    file: Annotated[Path, typer.Argument(help="The new file, or a folder, in which it gets the name of its kind.")],
    edition: arguments.Edition = run.BY_PERMIT_DATE,
    as_of: arguments.AsOf = None,
    sites: Annotated[str, typer.Option("--sites", help="Only these codes, separated by commas.")] = "",
    kind: Annotated[str, typer.Option("--kind", help=f"Only {' or '.join(terms.SITE_KIND)} sites.")] = "",
    approved: arguments.Approved = False,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Write the judged record as one file for others, with what it rests on in it."""
    if form not in exporting.FORMATS:
        raise typer.BadParameter(f"{form}: use one of: {', '.join(exporting.FORMATS)}", param_hint="FORMAT")
    if kind and kind not in terms.SITE_KIND:
        raise typer.BadParameter(f"{kind}: use one of: {', '.join(terms.SITE_KIND)}", param_hint="--kind")
    words, day = answers.reader(context).words, arguments.day(as_of)
    with answers.progress(words.text("Export")):
        record = arguments.read_record(folder, edition, day, approved)
        asked = arguments.known_codes([code.strip() for code in sites.split(",") if code.strip()], record.sites)
        wanted = selection.Selection(kinds=(kind,) if kind else (), codes=asked)
        codes = selection.select(record.sites, record.audit.sites, wanted)
        if codes.empty:
            raise typer.BadParameter("no site of the register is meant", param_hint="--sites, --kind")
        with arguments.opened(folder) as store:
            _, trust = report.of_record(store, record, arguments.today())
        base = ground.of(arguments.chosen_workspace(folder).folder)
        options = contents.Options(arguments.today(), sentences.lines(trust, words), ground=base)
        made = contents.contents(record, words, options=options, codes=codes)
        if form == "map":
            web_assets.prepare()
        name, written = exporting.export(form, made, words)
    target = file / name if file.is_dir() else file
    if target.exists() and not replace:
        raise typer.BadParameter(f"{target}: {answers.EXISTS}", param_hint="FILE")
    target.write_bytes(written)
    answer = {
        "file": str(target),
        "format": form,
        "bytes": len(written),
        "sites": len(codes),
        "demonstration": record.demonstration,
        "edition": edition,
        "as_of": None if day is None else day.isoformat(),
        "head": record.head,
    }
    lines = [words.text(terms.DEMONSTRATION)] if record.demonstration else []
    answers.give(context, answer, (*lines, words.text(EXPORTED, count=words.number(len(codes), 0), file=target)))
