"""Say how far two surveyors of one thing agree: answers and verdicts beyond chance, figures in their unit."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from audits import record as records
from audits import terms, wording
from audits.quality import coefficients, pairing
from audits.rules import model
from audits.scoring import run as audit

LEAST_PAIRS = 5
# from here on kappa is low by prevalence alone: Feinstein & Cicchetti, Journal of Clinical Epidemiology 43 (1990) 543
MOSTLY = 0.9

ENOUGH, TOO_FEW, ALL_THE_SAME = "enough", "too_few", "all_the_same"
JUDGED = ("pass", "fail", "borderline")


@dataclass(frozen=True)
class Agreement:
    """How far the record can be trusted where two have looked.

    Parameters
    ----------
    answers, verdicts
        Index ``quantity`` (yes-or-no only) or ``criterion``: ``pairs``, ``agreed``, ``agreed_low``
        and ``agreed_high`` (shares), ``state``, ``kappa``, ``kappa_low``, ``kappa_high``.
    figures
        Index ``quantity``: ``pairs``, ``state``, ``icc``, ``icc_low``, ``icc_high``, and in the quantity's unit
        ``within_sd``, ``limit`` (of the difference of two surveys), ``stated`` and ``guard``; see :func:`of_figures`.
    repeats
        Index ``quantity``: the same for several readings in one survey; see :func:`of_repeats`.
    pairs
        Every pair compared, columns :data:`audits.quality.pairing.COLUMNS`; an item is a quantity or a criterion.
    """

    answers: pd.DataFrame
    verdicts: pd.DataFrame
    figures: pd.DataFrame
    repeats: pd.DataFrame
    pairs: pd.DataFrame


def run(
    record: records.AuditedRecord, within_days: int = pairing.WITHIN_DAYS, rebuilt: pd.DataFrame | None = None
) -> Agreement:
    """Compare every two surveys of the same element by two people.

    Parameters
    ----------
    record
        Of its audit nothing is used: each survey is judged by itself.
    within_days
        Most days in Bangkok between the two surveys of a pair.
    rebuilt
        Columns ``element_id`` and ``rebuilt_on`` (day): no pair reaches across such a day, nor across the day of a
        permit in the register. None when nothing else is known.
    """
    permits = record.elements["permitted_on"].rename("rebuilt_on").reset_index().dropna()
    known = permits if rebuilt is None else pd.concat([permits, rebuilt[["element_id", "rebuilt_on"]]])
    seen = record.measurements.loc[record.measurements["value"].notna()]
    yes_no = {name for name, quantity in record.criteria.quantities.items() if quantity.kind == "yes_no"}
    asked = seen["quantity"].isin(yes_no)
    answers = pairing.pairs(_last_readings(seen.loc[asked]), within_days, known)
    figures = pairing.pairs(_mean_readings(seen.loc[~asked]), within_days, known)
    verdicts = pairing.pairs(verdicts_by_survey(record), within_days, known)
    return Agreement(
        answers=of_answers(answers, "quantity"),
        verdicts=of_answers(verdicts, "criterion"),
        figures=of_figures(figures),
        repeats=of_repeats(seen.loc[~asked]),
        pairs=pd.concat([answers, figures, verdicts], ignore_index=True),
    )


def _last_readings(seen: pd.DataFrame) -> pd.DataFrame:
    kept = seen.sort_values("reading").drop_duplicates(["survey_id", "element_id", "quantity"], keep="last")
    return kept.rename(columns={"quantity": "item", "value": "answer"})


def _mean_readings(seen: pd.DataFrame) -> pd.DataFrame:
    by_survey = seen.groupby(["survey_id", "element_id", "quantity"], as_index=False)
    one = by_survey.agg(
        site_code=("site_code", "first"),
        surveyor=("surveyor", "first"),
        observed_at=("observed_at", "first"),
        answer=("value", "mean"),
        uncertainty=("uncertainty", "max"),
    )
    return one.rename(columns={"quantity": "item"})


def verdicts_by_survey(record: records.AuditedRecord) -> pd.DataFrame:
    """Judge each survey by itself, where an element has several.

    Returns
    -------
    pandas.DataFrame
        One row per survey, element and criterion judged :data:`JUDGED`: ``survey_id``, ``element_id``, ``site_code``,
        ``surveyor``, ``observed_at``, ``item`` (the criterion), ``answer`` (the verdict), ``uncertainty`` (NaN).
        What does not apply is left out: whether it applies hangs on another answer, which is compared itself.
    """
    measurements, elements = record.measurements, record.elements
    visits = measurements.drop_duplicates(["survey_id", "element_id"])
    several = visits["element_id"].duplicated(keep=False) & visits["element_id"].isin(elements.index)
    visits = visits.loc[several, ["survey_id", "element_id", "surveyor", "observed_at"]].reset_index(drop=True)
    visits["visit"] = visits.index.astype("str")
    of_visit = elements.loc[visits["element_id"]].set_index(pd.Index(visits["visit"], name="element_id"))
    own = measurements.merge(visits[["survey_id", "element_id", "visit"]], on=["survey_id", "element_id"])
    own = own.assign(element_id=own["visit"])
    judged = audit.run(record.sites, of_visit, own, record.criteria, record.weights).findings
    judged = judged.loc[judged["verdict"].isin(JUDGED), ["element_id", "site_code", "criterion", "verdict"]]
    judged = judged.rename(columns={"element_id": "visit", "criterion": "item", "verdict": "answer"})
    return judged.merge(visits, on="visit").assign(uncertainty=np.nan)


def of_answers(paired: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return agreement per yes-or-no quantity or per criterion.

    Parameters
    ----------
    paired
        From :func:`audits.quality.pairing.pairs`.
    name
        What the index is called: ``quantity`` or ``criterion``.

    Returns
    -------
    pandas.DataFrame
        See :class:`Agreement`. Fewer than :data:`LEAST_PAIRS` pairs are :data:`TOO_FEW`; where every answer of both is
        the same, kappa is not defined and the state is :data:`ALL_THE_SAME`.
    """
    rows: dict[Hashable, tuple[object, ...]] = {}
    for item, part in paired.groupby("item"):
        counts = coefficients.crossed(part["first"].to_numpy(), part["second"].to_numpy())
        enough = len(part) >= LEAST_PAIRS
        found = coefficients.kappa(counts) if enough else coefficients.UNDEFINED
        state = TOO_FEW if not enough else ALL_THE_SAME if np.isnan(found.value) else ENOUGH
        agreed = int(np.trace(counts))
        share = coefficients.share_interval(agreed, len(part))
        rows[item] = (len(part), agreed, share.low, share.high, state, found.value, found.low, found.high)
    columns = ["pairs", "agreed", "agreed_low", "agreed_high", "state", "kappa", "kappa_low", "kappa_high"]
    return _indexed(rows, columns, name)


