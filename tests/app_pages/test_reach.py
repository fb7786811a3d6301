"""The pages of reach and priority say what they rest on, keep choices in the address, and take residents in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.parts.reach import answers, figures
from app_pages.session import cache
from audits import wording
from audits.access import persona_reach
from layers import osm_tags, passability, population_file, sources
from tests.app_pages import opening

PEOPLE = "lat,lon,residents\n16.4300,102.8295,900\n16.4420,102.8360,100\n"


@pytest.fixture(scope="module")
def folder(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the starter register, and the demonstration beside it."""
    return Path(shutil.copytree(demonstration_folder, tmp_path_factory.mktemp("copied") / "workspace"))


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    yield
    cache.open_store.clear()


def _opened(page: str, **query: str) -> AppTest:
    return opening.opened(page, **{"lang": "en", "workspace": "demonstration"} | query)


def _said(app: AppTest) -> str:
    return " ".join(str(each.proto.body) for each in app.get("html"))


def test_reach_says_its_share_its_ends_and_that_the_network_is_coarse() -> None:
    app = _opened("reach.py")
    assert not app.exception
    said = _said(app)
    for told in ("can also come step-free", "if all that is not known blocks", "No base map", "metre of way"):
        assert told in said
    for caption in ("at least one site of each zone", "Public places within 800 m", "Barriers in the way"):
        assert caption in said


def test_choices_of_reach_come_from_the_address_and_change_the_figures() -> None:
    app = _opened("reach.py", who="blind", walk="400", case="worst", site="KK-001")
    assert not app.exception
    assert [app.selectbox(key=key).value for key in ("who", "walk", "case")] == ["blind", "400", "worst"]
    assert "KK-001: " in _said(app)
    assert "within 400 m" in _said(app)
    app.selectbox(key="case").set_value("best").run()
    assert app.query_params["case"] == "best"


def test_residents_in_the_workspace_are_counted_as_people_and_can_be_taken_away(folder: Path) -> None:
    population_file.keep(folder / "demonstration", "people.csv", PEOPLE.encode())
    app = _opened("reach.py")
    assert not app.exception
    assert "of the residents within" in _said(app)
    assert any("1,000 residents at 2 places" in each.value for each in app.markdown)
    app.button(key="population_remove").click().run()
    assert any("taken away" in each.value for each in app.success)
    assert population_file.path(folder / "demonstration") is None
    assert "of the metres of way within" in _said(app)


def test_a_population_file_spoiled_by_hand_is_told_row_by_row_in_thai(folder: Path) -> None:
    spoiled = folder / "demonstration" / "population.csv"
    spoiled.write_text(PEOPLE.replace("900", "มาก"), "utf-8")
    app = _opened("reach.py", lang="th")
    spoiled.unlink()
    assert not app.exception
    assert any("แถว 1" in each.value and "มาก" in each.value for each in app.error)


def test_priority_shows_the_official_order_and_what_drives_it() -> None:
    app = _opened("priority.py", site="KK-041")
    assert not app.exception
    said = _said(app)
    for told in ("Official rank", "Rank it may have", "Points of KK-041", "28 CFR 35.150(d)(2)", "not law"):
        assert told in said
    assert "your weights" not in said


def test_other_weights_stand_beside_the_official_order_and_in_the_address() -> None:
    app = _opened("priority.py", school="10")
    assert app.slider(key="weight_school").value == 10.0
    said = _said(app)
    assert "Priority, your weights" in said
    assert "Official priority, of 100" in said
    app.slider(key="weight_people").set_value(0.0).run()
    assert app.query_params["people"] == "0"
    app.button(key="priority_back").click().run()
    assert not {"school", "people"} & set(app.query_params)
    assert "your weights" not in _said(app)


def test_weights_that_are_all_nothing_are_told_and_the_official_order_stays() -> None:
    app = _opened("priority.py")
    for each in app.slider:
        each.set_value(0.0)
    app.run()
    assert not app.exception
    assert any("At least one weight" in each.value for each in app.error)
    assert "Official rank" in _said(app)


@pytest.mark.parametrize("page", ["reach.py", "priority.py"])
def test_a_record_without_surveys_is_shown_as_not_known(page: str) -> None:
    app = _opened(page, workspace="")
    assert not app.exception
    assert "not surveyed yet" in _said(app) or "not known" in _said(app)


def test_every_cause_verdict_and_kind_of_place_has_a_thai_name() -> None:
    words = wording.Wording("th")
    assert set(answers.CAUSES) == set(passability.DECIDED_BY)
    kinds = set(osm_tags._PLACES.values()) | set(sources.places()["category"])
    assert kinds <= set(figures.PLACES)
    for names in (answers.CAUSES, answers.VERDICTS, figures.PLACES, persona_reach.CASES):
        assert all(words.text(name) != name for name in names.values())
