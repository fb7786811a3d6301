import datetime as dt
import math
from typing import Any

import pandas as pd
import pytest

from audits import errors
from audits.field import answer_sheet, answers
from audits.rules import model
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.register import devices
from audits.store.surveys import read

RECORDED = dt.datetime(2026, 1, 10, 3, 0, tzinfo=dt.UTC)


def calibrate(store: connection.Store, book: model.Criteria, code: str = "L-03", **changes: Any) -> None:
    given: dict[str, Any] = {
        "instrument_id": "digital_level",
        "uncertainty": 0.1,
        "calibrated_on": dt.date(2026, 1, 5),
        "valid_until": dt.date(2027, 1, 5),
        "recorded_at": RECORDED,
    }
    devices.calibrate(store, code, criteria=book, actor="engineer", **(given | changes))


def test_a_calibration_comes_back_as_it_was_recorded(store: connection.Store, book: model.Criteria) -> None:
    calibrate(store, book, " L-03 ", note=" certificate 12/2569 ")
    row = devices.calibrations(store).iloc[0]
    assert (row["device_code"], row["instrument_id"], row["uncertainty"]) == ("L-03", "digital_level", 0.1)
    assert (row["calibrated_on"], row["valid_until"]) == (pd.Timestamp(2026, 1, 5), pd.Timestamp(2027, 1, 5))
    assert (row["note"], row["recorded_by"]) == ("certificate 12/2569", "engineer")
    assert verify.verify(store).problems == ()


def test_the_calibration_recorded_last_governs_and_the_older_ones_are_kept(
    store: connection.Store, book: model.Criteria
) -> None:
    calibrate(store, book, uncertainty=0.3)
    calibrate(store, book, "T-01", instrument_id="tape_measure", uncertainty=2)
    calibrate(store, book, uncertainty=0.15)
    assert devices.uncertainties(store) == {"digital_level/L-03": 0.15, "tape_measure/T-01": 2.0}
    assert devices.calibrations(store)["uncertainty"].tolist() == [0.3, 2.0, 0.15]
    assert devices.latest(store).index.tolist() == ["L-03", "T-01"]


def test_without_devices_the_frames_have_the_same_columns(store: connection.Store, book: model.Criteria) -> None:
    empty, none = devices.calibrations(store), devices.latest(store)
    assert (len(empty), devices.uncertainties(store)) == (0, {})
    calibrate(store, book)
    assert list(devices.calibrations(store)) == list(empty)
    assert list(devices.latest(store)) == list(none) == list(devices.COLUMNS)


@pytest.mark.parametrize(
    ("code", "changes", "kind"),
    [
        ("", {}, devices.NO_CODE),
        ("  ", {}, devices.NO_CODE),
        ("L 03", {}, devices.NO_CODE),
        ("a/b", {}, devices.NO_CODE),
        ("L\n", {"instrument_id": "spirit"}, devices.NO_INSTRUMENT),
        ("L-03", {"uncertainty": -0.1}, devices.BAD_UNCERTAINTY),
        ("L-03", {"uncertainty": math.nan}, devices.BAD_UNCERTAINTY),
        ("L-03", {"uncertainty": math.inf}, devices.BAD_UNCERTAINTY),
        ("L-03", {"valid_until": dt.date(2026, 1, 5)}, devices.BAD_DAYS),
        ("L-03", {"calibrated_on": dt.date(2026, 1, 12)}, devices.BAD_DAYS),
    ],
)
@pytest.mark.usefixtures("one_store")
def test_an_impossible_calibration_is_refused(
    store: connection.Store, book: model.Criteria, code: str, changes: dict[str, Any], kind: errors.ProblemKind
) -> None:
    head = read.head(store)
    with pytest.raises(errors.RefusedError) as refused:
        calibrate(store, book, code, **changes)
    assert [problem.kind for problem in refused.value.problems] == [kind]
    assert read.head(store) == head


def test_everything_wrong_is_told_at_once(store: connection.Store, book: model.Criteria) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        calibrate(store, book, "?", instrument_id="x", uncertainty=-1, valid_until=dt.date(2020, 1, 1))
    assert len(refused.value.problems) == 4


def test_a_code_may_be_thai_and_a_zero_is_kept_as_a_zero(store: connection.Store, book: model.Criteria) -> None:
    calibrate(store, book, "ร-๐๑", uncertainty=-0.0)
    assert devices.uncertainties(store) == {"digital_level/ร-๐๑": 0.0}
    assert verify.verify(store).problems == ()


def test_figures_read_with_a_device_have_the_uncertainty_of_its_last_calibration(
    store: connection.Store, book: model.Criteria
) -> None:
    calibrate(store, book, uncertainty=0.3)
    calibrate(store, book, uncertainty=0.07)
    sheet = answer_sheet.AnswerSheet(
        "uuid:1", "KK-001", slope_unit="percent", instruments={"percent": "digital_level/L-03"}
    )
    sheet.set_answer("KK-001.ramp.1", "running_slope_pct", answers.Answer(("8.3",)))
    read_with = devices.uncertainties(store)
    made = answer_sheet.understood(sheet, {}, book, source="web", now=RECORDED, devices=read_with)
    (one,) = made.survey.measurements
    assert (one.instrument, one.uncertainty) == ("digital_level/L-03", 0.07)
