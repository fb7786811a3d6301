"""Compare sites and elements with an earlier survey: what improved, and what only became known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from audits.scoring import run
from audits.store.db import connection
from audits.store.surveys import read
from audits.works import acceptance, fix_states

BETTER, SAME, UNCLEAR, WORSE = CHANGES = ("better", "same", "unclear", "worse")
SIGNS: Mapping[str, str] = {BETTER: "▲", SAME: "=", UNCLEAR: "?", WORSE: "▼"}

MEASURED = ("pass", "fail", "borderline")
"""Verdicts on something measured. What does not apply was not: a handrail that is removed leaves fewer failures of
handrails, and one that is put up leaves more, so neither may count."""
BY_SITE, BY_ELEMENT = "site_code", "element_id"


def built_days(steps: pd.DataFrame) -> dict[str, dt.date]:
    """Return by site the day on which the first fix that was accepted there was built."""
    days: dict[str, dt.date] = {}
    built: dict[str, dt.date] = {}
    columns = (steps[name].tolist() for name in ("fix_id", "site_code", "step", "happened_on"))
    for fix_id, code, step, day in zip(*columns, strict=True):
        if step == fix_states.BUILT:
            built[fix_id] = day
        elif step == fix_states.ACCEPTED:
            # built stands before accepted: no other step leads there
            days[code] = min(days.get(code, dt.date.max), built[fix_id])
    return days


def measured_before(store: connection.Store, days: Mapping[str, dt.date]) -> pd.DataFrame:
    """Return the measurements of each site before its day, in the columns of the store's measurements."""
    # without rows: it gives the columns where nothing was accepted yet
    parts = [read.measurements(store).iloc[:0]]
    # one reading of the store for a day, however many sites share it
    for day in sorted(set(days.values())):
        codes = [code for code, one in days.items() if one == day]
        known = acceptance.readings_of(store, day - dt.timedelta(days=1))
        parts.append(known.loc[known["site_code"].isin(codes)])
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def compare(before: run.Audit, after: run.Audit, by: str = BY_SITE) -> pd.DataFrame:
    """Compare sites, or elements, with an earlier survey of them.

    Improved is what has fewer known failures than before, counted over the findings that both surveys measured. What
    only became known is counted apart: it says something about the surveys, not about the place.

    Parameters
    ----------
    before, after
        Audits by the same criteria.
    by
        :data:`BY_SITE` or :data:`BY_ELEMENT`.

    Returns
    -------
    pandas.DataFrame
        Index of the sites or elements of `before`; ``before_low``, ``before_high``, ``after_low``, ``after_high``
        (scores, 0 to 100); ``before_failed`` and ``after_failed`` (known failures of what both measured);
        ``found_passing`` and ``found_failing`` (not measured before); ``change``, one of :data:`CHANGES`: unclear
        where nothing was measured both times.
    """
    old, new = (audit.sites if by == BY_SITE else audit.elements for audit in (before, after))
    pairs = _pairs(before.findings, after.findings)
    known = [pairs[f"verdict_{when}"].isin(MEASURED) for when in ("before", "after")]
    both, only_now = known[0] & known[1], ~known[0] & known[1]
    counted = pd.DataFrame(
        {
            "before_failed": both & (pairs["verdict_before"] == "fail"),
            "after_failed": both & (pairs["verdict_after"] == "fail"),
            "found_passing": only_now & (pairs["verdict_after"] == "pass"),
            "found_failing": only_now & (pairs["verdict_after"] == "fail"),
            "judged": both,
        }
    )
    # a site without any finding is compared as well
    sums = counted.groupby(pairs[by]).sum().reindex(old.index, fill_value=0).astype(int)
    ends = {
        f"{when}_{end}": frame[f"score_{end}"].reindex(old.index).astype(float)
        for when, frame in (("before", old), ("after", new))
        for end in ("low", "high")
    }
    less = sums["after_failed"] - sums["before_failed"]
    # the first that holds: of what nothing was measured twice there is no better and no worse
    change = np.select([sums.pop("judged") == 0, less < 0, less > 0], [UNCLEAR, BETTER, WORSE], SAME)
    return pd.DataFrame(ends).join(sums).assign(change=change)


def _pairs(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return ``verdict_before`` and ``verdict_after`` of each finding; unknown where a survey has none."""
    keys = ["element_id", "criterion"]
    old, new = (frame[[*keys, "site_code", "verdict"]].astype(object) for frame in (before, after))
    # outer: what one of the two audits did not ask is unknown to it, and no change
    pairs = old.merge(new, on=[*keys, "site_code"], how="outer", suffixes=("_before", "_after"))
    return pairs.fillna({"verdict_before": "unknown", "verdict_after": "unknown"})


def changed_findings(before: pd.DataFrame, after: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return the findings of a site whose verdict changed.

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
