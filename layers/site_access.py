"""Join audited sites to the walking network, so that measurements override tags."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
import shapely.ops

from layers import errors, network, passability

WITHIN_M = 50.0
KERB_WITHIN_M = 10.0
_SAME_PLACE_M = 0.01
_NOWHERE = -1


def join(
    ways: network.Network,
    sites: gpd.GeoDataFrame,
    audited: pd.DataFrame,
    *,
    within_m: float = WITHIN_M,
    kerb_within_m: float = KERB_WITHIN_M,
) -> network.Network:
    """Insert sites into the network; each edge that a site joins is split there.

    Parameters
    ----------
    ways
        Without sites.
    sites
        Points, any CRS: `code`, `in_the_way` (bool: a kerb ramp that one must pass to walk on, as against the ramp of
        a building that one passes only to go in) and `position_accuracy_m`.
    audited
        By code, one nullable boolean column a persona: whether the audit says that the site can be passed.
    within_m
        A site farther from every edge is not joined.
    kerb_within_m
        A kerb ramp so near to a kerb of the network, along its edge, is that kerb, and its verdict overrides the tags.

    Returns
    -------
    network.Network
        With `sites` by code: `node` (-1 when not joined), `distance_m` from the network, `joined_as`, `gate_node` and
        `access_edge` (-1 where there is none). `joined_as` is ``kerb`` (the verdict stands for the tags of a kerb),
        ``gate`` (all who pass this place need it), ``access`` (an edge of its own leads to the site; nobody else
        passes it) or ``far``. In a coarse network, and where the position is less accurate than `within_m`, every site
        gets ``access``: we do not know that it stands in the way of others.

    Raises
    ------
    errors.LayerError
        If a column is missing, a code occurs twice, a site has no point, or the network has sites already.
    """
    _refuse(ways, sites)
    points = sites.geometry.to_crs(ways.nodes.crs).to_numpy()
    lines = ways.edges.geometry.to_numpy()
    edges, alongs, distances = _nearest(points, lines, within_m)
    # Blocking the walk of others needs a position good enough to say that they pass there.
    gated = (sites["in_the_way"].astype(bool) & (sites["position_accuracy_m"] <= within_m)).to_numpy() & ~ways.coarse
    kerbs = set(ways.ends[passability.carriers(ways)].tolist())
    cuts, joined = [], []
    for place, code in enumerate(sites["code"]):
        edge, along, distance_m = int(edges[place]), float(alongs[place]), float(distances[place])
        if edge == _NOWHERE:
            joined.append(_Joined(code, "far", distance_m=distance_m))
            continue
        kerb = _kerb_near(ways, edge, along, kerbs, kerb_within_m) if gated[place] else _NOWHERE
        way = "access" if not gated[place] else "gate" if kerb == _NOWHERE else "kerb"
        joined.append(_Joined(code, way, kerb, points[place], distance_m))
        # a kerb is a node of the network already, and nothing has to be cut for it
        if kerb == _NOWHERE:
            cuts.append(_Cut(len(joined) - 1, edge, along))
    return _assembled(ways, joined, cuts, audited)


@dataclasses.dataclass
class _Joined:
    code: str
    joined_as: str
    node: int = _NOWHERE
    point: shapely.Point | None = None
    distance_m: float = np.nan
    access_edge: int = _NOWHERE
    gate_node: int = _NOWHERE


@dataclasses.dataclass(frozen=True)
class _Cut:
    site: int
    edge: int
    along_m: float


def _refuse(ways: network.Network, sites: gpd.GeoDataFrame) -> None:
    missing = [name for name in ("code", "in_the_way", "position_accuracy_m") if name not in sites]
    if missing:
        raise errors.LayerError(f"sites to be joined: missing columns {', '.join(missing)}")
    faults = [f"{code} occurs twice" for code in sorted(set(sites["code"][sites["code"].duplicated()]))]
    faults += [
        f"{code} has no point"
        for code, shape in zip(sites["code"], sites.geometry, strict=True)
        if shape is None or shape.geom_type != "Point" or shape.is_empty
    ]
    if len(ways.sites):
        faults.append("the network has sites already")
    if faults:
        raise errors.LayerError("sites to be joined: " + "; ".join(faults))


def _nearest(
    points: npt.NDArray[np.object_], lines: npt.NDArray[np.object_], within_m: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Nearest edge of each point, the distance along it and from it, in metres; no edge beyond the limit."""
    edge = np.full(len(points), _NOWHERE, np.intp)
    along, distance = np.full(len(points), np.nan), np.full(len(points), np.nan)
    if len(points) and len(lines):
        place, line = shapely.STRtree(lines).query_nearest(points, all_matches=False)
        distance[place] = shapely.distance(points[place], lines[line])
        near = distance[place] <= within_m
        place, line = place[near], line[near]
        edge[place] = line
        along[place] = shapely.line_locate_point(lines[line], points[place])
    return edge, along, distance


