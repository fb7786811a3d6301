"""Every room gives a site the same verdict, score interval and grade."""

from __future__ import annotations

import pytest

from audits import wording
from tests.agreement import judgement_rooms, worlds


@pytest.mark.parametrize("room", judgement_rooms.ROOMS)
def test_every_room_judges_a_site_alike(world: worlds.World, words: wording.Wording, room: str) -> None:
    expected = judgement_rooms.command_json(world, words)
    said = judgement_rooms.ROOMS[room](world, words)
    codes = world.few() if room in judgement_rooms.OF_FEW else list(expected)
    assert sorted(said) == sorted(codes)
    graded = {one.grade for one in said.values()} != {judgement_rooms.NOT_SAID}
    for code in codes:
        one, asked = said[code], expected[code]
        assert (one.verdict, one.score) == (asked.verdict, asked.score), code
        assert not graded or one.grade == asked.grade, code


def test_the_thin_record_holds_a_ramp_of_each_verdict(thin: worlds.World, words: wording.Wording) -> None:
    said = judgement_rooms.command_json(thin, words)
    found = {code: said[code].verdict for code in worlds.SLOPES_PCT}
    assert found == {worlds.FAILING: "fail", worlds.BORDERLINE: "borderline", worlds.PASSING: "pass"}
    assert sum(one.verdict != "unknown" for one in said.values()) == len(found)
