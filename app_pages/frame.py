"""Give every page what it stands in: the reader's language, the open workspace, the cached audit."""

from __future__ import annotations

import datetime as dt
import html
import os
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import geopandas as gpd
import pandas as pd
import streamlit as st

from app_pages import page_roles
from audits import errors, roles, settings, terms, wording
from audits.rules import files, model
from audits.scoring import run
from audits.store.accounts import accounts, sessions
from audits.store.db import connection
from audits.store.db import workspace as workspaces
from audits.store.surveys import read

DEMONSTRATION = "demonstration"
SESSION_HEADER = "x-jaidee-session"


@dataclass(frozen=True)
class Here:
    """What a page needs to know of its reader and its workspace."""

    words: wording.Wording
    workspace: workspaces.Workspace
    store: connection.Store
    book: model.Criteria
    weights: model.Weights
    demonstration: bool
    today: dt.date
    account: accounts.Account | None = None

    @property
    def role(self) -> str:
        """Return the role of whoever reads."""
        return self.store.role


@dataclass(frozen=True)
class Audited:
    """One state of the store, audited."""

    sites: gpd.GeoDataFrame
    elements: pd.DataFrame
    measurements: pd.DataFrame
    surveys: pd.DataFrame
    audit: run.Audit
    head: str


def here() -> Here:
    """Return the reader's language and workspace, from the address first, then from the session.

    Who reads is asked anew every time: whoever was signed out meanwhile sees the way to sign in, and nothing else.
    """
    words = wording.Wording(_kept("lang", st.context.cookies.get("lang") or "th"))
    demonstration = _kept("workspace", "") == DEMONSTRATION
    main = workspaces.chosen(None, os.environ)
    workspace = main.demonstration if demonstration else main
    account = None
    if settings.terms(os.environ).shared:
        account = sessions.who(open_store(main, demonstration=False), session_digest())
        if account is None or account.must_change:
            _ask_to_sign_in(words)
            st.stop()
    return Here(
        words=words,
        workspace=workspace,
        store=open_store(workspace, demonstration).for_role(account.role if account else roles.OFFICE),
        book=files.load_criteria(),
        weights=_weights(workspace),
        demonstration=demonstration,
        today=dt.datetime.now(wording.BANGKOK).date(),
        account=account,
    )


def in_own_record(place: Here) -> Here:
    """Return the same reader in the municipality's own record, where the accounts are, also from the demonstration."""
    main = workspaces.chosen(None, os.environ)
    store = open_store(main, demonstration=False).for_role(place.role)
    return replace(place, workspace=main, store=store, demonstration=False)


def session_digest() -> str:
    """Return what the guard says of who asks: the digest of the token, or nothing."""
    return st.context.headers.get(SESSION_HEADER) or ""


def _ask_to_sign_in(words: wording.Wording) -> None:
    said, link = words.text("You are signed out."), words.text("Sign in again")
    st.html(f'<h1>{html.escape(said)}</h1><p><a href="/sign-in" target="_self">{html.escape(link)}</a></p>')


def sees(place: Here, sight: str) -> bool:
    """Return whether the reader may see one kind of thing, a key of :data:`audits.roles.SIGHTS`."""
    return roles.sees(place.role, sight)


def actor(place: Here, typed: str) -> str:
    """Return who answers for a deed: the account signed in, else the name as it was typed."""
    return place.account.username if place.account else typed.strip()


def told_refusal(words: wording.Wording, error: Exception) -> bool:
    """Say in a sentence that something is not for this reader; False when the error is another one."""
    if not isinstance(error, errors.NotAllowedError):
        return False
    role = words.text(roles.ROLES.get(error.role, error.role))
    st.error(words.text("This is not for your role ({role}). If you need it, ask an administrator.", role=role))
    return True


def _weights(workspace: workspaces.Workspace) -> model.Weights:
    """Return the workspace's own weights if it has any, read again when the file changes."""
    path = workspace.weights_path if workspace.weights_path.is_file() else files.WEIGHTS
    return _weights_of(str(path), path.stat().st_mtime_ns)