def of_figures(paired: pd.DataFrame) -> pd.DataFrame:
    """Return agreement per measured quantity, in its unit.

    Parameters
    ----------
    paired
        From :func:`audits.quality.pairing.pairs`; ``first`` and ``second`` are means of readings.

    Returns
    -------
    pandas.DataFrame
        See :class:`Agreement`. ``within_sd`` is the standard deviation within pairs, the root of the mean of half the
        squared differences; ``limit`` = 1.96 √2 ``within_sd``, which 95 of 100 differences of two surveys do not
        exceed; ``stated`` the root mean square of the guard bands stated; ``guard`` from
        :func:`audits.quality.coefficients.guard_state`.

    Notes
    -----
    Bland & Altman, Lancet 327 (1986) 307-310 and BMJ 313 (1996) 744; ISO 5725-6 calls the limit 2.8 s.
    """
    rows: dict[Hashable, tuple[object, ...]] = {}
    for item, part in paired.groupby("item"):
        table = part[["first", "second"]].to_numpy(dtype=np.float64)
        within = float(np.sqrt(np.mean(np.diff(table, axis=1) ** 2) / 2))
        stated = _root_mean_square(part["uncertainty"])
        enough = len(part) >= LEAST_PAIRS
        found = coefficients.UNDEFINED
        if enough:
            found = coefficients.pairs_interval(coefficients.intraclass(table), len(part))
        state = TOO_FEW if not enough else ALL_THE_SAME if np.isnan(found.value) else ENOUGH
        guard = coefficients.guard_state(within, len(part), stated) if enough else ""
        spread = within if enough else np.nan
        limit = np.sqrt(2) * coefficients.NORMAL_95 * spread
        rows[item] = (len(part), state, found.value, found.low, found.high, spread, limit, stated, guard)
    columns = ["pairs", "state", "icc", "icc_low", "icc_high", "within_sd", "limit", "stated", "guard"]
    return _indexed(rows, columns, "quantity")


