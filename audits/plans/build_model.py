"""Build the planning model of a record: the walking network, the audited sites in it, and their fixes."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from audits import record as records
from audits import wording
from audits.access import site_network
from audits.plans import certificate, frontier, planning_model, site_fixes
from audits.ramps import prices
from audits.reports import about_lines
from layers import demand, network, passability, personas, sources

TRIPS = 1000.0

COARSE = wording.phrase(
    "Coarse network: only the axes of main streets, good to about 30 m. Distances are rough and reach is understated."
)
MAPPED = wording.phrase("Walking network from OpenStreetMap: what nobody has mapped or tagged counts as passable.")
EQUAL = wording.phrase("Where people live is not known: every metre of way, or every building, counts the same.")
RESIDENTS = wording.phrase("Residents as given, spread over the buildings.")
SITES_ARE_GOALS = wording.phrase(
    "Goals are the audited sites by category; places that nobody has audited are left out."
)
ZONES = wording.phrase("A home belongs to the zone of the nearest site; zones of sites are partly presumed.")
ONLY_THESE = wording.phrase("Fixes are ramps, kerb ramps and paths; doors, toilets and parking are not planned here.")
EVERY_BARRIER = wording.phrase("A site opens for someone when everything there that stands in their way is mended.")
NOT_MEASURED = wording.phrase("What was not measured counts as no barrier; sites never surveyed are no goals.")
MEASURED_OR_NOT = wording.phrase("What was not measured counts as a barrier, so that plans may mend what is sound.")
OPEN_UNLESS_MEASURED = wording.phrase(
    "What was not measured counts as no barrier, so sites never surveyed count as open."
)
UNMEASURED = {
    frontier.LIKELY: NOT_MEASURED,
    frontier.WORST: MEASURED_OR_NOT,
    frontier.BEST: OPEN_UNLESS_MEASURED,
}
LAW = wording.phrase("Some limits are not yet checked against the Royal Gazette; the page of criteria says which.")


@dataclass(frozen=True, eq=False)
class RecordModel:
    """The planning model of a record.

    Parameters
    ----------
    model
        For the planner; the people of all personas and goals together make :data:`TRIPS` trips.
    fixes
        By name, the fixes of the model.
    coarse
        Whether the network is only the axes of main streets.
    statements
        Phrases that must stand beside every figure of a plan.
    joined, goals, presumed
        Number of sites in the network, of those that are goals, and of those joined whose position is not confirmed.
    ways
        LineStrings, EPSG:32648, one for each edge of the model's network.
    """

    model: planning_model.Model
    fixes: Mapping[str, site_fixes.RecordFix]
    coarse: bool
    statements: tuple[str, ...]
    joined: int
    goals: int
    presumed: int
    ways: gpd.GeoSeries

    @functools.cached_property
    def sha256(self) -> str:
        """Digest of the model, as a certificate names it."""
        return certificate.digest(certificate.model_text(self.model))


def build(
    walking: site_network.Walking,
    record: records.AuditedRecord,
    price_book: prices.PriceBook,
    *,
    case: str = frontier.LIKELY,
    weights: Mapping[str, float] | None = None,
) -> RecordModel:
    """Return the planning model of a record.

    Parameters
    ----------
    walking, record, price_book
        From :func:`audits.access.site_network.read`, the record, and what quantities cost.
    case
        One of :data:`audits.plans.frontier.CASES`: which barriers that are not certain are taken to exist. Except
        in the worst case, a barrier that nobody has measured is none, and in the likely case a site that nobody has
        surveyed is no goal.
    weights
        By persona of the network, the weight of one of its trips; 1 for each when not given.

    Raises
    ------
    errors.RefusedError
        When no site lies near a known way.
    """
    people = tuple(one for one in personas.load() if weights is None or weights.get(one.persona, 1.0) > 0)
    sites, zones = record.sites, site_fixes.zones_by_site(record.sites)
    found = site_fixes.fixes(record, price_book)
    absent = frontier.ABSENT_BARRIERS[case]
    sites = site_network.placed(sites)
    barriers = [
        one
        for one in found
        if any(state not in absent for state in one.blocks.values()) and one.site_code in sites.index
    ]
    joined = site_network.join(walking, sites, _passes(sites, barriers, people))
    surveyed = record.audit.sites.loc[sites.index, "last_surveyed_on"].notna() | (case != frontier.LIKELY)
    start, categories = site_network.starts(walking, joined), _categories(joined, sites, surveyed)
    needs = _needs(joined, people, barriers, absent)
    # A fix at a site that joins no way opens nothing; the planner never sees it.
    used = frozenset().union(*(need for column in needs.values() for need in column if need))
    fixes = {one.fix.fix_id: one for one in barriers if one.fix.fix_id in used}
    model = planning_model.Model(
        planning_model.Network(len(joined.nodes), joined.ends[:, 0], joined.ends[:, 1], joined.length_m, needs),
        categories,
        _people(start, people, weights or {}, len(categories)),
        _zones(joined, sites, zones),
        tuple(one.fix for one in fixes.values()),
    )
    near = joined.sites.index[joined.sites["joined_as"] != "far"]
    network_basis = COARSE if joined.coarse else MAPPED, EQUAL if start.equal else RESIDENTS
    law = (LAW,) if about_lines.unchecked_sources(record) else ()
    return RecordModel(
        model,
        fixes,
        joined.coarse,
        (*network_basis, SITES_ARE_GOALS, ZONES, ONLY_THESE, EVERY_BARRIER, UNMEASURED[case], *law),
        len(near),
        sum(len(set(category.nodes)) for category in categories),
        int((sites.loc[near, "position_status"] != "confirmed").sum()),
        joined.edges.geometry,
    )


def _passes(
    sites: gpd.GeoDataFrame, barriers: list[site_fixes.RecordFix], people: tuple[personas.Persona, ...]
) -> pd.DataFrame:
    """Return by site and persona whether the site can be passed once it is mended."""
    fixable = {one.site_code for one in barriers}
    # Where nothing is to be mended, nobody has found the kerb to be in the way: its tags decide.
    mended = pd.array([True if code in fixable else None for code in sites.index], dtype="boolean")
    return pd.DataFrame({one.persona: mended for one in people}, index=sites.index)


def _categories(
    joined: network.Network, sites: gpd.GeoDataFrame, surveyed: pd.Series[bool]
) -> tuple[planning_model.Category, ...]:
    """Return the goals: each audited site that people go to, at the end of its way in."""
    ends = joined.sites.loc[joined.sites["joined_as"] == "access", "node"]
    ends = ends.loc[surveyed.reindex(ends.index, fill_value=False).to_numpy(dtype=bool)]
    by_name = ends.groupby(sites["category"].reindex(ends.index)).apply(lambda nodes: tuple(map(int, nodes)))
    return tuple(
        planning_model.Category(str(name), nodes, site_network.WALK_M) for name, nodes in sorted(by_name.items())
    )


def _people(
    start: demand.Demand, people: tuple[personas.Persona, ...], weights: Mapping[str, float], categories: int
) -> dict[str, npt.NDArray[np.float64]]:
    """Return the weight of each persona at each node, scaled so that all trips make :data:`TRIPS`."""
    whole = sum(weights.get(one.persona, 1.0) for one in people) * max(categories, 1)
    each = start.weights / start.total * TRIPS / whole if start.total and whole else start.weights * 0.0
    return {one.persona: each * weights.get(one.persona, 1.0) for one in people}


def _needs(
    joined: network.Network,
    people: tuple[personas.Persona, ...],
    barriers: list[site_fixes.RecordFix],
    absent: tuple[str, ...],
) -> dict[str, list[frozenset[str] | None]]:
    """Return by persona the fixes that each edge needs; what is unknown of the way between sites passes."""
    at_site, needs = _edges_of_sites(joined), {}
    for persona in people:
        states = passability.states(passability.by_cause(joined, persona), doubted=())
        needed: list[set[str]] = [set() for _ in states]
        for one in barriers:
            state = one.blocks.get(persona.of)
            if state is not None and state not in absent:
                for edge in at_site.get(one.site_code, ()):
                    needed[edge].add(one.fix.fix_id)
        passes = states != passability.BLOCKED
        needs[persona.persona] = [
            frozenset(need) if open_ else None for need, open_ in zip(needed, passes, strict=True)
        ]
    return needs


def _edges_of_sites(joined: network.Network) -> dict[str, npt.NDArray[np.intp]]:
    """Return the edges that a site blocks: its way in, all at its gate, or those that cross its kerb."""
    ends, crosses = joined.ends, passability.carriers(joined)
    found: dict[str, npt.NDArray[np.intp]] = {}
    for code, row in joined.sites.iterrows():
        at_gate = ends == int(row["gate_node"])
        if row["joined_as"] == "access":
            found[str(code)] = np.array([int(row["access_edge"])])
        elif row["joined_as"] == "gate":
            found[str(code)] = np.flatnonzero(at_gate.any(axis=1))
        elif row["joined_as"] == "kerb":
            found[str(code)] = np.flatnonzero((at_gate & crosses).any(axis=1))
    return found


def _zones(joined: network.Network, sites: gpd.GeoDataFrame, zones: Mapping[str, str]) -> tuple[str, ...]:
    """Return the zone of each node: that of the nearest site that has one."""
    known = [code for code in sites.index if zones[str(code)] != site_fixes.NO_ZONE]
    if not known:
        return (site_fixes.NO_ZONE,) * len(joined.nodes)
    points = sites.geometry.loc[known].to_crs(sources.METRES).to_numpy()
    nearest = shapely.STRtree(points).nearest(joined.nodes.geometry.to_numpy())
    return tuple(zones[str(known[place])] for place in nearest)
