"""List the limits of law from the command line, and print the sheet to compare them with the gazette."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from audits import terms, wording
from audits.cli import arguments
from audits.formats import typesetting
from audits.law import limits, sheet
from audits.rules import gazette
from audits.store import town as towns

phrase = wording.phrase

WRITTEN = phrase("{count} limits to compare, {pages} pages, written to {file}")


@arguments.command()
def law(
    request: arguments.Request,
    sheet_file: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="FILE.pdf", help="Also print what is not checked, to compare on paper."),
    ] = None,
    replace: arguments.Replace = False,
) -> None:
    """List every limit of law with its clause and its state: checked, reported or disputed."""
    words = request.words
    criteria, town = request.criteria(), _town(request)
    entries = limits.of_law(criteria)
    counted = Counter(entry.limit.state for entry in entries)
    receipt: dict[str, object] = {"limits": [_row(entry, words) for entry in entries], "version": criteria.version}
    receipt["states"] = {state: counted[state] for state in terms.LAW_STATE}
    lines = [_line(entry, words) for entry in entries]
    lines += [f"{words.text(name)}: {words.number(counted[state])}" for state, name in terms.LAW_STATE.items()]
    if sheet_file is not None:
        arguments.refuse_existing([sheet_file], "--sheet", replace=replace)
        made = sheet.pdf(criteria, words, arguments.today(), words.name(town))
        sheet_file.write_bytes(made)
        pages = typesetting.pages(made)
        receipt |= {"file": str(sheet_file), "pages": pages}
        left = words.number(counted[gazette.REPORTED] + counted[gazette.DISPUTED])
        lines = [words.text(WRITTEN, count=left, pages=words.number(pages), file=sheet_file)]
    request.print_receipt(receipt, lines)


def _town(request: arguments.Request) -> towns.Town:
    place = request.workspace
    # a record that several computers share has no file to look for
    if not place.is_shared and not place.store_path.is_file():
        return towns.starter()
    with request.open_store() as store:
        return towns.read(store)


def _row(entry: limits.Entry, words: wording.Wording) -> dict[str, object]:
    limit = entry.limit
    found = limit.compared
    return {
        "id": limit.limit_id,
        "criterion": entry.criterion.criterion_id,
        "source": limit.source.source_id,
        "clause": words.name(limit.clause),
        "value": limit.stated_as,
        "state": limit.state,
        "checked_by": found.compared_by if found and limit.state == gazette.CHECKED else None,
        "checked_on": found.compared_on.isoformat() if found and limit.state == gazette.CHECKED else None,
        "readings": [{"value": one.stated_as, "source": words.name(one.by)} for one in limit.readings],
    }


def _line(entry: limits.Entry, words: wording.Wording) -> str:
    limit = entry.limit
    place = f"{words.name(limit.source.short)} {words.name(limit.clause)}"
    value = "; ".join(limits.value_lines(entry, words))
    return f"{place}  {entry.criterion.criterion_id}  {value}  {words.text(terms.LAW_STATE[limit.state])}"
