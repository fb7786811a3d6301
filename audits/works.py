"""Follow each fix from plan to acceptance, and say what has changed at its site since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from audits import errors, wording
from audits.rules import model
from audits.scoring import run

FOUND, PLANNED, DESIGNED, BUILT, ACCEPTED, DROPPED = "found", "planned", "designed", "built", "accepted", "dropped"
STEPS = (PLANNED, DESIGNED, BUILT, ACCEPTED, DROPPED)
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

ACCEPT_WITHIN_DAYS = 90
RESURVEY_AFTER_DAYS = 365
WORKING_VALUES = wording.phrase(
    "Acceptance within {accept} days after building, and a new survey {resurvey} days after the last, so that each "
    "yearly budget rests on fresh figures: our working values, no rule sets them."
)
NEEDS_HELP = 3

OUT_OF_ORDER = errors.ProblemKind("WORKS-001", "The fix is {state}; now it can only become: {steps}.")
BEFORE_THE_LAST = errors.ProblemKind(
    "WORKS-002", "The day {day} lies before the step of {last}; write that day or a later one."
)
IN_THE_FUTURE = errors.ProblemKind("WORKS-003", "The day {day} has not come yet; write today or an earlier day.")
STILL_FAILS = errors.ProblemKind(
    "WORKS-004", "{criterion} still fails in this survey; mend it and survey again before accepting."
)
NOT_MEASURED = errors.ProblemKind(
    "WORKS-005", "{criterion} was to be mended and this survey does not measure it; measure it before accepting."
)

BETTER, LIKELY_BETTER, SAME, UNCLEAR, LIKELY_WORSE, WORSE = CHANGES = (
    "better",
    "likely_better",
    "same",
    "unclear",
    "likely_worse",
    "worse",
)
CHANGE_NAMES: Mapping[str, str] = {
    BETTER: wording.phrase("better for certain"),
    LIKELY_BETTER: wording.phrase("better by what is known"),
    SAME: wording.phrase("no change"),
    UNCLEAR: wording.phrase("change not clear yet"),
    LIKELY_WORSE: wording.phrase("worse by what is known"),
    WORSE: wording.phrase("worse for certain"),
}
CHANGE_SIGNS: Mapping[str, str] = {
    BETTER: "▲",
    LIKELY_BETTER: "△",
    SAME: "=",
    UNCLEAR: "?",
    LIKELY_WORSE: "▽",
    WORSE: "▼",
}

_DATES = {PLANNED: "planned_on", DESIGNED: "designed_on", BUILT: "built_on", ACCEPTED: "accepted_on"}
_REFERENCES = ("plan_id", "design_id", "survey_id")
COLUMNS = ("site_code", "element_id", "state", "since", *_DATES.values(), *_REFERENCES, "accept_by", "overdue")


def follow(steps: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """Return where each fix stands.

    Parameters
    ----------
    steps
        From :func:`audits.store.fix_steps.every`, in the order in which they were recorded.
    today
        In Bangkok.

    Returns
    -------
    pandas.DataFrame
        Index ``fix_id``; columns :data:`COLUMNS`: ``state`` is a key of :data:`STATES`, ``since`` the day of the last
        step, the other days those of the present round (a fix planned anew begins a new one), ``accept_by`` the day
        until which what was built is to be accepted, ``overdue`` whether that day has passed.
    """
    rows = [_standing(part, today) for _, part in steps.groupby("fix_id", sort=True)]
    index = pd.Index([row["fix_id"] for row in rows], name="fix_id", dtype=object)
    return pd.DataFrame.from_records(rows, index=index, columns=list(COLUMNS))


def _standing(part: pd.DataFrame, today: dt.date) -> dict[str, object]:
    rounds = part["step"].shift().isin((ACCEPTED, DROPPED)).cumsum()
    current = part.loc[rounds == rounds.iloc[-1]]
    last = current.iloc[-1]
    days = dict(zip(current["step"], current["happened_on"], strict=True))
    standing = {name: last[name] for name in ("fix_id", "site_code", "element_id")}
    standing |= {"state": last["step"], "since": last["happened_on"]}
    standing |= {column: days.get(step) for step, column in _DATES.items()}
    standing |= {name: next((one for one in reversed(current[name].tolist()) if one), "") for name in _REFERENCES}
    accept_by = days[BUILT] + dt.timedelta(days=ACCEPT_WITHIN_DAYS) if last["step"] == BUILT else None
    return standing | {"accept_by": accept_by, "overdue": accept_by is not None and today > accept_by}


def misstep(
    fix_id: str, state: str, since: dt.date | None, step: str, happened_on: dt.date, today: dt.date
) -> tuple[errors.Problem, ...]:
    """Return why a fix in one state cannot take a step on a day; nothing when it can.

    Parameters
    ----------
    fix_id
        The fix.
    state, since
        A key of :data:`STATES`, and the day of the last step; None when there was none.
    step, happened_on
        One of :data:`STEPS`, and its day.
    today
        In Bangkok.
    """
    found = []
    if step not in MAY_FOLLOW[state]:
        found.append(OUT_OF_ORDER.at(fix_id, state=state, steps=", ".join(MAY_FOLLOW[state])))
    if since is not None and happened_on < since:
        found.append(BEFORE_THE_LAST.at(fix_id, day=happened_on.isoformat(), last=since.isoformat()))
    if happened_on > today:
        found.append(IN_THE_FUTURE.at(fix_id, day=happened_on.isoformat()))
    return tuple(found)


@dataclass(frozen=True)
class Inspection:
    """What a survey says of a fix that was built, by ids of criteria.

    Parameters
    ----------
    to_mend
        What the fix was to mend.
    failing, unmeasured, borderline
        Of these, what still fails, what the survey does not tell, and what lies within the instrument's uncertainty;
        the last does not keep a fix from being accepted, as a ramp built exactly to the limit always lies there.
    """

    to_mend: tuple[str, ...]
    failing: tuple[str, ...]
    unmeasured: tuple[str, ...]
    borderline: tuple[str, ...]

    def problems(self, element_id: str, names: Mapping[str, str]) -> tuple[errors.Problem, ...]:
        """Return what keeps the fix from being accepted, with the criteria's names in the reader's language."""
        return (
            *(STILL_FAILS.at(element_id, criterion=names.get(one, one)) for one in self.failing),
            *(NOT_MEASURED.at(element_id, criterion=names.get(one, one)) for one in self.unmeasured),
        )


def inspect(before: pd.DataFrame, after: pd.DataFrame) -> Inspection:
    """Compare the findings of one element before it was built with those of the survey for its acceptance.

    What was to be mended is all that failed or was borderline; where nothing of severity 3 or more was known to, also
    what nobody had measured of that severity.

    Parameters
    ----------
    before, after
        Rows of :attr:`audits.scoring.run.Audit.findings` of the element.
    """
    known = before["verdict"].isin(("fail", "borderline"))
    grave = before["severity"] >= NEEDS_HELP
    unknown = before["verdict"].eq("unknown") & grave if not (known & grave).any() else known & False
    to_mend = tuple(sorted(before.loc[known | unknown, "criterion"]))
    verdict = dict(zip(after["criterion"], after["verdict"], strict=True))
    by_verdict = {
        name: tuple(one for one in to_mend if verdict.get(one) == name) for name in ("fail", "unknown", "borderline")
    }
    return Inspection(to_mend, by_verdict["fail"], by_verdict["unknown"], by_verdict["borderline"])


def of_element(
    element_id: str,
    sites: pd.DataFrame,
    elements: pd.DataFrame,
    measurements: pd.DataFrame,
    book: model.Criteria,
    weights: model.Weights,
) -> pd.DataFrame:
    """Return the findings of one element by the measurements given; parameters as in :func:`audits.scoring.run.run`."""
    one = elements.loc[[element_id]]
    here = sites.loc[one["site_code"]]
    mine = measurements.loc[measurements["element_id"] == element_id]
    return run.run(here, one, mine, book, weights).findings


def built_days(steps: pd.DataFrame) -> dict[str, dt.date]:
    """Return by site the day on which the first fix that was accepted there was built."""
    days: dict[str, dt.date] = {}
    built: dict[str, dt.date] = {}
    columns = (steps[name].tolist() for name in ("fix_id", "site_code", "step", "happened_on"))
    for fix_id, code, step, day in zip(*columns, strict=True):
        if step == BUILT:
            built[fix_id] = day
        elif step == ACCEPTED:
            days[code] = min(days.get(code, dt.date.max), built[fix_id])
    return days


def compare(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Compare the scores of sites before and after building.

    Parameters
    ----------
    before, after
        :attr:`audits.scoring.run.Audit.sites` of the same sites; rows of `before` lead.

    Returns
    -------
    pandas.DataFrame
        Index ``code``; ``before_low``, ``before_high``, ``after_low``, ``after_high`` and ``change``, one of
        :data:`CHANGES`: certain when the intervals do not overlap, likely when both ends moved the same way.
    """
    ends = {
        f"{when}_{end}": frame[f"score_{end}"].reindex(before.index).astype(float)
        for when, frame in (("before", before), ("after", after))
        for end in ("low", "high")
    }
    result = pd.DataFrame(ends)
    low, high = (result[f"after_{end}"] - result[f"before_{end}"] for end in ("low", "high"))
    level = 1e-9
    moved = (low.abs() > level) | (high.abs() > level)
    conditions = [
        ~moved,
        moved & (result["after_low"] >= result["before_high"] - level),
        moved & (result["after_high"] <= result["before_low"] + level),
        (low >= -level) & (high >= -level),
        (low <= level) & (high <= level),
    ]
    result["change"] = np.select(conditions, [SAME, BETTER, WORSE, LIKELY_BETTER, LIKELY_WORSE], UNCLEAR)
    result.loc[result.isna().any(axis=1), "change"] = UNCLEAR
    return result


