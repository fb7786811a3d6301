"""A part of the survey form that was away comes back with its answers, and counts stay right in the browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import conftest

CODE = "KK-005"


def _open(page: Page, theme: str) -> None:
    page.locator(f".st-key-theme_open_theme_{CODE}-ramp-1_{theme} button").click()
    conftest.settled(page)


def _type(page: Page, quantity: str, figure: str) -> None:
    field = page.locator(f".st-key-question_{CODE}-ramp-1_{quantity} [data-testid=stTextInput] input").first
    field.fill(figure)
    field.press("Tab")
    conftest.settled(page)


def test_what_was_answered_is_there_when_its_theme_is_opened_again(
    own: conftest.Served, opened: conftest.Opener
) -> None:
    page = opened(f"{own.address}/survey?lang=en&site={CODE}", size="phone")
    conftest.settled(page)
    _open(page, "slope")
    _type(page, "running_slope_pct", "30%")
    heading = page.locator(f".st-key-theme_open_theme_{CODE}-ramp-1_slope")
    expect(heading).to_contain_text("fail: 1")
    before_saving = page.locator(".st-key-before_saving")
    expect(before_saving).to_contain_text("1 of 37 questions answered")
    for other in ("photos", "slope", "width"):
        _open(page, other)
    _type(page, "clear_width_mm", "12 m!")
    expect(before_saving).to_contain_text("2 of 37 questions answered")
    _open(page, "slope")
    slope = page.locator(f".st-key-question_{CODE}-ramp-1_running_slope_pct input[type=text]").first
    expect(slope).to_have_value("30%")
    _type(page, "cross_slope_pct", "50 m")
    expect(before_saving).to_contain_text("to mend: 1")
    expect(page.get_by_role("button", name=re.compile("^Mend: "))).to_have_count(2)
    _type(page, "cross_slope_pct", "")
    expect(before_saving).not_to_contain_text("to mend")
    expect(page.get_by_role("button", name=re.compile("^Mend: "))).to_have_count(0)
    page.get_by_role("button", name="Save the survey").click()
    conftest.settled(page)
    _open(page, "slope")
    expect(heading).to_contain_text("1 / 7")
    expect(before_saving).to_contain_text("2 of 37 questions answered")


def test_the_way_to_a_photo_shows_of_what_it_is_taken(own: conftest.Served, opened: conftest.Opener) -> None:
    """The list "Photo of" stands open already when its value changes: a photo kept under another name is misfiled."""
    page = opened(f"{own.address}/survey?lang=en&site=KK-004", size="phone")
    conftest.settled(page)
    page.locator(".st-key-theme_open_theme_KK-004-ramp-1_slope button").click()
    conftest.settled(page)
    field = page.locator(".st-key-question_KK-004-ramp-1_running_slope_pct [data-testid=stTextInput] input").first
    field.fill("30%")
    field.press("Tab")
    conftest.settled(page)
    page.locator(".st-key-theme_open_theme_KK-004-ramp-1_photos button").click()
    conftest.settled(page)
    photo_of = page.get_by_role("combobox", name="Photo of")
    expect(photo_of).to_have_value("the whole of it")
    page.get_by_label("Your name or staff number").first.fill("T-1")
    page.keyboard.press("Tab")
    conftest.settled(page)
    page.get_by_role("button", name="Save the survey").click()
    conftest.settled(page)
    page.get_by_role("button", name=re.compile("^Photograph: Running slope")).click()
    conftest.settled(page)
    expect(photo_of).to_have_value("Running slope")
