"""Access and priority as their readers use them: residents given, choices kept, nothing axe objects to."""

from __future__ import annotations

import pytest

from tests import chromium
from tests.browser import conftest

WEIGHTS = 2
"""Place of the tab of other weights."""
PEOPLE = {
    "name": "people.csv",
    "mimeType": "text/csv",
    "buffer": b"lat,lon,residents\n16.4300,102.8295,900\n16.4420,102.8360,100\n",
}
OPEN = ".st-key-population_open summary"
UPLOAD, REMOVE = "[data-testid=stFileUploaderDropzoneInput]", ".st-key-population_remove button"


@pytest.mark.parametrize(("language", "size"), [("en", "desktop"), pytest.param("th", "phone", marks=pytest.mark.soak)])
def test_residents_are_given_counted_and_taken_away(
    served: conftest.Served, opened: conftest.Opener, language: str, size: str
) -> None:
    page = opened(f"{served.address}/access?workspace=demonstration&lang={language}&who=pram&site=KK-001", size)
    conftest.settled(page)
    conftest.unfold(page.locator(OPEN))
    page.locator(UPLOAD).wait_for(state="attached")
    conftest.settled(page)
    assert chromium.violations(page) == []
    page.locator(UPLOAD).set_input_files(PEOPLE)  # type: ignore[arg-type]
    page.locator(REMOVE).wait_for()
    page.reload()
    conftest.settled(page)
    counted = {"en": "Residents as given", "th": "ผู้อยู่อาศัยตามที่ให้มา"}[language]
    assert page.get_by_text(counted).count() == 1
    lead = page.locator(".jaidee-score").bounding_box()
    assert lead["y"] + lead["height"] < conftest.SIZES[size]["height"]
    assert "who=pram" in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= conftest.SIZES[size]["width"]
    conftest.unfold(page.locator(OPEN))
    page.locator(REMOVE).wait_for()
    page.locator(REMOVE).focus()
    page.keyboard.press("Enter")
    page.locator(REMOVE).wait_for(state="detached")


@pytest.mark.parametrize(("language", "size"), [pytest.param("en", "phone", marks=pytest.mark.soak), ("th", "desktop")])
def test_other_weights_are_tried_by_keyboard_beside_the_official_order(
    served: conftest.Served, opened: conftest.Opener, language: str, size: str
) -> None:
    page = opened(f"{served.address}/priority?workspace=demonstration&lang={language}&site=KK-041", size)
    page.locator("[data-testid=stDownloadButton] button").nth(1).wait_for()
    page.get_by_role("tab").nth(WEIGHTS).click()
    conftest.settled(page)
    assert chromium.violations(page) == []
    page.locator(".st-key-weight_school input").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**school=1.5**")
    page.reload()
    page.locator("[data-testid=stDownloadButton] button").nth(1).wait_for()
    conftest.settled(page)
    assert chromium.violations(page) == []
    heading = {"en": "Priority, your weights", "th": "ค่าลำดับความสำคัญ ตามน้ำหนักของท่าน"}[language]
    assert page.locator("[role=columnheader]", has_text=heading).count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= conftest.SIZES[size]["width"]
