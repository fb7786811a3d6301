"""Read a profile, the mapping of a foreign table to our words."""

from __future__ import annotations

import collections
import contextlib
import datetime as dt
import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from audits import errors, survey
from audits.field.tables import headers, profile_shape
from audits.formats import cells, days
from audits.rules import model
from audits.scoring import findings
from layers import installation, positions

LONGEST_PROFILE = 200_000
INSTALLED = installation.DATA / "profiles"
"""Profiles of public formats, beside those of a workspace."""

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
BAD_DAY = errors.ProblemKind("PROFILE-011", "“{written}” is no day; write it as 2025-12-29")
BAD_LIMIT = errors.ProblemKind(
    "PROFILE-012",
    "yes_at_least and yes_at_most turn figures into yes or no; give a number, and a quantity of yes or no",
)
SIGN_OF_NO_SLOPE = errors.ProblemKind("PROFILE-013", "only a slope may be signed; {quantity} is none")
BAD_NAME = errors.ProblemKind("PROFILE-014", "“{name}” is no name for a profile; leave out / : * ? . and the like")
NAME_TAKEN = errors.ProblemKind("PROFILE-015", "there is a profile “{name}” already; choose another name")
NO_COLUMN = errors.ProblemKind("PROFILE-010", "the table has no column “{column}”; it has: {columns}")

VERDICT = "inspector_verdict"
_FROM_A_COLUMN = ("kind", "setting")
_FILE_NAME = re.compile(r"[^\\/:*?\"<>|.\x00-\x1f\x7f]{1,60}")
_SITE_COLUMNS = {
    **{"code": "code", "name": "name", "name_th": "name_th", "name_en": "name_en", "x": "east", "y": "north"},
    **{"street": "street_th", "zone": "zone", "category": "category", "note": "note"},
}


def names(folder: Path) -> list[str]:
    """Names of the profiles of a workspace's folder and of those that come with the program."""
    return sorted({path.stem for place in (folder, INSTALLED) for path in place.glob("*.yaml")})


def path_of(name: str, folder: Path) -> Path:
    """Path of a profile by its name; one of the workspace goes before one that comes with the program."""
    own = folder / f"{name}.yaml"
    return own if own.is_file() else INSTALLED / own.name


_LIMITS = ("yes_at_least", "yes_at_most")
_SCHEMA = json.loads((Path(__file__).parent / "profile.schema.json").read_text("utf-8"))


@dataclass(frozen=True)
class Profile:
    """A mapping that has been checked; `content` as written, every leaf a text."""

    name: str
    content: Mapping[str, Any]


