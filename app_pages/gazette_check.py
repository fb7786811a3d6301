"""Compare the limits of law with the Royal Gazette, one after the other, by keyboard alone."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.parts.shared import reviewer, tables
from audits import errors, roles, terms
from audits.law import limits, sheet
from audits.rules import gazette
from audits.store import comparisons

LIMIT, PICKED, TAKEN_BACK = "gazette_limit", "gazette_picked", "gazette_taken_back"
VALUE, RECORDED = "gazette_value", "gazette_recorded"
# Keys that a Thai and an English keyboard share, and with Ctrl, without which a field in which one writes keeps them.
SAME_KEY, DIFFERS_KEY = "Ctrl+Enter", "Ctrl+Shift+Enter"

Group = tuple[limits.Entry, ...]
"""Limits that one comparison answers."""


def show(context: session.Context) -> None:
    """Draw the page."""
    roles.require(context.role, comparisons.ACTION)
    words, text = context.words, context.words.text
    st.title(text("Check against the gazette"))
    everything = limits.of_law(context.criteria)
    left = [entry for entry in everything if entry.limit.state != gazette.CHECKED]
    compared = [entry for entry in everything if entry.limit.compared is not None]
    same = sum(entry.limit.state == gazette.CHECKED for entry in compared)
    counted = {"done": len(compared), "all": len(everything), "same": same, "differs": len(compared) - same}
    st.progress(
        len(compared) / len(everything),
        text=text(
            "{done} of {all} limits are compared: {same} the same, {differs} differ",
            **{name: words.number(count) for name, count in counted.items()},
        ),
    )
    st.write(text("Open the Royal Gazette beside this page. Limits stand in the order of its clauses."))
    st.write(
        text(
            "{same} says that all shown are the same and goes on; write value and page, then {differs}, where they "
            "differ. The page stays for the next one.",
            same=SAME_KEY,
            differs=DIFFERS_KEY,
        )
    )
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
    return _group_name(context, (entry,))


def _group_name(context: session.Context, group: Group) -> str:
    words, limit = context.words, group[0].limit
    place = f"{words.name(limit.source.short)} {words.name(limit.clause)}"
    return f"{place} · {', '.join(_asked(context, entry) for entry in group)}"


def _asked(context: session.Context, entry: limits.Entry) -> str:
    words = context.words
    return f"{words.name(entry.criterion.name)} ({words.text(terms.ELEMENT_KIND[entry.criterion.element])})"


def _compare(context: session.Context, waiting: list[limits.Entry], who: str) -> None:
    """Ask for the limits that one clause states alike; the next ones follow them."""
    text = context.words.text
    groups = {group[0].limit.limit_id: group for group in limits.alike(waiting)}
    if st.session_state.get(LIMIT) not in groups:
        st.session_state[LIMIT] = _next(list(groups))
    names = {first: _group_name(context, group) for first, group in groups.items()}
    chosen = str(st.selectbox(text("Limit"), list(names), key=LIMIT, format_func=names.__getitem__))
    group = groups[chosen]
    st.session_state[PICKED] = list(names).index(chosen)
    st.html(tables.table(names[chosen], (text("What"), text("Known")), _facts(context, group), stacked=False))
    if st.session_state.pop(RECORDED, False):
        st.session_state[VALUE] = ""
    # One form for all, so that the cursor stays in its field from limit to limit, and the page is written once.
    with st.form("gazette_answer", enter_to_submit=False):
        page = st.text_input(text("Page of the gazette"), key="gazette_page")
        value = st.text_input(text("Its value, when it differs"), key=VALUE)
        which = list(group)
        if len(group) > 1:
            named = {entry.limit.limit_id: _asked(context, entry) for entry in group}
            kept = st.multiselect(text("What differs"), list(named), list(named), format_func=named.__getitem__)
            which = [entry for entry in group if entry.limit.limit_id in kept]
        same = st.form_submit_button(text(terms.GAZETTE_ANSWER[gazette.SAME]), type="primary", shortcut=SAME_KEY)
        differs = st.form_submit_button(text(terms.GAZETTE_ANSWER[gazette.DIFFERS]), shortcut=DIFFERS_KEY)
    if same or differs:
        answer, found = (gazette.SAME, group) if same else (gazette.DIFFERS, tuple(which))
        reviewer.attempt(
            context,
            lambda: _record(context, found, answer, who, value, page),
            text("Recorded: {name}", name=f"{_group_name(context, group)}: {text(terms.GAZETTE_ANSWER[answer])}"),
        )


def _record(context: session.Context, group: Group, answer: str, who: str, value: str, page: str) -> None:
    if not group:
        raise errors.RefusedError((comparisons.NO_ANSWER.at("answer"),))
    for entry in group:
        comparisons.record(context.store, entry.limit, answer, who, value=value, page=page)
    st.session_state[RECORDED] = True


def _next(names: list[str]) -> str:
    # The one just recorded is gone from the list, so the next stands in its place.
    return names[min(int(st.session_state.get(PICKED, 0)), len(names) - 1)]


def _facts(context: session.Context, group: Group) -> list[tuple[object, ...]]:
    words, text = context.words, context.words.text
    entry, limit = group[0], group[0].limit
    facts: list[tuple[object, ...]] = [
        (text("Where to read"), tables.lines(words.name(limit.source.title), words.name(limit.source.reference))),
        (text("Clause"), words.name(limit.clause)),
        (text("Our data say"), tables.lines(*limits.value_lines(entry, words))),
        (text("State"), text(terms.LAW_STATE[limit.state])),
    ]
    for each in group:
        applies = tables.lines(*limits.condition_lines(each.limit, words)) or text("always")
        facts.append((text("{what} applies when", what=_asked(context, each)), applies))
    if limit.readings:
        facts.append((text("What sources say"), tables.lines(*limits.reading_lines(limit, words))))
    notes = dict.fromkeys(words.name(each.limit.note) for each in group if each.limit.note)
    if notes:
        facts.append((text("Note"), tables.lines(*notes)))
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
