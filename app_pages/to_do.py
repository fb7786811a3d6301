"""To do: the tasks that wait for the office, each a number with a link to its page."""

from __future__ import annotations

import datetime as dt
import os

import streamlit as st

from app_pages import session
from app_pages.parts.shared import tables
from app_pages.parts.to_do import waiting
from app_pages.session import cache, navigation, page_roles
from audits import roles, wording
from audits.doctor import checks
from audits.store.public_form import unread
from audits.store.register import municipal_choices

_ACCOUNTS = ("accounts.py", wording.phrase("Open the accounts"))
# where what a check found is put right
MENDED_AT = {
    "record": ("audit_log.py", wording.phrase("Check that nothing was altered")),
    "backup": ("backup.py", wording.phrase("Back up now and check it")),
    "unused_accounts": _ACCOUNTS,
    "first_passwords": _ACCOUNTS,
    "wrong_passwords": _ACCOUNTS,
    "public_pages": _ACCOUNTS,
    municipal_choices.PRIVACY_CONTACT: ("privacy.py", wording.phrase("Write the contact")),
    municipal_choices.ACCESSIBILITY_CONTACT: ("accessibility.py", wording.phrase("Write the contact")),
}
ALL_KNOWN = wording.phrase("Backup, disk, errors, accounts and certificates: nothing needs a hand.")
SOME_KNOWN = wording.phrase("Nothing that could be looked at needs a hand.")
OPENED_AT = {"record": {"tab": "check"}}
"""What of that page the link opens."""


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    if context.record().sites.empty and page_roles.has(context.role, "start"):
        st.switch_page("start.py", query_params=navigation.query(context))
    st.title(text("To do"))
    if context.role == roles.ADMINISTRATOR:
        health(context)
        return
    sent = unread.number(context.store)
    found = _items(context.record().key, context.today, context.words.language, sent, context)
    open_items = [one for one in found if one.number]
    if not open_items:
        st.success(text("Nothing waits."))
    for left, right in zip(open_items[::2], [*open_items[1::2], None], strict=False):
        for column, item in zip(st.columns(2), (left, right), strict=True):
            if item is not None:
                with column.container(border=True):
                    _card(context, item)
    done = [one.sentence for one in found if not one.number]
    if done:
        st.html(f"<p>{tables.small(text('Nothing waits here: {things}.', things=', '.join(done)))}</p>")
    health(context)


def health(context: session.Context) -> None:
    """Show those who keep the record what needs a hand, as `python -m audits doctor` prints it."""
    if not context.sees("accounts"):
        return
    text, own = context.words.text, context.in_own_record()
    found = checks.examine(own.store, os.environ, dt.datetime.now(dt.UTC))
    wrong = [one for one in found if not one.ok]
    st.subheader(text("The program and its record"))
    if not wrong:
        st.success(text(ALL_KNOWN if all(one.known for one in found) else SOME_KNOWN))
    for one in wrong:
        with st.container(border=True):
            details = (tables.small(detail) for detail in one.lines(context.words))
            st.html(f"<p>{tables.lines(tables.strong(one.sentence(context.words)), *details)}</p>")
            if one.name in MENDED_AT:
                page, label = MENDED_AT[one.name]
                query = navigation.query(context) | OPENED_AT.get(one.name, {})
                navigation.link(context, page, label=text(label), query_params=query)
    sound = [f"{one.mark} {one.sentence(context.words)}" for one in sorted(found, key=lambda one: one.known) if one.ok]
    st.html(f"<p>{tables.lines(*map(tables.small, sound))}</p>")


@st.cache_data(max_entries=8, show_spinner=False, hash_funcs=cache.KEYS)
def _items(record_key: str, today: object, language: str, sent: int, _context: session.Context) -> list[waiting.Item]:
    del record_key, today, language  # what the cache tells the lists apart by
    return waiting.items(_context, sent)


def _card(context: session.Context, item: waiting.Item) -> None:
    number = context.words.number(item.number, 0)
    st.html(f'<p class="jaidee-waiting"><b>{number}</b> {tables.cell(item.sentence)}</p>')
    query = {**navigation.query(context), **item.parameters}
    navigation.link(context, item.page, label=item.link, query_params=query)


if __name__ == "__main__":
    show(session.current())
