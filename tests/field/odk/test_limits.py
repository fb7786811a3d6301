from __future__ import annotations

import random

import pytest

from audits.field import answers
from audits.field.odk import limits, names
from tests.field.odk import xpath


def _units():
    return [(length, slope) for length in names.LENGTH_UNITS for slope in names.SLOPE_UNITS]


def _figures(quantity, chance):
    """Return figures about both ends of what is possible, and far from them."""
    for scale in limits.scales(quantity):
        for edge in (*quantity.possible, *quantity.usual, limits.STEEPEST_PCT):
            figure = min(scale.figure(edge), 1e6) if edge else 0.0
            for shift in (-1, -0.01, 0, 0.01, 1, chance.uniform(-5, 5)):
                yield (
                    f"{max(0, figure + shift):.2f}" if quantity.unit != "count" else f"{max(0, round(figure + shift))}"
                )


def _only_a_decimal_apart(figure):
    """Recognise 8.00, which the form cannot tell from 8."""
    return "." in figure and float(figure).is_integer()


@pytest.mark.parametrize(("length", "slope"), _units())
def test_the_phone_refuses_what_the_record_would_refuse_and_nothing_else(book, length, slope):
    chance, compared = random.Random(f"{length} {slope}"), 0
    units = {names.LENGTH_UNIT: length, names.SLOPE_UNIT: slope}
    for quantity in book.quantities.values():
        if quantity.unit == "yes_no":
            continue
        taken = limits.within(quantity, ".", limits.possible(quantity))
        odd = limits.within(quantity, ".", quantity.usual)
        doubtful = limits.doubtful(quantity, ".", book)
        for figure in _figures(quantity, chance):
            answer = {quantity.quantity_id: answers.Answer((figure,))}
            read = answers.read("KK-001.ramp.1", answer, book, answers.Units(length, slope), {})
            possible = {problem.kind for problem in read.problems.values()} <= {answers.WHICH_READING}
            assert xpath.holds(taken, units, figure) == possible, (quantity.quantity_id, figure, taken)
            if possible and not _only_a_decimal_apart(figure):
                asked = bool(doubtful) and xpath.holds(doubtful, units, figure)
                assert asked == bool(read.asked), (quantity.quantity_id, figure, doubtful)
            if not read.problems:
                assert xpath.holds(odd, units, figure) == (not read.unusual), (quantity.quantity_id, figure, odd)
            compared += 1
    assert compared > 1000


def test_a_range_is_told_in_every_unit_it_may_be_written_in(book, english):
    told = {name: limits.in_words(book.quantities[name], book.quantities[name].usual, english) for name in WORDS}
    assert told == WORDS


WORDS = {
    "clear_width_mm": "40–600 cm, 400–6,000 mm, 0.4–6 m",
    "running_slope_pct": "1–30%, 0.6–16.7°, 1:100–1:3.3",
    "edge_angle_deg": "5–90°",
    "runs_count": "1–10 (count)",
}


def test_a_slope_from_nothing_has_no_one_in(book, english):
    quantity = book.quantities["running_slope_pct"]
    assert limits.in_words(quantity, (0, 100), english) == "0–100%, 0–45°, 1:1 or gentler"
