"""Ask for a day in the reader's own era: Streamlit's calendar knows the common one only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import streamlit as st

from app_pages import session
from app_pages.session import plain_text
from audits import errors, wording
from audits.formats import days


def ask(
    context: session.Context,
    label: str,
    key: str,
    *,
    until: dt.date,
    first: dt.date | None = None,
    otherwise: dt.date | None = None,
    on_change: Callable[[], None] | None = None,
) -> dt.date | None:
    """Ask for a day, which may be left empty.

    Parameters
    ----------
    label, key
        Of the field; the session keeps under `key` what is written.
    until
        The last day accepted.
    first
        The day that stands there at first.
    otherwise
        What is returned where something else than a day is written, which is shown.

    Returns
    -------
    datetime.date or None
        None where nothing is written.
    """
    st.session_state.setdefault(key, written(first, context.words))
    example = context.words.text(days.EXAMPLE)
    text = st.text_input(label, key=key, placeholder=example, on_change=on_change, autocomplete="off").strip()
    found = read(text, until)
    if isinstance(found, errors.ProblemKind):
        st.error(plain_text.literal(context.words.problem(found.at(label, written=text))))
        return otherwise
    return found


def required(
    context: session.Context, label: str, key: str, *, until: dt.date, first: dt.date | None = None
) -> dt.date | None:
    """Ask for a day that may not be left empty; None, with the reason below the field, while there is none."""
    found = ask(context, label, key, until=until, first=context.today if first is None else first)
    # an empty field alone: what is no day has its message already
    if not st.session_state[key].strip():
        st.error(context.words.text(days.MISSING.template))
    return found


def read(text: str, until: dt.date) -> dt.date | errors.ProblemKind | None:
    """Read a day as it is written; None for an empty text, a problem for what is no day up to `until`."""
    return days.day(text, until) if text else None


def written(day: dt.date | None, words: wording.Wording) -> str:
    """Write a day as it is typed, the year of the reader's era; empty for None."""
    if day is None:
        return ""
    era = wording.BUDDHIST_ERA_YEARS if words.language == "th" else 0
    return f"{day:%d/%m}/{day.year + era}"
