"""Choose the readings that govern: the latest day on which a quantity was measured, all its readings kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set

import numpy as np
import numpy.typing as npt
import pandas as pd

from audits import survey, wording
from audits.rules import model
from audits.scoring import findings

GOVERNING_COLUMNS = ("element_id", "quantity", "lowest", "highest", "uncertainty", "readings", "observed_on")


def governing(measurements: pd.DataFrame, criteria: model.Criteria) -> pd.DataFrame:
    """One row per element and quantity with the readings that govern.

    The latest local day on which the quantity was measured governs; all readings of that day count, by
    whomever, so that the worst of them is judged and their spread can be shown. What a later visit shows to be
    impossible, such as a run longer than the whole ramp, is left out.

    Parameters
    ----------
    measurements
        Columns ``element_id``, ``quantity``, ``value`` (NaN when not measured), ``uncertainty``, ``observed_at`` (UTC).
    criteria
        They say which answers answer another question too; see :func:`with_implied`.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`GOVERNING_COLUMNS`; ``lowest`` and ``highest`` in the quantity's unit, ``readings`` their number.

    Examples
    --------
    >>> days = pd.to_datetime(["2026-03-01T03:00Z", "2026-03-02T03:00Z", "2026-03-02T04:00Z"])
    >>> slope = {"element_id": "KK-001.ramp.1", "quantity": "running_slope_pct", "uncertainty": 0.2}
    >>> seen = pd.DataFrame({"value": [8.0, 9.0, 9.4], "observed_at": days}).assign(**slope)
    >>> from audits.rules import files
    >>> governing(seen, files.load_criteria())[["lowest", "highest", "readings"]].iloc[0].tolist()
    [9.0, 9.4, 2.0]
    """
    needed = ["element_id", "quantity", "value", "uncertainty", "observed_at"]
    # what a later visit did not measure takes nothing away from an earlier one
    measured = with_implied(measurements.loc[measurements["value"].notna(), needed], criteria)
    if measured.empty:
        return pd.DataFrame(columns=list(GOVERNING_COLUMNS))
    kept = of_latest_day(measured).groupby(["element_id", "quantity"], sort=True)
    governed = kept.agg(
        lowest=("value", "min"),
        highest=("value", "max"),
        # of several instruments on one day the coarsest decides what is borderline
        uncertainty=("uncertainty", "max"),
        readings=("value", "size"),
        observed_on=("observed_on", "max"),
    ).reset_index()[list(GOVERNING_COLUMNS)]
    return _without_outdated(governed, criteria)


def _without_outdated(governed: pd.DataFrame, criteria: model.Criteria) -> pd.DataFrame:
    """Leave out the older of a whole and its part where the part is the greater: both cannot be true of one thing.

    One visit is asked about them at once; of two visits the newer tells that the older figure holds no more.
    """
    days = governed.groupby("element_id", observed=True)["observed_on"].transform("nunique")
    several = governed.loc[days > 1].reset_index(names="row")
    gone: list[int] = []
    for rule in criteria.contradictions if len(several) else ():
        # a rise beside length and slope is asked about at every door, and decides no verdict
        for part in rule.against if rule.is_whole and not rule.slope else ():
            wholes, parts = (several.loc[several["quantity"] == name] for name in (rule.answer, part))
            pairs = wholes.merge(parts, on="element_id", suffixes=("_whole", "_part"))
            slack = pairs[["uncertainty_whole", "uncertainty_part"]].max(axis=1).fillna(0)
            wrong = pairs["lowest_part"] > pairs["highest_whole"] + 2 * slack
            whole_older = pairs["observed_on_whole"] < pairs["observed_on_part"]
            is_older = wrong & (whole_older | (pairs["observed_on_part"] < pairs["observed_on_whole"]))
            gone += pairs["row_whole"].where(whole_older, pairs["row_part"])[is_older].tolist()
    return governed.drop(index=gone).reset_index(drop=True) if gone else governed


def of_latest_day(measured: pd.DataFrame) -> pd.DataFrame:
    """Return the readings of the latest local day on which each quantity of an element was measured.

    Parameters
    ----------
    measured
        As for :func:`governing`, without what was not measured; whatever other columns are kept.

    Returns
    -------
    pandas.DataFrame
        Rows of `measured`, with ``observed_on``.
    """
    measured = measured.assign(observed_on=days(measured["observed_at"]))
    # A later visit replaces an earlier one by quantity: what it did not measure again still holds.
    latest = measured.groupby(["element_id", "quantity"])["observed_on"].transform("max")
    return measured.loc[measured["observed_on"] == latest]


def with_implied(measured: pd.DataFrame, criteria: model.Criteria) -> pd.DataFrame:
    """Add the answers that another answer of the same visit gives.

    Who says that there is no handrail need not say that there is none on both sides.

    Parameters
    ----------
    measured
        As for :func:`governing`, without what was not measured; whatever other columns are copied.
    criteria
        Their quantities say by ``no_without`` which question answers which.

    Returns
    -------
    pandas.DataFrame
        `measured`, followed by the rows added, from the latest day of the answer that they follow from; a question
        that was answered on the same visit keeps its answer.
    """
    visit = ["element_id", "observed_at"]
    added = [measured]
    for quantity_id, without in _implied_by(criteria).items():
        asked = measured.loc[measured["quantity"] == without]
        # Once there is a handrail, what followed from there being none no longer holds.
        none = asked.loc[(asked["value"] == 0) & _latest(asked)]
        answered = measured.loc[measured["quantity"] == quantity_id, visit]
        known = set(zip(answered["element_id"], answered["observed_at"], strict=True))
        open_to = [pair not in known for pair in zip(none["element_id"], none["observed_at"], strict=True)]
        added.append(none.loc[open_to].assign(quantity=quantity_id))
    # pandas warns where it joins tables of which one is empty
    added = [rows for rows in added if len(rows)]
    return pd.concat(added, ignore_index=True) if len(added) > 1 else measured


def _latest(asked: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Mark the rows of each element's latest local day."""
    element, names = pd.factorize(asked["element_id"])
    day = days(asked["observed_at"]).to_numpy("datetime64[D]").astype(np.int64)
    latest = np.full(len(names), np.iinfo(np.int64).min)
    np.maximum.at(latest, element, day)
    is_latest: npt.NDArray[np.bool_] = day == latest[element]
    return is_latest


