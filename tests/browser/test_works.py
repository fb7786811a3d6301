"""A failing ramp goes the whole way: planned, designed, built, surveyed, approved, accepted, and the change is seen."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from playwright.sync_api import Page, expect

from audits import survey
from audits.store.db import connection
from audits.store.surveys import submit
from audits.store.works import fix_steps
from tests import chromium
from tests.browser import conftest

WORLD = "lang=en&workspace=demonstration"
CODE, RAMP = "KK-020", "KK-020.ramp.1"
ROOM = "rise=450&length=9000&width=6000"


def _named(page: Page) -> None:
    name = page.get_by_label("Your name or staff number").first
    if not name.input_value():
        name.fill("E-01")
        name.press("Enter")
        conftest.settled(page)


def _record(page: Page, served: conftest.Served, button: str, said: str) -> None:
    page.goto(f"{served.address}/works?{WORLD}&fix={RAMP}")
    conftest.settled(page)
    _named(page)
    page.get_by_role("button", name=button).click()
    receipt = page.get_by_text(f"Recorded: {RAMP} is {said}")
    expect(receipt).to_be_visible(timeout=conftest.SLOW_MS)
    expect(receipt).to_be_in_viewport()


def _survey(served: conftest.Served, town: Any) -> None:
    visit = survey.Survey(
        survey_id="uuid:after-building",
        site_code=CODE,
        surveyor="T-07",
        observed_at=dt.datetime.now(dt.UTC),
        source="kit",
        form_version="v1",
        elements=(survey.Element(RAMP, "ramp"),),
        measurements=tuple(survey.Measurement(*row) for row in town.complete_ramp(RAMP)),
    )
    with connection.open_store(served.workspace.demonstration) as store:
        assert submit.submit(store, visit, "T-07").problems == ()


def _approve(page: Page) -> None:
    page.get_by_role("link", name="Review the survey").click()
    conftest.settled(page)
    _named(page)
    expect(page.get_by_role("heading", name=re.compile(f"{CODE} .* T-07"))).to_be_visible()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("1 survey approved.")).to_be_visible(timeout=conftest.SLOW_MS)


def test_a_failing_ramp_goes_from_the_plan_to_its_acceptance_and_the_change_is_seen(
    served: conftest.Served, opened: conftest.Opener, town: Any
) -> None:
    page = opened(f"{served.address}/works?{WORLD}&fix={RAMP}")
    _record(page, served, "Record: planned", "planned")
    page.goto(f"{served.address}/design?{WORLD}&site={CODE}&design_element={RAMP}&{ROOM}")
    conftest.settled(page)
    page.get_by_role("tab", name="Keep").click()
    _named(page)
    page.get_by_role("button", name="Save this design").click()
    expect(page.get_by_text("Saved as KK-020.design.1.")).to_be_visible(timeout=conftest.SLOW_MS)
    _record(page, served, "Record: designed", "designed")
    expect(page.get_by_role("table", name="Steps so far")).to_contain_text("KK-020.design.1", timeout=conftest.SLOW_MS)
    _record(page, served, "Record: built", "built, awaits acceptance")
    expect(page.get_by_text("Nobody has surveyed it since it was built")).to_be_visible(timeout=conftest.SLOW_MS)
    _survey(served, town)
    page.reload()
    conftest.settled(page)
    expect(page.get_by_text("the survey awaits an engineer's review")).to_be_visible(timeout=conftest.SLOW_MS)
    _approve(page)
    page.goto(f"{served.address}/works?{WORLD}&fix={RAMP}")
    conftest.settled(page)
    expect(page.get_by_role("table", name="What it must meet, since it was built anew")).not_to_contain_text(
        "fail", timeout=conftest.SLOW_MS
    )
    _record(page, served, "Accept what was built", "accepted after a survey")
    page.get_by_role("tab", name="Before and after").click()
    changed = page.get_by_role("table", name="Sites where something was built and accepted")
    expect(changed.get_by_role("row").filter(has_text=CODE)).to_contain_text("improved", timeout=conftest.SLOW_MS)
    for size in ("phone", "desktop"):
        page.set_viewport_size(conftest.SIZES[size])
        conftest.settled(page)
        assert chromium.violations(page) == [], size
        assert page.evaluate("document.documentElement.scrollWidth") <= conftest.SIZES[size]["width"], size
    with connection.open_store(served.workspace.demonstration) as store:
        steps = fix_steps.every(store, CODE)
    assert steps["step"].tolist() == ["planned", "designed", "built", "accepted"]
    _seen_elsewhere(page, served)


def _seen_elsewhere(page: Page, served: conftest.Served) -> None:
    page.goto(f"{served.address}/site?{WORLD}&site={CODE}")
    conftest.settled(page)
    page.get_by_role("tab", name="Works").click()
    expect(page.get_by_role("table", name="Before and after")).to_contain_text("improved", timeout=conftest.SLOW_MS)
    expect(page.get_by_role("table", name="findings changed")).to_contain_text("pass", timeout=conftest.SLOW_MS)
    page.goto(f"{served.address}/city_map?{WORLD}&by=change&site={CODE}")
    conftest.settled(page)
    marker = page.frame_locator("iframe[title*='Map of ramps']").locator(f".jaidee-site[aria-label*='{CODE}']")
    expect(marker).to_have_attribute("aria-label", re.compile("improved"), timeout=conftest.SLOW_MS)
