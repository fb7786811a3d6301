"""Assemble the town that a plan is made from: the walking network, the audited sites in it, and their fixes."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from audits import errors, wording
from audits import record as records
from audits.planning import certificate, fixes_of_record, frontier, prices, towns
from layers import base_file, demand, network, passability, personas, reach, site_access, sources

WALK_M = reach.LIMITS_M[-1]
COARSE_WITHIN_M = reach.LIMITS_M[0]
WAYS = 1000.0
STREET = "street"
NO_ZONE = fixes_of_record.NO_ZONE

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
NOTHING_JOINED = errors.ProblemKind(
    "PLAN-001", "None of the {sites} sites lies within {within} m of a known way; correct positions or get a base map."
)


@dataclass(frozen=True, eq=False)
class RecordTown:
    """The town of a record.

    Parameters
    ----------
    town
        For the planner; the people of all personas and goals together make :data:`WAYS` ways.
    fixes
        By name, the fixes of the town.
    coarse
        Whether the network is only the axes of main streets.
    statements
        Phrases that must stand beside every figure of a plan.
    joined, goals, presumed
        Number of sites in the network, of those that are goals, and of those joined whose position is not confirmed.
    ways
        LineStrings, EPSG:32648, one an edge of the town's network.
    """

    town: towns.Town
    fixes: Mapping[str, fixes_of_record.RecordFix]
    coarse: bool
    statements: tuple[str, ...]
    joined: int
    goals: int
    presumed: int
    ways: gpd.GeoSeries

    @functools.cached_property
    def sha256(self) -> str:
        """Return the digest of the town, as a certificate names it."""
        return certificate.digest(certificate.town_text(self.town))


def network_of(folder: Path) -> network.Network:
    """Return the walking network of a workspace's base map, else the coarse one of main streets."""
    found = base_file.folder_for(folder)
    if base_file.path(found).is_file():
        return network.from_base(found)
    return network.coarse(sources.street_axes())


def buildings_of(folder: Path) -> gpd.GeoDataFrame | None:
    """Return the buildings of a workspace's base map; None where there is no base map."""
    found = base_file.folder_for(folder)
    return base_file.read(found, "buildings") if base_file.path(found).is_file() else None


def assemble(
    ways: network.Network,
    record: records.AuditedRecord,
    price_book: prices.PriceBook,
    *,
    case: str = frontier.LIKELY,
    weights: Mapping[str, float] | None = None,
    buildings: gpd.GeoDataFrame | None = None,
    population: gpd.GeoDataFrame | None = None,
) -> RecordTown:
    """Return the town of a record.

    Parameters
    ----------
    ways
        Without sites, see :func:`network_of`.
    record
        The record.
    price_book
        What quantities cost.
    case
        One of :data:`audits.planning.frontier.CASES`: which barriers that are not certain are taken as there. Except
        in the worst case, a barrier that nobody has measured is none, and in the likely case a site that nobody has
        surveyed is no goal.
    weights
        By persona of the network, what one way of theirs counts; 1 for each when not given.
    buildings, population
        Of the base map, and of the municipality; every metre of way counts the same where neither is known.

    Raises
    ------
    errors.RefusedError
        If no site lies near a known way.
    """
    people = tuple(one for one in personas.load() if weights is None or weights.get(one.persona, 1.0) > 0)
    sites, zones = record.sites, fixes_of_record.zones(record.sites)
    found = fixes_of_record.fixes(record, price_book)
    absent = frontier.ABSENT_BARRIERS[case]
    barriers = [one for one in found if any(state not in absent for state in one.blocks.values())]
    # a site that nobody has found yet is on no way; its fixes cannot be placed either
    sites = sites.loc[sites.geometry.notna() & ~sites.geometry.is_empty]
    barriers = [one for one in barriers if one.site_code in sites.index]
    joined = _joined(ways, sites, barriers, people)
    if not (joined.sites["joined_as"] != "far").any():
        raise errors.RefusedError((NOTHING_JOINED.at("sites", sites=len(sites), within=COARSE_WITHIN_M),))
    start = demand.equal(joined, buildings) if population is None else demand.residents(joined, population, buildings)
    surveyed = (
        record.audit.sites.loc[sites.index, "last_surveyed_on"].notna()
        if case == frontier.LIKELY
        else pd.Series(True, sites.index)
    )
    categories = _categories(joined, sites, surveyed)
    town = _town(joined, sites, zones, barriers, absent, people, weights or {}, start, categories)
    used = frozenset().union(*(need for needs in town.network.needs.values() for need in needs if need))
    kept = tuple(one.fix for one in barriers if one.fix.fix_id in used)
    town = towns.Town(town.network, town.categories, town.people, town.zones, kept)
    near = joined.sites.index[joined.sites["joined_as"] != "far"]
    said = COARSE if ways.coarse else MAPPED, EQUAL if start.equal else RESIDENTS, SITES_ARE_GOALS, ZONES, ONLY_THESE
    return RecordTown(
        town,
        {one.fix.fix_id: one for one in barriers if one.fix.fix_id in used},
        ways.coarse,
        (*said, EVERY_BARRIER, UNMEASURED[case], LAW),
        len(near),
        sum(len(set(category.nodes)) for category in categories),
        int((sites.loc[near, "position_status"] != "confirmed").sum()),
        joined.edges.geometry,
    )


