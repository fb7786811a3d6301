"""Find the works whose money is promised already: access counts on them, and no plan pays for them again."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from audits import record as records
from audits.store.db import connection
from audits.store.works import contracts, fix_steps


def committed(store: connection.Store, record: records.AuditedRecord) -> frozenset[str]:
    """Return the fixes whose works are built, or under contract in their present round, until the record's day."""
    return frozenset(name for name, _, is_paid_for in _works(store, record) if is_paid_for)


def promised(store: connection.Store, record: records.AuditedRecord) -> frozenset[str]:
    """Return the fixes that stand in a plan that was taken over, and that nobody is under contract for."""
    return frozenset(
        name for name, state, is_paid_for in _works(store, record) if state in _PROMISED and not is_paid_for
    )


def promised_or_further(store: connection.Store, record: records.AuditedRecord) -> frozenset[str]:
    """Return every fix that is promised and not accepted yet: planned, under contract or built."""
    return committed(store, record) | promised(store, record)


_PROMISED = (fix_steps.PLANNED, fix_steps.DESIGNED)


def _works(store: connection.Store, record: records.AuditedRecord) -> Iterator[tuple[str, str, bool]]:
    """Yield the fix of each work, its state, and whether it is built or under contract."""
    steps = counted_steps(store, record)
    signed = as_counted(record, contracts.every(store).standing, "signed_on")
    # with the round: a contract of works that were accepted or dropped says nothing of those planned since
    agreed = set(zip(signed["fix_id"], signed["round"], strict=True))
    for name, part in steps.groupby("fix_id"):
        # steps stand in the order in which they were recorded
        state, current = part["step"].iloc[-1], (name, fix_steps.round_of(part))
        yield str(name), state, state == fix_steps.BUILT or (state in _PROMISED and current in agreed)


def counted_steps(store: connection.Store, record: records.AuditedRecord) -> pd.DataFrame:
    """Return the steps of works that count, as :func:`as_counted` puts them: none of what left the register."""
    return as_counted(record, fix_steps.every(store), "happened_on")


def as_counted(record: records.AuditedRecord, rows: pd.DataFrame, day: str) -> pd.DataFrame:
    """Put the rows of joined elements under the one that they are counted as, without those after the record's day."""
    rows = rows.loc[rows["fix_id"].isin(record.elements.index)]
    if record.as_of is not None:
        rows = rows.loc[pd.to_datetime(rows[day]) <= pd.Timestamp(record.as_of)]
    names = record.counted_as(rows["fix_id"])
    return rows.assign(fix_id=names, site_code=record.elements["site_code"].reindex(names).to_numpy())
