"""Ask first whether the site is where the register has it, and take the position with its accuracy and time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import browser, choices
from app_pages.parts.survey import draft as survey_draft
from app_pages.session import plain_text
from audits import errors, survey, terms
from audits import record as records
from audits.field import answer_sheet, position_checks
from audits.formats import cells
from audits.store.surveys import read, submit
from layers import distance

NOT_ANSWERED = ""


def ask(
    context: session.Context,
    record: records.AuditedRecord,
    draft: answer_sheet.AnswerSheet,
    looked_from: browser.Fix | None,
) -> None:
    """Ask for the place, and show what is known of the position; `looked_from` is where the nearest site was sought."""
    with st.container(key="place_question"):
        _answer_by_thumb(context, draft)
        button = context.words.text("Take the position here")
        _take(context, draft, browser.position(context.words, key=f"fix_{draft.survey_id}", button=button))
        if looked_from and not draft.fix and not draft.supersedes and not _doubts(record, draft, looked_from):
            _take(context, draft, looked_from)
        _show(context, record, draft)


def answer(context: session.Context, draft: answer_sheet.AnswerSheet) -> None:
    """Ask whether the site is where the register has it, in a list for the keyboard."""
    text = context.words.text
    names = {place: text(english) for place, english in terms.PLACE.items()} | {NOT_ANSWERED: text("not answered")}
    kept = survey_draft.field(context, draft, "place")
    choices.one_in_view(text(terms.PLACE_ASKED), names, **kept)


def _answer_by_thumb(context: session.Context, draft: answer_sheet.AnswerSheet) -> None:
    text, key = context.words.text, f"answer|{draft.survey_id}|place"
    names = {place: text(english) for place, english in terms.PLACE.items()}
    if st.session_state.get(key) not in names:
        st.session_state[key] = draft.place or None

    def keep() -> None:
        draft.place = st.session_state[key] or NOT_ANSWERED
        survey_draft.keep(context, draft)

    choices.buttons_or_none(text(terms.PLACE_ASKED), names, key=key, on_change=survey_draft.while_open(draft, keep))


def written_position(context: session.Context, draft: answer_sheet.AnswerSheet) -> None:
    """Ask for the position that was written on a sheet, where the site is elsewhere."""
    if draft.place != survey.MOVED:
        return
    text, key = context.words.text, f"answer|{draft.survey_id}|written_position"
    shown = f"{draft.fix['latitude']}, {draft.fix['longitude']}" if draft.fix else ""
    st.session_state.setdefault(key, shown)

    def keep() -> None:
        figures = [cells.number(part) for part in re.split(r"[,; ]+", st.session_state[key].strip())]
        right = [figure for figure in figures if isinstance(figure, float)]
        draft.fix = {"latitude": right[0], "longitude": right[1]} if len(right) == len(figures) == 2 else {}
        survey_draft.keep(context, draft)

    label = text("Position on the sheet (latitude, longitude)")
    st.text_input(
        label,
        key=key,
        on_change=survey_draft.while_open(draft, keep),
        autocomplete="off",
        placeholder="16.43210, 102.83210",
    )
    if not draft.fix:
        st.warning(text("Write both figures as the phone shows them, such as 16.43210, 102.83210."))


def problems(record: records.AuditedRecord, visit: survey.Survey) -> list[errors.Problem]:
    """Return why the position of a visit cannot be."""
    return list(position_checks.Register(record.sites).problems(visit))


def confirm(context: session.Context, record: records.AuditedRecord, draft: answer_sheet.AnswerSheet) -> list[str]:
    """Ask about a position away from the site, and return what forbids to send the survey with it."""
    if not draft.fix or _is_of_earlier(context, draft):
        return []
    visit = _visit(draft, draft.fix)
    doubt = position_checks.Register(record.sites).to_confirm(visit)
    if doubt is None:
        return [_sentence(context, problem) for problem in problems(record, visit)]
    # another position or another answer is asked about anew
    text, key = context.words.text, f"yes_here|{draft.survey_id}|{draft.located_at}|{draft.place}"
    st.warning(_sentence(context, doubt))
    label = text("Yes, I was at {code}, and it is where the register has it", code=draft.site_code)
    if st.checkbox(label, key=key):
        return []
    return [text("Confirm above that you were at this site, or take the position again there.")]


def _is_of_earlier(context: session.Context, draft: answer_sheet.AnswerSheet) -> bool:
    """Whether a correction keeps place and position of the visit it corrects, which were accepted with it."""
    if not draft.supersedes:
        return False
    earlier = read.survey(context.store, draft.supersedes)
    kept = earlier.place, earlier.latitude, earlier.longitude
    return kept == (draft.place, draft.fix.get("latitude"), draft.fix.get("longitude"))


def _sentence(context: session.Context, problem: errors.Problem) -> str:
    return plain_text.literal(context.words.text(problem.kind.template, **dict(problem.values)))


def _visit(draft: answer_sheet.AnswerSheet, fix: Mapping[str, float | None]) -> survey.Survey:
    now = dt.datetime.now(dt.UTC)
    visit = survey.Survey("position", draft.site_code, "", now, "web", "", place=draft.place)
    return replace(visit, latitude=fix["latitude"], longitude=fix["longitude"], accuracy_m=fix.get("accuracy_m"))


def _doubts(record: records.AuditedRecord, draft: answer_sheet.AnswerSheet, fix: browser.Fix) -> list[errors.Problem]:
    position = {name: float(fix[name]) for name in ("latitude", "longitude", "accuracy_m")}
    return problems(record, _visit(draft, position))


def _take(context: session.Context, draft: answer_sheet.AnswerSheet, fix: browser.Fix | None) -> None:
    """Take a position into the draft, once; the one of an earlier visit gives way to a new one."""
    # the browser gives its last answer again with every drawing
    if fix is None or draft.located_at == fix["taken_at"]:
        return
    draft.fix = {
        "latitude": float(fix["latitude"]),
        "longitude": float(fix["longitude"]),
        "accuracy_m": float(fix["accuracy_m"]),
    }
    draft.located_at = fix["taken_at"]
    survey_draft.keep(context, draft)


def _show(context: session.Context, record: records.AuditedRecord, draft: answer_sheet.AnswerSheet) -> None:
    words, text = context.words, context.words.text
    if not draft.fix:
        if draft.place == survey.MOVED:
            st.warning(text("Take the position at the place where it is now."))
        return
    accuracy_m = draft.fix.get("accuracy_m")
    parts = [text("position noted")]
    if accuracy_m is not None:
        parts.append(text("accuracy about {accuracy} m", accuracy=words.number(accuracy_m, 0)))
    if draft.located_at:
        parts.append(words.instant(pd.Timestamp(draft.located_at)))
    site = record.sites.loc[draft.site_code]
    if site.geometry is not None:
        there = site.geometry.x, site.geometry.y
        metres = distance.metres_between(draft.fix["longitude"], draft.fix["latitude"], *there)
        parts.append(text("{metres} m from the place in the register", metres=words.number(metres, 0)))
    st.caption(" · ".join(parts))
    if accuracy_m is not None and accuracy_m > submit.COARSEST_MOVE_M:
        st.warning(text("This position is coarse. Step into the open, wait a moment and take it again."))
    place = draft.fix["latitude"], draft.fix["longitude"]
    fix = browser.Fix(latitude=place[0], longitude=place[1], accuracy_m=accuracy_m or 0.0, taken_at=draft.located_at)
    doubts = _doubts(record, draft, fix)
    for problem in doubts:
        st.warning(_sentence(context, problem))
    if doubts and not _is_of_earlier(context, draft):
        _leave_out(context, draft)


def _leave_out(context: session.Context, draft: answer_sheet.AnswerSheet) -> None:
    """Offer to send without a position that cannot be: nobody loses a visit because the register is wrong."""
    text = context.words.text

    def without() -> None:
        # The instant stays, so that the same position is not taken once more.
        draft.fix, draft.place = {}, NOT_ANSWERED if draft.place == survey.MOVED else draft.place
        st.session_state.pop(f"answer|{draft.survey_id}|place", None)
        survey_draft.keep(context, draft)

    st.write(text("If the register is wrong, leave the position out and write in the remarks where the place is."))
    st.button(text("Leave the position out"), key=f"no_fix_{draft.survey_id}", on_click=without)
