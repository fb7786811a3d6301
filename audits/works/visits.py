"""Choose the sites that a technician visits next, and say why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from audits import record as records
from audits import wording
from audits.works import begun, fix_states
from layers import distance

TO_ACCEPT, RETURNED, OVERDUE, BEGUN, NEVER = "to_accept", "returned", "overdue", "begun", "never"
REASONS: Mapping[str, str] = {
    TO_ACCEPT: wording.phrase("built: survey it, so that it can be accepted"),
    RETURNED: wording.phrase("surveyed: its survey was returned to be corrected"),
    OVERDUE: wording.phrase("due to be surveyed again"),
    BEGUN: wording.phrase("all surveys together answered {done} of the {all} questions that the score needs"),
    NEVER: wording.phrase("never surveyed"),
}
"""Why a site is to be visited; the most urgent first."""
COUNTED: Mapping[str, str] = {
    NEVER: wording.phrase("{n} never surveyed"),
    RETURNED: wording.phrase("{n} surveyed and returned to be corrected"),
    OVERDUE: wording.phrase("{n} due to be surveyed again"),
    BEGUN: wording.phrase("{n} surveyed with most questions of the score open"),
    TO_ACCEPT: wording.phrase("{n} built, to be accepted"),
}
"""How many sites are to be visited for each reason."""
SINCE = wording.phrase("{reason} since {day}")
IN_PART = wording.phrase(
    "{day}: that survey answered fewer than half of the questions that the score needs, so the day that is due stays"
)


def visits(record: records.AuditedRecord, steps: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """List the sites to visit, the most urgent first, and among equals those that were due first.

    Parameters
    ----------
    record
        The record that counts.
    steps
        Of works, from :func:`audits.access.committed_works.counted_steps`.
    today
        Local day.

    Returns
    -------
    pandas.DataFrame
        Index ``code``; ``reason``, a key of :data:`REASONS`; ``due_on``, the local day on which a survey was or is
        due again (None where there was none); ``newest_on``, the local day of the newest survey; ``surveyed_on``, that
        of the last which put off the next (None where there was none); ``answered`` and ``asked``, the questions that
        the score of a site begun needs (else 0).
    """
    standing = fix_states.follow(steps, today)
    built = standing.loc[standing["state"] == fix_states.BUILT, "site_code"]
    due = fix_states.resurveys(begun.last_surveyed(record), today, standing)
    # the most urgent reason last, so that it stands where several hold
    found = dict.fromkeys(due.index[due["due_on"].isna()], NEVER)
    found |= {code: RETURNED for code in found if code in record.returned}
    open_still = begun.begun(record)
    found |= dict.fromkeys(open_still.index, BEGUN)
    found |= dict.fromkeys(due.index[due["overdue"].astype(bool)], OVERDUE)
    found |= dict.fromkeys(built, TO_ACCEPT)
    order, day = list(REASONS), due["due_on"].to_dict()
    codes = sorted(found, key=lambda code: (order.index(found[code]), day.get(code) or dt.date.max, code))
    index = pd.Index(codes, name="code", dtype=object)
    newest = pd.to_datetime(record.audit.sites["last_surveyed_on"].reindex(codes), utc=True)
    columns = {
        "reason": [found[code] for code in codes],
        "due_on": [day.get(code) for code in codes],
        "newest_on": [None if pd.isna(one) else wording.local_day(one) for one in newest],
        "surveyed_on": [due["surveyed_on"].get(code) for code in codes],
    }
    counts = open_still.reindex(index, fill_value=0)
    return pd.DataFrame(columns, index=index, dtype=object).assign(**counts)


def reason_text(row: pd.Series[Any], words: wording.Wording) -> str:
    """Say why a site is to be visited, from its row of :func:`visits`."""
    reason = words.text(REASONS[row["reason"]], done=row["answered"], all=row["asked"])
    if row["reason"] != OVERDUE:
        return reason
    since = words.text(SINCE, reason=reason, day=words.day(row["due_on"]))
    return " · ".join(filter(None, (since, in_part(row["newest_on"], row["surveyed_on"], words))))


def in_part(newest_on: dt.date | None, surveyed_on: dt.date | None, words: wording.Wording) -> str:
    """Name the newest survey of a site if it answered too little to put off the next one; empty otherwise."""
    if newest_on is None or surveyed_on is None or newest_on <= surveyed_on:
        return ""
    return words.text(IN_PART, day=words.day(newest_on))


def count_text(found: pd.DataFrame, words: wording.Wording) -> str:
    """Say how many sites of :func:`visits` wait, and how many of them for which reason: other pages count only one."""
    whole = words.count("{n} site waits for a survey", "{n} sites wait for a survey", len(found))
    counts = found["reason"].value_counts()
    parts = [
        words.text(phrase, n=words.number(int(counts[reason]), 0))
        for reason, phrase in COUNTED.items()
        if reason in counts.index
    ]
    return f"{whole}: {', '.join(parts)}" if parts else whole


def from_reader(row: pd.Series[Any], words: wording.Wording) -> str:
    """Say how far a site is from where the reader stood, from its row of :func:`nearest`, to the metre."""
    return words.text("{metres} m from where you stood", metres=words.number(row["distance_m"], 0))


def nearest(
    record: records.AuditedRecord, found: pd.DataFrame, longitude: float, latitude: float, count: int
) -> pd.DataFrame:
    """Return the visits nearest to a place in WGS 84 degrees, with ``distance_m``, without sites of no known place."""
    sites = record.sites.loc[found.index]
    placed = sites.loc[sites.geometry.notna() & ~sites.geometry.is_empty]
    near = distance.nearest(placed, longitude, latitude, count)
    measured: pd.DataFrame = found.loc[near.index].assign(distance_m=near["distance_m"])
    return measured
