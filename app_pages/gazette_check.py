"""Compare the limits of law with the Royal Gazette, one after the other, by keyboard alone."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.parts.shared import reviewer, tables
from audits import roles, terms
from audits.law import limits, sheet
from audits.rules import gazette
from audits.store import comparisons

LIMIT, PICKED, TAKEN_BACK = "gazette_limit", "gazette_picked", "gazette_taken_back"


def show(context: session.Context) -> None:
    """Draw the page."""
    roles.require(context.role, comparisons.ACTION)
    words, text = context.words, context.words.text
    st.title(text("Check against the gazette"))
    everything = limits.of_law(context.criteria)
    left = [entry for entry in everything if entry.limit.state != gazette.CHECKED]
    compared = [entry for entry in everything if entry.limit.compared is not None]
    done = len(everything) - len(left)
    st.progress(
        done / len(everything),
        text=text("{done} of {all} limits are checked", done=words.number(done), all=words.number(len(everything))),
    )
    st.write(text("Open the Royal Gazette beside this page. Limits stand in the order of its clauses."))
    st.download_button(
        text("Sheet of all limits to compare (PDF)"),
        lambda: sheet.pdf(context.criteria, words, context.today, context.town_name),
        file_name=f"gazette-{context.today.isoformat()}.pdf",
        mime="application/pdf",
        on_click="ignore",
    )
    reviewer.show_done()
    who = reviewer.name(context)
    # A limit that differs waits for its file, so it need not be compared again.
    waiting = [entry for entry in left if entry.limit.compared is None]
    if waiting:
        _compare(context, waiting, who)
    else:
        st.success(text("Every limit was compared."))
    if compared:
        _recorded(context, compared, who)


def _name(context: session.Context, entry: limits.Entry) -> str:
    words, limit = context.words, entry.limit
    place = f"{words.name(limit.source.short)} {words.name(limit.clause)}"
    return f"{place} · {words.name(entry.criterion.name)} · {words.text(terms.ELEMENT_KIND[entry.criterion.element])}"


def _compare(context: session.Context, waiting: list[limits.Entry], who: str) -> None:
    """Ask for one limit; the next one follows it."""
    text = context.words.text
    names = {entry.limit.limit_id: _name(context, entry) for entry in waiting}
    if st.session_state.get(LIMIT) not in names:
        st.session_state[LIMIT] = _next(list(names))
    chosen = str(st.selectbox(text("Limit"), list(names), key=LIMIT, format_func=names.__getitem__))
    entry = next(each for each in waiting if each.limit.limit_id == chosen)
    st.session_state[PICKED] = list(names).index(chosen)
    st.html(tables.table(names[chosen], (text("What"), text("Known")), _facts(context, entry), stacked=False))
    with st.form(f"gazette_{chosen}"):
        answer = st.radio(
            text("What does the gazette say?"),
            (gazette.SAME, gazette.DIFFERS),
            index=None,
            format_func=lambda one: text(terms.GAZETTE_ANSWER[one]),
            horizontal=True,
        )
        value = st.text_input(text("Its value, when it differs"))
        page = st.text_input(text("Page of the gazette"))
        if st.form_submit_button(text("Record and go to the next")):
            reviewer.attempt(
                context,
                lambda: comparisons.record(context.store, entry.limit, answer or "", who, value=value, page=page),
                text("Recorded: {name}", name=names[chosen]),
            )


def _next(names: list[str]) -> str:
    # The one just recorded is gone from the list, so the next stands in its place.
    return names[min(int(st.session_state.get(PICKED, 0)), len(names) - 1)]


def _facts(context: session.Context, entry: limits.Entry) -> list[tuple[object, ...]]:
    words, text = context.words, context.words.text
    limit = entry.limit
    facts: list[tuple[object, ...]] = [
        (text("Where to read"), tables.lines(words.name(limit.source.title), words.name(limit.source.reference))),
        (text("Clause"), words.name(limit.clause)),
        (text("Our data say"), tables.lines(*limits.value_lines(entry, words))),
        (text("Applies when"), tables.lines(*limits.condition_lines(limit, words)) or text("always")),
        (text("State"), text(terms.LAW_STATE[limit.state])),
    ]
    if limit.readings:
        facts.append((text("What sources say"), tables.lines(*limits.reading_lines(limit, words))))
    if limit.note:
        facts.append((text("Note"), words.name(limit.note)))
    return facts


def _recorded(context: session.Context, compared: list[limits.Entry], who: str) -> None:
    """Show what was compared, with a way to take one comparison back."""
    words, text = context.words, context.words.text
    st.header(text("Compared so far"))
    rows = [
        (
            _name(context, entry),
            text(terms.LAW_STATE[entry.limit.state]),
            tables.lines(limits.compared_text(entry.limit, words), *limits.reading_lines(entry.limit, words)),
        )
        for entry in compared
    ]
    table = tables.table(text("Compared so far"), (text("Limit"), text("State"), text("Compared")), rows)
    st.html(tables.tall(table))
    names = {entry.limit.limit_id: _name(context, entry) for entry in compared}
    with st.form("gazette_undo"):
        undone = st.selectbox(
            text("Take a comparison back"), list(names), index=None, format_func=names.__getitem__, key=TAKEN_BACK
        )
        if st.form_submit_button(text("Take back")) and undone:
            limit = next(entry.limit for entry in compared if entry.limit.limit_id == undone)
            reviewer.attempt(
                context,
                lambda: comparisons.record(context.store, limit, gazette.WITHDRAWN, who),
                text("Taken back: {name}", name=names[undone]),
            )


if __name__ == "__main__":
    show(session.current())
