"""Count which trips from home to a needed place can be made step-free, of 100 that can be made on foot."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from audits import barriers
from audits import record as records
from audits.access import site_network
from audits.scoring import selection
from layers import demand, network, passability, personas, reach

OF_TRIPS = 100.0
# Lengths are whole millimetres in a plan's proof; a trip must not be in one figure and out of the other.
HALF_A_MILLIMETRE = 0.0005


@dataclass(frozen=True, eq=False)
class Prepared:
    """The walking network with the audited sites in it: what access and plans are worked out from.

    Parameters
    ----------
    joined
        The network with the sites.
    places
        Index ``code`` of the surveyed sites that people go to; ``node`` and ``category``.
    unsurveyed_places
        Codes of such sites that nobody has surveyed: no goals, because nobody knows whether one gets in.
    waiting_places
        Codes of such sites whose surveys wait for approval, where only approved ones count: no goals until then.
    twice
        Pairs of codes of `unsurveyed_places` that may be one place.
    surveyed_as
        By unsurveyed place, the codes under which something that may be there too was surveyed.
    homes
        Who starts where.
    home_zones
        Shape (nodes,): the zone of each node, that of the nearest site that has one.
    states
        From :func:`audits.barriers.by_element`.
    elements
        By code, the elements of `states` at each site; a joined one at each of its sites.
    edges_of_site
        By code, the edges that one passes to get to or by the site.
    presumed_positions
        Codes of joined sites whose position is not confirmed.
    """

    joined: network.Network
    places: pd.DataFrame
    unsurveyed_places: tuple[str, ...]
    waiting_places: tuple[str, ...]
    twice: tuple[tuple[str, str], ...]
    surveyed_as: Mapping[str, tuple[str, ...]]
    homes: demand.Demand
    home_zones: npt.NDArray[np.int64]
    states: pd.DataFrame
    elements: Mapping[str, tuple[str, ...]]
    edges_of_site: Mapping[str, npt.NDArray[np.intp]]
    presumed_positions: tuple[str, ...]

    @property
    def presumed(self) -> int:
        """Number of joined sites whose position is not confirmed."""
        return len(self.presumed_positions)

    @property
    def unsurveyed(self) -> int:
        """Number of places that nobody has surveyed."""
        return len(self.unsurveyed_places)

    @property
    def waiting(self) -> int:
        """Number of places whose surveys wait for approval."""
        return len(self.waiting_places)

    def blocking(self, persona: personas.Persona, case: str) -> dict[int, frozenset[str]]:
        """Return by edge the elements that count as barriers on it for a persona, in one of :data:`barriers.CASES`."""
        if persona.of not in self.states:
            return {}
        state, counted = self.states[persona.of], barriers.COUNTED[case]
        found: dict[int, set[str]] = {}
        for code, edges in self.edges_of_site.items():
            here = {element for element in self.elements.get(code, ()) if state[element] in counted}
            # every edge that stands here is closed, so a site without a barrier adds none
            for edge in edges.tolist() if here else ():
                found.setdefault(edge, set()).update(here)
        return {edge: frozenset(elements) for edge, elements in found.items()}

    def passable(self, persona: personas.Persona) -> npt.NDArray[np.bool_]:
        """Mark the edges that a persona passes but for the audited elements on them, shape (edges,).

        What nobody has mapped or tagged between the sites passes, in both cases; this must stand beside every figure.
        """
        causes = passability.by_cause(self.joined, persona)
        marks: npt.NDArray[np.bool_] = passability.states(causes, doubted=()) != passability.BLOCKED
        return marks

    def open_edges(self, persona: personas.Persona, case: str) -> npt.NDArray[np.bool_]:
        """Mark the edges that a persona passes today in one of :data:`barriers.CASES`, shape (edges,)."""
        marks = self.passable(persona).copy()
        marks[list(self.blocking(persona, case))] = False
        return marks

    def under_way(self, committed: Collection[str]) -> frozenset[str]:
        """Return those of some works that mend a known barrier on a way; what is sound has no works to count."""
        known = self.states.index[(self.states == barriers.KNOWN).any(axis=1)]
        on_a_way = {element for code in self.edges_of_site for element in self.elements.get(code, ())}
        return frozenset(on_a_way & set(committed) & set(map(str, known)))

    def mended(self, done: Collection[str]) -> Prepared:
        """Return the same network once some elements are mended: barriers for nobody."""
        left = {code: tuple(one for one in names if one not in done) for code, names in self.elements.items()}
        return dataclasses.replace(self, elements=left)

    def goals(self) -> dict[str, npt.NDArray[np.intp]]:
        """Return the nodes of the surveyed places by category, sorted by its name."""
        groups = self.places.groupby("category")["node"]
        return {str(name): nodes.to_numpy(np.intp) for name, nodes in groups}

    def on_foot(self) -> dict[str, npt.NDArray[np.bool_]]:
        """Mark by category the nodes from which one walks to a place within the limit, shape (nodes,)."""
        lengths = self.graph()
        return {name: _within(lengths, nodes) for name, nodes in self.goals().items()}

    def trip_weight(self, weights: Mapping[str, float]) -> float:
        """Return the trips of 100 that one unit of home weight is worth; 0 where no trip can be made on foot.

        Parameters
        ----------
        weights
            By persona of the network, the weight of one of its trips.
        """
        each = sum(float(self.homes.weights[near].sum()) for near in self.on_foot().values())
        whole = each * sum(weights.values())
        return OF_TRIPS / whole if whole else 0.0

    def graph(self, usable: npt.NDArray[np.bool_] | None = None) -> reach.Graph:
        """Return the matrix of lengths of the edges that count; all when None."""
        return reach.graph(len(self.joined.nodes), self.joined.ends, self.joined.length_m, usable)


@dataclass(frozen=True, eq=False)
class Access:
    """Trips that can be made step-free, of 100 that can be made on foot.

    Parameters
    ----------
    case
        One of :data:`audits.barriers.CASES`.
    trips
        One row for each persona, category, zone of the home and nearest place that occurs: ``persona``, ``category``,
        ``zone``, ``code`` of the nearest place on foot, and in trips of 100 ``on_foot`` and ``step_free``. `on_foot`
        adds up to 100 where any trip can be made.
    too_far
        Trips, in the same unit, for which no surveyed place of the kind lies within the limit.
    """

    case: str
    trips: pd.DataFrame
    too_far: float

    @property
    def known(self) -> bool:
        """Whether any trip can be made on foot, so that access is a number."""
        return bool(len(self.trips))

    @property
    def of_100(self) -> float:
        """Trips that can be made step-free, of 100 on foot; NaN where none can be made on foot."""
        return float(self.trips["step_free"].sum()) if self.known else float("nan")

    def by(self, part: str) -> pd.DataFrame:
        """Return ``on_foot`` and ``step_free`` by ``persona``, ``category``, ``zone`` or ``code``: parts of the 100."""
        return self.trips.groupby(part)[["on_foot", "step_free"]].sum()


def chosen(people: tuple[str, ...] = ()) -> tuple[personas.Persona, ...]:
    """Load the personas of the network that are named; all when none is."""
    return tuple(one for one in personas.load() if not people or one.persona in people)


def prepare(walking: site_network.Walking, record: records.AuditedRecord) -> Prepared:
    """Put the sites of a record into the walking network.

    Raises
    ------
    audits.errors.RefusedError
        When no site lies near a known way.
    """
    record = barriers.until_surveyed(record)
    sites, states = site_network.placed(record.sites), barriers.by_element(record)
    surveyed = record.audit.sites["last_surveyed_on"].reindex(sites.index).notna()
    joined = site_network.join(walking, sites, _passes(record, sites.index, surveyed))
    near = joined.sites.index[joined.sites["joined_as"] != "far"]
    # a gate or kerb stands in the way to elsewhere and ends no trip
    ends = joined.sites.loc[joined.sites["joined_as"] == "access", ["node"]]
    places = ends.assign(category=sites["category"].reindex(ends.index).astype(str))
    # Nobody's trip ends at a ramp in the street; only the coarse network cannot tell whom it lets through.
    places = places.loc[places["category"] != site_network.STREET]
    visited = surveyed.reindex(places.index, fill_value=False).to_numpy(dtype=bool)
    waits = places.index.isin(record.left_out)
    here = barriers.elements_on_the_way(record)
    by_site = here.groupby(record.elements["site_code"].reindex(here.index))
    never = tuple(map(str, places.index[~visited & ~waits]))
    twice, surveyed_as = _other_codes(record, never)
    return Prepared(
        joined=joined,
        places=places.loc[visited],
        unsurveyed_places=never,
        twice=twice,
        surveyed_as=surveyed_as,
        waiting_places=tuple(map(str, places.index[~visited & waits])),
        homes=site_network.starts(walking, joined),
        home_zones=_home_zones(joined, sites),
        states=states,
        elements={str(code): tuple(map(str, names)) for code, names in by_site},
        edges_of_site=_edges_of_sites(joined),
        presumed_positions=tuple(map(str, near[sites.loc[near, "position_status"] != "confirmed"])),
    )


def _other_codes(
    record: records.AuditedRecord, never: Collection[str]
) -> tuple[tuple[tuple[str, str], ...], Mapping[str, tuple[str, ...]]]:
    """Return as :attr:`Prepared.twice` and :attr:`Prepared.surveyed_as` what is presumed of unsurveyed places."""
    site_of, measured = record.elements["site_code"].to_dict(), set(record.measurements["element_id"])
    twice, surveyed_as = set[tuple[str, str]](), dict[str, set[str]]()
    # what is joined for certain counts as surveyed at each of its sites; a part of a record has pairs of the whole
    for one, other in (pair for pair in record.presumed if {*pair} <= site_of.keys()):
        codes = str(site_of[one]), str(site_of[other])
        if {*codes} <= {*never}:
            twice.add(codes)
        for code, here, there in ((codes[0], codes[1], other), (codes[1], codes[0], one)):
            if code in never and there in measured:
                surveyed_as.setdefault(code, set()).add(here)
    return tuple(sorted(twice)), {code: tuple(sorted(found)) for code, found in sorted(surveyed_as.items())}


def measure(
    prepared: Prepared, case: str, weights: Mapping[str, float] | None = None, people: tuple[str, ...] = ()
) -> Access:
    """Measure access in one case.

    Parameters
    ----------
    prepared
        The network with the sites.
    case
        One of :data:`audits.barriers.CASES`.
    weights
        By persona of the network, the weight of one of its trips; 1 for each when not given.
    people
        Only these personas of the network; all when empty.
    """
    wanted = chosen(people)
    weight = {one.persona: 1.0 if weights is None else weights.get(one.persona, 1.0) for one in wanted}
    # a persona that weighs nothing makes no trips, and needs no search
    weight = {name: value for name, value in weight.items() if value > 0}
    unit, homes = prepared.trip_weight(weight), prepared.homes.weights
    # built once: every category searches the same open ways
    open_graphs = {
        one.persona: prepared.graph(prepared.open_edges(one, case)) for one in wanted if one.persona in weight
    }
    parts, total = [], 0.0
    # on foot every edge is open, so one search for a category serves all personas
    whole = prepared.graph()
    for category, nodes in prepared.goals().items():
        off, nearest = reach.nearest_origin(whole, nodes, site_network.WALK_M + HALF_A_MILLIMETRE)
        near = np.isfinite(off) & (homes > 0)
        # sites at one place share a node, and each node must stand once to be looked up
        code_of = prepared.places.reset_index(names="code").drop_duplicates("node").set_index("node")["code"]
        codes = code_of.reindex(nearest[near]).to_numpy()
        total += float(homes.sum()) * sum(weight.values())
        for persona, lengths in open_graphs.items():
            trips = homes[near] * weight[persona] * unit
            free = _within(lengths, nodes)[near]
            parts.append(
                pd.DataFrame(
                    {
                        "persona": persona,
                        "category": category,
                        "zone": prepared.home_zones[near],
                        "code": codes,
                        "on_foot": trips,
                        "step_free": np.where(free, trips, 0.0),
                    }
                )
            )
    columns = ["persona", "category", "zone", "code"]
    # pandas refuses to join no tables at all
    empty = pd.DataFrame(columns=[*columns, "on_foot", "step_free"])
    every = pd.concat(parts, ignore_index=True) if parts else empty
    merged = every.groupby(columns, as_index=False)[["on_foot", "step_free"]].sum()
    # the whole may come out a rounding below the 100 that are part of it
    return Access(case, merged, max(total * unit - OF_TRIPS, 0.0) if len(merged) else 0.0)


def _within(lengths: reach.Graph, nodes: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    limit_m = site_network.WALK_M + HALF_A_MILLIMETRE
    marks: npt.NDArray[np.bool_] = reach.nearest(lengths, nodes, limit_m) <= limit_m
    return marks


def _passes(record: records.AuditedRecord, codes: pd.Index[str], surveyed: pd.Series[bool]) -> pd.DataFrame:
    """Mark by site and persona where the survey decides instead of the tags of the map.

    A known barrier passes here because it stands on its edge as an element of its own; see :meth:`Prepared.blocking`.
    """
    states = barriers.by_site(record).reindex(codes)
    decided = {}
    # a persona that the audit does not know: no survey decides for it, the map does
    for one in personas.load():
        sure = surveyed & states[one.of].ne(barriers.POSSIBLE) if one.of in states else surveyed & False
        decided[one.persona] = pd.array([True if known else None for known in sure], dtype="boolean")
    return pd.DataFrame(decided, index=codes)


def _edges_of_sites(joined: network.Network) -> dict[str, npt.NDArray[np.intp]]:
    """Return the edges that a site blocks: its way in, all at its gate, or those that cross its kerb."""
    ends, crosses = joined.ends, passability.carriers(joined)
    found: dict[str, npt.NDArray[np.intp]] = {}
    for code, row in joined.sites.iterrows():
        at_gate = ends == int(row["gate_node"])
        if row["joined_as"] == "access":
            found[str(code)] = np.array([int(row["access_edge"])], np.intp)
        elif row["joined_as"] == "gate":
            found[str(code)] = np.flatnonzero(at_gate.any(axis=1))
        elif row["joined_as"] == "kerb":
            found[str(code)] = np.flatnonzero((at_gate & crosses).any(axis=1))
    return found


def _home_zones(joined: network.Network, sites: gpd.GeoDataFrame) -> npt.NDArray[np.int64]:
    """Return the zone of each node: that of the nearest site that has one, :data:`selection.NO_ZONE` where none has."""
    known = sites.index[sites["zone"].notna()]
    # a search tree of nothing has no nearest
    if known.empty:
        return np.full(len(joined.nodes), selection.NO_ZONE, np.int64)
    # in metres: a degree of longitude is shorter than one of latitude
    points = sites.geometry.loc[known].to_crs(joined.nodes.crs).to_numpy()
    nearest = shapely.STRtree(points).nearest(joined.nodes.geometry.to_numpy())
    zones = sites.loc[known, "zone"].to_numpy(np.int64)
    of_homes: npt.NDArray[np.int64] = zones[nearest]
    return of_homes
