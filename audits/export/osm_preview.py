"""Write what engineers approved as tags of OpenStreetMap, for a person to compare with the map in JOSM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from audits import barriers, wording
from audits.export import facts as facts_room
from audits.export import losses
from audits.formats import templates
from layers import osm_tags

TEMPLATE = Path(__file__).parent / "templates" / "osm_preview.xml.j2"
WHEELCHAIR = "wheelchair"
GOOD_POSITION_M = 10.0
"""A node that may be farther off than this is marked, since it may be that of a neighbour."""

# By kind of element: what the node is, and which quantity is its width; other kinds have no tag that we measure.
_KINDS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "kerb_ramp": ({"barrier": "kerb"}, "clear_width_mm"),
    "ramp": ({}, "clear_width_mm"),
    "path": ({}, "narrowest_width_mm"),
    "entrance": ({"entrance": "yes"}, "door_clear_width_mm"),
    "crossing": ({"highway": "crossing"}, ""),
}
_SLOPE, _TACTILE, _LIP, _PRESENT = (
    *("running_slope_pct", "tactile_strip_present", "bottom_lip_height_mm", "element_present"),
)
_FLUSH_MM, _LOWERED_MM = osm_tags.KERB_HEIGHTS_MM["flush"][1], osm_tags.KERB_HEIGHTS_MM["lowered"][1]


def write(facts: facts_room.Facts, report: losses.Report, _words: wording.Wording) -> bytes:
    """Return OSM XML 0.6 of new nodes with negative ids, one for each element of which a tag is known.

    Only figures that an engineer approved, at elements that were seen: the narrowest width, the steepest slope, the
    kerb, tactile paving, and ``wheelchair`` where :mod:`audits.barriers` decides. The surface is never tagged, since
    nobody records its material. The file asks JOSM to warn before an upload, and to refuse it for a demonstration.
    """
    facts.lose_sites(report, facts_room.without_position(facts), losses.NO_POSITION)
    report.lose_rest(losses.SCORE, (), losses.NO_FIELD)
    unapproved = facts.values.index[~facts.values["approved"].astype(bool)]
    report.lose(losses.MEASUREMENT, unapproved, losses.NOT_APPROVED)
    counted = facts.contents.record.counted_as(facts.elements.index)
    again = facts.elements.index[facts.elements.index != counted]
    report.lose(losses.ELEMENT, again, losses.SAME_THING)
    facts.lose_elements(report, again, losses.SAME_THING)
    states, used = barriers.by_element(facts.contents.record), set[str]()
    nodes: list[dict[str, object]] = []
    # sorted, since the numbers of the nodes follow the order
    for name in sorted(report.written(losses.ELEMENT)):
        tags, quantities = _tags(facts, name, states)
        if tags:
            nodes.append({"id": -len(nodes) - 1, "tags": tags, **_place(facts, name)})
            used |= {f"{name} {quantity}" for quantity in quantities}
        elif not facts_room.answer(facts.measured.get(name, {}), _PRESENT):
            report.lose(losses.ELEMENT, [name], losses.NOT_THERE)
        else:
            report.lose(losses.ELEMENT, [name], losses.NO_FIELD)
    report.lose_rest(losses.MEASUREMENT, used, losses.NO_FIELD)
    report.lose_rest(losses.SITE, facts.elements["site_code"][sorted(report.written(losses.ELEMENT))], losses.NO_FIELD)
    for thing in (losses.INTERVAL, losses.FINDING, losses.CLAUSE):
        report.lose_rest(thing, (), losses.NO_FIELD)
    return templates.render_lines(TEMPLATE, nodes=nodes, upload="never" if facts.demonstration else "false").encode()


def _tags(facts: facts_room.Facts, name: str, states: pd.DataFrame) -> tuple[dict[str, str], set[str]]:
    """Tags of one element and the quantities they rest on; both empty where nothing can be tagged."""
    kind = str(facts.elements["kind"][name])
    values = {quantity: one for quantity, one in facts.measured.get(name, {}).items() if one.approved}
    if kind not in _KINDS or not facts_room.answer(values, _PRESENT):
        return {}, set()
    own, width = _KINDS[kind]
    found = [*_measured(values, width), *(_kerb(values) if kind == "kerb_ramp" else ())]
    tags = {key: value for _, key, value in found} | _wheelchair(facts, name, states)
    if not tags:
        return {}, set()
    used = {quantity for quantity, _, _ in found} | {_PRESENT}
    day = max(values[quantity].observed_on for quantity in used).date().isoformat()
    return {**own, **tags, **_about(facts, name, day)}, used


def _measured(values: Mapping[str, facts_room.Value], width: str) -> Iterator[tuple[str, str, str]]:
    if width in values:
        yield width, "width", f"{values[width].lowest / 1000:g}"
    if _SLOPE in values:
        yield _SLOPE, "incline", f"{round(values[_SLOPE].highest, 1):g}%"
    tactile = facts_room.answer(values, _TACTILE)
    if tactile is not None:
        yield _TACTILE, "tactile_paving", "yes" if tactile else "no"


def _kerb(values: Mapping[str, facts_room.Value]) -> Iterator[tuple[str, str, str]]:
    """Tag the kerb by its lip; without one a kerb ramp that was seen is lowered (wiki, Key:kerb)."""
    if _LIP not in values:
        yield _PRESENT, "kerb", "lowered"
        return
    lip = values[_LIP]
    yield _LIP, "kerb:height", f"{lip.highest / 1000:g}"
    # A lip read as 0 reaches up to the uncertainty of its instrument, and is flush all the same.
    known = {"flush": lip.high <= max(_FLUSH_MM, lip.uncertainty), "lowered": lip.high <= _LOWERED_MM}
    yield (
        _LIP,
        "kerb",
        next((kerb for kerb, holds in known.items() if holds), "raised" if lip.low > _LOWERED_MM else "yes"),
    )


def _wheelchair(facts: facts_room.Facts, name: str, states: pd.DataFrame) -> dict[str, str]:
    """Tag ``wheelchair`` from the state of the barrier, if every figure of the element is approved."""
    approved = all(one.approved for one in facts.measured.get(name, {}).values())
    if name not in states.index or WHEELCHAIR not in states.columns or not approved:
        return {}
    state = states[WHEELCHAIR][name]
    return {barriers.KNOWN: {WHEELCHAIR: "no"}, barriers.NONE: {WHEELCHAIR: "yes"}}.get(state, {})


def _about(facts: facts_room.Facts, name: str, day: str) -> dict[str, str]:
    """Source and date by the import guidelines, the element, and a warning where its position is rough."""
    accuracy = facts.sites["position_accuracy_m"][facts.elements["site_code"][name]]
    rough = "position not confirmed" if pd.isna(accuracy) else f"position good to about {accuracy:g} m"
    # an accuracy that is not known is NaN, compares as false, and is marked too
    fixme = {} if accuracy <= GOOD_POSITION_M else {"fixme": rough}
    source = f"accessibility survey of {facts.town}" if facts.town else "accessibility survey"
    return {"source": facts.demonstration or source, "source:date": day, "check_date": day, "note": name, **fixme}


def _place(facts: facts_room.Facts, name: str) -> dict[str, float]:
    longitude, latitude = facts_room.coordinates(facts, str(facts.elements["site_code"][name]))
    return {"lon": longitude, "lat": latitude}
