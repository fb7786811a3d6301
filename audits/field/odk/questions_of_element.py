"""Lay out the questions about one kind of element, a page for each theme."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence

from audits import survey, terms, wording
from audits.field import doubts
from audits.field.odk import bilingual, limits, names
from audits.formats import cells
from audits.rules import model, themes
from audits.scoring import findings, questions, run

Row = dict[str, str]

FOUND, THERE, REASONS, YES_OR_NO = "found", "there", "reasons", "yes_or_no"
MEANT_LENGTH, MEANT_SLOPE = "meant_length", "meant_slope"

_PHOTO_PIXELS = 1600
_COMPARISONS = {"at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<"}
_OPPOSITE = {">=": "<", ">": "<=", "<=": ">", "<": ">="}


def rows(criteria: model.Criteria, kind: str) -> Iterator[Row]:
    """Yield the rows of an XLSForm's survey sheet for one kind of element.

    Parameters
    ----------
    criteria
        The criteria; the newest edition decides what is asked, since the day of the permit is not known in the field.
    kind
        One of :data:`audits.survey.ELEMENT_KINDS`.
    """
    about, when_there = f"about_{kind}", f"when_there_{kind}"
    chosen = f"selected(${{{names.ELEMENT_KINDS}}}, '{kind}')"
    yield bilingual.question("begin_group", about, bilingual.text(terms.ELEMENT_KIND[kind]), relevant=chosen)
    yield from _which(kind)
    groups = themes.grouped(criteria, ((each.quantity_id, each) for each in model.questions(criteria, kind)))
    asked = [quantity for _, quantities in groups for quantity in quantities]
    rules = questions.asking(criteria, kind, run.rules_for(criteria, kind, None, "")[0])
    present = [quantity for quantity in asked if quantity.quantity_id == survey.ELEMENT_PRESENT]
    for quantity in present:
        yield from _question(quantity, kind, "", criteria)
    missing = f"${{{names.of_element(kind, survey.ELEMENT_PRESENT)}}} != '{names.NO}'" if present else ""
    yield {"type": "begin_group", "name": when_there, "relevant": missing}
    for theme, quantities in groups:
        page, rest = f"theme_{kind}_{theme.theme_id}", [each for each in quantities if each not in present]
        # a phone shows an empty page, too
        if not rest:
            continue
        yield bilingual.question("begin_group", page, theme.name, appearance="field-list")
        for quantity in rest:
            yield from _question(quantity, kind, _after(*_conditions(quantity, kind, rules, asked)), criteria)
        yield {"type": "end_group", "name": page}
    yield {"type": "end_group", "name": when_there}
    yield from _photos(kind)
    yield {"type": "end_group", "name": about}


def _which(kind: str) -> Iterator[Row]:
    number = bilingual.question(
        "integer",
        names.of_element(kind, names.NUMBER),
        bilingual.text("Which one? Its number in the register"),
        default="1",
        required="yes",
        constraint=f". >= 1 and . <= {names.MOST_ELEMENTS_OF_A_KIND}",
    )
    number |= bilingual.columns("hint", bilingual.text("1 if there is only one of this kind at the site"))
    refused = bilingual.text("Write a whole number from 1 to {most}", most=names.MOST_ELEMENTS_OF_A_KIND)
    yield number | bilingual.columns("constraint_message", refused) | bilingual.columns("required_message", refused)
    label = bilingual.text("What it is called, such as “north side”; may be left empty")
    yield bilingual.question("text", names.of_element(kind, names.LABEL), label)


def _question(quantity: model.Quantity, kind: str, relevant: str, criteria: model.Criteria) -> Iterator[Row]:
    group = f"ask_{kind}_{quantity.quantity_id}"
    yield {"type": "begin_group", "name": group, "relevant": relevant}
    yield from _found(quantity, kind) if quantity.unit == "yes_no" else _measured(quantity, kind, criteria)
    yield {"type": "end_group", "name": group}


def _found(quantity: model.Quantity, kind: str) -> Iterator[Row]:
    name = names.of_element(kind, quantity.quantity_id)
    answer = bilingual.question(f"select_one {THERE if quantity.is_presence else FOUND}", name, quantity.question)
    yield answer | bilingual.columns("hint", quantity.how)
    why = _why(quantity, kind, f"${{{name}}} = '{names.CANNOT}'")
    yield why | bilingual.required(bilingual.text("Choose why it could not be measured"))


def _measured(quantity: model.Quantity, kind: str, criteria: model.Criteria) -> Iterator[Row]:
    readings = [names.part(kind, quantity.quantity_id, number) for number in range(1, quantity.readings + 1)]
    by_figure = f"${{{names.SLOPE_UNIT}}} != '{names.BY_RISE}'"
    allowed = limits.possible(quantity)
    refused = bilingual.each(
        lambda words: words.text("It must be {range}", range=limits.in_words(quantity, allowed, words))
    )
    is_slope = quantity.unit == "percent"
    for number, name in enumerate(readings, start=1):
        figure = bilingual.question(
            "integer" if quantity.unit == "count" else "decimal",
            name,
            _label(quantity, number),
            constraint=limits.within(quantity, ".", allowed),
            relevant=_after(f"${{{readings[number - 2]}}} != ''" if number > 1 else "", by_figure if is_slope else ""),
        )
        figure |= bilingual.columns("hint", quantity.how) if number == 1 else {}
        yield figure | bilingual.columns("constraint_message", refused)
        yield from _meant(quantity, kind, number, criteria)
        if is_slope:
            yield from _rise_and_length(quantity, kind, number)
    yield _unusual(quantity, kind, readings)
    blank = [readings[0], *([names.beside(kind, quantity.quantity_id, 1, names.RISE)] if is_slope else [])]
    yield _why(quantity, kind, " and ".join(f"${{{name}}} = ''" for name in blank))


def _after(*conditions: str) -> str:
    return " and ".join(condition for condition in conditions if condition)


def _meant(quantity: model.Quantity, kind: str, number: int, criteria: model.Criteria) -> Iterator[Row]:
    """Ask which reading of a doubtful figure was meant; nobody can go on without an answer."""
    reading = f"${{{names.part(kind, quantity.quantity_id, number)}}}"
    doubtful = limits.doubtful(quantity, reading, criteria)
    if not doubtful:
        return
    label = bilingual.each(
        lambda words: words.text(
            "⚠ {figure} {unit} as written, or another unit? Choose what was measured",
            figure=reading,
            unit=_unit(quantity, words),
        )
    )
    name = names.beside(kind, quantity.quantity_id, number, names.MEANT)
    choices = MEANT_SLOPE if quantity.unit == "percent" else MEANT_LENGTH
    asked = bilingual.question(f"select_one {choices}", name, label, relevant=f"{reading} != '' and ({doubtful})")
    yield asked | bilingual.required(bilingual.text("Choose what was measured"))


def meanings(choices: str, criteria: model.Criteria) -> dict[str, model.Name]:
    """Return the answers to the question which reading was meant, each with an example."""
    # one width and one slope in all units, so that the choices can be compared
    examples = {
        MEANT_LENGTH: ("clear_width_mm", {"mm": "900", "cm": "90", "m": "0.9", "in": "36", "ft": "3"}),
        MEANT_SLOPE: ("running_slope_pct", {names.ONE_IN: "12", names.PERCENT: "8.33", names.DEGREES: "4.76"}),
    }
    quantity_id, figures = examples[choices]
    quantity, length = criteria.quantities[quantity_id], criteria.units.length

    def meaning(unit: str, figure: str, words: wording.Wording) -> str:
        example = doubts.spelled(doubts.reading(figure, unit, quantity), quantity, words, length)
        return words.text("the figure is in {unit}, such as {example}", unit=_unit_name(unit, words), example=example)

    right = {names.RIGHT: bilingual.text("it is right as written")}
    return right | {unit: bilingual.each(functools.partial(meaning, unit, figure)) for unit, figure in figures.items()}


def _unit_name(unit: str, words: wording.Wording) -> str:
    return "1 : n" if unit == names.ONE_IN else words.text(terms.UNIT[unit])


def _rise_and_length(quantity: model.Quantity, kind: str, number: int) -> Iterator[Row]:
    """Take a slope as its rise and its length along the slope, both in the unit of lengths."""
    by_rise = f"${{{names.SLOPE_UNIT}}} = '{names.BY_RISE}'"
    rise, along = (names.beside(kind, quantity.quantity_id, number, part) for part in (names.RISE, names.ALONG))
    before = f"${{{names.beside(kind, quantity.quantity_id, number - 1, names.RISE)}}} != ''" if number > 1 else ""

    def label(words: wording.Wording, part: str) -> str:
        unit = f"${{{names.LENGTH_SIGN if words.language == 'th' else names.LENGTH_UNIT}}}"
        text = words.text("Rise ({unit})" if part == rise else "Length along the slope ({unit})", unit=unit)
        return f"{words.name(quantity.name)} {number}: {text}" if quantity.readings > 1 else text

    yield bilingual.question(
        "decimal",
        rise,
        bilingual.each(lambda words: label(words, rise)),
        relevant=_after(before, by_rise),
        constraint=". >= 0",
    ) | bilingual.columns("constraint_message", bilingual.text("It must not be negative"))
    needed = bilingual.required(bilingual.text("Write the length along the slope too"))
    steep = bilingual.columns(
        "constraint_message", bilingual.text("The length along the slope is longer than the rise")
    )
    yield (
        bilingual.question(
            "decimal",
            along,
            bilingual.each(lambda words: label(words, along)),
            relevant=f"${{{rise}}} != '' and {by_rise}",
            constraint=f". > ${{{rise}}}",
        )
        | needed
        | steep
    )


def _label(quantity: model.Quantity, number: int) -> model.Name:
    def label(words: wording.Wording) -> str:
        asked = words.name(quantity.question)
        if number > 1:
            asked = words.text("Reading {number} of {readings}", number=number, readings=quantity.readings)
        return f"{asked} {_unit(quantity, words)}".rstrip()

    return bilingual.each(label)


def _unit(quantity: model.Quantity, words: wording.Wording) -> str:
    """Return the unit in brackets; the chosen one by reference to its answer."""
    if quantity.unit == "percent":
        return f"(${{{names.SLOPE_SIGN}}})"
    if quantity.unit in cells.MILLIMETRES:
        return f"(${{{names.LENGTH_SIGN if words.language == 'th' else names.LENGTH_UNIT}}})"
    return f"({words.text(terms.UNIT[quantity.unit]).strip('()')})"


def _unusual(quantity: model.Quantity, kind: str, readings: Sequence[str]) -> Row:
    odd = (
        f"(${{{name}}} != '' and not({limits.within(quantity, f'${{{name}}}', quantity.usual)}))" for name in readings
    )
    warning = bilingual.each(
        lambda words: words.text(
            "⚠ Unusual figure: please measure again (usually {range})",
            range=limits.in_words(quantity, quantity.usual, words),
        )
    )
    name = names.part(kind, quantity.quantity_id, names.UNUSUAL)
    return bilingual.question("note", name, warning, relevant=" or ".join(odd))


def _why(quantity: model.Quantity, kind: str, relevant: str) -> Row:
    name = names.part(kind, quantity.quantity_id, names.WHY)
    label = bilingual.text("Not measured, because")
    return bilingual.question(f"select_one {REASONS}", name, label, relevant=relevant, appearance="minimal")


def _photos(kind: str) -> Iterator[Row]:
    taken = [names.part(kind, names.PHOTO, number) for number in names.PHOTOS]
    for number, name in zip(names.PHOTOS, taken, strict=True):
        label = bilingual.text("Photo {number}, without faces", number=number)
        relevant = f"${{{taken[number - 2]}}} != ''" if number > 1 else ""
        yield bilingual.question("image", name, label, parameters=f"max-pixels={_PHOTO_PIXELS}", relevant=relevant)
    person, label = names.of_element(kind, names.PERSON), bilingual.text("Is a person visible in a photo?")
    any_photo = " or ".join(f"${{{name}}} != ''" for name in taken)
    asked = bilingual.question(f"select_one {YES_OR_NO}", person, label, relevant=any_photo)
    yield asked | bilingual.required(bilingual.text("Say whether a person is visible"))


def _conditions(
    quantity: model.Quantity, kind: str, rules: Sequence[findings.Rule], asked: Sequence[model.Quantity]
) -> Iterator[str]:
    """Yield what must hold for a question to be asked: that no answer before it settles it, and `_relevant`."""
    without = quantity.no_without
    open_to_ask = f"${{{names.of_element(kind, without)}}} != '{names.NO}'" if without else ""
    needed = _relevant(quantity, kind, rules, asked)
    yield open_to_ask
    # in XPath “and” binds closer than “or”
    yield f"({needed})" if open_to_ask and " or " in needed else needed


def _relevant(
    quantity: model.Quantity, kind: str, rules: Sequence[findings.Rule], asked: Sequence[model.Quantity]
) -> str:
    """Return XPath that holds unless every rule that looks at a quantity is certain not to apply; empty for always.

    Parameters
    ----------
    quantity
        The question.
    kind
        Kind of the element.
    rules
        The rules in force.
    asked
        The questions of this kind, in asking order.

    Notes
    -----
    Only answers given before the question count, so that no two questions wait for one another; an answer that is
    missing leaves the rule open.
    """
    place = {each.quantity_id: number for number, each in enumerate(asked)}
    ways = [
        frozenset(_openings(rule, kind, lambda other: place[other.quantity_id] < place[quantity.quantity_id]))
        for rule in rules
        if quantity.quantity_id in rule.quantities()
    ]
    if not ways or frozenset() in ways:
        return ""
    # a way that asks for more than another adds nothing
    fewest = [way for way in dict.fromkeys(ways) if not any(other < way for other in ways)]
    # sorted, since the order of a set would change the bytes of the form from one process to the next
    return " or ".join(" and ".join(sorted(way)) for way in fewest)


def _openings(rule: findings.Rule, kind: str, is_earlier: Callable[[model.Quantity], bool]) -> Iterator[str]:
    """Yield XPath that holds while each condition of a rule may be met."""
    for condition in rule.limit.conditions:
        if is_earlier(condition.quantity):
            yield _may_be_met(condition, kind)
    table = rule.limit.table
    if table is not None and is_earlier(table.quantity):
        nothing_up_to = [up_to for up_to, required in table.steps if required == 0]
        if nothing_up_to:
            more_than = model.Condition(table.quantity, "more_than", max(nothing_up_to))
            yield _may_be_met(more_than, kind)


def _may_be_met(condition: model.Condition, kind: str) -> str:
    quantity = condition.quantity
    if quantity.unit == "yes_no":
        excluded = names.NO if condition.operator == "is_yes" else names.YES
        return f"${{{names.of_element(kind, quantity.quantity_id)}}} != '{excluded}'"
    comparison = _COMPARISONS[condition.operator]
    first, *more = (
        f"${{{names.part(kind, quantity.quantity_id, number)}}}" for number in range(1, quantity.readings + 1)
    )
    # of the first reading the opposite is denied, so that a reading that is missing leaves the question open
    ways = [f"not({limits.compared(quantity, first, (_OPPOSITE[comparison], condition.value))})"]
    ways += [limits.compared(quantity, subject, (comparison, condition.value)) for subject in more]
    return ways[0] if len(ways) == 1 else f"({' or '.join(ways)})"
