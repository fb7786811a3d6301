"""One site is surveyed by hand: without a network, with dying pages and browsers, nothing is lost."""

from __future__ import annotations

import io
import json
import os
import random
import signal
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect

from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.surveys import read
from tests import chromium as browser_tools
from tests.browser import kit_office
from tests.browser.kit import hand


def test_one_site_surveyed_like_a_person_without_a_network(
    phones: hand.Phones, office: kit_office.Office, look: connection.Store
) -> None:
    context = phones.new(geolocation=hand.KHON_KAEN, permissions=["geolocation"])
    page = phones.page(context, f"{office.address}/field/kit?lang=en")
    page.wait_for_function("() => navigator.serviceWorker.controller || navigator.serviceWorker.ready")
    context.set_offline(True)
    page.reload()
    hand.ready(page)
    expect(page.locator("#network")).to_have_text("no network")
    page.get_by_role("button", name="Nearest first").click()
    page.locator("a.site").first.get_by_text("m from where you stood").wait_for()
    page.reload()
    hand.ready(page)
    page.get_by_label("Find a site by code or name").fill("kk- city municipality office")
    page.get_by_label("Only sites to visit").check()
    expect(page.locator("a.site")).to_have_count(1)
    expect(page.locator("a.site").first).to_contain_text("50 m from where you stood")
    page.locator("a.site").first.click()
    page.get_by_label("Your name or staff number").fill("Somying")
    page.get_by_role("button", name="Note where I stand (GPS)").click()
    page.get_by_text("Noted, good to 8 m").wait_for()
    page.get_by_role("link", name="ramp 1").click()
    slope = hand.question(page, "running_slope_pct")
    slope.get_by_label("Running slope (%)", exact=True).fill("1:6")
    expect(slope.locator(".verdict.fail").first).to_contain_text("fail")
    expect(slope.locator(".live").first).to_contain_text("≤ 8.33 % (1:12)")
    slope.get_by_label("Running slope (%)", exact=True).fill("๑๒:1")
    expect(slope.locator(".wrong")).to_contain_text("upside down")
    slope.get_by_label("Running slope (%)", exact=True).fill("1:16")
    expect(slope.locator(".verdict.fail")).to_have_count(0)
    expect(slope.locator(".wrong")).to_have_count(0)
    width = hand.question(page, "clear_width_mm")
    width.get_by_text("Could not measure …").click()
    width.get_by_label("Could not measure, because").select_option("blocked")
    slope.locator("input[type=file]").set_input_files(hand.photo_file(1))
    slope.get_by_text("Photos kept on this phone: 1").wait_for()
    slope.get_by_label("A person is visible in photo 1").check()
    page.go_back()
    page.get_by_label("Remarks (no names, no faces)").fill("ฝนตก")
    expect(page.locator("a.site").get_by_text("2 of ")).to_be_visible()
    expect(page.locator(".summary")).to_contain_text("ramp 1: 2 of ")
    page.get_by_role("button", name="Finish this survey").dblclick()
    expect(page.locator("#finish_told")).to_contain_text("Only 2 of ")
    page.get_by_role("button", name="Send it as it is").dblclick()
    expect(page.locator("article.record")).to_have_attribute("data-state", "phone")
    hand.told(page, "The office was not reached")
    expect(page.get_by_label("Password", exact=True)).to_have_count(0)
    assert read.surveys(look).empty
    context.set_offline(False)
    hand.sign_in(page, office)
    page.get_by_text("Receipt number 1").wait_for()
    visit = read.surveys(look).iloc[0]
    assert (visit["surveyor"], visit["note"], visit["source"], visit["accuracy_m"]) == ("Somying", "ฝนตก", "kit", 8)
    assert read.measurements(look)["as_written"].tolist() == ["1:16", ""]
    evidence = read.photos(look).iloc[0]
    assert (evidence["quantity"], evidence["contains_person"]) == ("running_slope_pct", True)
    assert not Image.open(io.BytesIO(photos.content(look, evidence["sha256"]))).getexif()
    assert verify.verify(look).problems == ()


