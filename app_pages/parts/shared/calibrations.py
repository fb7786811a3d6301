"""Draw the municipality's devices and how long their calibration holds."""

from __future__ import annotations

import pandas as pd

from app_pages import session
from audits import wording


def headings(words: wording.Wording) -> tuple[str, ...]:
    """Return the headings above :func:`cells`."""
    text = words.text
    return text("Device"), text("Instrument"), text("Uncertainty"), text("Calibrated on"), text("Valid until")


def cells(context: session.Context, code: str, row: pd.Series) -> tuple[str, ...]:
    """Return one calibration, a row of :func:`audits.store.register.devices.calibrations`, as cells."""
    words = context.words
    days = (words.day(pd.Timestamp(row[day]).date()) for day in ("calibrated_on", "valid_until"))
    name = words.name(context.criteria.instruments[row["instrument_id"]].name)
    return (code, name, f"± {words.number(row['uncertainty'], 2)}", *days)
