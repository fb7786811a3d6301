"""Accept what was built, once a new survey of it shows that nothing is left to mend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import streamlit as st

from app_pages import session
from app_pages.parts.shared import record_names, reviewer, tables
from app_pages.parts.survey import survey_questions
from app_pages.parts.works import progress
from app_pages.session import navigation
from audits import record as records
from audits.store.surveys import reviews
from audits.works import acceptance, fix_states, works_table


def ask(
    context: session.Context,
    record: records.AuditedRecord,
    of: works_table.Works,
    fix_id: str,
    happened_on: dt.date,
    who: str,
) -> None:
    """Show what the newest survey since says of what was to be mended, and accept when nothing is left."""
    text = context.words.text
    built_on = of.standing["built_on"][fix_id]
    official = acceptance.readings_of(context.store, approved_only=True)
    survey_id = acceptance.newest_survey(fix_id, built_on, official)
    # approved or not, whichever surveys the list counts: it tells who has to act next
    newest = acceptance.newest_survey(fix_id, built_on, context.record().governing)
    code = str(record.elements.loc[fix_id, "site_code"])
    if not newest:
        st.info(text("Nobody has surveyed it since it was built on {day}.", day=context.words.day(built_on)))
        navigation.link(
            context,
            "survey.py",
            label=text("Survey {element}", element=record_names.of(context, record).elements[fix_id]),
            query_params=navigation.query(context, site=code, **{survey_questions.ELEMENT: fix_id}),
        )
        return
    if not survey_id:
        st.info(text("It was surveyed since, and the survey awaits an engineer's review."))
        query = navigation.query(context, review_state=reviews.SUBMITTED, site=code)
        navigation.link(context, "review.py", label=text("Review the survey"), query_params=query)
        return
    found = acceptance.inspection(context.store, fix_id, survey_id, context.criteria, context.weights)
    _show_inspection(context, found)
    note = st.text_input(text("Note"), key=f"works_accept_note|{fix_id}")
    names = {one: context.words.name(context.criteria.criteria[one].name) for one in found.to_mend}
    if st.button(text("Accept what was built"), type="primary", key="works_record", disabled=not who):
        reviewer.attempt(
            context,
            lambda: acceptance.accept(
                context.store,
                fix_id,
                survey_id,
                happened_on,
                who,
                context.criteria,
                context.weights,
                note=note,
                names=names,
            ),
            text("Recorded: {fix} is {state}.", fix=fix_id, state=text(fix_states.STATES[fix_states.ACCEPTED])),
            at=progress.RECORDED,
        )


def _show_inspection(context: session.Context, found: acceptance.Inspection) -> None:
    """Show each requirement that was to be mended with what the survey says of it."""
    words, text = context.words, context.words.text
    verdicts: Mapping[str, str] = (
        # what comes later takes its place: a pass is what is neither failing, open nor borderline
        dict.fromkeys(found.to_mend, "pass")
        | dict.fromkeys(found.failing, "fail")
        | dict.fromkeys((*found.unmeasured, *found.left_open), "unknown")
        | dict.fromkeys(found.borderline, "borderline")
    )
    rows = [
        (words.name(context.criteria.criteria[one].name), tables.verdict(verdicts[one], words)) for one in found.to_mend
    ]
    headings = (text("Requirement"), text("Now"))
    caption = text("What it must meet, since it was built anew") if found.is_new else text("What was to be mended")
    st.html(tables.table(caption, headings, rows, stacked=False))
    if found.left_open:
        st.write(
            words.count(
                "{n} of lesser weight is not measured; it may be accepted without.",
                "{n} of lesser weight are not measured; it may be accepted without.",
                len(found.left_open),
            )
        )
    if found.borderline:
        st.write(text("Borderline does not keep it from being accepted: what is built to the limit always lies there."))
