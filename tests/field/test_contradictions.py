"""Answers that cannot both be true are asked about by every reader of an answer sheet."""

import datetime as dt

import pytest

from audits import errors, wording
from audits.field import answer_sheet, contradictions
from audits.rules import model

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
RAMP, PARKING, DOOR = "KK-001.ramp.1", "KK-001.parking.1", "KK-001.entrance.1"


def problems(book: model.Criteria, element_id: str, **answered: str) -> dict[str, errors.ProblemKind]:
    answers = {quantity: {"texts": [text], "reason": ""} for quantity, text in answered.items()}
    sheet = answer_sheet.AnswerSheet("uuid:1", "KK-001", "ก", answers={element_id: answers})
    read = answer_sheet.understood(sheet, {}, book, source="odk", now=NOW)
    return {problem.where.partition(", ")[2]: problem.kind for problem in read.problems}


@pytest.mark.parametrize(
    ("element_id", "answered", "contradicting"),
    [
        (RAMP, {"handrail_present": "no", "handrails_both_sides": "yes"}, "handrails_both_sides"),
        (RAMP, {"handrail_present": "no", "handrails_both_sides": "no"}, ""),
        (RAMP, {"handrail_present": "yes", "handrails_both_sides": "yes"}, ""),
        (RAMP, {"handrail_present": "no", "handrail_height_mm": "90 cm"}, "handrail_height_mm"),
        (RAMP, {"element_present": "no", "clear_width_mm": "90 cm"}, "clear_width_mm"),
        (RAMP, {"element_present": "no", "runs_count": "0"}, ""),
        (RAMP, {"element_present": "yes", "clear_width_mm": "90 cm"}, ""),
        (RAMP, {"longest_run_length_mm": "600 cm", "ramp_length_total_mm": "400 cm"}, "longest_run_length_mm"),
        (RAMP, {"longest_run_length_mm": "400.3 cm", "ramp_length_total_mm": "400 cm"}, ""),
        (RAMP, {"rise_mm": "90 cm", "ramp_length_total_mm": "80 cm"}, "rise_mm"),
        (RAMP, {"rise_mm": "75 cm", "ramp_length_total_mm": "500 cm"}, ""),
        (RAMP, {"rise_mm": "60 cm", "ramp_length_total_mm": "100 cm", "running_slope_pct": "12 %"}, "rise_mm"),
        (RAMP, {"rise_mm": "12 cm", "ramp_length_total_mm": "100 cm", "running_slope_pct": "12 %"}, ""),
        (RAMP, {"rise_mm": "40 cm", "ramp_length_total_mm": "534 cm", "running_slope_pct": "12 %"}, ""),
        (PARKING, {"accessible_bays_count": "6", "total_bays_count": "4"}, "accessible_bays_count"),
        (DOOR, {"threshold_present": "no", "threshold_height_mm": "3 cm"}, "threshold_height_mm"),
    ],
)
def test_contradictory_answers_are_asked_about(
    book: model.Criteria, element_id: str, answered: dict[str, str], contradicting: str
) -> None:
    found = problems(book, element_id, **answered)
    assert list(found) == ([contradicting] if contradicting else [])
    assert set(found.values()) <= {contradictions.NOT_THERE, contradictions.PART_GREATER, contradictions.TOO_HIGH}


def test_both_answers_are_named_in_the_language_of_the_reader(book: model.Criteria) -> None:
    answers = {"handrail_present": {"texts": ["no"]}, "handrails_both_sides": {"texts": ["yes"]}}
    sheet = answer_sheet.AnswerSheet("uuid:1", "KK-001", "ก", answers={RAMP: answers})
    (problem,) = answer_sheet.understood(sheet, {}, book, source="odk", now=NOW).problems
    names = (book.quantities[each].name for each in answers)
    for name in names:
        assert name.th in wording.Wording("th").problem(problem)
        assert name.en in problem.sentence()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "a length of 300 cm at 8 % rises 24 cm; 60 cm was written; measure again"),
        ("th", "ยาว 300 ซม. ลาด 8 % ขึ้นได้ 24 ซม. แต่เขียนไว้ 60 ซม. ให้วัดใหม่"),
    ],
)
def test_a_rise_too_high_is_told_with_its_figures(book: model.Criteria, language: str, said: str) -> None:
    answered = {"rise_mm": "60 cm", "ramp_length_total_mm": "3 m", "running_slope_pct": "8 %"}
    answers = {RAMP: {name: {"texts": [text]} for name, text in answered.items()}}
    sheet = answer_sheet.AnswerSheet("uuid:1", "KK-001", "ก", answers=answers)
    (problem,) = answer_sheet.understood(sheet, {}, book, source="web", now=NOW).problems
    assert said in wording.Wording(language).problem(problem)


def test_whatever_makes_a_detail_apply_contradicts_it_when_it_is_absent(book: model.Criteria) -> None:
    absent = {rule.answer for rule in book.contradictions if not rule.is_whole}
    conditions = {
        each.quantity.quantity_id
        for criterion in book.criteria.values()
        for limit in criterion.limits
        for each in limit.conditions
        if each.operator == "is_yes" and each.quantity.quantity_id.endswith("_present")
    }
    # Without a ramp or lift there is a level difference all the more.
    assert conditions - absent == {"ramp_or_lift_present"}
