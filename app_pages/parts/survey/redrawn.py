"""Draw anew, after an answer, only those parts of the survey form that show something else than before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

FORM = "survey_form"
"""The key of the whole form."""
_PARTS = "survey_form_parts"
# the parts of the last form that was drawn to its end
_DRAWN = "survey_form_drawn"
_CHOSEN = "survey_form_chosen"


@dataclass
class _Part:
    look: Callable[[], object]
    shown: object


def begin() -> None:
    """Begin to draw the whole form, with what was chosen for its fields."""
    st.session_state[_PARTS] = {}
    for key, value in st.session_state.pop(_CHOSEN, {}).items():
        st.session_state[key] = value


def choose(key: str, value: object) -> None:
    """Give a field of the form a value when the whole form is drawn next; to be called from a callback.

    A value that the callback itself gave would be an old one by then: the browser, which still shows what it showed
    before, is sent only what is new in the run that draws the field.
    """
    st.session_state.setdefault(_CHOSEN, {})[key] = value


def watch(look: Callable[[], object]) -> None:
    """Have the whole form drawn anew as soon as its `look`, such as the questions that apply, changes."""
    st.session_state[_PARTS][FORM] = _Part(look, look())


def end() -> None:
    """End drawing the whole form."""
    st.session_state[_DRAWN] = set(st.session_state[_PARTS])


def part(key: str, look: Callable[[], object], draw: Callable[[], object], fields: str = "") -> None:
    """Draw a part of the form that can be drawn anew alone.

    Parameters
    ----------
    key
        Of the part, once in the form.
    look
        Says what the part would show now, to be compared with what it shows.
    draw
        Draws the part from the draft as it is by then.
    fields
        What the keys of its fields begin with.
    """
    if fields and key not in st.session_state.get(_DRAWN, ()):
        # The browser forgot the fields of a part that was away; what is still known of them here would not be sent to
        # it, and it would give back empty ones.
        for kept in [kept for kept in st.session_state if str(kept).startswith(fields)]:
            del st.session_state[kept]

    @st.fragment(key=key)
    def drawn() -> None:
        seen = look()
        draw()
        # only now: a part whose drawing was broken off is drawn again
        st.session_state[_PARTS][key] = _Part(look, seen)

    drawn()


def whole() -> None:
    """Draw the whole form anew; to be called last, from the callback of a widget in one of its parts."""
    if _PARTS in st.session_state:
        st.rerun(FORM)


def after_answer(own: str) -> None:
    """Draw anew the part `own`, which holds the widget that was answered, and every other that shows something else.

    To be called last, from the callback of the widget.
    """
    parts: dict[str, _Part] = st.session_state[_PARTS]
    # what only an earlier form held is not drawn, and what the answer made needless cannot be asked how it looks
    if parts[FORM].shown != parts[FORM].look():
        st.rerun(FORM)
    others = [key for key, each in parts.items() if key not in (own, FORM) and each.shown != each.look()]
    st.rerun([own, *others])
