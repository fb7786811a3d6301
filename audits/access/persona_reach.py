"""Work out who comes to each site step-free and who on foot, and what cuts the way."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from audits import barriers, wording
from audits import record as records
from audits.access import site_network
from layers import demand, network, passability, personas, reach

WORST, LIKELY, BEST = "worst", "likely", "best"
CASES = {WORST: wording.phrase("worst"), LIKELY: wording.phrase("likely"), BEST: wording.phrase("best")}
CASES_MEAN = wording.phrase(
    "Worst: what nobody knows blocks. Likely: what nobody has mapped passes, and what is measured decides. Best: what "
    "nobody knows passes."
)
ON_FOOT = "on_foot"
CITY = "city"
FAIL, BORDERLINE, UNMEASURED, PASS, NOT_SURVEYED = "fail", "borderline", "unknown", "pass", "not_surveyed"
FAR_PLACE_M = {True: 400.0, False: 100.0}

COARSE = wording.phrase(
    "No base map: the network is only the axes of main streets, good to about 30 m. Distances are rough, reach is "
    "understated, and nothing is known of any barrier between the sites."
)
MAPPED = wording.phrase(
    "Walking network from OpenStreetMap: what nobody has mapped is missing; what is mapped without a tag is unknown."
)
EQUAL = wording.phrase("No population by place is known, so these are not people: every {what} counts the same.")
HOMES, METRES_OF_WAY = wording.phrase("building"), wording.phrase("metre of way")
PEOPLE = wording.phrase("Residents as given, spread over the buildings of each area; what each can pass is modelled.")
ONLY_THESE = wording.phrase(
    "A site is open when no measured ramp, kerb ramp or path there stands in the way; doors are not counted."
)
UNION = wording.phrase("Who lives near several sites is counted once in a zone and in the city.")
LIKELY_SET = wording.phrase("The likely case counts only the sites that were surveyed; worst and best count all.")

_STRICT = {FAIL: False, PASS: True}
_LIKELY = {FAIL: False, BORDERLINE: False, UNMEASURED: True, PASS: True}


@dataclass(frozen=True, eq=False)
class Reach:
    """What one persona reaches in one record.

    Parameters
    ----------
    walking
        The network with the sites in it.
    persona
        Whose reach it is.
    verdicts
        By code: how the site stands for the persona, one of ``fail``, ``borderline``, ``unknown``, ``pass``,
        ``not_surveyed``.
    people
        Who starts where.
    causes
        The state of each edge by cause in the likely case; see :func:`layers.passability.by_cause`.
    unknown
        Length of the ways that nobody can judge; see :func:`layers.passability.unknown_lengths`.
    usable
        By case and :data:`ON_FOOT`: the edges that count, shape (edges,).
    graphs
        The same as matrices of lengths.
    destinations
        By category, the nodes of the places in reach of the network.
    """

    walking: network.Network
    persona: personas.Persona
    verdicts: pd.Series
    people: demand.Demand
    causes: pd.DataFrame
    unknown: pd.DataFrame
    usable: Mapping[str, npt.NDArray[np.bool_]]
    graphs: Mapping[str, reach.Graph]
    destinations: Mapping[str, npt.NDArray[np.intp]]

    @property
    def surveyed(self) -> pd.Index[str]:
        """Codes of the sites that were surveyed."""
        return self.verdicts.index[self.verdicts != NOT_SURVEYED]

    @property
    def statements(self) -> tuple[tuple[str, Mapping[str, str]], ...]:
        """Phrases that must stand beside every figure, each with the phrases that fill it."""
        start: tuple[str, Mapping[str, str]] = (PEOPLE, {})
        if self.people.equal:
            what = HOMES if self.people.statement == demand.EQUAL_BUILDINGS else METRES_OF_WAY
            start = (EQUAL, {"what": what})
        ways = COARSE if self.walking.coarse else MAPPED
        return ((ways, {}), start, (ONLY_THESE, {}), (UNION, {}), (LIKELY_SET, {}))

    def reached(self, lengths: reach.Graph, goals: pd.Series, limit_m: float) -> float:
        """Return how many people come to at least one of some nodes within a walk over some edges."""
        near = reach.nearest(lengths, goals.to_numpy(), limit_m) <= limit_m
        return float(self.people.weights[near].sum())


def analyse(
    walking: site_network.Walking,
    record: records.AuditedRecord,
    persona: personas.Persona,
    places: gpd.GeoDataFrame,
) -> Reach:
    """Return the reach of one persona.

    Parameters
    ----------
    walking
        From :func:`audits.access.site_network.read`.
    places
        Points with `category`, any CRS: the destinations.

    Raises
    ------
    audits.errors.RefusedError
        When no site lies near a known way.
    """
    sites, found = record.sites, verdicts(record, persona.of)
    joined = site_network.join(walking, sites, _passes(persona, found, _STRICT))
    strict = passability.by_cause(joined, persona)
    likely = passability.by_cause(dataclasses.replace(joined, audited=_passes(persona, found, _LIKELY)), persona)
    states = passability.states(strict)
    usable = {
        ON_FOOT: np.ones(len(states), bool),
        BEST: states >= passability.UNKNOWN,
        LIKELY: passability.states(likely) >= passability.UNKNOWN,
        WORST: states == passability.PASSES,
    }
    graphs = {name: _graph(joined, marks) for name, marks in usable.items()}
    start, unknown = site_network.starts(walking, joined), passability.unknown_lengths(joined, strict)
    return Reach(joined, persona, found, start, likely, unknown, usable, graphs, _destinations(joined, places))


def verdicts(record: records.AuditedRecord, persona: str) -> pd.Series:
    """Return how each site stands for a persona of the weights, by code: the worst of the findings in its way."""
    rows, codes = record.audit.findings, record.sites.index
    kinds = record.elements["kind"].reindex(rows["element_id"]).to_numpy()
    relevant = {name for name, one in record.criteria.criteria.items() if persona in barriers.blocked_personas(one)}
    counted = rows["severity"].ge(barriers.NEEDS_HELP) & rows["criterion"].isin(relevant)
    kept = rows.loc[counted & pd.Series(kinds, rows.index).isin(barriers.KINDS)]
    order = {FAIL: 0, BORDERLINE: 1, UNMEASURED: 2, PASS: 3, "not_applicable": 3}
    worst = kept["verdict"].map(order).groupby(kept["site_code"]).min().reindex(codes, fill_value=order[UNMEASURED])
    named = worst.map({place: name for name, place in order.items() if name != "not_applicable"})
    visited = record.audit.sites["last_surveyed_on"].reindex(codes).notna()
    return named.where(visited, NOT_SURVEYED)


def _passes(persona: personas.Persona, found: pd.Series, table: Mapping[str, bool]) -> pd.DataFrame:
    return pd.DataFrame({persona.persona: found.map(dict(table)).astype("boolean")})


def _graph(walking: network.Network, usable: npt.NDArray[np.bool_]) -> reach.Graph:
    return reach.graph(len(walking.nodes), walking.ends, walking.length_m, usable)


def _destinations(walking: network.Network, places: gpd.GeoDataFrame) -> dict[str, npt.NDArray[np.intp]]:
    node, off = network.nearest_nodes(walking, places.geometry)
    near = off <= FAR_PLACE_M[walking.coarse]
    kinds = places["category"].to_numpy()
    return {str(kind): node[near & (kinds == kind)] for kind in sorted(set(kinds[near]))}


def by_site(found: Reach, limit_m: float) -> pd.DataFrame:
    """Return who comes to each site within a walk of `limit_m` metres.

    Returns
    -------
    pandas.DataFrame
        By code, of all joined sites: `people_on_foot`, and for each case `people_<case>` and `share_<case>` (step-free
        ÷ on foot, 0 to 1; NaN where nobody comes on foot, and in the likely case where nobody has surveyed), `verdict`.
    """
    nodes = _site_nodes(found)
    table = pd.DataFrame(index=nodes.index)
    for name, lengths in found.graphs.items():
        table[f"people_{name}"] = reach.people_within(lengths, nodes.to_numpy(), found.people.weights, (limit_m,))
    table["verdict"] = found.verdicts.reindex(table.index)
    # Nobody knows what is likely at a site that nobody has surveyed.
    table.loc[table["verdict"] == NOT_SURVEYED, f"people_{LIKELY}"] = np.nan
    return _with_shares(table)


def by_zone(found: Reach, zones: pd.Series, limit_m: float) -> pd.DataFrame:
    """Return who comes to at least one site of each zone and of the city: the union, nobody counted twice.

    Returns
    -------
    pandas.DataFrame
        By zone and :data:`CITY`: `sites` joined, `surveyed` of them, and the columns of :func:`by_site`; the likely
        case with its own `people_on_foot_likely`, for it counts surveyed sites only.
    """
    nodes = _site_nodes(found)
    surveyed = nodes.index.isin(found.surveyed)
    rows = {}
    for zone, codes in [(CITY, nodes.index), *zones.dropna().groupby(zones.dropna()).groups.items()]:
        here = nodes.index.isin(codes)
        row = {"sites": float(here.sum()), "surveyed": float((here & surveyed).sum())}
        for name, lengths in found.graphs.items():
            goals = nodes[here & surveyed] if name == LIKELY else nodes[here]
            row[f"people_{name}"] = found.reached(lengths, goals, limit_m)
        row["people_on_foot_likely"] = found.reached(found.graphs[ON_FOOT], nodes[here & surveyed], limit_m)
        rows[str(zone).removesuffix(".0")] = row
    table = _with_shares(pd.DataFrame.from_dict(rows, orient="index"))
    walkers = table["people_on_foot_likely"]
    return table.assign(share_likely=table["people_likely"] / walkers.where(walkers > 0))


def destinations(found: Reach, codes: pd.Index[str], limit_m: float) -> pd.DataFrame:
    """Return how many places of each category lie within a walk of at least one site.

    Returns
    -------
    pandas.DataFrame
        By category: `places` near the network, and of them within reach `on_foot`, `worst`, `likely`, `best`.
    """
    nodes = _site_nodes(found, codes).to_numpy()
    off = {name: reach.nearest(lengths, nodes, limit_m) for name, lengths in found.graphs.items()}
    rows = {
        kind: {"places": len(at)} | {name: int((near[at] <= limit_m).sum()) for name, near in off.items()}
        for kind, at in found.destinations.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["places", *found.graphs])


def areas(found: Reach, codes: pd.Index[str], case: str, limit_m: float) -> tuple[shapely.Geometry, shapely.Geometry]:
    """Return the ground from which one comes to at least one of some sites: on foot, and step-free; EPSG:32648."""
    nodes = _site_nodes(found, codes)
    drawn = []
    for name in (ON_FOOT, case):
        goals = nodes[nodes.index.isin(found.surveyed)] if name == LIKELY else nodes
        off = reach.nearest(found.graphs[name], goals.to_numpy(), limit_m)
        drawn.append(reach.service_area(found.walking, found.usable[name], off, limit_m))
    return drawn[0], drawn[1]


def busiest_barriers(found: Reach, limit_m: float) -> pd.DataFrame:
    """Return the barriers, certain or possible, that most people pass on their shortest way on foot to a site.

    Returns
    -------
    pandas.DataFrame
        The most passed first: `code` of the site, or empty between sites; `cause` (one of
        :data:`layers.passability.DECIDED_BY`), `certain` (blocked; else unknown), `people`, `name_th`, `name_en` and
        `osm_id` of the way. An edge with several causes has a row for each.
    """
    passed = usage(found, limit_m)
    owner = _owners(found.walking)
    states = {cause: found.causes[cause].to_numpy() for cause in passability.DECIDED_BY}
    rows = [
        (owner.get(int(edge), "") if cause == "audit" else "", cause, bool(state[edge] < 0), edge)
        for cause, state in states.items()
        for edge in np.flatnonzero((state < passability.PASSES) & (passed > 0))
    ]
    table = pd.DataFrame(rows, columns=["code", "cause", "certain", "edge"])
    edge = table.pop("edge").to_numpy(np.intp)
    edges = found.walking.edges.iloc[edge]
    table["people"] = passed[edge]
    for column in ("name_th", "name_en", "osm_id"):
        table[column] = edges[column].to_numpy()
    # The edges of one way, and all those of one site, are one barrier: its busiest edge counts.
    keys = ["code", "cause", "certain", "name_th", "name_en", "osm_id"]
    merged = table.sort_values("people", ascending=False, kind="stable").drop_duplicates(keys)
    return merged.sort_values(["certain", "people"], ascending=False, kind="stable", ignore_index=True)


def by_cause(found: Reach, limit_m: float) -> pd.DataFrame:
    """Return the share of people who would come step-free if one cause were gone everywhere.

    Returns
    -------
    pandas.DataFrame
        By cause that blocks anything: `share_without` (0 to 1), `gained` beside today's share of the likely case.
    """
    goals = _site_nodes(found, found.surveyed)
    on_foot, now = (found.reached(found.graphs[case], goals, limit_m) for case in (ON_FOOT, LIKELY))
    rows = {}
    for cause in passability.DECIDED_BY:
        if (found.causes[cause] < passability.UNKNOWN).any():
            usable = passability.states(found.causes.assign(**{cause: passability.PASSES})) >= passability.UNKNOWN
            without = found.reached(_graph(found.walking, usable), goals, limit_m)
            rows[cause] = (without / on_foot, (without - now) / on_foot) if on_foot else (np.nan, np.nan)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["share_without", "gained"])
    return table.sort_values("gained", ascending=False, kind="stable")


def usage(found: Reach, limit_m: float) -> npt.NDArray[np.float64]:
    """Return how many people pass each edge on their shortest way on foot to their nearest site, shape (edges,)."""
    nodes = _site_nodes(found).to_numpy()
    return reach.usage(found.walking, found.graphs[ON_FOOT], nodes, found.people.weights, limit_m)


def passers(found: Reach, limit_m: float) -> pd.Series:
    """Return how many people pass each joined site on their shortest way on foot, by code: to it or by it."""
    passed, owner = usage(found, limit_m), _owners(found.walking)
    table = pd.Series({edge: passed[edge] for edge in owner}, dtype=float)
    busiest = table.groupby(pd.Series(owner)).max()
    return busiest.reindex(_site_nodes(found).index, fill_value=0.0)


def _site_nodes(found: Reach, codes: pd.Index[str] | None = None) -> pd.Series:
    near = found.walking.sites
    nodes = near.loc[near["joined_as"] != "far", "node"].astype(np.intp)
    return nodes if codes is None else nodes[nodes.index.isin(codes)]


def _owners(walking: network.Network) -> dict[int, str]:
    """Return by edge the site that it belongs to: its way in, or the edges at its gate or kerb."""
    near = walking.sites.loc[walking.sites["joined_as"] != "far"]
    own = {int(edge): str(code) for code, edge in near["access_edge"].items() if edge >= 0}
    gates = {int(node): str(code) for code, node in near["gate_node"].items() if node >= 0}
    for edge, (start, end) in enumerate(walking.ends.tolist()):
        code = gates.get(start, gates.get(end))
        if code is not None:
            own.setdefault(edge, code)
    return own


def _with_shares(table: pd.DataFrame) -> pd.DataFrame:
    walkers = table["people_on_foot"].where(table["people_on_foot"] > 0)
    return table.assign(**{f"share_{case}": table[f"people_{case}"] / walkers for case in CASES})
