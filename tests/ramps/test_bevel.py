"""A rise that the law allows as a threshold gets a bevel, and alternatives are few and different."""

from __future__ import annotations

import dataclasses

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from audits import wording
from audits.ramps import cost, design_check, geometry, price_books, quantities, ramp_design, requirements
from audits.ramps.drawing import described, elevation, plan_view
from audits.rules import files

BOOK, MADE = files.load_criteria(), requirements.Construction()
MOST_MM = requirements.threshold_mm(BOOK)
SIDES = st.sampled_from(geometry.EXITS)


def _designs(space):
    return ramp_design.for_space(space, BOOK, MADE)


@given(st.integers(1, MOST_MM), st.integers(10, 4_000), st.integers(500, 4_000), SIDES)
def test_every_bevel_lies_in_its_space_and_passes_or_says_what_would_do(rise, length, width, leave):
    space = geometry.Space(rise, length, width, exit=leave)
    found = _designs(space)
    if isinstance(found, geometry.NotFeasible):
        changes = found.together or found.relaxations
        roomier = dataclasses.replace(space, **{each.of: each.value for each in changes})
        assert not isinstance(_designs(roomier), geometry.NotFeasible)
        return
    (design,) = found
    assert design.family == geometry.BEVEL
    assert all(0 <= x <= length and 0 <= y <= width for x, y in design.footprint)
    check = design_check.check(design, BOOK)
    assert (check.failures, check.conditions) == ((), ())
    assert "pass" in {one.verdict for one in check.judged}


def test_the_law_s_threshold_is_where_ramps_begin():
    families = [_designs(geometry.Space(rise, 9_000, 4_000))[0].family for rise in (MOST_MM, MOST_MM + 1)]
    assert families == [geometry.BEVEL, geometry.STRAIGHT]


def test_a_rise_of_a_millimetre_takes_no_more_than_its_bevel():
    (design,) = _designs(geometry.Space(1, 9_000, 4_000))
    bill = quantities.bill(design, MADE, quantities.Works())
    assert (design.going_mm, bill["fillet_litre"] < 0.1, bill["guard_m"], bill["handrail_m"]) == (13, True, 0.0, 0.0)


def test_a_steep_bevel_is_seen():
    (design,) = _designs(geometry.Space(20, 9_000, 4_000))
    run = design.runs[0]
    steep = [(foot[0] + 10, *foot[1:2], 20) for foot in (run.foot_left, run.foot_right)]
    faulty = dataclasses.replace(design, runs=(dataclasses.replace(run, head_left=steep[0], head_right=steep[1]),))
    failed = {one.rule.criterion.criterion_id for one in design_check.check(faulty, BOOK).failures}
    assert failed == {"entrance.threshold_bevel"}


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_bevel_is_drawn_and_named(language):
    words = wording.Wording(language)
    (design,) = _designs(geometry.Space(20, 9_000, 4_000))
    assert plan_view.view(design, words, 20).dimensions
    (side,) = elevation.view_rows(design, MADE, quantities.Works(), words, 20, 390)
    assert side.dimensions
    # What the bill counts is what is drawn: a wedge on the floor, named as there, with nothing under it.
    drawn = [stroke for stroke in side.strokes if stroke.closed]
    assert {stroke.layer for stroke in drawn} == {"slab"}
    wedge_mm2 = sum(shapely.Polygon(stroke.points).area for stroke in drawn)
    bill = quantities.bill(design, MADE, quantities.Works())
    assert bill["fillet_litre"] * 1e6 == pytest.approx(wedge_mm2 * design.clear_width_mm)
    assert words.text(quantities.NAMES["fillet_litre"]) in [label.words for label in side.labels]
    # Of all assumptions only what an old ramp leaves to break up.
    assert len(described.assumptions_of(design, MADE, quantities.Works(), words)) == 2
    assert described.family(design, words) in ("Bevel, no ramp needed", "ปาดขอบเอียง ไม่ต้องทำทางลาด")


@pytest.mark.parametrize(
    "space",
    [
        geometry.Space(450, 100_000, 100_000),
        geometry.Space(3_600, 16_000, 12_000),
        geometry.KerbSpace(150, 9_000, 4_000),
    ],
)
def test_alternatives_are_at_most_five_and_differ_in_how_they_lie_or_are_reached(space):
    found = _designs(space)
    kinds = [(one.family, one.legs % 2) for one in found]
    assert 1 <= len(kinds) <= 5
    assert len(set(kinds)) == len(kinds)
    tight = [(ramp_design.at_the_limits(one, BOOK), one.cost_proxy) for one in found]
    assert tight == sorted(tight)


@pytest.mark.parametrize("rise", [5, 20])
def test_the_fillet_of_a_bevel_is_large_enough_to_be_read_and_priced(rise):
    (design,) = _designs(geometry.Space(rise, 9_000, 4_000))
    bill = quantities.bill(design, MADE, quantities.Works())
    lines = {line.code: line for line in cost.estimate(bill, price_books.sample()).lines}
    assert set(lines) == {"fillet_litre", "surface_m2"}
    assert float(lines["fillet_litre"].amount) == pytest.approx(bill["fillet_litre"], rel=0.005, abs=0.005)
    shown = described.tables(design, [], bill, wording.Wording("en"))[3]["rows"]
    assert [row[0] for row in shown] == [quantities.NAMES[code] for code in lines]
