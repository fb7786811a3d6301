"""Accept what was built, when an approved survey of it shows that nothing of what was to be mended still fails."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from audits import barriers, errors, wording
from audits import record as records
from audits.rules import model
from audits.scoring import run
from audits.store.db import connection
from audits.store.register import checks, rebuilt_elements, same_elements
from audits.store.surveys import read
from audits.store.works import fix_steps
from audits.works import fix_states

STILL_FAILS = errors.ProblemKind(
    "WORKS-004", "{criterion} still fails in this survey; mend it and survey again before accepting."
)
NOT_MEASURED = errors.ProblemKind(
    "WORKS-005", "{criterion} is not measured since it was built; measure it before accepting."
)
NOT_OFFICIAL = errors.ProblemKind(
    "STORE-608", "The survey {survey_id} was withdrawn or replaced, or no engineer has approved it; review it first."
)
OTHER_ELEMENT = errors.ProblemKind("STORE-609", "The survey {survey_id} did not measure this element; survey it.")
TOO_EARLY = errors.ProblemKind(
    "STORE-610", "The survey of {observed} was made before it was built on {built}; survey it again."
)
ACCEPTED_BEFORE_SEEN = errors.ProblemKind(
    "STORE-611", "The day {day} lies before the survey of {observed}; write that day or a later one."
)


@dataclass(frozen=True)
class Inspection:
    """Result of a survey of a fix that was built, by ids of criteria.

    Parameters
    ----------
    to_mend
        What the fix was to mend; of a thing that was built anew, all that it must meet.
    failing, unmeasured, borderline
        Of these, what still fails, what is not measured, and what lies within the instrument's uncertainty; the last
        does not keep a fix from being accepted, as a ramp built exactly to the limit is always borderline.
    left_open
        Of these, what is not measured and keeps nobody from passing: it does not keep a fix from being accepted.
    is_new
        Whether the thing was built anew, so that nothing of before is known of it.
    """

    to_mend: tuple[str, ...]
    failing: tuple[str, ...]
    unmeasured: tuple[str, ...]
    borderline: tuple[str, ...]
    left_open: tuple[str, ...] = ()
    is_new: bool = False

    def problems(self, element_id: str, names: Mapping[str, str]) -> tuple[errors.Problem, ...]:
        """Return the problems that prevent acceptance, with the criteria's names in the reader's language."""
        return (
            *(STILL_FAILS.at(element_id, criterion=names.get(one, one)) for one in self.failing),
            *(NOT_MEASURED.at(element_id, criterion=names.get(one, one)) for one in self.unmeasured),
        )


def inspect(before: pd.DataFrame, after: pd.DataFrame) -> Inspection:
    """Compare the findings of one element before it was built with those of the survey for its acceptance.

    What was to be mended is all that failed or was borderline; where nothing of severity 3 or more was known to, also
    what nobody had measured of that severity.
    """
    known = before["verdict"].isin(("fail", "borderline"))
    grave = before["severity"] >= barriers.NEEDS_HELP
    # `& False` keeps the index of the findings
    unknown = before["verdict"].eq("unknown") & grave if not (known & grave).any() else known & False
    to_mend = tuple(sorted(before.loc[known | unknown, "criterion"]))
    verdict = dict(zip(after["criterion"], after["verdict"], strict=True))
    failing, unmeasured, borderline = (
        tuple(one for one in to_mend if verdict.get(one) == name) for name in ("fail", "unknown", "borderline")
    )
    return Inspection(to_mend, failing, unmeasured, borderline)


def inspect_new(after: pd.DataFrame) -> Inspection:
    """Ask of a thing that was built anew all that applies to it, whatever failed at the one that is gone."""
    rows = after.loc[after["verdict"] != "not_applicable"].sort_values("criterion")
    is_grave = rows["severity"] >= barriers.NEEDS_HELP

    def those(verdict: str, kept: pd.Series[bool] | bool = True) -> tuple[str, ...]:
        return tuple(rows.loc[rows["verdict"].eq(verdict) & kept, "criterion"])

    unmeasured, left_open = those("unknown", is_grave), those("unknown", ~is_grave)
    found = those("fail"), unmeasured, those("borderline"), left_open
    return Inspection(tuple(rows["criterion"]), *found, is_new=True)


def findings_of(
    element_id: str,
    sites: pd.DataFrame,
    elements: pd.DataFrame,
    measurements: pd.DataFrame,
    criteria: model.Criteria,
    weights: model.Weights,
) -> pd.DataFrame:
    """Return the findings of one element by the measurements given; parameters as in :func:`audits.scoring.run.run`."""
    one = elements.loc[[element_id]]
    here = sites.loc[one["site_code"]]
    mine = measurements.loc[measurements["element_id"] == element_id]
    return run.run(here, one, mine, criteria, weights).findings


def readings_of(store: connection.Store, as_of: dt.date | None = None, *, approved_only: bool = False) -> pd.DataFrame:
    """Return the readings that count, as in :class:`audits.record.AuditedRecord`: also at each element joined to one.

    Parameters
    ----------
    as_of, approved_only
        As in :func:`audits.store.surveys.read.measurements`.
    """
    _, elements = records.register(store)
    joined = same_elements.remaining(same_elements.joined(store), elements.index)
    measured = read.measurements(store, as_of, approved_only=approved_only)
    return records.shared(
        rebuilt_elements.since(measured, rebuilt_elements.days(store, as_of), joined), elements, joined
    )


def newest_survey(element_id: str, built_on: dt.date, measurements: pd.DataFrame) -> str:
    """Return the id of the newest survey that measured an element on the day it was built or later; empty if none."""
    mine = measurements.loc[measurements["element_id"] == element_id]
    # by the day of the town: that of UTC begins at another hour
    since = mine.loc[mine["observed_at"].dt.tz_convert(wording.local_zone()).dt.date >= built_on]
    # stable: of surveys at one instant the one that came later counts
    return "" if since.empty else str(since.sort_values("observed_at", kind="stable")["survey_id"].iloc[-1])


def inspection(
    store: connection.Store, fix_id: str, survey_id: str, criteria: model.Criteria, weights: model.Weights
) -> Inspection:
    """Return the result of one survey for a fix that was built; parameters as in :func:`accept`.

    Raises
    ------
    errors.RefusedError
        When the fix is not an element of the register.
    """
    sites, elements = read.sites(store), read.elements(store)
    if fix_id not in elements.index:
        raise errors.RefusedError((checks.NOT_REGISTERED.at(fix_id, name=fix_id),))
    # never built: all that is known so far is what it has to mend
    built_on = fix_states.state(fix_steps.of_fix(store, fix_id)).built_on or dt.date.max
    # What was known on the day before building is what the fix was to mend.
    old, new = readings_of(store, built_on - dt.timedelta(days=1)), readings_of(store)
    judged = functools.partial(findings_of, fix_id, sites, elements, criteria=criteria, weights=weights)
    if _is_new(store, fix_id, built_on):
        # several visits may have measured it since: no reading of before is left
        return inspect_new(judged(measurements=new))
    return inspect(judged(measurements=old), judged(measurements=new.loc[new["survey_id"] == survey_id]))


def _is_new(store: connection.Store, fix_id: str, built_on: dt.date) -> bool:
    """Whether what was built on a day is recorded as built anew, under its id or that of an element joined to it."""
    rebuilt, joined = rebuilt_elements.days(store), same_elements.joined(store)
    day = rebuilt_elements.of_each(pd.Series([fix_id]), rebuilt, joined).iloc[0]
    return not pd.isna(day) and day.date() == built_on


def accept(
    store: connection.Store,
    fix_id: str,
    survey_id: str,
    happened_on: dt.date,
    actor: str,
    criteria: model.Criteria,
    weights: model.Weights,
    *,
    note: str = "",
    names: Mapping[str, str] | None = None,
    recorded_at: dt.datetime | None = None,
) -> Inspection:
    """Record that what was built is accepted by a survey, made on the day of building or later.

    Parameters
    ----------
    store, fix_id, happened_on, actor, note, recorded_at
        As in :func:`audits.works.fix_states.record`.
    survey_id
        Judged like every survey, by the criteria of `criteria`.
    names
        Names of criteria in the reader's language, for the problems; their ids when None.

    Raises
    ------
    errors.RefusedError
        With every problem: not built, no approved survey of it since, each requirement that still fails or is not
        measured.
    errors.NotAllowedError
        When this role may not record steps.
    """
    found = inspection(store, fix_id, survey_id, criteria, weights)

    def problems(before: pd.DataFrame, today: dt.date) -> tuple[errors.Problem, ...]:
        now = fix_states.state(before)
        # one kind after the other: of works that are not built no survey says anything yet
        return (
            fix_states.misstep(fix_id, now.state, now.since, fix_states.ACCEPTED, happened_on, today)
            or _survey_problems(store, fix_id, survey_id, now.built_on, happened_on)
            or found.problems(fix_id, names or {})
        )

    row = fix_steps.Step(fix_id, fix_states.ACCEPTED, happened_on, note.strip(), survey_id=survey_id)
    fix_steps.add(store, row, actor, problems, recorded_at=recorded_at)
    return found


def _survey_problems(
    store: connection.Store, fix_id: str, survey_id: str, built_on: dt.date | None, happened_on: dt.date
) -> tuple[errors.Problem, ...]:
    """Return why a survey cannot be the one for acceptance."""
    official = readings_of(store, approved_only=True)
    mine = official.loc[official["survey_id"] == survey_id]
    if mine.empty:
        return (NOT_OFFICIAL.at(fix_id, survey_id=survey_id),)
    if fix_id not in set(mine["element_id"]):
        return (OTHER_ELEMENT.at(fix_id, survey_id=survey_id),)
    observed = wording.local_day(mine["observed_at"].iloc[0])
    if built_on is not None and observed < built_on:
        return (TOO_EARLY.at(fix_id, observed=observed.isoformat(), built=built_on.isoformat()),)
    if happened_on < observed:
        return (ACCEPTED_BEFORE_SEEN.at(fix_id, day=happened_on.isoformat(), observed=observed.isoformat()),)
    return ()
