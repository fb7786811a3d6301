"""Classify edges for a persona as passable, blocked or unknown, by cause."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt
import pandas as pd

from layers import network, osm_tags, personas

PASSES, UNKNOWN, BLOCKED = 1, 0, -1
DECIDED_BY = ("steps", "incline", "surface", "width", "sidewalk", "tagged", "kerb", "barrier", "audit")

States = npt.NDArray[np.int8]
Figures = npt.NDArray[np.float64]

# How rough a surface may be, as places in SMOOTHNESS: our reading of the surfaces that wheelchair routers accept
# and refuse. What is between is unknown until someone writes the smoothness.
_EVEN = ("asphalt", "concrete", "paved", "paving_stones", "concrete:plates", "chipseal", "rubber", "tartan", "metal")
_BETWEEN = ("sett", "bricks", "compacted", "fine_gravel", "wood", "concrete:lanes", "cobblestone:flattened")
_ROUGH = (
    *("cobblestone", "unhewn_cobblestone", "gravel", "pebblestone", "unpaved", "ground", "dirt", "earth"),
    *("grass", "mud", "sand", "rock", "woodchips", "grass_paver", "stepping_stones"),
)
_ROUGHNESS = {
    **dict.fromkeys(_EVEN, (0, osm_tags.SMOOTHNESS.index("intermediate"))),
    **dict.fromkeys(_BETWEEN, (1, osm_tags.SMOOTHNESS.index("bad"))),
    **dict.fromkeys(_ROUGH, (osm_tags.SMOOTHNESS.index("bad"), len(osm_tags.SMOOTHNESS) - 1)),
    **{word: (place, place) for place, word in enumerate(osm_tags.SMOOTHNESS)},
}
_NEVER_ROLLED = ("stile", "turnstile", "full-height_turnstile", "kissing_gate", "log")
_OPEN_TO_ALL = ("", "kerb", "entrance", "border_control", "toll_booth", "height_restrictor")


# asked twice by each measuring and planning; a network is not changed once it is made
@functools.lru_cache(maxsize=16)
def by_cause(ways: network.Network, persona: personas.Persona) -> pd.DataFrame:
    """Classify each edge by each cause.

    Returns
    -------
    pandas.DataFrame
        One row an edge, columns :data:`DECIDED_BY`: 1 passes, 0 unknown, -1 blocked. `tagged` is the contributors'
        own `wheelchair` tag, `audit` the verdict on an audited site; both count for who rolls or was judged. Kept for
        the next caller: not to be written to.
    """
    edges = ways.edges
    stairs = (edges["kind"] == "steps").to_numpy()
    access = (edges["kind"] == "access").to_numpy()
    causes = {
        "steps": _steps(edges, persona),
        "incline": np.where(stairs, PASSES, _at_most(_steepness(edges), _steepness(edges), persona.steepest_pct)),
        "surface": _surface(edges, persona),
        "width": np.where(_wide_by_nature(edges), PASSES, _at_least(_column(edges, "width_m"), persona.narrowest_m)),
        "sidewalk": _sidewalk(edges),
    }
    # A contributor who tagged the whole way as passable has seen more than the single tags say.
    if persona.rolls:
        lifted = (edges["wheelchair"] == "yes").to_numpy()
        causes = {name: np.where(lifted & (state == UNKNOWN), PASSES, state) for name, state in causes.items()}
    # Nobody has tagged the last metres to a site; its own audit decides.
    causes = {name: np.where(access, PASSES, state) for name, state in causes.items()}
    causes["tagged"] = np.where((edges["wheelchair"] == "no").to_numpy() & persona.rolls, BLOCKED, PASSES)
    causes["kerb"] = _worse_end(ways, _kerbs(ways, persona), carriers(ways))
    causes["barrier"] = _worse_end(ways, _barriers(ways, persona), np.ones((len(edges), 2), bool))
    causes["audit"] = _audit(ways, persona)
    return pd.DataFrame({name: causes[name].astype(np.int8) for name in DECIDED_BY}, index=edges.index)


def states(causes: pd.DataFrame, doubted: tuple[str, ...] = DECIDED_BY) -> States:
    """Combine all causes by edge, shape (edges,): blocked before unknown before passes.

    Parameters
    ----------
    causes
        As from :func:`by_cause`.
    doubted
        Causes whose unknowns count. Every other cause passes where it is unknown, which must be stated beside every
        figure that rests on it.
    """
    lifted = causes.copy()
    for name in set(DECIDED_BY) - set(doubted):
        lifted[name] = lifted[name].replace(UNKNOWN, PASSES)
    lowest: States = lifted.to_numpy().min(axis=1, initial=PASSES)
    return lowest


@functools.lru_cache(maxsize=4)
def carriers(ways: network.Network) -> npt.NDArray[np.bool_]:
    """Mark where an edge crosses the kerb of the node at its start and at its end, shape (edges, 2).

    The kerb of a node is crossed by the crossings that meet a footway there; without a crossing, by the footways that
    meet a road side. Elsewhere a kerb counts only where it is tagged: for the crossings, else for the footways.
    """
    ends, kind = ways.ends, ways.edges["kind"].to_numpy()
    crossing, foot, road = kind == "crossing", np.isin(kind, ("footway", "steps")), kind == "road_side"
    has_crossing, has_foot, has_road = (_nodes_of(ways, marked) for marked in (crossing, foot, road))
    nodes = ways.nodes
    tagged = ((nodes["kerb"] != "") | (nodes["barrier"] == "kerb") | nodes["kerb_low_mm"].notna()).to_numpy()
    by_crossing = has_crossing & (has_foot | tagged)
    by_foot = has_foot & ~has_crossing & (has_road | tagged)
    carried: npt.NDArray[np.bool_] = (crossing[:, None] & by_crossing[ends]) | (foot[:, None] & by_foot[ends])
    return carried


def _nodes_of(ways: network.Network, marked: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    here = np.zeros(len(ways.nodes), dtype=bool)
    here[ways.ends[marked].ravel()] = True
    return here


def _column(frame: pd.DataFrame, name: str) -> Figures:
    return frame[name].to_numpy(np.float64)


def _judged(passes: npt.ArrayLike, blocked: npt.ArrayLike, otherwise: States | int = UNKNOWN) -> States:
    known = [np.asarray(passes, bool), np.asarray(blocked, bool)]
    return np.select(known, [PASSES, BLOCKED], otherwise).astype(np.int8)


def _at_most(low: Figures, high: Figures, limit: float) -> States:
    """Judge intervals; a missing figure may be anything from 0 up."""
    if np.isinf(limit):
        return np.full(len(low), PASSES, np.int8)
    return _judged(high <= limit, low > limit)


def _at_least(value: Figures, limit: float) -> States:
    if limit <= 0:
        return np.full(len(value), PASSES, np.int8)
    return _judged(value >= limit, value < limit)


def _steepness(edges: pd.DataFrame) -> Figures:
    steep: Figures = np.abs(_column(edges, "incline_pct"))
    return steep


def _steps(edges: pd.DataFrame, persona: personas.Persona) -> States:
    stairs, ramp, rail = ((edges[name]).to_numpy() for name in ("kind", "ramp", "handrail"))
    if persona.steps == "always":
        on_steps = np.full(len(edges), PASSES, np.int8)
    elif persona.steps == "with_handrail":
        on_steps = np.select([rail == "", rail == "no"], [UNKNOWN, BLOCKED], PASSES).astype(np.int8)
    else:
        # a ramp beside steps may be one for bicycles; only one that is tagged for wheelchairs is known to serve
        on_steps = np.select([ramp == "yes"], [UNKNOWN], BLOCKED).astype(np.int8)
    # it serves whoever cannot take the steps beside it
    on_steps = np.where(ramp == "wheelchair", PASSES, on_steps)
    passed: States = np.where(stairs == "steps", on_steps, PASSES)
    return passed


def _surface(edges: pd.DataFrame, persona: personas.Persona) -> States:
    worst = len(osm_tags.SMOOTHNESS) - 1
    if persona.roughest >= worst:
        return np.full(len(edges), PASSES, np.int8)
    # what somebody saw of its smoothness says more than the name of the material
    written = edges["smoothness"].where(edges["smoothness"].isin(osm_tags.SMOOTHNESS), edges["surface"])
    between = [_ROUGHNESS.get(word, (0, worst)) for word in written]
    low, high = np.array(between, np.float64).reshape(-1, 2).T
    return _at_most(low, high, persona.roughest)


def _wide_by_nature(edges: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Mark carriageways, crossings and steps, for which width does not decide."""
    lesser = (edges["kind"] == "road_side") & ~edges["highway"].isin(osm_tags.MAIN_ROADS | osm_tags.MOTORWAYS)
    wide: npt.NDArray[np.bool_] = (lesser | edges["kind"].isin(("crossing", "steps"))).to_numpy()
    return wide


