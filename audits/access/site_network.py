"""Join the sites of a record to the walking network, and find where trips start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from audits import errors
from layers import base_file, demand, ground, network, population_file, positions, reach, site_access, sources

WALK_M = reach.LIMITS_M[-1]
# main streets alone lie far apart: within the usual distance hardly a site would join them
COARSE_WITHIN_M = reach.LIMITS_M[0]
STREET = "street"

NOT_JOINED = errors.ProblemKind(
    "REACH-001", "None of the {sites} sites lies within {within} m of a known way; correct positions or get a base map."
)


@dataclass(frozen=True, eq=False)
class Walking:
    """The ground that people walk on, without sites.

    Parameters
    ----------
    network
        The walking network.
    buildings, population
        Of the base map, and of the municipality; None where not known.
    """

    network: network.Network
    buildings: gpd.GeoDataFrame | None = None
    population: gpd.GeoDataFrame | None = None

    @property
    def within_m(self) -> float:
        """How far a site may lie from a known way and still join it, metres."""
        return within_m(self.network.coarse)


def read(folder: Path, area: positions.Box | None) -> Walking:
    """Return the walking network of a workspace, or the coarse one of main streets where it has no base map.

    Parameters
    ----------
    folder
        The workspace.
    area
        Where its town lies, and its residents must.

    Raises
    ------
    layers.errors.LayerError
        When the base map or the file of residents cannot be read.
    """
    # A demonstration without a base map of its own uses that of the workspace around it.
    found, population = base_file.folder_for(folder), population_file.read(folder, area)
    if base_file.path(found).is_file():
        return Walking(network.from_base(found), base_file.read(found, "buildings"), population)
    return Walking(network.coarse(sources.street_axes()), None, population)


def ways(folder: Path, area: positions.Box | None) -> network.Network | None:
    """Return the ways of a town alone; None where its workspace has no base map and no main street of it is known.

    Raises
    ------
    layers.errors.LayerError
        When the base map cannot be read.
    """
    found = base_file.folder_for(folder)
    if base_file.path(found).is_file():
        return network.from_base(found)
    axes = ground.inside(sources.street_axes(), area)
    return None if axes.empty else network.coarse(axes)


def within_m(coarse: bool) -> float:
    """Return how far a site may lie from a known way and still join it, metres."""
    return COARSE_WITHIN_M if coarse else site_access.WITHIN_M


def placed(sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites whose position is known: a site that nobody has found yet is on no way."""
    return gpd.GeoDataFrame(sites.loc[sites.geometry.notna() & ~sites.geometry.is_empty])


def join(walking: Walking, sites: gpd.GeoDataFrame, passes: pd.DataFrame) -> network.Network:
    """Return the network with the sites in it.

    Parameters
    ----------
    walking
        Where one can walk.
    sites
        Index ``code``; ``category``, ``position_accuracy_m`` and points in any CRS.
    passes
        By code and persona, whether the site can be passed; missing where nobody knows.

    Raises
    ------
    errors.RefusedError
        When no site lies near a known way.
    """
    known = placed(sites)
    points = known.reset_index(names="code")[["code", "position_accuracy_m", "geometry"]]
    points["in_the_way"] = (known["category"] == STREET).to_numpy()
    joined = site_access.join(walking.network, gpd.GeoDataFrame(points), passes, within_m=walking.within_m)
    # some sites may lie far off; with all of them far there is nothing to measure
    if not (joined.sites["joined_as"] != "far").any():
        raise errors.RefusedError((NOT_JOINED.at("sites", sites=len(sites), within=walking.within_m),))
    return joined


def starts(walking: Walking, joined: network.Network) -> demand.Demand:
    """Return who starts a trip at which node: residents where they are known, else equal weights."""
    if walking.population is None:
        return demand.equal(joined, walking.buildings)
    return demand.residents(joined, walking.population, walking.buildings)
