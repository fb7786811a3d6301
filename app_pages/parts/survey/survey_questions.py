"""Ask the questions of one element, each with its verdict while the surveyor types."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import streamlit as st

from app_pages.parts.shared import browser, choices, tables
from app_pages.parts.survey import question
from audits import survey, terms
from audits.field import answers
from audits.reports import site_report

MOST_READINGS = 6
UNANSWERED = ""


def ask(asked: Sequence[question.Question]) -> None:
    """Show the questions of one element, from :func:`question.of_element`, the urgent ones first."""
    words = asked[0].context.words
    browser.keypad(
        {
            one.label(number): "numeric" if one.quantity.kind == "count" else "decimal"
            for one in asked
            for number in range(1, MOST_READINGS + 1)
        }
    )
    answered = {one.quantity for one in asked[0].read.measurements}
    done = sum(one.id in answered for one in asked)
    st.progress(done / len(asked), text=words.text("{done} of {all} questions answered", done=done, all=len(asked)))
    for one in asked:
        if one.urgent:
            _show(one)
    rest = [one for one in asked if not one.urgent]
    if rest:
        with st.expander(words.count("{n} more question", "{n} more questions", len(rest))):
            for one in rest:
                _show(one)


def _show(one: question.Question) -> None:
    words, quantity = one.context.words, one.quantity
    key = f"answer|{one.draft.survey_id}|{one.element_id}|{one.id}"
    keep = functools.partial(_keep, one, key)
    with st.container(border=True, key=f"question_{one.element_id}_{one.id}".replace(".", "-")):
        st.markdown(f"**{words.name(quantity.question)}**", help=words.name(quantity.how))
        if quantity.kind == "yes_no":
            _yes_or_no(one, key, keep)
        else:
            _figures(one, key, keep)
        if not any(one.answer.texts):
            _reason(one, key, keep)
        if one.show_doubt() != "problem":
            _verdicts(one)


def _yes_or_no(one: question.Question, key: str, keep: Callable[[], None]) -> None:
    text, texts = one.context.words.text, one.answer.texts
    yes, no = map(text, one.quantity.yes_and_no)
    names = {answers.YES: yes, answers.NO: no, UNANSWERED: text("not answered")}
    st.session_state.setdefault(f"{key}|1", texts[0] if texts else UNANSWERED)
    label = one.context.words.name(one.quantity.question)
    choices.one_in_view(label, names, key=f"{key}|1", horizontal=True, on_change=keep, label_visibility="collapsed")


def _figures(one: question.Question, key: str, keep: Callable[[], None]) -> None:
    texts = one.answer.texts
    filled = len([text for text in texts if text.strip()])
    wanted = min(filled + 1, MOST_READINGS) if one.quantity.readings > 1 and filled else 1
    for number in range(1, wanted + 1):
        field = f"{key}|{number}"
        st.session_state.setdefault(field, texts[number - 1] if number <= len(texts) else "")
        st.text_input(one.label(number), key=field, on_change=keep, live=True, autocomplete="off")
    if one.quantity.kind == "slope" and filled < MOST_READINGS:
        _rise_and_length(one, key)


def _rise_and_length(one: question.Question, key: str) -> None:
    """Offer to give a slope as its rise and its length along the slope, when there is no level at hand."""
    text = one.context.words.text

    def add() -> None:
        rise, length = (str(st.session_state.get(f"{key}|{part}", "")).strip() for part in ("rise", "along"))
        if rise and length:
            before = (each for each in one.answer.texts if each.strip())
            texts = (*before, answers.rise_and_length(rise, length, one.draft.units))
            for number, each in enumerate(texts, start=1):
                st.session_state[f"{key}|{number}"] = each
            one.keep(answers.Answer(texts))

    with st.popover(text("From rise and length"), key=f"rise|{key}"):
        unit = text(terms.UNIT[one.draft.length_unit])
        st.text_input(text("Rise ({unit})", unit=unit), key=f"{key}|rise", autocomplete="off")
        st.text_input(text("Length along the slope ({unit})", unit=unit), key=f"{key}|along", autocomplete="off")
        st.button(text("Add this reading"), key=f"{key}|add", on_click=add)


def _reason(one: question.Question, key: str, keep: Callable[[], None]) -> None:
    words, text, reason = one.context.words, one.context.words.text, one.answer.reason
    names = {UNANSWERED: "–"} | {each: text(terms.NOT_MEASURED[each]) for each in survey.NOT_MEASURED_REASONS}
    with st.popover(names[reason] if reason else text("Could not measure …"), key=f"popover|{key}"):
        st.session_state.setdefault(f"{key}|reason", reason)
        label = text("Why was {quantity} not measured?", quantity=words.name(one.quantity.name))
        choices.one(label, names, key=f"{key}|reason", on_change=keep)


def _keep(one: question.Question, key: str) -> None:
    """Read one question's widgets into the draft."""
    state, numbers = st.session_state, range(1, MOST_READINGS + 1)
    typed = [str(state.get(f"{key}|{number}", "") or "") for number in numbers]
    texts = tuple(text for text in typed if text.strip())
    # an emptied reading closes its gap; a field that is right stays untouched, as writing to it would move the cursor
    for number, before in zip(numbers, typed, strict=True):
        wanted = texts[number - 1] if number <= len(texts) else ""
        if f"{key}|{number}" in state and before != wanted:
            state[f"{key}|{number}"] = wanted
    one.keep(answers.Answer(texts, "" if texts else state.get(f"{key}|reason", "") or ""))


def _verdicts(one: question.Question) -> None:
    """Show under a question what its answer means."""
    words, parts = one.context.words, []
    for found in one.findings:
        if found.verdict == "not_applicable" or (found.verdict == "unknown" and not one.measured):
            continue
        limit = site_report.limit_text(found.lower, found.upper, found.rule.limit.stated_as, one.quantity, words)
        margin = site_report.margin_text(found.margin, one.quantity, words)
        clause = f"{words.name(found.rule.limit.source.short)} {words.name(found.rule.limit.clause)}"
        parts.append(
            f"<li>{tables.verdict(found.verdict, words)} {tables.cell(words.name(found.rule.criterion.name))}: "
            f"{tables.cell(limit)} {tables.small(' · '.join(part for part in (margin, clause) if part))}</li>"
        )
    if parts:
        st.html(f'<ul role="status" style="list-style:none;padding:0;margin:0">{"".join(parts)}</ul>')
