"""Keep what a reader chose in the page's address, so that a link or a reload shows the same again.

The address holds the values themselves, not their names in one language; a widget's own binding would hold the names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypedDict

import streamlit as st

TAB_BY_HAND = "tab_by_hand"


class Kept(TypedDict):
    """Arguments of a widget whose value is kept in the address."""

    key: str
    on_change: Callable[..., None]
    args: tuple[str, ...]


class KeptTab(TypedDict):
    """Arguments of tabs of which the open one is kept in the address."""

    key: str
    on_change: Callable[[], None]


def several(key: str, options: Collection[str]) -> Kept:
    """Return the arguments of a widget of many choices that is kept in the address; what is none of them is ignored."""
    # the session first: an address is as old as the link that was followed
    chosen = st.session_state.get(key, st.query_params.get_all(key))
    st.session_state[key] = [value for value in chosen if value in options]
    return {"key": _carried(key), "on_change": _take, "args": (key,)}


def one(key: str, options: Collection[str], stays: bool = False, otherwise: str | None = None) -> Kept:
    """Return the arguments of a widget of one choice that is kept in the address.

    Parameters
    ----------
    key
        Name in the address and in the session.
    options
        Accepted values; anything else in the address or left from another page is ignored.
    stays
        Also keep the choice while the reader walks from page to page.
    otherwise
        What an address without the name means, so that it need not be written.
    """
    if st.session_state.get(key) not in options:
        # a widget stops at a value that is none of its options
        st.session_state.pop(key, None)
        value = st.query_params.get(key) or (st.session_state.get(f"stays_{key}") if stays else None)
        if value in options:
            st.session_state[key] = value
    if stays:
        st.session_state[f"stays_{key}"] = st.session_state.get(key)
        chosen = st.session_state.get(key)
        if chosen and st.query_params.get(key, otherwise) != chosen:
            st.query_params[key] = chosen
    return {"key": _carried(key), "on_change": _take, "args": (key,)}


def whole(name: str, key: str, otherwise: int | None) -> Kept:
    """Return the arguments of a widget of a whole number that is kept in the address.

    Parameters
    ----------
    name, key
        Name in the address and in the session.
    otherwise
        What is shown while the address says nothing that is a whole number.
    """
    if key not in st.session_state:
        written = st.query_params.get(name, "")
        # isdigit alone lets a superscript through, at which int raises
        st.session_state[key] = int(written) if written.isascii() and written.isdigit() else otherwise

    def keep() -> None:
        value = st.session_state.get(key)
        write(name, "" if value is None else str(value))

    return {"key": key, "on_change": keep, "args": ()}


def tab(key: str, labels: Mapping[str, str]) -> KeptTab:
    """Return the arguments of tabs of which the open one is kept in the address, the first as none.

    Parameters
    ----------
    key
        Name in the session.
    labels
        By its value in the address, the label of each tab.
    """
    # the address rules, also over what was open: a link on the page itself may lead to another tab
    first, *_ = labels.values()
    st.session_state[key] = labels.get(st.query_params.get("tab", ""), first)

    def keep() -> None:
        opened = st.session_state[key]
        st.session_state[TAB_BY_HAND] = next(value for value, label in labels.items() if label == opened)
        write("tab", None if opened == first else st.session_state[TAB_BY_HAND])

    return {"key": key, "on_change": keep}


def _carried(key: str) -> str:
    """Take the value along to another page, whose widget of the same key is another widget to Streamlit."""
    widget = _widget(key)
    if key in st.session_state:
        st.session_state[key] = st.session_state[widget] = st.session_state[key]
    return widget


def _widget(key: str) -> str:
    """Return the key of the widget of a value, which :func:`choose_anew` makes another one."""
    times = st.session_state.get(f"times_{key}")
    return f"{key}_{times}" if times else key


def choose(key: str, value: str | list[str] | None) -> None:
    """Take a choice made elsewhere, such as on the map."""
    st.session_state[key] = value
    _keep(key)


def choose_anew(key: str, value: str | list[str]) -> None:
    """Take a choice made elsewhere for a widget in a panel that may be closed."""
    # the browser goes on sending what the widget held when its panel closed, so another one takes its place
    st.session_state[f"times_{key}"] = st.session_state.get(f"times_{key}", 0) + 1
    choose(key, value)


def chosen(key: str) -> str | None:
    """Return the choice that :func:`one` keeps, also before its widget is drawn."""
    value: str | None = st.session_state.get(key, st.query_params.get(key))
    return value


def chooser(key: str, chosen: Callable[[], str | None]) -> Callable[[], None]:
    """Return a callback that takes a choice made elsewhere; no choice there leaves the one here."""

    def take() -> None:
        value = chosen()
        if value is not None:
            choose(key, value)

    return take


def _take(key: str) -> None:
    st.session_state[key] = st.session_state.get(_widget(key))
    _keep(key)


def _keep(key: str) -> None:
    value = st.session_state[f"stays_{key}"] = st.session_state.get(key)
    write(key, value)


def write(name: str, value: str | list[str] | None) -> None:
    """Write a value into the address; an empty one is taken out of it."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)
