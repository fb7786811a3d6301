"""Compare sites before and after something was built there and accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from audits.store.db import connection
from audits.store.surveys import read
from audits.works import acceptance, fix_states

BETTER, LIKELY_BETTER, SAME, UNCLEAR, LIKELY_WORSE, WORSE = CHANGES = (
    "better",
    "likely_better",
    "same",
    "unclear",
    "likely_worse",
    "worse",
)
SIGNS: Mapping[str, str] = {
    BETTER: "▲",
    LIKELY_BETTER: "△",
    SAME: "=",
    UNCLEAR: "?",
    LIKELY_WORSE: "▽",
    WORSE: "▼",
}


def built_days(steps: pd.DataFrame) -> dict[str, dt.date]:
    """Return by site the day on which the first fix that was accepted there was built."""
    days: dict[str, dt.date] = {}
    built: dict[str, dt.date] = {}
    columns = (steps[name].tolist() for name in ("fix_id", "site_code", "step", "happened_on"))
    for fix_id, code, step, day in zip(*columns, strict=True):
        if step == fix_states.BUILT:
            built[fix_id] = day
        elif step == fix_states.ACCEPTED:
            days[code] = min(days.get(code, dt.date.max), built[fix_id])
    return days


def measured_before(store: connection.Store, days: Mapping[str, dt.date]) -> pd.DataFrame:
    """Return the measurements of each site before its day, in the columns of the store's measurements."""
    parts = [read.measurements(store).iloc[:0]]
    for day in sorted(set(days.values())):
        codes = [code for code, one in days.items() if one == day]
        known = acceptance.readings_of(store, day - dt.timedelta(days=1))
        parts.append(known.loc[known["site_code"].isin(codes)])
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def compare(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Compare the scores of sites, :attr:`audits.scoring.run.Audit.sites`, before and after building.

    Returns
    -------
    pandas.DataFrame
        Index ``code`` of `before`; ``before_low``, ``before_high``, ``after_low``, ``after_high`` and ``change``, one
        of :data:`CHANGES`: certain when the intervals do not overlap, likely when both ends moved the same way.
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
