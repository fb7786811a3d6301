"""The plan page works a plan out beside the page, keeps it by content, and says what it rests on."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.parts.plan import outcome
from app_pages.session import cache
from audits import wording
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
    while app.get("progress") or not (app.get("download_button") or app.error):
        assert time.monotonic() < until
        time.sleep(0.2)
        app.run()
    return app


def _certificates(app: AppTest) -> int:
    return sum("plan_" in str(each.proto.label) for each in app.get("download_button"))


def _said(app: AppTest) -> str:
    return " ".join(str(each.proto.body) for each in app.get("html"))


def test_a_plan_is_made_proven_checked_and_explained() -> None:
    app = _opened()
    app.button(key="plan_go").click().run()
    said = _said(_done(app))
    assert not app.exception
    assert "no other choice for this money does better" in said
    assert "yes, it holds" in said
    assert "worst first" in said
    for told in ("No base map", "No population by place", "Sample prices", "Royal Gazette"):
        assert told in said
    assert _certificates(app) == 2


def test_the_same_wishes_are_answered_again_without_working_them_out() -> None:
    first = _opened()
    first.button(key="plan_go").click().run()
    _done(first)
    again = _opened()
    again.button(key="plan_go").click().run()
    assert not again.get("progress")
    assert _certificates(again) == 2


def test_wishes_that_cannot_be_granted_are_told_in_the_readers_language() -> None:
    app = _opened("th")
    app.number_input(key="plan_budget").set_value(0.0)
    dear = app.multiselect(key="plan_must").options[0].split(" ")[0]
    app.multiselect(key="plan_must").set_value([dear])
    app.run()
    assert app.multiselect(key="plan_must").value == [dear]
    app.button(key="plan_go").click().run()
    _done(app)
    assert not app.exception
    assert any("เกินงบ" in each.value for each in app.error)


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


def test_a_plan_is_kept_listed_and_opened_again_with_its_proof_checked() -> None:
    app = _opened()
    app.button(key="plan_go").click().run()
    _done(app)
    app.text_input(key="reviewer_name").input("Somsri").run()
    app.text_input(key="plan_title").input("Budget 2570").run()
    app.button(key="plan_save").click().run()
    assert any("plan.1" in each.value for each in app.success)
    app.button(key="plan_open|plan.1").click().run()
    said = _said(app)
    assert not app.exception
    assert "Budget 2570" in " ".join(each.value for each in app.subheader)
    assert "yes, it holds" in said
    assert any("has not moved on" in each.value for each in app.markdown)
    app.button(key="plan_close").click().run()
    assert app.button(key="plan_go").label == "Work it out"


def test_a_plan_is_spread_over_years_and_judged_in_every_case() -> None:
    app = _opened()
    app.button(key="plan_go").click().run()
    _done(app)
    app.number_input(key="plan_years").set_value(2).run()
    app.button(key="plan_years_work_go").click().run()
    _done(app)
    app.button(key="plan_otherwise_go").click().run()
    _done(app)
    said = _said(app)
    assert not app.exception
    assert "After year 2," in said
    assert "The plan by years" in said
    assert "What each plan loses if another case is true" in said
    app.button(key="plan_make").click().run()
    _, (name, written) = app.session_state["plan_made"]
    assert name.startswith("demonstration-jaidee-plan-")
    assert written.startswith(b"%PDF")


def test_the_prices_say_whose_they_are() -> None:
    app = _opened()
    assert any("Sample prices" in each.value for each in app.warning)
    assert "Reinforcing steel" in _said(app)


def test_every_goal_has_a_thai_name() -> None:
    words = wording.Wording("th")
    assert all(words.text(name) != name for name in outcome.GOALS.values())
