"""A technician surveys with the offline kit: dying pages, a dying office, and nothing lost or doubled."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from audits import record, wording
from audits.demo import seed
from audits.field import known as known_room
from audits.field import receiving
from audits.field.kit import file as kit_file
from audits.field.kit import page as kit_page
from audits.field.kit import store as kit_store
from audits.rules import files
from audits.store.accounts import device_secrets
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.register import devices
from audits.store.surveys import quarantine, read, reviews
from tests import chromium as browser_tools
from tests.browser import kit_office

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
PATIENCE_MS, LONG_MS = 20_000, 80_000
MOST_BYTES_PACKED = 300_000
KHON_KAEN = {"latitude": 16.43001, "longitude": 102.8295, "accuracy": 8}
THAI = wording.Wording("th")
SITES, PHOTOS_OF_EACH = 85, 3


@pytest.fixture(scope="module", name="register")
def _register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the starter register and a technician, and her secret beside it."""
    folder = tmp_path_factory.mktemp("kit") / "register"
    with connection.open_store(workspace.Workspace(folder)) as store:
        seed.with_starter_register(store, "test")
        (folder / "secret").write_text(device_secrets.give_secret(store, "somying", "test"), "utf-8")
    return folder


@pytest.fixture(name="office")
def _office(register: Path, tmp_path: Path) -> Iterator[kit_office.Office]:
    shutil.copytree(register, tmp_path / "office")
    with kit_office.opened(tmp_path / "office") as office:
        yield office


@pytest.fixture(scope="module", name="common")
def _common(register: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[kit_office.Office]:
    """An office shared by the tests that leave it alive, each with a site of its own."""
    folder = tmp_path_factory.mktemp("kit") / "common"
    shutil.copytree(register, folder)
    with kit_office.opened(folder) as office:
        yield office


@pytest.fixture(name="look_common")
def _look_common(common: kit_office.Office) -> Iterator[connection.Store]:
    with connection.open_store(workspace.Workspace(common.folder)) as store:
        yield store


def visits_of(store: connection.Store, code: str):
    visits = read.surveys(store)
    return visits.loc[visits["site_code"] == code]


def written_at(store: connection.Store, code: str) -> list[str]:
    measured = read.measurements(store)
    return measured.loc[measured["site_code"] == code, "as_written"].tolist()


@pytest.fixture(scope="module", name="file")
def _file(register: Path) -> Path:
    """The kit as one file that knows no office."""
    with connection.open_store(workspace.Workspace(register)) as store:
        origin = kit_page.Origin(kit_store.workspace_id(store))
        known = record.read(store, files.load_criteria(), files.load_weights())
        page = kit_page.render(kit_page.pack(known, devices.latest(store), origin))
    path = register / "kit.html"
    path.write_bytes(page)
    return path


@pytest.fixture(name="phones")
def _phones(chromium: Browser) -> Iterator[Phones]:
    made = Phones(chromium)
    yield made
    for context in made.contexts:
        context.close()
    assert made.wrong == []


class Phones:
    """Give phones that may not ask anybody but this machine, and whose pages may not go wrong."""

    def __init__(self, browser: Browser) -> None:
        self.browser, self.contexts, self.wrong = browser, [], []

    def new(self, **options: object) -> BrowserContext:
        asked = {"viewport": PHONE, "locale": "en-GB", "accept_downloads": True, **options}
        context = self.browser.new_context(**asked)
        context.set_default_timeout(PATIENCE_MS)
        context.on("request", self._watch)
        self.contexts.append(context)
        return context

    def _watch(self, request: object) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:", "file:")):
            self.wrong.append(request.url)

    def page(self, context: BrowserContext, address: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda fault: self.wrong.append(str(fault)))
        page.goto(address)
        ready(page)
        return page


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-ready=yes]")


def go(page: Page, place: str) -> None:
    page.evaluate("place => { location.hash = place; }", place)
    page.wait_for_function("place => location.hash === '#' + place && document.querySelector('h1')", arg=place)


