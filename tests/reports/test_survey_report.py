import datetime as dt
import json

import pandas as pd

from audits import survey, wording
from audits.reports import survey_report
from audits.rules import model

RAMP = survey.Element("KK-001.ramp.1", "ramp", "หน้าอาคาร")


def _visit(*measurements: survey.Measurement) -> survey.Survey:
    at = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    return survey.Survey("uuid:1", "KK-001", "สมชาย", at, "web", "v", (RAMP,), measurements)


def test_readings_of_one_quantity_stand_in_one_line(book: model.Criteria) -> None:
    visit = _visit(
        survey.Measurement("KK-001.ramp.1", "running_slope_pct", 8.0, "8%", "digital_level/L-03", 0.1, 1),
        survey.Measurement("KK-001.ramp.1", "running_slope_pct", 9.0, "9%", "digital_level/L-03", 0.1, 2),
    )
    (line,) = survey_report.lines(visit, book, wording.Wording("en"))
    assert line.key == "KK-001.ramp.1|running_slope_pct"
    assert line.element == "ramp 1 · หน้าอาคาร"
    assert "8 %" in line.answer
    assert "written “9%”" in line.answer
    assert line.instrument == "Digital level L-03 ± 0.1"
    assert not line.unusual


def test_the_unit_that_the_form_added_is_in_the_language_of_the_reader(book: model.Criteria) -> None:
    visit = _visit(survey.Measurement("KK-001.ramp.1", "clear_width_mm", 950.0, "95 cm ✓", "tape_measure", 3.0))
    (line,) = survey_report.lines(visit, book, wording.Wording("th"))
    assert "“95 ซม. ✓”" in line.answer


def test_what_was_not_measured_says_why(book: model.Criteria) -> None:
    visit = _visit(survey.Measurement("KK-001.ramp.1", "clear_width_mm", None, not_measured_because="blocked"))
    (line,) = survey_report.lines(visit, book, wording.Wording("en"))
    assert line.answer.startswith("not measured: ")
    assert line.instrument == ""


def test_an_unusual_value_is_flagged(book: model.Criteria) -> None:
    visit = _visit(survey.Measurement("KK-001.ramp.1", "clear_width_mm", 45.0, "45"))
    assert survey_report.lines(visit, book, wording.Wording("th"))[0].unusual


def test_a_quantity_of_older_criteria_is_still_shown(book: model.Criteria) -> None:
    visit = _visit(survey.Measurement("KK-001.ramp.1", "gone_mm", 45.0, "45"))
    assert survey_report.lines(visit, book, wording.Wording("th"))[0].answer == "45"


def test_an_engineer_s_notes_name_what_they_are_about(book: model.Criteria) -> None:
    notes = json.dumps({"KK-001.ramp.1|clear_width_mm": "วัดใหม่"}, ensure_ascii=False)
    assert survey_report.notes(notes, book, wording.Wording("en")) == [
        (("KK-001.ramp.1", "clear_width_mm"), "Clear width (KK-001 ramp 1)", "วัดใหม่")
    ]
    ((_, asked, _),) = survey_report.notes(notes, book, wording.Wording("en"), as_asked=True)
    assert asked == "What is the clear width? (KK-001 ramp 1)"
    assert survey_report.notes("", book, wording.Wording("en")) == []


def test_a_correction_by_somebody_else_says_who_measured_and_who_corrected() -> None:
    day = pd.Timestamp("2026-03-02T03:00Z")
    rows = [
        ("a", "สมชาย", day, day, ""),
        ("b", "สมชาย ", day, day + pd.Timedelta(days=1), "a"),
        ("c", "E-01", day, day + pd.Timedelta(days=2), "b"),
        ("d", "E-02", day, day + pd.Timedelta(days=2), "not here"),
    ]
    surveys = pd.DataFrame(rows, columns=["survey_id", "surveyor", "observed_at", "received_at", "supersedes"])
    assert survey_report.who(surveys, wording.Wording("en")) == {
        "a": "สมชาย",
        "b": "สมชาย ",
        "c": "measured by สมชาย on 2 Mar 2026, corrected by E-01 on 4 Mar 2026",
        "d": "E-02",
    }
