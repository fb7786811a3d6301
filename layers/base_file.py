"""Store the base map as one GeoPackage in a folder, replaced whole, read layer by layer."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pyogrio.errors

from layers import errors

NAME = "base.gpkg"
ABOUT = "about"
DEMONSTRATION = "demonstration"
ATTRIBUTION = "© OpenStreetMap contributors, ODbL"


def path(folder: Path) -> Path:
    """Path of the base map of a folder, whether or not there is one."""
    return folder / NAME


def folders(workspace: Path) -> tuple[Path, ...]:
    """Folders that may hold the ground of a workspace, by precedence.

    The demonstration lies in the folder of the real workspace and shares its ground.
    """
    return (workspace, workspace.parent) if workspace.name == DEMONSTRATION else (workspace,)


def folder_for(workspace: Path) -> Path:
    """Folder of the base map that a workspace uses; the workspace itself where there is none."""
    return next((folder for folder in folders(workspace) if path(folder).is_file()), workspace)


def write(
    layers: Mapping[str, gpd.GeoDataFrame], shapes: Mapping[str, str], about: Mapping[str, str], folder: Path
) -> Path:
    """Write the base map; an older one is replaced in one step, or stays as it was when anything fails.

    Parameters
    ----------
    layers
        By name; all in one CRS.
    shapes
        The geometry type of each layer, such as ``LineString``; an empty layer has one too.
    about
        Sources and counts, kept as the table ``about``.
    folder
        Made when it is not there.

    Returns
    -------
    pathlib.Path
        The GeoPackage.

    Raises
    ------
    errors.LayerError
        If the folder cannot be written, or the old base map is open in another program.
    """
    target = path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # beside the target: a rename is one step only within one file system
        with tempfile.TemporaryDirectory(prefix=".base-", dir=folder) as aside:
            fresh = Path(aside) / NAME
            for name, frame in layers.items():
                pyogrio.write_dataframe(frame, fresh, layer=name, **_options(fresh, shapes[name]))
            table = pd.DataFrame({"key": list(about), "value": list(about.values())})
            pyogrio.write_dataframe(table, fresh, layer=ABOUT, driver="GPKG", append=True)
            # only once every layer is in it: whoever reads meanwhile gets the old one or the new one
            fresh.replace(target)
    except (OSError, pyogrio.errors.DataSourceError) as fault:
        reason = "is the folder writable, and the old file closed in other programs?"
        raise errors.LayerError(f"{target}: the base map could not be written; {reason} ({fault})") from fault
    return target


def read(folder: Path, layer: str) -> gpd.GeoDataFrame:
    """Read a layer of the base map, in the UTM zone of its box; texts are never missing but empty.

    Raises
    ------
    errors.LayerError
        If there is no base map, it is not one, or it has no such layer.
    """
    frame = _read(folder, layer)
    texts = [name for name in frame.columns if name != "geometry" and not pd.api.types.is_numeric_dtype(frame[name])]
    frame[texts] = frame[texts].astype(object).where(frame[texts].notna(), "")
    return frame


def about(folder: Path) -> dict[str, str]:
    """Read the sources of the base map: `attribution`, `source_file`, `source_at`, `box` and counts.

    Raises
    ------
    errors.LayerError
        If there is no base map or it is not one.
    """
    table = _read(folder, ABOUT)
    return {str(key): str(value or "") for key, value in zip(table["key"], table["value"], strict=True)}


def _read(folder: Path, layer: str) -> gpd.GeoDataFrame:
    file = path(folder)
    if not file.is_file():
        raise errors.LayerError(f"{file}: there is no base map; make one with: python -m layers base FILE.osm.pbf")
    try:
        return pyogrio.read_dataframe(file, layer=layer)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as fault:
        raise errors.LayerError(f"{file}: layer {layer} cannot be read; make the base map again ({fault})") from fault


def _options(file: Path, shape: str) -> dict[str, object]:
    # GDAL's own newest version of the format makes older programs warn.
    first = {} if file.exists() else {"dataset_options": {"VERSION": "1.2"}}
    named = {"DESCRIPTION": ATTRIBUTION, "GEOMETRY_NAME": "geometry"}
    return {"driver": "GPKG", "append": file.exists(), "geometry_type": shape, "layer_options": named, **first}