def test_nothing_typed_is_lost_when_the_page_dies_at_any_moment(phones: hand.Phones, file: Path) -> None:
    context = phones.new()
    typed, chance = "", random.Random(7)
    address = f"{file.as_uri()}?lang=en#/site/KK-002/KK-002.ramp.1"
    for _ in range(6):
        page = phones.page(context, address)
        field = hand.question(page, "running_slope_pct").get_by_label("Running slope (%)", exact=True)
        assert field.input_value() == typed
        field.press("End")
        for _ in range(chance.randrange(1, 4)):
            digit = str(chance.randrange(1, 9))
            field.press_sequentially(digit)
            typed += digit
        page.close()
    page = phones.page(context, address)
    assert hand.kept_drafts(page)[0]["answers"]["KK-002.ramp.1"]["running_slope_pct"]["texts"] == [typed]
    assert len(typed) > 6


def test_nothing_typed_is_lost_when_the_browser_is_killed(chromium: Browser, file: Path, tmp_path: Path) -> None:
    options = {"executable_path": browser_tools.executable(), "args": browser_tools.ARGUMENTS, "viewport": hand.PHONE}
    killed = chromium.browser_type.launch_persistent_context(tmp_path / "profile", **options)
    page = killed.new_page()
    page.goto(f"{file.as_uri()}?lang=en#/site/KK-003/KK-003.ramp.1")
    hand.ready(page)
    hand.question(page, "clear_width_mm").locator("input[type=text]").first.fill("87 cm")
    page.locator("[data-quantity=clear_width_mm] input[type=file]").set_input_files(hand.photo_file(3))
    hand.question(page, "clear_width_mm").get_by_text("Photos kept on this phone: 1").wait_for()
    kill_children_of(tmp_path / "profile")
    again = chromium.browser_type.launch_persistent_context(tmp_path / "profile", **options)
    page = again.new_page()
    page.goto(f"{file.as_uri()}?lang=en#/site/KK-003/KK-003.ramp.1")
    hand.ready(page)
    assert hand.question(page, "clear_width_mm").locator("input[type=text]").first.input_value() == "87 cm"
    expect(hand.question(page, "clear_width_mm").locator("img.thumb")).to_be_visible()
    again.close()


def kill_children_of(profile: Path) -> None:
    """Kill the browser of one profile as an empty battery would: by the ids of the processes that name the profile."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                command = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if f"--user-data-dir={profile}".encode() in command:
                os.kill(int(process.name), signal.SIGKILL)


def test_half_a_page_never_replaces_a_whole_one(phones: hand.Phones, office: kit_office.Office) -> None:
    context = phones.new()
    page = phones.page(context, f"{office.address}/field/kit?lang=en")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    (office.folder / kit_office.CUT_OFF).touch()
    for _ in range(2):
        page.reload()
        hand.ready(page)
    office.kill()
    page.reload()
    hand.ready(page)
    expect(page.locator("a.site").first).to_be_visible()
    assert len(page.evaluate("() => caches.keys()")) == 1


def test_an_answer_to_a_question_that_is_asked_no_more_stays_in_the_draft_and_is_not_sent(
    phones: hand.Phones, file: Path
) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en")
    page.evaluate(
        """async () => {
          const draft = Jaidee.notes.draftOf("KK-014");
          draft.surveyor = "Somying";
          for (const quantity of ["gone_mm", "clear_width_mm"]) {
            await Jaidee.notes.setAnswer(draft, "KK-014.ramp.1", quantity, { texts: ["90"], reason: "" });
          }
        }"""
    )
    hand.go(page, "/site/KK-014")
    expect(page.locator("#screen")).to_contain_text("it is left out of what is sent: gone_mm")
    page.get_by_text("Units and instruments").click()
    page.get_by_label("millimetres").check()
    page.get_by_role("link", name="ramp 1").click()
    expect(hand.question(page, "clear_width_mm").locator("input[type=text]").first).to_have_value("90 cm")
    hand.go(page, "/site/KK-014")
    page.get_by_role("button", name="Finish this survey").click()
    page.get_by_role("button", name="Send it as it is").click()
    page.wait_for_function("() => location.hash === '#/queue'")
    (kept,) = hand.records(page).values()
    assert list(json.loads(kept["text"])["answers"]["KK-014.ramp.1"]) == ["clear_width_mm"]
    assert sorted(kept["sheet"]["answers"]["KK-014.ramp.1"]) == ["clear_width_mm", "gone_mm"]
