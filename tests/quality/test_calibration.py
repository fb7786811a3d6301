from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from audits import wording
from audits.quality import calibration


def devices(*rows):
    """Write calibrations: device, day of calibration, last day of validity, then the instrument where it matters."""
    full = [(*row, *("digital_level",)[len(row) - 3 :]) for row in rows]
    frame = pd.DataFrame(full, columns=["device", "calibrated_on", "valid_until", "instrument_id"])
    return frame.set_index("device")


def measured(*instants, instrument="digital_level/L-03"):
    return pd.DataFrame({"instrument": instrument, "observed_at": pd.to_datetime(list(instants), utc=True)})


YEAR_2025 = ("L-03", dt.date(2025, 1, 1), dt.date(2025, 12, 31))


@pytest.mark.parametrize(
    ("instant", "in_date"),
    [
        ("2024-12-31T16:59:00Z", False),
        ("2024-12-31T17:00:00Z", True),
        ("2025-12-31T16:59:00Z", True),
        ("2025-12-31T17:00:00Z", False),
    ],
)
def test_the_day_of_measuring_in_bangkok_decides(instant, in_date):
    found = calibration.on_the_day(measured(instant), devices(YEAR_2025)).iloc[0]
    assert (found["device"], found["registered"], found["in_date"]) == ("L-03", True, in_date)


def test_any_calibration_on_record_may_cover_the_day():
    history = devices(YEAR_2025, ("L-03", dt.date(2026, 3, 1), dt.date(2027, 2, 28)))
    found = calibration.on_the_day(measured("2025-05-01T03Z", "2026-02-01T03Z", "2026-05-01T03Z"), history)
    assert list(found["in_date"]) == [True, False, True]


def test_a_calibration_without_an_end_covers_nothing():
    assert not calibration.on_the_day(measured("2025-05-01T03Z"), devices(("L-03", dt.date(2025, 1, 1), None)))[
        "in_date"
    ].any()


@pytest.mark.parametrize("instrument", ["digital_level/L-99", "tape_measure/L-03"])
def test_a_device_that_the_register_has_not_under_that_instrument_is_a_stranger(instrument):
    found = calibration.on_the_day(measured("2025-05-01T03Z", instrument=instrument), devices(YEAR_2025)).iloc[0]
    assert not found["registered"]
    assert not found["in_date"]


@pytest.mark.parametrize("instrument", ["", "digital_level"])
def test_a_reading_that_names_no_device_is_left_out(instrument):
    assert calibration.on_the_day(measured("2025-05-01T03Z", instrument=instrument), devices(YEAR_2025)).empty


def test_the_answers_stand_on_the_rows_of_the_readings():
    frame = pd.concat([measured("2025-05-01T03Z", instrument=""), measured("2025-05-01T03Z")]).set_axis([7, 3])
    assert list(calibration.on_the_day(frame, devices(YEAR_2025)).index) == [3]


def test_what_is_due_comes_in_the_order_of_need():
    today = dt.date(2026, 1, 10)
    known = devices(
        YEAR_2025,
        ("T-01", dt.date(2025, 2, 1), dt.date(2026, 1, 31), "tape_measure"),
        ("L-05", dt.date(2025, 6, 1), dt.date(2026, 5, 31)),
        ("L-06", None, None),
        ("L-07", dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
        ("L-07", dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
        ("L-08", dt.date(2025, 1, 11), today),
    )
    found = calibration.due(known, today)
    assert list(found.index) == ["L-06", "L-03", "L-08", "T-01"]
    assert list(found["state"]) == [calibration.NEVER, calibration.OVERDUE, calibration.SOON, calibration.SOON]
    assert list(found["days_left"][1:]) == [-10, 0, 21]
    assert pd.isna(found["days_left"].iloc[0])
    assert list(calibration.due(known, today, within_days=5).index) == ["L-06", "L-03", "L-08"]


def test_no_devices_are_due_where_there_are_none():
    assert calibration.due(devices(YEAR_2025).iloc[:0], dt.date(2026, 1, 1)).empty


def test_every_state_has_its_thai_words():
    thai = wording.Wording("th")
    assert {thai.text(phrase) for phrase in calibration.DUE.values()}.isdisjoint(calibration.DUE.values())


def test_a_record_without_measurements_has_no_reading_to_tell_of() -> None:
    nothing = pd.DataFrame(
        {"instrument": pd.Series(dtype="str"), "observed_at": pd.Series(dtype="datetime64[ms, UTC]")}
    )
    devices = pd.DataFrame({"instrument_id": [], "calibrated_on": [], "valid_until": []})
    assert calibration.on_the_day(nothing, devices).empty
