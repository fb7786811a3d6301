"""List every fix with its state, what it mends and its cost, for pages and commands alike."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from audits import barriers, wording
from audits import record as records
from audits.access import committed_works
from audits.plans import fix_pricing, plan_about, site_fixes
from audits.ramps import cost, interventions, prices, quantities
from audits.reports import site_report
from audits.store.db import connection
from audits.store.works import contracts as kept_contracts
from audits.store.works import fix_steps
from audits.works import fix_states, spending

TOTALS = wording.phrase("Together {total} baht.")
UNDER_CONTRACT = wording.phrase("{state}, under contract")
RECORDED_AS_BUILT = wording.phrase("recorded as built")
OF_LAST_SURVEY = wording.phrase(
    "for what the last survey found, at the prices in force; a new survey shows whether anything is left"
)
NOTHING_TO_MEND = wording.phrase("nothing to mend now")
NOT_KNOWN = wording.phrase("not known: no survey that counts says what is to be mended")
NOT_SURVEYED_SINCE = wording.phrase("not known: what was built is not surveyed yet; survey it to accept it")
PRESUMED = wording.phrase(
    "presumed to be the same as {others}; counted by itself until an engineer decides under Register"
)

_TO_ACCEPTANCE = (
    fix_states.BUILT,
    fix_states.DESIGNED,
    fix_states.PLANNED,
    fix_states.FOUND,
    fix_states.ACCEPTED,
    fix_states.DROPPED,
)


@dataclass(frozen=True)
class Totals:
    """Sums of likely costs in whole baht, of fixes designed for their place and of those that rest on an assumption.

    `assumed_low_thb` and `assumed_high_thb` are the sums of the low and the high costs of the latter. In no sum are
    the fixes `unpriced`, of which no cost is known, those `unmeasured`, of which nobody knows now whether anything is
    to be mended, and as many as are `settled`, where nothing is. Together they are all of them. `doubles` are the pairs
    in the sums that may be one thing until a person decides.
    """

    designed: int
    designed_thb: int
    assumed: int
    assumed_thb: int
    assumed_low_thb: int
    assumed_high_thb: int
    unpriced: tuple[str, ...] = ()
    unmeasured: tuple[str, ...] = ()
    settled: int = 0
    doubles: tuple[tuple[str, str], ...] = ()

    @property
    def cost_thb(self) -> int:
        """Sum of all."""
        return self.designed_thb + self.assumed_thb

    def sentence(self, words: wording.Wording) -> str:
        """Return the sums in the reader's language, and how many fixes are in none of them; empty without a fix."""
        return " ".join(filter(None, (self._sums(words), self._doubles(words), self._in_no_sum(words))))

    def _sums(self, words: wording.Wording) -> str:
        amounts = {
            "total": self.cost_thb,
            "designed_baht": self.designed_thb,
            "assumed_baht": self.assumed_thb,
            "low": self.assumed_low_thb,
            "high": self.assumed_high_thb,
        }
        numbers = {name: words.number(amount, 0) for name, amount in amounts.items()}
        if not self.designed + self.assumed:
            return ""
        together = words.text(TOTALS, total=numbers["total"])
        parts = plan_about.bases_template(self.designed, self.assumed)
        counted = {"designed": words.number(self.designed), "assumed": words.number(self.assumed)}
        return f"{together} {words.text(parts, **counted, **numbers)}"

    def _doubles(self, words: wording.Wording) -> str:
        if not self.doubles:
            return ""
        return words.count(
            "{n} pair in it may be one thing recorded twice: {names}.",
            "{n} pairs in it may be one thing recorded twice: {names}.",
            len(self.doubles),
            names=plan_about.pairs_named(self.doubles, words),
        )

    def _in_no_sum(self, words: wording.Wording) -> str:
        parts = []
        if self.unpriced:
            parts.append(
                words.count(
                    "{n} without a known cost is in no sum: {names}.",
                    "{n} without a known cost are in no sum: {names}.",
                    len(self.unpriced),
                    names=site_report.elements_named(self.unpriced, words),
                )
            )
        if self.unmeasured:
            parts.append(
                words.count(
                    "{n} is in no sum, for no survey that counts says what is to be mended: {names}.",
                    "{n} are in no sum, for no survey that counts says what is to be mended: {names}.",
                    len(self.unmeasured),
                    names=site_report.elements_named(self.unmeasured, words),
                )
            )
        if self.settled:
            parts.append(
                words.count(
                    "At {n} nothing is to be mended now, so it has no cost.",
                    "At {n} nothing is to be mended now, so they have no cost.",
                    self.settled,
                )
            )
        return " ".join(parts)


