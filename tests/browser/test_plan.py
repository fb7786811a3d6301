"""The plan page from the budget to the certificate and to the record, with nothing that axe can object to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from audits.plans import certificate_check
from tests import chromium
from tests.browser import conftest

PATIENCE_MS = 180_000
DOWNLOADS = ("plan_certificate.json", "plan_model.json")
PROOF = 4
"""Place of the tab of proof and files."""
LINE = "one => parseFloat(getComputedStyle(one).lineHeight) / parseFloat(getComputedStyle(one).fontSize)"


@pytest.mark.parametrize(("language", "size"), [pytest.param("en", "desktop", marks=pytest.mark.soak), ("th", "phone")])
def test_a_plan_is_worked_out_and_its_certificate_holds(
    served: conftest.Served, opened: conftest.Opener, language: str, size: str, tmp_path: Path
) -> None:
    page = opened(f"{served.address}/plan?workspace=demonstration&lang={language}", size)
    conftest.settled(page)
    assert chromium.violations(page) == []
    # a field clips its text at the line, and the upper of two marks of a Thai letter stands above 1.6 times its size
    for field in ("stSelectbox", "stNumberInput"):
        assert page.locator(f"[data-testid={field}] input").first.evaluate(LINE) >= 1.9, field
    page.locator(".st-key-plan_go button").focus()
    page.keyboard.press("Enter")
    tabs = page.get_by_role("tab")
    tabs.nth(PROOF).wait_for()
    conftest.settled(page)
    screens = {"desktop": 3, "phone": 6}[size]
    assert (
        page.locator("[data-testid=stMain]").evaluate("one => one.scrollHeight")
        <= screens * page.viewport_size["height"]
    )
    buttons = page.locator("[data-testid=stDownloadButton] button")
    for number in range(tabs.count()):
        tabs.nth(number).click()
        conftest.settled(page)
        for summary in page.locator("details > summary:visible").all():
            conftest.unfold(summary)
        conftest.settled(page)
        assert chromium.violations(page) == [], number
        assert page.evaluate("document.documentElement.scrollWidth") <= conftest.SIZES[size]["width"]
    tabs.nth(PROOF).click()
    texts = []
    for number, name in enumerate(DOWNLOADS):
        with page.expect_download() as given:
            buttons.nth(number).click()
        given.value.save_as(tmp_path / name)
        texts.append((tmp_path / name).read_text("utf-8"))
    assert certificate_check.check(*texts).holds
    assert json.loads(texts[0])["status"] == "solved"


@pytest.mark.soak
def test_a_search_is_stopped_and_a_plan_by_years_is_kept_and_opened_from_its_address(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    page = opened(f"{served.address}/plan?workspace=demonstration&lang=en")
    conftest.settled(page)
    # a budget that no other test asks for, so that nothing is answered from memory
    budget = page.get_by_label("Budget (million baht)")
    budget.fill("0.73")
    budget.press("Enter")
    conftest.settled(page)
    page.locator(".st-key-plan_go button").click()
    page.locator(".st-key-plan_cancel button").click()
    stopped = page.get_by_text("Stopped before there was a first choice").or_(
        page.get_by_text("other budgets were not looked at")
    )
    stopped.first.wait_for()
    conftest.settled(page)
    page.locator(".st-key-plan_go button").click()
    conftest.settled(page)
    expect(page.locator(".st-key-plan_cancel")).to_have_count(0, timeout=PATIENCE_MS)
    conftest.settled(page)
    page.get_by_role("tab", name="Year by year").click()
    page.locator(".st-key-plan_years_work_go button").click()
    expect(page.get_by_role("table", name="The plan by years")).to_be_visible(timeout=PATIENCE_MS)
    conftest.settled(page)
    assert chromium.violations(page) == []
    page.get_by_role("tab", name="Keep this plan, see kept plans").click()
    _filled(page.get_by_label("Your name or staff number"), "Somsri")
    _filled(page.get_by_label("Title of the plan"), "Budget of 2570")
    conftest.settled(page)
    page.get_by_role("button", name="Keep this plan").click()
    page.get_by_role("button", name="Budget of 2570").wait_for()
    conftest.settled(page)
    page.get_by_role("button", name="Budget of 2570").click()
    kept = page.get_by_role("table", name="The plan as it was kept")
    expect(kept).to_contain_text("yes, it holds", timeout=conftest.SLOW_MS)
    page.reload()
    expect(kept).to_contain_text("yes, it holds", timeout=conftest.SLOW_MS)
    conftest.settled(page)
    assert "plan=plan." in page.url
    for summary in page.locator("details > summary").all():
        conftest.unfold(summary)
    for size in ("phone", "desktop"):
        page.set_viewport_size(conftest.SIZES[size])
        conftest.settled(page)
        assert chromium.violations(page) == [], size


def _filled(field: Locator, written: str) -> None:
    field.fill(written)
    field.press("Enter")
