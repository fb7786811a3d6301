"""A community technician surveys on a phone, in Thai, and loses nothing."""

from __future__ import annotations

import io
import re
import signal

import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from audits.store.db import connection
from audits.store.photos import photos
from audits.store.surveys import drafts, quarantine, read
from tests.browser import conftest

# five seconds, and one for a busy machine
NOTICED_MS = 6_000
KHON_KAEN = {"latitude": 16.43001, "longitude": 102.8295, "accuracy": 8}


def _receipt(page: Page, code: str) -> int:
    """Wait for the receipt of a site's survey, and return its number."""
    receipt = page.get_by_text(re.compile(rf"Receipt number \d+ for {code}"))
    receipt.wait_for()
    return int(re.findall(r"Receipt number (\d+) for", receipt.inner_text())[0])


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save the survey").dblclick()
    # The receipt, or the question whether so few answers are to be sent; the receipt before may still be there.
    conftest.settled(page)
    anyway = page.get_by_role("button", name="Send it as it is")
    # a busy machine may rest between the press and its answer
    anyway.or_(page.get_by_text("Receipt number")).first.wait_for()
    if anyway.count():
        anyway.dblclick()


def _kept(store: connection.Store, code: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the surveys and the measurements of one site."""
    surveys, measured = read.surveys(store), read.measurements(store)
    return surveys.loc[surveys["site_code"] == code], measured.loc[measured["site_code"] == code]


def _begin(page: Page, name: str) -> None:
    conftest.settled(page)
    page.get_by_label("ชื่อหรือรหัสเจ้าหน้าที่ของท่าน").or_(page.get_by_label("Your name or staff number")).first.fill(name)
    page.keyboard.press("Tab")
    conftest.settled(page)


def _open(page: Page, theme: str) -> None:
    page.get_by_role("button", name=re.compile(f"{theme} · ")).click()
    conftest.settled(page)


def _answer_slope(page: Page, slope: str) -> None:
    field = page.get_by_label("Running slope (%)", exact=True)
    if not field.count():
        _open(page, "Slope and length")
    field.fill(slope)
    page.keyboard.press("Tab")
    expect(page.locator(".jaidee-verdict").first).to_be_visible()
    conftest.settled(page)


def test_nearest_site_survey_receipt_and_new_score(own: conftest.Served, opened: conftest.Opener) -> None:
    address = f"{own.address}/survey?lang=en&workspace=real"
    page = opened(address, "phone", geolocation=KHON_KAEN, permissions=["geolocation"])
    conftest.settled(page)
    page.get_by_role("button", name="Use my position").click()
    page.get_by_text("Nearest sites").wait_for()
    page.get_by_text("KK-001 Ramp, City municipality office ·").click()
    _begin(page, "T-07")
    _answer_slope(page, "1:10")
    expect(page.locator(".jaidee-verdict.fail").first).to_contain_text("fail")
    _save(page)
    _receipt(page, "KK-001")
    expect(page.get_by_text("Before: score 0 to 100. Now: score 0 to")).to_be_visible()
    with connection.open_store(own.workspace) as store:
        surveys, measured = _kept(store, "KK-001")
    assert len(surveys) == 1
    (visit,) = surveys.to_dict("records")
    assert (visit["latitude"], visit["longitude"], visit["accuracy_m"]) == tuple(KHON_KAEN.values())
    assert not pd.isna(visit["located_at"])
    assert list(measured["as_written"]) == ["1:10"]
    assert measured["value"].iloc[0] == pytest.approx(10)


def test_a_draft_survives_a_killed_server_and_a_reload(own: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{own.address}/survey?lang=en&workspace=real&site=KK-002", "phone")
    _begin(page, "T-08")
    _answer_slope(page, "7.5")
    # the connection stays open and nothing comes back, as behind a dead access point
    own.process.send_signal(signal.SIGSTOP)
    page.get_by_label("Remarks (no names, no faces)").fill("wet")
    page.keyboard.press("Tab")
    expect(page.get_by_role("alert")).to_contain_text("does not answer", timeout=NOTICED_MS)
    own.process.send_signal(signal.SIGCONT)
    expect(page.locator(".jaidee-offline")).to_be_empty()
    own.kill()
    page.wait_for_timeout(1500)
    own.start_again()
    page.reload()
    conftest.settled(page)
    expect(page.get_by_label("Running slope (%)", exact=True)).to_have_value("7.5", timeout=conftest.SLOW_MS)
    expect(page.get_by_label("Your name or staff number").first).to_have_value("T-08")
    _save(page)
    _receipt(page, "KK-002")


@pytest.mark.parametrize("apart_ms", [150, 400])
def test_a_second_tap_on_the_last_button_does_nothing(
    own: conftest.Served, opened: conftest.Opener, apart_ms: int
) -> None:
    code = f"KK-0{10 + apart_ms // 100}"
    page = opened(f"{own.address}/survey?lang=en&workspace=real&site={code}", "phone")
    _begin(page, "T-09")
    _answer_slope(page, "1:10")
    page.get_by_role("button", name="Save the survey").click()
    anyway = page.get_by_role("button", name="Send it as it is")
    anyway.wait_for()
    conftest.settled(page)
    anyway.evaluate("(button, ms) => { button.click(); setTimeout(() => button.click(), ms); }", apart_ms)
    _receipt(page, code)
    conftest.settled(page)
    expect(page.get_by_text("encountered an error")).to_have_count(0)
    assert not [key for key in drafts.keys(own.workspace) if key.endswith(code)], "what was sent is no draft any more"
    with connection.open_store(own.workspace) as store:
        assert len(_kept(store, code)[0]) == 1
        assert quarantine.held_rows(store).empty


def test_a_photo_is_kept_at_once_without_its_hidden_data(own: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{own.address}/survey?lang=en&workspace=real&site=KK-003", "phone")
    _begin(page, "T-09")
    _open(page, "Photos")
    picture, exif = Image.new("RGB", (64, 48), "navy"), Image.Exif()
    exif[0x010F] = "a phone"
    content = io.BytesIO()
    picture.save(content, "JPEG", exif=exif)
    page.locator("input[type=file]").set_input_files(
        {"name": "ramp.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}
    )
    page.get_by_text("1 photo kept").wait_for()
    conftest.settled(page)
    page.get_by_role("button", name="Remove photo 1").click()
    expect(page.get_by_text("1 photo kept")).to_have_count(0)
    conftest.settled(page)
    page.locator("input[type=file]").set_input_files(
        {"name": "ramp.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}
    )
    page.get_by_text("1 photo kept").wait_for()
    expect(page.locator("img.jaidee-photo")).to_be_visible()
    _save(page)
    _receipt(page, "KK-003")
    with connection.open_store(own.workspace) as store:
        kept = read.photos(store, site_code="KK-003")
        assert len(kept) == 1
        assert not Image.open(io.BytesIO(photos.content(store, kept["sha256"].iloc[0]))).getexif()
    page.get_by_role("link", name="See all findings of KK-003").click()
    expect(page.locator("img.jaidee-photo")).to_be_visible()


def test_a_correction_supersedes_and_nothing_is_lost(own: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{own.address}/survey?lang=en&workspace=real&site=KK-004", "phone")
    _begin(page, "T-10")
    _answer_slope(page, "1:6")
    _save(page)
    first = _receipt(page, "KK-004")
    conftest.settled(page)
    page.get_by_role("button", name="Survey this site again").click()
    conftest.unfold(page.get_by_text("Correct an earlier survey"))
    page.get_by_role("button", name="Begin a correction").click()
    page.get_by_text("This corrects an earlier survey").wait_for()
    conftest.settled(page)
    _answer_slope(page, "1:16")
    _save(page)
    page.get_by_text(f"Receipt number {first + 1} for KK-004").wait_for()
    with connection.open_store(own.workspace) as store:
        surveys, measured = _kept(store, "KK-004")
    assert len(surveys) == 2
    assert surveys["superseded_by"].iloc[0] == surveys["survey_id"].iloc[1]
    assert list(measured["as_written"]) == ["1:16"]


def test_a_position_is_confirmed_where_the_technician_stands(own: conftest.Served, opened: conftest.Opener) -> None:
    page = opened(f"{own.address}/site?lang=en&workspace=real&site=KK-050", "phone")
    conftest.settled(page)
    page.get_by_role("tab", name="Place").click()
    conftest.unfold(page.get_by_text("Report the position", exact=True))
    page.get_by_label("Your name or staff number").fill("T-11")
    page.keyboard.press("Tab")
    conftest.settled(page)
    page.get_by_role("button", name="Write to the register").click()
    page.get_by_text("confirmed on site, accuracy about").wait_for()
    with connection.open_store(own.workspace) as store:
        assert read.sites(store).loc["KK-050", "position_status"] == "confirmed"
        assert len(read.site_history(store, "KK-050")) == 1