def changed_findings(before: pd.DataFrame, after: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return the findings of a site whose verdict changed.

    Parameters
    ----------
    before, after
        :attr:`audits.scoring.run.Audit.findings`.
    code
        The site.

    Returns
    -------
    pandas.DataFrame
        Columns ``element_id``, ``criterion``, ``severity``, ``verdict_before``, ``verdict_after``; the gravest first.
    """
    keys = ["element_id", "criterion"]
    old, new = (frame.loc[frame["site_code"] == code, [*keys, "severity", "verdict"]] for frame in (before, after))
    both = old.merge(new.drop(columns="severity"), on=keys, suffixes=("_before", "_after"))
    changed = both.loc[both["verdict_before"] != both["verdict_after"]]
    return changed.sort_values(["severity", *keys], ascending=[False, True, True], ignore_index=True)


def resurveys(last_surveyed_on: pd.Series[pd.Timestamp], today: dt.date) -> pd.DataFrame:
    """Say when each site is due to be surveyed again, the longest overdue first; a site never surveyed comes last.

    Parameters
    ----------
    last_surveyed_on
        Instants (UTC) by site, NaT where there is no survey; see :attr:`audits.scoring.run.Audit.sites`.
    today
        In Bangkok.

    Returns
    -------
    pandas.DataFrame
        Index ``code``; ``surveyed_on`` and ``due_on`` (days in Bangkok, None when never surveyed), ``overdue``.
    """
    instants = pd.to_datetime(last_surveyed_on, utc=True)
    surveyed = [None if pd.isna(one) else one.astimezone(wording.BANGKOK).date() for one in instants]
    due = [None if day is None else day + dt.timedelta(days=RESURVEY_AFTER_DAYS) for day in surveyed]
    overdue = [day is not None and day < today for day in due]
    columns = {"surveyed_on": pd.Series(surveyed, dtype=object), "due_on": pd.Series(due, dtype=object)}
    frame = pd.DataFrame(columns).assign(overdue=pd.Series(overdue, dtype=bool)).set_index(last_surveyed_on.index)
    order = sorted(range(len(due)), key=lambda place: (due[place] or dt.date.max, str(frame.index[place])))
    return frame.iloc[order]


def newest_survey(element_id: str, built_on: dt.date, measurements: pd.DataFrame) -> str:
    """Return the id of the newest survey that measured an element on the day it was built or later; empty if none.

    Parameters
    ----------
    element_id, built_on
        The element and the day, in Bangkok.
    measurements
        From :func:`audits.store.surveys.read.measurements`.
    """
    mine = measurements.loc[measurements["element_id"] == element_id]
    since = mine.loc[mine["observed_at"].dt.tz_convert(wording.BANGKOK).dt.date >= built_on]
    return "" if since.empty else str(since.sort_values("observed_at", kind="stable")["survey_id"].iloc[-1])
