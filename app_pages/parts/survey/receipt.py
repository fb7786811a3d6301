"""Show the receipt of a survey just saved, and lead on from it."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.parts.shared import record_names, site_summary
from app_pages.parts.site import site_findings
from app_pages.parts.survey import draft as survey_draft
from app_pages.session import address, navigation, plain_text
from audits.access import committed_works
from audits.reports import markers
from audits.works import visits

# Receipt number, site, lowest and highest score before, whether it corrects a returned survey, and the survey's id.
STATE = "survey_receipt"


def show(context: session.Context, chosen: str | None) -> None:
    """Show the receipt of the survey just saved, and how the score moved, until another site is chosen."""
    words, text = context.words, context.words.text
    given = st.session_state.get(STATE)
    if not given:
        return
    number, code, low, high, was_returned, _ = given
    if chosen not in (code, None):
        del st.session_state[STATE]
        return
    now = context.record().audited(code)
    saved = text("Saved. Receipt number {number} for {code}.", number=number, code=code)
    st.success(f"{saved} {text('An engineer reads it next.')}")
    st.write(
        text(
            "Before: {before}. Now: {after}.",
            before=markers.score_text(low, high, words),
            after=markers.score_text(now["score_low"], now["score_high"], words),
        )
    )
    if was_returned:
        st.write(text("A returned survey does not count; its correction counts, so the score can change."))
    st.page_link(
        "site.py",
        label=text("See all findings of {code}", code=code),
        query_params=navigation.query(context, site=code, tab=site_findings.ALL),
    )
    _next_sites(context, code)


def _next_sites(context: session.Context, code: str) -> None:
    """Lead on from a site that is done: to the nearest one to visit, and to the most urgent one that is due."""
    text, record = context.words.text, context.record()
    # the site itself may still wait, with most of its questions open
    found = visits.visits(record, committed_works.counted_steps(context.store, record), context.today).drop(
        index=code, errors="ignore"
    )
    names, here = record_names.of(context, record).sites, record.sites.geometry[code]
    leads: dict[str, str] = {}
    if here is not None and not here.is_empty:
        for near, row in visits.nearest(record, found, here.x, here.y, 1).iterrows():
            away = text("{metres} m from {code}", metres=context.words.number(row["distance_m"], 0), code=code)
            leads[str(near)] = text("Next nearest: {site}", site=names[str(near)]) + f" · {away}"
    for due in found.index[found["reason"] != visits.NEVER][:1]:
        reason = visits.reason_text(found.loc[due], context.words)
        # the nearest may be the one that is due, and then one button leads there
        leads.setdefault(str(due), text("Next due: {site}: {reason}", site=names[str(due)], reason=reason))
    for site, label in leads.items():
        args = (site_summary.SITE, site)
        st.button(plain_text.literal(label), key=f"next_{site}", on_click=address.choose, args=args, width="stretch")


def again(context: session.Context, code: str) -> None:
    """Offer, below a receipt, the correction of the survey just saved, and the draft put aside for it or a new one."""
    text, survey_id = context.words.text, st.session_state[STATE][-1]
    key, label = "correct_sent", text("Correct the survey just sent")
    st.button(label, key=key, on_click=_correct, args=(context, code, survey_id), width="stretch")
    label = text("Survey this site again")
    if survey_draft.waiting(context, code):
        st.write(text("Another draft of this site is kept."))
        label = text("Go on with that draft")
    st.button(label, key="kept_draft", on_click=st.session_state.pop, args=(STATE,), width="stretch")


def _correct(context: session.Context, code: str, survey_id: str) -> None:
    del st.session_state[STATE]
    survey_draft.correct(context, survey_draft.current(context, code), survey_id)
