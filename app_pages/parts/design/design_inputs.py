"""Ask for the space of a design: what a survey found is filled in already, with its source, and can be overtyped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import session
from app_pages.parts.shared import choices, record_names, tables
from app_pages.session import address
from audits import record as records
from audits import wording
from audits.ramps import geometry, measured_space, ramp_design

phrase = wording.phrase

NEW_RAMP, NEW_KERB_RAMP = "new_ramp", "new_kerb_ramp"
NEW = {NEW_RAMP: phrase("a new ramp"), NEW_KERB_RAMP: phrase("a new kerb ramp")}
ELEMENT = "design_element"
LEAST_MM, MOST_DEG = 10, 360

# the name in the address, of each length in order
LENGTHS: Mapping[str, Mapping[str, str]] = {
    "ramp": {"rise_mm": "rise", "length_mm": "length", "width_mm": "width"},
    "kerb_ramp": {"kerb_height_mm": "rise", "length_mm": "length", "depth_mm": "width"},
}
NAMES = {
    "rise_mm": phrase("Rise from floor to floor (mm)"),
    "length_mm": phrase("Free length (mm)"),
    "width_mm": phrase("Free width (mm)"),
    "kerb_height_mm": phrase("Height of the kerb (mm)"),
    "depth_mm": phrase("Free depth behind the kerb (mm)"),
}
LENGTH_ALONG_KERB = phrase("Free length along the kerb (mm)")
SIDES = {
    geometry.ANY: phrase("any side"),
    geometry.FRONT: phrase("the front (start of the length)"),
    geometry.FAR: phrase("the far end of the length"),
    geometry.LEFT: phrase("the left"),
    geometry.RIGHT: phrase("the right"),
}
WALLS = {
    "none": phrase("no wall"),
    "left": phrase("on the left"),
    "right": phrase("on the right"),
    "both": phrase("on both sides"),
}
YES_NO = {"yes": phrase("yes"), "no": phrase("no")}
_OPTIONS = ("walls", "approach", "exit", "between_storeys", "walked_across", "at_refuge_island")


@dataclass(frozen=True)
class Asked:
    """What a reader wants designed.

    `site_code` is empty for a ramp anywhere, `element_id` for something new, `space` None while a length is missing;
    `bounds` are the lengths that a survey knows only to be at least so free, `at_least` their names; `standing_mm` is
    the length along the slope, the clear width and the rise of the ramp that is broken up for it, None where there is
    none or it is not measured; `bearing_deg` is the compass bearing along the length, None where nobody took it;
    `to_level_mm` is the rise where a survey only lets calculate it, else 0.
    """

    site_code: str
    element_id: str
    kind: str
    title: str
    space: geometry.Space | geometry.KerbSpace | None
    missing: tuple[str, ...] = field(default=())
    standing_mm: tuple[float, float, float] | None = None
    at_least: tuple[str, ...] = ()
    bounds: frozenset[str] = frozenset()
    bearing_deg: int | None = None
    to_level_mm: int = 0


def ask(context: session.Context, record: records.AuditedRecord | None, code: str, beside: DeltaGenerator) -> Asked:
    """Show the form, the element in `beside`, and return what is asked; without a record, of a ramp anywhere."""
    words = context.words
    with beside:
        chosen, names, kinds = _choose_element(context, record, code)
    kind = kinds[chosen]
    _begin_anew(f"{code}|{chosen}")
    governed = None
    if record is not None:
        governed = record.governed.loc[record.governed["element_id"] == chosen]
    found = {} if governed is None else measured_space.taken(governed, chosen, kind)
    lengths = _lengths(context, f"{code}|{chosen}", kind, found)
    options = _options(context, kind, found)
    element_id = "" if chosen in NEW else chosen
    # The plan counts a ramp of a known rise even where no length or width is: so does this page, at a new place too.
    open_ended = {"length_mm", "width_mm"} if kind == "ramp" and lengths["rise_mm"] else set()
    unknown = {name for name, value in lengths.items() if value is None}
    known = {name: value or 0 for name, value in lengths.items()}
    wrong = {name for name in lengths if not known[name]} - (unknown & open_ended)
    missing = tuple(words.text(_name(name, kind)) for name in lengths if name in wrong)
    space = None if missing else _space(kind, known, options)
    standing_mm = measured_space.standing_mm(governed, chosen) if governed is not None and kind == "ramp" else None
    bounds = {
        name
        for name in open_ended
        if name in unknown
        # a figure that somebody typed over is no bound any more
        or (name in found and found[name].basis == measured_space.AT_LEAST and known[name] == found[name].value)
    }
    at_least = tuple(words.text(_name(name, kind)) for name in lengths if name in bounds)
    bearing = int(options["bearing"]) if options["bearing"] else None
    found_at = code, element_id, kind, names[chosen]
    calculated = kind == "ramp" and measured_space.never_levelled(known["rise_mm"], found)
    to_level_mm = known["rise_mm"] if calculated else 0
    return Asked(*found_at, space, missing, standing_mm, at_least, frozenset(bounds), bearing, to_level_mm)


def _choose_element(
    context: session.Context, record: records.AuditedRecord | None, code: str
) -> tuple[str, Mapping[str, str], Mapping[str, str]]:
    """Return the element chosen, what each is called, and of what kind it is."""
    words = context.words
    names, kinds = {}, {}
    if record is not None:
        here = record.elements.loc[record.elements["site_code"] == code]
        here = here.loc[here["kind"].isin(list(LENGTHS))]
        names = record_names.element_titles(here, context.words)
        kinds = {str(name): str(kind) for name, kind in here["kind"].items()}
    kinds |= {NEW_RAMP: "ramp", NEW_KERB_RAMP: "kerb_ramp"}
    names |= {name: words.text(title) for name, title in NEW.items()}
    chosen = choices.one(words.text("What is designed"), names, **address.one(ELEMENT, names))
    return chosen, names, kinds


def _begin_anew(subject: str) -> None:
    """Forget what was typed for another element; what came with the address is kept."""
    before = st.session_state.get("stays_design_subject")
    st.session_state["stays_design_subject"] = subject
    # without one before, what stands in the address came with a link
    if before not in (None, subject):
        for name in ("rise", "length", "width", "bearing", "alternative", *_OPTIONS):
            st.query_params.pop(name, None)
            st.session_state.pop(name, None)


def _lengths(
    context: session.Context, subject: str, kind: str, found: Mapping[str, measured_space.Taken]
) -> dict[str, int | None]:
    lengths: dict[str, int | None] = {}
    for column, (name, short) in zip(st.columns(3), LENGTHS[kind].items(), strict=True):
        with column:
            one = found.get(name)
            # a key for each element, else the field would keep the figure of the one before
            kept = address.whole(short, f"{short}|{subject}", None if one is None else one.value)
            value = st.number_input(context.words.text(_name(name, kind)), step=10, format="%d", **kept)
            # of metres the browser leaves the whole part: no such length is designed for
            if value is not None and value < LEAST_MM and (one is None or value != one.value):
                st.error(context.words.text("Write whole millimetres: 494 for 0.494 m."))
                value = 0
            lengths[name] = value
            # a ramp at no site has no survey that could be named
            if subject.split("|")[0]:
                _say_source(context, one)
    return lengths


def _name(name: str, kind: str) -> str:
    return LENGTH_ALONG_KERB if (kind, name) == ("kerb_ramp", "length_mm") else NAMES[name]


def _say_source(context: session.Context, one: measured_space.Taken | None) -> None:
    words = context.words
    sentence = (
        words.text(measured_space.NOT_MEASURED) if one is None else measured_space.source(one, context.criteria, words)
    )
    if one is not None and one.name in LENGTHS["ramp"]:
        sentence = words.text("Survey: {value} mm, {source}", value=words.number(one.value), source=sentence)
    st.html(f"<p>{tables.small(sentence)}</p>")


def _options(context: session.Context, kind: str, found: Mapping[str, measured_space.Taken]) -> dict[str, str]:
    text = context.words.text
    with st.expander(text("Walls, ways in and out"), expanded=kind == "kerb_ramp"):
        if kind == "kerb_ramp":
            across = _one(context, "walked_across", text("Do people walk across it along the footpath?"), YES_NO, "yes")
            island = found.get("at_refuge_island")
            default = "yes" if island is not None and island.value else "no"
            at_island = _one(context, "at_refuge_island", text("Is it at a refuge island?"), YES_NO, default)
            _say_source(context, island)
            return {"walked_across": across, "at_refuge_island": at_island, "bearing": _bearing(context)}
        st.write(text("Look from the front, where the length begins, towards its far end."))
        walls, storeys = found.get("obstacle_left"), found.get("between_storeys")
        result = {"walls": _one(context, "walls", text("Walls along the space"), WALLS, "both" if walls else "none")}
        _say_source(context, walls)
        entries = {side: SIDES[side] for side in geometry.APPROACHES}
        exits = {side: SIDES[side] for side in geometry.EXITS}
        result["approach"] = _one(context, "approach", text("People come to its foot from"), entries, geometry.ANY)
        result["exit"] = _one(context, "exit", text("They leave its top to"), exits, geometry.ANY)
        default = "yes" if storeys is not None and storeys.value else "no"
        result["between_storeys"] = _one(
            context, "between_storeys", text("Does it join two storeys of a building?"), YES_NO, default
        )
        _say_source(context, storeys)
        result["bearing"] = _bearing(context)
    return result


def _bearing(context: session.Context) -> str:
    """Ask for the compass bearing along the length, which turns the north arrow of the plan; empty when not known."""
    label = context.words.text("Compass bearing along the length (degrees)")
    kept = address.whole("bearing", "bearing", None)
    bearing = st.number_input(label, step=1, format="%d", placeholder="0–360", **kept)
    if bearing is not None and not 0 <= bearing <= MOST_DEG:
        st.error(context.words.text("Write the bearing in whole degrees, 0 to {most}.", most=MOST_DEG))
        return ""
    return "" if bearing is None else str(bearing)


def _one(context: session.Context, key: str, label: str, names: Mapping[str, str], otherwise: str) -> str:
    kept = address.one(key, names)
    # after the address was read, or the default would hide what a link says
    st.session_state.setdefault(key, otherwise)
    return choices.one(label, {name: context.words.text(phrase) for name, phrase in names.items()}, **kept)


def _space(kind: str, lengths: Mapping[str, int], options: Mapping[str, str]) -> geometry.Space | geometry.KerbSpace:
    if kind == "kerb_ramp":
        across, at_island = (options[name] == "yes" for name in ("walked_across", "at_refuge_island"))
        return geometry.KerbSpace(**lengths, walked_across=across, at_refuge_island=at_island)
    walls = options["walls"]
    return geometry.Space(
        **lengths,
        obstacle_left=walls in ("left", "both"),
        obstacle_right=walls in ("right", "both"),
        approach=options["approach"],
        exit=options["exit"],
        between_storeys=options["between_storeys"] == "yes",
    )


def address_of(space: Mapping[str, object], kind: str) -> dict[str, str]:
    """Return the address parameters with which the form shows a space that was kept, without what was assumed of it."""
    room = {short: space[name] for name, short in LENGTHS[kind].items()}
    answers = {short: str(value) for short, value in room.items()}
    answers |= {name: "yes" if space[name] else "no" for name in _OPTIONS if isinstance(space.get(name), bool)}
    answers |= {name: str(space[name]) for name in ("approach", "exit") if name in space}
    if kind == "ramp":
        walled = (bool(space["obstacle_left"]), bool(space["obstacle_right"]))
        answers["walls"] = {(False, False): "none", (True, False): "left", (False, True): "right"}.get(walled, "both")
        assumed = {short for short, value in room.items() if value == ramp_design.MOST_MM}
        # what is drawn away from the walls stands in a space without them: the survey says which there are
        assumed |= {"walls"} if assumed == {"length", "width"} and not any(walled) else set()
        return {name: value for name, value in answers.items() if name not in assumed}
    return answers


def open_again(code: str, chosen: str, answers: Mapping[str, str]) -> None:
    """Put what was kept into the address and forget what the form shows, so that it reads the address anew."""
    subject = f"{code}|{chosen}"
    for name in ("rise", "length", "width", "bearing", "alternative", *_OPTIONS):
        st.session_state.pop(name, None)
        # fields of a length bear the element in their key, all others do not
        st.session_state.pop(f"{name}|{subject}", None)
        st.query_params.pop(name, None)
    st.session_state["stays_design_subject"] = subject
    address.choose(ELEMENT, chosen)
    for name, value in answers.items():
        st.query_params[name] = value
