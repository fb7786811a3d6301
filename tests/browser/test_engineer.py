"""A municipal engineer sees what fails and why, by keyboard too, and takes it away."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from audits.store.db import connection
from audits.store.surveys import quarantine, read
from tests import chromium
from tests.browser import conftest

WORLD = "lang=en&workspace=demonstration"


def _map(page):
    return page.frame_locator("iframe[title*='Map of ramps']")


def test_a_site_chosen_on_the_map_shows_in_the_list_and_the_address(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    page = opened(f"{served.address}/city_map?{WORLD}&kind=ramp&verdict=pass")
    conftest.settled(page)
    marker = _map(page).locator(".jaidee-site[role=button]").first
    marker.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**site=KK-*")
    code = page.url.split("site=")[1][:6]
    expect(page.get_by_role("heading", name=code)).to_be_visible()
    page.reload()
    conftest.settled(page)
    expect(page.get_by_role("heading", name=code)).to_be_visible()


def test_the_filters_live_in_the_address_in_any_language(served: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{served.address}/city_map?{WORLD}&kind=space&verdict=fail")
    conftest.settled(page)
    shown = page.get_by_text("of 141 sites shown").inner_text()
    page.get_by_role("link", name="ไทย").click()
    page.wait_for_url("**lang=th*")
    conftest.settled(page)
    number = shown.split(" of ")[0].split()[-1]
    expect(page.get_by_text(f"{number}", exact=False).first).to_be_visible()
    assert "kind=space" in page.url
    assert page.evaluate("document.documentElement.lang") == "th"


def test_every_failure_names_its_clause_and_its_state(served: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{served.address}/site?{WORLD}&site=KK-012")
    conftest.settled(page)
    expect(page.get_by_role("table", name="requirements fail")).to_contain_text("Running slope")
    expect(page.get_by_role("table", name="Measure next")).to_be_visible()
    page.get_by_role("tab", name="All findings").click()
    findings = page.get_by_role("table", name="Findings: ramp 1")
    row = findings.get_by_role("row").filter(has_text="Running slope").first
    expect(row).to_contain_text("clause 8(5)")
    expect(page.get_by_text("not yet checked against the Royal Gazette").first).to_be_visible()
    page.get_by_role("tab", name="Score").click()
    page.get_by_text("Compare editions").click()
    # the record is judged anew by every edition
    compared = page.get_by_role("table", name="The same measurements under each edition")
    expect(compared).to_contain_text("ADA 2010", timeout=conftest.SLOW_MS)


def test_the_offline_map_opens_from_disk_without_any_network(
    served: conftest.Served, opened: conftest.Opener, tmp_path: Path
) -> None:
    page = opened(f"{served.address}/exports?{WORLD}")
    conftest.settled(page)
    page.get_by_role("button", name="Make the file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.startswith("demonstration-")
    download.value.save_as(tmp_path / "map.html")
    offline = opened((tmp_path / "map.html").as_uri(), offline=True)
    offline.get_by_role("searchbox").or_(offline.get_by_label("Search by code, name or street")).first.fill("KK-012")
    expect(offline.get_by_text("KK-012").first).to_be_visible()
    assert chromium.violations(offline) == []


ONCE_MORE = (pytest.param(*each, marks=pytest.mark.soak) for each in (("GeoPackage", ".gpkg"), ("GeoJSON", ".geojson")))


@pytest.mark.parametrize(("label", "ending"), [("Excel", ".xlsx"), *ONCE_MORE])
def test_each_format_comes_with_its_name(
    served: conftest.Served, opened: conftest.Opener, label: str, ending: str
) -> None:
    page = opened(f"{served.address}/exports?{WORLD}")
    conftest.settled(page)
    page.get_by_role("radiogroup", name="Format").get_by_text(label).click()
    conftest.settled(page)
    page.get_by_role("button", name="Make the file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith(ending)
    content = Path(download.value.path()).read_bytes()
    if ending == ".xlsx":
        assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert len(content) > 10_000


def test_a_list_is_understood_before_it_is_written_and_refused_rows_are_kept(
    demonstration_folder: Path, opened: conftest.Opener, tmp_path: Path
) -> None:
    shutil.copytree(demonstration_folder, tmp_path / "workspace")
    rows = "รหัส,ชื่อ,ละติจูด,ลองจิจูด\nBN-001,บ้านใหม่,16.44,102.83\nBN-002,ไกลเกิน,45.0,3.0\nBN-003,สลับ,102.84,16.45\n"
    with conftest.serve(tmp_path / "workspace") as app:
        page = opened(f"{app.address}/start?lang=en&workspace=real")
        conftest.settled(page)
        page.locator(".st-key-import_file input[type=file]").set_input_files(
            {"name": "list.csv", "mimeType": "text/csv", "buffer": rows.encode("cp874")}
        )
        page.get_by_text("2 rows would be taken in, 2 new sites, 1 row held back").wait_for()
        page.get_by_label("Your name or staff number").fill("E-01")
        page.keyboard.press("Tab")
        conftest.settled(page)
        page.get_by_role("button", name="Write to the register").click()
        page.get_by_text("Taken in: 2 new sites").wait_for()
        with connection.open_store(app.workspace) as store:
            assert {"BN-001", "BN-003"} <= set(read.sites(store).index)
            assert len(quarantine.held_rows(store)) == 1
