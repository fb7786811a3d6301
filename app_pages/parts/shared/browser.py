"""Ask the reader's browser what only it knows: where it stands; and give its keypad the right keys."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TypedDict

import streamlit as st

from audits import wording
from layers import installation


class Fix(TypedDict):
    """A position from the browser: WGS 84 degrees, metres, and the instant at which it was taken, ISO 8601."""

    latitude: float
    longitude: float
    accuracy_m: float
    taken_at: str


_position = st.components.v2.component(
    "position",
    html='<button type="button"></button><p role="status"></p>',
    css="button{min-height:44px;font:inherit;padding:.4rem 1rem;background:#00574b;color:#fff;border:0;"
    "border-radius:6px}"
    "button:focus-visible{outline:3px solid #b35900;outline-offset:2px} p{font:inherit;margin:.3rem 0}",
    js=(installation.STATIC / "position.js").read_text("utf-8"),
)
_kit_waiting = st.components.v2.component(
    "kit_waiting",
    html='<p role="status" hidden></p>',
    css="p{font:inherit;margin:.3rem 0;padding:.6rem .8rem;border-left:4px solid #b35900;"
    "background:#fff6e6;color:#1b1b1b}",
    js=(installation.STATIC / "kit_waiting.js").read_text("utf-8"),
)
_keypad = st.components.v2.component("keypad", html="", js=(installation.STATIC / "keypad.js").read_text("utf-8"))

_reveal = st.components.v2.component("reveal", html="", js=(installation.STATIC / "reveal.js").read_text("utf-8"))
_focus = st.components.v2.component("focus", html="", js=(installation.STATIC / "focus.js").read_text("utf-8"))


def position(words: wording.Wording, key: str, button: str = "") -> Fix | None:
    """Show a button that asks the browser where it is; return the answer once it came."""
    phrases = {
        "button": button or words.text("Use my position"),
        "waiting": words.text("Waiting for the position …"),
        "found": words.text("Position found, accuracy about {accuracy} m", accuracy="#"),
        "refused": words.text("No position: allow it in the browser, or choose from the list."),
    }
    # naming a callback is what gives the result its `fix`, also before the browser answers
    result = _position(key=key, data=phrases, on_fix_change=lambda: None)
    return result.fix if result and result.fix else None


def kit_waiting(words: wording.Wording, workspace_id: str) -> None:
    """Tell which surveys the survey app keeps in this browser that the office has not taken in; nothing for none."""
    phrases = {
        "one": words.text(
            "The survey app in this browser keeps a survey that the office does not have yet: {sites}", sites="@"
        ),
        "many": words.text(
            "The survey app in this browser keeps surveys of {n} sites that the office does not have yet: {sites}",
            n="#",
            sites="@",
        ),
    }
    _kit_waiting(key="kit_waiting", data={"workspace": workspace_id, **phrases})


def keypad(modes: Mapping[str, str]) -> None:
    """Give text fields, named by their labels, the keypad of their content, such as ``decimal``."""
    _keypad(key="keypad", data=dict(modes))


def focus(label: str, sign: object) -> None:
    """Put the cursor into the text field of a label whenever `sign` is another than before."""
    _focus(key="focus", data={"label": label, "changed_ms": _changed_ms("focus", sign)})


def reveal(key: str, sign: object, *, focused: str = "", widest_px: int = 0) -> None:
    """Scroll to the part of the page with a widget's or container's key whenever `sign` is another than before.

    Parameters
    ----------
    key
        Of the part.
    sign
        What tells one time from the next.
    focused
        Key of the part whose heading takes the cursor; the open tab, first field or button of `key` unless given.
    widest_px
        Only in a window at most so wide, in CSS pixels; in any for 0.
    """
    changed_ms = _changed_ms(f"reveal_{key}", sign)
    _reveal(key="reveal", data={"part": key, "focused": focused, "widest_px": widest_px, "changed_ms": changed_ms})


def _changed_ms(what: str, sign: object) -> int:
    # The browser may draw what an earlier run asked once more, so it must know which of two is the later one.
    kept = f"{what}_changed"
    if st.session_state.get(kept, (None, 0))[0] != sign:
        st.session_state[kept] = (sign, time.time_ns() // 1_000_000)
    return int(st.session_state[kept][1])
