"""An engineer sends technicians out, takes back what they bring, and decides on photos with people."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from audits import survey
from audits.store.accounts import device_secrets
from audits.store.db import connection
from audits.store.photos import photos
from audits.store.surveys import attaching, read, submit
from tests.browser import conftest

FILLED = Path(__file__).parents[1] / "field" / "odk" / "submissions" / "filled.xml"


def _named(page: Page) -> None:
    page.get_by_label("Your name or staff number").first.fill("Engineer 1")
    page.keyboard.press("Tab")
    conftest.settled(page)


def test_a_file_from_the_field_is_taken_in_once_with_a_receipt(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    # Its photo did not come, so that the file may be brought once more.
    for outcome in ("accepted: 1", "here already: 1"):
        page = opened(f"{served.address}/field_work?lang=en")
        conftest.settled(page)
        _named(page)
        page.get_by_role("tab", name="Bring back").click()
        page.locator("input[type=file]").set_input_files(str(FILLED))
        expect(page.get_by_text("1 record", exact=False).first).to_be_visible()
        page.get_by_role("button", name="Take it in").click()
        expect(page.get_by_text(outcome, exact=False).first).to_be_visible()
    with connection.open_store(served.workspace) as store:
        assert (read.surveys(store)["source"] == "odk").sum() == 1


def test_a_technician_s_secret_is_shown_once_and_opens_the_door(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    page = opened(f"{served.address}/field_work?lang=en", "phone")
    conftest.settled(page)
    _named(page)
    page.get_by_role("tab", name="Technicians").click()
    page.get_by_label("Name or staff number of the technician").fill("T-33")
    page.keyboard.press("Tab")
    conftest.settled(page)
    page.get_by_role("button", name="Give a new secret").click()
    told = page.get_by_text("Secret of T-33:", exact=False).inner_text()
    secret = told.split("T-33: ")[1].split(".")[0]
    with connection.open_store(served.workspace) as store:
        assert device_secrets.matches(store, "T-33", secret)
    page.reload()
    conftest.settled(page)
    assert secret not in page.content()


def test_a_photo_with_a_person_is_kept_back_until_it_is_blurred(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    written = io.BytesIO()
    Image.effect_noise((320, 240), 90).convert("RGB").save(written, "JPEG")
    with connection.open_store(served.workspace.demonstration) as store:
        visit = read.survey(store, str(read.surveys(store).iloc[0]["survey_id"]))
        kept = photos.keep(store, written.getvalue(), actor="test")
        made = survey.Survey(
            survey.new_survey_id(), visit.site_code, "ช่างสาธิต 1", visit.observed_at, "demonstration", "v", note="ภาพ"
        )
        number = submit.submit(store, made, "test").number
        evidence = attaching.Evidence("a.jpg", kept.sha256, caption="At the door", contains_person=True)
        attaching.attach(store, made.survey_id, [evidence], "test")
    assert number
    world = "lang=en&workspace=demonstration"
    site = opened(f"{served.address}/site?{world}&site={visit.site_code}")
    conftest.settled(site)
    site.get_by_role("tab", name="History").click()
    expect(site.get_by_text("is kept back until an engineer clears or blurs it", exact=False)).to_be_visible()
    assert site.get_by_alt_text("At the door").count() == 0
    page = opened(f"{served.address}/review?{world}")
    conftest.settled(page)
    _named(page)
    page.get_by_role("tab", name="Photos with people").click()
    expect(page.get_by_alt_text(f"{visit.site_code} · At the door")).to_be_visible()
    page.get_by_role("button", name="Blur the area and show the copy").click()
    expect(page.get_by_text("Settled.", exact=True)).to_be_visible()
    site.reload()
    conftest.settled(site)
    # at the head of the page, and in its history
    expect(site.get_by_alt_text("At the door").first).to_be_visible()
    with connection.open_store(served.workspace.demonstration) as store:
        shown = read.photos(store, survey_ids=[made.survey_id]).iloc[0]
    assert shown["shown_sha256"] not in ("", kept.sha256)
