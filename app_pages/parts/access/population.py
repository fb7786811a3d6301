"""Import a file of residents, or remove it."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.session import plain_text
from audits import roles
from audits.access import population_problems
from layers import errors as layer_errors
from layers import population_file

FILE, OUTCOME, OPEN = "population_upload", "population_outcome", "population_open"
ACTION = "setting.set"


def show_outcome() -> None:
    """Show the outcome of the upload of the run before."""
    # always there, so that what follows keeps its place, and an open section stays open
    with st.container():
        for good, sentence in st.session_state.pop(OUTCOME, ()):
            (st.success if good else st.error)(plain_text.literal(sentence))


def section(context: session.Context) -> None:
    """Say which residents are counted, and take a file of them."""
    with st.expander(context.words.text("Where people live"), key=OPEN):
        _section(context)


def _section(context: session.Context) -> None:
    text = context.words.text
    file = population_file.path(context.workspace.folder)
    if file is None:
        st.write(text("No population by place has been given. Until then everything counts the same."))
    else:
        try:
            people = population_file.checked(file.name, file.read_bytes(), context.area)
        except population_file.PopulationError as refused:
            for problem in population_problems.problems(file.name, refused):
                st.error(plain_text.literal(context.words.problem(problem)))
        else:
            total = context.words.number(people[population_file.COLUMN].sum(), 0)
            count = context.words.number(len(people), 0)
            st.write(
                text("{total} residents at {count} places, from {file}.", total=total, count=count, file=file.name)
            )
    if not roles.may(context.store.role, ACTION):
        st.caption(text("An engineer or an administrator gives the file of residents."))
        return
    st.file_uploader(
        text("File of residents: GeoPackage, GeoJSON, or CSV with lat, lon and residents"),
        type=[ending.removeprefix(".") for ending in population_file.ENDINGS],
        key=FILE,
        on_change=_keep,
        args=(context,),
    )
    # a demonstration counts the residents of the workspace around it, which are not its to take away
    own = file is not None and file.parent == context.workspace.folder
    if own:
        st.button(text("Take the residents away"), key="population_remove", on_click=_remove, args=(context,))


def _keep(context: session.Context) -> None:
    # the event comes too when somebody takes the file out of the field
    given = st.session_state.get(FILE)
    if given is None:
        return
    # asked where it is written as well: a field that is not shown is no lock
    roles.require(context.store.role, ACTION)
    words = context.words
    try:
        people = population_file.keep(context.workspace.folder, given.name, given.getvalue(), context.area)
    except population_file.PopulationError as refused:
        found = population_problems.problems(given.name, refused)
        st.session_state[OUTCOME] = [(False, words.problem(problem)) for problem in found]
    except layer_errors.LayerError as fault:
        st.session_state[OUTCOME] = [(False, str(fault))]
    else:
        total = words.number(people[population_file.COLUMN].sum(), 0)
        sentence = words.text("{total} residents taken in from {file}.", total=total, file=given.name)
        st.session_state[OUTCOME] = [(True, sentence)]


def _remove(context: session.Context) -> None:
    roles.require(context.store.role, ACTION)
    population_file.remove(context.workspace.folder)
    st.session_state[OUTCOME] = [(True, context.words.text("The file of residents was taken away."))]