def picture(seed: int, size: tuple[int, int] = (64, 48)) -> bytes:
    buffer, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "a phone"
    chance = random.Random(seed)
    image = Image.new("RGB", size, tuple(chance.randrange(256) for _ in range(3)))
    image.putpixel((seed % size[0], seed // size[0] % size[1]), (255, 255, 255))
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def photo_file(seed: int) -> dict[str, object]:
    return {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": picture(seed)}


def question(page: Page, quantity: str):
    return page.locator(f"[data-quantity={quantity}]")


def kept_drafts(page: Page) -> list[dict[str, object]]:
    return page.evaluate("() => Jaidee.store.all('drafts')")


def records(page: Page) -> dict[str, dict[str, object]]:
    return {each["survey_id"]: each for each in page.evaluate("() => Jaidee.store.all('records')")}


def sign_in(page: Page, office: kit_office.Office) -> None:
    go(page, "/queue")
    page.get_by_label("Name for sending").fill("somying")
    page.get_by_label("Secret", exact=True).fill((office.folder / "secret").read_text("utf-8"))
    page.get_by_role("button", name="Keep it and send").click()


def told(page: Page, sentence: str) -> None:
    expect(page.locator("#sync_told")).to_contain_text(sentence)


@pytest.fixture(name="look")
def _look(office: kit_office.Office) -> Iterator[connection.Store]:
    with connection.open_store(workspace.Workspace(office.folder)) as store:
        yield store


# ---- one site, by hand ---------------------------------------------------------------------------------------------


def test_one_site_surveyed_like_a_person_without_a_network(
    phones: Phones, office: kit_office.Office, look: connection.Store
) -> None:
    context = phones.new(geolocation=KHON_KAEN, permissions=["geolocation"])
    page = phones.page(context, f"{office.address}/field/kit?lang=en")
    page.wait_for_function("() => navigator.serviceWorker.controller || navigator.serviceWorker.ready")
    context.set_offline(True)
    page.reload()
    ready(page)
    expect(page.locator("#network")).to_have_text("no network")
    page.get_by_label("Find a site by code or name").fill("kk- city municipality office")
    page.get_by_role("button", name="Nearest first").click()
    expect(page.locator("a.site")).to_have_count(1)
    expect(page.locator("a.site").first).to_contain_text("51 m away")
    page.locator("a.site").first.click()
    page.get_by_label("Your name or staff number").fill("Somying")
    page.get_by_role("button", name="Note where I stand (GPS)").click()
    page.get_by_text("Noted, good to 8 m").wait_for()
    page.get_by_role("link", name="ramp 1").click()
    slope = question(page, "running_slope_pct")
    slope.get_by_label("Running slope (%)", exact=True).fill("1:6")
    expect(slope.locator(".verdict.fail").first).to_contain_text("fail")
    expect(slope.locator(".live").first).to_contain_text("≤ 1:12")
    slope.get_by_label("Running slope (%)", exact=True).fill("๑๒:1")
    expect(slope.locator(".wrong")).to_contain_text("upside down")
    slope.get_by_label("Running slope (%)", exact=True).fill("1:16")
    expect(slope.locator(".verdict.fail")).to_have_count(0)
    expect(slope.locator(".wrong")).to_have_count(0)
    width = question(page, "clear_width_mm")
    width.get_by_text("Could not measure …").click()
    width.get_by_label("Could not measure, because").select_option("blocked")
    slope.locator("input[type=file]").set_input_files(photo_file(1))
    slope.get_by_text("Photos kept on this phone: 1").wait_for()
    slope.get_by_label("A person is visible in photo 1").check()
    page.go_back()
    page.get_by_label("Remarks (no names, no faces)").fill("ฝนตก")
    expect(page.get_by_text("2 of ")).to_be_visible()
    page.get_by_role("button", name="Finish this survey").dblclick()
    expect(page.locator("article.record")).to_have_attribute("data-state", "phone")
    sign_in(page, office)
    told(page, "The office was not reached")
    assert read.surveys(look).empty
    context.set_offline(False)
    page.get_by_text("Receipt number 1").wait_for()
    visit = read.surveys(look).iloc[0]
    assert (visit["surveyor"], visit["note"], visit["source"], visit["accuracy_m"]) == ("Somying", "ฝนตก", "kit", 8)
    assert read.measurements(look)["as_written"].tolist() == ["1:16", ""]
    evidence = read.photos(look).iloc[0]
    assert (evidence["quantity"], evidence["contains_person"]) == ("running_slope_pct", True)
    assert not Image.open(io.BytesIO(photos.content(look, evidence["sha256"]))).getexif()
    assert verify.verify(look).problems == ()


def test_nothing_typed_is_lost_when_the_page_dies_at_any_moment(phones: Phones, file: Path) -> None:
    context = phones.new()
    typed, chance = "", random.Random(7)
    address = f"{file.as_uri()}?lang=en#/site/KK-002/KK-002.ramp.1"
    for _ in range(6):
        page = phones.page(context, address)
        field = question(page, "running_slope_pct").get_by_label("Running slope (%)", exact=True)
        assert field.input_value() == typed
        field.press("End")
        for _ in range(chance.randrange(1, 4)):
            digit = str(chance.randrange(1, 9))
            field.press_sequentially(digit)
            typed += digit
        page.close()
    page = phones.page(context, address)
    assert kept_drafts(page)[0]["answers"]["KK-002.ramp.1"]["running_slope_pct"]["texts"] == [typed]
    assert len(typed) > 6


def test_the_newest_window_works_alone(phones: Phones, file: Path) -> None:
    context = phones.new()
    address = f"{file.as_uri()}?lang=en#/site/KK-014/KK-014.ramp.1"
    first = phones.page(context, address)
    question(first, "running_slope_pct").locator("input[type=text]").first.fill("1:9")
    second = phones.page(context, address)
    expect(first.get_by_role("alert")).to_contain_text("goes on in another window")
    assert first.locator("main input").count() == 0
    assert question(second, "running_slope_pct").locator("input[type=text]").first.input_value() == "1:9"


def test_nothing_typed_is_lost_when_the_browser_is_killed(chromium: Browser, file: Path, tmp_path: Path) -> None:
    options = {"executable_path": shutil.which("chromium"), "args": browser_tools.ARGUMENTS, "viewport": PHONE}
    killed = chromium.browser_type.launch_persistent_context(tmp_path / "profile", **options)
    page = killed.new_page()
    page.goto(f"{file.as_uri()}?lang=en#/site/KK-003/KK-003.ramp.1")
    ready(page)
    question(page, "clear_width_mm").locator("input[type=text]").first.fill("87 cm")
    page.locator("[data-quantity=clear_width_mm] input[type=file]").set_input_files(photo_file(3))
    question(page, "clear_width_mm").get_by_text("Photos kept on this phone: 1").wait_for()
    kill_children_of(tmp_path / "profile")
    again = chromium.browser_type.launch_persistent_context(tmp_path / "profile", **options)
    page = again.new_page()
    page.goto(f"{file.as_uri()}?lang=en#/site/KK-003/KK-003.ramp.1")
    ready(page)
    assert question(page, "clear_width_mm").locator("input[type=text]").first.input_value() == "87 cm"
    expect(question(page, "clear_width_mm").locator("img.thumb")).to_be_visible()
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


def test_half_a_page_never_replaces_a_whole_one(phones: Phones, office: kit_office.Office) -> None:
    context = phones.new()
    page = phones.page(context, f"{office.address}/field/kit?lang=en")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    (office.folder / kit_office.CUT_OFF).touch()
    for _ in range(2):
        page.reload()
        ready(page)
    office.kill()
    page.reload()
    ready(page)
    expect(page.locator("a.site").first).to_be_visible()
    assert len(page.evaluate("() => caches.keys()")) == 1


# ---- versions and returns ------------------------------------------------------------------------------------------


SURVEY = """async ([code, slope, name]) => {
  const site = { code }, draft = Jaidee.notes.draftOf(code);
  draft.surveyor = name;
  await Jaidee.notes.setAnswer(draft, `${code}.ramp.1`, "running_slope_pct", { texts: [slope], reason: "" });
  return (await Jaidee.notes.finish(draft)).survey_id;
}"""


def test_a_record_changed_before_it_was_sent_is_counted_once(
    phones: Phones, common: kit_office.Office, look_common: connection.Store
) -> None:
    page = phones.page(phones.new(), f"{common.address}/field/kit?lang=en")
    first = page.evaluate(SURVEY, ["KK-004", "1:6", "Somying"])
    go(page, "/queue")
    page.get_by_role("button", name="Change it").click()
    page.get_by_role("link", name="ramp 1").click()
    question(page, "running_slope_pct").get_by_label("Running slope (%)", exact=True).fill("1:14")
    page.go_back()
    page.get_by_role("button", name="Finish this survey").click()
    sign_in(page, common)
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1)
    assert visits_of(look_common, "KK-004")["root_id"].tolist() == [first]
    assert written_at(look_common, "KK-004") == ["1:14"]
    assert [each["state"] for each in records(page).values()].count("replaced") == 1


def test_a_returned_record_comes_back_with_the_engineers_notes(
    phones: Phones, common: kit_office.Office, look_common: connection.Store
) -> None:
    page = phones.page(phones.new(), f"{common.address}/field/kit?lang=en")
    first = page.evaluate(SURVEY, ["KK-005", "1:6", "Somying"])
    sign_in(page, common)
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1)
    reviews.give_back(look_common, first, "look again", {"KK-005.ramp.1|running_slope_pct": "ลาดเกินจริง"}, "engineer")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("article.record")).to_have_attribute("data-state", "returned")
    expect(page.locator("article.record")).to_contain_text("Returned by engineer: look again")
    page.get_by_role("button", name="Begin its correction").click()
    expect(page.get_by_role("note").filter(has_text="look again")).to_be_visible()
    page.get_by_role("link", name="ramp 1").click()
    expect(question(page, "running_slope_pct")).to_contain_text("The engineer says: ลาดเกินจริง")
    question(page, "running_slope_pct").get_by_label("Running slope (%)", exact=True).fill("1:13")
    page.go_back()
    page.get_by_role("button", name="Finish this survey").click()
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(2)
    assert visits_of(look_common, "KK-005")["supersedes"].tolist() == ["", first]
    assert written_at(look_common, "KK-005") == ["1:13"]
    go(page, "/queue")
    expect(page.locator(f"[data-survey='{first}']")).to_contain_text("A later survey corrects this one.")


