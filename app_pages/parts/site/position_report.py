"""Record a technician's report on where a site is: confirmed, moved with a reason, or not found."""

from __future__ import annotations

import pandas as pd
import shapely
import streamlit as st

from app_pages import session
from app_pages.parts.register import register_forms
from app_pages.parts.shared import browser, choices
from audits import roles
from audits.store.register import changes
from layers import osm

CITY_WIDE_M = 5000.0

HERE_IS_THE_SITE, MOVED, NOT_FOUND = "confirmed", "moved", "not_found"


def form(context: session.Context, code: str, site: pd.Series) -> None:
    """Show the form and write the report to the register, to those who may report."""
    if not roles.may(context.role, changes.POSITION):
        return
    text = context.words.text
    names = {
        HERE_IS_THE_SITE: text("The site is where the map says"),
        MOVED: text("The site is elsewhere: I give its position"),
        NOT_FOUND: text("I looked and did not find it"),
    }
    with st.expander(text("Report the position"), key="position_open"):
        kind = choices.one_in_view(text("What did you find?"), names, key=f"position_{code}")
        who = context.actor("")
        if not context.account:
            who = st.text_input(text("Your name or staff number"), key="surveyor", persist_state="session")
        fix = browser.position(context.words, key=f"position_fix_{code}")
        point, accuracy_m = None, fix["accuracy_m"] if fix else None
        if kind == MOVED:
            point, accuracy_m = _position_inputs(context, code, site, fix)
        reason = st.text_input(text("Reason or remark"), key=f"position_reason_{code}")
        if st.button(text("Write to the register"), key=f"position_write_{code}", type="primary"):
            _write(context, code, kind, who.strip(), reason.strip(), point, accuracy_m)


def _position_inputs(
    context: session.Context, code: str, site: pd.Series, fix: browser.Fix | None
) -> tuple[shapely.Point, float]:
    text = context.words.text
    # where nobody knows, it is somewhere in the city, and the accuracy says no more than that
    known = shapely.Point(osm.town_box(context.area).middle) if site.geometry is None else site.geometry
    near_m = CITY_WIDE_M if site.geometry is None else 10.0
    start = (fix["latitude"], fix["longitude"], fix["accuracy_m"]) if fix else (known.y, known.x, near_m)
    # another position makes other fields: these would keep their figures
    suffix = f"{code}_{start[0]:.6f}_{start[1]:.6f}"
    latitude = st.number_input(text("Latitude"), -90.0, 90.0, start[0], format="%.6f", key=f"latitude_{suffix}")
    longitude = st.number_input(text("Longitude"), -180.0, 180.0, start[1], format="%.6f", key=f"longitude_{suffix}")
    accuracy_m = st.number_input(text("Accuracy in metres"), 0.0, None, float(start[2]), key=f"accuracy_{suffix}")
    return shapely.Point(longitude, latitude), accuracy_m


def _write(
    context: session.Context,
    code: str,
    kind: str,
    who: str,
    reason: str,
    point: shapely.Point | None,
    accuracy_m: float | None,
) -> None:
    text = context.words.text
    if not who or (kind != HERE_IS_THE_SITE and not reason):
        st.error(text("Please give your name, and a reason when the site is elsewhere or was not found."))
        return
    if not register_forms.is_near(context, point):
        return
    status = NOT_FOUND if kind == NOT_FOUND else HERE_IS_THE_SITE
    with context.problems_shown():
        reason = reason or text("confirmed on site")
        changes.report_position(context.store, code, status, who, reason, point, accuracy_m)
        st.toast(text("Written to the register."))
        st.rerun()