class _Loader(yaml.SafeLoader):
    """Leave every leaf a text, so that Y, no and 0 mean themselves; refuse double keys, references and tags."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        # with references a text of a few lines can grow without end
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("references (*) are not used in a profile")
        node = super().compose_node(parent, index)
        # a tag would make something else than a text of a leaf, or fail in ways of its own
        plain = (self.DEFAULT_SCALAR_TAG, self.DEFAULT_SEQUENCE_TAG, self.DEFAULT_MAPPING_TAG)
        if node is not None and node.tag not in plain:
            raise yaml.MarkedYAMLError(problem="tags (!) are not used in a profile", problem_mark=node.start_mark)
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        # a key that is a list has no text, and is refused below
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
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
        # editors on Windows put a byte order mark before the text
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise errors.RefusedError((NOT_UTF_8.at(path.name),)) from error
    return read(text, criteria, path.name)


def every(folder: Path, criteria: model.Criteria) -> tuple[Profile, ...]:
    """Read the profiles of :func:`names`; one that cannot be read explains no table and is left out."""
    found = list[Profile]()
    for name in names(folder):
        with contextlib.suppress(errors.RefusedError, OSError):
            found.append(load(path_of(name, folder), criteria))
    return tuple(found)


def read(text: str, criteria: model.Criteria, where: str = "profile") -> Profile:
    """Read a profile and check everything that can be checked without the table.

    Parameters
    ----------
    text
        YAML: ``name``, ``crs``, ``box``, ``site``, ``element``, ``surveyed_on``, ``permitted_on``, ``surveyor``,
        ``instrument``, ``verdict``, ``missing`` and ``columns``; ``data/profiles.md`` shows each option.
    criteria
        The criteria, for their quantities and units.
    where
        Name of the file, for the problems.

    Raises
    ------
    audits.errors.RefusedError
        With every fault found.
    """
    # before it is parsed, since a stranger may have written it
    if len(text) > LONGEST_PROFILE:
        raise errors.RefusedError((TOO_LONG.at(where, most=LONGEST_PROFILE),))
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with fewer types
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise errors.RefusedError((NOT_YAML.at(where, reason=profile_shape.unreadable(error)),)) from error
    shape = sorted(jsonschema.Draft202012Validator(_SCHEMA).iter_errors(content), key=lambda fault: fault.json_path)
    if shape:
        problems = (
            WRONG_SHAPE.at(f"{where}, {fault.json_path}", reason=profile_shape.reason(fault)) for fault in shape
        )
        raise errors.RefusedError(tuple(problems))
    faults = (*_measured_faults(content, criteria, where), *_word_faults(content, criteria, where))
    if faults:
        raise errors.RefusedError(faults)
    return Profile(content["name"], content)


def save(folder: Path, content: Mapping[str, Any], criteria: model.Criteria) -> Path:
    """Keep a profile in a folder under its name.

    Parameters
    ----------
    folder
        Of the workspace's profiles; made when it is missing.
    content
        As :func:`read` takes it, every leaf a text.
    criteria
        The criteria, for their quantities and units.

    Raises
    ------
    audits.errors.RefusedError
        With every fault found, or when the name cannot be a file's or is taken.
    """
    name = str(content.get("name", "")).strip()
    if not _FILE_NAME.fullmatch(name):
        raise errors.RefusedError((BAD_NAME.at("profile", name=name),))
    # in the order in which the columns were pointed at
    text = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False)
    # read back before it is kept: what is in the folder can always be read
    read(text, criteria, name)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    try:
        # opened as a new file only: of two who save one name at once the second is refused
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise errors.RefusedError((NAME_TAKEN.at("profile", name=name),)) from error
    return path


def _entries(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each measured column with what it means; a column of two quantities twice."""
    for column, entry in content["columns"].items():
        for one in entry if isinstance(entry, list) else [entry]:
            yield column, one


def _measured_faults(content: Mapping[str, Any], criteria: model.Criteria, where: str) -> Iterator[errors.Problem]:
    for column, entry in _entries(content):
        quantity, at = criteria.quantities.get(entry["quantity"]), f"{where}, columns, {column}"
        if quantity is None:
            yield UNKNOWN_QUANTITY.at(at, quantity=entry["quantity"])
            continue
        if "unit" in entry and not headers.unit_fits(entry["unit"], quantity):
            yield WRONG_UNIT.at(at, unit=entry["unit"], wanted=quantity.unit)
        if "sign" in entry and quantity.unit != "percent":
            yield SIGN_OF_NO_SLOPE.at(at, quantity=entry["quantity"])
        limits = [cells.number(entry[key]) for key in _LIMITS if key in entry]
        if limits and (quantity.unit != "yes_no" or not all(isinstance(limit, float) for limit in limits)):
            yield BAD_LIMIT.at(at)


