"""An engineer designs a ramp from an address alone, takes the drawing away and finds the version kept."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import chromium
from tests.browser import conftest, screen_measures

# How long the page may be, in screens, on each tab.
SCREENS = {"phone": 6.0, "desktop": 3.0}
WORLD = "workspace=demonstration&site=KK-012"
PLACES = {
    "fits": "rise=450&length=8000&width=4000",
    "too_small": "rise=900&length=3000&width=1500",
    "kerb": "design_element=new_kerb_ramp&rise=150&length=6000&width=3500",
}


@pytest.mark.parametrize(("room", "language"), list(zip(PLACES, itertools.cycle(["th", "en"]), strict=False)))
def test_axe_finds_nothing_in_any_answer(
    served: conftest.Served, opened: conftest.Opener, room: str, language: str
) -> None:
    page = opened(f"{served.address}/design?{WORLD}&{PLACES[room]}&lang={language}", "phone")
    conftest.settled(page)
    for summary in page.locator("details > summary:visible").all():
        conftest.unfold(summary)
    for size in ("phone", "desktop"):
        page.set_viewport_size(conftest.SIZES[size])
        conftest.settled(page)
        assert chromium.violations(page) == [], size
        assert page.evaluate("document.documentElement.scrollWidth") <= conftest.SIZES[size]["width"], size


def test_the_answer_and_each_tab_take_few_screens(served: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{served.address}/design?{WORLD}&{PLACES['fits']}&lang=th", "phone")
    for size, most in SCREENS.items():
        page.set_viewport_size(conftest.SIZES[size])
        conftest.settled(page)
        for tab in page.get_by_role("tab").all():
            tab.click()
            conftest.settled(page)
            assert screen_measures.measured(page).screens <= most, (size, tab.inner_text())


def test_a_design_is_downloaded_saved_and_opened_again(
    served: conftest.Served, opened: conftest.Opener, tmp_path: Path
) -> None:
    page = opened(f"{served.address}/design?{WORLD}&{PLACES['fits']}&lang=en")
    conftest.settled(page)
    page.get_by_role("tab", name="Files").click()
    page.get_by_text("Drawing for CAD, DXF").click()
    conftest.settled(page)
    page.get_by_role("button", name="Make the file").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download demonstration-jaidee-KK-012").click()
    download.value.save_as(tmp_path / "ramp.dxf")
    assert "AC1032" in (tmp_path / "ramp.dxf").read_text("utf-8")[:400]
    page.get_by_role("tab", name="Keep").click()
    name = page.get_by_label("Your name or staff number")
    name.fill("Somsri")
    name.press("Enter")
    conftest.settled(page)
    page.get_by_role("button", name="Save this design").click()
    kept = page.get_by_role("table", name="Designs kept at this site")
    expect(kept.get_by_role("row").filter(has_text="KK-012.design.1")).to_contain_text("Somsri")
    page.goto(f"{served.address}/design?{WORLD}&lang=en")
    conftest.settled(page)
    page.get_by_role("tab", name="Keep").click()
    page.get_by_role("button", name="Open KK-012.design.1").click()
    conftest.settled(page)
    page.get_by_role("tab", name="Alternatives").click()
    expect(page.get_by_label("Free width (mm)")).to_have_value("4000")
    expect(page.get_by_role("table", name="Alternatives that fit")).to_be_visible()
    page.get_by_role("tab", name="Keep").click()
    conftest.settled(page)
    for summary in page.locator("details > summary:visible").all():
        conftest.unfold(summary)
    conftest.settled(page)
    assert chromium.violations(page) == []
    page.get_by_label("Engineer who checked it").fill("Somchai")
    page.get_by_label("Number of the licence").fill("SY.123")
    page.get_by_label("Number of the licence").press("Enter")
    conftest.settled(page)
    page.get_by_role("button", name="Sign off KK-012.design.1").click()
    newest = kept.get_by_role("row").filter(has_text="licence SY.123")
    expect(newest).to_contain_text("KK-012.design.2", timeout=conftest.SLOW_MS)
    expect(page.get_by_text("Checked by Somchai").first).to_be_visible()


def test_another_site_has_its_own_first_element_in_the_box(served: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{served.address}/design?{WORLD}&site=KK-080&design_element=KK-080.kerb_ramp.1&lang=en")
    conftest.settled(page)
    expect(page.get_by_label("What is designed")).to_have_value("kerb ramp 1")
    page.get_by_label("Choose a site").fill("KK-025")
    page.get_by_role("option", name="KK-025").click()
    page.wait_for_url("**site=KK-025*")
    conftest.settled(page)
    expect(page.get_by_label("Rise from floor to floor (mm)")).to_be_visible()
    expect(page.get_by_label("What is designed")).to_have_value("ramp 1")
