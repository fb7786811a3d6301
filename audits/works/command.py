"""Tell from the command line how far each fix is, and which sites are due to be surveyed again."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated

import pandas as pd
import typer

from audits import wording
from audits.cli import answers, arguments
from audits.plans import site_fixes
from audits.ramps import price_books
from audits.store import fix_steps
from audits.works import fix_states

phrase = wording.phrase

SUMMARY = phrase("{n} fixes, {overdue} of them overdue for acceptance; {resurveys} sites are due to be surveyed again")


def works_list(
    context: typer.Context,
    state: Annotated[str, typer.Option("--state", help=f"Only fixes that are: {', '.join(fix_states.STATES)}.")] = "",
    folder: arguments.Folder = None,
    _json: arguments.Json = False,
    _language: arguments.Language = "th",
) -> None:
    """List every fix with its state, its days and its likely cost, and the surveys that are overdue."""
    if state and state not in fix_states.STATES:
        raise typer.BadParameter(f"{state}: use one of: {', '.join(fix_states.STATES)}", param_hint="--state")
    words, today = answers.reader(context).words, arguments.today()
    record = arguments.read_record(folder)
    with arguments.opened(folder) as store:
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
    answer = {
        "fixes": rows,
        "surveys_overdue": overdue,
        "accept_within_days": fix_states.ACCEPT_WITHIN_DAYS,
        "resurvey_after_days": fix_states.RESURVEY_AFTER_DAYS,
        "sample_prices": book.sample,
        "demonstration": record.demonstration,
        "head": record.head,
    }
    summary = words.text(SUMMARY, n=len(rows), overdue=late, resurveys=len(overdue))
    lines = (f"{row['fix_id']}  {words.text(fix_states.STATES[str(row['state'])])}" for row in rows)
    answers.give(context, answer, (*lines, summary))


def _row(name: str, followed: pd.DataFrame, costs: dict[str, float], elements: pd.DataFrame) -> dict[str, object]:
    """Return one fix for JSON; days as texts, what is not known as null."""
    row: dict[str, object] = {
        "fix_id": name,
        "site_code": str(elements.loc[name, "site_code"]),
        "state": fix_states.FOUND,
    }
    row |= {"likely_cost_thb": costs.get(name), "overdue": False}
    if name in followed.index:
        status = followed.loc[name].to_dict()
        row |= {str(key): value.isoformat() if isinstance(value, dt.date) else value for key, value in status.items()}
        row["overdue"] = bool(status["overdue"])
    return row
