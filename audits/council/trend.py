"""Compare the sites over time: at each visit, by month, and with their first survey."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from audits import record as records
from audits.quality import pairing
from audits.scoring import readings, run
from audits.store.register import rebuilt_elements
from audits.works import site_changes

MOST_DAYS = 12

STATE_COLUMNS = ("site_code", "day", "verdict", "items_failed", "score_low", "score_high")


def states(record: records.AuditedRecord, codes: pd.Index[str]) -> pd.DataFrame:
    """Return the verdict of each site after each day on which it was visited or rebuilt, by today's criteria.

    Corrections and decisions of engineers count as they are today.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`STATE_COLUMNS`, by site and day; ``day`` in the town.
    """
    measured = _history(record, codes)
    measured = measured.assign(seen_on=readings.days(measured["observed_at"]))
    days = [measured[["site_code", name]].set_axis(["site_code", "day"], axis=1) for name in ("seen_on", "rebuilt_on")]
    visits = pd.concat(days).dropna().drop_duplicates().sort_values(["site_code", "day"], ignore_index=True)
    if visits.empty:
        return pd.DataFrame(columns=list(STATE_COLUMNS))
    visits["state"] = visits.index.astype(str) + "@" + visits["site_code"]
    # Every state is a site of its own, so that one audit judges them all.
    judged = run.run(
        record.sites.loc[visits["site_code"]].set_index(pd.Index(visits["state"], name="code")),
        _of_states(record.elements.rename_axis("element_id").reset_index(), visits).set_index("element_id"),
        _known(_of_states(measured, visits)),
        record.criteria,
        record.weights,
        record.edition,
    ).sites
    kept = judged.loc[visits["state"], ["verdict", "items_failed", "score_low", "score_high"]]
    return visits[["site_code", "day"]].join(kept.reset_index(drop=True))


def _history(record: records.AuditedRecord, codes: pd.Index[str]) -> pd.DataFrame:
    """Return all readings of some sites, each with the day its element was rebuilt, ``rebuilt_on``, NaT if it was not.

    Those of before are among them, since they held until that day.
    """
    every = records.shared(record.history, record.elements, record.joined)
    mine = every.loc[every["site_code"].isin(codes)]
    return mine.assign(rebuilt_on=rebuilt_elements.of_each(mine["element_id"], record.rebuilt, record.joined))


def _known(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what was known in each state: a visit leaves standing what it did not measure again, rebuilding does not."""
    gone = rebuilt_elements.is_before(rows["observed_at"], rows["rebuilt_on"]) & (rows["rebuilt_on"] <= rows["day"])
    return rows.loc[(rows["seen_on"] <= rows["day"]) & ~gone]


def _of_states(rows: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of each site once for each of its states, under the code of the state."""
    copied = rows.merge(visits, on="site_code")
    return copied.assign(element_id=copied["state"] + "/" + copied["element_id"], site_code=copied["state"])


def month_ends(first: dt.date, last: dt.date, most: int = MOST_DAYS) -> list[dt.date]:
    """Return ends of months from the first day on, evenly spaced and at most so many, and the last day itself."""
    ends = [end.date() for end in pd.date_range(first, last, freq="ME") if end.date() < last]
    # rounded up, so that there are never more days than asked for
    step = max(1, -(-len(ends) // max(most - 1, 1)))
    # counted from the end, so that the months before the last day are evenly spaced
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
        # rows stand in the order of their days, so the last one is how the site stood on the day
        verdicts = seen.groupby("site_code")["verdict"].last() if len(seen) else pd.Series(dtype=object)
        passed, failed = int((verdicts == "pass").sum()), int((verdicts == "fail").sum())
        rows.append((len(verdicts), passed, failed, sites - passed - failed))
    return pd.DataFrame(rows, index=pd.Index(days, name="day"), columns=["surveyed", "passed", "failed", "undecided"])


def changes(record: records.AuditedRecord, codes: pd.Index[str], apart_days: int = pairing.WITHIN_DAYS) -> pd.DataFrame:
    """Compare the sites visited again with their first survey.

    A second visit within `apart_days` checks the first and belongs to it.

    Returns
    -------
    pandas.DataFrame
        Index ``site_code``; as :func:`audits.works.site_changes.compare`, with ``before_on``, ``before_verdict``,
        ``after_on`` and ``after_verdict``.
    """
    measured = _history(record, codes)
    day = readings.days(measured["observed_at"])
    first = day.groupby(measured["site_code"]).transform("min")
    early = day <= first + pd.to_timedelta(apart_days, unit="D")
    again = pd.Index(measured.loc[~early, "site_code"].unique()).sort_values()
    known = measured.loc[early & measured["site_code"].isin(again)]
    before = run.run(record.sites.loc[again], record.elements, known, record.criteria, record.weights, record.edition)
    found = site_changes.compare(before, record.audit).rename_axis("site_code")
    days = [day.loc[rows].groupby(measured["site_code"]).max().reindex(again) for rows in (early, ~early)]
    verdicts = (audit.sites["verdict"].reindex(again) for audit in (before, record.audit))
    names = ("before_on", "after_on", "before_verdict", "after_verdict")
    return found.assign(**dict(zip(names, (*days, *verdicts), strict=True)))


def now_passing(again: pd.DataFrame) -> pd.Series[bool]:
    """Mark the sites of :func:`changes` that pass now and did not before."""
    return (again["after_verdict"] == "pass") & (again["before_verdict"] != "pass")


def counted(again: pd.DataFrame) -> dict[str, pd.Series[bool]]:
    """Mark which of the sites visited again each figure counts, by its name in the sentence and in an address."""
    better = again["change"] == site_changes.BETTER
    return {
        "again": pd.Series(True, index=again.index),
        "better": better,
        "passing": better & now_passing(again),
        "worse": again["change"] == site_changes.WORSE,
        "only_known": ~better & now_passing(again),
        "found_failing": again["found_failing"] > 0,
    }