def _sidewalk(edges: pd.DataFrame) -> States:
    """Judge the side of a main road: known to have a pavement or not known; on lesser roads one walks on the road."""
    main = edges["highway"].isin(osm_tags.MAIN_ROADS | osm_tags.MOTORWAYS) & (edges["kind"] == "road_side")
    paved = edges["sidewalk"].isin(("both", "left", "right", "yes"))
    state: States = np.where((main & ~paved).to_numpy(), UNKNOWN, PASSES).astype(np.int8)
    return state


def _kerbs(ways: network.Network, persona: personas.Persona) -> States:
    """Judge the kerb of each node; an audited kerb overrides its tags."""
    nodes = ways.nodes
    low, high = _column(nodes, "kerb_low_mm"), _column(nodes, "kerb_high_mm")
    state = _at_most(low, high, persona.highest_kerb_mm)
    if persona.tactile_at_flush_kerb:
        lowered = osm_tags.KERB_HEIGHTS_MM["lowered"][1]
        felt = nodes["tactile_paving"].to_numpy()
        state = _judged((low > lowered) | (felt == "yes"), (high <= lowered) & (felt == "no"))
    gates = _of_way(ways, "kerb")
    if len(gates):
        # of two kerb ramps at one kerb the blocked one counts
        verdicts = pd.Series(_verdicts(ways, gates.index, persona)).groupby(gates["gate_node"].to_numpy()).min()
        state[verdicts.index.to_numpy(np.intp)] = verdicts.to_numpy(np.int8)
    return state


