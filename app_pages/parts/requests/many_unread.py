"""List what the public form took in and nobody has read, and decide on many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import reviewer
from app_pages.session import plain_text
from audits import errors, wording
from audits.store.public_form import unread

SHOWN = 20


def show(context: session.Context, waiting: pd.DataFrame, names: Mapping[str, str], who: str) -> None:
    """Show the oldest that hold some words, to be ticked and recorded or deleted together."""
    text = context.words.text
    with st.expander(text("Decide on many at once"), key="unread_many"):
        words = st.text_input(text("Only those that hold these words"), key="unread_words").split()
        found = waiting.loc[[_holds(written, words) for written in waiting["text"] + " " + waiting["place"]]]
        shown = found.head(SHOWN)
        st.write(text("{count} found; shown are the oldest {shown}.", count=len(found), shown=len(shown)))
        if shown.empty:
            return
        # ticks belong to what is shown: others below the same words start without any
        with st.form(key=f"unread_many|{shown['key'].iloc[0]}|{len(shown)}"):
            every = st.checkbox(text("All that are shown"), key=f"unread_every|{shown['key'].iloc[0]}")
            labels = dict(zip(shown["key"], _labels(context, shown, names), strict=True))
            ticked = [key for key, label in labels.items() if st.checkbox(label, key=f"unread_tick|{key}")]
            st.write(
                text(
                    "Recorded are the words and the place as they stand here; see that they lead to no person. What is "
                    "deleted cannot be brought back."
                )
            )
            recorded = st.form_submit_button(text("Record the ticked ones"), type="primary", disabled=not who)
            deleted = st.form_submit_button(text("Delete the ticked ones for good"), disabled=not who)
    if recorded or deleted:
        _decide(context, shown, list(labels) if every else ticked, who if recorded else "")


def _holds(written: str, words: Sequence[str]) -> bool:
    return all(word.casefold() in written.casefold() for word in words)


def _labels(context: session.Context, shown: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    labels = []
    for _, row in shown.iterrows():
        day = context.words.day(wording.local_day(row["received_at"]))
        place = row["place"] or names.get(row["site_code"], row["site_code"])
        labels.append(plain_text.literal(" · ".join(filter(None, (day, row["text"], place)))))
    return labels


def _decide(context: session.Context, shown: pd.DataFrame, keys: Sequence[str], who: str) -> None:
    """Record under a name, or delete where none is given; what cannot be recorded stays and is named."""
    text = context.words.text
    if not keys:
        st.error(text("Tick at least one."))
        return
    if not who:
        unread.dismiss(context.store, *keys)
        st.session_state[reviewer.DONE] = [text("{count} deleted.", count=len(keys))]
        st.rerun()
    rows, left = shown.set_index("key"), 0
    # one by one: what cannot be recorded keeps none of the others from it
    for key in keys:
        try:
            unread.accept(context.store, key, rows["text"][key], who, site_code=rows["site_code"][key])
        except errors.RefusedError:
            left += 1
    done = [text("{count} recorded.", count=len(keys) - left)]
    kept = text(
        "{count} stay to be read one by one: without a place of the list, or with something personal.", count=left
    )
    st.session_state[reviewer.DONE] = [*done, *([kept] if left else [])]
    st.rerun()
