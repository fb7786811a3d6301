"""Measure the agreement of two surveyors: answers and verdicts beyond chance, figures in their unit."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from audits import record as records
from audits.quality import coefficients, pairing
from audits.scoring import run as audit

# with fewer the interval of a coefficient spans nearly all that it can be
LEAST_PAIRS = 5

ENOUGH, TOO_FEW, ALL_THE_SAME = "enough", "too_few", "all_the_same"
SPREAD_COLUMNS = ("within_sd", "limit", "stated", "guard")
JUDGED = ("pass", "fail", "borderline")


@dataclass(frozen=True)
class Agreement:
    """Agreement of surveyors by item.

    Parameters
    ----------
    answers, verdicts
        Index ``quantity`` (yes-or-no only) or ``criterion``: ``pairs``, ``agreed``, ``agreed_low``
        and ``agreed_high`` (shares), ``state``, ``kappa``, ``kappa_low``, ``kappa_high``.
    figures
        Index ``quantity``: ``pairs``, ``state``, ``icc``, ``icc_low``, ``icc_high``, and in the quantity's unit
        ``within_sd``, ``limit`` (of the difference of two surveys), ``stated`` and ``guard``; see
        :func:`figure_agreement`.
    repeats
        Index ``quantity``: the same for several readings in one survey; see :func:`repeat_agreement`.
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
        Most local days between the two surveys of a pair.
    rebuilt
        Columns ``element_id`` and ``rebuilt_on`` (day): no pair reaches across such a day, nor across the day of a
        permit in the register. None when nothing else is known.
    """
    permits = record.elements["permitted_on"].rename("rebuilt_on").reset_index().dropna()
    known = permits if rebuilt is None else pd.concat([permits, rebuilt[["element_id", "rebuilt_on"]]])
    seen = record.measurements.loc[record.measurements["value"].notna()]
    yes_no = {name for name, quantity in record.criteria.quantities.items() if quantity.kind == "yes_no"}
    # Answers are categories, for which kappa is made; figures are compared in their unit.
    asked = seen["quantity"].isin(yes_no)
    answers = pairing.pairs(_last_readings(seen.loc[asked]), within_days, known)
    figures = pairing.pairs(_mean_readings(seen.loc[~asked]), within_days, known)
    verdicts = pairing.pairs(verdicts_by_survey(record), within_days, known)
    return Agreement(
        answers=answer_agreement(answers, "quantity"),
        verdicts=answer_agreement(verdicts, "criterion"),
        figures=figure_agreement(figures),
        repeats=repeat_agreement(seen.loc[~asked]),
        pairs=pd.concat([answers, figures, verdicts], ignore_index=True),
    )


def _last_readings(seen: pd.DataFrame) -> pd.DataFrame:
    # an answer has no mean: of several the last one counts
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
    # Each visit is judged as an element of its own, so that one run judges them all.
    of_visit = elements.loc[visits["element_id"]].set_index(pd.Index(visits["visit"], name="element_id"))
    own = measurements.merge(visits[["survey_id", "element_id", "visit"]], on=["survey_id", "element_id"])
    own = own.assign(element_id=own["visit"])
    judged = audit.run(record.sites, of_visit, own, record.criteria, record.weights).findings
    judged = judged.loc[judged["verdict"].isin(JUDGED), ["element_id", "site_code", "criterion", "verdict"]]
    judged = judged.rename(columns={"element_id": "visit", "criterion": "item", "verdict": "answer"})
    return judged.merge(visits, on="visit").assign(uncertainty=np.nan)


def answer_agreement(paired: pd.DataFrame, name: str) -> pd.DataFrame:
    """Agreement per yes-or-no quantity or per criterion.

    Parameters
    ----------
    paired
        From :func:`audits.quality.pairing.pairs`.
    name
        Name of the index: ``quantity`` or ``criterion``.

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
        agreed = int(np.trace(counts))
        share = coefficients.share_interval(agreed, len(part))
        state = _state(enough, found)
        rows[item] = (len(part), agreed, share.low, share.high, state, found.value, found.low, found.high)
    columns = ["pairs", "agreed", "agreed_low", "agreed_high", "state", "kappa", "kappa_low", "kappa_high"]
    return _indexed(rows, columns, name)


def figure_agreement(paired: pd.DataFrame) -> pd.DataFrame:
    """Agreement per measured quantity, in its unit.

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
        # Of a pair, half the squared difference is the variance within it.
        within = float(np.sqrt(np.mean(np.diff(table, axis=1) ** 2) / 2))
        enough = len(part) >= LEAST_PAIRS
        found = coefficients.UNDEFINED
        if enough:
            found = coefficients.pairs_interval(coefficients.intraclass(table), len(part))
        spread = _spread(within if enough else np.nan, len(part), part["uncertainty"])
        rows[item] = (len(part), _state(enough, found), found.value, found.low, found.high, *spread)
    return _indexed(rows, ["pairs", "state", "icc", "icc_low", "icc_high", *SPREAD_COLUMNS], "quantity")


def repeat_agreement(measurements: pd.DataFrame) -> pd.DataFrame:
    """Spread of several readings of one survey, per quantity and in its unit.

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
        enough, freedom = surveys >= LEAST_PAIRS, len(part) - surveys
        within = float(np.sqrt(squares.sum() / freedom)) if enough else np.nan
        spread = _spread(within, freedom, part["uncertainty"])
        rows[quantity] = (surveys, freedom, ENOUGH if enough else TOO_FEW, *spread)
    return _indexed(rows, ["surveys", "freedom", "state", *SPREAD_COLUMNS], "quantity")


def _state(enough: bool, found: coefficients.Estimate) -> str:
    return TOO_FEW if not enough else ALL_THE_SAME if np.isnan(found.value) else ENOUGH


def _spread(within: float, freedom: int, uncertainty: pd.Series[float]) -> tuple[float, float, float, str]:
    """Values of :data:`SPREAD_COLUMNS`; `within` is NaN where there are too few to say."""
    stated = float(np.sqrt(np.mean(uncertainty.to_numpy(dtype=np.float64) ** 2)))
    limit = np.sqrt(2) * coefficients.NORMAL_95 * within
    return within, limit, stated, "" if np.isnan(within) else coefficients.guard_state(within, freedom, stated)


def _indexed(rows: Mapping[Hashable, tuple[object, ...]], columns: list[str], name: str) -> pd.DataFrame:
    return pd.DataFrame(list(rows.values()), columns=columns, index=pd.Index(list(rows), name=name, dtype=object))
