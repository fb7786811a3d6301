"""Read the rule files and the weights, and refuse them with every fault named."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import math
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import jsonschema
import yaml

from audits import errors, survey, terms, wording
from audits.rules import asked_quantity, checks, contradictions, form_units, model
from layers import installation

FOLDER = installation.DATA / "criteria"
WEIGHTS = FOLDER.parent / "weights.yaml"

_CATALOGUES = ("sources", "instruments", "units", "quantities")
_CONTRADICTIONS, _THEMES = "contradictions", "themes"
_IMPLIED_VALUES = {"is_yes": 1.0, "is_no": 0.0}

Made = TypeVar("Made")


@dataclass(frozen=True)
class Page:
    """The contents of one file, with the faults of its form, each as ``file: id: key: fault``."""

    contents: Any
    faults: list[str]


def load_criteria(folder: Path = FOLDER) -> model.Criteria:
    """Load the criteria of a folder of rule files, anew only when one of its files has changed.

    Parameters
    ----------
    folder
        Holds ``sources.yaml``, ``instruments.yaml``, ``units.yaml``, ``quantities.yaml`` and one file per kind of
        element.

    Raises
    ------
    audits.errors.CriteriaError
        When any file is missing, malformed or inconsistent; the message lists every fault, one a line.

    Examples
    --------
    >>> criteria = load_criteria()
    >>> criteria.criteria["ramp.running_slope"].name.en
    'Running slope'
    """
    return _load_criteria(folder, signature(folder.glob("*.yaml")))


def signature(paths: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """Return name, size and time of change of each file, by which make knows versions too; nothing is read."""
    stats = ((path.name, path.stat()) for path in paths)
    return tuple(sorted((name, one.st_size, one.st_mtime_ns) for name, one in stats))


@functools.lru_cache(maxsize=8)
def _load_criteria(folder: Path, _version: tuple[tuple[str, int, int], ...]) -> model.Criteria:
    optional = (*survey.ELEMENT_KINDS, _CONTRADICTIONS, _THEMES)
    stems = [*_CATALOGUES, *(stem for stem in optional if (folder / f"{stem}.yaml").exists())]
    pages = {
        stem: read(folder / f"{stem}.yaml", "criteria" if stem in survey.ELEMENT_KINDS else stem) for stem in stems
    }
    # a misspelt name would leave all criteria of that file out without a word
    unknown = sorted(path.stem for path in folder.glob("*.yaml") if path.stem not in pages)
    faults = [f"{stem}.yaml: not the name of a kind of element" for stem in unknown]
    refuse([*faults, *(fault for page in pages.values() for fault in page.faults)])
    contents = {stem: page.contents for stem, page in pages.items()}
    # References are followed only in files that keep their schema.
    refuse(list(checks.cross_faults(contents)))
    # They change no verdict, so the version of the criteria does not depend on them.
    found = contradictions.of_blocks(contents.pop(_CONTRADICTIONS, {}), contents["quantities"])
    themes = {
        key: (model.Name(**block["name"]), tuple(block["quantities"]))
        for key, block in contents.pop(_THEMES, {}).items()
    }
    return replace(_criteria(contents), contradictions=tuple(found), themes=themes)


def load_weights(path: Path = WEIGHTS) -> model.Weights:
    """Load the weights that the municipality has set, anew only when the file has changed.

    Raises
    ------
    audits.errors.CriteriaError
        When the file is missing, malformed, or its grades are not descending down to 0.

    Examples
    --------
    >>> load_weights().severity[4]
    8.0
    """
    # A file without priorities takes those of the program, so that file counts too.
    return _load_weights(path, signature(one for one in (path, WEIGHTS) if one.is_file()))


@functools.lru_cache(maxsize=8)
def _load_weights(path: Path, _version: tuple[tuple[str, int, int], ...]) -> model.Weights:
    page = read(path, "weights")
    refuse(page.faults)
    raw = page.contents
    grades = tuple(_made(model.Grade, each, lowest=float(each["from"])) for each in raw["grades"])
    lowest = [grade.lowest for grade in grades]
    faults = []
    if lowest != sorted(set(lowest), reverse=True) or lowest[-1] != 0:
        faults.append(f"{path.name}: grades: bands must descend to 0, given {lowest}")
    caps = {name: raw.get(name) or _cap_before(grades) for name in ("cap_when_law_fails", "cap_when_severity_4_fails")}
    names = {grade.grade for grade in grades}
    faults += [f"{path.name}: {name}: not one of the grades" for name, cap in caps.items() if cap not in names]
    refuse(faults)
    own = raw.get("priority") or _priority()
    return _made(
        model.Weights,
        raw,
        severity={int(severity): float(weight) for severity, weight in raw["severity"].items()},
        grades=grades,
        personas={persona: model.Name(**block["name"]) for persona, block in raw["personas"].items()},
        # A file from before there were requests does not count them.
        priority={name: float(weight) for name, weight in {**own, "requests": own.get("requests", 0)}.items()},
        **caps,
    )


def _cap_before(grades: Sequence[model.Grade]) -> str:
    """Return the cap of a file from before the law had one: the best grade is for places where nothing fails."""
    return grades[min(1, len(grades) - 1)].grade


def _priority() -> Mapping[str, float]:
    """Weights of priority that come with the program, for a file from before there were any."""
    weights: Mapping[str, float] = read(WEIGHTS, "weights").contents["priority"]
    return weights


def read(path: Path, kind: str) -> Page:
    """Read one file and check its form.

    Parameters
    ----------
    kind
        The definition of ``schema.json`` that the file must follow.
    """
    try:
        loader = _StrictLoader(path.read_text(encoding="utf-8"))
        contents = loader.get_single_data()
    except (OSError, UnicodeDecodeError) as error:
        return Page(None, [f"{path.name}: cannot be read: {error}"])
    except yaml.YAMLError as error:
        return Page(None, [f"{path.name}: not YAML: {error}"])
    found = _validator(kind).iter_errors(contents)
    ordered = sorted(found, key=lambda error: [str(step) for step in error.absolute_path])
    places = ["".join(f"{step}: " for step in error.absolute_path) for error in ordered]
    faults = [*loader.faults, *(f"{place}{error.message}" for place, error in zip(places, ordered, strict=True))]
    return Page(contents, [f"{path.name}: {fault}" for fault in faults])


def refuse(faults: list[str]) -> None:
    """Stop when there is any fault.

    Raises
    ------
    audits.errors.CriteriaError
        With all faults, one a line.
    """
    if faults:
        raise errors.CriteriaError("\n".join(faults))


@functools.cache
def _validator(kind: str) -> jsonschema.Draft202012Validator:
    parts = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))["$defs"]
    return jsonschema.Draft202012Validator(_spelled_out(parts[kind], parts))


def _spelled_out(schema: Any, parts: Mapping[str, Any]) -> Any:
    """Put what a reference names in its place: to follow one at every value takes half of the time of checking."""
    if isinstance(schema, list):
        return [_spelled_out(one, parts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _spelled_out(parts[schema["$ref"].rpartition("/")[2]], parts)
    return {name: _spelled_out(one, parts) for name, one in schema.items()}


# by libyaml: the loader in Python takes many times as long
class _StrictLoader(yaml.CSafeLoader):
    """Safe YAML in which a key given twice is a fault, a number is finite, and a day stays as written."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.faults: list[str] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Make the mapping with its keys as text."""
        keys = [str(self.construct_object(key, deep=True)) for key, _ in node.value]
        for position, key in enumerate(keys):
            # YAML keeps the later of two equal keys: a limit would be lost without a word.
            if key in keys[:position]:
                self.faults.append(f"line {node.value[position][0].start_mark.line + 1}: {key}: given twice")
        return {str(key): value for key, value in super().construct_mapping(node, deep=deep).items()}

    def finite(self, node: yaml.ScalarNode) -> float:
        """Make a number, noting one that is not finite."""
        # YAML has .inf and .nan, and a schema lets them pass for numbers
        number = float(self.construct_yaml_float(node))
        if not math.isfinite(number):
            self.faults.append(f"line {node.start_mark.line + 1}: {node.value}: not a finite number")
        return number

    def written(self, node: yaml.ScalarNode) -> str:
        """Keep a scalar as written."""
        return str(node.value)


