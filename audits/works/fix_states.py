"""Follow each fix from plan to acceptance, and record its steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from audits import errors, wording
from audits.store.db import connection
from audits.store.works import contracts, fix_steps

FOUND = "found"
PLANNED, DESIGNED, BUILT, ACCEPTED, DROPPED = STEPS = fix_steps.STEPS
STATES: Mapping[str, str] = {
    FOUND: wording.phrase("found, not planned yet"),
    PLANNED: wording.phrase("planned"),
    DESIGNED: wording.phrase("designed"),
    BUILT: wording.phrase("built, awaits acceptance"),
    ACCEPTED: wording.phrase("accepted after a survey"),
    DROPPED: wording.phrase("dropped"),
}
MAY_FOLLOW: Mapping[str, tuple[str, ...]] = {
    FOUND: (PLANNED, DESIGNED, BUILT),
    PLANNED: (DESIGNED, BUILT, DROPPED),
    DESIGNED: (BUILT, DROPPED),
    BUILT: (ACCEPTED, DROPPED),
    ACCEPTED: (PLANNED,),
    DROPPED: (PLANNED,),
}
"""Steps may be skipped forward, never taken back; what was accepted or dropped can only be planned anew."""

REBUILT: Mapping[bool, str] = {
    False: wording.phrase("Parts were mended; earlier answers still count."),
    True: wording.phrase("It was built anew whole; only answers from that day on count."),
}
"""What was built, by whether :mod:`audits.store.register.rebuilt_elements` keeps its day."""

DONE_PERCENT = 100
"""How much of works is done once they are recorded as built, whatever was reported before."""
ACCEPT_WITHIN_DAYS = 90
RESURVEY_AFTER_DAYS = 365
WORKING_VALUES = wording.phrase(
    "Acceptance within {accept} days after building, and a new survey {resurvey} days after the last, so that each "
    "yearly budget rests on fresh figures: our working values, no rule sets them."
)

OUT_OF_ORDER = errors.ProblemKind("WORKS-001", "The fix is {state}; now it can only become: {steps}.")
BEFORE_THE_LAST = errors.ProblemKind(
    "WORKS-002", "The day {day} lies before the step of {last}; write that day or a later one."
)
IN_THE_FUTURE = errors.ProblemKind("WORKS-003", "The day {day} has not come yet; write today or an earlier day.")
BEFORE_CONTRACT = errors.ProblemKind(
    "WORKS-016", "The day {day} lies before the contract of {signed}; write that day or a later one."
)
UNKNOWN_STEP = errors.ProblemKind("STORE-602", "{step} is not a step here; use one of: {steps}.")
NO_DESIGN = errors.ProblemKind("STORE-605", "Choose the design kept here, or write in the note which drawing it is.")
NO_REASON = errors.ProblemKind("STORE-606", "Write in the note why it is dropped.")
NEEDS_SURVEY = errors.ProblemKind("STORE-607", "Nothing is accepted without a survey of what was built; give one.")

_DATES = {PLANNED: "planned_on", DESIGNED: "designed_on", BUILT: "built_on", ACCEPTED: "accepted_on"}
_REFERENCES = ("plan_id", "design_id", "survey_id")
COLUMNS = ("site_code", "element_id", "state", "since", *_DATES.values(), *_REFERENCES, "accept_by", "overdue")


def follow(steps: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """Return the state of each fix from its steps, in the order in which they were recorded.

    Returns
    -------
    pandas.DataFrame
        Index ``fix_id``; columns :data:`COLUMNS`: ``state`` is a key of :data:`STATES`, ``since`` the day of the last
        step, the other days those of the present round (a fix planned anew begins a new one), ``accept_by`` the last
        day to accept what was built, ``overdue`` whether that day has passed.
    """
    rows = [_state_of(part, today) for _, part in steps.groupby("fix_id", sort=True)]
    index = pd.Index([row["fix_id"] for row in rows], name="fix_id", dtype=object)
    return pd.DataFrame.from_records(rows, index=index, columns=list(COLUMNS))


def _state_of(part: pd.DataFrame, today: dt.date) -> dict[str, Any]:
    # A fix that was accepted or dropped can be planned again: its days then count from there.
    rounds = part["step"].shift().isin((ACCEPTED, DROPPED)).cumsum()
    current = part.loc[rounds == rounds.iloc[-1]]
    last = current.iloc[-1]
    days = dict(zip(current["step"], current["happened_on"], strict=True))
    row: dict[str, Any] = {name: last[name] for name in ("fix_id", "site_code", "element_id")}
    row |= {"state": last["step"], "since": last["happened_on"]}
    row |= {column: days.get(step) for step, column in _DATES.items()}
    # the last one named, as a later step may leave it out
    row |= {name: next((one for one in reversed(current[name].tolist()) if one), "") for name in _REFERENCES}
    accept_by = days[BUILT] + dt.timedelta(days=ACCEPT_WITHIN_DAYS) if last["step"] == BUILT else None
    return row | {"accept_by": accept_by, "overdue": accept_by is not None and today > accept_by}


@dataclass(frozen=True)
class State:
    """State of one fix, the day of its last step, and those it was planned and built; None where there is none."""

    state: str = FOUND
    since: dt.date | None = None
    planned_on: dt.date | None = None
    built_on: dt.date | None = None


def state(steps: pd.DataFrame) -> State:
    """Return the state of one fix from its steps, those under the ids of joined elements among them."""
    if steps.empty:
        return State()
    # whether it is overdue is not asked here, so any day will do
    row = _state_of(steps, dt.date.max)
    return State(row["state"], row["since"], row["planned_on"], row["built_on"])


def misstep(
    fix_id: str, state: str, since: dt.date | None, step: str, happened_on: dt.date, today: dt.date
) -> tuple[errors.Problem, ...]:
    """Return why a fix cannot take a step on a local day; empty when it can.

    `since` is the day of the last step, None when there was none.
    """
    found = []
    if step not in MAY_FOLLOW[state]:
        found.append(OUT_OF_ORDER.at(fix_id, state=state, steps=", ".join(MAY_FOLLOW[state])))
    if since is not None and happened_on < since:
        found.append(BEFORE_THE_LAST.at(fix_id, day=happened_on.isoformat(), last=since.isoformat()))
    if happened_on > today:
        found.append(IN_THE_FUTURE.at(fix_id, day=happened_on.isoformat()))
    return tuple(found)


def record(
    store: connection.Store,
    fix_id: str,
    step: str,
    happened_on: dt.date,
    actor: str,
    *,
    note: str = "",
    plan_id: str = "",
    design_id: str = "",
    rebuilt: bool = False,
    recorded_at: dt.datetime | None = None,
) -> None:
    """Record that a fix was planned, designed, built or dropped; :mod:`audits.works.acceptance` accepts one.

    Parameters
    ----------
    fix_id
        The element that is mended, see :mod:`audits.plans.site_fixes`.
    note
        Remark; needed to drop, and to name the drawing when no design is kept here.
    plan_id, design_id
        The plan that it is part of, and the design it is built by; empty when none is kept here.
    rebuilt
        Whether what was built was built anew whole, so that no answer from before that day holds any more.

    Raises
    ------
    errors.RefusedError
        With every problem: a step out of order, an impossible day, an unknown element, plan or design, a missing note.
    errors.NotAllowedError
        When this role may not record steps.
    """
    if step == ACCEPTED:
        raise errors.RefusedError((NEEDS_SURVEY.at(fix_id),))
    if step not in STEPS:
        raise errors.RefusedError((UNKNOWN_STEP.at("step", step=step, steps=", ".join(STEPS)),))
    row = fix_steps.Step(fix_id, step, happened_on, note.strip(), plan_id, design_id, rebuilt=rebuilt and step == BUILT)
    known = contracts.of_fix(store, fix_id)

    def problems(before: pd.DataFrame, today: dt.date) -> tuple[errors.Problem, ...]:
        now = state(before)
        early = before_contract(known.in_round(fix_steps.round_of(before)), happened_on) if step == BUILT else ()
        return (*misstep(fix_id, now.state, now.since, step, happened_on, today), *early, *_missing(row))

    fix_steps.add(store, row, actor, problems, recorded_at=recorded_at)


def before_contract(known: contracts.Contracts, day: dt.date) -> tuple[errors.Problem, ...]:
    """Return that a day lies before the contract of a round of works, which an amendment may date later; else empty."""
    signed = min(known.signed["signed_on"], default=day)
    if day >= signed:
        return ()
    days = {name: _shown_day(one) for name, one in (("day", day), ("signed", signed))}
    return (BEFORE_CONTRACT.at(wording.Translated(lambda words: words.text("Day")), **days),)


def _shown_day(day: dt.date) -> wording.Translated:
    return wording.Translated(lambda words: words.day(day))


def _note() -> wording.Translated:
    return wording.Translated(lambda words: words.text("Note"))


def _missing(row: fix_steps.Step) -> tuple[errors.Problem, ...]:
    if row.step == DESIGNED and not row.design_id and not row.note:
        return (NO_DESIGN.at(_note()),)
    return (NO_REASON.at(_note()),) if row.step == DROPPED and not row.note else ()


def resurveys(
    last_surveyed_on: pd.Series[pd.Timestamp], today: dt.date, standing: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return when each site is due to be surveyed again, the longest overdue first; a site never surveyed comes last.

    Parameters
    ----------
    last_surveyed_on
        Instant by site.
    today
        Local day.
    standing
        From :func:`follow`: what was built since a survey is due by the day of its acceptance. None: nothing was.

    Returns
    -------
    pandas.DataFrame
        Index ``code``; ``surveyed_on`` and ``due_on`` (local days, None when never surveyed), ``overdue``.
    """
    instants = pd.to_datetime(last_surveyed_on, utc=True)
    surveyed = [None if pd.isna(one) else wording.local_day(one) for one in instants]
    built = {} if standing is None else _built(standing)
    due = [_due(day, built.get(code, [])) for code, day in zip(last_surveyed_on.index, surveyed, strict=True)]
    overdue = [day is not None and day < today for day in due]
    columns = {"surveyed_on": pd.Series(surveyed, dtype=object), "due_on": pd.Series(due, dtype=object)}
    frame = pd.DataFrame(columns).assign(overdue=pd.Series(overdue, dtype=bool)).set_index(last_surveyed_on.index)
    order = sorted(range(len(due)), key=lambda place: (due[place] or dt.date.max, str(frame.index[place])))
    return frame.iloc[order]


def _built(standing: pd.DataFrame) -> dict[str, list[tuple[dt.date, dt.date]]]:
    """Return by site when each work that awaits acceptance was built, and by when it is to be accepted."""
    built = standing.loc[standing["state"] == BUILT]
    return {
        str(code): list(zip(mine["built_on"], mine["accept_by"], strict=True))
        for code, mine in built.groupby("site_code")
    }


def _due(surveyed: dt.date | None, built: list[tuple[dt.date, dt.date]]) -> dt.date | None:
    if surveyed is None:
        return None
    again = surveyed + dt.timedelta(days=RESURVEY_AFTER_DAYS)
    return min([again, *(accept_by for built_on, accept_by in built if surveyed < built_on)])
