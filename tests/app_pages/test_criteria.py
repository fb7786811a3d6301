"""The page of criteria says of each limit whether it judges, or why it is only shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app_pages import opening


def _html(criterion: str = "", **address: str) -> str:
    app = opening.opened("criteria.py", lang="en", **({"criterion": criterion} if criterion else {}), **address)
    assert not app.exception
    return " ".join(each.proto.body for each in app.get("html"))


@pytest.fixture(autouse=True)
def _a_city_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(tmp_path / "city"))


def test_a_limit_of_foreign_standards_alone_is_for_comparison() -> None:
    shown = _html("kerb_ramp.counter_slope")
    assert "406.2" in shown
    assert "1:20" in shown
    assert "for comparison" in shown
    assert "Repair target" not in shown


def test_a_value_that_only_a_vendor_states_is_not_scored() -> None:
    shown = _html("lift.car_width")
    assert "1,600 mm one way" in shown
    assert "not scored: the source is not certain" in shown
    assert "vendor" in shown


def test_what_judges_nothing_says_so_in_the_overview() -> None:
    app = opening.opened("criteria.py", lang="en", search="counter-slope")
    (table,) = (one.value for one in app.dataframe)
    assert table["Clause"].str.contains("R304.5 · for comparison").any()
    assert len(table) < 20
