"""Ask about a held record: which site it is of, or why it is not needed any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, reviewer
from app_pages.session import navigation, page_roles, plain_text
from audits.field import held_decisions
from audits.field.tables import near_codes


def lead(context: session.Context) -> None:
    """Lead to the records just held: an engineer to those that wait for a decision, others to their own."""
    label, query = context.words.text("See what was held back"), navigation.query(context)
    if page_roles.has(context.role, "review"):
        held = query | {"review_part": "held"}
        navigation.link(context, "review.py", label=label, query_params=held)
    else:
        navigation.link(context, "my_work.py", label=label, query_params=query)


def ways_to_mend(context: session.Context, row: held_decisions.Waiting) -> None:
    """Say where the corrected record is taken in that settles a held one, and lead there."""
    text, query = context.words.text, navigation.query(context)
    if row.is_of_the_kit:
        st.write(text("Type the corrected values in under Quick entry; this record is settled by them."))
    else:
        st.write(
            text("Bring the corrected row back in its file, or type it in; this record is settled by what you send.")
        )
        opened = query | {"part": "bring_back"}
        navigation.link(context, "field_work.py", label=text("Bring back a file"), query_params=opened)
    navigation.link(context, "quick_entry.py", label=text("Type in a paper sheet"), query_params=query)


def ask(
    context: session.Context,
    row: held_decisions.Waiting,
    names: Mapping[str, str],
    who: str,
    own: Collection[str] = (),
) -> None:
    """Show the fields to decide on one record; `own` are the names under which the reader brings records."""
    text, key = context.words.text, f"{row.batch_id}|{row.line}"
    if row.needs_a_site:
        # what was written is mostly a slip in the code of one of these
        first = {code: names[code] for code in near_codes.NearCodes(names).near(row.about.site_code)}
        placeholder = text("choose a site")
        code = choices.one_or_none(
            text("Which site is it?"), {**first, **names}, key=f"held_site|{key}", placeholder=placeholder
        )
        if st.button(text("It is this site"), key=f"assign_site|{key}", disabled=not (who and code)) and code:
            _assign_site(context, row, code, names[code], who, own)
    because = st.text_input(text("Not needed any more, because"), key=f"held_because|{key}")
    if st.button(text("Keep it aside with this reason"), key=f"dismiss|{key}", disabled=not who):
        with context.problems_shown():
            held_decisions.dismiss(context.store, row, because, who, own=own)
            _drawn_anew(text("Settled."))


def _assign_site(
    context: session.Context, row: held_decisions.Waiting, code: str, name: str, who: str, own: Collection[str]
) -> None:
    words, text = context.words, context.words.text
    with context.problems_shown():
        done = held_decisions.assign_site(context.store, row, code, who, context.criteria, words, own=own)
        name = plain_text.literal(name)
        if done.number:
            sentence = text("It counts at {site} now, with receipt {number}.", site=name, number=done.number)
        else:
            sentence = text("It is held under {site} now, with what is still to be mended.", site=name)
        _drawn_anew(sentence)


def _drawn_anew(sentence: str) -> None:
    st.session_state.pop("held_row", None)
    st.session_state[reviewer.DONE] = [sentence]
    st.rerun()
