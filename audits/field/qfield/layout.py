"""Lay out the table that QField fills: a row for each element on a visit, a column for each reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from audits import survey, terms, wording
from audits.field import answers, doubts
from audits.formats import cells
from audits.reports import columns
from audits.rules import asked_quantity, model

LAYER, SITES, LISTS = "field_survey", "site", "value_list"
GEOPACKAGE = "field.gpkg"
YES, NO = "yes", "no"
PHOTOS = ("photo_1", "photo_2", "photo_3")
INSTRUMENTS = {"slope_instrument": "percent", "length_instrument": "mm"}
MOST_ELEMENTS = 999
SURE = "unusual_is_right"

TEXT, WHOLE, NUMBER, INSTANT, TICK, DAY = "TEXT", "MEDIUMINT", "DOUBLE", "DATETIME", "BOOLEAN", "DATE"
HIDDEN, LINE, LINES, CHOICE, SITE = "hidden", "line", "lines", "choice", "site"
COUNTER, FIGURE, MOMENT, PHOTO, BOX = "counter", "figure", "moment", "photo", "box"

_SITE_COLUMNS = ("code", "name_th", "name_en", "kind", "zone", "verdict", "last_surveyed_on")
_SITE_COLUMNS_AFTER = ("position_status", "position_accuracy_m", "demonstration")
_TYPES = {columns.TEXT: TEXT, columns.WHOLE: WHOLE, columns.NUMBER: NUMBER, columns.YES_NO: TICK, columns.DAY: DAY}


@dataclass(frozen=True)
class Rule:
    """What must hold before a row is saved, in the expression language of QGIS.

    Parameters
    ----------
    expression
        True where all is well.
    message
        Shown otherwise, in the reader's language.
    hard
        Whether saving is refused; else the message is only shown.
    """

    expression: str
    message: str
    hard: bool = True


@dataclass(frozen=True)
class Field:
    """One column, and how it is asked.

    Parameters
    ----------
    name
        Id of the column; a quantity's own id for its first reading.
    kind
        Type in the GeoPackage, such as :data:`TEXT`.
    title
        What is shown, in the reader's language, with the unit.
    widget
        How it is asked, such as :data:`CHOICE`.
    choices
        Value to what is shown for it.
    span
        Lowest and highest of a :data:`COUNTER`.
    default
        Expression that fills it in a new row.
    remembered
        Whether the next row starts with the value of the last.
    needed
        Whether it must not be empty.
    rule
        What its value must meet.
    """

    name: str
    kind: str
    title: str
    widget: str = LINE
    choices: Mapping[str, str] = field(default_factory=dict)
    span: tuple[int, int] = (0, 0)
    default: str = ""
    remembered: bool = False
    needed: bool = False
    rule: Rule | None = None


@dataclass(frozen=True)
class Group:
    """Columns asked together; with `when`, an expression, only while it is true."""

    title: str
    names: tuple[str, ...]
    when: str = ""
    groups: tuple[Group, ...] = ()


def reading_names(quantity: model.Quantity, length_unit: str) -> tuple[str, ...]:
    """Return the columns of a quantity's readings, as many as are suggested; they end in the unit they hold."""
    name = quantity.quantity_id
    if quantity.unit in cells.MILLIMETRES:
        name = f"{name.removesuffix(quantity.unit)}{length_unit}"
    return (name, *(f"{name}__{number}" for number in range(2, quantity.readings + 1)))


def reason_name(quantity_id: str) -> str:
    """Return the column of the reason why a quantity was not measured."""
    return f"{quantity_id}__why"


def asked(criteria: model.Criteria) -> tuple[model.Quantity, ...]:
    """Return every quantity that is asked of any kind of element, each once."""
    by_kind = (model.questions(criteria, kind) for kind in survey.ELEMENT_KINDS)
    # by id, since several kinds ask the same and a table has one column of a name
    return tuple({one.quantity_id: one for questions in by_kind for one in questions}.values())


def fields(criteria: model.Criteria, words: wording.Wording) -> tuple[Field, ...]:
    """Return the columns of the table that is filled in, in order, titled in the reader's language."""
    questions = [one for quantity in asked(criteria) for one in _question(quantity, criteria, words)]
    return (*_visit(criteria, words), *questions, *_closing(words))