@dataclass(frozen=True, eq=False)
class Works:
    """Every fix of a record.

    Parameters
    ----------
    fixes
        Those that known barriers ask for now, by id.
    steps, standing
        From :func:`audits.access.committed_works.counted_steps` and :func:`audits.works.fix_states.follow`, without
        those of elements that are retired: what was planned or built stays in the log, but there is nothing left to
        follow.
    designs
        From :func:`audits.store.works.fix_steps.designs`.
    table
        Index ``fix_id``; ``site`` (its code), ``element_id``, ``state`` (of :data:`audits.works.fix_states.STATES`),
        ``barrier`` (the surest state of the element now, of :data:`audits.barriers.STATES`), ``cost_thb`` (likely,
        whole baht; missing where nothing is to be built or no price is known), ``cost_basis`` (empty where nothing is
        to be built), ``presumed_same_as`` (tuple of the elements that it may be one thing with, see
        :attr:`audits.record.AuditedRecord.presumed`), ``zone``, the days of
        :func:`audits.works.fix_states.follow`, ``accept_by``, the columns of
        :func:`audits.works.spending.by_fix`, ``under_contract`` (somebody is bound to build it, and has not yet), and
        ``overdue``: not accepted or not built in time. ``settled``: nothing is to be mended there any more.
    contracts
        What was agreed, done and paid for the fixes of the table.
    measure_first
        From :func:`audits.barriers.measure_first`.
    sample_prices
        Whether the prices behind the costs are the sample ones.
    """

    fixes: Mapping[str, site_fixes.RecordFix]
    steps: pd.DataFrame
    standing: pd.DataFrame
    designs: pd.DataFrame
    table: pd.DataFrame
    contracts: kept_contracts.Contracts
    measure_first: pd.DataFrame
    sample_prices: bool

    def row(self, fix_id: str) -> pd.Series[Any]:
        """Return the row of a fix in the table."""
        return cast("pd.Series[Any]", self.table.loc[fix_id])

    def state(self, fix_id: str) -> str:
        """Return a key of :data:`audits.works.fix_states.STATES`."""
        return str(self.table["state"].get(fix_id, fix_states.FOUND))

    def work(self, fix_id: str) -> str:
        """Return the English phrase of the kind of work that a fix needs now, or of why none is named."""
        if fix_id in self.fixes:
            return interventions.NAMES[self.fixes[fix_id].level]
        if self.table["barrier"].get(fix_id) != barriers.POSSIBLE:
            return NOTHING_TO_MEND
        return NOT_SURVEYED_SINCE if self.table["state"].get(fix_id) == fix_states.BUILT else NOT_KNOWN

    def is_rebuilding(self, fix_id: str) -> bool:
        """Whether the works of a fix are to build it anew, and not to mend parts of it."""
        return fix_id in self.fixes and self.fixes[fix_id].level == interventions.DEMOLISH_AND_REBUILD

    def cost_thb(self, fix_id: str) -> int | None:
        """Return the likely cost in baht; None where nothing is to be built."""
        amount = self.table["cost_thb"].get(fix_id)
        return None if amount is None or pd.isna(amount) else int(amount)

    @property
    def to_level(self) -> tuple[str, ...]:
        """Name the fixes whose calculated rise is to be levelled before they are bought, without those that are."""
        return tuple(name for name in site_fixes.rise_to_level(self.fixes.values()) if not is_bought(self.row(name)))

    def nearest_first(self, fix_ids: Collection[str]) -> list[str]:
        """Order fixes: the overdue first, then what is nearest to acceptance, then the most severe."""
        rows = self.table.loc[list(fix_ids)]

        def nearness(fix_id: str) -> tuple[bool, bool, bool, int, int, str]:
            row, found = rows.loc[fix_id], self.fixes.get(fix_id)
            place = _TO_ACCEPTANCE.index(row["state"])
            severity = found.fix.severity if found else 0
            is_built = row["state"] == fix_states.BUILT
            # negated, since False comes before True
            return not row["overdue"], not is_built, not row["under_contract"], place, -severity, fix_id

        return sorted(map(str, rows.index), key=nearness)

    def progress_of(self, fix_ids: Collection[str]) -> pd.DataFrame:
        """Return the reports of some fixes, and after those of a fix that it was built, which `is_built` marks."""
        reports = self.contracts_of(fix_ids).progress.assign(is_built=False)
        parts = []
        for name, mine in reports.groupby("fix_id", sort=False):
            day = self.row(str(name))["built_on"]
            built = mine.iloc[-1:].assign(happened_on=day, percent=fix_states.DONE_PERCENT, photo_sha256="", note="")
            parts += [mine, *([] if pd.isna(day) else [built.assign(is_built=True)])]
        return pd.concat(parts) if parts else reports

    def contracts_of(self, fix_ids: Collection[str]) -> kept_contracts.Contracts:
        """Return the contracts, progress and payments of some fixes."""
        kept = self.contracts
        return kept_contracts.Contracts(
            *(rows.loc[rows["fix_id"].isin(fix_ids)] for rows in (kept.signed, kept.progress, kept.payments))
        )

    def totals(self, fix_ids: Collection[str]) -> Totals:
        """Add up the costs of some fixes; those without a cost are counted apart."""
        every = self.table.loc[list(fix_ids)]
        rows, without = every.dropna(subset="cost_thb"), every.loc[every["cost_thb"].isna()]
        unpriced = without["cost_basis"] == fix_pricing.UNPRICED
        unmeasured = ~unpriced & ~without["settled"]
        designed = rows["cost_basis"].isin(fix_pricing.FOR_ITS_PLACE)
        assumed = [self.fixes[str(name)].fix.cost for name in rows.index[~designed]]
        return Totals(
            designed=int(designed.sum()),
            designed_thb=int(rows.loc[designed, "cost_thb"].sum()),
            assumed=len(assumed),
            assumed_thb=sum(one.likely for one in assumed),
            assumed_low_thb=sum(one.low for one in assumed),
            assumed_high_thb=sum(one.high for one in assumed),
            unpriced=tuple(map(str, without.index[unpriced])),
            unmeasured=tuple(map(str, without.index[unmeasured])),
            settled=int(without["settled"].sum()),
            doubles=_pairs(rows["presumed_same_as"]),
        )


