"""Choose the readings that govern: the latest day on which a quantity was measured, all its readings kept."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from audits import findings, wording

GOVERNING_COLUMNS = ("element_id", "quantity", "lowest", "highest", "uncertainty", "readings", "observed_on")


def governing(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return one row per element and quantity with the readings that govern.

    The latest day (in Bangkok) on which the quantity was measured governs; all readings of that day count, by
    whomever, so that the worst of them is judged and their spread can be shown.

    Parameters
    ----------
    measurements
        Columns ``element_id``, ``quantity``, ``value`` (NaN when not measured), ``uncertainty``, ``observed_at`` (UTC).

    Returns
    -------
    pandas.DataFrame
        Columns :data:`GOVERNING_COLUMNS`; ``lowest`` and ``highest`` in the quantity's unit, ``readings`` their number.
    """
    measured = measurements.loc[measurements["value"].notna()]
    if measured.empty:
        return pd.DataFrame(columns=list(GOVERNING_COLUMNS))
    day = measured["observed_at"].dt.tz_convert(wording.BANGKOK).dt.normalize().dt.tz_localize(None)
    measured = measured.assign(observed_on=day)
    latest = measured.groupby(["element_id", "quantity"])["observed_on"].transform("max")
    kept = measured.loc[measured["observed_on"] == latest].groupby(["element_id", "quantity"], sort=True)
    return kept.agg(
        lowest=("value", "min"),
        highest=("value", "max"),
        uncertainty=("uncertainty", "max"),
        readings=("value", "size"),
        observed_on=("observed_on", "max"),
    ).reset_index()[list(GOVERNING_COLUMNS)]


def by_quantity(governed: pd.DataFrame, element_ids: pd.Index[str]) -> Mapping[str, findings.Readings]:
    """Return the readings of each quantity, aligned to the elements.

    Parameters
    ----------
    governed
        From :func:`governing`.
    element_ids
        The elements judged, in the order of the result's rows.
    """
    rows = element_ids.get_indexer(pd.Index(governed["element_id"]))
    governed = governed.assign(row=rows).loc[rows >= 0]
    result = {}
    for quantity, part in governed.groupby("quantity"):
        columns = {name: np.full(len(element_ids), np.nan) for name in ("lowest", "highest", "uncertainty")}
        for name, column in columns.items():
            column[part["row"]] = part[name].astype(float)
        result[str(quantity)] = findings.Readings(**columns)
    return result