def test_a_record_that_is_held_says_why_and_what_the_engineer_decided(
    phones: Phones, common: kit_office.Office, look_common: connection.Store
) -> None:
    page = phones.page(phones.new(), f"{common.address}/field/kit?lang=en")
    held = page.evaluate(SURVEY, ["KK-999", "1:6", "Somying"])
    sign_in(page, common)
    expect(page.locator("article.record")).to_have_attribute("data-state", "held")
    expect(page.locator("article.record")).to_contain_text("KK-999 is not in the register")
    rows = quarantine.held_rows(look_common)
    row = rows.loc[rows["raw"].str.contains(held)].iloc[0]
    quarantine.settle(
        look_common, int(row["batch_id"]), int(row["line"]), quarantine.DISMISSED, "no such place", "engineer"
    )
    page.get_by_role("button", name="Send now").click()
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("article.record")).to_have_attribute("data-state", "dismissed")
    expect(page.locator("article.record")).to_contain_text("no such place")


# ---- the whole city ------------------------------------------------------------------------------------------------


FILL = """async ([codes, start, each]) => {
  const paint = (seed) => new Promise((done) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [48, 36];
    const pen = canvas.getContext("2d");
    pen.fillStyle = `rgb(${seed % 256}, ${(seed * 7) % 256}, ${(seed * 31) % 256})`;
    pen.fillRect(0, 0, 48, 36);
    pen.fillStyle = "#fff";
    pen.fillRect(seed % 40, (seed * 3) % 30, 6, 6);
    canvas.toBlob((blob) => done(new File([blob], `${seed}.png`, { type: "image/png" })), "image/png");
  });
  const packed = JSON.parse(document.getElementById("kit-data").textContent);
  let seed = start;
  for (const code of codes) {
    const site = packed.sites.find((one) => one.code === code);
    const draft = Jaidee.notes.draftOf(code);
    draft.surveyor = "Somying";
    const element = site.elements[0]?.id ?? Jaidee.notes.addElement(site, draft, "ramp", "");
    for (const [quantity, text] of [["running_slope_pct", "1:12"], ["clear_width_mm", "95"], ["runs_count", "1"]]) {
      await Jaidee.notes.setAnswer(draft, element, quantity, { texts: [text], reason: "" });
    }
    for (let one = 0; one < each; one++) await Jaidee.notes.addPhoto(draft, await paint(seed++), element, "");
    await Jaidee.notes.finish(draft);
  }
}"""


