"""Keep the contract of each fix, its progress and its payments: every statement a row, none ever changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from audits import errors, roles, wording
from audits.store.audit_log import events
from audits.store.db import column_types, connection, schema
from audits.store.register import checks, same_elements
from audits.store.works import fix_steps

CONTRACT, PROGRESS, PAYMENT = ACTIONS = ("fix.contract", "fix.progress", "fix.payment")

NO_AUTHOR = errors.ProblemKind("STORE-612", "Say who records it: a name or staff number.")


@dataclass(frozen=True, eq=False)
class Contracts:
    """What was agreed, done and paid, each frame in the order in which it was recorded.

    Parameters
    ----------
    signed
        ``fix_id``, ``site_code``, ``round`` (1 for the first works at a place; those planned anew after acceptance are
        the next), ``contractor``, ``number``, ``signed_on``, ``price_thb``, ``estimate_thb`` (the likely cost on the
        day it was recorded), ``due_on``, ``defects_months`` (these three may be missing), ``committee``, ``note``. A
        later row of a round amends the earlier one.
    progress
        ``fix_id``, ``site_code``, ``round``, ``happened_on``, ``percent``, ``photo_sha256`` (may be empty), ``note``.
    payments
        ``fix_id``, ``site_code``, ``round``, ``happened_on``, ``amount_thb`` (negative where it corrects another),
        ``note``, ``over_reason`` (why more than the contract was paid).

    Each has ``recorded_by`` too. Money is in whole baht.
    """

    signed: pd.DataFrame
    progress: pd.DataFrame
    payments: pd.DataFrame

    @property
    def standing(self) -> pd.DataFrame:
        """The contracts that stand: the last of each round of a fix."""
        return self.signed.drop_duplicates(["fix_id", "round"], keep="last")

    def of(self, fix_id: str) -> Contracts:
        """Return those of one fix."""
        return Contracts(
            *(frame.loc[frame["fix_id"] == fix_id] for frame in (self.signed, self.progress, self.payments))
        )

    def in_round(self, number: int) -> Contracts:
        """Return those of one round."""
        return Contracts(
            *(frame.loc[frame["round"] == number] for frame in (self.signed, self.progress, self.payments))
        )


Check = Callable[[pd.DataFrame, Contracts, dt.date], tuple[int, tuple[errors.Problem, ...]]]
"""Takes the steps and the contracts of the fix so far and the local day of today; returns the round that the new row
belongs to, and why it cannot be written."""


def add(
    store: connection.Store,
    action: str,
    fix_id: str,
    values: Mapping[str, object],
    actor: str,
    check: Check,
    *,
    recorded_at: dt.datetime | None = None,
) -> None:
    """Write one row of :data:`ACTIONS`.

    The check is called inside the transaction, so that no other row can come between its answer and this one.

    Raises
    ------
    errors.RefusedError
        With every problem: no author, an unknown element, and those of the check.
    errors.NotAllowedError
        When this role may not record it.
    """
    roles.require(store.role, action)
    moment = column_types.instant(recorded_at)
    with connection.writing(store) as records:
        code, number = _checked(records, fix_id, actor, check, moment)
        row = {"fix_id": fix_id, "site_code": code, "round": number, **values}
        events.add(records, action, row, actor.strip(), moment)


def require(
    store: connection.Store, fix_id: str, actor: str, check: Check, *, recorded_at: dt.datetime | None = None
) -> None:
    """Refuse what :func:`add` would refuse now, before a photo is kept for it; parameters and errors as there."""
    with connection.reading(store) as records:
        _checked(records, fix_id, actor, check, column_types.instant(recorded_at))


def _checked(records: sa.Connection, fix_id: str, actor: str, check: Check, moment: dt.datetime) -> tuple[str, int]:
    """Return the site of a fix and the round that a new row belongs to, or refuse it."""
    element = schema.element.c
    code = records.execute(sa.select(element.site_code).where(element.element_id == fix_id)).scalar()
    if not code:
        raise errors.RefusedError((checks.NOT_REGISTERED.at(fix_id, name=fix_id),))
    number, found = check(fix_steps.within(records, fix_id), _within(records, fix_id), wording.local_day(moment))
    problems = (*([] if actor.strip() else [NO_AUTHOR.at("recorded_by")]), *found)
    if problems:
        raise errors.RefusedError(problems)
    return str(code), number


def of_fix(store: connection.Store, fix_id: str) -> Contracts:
    """Read those of one fix, also those under the ids of joined elements."""
    with connection.reading(store) as records:
        return _within(records, fix_id)


def _within(records: sa.Connection, fix_id: str) -> Contracts:
    names = same_elements.members(records, fix_id)
    return Contracts(*(_rows(records, table, table.c.fix_id.in_(names)) for table in _TABLES))


def every(store: connection.Store) -> Contracts:
    """Read every contract, report of progress and payment."""
    with connection.reading(store) as records:
        return Contracts(*(_rows(records, table, sa.true()) for table in _TABLES))


_TABLES = tuple(schema.EVENTS[action] for action in ACTIONS)


def _rows(records: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> pd.DataFrame:
    names = [column.name for column in table.columns if column.name not in ("fid", "recorded_at")]
    query = sa.select(*(table.c[name] for name in (*names, "recorded_at"))).where(where).order_by(table.c.fid)
    rows = [dict(row) for row in records.execute(query).mappings()]
    _number_anew(records, rows)
    frame = pd.DataFrame.from_records(rows, columns=names)
    if "photo_sha256" in names:
        frame["photo_sha256"] = frame["photo_sha256"].fillna("")
    numbers = [name for name in names if name.endswith(("_thb", "_months")) or name in ("round", "percent")]
    # nullable integers: with one missing estimate an ordinary column would turn baht into floats
    return frame.astype(dict.fromkeys(numbers, "Int64"))


def _number_anew(records: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Number the rounds of joined elements by the steps that count together now; others did when they were signed."""
    stated = same_elements.stated(records)
    steps = {name: fix_steps.within(records, name) for name in {row["fix_id"] for row in rows} & stated}
    for row in rows:
        if row["fix_id"] in steps:
            known = steps[row["fix_id"]]
            row["round"] = fix_steps.round_of(known.loc[known["recorded_at"] <= row["recorded_at"]])
