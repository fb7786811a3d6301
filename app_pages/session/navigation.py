"""Lead from page to page with language and workspace kept, and say above each page who reads it."""

from __future__ import annotations

import html
from urllib.parse import urlencode

import streamlit as st

from app_pages import session
from app_pages.session import cache, page_roles
from audits import roles, terms, wording


def masthead(context: session.Context) -> None:
    """Show who is signed in, the language switch and, in the demonstration, that nothing here is real."""
    st.html(f'<div class="jaidee-masthead">{_signed_in(context)}{language_switch(context.words)}</div>')
    if context.demonstration:
        notice = html.escape(context.words.text(terms.DEMONSTRATION))
        st.html(f'<p class="jaidee-demonstration" role="note">{notice}</p>')


def _signed_in(context: session.Context) -> str:
    if context.account is None:
        return ""
    text = context.words.text
    role = text(roles.ROLES[context.account.role])
    return (
        f'<form class="jaidee-reader" method="post" action="/sign-out">'
        f"<span>{html.escape(context.account.display_name)} ({html.escape(role)})</span> "
        f'<a href="/sign-in/password" target="_self">{html.escape(text("Change the password"))}</a> '
        f"<button>{html.escape(text('Sign out'))}</button></form>"
    )


def language_switch(words: wording.Wording) -> str:
    """Write links to this very page in each language; the address keeps everything else."""
    parts = []
    for language, name in (("th", "ไทย"), ("en", "English")):
        if language == words.language:
            parts.append(f'<span lang="{language}" aria-current="true">{name}</span>')
        else:
            query = urlencode({**st.query_params.to_dict(), "lang": language})
            parts.append(
                f'<a href="?{html.escape(query)}" target="_self" lang="{language}" hreflang="{language}">{name}</a>'
            )
    return f'<nav class="jaidee-languages" aria-label="ภาษา / Language">{" ".join(parts)}</nav>'


def link(context: session.Context, page: str, *, label: str, query_params: dict[str, str]) -> None:
    """Show a link to another page, to those who have that page.

    Parameters
    ----------
    context
        The reader.
    page
        File of the page, such as ``site.py``.
    label, query_params
        Its text, and the parameters of its address.
    """
    if page_roles.has(context.role, page.removesuffix(".py")):
        st.page_link(page, label=label, query_params=query_params)


def query(context: session.Context, **parameters: str) -> dict[str, str]:
    """Build the address parameters of a link to another page, with language and workspace kept."""
    kept = {"lang": context.words.language}
    kept |= {"workspace": cache.DEMONSTRATION} if context.demonstration else {}
    return kept | parameters
