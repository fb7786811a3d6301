"""Read what the public form took in, and open or close the form."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.requests import many_unread
from app_pages.parts.shared import choices, reviewer
from app_pages.session import plain_text
from audits import roles, wording
from audits.store import public_pages
from audits.store.public_form import unread
from audits.store.register import municipal_choices
from audits.store.requests import requests


def show(context: session.Context, names: Mapping[str, str], who: str, address: str) -> None:
    """Show the oldest that nobody has read, and the switch of the form at an address of this server."""
    text = context.words.text
    waiting, is_open = unread.every(context.store), unread.is_open(context.store)
    label = text("The public form is open") if is_open else text("The public form is closed")
    if len(waiting):
        label += " · " + context.words.count("{n} to read", "{n} to read", len(waiting))
    with st.expander(label, expanded=bool(len(waiting)), key="public_form"):
        if len(waiting):
            _read(context, waiting.iloc[0], names, who)
        # what everybody sends goes to the municipality's own record, never to the demonstration beside it
        if roles.may(context.store.role, municipal_choices.ACTION) and not context.is_beside:
            _switch(context, address, is_open=is_open)
    if len(waiting) > 1:
        many_unread.show(context, waiting, names, who)


def _read(context: session.Context, row: pd.Series, names: Mapping[str, str], who: str) -> None:
    text, key = context.words.text, str(row["key"])
    day = context.words.day(wording.local_day(row["received_at"]))
    st.write(text("Sent on {day}. Take out whatever leads to a person before you record it.", day=day))
    if row["place"]:
        st.write(text("Where, in the words of the sender: {place}", place=plain_text.literal(row["place"])))
    # the record has no field for a place in words
    written = f"{row['text']} ({row['place']})" if row["place"] else row["text"]
    with st.form(key=f"unread|{key}"):
        asked = st.text_area(text("What is asked for"), written, max_chars=requests.MOST_TEXT, key=f"unread_text|{key}")
        # a code that the register does not have would stop the field
        if row["site_code"] in names:
            st.session_state.setdefault(f"unread_site|{key}", row["site_code"])
        site = choices.one_or_none(text("Site that it is about"), names, key=f"unread_site|{key}")
        left, right = st.columns(2)
        latitude = left.number_input(text("Latitude"), -90.0, 90.0, None, format="%.6f", key=f"unread_latitude|{key}")
        longitude = right.number_input(
            text("Longitude"), -180.0, 180.0, None, format="%.6f", key=f"unread_longitude|{key}"
        )
        accepted = st.form_submit_button(text("Record it as a request"), type="primary", disabled=not who)
    with st.popover(text("Delete it for good"), disabled=not who):
        st.write(text("It is kept nowhere but in backups already made; this cannot be taken back."))
        dismissed = st.button(text("Yes, delete it"), key=f"unread_drop|{key}")
    if accepted:
        accept = functools.partial(unread.accept, site_code=site or "", longitude=longitude, latitude=latitude)
        action = functools.partial(accept, context.store, key, asked, who)
        reviewer.attempt(context, action, text("The request is recorded."))
    if dismissed:
        reviewer.attempt(context, functools.partial(unread.dismiss, context.store, key), text("It is deleted."))


def _switch(context: session.Context, address: str, *, is_open: bool) -> None:
    text = context.words.text
    st.write(
        text(
            "Anybody can write there without an account. Nothing counts before a person here has read it; names, "
            "photos and addresses of computers are not kept. Address: {path}",
            path=f"`{address}`",
        )
    )
    label = text("Close the form") if is_open else text("Open the form to everybody")
    sentence = text("The form is closed.") if is_open else text("The form is open.")
    if public_pages.made_at(context.workspace) is not None:
        sentence = f"{sentence} {text('Make the pages for everybody again, so that their link to it is right.')}"
    wanted, actor = "" if is_open else unread.OPEN, context.actor(context.role)
    if st.button(label, key="public_form_switch"):
        choose = functools.partial(municipal_choices.choose, context.store, unread.CHOICE, wanted, actor)
        reviewer.attempt(context, choose, sentence)
