"""Plan, works, council and access count the same surveys: those that the reader chose, and each says which."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pandas as pd
import pytest

from app_pages.session import navigation
from audits import barriers, priority, terms, wording
from audits import record as records
from audits.access import access_text
from audits.plans import plan_about
from audits.rules import files
from audits.scoring import run
from audits.store.db import connection, workspace
from tests import spoken
from tests.agreement import plan_rooms, printed, worlds

MILLION, MOST_WAITS = 1_000_000, 120
APPROVED = {navigation.COUNTED: terms.COUNT_APPROVED}


@pytest.fixture(scope="module")
def approved(demonstration: worlds.World) -> dict[str, object]:
    """The plan of a million baht that counts the approved surveys only."""
    return demonstration.answer("plan", "--budget-thb", str(MILLION), "--approved")


def test_other_surveys_make_another_plan(demonstration: worlds.World, approved: dict[str, object]) -> None:
    every = demonstration.answer("plan", "--budget-thb", str(MILLION))
    assert (every["counted"], approved["counted"]) == (terms.COUNT_ALL, terms.COUNT_APPROVED)
    assert every["access_before"] != approved["access_before"]


def test_what_waits_for_approval_is_nowhere_called_never_surveyed(thin: worlds.World, words: wording.Wording) -> None:
    waiting = set(worlds.SLOPES_PCT)
    every, approved = (thin.answer("score", *asked)["sites"] for asked in ((), ("--approved",)))
    never = {row["code"] for row in every if row["standing"] == run.NOT_SURVEYED}
    assert {row["code"] for row in approved if row["standing"] == run.NOT_SURVEYED} == never
    assert {row["code"] for row in approved if row["standing"] == run.WAITING} == waiting
    for standing, codes in ((run.NOT_SURVEYED, never), (run.WAITING, waiting)):
        shown = thin.page("city_map.py", words.language, standing=standing, **APPROVED)
        assert set(shown.dataframe[0].value.index) == codes
    ranked = thin.answer("priority", "--approved")
    assert {row["code"] for row in ranked["measure_first"]} == never
    assert set(ranked["waiting"]) == waiting
    page = thin.page("priority.py", words.language, **APPROVED)
    (sentence,) = priority.waits(priority.Components(pd.DataFrame(), pd.DataFrame(), (), tuple(waiting)), words)
    assert sentence in {each.value for each in page.markdown}
    printed_text = thin.text("priority", "--approved", language=words.language)
    assert printed.squeezed(sentence) in printed.squeezed(printed_text)


def test_what_waits_for_approval_is_to_be_decided_on_and_not_measured(
    thin: worlds.World, words: wording.Wording
) -> None:
    works, plan = thin.answer("works", "--approved"), thin.answer("plan", "--budget-thb", str(MILLION), "--approved")
    waiting = {row["element_id"]: row["site_code"] for row in works["approve_first"]}
    assert set(waiting.values()) == set(worlds.SLOPES_PCT)
    assert not set(waiting) & {row["element_id"] for row in works["measure_first"]}
    assert plan["approve_first"] == list(waiting)
    assert not set(waiting) & set(plan["measure_first"])
    assert thin.answer("works")["approve_first"] == []
    with connection.open_store(workspace.Workspace(thin.folder)) as store:
        weights = records.weights_of(store.workspace)
        (sentence,) = barriers.waits(records.read(store, files.load_criteria(), weights, official_only=True), words)
    assert all(code in sentence for code in worlds.SLOPES_PCT)
    page = thin.page("works.py", words.language, works_tab="measure_first", **APPROVED)
    assert sentence in {each.value for each in page.markdown}
    assert "review" in {link.proto.page for link in page.get("page_link")}
    for command in (("works",), ("plan", "--budget-thb", str(MILLION))):
        written = thin.text(*command, "--approved", language=words.language)
        assert printed.squeezed(sentence) in printed.squeezed(written)


def test_plan_page_and_command_count_the_approved_surveys_alike(
    demonstration: worlds.World, approved: dict[str, object], words: wording.Wording
) -> None:
    app = plan_rooms.done(demonstration.page("plan.py", words.language, plan_budget="1", **APPROVED))
    said = printed.squeezed(worlds.html(app))
    chosen = printed.squeezed(words.text(terms.COUNTED_LINE, counted=words.text(terms.COUNTED[terms.COUNT_APPROVED])))
    assert chosen in said
    assert chosen in printed.squeezed(
        demonstration.text("plan", "--budget-thb", str(MILLION), "--approved", language=words.language)
    )
    for name, digits in (("access_before", plan_about.DIGITS), ("access_after", plan_about.DIGITS), ("cost_thb", 0)):
        assert words.number(approved[name], digits) in said, name


@pytest.mark.parametrize("counted", terms.COUNTED)
def test_works_page_and_command_list_the_fixes_of_the_surveys_that_count(
    demonstration: worlds.World, words: wording.Wording, counted: str
) -> None:
    option = ["--approved"] * (counted == terms.COUNT_APPROVED)
    known = demonstration.answer("works", *option)
    app = demonstration.page("works.py", words.language, **{navigation.COUNTED: counted})
    shown = " ".join(str(each.value) for each in app.markdown)
    assert words.count("{n} fix", "{n} fixes", len(known["fixes"])) in shown
    assert words.number(known["totals"]["cost_thb"], 0) in shown
    chosen = words.text(terms.COUNTED_LINE, counted=words.text(terms.COUNTED[counted]))
    assert chosen in shown + worlds.html(app)
    assert chosen in demonstration.text("works", *option, language=words.language)
    assert known["counted"] == counted


def test_the_council_s_links_carry_the_choice_to_plan_and_works(
    demonstration: worlds.World, words: wording.Wording
) -> None:
    app = demonstration.page("council.py", words.language, look="money", **APPROVED)
    for _ in range(MOST_WAITS):
        links = [str(each.proto.query_string) for each in app.get("page_link") if each.proto.page in ("works", "plan")]
        links += re.findall(r'href="/(?:works|plan|access|site)[?]([^"]*)"', worlds.html(app))
        if links:
            break
        time.sleep(1)
        app.run()
    assert links
    assert all("counted=approved" in each for each in links), links


def test_brief_and_access_name_the_surveys_that_count(
    demonstration: worlds.World, words: wording.Wording, tmp_path: Path
) -> None:
    brief = tmp_path / f"brief-{words.language}.pdf"
    demonstration.text("brief", str(brief), "--content", words.language, "--approved")
    chosen = words.text(terms.COUNTED_LINE, counted=words.text(terms.COUNTED[terms.COUNT_APPROVED]))
    assert printed.squeezed(chosen) in printed.squeezed(" ".join(spoken.pages(brief.read_bytes())))
    known = demonstration.answer("access", "--approved")
    shown = worlds.html(demonstration.page("access.py", words.language, **APPROVED))
    for value in known["access"].values():
        assert words.number(value, access_text.DIGITS) in shown
