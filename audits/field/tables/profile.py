"""Read a profile, the mapping of a foreign table to our words."""

from __future__ import annotations

import collections
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from audits import errors, survey
from audits.field.tables import headers
from audits.formats import cells
from audits.rules import model
from layers import positions

LONGEST_PROFILE = 200_000

TOO_LONG = errors.ProblemKind("PROFILE-001", "the profile has over {most} characters; keep only the mapping in it")
NOT_UTF_8 = errors.ProblemKind("COMMAND-002", "The profile is not UTF-8 text; save it as UTF-8.")
NOT_YAML = errors.ProblemKind("PROFILE-002", "this is not YAML: {reason}")
DOUBLE_KEY = errors.ProblemKind("PROFILE-003", "the key “{key}” stands twice; remove one of the two")
WRONG_SHAPE = errors.ProblemKind("PROFILE-004", "this does not fit the form of a profile: {reason}")
UNKNOWN_SYSTEM = errors.ProblemKind(
    "PROFILE-005", "“{crs}” is no coordinate system; write its code, such as EPSG:32648"
)
UNKNOWN_QUANTITY = errors.ProblemKind("PROFILE-006", "“{quantity}” is no quantity of the criteria")
WRONG_UNIT = errors.ProblemKind("PROFILE-007", "the unit “{unit}” cannot be turned into {wanted}")
UNKNOWN_WORD = errors.ProblemKind("PROFILE-008", "“{word}” is not known; use one of: {words}")
BAD_BOX = errors.ProblemKind(
    "PROFILE-009", "the box must be west, south, east, north in degrees, west and south smaller"
)
NO_COLUMN = errors.ProblemKind("PROFILE-010", "the table has no column “{column}”; it has: {columns}")

_SITE_COLUMNS = {
    **{"code": "code", "name": "name", "name_th": "name_th", "name_en": "name_en", "x": "east", "y": "north"},
    **{"street": "street_th", "zone": "zone", "category": "category", "note": "note"},
}


_SCHEMA = json.loads((Path(__file__).parent / "profile.schema.json").read_text("utf-8"))


@dataclass(frozen=True)
class Profile:
    """A mapping that has been checked; `content` as written, every leaf a text."""

    name: str
    content: Mapping[str, Any]


class _Loader(yaml.SafeLoader):
    """Leave every leaf a text, so that the codes Y, no and 0 mean themselves; refuse double keys and references."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("references (*) are not used in a profile")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise errors.RefusedError((DOUBLE_KEY.at(f"line {key.start_mark.line + 1}", key=key.value),))
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {}


def load(path: Path, criteria: model.Criteria) -> Profile:
    """Read the profile in a file, as :func:`read` does its text.

    Raises
    ------
    audits.errors.RefusedError
        With every fault found.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise errors.RefusedError((NOT_UTF_8.at(path.name),)) from error
    return read(text, criteria, path.name)


def read(text: str, criteria: model.Criteria, where: str = "profile") -> Profile:
    """Read a profile and check everything that can be checked without the table.

    Parameters
    ----------
    text
        YAML: ``name``, ``crs``, ``box``, ``site``, ``element``, ``surveyed_on``, ``permitted_on``, ``surveyor``,
        ``instrument``, ``missing`` and ``columns``; the sample profile shows each.
    criteria
        The criteria, for their quantities and units.
    where
        Name of the file, for the problems.

    Raises
    ------
    audits.errors.RefusedError
        With every fault found.
    """
    if len(text) > LONGEST_PROFILE:
        raise errors.RefusedError((TOO_LONG.at(where, most=LONGEST_PROFILE),))
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with fewer types
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise errors.RefusedError((NOT_YAML.at(where, reason=" ".join(str(error).split())[:160]),)) from error
    shape = sorted(jsonschema.Draft202012Validator(_SCHEMA).iter_errors(content), key=lambda fault: fault.json_path)
    if shape:
        problems = (WRONG_SHAPE.at(f"{where}, {fault.json_path}", reason=fault.message[:200]) for fault in shape)
        raise errors.RefusedError(tuple(problems))
    faults = (*_measured_faults(content, criteria, where), *_word_faults(content, criteria, where))
    if faults:
        raise errors.RefusedError(faults)
    return Profile(content["name"], content)


def _measured_faults(content: Mapping[str, Any], criteria: model.Criteria, where: str) -> Iterator[errors.Problem]:
    for column, entry in content["columns"].items():
        quantity, at = criteria.quantities.get(entry["quantity"]), f"{where}, columns, {column}"
        if quantity is None:
            yield UNKNOWN_QUANTITY.at(at, quantity=entry["quantity"])
        elif "unit" in entry and not headers.unit_fits(entry["unit"], quantity):
            yield WRONG_UNIT.at(at, unit=entry["unit"], wanted=quantity.unit)


