"""Let a row of a table be one of the ways to choose a thing, and mark the row of what is chosen elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypedDict

import streamlit as st

from app_pages.session import address


class Chooser(TypedDict):
    """Arguments of ``st.dataframe`` for a table of which a row can be chosen."""

    key: str
    on_select: Callable[[], None]
    selection_mode: Literal["single-row"]


def one(table: str, choice: str, names: Sequence[str]) -> Chooser:
    """Return the arguments of a table whose rows choose one of some names; the row of the chosen one is marked.

    Parameters
    ----------
    table
        Key of the table.
    choice
        Name of the choice in the session and in the address.
    names
        What each row stands for.
    """
    # Said each time: a table whose content has changed forgets its row, and one may have been chosen elsewhere.
    chosen = address.chosen(choice)
    rows = [row for row, name in enumerate(names) if name == chosen]
    st.session_state[table] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    return {
        "key": table,
        "on_select": address.chooser(choice, lambda: _of_row(table, names)),
        "selection_mode": "single-row",
    }


def _of_row(table: str, names: Sequence[str]) -> str | None:
    rows = st.session_state[table].selection.rows
    return str(names[rows[0]]) if rows else None
