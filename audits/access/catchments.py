"""Find who lives near each site and who passes it, from where places are reached, and which barriers trips meet."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from audits import barriers
from audits import record as records
from audits.access import site_network, trips
from layers import passability, personas, reach

ON_FOOT = "on_foot"
AUDIT = "audit"
"""Cause of a barrier that a survey decides; the others are mapped."""
MAPPED = tuple(cause for cause in passability.DECIDED_BY if cause != AUDIT)

KEYS = ["code", "element_id", "cause", "state", "name_th", "name_en", "osm_id"]
Row = tuple[str, str, str, str, str, str, str, float]


def homes_near(prepared: trips.Prepared) -> pd.Series:
    """Sum the weights of the homes within the limit on foot of each joined site, by code."""
    nodes, homes = _site_nodes(prepared), prepared.homes.weights
    within = reach.people_within(prepared.graph(), nodes.to_numpy(), homes, (site_network.WALK_M,))
    return pd.Series(within[:, 0], index=nodes.index)


def passers(prepared: trips.Prepared) -> pd.Series:
    """Sum the weights of the homes whose shortest way on foot to their nearest site leads to or by a site, by code."""
    nodes = _site_nodes(prepared)
    passed = _passed(prepared, nodes.to_numpy())
    # the busiest edge, not the sum: whoever passes a gate walks over two of its edges
    return pd.Series(
        {code: passed[prepared.edges_of_site[code]].max(initial=0.0) for code in nodes.index}, index=nodes.index
    )


def site_states(record: records.AuditedRecord, people: tuple[str, ...] = ()) -> pd.Series:
    """Say by code whether a site holds a barrier for any of some personas of the network: the surest state."""
    states, order = barriers.by_site(barriers.until_surveyed(record)), list(barriers.STATES)
    # a persona that the audit does not know has no state
    columns = [one.of for one in trips.chosen(people) if one.of in states]
    surest: pd.Series = states[columns].apply(lambda column: column.map(order.index)).min(axis=1)
    return surest.map(dict(enumerate(order)))


def areas(
    prepared: trips.Prepared, people: tuple[str, ...] = (), codes: tuple[str, ...] = ()
) -> Mapping[str, shapely.Geometry]:
    """Draw the ground from which one comes to a surveyed place within the limit, in the CRS of the network.

    Parameters
    ----------
    people
        Personas of the network, each of whom must be able to pass; all when empty.
    codes
        The places; all when empty. A site that is no surveyed place has no such ground.

    Returns
    -------
    Mapping
        By :data:`ON_FOOT` and each of :data:`audits.barriers.CASES`.
    """
    places = prepared.places["node"]
    nodes = places[places.index.isin(codes)] if codes else places
    wanted = trips.chosen(people)
    usable = {ON_FOOT: np.ones(len(prepared.joined.edges), bool)} | {
        case: np.logical_and.reduce([prepared.open_edges(one, case) for one in wanted]) for case in barriers.CASES
    }
    drawn = {}
    for name, marks in usable.items():
        off = reach.nearest(prepared.graph(marks), nodes.to_numpy(np.intp), site_network.WALK_M)
        drawn[name] = reach.service_area(prepared.joined, marks, off, site_network.WALK_M)
    return drawn


def unknown_m(prepared: trips.Prepared, people: tuple[str, ...] = ()) -> float:
    """Sum the metres of way whose map does not say whether each of some personas passes; all personas when empty."""
    causes = [passability.by_cause(prepared.joined, one) for one in trips.chosen(people)]
    states = [passability.states(each, doubted=MAPPED) for each in causes]
    return float(prepared.joined.length_m[(np.array(states) == passability.UNKNOWN).any(axis=0)].sum())


def busiest_barriers(prepared: trips.Prepared, people: tuple[str, ...] = ()) -> pd.DataFrame:
    """List the barriers by how many trips meet them on the shortest way on foot to the nearest place.

    Parameters
    ----------
    people
        Personas of the network; all when empty.

    Returns
    -------
    pandas.DataFrame
        Known barriers first, then those that most trips meet: ``code`` and ``element_id``, empty for what is only
        mapped; ``cause`` (:data:`AUDIT` or one of :data:`MAPPED`); ``state``, one of
        :data:`audits.barriers.STATES`; ``name_th``, ``name_en`` and ``osm_id`` of the mapped way; ``trips`` of the
        100. What is mapped is listed where it is known to block; what is not known of it is in :func:`unknown_m`.
    """
    wanted = trips.chosen(people)
    edges = len(prepared.joined.edges)
    unit = prepared.trip_weight({one.persona: 1.0 for one in wanted})
    # from zeros: where no place is surveyed there is nothing to add
    passed = unit * sum((_passed(prepared, nodes) for nodes in prepared.goals().values()), np.zeros(edges))
    rows = [row for one in wanted for row in (*_audited(prepared, one.of, passed), *_mapped(prepared, one, passed))]
    table = pd.DataFrame(rows, columns=[*KEYS, "trips"])
    merged = table[table["trips"] > 0].groupby(KEYS, as_index=False, sort=True)["trips"].sum()
    known = merged["state"].eq(barriers.KNOWN)
    # stable after the sorted groups: barriers that as many trips meet keep one order in every process
    ordered: pd.DataFrame = merged.assign(known=known).sort_values(["known", "trips"], ascending=False, kind="stable")
    return ordered.drop(columns="known").reset_index(drop=True)


def _audited(prepared: trips.Prepared, of: str, passed: npt.NDArray[np.float64]) -> list[Row]:
    if of not in prepared.states:
        return []
    states = prepared.states[of]
    return [
        (code, element, AUDIT, states[element], "", "", "", float(passed[edges].max(initial=0.0)))
        for code, edges in prepared.edges_of_site.items()
        # a joined element may stand at several sites and is listed with each
        for element in prepared.elements.get(code, ())
        if states[element] != barriers.NONE
    ]


def _mapped(prepared: trips.Prepared, one: personas.Persona, passed: npt.NDArray[np.float64]) -> list[Row]:
    """List the ways that the map says are blocked; the edges of one way are one barrier, its busiest edge counts."""
    causes, ways = passability.by_cause(prepared.joined, one), prepared.joined.edges[["name_th", "name_en", "osm_id"]]
    found = []
    for cause in MAPPED:
        blocked = np.flatnonzero((causes[cause] == passability.BLOCKED).to_numpy() & (passed > 0))
        here = ways.iloc[blocked].astype(str).assign(trips=passed[blocked])
        for (thai, english, way), most in here.groupby(["name_th", "name_en", "osm_id"])["trips"].max().items():
            found.append(("", "", cause, barriers.KNOWN, thai, english, way, float(most)))
    return found


def _passed(prepared: trips.Prepared, nodes: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    lengths, homes = prepared.graph(), prepared.homes.weights
    passed: npt.NDArray[np.float64] = reach.usage(prepared.joined, lengths, nodes, homes, site_network.WALK_M)
    return passed


def _site_nodes(prepared: trips.Prepared) -> pd.Series:
    near = prepared.joined.sites
    return near.loc[near["joined_as"] != "far", "node"].astype(np.intp)
