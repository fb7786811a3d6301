"""Write the council's brief and the public pages from the command line."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from audits import errors, wording
from audits import record as records
from audits.access import site_network
from audits.cli import arguments
from audits.council import brief as printed_brief
from audits.council import council_contents, figures, money, static_site
from audits.plans import build_model, committed_works
from audits.ramps import price_books, prices
from audits.reports import catalogue
from audits.requests import counts
from audits.store.register import municipal_choices
from audits.store.requests import requests
from audits.store.works import fix_steps
from audits.works import spending, works_table
from layers import web_assets

phrase = wording.phrase

BRIEF_WRITTEN = phrase("Brief for the council, one page, written to {file}")
SITE_WRITTEN = phrase("{count} files for the public written to {file}")
DATA_DICTIONARY = phrase("Data dictionary")
CATALOGUE, DICTIONARY = "catalogue.jsonld", "data_dictionary.csv"
BOTH = "both"

Content = Annotated[str, typer.Option("--content", help="Language of the content: th, en or both.")]


@arguments.command(*arguments.JUDGED)
def brief(
    request: arguments.Request,
    file: Annotated[Path, typer.Argument(metavar="FILE.pdf", help="The new file.", dir_okay=False)],
    content: Content = "",
    replace: arguments.Replace = False,
) -> None:
    """Print the council's brief, one page of A4; in both languages it is two files."""
    languages = _languages(content or request.words.language)
    targets = {
        language: file if len(languages) == 1 else file.with_stem(f"{file.stem}-{language}") for language in languages
    }
    arguments.refuse_existing(targets.values(), "FILE", replace=replace)
    record = request.read_record()
    found = gathered(record, request)
    for language, target in targets.items():
        target.write_bytes(printed_brief.brief(found, wording.Wording(language)))
    receipt = {"files": [str(target) for target in targets.values()], "sites": len(record.sites)}
    lines = [request.words.text(BRIEF_WRITTEN, file=target) for target in targets.values()]
    request.print_receipt(receipt | arguments.basis(record), lines)


@arguments.command(*arguments.JUDGED)
def site(
    request: arguments.Request,
    target: Annotated[Path, typer.Argument(metavar="DIR", help="The folder; with --one-file, the file.")],
    one_file: Annotated[bool, typer.Option("--one-file", help="Everything in one HTML file.")] = False,
    content: Content = BOTH,
    replace: arguments.Replace = False,
) -> None:
    """Write public pages that need no server: no script, no photo, no note, no name of a surveyor."""
    languages = _languages(content or request.words.language)
    arguments.refuse_existing([target if one_file else target / "index.html"], "DIR", replace=replace)
    web_assets.prepare()
    record = request.read_record()
    found = gathered(record, request)
    briefs = {language: printed_brief.brief(found, wording.Wording(language)) for language in languages}
    if one_file:
        written = {target: static_site.one_file(found, briefs, languages)}
    else:
        pages = static_site.files(found, briefs, languages) | _catalogue(record, request)
        written = {target / name: page for name, page in pages.items()}
    for path, page in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page)
    receipt = {"files": [str(path) for path in written], "bytes": sum(map(len, written.values()))}
    line = request.words.text(SITE_WRITTEN, count=request.words.number(len(written), 0), file=target)
    request.print_receipt(receipt | {"sites": len(record.sites)} | arguments.basis(record), [line])


def _catalogue(record: records.AuditedRecord, request: arguments.Request) -> dict[str, bytes]:
    """Return the entry for data portals, and the data dictionary that it names, by path."""
    files = {"index.html": (catalogue.TITLE, "text/html"), DICTIONARY: (DATA_DICTIONARY, "text/csv")}
    with request.open_store() as store:
        licence = municipal_choices.chosen(store, catalogue.LICENCE)
    entry = catalogue.document(record, arguments.today(), licence=licence, files=files)
    return {CATALOGUE: entry, DICTIONARY: catalogue.dictionary(record)}


def gathered(record: records.AuditedRecord, request: arguments.Request) -> council_contents.Answers:
    """Gather the three answers for a record, with what each million baht buys."""
    with request.open_store() as store:
        steps, book = fix_steps.every(store), price_books.in_force(store).book
        asked = counts.by_state(requests.every(store, record.as_of))
        works = works_table.gather(store, record, book, arguments.today()) if len(steps) else None
        committed = committed_works.committed(store, record)
        promised = committed_works.promised(store, record)
        money = _money(record, store.workspace.folder, book, fix_steps.designs(store), committed, promised)
    accepted = figures.accepted(steps, record.as_of)
    rungs = {} if works is None else spending.rungs(works.table)
    return council_contents.gathered(record, arguments.today(), money, accepted, rungs, asked)


def _money(
    record: records.AuditedRecord,
    ground: Path,
    book: prices.PriceBook,
    designs: pd.DataFrame,
    committed: Collection[str],
    promised: frozenset[str],
) -> money.Money | None:
    # Without a site near a known way nothing can be planned.
    try:
        model = build_model.build(site_network.read(ground), record, book, designs, committed=committed)
    except errors.RefusedError:
        return None
    return money.solve(model, book, promised=promised)


def _languages(content: str) -> tuple[str, ...]:
    arguments.known(content, (*wording.LANGUAGES, BOTH), "--content")
    return wording.LANGUAGES if content == BOTH else (content,)
