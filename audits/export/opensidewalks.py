"""Write kerb ramps, other elements and sites as an OpenSidewalks 0.3 dataset, figures as extension properties."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping

import pandas as pd

from audits import wording
from audits.export import facts as facts_room
from audits.export import losses, opensidewalks_network
from audits.formats import archive

VERSION = "0.3"
SCHEMA = "https://sidewalks.washington.edu/opensidewalks/0.3/schema.json"
EXTENSION = "ext:"
KERB_RAMP, SEAT = "kerb_ramp", "seat"

_SITE_COLUMNS = (
    *("kind", "name_th", "name_en", "category", "setting", "position_status", "position_accuracy_m"),
    *("verdict", "grade", "score_low", "score_high", "coverage_share"),
)


def write(facts: facts_room.Facts, report: losses.Report, _words: wording.Wording) -> bytes:
    """Return the dataset as a ZIP of those of its six files that hold something.

    Kerb ramps are nodes, every other element and the sites are points; the walking network gives the other nodes and
    the edges. The record knows no line and no area. The schema's own fields hold no slope of a kerb ramp and no
    interval, so these stand in properties that begin with ``ext:``; see
    https://github.com/OpenSidewalks/OpenSidewalks-Schema.
    """
    facts.lose_sites(report, facts_room.without_position(facts), losses.NO_POSITION)
    report.lose_rest(losses.CLAUSE, (), losses.NO_FIELD)
    # sorted, so that the same record gives the same bytes
    written = facts.elements.loc[sorted(report.written(losses.ELEMENT))]
    features: dict[str, list[dict[str, object]]] = {"nodes": [], "edges": [], "points": []}
    for name, kind, code in zip(written.index, written["kind"], written["site_code"], strict=True):
        layer = "nodes" if kind == KERB_RAMP else "points"
        features[layer].append(_feature(facts, str(name), str(code), _element(facts, str(name))))
    features["points"] += [
        _feature(facts, code, code, _site(facts, code)) for code in sorted(report.written(losses.SITE))
    ]
    # an element stands at the point of its site, and no way of the network ends there
    kerb_ramps = frozenset(written.index[written["kind"] == KERB_RAMP])
    report.totals = {**report.totals, losses.JOINT: kerb_ramps}
    report.lose(losses.JOINT, kerb_ramps, losses.NO_WAY)
    if facts.contents.options.network is not None:
        nodes, edges = opensidewalks_network.features(facts.contents.options.network)
        features["nodes"] += nodes
        features["edges"] += edges
    # The schema refuses a file without features.
    files = {f"opensidewalks.{name}.geojson": _collection(facts, found) for name, found in features.items() if found}
    return archive.zipped(files, facts.contents.options.exported_on)


def _collection(facts: facts_room.Facts, features: list[dict[str, object]]) -> bytes:
    record, network = facts.contents.record, facts.contents.options.network
    # the beginning of the day and not now: the same contents make the same bytes
    begun = dt.datetime.combine(facts.contents.options.exported_on, dt.time(), wording.local_zone())
    source = {
        "name": facts.town,
        "generator": "Jaidee",
        "record": record.head,
        "network": network.statement if network else "",
        "demonstration": facts.demonstration,
    }
    collection = {
        "type": "FeatureCollection",
        "$schema": SCHEMA,
        "dataSource": {key: value for key, value in source.items() if value},
        "dataTimestamp": begun.isoformat(),
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _feature(facts: facts_room.Facts, name: str, code: str, properties: Mapping[str, object]) -> dict[str, object]:
    geometry = {"type": "Point", "coordinates": facts_room.coordinates(facts, code)}
    return {"type": "Feature", "geometry": geometry, "properties": {"_id": name, **properties}}


def _site(facts: facts_room.Facts, code: str) -> dict[str, object]:
    row = facts.sites.loc[code]
    return _extended({"thing": "site", **{name: row[name] for name in _SITE_COLUMNS}}, facts)


def _element(facts: facts_room.Facts, name: str) -> dict[str, object]:
    element, values = facts.elements.loc[name], facts.measured.get(name, {})
    extra: dict[str, object] = {
        "thing": "element",
        "site": element["site_code"],
        "kind": element["kind"],
        "permitted_on": None if pd.isna(element["permitted_on"]) else element["permitted_on"].date().isoformat(),
    }
    for quantity, value in values.items():
        extra |= {f"{quantity}{part}": figure for part, figure in _measured(value)}
    extra |= {f"verdict:{criterion}": verdict for criterion, verdict in facts.verdicts.get(name, {}).items()}
    return {**_own_fields(str(element["kind"]), values), **_extended(extra, facts)}


def _own_fields(kind: str, values: Mapping[str, facts_room.Value]) -> dict[str, object]:
    """Fields of the schema itself, only where somebody has seen what they state."""
    if not facts_room.answer(values, "element_present"):
        return {}
    if kind == SEAT:
        return {"amenity": "bench"}
    if kind != KERB_RAMP:
        return {}
    tactile = facts_room.answer(values, "tactile_strip_present")
    paving = {} if tactile is None else {"tactile_paving": "yes" if tactile else "no"}
    return {"barrier": "kerb", "kerb": "lowered", **paving}


def _measured(value: facts_room.Value) -> Iterator[tuple[str, object]]:
    """Yield the parts of one measurement: its value where the readings agree, else its extremes, and the interval."""
    if value.agreed is not None:
        yield "", bool(value.agreed) if value.is_answer else value.agreed
    else:
        yield from ((":lowest", value.lowest), (":highest", value.highest))
    if not value.is_answer:
        yield from ((":low", value.low), (":high", value.high))
    yield from ((":observed_on", value.observed_on.date().isoformat()), (":approved", bool(value.approved)))


def _extended(properties: Mapping[str, object], facts: facts_room.Facts) -> dict[str, object]:
    """Prefix names, and leave out what is not known: the schema takes no null."""
    marked = {**properties, "demonstration": facts.demonstration}
    # NaN is the value that differs from itself
    known = {
        name: _plain(value) for name, value in marked.items() if value is not None and value == value and value != ""
    }
    return {f"{EXTENSION}{name}": value for name, value in known.items()}


def _plain(value: object) -> object:
    return value.item() if hasattr(value, "item") else value
