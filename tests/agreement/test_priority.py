"""Page and command rank the same sites alike, and none that nobody surveyed."""

from __future__ import annotations

import pytest

from app_pages.session import navigation
from audits import terms, wording
from audits.access import command
from tests.agreement import worlds


def test_only_surveyed_sites_are_ranked_and_the_others_stand_in_measure_first(world: worlds.World) -> None:
    said = world.answer("priority")
    surveyed = {row["code"] for row in world.answer("score")["sites"] if row["standing"] != "not_surveyed"}
    assert {row["code"] for row in said["sites"]} == surveyed
    assert {row["code"] for row in said["measure_first"]} == set(world.record.sites.index) - surveyed


def test_page_and_command_print_the_same_order(world: worlds.World, words: wording.Wording) -> None:
    said = world.answer("priority")
    ranked, first = (frame.value for frame in world.page("priority.py", words.language).dataframe)
    named = ("Official rank", "Priority, lowest", "Priority, highest")
    shown = [tuple(row) for row in ranked[[words.text(one) for one in named]].itertuples()]
    assert shown == [(row["code"], row["rank"], round(row["low"], 1), round(row["high"], 1)) for row in said["sites"]]
    assert list(first.index) == [row["code"] for row in said["measure_first"]]
    lines = world.text("priority", language=words.language).splitlines()
    for row in said["sites"][: command.SHOWN]:
        low, high = (words.number(row[end], 1) for end in ("low", "high"))
        ranks = {"rank": int(row["rank"]), "best": int(row["rank_best"]), "worst": int(row["rank_worst"])}
        assert words.text(command.SITE, code=row["code"], low=low, high=high, **ranks) in lines


@pytest.mark.parametrize("counted", terms.COUNTED)
def test_the_order_counts_the_surveys_that_the_reader_chose(
    demonstration: worlds.World, words: wording.Wording, counted: str
) -> None:
    option = ["--approved"] * (counted == terms.COUNT_APPROVED)
    known = demonstration.answer("priority", *option)
    app = demonstration.page("priority.py", words.language, **{navigation.COUNTED: counted})
    ranked = app.dataframe[0].value
    assert list(ranked[words.text("Official rank")]) == [row["rank"] for row in known["sites"]]
    chosen = words.text(terms.COUNTED_LINE, counted=words.text(terms.COUNTED[counted]))
    assert chosen in demonstration.text("priority", *option, language=words.language)
    assert known["counted"] == counted
