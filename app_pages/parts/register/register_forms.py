"""Draw the form of a site or an element in the register, and format its values."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import shapely
import streamlit as st

from app_pages import session
from app_pages.parts.plan import outcome
from app_pages.parts.shared import days
from audits import terms, wording
from audits.store.register import checks

# half of the last digit that the field shows: what nobody touched must not count as moved
NEAR_DEGREES = 5e-7
ZONES = (None, 1, 2, 3, 4)
NAMES = {
    **{name: terms.COLUMN_MEANING[name] for name in ("name_th", "name_en", "category", "setting")},
    **{name: terms.COLUMN_MEANING[name] for name in ("street_th", "street_en", "zone", "permitted_on")},
    "label": terms.COLUMN_MEANING["element_label"],
    "position_status": wording.phrase("How the position is known"),
    "position_accuracy_m": wording.phrase("Accuracy in metres"),
    "geom": wording.phrase("Position"),
    "retired": wording.phrase("no longer in the register"),
}
EMPTY_SITE: Mapping[str, Any] = dict.fromkeys(checks.CHANGEABLE, "") | {
    "zone": None,
    "position_status": "presumed",
    "position_accuracy_m": None,
    "geom": None,
    "setting": "building",
    "category": "street",
    "retired": False,
}


def of_site(row: Any) -> dict[str, Any]:
    """Return the values of one site that can be changed, by column."""
    values = {name: row[name] for name in checks.CHANGEABLE if name != "geom"}
    point = row["geometry"]
    values["geom"] = None if point is None or point.is_empty else shapely.Point(point.x, point.y)
    values["zone"] = None if pd.isna(row["zone"]) else int(row["zone"])
    values["position_accuracy_m"] = None if pd.isna(row["position_accuracy_m"]) else float(row["position_accuracy_m"])
    return {name: bool(values[name]) if name == "retired" else values[name] for name in checks.CHANGEABLE}


def of_element(row: Any) -> dict[str, Any]:
    """Return the values of one element that can be changed, by column."""
    day = row["permitted_on"]
    known = None if pd.isna(day) else pd.Timestamp(day).date()
    return {"label": row["label"], "permitted_on": known, "retired": bool(row["retired"])}


def names(words: wording.Wording) -> dict[str, str]:
    """Return the label of each field."""
    return {name: words.text(meaning) for name, meaning in NAMES.items()}


def in_words(name: str, value: Any, words: wording.Wording) -> str:
    """Return the value of a field in words."""
    text = words.text
    if name == "retired":
        return text("yes") if value else text("no")
    if value is None or value == "":
        return "–"
    if isinstance(value, shapely.Point):
        return f"{value.y:.6f}, {value.x:.6f}"
    if isinstance(value, dt.date):
        return words.day(value)
    if isinstance(value, float):
        return words.number(value, 1)
    listed = {"setting": terms.SETTING, "position_status": terms.POSITION_STATUS, "category": outcome.GOALS}
    return text(listed[name].get(value, value)) if name in listed else str(value)


def site_fields(
    context: session.Context, categories: Sequence[str], before: Mapping[str, Any], key: str
) -> dict[str, Any]:
    """Draw the fields of a site, filled from the register, and return the values entered."""
    words, label = context.words, names(context.words)
    written: dict[str, Any] = {}
    left, right = st.columns(2)
    for column, wanted in ((left, ("name_th", "street_th")), (right, ("name_en", "street_en"))):
        for name in wanted:
            written[name] = column.text_input(label[name], before[name], key=f"{key}|{name}").strip()
    # what stands in the register stays among the options: a field cannot show anything else
    closed: dict[str, Sequence[Any]] = {
        "category": sorted({*categories, before["category"]}),
        "setting": list(terms.SETTING),
        "zone": sorted({*ZONES, before["zone"]}, key=lambda zone: zone or 0),
        "position_status": list(terms.POSITION_STATUS),
    }
    for place_of, (name, options) in enumerate(closed.items()):
        written[name] = (left, right)[place_of % 2].selectbox(
            label[name],
            options,
            options.index(before[name]),
            format_func=functools.partial(in_words, name, words=words),
            key=f"{key}|{name}",
        )
    written["geom"] = _position(context, before["geom"], key)
    accuracy_m = before["position_accuracy_m"]
    # no highest value: the register may hold a coarser one, and Streamlit refuses to draw what lies beyond
    written["position_accuracy_m"] = st.number_input(
        label["position_accuracy_m"], 0.0, None, accuracy_m, key=f"{key}|accuracy"
    )
    written["retired"] = st.checkbox(label["retired"], before["retired"], key=f"{key}|retired")
    return {name: written[name] for name in checks.CHANGEABLE}


def _position(context: session.Context, before: shapely.Point | None, key: str) -> shapely.Point | None:
    text = context.words.text
    left, right = st.columns(2)
    known = (None, None) if before is None else (before.y, before.x)
    latitude = left.number_input(text("Latitude"), -90.0, 90.0, known[0], format="%.6f", key=f"{key}|latitude")
    longitude = right.number_input(text("Longitude"), -180.0, 180.0, known[1], format="%.6f", key=f"{key}|longitude")
    # half of a position moves nothing
    if latitude is None or longitude is None:
        return before
    point = shapely.Point(longitude, latitude)
    same = before is not None and max(abs(point.x - before.x), abs(point.y - before.y)) < NEAR_DEGREES
    return before if same else point


def is_near(context: session.Context, point: shapely.Point | None) -> bool:
    """Return whether a point, if any, lies in or near the municipality; show an error where it does not."""
    box = context.area
    if point is None or box is None or box.holds(point.x, point.y):
        return True
    st.error(context.words.text("That position is far outside the municipality. Check latitude and longitude."))
    return False


def element_fields(context: session.Context, before: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Draw the fields of an element and return the values entered."""
    label = names(context.words)
    return {
        "label": st.text_input(label["label"], before["label"], key=f"{key}|label").strip(),
        "permitted_on": days.ask(
            context,
            label["permitted_on"],
            f"{key}|permitted_on",
            until=context.today,
            first=before["permitted_on"],
            otherwise=before["permitted_on"],
        ),
        "retired": st.checkbox(label["retired"], before["retired"], key=f"{key}|retired"),
    }


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], words: wording.Wording
) -> list[tuple[str, str, str]]:
    """Return each field that differs: its label, the old and the new value."""
    label = names(words)
    return [
        (label[name], in_words(name, before[name], words), in_words(name, after[name], words))
        for name in before
        if before[name] != after[name]
    ]
