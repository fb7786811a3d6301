"""Give every page what it stands in: the reader's language, the open workspace, the cached audit."""

from __future__ import annotations

import datetime as dt
import html
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import geopandas as gpd
import pandas as pd
import streamlit as st

from audits import audit, criteria, criteria_files, terms, wording
from audits.store import connection, read
from audits.store import workspace as workspaces

DEMONSTRATION = "demonstration"


@dataclass(frozen=True)
class Here:
    """What a page needs to know of its reader and its workspace."""

    words: wording.Wording
    workspace: workspaces.Workspace
    store: connection.Store
    book: criteria.Criteria
    weights: criteria.Weights
    demonstration: bool
    today: dt.date


@dataclass(frozen=True)
class Audited:
    """One state of the store, audited."""

    sites: gpd.GeoDataFrame
    elements: pd.DataFrame
    measurements: pd.DataFrame
    surveys: pd.DataFrame
    audit: audit.Audit
    head: str


def here() -> Here:
    """Return the reader's language and workspace, from the address first, then from the session."""
    language = _kept("lang", st.context.cookies.get("lang") or "th")
    demonstration = _kept("workspace", "") == DEMONSTRATION
    main = workspaces.chosen(None, os.environ)
    workspace = main.demonstration if demonstration else main
    return Here(
        words=wording.Wording(language),
        workspace=workspace,
        store=open_store(workspace, demonstration),
        book=criteria_files.load_criteria(),
        weights=_weights(workspace),
        demonstration=demonstration,
        today=dt.datetime.now(wording.BANGKOK).date(),
    )


def _weights(workspace: workspaces.Workspace) -> criteria.Weights:
    """Return the workspace's own weights if it has any, read again when the file changes."""
    path = workspace.weights_path if workspace.weights_path.is_file() else criteria_files.WEIGHTS
    return _weights_of(str(path), path.stat().st_mtime_ns)


@st.cache_resource(max_entries=8, show_spinner=False)
def _weights_of(path: str, changed_ns: int) -> criteria.Weights:
    del changed_ns  # what the cache tells versions apart by
    return criteria_files.load_weights(Path(path))


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
    place: Here, edition: str = audit.BY_PERMIT_DATE, as_of: dt.date | None = None, approved_only: bool = False
) -> Audited:
    """Return the audit of the store as it stands now; computed once for each state of store, criteria and weights."""
    head = str(read.head(place.store))
    return _audited(place.store, head, place.book, place.weights, edition, as_of, approved_only)


@st.cache_resource(
    max_entries=24,
    show_spinner=False,
    hash_funcs={
        connection.Store: lambda store: str(store.workspace.folder),
        criteria.Criteria: lambda book: book.version,
        criteria.Weights: repr,
    },
)
def _audited(
    store: connection.Store,
    head: str,
    book: criteria.Criteria,
    weights: criteria.Weights,
    edition: str,
    as_of: dt.date | None,
    approved_only: bool,
) -> Audited:
    sites = read.sites(store)
    sites = sites.loc[~sites["retired"].astype(bool)]
    elements = read.elements(store)
    measurements = read.measurements(store, as_of, approved_only=approved_only)
    result = audit.run(sites, elements, measurements, book, weights, edition)
    return Audited(sites, elements, measurements, read.surveys(store, as_of), result, head)


def masthead(place: Here) -> None:
    """Show the language switch and, in the demonstration, that nothing here is real."""
    st.html(language_switch(place.words))
    if place.demonstration:
        st.html(f'<p class="jaidee-demonstration" role="note">{html.escape(place.words.text(terms.DEMONSTRATION))}</p>')


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


def query(place: Here, **parameters: str) -> dict[str, str]:
    """Return the address parameters of a link to another page, with language and workspace kept."""
    kept = {"lang": place.words.language} | ({"workspace": DEMONSTRATION} if place.demonstration else {})
    return kept | parameters