@st.cache_resource(max_entries=8, show_spinner=False)
def _weights_of(path: str, changed_ns: int) -> model.Weights:
    del changed_ns  # what the cache tells versions apart by
    return files.load_weights(Path(path))


def _kept(name: str, otherwise: str) -> str:
    """Return an address parameter that stays while the reader walks from page to page."""
    value = st.query_params.get(name) or st.session_state.get(f"kept_{name}") or otherwise
    st.session_state[f"kept_{name}"] = value
    if value and st.query_params.get(name) != value:
        st.query_params[name] = value
    return value


@st.cache_resource(show_spinner=False)
def open_store(workspace: workspaces.Workspace, demonstration: bool) -> connection.Store:
    """Open a workspace's store once in this process."""
    return connection.open_store(workspace, kind=DEMONSTRATION if demonstration else "real")


def audited(
    place: Here, edition: str = run.BY_PERMIT_DATE, as_of: dt.date | None = None, approved_only: bool = False
) -> Audited:
    """Return the audit of the store as it stands now; computed once for each state of store, criteria and weights."""
    head = str(read.head(place.store))
    return _audited(place.store, head, place.book, place.weights, edition, as_of, approved_only)


@st.cache_resource(
    max_entries=24,
    show_spinner=False,
    hash_funcs={
        connection.Store: lambda store: str(store.workspace.folder),
        model.Criteria: lambda book: book.version,
        model.Weights: repr,
    },
)
def _audited(
    store: connection.Store,
    head: str,
    book: model.Criteria,
    weights: model.Weights,
    edition: str,
    as_of: dt.date | None,
    approved_only: bool,
) -> Audited:
    sites = read.sites(store)
    sites = sites.loc[~sites["retired"].astype(bool)]
    elements = read.elements(store)
    measurements = read.measurements(store, as_of, approved_only=approved_only)
    result = run.run(sites, elements, measurements, book, weights, edition)
    return Audited(sites, elements, measurements, read.surveys(store, as_of), result, head)


def told_script_error(error: Exception) -> bool:
    """Say in a sentence what a callback was refused; False leaves every other error to Streamlit."""
    return told_refusal(wording.Wording(str(st.session_state.get("kept_lang", "th"))), error)


def masthead(place: Here) -> None:
    """Show who is signed in, the language switch and, in the demonstration, that nothing here is real."""
    st.html(f'<div class="jaidee-masthead">{_signed_in(place)}{language_switch(place.words)}</div>')
    if place.demonstration:
        st.html(f'<p class="jaidee-demonstration" role="note">{html.escape(place.words.text(terms.DEMONSTRATION))}</p>')


def _signed_in(place: Here) -> str:
    if place.account is None:
        return ""
    text = place.words.text
    role = text(roles.ROLES[place.account.role])
    return (
        f'<form class="jaidee-reader" method="post" action="/sign-out">'
        f"<span>{html.escape(place.account.display_name)} ({html.escape(role)})</span> "
        f'<a href="/sign-in/password" target="_self">{html.escape(text("Change the password"))}</a> '
        f"<button>{html.escape(text('Sign out'))}</button></form>"
    )


def language_switch(words: wording.Wording) -> str:
    """Return links to this very page in each language; the address keeps everything else."""
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


def link(place: Here, page: str, *, label: str, query_params: dict[str, str]) -> None:
    """Show a link to another page, to those who have that page.

    Parameters
    ----------
    place
        The reader.
    page
        File of the page, such as ``site.py``.
    label, query_params
        What it says, and what the page is told.
    """
    if page_roles.has(place.role, page.removesuffix(".py")):
        st.page_link(page, label=label, query_params=query_params)


def query(place: Here, **parameters: str) -> dict[str, str]:
    """Return the address parameters of a link to another page, with language and workspace kept."""
    kept = {"lang": place.words.language} | ({"workspace": DEMONSTRATION} if place.demonstration else {})
    return kept | parameters
