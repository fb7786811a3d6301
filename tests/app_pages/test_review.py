"""A reviewer is shown what an answer of this survey decides, and what contradicts another one at its site."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pandas as pd

from app_pages import review
from app_pages.parts.review import one_survey
from audits import survey
from audits.reports import survey_report


def test_no_ramp_beside_a_measured_ramp_is_to_look_out_for() -> None:
    rows = [
        ("uuid:1", "KK-001", "ramp", "element_present", 1.0),
        ("uuid:1", "KK-001", "shelter", "ramp_or_lift_present", 0.0),
        ("uuid:2", "KK-002", "shelter", "ramp_or_lift_present", 0.0),
        ("uuid:3", "KK-003", "ramp", "element_present", 0.0),
        ("uuid:3", "KK-003", "shelter", "ramp_or_lift_present", 0.0),
        ("uuid:4", "KK-001", "shelter", "ramp_or_lift_present", 1.0),
    ]
    measured = pd.DataFrame(rows, columns=["survey_id", "site_code", "element_kind", "quantity", "value"])
    assert review.lacking_a_measured_ramp(measured) == ["uuid:1"]


def test_what_was_not_measured_needs_a_look_though_nothing_is_judged_of_it() -> None:
    line = survey_report.AnswerLine("KK-001.ramp.1|clear_width_mm", "ramp", "Clear width", "not measured", "", False)
    assert one_survey.Answer(line, (), "850 mm", False, measured=False).needs_a_look
    assert not one_survey.Answer(line, (), "850 mm", False).needs_a_look


def test_a_returned_survey_is_judged_by_its_own_answers_and_not_by_the_record(town: Any) -> None:
    when = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    width = survey.Measurement("KK-001.ramp.1", "clear_width_mm", 1_809.0)
    visit = survey.Survey("uuid:1", "KK-001", "T-07", when, "web", "v1", measurements=(width,))
    record = town.record(town.measured(*town.complete_ramp(clear_width_mm=850.0)))
    findings = one_survey.judged(record, visit)["KK-001.ramp.1", "clear_width_mm"]
    assert {one.verdict for one in findings} - {"not_applicable"} == {"pass"}
    assert one_survey.judged(record, dataclasses.replace(visit, site_code="KK-009")) == {}
