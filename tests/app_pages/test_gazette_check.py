"""Limits are compared with the gazette one after the other, and what was found shows on every page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.session import cache
from audits import terms
from audits.law import limits
from audits.rules import files, gazette
from audits.store import comparisons
from audits.store.db import connection, workspace
from tests.app_pages import opening


@pytest.fixture
def folder(demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    copied = Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(copied))
    yield copied
    cache.open_store.clear()


def _opened(page: str = "gazette_check.py", **address: str) -> AppTest:
    return opening.opened(page, **{"lang": "en", "workspace": "demonstration", **address})


def _recorded(folder: Path) -> tuple[gazette.Comparison, ...]:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        return comparisons.latest(store)


def _submit(app: AppTest, answer: str, value: str = "", page: str = "") -> AppTest:
    for label, written in (("Its value, when it differs", value), ("Page of the gazette", page)):
        next(each for each in app.text_input if each.label == label).set_value(written)
    next(each for each in app.button if each.label == terms.GAZETTE_ANSWER[answer]).click()
    return app.run()


def _html(app: AppTest) -> str:
    return " ".join(str(each.proto.body) for each in app.get("html"))


def test_limits_follow_one_another_in_the_order_of_their_clauses(folder: Path) -> None:
    groups = limits.alike(limits.of_law(files.load_criteria()))
    order = [group[0].limit.limit_id for group in groups]
    app = _opened()
    assert not app.exception
    assert app.selectbox(key="gazette_limit").value == order[0]
    app.text_input(key="reviewer_name").set_value("malee").run()
    _submit(app, gazette.SAME, page="5")
    assert not app.exception
    assert app.selectbox(key="gazette_limit").value == order[1]
    assert next(each for each in app.text_input if each.label == "Page of the gazette").value == "5"
    _submit(app, gazette.DIFFERS, value="ไม่มีข้อกำหนดนี้", page="6")
    assert app.selectbox(key="gazette_limit").value == order[2]
    found = [(one.limit_id, one.answer, one.value, one.page, one.compared_by) for one in _recorded(folder)]
    assert found == [(order[0], "same", "", "5", "malee"), (order[1], "differs", "ไม่มีข้อกำหนดนี้", "6", "malee")]
    assert "compared by malee" in _html(app)


def test_what_is_missing_is_named_and_nothing_recorded(folder: Path) -> None:
    app = _opened()
    _submit(app, gazette.DIFFERS)
    shown = " ".join(each.value for each in app.error)
    for part in ("Say who compared it", "Write what the gazette says", "Write the page"):
        assert part in shown
    assert _recorded(folder) == ()


def test_a_comparison_shows_on_the_page_of_criteria_and_can_be_taken_back(folder: Path) -> None:
    limit = files.load_criteria().criteria["ramp.handrail_height"].limit_of("moi_2564")
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        comparisons.record(store, limit, gazette.SAME, "malee", page="22")
    shown = _html(_opened("criteria.py", criterion="ramp.handrail_height"))
    assert "compared by malee" in shown
    assert "one secondary source" not in shown
    app = _opened()
    app.text_input(key="reviewer_name").set_value("somchai").run()
    app.selectbox(key="gazette_taken_back").set_value(limit.limit_id)
    next(each for each in app.button if each.label == "Take back").click()
    assert not app.run().exception
    assert [(one.answer, one.compared_by) for one in _recorded(folder)] == [("withdrawn", "somchai")]
    assert "one secondary source" in _html(_opened("criteria.py", criterion="ramp.handrail_height"))
