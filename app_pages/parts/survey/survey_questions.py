"""Ask the questions of one element, each with its verdict while the surveyor types."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

import streamlit as st

from app_pages import session
from app_pages.parts.shared import browser, choices, tables
from app_pages.parts.survey import draft as survey_draft
from audits import survey, terms
from audits.field import answer_sheet, answers
from audits.reports import site_report
from audits.rules import model
from audits.scoring import questions, readings, run

MOST_READINGS = 6
UNANSWERED = ""


def ask(
    context: session.Context,
    draft: answer_sheet.AnswerSheet,
    element: survey.Element,
    permitted_on: object,
    setting: str,
) -> None:
    """Show every question that applies to one element.

    Parameters
    ----------
    context, draft
        The reader's workspace and the survey being made.
    element
        The element.
    permitted_on, setting
        Its permit day, or NaT, and the setting of its site.
    """
    rules, _ = run.rules_for(context.criteria, element.kind, run.day_of(permitted_on), setting)
    read = survey_draft.read_element(context, draft, element.element_id)
    measured = readings.of_visit(read.measurements)
    live = questions.live(rules, measured)
    asked = questions.that_apply(context.criteria, element.kind, rules, measured)
    browser.keypad(
        {_label(context, draft, quantity, number): _keypad(quantity) for quantity in asked for number in range(1, 7)}
    )
    done = sum(quantity.quantity_id in {one.quantity for one in read.measurements} for quantity in asked)
    st.progress(
        done / max(len(asked), 1),
        text=context.words.text("{done} of {all} questions answered", done=done, all=len(asked)),
    )
    first = questions.weighty(rules)
    rest = [quantity for quantity in asked if quantity.quantity_id not in first]
    for quantity in asked:
        if quantity.quantity_id in first:
            _one(context, draft, element, quantity, read, live)
    if rest:
        with st.expander(context.words.count("{n} more question", "{n} more questions", len(rest))):
            for quantity in rest:
                _one(context, draft, element, quantity, read, live)


def _one(
    context: session.Context,
    draft: answer_sheet.AnswerSheet,
    element: survey.Element,
    quantity: model.Quantity,
    read: answers.Read,
    live: Mapping[str, tuple[questions.LiveFinding, ...]],
) -> None:
    with st.container(border=True, key=f"question_{element.element_id}_{quantity.quantity_id}".replace(".", "-")):
        _question(context, draft, element, quantity)
        _response(context, quantity, read, live.get(quantity.quantity_id, ()))


def _keypad(quantity: model.Quantity) -> str:
    return "numeric" if quantity.kind == "count" else "decimal"


def _label(context: session.Context, draft: answer_sheet.AnswerSheet, quantity: model.Quantity, number: int) -> str:
    words = context.words
    unit = {"percent": _slope_sign(draft.slope_unit), "mm": draft.length_unit, "count": ""}.get(
        quantity.unit, quantity.unit
    )
    shown = words.text(terms.UNIT[unit]) if terms.UNIT.get(unit) else (unit if unit.endswith(":") else "")
    label = f"{words.name(quantity.name)}{f' ({shown})' if shown else ''}"
    return label if number == 1 else words.text("{quantity}, reading {number}", quantity=label, number=number)


def _slope_sign(unit: str) -> str:
    return "1:" if unit == answers.ONE_IN else unit


def _question(
    context: session.Context, draft: answer_sheet.AnswerSheet, element: survey.Element, quantity: model.Quantity
) -> None:
    answer = draft.answer(element.element_id, quantity.quantity_id)
    key = f"answer|{draft.survey_id}|{element.element_id}|{quantity.quantity_id}"
    keep = functools.partial(_keep, context, draft, element.element_id, quantity.quantity_id, key)
    st.markdown(f"**{context.words.name(quantity.question)}**", help=context.words.name(quantity.how))
    if quantity.kind == "yes_no":
        _yes_or_no(context, quantity, answer, key, keep)
    else:
        _figures(context, draft, quantity, answer, key, keep)
    if not any(answer.texts):
        _reason(context, quantity, answer, key, keep)


def _yes_or_no(
    context: session.Context, quantity: model.Quantity, answer: answers.Answer, key: str, keep: Callable[[], None]
) -> None:
    text = context.words.text
    names = {answers.YES: text("yes"), answers.NO: text("no"), UNANSWERED: text("not answered")}
    st.session_state.setdefault(f"{key}|1", answer.texts[0] if answer.texts else UNANSWERED)
    choices.one_in_view(
        context.words.name(quantity.question),
        names,
        key=f"{key}|1",
        horizontal=True,
        on_change=keep,
        label_visibility="collapsed",
    )


def _figures(
    context: session.Context,
    draft: answer_sheet.AnswerSheet,
    quantity: model.Quantity,
    answer: answers.Answer,
    key: str,
    keep: Callable[[], None],
) -> None:
    filled = len([text for text in answer.texts if text.strip()])
    wanted = min(filled + 1, MOST_READINGS) if quantity.readings > 1 and filled else 1
    for number in range(1, wanted + 1):
        kept = answer.texts[number - 1] if number <= len(answer.texts) else ""
        st.session_state.setdefault(f"{key}|{number}", kept)
        st.text_input(
            _label(context, draft, quantity, number),
            key=f"{key}|{number}",
            on_change=keep,
            live=True,
            autocomplete="off",
        )
    if quantity.kind == "slope" and filled < MOST_READINGS:
        _rise_and_length(context, draft, quantity, answer, key)


def _rise_and_length(
    context: session.Context,
    draft: answer_sheet.AnswerSheet,
    quantity: model.Quantity,
    answer: answers.Answer,
    key: str,
) -> None:
    """Offer to give a slope as its rise and its length along the slope, when there is no level at hand."""
    text = context.words.text
    element_id = key.split("|")[2]

    def add() -> None:
        rise, length = (str(st.session_state.get(f"{key}|{part}", "")).strip() for part in ("rise", "along"))
        if rise and length:
            texts = (
                *(each for each in answer.texts if each.strip()),
                answers.rise_and_length(rise, length, draft.units),
            )
            draft.set_answer(element_id, quantity.quantity_id, answers.Answer(texts))
            for number, each in enumerate(texts, start=1):
                st.session_state[f"{key}|{number}"] = each
            survey_draft.keep(context, draft)

    with st.popover(text("From rise and length"), key=f"rise|{key}"):
        unit = text(terms.UNIT[draft.length_unit])
        st.text_input(text("Rise ({unit})", unit=unit), key=f"{key}|rise", autocomplete="off")
        st.text_input(text("Length along the slope ({unit})", unit=unit), key=f"{key}|along", autocomplete="off")
        st.button(text("Add this reading"), key=f"{key}|add", on_click=add)


def _reason(
    context: session.Context, quantity: model.Quantity, answer: answers.Answer, key: str, keep: Callable[[], None]
) -> None:
    text = context.words.text
    names = {UNANSWERED: "–"} | {reason: text(terms.NOT_MEASURED[reason]) for reason in survey.NOT_MEASURED_REASONS}
    with st.popover(text("Could not measure …") if not answer.reason else names[answer.reason], key=f"popover|{key}"):
        st.session_state.setdefault(f"{key}|reason", answer.reason)
        label = text("Why was {quantity} not measured?", quantity=context.words.name(quantity.name))
        choices.one(label, names, key=f"{key}|reason", on_change=keep)


def _keep(
    context: session.Context, draft: answer_sheet.AnswerSheet, element_id: str, quantity_id: str, key: str
) -> None:
    """Read one question's widgets into the draft and write it to the disk."""
    state = st.session_state
    typed = [str(state.get(f"{key}|{number}", "") or "") for number in range(1, MOST_READINGS + 1)]
    texts = tuple(text for text in typed if text.strip())
    for number in range(1, MOST_READINGS + 1):
        if f"{key}|{number}" in state and number > 1:
            state[f"{key}|{number}"] = texts[number - 1] if number <= len(texts) else ""
    draft.set_answer(
        element_id, quantity_id, answers.Answer(texts, "" if texts else state.get(f"{key}|reason", "") or "")
    )
    survey_draft.keep(context, draft)


