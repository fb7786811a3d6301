"""The phone says what settles an open verdict, and asks for a photo of what fails before the survey is finished."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.kit import hand


def test_what_settles_an_open_verdict_is_named_and_a_failure_leads_to_its_photo(
    phones: hand.Phones, file: Path
) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-002/KK-002.ramp.1")
    width, slope = hand.question(page, "clear_width_mm"), hand.question(page, "running_slope_pct")
    width.locator("input[type=text]").first.fill("120")
    # wide enough for a short ramp, and not for one of 6 m
    expect(width).to_contain_text("depends on: ")
    slope.locator("input[type=text]").first.fill("8.3%")
    expect(slope.locator(".live").first).to_contain_text("too near the limit to tell")
    slope.locator("input[type=text]").first.fill("12")
    expect(slope.locator(".wrong").first).to_contain_text("1 : 12 = 8.33 % = 4.8°? Choose one.")
    slope.locator("input[type=text]").first.fill("30%")
    hand.go(page, "/site/KK-002")
    page.get_by_label("Your name or staff number").fill("Somying")
    page.get_by_role("button", name="Finish this survey").click()
    expect(page.locator("#finish_told")).to_contain_text("Failures without a photo: 1")
    page.get_by_role("link", name="Photograph: KK-002 ramp 1 · Running slope").click()
    slope.locator("input[type=file]").set_input_files(hand.photo_file(1))
    slope.get_by_text("Photos kept on this phone: 1").wait_for()
    hand.go(page, "/site/KK-002")
    page.get_by_role("button", name="Finish this survey").click()
    expect(page.locator("#finish_told")).to_contain_text("questions are answered")
    expect(page.locator("#finish_told")).not_to_contain_text("without a photo")


def test_a_figure_that_no_requirement_reads_says_so(phones: hand.Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-002/KK-002.ramp.1")
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")
    hand.question(page, "handrail_present").locator("input[value=yes]").check(force=True)
    for quantity, said in (("handrail_height_mm", "No undisputed requirement"), ("rise_mm", "No requirement reads it")):
        asked = hand.question(page, quantity)
        expect(asked).not_to_contain_text(said)
        asked.locator("input[type=text]").first.fill("85")
        expect(asked).to_contain_text(said)
    width = hand.question(page, "clear_width_mm")
    width.locator("input[type=text]").first.fill("120")
    expect(width).not_to_contain_text("requirement")


def test_a_site_of_few_answers_says_of_which_survey_they_are_and_what_the_score_needs(
    phones: hand.Phones, file: Path
) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-002/KK-002.ramp.1")
    hand.question(page, "clear_width_mm").locator("input[type=text]").first.fill("150 cm")
    progress = page.locator(".progress > summary")
    expect(progress).to_contain_text("1 of ")
    every = re.search(r"1 of (\d+) questions answered in this survey", progress.inner_text())[1]
    hand.go(page, "/site/KK-002")
    page.get_by_label("Your name or staff number").fill("Somying")
    page.get_by_role("button", name="Finish this survey").click()
    page.get_by_role("button", name="Send it as it is").click()
    page.wait_for_function("() => Jaidee.notes.stateOf('KK-002') === 'phone'")
    hand.go(page, "/")
    chip = page.locator("a.site", has_text="KK-002").locator(".chip.draft")
    sentence = re.compile(r"^this survey answered 1 of the (\d+) questions that the score needs$")
    expect(chip).to_have_text(sentence)
    needed = int(sentence.match(chip.inner_text())[1])
    assert 1 < needed < int(every), "what only a design rests on is asked and not needed"
    page.goto(f"{file.as_uri()}?lang=th#/")
    expect(chip).to_contain_text(f"การสำรวจครั้งนี้ตอบข้อที่ใช้คิดคะแนนแล้ว 1 จาก {needed} ข้อ")
