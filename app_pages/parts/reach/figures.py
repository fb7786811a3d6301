"""Work out the reach of the record once for each content, and name what it speaks of."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.session import basemap, cache
from audits import errors, terms, wording
from audits import record as records
from audits.access import persona_reach, population_problems, site_network
from layers import errors as layer_errors
from layers import ground, personas, population_file

PLACES = {
    "airport": wording.phrase("airport"),
    "bank": wording.phrase("bank"),
    "bus_stop": wording.phrase("bus stop"),
    "bus_terminal": terms.SETTING["bus_terminal"],
    "clinic": wording.phrase("clinic"),
    "college": wording.phrase("college"),
    "community": wording.phrase("community centre"),
    "government": wording.phrase("government office"),
    "hospital": wording.phrase("hospital"),
    "library": wording.phrase("library"),
    "mall": wording.phrase("shopping centre"),
    "market": wording.phrase("market"),
    "municipal_school": wording.phrase("municipal school"),
    "museum": wording.phrase("museum"),
    "park": terms.SETTING["park"],
    "park_point": wording.phrase("place in a park"),
    "pharmacy": wording.phrase("pharmacy"),
    "public_hall": wording.phrase("public hall"),
    "rail": wording.phrase("railway station"),
    "school": wording.phrase("school"),
    "special_school": wording.phrase("special school"),
    "stadium": wording.phrase("stadium"),
    "supermarket": wording.phrase("supermarket"),
    "temple": wording.phrase("temple"),
    "toilet": wording.phrase("toilet"),
    "university": wording.phrase("university"),
    "worship": wording.phrase("place of worship"),
}


def persona_names(context: session.Context) -> dict[str, str]:
    """Return the personas of the network with their names in the reader's language."""
    thai = context.words.language == "th"
    return {one.persona: one.name_th if thai else one.name_en for one in personas.load()}


@dataclass(frozen=True, eq=False)
class Known:
    """The reach of one persona, and the key of all that is worked out from it."""

    key: tuple[object, ...]
    reach: persona_reach.Reach


KEYS: cache.HashFunctions = {**cache.KEYS, Known: operator.attrgetter("key")}


@dataclass(frozen=True, eq=False)
class Figures:
    """The tables of one walk; see the functions of :mod:`audits.access.persona_reach` of the same names."""

    by_zone: pd.DataFrame
    by_site: pd.DataFrame
    barriers: pd.DataFrame
    by_cause: pd.DataFrame
    passers: pd.Series


def figures(record: records.AuditedRecord, known: Known, limit_m: float) -> Figures:
    """Return the tables of one walk, worked out once for each content."""
    return _figures(known, limit_m, record)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=KEYS)
def _figures(known: Known, limit_m: float, _record: records.AuditedRecord) -> Figures:
    found = known.reach
    return Figures(
        persona_reach.by_zone(found, _record.sites["zone"], limit_m),
        persona_reach.by_site(found, limit_m),
        persona_reach.busiest_barriers(found, limit_m),
        persona_reach.by_cause(found, limit_m),
        persona_reach.passers(found, limit_m),
    )


def found(context: session.Context, record: records.AuditedRecord, persona: str) -> Known | None:
    """Return the reach of one persona, worked out once for each content; None with the reason shown."""
    folder = context.workspace.folder
    versions = basemap.versions(context)
    try:
        return Known((record.key, *versions, persona), _found(record, versions, persona, folder))
    except errors.RefusedError as refused:
        problems = refused.problems
    except population_file.PopulationError as refused:
        file = population_file.path(folder)
        problems = population_problems.problems(file.name if file else "", refused)
    except layer_errors.LayerError as fault:
        st.error(str(fault))
        return None
    for problem in problems:
        st.error(context.words.problem(problem))
    return None


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs=KEYS)
def _found(record: records.AuditedRecord, versions: tuple[int, int], persona: str, folder: Path) -> persona_reach.Reach:
    walking, places = _ground(str(folder), *versions)
    return persona_reach.analyse(
        walking,
        record,
        next(one for one in personas.load() if one.persona == persona),
        places,
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def _ground(folder: str, *changed_ns: int) -> tuple[site_network.Walking, gpd.GeoDataFrame]:
    del changed_ns  # what the cache tells versions apart by
    base = Path(folder)
    return site_network.read(base), ground.destinations(base)


def statements(context: session.Context, known: Known) -> list[str]:
    """Return the caveats that go with every figure, in the reader's language."""
    text = context.words.text
    return [
        text(phrase, **{name: text(value) for name, value in values.items()}) if values else text(phrase)
        for phrase, values in known.reach.statements
    ]
