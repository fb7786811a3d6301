"""Read untrusted ZIP archives, and write archives that are the same on every computer."""

from __future__ import annotations

import collections
import datetime as dt
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from audits import errors

START = b"PK"
# deflate ends at 1,032 : 1, which only a bomb comes near
MOST_RATIO = 100
PIECE_BYTES = 2**20

# Whatever hostile bytes make a reader raise: RuntimeError is a part behind a password, NotImplementedError a packing
# that Python does not know.
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError),
    *(RuntimeError, ValueError, KeyError, NotImplementedError),
)

# as the ZIP specification numbers them: the system of origin, its file mode in the upper half, bit 0 of the flags
_UNIX = 3
_READABLE = 0o644 << 16
_ENCRYPTED = 1


@dataclass(frozen=True)
class Guard:
    """The limits of one kind of archive, and the problem kinds of its channel.

    Parameters
    ----------
    damaged
        For what cannot be read; its template may use ``reason``.
    too_much
        For a bomb; its template may use ``megabytes`` and ``entries``.
    locked
        For a password; None where parts behind a password are refused one by one.
    outside
        For a part whose ``name`` leads out of the archive; None where parts are never unpacked by name.
    most_packed_bytes, most_unpacked_bytes, most_entries
        Limits of the whole archive.
    always_allowed_bytes
        Unpacked size up to which no ratio is suspicious.
    large_ratio
        Ratio up to which an archive may exceed `most_unpacked_bytes`.
    """

    damaged: errors.ProblemKind
    too_much: errors.ProblemKind
    locked: errors.ProblemKind | None = None
    outside: errors.ProblemKind | None = None
    most_packed_bytes: int = 2 * 2**30
    most_unpacked_bytes: int = 200 * 2**20
    most_entries: int = 5_000
    always_allowed_bytes: int = 0
    large_ratio: int = 0


class Archive:
    """The directory of a ZIP archive; its parts are read one by one.

    Parameters
    ----------
    content
        The file.
    file_name
        For problems.
    guard
        Its limits.

    Raises
    ------
    audits.errors.RefusedError
        If the directory cannot be read.
    """

    def __init__(self, content: bytes, file_name: str, guard: Guard) -> None:
        self._content, self._file_name, self._guard = content, file_name, guard
        try:
            self._file = zipfile.ZipFile(io.BytesIO(content))
        except DAMAGE as error:
            raise errors.RefusedError((guard.damaged.at(file_name, reason=error),)) from error
        named = collections.Counter(self._file.namelist())
        self.entries: Mapping[str, zipfile.ZipInfo] = {
            # Of two parts with one name either may be the real one.
            entry.filename: entry
            for entry in self._file.infolist()
            if named[entry.filename] == 1 and not entry.is_dir()
        }

    def check(self) -> None:
        """Refuse the archive by its directory alone, before anything is unpacked.

        Raises
        ------
        audits.errors.RefusedError
            If it is a bomb, asks for a password, or a name leads out of it.
        """
        guard, entries = self._guard, self._file.infolist()
        packed, unpacked = len(self._content), sum(entry.file_size for entry in entries)
        most = min(max(guard.most_unpacked_bytes, guard.large_ratio * packed), MOST_RATIO * packed)
        if (
            packed > guard.most_packed_bytes
            or unpacked > max(most, guard.always_allowed_bytes)
            or len(entries) > guard.most_entries
        ):
            self._refuse(guard.too_much, megabytes=unpacked // 2**20, entries=len(entries))
        for entry in entries:
            if guard.locked and entry.flag_bits & _ENCRYPTED:
                self._refuse(guard.locked)
            if guard.outside and _leads_outside(entry.filename):
                self._refuse(guard.outside, name=entry.filename)

    def check_sizes(self) -> None:
        """Refuse parts larger than the directory claims; needed before another reader unpacks them without limits.

        Raises
        ------
        audits.errors.RefusedError
            If a part is larger, or is packed in another way than deflate.
        """
        try:
            lies = any(_is_larger_than_claimed(self._content, entry) for entry in self._file.infolist())
        except DAMAGE as error:
            raise errors.RefusedError((self._guard.damaged.at(self._file_name, reason=error),)) from error
        if lies:
            self._refuse(self._guard.damaged, reason="")

    def read(self, name: str, most_bytes: int = -1) -> bytes:
        """Return one part, or as many of its first bytes.

        Raises
        ------
        audits.errors.RefusedError
            If it is damaged or absent.
        """
        try:
            with self._file.open(name) as part:
                return part.read(most_bytes)
        except DAMAGE as error:
            place = ", ".join(filter(None, (self._file_name, name)))
            raise errors.RefusedError((self._guard.damaged.at(place, reason=error),)) from error

    def read_whole(self, name: str, most_bytes: int) -> bytes:
        """Return one part of limited size.

        Raises
        ------
        audits.errors.RefusedError
            If it is damaged, absent, or larger than `most_bytes`.
        """
        # one byte more than allowed tells a part that is too large from one that just fits
        content = self.read(name, most_bytes + 1)
        if len(content) > most_bytes:
            self._refuse(self._guard.too_much, megabytes=len(content) // 2**20, entries=len(self.entries))
        return content

    def _refuse(self, kind: errors.ProblemKind, **values: object) -> None:
        raise errors.RefusedError((kind.at(self._file_name, **values),))


def opened(content: bytes, file_name: str, guard: Guard) -> Archive:
    """Open an archive whose directory promises nothing unreasonable.

    Raises
    ------
    audits.errors.RefusedError
        If it is damaged, or refused by :meth:`Archive.check`.
    """
    archive = Archive(content, file_name, guard)
    archive.check()
    return archive


def _leads_outside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    # an empty first part is an absolute path, a colon in it a drive of Windows
    return ".." in parts or not parts[0] or ":" in parts[0]


def _is_larger_than_claimed(content: bytes, entry: zipfile.ZipInfo) -> bool:
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        return entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size
    # The local header repeats the name with extra fields of its own; the packed bytes follow.
    name_bytes, extra_bytes = struct.unpack_from("<HH", content, entry.header_offset + 26)
    start = entry.header_offset + 30 + name_bytes + extra_bytes
    # -15 is raw deflate: the parts of a ZIP archive have no zlib header
    packed, inflater, unpacked = content[start : start + entry.compress_size], zlib.decompressobj(-15), 0
    # piece by piece, so that a bomb costs one piece more than it claims
    while packed and unpacked <= entry.file_size:
        unpacked += len(inflater.decompress(packed, PIECE_BYTES))
        packed = inflater.unconsumed_tail
    return unpacked > entry.file_size


def zipped(files: Mapping[str, bytes], day: dt.date) -> bytes:
    """Return the files as one ZIP archive, in their order.

    Parameters
    ----------
    files
        Content by name.
    day
        Date of every part, from 1980 on, the first year that the format knows.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            # named, or zipfile writes the system of the computer that packs
            entry.create_system = _UNIX
            entry.external_attr = _READABLE
            archive.writestr(entry, content)
    return target.getvalue()
