"""Open a zip of submissions without trusting it: sizes, counts and names before anything is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from audits import errors
from audits.formats import workbooks

ZIP_START = b"PK"
LARGEST_BYTES = 500 * 2**20
MOST_UNPACKED_BYTES = 2**30
MOST_ENTRIES = 20_000
LARGEST_TABLE_BYTES = 50 * 2**20
LARGEST_FILE_BYTES = 50 * 2**20

DAMAGED_ZIP = errors.ProblemKind("ODK-041", "The zip file is damaged or cut off; download it again.")
TOO_MUCH = errors.ProblemKind(
    "ODK-042", "The zip file unpacks to {megabytes} MB in {entries} parts, too much to be submissions."
)
NO_TABLE = errors.ProblemKind("ODK-043", "The zip file has no table of submissions; download “all data” as CSV zip.")

_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError),
    *(RuntimeError, ValueError, KeyError, NotImplementedError),
)


@dataclass(frozen=True)
class Packed:
    """A zip that is safe to read part by part.

    Parameters
    ----------
    content, file_name
        The file.
    entries
        Its parts; folders left out.
    """

    content: bytes
    file_name: str
    entries: Sequence[zipfile.ZipInfo]

    @property
    def names(self) -> list[str]:
        """Return the names of the parts that are there once; one of two parts of a name may be anybody's."""
        counted = Counter(entry.filename for entry in self.entries)
        return [name for name, times in counted.items() if times == 1]

    def read(self, name: str, most_bytes: int = LARGEST_FILE_BYTES) -> bytes:
        """Return one part.

        Raises
        ------
        audits.errors.RefusedError
            When it is damaged or larger than allowed.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(self.content)) as archive, archive.open(name) as part:
                found = part.read(most_bytes + 1)
        except _DAMAGE as error:
            raise errors.RefusedError((DAMAGED_ZIP.at(f"{self.file_name}, {name}"),)) from error
        if len(found) > most_bytes:
            raise _too_much(self.entries, f"{self.file_name}, {name}")
        return found


def opened(content: bytes, file_name: str) -> Packed:
    """Return a zip whose directory promises nothing unreasonable.

    Raises
    ------
    audits.errors.RefusedError
        When it is damaged, a bomb, or its names lead out of it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except _DAMAGE as error:
        raise errors.RefusedError((DAMAGED_ZIP.at(file_name),)) from error
    unpacked = sum(entry.file_size for entry in entries)
    # a table of hundreds of columns, most of them empty, packs better than any bomb; it is small all the same
    most = max(LARGEST_TABLE_BYTES, min(MOST_UNPACKED_BYTES, workbooks.MOST_RATIO * len(content)))
    if len(content) > LARGEST_BYTES or unpacked > most or len(entries) > MOST_ENTRIES:
        raise _too_much(entries, file_name)
    if any(_leads_out(entry.filename) for entry in entries):
        raise errors.RefusedError((DAMAGED_ZIP.at(file_name),))
    return Packed(content, file_name, entries)


def _too_much(entries: Sequence[zipfile.ZipInfo], where: str) -> errors.RefusedError:
    megabytes = sum(entry.file_size for entry in entries) // 2**20
    return errors.RefusedError((TOO_MUCH.at(where, megabytes=megabytes, entries=len(entries)),))


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/")
