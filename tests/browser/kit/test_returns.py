"""Records that are changed, returned, held or forgotten by the office find their way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from audits.field import receiving
from audits.store.db import connection, workspace
from audits.store.surveys import quarantine, read, reviews
from tests.browser import kit_office
from tests.browser.kit import hand


def test_a_record_changed_before_it_was_sent_is_counted_once(
    phones: hand.Phones, common: kit_office.Office, look_common: connection.Store
) -> None:
    page = phones.page(phones.new(), f"{common.address}/field/kit?lang=en")
    first = page.evaluate(hand.SURVEY, ["KK-004", "1:6", "Somying"])
    hand.go(page, "/queue")
    page.get_by_role("button", name="Change it").click()
    page.get_by_role("link", name="ramp 1").click()
    hand.question(page, "running_slope_pct").get_by_label("Running slope (%)", exact=True).fill("1:14")
    page.go_back()
    page.get_by_role("button", name="Finish this survey").click()
    page.get_by_role("button", name="Send it as it is").click()
    hand.sign_in(page, common)
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1)
    assert hand.visits_of(look_common, "KK-004")["root_id"].tolist() == [first]
    assert hand.written_at(look_common, "KK-004") == ["1:14"]
    assert [each["state"] for each in hand.records(page).values()].count("replaced") == 1


CHANGED_MEANWHILE = """async (replaced) => {
  const whole = window.fetch;
  window.fetch = async (...asked) => {
    if (asked[1]?.method === "POST") {
      window.fetch = whole;
      const draft = await Jaidee.notes.mend(Jaidee.notes.records.get(replaced));
      const answer = { texts: ["1:15"], reason: "" };
      await Jaidee.notes.setAnswer(draft, `${draft.site_code}.ramp.1`, "running_slope_pct", answer);
      await Jaidee.notes.finish(draft);
    }
    return whole(...asked);
  };
}"""


@pytest.mark.parametrize("changed", [0, 1], ids=["the one that is on its way", "one that waits"])
def test_a_record_changed_while_records_are_sent_stays_replaced(
    phones: hand.Phones, common: kit_office.Office, look_common: connection.Store, changed: int
) -> None:
    page = phones.page(phones.new(), f"{common.address}/field/kit?lang=en")
    codes = [f"KK-01{5 + 2 * changed + place}" for place in range(2)]
    sent = [page.evaluate(hand.SURVEY, [code, "1:6", "Somying"]) for code in codes]
    page.evaluate(CHANGED_MEANWHILE, sent[changed])
    hand.sign_in(page, common)
    expect(page.locator("article.record")).to_have_count(2)
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(2)
    assert hand.records(page)[sent[changed]]["state"] == "replaced"
    assert hand.written_at(look_common, codes[changed])[-1] == "1:15"
    assert len(hand.visits_of(look_common, codes[changed])) == 2 - changed


@pytest.mark.parametrize(
    ("steep", "photos"),
    [("ลาดเกินจริง", None), ("ลาดเกินจริง ไม่ต้องถ่ายรูป", ["KK-005.ramp.1|clear_width_mm"])],
    ids=["by the words of its notes", "as the return says"],
)
def test_a_returned_record_comes_back_with_the_engineers_notes(
    phones: hand.Phones,
    common: kit_office.Office,
    look_common: connection.Store,
    steep: str,
    photos: list[str] | None,
) -> None:
    page = phones.page(phones.new(), f"{common.address}/field/kit?lang=en")
    before_this = len(hand.visits_of(look_common, "KK-005"))
    first = page.evaluate(hand.SURVEY, ["KK-005", "1:6", "Somying"])
    hand.sign_in(page, common)
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1)
    notes = {"KK-005.ramp.1|running_slope_pct": steep}
    notes |= {} if photos else {"KK-005.ramp.1|clear_width_mm": "ถ่ายรูปใหม่"}
    reviews.give_back(look_common, first, "look again", notes, "engineer", photos=photos)
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("article.record")).to_have_attribute("data-state", "returned")
    expect(page.locator("article.record")).to_contain_text("Returned by engineer: look again")
    again = "photograph again" if photos else "ถ่ายรูปใหม่"
    expect(page.locator("article.record")).to_contain_text(f"Clear width: {again}")
    expect(page.locator("#returned article.record")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_text("Records")
    hand.go(page, "/")
    expect(page.locator("#screen > :nth-child(2)")).to_have_id("returned")
    page.evaluate("() => Jaidee.notes.signedInAs('Malee')")
    page.get_by_role("button", name="Begin its correction").click()
    expect(page.get_by_role("note").filter(has_text="look again")).to_be_visible()
    expect(page.get_by_label("Your name or staff number")).to_have_value("Malee")
    expect(page.locator("#screen")).to_contain_text("Measured by Somying on")
    page.get_by_label("It is here").check()
    page.get_by_role("button", name="Finish this survey").click()
    expect(page.locator("#finish_told")).to_contain_text("Nothing differs yet")
    expect(page.locator("button.main:visible")).to_have_text(["Send it as it is"])
    page.get_by_role("button", name="Send it as it is").click()
    expect(page.locator("#finish_told")).to_contain_text("Write first why it stays as it is.")
    page.get_by_label("Remarks (no names, no faces)").fill("looked again")
    page.get_by_role("button", name="Finish this survey").click()
    expect(page.locator("#finish_told")).to_contain_text("answers that are as they were: KK-005 ramp 1")
    expect(page.locator("#finish_told")).to_contain_text("photos that are still missing: KK-005 ramp 1 · Clear width")
    page.locator("a.site", has_text="ramp 1").click()
    expect(hand.question(page, "running_slope_pct")).to_contain_text(f"The engineer says: {steep}")
    hand.question(page, "running_slope_pct").get_by_label("Running slope (%)", exact=True).fill("1:13")
    page.go_back()
    page.get_by_role("button", name="Finish this survey").click()
    expect(page.locator("#finish_told")).to_contain_text("Send it without them?")
    page.get_by_role("button", name="Send it as it is").click()
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(2)
    visits = hand.visits_of(look_common, "KK-005").iloc[before_this:]
    assert visits["supersedes"].tolist() == ["", first]
    assert hand.written_at(look_common, "KK-005")[-1] == "1:13"
    assert visits["surveyor"].tolist() == ["Somying", "Malee"]
    before, after = visits.to_dict("records")
    assert (before["place"], after["place"]) == ("", "here")
    assert before["observed_at"] == after["observed_at"]
    hand.go(page, "/queue")
    expect(page.locator(f"[data-survey='{first}']")).to_contain_text("A later survey corrects this one.")


def test_a_record_that_is_held_says_why_and_what_the_engineer_decided(
    phones: hand.Phones, common: kit_office.Office, look_common: connection.Store
) -> None:
    page = phones.page(phones.new(), f"{common.address}/field/kit?lang=en")
    held = page.evaluate(hand.SURVEY, ["KK-999", "1:6", "Somying"])
    hand.sign_in(page, common)
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


def test_an_office_without_the_record_gets_it_again(
    phones: hand.Phones, office: kit_office.Office, register: Path
) -> None:
    page = phones.page(phones.new(), f"{office.address}/field/kit?lang=en")
    page.evaluate(hand.SURVEY, ["KK-013", "1:14", "Somying"])
    hand.sign_in(page, office)
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


def test_an_unchanged_correction_is_answered_where_it_is_asked(
    phones: hand.Phones, common: kit_office.Office, look_common: connection.Store
) -> None:
    page = phones.page(phones.new(), f"{common.address}/field/kit?lang=en")
    first = page.evaluate(hand.SURVEY, ["KK-006", "1:12", "Somying"])
    hand.sign_in(page, common)
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1)
    reviews.give_back(look_common, first, "look again", {}, "engineer")
    page.get_by_role("button", name="Send now").click()
    page.get_by_role("button", name="Begin its correction").click()
    page.get_by_label("It is here").check()
    page.get_by_role("button", name="Finish this survey").click()
    page.get_by_label("Why does it stay as it is?").fill("measured twice")
    page.get_by_role("button", name="Send it as it is").click()
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(2)
    assert hand.visits_of(look_common, "KK-006")["note"].tolist()[-1] == "measured twice"
