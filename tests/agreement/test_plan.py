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