def _visit(criteria: model.Criteria, words: wording.Wording) -> tuple[Field, ...]:
    text = words.text
    kinds = {kind: text(terms.ELEMENT_KIND[kind]) for kind in survey.ELEMENT_KINDS}
    places = {place: text(english) for place, english in terms.PLACE.items()}
    # an hour of slack for clocks that differ; the office asks again when the row arrives
    not_later = Rule("\"observed_at\" <= now() + to_interval('1 hour')", text("not later than now"))
    # IS NULL first: in QGIS a comparison with NULL is not true, and an empty field would break the rule
    numbers = Rule(
        f'"element_number" IS NULL OR ("element_number" >= 1 AND "element_number" <= {MOST_ELEMENTS})',
        text("number the elements of one kind at the site 1, 2, 3 …"),
    )
    which = text("Which one of its kind")
    named = Rule("trim(coalesce(\"surveyor\", '')) <> ''", text("write who measures"))
    titles = (text("Slopes are measured with"), text("Lengths are measured with"))
    instruments = (
        Field(name, TEXT, title, CHOICE, _instruments(criteria, unit, words), remembered=True)
        for (name, unit), title in zip(INSTRUMENTS.items(), titles, strict=True)
    )
    return (
        # made on the phone: a row that is sent twice comes with the same number
        Field("uuid", TEXT, text("Number of the record"), HIDDEN, default="uuid('WithoutBraces')", needed=True),
        Field("site_code", TEXT, text("Site"), SITE, needed=True),
        Field("place_found", TEXT, text(terms.PLACE_ASKED), CHOICE, places),
        Field("element_kind", TEXT, text("Kind of element"), CHOICE, kinds, needed=True),
        Field("element_number", WHOLE, which, COUNTER, span=(1, MOST_ELEMENTS), default="1", rule=numbers),
        Field("element_label", TEXT, text("Where it is, such as: north entrance")),
        Field("surveyor", TEXT, text("Surveyor"), remembered=True, needed=True, rule=named),
        Field("observed_at", INSTANT, text("Time of the visit"), MOMENT, default="now()", needed=True, rule=not_later),
        *instruments,
        Field("accuracy_m", NUMBER, text("Accuracy in metres"), FIGURE, default="@position_horizontal_accuracy"),
        Field("located_at", INSTANT, text("Time of the position"), HIDDEN, default="@position_timestamp"),
    )


def _instruments(criteria: model.Criteria, unit: str, words: wording.Wording) -> dict[str, str]:
    return {key: words.name(one.name) for key, one in criteria.instruments.items() if one.unit == unit}


def _closing(words: wording.Wording) -> tuple[Field, ...]:
    text = words.text
    photos = (
        Field(name, TEXT, text("Photo {number}", number=number), PHOTO) for number, name in enumerate(PHOTOS, start=1)
    )
    return (
        *photos,
        Field(SURE, TICK, text("Unusual figures here are right as written"), BOX, default="false"),
        Field("photo_has_person", TICK, text("A person can be seen in a photo"), BOX, default="false"),
        Field("note", TEXT, text("Note"), LINES),
    )


def _question(quantity: model.Quantity, criteria: model.Criteria, words: wording.Wording) -> list[Field]:
    """Return a quantity's readings, then the reason for none, which also carries the warning of an unusual value.

    A column holds one rule only, and that of the reading is what cannot be.
    """
    on_form, _ = asked_quantity.in_unit(quantity, criteria.units.length)
    name, unit = words.name(quantity.name), words.text(terms.UNIT[on_form.unit]) if terms.UNIT[on_form.unit] else ""
    # The unit of a count is a word in brackets already.
    unit = unit.strip("()")
    result = []
    for number, column in enumerate(reading_names(quantity, criteria.units.length), start=1):
        title = name if number == 1 else words.text("{quantity}, reading {number}", quantity=name, number=number)
        sure = _Sure(quantity, criteria, column)
        result.append(_reading(column, on_form, sure, f"{title} ({unit})" if unit else title, words))
    if quantity.quantity_id == survey.ELEMENT_PRESENT:
        return result
    reasons = {key: words.text(phrase) for key, phrase in terms.NOT_MEASURED.items()}
    why = words.text("Why was {quantity} not measured?", quantity=name)
    columns_ = reading_names(quantity, criteria.units.length)
    # where all that is possible is usual there is nothing to warn of
    unusual = _unusual(on_form, columns_, unit, words) if quantity.usual != quantity.possible else None
    return [*result, Field(reason_name(quantity.quantity_id), TEXT, why, CHOICE, reasons, rule=unusual)]


@dataclass(frozen=True)
class _Sure:
    """What keeps a figure that may be read in two ways from being saved before somebody confirmed it."""

    quantity: model.Quantity
    criteria: model.Criteria
    column: str

    def expression(self) -> str:
        """Return an expression that is true for a figure with one reading, or once :data:`SURE` is ticked."""
        spans, points = doubts.spans(self.quantity, self.criteria.units.length, answers.PERCENT, self.criteria)
        doubtful = [f'("{self.column}" > {low:.10g} AND "{self.column}" < {high:.10g})' for low, high in spans]
        doubtful += [f'"{self.column}" = {point:.10g}' for point in points]
        # without the first part a field that nobody filled in would be refused: NOT of NULL is no truth
        return f'("{self.column}" IS NULL OR "{SURE}" OR NOT ({" OR ".join(doubtful)}))' if doubtful else ""

    def message(self, words: wording.Wording) -> str:
        """Ask with an example, as an expression of a form has no figure to ask about."""
        length = self.criteria.units.length
        ways = doubts.example(self.quantity, length, answers.PERCENT, self.criteria)
        if not ways:
            return ""
        both = doubts.either(ways, self.quantity, words, length)
        return words.text(
            "a figure with two readings, such as {readings}: write it in the unit of the field, or tick “{tick}”",
            readings=both,
            tick=words.text("Unusual figures here are right as written"),
        )


