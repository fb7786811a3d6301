"""Rank the surveyed sites by condition, location and requests, as transition plans do; the others: measure first."""

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
from audits.scoring import run
from layers import utm

CONDITION = "condition"
PEOPLE, PASSERS, REQUESTS = "people", "passers", "requests"
NEAR: Mapping[str, tuple[str, ...]] = {
    "government": ("government", "public_hall"),
    "health": ("hospital", "clinic"),
    "school": ("school", "municipal_school", "special_school", "college", "university"),
    "transit": ("bus_terminal", "rail", "bus_stop"),
}
COMPONENTS = {
    CONDITION: wording.phrase("condition: how far the site is from passing"),
    "government": wording.phrase("near a government office or public hall"),
    "health": wording.phrase("near a hospital or clinic"),
    "school": wording.phrase("near a school, college or university"),
    "transit": wording.phrase("near a bus terminal, bus stop or railway station"),
    PEOPLE: wording.phrase("people who live within 800 m on foot"),
    PASSERS: wording.phrase("people whose shortest way to a site passes here"),
    REQUESTS: wording.phrase("requests of residents that are still open"),
}
SOURCES = {
    CONDITION: wording.phrase("100 less the official score, an interval while something is not measured"),
    "government": wording.phrase("public places of this record; position of the site ± its accuracy"),
    "health": wording.phrase("public places of this record; position of the site ± its accuracy"),
    "school": wording.phrase("public places of this record; position of the site ± its accuracy"),
    "transit": wording.phrase("public places of this record; position of the site ± its accuracy"),
    PEOPLE: wording.phrase("walking network; residents where they are known, else equal weights"),
    PASSERS: wording.phrase("walking network; residents where they are known, else equal weights"),
    REQUESTS: wording.phrase(
        "requests recorded for the site, relative to the site with most; while there is none, this part does not count"
    ),
}
FORM = wording.phrase(
    "Condition, location and requests are added up as in published transition plans (Pierce County, Washington County "
    "and San Francisco, USA); which places count follows 28 CFR 35.150(d)(2)."
)
WORKING = wording.phrase("The weights are working values of this tool until the municipality sets its own; not law.")
MEASURE_FIRST = wording.phrase(
    "Only surveyed sites are ranked: of the others nobody knows the condition. They stand under “Measure first”, those "
    "first that most people need to come to, with the minutes that it takes to know their barriers."
)
NEARNESS = wording.phrase("Near counts fully up to 400 m in a straight line and not at all from 800 m.")

FULLY_M, NOT_AT_ALL_M = 400.0, 800.0

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Components:
    """The value of each component for each site, 0 to 1.

    Parameters
    ----------
    low, high
        By code, one column each of :data:`COMPONENTS`; they differ where something is not known.
    unsurveyed
        Codes of the sites that nobody has surveyed: they have no rank.
    waiting
        Codes of the sites whose surveys wait for approval, where only approved ones count: no rank until then.
    """

    low: pd.DataFrame
    high: pd.DataFrame
    unsurveyed: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


def components(
    sites: gpd.GeoDataFrame,
    audited: pd.DataFrame,
    places: gpd.GeoDataFrame,
    people: pd.Series,
    passers: pd.Series,
    asked: pd.Series | None = None,
) -> Components:
    """Return the components of each site.

    Parameters
    ----------
    sites
        Index ``code``; `position_accuracy_m` and points in any CRS.
    audited
        :attr:`audits.scoring.run.Audit.sites`.
    places
        Points with `category`, any CRS.
    people, passers
        By code, who lives within a walk, and who passes; a missing site is not joined to the network, so nothing is
        known of it. Each is taken relative to the largest.
    asked
        By code, how many requests are open, from :func:`audits.requests.counts.at_sites`; a missing site has none.
    """
    score = audited[["score_low", "score_high"]].reindex(sites.index)
    # what nobody measured may be as bad or as good as can be
    parts = {CONDITION: (1 - score["score_high"].fillna(100) / 100, 1 - score["score_low"].fillna(0) / 100)}
    for name, kinds in NEAR.items():
        wanted = places[places["category"].isin(kinds)]
        parts[name] = near(sites.geometry, sites["position_accuracy_m"], wanted.geometry)
    for name, counted in ((PEOPLE, people), (PASSERS, passers)):
        largest = counted.max() if len(counted) and counted.max() > 0 else 1.0
        share = counted.reindex(sites.index) / largest
        parts[name] = share.fillna(0.0), share.fillna(1.0)
    requests = pd.Series(dtype=np.float64) if asked is None else asked
    share = (requests / requests.max()).reindex(sites.index).fillna(0.0)
    parts[REQUESTS] = share, share
    low, high = ({name: pair[side] for name, pair in parts.items()} for side in (0, 1))
    never = audited["last_surveyed_on"].reindex(sites.index).isna()
    waits = (audited["standing"].reindex(sites.index) == run.WAITING).to_numpy(dtype=bool)
    unsurveyed, waiting = (tuple(map(str, sites.index[never & chosen])) for chosen in (~waits, waits))
    return Components(pd.DataFrame(low, index=sites.index), pd.DataFrame(high, index=sites.index), unsurveyed, waiting)


