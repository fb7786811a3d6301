"""Hand the record out on paper from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import terms, wording
from audits.book import book as map_book
from audits.book import layout, sheets
from audits.cli import answers, arguments
from audits.formats import typesetting
from audits.reports import contents
from audits.rules import files
from audits.scoring import findings, run, selection
from layers import ground

phrase = wording.phrase

PRINTED = phrase("{count} sites on {pages} pages written to {file}")
BLANK = phrase("Blank sheets, {pages} pages, written to {file}")


def book(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.pdf", help="The new file.", dir_okay=False)],
    zone: Annotated[list[int] | None, typer.Option("--zone", help="Only this zone; may be given again.")] = None,
    verdict: Annotated[
        list[str] | None, typer.Option("--verdict", help=f"Only {', '.join(terms.VERDICT)}; may be given again.")
    ] = None,
    sites: Annotated[str, typer.Option("--sites", help="Only these codes, separated by commas.")] = "",
    kind: Annotated[str, typer.Option("--kind", help=f"Only {' or '.join(terms.SITE_KIND)} sites.")] = "",
    paper: Annotated[str, typer.Option("--paper", help=f"{' or '.join(layout.PAPERS)}.")] = layout.A4,
    edition: arguments.Edition = run.BY_PERMIT_DATE,
    as_of: arguments.AsOf = None,
    address: Annotated[
        str, typer.Option("--address", help="Where the application answers; adds a square code to every page.")
    ] = "",
    walking: Annotated[bool, typer.Option("--walking/--driving", help="How the days go from site to site.")] = False,
    blank: Annotated[bool, typer.Option("--blank", help="Only blank measuring sheets, of no site.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """Print the map book: how to measure, day routes, and a page for each site with what to measure first."""
    _check(file, paper, verdict or [], kind, address, replace=replace)
    words, today = answers.reader(context).words, arguments.today()
    with answers.progress(words.text("Map book for measuring")):
        if blank:
            written = sheets.blank(files.load_criteria(), words, made_on=today, paper=paper)
            answer: dict[str, object] = {"sites": 0}
        else:
            record = arguments.read_record(folder, edition, arguments.day(as_of))
            asked = arguments.known_codes([code.strip() for code in sites.split(",") if code.strip()], record.sites)
            wanted = selection.Selection(
                kinds=(kind,) if kind else (), zones=zone or (), verdicts=verdict or (), codes=asked
            )
            codes = selection.select(record.sites, record.audit.sites, wanted)
            if codes.empty:
                raise typer.BadParameter("no site of the register is meant", param_hint="--zone, --verdict, --sites")
            options = contents.Options(today, ground=ground.of(arguments.chosen_workspace(folder).folder))
            made = contents.contents(record, words, options=options, codes=codes)
            written = map_book.book(made, words, paper=paper, app_address=address, walking=walking)
            answer = {
                "sites": len(codes),
                "demonstration": record.demonstration,
                "edition": edition,
                "as_of": None if as_of is None else as_of.date().isoformat(),
                "head": record.head,
            }
    file.write_bytes(written)
    _answer(context, file, written, {**answer, "blank": blank, "paper": paper})


def _check(file: Path, paper: str, verdicts: list[str], kind: str, address: str, *, replace: bool) -> None:
    if paper not in layout.PAPERS:
        raise typer.BadParameter(f"{paper}: use one of: {', '.join(layout.PAPERS)}", param_hint="--paper")
    strangers = [each for each in verdicts if each not in findings.VERDICTS]
    if strangers:
        accepted = ", ".join(terms.VERDICT)
        raise typer.BadParameter(f"{', '.join(strangers)}: use one of: {accepted}", param_hint="--verdict")
    if kind and kind not in terms.SITE_KIND:
        raise typer.BadParameter(f"{kind}: use one of: {', '.join(terms.SITE_KIND)}", param_hint="--kind")
    if address and not address.startswith(("https://", "http://")):
        raise typer.BadParameter(f"{address}: begin with https:// or http://", param_hint="--address")
    if file.exists() and not replace:
        raise typer.BadParameter(f"{file}: exists already; name another file, or say --replace", param_hint="FILE.pdf")


def _answer(context: typer.Context, file: Path, written: bytes, answer: dict[str, object]) -> None:
    words, pages = answers.reader(context).words, typesetting.pages(written)
    full = {"file": str(file), "bytes": len(written), "pages": pages, **answer}
    lines = [words.text(terms.DEMONSTRATION)] if answer.get("demonstration") else []
    template = BLANK if answer["blank"] else PRINTED
    values = {"pages": words.number(pages, 0), "file": file}
    if not answer["blank"]:
        values["count"] = words.number(int(str(answer["sites"])), 0)
    answers.give(context, full, (*lines, words.text(template, **values)))
