"""Define every term of the field once, for all screens and documents."""

from __future__ import annotations

from audits import wording

VERDICT = {
    "pass": wording.phrase("pass"),
    "fail": wording.phrase("fail"),
    "borderline": wording.phrase("borderline"),
    "unknown": wording.phrase("not known yet"),
    "not_applicable": wording.phrase("does not apply"),
}

FAILING = {
    "binding": wording.phrase("a requirement that binds there"),
    "not_binding": wording.phrase("only requirements that do not bind there"),
}
"""What a failing site fails, of :data:`audits.scoring.selection.FAILING`."""
OF_FAILING = wording.phrase("{binding} by law, {other} not")

OPEN = wording.phrase("borderline or not known yet")
"""Names both verdicts together where they are one figure: what may still turn out either way."""

MEASURE_MORE, FINER_INSTRUMENT, NOTHING_APPLIES = "measure_more", "finer_instrument", "nothing_applies"
UNDECIDED_GRADE = {
    MEASURE_MORE: wording.phrase("grade undecided: measure more"),
    FINER_INSTRUMENT: wording.phrase("grade undecided: measure again with a finer instrument"),
    NOTHING_APPLIES: wording.phrase("no grade: nothing here to judge"),
    "": "",
}
"""Why a site has no grade, and what would give it one."""
REPEAT = wording.phrase("Measure again with a finer instrument: {names}.")
UNDECIDED = wording.phrase("undecided: measure more, or again with a finer instrument")
"""Heads all sites without a grade."""

SCORE_CHANGE = {
    "better": wording.phrase("improved: fewer failures"),
    "same": wording.phrase("as many failures"),
    "unclear": wording.phrase("nothing measured both times"),
    "worse": wording.phrase("worse: more failures"),
    "": wording.phrase("nothing accepted yet"),
}
"""How a site compares with an earlier survey of it; empty where nothing was built and accepted since."""

IS_SO = wording.phrase("yes"), wording.phrase("no")
IS_THERE = wording.phrase("yes, there is"), wording.phrase("no, there is not")
"""Answers to a question whether something is there: Thai repeats its verb, มี, where others are answered ใช่."""

FACILITY_STATUS = {
    "pass": wording.phrase("pass"),
    "fail": wording.phrase("fail"),
    "unknown": wording.phrase("not known yet"),
    "absent": wording.phrase("none recorded"),
}

FACILITY = {
    "ramp": wording.phrase("ramp"),
    "parking": wording.phrase("parking"),
    "toilet": wording.phrase("toilet"),
    "sign": wording.phrase("signs"),
    "information": wording.phrase("information service"),
}

BASIS = {
    "law": wording.phrase("law"),
    "analogy": wording.phrase("by analogy: not binding here"),
    "guidance": wording.phrase("good practice"),
    "comparator": wording.phrase("for comparison"),
}

COUNT_ALL, COUNT_APPROVED = "all", "approved"
COUNTED = {
    COUNT_ALL: wording.phrase("all that were not returned"),
    COUNT_APPROVED: wording.phrase("only those approved (official)"),
}
"""Which surveys the figures of a page, a command or a file count."""
SURVEYS_THAT_COUNT = wording.phrase("Surveys that count")
COUNTED_LINE = wording.phrase("Surveys that count: {counted}.")

ZONE_BASIS = {
    "named": wording.phrase("shares its name with a community"),
    "presumed": wording.phrase("that of the nearest community"),
}

SITES_OF_KIND = {
    "ramp": wording.phrase("ramp sites"),
    "space": wording.phrase("public spaces"),
    "both": wording.phrase("ramp sites and public spaces"),
}
"""Names the sites that figures count, by one of :data:`audits.council.figures.KINDS`."""
SITE_KIND = {"ramp": wording.phrase("ramp site"), "space": wording.phrase("public space")}

ELEMENT_KIND = {
    "ramp": wording.phrase("ramp"),
    "kerb_ramp": wording.phrase("kerb ramp"),
    "path": wording.phrase("path"),
    "entrance": wording.phrase("entrance"),
    "parking": wording.phrase("parking"),
    "toilet": wording.phrase("toilet"),
    "sign": wording.phrase("signs"),
    "shelter": wording.phrase("passenger shelter"),
    "stair": wording.phrase("stair"),
    "information": wording.phrase("information point"),
    "lift": wording.phrase("lift"),
    "seating": wording.phrase("wheelchair seating"),
    "ticket_window": wording.phrase("ticket window"),
    "boarding": wording.phrase("boarding place"),
    "refuge": wording.phrase("refuge area"),
    "crossing": wording.phrase("crossing"),
    "obstacle": wording.phrase("obstacle on the way"),
    "drinking_point": wording.phrase("drinking point"),
    "seat": wording.phrase("resting seat"),
}

