"""Make the public pages of a record: answers, briefs, and the entry for data portals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from audits import errors, wording
from audits import record as records
from audits.access import committed_works, site_network
from audits.council import brief, council_contents, figures, money, static_site
from audits.plans import build_model
from audits.ramps import price_books, prices
from audits.reports import accessibility_statement, catalogue, privacy_notice
from audits.requests import counts
from audits.store import public_pages
from audits.store.db import connection
from audits.store.public_form import unread
from audits.store.register import municipal_choices
from audits.store.requests import requests
from audits.store.works import fix_steps
from audits.works import spending, works_table
from layers import web_assets

DATA_DICTIONARY = wording.phrase("Data dictionary")
STATEMENTS = {
    wording.phrase("Privacy"): privacy_notice.ADDRESS,
    wording.phrase("Accessibility of this program"): accessibility_statement.ADDRESS,
}
ASK = {wording.phrase("Ask the municipality"): unread.ADDRESS}
CATALOGUE, DICTIONARY = "catalogue.jsonld", "data_dictionary.csv"


def make(
    store: connection.Store,
    record: records.AuditedRecord,
    today: dt.date,
    target: Path,
    languages: Sequence[str] = wording.LANGUAGES,
) -> dict[Path, bytes]:
    """Write the pages into a folder, over those of before; return what was written.

    Raises
    ------
    OSError
        If the folder cannot be written.
    layers.errors.LayerError
        If the fonts cannot be prepared, or the ground cannot be read.
    """
    found, made_at = gathered(store, record, today), dt.datetime.now(dt.UTC)
    # a copy elsewhere has no program beside it
    is_served = target.resolve() == public_pages.folder(store.workspace).resolve()
    statements = STATEMENTS | (ASK if unread.is_open(store) else {}) if is_served else None
    pages = static_site.files(found, briefs(found, languages), languages, made_at, statements)
    files = pages | _catalogue(store, record, today)
    written = {target / name: content for name, content in files.items()}
    # the first page last: the day of its file is that of the whole
    for path in sorted(written, key=lambda path: path == target / "index.html"):
        # a file changes in one step: whoever reads meanwhile gets the old page or the new one
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        part.write_bytes(written[path])
        part.replace(path)
    return written


def briefs(found: council_contents.Answers, languages: Sequence[str]) -> dict[str, bytes]:
    """Return the printed brief in each language."""
    # here, as every form of the pages makes the briefs first and then needs the fonts too
    web_assets.prepare()
    return {language: brief.brief(found, wording.Wording(language)) for language in languages}


def _catalogue(store: connection.Store, record: records.AuditedRecord, today: dt.date) -> dict[str, bytes]:
    """Return the entry for data portals, and the data dictionary that it names, by path."""
    files = {"index.html": (catalogue.TITLE, "text/html"), DICTIONARY: (DATA_DICTIONARY, "text/csv")}
    licence = municipal_choices.chosen(store, catalogue.LICENCE)
    entry = catalogue.document(record, today, licence=licence, files=files)
    return {CATALOGUE: entry, DICTIONARY: catalogue.dictionary(record)}


def gathered(store: connection.Store, record: records.AuditedRecord, today: dt.date) -> council_contents.Answers:
    """Gather the three answers for a record, with what each million baht buys."""
    steps, book = committed_works.counted_steps(store, record), price_books.in_force(store).book
    asked = counts.by_state(requests.every(store, record.as_of))
    works = works_table.gather(store, record, book, today) if len(steps) else None
    promised = committed_works.promised_or_further(store, record)
    bought = _money(record, store.workspace.folder, book, fix_steps.designs(store), promised)
    accepted = figures.accepted(steps)
    rungs = {} if works is None else spending.rungs(works.table)
    return council_contents.gathered(record, today, bought, accepted, rungs, asked)


def _money(
    record: records.AuditedRecord,
    ground: Path,
    book: prices.PriceBook,
    designs: pd.DataFrame,
    promised: Collection[str],
) -> money.Money | None:
    # Without a site near a known way nothing can be planned.
    try:
        model = build_model.build(site_network.read(ground, record.area), record, book, designs, committed=promised)
    except errors.RefusedError:
        return None
    return money.solve(model, book)
