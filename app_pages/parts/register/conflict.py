"""Set two people's changes of one record side by side, and let the later one choose field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, tables
from app_pages.session import plain_text

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Conflict:
    """What two people made of one record.

    Parameters
    ----------
    name
        The record: a site's code or an element's id.
    before
        What both began from, by field.
    mine
        What this reader wrote, every field.
    reason
        Why.
    """

    name: str
    before: Mapping[str, Any]
    mine: Mapping[str, Any]
    reason: str


def differing(before: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields that either of the two changed and that are not the same now."""
    return tuple(
        name
        for name in mine
        if mine[name] != theirs[name] and (mine[name] != before[name] or theirs[name] != before[name])
    )


def preferred(before: Mapping[str, Any], mine: Mapping[str, Any], name: str) -> str:
    """Return whose value stands first: theirs where I changed nothing, else mine."""
    return MINE if mine[name] != before[name] else THEIRS


def merged(conflict: Conflict, theirs: Mapping[str, Any], chosen: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields to be written on top of theirs."""
    return {
        name: conflict.mine[name]
        for name, whose in chosen.items()
        if whose == MINE and conflict.mine[name] != theirs[name]
    }


def screen(
    context: session.Context,
    conflict: Conflict,
    theirs: Mapping[str, Any],
    who_else: str,
    names: Mapping[str, str],
    say: Callable[[str, Any], str],
    save: Callable[[dict[str, Any]], None],
    leave: Callable[[], None],
) -> None:
    """Show what was before, what they wrote and what I wrote, and save the choice of each field.

    Parameters
    ----------
    conflict, theirs
        My side with what was before, and the record as it stands now.
    who_else
        Who changed it meanwhile.
    names
        Of the fields, in the reader's language.
    say
        Gives a field's value in the reader's language.
    save
        Called with the fields to be written on top of theirs.
    leave
        Called when theirs is left as it is.
    """
    text = context.words.text
    st.subheader(text("Somebody else changed {name} meanwhile", name=plain_text.literal(conflict.name)))
    st.write(
        text(
            "{who} saved while you were writing. Nothing of yours is lost: choose for each field whose value stands.",
            who=plain_text.literal(who_else),
        )
    )
    fields = differing(conflict.before, conflict.mine, theirs)
    rows = [
        (names[name], say(name, conflict.before[name]), say(name, theirs[name]), say(name, conflict.mine[name]))
        for name in fields
    ]
    headings = (text("Field"), text("Before"), text("Theirs"), text("Mine"))
    if rows:
        st.html(tables.table(text("Both changes"), headings, rows))
    else:
        st.write(text("Both of you wrote the same; nothing is left to choose."))
    whose = {MINE: text("take mine"), THEIRS: text("take theirs")}
    chosen = {}
    for name in fields:
        key = f"conflict|{conflict.name}|{name}"
        st.session_state.setdefault(key, preferred(conflict.before, conflict.mine, name))
        chosen[name] = choices.one_in_view(names[name], whose, horizontal=True, key=key)
    left, right = st.columns(2)
    wanted = merged(conflict, theirs, chosen)
    if left.button(text("Save my choice"), type="primary", key="conflict_save", width="stretch"):
        if wanted:
            save(wanted)
        else:
            leave()
    if right.button(text("Leave theirs as it is"), key="conflict_leave", width="stretch"):
        leave()
