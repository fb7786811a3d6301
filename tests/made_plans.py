"""Make one plan of the demonstration, once a process, for every test of what a plan is handed out as."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from pathlib import Path

from audits import price_files
from audits.command_line import arguments
from audits.exchange import plan_contents
from audits.planning import frontier, plan_wishes, town_of_record, worked_plan

MADE_ON = dt.date(2026, 3, 5)
BUDGET_THB = 400_000.0


@functools.cache
def subject(folder: Path) -> plan_contents.Subject:
    """Return the plan of a small budget, made from the demonstration of a workspace."""
    place = folder / "demonstration"
    record = arguments.read_record(place)
    model = town_of_record.assemble(
        town_of_record.network_of(place), record, price_files.sample(), case=frontier.LIKELY
    )
    wishes = plan_wishes.Wishes(BUDGET_THB)
    worked = worked_plan.work_out(model.town, wishes, say=lambda *_: None, cancelled=lambda: False)
    assert worked is not None
    return plan_contents.Subject(record, model, wishes, worked, price_files.sample(), "", MADE_ON)


@functools.cache
def by_years(folder: Path) -> plan_contents.Subject:
    """Return the same plan with a plan by years beside it."""
    made = subject(folder)
    years = worked_plan.by_years(made.model.town, made.wishes, (200_000.0, 200_000.0), lambda *_: None)
    return dataclasses.replace(made, by_years=years)
