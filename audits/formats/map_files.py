"""Open the files of map programs: zipped shapefile, FlatGeobuf and GeoParquet, one point a feature."""

from __future__ import annotations

import codecs
import decimal
import io
import json
import math
import tempfile
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import geopandas as gpd
import pandas as pd
import pyarrow
import pyarrow.parquet
import pyogrio
import shapely.errors

from audits import errors
from audits.formats import archive, features

SHAPE_START = b"\x00\x00\x27\x0a"
FLATGEOBUF_START = b"fgb\x03fgb"
PARQUET_START = b"PAR1"

DAMAGED = errors.ProblemKind("MAP-006", "this file is damaged or incomplete ({reason}); export it again")
BOMB = errors.ProblemKind(
    "MAP-007", "the file unpacks to {megabytes} MB in {entries} parts, too much for a layer of points; split the layer"
)
LOCKED = errors.ProblemKind("MAP-008", "the file asks for a password; pack it without one")
NO_ATTRIBUTES = errors.ProblemKind(
    "MAP-009", "{name} stands alone; pack its .shp, .shx, .dbf, .prj and .cpg as one ZIP and send that"
)

NO_SYSTEM = errors.ProblemKind(
    "MAP-N06",
    "the file names no coordinate system (no .prj); it is found from the figures. If the positions look wrong, state "
    "the system (command line: --crs EPSG:32648)",
)
LETTERS_FOUND = errors.ProblemKind(
    "MAP-N07", "the file does not say its encoding (no .cpg); read as {encoding}: check that the names look right"
)

GUARD = archive.Guard(
    damaged=DAMAGED,
    too_much=BOMB,
    locked=LOCKED,
    # The empty cells of a .dbf are blanks, which pack far better than anything that is no bomb otherwise.
    always_allowed_bytes=50 * 2**20,
)
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_DAMAGE = (
    *(pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FeatureError),
    *(pyogrio.errors.GeometryError, pyogrio.errors.CRSError, shapely.errors.ShapelyError, pyarrow.ArrowException),
    *(ValueError, RuntimeError, KeyError, TypeError, LookupError, OSError),
)


def read_shapefile(parts: archive.Archive, file_name: str, most: int) -> features.Layer:
    """Return the features of a zipped shapefile; of several, of the first one with points.

    Parameters
    ----------
    parts
        The archive, checked against :data:`GUARD`.
    file_name
        For the problems.
    most
        Number of features accepted.

    Raises
    ------
    audits.errors.RefusedError
        If it is damaged, has no table beside the shapes, or more than `most` features.
    """
    shapes = {name: _beside(parts, name) for name in parts.entries if name.casefold().endswith(".shp")}
    # bytes 32 to 35 of the header are the type of shape: 1, 11 and 21 are points
    points = [name for name in shapes if parts.read(name, 36)[32:33] in (b"\x01", b"\x0b", b"\x15")]
    chosen = min(points or shapes)
    if ".dbf" not in shapes[chosen]:
        raise errors.RefusedError((NO_ATTRIBUTES.at(file_name, name=chosen),))
    with tempfile.TemporaryDirectory() as folder:
        # under fixed names: those in the archive may lead anywhere
        for ending, name in shapes[chosen].items():
            (Path(folder) / f"sent{ending}").write_bytes(parts.read_whole(name, GUARD.most_unpacked_bytes))
        encoding, assumed = _encoding(Path(folder) / "sent.dbf", file_name)
        layer = _by_gdal(Path(folder) / "sent.shp", file_name, most, encoding)
    others = ", ".join(sorted(set(shapes) - {chosen}))
    notices = [features.CHOSEN_LAYER.at(file_name, layer=chosen, others=others)] if others else []
    notices += [NO_SYSTEM.at(file_name)] if not layer.crs else []
    return features.Layer(layer.records, layer.crs, (*notices, *assumed, *layer.notices), encoding)


def _beside(parts: archive.Archive, shape: str) -> Mapping[str, str]:
    """Return the parts of one shapefile by their endings, whatever the case of the names."""
    stem = shape[:-4].casefold()
    found = {PurePosixPath(name).suffix.casefold(): name for name in parts.entries if name[:-4].casefold() == stem}
    return {ending: name for ending, name in found.items() if ending in _PARTS}


