"""Write sites as places of A11yJSON 31, intervals in its quantities."""

from __future__ import annotations

import csv
import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from audits import terms, wording
from audits.export import facts as facts_room
from audits.export import losses
from layers import installation

VERSION = "31.1.0"
FIELDS = installation.DATA / "exchange" / "a11yjson.csv"
PRESENT = "element_present"
_UNITS = {"length": "mm", "slope": "%"}
# Names of what a thing is called differ from class to class, and places that hold one thing have none.
_NAMED = {"entrances": "name", "desks": "name", "restrooms": "description", "availableEquipment": "description"}
_NAMED |= {"signageSystems": "description"}
_EXTRA: Mapping[str, Mapping[str, object]] = {"lift": {"category": "elevator"}}
# The schema takes any word; these are the ones that accessibility.cloud knows, the others stay as they are.
_CATEGORIES = {
    **{"bus_terminal": "bus_station", "mall": "shopping_center", "market": "marketplace", "rail": "railway_station"},
    **{"temple": "place_of_worship", "toilet": "toilets", "community": "community_centre"},
}


@dataclass(frozen=True)
class Field:
    """Where one quantity of a kind of element stands.

    Parameters
    ----------
    place
        Below ``accessibility``; a list where it holds ``[]``, and below that perhaps one more key.
    field
        Below that, keys joined by dots.
    form
        ``length``, ``slope``, ``count`` or ``yes_no``.
    """

    kind: str
    place: str
    quantity: str
    field: str
    form: str


@functools.cache
def fields() -> Mapping[str, tuple[Field, ...]]:
    """Read ``data/exchange/a11yjson.csv``, by kind of element."""
    result: dict[str, tuple[Field, ...]] = {}
    with FIELDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            result[row["kind"]] = (*result.get(row["kind"], ()), Field(**row))
    return result


def write(facts: facts_room.Facts, report: losses.Report, _words: wording.Wording) -> bytes:
    """Return a GeoJSON FeatureCollection, each feature a ``PlaceInfo``; see https://sozialhelden.github.io/a11yjson/.

    A measurement is a quantity with its interval as ``min`` and ``max``, and a ``value`` only where all readings agree.
    """
    facts.lose_sites(report, facts_room.without_position(facts), losses.NO_POSITION)
    report.lose_rest(losses.SCORE, (), losses.NO_FIELD)
    by_site = facts.elements.groupby("site_code").groups
    places = []
    for code in sorted(report.written(losses.SITE)):
        elements = sorted(str(name) for name in by_site.get(code, ()))
        places.append(_place(facts, code, _accessibility(facts, report, elements)))
    for thing in (losses.FINDING, losses.CLAUSE):
        report.lose_rest(thing, (), losses.NO_FIELD)
    collection = {"type": "FeatureCollection", "features": places}
    return json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _place(facts: facts_room.Facts, code: str, accessibility: Mapping[str, object]) -> dict[str, object]:
    site, mark = facts.sites.loc[code], facts.demonstration
    description = {
        language: " ".join(filter(None, (mark, site[f"sentence_{language}"]))) for language in wording.LANGUAGES
    }
    properties = {
        "category": _CATEGORIES.get(site["category"], site["category"]) or "other",
        "name": {language: site[f"name_{language}"] for language in wording.LANGUAGES if site[f"name_{language}"]},
        "description": {language: text for language, text in description.items() if text},
        "originalId": code,
        "accessibility": accessibility,
    }
    return {
        "type": "Feature",
        "formatVersion": VERSION,
        "geometry": {"type": "Point", "coordinates": facts_room.coordinates(facts, code)},
        "properties": {key: value for key, value in properties.items() if value},
    }


