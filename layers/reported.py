"""Select what a base map reports of kerbs and footways: evidence that nobody has audited."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from layers import base_file, sources, web_ground

COLUMNS = ("kind", "name_th", "name_en", "tags")
_TAGS: Mapping[str, tuple[str, ...]] = {
    "kerbs": ("kerb", "tactile_paving", "wheelchair"),
    "footways": ("surface", "smoothness", "width_m", "incline_pct", "tactile_paving", "wheelchair"),
}
_DRAWN_M = {"kerbs": 4.0, "footways": 1.5}
_COLOUR = "#5b4b8a"


def read(workspace: Path) -> gpd.GeoDataFrame:
    """Read the kerbs and footways of a workspace's base map that have a tag on how they can be passed.

    Nothing here is a finding: no score, barrier, fix or plan reads it.

    Parameters
    ----------
    workspace
        As for :func:`layers.base_file.folder_for`.

    Returns
    -------
    geopandas.GeoDataFrame
        :data:`COLUMNS` (`kind` is ``kerbs`` or ``footways``, `tags` such as ``kerb=lowered; wheelchair=yes``) and
        points or lines in the UTM zone of the base map; empty without a base map.

    Raises
    ------
    errors.LayerError
        If the base map cannot be read.
    """
    folder = base_file.folder_for(workspace)
    if not base_file.path(folder).is_file():
        return gpd.GeoDataFrame({name: [] for name in COLUMNS}, geometry=[], crs=sources.WGS84)
    parts = []
    for kind, tags in _TAGS.items():
        layer = base_file.read(folder, kind)
        written = pd.Series([_written(row, tags) for row in layer.to_dict("records")], index=layer.index, dtype=object)
        parts.append(layer.assign(kind=kind, tags=written).loc[written != "", [*COLUMNS, "geometry"]])
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=parts[0].crs)


def shades(reported: gpd.GeoDataFrame) -> tuple[web_ground.Shade, ...]:
    """Draw what is reported under the sites: dashed, since it is no finding."""
    made = []
    for kind, metres in _DRAWN_M.items():
        there = reported.geometry[reported["kind"] == kind]
        if len(there):
            # one shape a kind: overlapping ones would be drawn twice as dark
            area = gpd.GeoSeries([shapely.union_all(there.buffer(metres).to_numpy())], crs=reported.crs)
            made.append(web_ground.Shade(kind, area.to_crs(sources.WGS84).iloc[0], _COLOUR, 0.15, dashed=True))
    return tuple(made)


def _written(row: Mapping[str, object], tags: tuple[str, ...]) -> str:
    # NaN is what differs from itself
    known = {tag: row[tag] for tag in tags if row[tag] not in ("", None) and row[tag] == row[tag]}
    return "; ".join(
        f"{tag}={value:g}" if isinstance(value, float) else f"{tag}={value}" for tag, value in known.items()
    )