def test_85_sites_and_255_photos_through_a_dying_office_and_a_mangled_file(
    phones: Phones, office: kit_office.Office, look: connection.Store, tmp_path: Path
) -> None:
    codes = [code for code in read.sites(look).index if code.startswith("KK-")]
    assert len(codes) == SITES
    context = phones.new()
    page = phones.page(context, f"{office.address}/field/kit?lang=en")
    context.set_offline(True)
    for part in range(0, SITES, 17):
        page.evaluate(FILL, [codes[part : part + 17], part * PHOTOS_OF_EACH, PHOTOS_OF_EACH])
    mine = records(page)
    hashes = {photo["sha256"] for each in mine.values() for photo in each["sheet"]["photos"]}
    assert (len(mine), len(hashes)) == (SITES, SITES * PHOTOS_OF_EACH)
    go(page, "/queue")
    with page.expect_download() as download:
        page.get_by_role("button", name="Write the file").click()
    written = download.value.path().read_bytes()
    sign_in(page, office)
    told(page, "The office was not reached")
    context.set_offline(False)
    page.wait_for_function("() => [...Jaidee.notes.records.values()].filter((one) => one.number).length > 12")
    office.kill()
    told(page, "The office was not reached")
    held_back = sum(each["number"] == 0 for each in records(page).values())
    assert held_back > 20
    office.start_again()
    page.wait_for_timeout(300)
    mangled_and_brought(written, look, mine, hashes)
    page.get_by_role("button", name="Send now").click()
    every = "() => [...Jaidee.notes.records.values()].every((one) => one.state === 'accepted')"
    page.wait_for_function(every, timeout=LONG_MS)
    told(page, "Done.")
    everything_is_there_once(look, page, mine, hashes)
    again = kit_file.read(written, "again.ndjson", known(look))
    counts = receiving.receive(look, again, "engineer", words=THAI).as_record()
    assert counts == {"accepted": 0, "correction": 0, "same": SITES, "conflict": 0, "held": 0, "missing_photos": 0}
    everything_is_there_once(look, page, mine, hashes)
    make_room(page, hashes)


