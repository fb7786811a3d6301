"""85 sites and 255 photos reach the office once each, through its death and a mangled file."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from audits.field import known as known_room
from audits.field import receiving
from audits.field.kit import file as kit_file
from audits.field.kit import store as kit_store
from audits.rules import files
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.surveys import read
from tests.browser import kit_office
from tests.browser.kit import hand

SITES, PHOTOS_OF_EACH = 85, 3


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


@pytest.mark.soak
def test_85_sites_and_255_photos_through_a_dying_office_and_a_mangled_file(
    phones: hand.Phones, office: kit_office.Office, look: connection.Store, tmp_path: Path
) -> None:
    codes = [code for code in read.sites(look).index if code.startswith("KK-")]
    assert len(codes) == SITES
    context = phones.new()
    page = phones.page(context, f"{office.address}/field/kit?lang=en")
    context.set_offline(True)
    for part in range(0, SITES, 17):
        page.evaluate(FILL, [codes[part : part + 17], part * PHOTOS_OF_EACH, PHOTOS_OF_EACH])
    mine = hand.records(page)
    hashes = {photo["sha256"] for each in mine.values() for photo in each["sheet"]["photos"]}
    assert (len(mine), len(hashes)) == (SITES, SITES * PHOTOS_OF_EACH)
    hand.go(page, "/queue")
    with page.expect_download() as download:
        page.get_by_role("button", name="Write the file").click()
    written = download.value.path().read_bytes()
    hand.sign_in(page, office)
    hand.told(page, "The office was not reached")
    context.set_offline(False)
    some = "() => [...Jaidee.notes.records.values()].filter((one) => one.number).length > 12"
    page.wait_for_function(some, timeout=hand.LONG_MS)
    office.kill()
    hand.told(page, "The office was not reached")
    held_back = sum(each["number"] == 0 for each in hand.records(page).values())
    assert held_back > 20
    office.start_again()
    page.wait_for_timeout(300)
    mangled_and_brought(written, look, mine, hashes)
    page.get_by_role("button", name="Send now").click()
    every = "() => [...Jaidee.notes.records.values()].every((one) => one.state === 'accepted')"
    page.wait_for_function(every, timeout=hand.LONG_MS)
    hand.told(page, "Done.")
    everything_is_there_once(look, page, mine, hashes)
    again = kit_file.read(written, "again.ndjson", known(look))
    counts = receiving.receive(look, again, "engineer", words=hand.THAI).as_record()
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
    counts = receiving.receive(store, delivery, "engineer", words=hand.THAI).as_record()
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
    hand.go(page, "/")
    hand.go(page, "/queue")
    page.get_by_role("button", name="Delete photos that the office has").click()
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.locator("#room_told")).to_contain_text(f"kept at the office: {len(hashes)}", timeout=hand.LONG_MS)
    assert page.evaluate("async () => (await Jaidee.store.all('photos')).length") == 0