def _barriers(ways: network.Network, persona: personas.Persona) -> States:
    """Judge bollards, gates and the like; a kerb is judged as a kerb."""
    kind, nodes = ways.nodes["barrier"], ways.nodes
    if not persona.rolls:
        return np.full(len(nodes), PASSES, np.int8)
    by_width = _at_least(_column(nodes, "width_m"), persona.narrowest_m)
    return _judged(kind.isin(_OPEN_TO_ALL), kind.isin(_NEVER_ROLLED), by_width)


def _worse_end(ways: network.Network, of_nodes: States, carried: npt.NDArray[np.bool_]) -> States:
    worse: States = np.where(carried, of_nodes[ways.ends], PASSES).min(axis=1, initial=PASSES)
    return worse


def _audit(ways: network.Network, persona: personas.Persona) -> States:
    """Judge audited sites that stand in the way, and the last metres to those beside it."""
    state = np.full(len(ways.edges), PASSES, np.int8)
    beside = _of_way(ways, "access")
    if len(beside):
        state[beside["access_edge"].to_numpy(np.intp)] = _verdicts(ways, beside.index, persona)
    within = _of_way(ways, "gate")
    if len(within):
        at_node = np.full(len(ways.nodes), PASSES, np.int8)
        verdicts = _verdicts(ways, within.index, persona)
        # several sites may stand at one node, and plain indexing would keep the last of them only
        np.minimum.at(at_node, within["gate_node"].to_numpy(np.intp), verdicts)
        state = np.minimum(state, at_node[ways.ends].min(axis=1, initial=PASSES))
    return state


def _of_way(ways: network.Network, way: str) -> pd.DataFrame:
    return ways.sites[ways.sites["joined_as"] == way] if len(ways.sites) else ways.sites


def _verdicts(ways: network.Network, codes: pd.Index[str], persona: personas.Persona) -> States:
    """Verdict of the audit on each site; unknown for a persona or a site that was not judged."""
    if persona.persona not in ways.audited:
        return np.full(len(codes), UNKNOWN, np.int8)
    word = ways.audited[persona.persona].reindex(codes).astype("boolean")
    return _judged(word.fillna(False), ~word.fillna(True))