def known(store: connection.Store) -> known_room.Known:
    return known_room.of_store(store, files.load_criteria(), dt.datetime.now(dt.UTC), kit_store.workspace_id(store))


def mangled_and_brought(written: bytes, store: connection.Store, mine: dict[str, object], hashes: set[str]) -> None:
    """Bring the file by hand: shuffled, a part of it twice, cut off in a line, as a chat and a bad card would."""
    lines = written.splitlines(keepends=True)
    assert len(lines) == 1 + len(mine) + len(hashes)
    random.Random(3).shuffle(lines)
    mangled = b"".join(lines[:200]) + b"".join(lines[:30]) + lines[200][: len(lines[200]) // 2]
    delivery = kit_file.read(mangled, "card.ndjson", known(store))
    codes = {notice.kind.code for notice in delivery.notices}
    assert {kit_file.CUT_OFF.code, kit_file.TWICE.code} <= codes
    counts = receiving.receive(store, delivery, "engineer", words=THAI).as_record()
    assert counts["held"] == counts["conflict"] == counts["correction"] == 0
    assert counts["accepted"] > 20
    assert counts["missing_photos"] > 20


def everything_is_there_once(store: connection.Store, page: Page, mine: dict[str, object], hashes: set[str]) -> None:
    visits = read.surveys(store)
    assert sorted(visits["survey_id"]) == sorted(mine)
    assert set(visits["site_code"]) == {each["site_code"] for each in mine.values()}
    wanted = sorted((each["survey_id"], photo["sha256"]) for each in mine.values() for photo in each["sheet"]["photos"])
    kept = {sha256: photos.sent_before(store, sha256).sha256 for sha256 in hashes}
    evidence = read.photos(store)
    assert sorted(zip(evidence["survey_id"], evidence["sha256"], strict=True)) == sorted(
        (survey_id, kept[sha256]) for survey_id, sha256 in wanted
    )
    assert verify.verify(store).problems == ()


def make_room(page: Page, hashes: set[str]) -> None:
    """Delete from the phone what the office says it has, after saying yes twice."""
    assert page.evaluate("async () => (await Jaidee.store.all('photos')).length") == len(hashes)
    go(page, "/")
    go(page, "/queue")
    page.get_by_role("button", name="Delete photos that the office has").click()
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.locator("#room_told")).to_contain_text(f"kept at the office: {len(hashes)}", timeout=LONG_MS)
    assert page.evaluate("async () => (await Jaidee.store.all('photos')).length") == 0