def of_repeats(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return how far several readings of one survey lie apart, per quantity and in its unit.

    Parameters
    ----------
    measurements
        Readings of measured quantities: ``survey_id``, ``element_id``, ``quantity``, ``value``, ``uncertainty``.

    Returns
    -------
    pandas.DataFrame
        Index ``quantity``: ``surveys`` with several readings, ``freedom`` (readings beyond the first), ``state``,
        ``within_sd`` pooled over the surveys, ``limit`` = 1.96 √2 ``within_sd``, ``stated``, ``guard``. Readings may be
        taken at several places of one thing, so its unevenness is in it.
    """
    one = ["survey_id", "element_id", "quantity"]
    by_survey = measurements.groupby(one)["value"]
    several = measurements.loc[by_survey.transform("size") > 1]
    rows: dict[Hashable, tuple[object, ...]] = {}
    for quantity, part in several.groupby("quantity"):
        squares = (part["value"] - part.groupby(one)["value"].transform("mean")) ** 2
        surveys = part.groupby(one).ngroups
        freedom, stated = len(part) - surveys, _root_mean_square(part["uncertainty"])
        enough = surveys >= LEAST_PAIRS
        within = float(np.sqrt(squares.sum() / freedom)) if enough else np.nan
        guard = coefficients.guard_state(within, freedom, stated) if enough else ""
        limit = np.sqrt(2) * coefficients.NORMAL_95 * within
        rows[quantity] = (surveys, freedom, ENOUGH if enough else TOO_FEW, within, limit, stated, guard)
    return _indexed(rows, ["surveys", "freedom", "state", "within_sd", "limit", "stated", "guard"], "quantity")


def answer_sentence(row: Any, words: wording.Wording) -> str:
    """Say in plain words how far two surveyors gave the same answer.

    Parameters
    ----------
    row
        One row of :attr:`Agreement.answers` or :attr:`Agreement.verdicts`, as a named tuple.
    words
        The reader's language.
    """
    if row.state == TOO_FEW:
        return _too_few(row.pairs, words)
    low, high = words.percent(row.agreed_low), words.percent(row.agreed_high)
    same = words.text("{agreed} of {pairs} pairs the same", agreed=row.agreed, pairs=row.pairs)
    same += f" (95 %: {words.text('{low} to {high}', low=low, high=high)})"
    if row.state == ALL_THE_SAME:
        return f"{same}; {words.text('all answers are one and the same, so chance cannot be told apart')}"
    phrase = words.text(coefficients.band(row.kappa, coefficients.KAPPA_BANDS))
    told = f"{same}; {phrase} ({_coefficient('κ', row.kappa, row.kappa_low, row.kappa_high, words)})"
    if row.kappa < coefficients.SUBSTANTIAL and row.agreed >= MOSTLY * row.pairs:
        told += f"; {words.text('nearly all answers are alike, which makes κ low by itself')}"
    return told


def figure_sentence(row: Any, quantity: model.Quantity, words: wording.Wording) -> str:
    """Say in plain words how near the figures of two surveyors are, in the quantity's unit.

    Parameters
    ----------
    row
        One row of :attr:`Agreement.figures`, as a named tuple.
    quantity, words
        What was measured; the reader's language.
    """
    if row.state == TOO_FEW:
        return _too_few(row.pairs, words)
    limit = _amount(row.limit, quantity, words)
    apart = words.text("95 of 100 pairs differ by {limit} or less", limit=limit)
    if row.state == ALL_THE_SAME:
        return f"{apart}; {words.text('every value is the same, so no correlation can be given')}"
    phrase = words.text(coefficients.band(row.icc, coefficients.INTRACLASS_BANDS))
    coefficient = _coefficient("ICC", row.icc, row.icc_low, row.icc_high, words)
    return "; ".join(filter(None, (apart, f"{phrase} ({coefficient})", _guard_sentence(row, quantity, words))))


def repeat_sentence(row: Any, quantity: model.Quantity, words: wording.Wording) -> str:
    """Say in plain words how near several readings of one survey are, in the quantity's unit.

    Parameters
    ----------
    row
        One row of :attr:`Agreement.repeats`, as a named tuple.
    quantity, words
        What was measured; the reader's language.
    """
    if row.state == TOO_FEW:
        return words.text("not enough repeated readings: {n} of at least {least}", n=row.surveys, least=LEAST_PAIRS)
    limit = _amount(row.limit, quantity, words)
    apart = words.text("95 of 100 repeated readings differ by {limit} or less", limit=limit)
    return "; ".join(filter(None, (apart, _guard_sentence(row, quantity, words))))


def _too_few(pairs_found: int, words: wording.Wording) -> str:
    return words.text("not enough pairs: {n} of at least {least}", n=pairs_found, least=LEAST_PAIRS)


def _coefficient(name: str, value: float, low: float, high: float, words: wording.Wording) -> str:
    shown = f"{name} {_below_one(value, words)}"
    if np.isnan(low):
        return f"{shown}; {words.text('no interval: nobody differed')}"
    interval = words.text("{low} to {high}", low=_below_one(low, words), high=_below_one(high, words))
    return f"{shown}; 95 %: {interval}"


def _below_one(value: float, words: wording.Wording) -> str:
    """Return a coefficient to two decimals, which does not round up to a perfect 1."""
    return f"> {words.number(0.99, 2)}" if 0.99 < value < 1 else words.number(value, 2)


def _guard_sentence(row: Any, quantity: model.Quantity, words: wording.Wording) -> str:
    """Return what to know where a reading lies farther from the truth than its guard band says."""
    if row.guard == coefficients.HOLDS:
        return ""
    needed = _amount(coefficients.NORMAL_95 * row.within_sd, quantity, words)
    stated = _amount(row.stated, quantity, words)
    if row.guard == coefficients.TOO_SMALL:
        return words.text("the guard band ± {stated} is too small: ± {needed} was seen", stated=stated, needed=needed)
    return words.text("the guard band ± {stated} may be too small: ± {needed} was seen", stated=stated, needed=needed)


def _amount(value: float, quantity: model.Quantity, words: wording.Wording) -> str:
    unit = terms.UNIT.get(quantity.unit, quantity.unit)
    return f"{words.number(value, 2)} {words.text(unit) if unit else ''}".strip()


def _root_mean_square(values: pd.Series[float]) -> float:
    return float(np.sqrt(np.mean(values.to_numpy(dtype=np.float64) ** 2)))


def _indexed(rows: Mapping[Hashable, tuple[object, ...]], columns: list[str], name: str) -> pd.DataFrame:
    return pd.DataFrame(list(rows.values()), columns=columns, index=pd.Index(list(rows), name=name, dtype=object))
