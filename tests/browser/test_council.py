"""A council member understands in a minute: where it is worst, how much is known, in Thai, on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser import conftest


def test_the_first_screen_says_how_many_fail_and_how_much_is_known(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    page = opened(f"{served.address}/city_map?lang=th&workspace=demonstration", "phone")
    conftest.settled(page)
    expect(page.locator(".jaidee-demonstration")).to_contain_text("ข้อมูลสาธิต")
    said = page.locator("main, [data-testid=stMain]").first.inner_text()
    assert re.search(r"ไม่ผ่าน\s*\d+", said)
    assert "141" in said
    page.wait_for_timeout(1500)
    frame = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
    assert frame.locator(".leaflet-container").get_attribute("aria-label")
    # an entry that is chosen closes the menu, which covers most of a phone
    menu = page.get_by_test_id("stSidebar")
    page.get_by_test_id("stExpandSidebarButton").click()
    menu.get_by_role("link", name="แผนที่").click()
    expect(menu).to_have_attribute("data-collapsed", "true")


def test_the_table_says_all_that_the_map_says(served: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{served.address}/city_map?lang=th&workspace=demonstration&verdict=fail")
    conftest.settled(page)
    expect(page.get_by_role("heading", name="จุดเดียวกันในรูปตาราง").or_(page.locator("h3").first)).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


def test_going_from_page_to_page_and_back_keeps_the_site(served: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{served.address}/city_map?lang=en&workspace=demonstration&site=KK-012")
    conftest.settled(page)
    page.get_by_role("link", name="All findings of the site").click()
    expect(page.get_by_role("heading", level=1, name="KK-012")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Ramps and public spaces")).to_be_visible()
    expect(page.get_by_role("heading", name="KK-012")).to_be_visible()