def _pairs(presumed_same_as: pd.Series[Any]) -> tuple[tuple[str, str], ...]:
    """Return each pair once of those that are both among the rows."""
    pairs = ((str(name), other) for name, others in presumed_same_as.items() for other in others)
    return tuple(pair for pair in pairs if pair[0] < pair[1] and pair[1] in presumed_same_as.index)


@dataclass(frozen=True, eq=False)
class Recorded:
    """What was recorded of the works of a record until its day, each at the element that it is counted at.

    Parameters
    ----------
    steps, designs, contracts
        As in :class:`Works`, of all fixes.
    """

    steps: pd.DataFrame
    designs: pd.DataFrame
    contracts: kept_contracts.Contracts


def recorded(store: connection.Store, record: records.AuditedRecord) -> Recorded:
    """Read the steps, designs, contracts and payments of a record's elements."""
    steps = committed_works.counted_steps(store, record)
    kept = kept_contracts.every(store)
    days = (kept.signed, "signed_on"), (kept.progress, "happened_on"), (kept.payments, "happened_on")
    kept = kept_contracts.Contracts(*(committed_works.as_counted(record, rows, day) for rows, day in days))
    designs = fix_steps.designs(store)
    designs = designs.loc[designs.index.isin(record.elements.index)]
    # of two that were kept for joined elements the later one counts
    designs = designs.set_axis(record.counted_as(designs.index)).loc[lambda kept: ~kept.index.duplicated(keep="last")]
    # a fix is named as it is counted by now, and so is its element
    return Recorded(steps.assign(element_id=steps["fix_id"]), designs, kept)


def gather(
    store: connection.Store, record: records.AuditedRecord, price_book: prices.PriceBook, today: dt.date
) -> Works:
    """Gather the fixes of a record with the steps, contracts and payments recorded for them until its day."""
    return of_elements(recorded(store, record), record, price_book, today)


def of_elements(
    kept: Recorded,
    record: records.AuditedRecord,
    price_book: prices.PriceBook,
    today: dt.date,
    only: frozenset[str] | None = None,
) -> Works:
    """Gather the fixes as :func:`gather` does, of some elements only, named as they are counted, or of all.

    A fix is what it is among all, and a few are gathered much sooner; `steps` and `contracts` stay those of all.
    """
    record = barriers.until_surveyed(record)
    designs, standing = kept.designs, fix_states.follow(kept.steps, today)
    fixes = {one.fix.fix_id: one for one in site_fixes.fixes(record, price_book, designs, only)}
    if only is not None:
        designs, standing = (rows.loc[rows.index.isin(only)] for rows in (designs, standing))
    table = _table(record, fixes, standing, _kept_costs(designs, price_book))
    table = table if only is None else table.loc[table.index.isin(only)]
    table = table.join(spending.by_fix(kept.contracts, kept.steps, table, today))
    table["overdue"] |= table["late"]
    table["settled"] = table["cost_basis"].eq("") & table["barrier"].ne(barriers.POSSIBLE)
    is_awaited = table["state"].isin(spending.AWAITED)
    table["under_contract"] = is_awaited & table["signed_on"].notna()
    first = barriers.measure_first(record, only)
    return Works(fixes, kept.steps, standing, designs, table, kept.contracts, first, price_book.sample)


