"""Name every term of the field once, for all screens and documents."""

from __future__ import annotations

from audits.wording import phrase

VERDICT = {
    "pass": phrase("pass"),
    "fail": phrase("fail"),
    "borderline": phrase("borderline"),
    "unknown": phrase("not known yet"),
    "not_applicable": phrase("does not apply"),
}

FACILITY_STATUS = {
    "pass": phrase("pass"),
    "fail": phrase("fail"),
    "unknown": phrase("not known yet"),
    "absent": phrase("none recorded"),
}

FACILITY = {
    "ramp": phrase("ramp"),
    "parking": phrase("parking"),
    "toilet": phrase("toilet"),
    "sign": phrase("signs"),
    "information": phrase("information service"),
}

BASIS = {
    "law": phrase("law"),
    "analogy": phrase("by analogy"),
    "guidance": phrase("good practice"),
    "comparator": phrase("for comparison"),
}

SITE_KIND = {"ramp": phrase("ramp site"), "space": phrase("public space")}

ELEMENT_KIND = {
    "ramp": phrase("ramp"),
    "kerb_ramp": phrase("kerb ramp"),
    "path": phrase("path"),
    "entrance": phrase("entrance"),
    "parking": phrase("parking"),
    "toilet": phrase("toilet"),
    "sign": phrase("signs"),
    "shelter": phrase("passenger shelter"),
    "stair": phrase("stair"),
    "information": phrase("information point"),
}

SETTING = {
    "building": phrase("building"),
    "compound": phrase("grounds of a building"),
    "bus_terminal": phrase("bus terminal"),
    "park": phrase("park"),
    "municipal_footpath": phrase("municipal footpath"),
    "highway_footpath": phrase("highway footpath"),
    "bus_shelter": phrase("bus shelter"),
}

POSITION_STATUS = {
    "named": phrase("place named by the programme"),
    "presumed": phrase("presumed, to be confirmed"),
    "imported": phrase("from an imported list"),
    "confirmed": phrase("confirmed on site"),
    "not_found": phrase("looked for, not found"),
}

POSITION_UNSURE = ("presumed", "imported", "named", "not_found")

NOT_MEASURED = {
    "no_instrument": phrase("no instrument"),
    "blocked": phrase("blocked by an obstacle"),
    "unsafe": phrase("not safe to measure"),
    "no_time": phrase("no time"),
    "not_visible": phrase("cannot be seen"),
    "other": phrase("another reason"),
}

UNIT = {
    "percent": phrase("%"),
    "mm": phrase("mm"),
    "cm": phrase("cm"),
    "m": phrase("m"),
    "count": phrase("(count)"),
    "yes_no": "",
    "degrees": phrase("°"),
    "lux": phrase("lux"),
    "ratio": "",
}

UNVERIFIED = phrase("not yet checked against the Royal Gazette")
DEMONSTRATION = phrase("Demonstration data: invented surveys, not Khon Kaen's ramps")
MUNICIPAL_WEIGHTS = phrase("Weights are set by the municipality; they are not law")
