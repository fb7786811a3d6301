"""Say that an element of a site is one thing with an element of another site, or that they are two."""

from __future__ import annotations

import functools
import urllib.parse
from collections.abc import Mapping, Sequence

import geopandas as gpd
import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, record_names, reviewer, tables
from app_pages.session import navigation
from audits import record as records
from audits import roles, terms
from audits.store.register import presumed_pairs, same_elements

LISTED = "twice"
"""In an address: the list of all pairs stands open."""


def waiting(context: session.Context) -> None:
    """List all pairs that may be one thing, as To do counts them, each with the way to its decision."""
    words, text, pairs = context.words, context.words.text, context.record().presumed
    if not pairs:
        return
    waits = words.count("thing perhaps recorded twice", "things perhaps recorded twice", len(pairs))
    label = f"{words.number(len(pairs))} {waits}"
    with st.expander(label, expanded=LISTED in st.query_params):
        names = _names(context, *records.register(context.store))
        rows = [(_led(context, one, names[one]), names[other]) for one, other in pairs]
        st.html(tables.tall(tables.table(label, (text("Element"), text("Other record")), rows)))


def _led(context: session.Context, element_id: str, name: str) -> tables.Markup:
    query = urllib.parse.urlencode(navigation.query(context, site=terms.site_of(element_id)))
    return tables.Markup('<a href="/register?{}" target="_self">{}</a>').format(query, name)


def section(context: session.Context, code: str, who: str) -> None:
    """Show what is joined to the elements of a site and what may be, to be decided."""
    text = context.words.text
    sites, elements = records.register(context.store)
    joined = same_elements.joined(context.store)
    found = presumed_pairs.find(sites, elements, joined, same_elements.apart(context.store))
    here: set[str] = set(elements.index[elements["site_code"] == code])
    presumed = [pair for pair in found.index if here & set(pair)]
    known = [(kept, other) for other, kept in joined.items() if here & {kept, other}]
    st.write(text("A ramp can stand in the register as a ramp and as part of a space. Joined, it counts once."))
    names = _names(context, sites, elements)
    rows = [(names.get(one, one), names.get(two, two), text("one thing")) for one, two in known]
    rows += [(names[one], names[two], text("presumed: not decided yet")) for one, two in presumed]
    if rows:
        headings = (text("Element"), text("Other record"), text("State"))
        st.html(tables.table(text("One thing or two"), headings, rows))
    if roles.may(context.store.role, same_elements.ACTION) and here:
        decide(context, sites, elements, sorted(here), [*presumed, *known], names, who)


def decide(
    context: session.Context,
    sites: gpd.GeoDataFrame,
    elements: pd.DataFrame,
    own: Sequence[str],
    likely: Sequence[tuple[str, str]],
    names: Mapping[str, str],
    who: str,
) -> None:
    """Ask for two elements and how it is known, and record that they are one thing or two; likely pairs stand first."""
    text = context.words.text
    with st.expander(text("Say that two records are one thing, or two"), key="register_same"):
        # a key for each site, whose elements are the options
        mine = choices.one(text("Element here"), {name: names[name] for name in own}, key=f"same_here|{own[0]}")
        kinds, codes = elements["kind"].astype(str).to_dict(), elements["site_code"].astype(str).to_dict()
        first = [one for pair in likely if mine in pair for one in pair if one != mine and one in names]
        alike = [name for name in names if kinds[name] == kinds[mine] and codes[name] != codes[mine]]
        others = {name: names[name] for name in dict.fromkeys((*first, *alike))}
        if not others:
            st.write(text("No other site has an element of this kind."))
            return
        other = choices.one(text("Other record"), others, key=f"same_other|{mine}")
        reason = st.text_input(text("How is it known?"), key="same_reason")
        # the record at a ramp's own site is the one that is kept
        kept, second = sorted((mine, other), key=lambda name: sites["kind"][codes[name]] != "ramp")
        left, right = st.columns(2)
        for column, key, label, record, sentence in (
            (left, "same_join", text("They are one thing"), same_elements.join, text("Joined: it counts once now.")),
            (right, "same_apart", text("They are two things"), same_elements.separate, text("Recorded as two things.")),
        ):
            if column.button(label, key=key, disabled=not who, width="stretch"):
                reviewer.attempt(context, functools.partial(record, context.store, kept, second, who, reason), sentence)


def _names(context: session.Context, sites: pd.DataFrame, elements: pd.DataFrame) -> dict[str, str]:
    places = record_names.site_names(sites, context.words)
    titles = record_names.element_titles(elements, context.words)
    codes = elements["site_code"].astype(str).to_dict()
    return {name: f"{places[codes[name]]} · {title}" for name, title in titles.items()}