_StrictLoader.add_constructor("tag:yaml.org,2002:float", _StrictLoader.finite)
_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _StrictLoader.written)


def _criteria(contents: checks.Block) -> model.Criteria:
    """Make the model from the contents of all rule files, by file stem; they must be free of faults."""
    sources = {key: _made(model.Source, block, source_id=key) for key, block in contents["sources"].items()}
    quantities = {key: _made(model.Quantity, block, quantity_id=key) for key, block in contents["quantities"].items()}
    instruments = {
        key: _made(model.Instrument, {"tilt": 0, **block}, instrument_id=key)
        for key, block in contents["instruments"].items()
    }

    blocks = {key: block for kind in survey.ELEMENT_KINDS for key, block in contents.get(kind, {}).items()}
    length = contents["units"]["length"]
    criteria = {key: _criterion(key, block, sources, quantities, length) for key, block in blocks.items()}
    least, most = contents["units"]["whole_ratios"]
    units = form_units.FormUnits(length, (float(least), float(most)), _stated(criteria.values(), quantities))
    # in which unit a form asks changes no verdict, and so no version
    judging = {stem: page for stem, page in contents.items() if stem != "units"}
    return model.Criteria(criteria, quantities, instruments, sources, units, version=_digest(judging))


def _stated(
    criteria: Iterable[model.Criterion], quantities: Mapping[str, model.Quantity]
) -> dict[str, tuple[float, ...]]:
    found: dict[str, set[float]] = {}
    for criterion in criteria:
        for limit in (*criterion.limits, *criterion.comparators):
            found.setdefault(criterion.quantity.quantity_id, set()).update((limit.lower, limit.upper))
    stated = {name: tuple(sorted(bound for bound in bounds if 0 < bound < math.inf)) for name, bounds in found.items()}
    # A span from zero has no middle: differences in level of 5 mm and of 50 cm are both common.
    unstated = {name: one for name, one in quantities.items() if one.kind == "length" and one.usual[0] > 0}
    return {name: (math.sqrt(one.usual[0] * one.usual[1]),) for name, one in unstated.items()} | {
        name: bounds for name, bounds in stated.items() if bounds
    }


