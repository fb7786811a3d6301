"""Requests: what residents ask for, entered by staff without a name, and what became of each."""

from __future__ import annotations

import functools
from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.requests import public_form
from app_pages.parts.shared import choices, days, record_names, reviewer, tables
from app_pages.session import address, cache
from app_pages.web import public_requests
from audits import roles, terms, wording
from audits.requests import counts, duplicates
from audits.store.requests import requests

KEY, HEIGHT = "request", 420
SAVED = "requests_saved"
NO_PERSON = wording.phrase(
    "Write what is asked for and where. No name, no phone number and no disability: the record keeps the matter only."
)


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Requests"))
    reviewer.show_done()
    record = context.record()
    sites = record.sites
    if sites.empty:
        st.info(text("There are no sites yet. Begin under Start."))
        return
    kept = cache.requests(context.store)
    names = record_names.of(context, record).sites
    may_add, may_decide = (roles.may(context.store.role, action) for action in requests.ACTIONS)
    who = reviewer.name(context) if may_add else ""
    if may_add:
        new(context, names, who)
    if may_decide:
        public_form.show(context, names, who, public_requests.PATH)
    alike = duplicates.find(kept, sites)
    every, decide = st.tabs([text("All requests"), text("Decide")]) if may_decide else (st.container(), None)
    with every:
        listed(context, kept, alike)
    if decide is not None:
        with decide:
            decided(context, kept, sites, alike, names, who)


def new(context: session.Context, names: Mapping[str, str], who: str) -> None:
    """Ask for one request; once it is saved there is another number, and the form is empty again."""
    # counted here and not in the record: what somebody else saves meanwhile must not empty this form
    text, number = context.words.text, st.session_state.get(SAVED, 0)
    channels = {name: text(word) for name, word in terms.REQUEST_CHANNEL.items()}
    with st.expander(text("Record a request"), key="request_new"), st.form(key="new_request"):
        st.write(text(NO_PERSON))
        asked = st.text_area(text("What is asked for"), max_chars=requests.MOST_TEXT, key=f"request_text|{number}")
        left, right = st.columns(2)
        with left:
            site = choices.one_or_none(text("Site, if it is about one"), names, key=f"request_site|{number}")
            latitude = st.number_input(
                text("Latitude"), -90.0, 90.0, None, format="%.6f", key=f"request_latitude|{number}"
            )
        with right:
            channel = choices.one(text("How it came"), channels, key=f"request_channel|{number}")
            longitude = st.number_input(
                text("Longitude"), -180.0, 180.0, None, format="%.6f", key=f"request_longitude|{number}"
            )
        received = days.required(context, text("Received on"), f"request_day|{number}", until=context.today)
        if not st.form_submit_button(text("Save the request"), type="primary", disabled=not who) or received is None:
            return
    request = requests.Request(asked, received, channel, site or "", longitude, latitude)
    box = context.area
    if longitude is not None and latitude is not None and box is not None and not box.holds(longitude, latitude):
        st.error(text("That position is far outside the municipality. Check latitude and longitude."))
        return

    def add() -> None:
        requests.add(context.store, request, who)
        st.session_state[SAVED] = number + 1

    reviewer.attempt(context, add, text("The request is recorded."))


def listed(context: session.Context, kept: pd.DataFrame, alike: pd.DataFrame) -> None:
    """Show all requests, the newest first, their counts and those that may ask for the same."""
    words, text = context.words, context.words.text
    st.html(tables.bullets(counts.sentences(counts.by_state(kept), words)))
    if kept.empty:
        return
    newest = kept.iloc[::-1]
    columns = {
        text("Received"): [words.day(day) for day in newest["received_on"]],
        text("What is asked for"): newest["text"].tolist(),
        text("Site"): newest["site_code"].tolist(),
        text("State"): [text(terms.REQUEST_STATE[state]) for state in newest["state"]],
        text("Reason"): newest["reason"].tolist(),
        text("How it came"): [text(terms.REQUEST_CHANNEL.get(one, one)) for one in newest["channel"]],
    }
    table = pd.DataFrame(columns, index=pd.Index(newest["request_id"], name=text("Number")))
    st.dataframe(table, alt=text("Requests of residents"), height=HEIGHT)
    if len(alike):
        texts = kept.set_index("request_id")["text"]
        rows = [
            (f"{one}: {texts[one]}", f"{other}: {texts[other]}", words.number(metres, 0))
            for one, other, metres, _ in alike.head(duplicates.SHOWN).itertuples(index=False)
        ]
        headings = (text("Request"), text("Perhaps the same"), text("Metres apart"))
        st.html(tables.table(text("Perhaps asked twice: decide whether they are the same"), headings, rows))
        if more := len(alike) - len(rows):
            st.write(text(duplicates.MORE, count=words.number(more)))


