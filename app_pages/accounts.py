"""Keep the accounts: who signs in, with which role, and from how many places now."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable

import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, reviewer, tables
from app_pages.session import plain_text
from app_pages.web import permissions
from audits import roles
from audits.council import public_site
from audits.store import public_pages
from audits.store.accounts import accounts
from audits.store.accounts import sessions as signing_in
from audits.store.register import municipal_choices

SHOWN_ONCE = "account_password"
NEW_NAME, NEW_DISPLAY, MADE = "account_new", "account_display", "account_made"
PUBLIC = "_public_pages"


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    roles.require_view(context.role, "accounts")
    st.title(text("Accounts"))
    # of the municipality's own record, whichever record is looked at
    context = context.in_own_record()
    reviewer.show_done()
    with st.container():
        # taken out as it is shown, so that no later run shows it again
        password = st.session_state.pop(SHOWN_ONCE, None)
        if password:
            name, secret = password
            st.warning(
                text(
                    "First password of {name}: write it down now, it is not shown again. It opens the account for "
                    "{days} days and is replaced at the first sign-in.",
                    name=plain_text.literal(name),
                    days=context.words.number(accounts.FIRST_PASSWORD_LASTS.days),
                )
            )
            with st.container(key="first_password"):
                st.code(secret, language=None)
    known = accounts.everyone(context.store)
    # above the list, which is many screens long on a phone
    with st.expander(text("Make an account"), expanded=not known):
        make(context)
    listed(context, known)
    waiting(context)
    with st.container(border=True):
        change(context, known)
    open_to_all(context)


def listed(context: session.Context, known: tuple[accounts.Account, ...]) -> None:
    """List every account with what it may do and where it is in use."""
    words, text = context.words, context.words.text
    st.write(
        text(
            "Everybody signs in with an account of their own. A change takes effect at once: open pages ask to sign in "
            "again."
        )
    )
    sessions, used = signing_in.open_sessions(context.store), signing_in.last_used(context.store)
    rows = [
        (
            one.username,
            one.display_name,
            text(roles.ROLES[one.role]),
            text(accounts.state(one)),
            words.number(sessions.get(one.username, 0)),
            words.instant(used[one.username]) if one.username in used else "–",
            words.instant(one.set_at),
        )
        for one in known
    ]
    headings = (
        text("Account"),
        text("Name for others"),
        text("Role"),
        text("State"),
        text("Open sign-ins"),
        text("Last sign-in"),
        text("Last changed"),
    )
    st.html(tables.table(text("Accounts of this record"), headings, rows))


def waiting(context: session.Context) -> None:
    """List the accounts that were tried with a wrong password within a day, and let nobody wait for their tries."""
    words, text = context.words, context.words.text
    tried, found = signing_in.waiting(context.store, with_cleared=True), signing_in.waiting(context.store)
    if not tried:
        return
    st.subheader(text("Wrong passwords of the last day"))
    rows = [
        (name, words.number(count, 0), words.instant(last), "–" if name in found else text("let in again"))
        for name, (count, last) in sorted(tried.items())
    ]
    headings = (text("Account"), text("Wrong tries"), text("The last one"), text("State"))
    st.html(tables.table(text("Accounts tried with a wrong password"), headings, rows))
    if not found:
        return
    chosen = choices.one(text("Account to let in again"), {name: name for name in found}, key="account_waiting")
    if st.button(text("Let it sign in without waiting"), key="account_clear"):
        reviewer.attempt(
            context,
            lambda: signing_in.clear_attempts(context.store, chosen, context.actor(context.role)),
            text("It may sign in without waiting; its wrong tries stay in the count of the day."),
        )


def make(context: session.Context) -> None:
    """Make one more account."""
    text = context.words.text
    if st.session_state.pop(MADE, False):
        # the next account has other names
        st.session_state[NEW_NAME] = st.session_state[NEW_DISPLAY] = ""
    name = st.text_input(text("Name of the account, such as a staff number"), key=NEW_NAME, autocomplete="off")
    display_name = st.text_input(text("Name for others"), key=NEW_DISPLAY, autocomplete="off")
    role = choices.one(text("Role"), _role_names(context), key="account_new_role")

    def add() -> None:
        _shown(name, accounts.add(context.store, name, role, context.actor(context.role), display_name))
        st.session_state[MADE] = True

    if st.button(text("Make the account"), type="primary", key="account_make"):
        reviewer.attempt(context, add, text("The account is made."))


def change(context: session.Context, known: tuple[accounts.Account, ...]) -> None:
    """Change one account: its role, its password, whether it opens anything, where it is signed in."""
    text = context.words.text
    st.subheader(text("Change an account"))
    if not known:
        return
    names = {one.username: f"{one.username} ({one.display_name})" for one in known}
    chosen = choices.one(text("Account"), names, key="account_chosen")
    one = next(each for each in known if each.username == chosen)
    # with the role that stands, so that the field follows what somebody else gives meanwhile
    key = f"account_role_{chosen}_{one.role}"
    st.session_state.setdefault(key, one.role)
    role = choices.one(text("Role"), _role_names(context), key=key)
    store, actor = context.store, context.actor(context.role)

    def attempt(action: Callable[[], object], sentence: str) -> None:
        reviewer.attempt(context, action, f"{plain_text.literal(chosen)}: {sentence}")

    if st.button(text("Give this role"), key="account_give_role", disabled=role == one.role):
        attempt(lambda: accounts.give_role(store, chosen, role, actor), text("The role is changed."))
    label = text("Give a new first password") if one.active else text("Open it again with a new first password")
    if st.button(label, key="account_reset"):
        attempt(lambda: _shown(chosen, accounts.reset(store, chosen, actor)), text("The old password is gone."))
    if st.button(text("Sign out everywhere"), key="account_end"):
        attempt(lambda: signing_in.end_all(store, chosen, actor), text("Every open page of it asks to sign in."))
    if st.button(text("Disable the account"), key="account_disable", disabled=not one.active):
        attempt(lambda: accounts.disable(store, chosen, actor), text("It opens nothing any more."))


def _role_names(context: session.Context) -> dict[str, str]:
    return {role: context.words.text(name) for role, name in roles.ROLES.items()}


def _shown(name: str, password: str) -> None:
    st.session_state[SHOWN_ONCE] = (accounts.username(name), password)


def open_to_all(context: session.Context) -> None:
    """Make the pages for the public, and let everybody read them, or no longer."""
    words, text = context.words, context.words.text
    st.subheader(text("Pages for everybody"))
    made_at, is_open = public_pages.made_at(context.workspace), public_pages.is_open(context.store)
    when = text("Nobody has made them yet.")
    if made_at is not None:
        when = text("They show the record as of {day}.", day=words.instant(made_at))
    holds = text(
        "They hold no names, notes or photos. When open, anybody reads them at {path} without an account.",
        path=f"`{permissions.PUBLIC_PATH}/`",
    )
    st.write(f"{when} {holds}")
    if made_at is not None and public_pages.is_behind(context.store, dt.datetime.now(dt.UTC)):
        st.warning(text("The record has gone on since; make them again."))
    with st.container(horizontal=True):
        label = text("Make them now") if made_at is None else text("Make them again")
        is_to_make = st.button(label, key="public_make")
        label = text("Close them again") if is_open else text("Open them to everybody")
        is_to_switch = st.button(label, key="public_pages")
    link = f"[{text('Read the pages')}]({permissions.PUBLIC_PATH}/)"
    # below the buttons: a spinner between them would push the second away from whoever is about to press it
    if is_to_switch:
        sentence = text("The pages are closed.") if is_open else f"{text('The pages are open.')} {link}"
        # pressed one right after the other, both come in one run
        switch = functools.partial(_open_public, context, opened=not is_open, anew=is_to_make)
        reviewer.attempt(context, switch, sentence, at=PUBLIC)
    elif is_to_make:
        made = text("The pages are made.")
        # closed, nobody could follow the link
        reviewer.attempt(context, lambda: _make_public(context), f"{made} {link}" if is_open else made, at=PUBLIC)
    # beside the button, at the foot of a long page, where the links are looked for
    reviewer.show_done(PUBLIC)


def _open_public(context: session.Context, *, opened: bool, anew: bool) -> None:
    if anew or (opened and public_pages.made_at(context.workspace) is None):
        _make_public(context)
    value, actor = public_pages.OPEN if opened else "", context.actor(context.role)
    municipal_choices.choose(context.store, public_pages.CHOICE, value, actor)


def _make_public(context: session.Context) -> None:
    with st.spinner(context.words.text("Making the pages …")):
        public_site.make(context.store, context.record(), context.today, public_pages.folder(context.workspace))


if __name__ == "__main__":
    show(session.current())