def _kerb_near(ways: network.Network, edge: int, along_m: float, kerbs: set[int], within_m: float) -> int:
    start, end = (int(node) for node in ways.ends[edge])
    length = float(ways.edges.geometry.iloc[edge].length)
    near = [(off, node) for off, node in ((along_m, start), (length - along_m, end)) if node in kerbs]
    off, node = min(near, default=(np.inf, _NOWHERE))
    return node if off <= within_m else _NOWHERE


def _assembled(
    ways: network.Network, joined: list[_Joined], cuts: list[_Cut], audited: pd.DataFrame
) -> network.Network:
    """Split the edges, lay the accesses, and number everything."""
    points, rows = list(ways.nodes.geometry), ways.edges.drop(columns="geometry").to_dict("records")
    lines, whole = list(ways.edges.geometry), set(range(len(ways.edges)))
    for edge, here in _by_edge(cuts):
        whole.discard(edge)
        for row, line in _split(rows[edge], lines[edge], here, joined, points):
            rows.append(row)
            lines.append(line)
            whole.add(len(rows) - 1)
    kept = sorted(whole)
    rows, lines = [rows[place] for place in kept], [lines[place] for place in kept]
    for site in joined:
        if site.joined_as == "access" and site.point is not None:
            # any row will do: only its columns and their types are taken
            rows.append(_access(site, len(points), rows[0]))
            lines.append(shapely.LineString([points[site.node], site.point]))
            points.append(site.point)
            site.node, site.access_edge = len(points) - 1, len(rows) - 1
        elif site.joined_as in ("gate", "kerb"):
            site.gate_node = site.node
    edges = gpd.GeoDataFrame(pd.DataFrame(rows, columns=ways.edges.columns.drop("geometry")), geometry=lines)
    columns = ("code", "joined_as", "node", "distance_m", "gate_node", "access_edge")
    table = pd.DataFrame([[getattr(site, name) for name in columns] for site in joined], columns=list(columns))
    return dataclasses.replace(
        ways,
        nodes=_longer(ways.nodes, points),
        edges=edges.set_crs(ways.edges.crs),
        sites=table.set_index("code"),
        audited=audited,
    )


def _by_edge(cuts: list[_Cut]) -> Iterator[tuple[int, list[_Cut]]]:
    for edge in sorted({cut.edge for cut in cuts}):
        # in the order along the edge; sites at one point by their place in the table, so that it is repeatable
        yield edge, sorted((cut for cut in cuts if cut.edge == edge), key=lambda cut: (cut.along_m, cut.site))


def _split(
    row: dict[str, object],
    line: shapely.LineString,
    cuts: list[_Cut],
    joined: list[_Joined],
    points: list[shapely.Point],
) -> Iterator[tuple[dict[str, object], shapely.Geometry]]:
    """Yield the parts of an edge between its sites, and give each site its node; lengths still add up."""
    length = line.length
    node, at, last = int(str(row["start"])), 0.0, int(str(row["end"]))
    for cut in cuts:
        # a cut here would leave an edge of no length
        if cut.along_m - at <= _SAME_PLACE_M:
            joined[cut.site].node = node
        elif length - cut.along_m <= _SAME_PLACE_M:
            joined[cut.site].node = last
        else:
            points.append(line.interpolate(cut.along_m))
            yield _part(row, node, len(points) - 1, line, at, cut.along_m)
            node, at = len(points) - 1, cut.along_m
            joined[cut.site].node = node
    yield _part(row, node, last, line, at, length)


def _part(
    row: dict[str, object], start: int, end: int, line: shapely.LineString, low: float, high: float
) -> tuple[dict[str, object], shapely.Geometry]:
    share = (high - low) / line.length if line.length else 1.0
    # Shares of the stored length, which may differ from that of the drawn line.
    part = {**row, "start": start, "end": end, "length_m": float(str(row["length_m"])) * share}
    return part, shapely.ops.substring(line, low, high)


def _access(site: _Joined, node: int, like: dict[str, object]) -> dict[str, object]:
    # of the last metres to a site nothing is known but their length
    blank: dict[str, object] = {name: np.nan if isinstance(value, float) else "" for name, value in like.items()}
    return blank | {"start": site.node, "end": node, "kind": "access", "length_m": site.distance_m}


def _longer(nodes: gpd.GeoDataFrame, points: list[shapely.Point]) -> gpd.GeoDataFrame:
    table = nodes.drop(columns="geometry").reindex(range(len(points)))
    texts = table.select_dtypes(exclude="number").columns
    table[texts] = table[texts].fillna("")
    return gpd.GeoDataFrame(table, geometry=points, crs=nodes.crs)
