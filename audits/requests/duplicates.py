"""Propose requests that may ask for the same: near each other and in alike words; a person decides."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from audits import wording
from audits.store.requests import requests
from layers import distance, utm

NEAR_M = 30.0
SHOWN = 20
"""Pairs that a person is shown at once: fifty complaints about one broken pavement are 1,225 pairs."""
ALIKE = 0.5
MORE = wording.phrase("{count} more pairs follow as soon as these are decided.")
COLUMNS = ("request_id", "other_id", "metres", "alike")
# A text of a few letters shares its pairs with any other.
_FEWEST_PAIRS = 4
_NOT_SPOKEN = re.compile(r"[^\w\u0e00-\u0e7f]|_")


def find(asked: pd.DataFrame, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return pairs of open requests within 30 m of each other whose words are alike.

    Parameters
    ----------
    asked
        From :func:`audits.store.requests.requests.every`.
    sites
        The register, index ``code``, points in any CRS: where a request is that names a site only.

    Returns
    -------
    pandas.DataFrame
        ``request_id`` (the earlier one), ``other_id``, ``metres`` (0 at one site, whose position need not be known)
        and ``alike`` (0 to 1, see :func:`alike`), the most alike first.
    """
    still_open = asked.loc[asked["state"].isin(requests.OPEN)].reset_index(drop=True)
    points = places(still_open, sites)
    texts = still_open["text"].map(_pairs).tolist()
    names, rows = still_open["request_id"], []
    # near ones first: most pairs of a town are never compared by their words
    for first, second, metres in _near(still_open, points):
        if (share := _share(texts[first], texts[second])) >= ALIKE:
            rows.append((names[first], names[second], metres, share))
    found = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"metres": "float64", "alike": "float64"})
    return found.sort_values(["alike", "request_id"], ascending=[False, True], ignore_index=True)


def places(asked: pd.DataFrame, sites: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return where each request is, EPSG:4326: its own position, else that of its site; None where nobody knows."""
    own = gpd.points_from_xy(asked["longitude"], asked["latitude"])
    of_site = sites.geometry.to_crs(utm.DEGREES).reindex(asked["site_code"]).to_numpy()
    known = asked["longitude"].notna().to_numpy()
    return gpd.GeoSeries(np.where(known, own, of_site), index=asked.index, crs=utm.DEGREES)


def nearest_site(longitude: float, latitude: float, sites: gpd.GeoDataFrame) -> str:
    """Return the code of the nearest site within 30 m of a point in degrees of WGS 84; empty where there is none."""
    placed = sites.loc[sites.geometry.notna() & ~sites.geometry.is_empty]
    first = distance.nearest(placed, longitude, latitude, 1)
    return next((str(code) for code in first.index[first["distance_m"] <= NEAR_M]), "")


def alike(text: str, other: str) -> float:
    """Return which share of the letter pairs of the shorter text the other has too; Thai has no blanks to split at.

    Examples
    --------
    >>> alike("ทางลาดหน้าตลาดชันเกินไป", "ทางลาดตลาดชันมาก") > 0.5, alike("ทางลาดชัน", "ขอห้องน้ำ")
    (True, 0.0)
    """
    return _share(_pairs(text), _pairs(other))


def _pairs(text: str) -> frozenset[str]:
    # NFKC, since ำ may be written as one letter or as two
    letters = _NOT_SPOKEN.sub("", unicodedata.normalize("NFKC", text).casefold())
    return frozenset(letters[at : at + 2] for at in range(len(letters) - 1))


def _share(pairs: frozenset[str], others: frozenset[str]) -> float:
    fewest = min(len(pairs), len(others))
    if fewest < _FEWEST_PAIRS:
        # so short a text is the same or it is not
        return float(bool(pairs) and pairs == others)
    return len(pairs & others) / fewest


def _near(asked: pd.DataFrame, points: gpd.GeoSeries) -> Iterator[tuple[int, int, float]]:
    """Yield the positions of two requests near each other, the earlier first, with the metres between them."""
    # distances in degrees mean nothing on the ground
    metres = points.to_crs(utm.crs_of(points)).to_numpy()
    placed = np.flatnonzero(~(shapely.is_missing(metres) | shapely.is_empty(metres)))
    tree = shapely.STRtree(metres[placed])
    one, two = tree.query(metres[placed], predicate="dwithin", distance=NEAR_M)
    # the tree finds each pair twice, and each point with itself
    pairs = {(int(placed[a]), int(placed[b])) for a, b in zip(one, two, strict=True) if a < b}
    for _, group in asked.loc[asked["site_code"] != ""].groupby("site_code"):
        pairs |= set(itertools.combinations(map(int, group.index), 2))
    for first, second in sorted(pairs):
        together = asked["site_code"][first] == asked["site_code"][second] != ""
        yield first, second, 0.0 if together else round(float(shapely.distance(metres[first], metres[second])), 1)
