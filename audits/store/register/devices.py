"""Keep the calibrations of the municipality's own instruments."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import sqlalchemy as sa

from audits import errors
from audits.rules import model
from audits.store.audit_log import events
from audits.store.db import column_types, connection, frames, schema

ACTION = "device.calibrate"
COLUMNS = {
    "instrument_id": "str",
    "uncertainty": "float64",
    **dict.fromkeys(("calibrated_on", "valid_until"), frames.DAY),
    **dict.fromkeys(("note", "recorded_by"), "str"),
}

NO_CODE = errors.ProblemKind("STORE-531", "Give the device a code of letters, digits and hyphens, such as L-03.")
NO_INSTRUMENT = errors.ProblemKind("STORE-532", "The instrument {written} is not known; use one of: {known}.")
BAD_UNCERTAINTY = errors.ProblemKind("STORE-533", "The uncertainty must be a number of 0 or more.")
BAD_DAYS = errors.ProblemKind(
    "STORE-534", "The calibration must end after the day it was made, and not be made later than today."
)


def calibrate(
    store: connection.Store,
    device_code: str,
    instrument_id: str,
    *,
    uncertainty: float,
    calibrated_on: dt.date,
    valid_until: dt.date,
    criteria: model.Criteria,
    actor: str,
    note: str = "",
    recorded_at: dt.datetime | None = None,
) -> None:
    """Record one calibration of one device.

    Parameters
    ----------
    device_code
        As written on the device, such as ``L-03``.
    instrument_id
        Its kind in the catalogue of instruments.
    uncertainty
        Half width of the guard band that the calibration found, in the instrument's unit.
    calibrated_on, valid_until
        First and last day on which it is trusted.
    criteria
        The criteria, for the catalogue.
    note
        Such as the number of the certificate.

    Raises
    ------
    audits.errors.RefusedError
        With everything that is wrong.
    """
    code, moment = device_code.strip(), column_types.instant(recorded_at)
    problems = []
    if not code or not all(sign.isalnum() or sign in "-_." for sign in code):
        problems.append(NO_CODE.at("device_code"))
    if instrument_id not in criteria.instruments:
        problems.append(NO_INSTRUMENT.at("instrument_id", written=instrument_id, known=", ".join(criteria.instruments)))
    if not math.isfinite(uncertainty) or uncertainty < 0:
        problems.append(BAD_UNCERTAINTY.at("uncertainty"))
    # The day is the town's and the instant in UTC: in the morning the calendar is a day ahead.
    if valid_until <= calibrated_on or calibrated_on > moment.date() + dt.timedelta(days=1):
        problems.append(BAD_DAYS.at("valid_until"))
    if problems:
        raise errors.RefusedError(tuple(problems))
    values = {
        "device_code": code,
        "instrument_id": instrument_id,
        # Adding zero turns -0.0 into 0.0, as SQLite does; the audit log must say the same.
        "uncertainty": float(uncertainty) + 0.0,
        "calibrated_on": calibrated_on,
        "valid_until": valid_until,
        "note": note.strip(),
    }
    with connection.writing(store) as records:
        events.add(records, ACTION, values, actor, moment)


def calibrations(store: connection.Store) -> pd.DataFrame:
    """Return every calibration, oldest first.

    Returns
    -------
    pandas.DataFrame
        Columns ``device_code`` and :data:`COLUMNS`; days as ``datetime64``.
    """
    rows = frames.rows(store, sa.select(schema.calibration).order_by(schema.calibration.c.fid))
    return frames.frame(rows, {"device_code": "str", **COLUMNS})


def latest(store: connection.Store) -> pd.DataFrame:
    """Return the last calibration of each device, index ``device_code``, columns :data:`COLUMNS`."""
    return calibrations(store).drop_duplicates("device_code", keep="last").set_index("device_code").sort_index()


def uncertainties(store: connection.Store) -> dict[str, float]:
    """Return the calibrated uncertainty of each device, by ``instrument/device`` as measurements name it."""
    return uncertainties_of(latest(store))


def uncertainties_of(last: pd.DataFrame) -> dict[str, float]:
    """Return the uncertainties of :func:`uncertainties` from a table of :func:`latest`."""
    names = last["instrument_id"] + "/" + last.index
    return dict(zip(names, last["uncertainty"].astype(float), strict=True))