def within_m(coarse: bool) -> float:
    """Return how far a site may lie from a known way and still join it, metres."""
    return COARSE_WITHIN_M if coarse else site_access.WITHIN_M


def _joined(
    ways: network.Network,
    sites: gpd.GeoDataFrame,
    barriers: list[fixes_of_record.RecordFix],
    people: tuple[personas.Persona, ...],
) -> network.Network:
    """Return the network with the sites in it, each as if mended: what a fix cannot change is left to block."""
    points = sites.reset_index(names="code")[["code", "position_accuracy_m", "geometry"]]
    points["in_the_way"] = (sites["category"] == STREET).to_numpy()
    fixable = {one.site_code for one in barriers}
    # where nothing is to be mended, nobody has found the kerb to be in the way: its tags decide
    mended = pd.array([True if code in fixable else None for code in sites.index], dtype="boolean")
    audited = pd.DataFrame({one.persona: mended for one in people}, index=sites.index)
    return site_access.join(ways, gpd.GeoDataFrame(points), audited, within_m=within_m(ways.coarse))


def _categories(
    joined: network.Network, sites: gpd.GeoDataFrame, surveyed: pd.Series[bool]
) -> tuple[towns.Category, ...]:
    """Return the goals: each audited site that people go to, at the end of its way in."""
    ends = joined.sites.loc[joined.sites["joined_as"] == "access", "node"]
    ends = ends.loc[surveyed.reindex(ends.index, fill_value=False).to_numpy(dtype=bool)]
    by_name = ends.groupby(sites["category"].reindex(ends.index)).apply(lambda nodes: tuple(map(int, nodes)))
    return tuple(towns.Category(str(name), nodes, WALK_M) for name, nodes in sorted(by_name.items()))


def _town(
    joined: network.Network,
    sites: gpd.GeoDataFrame,
    zones: Mapping[str, str],
    barriers: list[fixes_of_record.RecordFix],
    absent: tuple[str, ...],
    people: tuple[personas.Persona, ...],
    weights: Mapping[str, float],
    start: demand.Demand,
    categories: tuple[towns.Category, ...],
) -> towns.Town:
    at_site = _edges_of_sites(joined)
    needs = {one.persona: _needs(joined, one, barriers, absent, at_site) for one in people}
    whole = sum(weights.get(one.persona, 1.0) for one in people) * max(len(categories), 1)
    ways_each = start.weights / start.total * WAYS / whole if start.total and whole else start.weights * 0.0
    ends = joined.ends
    walking = towns.Network(len(joined.nodes), ends[:, 0], ends[:, 1], joined.length_m, needs)
    crowd = {one.persona: ways_each * weights.get(one.persona, 1.0) for one in people}
    return towns.Town(walking, categories, crowd, _zones(joined, sites, zones), tuple(one.fix for one in barriers))


def _edges_of_sites(joined: network.Network) -> dict[str, npt.NDArray[np.intp]]:
    """Return the edges that nobody passes while the site blocks: its way in, all at a gate, those that cross a kerb."""
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


def _needs(
    joined: network.Network,
    persona: personas.Persona,
    barriers: list[fixes_of_record.RecordFix],
    absent: tuple[str, ...],
    at_site: Mapping[str, npt.NDArray[np.intp]],
) -> list[frozenset[str] | None]:
    """Return what each edge needs; what is unknown of the way between sites passes."""
    open_to_fixes = passability.states(passability.by_cause(joined, persona), doubted=()) != passability.BLOCKED
    needed: list[set[str]] = [set() for _ in open_to_fixes]
    for one in barriers:
        state = one.blocks.get(persona.of)
        if state is not None and state not in absent:
            for edge in at_site.get(one.site_code, ()):
                needed[edge].add(one.fix.fix_id)
    return [frozenset(need) if passes else None for need, passes in zip(needed, open_to_fixes, strict=True)]


def _zones(joined: network.Network, sites: gpd.GeoDataFrame, zones: Mapping[str, str]) -> tuple[str, ...]:
    """Return the zone of each node: that of the nearest site that has one."""
    known = [code for code in sites.index if zones[str(code)] != NO_ZONE]
    if not known:
        return (NO_ZONE,) * len(joined.nodes)
    points = sites.geometry.loc[known].to_crs(sources.METRES).to_numpy()
    nearest = shapely.STRtree(points).nearest(joined.nodes.geometry.to_numpy())
    return tuple(zones[str(known[place])] for place in nearest)