def _reading(column: str, quantity: model.Quantity, sure: _Sure, title: str, words: wording.Wording) -> Field:
    if quantity.unit == "yes_no":
        yes, no = map(words.text, quantity.yes_and_no)
        return Field(column, TEXT, title, CHOICE, {YES: yes, NO: no})
    lowest, highest = quantity.possible
    message = words.text("between {lowest} and {highest}", **_edges(quantity.possible, words))
    expression, doubted = _within(column, quantity.possible), sure.expression()
    if doubted:
        expression, message = f"({expression}) AND {doubted}", f"{message}; {sure.message(words)}"
    rule = Rule(expression, message)
    if quantity.unit == "count":
        return Field(column, WHOLE, title, COUNTER, span=(int(lowest), int(highest)), rule=rule)
    return Field(column, NUMBER, title, FIGURE, rule=rule)


def _unusual(quantity: model.Quantity, columns_: tuple[str, ...], unit: str, words: wording.Wording) -> Rule:
    usual = " AND ".join(f"({_within(column, quantity.usual)})" for column in columns_)
    message = words.text(
        "usually {lowest} to {highest} {unit}; otherwise please measure again",
        unit=unit,
        **_edges(quantity.usual, words),
    )
    return Rule(usual, message, hard=False)


def _within(column: str, edges: tuple[float, float]) -> str:
    # The expression language of QGIS has no BETWEEN.
    return f'"{column}" IS NULL OR ("{column}" >= {edges[0]:.12g} AND "{column}" <= {edges[1]:.12g})'


def _edges(edges: tuple[float, float], words: wording.Wording) -> dict[str, str]:
    return {"lowest": words.number(edges[0]), "highest": words.number(edges[1])}


def groups(criteria: model.Criteria, words: wording.Wording) -> tuple[Group, ...]:
    """Return the pages of the form: the visit, one page a kind of element with its questions alone, then the rest."""
    text = words.text
    visit = tuple(one.name for one in _visit(criteria, words) if one.widget != HIDDEN)
    kinds = (_page(criteria, kind, words) for kind in survey.ELEMENT_KINDS)
    closing = tuple(one.name for one in _closing(words))
    return (Group(text("Visit"), visit), *kinds, Group(text("Photos and note"), closing))


def _page(criteria: model.Criteria, kind: str, words: wording.Wording) -> Group:
    name = words.text(terms.ELEMENT_KIND[kind])
    # the first question of every kind is whether it is there
    present, *others = model.questions(criteria, kind)
    length = criteria.units.length
    rest = tuple(name for one in others for name in (*reading_names(one, length), reason_name(one.quantity_id)))
    there = f"coalesce(\"{survey.ELEMENT_PRESENT}\", '') <> '{NO}'"
    return Group(
        name,
        reading_names(present, length),
        f"\"element_kind\" = '{kind}'",
        (Group(words.text("What is measured"), rest, there),),
    )


def site_fields(weights: model.Weights, words: wording.Wording) -> tuple[Field, ...]:
    """Return the columns of the layer of sites, which is only looked at."""
    known = {one.name: _site_field(one, words) for one in columns.of_sites(weights)}
    label = Field("label", TEXT, words.text("Site"))
    following = Field("measure_next", TEXT, words.text("Measure next"), LINES)
    first, last = ([known[name] for name in names] for names in (_SITE_COLUMNS, _SITE_COLUMNS_AFTER))
    return (*first, label, following, *last)


def _site_field(column: columns.Column, words: wording.Wording) -> Field:
    choices = {value: column.shown(value, words) for value in column.words}
    return Field(column.name, _TYPES[column.kind], column.heading(words), CHOICE if choices else LINE, choices)


def value_lists(criteria: model.Criteria, words: wording.Wording) -> list[tuple[str, str, str]]:
    """Return the meaning of coded values as (list, value, label), for readers of the file without the project."""
    lists = {one.name: one.choices for one in _visit(criteria, words) if one.choices}
    for name, yes_and_no in (("yes_no", terms.IS_SO), ("is_there", terms.IS_THERE)):
        lists[name] = dict(zip((YES, NO), map(words.text, yes_and_no), strict=True))
    lists["reason"] = {key: words.text(phrase) for key, phrase in terms.NOT_MEASURED.items()}
    return [(name, value, label) for name, choices in lists.items() for value, label in choices.items()]
