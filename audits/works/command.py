"""List from the command line how far each fix is, and which sites are due to be surveyed again."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated

import pandas as pd
import typer

from audits import wording
from audits.cli import arguments
from audits.plans import site_fixes
from audits.ramps import price_books
from audits.store.works import fix_steps
from audits.works import fix_states

phrase = wording.phrase

SUMMARY = phrase("{n} fixes, {overdue} of them overdue for acceptance; {resurveys} sites are due to be surveyed again")


@arguments.command()
def works_list(
    request: arguments.Request,
    state: Annotated[str, typer.Option("--state", help=f"Only fixes that are: {', '.join(fix_states.STATES)}.")] = "",
) -> None:
    """List every fix with its state, its days and its likely cost, and the surveys that are overdue."""
    arguments.known(state, tuple(fix_states.STATES), "--state", optional=True)
    words, today = request.words, arguments.today()
    record = request.read_record()
    with request.open_store() as store:
        followed, designs = fix_states.follow(fix_steps.every(store), today), fix_steps.designs(store)
        book = price_books.in_force(store).book
    found = site_fixes.fixes(record, book)
    costs = {one.fix.fix_id: one.fix.cost.likely for one in found}
    costs |= {str(name): float(json.loads(text)["cost_thb"][1]) for name, text in designs["content"].items()}
    followed = followed.loc[followed["element_id"].isin(record.elements.index)]
    names = sorted({one.fix.fix_id for one in found} | set(followed.index))
    rows = [_row(name, followed, costs, record.elements) for name in names]
    rows = [row for row in rows if state in ("", row["state"])]
    due = fix_states.resurveys(record.audit.sites["last_surveyed_on"], today)
    overdue = [str(code) for code in due.index[due["overdue"].astype(bool)]]
    late = sum(bool(row["overdue"]) for row in rows)
    receipt = {
        "fixes": rows,
        "surveys_overdue": overdue,
        "accept_within_days": fix_states.ACCEPT_WITHIN_DAYS,
        "resurvey_after_days": fix_states.RESURVEY_AFTER_DAYS,
        "sample_prices": book.sample,
        "demonstration": record.demonstration,
        "head": record.head,
    }
    lines = [f"{row['fix_id']}  {words.text(fix_states.STATES[str(row['state'])])}" for row in rows]
    lines.append(words.text(SUMMARY, n=len(rows), overdue=late, resurveys=len(overdue)))
    request.print_receipt(receipt, lines)


def _row(name: str, followed: pd.DataFrame, costs: dict[str, float], elements: pd.DataFrame) -> dict[str, object]:
    """One fix for JSON; days as texts, what is not known as null."""
    row: dict[str, object] = {
        "fix_id": name,
        "site_code": str(elements.loc[name, "site_code"]),
        "state": fix_states.FOUND,
    }
    row |= {"likely_cost_thb": costs.get(name), "overdue": False}
    if name in followed.index:
        steps = followed.loc[name].to_dict()
        row |= {str(key): value.isoformat() if isinstance(value, dt.date) else value for key, value in steps.items()}
        row["overdue"] = bool(steps["overdue"])
    return row