def _criterion(
    criterion_id: str,
    block: checks.Block,
    sources: Mapping[str, model.Source],
    quantities: Mapping[str, model.Quantity],
    length: str,
) -> model.Criterion:
    quantity = quantities[block["quantity"]]
    limits, comparators = (
        tuple(_limit(criterion_id, each, quantity, sources, quantities) for each in block.get(key, ()))
        for key in ("limits", "comparators")
    )
    targets = tuple(_target(each, limits) for each in block.get("targets", ()))
    return _made(
        model.Criterion,
        block,
        criterion_id=criterion_id,
        quantity=quantity,
        advice=_advice(block["advice"], targets, quantity, length),
        targets=targets,
        limits=limits,
        comparators=comparators,
    )


def _target(block: checks.Block, limits: tuple[model.Limit, ...]) -> model.RepairTarget:
    scored = (limit.source.source_id for limit in limits if limit.scored)
    stated = block["value"] if isinstance(block["value"], str) else ""
    return model.RepairTarget(checks.number(block["value"]), stated, tuple(block.get("under", scored)))


def _advice(
    block: checks.Block, targets: tuple[model.RepairTarget, ...], quantity: model.Quantity, length: str
) -> model.Name:
    """Advice with the values of its targets, in the units of forms: no prose can promise another value."""
    asked, factor = asked_quantity.in_unit(quantity, length)
    filled = {}
    for language, text in block.items():
        words = wording.Wording(language)
        shown = [each.stated_as or terms.amount(each.value * factor, asked.unit, words, 1) for each in targets]
        filled[language] = text.format_map(dict(zip(("target", "other_target"), shown, strict=False)))
    return model.Name(**filled)


# What says nothing of the source's own words.
_OUR_JUDGEMENT = frozenset({"state", "readings", "grade", "note"})


def _limit(
    criterion_id: str,
    block: checks.Block,
    quantity: model.Quantity,
    sources: Mapping[str, model.Source],
    quantities: Mapping[str, model.Quantity],
) -> model.Limit:
    lower, upper = checks.bounds(block, quantity.unit)
    table = _table(block["limit_table"], quantities) if "limit_table" in block else None
    conditions = tuple(_condition(each, quantities) for each in block.get("applies_when", ()))
    source = sources[block["source"]]
    stated = {key: value for key, value in block.items() if key not in _OUR_JUDGEMENT}
    return _made(
        model.Limit,
        block,
        limit_id=f"{criterion_id}@{source.source_id}",
        source=source,
        lower=lower,
        upper=upper,
        table=table,
        readings=tuple(_made(model.Reading, each) for each in block.get("readings", ())),
        conditions=conditions,
        content=_digest([quantity.quantity_id, stated]),
        compared=None,
    )


def _digest(contents: object) -> str:
    """Digest the contents, whatever the comments and the layout of their files."""
    canonical = json.dumps(contents, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _condition(block: checks.Block, quantities: Mapping[str, model.Quantity]) -> model.Condition:
    operator = block["operator"]
    value = _IMPLIED_VALUES[operator] if operator in _IMPLIED_VALUES else float(block["value"])
    return model.Condition(quantities[block["quantity"]], operator, value)


def _table(block: checks.Block, quantities: Mapping[str, model.Quantity]) -> model.LimitTable:
    steps = tuple((float(up_to), float(required)) for up_to, required in block["steps"])
    per = float(block["per"]) if "per" in block else None
    return model.LimitTable(quantities[block["quantity"]], steps, per, float(block.get("round_up_over", 0)))


# What a value of YAML becomes in a field of each type.
_FIELD_TYPES: Mapping[Any, Callable[[Any], object]] = {
    model.Name: lambda names: model.Name(**names),
    model.Name | None: lambda names: names and model.Name(**names),
    dt.date | None: checks.day_or_none,
    tuple[str, ...]: tuple,
    tuple[float, float]: lambda ends: tuple(map(float, ends)),
    Mapping[str, int]: dict,
    str: lambda text: text or "",
    float: float,
    int: int,
    bool: bool,
}


@functools.cache
def _types(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _made(kind: type[Made], block: checks.Block, **given: object) -> Made:
    """Make a dataclass of the model from a block, key by key; `given` are the fields that need more than their key."""
    types = _types(kind)  # type: ignore[arg-type]  # mypy does not see that a class is hashable
    read_off = {name: _FIELD_TYPES[types[name]](block.get(name)) for name in types.keys() - given.keys()}
    return kind(**given, **read_off)
