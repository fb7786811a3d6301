"""Make a profile of a foreign table by pointing at its columns, and keep it for the next delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices
from audits import errors, survey, terms, wording
from audits.field.tables import headers, ignored, profile, vocabulary
from audits.formats import cells, tables

COLUMNS_SHOWN = 60
CODES_SHOWN = 12
ROWS_LOOKED_AT = 60
INSPECTOR = wording.phrase("verdict of the inspector")
PROBLEMS, CHOSEN = "profile_problems", "profile"

_UNITS = ("percent", "ratio", "degrees", "mm", "cm", "m", "in", "ft")
# By what is asked: where the answer stands in a profile.
_SITE = {
    **{"code": "code", "name": "name", "name_th": "name_th", "name_en": "name_en", "east": "x", "north": "y"},
    **{"street_th": "street", "zone": "zone", "category": "category", "note": "note"},
}
_CHOICES = ("kind", "setting")
_VISIT = {
    "observed_on": "surveyed_on",
    "permitted_on": "permitted_on",
    "surveyor": "surveyor",
    "instrument": "instrument",
}
_OFFERED = {*_SITE, *_CHOICES, *_VISIT, "element_kind", "element_label"}
"""Meanings for which a profile has a place: it names a column for each coordinate, and none for both in one."""

# Of a column of codes: the words accepted, and what is understood by itself.
_CLOSED: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "kind": (terms.SITE_KIND, vocabulary.SITE_KINDS),
    "setting": (terms.SETTING, vocabulary.SETTINGS),
    "element_kind": (terms.ELEMENT_KIND, vocabulary.ELEMENT_KINDS),
    profile.VERDICT: (terms.VERDICT, terms.VERDICT),
}


@dataclass(frozen=True)
class _Meant:
    """What one column means: a meaning or ``quantity:ID``, its unit, whether it is signed, what its codes are."""

    meaning: str
    unit: str = ""
    is_signed: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)


def show(context: session.Context, table: tables.Table, *, opened: bool) -> None:
    """Ask what each column means, beside an example of it, and offer to save the answers."""
    text = context.words.text
    with st.expander(text("Say what the columns mean, and save it as a profile"), expanded=opened):
        st.write(text("Choose a meaning for each column that is to be read. The next table of this kind reads itself."))
        recognised = {use.column: use for use in headers.recognise(table.columns, context.criteria).uses}
        measured = _columns(context, table, recognised)
        st.subheader(text("What holds for every row"))
        constants = _constants(context)
        name = st.text_input(text("Name of the profile"), key="profile_name")
        content = _content(name, measured, constants)
        st.button(
            text("Save the profile and use it"),
            key="profile_save",
            on_click=_save,
            args=(context, content),
            type="primary",
        )
        context.show_problems(st.session_state.pop(PROBLEMS, ()))


def _columns(context: session.Context, table: tables.Table, recognised: Mapping[str, headers.Use]) -> dict[str, _Meant]:
    """Ask for the meaning of each column; those left out are not among the answers."""
    words = context.words
    quantities = {
        f"{headers.QUANTITY}:{one}": words.name(each.name) for one, each in context.criteria.quantities.items()
    }
    offered = {one: words.text(english) for one, english in terms.COLUMN_MEANING.items() if one in _OFFERED}
    names = {"": words.text("left out")} | offered | {profile.VERDICT: words.text(INSPECTOR)} | quantities
    found = {}
    for column in table.columns[:COLUMNS_SHOWN]:
        use = recognised.get(column)
        key = f"meaning|{column}"
        if use is not None and key not in st.session_state:
            meaning = f"{headers.QUANTITY}:{use.quantity}" if use.quantity else use.meaning
            st.session_state[key] = meaning if meaning in names else ""
        left, right = st.columns([3, 1])
        with left:
            meaning = choices.one(_labelled(column, table), names, key=key)
            is_signed = _is_signed(context, column, meaning.partition(":")[2], table)
        with right:
            unit = _unit(context, column, meaning.partition(":")[2], table, use)
            codes = _codes(context, column, meaning, table)
        if meaning:
            found[column] = _Meant(meaning, unit, is_signed, codes)
    return found


def _labelled(column: str, table: tables.Table) -> str:
    """Return a header with an example of what stands below it."""
    example = cells.written(_example(column, table)).strip()
    return f"{column}: {example[:40]}" if example else column


def _example(column: str, table: tables.Table) -> object:
    filled = (row.cells.get(column) for row in table.rows[:ROWS_LOOKED_AT])
    return next((cell for cell in filled if cells.clean(cell)), "")


def _unit(context: session.Context, column: str, quantity_id: str, table: tables.Table, use: headers.Use | None) -> str:
    """Ask for the unit of the figures of a quantity that has several; empty for any other."""
    text, quantity = context.words.text, context.criteria.quantities.get(quantity_id)
    fitting = [unit for unit in _UNITS if quantity and headers.unit_fits(unit, quantity)]
    if quantity is None or quantity.unit not in ("percent", *cells.MILLIMETRES) or not fitting:
        return ""
    key, named = f"unit|{column}", use.unit if use is not None else ignored.unit_of_header(column)
    if named in fitting and key not in st.session_state:
        st.session_state[key] = named
    names = {"": text("in the cells")} | {unit: unit for unit in fitting}
    unit = choices.one(text("Unit of {column}", column=column), names, key=key)
    if not unit and isinstance(cells.number(_example(column, table)), float):
        st.warning(text("The figures have no unit: choose it."))
    return unit


def _is_signed(context: session.Context, column: str, quantity_id: str, table: tables.Table) -> bool:
    """Ask whether the minus of slopes only says which way they fall, where there is one."""
    quantity = context.criteria.quantities.get(quantity_id)
    if quantity is None or quantity.unit != "percent":
        return False
    if not any(cells.clean(row.cells.get(column)).startswith("-") for row in table.rows):
        return False
    label = context.words.text("{column}: a minus only says which way it falls", column=column)
    return st.checkbox(label, value=True, key=f"sign|{column}")


def _codes(context: session.Context, column: str, meaning: str, table: tables.Table) -> dict[str, str]:
    """Ask what each code of a column stands for, where only some words are known."""
    words = context.words
    accepted, understood = _CLOSED.get(meaning, ({}, {}))
    written = dict.fromkeys(" ".join(cells.written(row.cells.get(column)).split()) for row in table.rows)
    unknown = [code for code in written if code and code.casefold() not in understood]
    # so many different words are no codes
    if not accepted or len(unknown) > CODES_SHOWN:
        return {}
    names = {"": words.text("not known")} | {one: words.text(english) for one, english in accepted.items()}
    chosen = {
        code: choices.one(words.text("“{code}” stands for", code=code), names, key=f"code|{column}|{code}")
        for code in unknown
    }
    return {code: one for code, one in chosen.items() if one}


def _constants(context: session.Context) -> dict[str, str]:
    text = context.words.text
    none = {"": text("as the table says")}
    left, right = st.columns(2)
    with left:
        kinds = none | {kind: text(name) for kind, name in terms.SITE_KIND.items()}
        kind = choices.one(text("Kind of site"), kinds, key="constant_kind")
        elements = none | {each: text(terms.ELEMENT_KIND[each]) for each in survey.ELEMENT_KINDS}
        element = choices.one(text("Kind of element"), elements, key="constant_element")
        form = st.text_input(text("Format of the days, such as %m/%d/%Y"), key="constant_format")
    with right:
        settings = none | {each: text(terms.SETTING[each]) for each in survey.SETTINGS}
        setting = choices.one(text("Setting"), settings, key="constant_setting")
        day = st.text_input(text("Day of the survey, such as 2025-12-29"), key="constant_day")
        surveyor = st.text_input(text("Surveyor"), key="constant_surveyor")
    given = {"kind": kind, "setting": setting, "element": element, "day": day, "surveyor": surveyor, "format": form}
    return {name: value.strip() for name, value in given.items() if value.strip()}


def _content(name: str, measured: Mapping[str, _Meant], constants: Mapping[str, str]) -> dict[str, Any]:
    """Return the answers as a profile, every leaf a text."""
    content: dict[str, Any] = {"name": name.strip(), "site": {}, "columns": {}}
    for column, meant in measured.items():
        kind, _, quantity = meant.meaning.partition(":")
        codes = {"codes": dict(meant.codes)} if meant.codes else {}
        if quantity:
            more = {"unit": meant.unit} if meant.unit else {}
            content["columns"][column] = {
                "quantity": quantity,
                **more,
                **({"sign": "either"} if meant.is_signed else {}),
            }
        elif kind in _SITE:
            content["site"][_SITE[kind]] = column
        elif kind in _CHOICES:
            content["site"][kind] = {"column": column, **codes}
        elif kind == profile.VERDICT:
            content["verdict"] = {"column": column, **codes}
        elif kind in _VISIT:
            content[_VISIT[kind]] = {"column": column}
        elif kind == "element_kind":
            content.setdefault("element", {}).update(column=column, **codes)
        elif kind == "element_label":
            content.setdefault("element", {})["label"] = column
    for part in _CHOICES:
        if part in constants:
            # a column that was chosen goes before what holds for every row
            content["site"].setdefault(part, constants[part])
    if "element" in constants:
        content.setdefault("element", {})["kind"] = constants["element"]
    for part, constant in (("surveyed_on", "day"), ("surveyor", "surveyor")):
        if constant in constants:
            content.setdefault(part, {})["constant"] = constants[constant]
    for part in ("surveyed_on", "permitted_on"):
        if "format" in constants and "column" in content.get(part, {}):
            content[part]["format"] = constants["format"]
    return content


def _save(context: session.Context, content: Mapping[str, Any]) -> None:
    try:
        path = profile.save(context.workspace.profiles_folder, content, context.criteria)
    except errors.RefusedError as refused:
        st.session_state[PROBLEMS] = refused.problems
        return
    # possible in a callback only, as the choice of profiles stands above this form
    st.session_state[CHOSEN] = path.stem


def kept(context: session.Context) -> Sequence[str]:
    """Return the names of the profiles of the workspace, and of those that come with the program."""
    return profile.names(context.workspace.profiles_folder)
