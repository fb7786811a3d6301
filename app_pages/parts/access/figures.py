"""Measure access once for each content of the record, for the pages of access and priority."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.session import basemap, cache, plain_text
from audits import errors
from audits import record as records
from audits.access import access_text, catchments, population_problems, site_network, trips
from layers import errors as layer_errors
from layers import population_file, positions


@dataclass(frozen=True, eq=False)
class Known:
    """The network with the audited sites, the works under contract or built, and the key of what follows from it."""

    key: tuple[object, ...]
    prepared: trips.Prepared
    committed: frozenset[str]


# by what it was made from: the network itself has no hash
KEYS: cache.HashFunctions = {**cache.KEYS, Known: operator.attrgetter("key")}


def found(context: session.Context, record: records.AuditedRecord) -> Known | None:
    """Return the network with the audited sites, worked out once for each content; None with the reason shown."""
    folder = context.workspace.folder
    versions = basemap.versions(context)
    try:
        committed = cache.committed(context.store, record)
        return Known((record.key, *versions), _prepared(record, versions, folder), committed)
    except errors.RefusedError as refused:
        problems = refused.problems
    except population_file.PopulationError as refused:
        file = population_file.path(folder)
        problems = population_problems.problems(file.name if file else "", refused)
    except layer_errors.LayerError as fault:
        st.error(plain_text.literal(str(fault)))
        return None
    for problem in problems:
        st.error(plain_text.literal(context.words.problem(problem)))
    return None


@st.cache_resource(max_entries=4, show_spinner=False, hash_funcs=KEYS)
def _prepared(record: records.AuditedRecord, versions: tuple[int, int], folder: Path) -> trips.Prepared:
    return trips.prepare(_walking(str(folder), record.area, *versions), record)


# apart from the sites: a survey changes the record and leaves the network as it was
@st.cache_resource(max_entries=2, show_spinner=False)
def _walking(folder: str, area: positions.Box | None, *changed_ns: int) -> site_network.Walking:
    del changed_ns  # what the cache tells versions apart by
    return site_network.read(Path(folder), area)


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs=KEYS)
def cases(known: Known, persona: str) -> access_text.Cases:
    """Measure access of a persona, or of all together, in both cases."""
    return access_text.measure(known.prepared, persona)


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs=KEYS)
def finished(known: Known, persona: str) -> trips.Access | None:
    """Measure access once the works under contract or built are finished; None where there are none."""
    return access_text.finished(known.prepared, known.committed, persona)


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs=KEYS)
def busiest_barriers(known: Known, people: tuple[str, ...]) -> pd.DataFrame:
    """List the barriers that most trips meet."""
    return catchments.busiest_barriers(known.prepared, people)


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs=KEYS)
def unknown_m(known: Known, people: tuple[str, ...]) -> float:
    """Sum the metres of way that nobody can judge."""
    return catchments.unknown_m(known.prepared, people)