SETTING = {
    "building": wording.phrase("building"),
    "compound": wording.phrase("grounds of a building"),
    "bus_terminal": wording.phrase("bus terminal"),
    "park": wording.phrase("park"),
    "municipal_footpath": wording.phrase("municipal footpath"),
    "highway_footpath": wording.phrase("highway footpath"),
    "bus_shelter": wording.phrase("bus shelter"),
}

POSITION_STATUS = {
    "named": wording.phrase("place named by the programme"),
    "presumed": wording.phrase("presumed, to be confirmed"),
    "imported": wording.phrase("from an imported list"),
    "confirmed": wording.phrase("confirmed on site"),
    "not_found": wording.phrase("looked for, not found"),
}

POSITION_UNSURE = ("presumed", "imported", "named", "not_found")

NOT_MEASURED = {
    "no_instrument": wording.phrase("no instrument"),
    "blocked": wording.phrase("blocked by an obstacle"),
    "unsafe": wording.phrase("not safe to measure"),
    "no_time": wording.phrase("no time"),
    "not_visible": wording.phrase("cannot be seen"),
    "other": wording.phrase("another reason"),
}

NOT_JUDGED = wording.phrase("No undisputed requirement reads it here, so it has no verdict.")
RESTS_ON_IT = wording.phrase("No requirement reads it: the design of a new ramp and the price of its fix rest on it.")

UNIT = {
    "percent": wording.phrase("%"),
    "mm": wording.phrase("mm"),
    "cm": wording.phrase("cm"),
    "m": wording.phrase("m"),
    "in": wording.phrase("inch"),
    "ft": wording.phrase("ft"),
    "count": wording.phrase("(count)"),
    "yes_no": "",
    "degrees": wording.phrase("°"),
    "lux": wording.phrase("lux"),
    "ratio": "",
}

UNVERIFIED = wording.phrase("not yet checked against the Royal Gazette")
# State of each limit of law; the criteria define it.
LAW_STATE = {
    "checked": wording.phrase("compared with the Royal Gazette"),
    "reported": UNVERIFIED,
    "disputed": wording.phrase("disputed: sources differ, not scored"),
}
GAZETTE_ANSWER = {
    "same": wording.phrase("same as the gazette"),
    "differs": wording.phrase("differs from the gazette"),
    "withdrawn": wording.phrase("comparison taken back"),
}
DEMONSTRATION = wording.phrase("Demonstration data: invented surveys, not Khon Kaen's ramps")
DEMONSTRATION_SHORT = wording.phrase("Demonstration data")
MUNICIPAL_WEIGHTS = wording.phrase("Weights are set by the municipality; they are not law")

COLUMN_MEANING = {
    "code": wording.phrase("site code"),
    "name": wording.phrase("name of the site"),
    "name_th": wording.phrase("Thai name"),
    "name_en": wording.phrase("English name"),
    "north": wording.phrase("latitude or northing"),
    "east": wording.phrase("longitude or easting"),
    "place": wording.phrase("position, both numbers"),
    "kind": wording.phrase("kind of site"),
    "category": wording.phrase("category"),
    "setting": wording.phrase("setting"),
    "street_th": wording.phrase("street, Thai name"),
    "street_en": wording.phrase("street, English name"),
    "zone": wording.phrase("zone"),
    "observed_on": wording.phrase("day of the survey"),
    "surveyor": wording.phrase("surveyor"),
    "permitted_on": wording.phrase("day of the permit"),
    "element_kind": wording.phrase("kind of element"),
    "element_label": wording.phrase("label of the element"),
    "instrument": wording.phrase("instrument"),
    "note": wording.phrase("remark"),
    "place_found": wording.phrase("whether the place was found"),
    "accuracy_m": wording.phrase("accuracy of the position in metres"),
}

