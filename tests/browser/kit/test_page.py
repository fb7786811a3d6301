"""The page of the kit is small, accessible, works by keyboard and asks nobody but its office."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from audits.store.db import connection
from layers import distance
from tests import chromium as browser_tools
from tests.browser import kit_office
from tests.browser.kit import hand

MOST_BYTES_PACKED = 300_000


def test_the_page_is_small_and_asks_nobody(phones: hand.Phones, file: Path) -> None:
    packed = len(gzip.compress(file.read_bytes(), 9))
    assert packed < MOST_BYTES_PACKED
    asked: list[str] = []
    context = phones.new()
    context.on("request", lambda request: asked.append(request.url))
    page = phones.page(context, file.as_uri())
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [file.as_uri()]
    assert page.evaluate("() => document.documentElement.lang") == "th"
    assert page.evaluate("() => document.fonts.check('16px Sarabun', 'ก')")
    hand.go(page, "/queue")
    expect(
        page.get_by_text(
            hand.THAI.text("This kit knows no address of the office. Write a file below and bring or send it.")
        )
    ).to_be_visible()


def test_the_page_hashes_as_everybody_does(phones: hand.Phones, file: Path) -> None:
    page = phones.page(phones.new(), file.as_uri())
    contents = [random.Random(size).randbytes(size) for size in (0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 70_001)]
    own = page.evaluate(
        "lists => lists.map((list) => Jaidee.sha256.hex(Uint8Array.from(list)))", [list(each) for each in contents]
    )
    assert own == [hashlib.sha256(each).hexdigest() for each in contents]
    assert page.evaluate("() => Jaidee.sha256.ofText('ขอนแก่น')") == hashlib.sha256("ขอนแก่น".encode()).hexdigest()


def test_a_photo_that_the_browser_cannot_decode_is_kept_as_it_came(phones: hand.Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-006")
    strange = b"\x00\x00\x00\x18ftypheic not decodable here" * 9
    page.locator("input[type=file]").set_input_files({"name": "a.heic", "mimeType": "image/heic", "buffer": strange})
    page.get_by_text("it is kept and sent as it is").wait_for()
    facts = page.evaluate("() => Jaidee.store.all('photo_facts')")
    assert [(each["sha256"], each["bytes"]) for each in facts] == [(hashlib.sha256(strange).hexdigest(), len(strange))]


def test_a_large_photo_is_made_smaller_and_loses_its_hidden_data(phones: hand.Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-006")
    large = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": hand.picture(5, (3000, 1000))}
    page.locator("input[type=file]").set_input_files(large)
    page.get_by_text("Photos kept on this phone: 1").wait_for()
    kept = page.evaluate(
        "async () => [...new Uint8Array(await (await Jaidee.store.all('photos'))[0].blob.arrayBuffer())]"
    )
    image = Image.open(io.BytesIO(bytes(kept)))
    assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (2048, 683), {})
    page.locator("input[type=file]").set_input_files(large)
    page.get_by_text("This photo is in this survey already.").wait_for()
    assert len(hand.kept_drafts(page)[0]["photos"]) == 1


def test_what_a_surveyor_writes_is_shown_as_text_only(phones: hand.Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-007")
    nasty = "<img src=x onerror=\"document.title='owned'\">"
    page.get_by_text("Add an element that is not listed").click()
    page.get_by_label("What do you call it?").fill(nasty)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(nasty)
    assert page.locator("img[src=x]").count() == 0
    assert "unsafe" not in page.locator("meta[http-equiv]").get_attribute("content")


@pytest.mark.parametrize("code", ["KK/014", "5%", "5%25", "ตลาด #1?"])
def test_a_site_is_surveyed_whatever_signs_its_code_has(
    phones: hand.Phones, file: Path, tmp_path: Path, code: str
) -> None:
    renamed = tmp_path / "kit.html"
    renamed.write_text(file.read_text("utf-8").replace("KK-014", code), "utf-8")
    page = phones.page(phones.new(), f"{renamed.as_uri()}?lang=en")
    page.get_by_label("Find a site by code or name").fill(code)
    page.locator("a.site").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(code)
    page.get_by_role("link", name="ramp 1").click()
    hand.question(page, "running_slope_pct").locator("input[type=text]").first.fill("1:14")
    page.get_by_role("link", name=f"← {code}").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(code)
    assert list(hand.kept_drafts(page)[0]["answers"]) == [f"{code}.ramp.1"]


@pytest.mark.parametrize(("language", "size"), [("th", hand.PHONE), ("en", hand.DESK)], ids=["phone", "desk"])
def test_every_screen_is_accessible(phones: hand.Phones, file: Path, language: str, size: dict[str, int]) -> None:
    page = phones.page(phones.new(viewport=size), f"{file.as_uri()}?lang={language}")
    assert page.evaluate("() => document.documentElement.lang") == language
    page.evaluate(hand.SURVEY, ["KK-008", "1:6", "Somying"])
    titles = set()
    for place in ("/", "/map", "/queue", "/site/KK-008", "/site/KK-009", "/site/KK-009/KK-009.ramp.1"):
        hand.go(page, place)
        if place.count("/") == 3:
            hand.question(page, "running_slope_pct").locator("input[type=text]").first.fill("1:6")
            hand.question(page, "clear_width_mm").locator("input[type=text]").first.fill("banana")
            hand.question(page, "clear_width_mm").locator("input[type=file]").set_input_files(hand.photo_file(2))
            page.locator("img.thumb").wait_for()
            page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert browser_tools.violations(page) == [], place
        titles.add(page.title())
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), place
    assert len(titles) == 6


def test_a_count_has_no_unit_and_a_small_photo_some_size(phones: hand.Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-014/KK-014.ramp.1")
    runs = hand.question(page, "runs_count")
    assert runs.locator("label[for$=runs_count_1]").text_content() == "Number of ramp runs"
    runs.locator("input[type=file]").set_input_files(hand.photo_file(3))
    runs.get_by_text("Photos kept on this phone: 1").wait_for()
    page.evaluate(hand.SURVEY, ["KK-014", "1:14", "Somying"])
    hand.go(page, "/queue")
    with page.expect_download():
        page.get_by_role("button", name="Write the file").click()
    expect(page.locator("#file_told")).to_contain_text("0.1 MB")


def test_the_map_is_worked_by_keyboard_and_its_buttons_never_overlap(phones: hand.Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/map")
    boxes = page.evaluate(
        "() => [...document.querySelectorAll('.dot')].map((each) => each.getBoundingClientRect().toJSON())"
    )
    assert len(boxes) > 5
    assert all(box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            assert abs(one["x"] - other["x"]) >= 44 or abs(one["y"] - other["y"]) >= 44
    for _ in range(12):
        button = page.locator(".dot").first
        button.focus()
        page.keyboard.press("Enter")
        if page.locator("#chosen a").count():
            break
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash.startsWith('#/site/')")


def test_a_total_that_falls_and_a_theme_that_fails_say_so(phones: hand.Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-014/KK-014.ramp.1")
    progress = page.locator("details.progress > summary")
    expect(progress).not_to_contain_text("do not apply")
    slope = hand.question(page, "running_slope_pct").get_by_label("Running slope (%)", exact=True)
    slope.fill("1:6")
    theme = page.locator("details.theme", has=page.locator("[data-quantity=running_slope_pct]"))
    expect(theme.locator("summary").first).to_contain_text("✕ fail: 1")
    slope.fill("")
    hand.question(page, "element_present").locator("input[value=no]").check(force=True)
    expect(progress).to_contain_text("do not apply here: ")
    expect(page.locator(".count", has_text="✓")).to_have_count(0)


def test_a_site_is_due_by_the_day_of_the_municipality(phones: hand.Phones, file: Path, tmp_path: Path) -> None:
    surveyed = tmp_path / "kit.html"
    written = file.read_text("utf-8").replace(
        '"surveyed_on":"","due_on":""', '"surveyed_on":"2025-12-01","due_on":"2026-12-01"'
    )
    surveyed.write_text(written, "utf-8")
    for instant, due in (("2026-12-01T16:59:00Z", 0), ("2026-12-01T17:01:00Z", 1)):
        context = phones.new(timezone_id="UTC")
        context.clock.set_fixed_time(instant)
        page = phones.page(context, f"{surveyed.as_uri()}?lang=en")
        page.get_by_label("Find a site by code or name").fill("KK-014")
        expect(page.locator("a.site")).to_have_count(1)
        expect(page.locator("a.site .chip.draft")).to_have_count(due)


def test_the_page_measures_distances_as_the_office_does(phones: hand.Phones, file: Path) -> None:
    page = phones.page(phones.new(), file.as_uri())
    asked = "([lon, lat, east, north]) => Jaidee.map.metresBetween({ lon, lat }, { lon: east, lat: north })"
    for there in ((102.8317, 16.4301), (102.79, 16.47), (102.83, 16.428)):
        wanted = distance.metres_between(102.8295, 16.43001, *there)
        assert page.evaluate(asked, [102.8295, 16.43001, *there]) == pytest.approx(wanted, rel=1e-9)


def test_back_works_and_the_language_is_kept(phones: hand.Phones, file: Path) -> None:
    context = phones.new()
    page = phones.page(context, file.as_uri())
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sites")
    # also where it is hidden, as in the kit of a municipality
    assert page.locator("#demonstration").text_content().startswith("Demonstration data")
    # a code as it is typed with one thumb
    for typed in ("kk010", "kk10", "KK-010"):
        page.get_by_label("Find a site by code or name").fill(typed)
        expect(page.locator("ul.sites > li")).to_have_count(1)
    page.get_by_role("link", name="KK-010").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("KK-010")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sites")
    page.reload()
    hand.ready(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sites")
    assert json.loads(page.locator("#kit-data").text_content())["language"] == "th"


def test_a_page_from_a_file_sends_to_the_office_it_was_made_for(
    phones: hand.Phones, common: kit_office.Office, look_common: connection.Store, tmp_path: Path
) -> None:
    page = phones.page(phones.new(), f"{common.address}/field/kit")
    saved = tmp_path / "saved.html"
    saved.write_bytes(page.evaluate("async () => (await fetch(location.href)).text()").encode())
    page = phones.page(phones.new(), f"{saved.as_uri()}?lang=en")
    page.evaluate(hand.SURVEY, ["KK-011", "1:14", "Somying"])
    hand.sign_in(page, common)
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1)
    assert len(hand.visits_of(look_common, "KK-011")) == 1


def test_a_wrong_secret_is_told_and_nothing_is_lost(phones: hand.Phones, common: kit_office.Office) -> None:
    page = phones.page(phones.new(), f"{common.address}/field/kit?lang=en")
    page.evaluate(hand.SURVEY, ["KK-012", "1:14", "Somying"])
    hand.go(page, "/queue")
    page.get_by_label("User name").fill("somying")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Keep it and send").click()
    hand.told(page, "User name or password is not right")
    assert [each["state"] for each in hand.records(page).values()] == ["phone"]
    hand.sign_in(page, common)
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1)
    page.get_by_role("button", name="Forget my password on this phone").click()
    page.get_by_role("button", name="Yes, do it").click()
    page.get_by_label("User name").wait_for()
    assert page.evaluate("() => Jaidee.store.get('settings', 'login')") is None


def test_a_question_stays_while_the_office_answers(phones: hand.Phones, common: kit_office.Office) -> None:
    """Between the first button and *Yes, do it*, a sending that ends draws nothing over the question."""
    page = phones.page(phones.new(), f"{common.address}/field/kit?lang=en")
    page.evaluate(hand.SURVEY, ["KK-013", "1:14", "Somying"])
    hand.go(page, "/queue")
    hand.sign_in(page, common)
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1)
    expect(page.get_by_role("button", name="Send now")).to_be_enabled()
    page.route("**/field/**", lambda _: None)
    page.get_by_role("button", name="Send now").click()
    page.get_by_role("button", name="Forget my password on this phone").click()
    page.unroute("**/field/**")
    page.wait_for_function("() => !Jaidee.sync.busy()")
    page.wait_for_timeout(500)  # longer than the screen waits before it follows what changed
    page.get_by_role("button", name="No, keep it").click(timeout=2_000)
    expect(page.get_by_role("button", name="Send now")).to_be_enabled()
