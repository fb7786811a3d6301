"""Keep the steps of each fix from plan to acceptance: every step a row, none ever changed."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from audits import errors, wording
from audits.store.audit_log import events
from audits.store.db import column_types, connection, frames, schema
from audits.store.register import checks, rebuilt_elements, same_elements

ACTION = "fix.step"
COLUMNS = (
    *("fix_id", "site_code", "element_id", "step", "happened_on"),
    *("plan_id", "design_id", "survey_id", "note", "recorded_by", "recorded_at"),
)
PLANNED, DESIGNED, BUILT, ACCEPTED, DROPPED = STEPS = ("planned", "designed", "built", "accepted", "dropped")
DESIGN_COLUMNS = ("design_id", "site_code", "element_id", "title", "content")

NO_AUTHOR = errors.ProblemKind("STORE-601", "Say who records the step: a name or staff number.")
UNKNOWN_PLAN = errors.ProblemKind("STORE-603", "The record has no plan {plan_id}; choose one that is kept.")
OTHER_DESIGN = errors.ProblemKind(
    "STORE-604", "The design {design_id} is not one of this place; choose one that is kept for it."
)


@dataclass(frozen=True)
class Step:
    """One step of a fix on a day, with the plan, design or survey it rests on; empty where none is kept here.

    `rebuilt` says of what was built that it was built anew whole, see :mod:`audits.store.register.rebuilt_elements`.
    """

    fix_id: str
    step: str
    happened_on: dt.date
    note: str = ""
    plan_id: str = ""
    design_id: str = ""
    survey_id: str = ""
    rebuilt: bool = False


Check = Callable[[pd.DataFrame, dt.date], tuple[errors.Problem, ...]]
"""Takes the steps of the fix so far and today's local day, and returns why one more cannot follow."""


def add(
    store: connection.Store, step: Step, actor: str, check: Check, *, recorded_at: dt.datetime | None = None
) -> None:
    """Write one step.

    The check is called inside the transaction, so that no other step can come between its answer and the row.

    Raises
    ------
    errors.RefusedError
        With every problem: no author, an unknown element, plan or design, and those of the check.
    errors.NotAllowedError
        When this role may not record steps.
    """
    moment = column_types.instant(recorded_at)
    with connection.writing(store) as records:
        element = schema.element.c
        code = records.execute(sa.select(element.site_code).where(element.element_id == step.fix_id)).scalar()
        problems = [] if code else [checks.NOT_REGISTERED.at(step.fix_id, name=step.fix_id)]
        problems += [] if actor.strip() else [NO_AUTHOR.at("recorded_by")]
        if not problems:
            today = wording.local_day(moment)
            before = within(records, step.fix_id)
            problems += [*check(before, today), *_reference_problems(records, step)]
        if problems:
            raise errors.RefusedError(tuple(problems))
        values = dataclasses.asdict(step) | {"element_id": step.fix_id, "site_code": code}
        rebuilt = values.pop("rebuilt")
        # null where there is none, since a foreign key knows no empty id
        values |= {name: values[name] or None for name in ("plan_id", "design_id", "survey_id")}
        events.add(records, ACTION, values, actor.strip(), moment)
        if rebuilt:
            rebuilt_elements.add(records, step.fix_id, step.happened_on, actor.strip(), moment)
        elif step.step == DROPPED:
            _take_rebuilding_back(records, before.iloc[-1], actor.strip(), moment)


def _take_rebuilding_back(records: sa.Connection, last: pd.Series[Any], actor: str, moment: dt.datetime) -> None:
    """What is dropped after it was recorded as built was not: where it was rebuilt, answers of before count again."""
    day = rebuilt_elements.replay(rebuilt_elements.statements(records)).get(last["fix_id"])
    if last["step"] == BUILT and day == last["happened_on"]:
        rebuilt_elements.add(records, last["fix_id"], day, actor, moment, rebuilt=False)


def _reference_problems(records: sa.Connection, step: Step) -> list[errors.Problem]:
    design, element, found = schema.design.c, schema.element.c, []
    names = same_elements.members(records, step.fix_id)
    sites = sa.select(element.site_code).where(element.element_id.in_(names))
    if step.plan_id and not connection.exists(records, schema.plan.c.plan_id == step.plan_id):
        found.append(UNKNOWN_PLAN.at("plan_id", plan_id=step.plan_id))
    here = design.site_code.in_(sites), design.element_id.in_(("", *names))
    if step.design_id and not connection.exists(records, design.design_id == step.design_id, *here):
        found.append(OTHER_DESIGN.at("design_id", design_id=step.design_id))
    return found


def every(store: connection.Store, site_code: str | None = None) -> pd.DataFrame:
    """Return the steps of all fixes, or of one site, in the order in which they were recorded.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS`: ``happened_on`` a day, references empty when there is none, ``recorded_at`` an instant
        (UTC).
    """
    with connection.reading(store) as records:
        return _steps(records, sa.true() if site_code is None else schema.fix_step.c.site_code == site_code)


def of_fix(store: connection.Store, fix_id: str) -> pd.DataFrame:
    """Return the steps of one fix, also those under the ids of joined elements; see :func:`every`."""
    with connection.reading(store) as records:
        return within(records, fix_id)


def within(records: sa.Connection, fix_id: str) -> pd.DataFrame:
    """Return the steps of one fix in the caller's transaction; see :func:`of_fix`."""
    return _steps(records, schema.fix_step.c.fix_id.in_(same_elements.members(records, fix_id)))


def _steps(records: sa.Connection, where: sa.ColumnElement[bool]) -> pd.DataFrame:
    columns = schema.fix_step.c
    query = sa.select(*(columns[name] for name in COLUMNS)).where(where).order_by(columns.fid)
    rows = [dict(row) for row in records.execute(query).mappings()]
    frame = pd.DataFrame.from_records(rows, columns=list(COLUMNS))
    frame["recorded_at"] = pd.to_datetime(frame["recorded_at"], utc=True).dt.as_unit("ms")
    return frame.fillna(dict.fromkeys(("plan_id", "design_id", "survey_id"), ""))


def round_of(steps: pd.DataFrame) -> int:
    """Return the number of the present round: works planned anew after acceptance or after being dropped are the next.

    Parameters
    ----------
    steps
        Of one fix, from :func:`of_fix`.
    """
    # what follows an end begins a round; the end itself belongs to the round before
    return int(steps["step"].shift().isin((ACCEPTED, DROPPED)).sum()) + 1


def designs(store: connection.Store) -> pd.DataFrame:
    """Return the latest design of each element; index ``element_id``, columns :data:`DESIGN_COLUMNS`."""
    one, newer = schema.design, schema.design.alias("newer")
    replaced = sa.select(newer.c.fid).where(newer.c.supersedes == one.c.design_id)
    query = sa.select(*(one.c[name] for name in DESIGN_COLUMNS)).where(one.c.element_id != "", ~replaced.exists())
    rows = frames.rows(store, query.order_by(one.c.fid))
    # a place may have two designs of which neither replaced the other: the later one counts
    frame = pd.DataFrame.from_records(rows, columns=list(DESIGN_COLUMNS)).drop_duplicates("element_id", keep="last")
    return frame.set_index("element_id", drop=False)
