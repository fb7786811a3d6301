"""Compare the sites over time: at each visit, by month, before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from audits import record as records
from audits.quality import pairing
from audits.scoring import readings, run

MOST_DAYS = 12
BETTER, WORSE, SAME = "better", "worse", "same"

STATE_COLUMNS = ("site_code", "day", "verdict", "items_failed", "score_low", "score_high")


def states(record: records.AuditedRecord, codes: pd.Index[str]) -> pd.DataFrame:
    """Return the verdict of each site after each day on which it was visited, by today's criteria.

    Corrections and decisions of engineers count as they are today.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`STATE_COLUMNS`, by site and day; ``day`` in Bangkok.
    """
    measured = record.governing.loc[record.governing["site_code"].isin(codes)]
    measured = measured.assign(seen_on=readings.days(measured["observed_at"]))
    visits = measured[["site_code", "seen_on"]].drop_duplicates().sort_values(["site_code", "seen_on"])
    visits = visits.rename(columns={"seen_on": "day"}).reset_index(drop=True)
    if visits.empty:
        return pd.DataFrame(columns=list(STATE_COLUMNS))
    visits["state"] = visits.index.astype(str) + "@" + visits["site_code"]
    # Every state is a site of its own, so that one audit judges them all.
    judged = run.run(
        record.sites.loc[visits["site_code"]].set_index(pd.Index(visits["state"], name="code")),
        _of_states(record.elements.rename_axis("element_id").reset_index(), visits).set_index("element_id"),
        _of_states(measured, visits).loc[lambda rows: rows["seen_on"] <= rows["day"]],
        record.criteria,
        record.weights,
        record.edition,
    ).sites
    kept = judged.loc[visits["state"], ["verdict", "items_failed", "score_low", "score_high"]]
    return visits[["site_code", "day"]].join(kept.reset_index(drop=True))


def _of_states(rows: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of each site once for each of its states, under the code of the state."""
    copied = rows.merge(visits, on="site_code")
    return copied.assign(element_id=copied["state"] + "/" + copied["element_id"], site_code=copied["state"])


def month_ends(first: dt.date, last: dt.date, most: int = MOST_DAYS) -> list[dt.date]:
    """Return ends of months from the first day on, evenly spaced and at most so many, and the last day itself."""
    ends = [end.date() for end in pd.date_range(first, last, freq="ME") if end.date() < last]
    step = max(1, -(-len(ends) // max(most - 1, 1)))
    return [*ends[::-1][::step][::-1], last]


def history(of_visits: pd.DataFrame, sites: int, days: Sequence[dt.date]) -> pd.DataFrame:
    """Return how many of all sites, also those never visited, passed, failed and were not known on each day.

    Returns
    -------
    pandas.DataFrame
        Index ``day``; ``surveyed``, ``passed``, ``failed``, ``undecided`` (numbers of sites).
    """
    rows = []
    for day in days:
        seen = of_visits.loc[of_visits["day"] <= pd.Timestamp(day)] if len(of_visits) else of_visits
        verdicts = seen.groupby("site_code")["verdict"].last() if len(seen) else pd.Series(dtype=object)
        passed, failed = int((verdicts == "pass").sum()), int((verdicts == "fail").sum())
        rows.append((len(verdicts), passed, failed, sites - passed - failed))
    return pd.DataFrame(rows, index=pd.Index(days, name="day"), columns=["surveyed", "passed", "failed", "undecided"])


def changes(of_visits: pd.DataFrame, apart_days: int = pairing.WITHIN_DAYS) -> pd.DataFrame:
    """Return the sites visited again, before and after.

    A second visit within `apart_days` checks the first and belongs to it. Fewer failures are known improvement, since
    only a new measurement takes a failure away; more failures may also mean that more was measured.

    Returns
    -------
    pandas.DataFrame
        Index ``site_code``; ``before_on``, ``before_verdict``, ``before_failed``, ``after_on``, ``after_verdict``,
        ``after_failed``, ``change`` (:data:`BETTER`, :data:`WORSE` or :data:`SAME`).
    """
    names, kept = ["day", "verdict", "items_failed"], ("on", "verdict", "failed")
    if of_visits.empty:
        of_visits = of_visits.astype({"day": "datetime64[ns]", "items_failed": "int64"})
    first = of_visits.groupby("site_code")["day"].transform("min")
    early = of_visits["day"] <= first + pd.to_timedelta(apart_days, unit="D")
    before, after = (
        of_visits.loc[rows].groupby("site_code")[names].last().set_axis([f"{when}_{name}" for name in kept], axis=1)
        for when, rows in (("before", early), ("after", ~early))
    )
    found = after.join(before)
    fewer = found["after_failed"] - found["before_failed"]
    return found.assign(change=[BETTER if each < 0 else WORSE if each > 0 else SAME for each in fewer])
