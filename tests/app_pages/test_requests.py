"""A request is entered in one form, decided in another, and seen where it matters."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from app_pages.session import cache
from audits.store.db import connection, workspace
from audits.store.public_form import unread
from audits.store.requests import requests
from tests.app_pages import opening


@pytest.fixture
def folder(demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    copied = Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(copied))
    yield copied
    cache.open_store.clear()


def _opened(page: str, **address: str) -> AppTest:
    app = opening.opened(page, **{"lang": "en", "workspace": "demonstration", **address})
    assert not app.exception
    return app


def _html(app: AppTest) -> str:
    return " ".join(str(each.proto.body) for each in app.get("html"))


def _press(app: AppTest, label: str) -> AppTest:
    next(each for each in app.button if each.label == label).click()
    app.run()
    assert not app.exception
    return app


def test_a_request_is_entered_decided_and_seen(folder: Path) -> None:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        unread.send(store, "คุณสมชายว่าฝาท่อแตก", "", "KK-002", "192.0.2.1")
        unread.send(store, "ขายของ", "", "KK-002", "192.0.2.1")
        key = unread.every(store)["key"][0]
    app = _opened("requests.py")
    app.text_input(key="reviewer_name").set_value("malee").run()
    assert app.selectbox(key=f"unread_site|{key}").value == "KK-002"
    app.text_area(key=f"unread_text|{key}").set_value("ฝาท่อแตก")
    _press(app, "Record it as a request")
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        assert requests.every(store)["text"].tolist() == ["ฝาท่อแตก"]
        assert unread.every(store)["text"].tolist() == ["ขายของ"]
    # what deletes stands behind a press of its own, away from what records
    (box,) = (each for each in app.get("popover") if each.proto.popover.label == "Delete it for good")
    assert [each.label for each in box.button] == ["Yes, delete it"]
    _press(app, "Yes, delete it")
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        assert unread.every(store).empty
    app.text_area(key="request_text|0").set_value("ทางลาดชัน โทร 081-234-5678")
    app.selectbox(key="request_site|0").set_value("KK-001")
    _press(app, "Save the request")
    assert "phone number" in app.error[0].value
    app.text_area(key="request_text|0").set_value("ทางลาดชัน")
    # somebody else saves while this form is filled in
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        point = requests.Request("ขอทางลาด", dt.date(2026, 3, 2), "letter", "", 102.8341, 16.4322)
        requests.add(store, point, "somsri")
    _press(app, "Save the request")
    assert app.text_area(key="request_text|1").value == ""
    app.selectbox(key="request").set_value("R-00003").run()
    app.radio(key="request_state|R-00003").set_value(requests.REFUSED)
    app.text_input(key="request_reason|R-00003").set_value("นอกเขตทาง")
    _press(app, "Save what became of it")
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        _, _, row = requests.every(store).to_dict("records")
        assert (row["state"], row["site_code"], row["reason"]) == (requests.REFUSED, "KK-001", "นอกเขตทาง")
    assert "refused" in _html(_opened("council.py"))
    assert "2</b> new requests of residents" in _html(_opened("to_do.py"))


def _waiting(folder: Path) -> list[str]:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        return unread.every(store)["text"].tolist()


def test_many_of_the_public_form_are_decided_at_once(folder: Path) -> None:
    moment = dt.datetime(2026, 3, 2, 5, tzinfo=dt.UTC)
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        for number in range(25):
            day = moment + dt.timedelta(days=number)
            unread.send(store, f"Cheap Pills {number}", "here", "", f"192.0.2.{number}", day)
        for text, place, site in (("ขอราวจับ", "", "KK-001"), ("ขอทางลาด", "", "KK-002"), ("ขอม้านั่ง", "หน้าวัด", "")):
            unread.send(store, text, place, site, "192.0.2.99", moment + dt.timedelta(days=50))
    app = _opened("requests.py")
    app.text_input(key="reviewer_name").set_value("malee").run()
    app.text_input(key="unread_words").set_value("pills CHEAP").run()
    (every,) = (each for each in app.checkbox if each.label == "All that are shown")
    every.check()
    _press(app, "Delete the ticked ones for good")
    assert app.success[0].value == "20 deleted."
    assert _waiting(folder)[:6] == ["Cheap Pills 20", *(f"Cheap Pills {number}" for number in range(21, 25)), "ขอราวจับ"]
    app.text_input(key="unread_words").set_value("ขอ").run()
    # the ticks of what was shown before are gone
    assert not any(each.value for each in app.checkbox)
    _press(app, "Record the ticked ones")
    assert app.error[0].value == "Tick at least one."
    for each in app.checkbox:
        if "ขอราวจับ" in each.label or "ขอม้านั่ง" in each.label:
            each.check()
    _press(app, "Record the ticked ones")
    assert app.success[0].value == "1 recorded."
    assert app.success[1].value.startswith("1 stay to be read one by one")
    assert _waiting(folder)[5:] == ["ขอทางลาด", "ขอม้านั่ง"]
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        assert requests.every(store)[["text", "site_code"]].to_numpy().tolist() == [["ขอราวจับ", "KK-001"]]


def test_many_requests_for_the_same_make_no_endless_page(folder: Path) -> None:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        asked = [
            requests.Request(f"ขอราวจับบันได {number}", dt.date(2026, 3, 2), "letter", "KK-001") for number in range(12)
        ]
        requests.add_all(store, asked, "malee")
    app = _opened("requests.py")
    shown = _html(app)
    assert shown.count(": ขอราวจับบันได") == 2 * 20
    assert "46 more pairs follow as soon as these are decided." in [each.value for each in app.markdown]


def test_open_requests_are_on_the_map_and_in_its_table(folder: Path) -> None:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        for asked in (
            requests.Request("ขอราวจับ", dt.date(2026, 3, 2), "letter", "KK-001"),
            requests.Request("ทางเท้าชำรุด", dt.date(2026, 3, 3), "letter", "", 102.83, 16.44),
        ):
            requests.add(store, asked, "malee")
        done, _ = requests.add(store, requests.Request("ขอทางลาด", dt.date(2026, 3, 4), "letter", "KK-002"), "malee")
        requests.change(store, done, requests.REFUSED, "malee", reason="ที่เอกชน")
    app = _opened("city_map.py")
    (toggle,) = (
        each for each in app.toggle if each.label == "Open requests of residents on the map, as violet discs: 2"
    )
    drawn = app.get("component_instance")[0].proto.id
    toggle.set_value(True).run()
    assert not app.exception
    assert app.get("component_instance")[0].proto.id != drawn
    (table,) = (each.value for each in app.dataframe if "What is asked for" in each.value)
    assert list(table["What is asked for"]) == ["ทางเท้าชำรุด", "ขอราวจับ"]


def test_the_site_of_a_request_stands_in_the_form_that_decides_it(folder: Path) -> None:
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        of_site = requests.Request("ขอราวจับ", dt.date(2026, 3, 2), "letter", "SP-044")
        of_place = requests.Request("ทางเท้าชำรุด", dt.date(2026, 3, 3), "letter", "", 102.82957, 16.43046)
        requests.add_all(store, [of_site, of_place], "malee")
    app = _opened("requests.py", request="R-00001")
    app.text_input(key="reviewer_name").set_value("malee").run()
    (field,) = (each for each in app.selectbox if each.label == "Site that it is about")
    assert field.value == "SP-044"
    _press(app, "Save what became of it")
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        assert requests.every(store)["site_code"].tolist() == ["SP-044", ""]
    # of a position alone nobody has decided the site: the nearest is offered first, and not taken
    app.selectbox(key="request").set_value("R-00002").run()
    (field,) = (each for each in app.selectbox if each.label == "Site that it is about")
    assert field.value is None
    assert field.options[0].startswith(("KK-001", "SP-001"))