def _accessibility(facts: facts_room.Facts, report: losses.Report, elements: list[str]) -> dict[str, object]:
    """Lay out the elements of one place, and record what finds no field."""
    result: dict[str, Any] = {}
    for name in elements:
        kind, values = str(facts.elements["kind"][name]), facts.measured.get(name, {})
        known, present = fields().get(kind, ()), facts_room.answer(values, PRESENT)
        place = known[0].place if known else ""
        holder, _, below = place.partition("[]")
        reason = losses.NO_FIELD if not known else losses.NOT_THERE if not values else ""
        # Only of a ramp can the format say that there is none.
        if not reason and present is False and all(one.quantity != PRESENT for one in known):
            reason = losses.NO_FIELD
        # a field that is no list holds one thing of a place
        if not reason and holder == place and holder in result:
            reason = losses.ONE_ONLY
        if reason:
            report.lose(losses.ELEMENT, [name], reason)
            facts.lose_elements(report, [name], reason)
            continue
        entry = _entry(facts, name, known, report)
        if holder == place:
            result[holder] = entry
        else:
            named = {_NAMED[holder]: _name(facts, name), **_EXTRA.get(kind, {}), **entry}
            # without the dot that follows the brackets
            result.setdefault(holder, []).append({below[1:]: named} if below else named)
    return result


def _entry(facts: facts_room.Facts, name: str, known: tuple[Field, ...], report: losses.Report) -> dict[str, Any]:
    values = facts.measured[name]
    result: dict[str, Any] = {}
    # the entry says by itself that the thing is there
    written, intervals = {PRESENT}, set()
    for field in known:
        value = values.get(field.quantity)
        shown = None if value is None else _shown(field, value)
        if shown is not None and value is not None:
            _put(result, field.field, shown)
            written.add(field.quantity)
            intervals |= {field.quantity} if field.form in _UNITS or not value.uncertainty else set()
    keys = {quantity: f"{name} {quantity}" for quantity in values}
    conflicting = {field.quantity for field in known if field.quantity in values} - written
    report.lose(losses.MEASUREMENT, [keys[quantity] for quantity in conflicting], losses.CONFLICT)
    report.lose(losses.MEASUREMENT, [keys[one] for one in values if one not in written], losses.NO_FIELD)
    numbers = [keys[one] for one, value in values.items() if not value.is_answer and one not in intervals]
    report.lose(losses.INTERVAL, numbers, losses.NO_FIELD)
    return result


def _shown(field: Field, value: facts_room.Value) -> object:
    """Value of one field; None where the readings differ and the field holds one answer."""
    if field.form in _UNITS:
        single = {} if value.agreed is None else {"operator": "=", "value": value.agreed}
        about = {"precision": value.uncertainty, "min": value.low, "max": value.high, "rawValue": value.as_written}
        # An instrument without a stated uncertainty gives no interval.
        return {**single, "unit": _UNITS[field.form], **{key: one for key, one in about.items() if one == one}}
    if value.agreed is None:
        return None
    return bool(value.agreed) if field.form == "yes_no" else int(value.agreed)


def _name(facts: facts_room.Facts, name: str) -> dict[str, str]:
    title = terms.ELEMENT_KIND[str(facts.elements["kind"][name])]
    return {language: f"{wording.Wording(language).text(title)} {name}" for language in wording.LANGUAGES}


def _put(target: dict[str, Any], path: str, value: object) -> None:
    *above, last = path.split(".")
    for key in above:
        target = target.setdefault(key, {})
    target[last] = value


def quantities(place: Mapping[str, Any]) -> Iterator[tuple[str, str, object]]:
    """Yield the site, the quantity and the value of everything that a place of ours states, to read it back.

    Parameters
    ----------
    place
        A feature from :func:`write`.
    """
    accessibility = place["properties"].get("accessibility", {})
    for known in fields().values():
        for field in known:
            holder, _, below = field.place.partition("[]")
            entries = accessibility.get(holder, [])
            for entry in entries if isinstance(entries, list) else [entries]:
                inner = entry.get(below[1:], {}) if below else entry
                # any key on the way may be missing
                value = functools.reduce(lambda part, key: (part or {}).get(key), field.field.split("."), inner)
                if value is not None:
                    yield str(place["properties"]["originalId"]), field.quantity, value