def _encoding(table: Path, file_name: str) -> tuple[str, tuple[errors.Problem, ...]]:
    """Return the encoding that the .cpg states, else the one found, with a notice.

    GDAL takes a table without .cpg for Latin, in which Thai names come out as other letters.
    """
    stated = table.with_suffix(".cpg")
    if stated.exists():
        name = stated.read_text("ascii", "replace").strip().casefold().removeprefix("ansi ").removeprefix("oem ")
        name = {"874": "cp874", "windows-874": "cp874", "65001": "utf-8"}.get(name, name)
        try:
            return codecs.lookup(name).name, ()
        except LookupError:
            pass
    content = table.read_bytes()
    # The first 32 bytes count records and hold no letter.
    if content[32:].isascii():
        return "utf-8", ()
    try:
        content[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "cp874", (LETTERS_FOUND.at(file_name, encoding="Windows Thai (cp874)"),)
    return "utf-8", (LETTERS_FOUND.at(file_name, encoding="UTF-8"),)


def read_flatgeobuf(content: bytes, file_name: str, most: int) -> features.Layer:
    """Return the features of a FlatGeobuf file.

    Raises
    ------
    audits.errors.RefusedError
        If it is damaged or has more than `most` features.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sent.fgb"
        path.write_bytes(content)
        return _by_gdal(path, file_name, most)


def _by_gdal(path: Path, file_name: str, most: int, encoding: str | None = None) -> features.Layer:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            # counted, since some drivers answer -1 without reading, which would pass the limit
            about = pyogrio.read_info(path, encoding=encoding, force_feature_count=True)
            features.refuse_too_many(about["features"], most, file_name)
            frame = pyogrio.read_dataframe(path, encoding=encoding)
        except _DAMAGE as error:
            raise errors.RefusedError((_damaged(error, file_name),)) from error
    return features.from_frame(frame, str(about["crs"] or ""), file_name, caught)


def read_parquet(content: bytes, file_name: str, most: int) -> features.Layer:
    """Return the features of a GeoParquet file, or the rows of a Parquet table, whose positions stand in columns.

    Raises
    ------
    audits.errors.RefusedError
        If it is damaged, unpacks to too much, or has more than `most` features.
    """
    try:
        about = pyarrow.parquet.ParquetFile(io.BytesIO(content)).metadata
        # the sizes stand in the footer, and are known before anything is unpacked
        unpacked = sum(about.row_group(number).total_byte_size for number in range(about.num_row_groups))
        features.refuse_too_many(about.num_rows, most, file_name)
        if unpacked > GUARD.most_unpacked_bytes:
            raise errors.RefusedError((BOMB.at(file_name, megabytes=unpacked // 2**20, entries=about.num_columns),))
        if b"geo" not in (about.metadata or {}):
            return _without_metadata(pyarrow.parquet.read_table(io.BytesIO(content)))
        frame = gpd.read_parquet(io.BytesIO(content))
    except _DAMAGE as error:
        raise errors.RefusedError((_damaged(error, file_name),)) from error
    system = frame.crs
    authority = system.to_authority() if system is not None else None
    named = ":".join(authority) if authority else (system.to_wkt() if system is not None else "")
    # the default of GeoParquet: WGS 84 with the longitude first, as all geometries here
    named = features.WGS_84 if named == "OGC:CRS84" else named
    others = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    return features.from_frame(others.assign(geometry=list(frame.geometry)), named, file_name, ())


def _without_metadata(table: pyarrow.Table) -> features.Layer:
    records = [{str(key): _plain(value) for key, value in record.items()} for record in table.to_pylist()]
    return features.Layer([(record, None) for record in records], "", ())


def _plain(value: object) -> object:
    """Return a value as the cell of a workbook holds it."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, bytes):
        return None
    if isinstance(value, float) and math.isnan(value):
        return None
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value


def _damaged(error: Exception, file_name: str) -> errors.Problem:
    return DAMAGED.at(file_name, reason=" ".join(str(error).split())[:80])


READERS: Mapping[bytes, tuple[str, Callable[[bytes, str, int], features.Layer]]] = {
    FLATGEOBUF_START: ("FlatGeobuf", read_flatgeobuf),
    PARQUET_START: ("GeoParquet", read_parquet),
}
