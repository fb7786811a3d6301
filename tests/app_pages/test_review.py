"""A reviewer is shown what an answer of this survey decides, and what contradicts another one at its site."""

from __future__ import annotations

import pandas as pd

from app_pages import review
from app_pages.parts.review import one_survey
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
