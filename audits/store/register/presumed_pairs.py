"""Find elements of the register that may be one thing, recorded once at a ramp and once at the space around it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import geopandas as gpd
import pandas as pd

from layers import utm

NEAR_M = 30.0
"""Two sites that lie nearer may be one place: a position from a phone is good to about 10 m, a ramp is up to 20 m long.
Our working value; a pair is only presumed until somebody who was there decides."""

COLUMNS = ("kind", "site_code", "other_site")


def find(
    sites: gpd.GeoDataFrame,
    elements: pd.DataFrame,
    joined: Mapping[str, str],
    apart: Collection[frozenset[str]],
) -> pd.DataFrame:
    """List the pairs of elements of one kind, one at a ramp and one at a space of the same name or near to it.

    Parameters
    ----------
    sites
        Index ``code``; ``kind``, ``name_th``, ``name_en`` and points, EPSG:4326.
    elements
        Index ``element_id``; ``site_code`` and ``kind``.
    joined, apart
        What is decided already: see :func:`audits.store.register.same_elements.joined` and
        :func:`audits.store.register.same_elements.apart`.

    Returns
    -------
    pandas.DataFrame
        Index ``element_id`` and ``other_id``, of the ramp and of the space, in order; columns :data:`COLUMNS`.
    """
    ramps, spaces = (sites.loc[sites["kind"] == kind] for kind in ("ramp", "space"))
    places = pd.concat([_named_alike(ramps, spaces), _near(ramps, spaces)]).drop_duplicates()
    own = elements[["site_code", "kind"]].rename_axis("element_id").reset_index()
    others = own.rename(columns={"site_code": "other_site", "element_id": "other_id"})
    pairs = own.merge(places, on="site_code").merge(others, on=["other_site", "kind"])
    # two that are joined by way of a third are decided as well
    counted = (pairs[column].map(lambda name: joined.get(name, name)) for column in ("element_id", "other_id"))
    decided = [
        one == other or frozenset(pair) in apart
        for one, other, pair in zip(*counted, zip(pairs["element_id"], pairs["other_id"], strict=True), strict=True)
    ]
    left = pairs.loc[[not one for one in decided]].sort_values(["element_id", "other_id"])
    return left.set_index(["element_id", "other_id"])[list(COLUMNS)]


def _named_alike(ramps: pd.DataFrame, spaces: pd.DataFrame) -> pd.DataFrame:
    """Pair sites where the name of the ramp ends in that of the space, as “ทางลาด ศาลากลาง” does in “ศาลากลาง”."""
    parts = []
    for column in ("name_th", "name_en"):
        tails = ramps[column].map(_tails).explode().rename("name").rename_axis("site_code").reset_index()
        names = spaces[column].rename("name").rename_axis("other_site").reset_index()
        # places without a name would all have the same one
        parts.append(tails.merge(names.loc[names["name"] != ""], on="name")[["site_code", "other_site"]])
    return pd.concat(parts)


def _tails(name: str) -> list[str]:
    words = name.split(" ")
    return [" ".join(words[start:]) for start in range(len(words))]


def _near(ramps: gpd.GeoDataFrame, spaces: gpd.GeoDataFrame) -> pd.DataFrame:
    known = [part.loc[part.geometry.notna() & ~part.geometry.is_empty, ["geometry"]] for part in (ramps, spaces)]
    if known[0].empty or known[1].empty:
        return pd.DataFrame(columns=["site_code", "other_site"])
    zone = utm.crs_of(known[0])
    left, right = (part.to_crs(zone) for part in known)
    found = left.rename_axis("site_code").sjoin(right.rename_axis("other_site"), predicate="dwithin", distance=NEAR_M)
    return pd.DataFrame(found.reset_index()[["site_code", "other_site"]])
