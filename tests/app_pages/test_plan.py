"""The plan page works a plan out beside the page, keeps it by content, and says what it rests on."""

from __future__ import annotations

import re
import shutil
import time
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages import plan
from app_pages.parts.plan import left_out, outcome
from app_pages.session import cache
from audits import wording
from audits.plans import plan_about
from tests.agreement import printed
from tests.app_pages import opening

PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def folder(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the starter register, and the demonstration beside it."""
    return Path(shutil.copytree(demonstration_folder, tmp_path_factory.mktemp("copied") / "workspace"))


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    yield
    cache.open_store.clear()


def _opened(language: str = "en", world: str = "demonstration") -> AppTest:
    return opening.opened("plan.py", lang=language, workspace=world)


def _done(app: AppTest) -> AppTest:
    """Run the page again until the plan, or the reason why there is none, stands there."""
    until = time.monotonic() + PATIENCE_S
    while app.get("progress") or not (_certificates(app) or app.error):
        assert time.monotonic() < until
        time.sleep(0.2)
        app.run()
    return app


def _certificates(app: AppTest) -> int:
    return sum("plan_" in str(each.proto.label) for each in app.get("download_button"))


def _said(app: AppTest) -> str:
    return " ".join(str(each.proto.body) for each in app.get("html"))


def test_the_page_opens_with_a_plan_that_is_proven_checked_explained_and_answered_again_at_once() -> None:
    app = _done(_opened())
    said = _said(app)
    assert not app.exception
    assert "no other choice for this money does better" in said
    assert "yes, it holds" in said
    assert "worst first" in said
    for told in ("No base map", "No population by place", "Sample prices", "Royal Gazette", "Reinforcing steel"):
        assert told in said
    assert any("Sample prices" in each.value for each in app.warning)
    assert _certificates(app) == 2
    again = _opened()
    assert not again.get("progress")
    assert _certificates(again) == 2


def test_what_is_left_out_stands_there_with_its_reason_and_adds_up_to_all_fixes() -> None:
    app = _done(_opened())
    tables = printed.tables(_said(app))
    (chosen,) = [one for one in tables if "Trips lost without it" in one.rows[0]]
    (left,) = [one for one in tables if "Why it is left out" in one.rows[0]]
    (builds,) = [one for one in app.multiselect if one.key == "plan_must"]
    apart = [row for row in left.rows if "too far from every known way" in row[1]]
    # as many as Works lists: headings and totals beside them, and what no trip in this network needs
    assert len(chosen.rows) + len(left.rows) == len(builds.options) + len(apart) + 4
    assert len(apart) == 4
    shown = " ".join(one.value for one in app.markdown)
    assert f"{len(left.rows) - 2} fixes stay out of this plan" in shown
    assert "Beside these 100 trips, 581.1 more" in _said(app)
    assert {row[1] for row in left.rows[1:-1]} <= set(left_out.REASONS.values())
    words = wording.Wording("en")
    total, *costs = (printed.whole(row[2], words) for row in reversed(left.rows[1:]))
    assert total == sum(costs)


def test_wishes_that_cannot_be_granted_are_told_in_the_readers_language() -> None:
    app = _opened("th")
    app.number_input(key="plan_budget").set_value(0.0)
    app.multiselect(key="plan_must").set_value(["KK-017.ramp.1"])
    app.run()
    assert app.multiselect(key="plan_must").value == ["KK-017.ramp.1"]
    app.button(key="plan_go").click().run()
    _done(app)
    assert not app.exception
    assert any("เกินงบ" in each.value for each in app.error)


def test_baht_in_a_field_of_millions_are_refused_in_a_sentence_and_no_older_answer_stands() -> None:
    app = _done(_opened())
    app.multiselect(key="plan_must").set_value(["KK-017.ramp.1"])
    app.number_input(key="plan_budget").set_value(3_000_000.0).run()
    assert not app.exception
    assert ["3 for 3,000,000 baht" in each.value for each in app.error] == [True]
    assert "of 100 trips" not in _said(app)
    assert app.multiselect(key="plan_must").value == ["KK-017.ramp.1"]


def test_the_tab_of_the_prices_stays_open_when_another_plan_is_to_be_worked_out() -> None:
    app = _done(_opened())
    app.session_state[plan.OPEN_TAB] = app.session_state["plan_tab"] = "Prices"
    app.number_input(key="plan_budget").set_value(0.3).run()
    assert app.session_state["plan_foundations_tab"] == "Prices"
    app.button(key="plan_go").click().run()
    assert _done(app).session_state["plan_tab"] == "Prices"


def test_no_group_at_all_is_refused() -> None:
    app = _opened()
    for each in [one for one in app.number_input if str(one.key).startswith("plan_weight_")]:
        each.set_value(0.0)
    app.run()
    assert not app.exception
    assert any("At least one group" in each.value for each in app.error)


def test_a_record_without_surveys_has_nothing_to_plan_and_says_so() -> None:
    app = _opened(world="real")
    assert not app.exception
    assert any("no barrier" in each.value for each in app.info)


def test_a_plan_of_the_approved_surveys_alone_needs_a_title_too() -> None:
    app = _done(opening.opened("plan.py", lang="en", workspace="demonstration", counted="approved"))
    app.text_input(key="reviewer_name").input("Somsri").run()
    app.text_input(key="plan_title").input(" ").run()
    app.button(key="plan_save").click().run()
    assert any("Give the plan a title" in each.value for each in app.error)
    assert not app.success


def test_a_plan_is_spread_over_years_judged_in_every_case_kept_and_opened_again() -> None:
    app = _done(_opened())
    app.number_input(key="plan_years").set_value(2).run()
    (first, _) = [one for one in app.number_input if str(one.key).startswith("plan_money|2|")]
    first.set_value(500_000.0).run()
    assert ["3 for 3,000,000 baht" in each.value for each in app.error] == [True]
    assert not [one for one in app.button if one.key == "plan_years_work_go"]
    first.set_value(0.5).run()
    app.button(key="plan_years_work_go").click().run()
    _done(app)
    app.button(key="plan_otherwise_go").click().run()
    said = _said(_done(app))
    assert not app.exception
    assert "After year 2," in said
    assert "The plan by years" in said
    assert "What each plan loses if another case is true" in said
    assert 'data-heading="Year"' in said  # of the fixes of the plan
    app.button(key="plan_make").click().run()
    _, (name, written) = app.session_state["plan_made"]
    assert name.startswith("demonstration-jaidee-plan-")
    assert written.startswith(b"%PDF")
    app.text_input(key="reviewer_name").input("Somsri").run()
    app.button(key="plan_save").click().run()
    assert any(each.value.startswith("Title of the plan: Give the plan a title") for each in app.error)
    app.text_input(key="plan_title").input("Budget 2570").run()
    app.button(key="plan_save").click().run()
    assert any("plan.1" in each.value for each in app.success)
    assert any("works_plan=plan.1" in each.proto.query_string for each in app.get("page_link"))
    app.button(key="plan_open|plan.1").click().run()
    said = _said(app)
    assert not app.exception
    assert "Budget 2570" in " ".join(each.value for each in app.subheader)
    assert "yes, it holds" in said
    assert any("has not moved on" in each.value for each in app.markdown)
    assert re.search(r"\d:[0-9a-f]{16}\b", " ".join(each.value for each in app.markdown))
    app.button(key="plan_close").click().run()
    assert app.button(key="plan_go").label == "Work it out"


@pytest.mark.parametrize(("base", "benefit", "noted"), [(56.04, 30.44, True), (56.0, 30.5, False), (0.0, 0.0, False)])
def test_trips_that_do_not_add_up_as_printed_say_so(base: float, benefit: float, noted: bool) -> None:
    plan = types.SimpleNamespace(base=base, benefit=benefit)
    note = plan_about.rounding_note(plan, wording.Wording("en"))  # type: ignore[arg-type]
    assert note.startswith("56.0 and 30.4 do not add up to 86.5") == noted
    assert bool(note) == noted


def test_every_goal_has_a_thai_name() -> None:
    words = wording.Wording("th")
    assert all(words.text(name) != name for name in outcome.GOALS.values())
