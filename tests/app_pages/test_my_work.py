"""A technician sees what the office holds of what was sent, with the reason, and which sites come next."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app_pages.parts.survey import draft
from app_pages.session import cache
from audits import survey
from audits.store.db import connection, workspace
from audits.store.surveys import quarantine, read, reviews, submit
from tests.app_pages import opening

MISTYPED = json.dumps(
    {"รหัสจุด": "KK-0130", "องค์ประกอบ": "ทางลาด", "วันที่สำรวจ": "2/3/2569", "ผู้สำรวจ": "สมชาย", "ความกว้างสุทธิ (ซม.)": "90"}
)


def test_what_the_office_holds_is_shown_with_its_reason(
    demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(demonstration_folder, tmp_path / "workspace"))
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(folder))
    rows = [
        quarantine.HeldRow(1, '{"site_code": "KK-012"}', ("The record was made 50000 m from KK-012.",)),
        quarantine.HeldRow(2, '{"รหัสจุด": "KK-013"}', ("A row of a table.",)),
        quarantine.HeldRow(3, MISTYPED, ("It is not in the register.",)),
    ]
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        sent, named = read.surveys(store), read.sites(store)
        last = sent.loc[(sent["superseded_by"] == "") & (sent["status"] == "final")].iloc[-1]
        notes = {f"KK-012.ramp.1|{name}": f"see {name}" for name in ("running_slope_pct", "clear_width_mm", "landing")}
        photos = ["KK-012.ramp.1|running_slope_pct"]
        reviews.give_back(store, last["survey_id"], "", notes, "engineer", photos=photos)
        open_ones = sent.loc[(sent["superseded_by"] == "") & (sent["surveyor"] != last["surveyor"])]
        others = read.survey_with_photos(store, open_ones.iloc[-1]["survey_id"])
        reviews.give_back(store, open_ones.iloc[0]["survey_id"], "of somebody else", {}, "engineer")
        corrected = replace(others, survey_id=survey.new_survey_id(), supersedes=others.survey_id, note="x")
        corrects = submit.submit(store, corrected, last["surveyor"]).number
        quarantine.hold(store, "kit uuid:1", "a" * 64, "somchai", rows, 0)
    monkeypatch.setattr(draft, "own_names", lambda _context: {last["surveyor"]})
    try:
        app = opening.opened("my_work.py", lang="en", workspace="demonstration")
        assert not app.exception
        assert "3 records are held at the office" in [each.value for each in app.subheader]
        (card,) = [each.proto.body for each in app.get("html") if "50000 m" in each.proto.body]
        assert "KK-012 " in card
        links = [each.proto.page for each in app.get("page_link")]
        ways = [each for each in app.markdown if each.value.startswith("Bring the corrected row back in its file")]
        assert len(ways) == 2, "only one of the three needs a site"
        assert (links.count("field_work"), links.count("quick_entry")) == (3, 3), "and once below for other files"
        (of_table,) = [each.proto.body for each in app.get("html") if "A row of a table" in each.proto.body]
        assert f"KK-013 {named['name_en']['KK-013']}" in of_table, "a table's row names its site too"
        (mistyped,) = [each.proto.body for each in app.get("html") if "It is not in the register" in each.proto.body]
        assert "“KK-0130” as written, which is not in the register" in mistyped
        assert [each.label for each in app.selectbox] == ["Which site is it?"], "only one of the three names no site"
        app.text_input(key="reviewer_name").input("engineer").run()
        app.button(key="dismiss|1|2").click().run()
        assert "Say why the row is dismissed" in app.error[0].value
        app.text_input(key="held_because|1|2").input("it was a trial").run()
        app.button(key="dismiss|1|2").click().run()
        assert [each.value for each in app.success] == ["Settled."]
        site = app.selectbox(key="held_site|1|3")
        assert site.options[0].startswith("KK-013 "), "what is written nearly so comes first"
        site.select_index(0).run()
        app.button(key="assign_site|1|3").click().run()
        assert "It counts at KK-013" in app.success[0].value
        assert "1 record is held at the office" in [each.value for each in app.subheader]
        (back,) = [each.proto.body for each in app.get("html") if "see clear_width_mm" in each.proto.body]
        assert "see landing" in back
        assert "and 1 more, a new photo among them" in back, "notes on answers are shown without one on the whole"
        assert "measured by" not in back
        (theirs,) = [each.proto.body for each in app.get("html") if "of somebody else" in each.proto.body]
        assert f"measured by {open_ones.iloc[0]['surveyor']}" in theirs
        bodies = [each.proto.body for each in app.get("html")]
        assert bodies.index(back) < bodies.index(theirs), "the reader's own first, though returned earlier"
        (mine,) = [
            each.proto.body for each in app.get("html") if f"receipt {last['receipt_number']}" in each.proto.body
        ]
        assert "returned" in mine
        shown = [each.proto.body for each in app.get("html")]
        assert any(f"receipt {corrects}" in body for body in shown), "what the reader sent is theirs, whoever measured"
        app.button(key="make_book").click().run()
        assert not app.exception
        assert "jaidee" in app.get("download_button")[0].label
        assert "Surveys you sent" in [each.value for each in app.subheader]
    finally:
        cache.open_store.clear()


@pytest.mark.parametrize(
    ("address", "is_shown"), [("https://audit.city.go.th", True), ("http://127.0.0.1:8501", False)]
)
def test_the_code_for_another_phone_is_a_picture_and_only_where_one_reaches_this_computer(
    demonstration_folder: Path, monkeypatch: pytest.MonkeyPatch, address: str, is_shown: bool
) -> None:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(demonstration_folder))
    monkeypatch.setenv(workspace.ADDRESS_KEY, address)
    try:
        app = opening.opened("my_work.py", lang="en", workspace="demonstration")
        shown = " ".join(each.proto.body for each in app.get("html"))
        assert ('<img class="jaidee-qr"' in shown) == is_shown
        assert any("On another phone" in each.value for each in app.markdown) == is_shown
    finally:
        cache.open_store.clear()


def test_the_sites_to_survey_are_the_same_number_for_the_engineer(
    demonstration_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(demonstration_folder))
    try:
        told = " ".join(
            each.proto.body for each in opening.opened("my_work.py", lang="en", workspace="demonstration").get("html")
        )
        cards = " ".join(
            each.proto.body for each in opening.opened("to_do.py", lang="en", workspace="demonstration").get("html")
        )
        whole, never = (int(number) for number in re.findall(r"(\d+) (?:sites wait for a survey|never surveyed)", told))
        counted = re.findall(
            r"<b>(\d+)</b> (?:sites? to survey again|ramp sites? and|sites? surveyed with most)", cards
        )
        assert sum(map(int, counted)) == whole, "the cards of the engineer are the parts of this number"
        assert f"<b>{never}</b> ramp sites" in cards
    finally:
        cache.open_store.clear()


def test_the_ramps_whose_price_waits_for_a_levelled_rise_are_asked_for_though_no_survey_is_due(
    demonstration_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(demonstration_folder))
    try:
        app = opening.opened("my_work.py", lang="en", workspace="demonstration")
    finally:
        cache.open_store.clear()
    assert not app.exception
    (asked,) = [each.value for each in app.markdown if each.value.startswith("Level the rise of ")]
    links = [each.proto.label for each in app.get("page_link") if each.proto.label.endswith(": level its rise")]
    assert len(links) == 3
    assert all(label.split()[0] in asked for label in links)
    addresses = [each.proto.query_string for each in app.get("page_link") if each.proto.label in links]
    assert all("only=KK-" in address and "rise_mm" in address for address in addresses)
