"""Open each store once in this process, and audit each state of it once."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable
from typing import Any, Literal

import pandas as pd
import streamlit as st

from audits import record as records
from audits import wording
from audits.access import committed_works
from audits.quality import agreement, report
from audits.reports import known_places
from audits.rules import model
from audits.store import town as towns
from audits.store.db import connection, workspace
from audits.store.register import devices as calibrated
from audits.store.requests import requests as requests_kept
from audits.store.surveys import read as reading
from audits.store.works import plans as kept_plans
from layers import positions

DEMONSTRATION: Literal["demonstration"] = "demonstration"
# Any is Streamlit's own word here: it asks every function for the hash of whatever type it stands for
HashFunctions = dict[str | type[Any], Callable[[Any], Any]]
KEYS: HashFunctions = {records.AuditedRecord: operator.attrgetter("key")}
"""``hash_funcs`` of every cache of what is worked out from a record."""


@st.cache_resource(show_spinner=False)
def open_store(place: workspace.Workspace, demonstration: bool) -> connection.Store:
    """Open a workspace's store once in this process."""
    return connection.open_store(place, kind=DEMONSTRATION if demonstration else "real")


def record(
    store: connection.Store,
    criteria: model.Criteria,
    weights: model.Weights,
    edition: str,
    as_of: dt.date | None,
    official_only: bool,
) -> records.AuditedRecord:
    """Audit a store as it stands now; parameters as of :func:`audits.record.read`."""
    key = records.key(store, criteria, weights, edition=edition, as_of=as_of, official_only=official_only)
    return _record(key, store, criteria, weights, edition, as_of, official_only)


def town(store: connection.Store) -> towns.Town:
    """Read the town of a store as it stands now."""
    return _town(store.workspace, str(reading.head(store)), store)


@st.cache_data(max_entries=24, show_spinner=False, hash_funcs={workspace.Workspace: repr})
def _town(place: workspace.Workspace, head: str, _store: connection.Store) -> towns.Town:
    del place, head  # what the cache tells towns apart by
    return towns.read(_store)


def area(store: connection.Store) -> positions.Box | None:
    """Find where the town of a store lies, as the store stands now."""
    return _area(store.workspace, str(reading.head(store)), store)


@st.cache_data(max_entries=24, show_spinner=False, hash_funcs={workspace.Workspace: repr})
def _area(place: workspace.Workspace, head: str, _store: connection.Store) -> positions.Box | None:
    del place, head  # what the cache tells areas apart by
    return towns.read(_store).area(reading.sites(_store))


def known(store: connection.Store, language: str) -> dict[str, str]:
    """Name the places of a store as it stands now, see :func:`audits.reports.known_places.labels`."""
    return _known(store.workspace, str(reading.head(store)), language, store)


@st.cache_data(max_entries=24, show_spinner=False, hash_funcs={workspace.Workspace: repr})
def _known(place: workspace.Workspace, head: str, language: str, _store: connection.Store) -> dict[str, str]:
    del place, head  # what the cache tells places apart by
    return known_places.labels(_store, wording.Wording(language))


def surveys(store: connection.Store) -> pd.DataFrame:
    """Read the whole history of surveys of a store as it stands now; not to be written to."""
    return _surveys(store.workspace, str(reading.head(store)), store)


def photos(store: connection.Store, code: str) -> pd.DataFrame:
    """Read the photos of a site of a store as it stands now; not to be written to."""
    rows = _photos(store.workspace, str(reading.head(store)), store)
    return rows.loc[rows["site_code"] == code]


def requests(store: connection.Store) -> pd.DataFrame:
    """Read the requests of residents of a store as it stands now; not to be written to."""
    return _requests(store.workspace, str(reading.head(store)), store)


def devices(store: connection.Store) -> pd.DataFrame:
    """Read the last calibration of each device of a store as it stands now; not to be written to."""
    return _devices(store.workspace, str(reading.head(store)), store)


def trust(
    store: connection.Store, record: records.AuditedRecord, today: dt.date
) -> tuple[agreement.Agreement, report.Quality]:
    """Work out how far a record can be trusted: :func:`audits.quality.report.of_record`."""
    return _trust(record, today, store)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs=KEYS)
def _trust(
    record: records.AuditedRecord, today: dt.date, _store: connection.Store
) -> tuple[agreement.Agreement, report.Quality]:
    return report.of_record(_store, record, today)


def committed(store: connection.Store, record: records.AuditedRecord) -> frozenset[str]:
    """Find the works that are built or under contract: :func:`audits.access.committed_works.committed`."""
    return _committed(record, store)[0]


def promised(store: connection.Store, record: records.AuditedRecord) -> frozenset[str]:
    """Find the works of plans that nobody is under contract for: :func:`audits.access.committed_works.promised`."""
    return _committed(record, store)[1]


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs=KEYS)
def _committed(record: records.AuditedRecord, _store: connection.Store) -> tuple[frozenset[str], frozenset[str]]:
    return committed_works.committed(_store, record), committed_works.promised(_store, record)


def plans(store: connection.Store) -> pd.DataFrame:
    """Read the plans that were kept in a store as it stands now; not to be written to."""
    return _plans(store.workspace, str(reading.head(store)), store)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={workspace.Workspace: repr})
def _plans(place: workspace.Workspace, head: str, _store: connection.Store) -> pd.DataFrame:
    del place, head  # what the cache tells records apart by
    return kept_plans.listed(_store)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={workspace.Workspace: repr})
def _surveys(place: workspace.Workspace, head: str, _store: connection.Store) -> pd.DataFrame:
    del place, head  # what the cache tells records apart by
    return reading.surveys(_store)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={workspace.Workspace: repr})
def _photos(place: workspace.Workspace, head: str, _store: connection.Store) -> pd.DataFrame:
    # what the cache tells states of the store apart by: an erased photo is gone at once
    del place, head
    return reading.photos(_store)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={workspace.Workspace: repr})
def _requests(place: workspace.Workspace, head: str, _store: connection.Store) -> pd.DataFrame:
    del place, head  # what the cache tells records apart by
    return requests_kept.every(_store)


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={workspace.Workspace: repr})
def _devices(place: workspace.Workspace, head: str, _store: connection.Store) -> pd.DataFrame:
    del place, head  # what the cache tells records apart by
    return calibrated.latest(_store)


# Streamlit hashes no argument that begins with an underscore: the key stands for all of them
@st.cache_resource(max_entries=24, show_spinner=False)
def _record(
    key: str,
    _store: connection.Store,
    _criteria: model.Criteria,
    _weights: model.Weights,
    _edition: str,
    _as_of: dt.date | None,
    _official_only: bool,
) -> records.AuditedRecord:
    del key  # what the cache tells records apart by
    return records.read(_store, _criteria, _weights, edition=_edition, as_of=_as_of, official_only=_official_only)
