from __future__ import annotations

import random

import pytest

from audits import survey
from audits.field import answers as typed
from audits.field import doubts
from audits.field.odk import limits, names, questions_of_element
from audits.rules import model, themes
from audits.scoring import questions, readings, run
from tests import seeds
from tests.field.odk import xpath


def _asked(book, kind):
    """Return the questions in the order of the form, theme by theme."""
    groups = themes.grouped(book, ((each.quantity_id, each) for each in model.questions(book, kind)))
    return [quantity for _, quantities in groups for quantity in quantities]


def _relevant(book, kind):
    """Return, per question in the form's order, the expressions of all groups around it."""
    around, found = [], {}
    for row in questions_of_element.rows(book, kind):
        if row["type"] == "begin_group":
            around.append(row)
        elif row["type"] == "end_group":
            around.pop()
        elif row["type"] != "note":
            about = names.leaf(row["name"])
            if about.part in ("", "1") and about.about in book.quantities:
                found[about.about] = [group.get("relevant", "") for group in around[1:]]
    return found


def _write(chance, quantity, kind, units, sheet):
    """Answer a question on the sheet, now and then not at all, and return the answer as the record reads it.

    Unusual figures are asked about on the phone as on the screen, and meant here as they stand.
    """
    if quantity.unit == "yes_no":
        written = chance.choice(("yes", "no", "cannot", ""))
        sheet[names.of_element(kind, quantity.quantity_id)] = written
        return typed.Answer((written,) if written in ("yes", "no") else ())
    for name, value in ((names.LENGTH_UNIT, units.length), (names.SLOPE_UNIT, units.slope)):
        sheet[name] = value
    scale = next(one for one in limits.scales(quantity) if xpath.holds(one.when, sheet))
    values = [chance.choice((0, 1, 2, 20, 150, 1800, 5999, 6000, 6001)) for _ in range(quantity.readings)]
    least, most = limits.possible(quantity)
    values = [min(max(value, least, 1), most) for value in values]
    figures = [f"{scale.figure(value):.{0 if quantity.unit == 'count' else 4}f}" for value in values]
    figures = figures[: chance.randint(0, quantity.readings)]
    for number, figure in enumerate(figures, start=1):
        sheet[names.part(kind, quantity.quantity_id, number)] = figure
    return typed.Answer(tuple(map(doubts.confirmed, figures)))


@pytest.mark.parametrize("kind", survey.ELEMENT_KINDS)
def test_the_phone_asks_what_the_screen_would_ask_after_the_answers_before(book, kind):
    chance = random.Random(kind)
    rules, _ = run.rules_for(book, kind, None, "")
    relevant = _relevant(book, kind)
    asked = _asked(book, kind)
    assert list(relevant) == [quantity.quantity_id for quantity in asked]
    hidden = 0
    for _ in range(60 if seeds.SOAK else 20):
        units = typed.Units(chance.choice(names.LENGTH_UNITS), chance.choice(names.SLOPE_UNITS))
        sheet, given, taken = {}, {}, None
        for quantity in asked:
            # what is hidden or left blank changes nothing that was read
            if taken != len(given):
                taken, read = len(given), typed.read("x", given, book, units, {})
                assert not read.problems
                before = readings.of_visit(read.measurements, book)
                apply = questions.that_apply(book, kind, rules, before)
            wanted = quantity in apply
            shown = all(xpath.holds(expression, sheet) for expression in relevant[quantity.quantity_id])
            assert shown == wanted, (quantity.quantity_id, sheet)
            hidden += not shown
            if shown:
                given[quantity.quantity_id] = _write(chance, quantity, kind, units, sheet)
    assert hidden > 0


def test_nothing_waits_for_what_is_asked_after_it(book):
    for kind in survey.ELEMENT_KINDS:
        place = {quantity.quantity_id: n for n, quantity in enumerate(_asked(book, kind))}
        for about, expressions in _relevant(book, kind).items():
            named = xpath.named(" ".join(expressions)) - {names.LENGTH_UNIT, names.SLOPE_UNIT}
            waits_for = {names.leaf(name).about for name in named}
            assert all(place[each] < place[about] for each in waits_for)