POSITION_PART = {
    "north_minutes": wording.phrase("minutes of latitude"),
    "north_seconds": wording.phrase("seconds of latitude"),
    "north_side": wording.phrase("north or south"),
    "east_minutes": wording.phrase("minutes of longitude"),
    "east_seconds": wording.phrase("seconds of longitude"),
    "east_side": wording.phrase("east or west"),
}

PLACE_ASKED = wording.phrase("Is the site where the register has it?")
PLACE = {
    "here": wording.phrase("It is here"),
    "moved": wording.phrase("It is elsewhere: I take the position there"),
    "not_found": wording.phrase("I looked and did not find it"),
}

STANDING = {
    "approved": wording.phrase("official: approved by an engineer"),
    "provisional": wording.phrase("provisional: awaits an engineer's review"),
    "waiting": wording.phrase("not counted: its survey waits for approval"),
    "not_surveyed": wording.phrase("not surveyed yet"),
}

REVIEW = {
    "submitted": wording.phrase("counts, awaits review"),
    "approved": wording.phrase("counts, approved"),
    "returned": wording.phrase("returned: does not count until corrected"),
}

REVIEW_STATE = {
    "submitted": wording.phrase("awaiting review"),
    "returned": wording.phrase("returned"),
    "approved": wording.phrase("approved"),
}

SURVEY_SOURCE = {
    "web": wording.phrase("survey page"),
    "quick_entry": wording.phrase("quick entry from paper"),
    "kit": wording.phrase("offline kit"),
    "odk": "ODK",
    "kobo": "KoboToolbox",
    "qfield": "QField",
    "table": wording.phrase("table"),
    "demonstration": wording.phrase("demonstration"),
}

MAPPED_CREDIT = wording.phrase("Ground: © OpenStreetMap contributors. Outline: OCHA COD-AB / RTSD, CC BY-IGO")
GROUND_CREDIT = wording.phrase("Outline: OCHA COD-AB / RTSD, CC BY-IGO. Streets and places: coarse public positions")


def amount(value: float, unit: str, words: wording.Wording, digits: int) -> str:
    """Format a value with its unit.

    Examples
    --------
    >>> amount(1250.04, "mm", wording.Wording("en"), 1), amount(3.0, "yes_no", wording.Wording("en"), 1)
    ('1,250 mm', '3')
    """
    written = UNIT.get(unit, unit)
    return f"{words.number(value, digits)} {words.text(written) if written else ''}".strip()


def ground_credit(mapped: bool) -> str:
    """Credit of the sources of the ground, with a base map of OpenStreetMap or without."""
    return MAPPED_CREDIT if mapped else GROUND_CREDIT


REQUEST_STATE = {
    "new": wording.phrase("new"),
    "joined": wording.phrase("joined to a site"),
    "in_plan": wording.phrase("in the plan"),
    "built": wording.phrase("built as asked"),
    "refused": wording.phrase("refused"),
    "same": wording.phrase("asks for the same as another"),
}
"""What became of a request of residents."""

REQUEST_CHANNEL = {
    "counter": wording.phrase("at the counter"),
    "phone": wording.phrase("by phone"),
    "letter": wording.phrase("by letter"),
    "meeting": wording.phrase("at a meeting"),
    "field": wording.phrase("on a visit"),
    "line": wording.phrase("LINE"),
    "traffy_fondue": wording.phrase("Traffy Fondue"),
    "public_form": wording.phrase("by the public form"),
}
"""How a request came; a municipality may write others."""


MEASURED_FOR = {
    "score": wording.phrase("it narrows the score"),
    "price": wording.phrase("its price rests on a calculated rise"),
}


def element(element_id: str) -> wording.Translated:
    """Name an element in the reader's words: its site, its kind and its number, such as ``KK-012 ramp 1``."""
    site, kind, number = _parts(element_id)
    return wording.Translated(lambda words: f"{site} {words.text(ELEMENT_KIND[kind])} {number}")


def site_of(element_id: str) -> str:
    """Return the code of the site of an element.

    Examples
    --------
    >>> site_of("KK-012.ramp.1"), site_of("RAMP.1.ramp.1")
    ('KK-012', 'RAMP.1')
    """
    return _parts(element_id)[0]


def _parts(element_id: str) -> list[str]:
    # from the right, since the code of a site may hold dots
    return element_id.rsplit(".", 2)
