"""Find the partitions of a nation, tables and records, and keep what was found out about each beside its results."""

from __future__ import annotations

import contextlib
import hashlib
import json
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audits import errors
from audits.store.db import workspace
from layers import base_file

PROVINCE = "province="
SCORES, FINDINGS, RECEIPTS, SUMMARY = "scores", "findings", "receipts", "summary"
# The dot hides it from readers of a folder of Parquet files.
UNFINISHED = ".unfinished-"
RECORD, STORE = ".gpkg", workspace.Workspace(Path()).store_path.name
BOUNDARIES = ("boundaries.parquet", "boundaries.geojson", "boundaries.gpkg")

NOT_IN_A_PROVINCE = errors.ProblemKind(
    "NATION-001", "The file stands in no folder of a province. Move it to a folder named province=NAME."
)
NO_PARTITION = errors.ProblemKind(
    "NATION-002",
    "There is no partition here. Folders named province=NAME with Parquet files, or a folder with the record of each "
    "municipality are needed.",
)


@dataclass(frozen=True)
class Partition:
    """One Parquet file of a province, or the record of one municipality.

    Parameters
    ----------
    folder
        The nation's folder.
    name
        The file below it, such as ``province=P01/part-0000.parquet`` or ``province=P01/Phon/jaidee.gpkg``.
    """

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / self.name

    @property
    def is_record(self) -> bool:
        """Whether it is the store of a municipality, not a table."""
        return self.name.endswith(RECORD)

    @property
    def province(self) -> str:
        """The province that the folder names; of a record in none, the nation's folder is that of one province."""
        first = self.name.split("/")[0]
        return urllib.parse.unquote(first.removeprefix(PROVINCE)) if first.startswith(PROVINCE) else self.folder.name

    @property
    def municipality(self) -> str:
        """Of a record, the folder or file that the municipality was put in."""
        return self.name.split("/")[self.name.startswith(PROVINCE)].removesuffix(RECORD)

    @property
    def home(self) -> Path | None:
        """Folder of the municipality with its record, map and residents; None of a table or a record alone."""
        parts = self.name.split("/")[: 1 + self.name.startswith(PROVINCE)]
        return self.folder.joinpath(*parts) if self.is_record and self.path != self.folder.joinpath(*parts) else None

    def written(self, out: Path, what: str) -> Path:
        """File of its results: :data:`SCORES`, :data:`FINDINGS` or :data:`RECEIPTS`."""
        name = self.name if self.name.startswith(PROVINCE) else f"{PROVINCE}{self.province}/{self.name}"
        path = out / what / (f"{name}.parquet" if self.is_record else name)
        return path.with_suffix(".json") if what == RECEIPTS else path


def find(folder: Path, out: Path) -> tuple[list[Partition], list[Partition]]:
    """List the partitions of a nation, and the Parquet files that belong to no province, each by name.

    What an earlier run wrote below `out` is left out.

    Raises
    ------
    audits.errors.RefusedError
        When there is no partition at all.
    """
    stores = _records(folder)
    # The results of an earlier run may stand in the same folder, and a workspace has files of its own.
    others = [out / what for what in (SCORES, FINDINGS, SUMMARY)]
    others += [store.home for store in stores if store.home is not None]
    paths = (path for path in folder.rglob("*.parquet") if path.is_file() and path.name not in BOUNDARIES)
    names = sorted(path.relative_to(folder).as_posix() for path in paths if not any(map(path.is_relative_to, others)))
    shown = [Partition(folder, name) for name in names if not any(part.startswith(".") for part in name.split("/"))]
    tables = [one for one in shown if one.name.startswith(PROVINCE) and "/" in one.name]
    if not tables and not stores:
        raise errors.RefusedError((NO_PARTITION.at(str(folder)),))
    inside = sorted((*tables, *stores), key=lambda one: one.name)
    return inside, [one for one in shown if one not in tables]


def _records(folder: Path) -> list[Partition]:
    """List one record a municipality: of a folder of backups the newest, of a workspace not its demonstration."""
    found: dict[tuple[str, str], list[Partition]] = {}
    for path in sorted(folder.rglob(f"*{RECORD}")):
        one = Partition(folder, path.relative_to(folder).as_posix())
        hidden = any(part.startswith(".") for part in one.name.split("/"))
        if not hidden and path.name not in (base_file.NAME, *BOUNDARIES):
            found.setdefault((one.province, one.municipality), []).append(one)
    # The file of the workspace itself goes before others, and one that lies higher before its demonstration.
    # Backups are named by their instant: the last name is the newest.
    return [
        max(many, key=lambda one: (one.path.name == STORE, -one.name.count("/"), one.name)) for many in found.values()
    ]


def digest(path: Path) -> str:
    """SHA-256 of a file.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside `path`, which becomes `path` when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{UNFINISHED}{path.name}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write an object under a temporary name, and rename it."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False), "utf-8")


def finished(part: Partition, out: Path, basis: Mapping[str, str]) -> dict[str, Any] | None:
    """Receipt of a partition that an earlier run judged on the same basis with all its files; else None."""
    try:
        receipt: dict[str, Any] = json.loads(part.written(out, RECEIPTS).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    whole = all(part.written(out, what).is_file() for what in (SCORES, FINDINGS))
    return receipt if whole and receipt.get("basis") == basis else None


def remove_results(part: Partition, out: Path) -> None:
    """Remove what an earlier run wrote, the receipt first: without it nothing counts as finished."""
    for what in (RECEIPTS, SCORES, FINDINGS):
        part.written(out, what).unlink(missing_ok=True)


def remove_strays(out: Path, present: list[Partition]) -> list[str]:
    """Remove results of partitions that are no longer there, and files of a run that was killed; returns the names."""
    known = {part.written(out, RECEIPTS) for part in present}
    gone = []
    for receipt in sorted((out / RECEIPTS).rglob("*.json")):
        if receipt not in known and not receipt.name.startswith(UNFINISHED):
            name = (
                receipt.relative_to(out / RECEIPTS)
                .with_suffix(".parquet")
                .as_posix()
                .replace(f"{RECORD}.parquet", RECORD)
            )
            remove_results(Partition(out, name), out)
            gone.append(name)
    for what in (SCORES, FINDINGS, RECEIPTS):
        for path in (out / what).rglob(f"{UNFINISHED}*"):
            path.unlink(missing_ok=True)
    return gone
