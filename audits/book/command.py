"""Print the map book from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import terms, wording
from audits.book import book as map_book
from audits.book import layout, sheets
from audits.cli import answers, arguments, usage_problems
from audits.formats import typesetting
from audits.plans import site_fixes
from audits.reports import contents
from audits.scoring import findings
from layers import ground

phrase = wording.phrase

PRINTED = phrase("{count} sites on {pages} pages written to {file}")
BLANK = phrase("Blank sheets, {pages} pages, written to {file}")


@arguments.command("edition", "as_of")
def book(
    request: arguments.Request,
    file: Annotated[Path, typer.Argument(metavar="FILE.pdf", help="The new file.", dir_okay=False)],
    zone: Annotated[list[int] | None, typer.Option("--zone", help="Only this zone; may be given again.")] = None,
    verdict: Annotated[
        list[str] | None, typer.Option("--verdict", help=f"Only {', '.join(terms.VERDICT)}; may be given again.")
    ] = None,
    sites: arguments.Codes = "",
    kind: arguments.SiteKind = "",
    paper: Annotated[str, typer.Option("--paper", help=f"{' or '.join(layout.PAPERS)}.")] = layout.A4,
    address: Annotated[
        str, typer.Option("--address", help="Where the application answers; adds a square code to every page.")
    ] = "",
    walking: Annotated[bool, typer.Option("--walking/--driving", help="How the days go from site to site.")] = False,
    blank: Annotated[bool, typer.Option("--blank", help="Only blank measuring sheets, of no site.")] = False,
    replace: arguments.Replace = False,
) -> None:
    """Print the map book: how to measure, day routes, and a page for each site with what to measure first."""
    # wrong words are refused before the record is read
    _check(paper, verdict or [], kind, address)
    arguments.refuse_existing([file], "FILE.pdf", replace=replace)
    words, today = request.words, arguments.today()
    with answers.progress(words.text("Map book for measuring")):
        if blank:
            written = sheets.blank(request.criteria(), words, made_on=today, paper=paper)
            receipt: dict[str, object] = {"sites": 0}
        else:
            record = request.read_record()
            hint = "--zone, --verdict, --sites"
            codes = arguments.chosen_sites(
                record, hint, codes=sites, kind=kind, zones=zone or (), verdicts=verdict or ()
            )
            with request.open_store() as store:
                unsized = site_fixes.waiting_in(store, record)
            base = ground.of(request.workspace.folder, record.area)
            options = contents.Options(today, ground=base, unsized=unsized)
            made = contents.contents(record, words, options=options, codes=codes)
            written = map_book.book(made, words, paper=paper, app_address=address, walking=walking)
            receipt = {"sites": len(codes), **arguments.basis(record)}
    file.write_bytes(written)
    pages = typesetting.pages(written)
    count = words.number(int(str(receipt["sites"])), 0)
    line = words.text(BLANK if blank else PRINTED, count=count, pages=words.number(pages, 0), file=file)
    about = {"file": str(file), "bytes": len(written), "pages": pages, "blank": blank, "paper": paper}
    request.print_receipt(about | receipt, [line])


def _check(paper: str, verdicts: list[str], kind: str, address: str) -> None:
    arguments.known(paper, layout.PAPERS, "--paper")
    for verdict in verdicts:
        arguments.known(verdict, findings.VERDICTS, "--verdict")
    arguments.known_kind(kind)
    if address and not address.startswith(("https://", "http://")):
        raise usage_problems.refused(usage_problems.NO_ADDRESS, "--address", value=address)