def implied(measured: Mapping[str, findings.Readings], criteria: model.Criteria) -> dict[str, findings.Readings]:
    """Add to the readings of one visit the answers that another gives, as :func:`with_implied` does.

    Parameters
    ----------
    measured
        By quantity, each of shape (elements,).
    criteria
        As for :func:`with_implied`.
    """
    result = dict(measured)
    for quantity_id, without in _implied_by(criteria).items():
        if without not in measured:
            continue
        given = measured[without]
        own = measured.get(quantity_id, findings.Readings.exact(np.full(given.lowest.shape, np.nan)))
        # what somebody answered goes before what would follow
        taken = (given.lowest == 0) & np.isnan(own.lowest)
        if taken.any():
            no = (np.zeros(1), np.zeros(1), given.uncertainty)
            pairs = zip(no, (own.lowest, own.highest, own.uncertainty), strict=True)
            result[quantity_id] = findings.Readings(*(np.where(taken, new, old) for new, old in pairs))
    return result


def changed_by(quantities: Set[str], criteria: model.Criteria) -> set[str]:
    """Return some quantities and those that answers to them may give as well, by :func:`implied`.

    Examples
    --------
    >>> from audits.rules import files
    >>> sorted(changed_by({"handrail_present"}, files.load_criteria()))
    ['handrail_present', 'handrails_both_sides']
    """
    return {*quantities, *(name for name, without in _implied_by(criteria).items() if without in quantities)}


def _implied_by(criteria: model.Criteria) -> dict[str, str]:
    return {name: one.no_without for name, one in criteria.quantities.items() if one.no_without}


def days(instants: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    """Local day of each instant (UTC), without a zone."""
    # the local day: in UTC a Thai morning before seven would count for the day before
    return instants.dt.tz_convert(wording.local_zone()).dt.normalize().dt.tz_localize(None)


def by_quantity(governed: pd.DataFrame, element_ids: pd.Index[str]) -> Mapping[str, findings.Readings]:
    """Align the readings of each quantity to the elements.

    Parameters
    ----------
    governed
        From :func:`governing`.
    element_ids
        The elements judged, in the order of the result's rows.
    """
    rows = element_ids.get_indexer(pd.Index(governed["element_id"]))
    quantities, names = pd.factorize(governed["quantity"])
    columns = governed[["lowest", "highest", "uncertainty"]].to_numpy(dtype=np.float64)
    # Sorted once and split, in one pass for all quantities.
    order = np.argsort(quantities, kind="stable")
    ends = np.cumsum(np.bincount(quantities, minlength=len(names)))
    result = {}
    for name, places in zip(names, np.split(order, ends[:-1]) if len(names) else (), strict=True):
        # get_indexer gives -1 for elements that are not judged.
        known = places[rows[places] >= 0]
        filled = np.full((3, len(element_ids)), np.nan)
        filled[:, rows[known]] = columns[known].T
        result[str(name)] = findings.Readings(*filled)
    return result


def at_rows(
    whole: Mapping[str, findings.Readings], rows: npt.NDArray[np.intp], quantities: Collection[str]
) -> Mapping[str, findings.Readings]:
    """Take the readings of some elements and some quantities.

    Parameters
    ----------
    whole
        From :func:`by_quantity`.
    rows
        Positions of the elements wanted.
    quantities
        Ids of the quantities wanted; those measured nowhere are left out.
    """
    return {
        name: findings.Readings(one.lowest[rows], one.highest[rows], one.uncertainty[rows])
        for name, one in whole.items()
        if name in quantities
    }


def of_visit(measurements: Sequence[survey.Measurement], criteria: model.Criteria) -> dict[str, findings.Readings]:
    """Return the readings of one element on one visit, shape (1,), by quantity.

    The same as :func:`governing` and :func:`by_quantity` of these measurements, in microseconds where a table takes
    tens of milliseconds: screens ask at every key.
    """
    values: dict[str, list[tuple[float, float]]] = {}
    for one in measurements:
        if one.value is not None:
            values.setdefault(one.quantity, []).append((one.value, one.uncertainty))
    measured = {
        quantity: findings.Readings(
            np.array([min(value for value, _ in many)]),
            np.array([max(value for value, _ in many)]),
            np.array([max(uncertainty for _, uncertainty in many)]),
        )
        for quantity, many in values.items()
    }
    return implied(measured, criteria)
