"""Open what came back from QField, alone or zipped with its photos, and refuse at once what cannot be trusted."""

from __future__ import annotations

import functools
import io
import posixpath
import re
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from audits import errors
from audits.field.qfield import layout, package
from audits.formats import features, tables, workbooks
from audits.store import photos

DAMAGED = errors.ProblemKind(
    "QFIELD-001", "the file is damaged or cut off ({said}); copy it from the phone again and send that"
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
PHOTO_DAMAGED = errors.ProblemKind("QFIELD-008", "the photo is damaged in the zip; send the folder again")

# Photos do not pack: a zip that grows more than this, and large, holds something else.
MOST_RATIO_WHEN_LARGE = 4

_LOG, _KEEPS_LOG = "-wal", b"\x02\x02"
_MACOS = "__MACOSX/"
_NEEDED = {"uuid", "site_code", "element_kind", "surveyor", "observed_at"}
_DAMAGE = (
    *(sqlite3.Error, zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError),
    *(OSError, EOFError, RuntimeError, ValueError, KeyError),
)


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
        Version of the criteria that asked; empty when it is not said.
    photo
        Gives what reads a photo by the path in a row; None when it did not come.
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    form_version: str
    photo: Callable[[str], Callable[[], bytes] | None]


def is_qfield(content: bytes) -> bool:
    """Return whether this is our table, or a zip with one; it may still be damaged."""
    if content.startswith(features.GEOPACKAGE_START):
        return layout.LAYER.encode() in content
    if not content.startswith(workbooks.ZIP_START):
        return False
    try:
        return bool(_surveys(content, _guarded(content, "")))
    except errors.RefusedError:
        return False


def opened(content: bytes, file_name: str) -> Returned:
    """Open a GeoPackage, or a zip of the whole folder.

    Raises
    ------
    RefusedError
        If it is damaged, locked, foreign, a bomb, left open, or names files outside of its folder.
    """
    if content.startswith(features.GEOPACKAGE_START):
        if content[18:20] == _KEEPS_LOG:
            raise errors.RefusedError((STILL_OPEN.at(file_name),))
        return _read({"": content}, file_name, lambda _: None)
    if not content.startswith(workbooks.ZIP_START):
        raise errors.RefusedError((NOT_OURS.at(file_name, table=layout.LAYER),))
    entries = _guarded(content, file_name)
    found = _surveys(content, entries)
    if len(found) != 1:
        kind = SEVERAL.at(file_name, names=", ".join(found)) if found else NOT_OURS.at(file_name, table=layout.LAYER)
        raise errors.RefusedError((kind,))
    name = found[0]
    # A log of finished writes is safe to read on; a journal of unfinished ones may name any file to be deleted.
    if f"{name}-journal" in entries and entries[f"{name}-journal"].file_size:
        raise errors.RefusedError((STILL_OPEN.at(file_name),))
    files = {end: _taken(content, name + end) for end in ("", _LOG) if name + end in entries}
    folder = posixpath.dirname(name)
    # Beside the project, so the whole folder came, and a log that is not in it was not left over.
    whole = any(posixpath.dirname(each) == folder and each.endswith((".qgz", ".qgs")) for each in entries)
    if files[""][18:20] == _KEEPS_LOG and not whole:
        raise errors.RefusedError((STILL_OPEN.at(file_name),))
    return _read(files, file_name, functools.partial(_photo, content, folder, tuple(entries)))


def _guarded(content: bytes, file_name: str) -> dict[str, zipfile.ZipInfo]:
    """Return the files in a zip by name, judged from its directory alone."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except _DAMAGE as error:
        raise errors.RefusedError((DAMAGED.at(file_name, said=error),)) from error
    unpacked = sum(entry.file_size for entry in entries)
    ratio = unpacked / max(len(content), 1)
    large = unpacked > workbooks.MOST_UNPACKED_BYTES and ratio > MOST_RATIO_WHEN_LARGE
    if large or ratio > workbooks.MOST_RATIO or len(entries) > workbooks.MOST_ENTRIES:
        problem = BOMB.at(file_name, megabytes=unpacked // 2**20, entries=len(entries))
        raise errors.RefusedError((problem,))
    if any(entry.flag_bits & 1 for entry in entries):
        raise errors.RefusedError((LOCKED.at(file_name),))
    outside = next((entry.filename for entry in entries if _points_outside(entry.filename)), "")
    if outside:
        raise errors.RefusedError((OUTSIDE.at(file_name, name=outside),))
    return {entry.filename: entry for entry in entries if not entry.filename.startswith(_MACOS)}


def _points_outside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or not parts[0] or ":" in parts[0]


def _surveys(content: bytes, names: Iterable[str]) -> list[str]:
    """Return the names of the GeoPackages in a zip that hold our table."""
    found = []
    for name in names:
        if name.casefold().endswith(".gpkg"):
            try:
                inside = _taken(content, name)
            except errors.RefusedError:
                # Damaged: opening it says so.
                found.append(name)
                continue
            if inside.startswith(features.GEOPACKAGE_START) and layout.LAYER.encode() in inside:
                found.append(name)
    return found


def _taken(content: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(name) as entry:
            return entry.read()
    except _DAMAGE as error:
        raise errors.RefusedError((DAMAGED.at(name, said=error),)) from error


def _photo(content: bytes, folder: str, names: tuple[str, ...], path: str) -> Callable[[], bytes] | None:
    """Return what reads the photo that a row names: beside the table, or the only one of its name."""
    path = path.replace("\\", "/")
    wanted = posixpath.normpath(posixpath.join(folder, path))
    if wanted not in names:
        alike = [name for name in names if posixpath.basename(name) == posixpath.basename(path)]
        if len(alike) != 1:
            return None
        wanted = alike[0]
    return functools.partial(_photo_bytes, content, wanted)


def _photo_bytes(content: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(name) as entry:
            return entry.read(photos.LARGEST_BYTES + 1)
    except _DAMAGE as error:
        raise errors.RefusedError((PHOTO_DAMAGED.at(name),)) from error


def _read(files: Mapping[str, bytes], file_name: str, photo: Callable[[str], Callable[[], bytes] | None]) -> Returned:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / layout.GEOPACKAGE
        for end, content in files.items():
            path.with_name(path.name + end).write_bytes(content)
        try:
            with closing(sqlite3.connect(path)) as file:
                return _tables(file, file_name, photo)
        except _DAMAGE as error:
            raise errors.RefusedError((DAMAGED.at(file_name, said=error),)) from error


def _tables(file: sqlite3.Connection, file_name: str, photo: Callable[[str], Callable[[], bytes] | None]) -> Returned:
    # What is written in a stranger's schema must not run.
    file.execute("PRAGMA trusted_schema=OFF")
    file.text_factory = lambda text: text.decode("utf-8", "replace")
    (sound,) = file.execute("PRAGMA quick_check(1)").fetchone()
    if sound != "ok":
        raise errors.RefusedError((DAMAGED.at(file_name, said=sound),))
    plain = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ? AND sql NOT LIKE 'CREATE VIRTUAL%'"
    if file.execute(plain, (layout.LAYER,)).fetchone() != (1,):
        raise errors.RefusedError((NOT_OURS.at(file_name, table=layout.LAYER),))
    (count,) = file.execute(f"SELECT count(*) FROM {layout.LAYER}").fetchone()  # noqa: S608
    if count > tables.MOST_ROWS:
        raise errors.RefusedError((tables.TOO_MANY_ROWS.at(file_name, most=tables.MOST_ROWS),))
    read = file.execute(f"SELECT rowid, * FROM {layout.LAYER} ORDER BY rowid")  # noqa: S608
    columns = tuple(str(each[0]) for each in read.description[1:])
    if not set(columns) >= _NEEDED:
        raise errors.RefusedError((NOT_OURS.at(file_name, table=layout.LAYER),))
    rows = tuple(_row(line, dict(zip(columns, cells, strict=True))) for line, *cells in read)
    return Returned(rows, columns, _version(file), photo)


def _row(line: int, cells: dict[str, object]) -> Row:
    geometry = cells.pop("geom", None)
    cells.pop("fid", None)
    return Row(line, {name: value for name, value in cells.items() if value is not None}, geometry)


def _version(file: sqlite3.Connection) -> str:
    said = file.execute("SELECT description FROM gpkg_contents WHERE table_name = ?", (layout.LAYER,)).fetchone()
    found = re.fullmatch(rf"{package.VERSION_MARK}(\w+)", str(said[0])) if said else None
    return found[1] if found else ""
