"""Read the rule files, and refuse them with every fault named."""

from __future__ import annotations

import datetime as dt
import functools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from audits import errors, survey
from audits.rules import build, checks, model

FOLDER = Path(__file__).parents[2] / "data" / "criteria"
WEIGHTS = FOLDER.parent / "weights.yaml"
SCHEMA = FOLDER / "schema.json"

_CATALOGUES = ("sources", "instruments", "quantities")


@dataclass(frozen=True)
class Case:
    """One worked example: what was measured exactly, and the verdict that follows from the clause.

    Parameters
    ----------
    permitted_on
        None when the day is not known.
    measured
        Value by quantity id, in the quantity's unit; yes is 1 and no is 0. What is left out was not measured.
    verdict
        ``pass``, ``fail``, ``unknown`` or ``not_applicable``.
    clause
        The clause that decides, as written in Thai.
    """

    criterion: str
    name: model.Name
    permitted_on: dt.date | None
    measured: Mapping[str, float]
    verdict: str
    clause: str


@functools.cache
def load_criteria(folder: Path = FOLDER) -> model.Criteria:
    """Return the criteria of a folder of rule files.

    Parameters
    ----------
    folder
        Holds ``sources.yaml``, ``instruments.yaml``, ``quantities.yaml`` and one file per kind of element.

    Raises
    ------
    errors.CriteriaError
        When any file is missing, malformed or inconsistent; the message lists every fault, one a line.
    """
    stems = [*_CATALOGUES, *(kind for kind in survey.ELEMENT_KINDS if (folder / f"{kind}.yaml").exists())]
    pages = {stem: _read(folder / f"{stem}.yaml", stem if stem in _CATALOGUES else "criteria") for stem in stems}
    strangers = sorted(path.stem for path in folder.glob("*.yaml") if path.stem not in pages)
    faults = [f"{stem}.yaml: not the name of a kind of element" for stem in strangers]
    _raise([*faults, *(fault for page in pages.values() for fault in page.faults)])
    contents = {stem: page.contents for stem, page in pages.items()}
    _raise(list(checks.cross_faults(contents)))
    return build.build(contents)


def load_weights(path: Path = WEIGHTS) -> model.Weights:
    """Return the weights that the municipality has set.

    Raises
    ------
    errors.CriteriaError
        When the file is missing, malformed, or its grades are not descending down to 0.
    """
    page = _read(path, "weights")
    _raise(page.faults)
    raw = page.contents
    grades = tuple(model.Grade(each["grade"], float(each["from"]), build.name(each["name"])) for each in raw["grades"])
    lowest = [grade.lowest for grade in grades]
    faults = []
    if lowest != sorted(set(lowest), reverse=True) or lowest[-1] != 0:
        faults.append(f"{path.name}: grades: bands must descend to 0, given {lowest}")
    if raw["cap_when_severity_4_fails"] not in {grade.grade for grade in grades}:
        faults.append(f"{path.name}: cap_when_severity_4_fails: not one of the grades")
    _raise(faults)
    return model.Weights(
        note=build.name(raw["note"]),
        severity={int(severity): float(weight) for severity, weight in raw["severity"].items()},
        grades=grades,
        cap_when_severity_4_fails=raw["cap_when_severity_4_fails"],
        personas={persona: build.name(block["name"]) for persona, block in raw["personas"].items()},
        priority={name: float(weight) for name, weight in (raw.get("priority") or _priority()).items()},
    )


@functools.cache
def _priority() -> Mapping[str, float]:
    """Return the weights of priority that come with the program, for a file from before there were any."""
    weights: Mapping[str, float] = _read(WEIGHTS, "weights").contents["priority"]
    return weights


@functools.cache
def load_cases(folder: Path = FOLDER) -> tuple[Case, ...]:
    """Return the worked examples beside the rule files.

    Parameters
    ----------
    folder
        The folder of the rule files; the examples are in its folder ``cases``.

    Raises
    ------
    errors.CriteriaError
        When a file is malformed, or names a criterion or quantity that the rule files do not have.
    """
    known = load_criteria(folder)
    pages = {path.name: _read(path, "cases") for path in sorted((folder / "cases").glob("*.yaml"))}
    _raise([fault for page in pages.values() for fault in page.faults])
    faults = [
        f"cases/{file}: {group['criterion']}: {fault}"
        for file, page in pages.items()
        for group in page.contents
        for fault in _case_faults(group, known)
    ]
    _raise(faults)
    return tuple(
        _case(group["criterion"], block)
        for page in pages.values()
        for group in page.contents
        for block in group["cases"]
    )


@dataclass(frozen=True)
class _Page:
    contents: Any
    faults: list[str]


class _StrictLoader(yaml.CSafeLoader):
    """Safe YAML in which a key given twice is a fault, a number is finite, and a day stays as written."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.faults: list[str] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping with its keys as text; a key given twice would silently lose a limit."""
        keys = [str(self.construct_object(key, deep=True)) for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                self.faults.append(f"line {node.value[position][0].start_mark.line + 1}: {key}: given twice")
        return {str(key): value for key, value in super().construct_mapping(node, deep=deep).items()}

    def finite(self, node: yaml.ScalarNode) -> float:
        """Return a number, noting one that is not finite."""
        number = float(self.construct_yaml_float(node))
        if not math.isfinite(number):
            self.faults.append(f"line {node.start_mark.line + 1}: {node.value}: not a finite number")
        return number

    def written(self, node: yaml.ScalarNode) -> str:
        """Return a scalar as written."""
        return str(node.value)


_StrictLoader.add_constructor("tag:yaml.org,2002:float", _StrictLoader.finite)
_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _StrictLoader.written)


def _read(path: Path, kind: str) -> _Page:
    """Return a file's contents with the faults of its form, each as ``file: id: key: what``."""
    try:
        loader = _StrictLoader(path.read_text(encoding="utf-8"))
        contents = loader.get_single_data()
    except (OSError, UnicodeDecodeError) as error:
        return _Page(None, [f"{path.name}: cannot be read: {error}"])
    except yaml.YAMLError as error:
        return _Page(None, [f"{path.name}: not YAML: {error}"])
    found = _validator(kind).iter_errors(contents)
    ordered = sorted(found, key=lambda error: [str(step) for step in error.absolute_path])
    faults = [f"{path.name}: {_place(error)}{error.message}" for error in ordered]
    return _Page(contents, [*(f"{path.name}: {fault}" for fault in loader.faults), *faults])


@functools.cache
def _validator(kind: str) -> jsonschema.Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})


def _place(error: jsonschema.ValidationError) -> str:
    return "".join(f"{step}: " for step in error.absolute_path)


def _raise(faults: list[str]) -> None:
    if faults:
        raise errors.CriteriaError("\n".join(faults))


def _case_faults(group: checks.Block, known: model.Criteria) -> Iterator[str]:
    if group["criterion"] not in known.criteria:
        yield "unknown criterion"
    for block in group["cases"]:
        yield from (f"measured: {each}: unknown quantity" for each in block["measured"] if each not in known.quantities)
        if block["permitted_on"] is not None and checks.day_or_none(block["permitted_on"]) is None:
            yield f"permitted_on: {block['permitted_on']} is not a day"


def _case(criterion_id: str, block: checks.Block) -> Case:
    return Case(
        criterion=criterion_id,
        name=build.name(block["name"]),
        permitted_on=checks.day_or_none(block["permitted_on"]),
        measured={quantity_id: checks.number(written) for quantity_id, written in block["measured"].items()},
        verdict=block["verdict"],
        clause=block["clause"],
    )
