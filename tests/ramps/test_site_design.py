"""A place takes the ramp that its measured room allows; what is only a bound is stretched, and that is said."""

from dataclasses import replace

import pytest

from audits.ramps import geometry, ramp_design, requirements, site_design

MADE = requirements.Construction()
BOTH = frozenset(("length_mm", "width_mm"))


def walled(rise_mm, length_mm, width_mm):
    return geometry.Space(rise_mm, length_mm, width_mm, obstacle_left=True, obstacle_right=True)


@pytest.mark.parametrize(
    ("space", "at_least", "basis"),
    [
        (geometry.Space(300, 9000, 2000), BOTH, site_design.DESIGNED),
        (geometry.Space(300, 3000, 900), BOTH, site_design.FOR_RISE),
        (geometry.Space(300, 0, 0), BOTH, site_design.FOR_RISE),
        (walled(300, 3000, 1800), BOTH, site_design.FOR_RISE),
        (walled(300, 3000, 900), BOTH, site_design.MOVED),
        (walled(1200, 3000, 900), BOTH, site_design.LIFT),
        (geometry.KerbSpace(150, 9000, 4000), frozenset(), site_design.DESIGNED),
    ],
)
def test_the_basis_says_what_the_room_is_known_to_take(book, space, at_least, basis):
    found = site_design.fitted(space, at_least, book, MADE)
    assert found.basis == basis
    assert bool(found.designs) == (basis != site_design.LIFT)


def test_a_rise_that_was_only_calculated_is_a_basis_of_its_own(book, english):
    found = site_design.fitted(geometry.Space(300, 9000, 2000), BOTH, book, MADE, calculated=True)
    assert found.basis == site_design.CALCULATED
    grounds = site_design.Grounds(found.basis, 300)
    assert grounds.has_room
    (sentence,) = grounds.cautions(english)
    assert sentence == f"A new ramp here: {site_design.BASES[site_design.CALCULATED]}"


def test_what_nobody_gave_of_a_new_place_is_named_and_no_standing_ramp_is_spoken_of(book, english):
    space = geometry.Space(450, 0, 0, obstacle_left=True)
    found = site_design.fitted(space, BOTH, book, MADE, stands=False)
    assert found.basis == site_design.RISE_ALONE
    grounds = site_design.Grounds(found.basis, not_given=found.not_given)
    assert not grounds.has_room
    basis, assumed = grounds.cautions(english)
    assert "stands" not in basis
    assert "wall" not in assumed
    assert all(each in assumed for each in ("free length", "free width", "any side"))


def test_room_that_was_measured_is_never_stretched(book):
    assert isinstance(site_design.fitted(geometry.Space(300, 3000, 900), (), book, MADE), geometry.NotFeasible)


def test_between_walls_only_the_length_is_stretched(book):
    (first, *_) = site_design.fitted(walled(300, 3000, 1800), BOTH, book, MADE).designs
    assert first.width_mm <= 1800
    assert first.space.length_mm == ramp_design.MOST_MM


def test_a_survey_without_a_rise_gives_no_space():
    assert site_design.measured({}) == (None, frozenset(), False)


@pytest.mark.parametrize(
    ("typed", "of", "too"),
    [
        ({"length_mm": 12}, "length_mm", "1,788 mm more length: 1,800 mm in all. It takes 8,928 mm of width too"),
        ({"width_mm": 12}, "width_mm", "mm of length too"),
        ({"length_mm": 5000, "width_mm": 12}, "width_mm", ""),
    ],
)
def test_a_change_names_the_other_size_where_that_was_only_assumed(book, english, typed, of, too):
    space = replace(geometry.Space(494, 0, 0), **typed)
    refused = site_design.fitted(space, BOTH - set(typed), book, MADE)
    said = ramp_design.sentences(refused, english)
    assert ramp_design.room_assumed(refused) == bool(too)
    assert any(too in sentence for sentence in said[1:])
    assert any("measure" in sentence for sentence in said) == bool(too)