def near(points: gpd.GeoSeries, accuracy_m: pd.Series, places: gpd.GeoSeries) -> tuple[pd.Series, pd.Series]:
    """Return the nearness of each point to the nearest place, 0 to 1, at its farthest and at its nearest.

    Both in any CRS; nothing is known of a point that is missing, or whose accuracy is.
    """
    metres = utm.crs_of(points)
    near_enough = utm.measured(places.to_frame(), metres)
    if near_enough.empty:
        nothing = pd.Series(0.0, index=points.index)
        return nothing, nothing
    goals = shapely.STRtree(near_enough.geometry.to_numpy())
    shapes = points.to_crs(metres).to_numpy()
    off = np.full(len(points), np.nan)
    known = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    # of several that are equally near one is enough for the distance
    place, distance = goals.query_nearest(shapes[known], return_distance=True, all_matches=False)
    off[np.flatnonzero(known)[place[0]]] = distance
    guard = accuracy_m.to_numpy(np.float64, na_value=np.nan)
    far, close = _nearness(off + guard), _nearness(off - guard)
    unknown = np.isnan(off + guard)
    return (
        pd.Series(np.where(unknown, 0.0, far), index=points.index),
        pd.Series(np.where(unknown, 1.0, close), index=points.index),
    )


def scores(parts: Components, weights: Mapping[str, float]) -> pd.DataFrame:
    """Return the priority of each surveyed site and its rank among them.

    ``priority = 100 · Σ weight · component ÷ Σ weight``, at its lowest and at its highest.

    Parameters
    ----------
    parts
        As from :func:`components`.
    weights
        By component, 0 or more; at least one is more than 0.

    Returns
    -------
    pandas.DataFrame
        By code: `low`, `high` and `middle` (0 to 100), `rank` by the middle, and `rank_best` and `rank_worst`, the
        ranks that the site may have once everything about it is known.

    Raises
    ------
    ValueError
        When no weight is more than 0.
    """
    each = contributions(parts, weights)
    codes = each.low.index.drop([*parts.unsurveyed, *parts.waiting])
    low, high = (ends.loc[codes].sum(axis=1).to_numpy() for ends in (each.low, each.high))
    middle = (low + high) / 2
    # Sums of the same parts in another order must not differ by a rank.
    shown_low, shown_high, shown_middle = np.round(low, 9), np.round(high, 9), np.round(middle, 9)
    above = len(low) - np.searchsorted(np.sort(shown_low), shown_high, side="right")
    maybe_above = len(low) - np.searchsorted(np.sort(shown_high), shown_low, side="right")
    rank_middle = 1 + len(low) - np.searchsorted(np.sort(shown_middle), shown_middle, side="right")
    return pd.DataFrame(
        {
            "low": low,
            "high": high,
            "middle": middle,
            "rank": rank_middle,
            "rank_best": 1 + above,
            # A site whose ends differ is itself among those that may be above it, and is taken out again.
            "rank_worst": 1 + maybe_above - (shown_high > shown_low),
        },
        index=codes,
    )


def measure_first(record: records.AuditedRecord, parts: Components, weights: Mapping[str, float]) -> pd.DataFrame:
    """List the sites that nobody has surveyed, those with the most points of location and requests first.

    Returns
    -------
    pandas.DataFrame
        Index ``code``; ``location`` (points of 100 of all components but condition and requests, the middle of lowest
        and highest), ``requests`` (points) and ``minutes`` to measure the possible barriers of
        :func:`audits.barriers.measure_first`, missing where no element on the way is registered.
    """
    each, codes = contributions(parts, weights), list(parts.unsurveyed)
    place = [name for name in COMPONENTS if name not in (CONDITION, REQUESTS)]
    location = (each.low.loc[codes, place].sum(axis=1) + each.high.loc[codes, place].sum(axis=1)) / 2
    minutes = barriers.measure_first(record).groupby("site_code")["minutes"].sum().reindex(codes)
    asked = each.low.loc[codes, REQUESTS].round(9)
    table = pd.DataFrame({"location": location.round(9), "requests": asked, "minutes": minutes}).rename_axis("code")
    points = table["location"] + table["requests"]
    # by code among equals, whatever the order of the register
    return table.iloc[np.lexsort((table.index.astype(str), -points))]


def waits(parts: Components, words: wording.Wording) -> list[str]:
    """State how many sites have no rank only because their surveys wait for approval; nothing where none do."""
    if not parts.waiting:
        return []
    return [
        words.count(
            "{n} site was surveyed, but its survey waits for approval: no rank until then",
            "{n} sites were surveyed, but their surveys wait for approval: no rank until then",
            len(parts.waiting),
        )
    ]


def contributions(parts: Components, weights: Mapping[str, float]) -> Components:
    """Return the points, of 100, that each component adds to each site; parameters as for :func:`scores`."""
    given = pd.Series({name: float(weights[name]) for name in COMPONENTS})
    # Without any request nobody could have their points, and no site could reach 100.
    if not parts.high[REQUESTS].any():
        given[REQUESTS] = 0.0
    if not given.sum() > 0 or (given < 0).any():
        raise ValueError("weights must be 0 or more, and at least one more than 0")
    share = 100 * given / given.sum()
    low, high = (ends[list(COMPONENTS)] * share for ends in (parts.low, parts.high))
    return dataclasses.replace(parts, low=low, high=high)


def _nearness(off_m: Numbers) -> Numbers:
    nearness: Numbers = np.clip((NOT_AT_ALL_M - off_m) / (NOT_AT_ALL_M - FULLY_M), 0.0, 1.0)
    return nearness
