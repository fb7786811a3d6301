"""The map page shows what is on, finds a site by either name, and sums the chosen one up in a card."""

from __future__ import annotations

import shutil
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.parts.map import first_of_order, map_bar
from app_pages.parts.shared import background_jobs, osm_offer
from app_pages.session import cache
from audits import record as records
from audits import terms, wording
from audits.council import council_text, figures
from audits.reports import about_lines
from audits.rules import files
from audits.scoring import run
from audits.store.db import connection, workspace
from layers import base_file, osm_online
from tests.app_pages import opening
from tests.layers import osm_town


@pytest.fixture(scope="module")
def folder(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the starter register, and the demonstration beside it."""
    return Path(shutil.copytree(demonstration_folder, tmp_path_factory.mktemp("copied") / "workspace"))


@pytest.fixture(autouse=True)
def _here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    yield
    cache.open_store.clear()


def _opened(**query: str) -> AppTest:
    return opening.opened("city_map.py", **{"lang": "en", "workspace": "demonstration"} | query)


def _frame(app: AppTest) -> str:
    (component,) = app.get("component_instance")
    return str(component.proto.id)


def test_a_filter_is_shown_and_taken_away_and_the_map_is_drawn_anew() -> None:
    app = _opened(verdict="fail")
    before = _frame(app)
    (chip,) = (button for button in app.button if button.label.startswith("Verdict: "))
    assert chip.label == "Verdict: fail ✕"
    whole = len(app.dataframe[0].value)
    chip.click().run()
    assert not app.exception
    assert len(app.dataframe[0].value) > whole
    assert _frame(app) != before
    assert "verdict" not in app.query_params


def test_that_only_approved_surveys_count_is_said_counted_as_a_filter_and_taken_away() -> None:
    app = _opened(verdict="fail", counted=terms.COUNT_APPROVED)
    line = about_lines.counted(terms.COUNT_APPROVED, wording.Wording("en"))
    assert any(line in str(each.proto.body) for each in app.get("html"))
    assert "Filters (2)" in _popovers(app)
    (chip,) = (button for button in app.button if button.label.startswith("Surveys that count: only"))
    chip.click().run()
    assert not app.exception
    assert not any("Surveys that count" in str(each.proto.body) for each in app.get("html"))
    assert "Filters (1)" in _popovers(app)
    assert app.query_params["counted"] == terms.COUNT_ALL


def test_another_edition_and_another_reader_are_counted_as_filters_and_taken_away() -> None:
    app = _opened(edition="moi_2548", persona="wheelchair")
    assert "Filters (2)" in _popovers(app)
    chips = {button.label.split(":")[0]: button for button in app.button if button.label.endswith("✕")}
    assert set(chips) == {"Edition of the rules", "Score for"}
    chips["Score for"].click().run()
    assert not app.exception
    assert "Filters (1)" in _popovers(app)
    assert next(box for box in app.selectbox if box.label == "Score for").value == run.OFFICIAL


def test_the_first_of_the_worst_are_named_above_the_map_and_open_their_cards() -> None:
    app = _opened(verdict="fail", worst="ordered")
    listed = list(app.dataframe[0].value.index)
    first = [button for button in app.button if str(button.key).startswith("first_")]
    assert [str(button.key).removeprefix("first_") for button in first] == listed[:3]
    assert f" {listed[0]} " in first[0].label
    shown = " ".join(str(each.proto.body) for each in app.get("html"))
    assert f"List of these {len(listed)} sites" in shown
    assert council_text.ORDER_OF_WORST in shown
    first[0].click().run()
    assert not app.exception
    assert app.selectbox(key="site").value == listed[0]


def test_a_filtered_map_leads_to_its_list_and_the_whole_map_names_no_first() -> None:
    assert "List of these" not in " ".join(str(each.proto.body) for each in _opened().get("html"))
    filtered = _opened(zone="1", kind="ramp", verdict="fail")
    assert 'href="#sites_as_table"' in " ".join(str(each.proto.body) for each in filtered.get("html"))
    assert not [button for button in filtered.button if str(button.key).startswith("first_")]


def test_the_worst_first_is_the_first_filter_of_the_panel() -> None:
    assert _opened().multiselect[0].label == "Worst first"


def _popovers(app: AppTest) -> list[str]:
    return [str(each.proto.popover.label) for each in app.get("popover")]


@pytest.mark.parametrize("language", ["th", "en"])
def test_a_site_is_found_by_code_thai_or_english_name_in_either_language(language: str) -> None:
    options = _opened(lang=language).selectbox(key="site").options
    (municipality,) = (option for option in options if option.startswith("KK-001 "))
    assert "ทางลาด สำนักงานเทศบาลนครขอนแก่น" in municipality
    assert "Ramp, City municipality office" in municipality


def test_a_site_that_the_filters_leave_out_is_found_and_its_card_says_so() -> None:
    left_out = "The filters leave this site out of the map and the table."
    app = _opened(verdict="pass")
    app.selectbox(key="site").select("KK-012").run()
    assert not app.exception
    assert "KK-012" not in app.dataframe[0].value.index
    assert left_out in [each.value for each in app.markdown]
    assert left_out not in [each.value for each in _opened(site="KK-012").markdown]


def test_the_card_names_the_worst_failures_with_what_to_do_and_closes() -> None:
    app = _opened(site="KK-012")
    shown = " ".join(str(each.proto.body) for each in app.get("html"))
    assert "Fails 4 requirements of law and 1 other; how usable: grade D" in shown
    assert shown.count("<li>") == 3
    assert "What to build lies a little inside its limit" in shown, "1:13 stands beside a limit of 1:12"
    assert shown.index("Running slope") < shown.index("Rebuild it no steeper than 1:13")
    pages = [link.proto.page for link in app.get("page_link")]
    way = "https://www.google.com/maps/dir/?api=1&destination="
    assert [page.partition(way)[0] or "way" for page in pages] == ["survey", "site", "design", "way", "site", "works"]
    assert "5 requirements fail (3 are shown: the gravest and what decides the work)" in shown
    assert "baht (" in shown, "what the work costs and what that rests on"
    assert "Not yet checked against the Royal Gazette: 2 of these 3 limits." in shown
    (every,) = (link.proto for link in app.get("page_link") if link.proto.label == "See all 5 failures")
    assert {"tab=findings", "findings=fail"} <= set(every.query_string.split("&"))
    app.button(key="card_close").click().run()
    assert not app.exception
    assert app.selectbox(key="site").value is None
    assert "site" not in app.query_params


def test_the_picture_from_the_network_is_a_choice_that_says_what_it_sends_and_is_remembered() -> None:
    app = _opened()
    radio = app.radio(key="ground")
    assert radio.value == "kept"
    assert "learns your network address" in radio.proto.captions[1]
    radio.set_value("picture").run()
    assert app.query_params["ground"] == "picture"
    assert "tile.openstreetmap.org" in app.get("component_instance")[0].proto.json_args


def test_streets_are_offered_until_there_is_a_base_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = osm_town.write(tmp_path / "town.osm")
    monkeypatch.setattr(osm_online, "ADDRESS", "http://127.0.0.1:9/api")
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(tmp_path / "workspace"))
    app = opening.opened("start.py", lang="en")
    app.button(key="osm_fetch").click().run()
    _finish(tmp_path)
    app.run()
    assert any("no network" in error.value for error in app.error)
    app.file_uploader(key=osm_offer.FILE).upload("photo.osm", b"no map", "text/xml").run()
    _finish(tmp_path)
    app.run()
    assert any("could not be read as a map" in error.value for error in app.error)
    app.file_uploader(key=osm_offer.FILE).upload("town.osm", town.read_bytes(), "text/xml").run()
    _finish(tmp_path)
    app.run()
    assert not app.exception
    assert base_file.path(tmp_path / "workspace").is_file()
    assert not [button for button in app.button if button.key == "osm_fetch"]


def _finish(folder: Path) -> None:
    background_jobs.kept()["osm_base", str(folder / "workspace")].wait(60)


def test_the_worst_come_first_in_the_order_of_the_council_on_the_map_and_in_the_list(folder: Path) -> None:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        record = records.read(store, files.load_criteria(), records.weights_of(store.workspace))
    worst = list(figures.where(record, figures.RAMPS).worst_sites.index)
    every, ordered = _opened(kind="ramp"), _opened(kind="ramp", worst=map_bar.ORDERED)
    listed = list(ordered.dataframe[0].value.index)
    assert listed[: len(worst)] == worst
    assert sorted(listed) == sorted(every.dataframe[0].value.index)
    only = _opened(kind="ramp", worst=map_bar.ONLY_WORST)
    assert list(only.dataframe[0].value.index) == worst
    assert _frame(only) != _frame(every)


def test_the_sites_that_fail_what_binds_there_are_a_list_of_their_own(folder: Path) -> None:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        record = records.read(store, files.load_criteria(), records.weights_of(store.workspace))
    whole = figures.where(record, figures.RAMPS).whole
    for kind, count in (("binding", whole.failed_binding), ("not_binding", whole.failed_not_binding)):
        assert len(_opened(kind="ramp", failing=kind).dataframe[0].value) == count > 0


def test_what_fails_waits_for_an_engineer_and_is_a_click_away_the_worst_first() -> None:
    app = opening.opened("to_do.py", lang="en", workspace="demonstration")
    (card,) = (str(each.proto.body) for each in app.get("html") if "sites that fail" in str(each.proto.body))
    (link,) = (each.proto for each in app.get("page_link") if each.proto.label == "See them, the worst first")
    query = dict(urllib.parse.parse_qsl(link.query_string))
    failing = _opened(**{name: query[name] for name in ("verdict", "worst", "counted")}).dataframe[0].value
    assert f"<b>{len(failing)}</b>" in card
    assert failing["Requirements failed"].iloc[0] > 0


def test_the_worst_come_first_by_a_box_beside_the_list_which_then_names_the_other_orders() -> None:
    app = _opened()
    assert not any("jaidee-orders" in str(each.proto.body) for each in app.get("html"))
    app.checkbox("list_ordered").check().run()
    assert app.query_params["worst"] == "ordered"
    orders = next(str(each.proto.body) for each in app.get("html") if "jaidee-orders" in str(each.proto.body))
    assert 'href="/priority?' in orders
    assert 'href="/plan?' in orders
    assert 'href="/city_map' not in orders
    bodies = [str(each.proto.body) for each in app.get("html")]
    shown = next(place for place, body in enumerate(bodies) if first_of_order.TABLE in body)
    assert "jaidee-orders" in bodies[shown], "the order is said where the first of it are named"
    app.checkbox("list_ordered").uncheck().run()
    assert "worst" not in app.query_params


def test_the_row_of_the_chosen_site_is_marked_however_it_was_chosen() -> None:
    app = _opened(site="KK-012")
    rows = app.session_state["twin"]["selection"]["rows"]
    assert [app.dataframe[0].value.index[row] for row in rows] == ["KK-012"]
