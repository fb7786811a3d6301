"""Work out the reach of the record once for each content, and name what it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import streamlit as st

from app_pages import frame
from audits import errors, persona_reach, terms, wording
from audits.planning import population_problems, site_network
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


def persona_names(place: frame.Here) -> dict[str, str]:
    """Return the personas of the network with their names in the reader's language."""
    thai = place.words.language == "th"
    return {one.persona: one.name_th if thai else one.name_en for one in personas.load()}


@dataclass(frozen=True, eq=False)
class Known:
    """The reach of one persona, and what it was worked out from: the key of all that is worked out from it."""

    key: tuple[object, ...]
    reach: persona_reach.Reach


@dataclass(frozen=True, eq=False)
class Figures:
    """The tables of one walk; see the functions of :mod:`audits.persona_reach` of the same names."""

    by_zone: pd.DataFrame
    by_site: pd.DataFrame
    barriers: pd.DataFrame
    by_cause: pd.DataFrame
    passers: pd.Series


def figures(state: frame.Audited, known: Known, limit_m: float) -> Figures:
    """Return the tables of one walk, worked out once for each content."""
    return _figures(known.key, limit_m, state, known)


@st.cache_resource(max_entries=32, show_spinner=False)
def _figures(
    key: tuple[object, ...],  # noqa: ARG001 - what the cache tells contents apart by
    limit_m: float,
    _state: frame.Audited,
    _known: Known,
) -> Figures:
    found = _known.reach
    return Figures(
        persona_reach.by_zone(found, _state.sites["zone"], limit_m),
        persona_reach.by_site(found, limit_m),
        persona_reach.busiest_barriers(found, limit_m),
        persona_reach.by_cause(found, limit_m),
        persona_reach.passers(found, limit_m),
    )


def found(place: frame.Here, state: frame.Audited, persona: str) -> Known | None:
    """Return the reach of one persona, worked out once for each content; None with the reason shown."""
    folder = place.workspace.folder
    key = (str(folder), state.head, repr(place.weights), place.book.version, state.audit.edition)
    key = (*key, ground.changed_at(folder), population_file.changed_at(folder), persona)
    try:
        return Known(key, _found(key, place, state, persona))
    except errors.RefusedError as refused:
        problems = refused.problems
    except population_file.PopulationError as refused:
        file = population_file.path(folder)
        problems = population_problems.problems(file.name if file else "", refused)
    except layer_errors.LayerError as fault:
        st.error(str(fault))
        return None
    for problem in problems:
        st.error(place.words.problem(problem))
    return None


@st.cache_resource(max_entries=16, show_spinner=False)
def _found(
    key: tuple[object, ...],  # noqa: ARG001 - what the cache tells contents apart by
    _place: frame.Here,
    _state: frame.Audited,
    persona: str,
) -> persona_reach.Reach:
    folder = _place.workspace.folder
    walking, places = _ground(str(folder), ground.changed_at(folder), population_file.changed_at(folder))
    return persona_reach.analyse(
        walking,
        _state.sites,
        _state.elements,
        _state.audit,
        _place.book,
        next(one for one in personas.load() if one.persona == persona),
        places,
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def _ground(folder: str, *changed_ns: int) -> tuple[site_network.Walking, gpd.GeoDataFrame]:
    del changed_ns  # what the cache tells versions apart by
    base = Path(folder)
    return site_network.read(base), ground.destinations(base)


def statements(place: frame.Here, known: Known) -> list[str]:
    """Return what must be said beside every figure, in the reader's language."""
    text = place.words.text
    return [
        text(phrase, **{name: text(value) for name, value in values.items()}) if values else text(phrase)
        for phrase, values in known.reach.statements
    ]
