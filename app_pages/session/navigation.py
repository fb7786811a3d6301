"""Lead from page to page with language and workspace kept, and say above each page who reads it."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from pathlib import Path

import markupsafe
import shapely
import streamlit as st

from app_pages import session
from app_pages.session import cache, page_roles, plain_text
from audits import roles, terms
from audits.formats import templates
from layers import positions

COUNTED = "counted"
MASTHEAD = Path(__file__).parent / "masthead.html.j2"
LANGUAGES = {"th": "ไทย", "en": "English"}


def masthead(context: session.Context) -> None:
    """Show who is signed in, the language switch and, in the demonstration, that nothing here is real."""
    text, account = context.words.text, context.account
    content = templates.render(
        MASTHEAD,
        text=text,
        account=account,
        role=text(roles.ROLES[account.role]) if account else "",
        municipality=context.town_name,
        language=context.words.language,
        languages=LANGUAGES,
        addresses={code: _in_language(code) for code in LANGUAGES},
        demonstration=context.demonstration and text(terms.DEMONSTRATION),
    )
    st.html(content)


def _in_language(code: str) -> str:
    """Query of this very page in another language; all else is kept, also what an address says more than once."""
    kept = [(key, value) for key in st.query_params for value in st.query_params.get_all(key) if key != "lang"]
    return urllib.parse.urlencode([*kept, ("lang", code)])


def footer(context: session.Context) -> None:
    """Show the links that every page ends with."""
    text = context.words.text
    links = [("privacy", text("Privacy")), ("accessibility", text("Accessibility of this program"))]
    parts = "".join(
        markupsafe.Markup('<a href="/{}?{}" target="_self">{}</a> ').format(
            page, urllib.parse.urlencode(query(context)), name
        )
        for page, name in links
    )
    st.html(f'<footer class="jaidee-footer">{parts}</footer>')


def link(context: session.Context, page: str, *, label: str, query_params: Mapping[str, str | list[str]]) -> None:
    """Show a link to another page, to those who have that page.

    Parameters
    ----------
    context
        The reader.
    page
        File of the page, such as ``site.py``.
    label, query_params
        Its text, and the parameters of its address.
    """
    if page_roles.has(context.role, page.removesuffix(".py")):
        st.page_link(page, label=plain_text.literal(label), query_params=query_params)


def way_there(context: session.Context, place: shapely.Point | None) -> None:
    """Show a link that opens the way to a place in the phone's own map app; nothing else is sent there.

    Parameters
    ----------
    context
        The reader.
    place
        WGS 84; None shows nothing.
    """
    if place is not None:
        st.page_link(positions.way_there(place.x, place.y), label=context.words.text("Way there in a map app"))


def query(context: session.Context, **parameters: str) -> dict[str, str]:
    """Build the address parameters of a link to another page, with language, workspace and surveys that count kept."""
    kept = {"lang": context.words.language}
    kept |= {"workspace": cache.DEMONSTRATION} if context.is_beside else {}
    # a link within HTML begins a new session, which knows nothing but its address
    chosen = st.query_params.get(COUNTED)
    kept |= {COUNTED: chosen} if chosen in terms.COUNTED else {}
    return kept | parameters