# ---- the page itself -----------------------------------------------------------------------------------------------


def test_the_page_is_small_and_asks_nobody(phones: Phones, file: Path) -> None:
    packed = len(gzip.compress(file.read_bytes(), 9))
    assert packed < MOST_BYTES_PACKED
    asked: list[str] = []
    context = phones.new()
    context.on("request", lambda request: asked.append(request.url))
    page = phones.page(context, file.as_uri())
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [file.as_uri()]
    assert page.evaluate("() => document.documentElement.lang") == "th"
    assert page.evaluate("() => document.fonts.check('16px Sarabun', 'ก')")
    go(page, "/queue")
    expect(
        page.get_by_text(THAI.text("This kit knows no address of the office. Write a file below and bring or send it."))
    ).to_be_visible()


def test_the_page_hashes_as_everybody_does(phones: Phones, file: Path) -> None:
    page = phones.page(phones.new(), file.as_uri())
    contents = [random.Random(size).randbytes(size) for size in (0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 70_001)]
    own = page.evaluate(
        "lists => lists.map((list) => Jaidee.sha256.hex(Uint8Array.from(list)))", [list(each) for each in contents]
    )
    assert own == [hashlib.sha256(each).hexdigest() for each in contents]
    assert page.evaluate("() => Jaidee.sha256.ofText('ขอนแก่น')") == hashlib.sha256("ขอนแก่น".encode()).hexdigest()


def test_a_photo_that_the_browser_cannot_decode_is_kept_as_it_came(phones: Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-006")
    strange = b"\x00\x00\x00\x18ftypheic not decodable here" * 9
    page.locator("input[type=file]").set_input_files({"name": "a.heic", "mimeType": "image/heic", "buffer": strange})
    page.get_by_text("it is kept and sent as it is").wait_for()
    facts = page.evaluate("() => Jaidee.store.all('photo_facts')")
    assert [(each["sha256"], each["bytes"]) for each in facts] == [(hashlib.sha256(strange).hexdigest(), len(strange))]


def test_a_large_photo_is_made_smaller_and_loses_its_hidden_data(phones: Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-006")
    large = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(5, (3000, 1000))}
    page.locator("input[type=file]").set_input_files(large)
    page.get_by_text("Photos kept on this phone: 1").wait_for()
    kept = page.evaluate(
        "async () => [...new Uint8Array(await (await Jaidee.store.all('photos'))[0].blob.arrayBuffer())]"
    )
    image = Image.open(io.BytesIO(bytes(kept)))
    assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (2048, 683), {})
    page.locator("input[type=file]").set_input_files(large)
    page.get_by_text("This photo is in this survey already.").wait_for()
    assert len(kept_drafts(page)[0]["photos"]) == 1


