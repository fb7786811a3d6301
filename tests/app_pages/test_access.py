"""The pages of access and priority say what they rest on, keep choices in the address, and take residents in."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app_pages.parts.access import answers
from app_pages.parts.shared import background_jobs
from app_pages.session import cache
from audits import wording
from audits.access import catchments
from audits.council import money as council_money
from layers import population_file
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


def _bodies(app: AppTest) -> list[str]:
    return [str(each.proto.body) for each in app.get("html")]


def _said(app: AppTest) -> str:
    return " ".join(_bodies(app))


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_page_begins_with_access_in_both_cases_and_every_table_adds_up_to_it(language: str) -> None:
    app, text = _opened("access.py", lang=language), wording.Wording(language).text
    begun = [next(body for body in _bodies(app) if "jaidee-score" in body), *(each.value for each in app.markdown)]
    for part in ("zone", "category", "persona"):
        app.selectbox(key="by").set_value(part).run()
        assert not app.exception
        (table,) = (body for body in _bodies(app) if "<table" in body)
        on_foot, *cases = re.findall(r"<td[^>]*>([^<]+)</td>", table.split(text("together"))[-1])
        assert on_foot == "100.0"
        assert all(any(f" {figure} " in sentence for sentence in begun) for figure in cases)
    app.selectbox(key="by").set_value("code").run()
    shown = app.dataframe[0].value.select_dtypes("number")
    assert [round(total, 1) for total in shown.sum()] == [100.0, *map(float, cases)]
    assert text("metre of way") in _said(app)


def test_the_barriers_that_most_trips_meet_are_known_or_possible() -> None:
    app = _opened("access.py", by="barriers")
    assert not app.exception
    (table,) = (body for body in _bodies(app) if "<table" in body)
    assert "known barrier" in table
    assert "certain" not in table
    assert "do not add up" in _said(app)


def test_whose_trips_and_which_site_come_from_the_address_and_change_the_figures() -> None:
    app = _opened("access.py", who="blind", site="KK-001")
    assert not app.exception
    assert app.selectbox(key="who").value == "blind"
    blind = next(body for body in _bodies(app) if "jaidee-score" in body)
    assert any("KK-001 is the nearest place of" in each.value for each in app.markdown)
    app.selectbox(key="who").set_value("pram").run()
    assert app.query_params["who"] == "pram"
    assert next(body for body in _bodies(app) if "jaidee-score" in body) != blind


def test_a_site_that_nobody_surveyed_has_no_trip() -> None:
    app = _opened("access.py", site="KK-004")
    assert any("KK-004 is not surveyed" in each.value for each in app.markdown)


def test_residents_in_the_workspace_are_counted_as_people_and_can_be_taken_away(folder: Path) -> None:
    population_file.keep(folder / "demonstration", "people.csv", PEOPLE.encode(), None)
    app = _opened("access.py")
    assert not app.exception
    assert "Residents as given" in _said(app)
    assert any("1,000 residents at 2 places" in each.value for each in app.markdown)
    app.button(key="population_remove").click().run()
    assert any("taken away" in each.value for each in app.success)
    assert population_file.path(folder / "demonstration") is None
    assert "every metre of way counts the same" in _said(app)


def test_a_population_file_spoiled_by_hand_is_told_row_by_row_in_thai(folder: Path) -> None:
    spoiled = folder / "demonstration" / "population.csv"
    spoiled.write_text(PEOPLE.replace("900", "มาก"), "utf-8")
    app = _opened("access.py", lang="th")
    spoiled.unlink()
    assert not app.exception
    assert any("แถว 1" in each.value and "มาก" in each.value for each in app.error)


OWN = {"Rank, your weights", "Priority, your weights"}


def _order(app: AppTest) -> pd.DataFrame:
    return next(each.value for each in app.dataframe if "Official rank" in each.value.columns)


def test_priority_shows_the_official_order_and_what_drives_it() -> None:
    app = _opened("priority.py", site="KK-041")
    assert not app.exception
    said = _said(app)
    for told in ("Points of KK-041", "28 CFR 35.150(d)(2)", "not law"):
        assert told in said
    assert {"Official rank", "Rank it may have", "Priority, lowest", "Priority, highest"} <= set(_order(app))
    assert not OWN & set(_order(app))
    assert _order(app)["Official rank"].is_monotonic_increasing
    first = app.dataframe[1].value
    assert len(first) + len(_order(app)) == 141  # every site is in one of the two


def test_other_weights_stand_beside_the_official_order_and_in_the_address() -> None:
    app = _opened("priority.py", school="10")
    assert app.slider(key="weight_school").value == 10.0
    assert {*OWN, "Official rank"} <= set(_order(app))
    app.slider(key="weight_people").set_value(0.0).run()
    assert app.query_params["people"] == "0"
    app.button(key="priority_back").click().run()
    assert not {"school", "people"} & set(app.query_params)
    assert not OWN & set(_order(app))


def test_weights_that_are_all_nothing_are_told_and_the_official_order_stays() -> None:
    app = _opened("priority.py")
    for each in app.slider:
        each.set_value(0.0)
    app.run()
    assert not app.exception
    assert any("At least one weight" in each.value for each in app.error)
    assert "Official rank" in _order(app)


def test_where_nothing_is_surveyed_access_is_not_known_and_priority_says_so() -> None:
    app = _opened("access.py", workspace="")
    assert not app.exception
    said = _said(app)
    assert "not known. No survey that counts" in said
    assert "sites have not been surveyed" in said
    assert "of 100 trips to" not in said
    priority = _opened("priority.py", workspace="")
    assert not priority.exception
    assert "No site has a survey that counts yet" in _said(priority)


def test_every_cause_has_a_thai_name() -> None:
    words = wording.Wording("th")
    assert set(answers.CAUSES) == set(catchments.MAPPED)
    assert all(words.text(name) != name for name in answers.CAUSES.values())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_plans_of_the_council_that_broke_down_say_so_and_are_worked_out_when_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background_jobs, "kept", lambda kept={}: kept)
    with monkeypatch.context() as broken:
        broken.setattr(council_money, "solve", lambda *_, **__: 1 / 0)
        app = _until(_opened("council.py"), "Something went wrong here")
    (again,) = [one for one in app.button if one.label == "Work it out again"]
    app = _until(again.click().run(), "can be made step-free")
    assert "Something went wrong here" not in _said(app)
    assert "Work it out again" not in [one.label for one in app.button]


def _until(app: AppTest, sentence: str) -> AppTest:
    for _ in range(60):
        if sentence in _said(app):
            break
        time.sleep(1)
        app.run()
    assert sentence in _said(app)
    return app


def test_what_the_council_counts_goes_along_to_access_and_plan() -> None:
    app = _opened("council.py", look="money", counted="approved")
    for _ in range(60):
        if found := [link.proto for link in app.get("page_link") if link.proto.page == "plan"]:
            break
        time.sleep(1)
        app.run()
    assert ["counted=approved" in link.query_string for link in found] == [True]
    links = re.findall(r'href="(/access[?][^"]*)"', _said(app))
    assert links
    assert all("counted=approved" in link for link in links)
    for query, counted in (({"counted": "approved"}, "approved"), ({}, "all")):
        access = _said(_opened("access.py", **query))
        known = re.search(r"jaidee-score.*?([0-9]+[.][0-9])", access)
        assert known
        assert (f">{known[1]}</a> of 100 trips" in _said(app)) == bool(query)
        assert _opened("access.py", **query).selectbox(key="counted").value == counted
    assert _opened("plan.py", counted="approved").selectbox(key="counted").value == "approved"
