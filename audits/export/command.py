"""Export the judged record from the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from audits import wording
from audits.access import site_network
from audits.cli import answers, arguments, usage_problems
from audits.export import exporting, losses
from audits.plans import site_fixes
from audits.quality import report, sentences
from audits.reports import catalogue, contents
from audits.store.register import municipal_choices
from audits.store.surveys import read
from layers import ground, web_assets

phrase = wording.phrase

EXPORTED = phrase("{count} sites written to {file}")
PARTLY = phrase("{file}: {written} of {total} sites are in it")
LOST = phrase("{thing}: {lost} of {total} are not in the file")
REPORTED = phrase("What the format cannot hold: {file}")


@arguments.command(*arguments.JUDGED)
def export(
    request: arguments.Request,
    form: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of: {', '.join(exporting.FORMATS)}.")],
    file: Annotated[Path, typer.Argument(help="The new file, or a folder, in which it gets the name of its kind.")],
    sites: arguments.Codes = "",
    kind: arguments.SiteKind = "",
    loss: Annotated[
        Path | None,
        typer.Option(
            "--loss", metavar="FILE.json", help="Also write what an exchange format could not hold.", dir_okay=False
        ),
    ] = None,
    replace: arguments.Replace = False,
) -> None:
    """Write the judged record as one file for others, with what it rests on in it."""
    arguments.known(form, exporting.FORMATS, "FORMAT")
    arguments.known_kind(kind)
    if loss is not None and form not in exporting.EXCHANGE:
        raise usage_problems.refused(usage_problems.NO_LOSS, "--loss", formats=", ".join(exporting.EXCHANGE))
    # Refused before the work where the names are known already.
    arguments.refuse_existing([loss] if loss else [], "--loss", replace=replace)
    # of an ending such as a4.pdf a file that somebody names needs the last part alone
    ending = f".{exporting.FORMATS[form].ending.rpartition('.')[2]}"
    if file.suffix.lower() != ending and not file.is_dir():
        raise usage_problems.refused(usage_problems.WRONG_ENDING, "FILE", file=file, endings=ending)
    if not file.is_dir():
        arguments.refuse_existing([file], "FILE", replace=replace)
    if loss is not None and loss.resolve() == file.resolve():
        raise usage_problems.refused(usage_problems.ONE_FILE, "--loss", file=loss)
    words, today = request.words, arguments.today()
    with answers.progress(words.text("Export")):
        record = request.read_record()
        codes = arguments.chosen_sites(record, "--sites, --kind", codes=sites, kind=kind)
        with request.open_store() as store:
            _, trust = report.of_record(store, record, today)
            licence = municipal_choices.chosen(store, catalogue.LICENCE)
            unsized, photos = site_fixes.waiting_in(store, record), read.photos(store)
        network = site_network.ways(request.workspace.folder, record.area) if form == "opensidewalks" else None
        base = ground.of(request.workspace.folder, record.area)
        lines_of_trust = sentences.lines(trust, words)
        options = contents.Options(today, lines_of_trust, "", base, licence, network, unsized, photos)
        made = contents.contents(record, words, options=options, codes=codes)
        if form == "map":
            web_assets.prepare()
        lost: Mapping[str, object] = {}
        if form in exporting.EXCHANGE:
            name, written, lost = exporting.export_with_losses(form, made, words)
        else:
            name, written = exporting.export(form, made, words)
    target = file / name if file.is_dir() else file
    # once more: the name within a folder is known only now
    arguments.refuse_existing([target], "FILE", replace=replace)
    target.write_bytes(written)
    receipt: dict[str, object] = {"file": str(target), "format": form, "bytes": len(written), "sites": len(codes)}
    lines = [] if lost else [words.text(EXPORTED, count=words.number(len(codes), 0), file=target)]
    if lost:
        receipt["counts"] = lost["counts"]
        lines += list(_losses(lost, words, target))
    if loss is not None:
        loss.write_bytes(losses.packed(lost))
        receipt["loss"] = str(loss)
        lines.append(words.text(REPORTED, file=loss))
    request.print_receipt(receipt | arguments.basis(record), lines)


def _losses(document: Mapping[str, Any], words: wording.Wording, file: Path) -> Iterator[str]:
    sites = document["counts"][losses.SITE]
    numbers = {name: words.number(sites[name], 0) for name in ("written", "total")}
    yield words.text(PARTLY, file=file, **numbers)
    for thing, count in document["counts"].items():
        if count["lost"]:
            numbers = {name: words.number(count[name], 0) for name in ("lost", "total")}
            yield words.text(LOST, thing=words.text(losses.THINGS[thing]), **numbers)
