"""List the packages that the program runs on, with versions, licences and what is known against them."""

from __future__ import annotations

import csv
import datetime as dt
import importlib.metadata
import json
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging import requirements, version

from layers import installation

REQUIREMENTS = installation.ROOT / "requirements.txt"
ADVISORIES = installation.DATA / "deployment" / "advisories.csv"
LONGEST_LICENCE_NAME = 60
_CLASSIFIER = "License :: "


@dataclass(frozen=True)
class Component:
    """One installed package.

    Parameters
    ----------
    name, version
        As installed, the name normalised.
    licence
        SPDX expression, or the name that the package gives; empty when it gives none.
    needs
        Normalised names of the packages that it needs here.
    """

    name: str
    version: str
    licence: str
    needs: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Package URL."""
        return f"pkg:pypi/{self.name}@{self.version}"


@dataclass(frozen=True)
class Advisory:
    """A published weakness of a package, and the first version without it."""

    package: str
    fixed_in: str
    advisory: str
    read_on: dt.date


def normalised(name: str) -> str:
    """Return a package name as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(file: Path = REQUIREMENTS) -> list[requirements.Requirement]:
    """Return the requirements of a file."""
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    return [requirements.Requirement(line) for line in lines if line and not line.startswith("#")]


def components(wanted: Iterable[requirements.Requirement]) -> dict[str, Component]:
    """Return the wanted packages and all that they need, as installed here, by name."""
    found: dict[str, Component] = {}
    waiting = list(wanted)
    while waiting:
        one = waiting.pop()
        name = normalised(one.name)
        try:
            installed = importlib.metadata.distribution(one.name)
        except importlib.metadata.PackageNotFoundError:
            # for another system or Python
            continue
        needed = [requirements.Requirement(each) for each in installed.requires or ()]
        needed = [each for each in needed if _applies(each, one.extras)]
        names = {normalised(each.name) for each in needed} | set(found[name].needs if name in found else ())
        # met again with another extra, it may need more
        if name not in found or set(found[name].needs) != names:
            found[name] = Component(name, installed.version, _licence(installed.metadata), tuple(sorted(names)))
            waiting += needed
    return dict(sorted(found.items()))


def advisories(file: Path = ADVISORIES) -> list[Advisory]:
    """Return the advisories that were read by hand."""
    with file.open(encoding="utf-8", newline="") as rows:
        return [
            Advisory(row["package"], row["fixed_in"], row["advisory"], dt.date.fromisoformat(row["read_on"]))
            for row in csv.DictReader(rows)
        ]


def affected(found: Iterable[Component], known: Iterable[Advisory]) -> list[tuple[Component, Advisory]]:
    """Return each component that is older than the version in which a weakness was mended."""
    by_name = {one.name: one for one in found}
    return [
        (by_name[each.package], each)
        for each in known
        # as versions, of which 1.10 is later than 1.9
        if each.package in by_name and version.parse(by_name[each.package].version) < version.parse(each.fixed_in)
    ]


def cyclonedx(found: dict[str, Component], now: dt.datetime) -> str:
    """Return a bill of materials in the JSON form of CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json)."""
    listed = "\n".join(one.purl for one in found.values())
    ours = {"type": "application", "bom-ref": "jaidee", "name": "jaidee", "version": "0"}
    return json.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            # the same packages make the same number
            "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, listed)}",
            "version": 1,
            "metadata": {"timestamp": now.isoformat(timespec="seconds"), "component": ours},
            "components": [_serialised(one) for one in found.values()],
            "dependencies": [
                {"ref": "jaidee", "dependsOn": sorted({one.purl for one in found.values()})},
                *(
                    {"ref": one.purl, "dependsOn": [found[name].purl for name in one.needs if name in found]}
                    for one in found.values()
                ),
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def _serialised(one: Component) -> dict[str, object]:
    entry: dict[str, object] = {
        "type": "library",
        "bom-ref": one.purl,
        "name": one.name,
        "version": one.version,
        "purl": one.purl,
    }
    if one.licence:
        entry["licenses"] = [{"license": {"name": one.licence}}]
    return entry


def _applies(needed: requirements.Requirement, extras: set[str]) -> bool:
    # the empty one too: a marker of the system or of Python names no extra
    return needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _licence(metadata: importlib.metadata.PackageMetadata) -> str:
    """Return the SPDX expression, else a short name, else the classifiers; some packages give the whole text."""
    for expression in metadata.get_all("License-Expression", []):
        return str(expression)
    classified = [
        one.rpartition(" :: ")[2] for one in metadata.get_all("Classifier", []) if one.startswith(_CLASSIFIER)
    ]
    name = " ".join(metadata.get_all("License", [])).strip()
    return name if 0 < len(name) <= LONGEST_LICENCE_NAME else " AND ".join(classified)
