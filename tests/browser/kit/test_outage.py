"""The kit finds its way back after an outage, and out of the shadow of another window, with nobody pressing."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from audits import roles
from audits.store.accounts import accounts, sessions
from audits.store.db import connection, workspace
from tests.browser import kit_office
from tests.browser.kit import hand

TRIED_AGAIN_MS = 60_000
NEXT_TRY = re.compile(r"The office was not reached\. .* Next try at \d\d:\d\d\.")


def signed_in(phones: hand.Phones, office: kit_office.Office) -> BrowserContext:
    with connection.open_store(workspace.Workspace(office.folder)) as store:
        first = accounts.add(store, "malee", roles.TECHNICIAN, "test", "Malee T.")
        accounts.choose_password(store, "malee", first, "a sentence of mine")
        token = sessions.begin(store, "malee")
    phone = phones.new()
    phone.add_cookies([{"name": "jaidee_session", "value": token, "url": office.address, "httpOnly": True}])
    return phone


def accepted(page: Page) -> None:
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1, timeout=TRIED_AGAIN_MS)


def test_an_office_that_comes_back_is_found_without_a_press(phones: hand.Phones, office: kit_office.Office) -> None:
    phone = signed_in(phones, office)
    page = phones.page(phone, f"{office.address}/field/kit?lang=en#/queue")
    expect(page.locator("#sender")).to_contain_text("Malee T.")
    expect(page.locator("#network")).to_have_text("network")
    office.kill()
    page.evaluate(hand.SURVEY, ["KK-030", "1:14", "Malee T."])
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("#sync_told")).to_have_text(NEXT_TRY)
    expect(page.locator("#network")).to_have_text("office not reached")
    office.start_again()
    accepted(page)
    expect(page.locator("#network")).to_have_text("network")


def test_a_kit_opened_in_an_outage_asks_again_who_sends(phones: hand.Phones, office: kit_office.Office) -> None:
    """A network that is back before the office is: the first try fails, and the account is not known yet."""
    phone = signed_in(phones, office)
    page = phones.page(phone, f"{office.address}/field/kit?lang=en#/queue")
    expect(page.locator("#sender")).to_contain_text("Malee T.")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    office.kill()
    phone.set_offline(True)
    page.reload()
    hand.ready(page)
    expect(page.locator("#network")).to_have_text("no network")
    page.evaluate(hand.SURVEY, ["KK-021", "1:14", "Malee T."])
    phone.set_offline(False)
    expect(page.locator("#network")).to_have_text("office not reached")
    expect(page.locator("#sync_told")).to_have_text(NEXT_TRY)
    office.start_again()
    accepted(page)


def test_with_nothing_to_send_no_try_is_promised(phones: hand.Phones, office: kit_office.Office) -> None:
    phone = signed_in(phones, office)
    page = phones.page(phone, f"{office.address}/field/kit?lang=en#/queue")
    expect(page.locator("#sender")).to_contain_text("Malee T.")
    expect(page.locator("#sync_told")).to_contain_text("Nothing was waiting")
    office.kill()
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("#sync_told")).to_contain_text("The office was not reached")
    expect(page.locator("#sync_told")).not_to_contain_text("Next try")


def test_the_newest_window_works_alone_and_the_older_goes_on_after_it(phones: hand.Phones, file: Path) -> None:
    context = phones.new()
    address = f"{file.as_uri()}?lang=en#/site/KK-014/KK-014.ramp.1"
    slope = "[data-quantity=running_slope_pct] input[type=text]"
    first = phones.page(context, address)
    first.locator(slope).first.fill("1:9")
    second = phones.page(context, address)
    expect(first.get_by_role("alert")).to_contain_text("goes on in another window")
    assert first.locator("main input").count() == 0
    assert second.locator(slope).first.input_value() == "1:9"
    third = phones.page(context, address)
    third.locator(slope).first.fill("1:14")
    expect(second.get_by_role("alert")).to_contain_text("goes on in another window")
    third.close()
    hand.ready(first)
    assert first.locator(slope).first.input_value() == "1:14"
    expect(first.get_by_role("alert")).to_have_count(0)
    first.locator(slope).first.fill("1:15")
    assert hand.kept_drafts(first)[0]["answers"]["KK-014.ramp.1"]["running_slope_pct"]["texts"] == ["1:15"]
    first.close()
    hand.ready(second)
    assert second.locator(slope).first.input_value() == "1:15"
    hand.go(second, "/site/KK-014")
    second.get_by_role("button", name="Throw this draft away").click()
    second.get_by_role("button", name="Yes, do it").click()
    expect(second.get_by_role("button", name="Throw this draft away")).to_have_count(0)
    assert hand.kept_drafts(second) == []


def test_a_window_that_stands_by_sends_nothing(phones: hand.Phones, office: kit_office.Office) -> None:
    """What it remembers is old; the newest window knows what was changed since."""
    phone = signed_in(phones, office)
    first = phones.page(phone, f"{office.address}/field/kit?lang=en#/queue")
    second = phones.page(phone, f"{office.address}/field/kit?lang=en#/queue")
    expect(first.get_by_role("alert")).to_contain_text("goes on in another window")
    asked = []
    first.on("request", lambda request: asked.append(request.url))
    first.evaluate("() => dispatchEvent(new Event('online'))")
    assert first.evaluate("async () => (await Jaidee.sync.run()).outcome") == "elsewhere"
    assert asked == []
    second.close()
    hand.ready(first)
    expect(first.locator("#sync_told")).to_contain_text("Nothing was waiting")
