"""Ask an engineer for a name and for an area of a photo, and show a held row cell by cell."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

import streamlit as st

from app_pages import session
from app_pages.session import plain_text
from audits import errors, survey
from audits.store.photos import marks

NAME = "reviewer_name"
DONE = "reviewer_done"


def name(context: session.Context) -> str:
    """Return the name under which decisions are recorded: of the account, else as typed, which the session keeps."""
    text = context.words.text
    if context.account is not None:
        return context.account.username
    # Streamlit forgets a field that is not drawn, so a copy stays under another key
    st.session_state.setdefault(NAME, st.session_state.get("stays_reviewer", ""))
    typed = st.text_input(text("Your name or staff number"), key=NAME, autocomplete="name")
    st.session_state["stays_reviewer"] = typed
    if not typed.strip():
        st.write(text("Give your name to decide; it stands beside every decision."))
    return typed.strip()


def area(context: session.Context, sha256: str) -> marks.Area:
    """Return the area of a photo to blur, chosen by its edges in percent."""
    text = context.words.text
    across = st.slider(text("From left to right (%)"), 0, 100, (30, 70), key=f"across_{sha256}")
    down = st.slider(text("From top to bottom (%)"), 0, 100, (10, 50), key=f"down_{sha256}")
    return marks.Area(across[0] / 100, down[0] / 100, across[1] / 100, down[1] / 100)


def raw_cells(raw: str) -> Iterator[tuple[str, str]]:
    """Yield a held row as it came, name by name; what is no object as one cell."""
    try:
        record = json.loads(raw)
    except ValueError:
        record = raw
    if not isinstance(record, dict):
        yield "", str(record)
        return
    for key, value in record.items():
        if value not in (None, "", [], {}):
            yield str(key), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def is_survey(raw: str) -> bool:
    """Return whether a held row is a whole survey, as one in conflict is."""
    try:
        survey.parsed(raw)
    except (ValueError, KeyError, TypeError):
        return False
    return True


def show_done(at: str = "") -> bool:
    """Show the outcome of the run before; return whether there was one.

    `at` is where on the page it belongs, as :func:`attempt` named it; the top of the page when empty.
    """
    done = st.session_state.pop(DONE + at, ())
    # always there, so that what follows keeps its place, and an open section stays open
    with st.container():
        for sentence in done:
            st.success(sentence)
    return bool(done)


def attempt(
    context: session.Context,
    action: Callable[[], object],
    sentence: str,
    asked: Mapping[errors.ProblemKind, str] | None = None,
    *,
    at: str = "",
) -> None:
    """Run an action and confirm it on the page drawn anew; show the problems when it is refused.

    `asked` gives what to say in place of problems that stand beside their fields already; `at` names the place of
    :func:`show_done` where the confirmation stands, the top of the page when empty.
    """
    try:
        action()
    except errors.RefusedError as refused:
        for problem in refused.problems:
            st.error(plain_text.literal((asked or {}).get(problem.kind) or context.words.problem(problem)))
        return
    st.session_state[DONE + at] = [sentence]
    st.rerun()
