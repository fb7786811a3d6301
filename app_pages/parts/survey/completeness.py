"""Show what of a survey is answered before it is saved, and ask about one that says little or nothing new."""

from __future__ import annotations

import json
from collections.abc import Mapping

import streamlit as st

from app_pages import session
from app_pages.parts.shared import tables
from app_pages.parts.survey import question
from audits import record as records
from audits import survey
from audits.field import answer_sheet, answers
from audits.reports import site_report

Counts = tuple[int, int]
"""How many questions are answered, and how many there are."""


def summary(
    context: session.Context,
    record: records.AuditedRecord,
    draft: answer_sheet.AnswerSheet,
    elements: Mapping[str, survey.Element],
) -> Counts:
    """Show of each element what is answered and what fails, and how many photos there are; return the counts of all."""
    words, text, lines, counts = context.words, context.words.text, [], [(0, 0)]
    for name in (each for each in elements if each in draft.touched):
        asked = question.of_element(context, record, draft, elements[name])
        counts.append(_counts(asked))
        done = text("{done} of {all} questions answered", done=counts[-1][0], all=counts[-1][1])
        failing = (found.rule.criterion.name for one in asked for found in one.findings if found.verdict == "fail")
        fails = ", ".join(dict.fromkeys(map(words.name, failing)))
        failed = f"<br>{tables.verdict('fail', words)} {tables.cell(fails)}" if fails else ""
        element = elements[name]
        title = site_report.element_title(element.element_id, element.kind, element.label, words)
        lines.append(f"<li><b>{tables.cell(title)}</b>: {tables.cell(done)}{failed}</li>")
    if lines or draft.photos:
        st.subheader(text("Before you save"))
        photos = tables.cell(words.count("{n} photo", "{n} photos", len(draft.photos)))
        st.html(f"<ul>{''.join(lines)}<li>{photos}</li></ul>")
    return sum(done for done, _ in counts), sum(every for _, every in counts)


def _counts(asked: list[question.Question]) -> Counts:
    answered = {one.quantity for one in asked[0].read.measurements} if asked else set()
    return sum(each.id in answered for each in asked), len(asked)


def doubt(context: session.Context, draft: answer_sheet.AnswerSheet, counts: Counts) -> str:
    """Ask why a survey should be saved as it is, when it is nearly empty or corrects nothing; empty for no doubt."""
    text = context.words.text
    opened = st.session_state.setdefault(f"as_opened|{draft.survey_id}", _content(draft))
    if draft.supersedes and opened == _content(draft):
        return text("Nothing differs yet from the survey that this corrects. Send it as it is?")
    if answers.is_nearly_empty(*counts):
        return text("Only {done} of {all} questions are answered. Send it as it is?", done=counts[0], all=counts[1])
    return ""


def _content(draft: answer_sheet.AnswerSheet) -> str:
    return json.dumps([draft.answers, draft.photos, draft.note], sort_keys=True, default=str)


def ask(draft: answer_sheet.AnswerSheet) -> None:
    """Let :func:`asked` ask from now on."""
    st.session_state[_key(draft)] = True


def asked(context: session.Context, draft: answer_sheet.AnswerSheet, doubted: str) -> bool:
    """Ask whether a doubtful survey is to be saved as it is, once that was tried; return whether it is.

    Parameters
    ----------
    context
        The reader's.
    draft
        The survey.
    doubted
        From :func:`doubt`.
    """
    if not (doubted and st.session_state.get(_key(draft))):
        return False
    st.warning(doubted)
    return st.button(context.words.text("Send it as it is"), key="save_as_it_is", width="stretch")


def _key(draft: answer_sheet.AnswerSheet) -> str:
    return f"doubted|{draft.survey_id}"