def decided(
    context: session.Context,
    kept: pd.DataFrame,
    sites: gpd.GeoDataFrame,
    alike: pd.DataFrame,
    names: Mapping[str, str],
    who: str,
) -> None:
    """Ask what became of one request, the new ones first."""
    text = context.words.text
    by_id = kept.set_index("request_id", drop=False)
    # what waits stands first
    order = by_id.assign(rank=by_id["state"].map(requests.STATES.index)).sort_values("rank", kind="stable")
    titles = {
        str(name): f"{name} · {text(terms.REQUEST_STATE[state])} · {asked}"
        for name, state, asked in zip(order.index, order["state"], order["text"], strict=True)
    }
    chosen = choices.one_or_none(text("Choose a request"), titles, **address.one(KEY, titles))
    if chosen is None:
        return
    row = by_id.loc[[chosen]].iloc[0]
    others = [
        *alike.loc[alike["other_id"] == chosen, "request_id"],
        *alike.loc[alike["request_id"] == chosen, "other_id"],
    ]
    still_open = by_id.index[by_id["state"].isin(requests.OPEN) & (by_id.index != chosen)]
    with st.form(key=f"decide|{chosen}"):
        states = {state: text(terms.REQUEST_STATE[state]) for state in requests.STATES[1:]}
        state = choices.one_in_view(text("What becomes of it"), states, key=f"request_state|{chosen}")
        site = _site(context, row, sites, names)
        same = choices.one_or_none(
            text("Request that asks for the same"),
            {one: titles[one] for one in dict.fromkeys([*others, *still_open])},
            key=f"request_same|{chosen}",
        )
        reason = st.text_input(text("Reason, to answer whoever asks at the office"), key=f"request_reason|{chosen}")
        if not st.form_submit_button(text("Save what became of it"), type="primary", disabled=not who):
            return
    # the field keeps its choice when another state is chosen, for which it means nothing
    same_as = same or "" if state == requests.SAME else ""
    change = functools.partial(requests.change, context.store, chosen, state, who, same_as=same_as, reason=reason)
    reviewer.attempt(context, functools.partial(change, site_code=site or ""), text("Recorded what became of it."))


def _site(context: session.Context, row: pd.Series, sites: gpd.GeoDataFrame, names: Mapping[str, str]) -> str | None:
    """Ask which site a request is about: that of the record unless another is chosen, else none unless chosen."""
    # with the site that stands, so that the field follows what somebody else decides meanwhile
    label, code = context.words.text("Site that it is about"), str(row["site_code"])
    key = f"request_joined|{row['request_id']}|{code}"
    if code:
        # it cannot be emptied: the record takes no site away; one that is retired has no name here
        return choices.one(label, {code: names.get(code, code), **names}, key=key)
    first = {one: names[one] for one in [_nearest(row, sites)] if one in names}
    return choices.one_or_none(label, {**first, **names}, key=key)


def _nearest(row: pd.Series, sites: gpd.GeoDataFrame) -> str:
    """Return the site within 30 m of a request that names none, to be offered first."""
    if pd.isna(row["longitude"]):
        return ""
    return duplicates.nearest_site(row["longitude"], row["latitude"], sites)


if __name__ == "__main__":
    show(session.current())
