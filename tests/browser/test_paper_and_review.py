"""Sheets are typed in by keyboard alone, an engineer reviews them, and the technician sees what was returned."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from audits.store.db import connection
from audits.store.surveys import quarantine, read, reviews
from layers import installation
from tests.browser import conftest

CODE, DAY = "Site code, or its number alone", "Day of the visit (such as 22/11/2569)"


def _focused(page: Page, label: str) -> None:
    page.wait_for_function("label => document.activeElement?.getAttribute('aria-label') === label", arg=label)


def _type(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Tab")


def _sheet(page: Page, number: int, *answers: str, first: bool = False) -> None:
    _focused(page, CODE)
    # sheets come in stacks: the number alone is of the series before
    _type(page, f"kk{number}" if first else str(number))
    if first:
        _focused(page, DAY)
        # The fields below may still be on their way.
        expect(page.get_by_role("radio", name="It is here")).to_be_attached()
        conftest.settled(page)
        _focused(page, DAY)
        _type(page, "๒๐/๑๑/๒๕๖๙")
        conftest.settled(page)
        expect(page.locator("input[type=radio]:focus")).to_be_attached()
        # The last choice is none; the next one round is the first.
        page.keyboard.press("ArrowDown")
        conftest.settled(page)
        expect(page.get_by_role("radio", name="It is here")).to_be_checked()
        page.keyboard.press("Tab")
        _focused(page, "Your name or staff number")
        _type(page, "T-07")
        conftest.settled(page)
        page.get_by_label("Present at the place").first.focus()
    _focused(page, "1 · Present at the place")
    for answer in answers[:-1]:
        _type(page, answer)
        conftest.settled(page)
    page.keyboard.type(answers[-1])
    page.keyboard.press("Control+Enter")
    conftest.settled(page)


def test_sheets_are_typed_in_one_after_the_other_without_a_mouse(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    page = opened(f"{served.address}/quick_entry?lang=en")
    conftest.settled(page)
    _sheet(page, 1, "y", "", "8.1 8.4 7.9", "450", "95", first=True)
    for number in (2, 3):
        _sheet(page, number, "ม", "", "1:12", "x2", "๑๐๐")
    table = page.get_by_role("table", name="Typed in during this sitting")
    for code in ("KK-001", "KK-002", "KK-003"):
        expect(table).to_contain_text(code)
    with connection.open_store(served.workspace) as store:
        every = read.surveys(store)
        surveys = every.loc[every["source"] == "quick_entry"]
        measured = read.measurements(store)
    measured = measured.loc[measured["survey_id"].isin(surveys["survey_id"])]
    assert set(surveys["site_code"]) == {"KK-001", "KK-002", "KK-003"}
    assert set(surveys["surveyor"]) == {"T-07"}
    assert set(surveys["observed_at"].dt.date.astype(str)) == {"2026-11-20"}
    first = measured.loc[measured["site_code"] == "KK-001"].groupby("quantity")["value"].apply(list)
    assert first["running_slope_pct"] == [8.1, 8.4, 7.9]
    assert first["clear_width_mm"] == [950.0]
    second = measured.loc[(measured["site_code"] == "KK-002") & (measured["quantity"] == "ramp_length_total_mm")]
    assert second["not_measured_because"].tolist() == ["blocked"]


def test_a_figure_that_cannot_be_is_told_at_its_box_and_nothing_is_saved(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    page = opened(f"{served.address}/quick_entry?lang=en")
    conftest.settled(page)
    _sheet(page, 4, "y", "", "999", first=True)
    # at the button, wherever on the sheet the cursor was
    expect(page.get_by_text("KK-004 ramp 1, 3 · Running slope: “999”", exact=False)).to_be_in_viewport()
    expect(page.get_by_role("button", name="Save this sheet")).to_be_in_viewport()
    with connection.open_store(served.workspace) as store:
        assert "KK-004" not in set(read.surveys(store)["site_code"])


def test_a_page_drawn_once_more_does_not_take_the_cursor_back(served: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{served.address}/quick_entry?lang=en")
    conftest.settled(page)
    _focused(page, CODE)
    drawn = (installation.STATIC / "focus.js").read_text("utf-8").replace("export default function", "function draw", 1)
    page.evaluate("document.activeElement.blur()")
    ask = f"([label, since]) => {{ {drawn}; draw({{ data: {{ label, changed_ms: window.jaideeFocused + since }} }}); }}"
    page.evaluate(ask, [CODE, -1])
    page.evaluate(ask, [CODE, 0])
    page.wait_for_timeout(500)
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.evaluate(ask, [CODE, 1])
    _focused(page, CODE)


def _stands_at_receipt(page: Page, sentence: str) -> None:
    receipt = page.get_by_text(sentence)
    expect(receipt).to_be_visible(timeout=conftest.SLOW_MS)
    conftest.settled(page)
    box, header = receipt.bounding_box(), page.get_by_test_id("stHeader").bounding_box()
    assert box and header, sentence
    assert header["y"] + header["height"] <= box["y"] < page.viewport_size["height"] / 2, (box, header)
    heading = page.get_by_role("heading", name=re.compile(r"^(KK|SP)-\d+ .+ · ")).inner_text()
    expect(page.get_by_text(f"Now below: {heading}")).to_be_in_viewport()


def test_an_engineer_returns_one_and_approves_the_rest_and_the_technician_sees_why(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    page = opened(f"{served.address}/review?{'lang=en&workspace=demonstration'}")
    conftest.settled(page)
    page.get_by_label("Your name or staff number").fill("Engineer 1")
    page.keyboard.press("Tab")
    conftest.settled(page)
    page.get_by_role("combobox", name="Look at one survey").click()
    page.keyboard.press("Enter")
    conftest.settled(page)
    page.get_by_label("Note on the whole survey").fill("The tape hangs through")
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 900")
    page.get_by_role("button", name="Return with these notes").click()
    _stands_at_receipt(page, "Returned. The surveyor sees it with your notes.")
    with connection.open_store(served.workspace.demonstration) as store:
        surveys = read.surveys(store)
        back = surveys.loc[surveys["review_note"] == "The tape hangs through"].iloc[0]
    assert (back["review"], back["reviewed_by"]) == (reviews.RETURNED, "Engineer 1")
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 900")
    page.get_by_role("button", name="Approve", exact=True).click()
    _stands_at_receipt(page, "1 survey approved.")
    # who works by the keyboard goes on with the next one
    expect(page.locator(".st-key-review_survey_head").get_by_role("heading")).to_be_focused()
    conftest.unfold(page.get_by_text("Approve many at once"))
    page.get_by_role("combobox", name="Surveys to approve").click()
    for _ in range(2):
        page.keyboard.press("Enter")
        conftest.settled(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Approve", exact=False).filter(has_text="surveys").click()
    expect(page.get_by_text("approved.", exact=False).first).to_be_visible(timeout=conftest.SLOW_MS)
    technician = opened(f"{served.address}/survey?lang=en&workspace=demonstration&site={back['site_code']}", "phone")
    conftest.settled(technician)
    returned = technician.get_by_text("Engineer 1 returned this survey", exact=False)
    expect(returned).to_contain_text("The tape hangs through")
    technician.get_by_role("button", name="Begin its correction").click()
    expect(technician.get_by_text("This corrects an earlier survey", exact=False)).to_be_visible()


@pytest.mark.parametrize("apart_ms", [0, 60, 150])
def test_two_taps_save_a_sheet_with_a_confirmed_figure_once(
    served: conftest.Served, opened: conftest.Opener, apart_ms: int
) -> None:
    code = {0: "KK-031", 60: "KK-032", 150: "KK-033"}[apart_ms]
    page = opened(f"{served.address}/quick_entry?lang=en")
    conftest.settled(page)
    for label, typed in ((CODE, code), (DAY, "20/11/2569"), ("Your name or staff number", "T-07")):
        page.get_by_label(label, exact=True).first.fill(typed)
        page.keyboard.press("Tab")
        conftest.settled(page)
    page.get_by_role("radio", name="It is here").check(force=True)
    conftest.settled(page)
    page.get_by_label("Clear width", exact=False).first.fill("900")
    page.keyboard.press("Tab")
    conftest.settled(page)
    page.get_by_role("button", name="900 mm = 90 cm").click()
    conftest.settled(page)
    save = page.get_by_role("button", name="Save this sheet")
    save.evaluate("(button, ms) => { button.click(); setTimeout(() => button.click(), ms); }", apart_ms)
    conftest.settled(page)
    page.wait_for_timeout(1000)
    conftest.settled(page)
    expect(page.get_by_role("table", name="Typed in during this sitting").get_by_text(code)).to_have_count(1)
    with connection.open_store(served.workspace) as store:
        surveys = read.surveys(store)
        typed_in = surveys.loc[(surveys["site_code"] == code) & (surveys["source"] == "quick_entry")]
        assert len(typed_in) == 1
        held = quarantine.held_rows(store)
        assert not any(code in raw for raw in held["raw"])
