"""Keep the municipality's own prices from the command line, and write the table to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audits import wording
from audits.cli import arguments
from audits.ramps import cost_workbook, price_books, prices
from audits.store.surveys import read

phrase = wording.phrase

FACTORS_TAKEN = phrase("Factor F from {file} stands from now on ({source}); designs, plans and exports use it")
FACTORS = phrase("Factor F: {source} ({day})")
TAKEN = phrase("{count} prices from {file} stand from now on; designs, plans and exports use them")
STANDING = phrase("The prices of {file} stand, handed in by {author}")
TEMPLATE = phrase("Price table to fill in: {file}")


@arguments.command()
def prices_in(
    request: arguments.Request,
    actor: arguments.Actor,
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Prices, Factor F or the ministry's list, XLSX or CSV; none to see what stands.", dir_okay=False
        ),
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", help="Write the table to fill in here.", dir_okay=False)
    ] = None,
    replace: arguments.Replace = False,
) -> None:
    """Let the municipality's own prices stand, or say whose prices stand and write the table to fill in."""
    words = request.words
    if template is not None:
        # before anything is kept: a command that fails has done nothing
        arguments.refuse_existing([template], "--template", replace=replace)
    with request.open_store() as store:
        # to tell afterwards whether the file held Factor F or prices
        before = price_books.in_force(store).book.table
        if file is not None:
            price_books.keep(store, file.read_bytes(), file.name, actor, arguments.today())
        kept, head = price_books.in_force(store), str(read.head(store))
    table = kept.book.table
    if file is None:
        standing = words.text(STANDING, file=kept.file_name, author=kept.kept_by)
        lines = [standing if kept.own else words.text(prices.SAMPLE)]
        lines += [words.text(FACTORS, source=table.source, day=words.day(table.dated_on))] if table else []
    elif table is not None and table != before:
        lines = [words.text(FACTORS_TAKEN, file=file.name, source=table.source)]
    else:
        # one more than the items: the factor is a row of the table too
        lines = [words.text(TAKEN, count=words.number(len(kept.book.prices) + 1), file=file.name)]
    if file is not None and kept.book.sample:
        lines.append(words.text(prices.SAMPLE))
    if template is not None:
        template.write_bytes(cost_workbook.price_table(kept.book))
        lines.append(words.text(TEMPLATE, file=template))
    receipt = {
        "file": kept.file_name,
        "kept_by": kept.kept_by,
        "kept_at": None if kept.kept_at is None else kept.kept_at.isoformat(),
        "sample": kept.book.sample,
        "factor_f": None if kept.book.table is None else kept.book.table.source,
        "prices": {code: [str(amount) for amount in price.thb] for code, price in kept.book.prices.items()},
        "template": None if template is None else str(template),
        "head": head,
    }
    request.print_receipt(receipt, lines)
