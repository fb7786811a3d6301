"""Every room says the same of a plan, to the baht and to the printed tenth of a trip."""

from __future__ import annotations

import pytest

from audits import wording
from audits.plans import ranking
from tests.agreement import plan_rooms, printed, worlds


@pytest.mark.parametrize("room", plan_rooms.ROOMS)
def test_every_room_says_the_same_of_a_plan(world: worlds.World, words: wording.Wording, room: str) -> None:
    expected, said = plan_rooms.command_json(world, words), plan_rooms.ROOMS[room](world, words)
    assert said.total == expected.total == sum(expected.fixes.values())
    assert said.left == expected.left == plan_rooms.BUDGET_THB - expected.total
    assert (said.today, said.after) == (expected.today, expected.after)
    assert said.fixes in ({}, expected.fixes)
    assert said.opened in (None, expected.opened)
    assert {name: sum(costs) for name, costs in said.sums.items()} == dict.fromkeys(said.sums, expected.total)
    assert not said.zones_opened or sum(said.zones_opened) == expected.opened


@pytest.mark.parametrize("room", ["page", "workbook", "geopackage", "brief"])
def test_no_room_bounds_a_plan_below_what_it_opens(world: worlds.World, words: wording.Wording, room: str) -> None:
    bound, rankings = plan_rooms.bound_and_rankings(world, room, words)
    assert bound >= plan_rooms.command_json(world, words).opened
    assert rankings == plan_rooms.rankings(world)


def test_the_command_prints_what_its_json_says_of_rankings(world: worlds.World, words: wording.Wording) -> None:
    said = world.text("plan", "--budget-thb", str(plan_rooms.BUDGET_THB), language=words.language)
    for rule, opened in plan_rooms.rankings(world).items():
        _, line = said.split(words.text(ranking.RULES[rule]), 1)
        assert printed.number(line, words) == opened


def test_page_command_and_workbook_spread_a_plan_over_the_same_years(
    world: worlds.World, words: wording.Wording
) -> None:
    expected, page = plan_rooms.phases_json(world, words), plan_rooms.phases_page(world, words)
    workbook = plan_rooms.phases_workbook(world, words)
    assert page.costs == expected.costs
    # The workbook has no row for a year in which nothing is built.
    assert workbook.costs == [cost for cost in expected.costs if cost]
    assert sum(page.rows) == sum(workbook.rows) == page.headline["cost"] == sum(expected.costs)
    assert page.opened == expected.opened
    assert page.headline["gained"] == expected.opened[-1]


def test_a_plan_that_was_kept_says_what_it_said_when_it_was_made(world: worlds.World, words: wording.Wording) -> None:
    expected, kept = plan_rooms.command_json(world, words), plan_rooms.kept_page(world, words)
    assert (kept.fixes, kept.total, kept.today) == (expected.fixes, expected.total, expected.today)
    assert kept.opened == expected.opened
    assert sum(kept.sums["total row"]) == expected.total
