"""Open a GeoPackage from QField, alone or zipped with its photos, and refuse what cannot be trusted."""

from __future__ import annotations

import functools
import math
import posixpath
import re
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import shapely

from audits import errors
from audits.field import arrivals
from audits.field.qfield import layout, package
from audits.formats import archive, features, geopackage, tables
from audits.store.photos import photos

DAMAGED = errors.ProblemKind(
    "QFIELD-001", "the file is damaged or cut off ({reason}); copy it from the phone again and send that"
)
NOT_OURS = errors.ProblemKind(
    "QFIELD-002", "no table {table} of this program is in it; send the folder that was opened in QField, as one zip"
)
SEVERAL = errors.ProblemKind("QFIELD-003", "there are several surveys in it ({names}); send one trip at a time")
STILL_OPEN = errors.ProblemKind(
    "QFIELD-004",
    "it was copied while QField or QGIS had it open, so the last rows may be missing; close the project there and "
    "send the whole folder as one zip",
)
LOCKED = errors.ProblemKind("QFIELD-005", "the zip asks for a password; pack it without one")
BOMB = errors.ProblemKind(
    "QFIELD-006",
    "the zip unpacks to {megabytes} MB in {entries} files, more than a trip brings back; send less at once",
)
OUTSIDE = errors.ProblemKind("QFIELD-007", "the zip holds “{name}”, which points outside of its folder; pack it again")

# Bytes 18 and 19 of an SQLite file are 2 in WAL mode (sqlite.org/fileformat2.html, section 1.3).
_LOG, _KEEPS_LOG = "-wal", b"\x02\x02"
_MACOS = "__MACOSX/"
_NEEDED = {"uuid", "site_code", "element_kind", "surveyor", "observed_at"}
_DAMAGE = (sqlite3.Error, *archive.DAMAGE)
# Photos do not pack: a zip that is large and grows to more than four times its size holds something else.
_GUARD = archive.Guard(damaged=DAMAGED, too_much=BOMB, locked=LOCKED, outside=OUTSIDE, large_ratio=4)


@dataclass(frozen=True)
class Row:
    """One row as it stands: its ``fid``, its cells but the empty ones, and its geometry as kept."""

    line: int
    cells: Mapping[str, object]
    geometry: object = None


