"""Compare what works were estimated at with what was agreed and paid: by fix, budget year and zone."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from audits import wording
from audits.store.works import contracts as kept_contracts
from audits.store.works import fix_steps
from audits.works import fix_states

PROMISED, COMPLETED, ACCEPTED, PAID = RUNGS = ("promised", "completed", "accepted", "paid")
OVER_BUDGET = "over_budget"
LISTS: Mapping[str, str] = {
    PROMISED: wording.phrase("promised: planned or further"),
    COMPLETED: wording.phrase("built, accepted or not"),
    PAID: wording.phrase("paid for, in part or whole"),
    OVER_BUDGET: wording.phrase("over budget"),
}
OVERPAID = wording.phrase("paid beyond the contract")
PROMISED_MEANS = wording.phrase(
    "Promised is every work that an engineer planned or that came further, up to its acceptance. Trips and plans count "
    "those under contract or built as finished; the others are planned and have no contract yet. What the next million "
    "buys comes on top of all of them."
)
ESTIMATE_MEANS = wording.phrase(
    "The likely cost is at the prices in force. The estimate is the one kept with each contract when it was recorded; "
    "without a contract it is the likely cost."
)
IN_STATES: Mapping[str, tuple[str, ...]] = {
    PROMISED: (fix_states.PLANNED, fix_states.DESIGNED, fix_states.BUILT, fix_states.ACCEPTED),
    COMPLETED: (fix_states.BUILT, fix_states.ACCEPTED),
    ACCEPTED: (fix_states.ACCEPTED,),
}
AWAITED = (fix_states.PLANNED, fix_states.DESIGNED)
"""States of works that nobody has built yet."""
MONEY = ("estimate_thb", "contract_thb", "paid_thb")
NO_YEAR = 0
"""The budget year of works without a contract."""


@dataclass(frozen=True)
class Rung:
    """Works that came so far: their number, what they cost in whole baht, and how many of them have no sum yet.

    Those where nothing is to be mended any more have none to wait for: they are `settled`. Of those that are promised,
    `planned` have no contract yet, and cost `planned_thb`.
    """

    works: int
    thb: int
    without_sum: int = 0
    settled: int = 0
    planned: int = 0
    planned_thb: int = 0


def budget_year(day: dt.date) -> int:
    """Return the Thai budget year of a day, A.D.: it begins on 1 October of the year before.

    The Budget Procedure Act B.E. 2561, section 4, says so.

    Examples
    --------
    >>> budget_year(dt.date(2026, 9, 30)), budget_year(dt.date(2026, 10, 1))
    (2026, 2027)
    """
    return day.year + (day.month >= 10)


def shown_year(year: int, words: wording.Wording) -> int:
    """Return a budget year as the reader counts it, in Thai in the Buddhist era."""
    return year + wording.BUDDHIST_ERA_YEARS if words.language == "th" else year


def by_fix(kept: kept_contracts.Contracts, steps: pd.DataFrame, table: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """Return contract and money of each fix.

    Parameters
    ----------
    kept
        Contracts, progress and payments of the fixes.
    steps
        From :func:`audits.access.committed_works.counted_steps`.
    table
        Index ``fix_id``; ``state``, ``cost_thb`` and ``accepted_on`` as in :class:`audits.works.works_table.Works`.
    today
        Local day.

    Returns
    -------
    pandas.DataFrame
        On the index of `table`; of the present round ``contractor``, ``contract_number`` (empty without a contract),
        ``signed_on``, ``due_on``, ``defects_until`` (days or None), ``percent`` (done: 100 once built, else as last
        reported, missing when nobody did), ``late`` (not built by ``due_on``); of all rounds ``estimate_thb`` (when
        each contract was recorded; now, where there is none yet: ``uncontracted_thb``), ``contract_thb``, ``paid_thb``
        (0 for none), ``value_thb`` (agreed, else estimated; missing where neither is known), ``open_thb`` (the value
        less what is paid, never below 0), ``overpaid`` (any round paid above its price), ``over_estimate`` (any
        agreed above its estimate) and ``over_budget`` (either).
    """
    steps = steps.loc[steps["fix_id"].isin(table.index)]
    rounds = {str(name): fix_steps.round_of(part) for name, part in steps.groupby("fix_id")}
    named = {name for rows in (kept.signed, kept.progress, kept.payments) for name in rows["fix_id"]}
    rows = [
        _row(kept.of(name), rounds.get(name, 1), table.loc[name], today)
        if name in named
        else _row_without_contract(table.loc[name])
        for name in table.index
    ]
    # the columns are named, since without a fix no row shows them
    frame = pd.DataFrame.from_records(rows, index=table.index, columns=list(_EMPTY_ROW))
    whole = [name for name in frame.columns if name.endswith("_thb") or name == "percent"]
    # whole numbers that may be missing: floats would be written as 125000.0
    return frame.astype(dict.fromkeys(whole, "Int64")).astype(dict.fromkeys(MARKS, bool))


MARKS = ("late", "overpaid", "over_estimate", "over_budget")
_EMPTY_ROW: Mapping[str, object] = {
    **dict.fromkeys(("contractor", "contract_number"), ""),
    **dict.fromkeys(
        ("signed_on", "due_on", "defects_until", "percent", *MONEY, "uncontracted_thb", "value_thb", "open_thb")
    ),
    **dict.fromkeys(MARKS, False),
}


def _row_without_contract(fix: pd.Series) -> dict[str, object]:
    """Return the row of :func:`_row` where nothing is kept, as for most fixes, in a hundredth of its time."""
    estimate = _sum(fix["cost_thb"])
    money = {**dict.fromkeys(("estimate_thb", "uncontracted_thb", "value_thb", "open_thb"), estimate), "paid_thb": 0}
    return {**_EMPTY_ROW, **money, "percent": fix_states.DONE_PERCENT if fix["state"] in IN_STATES[COMPLETED] else None}


def _row(mine: kept_contracts.Contracts, number: int, fix: pd.Series, today: dt.date) -> dict[str, object]:
    standing = mine.standing
    here = standing.loc[standing["round"] == number]
    still_open = fix["cost_thb"] if here.empty else None
    paid = mine.payments.groupby("round")["amount_thb"].sum()
    overpaid = standing["round"].map(paid).fillna(0) > standing["price_thb"]
    # where nothing was estimated nothing is exceeded
    above = (standing["price_thb"] > standing["estimate_thb"]).fillna(False)
    row = dict(_EMPTY_ROW) | {
        "estimate_thb": _sum(*standing["estimate_thb"], still_open),
        "contract_thb": _sum(*standing["price_thb"]),
        "paid_thb": int(paid.sum()),
        "uncontracted_thb": _sum(still_open),
        "overpaid": bool(overpaid.any()),
        "over_estimate": bool(above.any()),
        "over_budget": bool((above | overpaid).any()),
    }
    value = _sum(*standing["price_thb"], still_open)
    row |= {"value_thb": value, "open_thb": None if value is None else max(0, value - int(paid.sum()))}
    done = mine.in_round(number).progress
    reported = int(done["percent"].iloc[-1]) if len(done) else None
    # that works are built is the later statement: a report of 60 % before it no longer says how much stands
    row["percent"] = fix_states.DONE_PERCENT if fix["state"] in IN_STATES[COMPLETED] else reported
    return row if here.empty else row | _of_contract(here.iloc[-1], fix, today)


def _sum(*amounts: object) -> int | None:
    known = [int(str(one)) for one in amounts if not pd.isna(one)]  # type: ignore[call-overload]
    return sum(known) if known else None


def _of_contract(one: pd.Series, fix: pd.Series, today: dt.date) -> dict[str, object]:
    names = {"contractor": "contractor", "contract_number": "number", "signed_on": "signed_on", "due_on": "due_on"}
    awaited = fix["state"] in (fix_states.PLANNED, fix_states.DESIGNED)
    late = awaited and one["due_on"] is not None and one["due_on"] < today
    until = None
    if fix["state"] == fix_states.ACCEPTED and not pd.isna(one["defects_months"]):
        # months of the calendar: one month from 31 January ends with February
        until = (pd.Timestamp(fix["accepted_on"]) + pd.DateOffset(months=int(one["defects_months"]))).date()
    return {name: one[column] for name, column in names.items()} | {"late": late, "defects_until": until}


def by_zone(table: pd.DataFrame) -> pd.DataFrame:
    """Return ``works`` and the columns :data:`MONEY` by zone; zone 0 for none. The sums are those of the table."""
    zones = table["zone"].fillna(0).astype(int)
    return _summed(table.loc[:, list(MONEY)].assign(zone=zones, fix_id=table.index), "zone")


def by_year(kept: kept_contracts.Contracts, table: pd.DataFrame) -> pd.DataFrame:
    """Return ``works`` and the columns :data:`MONEY` by budget year, of the contract or of the payment.

    Works that are estimated and have no contract yet stand under :data:`NO_YEAR` with their estimate. The sums are
    those of the table.
    """
    signed = kept.standing
    parts = [
        _dated(signed, "signed_on", estimate_thb=signed["estimate_thb"], contract_thb=signed["price_thb"]),
        _dated(kept.payments, "happened_on", paid_thb=kept.payments["amount_thb"]),
    ]
    left = table.loc[table["uncontracted_thb"].notna()]
    parts.append(
        pd.DataFrame({"year": NO_YEAR, "fix_id": left.index, "estimate_thb": left["uncontracted_thb"].to_numpy()})
    )
    return _summed(pd.concat(parts).reindex(columns=["year", "fix_id", *MONEY]).astype({"year": int}), "year")


def _dated(rows: pd.DataFrame, day: str, **money: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"year": [budget_year(one) for one in rows[day]], "fix_id": rows["fix_id"].to_numpy()}).assign(
        **{name: column.to_numpy() for name, column in money.items()}
    )


def _summed(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    whole = rows.astype(dict.fromkeys(MONEY, "Int64"))
    grouped = whole.groupby(by)
    # a fix may have several contracts and payments in a year, and is one work
    return grouped["fix_id"].nunique().to_frame("works").join(grouped[list(MONEY)].sum())


def lists(table: pd.DataFrame) -> Mapping[str, pd.Series]:
    """Return which works belong to each of :data:`RUNGS`, none of them dropped, and which are over budget."""
    found = {name: table["state"].isin(states) for name, states in IN_STATES.items()}
    return found | {PAID: table["paid_thb"] > 0, OVER_BUDGET: table["over_budget"]}


def rungs(table: pd.DataFrame) -> Mapping[str, Rung]:
    """Return how far works came, by :data:`RUNGS`: each counts those that came further too."""
    found = {}
    for name in RUNGS:
        here = table.loc[lists(table)[name]]
        values = here["paid_thb" if name == PAID else "value_thb"]
        settled = values.isna() & here["settled"]
        found[name] = Rung(len(here), int(values.sum()), int((values.isna() & ~settled).sum()), int(settled.sum()))
    planned = table.loc[table["state"].isin(AWAITED) & ~table["under_contract"]]
    counted = {"planned": len(planned), "planned_thb": int(planned["value_thb"].sum())}
    return found | {PROMISED: dataclasses.replace(found[PROMISED], **counted)}
