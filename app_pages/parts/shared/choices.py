"""Ask a reader to choose among things that have a name in their language.

Every function takes what is asked, the options with their names, and what Streamlit's widget takes besides, of which
:func:`app_pages.session.address.one` gives the first three.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Required, TypedDict, TypeVar, Unpack

import streamlit as st

Option = TypeVar("Option")


class Kept(TypedDict, total=False):
    """Where a choice is kept."""

    key: Required[str]
    on_change: Callable[..., None]
    args: tuple[str, ...]


class Listed(Kept, total=False):
    """How a folded list looks."""

    placeholder: str
    label_visibility: Literal["visible", "hidden", "collapsed"]


class Buttons(Kept, total=False):
    """How buttons side by side look."""

    label_visibility: Literal["visible", "hidden", "collapsed"]


class InView(Buttons, total=False):
    """How a list on the page looks; a caption stands under each option, an empty one leaves no line."""

    horizontal: bool
    captions: Sequence[str]


def _first_unless_chosen(key: str, names: Mapping[Option, str]) -> None:
    # the browser keeps what it showed, also where that is no option any more; a default alone would not tell it
    if st.session_state.get(key) is None:
        st.session_state[key] = next(iter(names), None)


def one(label: str, names: Mapping[Option, str], **kept: Unpack[Kept]) -> Option:
    """Ask for one of at least one option in a folded list, the first unless chosen."""
    _first_unless_chosen(kept["key"], names)
    chosen: Option = st.selectbox(label, list(names), format_func=names.__getitem__, **kept)
    return chosen


def one_or_none(label: str, names: Mapping[Option, str], **listed: Unpack[Listed]) -> Option | None:
    """Ask for one option in a folded list, none unless chosen."""
    st.session_state.setdefault(listed["key"], None)
    chosen: Option | None = st.selectbox(label, list(names), index=None, format_func=names.__getitem__, **listed)
    return chosen


def one_in_view(label: str, names: Mapping[Option, str], **in_view: Unpack[InView]) -> Option:
    """Ask for one of a few options that all stand on the page, the first unless chosen."""
    _first_unless_chosen(in_view["key"], names)
    return st.radio(label, list(names), format_func=names.__getitem__, **in_view)


def buttons(label: str, names: Mapping[Option, str], **kept: Unpack[Kept]) -> Option:
    """Ask for one of a few options as large buttons side by side; one of them is always chosen."""
    _first_unless_chosen(kept["key"], names)
    chosen = st.segmented_control(
        label, list(names), format_func=names.__getitem__, required=True, width="stretch", **kept
    )
    return next(iter(names)) if chosen is None else chosen


def buttons_or_none(label: str, names: Mapping[Option, str], **shown: Unpack[Buttons]) -> Option | None:
    """Ask for one of a few options as large buttons side by side; pressed again, none is chosen."""
    chosen: Option | None = st.segmented_control(
        label, list(names), format_func=names.__getitem__, width="stretch", **shown
    )
    return chosen


def several(label: str, names: Mapping[Option, str], **listed: Unpack[Listed]) -> list[Option]:
    """Ask for any number of options."""
    return st.multiselect(label, list(names), format_func=names.__getitem__, **listed)
