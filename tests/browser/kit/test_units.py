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
    expect(slope.locator(".echo")).to_have_count(0)
    slope.get_by_role("button", name="1 : 12 = 8.33 %").click()
    expect(first).to_have_value("1:12")
    expect(slope.locator(".echo")).to_have_text("8.33 % = 1 : 12 = 4.8°")
    slope.locator(".choice", has_text="สูงและยาว").click()
    rise, along = slope.get_by_label("ความสูง (ซม.)"), slope.get_by_label("ความยาวตามแนวลาด (ซม.)")
    further, kept = slope.get_by_role("button", name="วัดอีกค่า"), lambda: hand.kept_drafts(page)[0]["answers"]
    rise.fill("180")
    expect(slope.locator(".wrong").first).to_contain_text("ต้องมีตัวเลขทั้งสอง")
    along.fill("15")
    expect(slope.locator(".wrong").first).to_contain_text("เป็นไปไม่ได้")
    expect(further).to_be_hidden()
    rise.fill("15")
    along.fill("180")
    texts = ["1:12 ✓", "สูง 15 ซม. ลาด 180 ซม."]
    assert kept()["KK-002.ramp.1"]["running_slope_pct"]["texts"] == texts, "a pair counts when it is typed"
    expect(slope.locator(".echo").last).to_contain_text("±0.2 %")
    further.click()
    expect(slope.locator("[id$=running_slope_pct_2]")).to_have_value(texts[1])
    rise.fill("16")
    along.fill("180")
    page.reload()
    hand.ready(page)
    expect(slope.locator("input[value=rise_and_length]")).to_be_checked()
    expect(hand.question(page, "cross_slope_pct").locator("input[value=rise_and_length]")).to_be_checked()
    expect(rise).to_have_value("16 ซม.")
    expect(slope.locator("[id$=running_slope_pct_2]")).to_have_value(texts[1])
    width.locator("input[type=text]").first.fill("900")
    width.get_by_role("button", name="900 มม. = 90 ซม.").click()
    expect(width.locator("input[type=text]").first).to_have_value("900 มม.")
    assert kept()["KK-002.ramp.1"]["clear_width_mm"]["texts"] == ["900 mm ✓"], "it is shown in Thai, and kept as it is"
    for written, again in (
        ("36 นิ้ว", "36 นิ้ว = 91.44 ซม."),
        ("3 ft", "3 ฟุต = 91.44 ซม."),
        ("1.2 ม.", "1.2 ม. = 120 ซม."),
    ):
        width.locator("input[type=text]").first.fill(written)
        expect(width.locator(".echo")).to_have_text(again)
    width.locator("input[type=text]").first.fill("92")
    expect(width.locator(".echo")).to_have_count(0)


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


def test_a_rise_that_length_and_slope_cannot_reach_is_told_with_its_figures(phones: hand.Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-003/KK-003.ramp.1")
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")
    for quantity, figure in (("running_slope_pct", "8%"), ("ramp_length_total_mm", "300"), ("rise_mm", "60")):
        hand.question(page, quantity).locator("input[type=text]").first.fill(figure)
    said = "a length of 300 cm at 8 % rises 24 cm; 60 cm was written; measure again"
    expect(hand.question(page, "rise_mm").locator(".wrong")).to_contain_text(said)
