"""Ask a reader to choose among things that have a name in their language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

import streamlit as st

Option = TypeVar("Option")
OnChange = Callable[..., None] | None


def one(
    label: str,
    names: Mapping[Option, str],
    *,
    key: str,
    on_change: OnChange = None,
    args: tuple[str, ...] = (),
    help: str | None = None,  # noqa: A002 - as Streamlit calls it
) -> Option:
    """Ask for one of several in a folded list, the first unless chosen.

    Parameters
    ----------
    label
        What is asked.
    names
        At least one option, each with its name.
    key, on_change, args, help
        As Streamlit takes them; the first three may come from :func:`app_pages.session.address.one`.
    """
    return st.selectbox(
        label, list(names), format_func=names.__getitem__, key=key, on_change=on_change, args=args, help=help
    )


def one_or_none(
    label: str,
    names: Mapping[Option, str],
    *,
    key: str,
    on_change: OnChange = None,
    args: tuple[str, ...] = (),
    placeholder: str | None = None,
) -> Option | None:
    """Ask for one of several in a folded list, none unless chosen; parameters as of :func:`one`."""
    return st.selectbox(
        label,
        list(names),
        index=None,
        format_func=names.__getitem__,
        key=key,
        on_change=on_change,
        args=args,
        placeholder=placeholder,
    )


def one_in_view(
    label: str,
    names: Mapping[Option, str],
    *,
    key: str,
    on_change: OnChange = None,
    args: tuple[str, ...] = (),
    horizontal: bool = False,
    label_visibility: Literal["visible", "hidden", "collapsed"] = "visible",
) -> Option:
    """Ask for one of a few that all stand on the page; parameters as of :func:`one`."""
    return st.radio(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        on_change=on_change,
        args=args,
        horizontal=horizontal,
        label_visibility=label_visibility,
    )


def several(
    label: str,
    names: Mapping[Option, str],
    *,
    key: str,
    on_change: OnChange = None,
    args: tuple[str, ...] = (),
    placeholder: str | None = None,
) -> list[Option]:
    """Ask for any number of things; parameters as of :func:`one`."""
    return st.multiselect(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        on_change=on_change,
        args=args,
        placeholder=placeholder,
    )
