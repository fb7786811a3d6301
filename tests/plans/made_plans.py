"""Make one plan of the demonstration, once a process, for every test of what a plan is handed out as."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from pathlib import Path

from audits.access import site_network
from audits.cli import arguments
from audits.plans import build_model, plan_constraints, plan_contents, solved_plan
from audits.ramps import price_books

MADE_ON = dt.date(2026, 3, 5)
BUDGET_THB = 400_000.0


@functools.cache
def subject(folder: Path) -> plan_contents.Subject:
    """Return the plan of a small budget, made from the demonstration of a workspace."""
    place = folder / "demonstration"
    record = arguments.Request(folder=place).read_record()
    model = build_model.build(site_network.read(place, record.area), record, price_books.sample())
    wishes = plan_constraints.Constraints(BUDGET_THB)
    worked = solved_plan.solve(model.model, wishes, progress=lambda *_: None, cancelled=lambda: False)
    assert worked is not None
    return plan_contents.Subject(record, model, wishes, worked, price_books.sample(), "", MADE_ON)


@functools.cache
def by_years(folder: Path) -> plan_contents.Subject:
    """Return the same plan with a plan by years beside it."""
    made = subject(folder)
    years = solved_plan.by_years(made.model.model, made.wishes, (200_000.0, 200_000.0), lambda *_: None)
    return dataclasses.replace(made, by_years=years)
