"""A figure in the wrong unit or notation is asked about on the phone, and slopes are written as they were measured."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.kit import hand


def test_the_kit_asks_which_reading_was_meant_and_takes_rise_and_length(phones: hand.Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=th#/site/KK-002/KK-002.ramp.1")
    slope, width = hand.question(page, "running_slope_pct"), hand.question(page, "clear_width_mm")
    first = slope.locator("[id$=running_slope_pct_1]")
    first.fill("12")
    expect(slope.locator(".wrong").first).to_contain_text("12 % = 1 : 8.3 = 6.8° หรือ 1 : 12 = 8.33 % = 4.8°")
    slope.get_by_role("button", name="1 : 12 = 8.33 %").click()
    expect(first).to_have_value("1:12 ✓")
    expect(slope.locator(".echo")).to_have_text("8.33 % = 1 : 12 = 4.8°")
    slope.locator(".choice", has_text="สูงและยาว").click()
    slope.get_by_role("button", name="เพิ่มค่านี้").click()
    expect(slope.locator("[id$=_missing]")).to_contain_text("ความยาวตามแนวลาด (ซม.)")
    slope.get_by_label("ความสูง (ซม.)").fill("15")
    slope.get_by_label("ความยาวตามแนวลาด (ซม.)").fill("180")
    slope.get_by_role("button", name="เพิ่มค่านี้").click()
    expect(slope.locator("[id$=running_slope_pct_2]")).to_have_value("สูง 15 ซม. ลาด 180 ซม.")
    width.locator("input[type=text]").first.fill("900")
    width.get_by_role("button", name="900 มม. = 90 ซม.").click()
    expect(width.locator("input[type=text]").first).to_have_value("900 mm ✓")


def test_another_notation_is_for_its_own_figures_and_a_site_not_found_has_none(phones: hand.Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-003/KK-003.ramp.1")
    slope, width = hand.question(page, "running_slope_pct"), hand.question(page, "clear_width_mm")
    width.locator("input[type=text]").first.fill("90")
    slope.locator("[id$=running_slope_pct_1]").fill("14")
    slope.locator(".choice", has_text="1 : n").click()
    expect(slope.locator(".echo")).to_have_text("7.14 % = 1 : 14 = 4.1°")
    page.get_by_text("Units and instruments").click()
    page.get_by_label("millimetres").check()
    expect(width.locator("input[type=text]").first).to_have_value("90 cm")
    expect(width.locator(".wrong")).to_have_count(0)
    hand.go(page, "/site/KK-003")
    page.get_by_label("Your name or staff number").fill("Somying")
    page.get_by_text("I looked and did not find it").click()
    page.get_by_role("button", name="Finish this survey").click()
    expect(page.locator("#finish_told")).to_contain_text("not found, and yet something was measured")