def test_what_a_surveyor_writes_is_shown_as_text_only(phones: Phones, file: Path) -> None:
    page = phones.page(phones.new(), f"{file.as_uri()}?lang=en#/site/KK-007")
    nasty = "<img src=x onerror=\"document.title='owned'\">"
    page.get_by_text("Add an element that is not listed").click()
    page.get_by_label("What do you call it?").fill(nasty)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(nasty)
    assert page.locator("img[src=x]").count() == 0
    assert "unsafe" not in page.locator("meta[http-equiv]").get_attribute("content")


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_screen_is_accessible(phones: Phones, file: Path, language: str, size: dict[str, int]) -> None:
    page = phones.page(phones.new(viewport=size), f"{file.as_uri()}?lang={language}")
    assert page.evaluate("() => document.documentElement.lang") == language
    page.evaluate(SURVEY, ["KK-008", "1:6", "Somying"])
    titles = set()
    for place in ("/", "/map", "/queue", "/site/KK-008", "/site/KK-009", "/site/KK-009/KK-009.ramp.1"):
        go(page, place)
        if place.count("/") == 3:
            question(page, "running_slope_pct").locator("input[type=text]").first.fill("1:6")
            question(page, "clear_width_mm").locator("input[type=text]").first.fill("banana")
            question(page, "clear_width_mm").locator("input[type=file]").set_input_files(photo_file(2))
            page.locator("img.thumb").wait_for()
            page.evaluate("() => document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert browser_tools.violations(page) == [], place
        titles.add(page.title())
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), place
    assert len(titles) == 6


def test_the_map_is_worked_by_keyboard_and_its_buttons_never_overlap(phones: Phones, file: Path) -> None:
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


def test_back_works_and_the_language_is_kept(phones: Phones, file: Path) -> None:
    context = phones.new()
    page = phones.page(context, file.as_uri())
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sites")
    page.get_by_role("link", name="KK-010").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("KK-010")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sites")
    page.reload()
    ready(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sites")
    assert json.loads(page.locator("#kit-data").text_content())["language"] == "th"


def test_a_page_from_a_file_sends_to_the_office_it_was_made_for(
    phones: Phones, common: kit_office.Office, look_common: connection.Store, tmp_path: Path
) -> None:
    page = phones.page(phones.new(), f"{common.address}/field/kit")
    saved = tmp_path / "saved.html"
    saved.write_bytes(page.evaluate("async () => (await fetch(location.href)).text()").encode())
    page = phones.page(phones.new(), f"{saved.as_uri()}?lang=en")
    page.evaluate(SURVEY, ["KK-011", "1:14", "Somying"])
    sign_in(page, common)
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1)
    assert len(visits_of(look_common, "KK-011")) == 1


def test_a_wrong_secret_is_told_and_nothing_is_lost(phones: Phones, common: kit_office.Office) -> None:
    page = phones.page(phones.new(), f"{common.address}/field/kit?lang=en")
    page.evaluate(SURVEY, ["KK-012", "1:14", "Somying"])
    go(page, "/queue")
    page.get_by_label("Name for sending").fill("somying")
    page.get_by_label("Secret", exact=True).fill("wrong")
    page.get_by_role("button", name="Keep it and send").click()
    told(page, "Name or secret is not right")
    assert [each["state"] for each in records(page).values()] == ["phone"]
    sign_in(page, common)
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1)
    page.get_by_role("button", name="Forget my secret on this phone").click()
    page.get_by_role("button", name="Yes, do it").click()
    page.get_by_label("Name for sending").wait_for()
    assert page.evaluate("() => Jaidee.store.get('settings', 'login')") is None


def test_an_office_without_the_record_gets_it_again(phones: Phones, office: kit_office.Office, register: Path) -> None:
    page = phones.page(phones.new(), f"{office.address}/field/kit?lang=en")
    page.evaluate(SURVEY, ["KK-013", "1:14", "Somying"])
    sign_in(page, office)
    page.get_by_text("Receipt number 1").wait_for()
    office.kill()
    for stale in office.folder.glob("jaidee.gpkg*"):
        stale.unlink()
    shutil.copy(register / "jaidee.gpkg", office.folder / "jaidee.gpkg")
    office.start_again()
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("article.record")).to_have_attribute("data-state", "phone")
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("article.record")).to_have_attribute("data-state", "accepted")
    with connection.open_store(workspace.Workspace(office.folder)) as store:
        assert len(read.surveys(store)) == 1
        assert receiving.HELD not in set(read.surveys(store)["status"])