def _response(
    context: session.Context, quantity: model.Quantity, read: answers.Read, live: tuple[questions.LiveFinding, ...]
) -> None:
    """Say under a question what its answer means."""
    words = context.words
    if quantity.quantity_id in read.problems:
        problem = read.problems[quantity.quantity_id]
        st.error(words.text(problem.kind.template, **dict(problem.values) | {"quantity": words.name(quantity.name)}))
        return
    if quantity.quantity_id in read.unusual:
        st.warning(words.text("Unusual value. Please measure again to be sure."))
    parts = []
    for one in live:
        if one.verdict != "not_applicable" and not (
            one.verdict == "unknown" and quantity.quantity_id not in _measured(read)
        ):
            limit = site_report.limit_text(one.lower, one.upper, one.rule.limit.stated_as, quantity, words)
            margin = site_report.margin_text(one.margin, quantity, words)
            clause = f"{words.name(one.rule.limit.source.short)} {words.name(one.rule.limit.clause)}"
            parts.append(
                f"<li>{tables.verdict(one.verdict, words)} {tables.cell(words.name(one.rule.criterion.name))}: "
                f"{tables.cell(limit)} {tables.small(' · '.join(part for part in (margin, clause) if part))}</li>"
            )
    if parts:
        st.html(f'<ul role="status" style="list-style:none;padding:0;margin:0">{"".join(parts)}</ul>')


def _measured(read: answers.Read) -> set[str]:
    return {one.quantity for one in read.measurements if one.value is not None}