def state_text(row: Mapping[str, object] | pd.Series, words: wording.Wording) -> str:
    """Return the state of a row of :attr:`Works.table`, and that it is under contract: plan and council count it so."""
    state = words.text(fix_states.STATES[str(row["state"])])
    return words.text(UNDER_CONTRACT, state=state) if row["under_contract"] else state


def is_bought(row: Mapping[str, Any] | pd.Series) -> bool:
    """Whether the works of a row of :attr:`Works.table` are under contract or built."""
    return bool(row["under_contract"]) or row["state"] == fix_states.BUILT


def basis_text(row: Mapping[str, Any] | pd.Series, words: wording.Wording) -> str:
    """Say what the cost in a row of :attr:`Works.table` rests on; empty where nothing is to be built.

    Empty too where it asks to measure before anything is bought and the works are bought already.
    """
    basis = str(row["cost_basis"])
    is_past = basis in fix_pricing.NOT_YET and is_bought(row)
    return words.text(fix_pricing.BASES[basis]) if basis and not is_past else ""


def cost_text(row: Mapping[str, Any] | pd.Series, words: wording.Wording) -> str:
    """Say what the cost in a row of :attr:`Works.table` rests on, and of works that are built what it is for.

    Until they are accepted it is for what a survey found, and stands beside the price that was agreed.
    """
    basis = basis_text(row, words)
    # without a barrier the cost is that of the whole design
    is_left = row["state"] == fix_states.BUILT and row["barrier"] == barriers.KNOWN and not pd.isna(row["cost_thb"])
    return " · ".join(filter(None, (basis, words.text(OF_LAST_SURVEY) if is_left else "")))


def _kept_costs(designs: pd.DataFrame, price_book: prices.PriceBook) -> dict[str, int]:
    """Return the likely cost of the design kept for each element, at the prices in force."""
    bills = {str(name): json.loads(text)["quantities"] for name, text in designs["content"].items()}
    # designs kept by an older version lack the quantities that have a row of their own by now
    return {
        name: int(cost.estimate(quantities.complete(bill), price_book).total_thb.likely) for name, bill in bills.items()
    }


def _table(
    record: records.AuditedRecord,
    fixes: Mapping[str, site_fixes.RecordFix],
    standing: pd.DataFrame,
    kept_thb: Mapping[str, int],
) -> pd.DataFrame:
    unpriced = site_fixes.unpriced(record)
    names = pd.Index(sorted({*fixes, *unpriced, *standing.index}), name="fix_id", dtype=object)
    # their states stand from the surest on
    states = barriers.by_element(record)
    states = states.loc[states.index.isin(names)]
    surest = {
        str(name): next(state for state in barriers.STATES if (row == state).any()) for name, row in states.iterrows()
    }
    costs = {name: fixes[name].fix.cost.likely if name in fixes else kept_thb.get(name) for name in names}
    bases = dict.fromkeys(unpriced, fix_pricing.UNPRICED) | dict.fromkeys(kept_thb, fix_pricing.KEPT)
    # last, as a fix that is asked for now knows its own basis best
    bases |= {name: one.cost_basis for name, one in fixes.items()}
    days = standing.drop(columns=["site_code", "element_id", "state"]).reindex(names)
    table = pd.DataFrame(
        {
            "site": record.elements["site_code"].reindex(names).to_numpy(),
            "element_id": names,
            "state": standing["state"].reindex(names).fillna(fix_states.FOUND).to_numpy(),
            "barrier": [surest.get(name, barriers.NONE) for name in names],
            "cost_thb": pd.array([costs[name] for name in names], dtype="Int64"),
            "cost_basis": [bases.get(name, "") for name in names],
            "zone": pd.array(record.sites["zone"].reindex(record.elements["site_code"].reindex(names)), dtype="Int64"),
            "presumed_same_as": [record.presumed_same_as(name) for name in names],
        },
        index=names,
    )
    # a fix without any step has no row there, and is not overdue
    return table.join(days.assign(overdue=days["overdue"].eq(True)))
