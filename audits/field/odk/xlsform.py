"""Write the phone form as an XLSForm workbook for servers and as an XForm for phones.

One form is one visit to one thing of each kind. Measured in ODK's browser engine, a site with two ramps, five answers
each, takes 44 taps in two forms and 31 in one form with a repeat. The 13 taps more are accepted: Central and
KoboToolbox export a repeat as a table of its own, which whoever brings back one CSV file would lose without a word; and
a form that came back from review is corrected for its one thing only.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence

import pyxform.xls2xform
import xlsxwriter

from audits import survey, terms, wording
from audits.field import position_checks
from audits.field.odk import bilingual, names, questions_of_element
from audits.rules import model

phrase = wording.phrase

Row = dict[str, str]
Sheets = dict[str, list[Row]]

_UNIT_OF = {names.SLOPE_INSTRUMENT: "percent", names.LENGTH_INSTRUMENT: "mm"}
_SLOPE_UNIT = {
    names.PERCENT: phrase("percent (%)"),
    names.DEGREES: phrase("degrees (°)"),
    names.ONE_IN: phrase("one in so many (1:12)"),
    names.BY_RISE: phrase("rise and length"),
}
_CANNOT = phrase("cannot be determined")
IS_FAR = phrase("The register has {code} {metres} m from here. Were you at {code}, and is the register right?")
_METRES_OF_DEGREE = 111_195
# A fixed day, else the same form would be other bytes each time.
_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook knows no zone


def version(criteria: model.Criteria, made_on: dt.date, revision: int = 0) -> str:
    """Return a version that grows from day to day and ends in that of the criteria: ``2026112200 c3316df05f26``.

    Parameters
    ----------
    criteria
        The criteria.
    made_on
        Day on which the form is made.
    revision
        0 to 99, for several forms of one day: phones and servers keep the greatest.
    """
    return f"{made_on:%Y%m%d}{revision:02d} {criteria.version}"


def workbook(form: Sheets) -> bytes:
    """Write a form, from :func:`sheets`, as an Excel workbook (XLSForm); the same form gives the same bytes."""
    written = io.BytesIO()
    # a label that looks like a formula, a link or a number stays the text that it is
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(written, options) as file:
        file.set_properties({"created": _MADE})
        for name, rows in form.items():
            sheet, headers = file.add_worksheet(name), _headers(rows)
            for line, row in enumerate([dict(zip(headers, headers, strict=True)), *rows]):
                for column, header in enumerate(headers):
                    if row.get(header):
                        sheet.write_string(line, column, row[header])
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(headers), 28)
    return written.getvalue()


def xform(form: Sheets) -> str:
    """Write a form, from :func:`sheets`, as the XForm that a phone opens."""
    filled = {}
    for name, rows in form.items():
        headers = _headers(rows)
        # The XForm depends on the order of the sheet's columns.
        filled[name] = [{column: row[column] for column in headers if row.get(column)} for row in rows]
        # Without it, pyxform looks for every column in the first row.
        filled[f"{name}_header"] = [dict.fromkeys(headers, "")]
    return str(pyxform.xls2xform.convert(filled, validate=False, form_name="data").xform)


def _headers(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))


def sheets(
    criteria: model.Criteria, *, version: str, with_map: bool = False, entities: bool = False, kinds: Sequence[str] = ()
) -> Sheets:
    """Lay out the form as the sheets of an XLSForm, by name.

    Parameters
    ----------
    criteria
        The criteria.
    version
        Must grow with every form published.
    with_map
        Choose the site on a map; a place that is not on it is written down.
    entities
        Each visit also updates its site in the entity list :data:`names.SITE_LIST` of ODK Central.
    kinds
        Kinds of element to ask about; empty for all.
    """
    asked = [kind for kind in survey.ELEMENT_KINDS if not kinds or kind in kinds]
    asking = {"type": "calculate", "name": names.CRITERIA_VERSION, "calculation": f"'{criteria.version}'"}
    units = _instruments(criteria.units.length)
    rows = [asking, *_visit(with_map=with_map, entities=entities), *_what_is_there(asked), *units]
    for kind in asked:
        rows += questions_of_element.rows(criteria, kind)
    rows.append(_labelled("text", names.NOTE, phrase("Note"), appearance="multiline"))
    made = {"survey": rows, "choices": list(_choices(criteria, asked)), "settings": [_settings(version)]}
    return made | ({"entities": [_entity()]} if entities else {})


def _labelled(type_: str, name: str, english: str, **more: str) -> Row:
    return bilingual.question(type_, name, bilingual.text(english), **more)


def _required(english: str) -> Row:
    return bilingual.required(bilingual.text(english))


def _needed(english: str) -> Row:
    return bilingual.columns("required_message", bilingual.text(english))


def _visit(*, with_map: bool, entities: bool) -> Iterator[Row]:
    for name in names.METADATA:
        yield {"type": name, "name": name}
    yield from _site(with_map=with_map, entities=entities)
    elsewhere = f"${{{names.SITE}}} = '{names.OTHER_SITE}'"
    place_name = _labelled("text", names.PLACE_NAME, phrase("Name of the place and where it is"), relevant=elsewhere)
    yield place_name | _required(phrase("Write where this is"))
    expected = f"{_item(names.SITE_CHOSEN if with_map or entities else names.SITE)}/{names.SITE_ELEMENTS}"
    yield {"type": "calculate", "name": names.SITE_ELEMENTS, "calculation": expected}
    yield _labelled(
        "note",
        f"{names.SITE_ELEMENTS}_shown",
        phrase("In the register here:"),
        relevant=f"${{{names.SITE_ELEMENTS}}} != ''",
    ) | bilingual.columns("hint", model.Name(*[f"${{{names.SITE_ELEMENTS}}}"] * 2))
    yield _labelled(f"select_one {names.PLACE_FOUND}", names.PLACE_FOUND, terms.PLACE_ASKED)
    accuracy = "capture-accuracy=10 warning-accuracy=30"
    is_moved = f"${{{names.PLACE_FOUND}}} = '{survey.MOVED}'"
    position = _labelled("geopoint", names.PLACE, phrase("Position where you stand"), parameters=accuracy)
    yield position | {"required": is_moved} | _needed(phrase("Take the position at the place where it is now."))
    # Set as the position is: a plain calculation would give another time when a kept form is opened again.
    taken = {"type": "calculate", "name": names.LOCATED_AT, "calculation": "now()"}
    yield taken | {"trigger": f"${{{names.PLACE}}}"}
    yield from _away(names.SITE_CHOSEN if with_map or entities else names.SITE)
    yield _labelled("text", names.SURVEYOR, phrase("Surveyor")) | _required(phrase("Write your name or staff number"))


def _away(chosen: str) -> Iterator[Row]:
    """Ask about a position away from the site, as :class:`audits.field.position_checks.Register` does.

    In degrees times metres, since Collect and KoboCollect know a distance of two positions only since 2024.
    """
    geometry = {"type": "calculate", "name": names.SITE_GEOMETRY}
    yield geometry | {"calculation": f"{_item(chosen)}/{names.GEOMETRY}"}
    here, there = f"${{{names.PLACE}}}", f"${{{names.SITE_GEOMETRY}}}"
    north, east = (f"(selected-at({here}, {part}) - selected-at({there}, {part}))" for part in (0, 1))
    # a degree of longitude is shorter the farther from the equator
    narrower = f"cos(selected-at({there}, 0) * 3.14159265 div 180)"
    metres = f"{_METRES_OF_DEGREE} * sqrt(pow({north}, 2) + pow({east} * {narrower}, 2))"
    # without both positions there is no distance, and nothing to ask
    away = f"if({here} = '' or {there} = '', 0, round({metres}, 0))"
    yield {"type": "calculate", "name": names.PLACE_AWAY, "calculation": away}
    known_to = f"selected-at({there}, 3) + selected-at({here}, 3)"
    stays = " and ".join(f"${{{names.PLACE_FOUND}}} != '{place}'" for place in position_checks.AWAY)
    is_far = f"${{{names.PLACE_AWAY}}} > {position_checks.REACH_M:g} and ${{{names.PLACE_AWAY}}} > "
    relevant = f"{is_far}{position_checks.REACH_M:g} + {known_to} and {stays}"
    values = {"code": f"${{{names.SITE}}}", "metres": f"${{{names.PLACE_AWAY}}}"}
    label = bilingual.each(lambda words: words.text(IS_FAR, **values))
    asked = bilingual.question(
        f"select_one {questions_of_element.YES_OR_NO}",
        names.PLACE_CONFIRMED,
        label,
        relevant=relevant,
        constraint=f". = '{names.YES}'",
    )
    instead = phrase("Take the position again at the site, choose another site, or answer that it has moved.")
    yield asked | _required(instead) | bilingual.columns("constraint_message", bilingual.text(instead))


def _site(*, with_map: bool, entities: bool) -> Iterator[Row]:
    list_ = f"select_one_from_file {names.SITE_FILE}"
    needed = _required(phrase("Choose the site; if it is not there, choose “another place”"))
    if not (with_map or entities):
        yield _labelled(list_, names.SITE, phrase("Site"), appearance="minimal autocomplete") | needed
        return
    if with_map:
        row = _labelled(list_, names.SITE_CHOSEN, phrase("Site on the map"), appearance="map")
        yield row | bilingual.columns("hint", bilingual.text("If it is not on the map, go on and write where it is"))
    else:
        yield _labelled(list_, names.SITE_CHOSEN, phrase("Site"), appearance="minimal autocomplete") | needed
    chosen = f"${{{names.SITE_CHOSEN}}} = ''"
    code = f"if({chosen}, '{names.OTHER_SITE}', {_item(names.SITE_CHOSEN)}/{names.SITE_CODE})"
    yield {"type": "calculate", "name": names.SITE, "calculation": code}


def _item(chosen: str) -> str:
    return f"instance('{names.SITE_LIST}')/root/item[name = ${{{chosen}}}]"


def _what_is_there(kinds: Sequence[str]) -> Iterator[Row]:
    # where only one kind is asked about it is chosen already
    default = {"default": kinds[0]} if len(kinds) == 1 else {}
    choice = _labelled(
        "select_multiple element_kind",
        names.ELEMENT_KINDS,
        phrase("What do you survey here?"),
        relevant=f"${{{names.PLACE_FOUND}}} != '{survey.NOT_FOUND}'",
    )
    yield choice | default | _required(phrase("Choose at least one"))


def _instruments(length_unit: str) -> Iterator[Row]:
    for name, unit, english in (
        (names.SLOPE_INSTRUMENT, names.SLOPE_UNIT, phrase("Slopes are measured with")),
        (names.LENGTH_INSTRUMENT, names.LENGTH_UNIT, phrase("Lengths are measured with")),
    ):
        yield _labelled(f"select_one {name}", name, english, appearance="minimal")
        device = names.SLOPE_DEVICE if unit == names.SLOPE_UNIT else names.LENGTH_DEVICE
        in_hand = f"${{{name}}} != '' and ${{{name}}} != '{names.NO_INSTRUMENT}'"
        yield _labelled("text", device, phrase("Code on the device; may be left empty"), relevant=in_hand)
    chosen = _required(phrase("Choose the unit you write in"))
    percent = names.SLOPE_UNITS[0]
    yield (
        _labelled("select_one slope_unit", names.SLOPE_UNIT, phrase("Slopes are written in"), default=percent) | chosen
    )
    yield (
        _labelled("select_one length_unit", names.LENGTH_UNIT, phrase("Lengths are written in"), default=length_unit)
        | chosen
    )
    slope, length = f"${{{names.SLOPE_UNIT}}}", f"${{{names.LENGTH_UNIT}}}"
    sign = f"if({slope} = '{names.ONE_IN}', '1:?', if({slope} = '{names.DEGREES}', '°', '%'))"
    yield {"type": "calculate", "name": names.SLOPE_SIGN, "calculation": sign}
    thai = {unit: bilingual.text(terms.UNIT[unit]).th for unit in names.LENGTH_UNITS}
    sign = f"if({length} = 'mm', '{thai['mm']}', if({length} = 'm', '{thai['m']}', '{thai['cm']}'))"
    yield {"type": "calculate", "name": names.LENGTH_SIGN, "calculation": sign}


def _choices(criteria: model.Criteria, kinds: Sequence[str]) -> Iterator[Row]:
    lists = {
        names.PLACE_FOUND: {place: bilingual.text(english) for place, english in terms.PLACE.items()},
        "element_kind": {kind: bilingual.text(terms.ELEMENT_KIND[kind]) for kind in kinds},
        names.SLOPE_UNIT: {unit: bilingual.text(english) for unit, english in _SLOPE_UNIT.items()},
        names.LENGTH_UNIT: {unit: bilingual.text(terms.UNIT[unit]) for unit in names.LENGTH_UNITS},
        questions_of_element.FOUND: _answers(*terms.IS_SO) | {names.CANNOT: bilingual.text(_CANNOT)},
        questions_of_element.THERE: _answers(*terms.IS_THERE) | {names.CANNOT: bilingual.text(_CANNOT)},
        **{
            name: questions_of_element.meanings(name, criteria)
            for name in (questions_of_element.MEANT_LENGTH, questions_of_element.MEANT_SLOPE)
        },
        questions_of_element.YES_OR_NO: _answers(*terms.IS_SO),
        questions_of_element.REASONS: {
            reason: bilingual.text(terms.NOT_MEASURED[reason]) for reason in survey.NOT_MEASURED_REASONS
        },
    }
    none = {names.NO_INSTRUMENT: bilingual.text("no instrument")}
    for name, unit in _UNIT_OF.items():
        lists[name] = {key: one.name for key, one in criteria.instruments.items() if one.unit == unit} | none
    for list_name, labels in lists.items():
        for value, label in labels.items():
            yield {"list_name": list_name, "name": value} | bilingual.columns("label", label)


def _answers(yes: str, no: str) -> dict[str, model.Name]:
    return {names.YES: bilingual.text(yes), names.NO: bilingual.text(no)}


def _settings(version: str) -> Row:
    title = bilingual.text("Survey of a site, Jaidee")
    return {
        "form_title": title.th,
        "form_id": names.FORM_ID,
        "version": version,
        "default_language": bilingual.THAI,
        "instance_name": f"concat(${{{names.SITE}}}, ' ', ${{{names.TODAY}}})",
    }


def _entity() -> Row:
    known = f"${{{names.SITE}}} != '{names.OTHER_SITE}'"
    label = f"{_item(names.SITE_CHOSEN)}/label"
    chosen = f"${{{names.SITE_CHOSEN}}}"
    return {"list_name": names.SITE_LIST, "entity_id": chosen, "update_if": known, "label": label}
