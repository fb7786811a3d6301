"""Show in one bar above the map what is drawn: a search, the filters, the way of drawing, the ground."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.map import reported_layer, requests_layer
from app_pages.parts.shared import choices, record_names, site_summary
from app_pages.session import address, basemap, navigation
from audits import record as records
from audits import terms, wording
from audits.council import council_text
from audits.reports import markers
from audits.scoring import run, selection

ORDERED, ONLY_WORST = "ordered", "only"
LIST_ORDERED = "list_ordered"
WORST = {
    ORDERED: wording.phrase("the list in this order"),
    ONLY_WORST: wording.phrase("only the ten worst"),
}


@dataclass(frozen=True)
class Choice:
    """What the reader asked to see."""

    wanted: selection.Selection
    edition: str
    persona: str
    by: str
    online: bool
    official_only: bool
    worst: tuple[str, ...]


@dataclass(frozen=True)
class _Filter:
    """A filter of the list: its label, the names of its values, and the values that are on."""

    label: str
    names: Mapping[str, str]
    values: list[str]


def show(context: session.Context) -> Choice:
    """Show the filters, the ways of drawing and the ground; each choice is kept in the address."""
    text = context.words.text
    on = _chosen(context)
    unusual = _unusual(context)
    count = sum(len(each.values) for each in (*on.values(), *unusual.values()))
    with st.popover(f"{text('Filters')} ({count})" if count else text("Filters"), key="map_filters"):
        for key, each in on.items():
            choices.several(each.label, each.names, placeholder=text("all"), **address.several(key, each.names))
    by_names = _by_names(context)
    kept = address.one("by", by_names)
    # it stands on the button above the question, so it is read before that is asked
    by_now = by_names.get(str(st.session_state.get("by")), by_names[markers.BY_VERDICT])
    with st.popover(text("Drawn by: {what}", what=by_now), key="map_drawing"):
        by = choices.one(text("Draw sites by"), by_names, **kept)
        persona_names = _persona_names(context)
        persona = choices.one(text("Score for"), persona_names, **address.one("persona", persona_names))
        edition = site_summary.choose_edition(context)
        official_only = site_summary.choose_counted(context)
        reported_layer.switch(context)
        requests_layer.switch(context)
    online = basemap.choose(context)
    _chips(context, on)
    _chips_of_unusual(context, unusual)
    # by position: in the order in which :func:`_chosen` names them
    worst, kinds, verdicts, failing, grades, zones, positions, standings, zone_bases = (
        each.values for each in on.values()
    )
    numbers = [int(zone) for zone in zones]
    wanted = selection.Selection(
        kinds, verdicts, grades, numbers, positions, standings=standings, zone_bases=zone_bases, failing=failing
    )
    return Choice(wanted, edition, persona, by, online, official_only, tuple(worst))


def worst_first(context: session.Context, choice: Choice) -> None:
    """Offer to put the worst first where the list stands: few would look for it among the filters."""
    # each time, since the same order is offered among the filters too
    st.session_state[LIST_ORDERED] = bool(choice.worst)
    label = context.words.text("Worst first")
    st.checkbox(label, key=LIST_ORDERED, on_change=_order, help=context.words.text(council_text.ORDER_OF_WORST))


def _order() -> None:
    address.choose_anew("worst", [ORDERED] if st.session_state[LIST_ORDERED] else [])


def search(context: session.Context, record: records.AuditedRecord, codes: Sequence[str]) -> str | None:
    """Ask for a site by code, Thai or English name; the choice stays in the address and from page to page."""
    names = search_names(context, record, codes)
    kept = address.one(site_summary.SITE, names, stays=True)
    label = context.words.text("Find a site: code or name")
    return choices.one_or_none(label, names, placeholder=label, label_visibility="collapsed", **kept)


def search_names(context: session.Context, record: records.AuditedRecord, codes: Sequence[str]) -> dict[str, str]:
    """Return code and both names of some sites, that of the reader's language first: any of them can be searched."""
    names = record_names.of(context, record).sites
    others = record.sites["name_th" if context.words.language == "en" else "name_en"].to_dict()
    # a name that holds the other one, as where both are alike, is not written twice
    return {
        code: names[code] if not others[code] or others[code] in names[code] else f"{names[code]} · {others[code]}"
        for code in codes
    }


