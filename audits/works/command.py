"""List from the command line how far each fix is, and which sites are due to be surveyed again."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from audits import terms, wording
from audits.cli import arguments
from audits.ramps import price_books
from audits.works import fix_states, works_table, works_workbook

phrase = wording.phrase

SUMMARY = phrase("{n} fixes, {overdue} of them overdue for acceptance; {resurveys} sites are due to be surveyed again")

WRITTEN = phrase("written: {file}")
MEASURE_FIRST = phrase(
    "Measure first: {n} possible barriers at {sites} sites, {minutes} minutes; nothing is priced there"
)


@arguments.command()
def works_list(
    request: arguments.Request,
    state: Annotated[str, typer.Option("--state", help=f"Only fixes that are: {', '.join(fix_states.STATES)}.")] = "",
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="Write the list here too.", dir_okay=False)] = None,
    replace: arguments.Replace = False,
) -> None:
    """List every fix with its state, days and likely cost, what to measure first, and the surveys that are overdue."""
    arguments.known(state, tuple(fix_states.STATES), "--state", optional=True)
    words, today = request.words, arguments.today()
    if xlsx is not None:
        arguments.refuse_existing([xlsx], "--xlsx", replace=replace)
    record = request.read_record()
    with request.open_store() as store:
        book = price_books.in_force(store).book
        works = works_table.gather(store, record, book, today)
    rows = [row for row in _rows(works.table) if state in ("", row["state"])]
    due = fix_states.resurveys(record.audit.sites["last_surveyed_on"], today)
    overdue = [str(code) for code in due.index[due["overdue"].astype(bool)]]
    late = sum(bool(row["overdue"]) for row in rows)
    totals = works.totals([str(row["fix_id"]) for row in rows])
    receipt = {
        "fixes": rows,
        "totals": dataclasses.asdict(totals) | {"cost_thb": totals.cost_thb},
        "measure_first": _rows(works.measure_first),
        "surveys_overdue": overdue,
        "accept_within_days": fix_states.ACCEPT_WITHIN_DAYS,
        "resurvey_after_days": fix_states.RESURVEY_AFTER_DAYS,
        "sample_prices": book.sample,
        "demonstration": record.demonstration,
        "xlsx": None if xlsx is None else str(xlsx),
        "head": record.head,
    }
    lines = [f"{row['fix_id']}  {words.text(fix_states.STATES[str(row['state'])])}" for row in rows]
    for row in rows:
        if row["presumed_same_as"]:
            others = ", ".join(row["presumed_same_as"])
            lines.append(f"{row['fix_id']}: {words.text(works_table.PRESUMED, others=others)}")
    lines.append(totals.sentence(words))
    first = works.measure_first
    counted = {
        "n": len(first),
        "sites": first["site_code"].nunique(),
        "minutes": words.number(first["minutes"].sum(), 0),
    }
    lines.append(words.text(MEASURE_FIRST, **counted))
    lines.append(words.text(SUMMARY, n=len(rows), overdue=late, resurveys=len(overdue)))
    if xlsx is not None:
        mark = words.text(terms.DEMONSTRATION) if record.demonstration else ""
        xlsx.parent.mkdir(parents=True, exist_ok=True)
        xlsx.write_bytes(works_workbook.workbook(works, [str(row["fix_id"]) for row in rows], today, words, mark))
        lines.append(words.text(WRITTEN, file=xlsx))
    request.print_receipt(receipt, lines)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON with their id; days as texts, what is not known as null."""
    rows = table.reset_index().astype(object)
    named = rows.where(rows.notna(), None).to_dict("records")
    return [
        {str(key): value.isoformat() if isinstance(value, dt.date) else value for key, value in row.items()}
        for row in named
    ]