def _word_faults(content: Mapping[str, Any], criteria: model.Criteria, where: str) -> Iterator[errors.Problem]:
    if "crs" in content and not positions.known_system(content["crs"]):
        yield UNKNOWN_SYSTEM.at(f"{where}, crs", crs=content["crs"])
    if "box" in content and _box(content) is None:
        yield BAD_BOX.at(f"{where}, box")
    element = content.get("element", {})
    kinds = [("element, kind", element.get("kind"))] + [
        (f"element, codes, {code}", kind) for code, kind in element.get("codes", {}).items()
    ]
    closed = (
        *((at, word, survey.ELEMENT_KINDS) for at, word in kinds),
        ("site, kind", content["site"].get("kind"), ("ramp", "space")),
        ("site, setting", content["site"].get("setting"), survey.SETTINGS),
        ("instrument, constant", content.get("instrument", {}).get("constant"), tuple(criteria.instruments)),
    )
    for at, word, words in closed:
        if word is not None and word not in words:
            yield UNKNOWN_WORD.at(f"{where}, {at}", word=word, words=", ".join(words))


def _box(content: Mapping[str, Any]) -> positions.Box | None:
    sides = [cells.number(side) for side in content["box"]]
    figures = [side for side in sides if isinstance(side, float)]
    if len(figures) < 4:
        return None
    box = positions.Box(*figures)
    return box if -180 <= box.west < box.east <= 180 and -90 <= box.south < box.north <= 90 else None


def layout(chosen: Profile, columns: Sequence[str]) -> headers.Layout:
    """Return how a table with these columns is read under a profile.

    Parameters
    ----------
    chosen
        From :func:`read`.
    columns
        Headers of the table.

    Raises
    ------
    audits.errors.RefusedError
        With every column that the profile names and the table lacks.
    """
    content = chosen.content
    missing = headers.MISSING | _plain(content.get("missing", ()))
    uses = [*_plain_uses(content, missing), *_measured_uses(content, missing)]
    absent = [use.column for use in uses if use.column not in columns]
    if absent:
        present = ", ".join(columns)[:500]
        raise errors.RefusedError(tuple(NO_COLUMN.at(chosen.name, column=one, columns=present) for one in absent))
    used = {use.column for use in uses}
    constants = {
        meaning: content.get(part, {}).get(key, "")
        for part, key, meaning in (
            *(("site", "kind", "kind"), ("site", "setting", "setting"), ("element", "kind", "element_kind")),
            *(("surveyor", "constant", "surveyor"), ("surveyed_on", "constant", "observed_on")),
            ("instrument", "constant", "instrument"),
        )
    }
    return headers.Layout(
        tuple(uses),
        tuple(column for column in columns if column not in used),
        {meaning: word for meaning, word in constants.items() if word},
        content.get("crs", ""),
        _box(content) if "box" in content else None,
    )


def counter(chosen: Profile) -> Callable[[Sequence[str]], int]:
    """Make a counter of the profile's columns in a row of headers, which finds the row and the sheet that have them."""
    named = {
        use.column
        for use in (*_plain_uses(chosen.content, headers.MISSING), *_measured_uses(chosen.content, headers.MISSING))
    }
    return lambda columns: len(named.intersection(columns))


def _plain(written: Iterable[str]) -> set[str]:
    return {cells.clean(each).casefold() for each in written}


def _plain_uses(content: Mapping[str, Any], missing: frozenset[str]) -> Iterator[headers.Use]:
    for key, meaning in _SITE_COLUMNS.items():
        if key in content["site"]:
            yield headers.Use(content["site"][key], meaning, missing=missing)
    element = content.get("element", {})
    if "column" in element:
        yield headers.Use(element["column"], "element_kind", codes=_codes(element), missing=missing)
    if "label" in element:
        yield headers.Use(element["label"], "element_label", missing=missing)
    for key in ("surveyed_on", "permitted_on", "surveyor", "instrument"):
        entry = content.get(key, {})
        if "column" in entry:
            meaning = "observed_on" if key == "surveyed_on" else key
            yield headers.Use(entry["column"], meaning, missing=missing, written_as=entry.get("format", ""))


def _measured_uses(content: Mapping[str, Any], missing: frozenset[str]) -> Iterator[headers.Use]:
    readings: collections.Counter[str] = collections.Counter()
    for column, entry in content["columns"].items():
        quantity, absent = entry["quantity"], missing | _plain(entry.get("missing", ()))
        readings[quantity] += 1
        unit, number = entry.get("unit", ""), readings[quantity]
        yield headers.Use(column, headers.QUANTITY, quantity, unit, number, _codes(entry), absent)


def _codes(entry: Mapping[str, Any]) -> dict[str, str]:
    return {cells.clean(code).casefold(): meaning for code, meaning in entry.get("codes", {}).items()}