def _chips(context: session.Context, on: Mapping[str, _Filter]) -> None:
    """Show each filter that is on as a button that takes it away."""
    for key, each in on.items():
        for value in each.values:
            rest = [other for other in each.values if other != value]
            _chip(context, each, value, f"chip_{key}_{value}", functools.partial(address.choose_anew, key, rest))


def _chip(context: session.Context, of: _Filter, value: str, key: str, take_away: Callable[[], None]) -> None:
    st.button(
        f"{of.label}: {of.names[value]} ✕",
        key=key,
        on_click=take_away,
        help=context.words.text("Take this filter away"),
    )


def _only_approved(context: session.Context) -> bool:
    """Whether the address leaves surveys out, known before the question is drawn."""
    address.one(navigation.COUNTED, site_summary.counted_names(context), stays=True)
    return st.session_state.get(navigation.COUNTED) == terms.COUNT_APPROVED


def _unusual(context: session.Context) -> dict[str, _Filter]:
    """Return surveys, edition and persona by their names in the address, each on where it is not the usual one.

    They are known before the questions are drawn. The usual one is the first of the names.
    """
    text = context.words.text
    all_names = {
        navigation.COUNTED: (text(terms.SURVEYS_THAT_COUNT), site_summary.counted_names(context)),
        "edition": (text("Edition of the rules"), site_summary.edition_names(context)),
        "persona": (text("Score for"), _persona_names(context)),
    }
    found = {}
    for key, (label, names) in all_names.items():
        address.one(key, names, stays=key == navigation.COUNTED)
        value, usual = st.session_state.get(key), next(iter(names))
        found[key] = _Filter(label, names, [] if value in (None, usual) else [str(value)])
    return found


def _chips_of_unusual(context: session.Context, unusual: Mapping[str, _Filter]) -> None:
    """Show what is not counted or judged as usual, as filters that can be taken away."""
    for key, each in unusual.items():
        for value in each.values:
            usual = next(iter(each.names))
            _chip(context, each, value, f"chip_{key}", functools.partial(address.choose_anew, key, usual))


def _chosen(context: session.Context) -> dict[str, _Filter]:
    """Return the filters of the list by their name in the address, with what is on in each."""
    text = context.words.text
    # what most people look for stands first: the panel is longer than a screen
    all_names = {
        "worst": (text("Worst first"), WORST),
        "kind": (text("Kind"), terms.SITE_KIND),
        # all but the last, not applicable
        "verdict": (text("Verdict"), dict(list(terms.VERDICT.items())[:4])),
        "failing": (text("Fails"), terms.FAILING),
        "grade": (text("Grade"), _grade_names(context)),
        "zone": (text("Zone"), _zone_names(context.record().sites["zone"])),
        "position": (text("How the position is known"), terms.POSITION_STATUS),
        "standing": (text("Standing"), _standings(context)),
        "zone_basis": (text("How the zone is known"), terms.ZONE_BASIS),
    }
    found = {}
    for key, (label, names) in all_names.items():
        address.several(key, names)
        found[key] = _Filter(label, {value: text(name) for value, name in names.items()}, list(st.session_state[key]))
    return found


def _standings(context: session.Context) -> dict[str, str]:
    """Return the standings that a site may have: none waits for approval where surveys count before it."""
    only_approved = _only_approved(context)
    return {name: shown for name, shown in terms.STANDING.items() if only_approved or name != run.WAITING}


def _by_names(context: session.Context) -> dict[str, str]:
    text = context.words.text
    return {
        markers.BY_VERDICT: text("verdict"),
        markers.BY_GRADE: text("grade"),
        markers.BY_BARRIER: text("barriers on the way"),
        markers.BY_CHANGE: text("change since something was built"),
    }


def _persona_names(context: session.Context) -> dict[str, str]:
    return {run.OFFICIAL: context.words.text("everyone (official weights)")} | {
        key: context.words.name(persona) for key, persona in context.weights.personas.items()
    }


def _grade_names(context: session.Context) -> dict[str, str]:
    names = {grade.grade: f"{grade.grade} {context.words.name(grade.name)}" for grade in context.weights.grades}
    return names | {selection.UNDECIDED: terms.UNDECIDED}


def _zone_names(zones: pd.Series) -> dict[str, str]:
    known = sorted({int(zone) for zone in zones.dropna()})
    return {str(zone): str(zone) for zone in known} | {str(selection.NO_ZONE): wording.phrase("no zone yet")}
