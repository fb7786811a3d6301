"""The map fills the window, labels cover nothing, and a site is found by its name in either language."""

from __future__ import annotations

import pytest
from playwright.sync_api import Frame, Page, expect

from tests import chromium
from tests.browser import conftest
from tests.layers import maps

# share of the window's height that the map takes, and the height of the whole page in windows
FIRST_SCREEN = 0.7
"""Share of a phone's window in which the map begins."""
BARS = {"desktop": (0.75, 3), "phone": (0.6, 6)}


def _drawn(page: Page) -> Frame:
    """Return the map's frame once its symbols and labels are in place."""
    conftest.settled(page)
    page.frame_locator("iframe[title*=streamlit_folium], iframe[src*=streamlit_folium]").first.locator(
        ".jaidee-site, .jaidee-group"
    ).first.wait_for()
    frame = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
    frame.wait_for_function("document.fonts.status === 'loaded' && map._loaded")
    return frame


def _covering(frame: Frame, width: int) -> list[tuple[str, str]]:
    """Return the symbols and labels that cover one another, and the labels that a control covers.

    A symbol that lies far below the legend stays there: it comes forth when it is focused.
    """
    found = maps.boxes(frame, width)
    labels = [box for box in found if box["kind"] != "symbol"]
    assert "symbol" in {box["kind"] for box in found}
    return maps.covering(labels) + maps.covering([box for box in found if box["kind"] != "control"])


@pytest.mark.parametrize(
    ("language", "size", "written"), [("en", "desktop", "ศาลากลางจังหวัด"), ("th", "phone", "Provincial hall")]
)
def test_the_map_fills_the_window_and_leads_to_the_card_of_a_site(
    served: conftest.Served, opened: conftest.Opener, language: str, size: str, written: str
) -> None:
    page = opened(f"{served.address}/city_map?lang={language}&workspace=demonstration", size, reduced_motion="reduce")
    frame = _drawn(page)
    window, (share, windows) = conftest.SIZES[size], BARS[size]
    assert page.locator(".st-key-map_frame iframe").bounding_box()["height"] >= share * window["height"]
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight") <= windows * window["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]
    assert _covering(frame, window["width"]) == []
    page.locator(".st-key-map_search input").fill(written)
    page.get_by_role("option", name="KK-012").click()
    page.wait_for_url("**site=KK-012*")
    card = page.locator(".st-key-site_card")
    expect(card.get_by_role("heading", name="KK-012")).to_be_visible()
    expect(card.get_by_role("listitem")).to_have_count(3)
    frame = _drawn(page)
    frame.wait_for_function("map.getZoom() >= 16")
    assert _covering(frame, window["width"]) == []
    assert chromium.violations(page) == []


def test_on_a_phone_the_card_of_a_chosen_site_comes_into_sight_and_on_a_desk_nothing_moves(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    for size in ("phone", "desktop"):
        page = opened(f"{served.address}/city_map?lang=en&workspace=demonstration&worst=ordered", size)
        _drawn(page)
        page.locator("[class*=st-key-first_] button").first.click()
        heading = page.locator(".st-key-site_card").get_by_role("heading")
        expect(heading).to_be_visible()
        if size == "phone":
            expect(heading).to_be_focused()
            expect(heading).to_be_in_viewport()
        else:
            conftest.settled(page)
            assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
            expect(heading).not_to_be_focused()


@pytest.mark.parametrize("language", ["th", "en"])
def test_on_a_phone_the_map_begins_on_the_first_screen_below_the_first_of_its_order(
    served: conftest.Served, opened: conftest.Opener, language: str
) -> None:
    address = f"{served.address}/city_map?lang={language}&workspace=demonstration&worst=ordered&verdict=fail"
    page = opened(address, "phone")
    _drawn(page)
    tops = {one.bounding_box()["y"] for one in page.locator("[class*=st-key-first_] button").all()}
    assert len(tops) == 1
    begins = page.locator(".st-key-map_frame").bounding_box()["y"]
    assert begins <= FIRST_SCREEN * conftest.SIZES["phone"]["height"]


def test_labels_cover_nothing_on_the_map_of_access(served: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{served.address}/access?lang=th&workspace=demonstration")
    assert _covering(_drawn(page), conftest.SIZES["desktop"]["width"]) == []


def test_a_chip_takes_its_filter_away_also_after_its_panel_was_opened(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    page = opened(f"{served.address}/city_map?lang=en&workspace=demonstration&worst=ordered&verdict=fail&persona=blind")
    for panel, chip in (("Filters", "Verdict: fail"), ("Drawn by", "Score for: "), ("Filters", "Worst first: ")):
        conftest.settled(page)
        page.get_by_role("button", name=panel).click()
        conftest.settled(page)
        page.get_by_role("button", name=chip).click()
        expect(page.get_by_role("button", name=chip)).to_have_count(0)
    _drawn(page)
    expect(page.get_by_role("button", name="Filters", exact=True)).to_be_visible()
    assert "fail" not in page.url
    assert "blind" not in page.url
