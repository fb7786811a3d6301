"""Keep the register: correct a site or an element, add new ones, and never lose what somebody else wrote."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.register import conflict as register_conflict
from app_pages.parts.register import register_forms, same_things
from app_pages.parts.shared import choices, record_names, reviewer, site_summary, tables
from app_pages.session import address
from audits import errors, roles, terms, wording
from audits.store.register import changes as register_changes
from audits.store.register import checks, register
from audits.store.surveys import read

ELEMENT = "register_element"
CONFLICT, SEEN = "register_conflict", "register_seen"


@dataclass(frozen=True)
class Kept:
    """One record as it stands: its name, its fields, and who wrote them last."""

    name: str
    fields: Mapping[str, Any]
    version: int
    by: str


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Register"))
    st.write(text("What a place is called, where it is, and what stands there. Each change is kept with its reason."))
    who = reviewer.name(context)
    reviewer.show_done()
    sites, elements = read.sites(context.store), read.elements(context.store)
    same_things.waiting(context)
    code = site_summary.choose_site(context, record_names.site_names(sites, context.words))
    # An administrator may decide what is one thing, and changes nothing else here.
    may_change = roles.may(context.store.role, register_changes.CHANGE)
    if code is not None:
        parts = [text("The same thing recorded twice"), text("Changes of the site")]
        forms = [text("The site"), text("Elements of the site")] if may_change else []
        *mine, twice, changed = st.tabs([*forms, *parts])
        if may_change:
            with mine[0]:
                site(context, sites, code, who)
            with mine[1]:
                elements_of(context, elements.loc[elements["site_code"] == code], code, who)
        with twice:
            same_things.section(context, code, who)
        with changed:
            history(context, sites, code)
    if may_change:
        new_site(context, sites, who)


def site(context: session.Context, sites: pd.DataFrame, code: str, who: str) -> None:
    """Show what the register says of a site, to be corrected."""
    row = sites.loc[[code]].iloc[0]
    kept = Kept(code, register_forms.of_site(row), int(row["version"]), row["updated_by"])
    fields = functools.partial(register_forms.site_fields, context, sorted(set(sites["category"])))
    edit(context, kept, who, fields, register_changes.change_site)


def elements_of(context: session.Context, mine: pd.DataFrame, code: str, who: str) -> None:
    """Show the elements of a site, one of them to be corrected, and a form for a new one."""
    words, text = context.words, context.words.text
    names = record_names.element_titles(mine, context.words)
    if names:
        rows = [
            (
                names[str(element_id)],
                tables.Markup("<code>{}</code>").format(element_id),
                in_words("permitted_on", row, words),
                in_words("retired", row, words),
            )
            for element_id, row in mine.iterrows()
        ]
        label = register_forms.names(words)
        headings = (text("Element"), text("Id"), label["permitted_on"], label["retired"])
        st.html(tables.table(text("Elements of the site"), headings, rows))
    chosen = choices.one_or_none(text("Choose an element"), names, **address.one(ELEMENT, names))
    if chosen:
        row = mine.loc[[chosen]].iloc[0]
        record = Kept(chosen, register_forms.of_element(row), int(row["version"]), row["updated_by"])
        fields = functools.partial(register_forms.element_fields, context)
        edit(context, record, who, fields, register_changes.change_element)
    new_element(context, code, who)


def in_words(name: str, row: pd.Series, words: wording.Wording) -> str:
    """Return one field of an element in words."""
    return register_forms.in_words(name, register_forms.of_element(row)[name], words)


def edit(
    context: session.Context,
    kept: Kept,
    who: str,
    fields: Callable[[Mapping[str, Any], str], dict[str, Any]],
    change: Callable[..., int],
) -> None:
    """Show one record as a form that remembers what it began from, or the conflict that saving it met."""
    conflict = st.session_state.get(CONFLICT)
    if conflict is not None and conflict.name == kept.name:
        settle(context, kept, conflict, who, change)
        return
    text = context.words.text
    begun = _begun(kept)
    key = f"register|{kept.name}|{begun.version}"
    with st.form(key=key):
        written = fields(begun.fields, key)
        reason = st.text_input(text("Why is it changed?"), key=f"{key}|reason")
        saved = st.form_submit_button(text("Save the change"), type="primary", disabled=not who)
    if saved:
        save(context, begun, written, reason, who, change)


def _begun(kept: Kept) -> Kept:
    """Return the record as it was when this form was first drawn; a form that was left begins anew."""
    key = f"register_begun|{kept.name}"
    begun: Kept | None = st.session_state.get(key)
    if begun is None or f"register|{kept.name}|{begun.version}|reason" not in st.session_state:
        begun = st.session_state[key] = kept
    return begun


def save(
    context: session.Context, begun: Kept, written: Mapping[str, Any], reason: str, who: str, change: Callable[..., int]
) -> None:
    """Save what was changed; when somebody else was faster, keep mine for the screen that sets both side by side."""
    changes = {name: value for name, value in written.items() if value != begun.fields[name]}
    if not register_forms.is_near(context, changes.get("geom")):
        return
    with context.problems_shown():
        try:
            change(context.store, begun.name, changes, who, reason, begun.version)
        except errors.RefusedError as refused:
            if not _changed_meanwhile(refused):
                raise
            st.session_state[CONFLICT] = register_conflict.Conflict(begun.name, begun.fields, written, reason)
            st.session_state.pop(SEEN, None)
            st.rerun()
        _done(begun.name, context.words.text("Saved in the register."))


def _changed_meanwhile(refused: errors.RefusedError) -> bool:
    return any(problem.kind is checks.CHANGED_MEANWHILE for problem in refused.problems)


def settle(
    context: session.Context, kept: Kept, conflict: register_conflict.Conflict, who: str, change: Callable[..., int]
) -> None:
    """Show both sides, and save the choice on top of what the reader saw of theirs."""
    text = context.words.text
    # their record as it stands on the screen: what comes in meanwhile is not written over unseen
    seen: Kept = st.session_state.setdefault(SEEN, kept)

    def keep(wanted: dict[str, Any]) -> None:
        with context.problems_shown():
            try:
                change(context.store, kept.name, wanted, who, conflict.reason, seen.version)
            except errors.RefusedError as refused:
                if not _changed_meanwhile(refused):
                    raise
                # changed a third time: both sides are shown anew
                st.session_state.pop(SEEN)
                st.rerun()
            _done(kept.name, text("Saved in the register."))

    words = context.words
    register_conflict.screen(
        context,
        conflict,
        seen.fields,
        seen.by,
        register_forms.names(words),
        lambda name, value: register_forms.in_words(name, value, words),
        keep,
        lambda: _done(kept.name, text("Left as it is.")),
    )


def _done(name: str, sentence: str) -> None:
    for key in (CONFLICT, SEEN, f"register_begun|{name}"):
        st.session_state.pop(key, None)
    st.session_state[reviewer.DONE] = [f"{name}: {sentence}"]
    st.rerun()


def new_element(context: session.Context, code: str, who: str) -> None:
    """Ask for a new element of a site."""
    text = context.words.text
    with st.expander(text("Add an element"), key="register_new_element"), st.form(key=f"new_element|{code}"):
        kinds = {name: text(word) for name, word in terms.ELEMENT_KIND.items()}
        kind = choices.one(text("Kind"), kinds, key=f"new_element_kind|{code}")
        blank = {"label": "", "permitted_on": None, "retired": False}
        written = register_forms.element_fields(context, blank, f"new_element|{code}")
        reason = st.text_input(text("Why is it added?"), key=f"new_element_reason|{code}")
        if not st.form_submit_button(text("Add it"), disabled=not who):
            return
    label, day = written["label"], written["permitted_on"]
    _added(context, lambda: register.add_element(context.store, code, kind, label, who, reason, permitted_on=day))


def new_site(context: session.Context, sites: pd.DataFrame, who: str) -> None:
    """Ask for a new site; it gets the next free code."""
    text = context.words.text
    with st.expander(text("Add a site"), key="register_new_site"), st.form(key="new_site"):
        kinds = {name: text(word) for name, word in terms.SITE_KIND.items()}
        kind = choices.one(text("Kind"), kinds, key="new_site_kind")
        empty, categories = register_forms.EMPTY_SITE, sorted(set(sites["category"]))
        # another key after each new site, so that the form is empty again
        written = register_forms.site_fields(context, categories, empty, f"new_site|{len(sites)}")
        reason = st.text_input(text("Why is it added?"), key="new_site_reason")
        if not st.form_submit_button(text("Add it"), disabled=not who):
            return
    if register_forms.is_near(context, written["geom"]):
        _added(context, lambda: register.add_site(context.store, kind, written, who, reason))


def _added(context: session.Context, add: Callable[[], str]) -> None:
    with context.problems_shown():
        name = add()
        st.session_state[reviewer.DONE] = [context.words.text("{name} is in the register now.", name=name)]
        st.rerun()


def history(context: session.Context, sites: pd.DataFrame, code: str) -> None:
    """Show each change of a site: when, by whom, why, and what was before."""
    words, text = context.words, context.words.text
    earlier = [row for _, row in read.site_history(context.store, code).iterrows()]
    if not earlier:
        st.write(text("Nobody has changed it since it was added."))
        return
    reasons = register_changes.reasons(context.store, code)
    states = [*earlier, sites.loc[[code]].iloc[0]]
    rows = []
    for before, after in reversed(list(itertools.pairwise(states))):
        when = after["updated_at"].to_pydatetime()
        changed = register_forms.differences(register_forms.of_site(before), register_forms.of_site(after), words)
        parts = [f"{name}: {old} → {new}" for name, old, new in changed]
        rows.append(
            (words.instant(when), after["updated_by"], words.side(reasons.get(when, "–")), tables.lines(*parts) or "–")
        )
    headings = (text("When"), text("By"), text("Why"), text("What changed"))
    st.html(tables.table(text("Changes of the site"), headings, rows))


if __name__ == "__main__":
    show(session.current())
