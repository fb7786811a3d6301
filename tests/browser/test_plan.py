"""The plan page from the budget to the certificate: by keyboard alone, with nothing that axe can object to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audits.planning import certificate_check
from tests import chromium
from tests.browser import conftest

DOWNLOADS = ("plan_certificate.json", "plan_town.json")


@pytest.mark.parametrize(("language", "size"), [("en", "desktop"), ("th", "phone")])
def test_a_plan_is_worked_out_and_its_certificate_holds(
    served: conftest.Served, opened: conftest.Opener, language: str, size: str, tmp_path: Path
) -> None:
    page = opened(f"{served.address}/plan?workspace=demonstration&lang={language}", size)
    conftest.settled(page)
    assert chromium.violations(page) == []
    page.locator(".st-key-plan_go button").focus()
    page.keyboard.press("Enter")
    buttons = page.locator("[data-testid=stDownloadButton] button")
    buttons.nth(1).wait_for()
    conftest.settled(page)
    for summary in page.locator("details > summary").all():
        summary.click()
    conftest.settled(page)
    assert chromium.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= conftest.SIZES[size]["width"]
    texts = []
    for number, name in enumerate(DOWNLOADS):
        with page.expect_download() as given:
            buttons.nth(number).click()
        given.value.save_as(tmp_path / name)
        texts.append((tmp_path / name).read_text("utf-8"))
    assert certificate_check.check(*texts).holds
    assert json.loads(texts[0])["status"] == "proven"
