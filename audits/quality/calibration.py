"""Find devices out of calibration: on the day of a reading, and soon."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from audits import wording
from audits.scoring import readings

SOON_DAYS = 30

NEVER, OVERDUE, SOON = "never", "overdue", "soon"
DUE = {
    NEVER: wording.phrase("no calibration on record"),
    OVERDUE: wording.phrase("calibration out of date"),
    SOON: wording.phrase("calibration due soon"),
}


def on_the_day(measurements: pd.DataFrame, devices: pd.DataFrame) -> pd.DataFrame:
    """Mark the readings whose device was in calibration on the day.

    Parameters
    ----------
    measurements
        ``instrument`` as ``digital_level/L-03``, and ``observed_at`` (UTC).
    devices
        The municipality's own devices, index device code, one row per calibration: ``instrument_id``,
        ``calibrated_on``, ``valid_until`` (days, the last one counted; NaT when not known).

    Returns
    -------
    pandas.DataFrame
        A row per reading that names a device, on the index of `measurements`: ``instrument_id``, ``device``,
        ``registered`` (under that instrument), ``in_date`` (a calibration on record covers the day).
    """
    # Of no rows, partition makes no columns.
    parts = measurements["instrument"].str.partition("/").reindex(columns=range(3), fill_value="")
    named = pd.DataFrame(
        {"instrument_id": parts[0], "device": parts[2], "day": readings.days(measurements["observed_at"])}
    )
    named = named.loc[named["device"] != ""]
    if named.empty or devices.empty:
        return named[["instrument_id", "device"]].assign(registered=False, in_date=False)
    kept = devices.rename_axis("device").reset_index()
    kept = kept.assign(**{name: pd.to_datetime(kept[name]) for name in ("calibrated_on", "valid_until")})
    found = named.rename_axis("reading").reset_index().merge(kept, on=["device", "instrument_id"])
    covered = (found["calibrated_on"] <= found["day"]) & (found["day"] <= found["valid_until"])
    registered, in_date = named.index.isin(found["reading"]), named.index.isin(found.loc[covered, "reading"])
    return named[["instrument_id", "device"]].assign(registered=registered, in_date=in_date)


def due(devices: pd.DataFrame, today: dt.date, within_days: int = SOON_DAYS) -> pd.DataFrame:
    """List the devices to be calibrated, the most urgent first.

    Parameters
    ----------
    devices
        As in :func:`on_the_day`.
    today
        The day.
    within_days
        How many days ahead to look.

    Returns
    -------
    pandas.DataFrame
        Index ``device``; columns ``instrument_id``, ``valid_until`` (NaT where never calibrated), ``days_left``
        (negative when overdue, NA when never), ``state``: a key of :data:`DUE`.
    """
    dated = devices.rename_axis("device").assign(valid_until=pd.to_datetime(devices["valid_until"]))
    # missing days first, so that the last row of a device is its latest day where any is known
    latest = dated.sort_values("valid_until", na_position="first").groupby("device").tail(1)
    left = (latest["valid_until"] - pd.Timestamp(today)).dt.days.astype("Int64")
    state = np.select([left.isna(), left.fillna(0) < 0], [NEVER, OVERDUE], SOON)
    listed = latest[["instrument_id", "valid_until"]].assign(days_left=left, state=state)
    listed = listed.loc[(left.isna() | (left <= within_days)).to_numpy(bool)]
    # by device first, so that those of one day stand in one order
    return listed.sort_index().sort_values("valid_until", na_position="first", kind="stable")