@dataclass(frozen=True)
class Returned:
    """What came back.

    Parameters
    ----------
    rows
        In the order of ``fid``.
    columns
        Of the table, in order.
    form_version
        Version of the criteria that asked; empty when unknown.
    photo
        Gives what reads a photo by the path in a row; None when it did not come.
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    form_version: str
    photo: Callable[[str], Callable[[], bytes] | None]


def is_qfield(content: bytes) -> bool:
    """Recognise our table, or a zip with one; it may still be damaged."""
    if content.startswith(features.GEOPACKAGE_START):
        # cheap: the name stands in the schema, which a damaged file shows as well
        return layout.LAYER.encode() in content
    if not content.startswith(archive.START):
        return False
    try:
        return bool(_surveys(archive.opened(content, "", _GUARD)))
    except errors.RefusedError:
        return False


def opened(content: bytes, file_name: str) -> Returned:
    """Open a GeoPackage, or a zip of the whole folder.

    Raises
    ------
    audits.errors.RefusedError
        If it is damaged, locked, foreign, a bomb, left open, or names files outside of its folder.
    """
    if content.startswith(features.GEOPACKAGE_START):
        _refuse_if(content[18:20] == _KEEPS_LOG, STILL_OPEN.at(file_name))
        return _read({"": content}, file_name, lambda _: None)
    _refuse_if(not content.startswith(archive.START), NOT_OURS.at(file_name, table=layout.LAYER))
    packed = archive.opened(content, file_name, _GUARD)
    found = _surveys(packed)
    _refuse_if(not found, NOT_OURS.at(file_name, table=layout.LAYER))
    _refuse_if(len(found) > 1, SEVERAL.at(file_name, names=", ".join(found)))
    name = found[0]
    # A log of finished writes is safe to read on; a journal of unfinished ones may name any file to be deleted.
    journal = packed.entries.get(f"{name}-journal")
    _refuse_if(journal is not None and journal.file_size > 0, STILL_OPEN.at(file_name))
    files = {end: packed.read(name + end) for end in ("", _LOG) if name + end in packed.entries}
    folder = posixpath.dirname(name)
    # Beside the project, so the whole folder came, and a log that is not in it was not left over.
    whole = any(posixpath.dirname(each) == folder and each.endswith((".qgz", ".qgs")) for each in packed.entries)
    _refuse_if(files[""][18:20] == _KEEPS_LOG and not whole, STILL_OPEN.at(file_name))
    return _read(files, file_name, functools.partial(_photo, packed, folder))


def _refuse_if(wrong: bool, problem: errors.Problem) -> None:
    if wrong:
        raise errors.RefusedError((problem,))


def _surveys(packed: archive.Archive) -> list[str]:
    """Return the names of the GeoPackages that hold our table, or are too damaged to see."""
    found = []
    for name in packed.entries:
        if name.casefold().endswith(".gpkg") and not name.startswith(_MACOS):
            try:
                inside = packed.read(name)
            except errors.RefusedError:
                # Opening it reports the damage.
                found.append(name)
                continue
            if inside.startswith(features.GEOPACKAGE_START) and layout.LAYER.encode() in inside:
                found.append(name)
    return found


def _photo(packed: archive.Archive, folder: str, path: str) -> Callable[[], bytes] | None:
    """Return a reader of the photo that a row names: beside the table, or the only one of its name."""
    # a folder that was filled on Windows names its photos so
    path = path.replace("\\", "/")
    wanted = posixpath.normpath(posixpath.join(folder, path))
    if wanted not in packed.entries:
        alike = [
            name
            for name in packed.entries
            if arrivals.folded(posixpath.basename(name)) == arrivals.folded(posixpath.basename(path))
            and not name.startswith(_MACOS)
        ]
        # of several alike nobody can say which one the row means
        if len(alike) != 1:
            return None
        wanted = alike[0]
    # One byte too many makes the store of photos refuse the rest.
    return functools.partial(packed.read, wanted, photos.LARGEST_BYTES + 1)


def place(blob: bytes) -> tuple[float, float] | None:
    """Return longitude and latitude of a point as a GeoPackage keeps it; None for an empty one.

    Raises
    ------
    ValueError
        If it is no point, not in WGS 84, or not on the earth.
    """
    shape, system = geopackage.decode(blob)
    if system != geopackage.WGS84:
        raise ValueError(f"reference system {system}; {geopackage.WGS84} is accepted")
    if not isinstance(shape, shapely.Point):
        raise ValueError(f"{shape.geom_type}; a point is accepted")
    if shape.is_empty:
        return None
    if not (math.isfinite(shape.x + shape.y) and abs(shape.x) <= 180 and abs(shape.y) <= 90):
        raise ValueError(f"{shape.x}, {shape.y} are no degrees")
    return shape.x, shape.y


def _read(files: Mapping[str, bytes], file_name: str, photo: Callable[[str], Callable[[], bytes] | None]) -> Returned:
    # on the disk, since SQLite reads a log only beside a file of its name
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / layout.GEOPACKAGE
        for end, content in files.items():
            path.with_name(path.name + end).write_bytes(content)
        try:
            with closing(sqlite3.connect(path)) as file:
                return _tables(file, file_name, photo)
        except _DAMAGE as error:
            raise errors.RefusedError((DAMAGED.at(file_name, reason=error),)) from error


def _tables(file: sqlite3.Connection, file_name: str, photo: Callable[[str], Callable[[], bytes] | None]) -> Returned:
    # What is written in a stranger's schema must not run.
    file.execute("PRAGMA trusted_schema=OFF")
    # letters that are no Unicode must not keep the other rows out
    file.text_factory = lambda text: text.decode("utf-8", "replace")
    # the whole file before the first row: a part of a trip must not pass for all of it
    (sound,) = file.execute("PRAGMA quick_check(1)").fetchone()
    _refuse_if(sound != "ok", DAMAGED.at(file_name, reason=sound))
    # a view or a virtual table would run what a stranger wrote as it is read
    plain = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ? AND sql NOT LIKE 'CREATE VIRTUAL%'"
    foreign = NOT_OURS.at(file_name, table=layout.LAYER)
    _refuse_if(file.execute(plain, (layout.LAYER,)).fetchone() != (1,), foreign)
    # counted first, so that a table that is too long never comes into the memory
    (count,) = file.execute(f"SELECT count(*) FROM {layout.LAYER}").fetchone()  # noqa: S608
    _refuse_if(count > tables.MOST_ROWS, tables.TOO_MANY_ROWS.at(file_name, most=tables.MOST_ROWS))
    read = file.execute(f"SELECT rowid, * FROM {layout.LAYER} ORDER BY rowid")  # noqa: S608
    columns = tuple(str(each[0]) for each in read.description[1:])
    _refuse_if(not set(columns) >= _NEEDED, foreign)
    rows = tuple(_row(line, dict(zip(columns, cells, strict=True))) for line, *cells in read)
    return Returned(rows, columns, _version(file), photo)


def _row(line: int, cells: dict[str, object]) -> Row:
    geometry = cells.pop("geom", None)
    cells.pop("fid", None)
    return Row(line, {name: value for name, value in cells.items() if value is not None}, geometry)


def _version(file: sqlite3.Connection) -> str:
    described = file.execute("SELECT description FROM gpkg_contents WHERE table_name = ?", (layout.LAYER,)).fetchone()
    found = re.fullmatch(rf"{package.VERSION_MARK}(\w+)", str(described[0])) if described else None
    return found[1] if found else ""