def _word_faults(content: Mapping[str, Any], criteria: model.Criteria, where: str) -> Iterator[errors.Problem]:
    if "crs" in content and not positions.known_system(content["crs"]):
        yield UNKNOWN_SYSTEM.at(f"{where}, crs", crs=content["crs"])
    if "box" in content and _box(content) is None:
        yield BAD_BOX.at(f"{where}, box")
    constant = content.get("surveyed_on", {}).get("constant")
    if constant is not None and isinstance(days.day(constant, dt.date.max), errors.ProblemKind):
        yield BAD_DAY.at(f"{where}, surveyed_on, constant", written=constant)
    element, site = content.get("element", {}), content["site"]
    closed = (
        *_choice_words("element, kind", element.get("kind"), survey.ELEMENT_KINDS),
        *_choice_words("element", {"codes": element.get("codes", {})}, survey.ELEMENT_KINDS),
        *_choice_words("site, kind", site.get("kind"), ("ramp", "space")),
        *_choice_words("site, setting", site.get("setting"), survey.SETTINGS),
        *_choice_words("instrument, constant", content.get("instrument", {}).get("constant"), (*criteria.instruments,)),
        *_choice_words("verdict", {"codes": content.get("verdict", {}).get("codes", {})}, findings.VERDICTS),
    )
    for at, word, words in closed:
        if word not in words:
            yield UNKNOWN_WORD.at(f"{where}, {at}", word=word, words=", ".join(words))


def _choice_words(
    at: str, chosen: str | Mapping[str, Any] | None, words: Sequence[str]
) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Yield each word of a closed list that a choice names: for all rows, or for each code of a column."""
    if isinstance(chosen, str):
        yield at, chosen, words
    elif chosen is not None:
        yield from ((f"{at}, codes, {code}", word, words) for code, word in chosen.get("codes", {}).items())


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
        meaning: word if isinstance(word := content.get(part, {}).get(key, ""), str) else ""
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
    plain = {cells.clean(each).casefold() for each in written}
    # as numbers too, so that -9 is found where a table writes -9.00
    return plain | {headers.number_code(each) for each in plain}


def _plain_uses(content: Mapping[str, Any], missing: frozenset[str]) -> Iterator[headers.Use]:
    for key, meaning in _SITE_COLUMNS.items():
        if key in content["site"]:
            yield headers.Use(content["site"][key], meaning, missing=missing)
    for key in _FROM_A_COLUMN:
        if isinstance(choice := content["site"].get(key), Mapping):
            yield headers.Use(choice["column"], key, codes=_codes(choice), missing=missing)
    if verdict := content.get("verdict"):
        yield headers.Use(verdict["column"], VERDICT, codes=_codes(verdict), missing=missing)
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
    for column, entry in _entries(content):
        quantity, absent = entry["quantity"], missing | _plain(entry.get("missing", ()))
        # several columns of one quantity are further readings, in the order of the profile
        readings[quantity] += 1
        unit, number = entry.get("unit", ""), readings[quantity]
        codes = _codes(entry)
        yield headers.Use(column, headers.QUANTITY, quantity, unit, number, codes, absent, turned=_turned(entry))


def _codes(entry: Mapping[str, Any]) -> dict[str, str]:
    written = {cells.clean(code).casefold(): meaning for code, meaning in entry.get("codes", {}).items()}
    # A code that is written as in the table goes before one that is the same number.
    return {headers.number_code(code): written[code] for code in reversed(written)} | written


def _turned(entry: Mapping[str, Any]) -> Callable[[object], object] | None:
    """Build the function that turns a signed figure into a slope, or any figure into yes or no; None without either."""
    if "sign" in entry:
        return functools.partial(_amount, is_reversed=entry["sign"] == "reversed")
    limits = [cells.number(entry[key]) if key in entry else None for key in _LIMITS]
    least, most = (limit if isinstance(limit, float) else None for limit in limits)
    return None if least is most is None else functools.partial(_between, least=least, most=most)


def _amount(cell: object, *, is_reversed: bool) -> object:
    figure = cells.number(cell)
    if isinstance(figure, float):
        return -figure if is_reversed else abs(figure)
    # a ratio or a figure with its sign, such as -1:12
    text = cells.clean(cell)
    if text.startswith("-"):
        return text.removeprefix("-").lstrip()
    return f"-{text}" if is_reversed else text


def _between(cell: object, *, least: float | None, most: float | None) -> object:
    figure = cells.number(cell)
    if isinstance(figure, errors.ProblemKind):
        return cell
    return "yes" if (least is None or figure >= least) and (most is None or figure <= most) else "no"
