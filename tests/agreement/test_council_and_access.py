"""Access, council page, brief and public pages give the trips, the money and the improvement that the plan gives."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from audits import barriers, wording
from audits.access import access_text
from audits.council import council_text, trend
from tests import spoken
from tests.agreement import printed, worlds

MILLION, MOST_WAITS = 1_000_000, 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each paper is written once for all tests: a world asks the same command once."""
    return tmp_path_factory.mktemp("papers")


@pytest.mark.parametrize("case", barriers.CASES)
def test_access_and_plan_count_the_same_trips_today(demonstration: worlds.World, case: str) -> None:
    access = demonstration.answer("access", "--barriers", case)
    plan = demonstration.answer("plan", "--budget-thb", str(MILLION), "--barriers", case)
    assert plan["access_before"] == pytest.approx(access["access"][case])
    assert plan["trips_too_far"] == pytest.approx(access["trips_too_far"])
    assert plan["places_not_surveyed"] == access["places_not_surveyed"]


def test_the_page_of_access_says_what_its_command_says(demonstration: worlds.World, words: wording.Wording) -> None:
    said = demonstration.answer("access")["access"]
    shown = "".join(worlds.html(demonstration.page("access.py", words.language)).split())
    for case in barriers.CASES:
        assert words.number(said[case], access_text.DIGITS) in shown, case


@pytest.mark.parametrize("room", ["page", "brief", "site"])
def test_the_council_reads_the_trips_and_the_cost_of_the_plan(
    demonstration: worlds.World, words: wording.Wording, room: str, folder: Path
) -> None:
    plan = demonstration.answer("plan", "--budget-thb", str(MILLION))
    cost = words.number(plan["cost_thb"], 0)
    said = printed.squeezed(_council(demonstration, words, room, folder, until=cost))
    for value, digits in (
        (plan["access_before"], 1),
        (plan["access_after"], 1),
        (plan["cost_thb"], 0),
        (plan["cost_high_thb"], 0),
        (plan["trips_too_far"], 1),
    ):
        assert words.number(value, digits) in said, value


@pytest.mark.parametrize("room", ["page", "brief", "site"])
def test_improvement_is_one_sentence_in_every_room(
    demonstration: worlds.World, words: wording.Wording, room: str, folder: Path
) -> None:
    record = demonstration.record
    again = trend.changes(record, record.sites.index[record.sites["kind"] == "ramp"])
    sentence = council_text.improved(again, words)
    assert printed.squeezed(sentence) in printed.squeezed(_council(demonstration, words, room, folder))


def _council(world: worlds.World, words: wording.Wording, room: str, folder: Path, until: str = "") -> str:
    """Return everything that one room says to the council, in one language, once it says `until`."""
    if room == "page":
        app = world.page("council.py", words.language)
        # The money is worked out beside the page, which is drawn again when it is there.
        for _ in range(MOST_WAITS):
            if until in printed.squeezed(worlds.html(app)):
                break
            time.sleep(1)
            app.run()
        # A figure that opens its list stands in a link.
        shown = re.sub("</?a[^>]*>", "", worlds.html(app))
        return shown + " ".join(str(each.value) for each in (*app.markdown, *app.text))
    brief, site = folder / f"brief-{words.language}.pdf", folder / f"site-{words.language}.html"
    if room == "brief":
        world.text("brief", str(brief), "--content", words.language)
        return " ".join(spoken.pages(brief.read_bytes()))
    world.text("site", str(site), "--one-file", "--content", words.language)
    return site.read_text("utf-8")
