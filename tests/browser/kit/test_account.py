"""Whoever is signed in in the browser sends without writing a name or a password."""

from __future__ import annotations

from playwright.sync_api import expect

from audits import roles
from audits.store.accounts import accounts, sessions
from audits.store.db import connection
from tests.browser import kit_office
from tests.browser.kit import hand


def test_the_account_of_the_browser_sends_and_gives_its_name_until_it_is_signed_out(
    phones: hand.Phones, common: kit_office.Office, look_common: connection.Store
) -> None:
    first = accounts.add(look_common, "malee", roles.TECHNICIAN, "test", "Malee T.")
    accounts.choose_password(look_common, "malee", first, "a sentence of mine")
    token = sessions.begin(look_common, "malee")
    phone = phones.new()
    phone.add_cookies([{"name": "jaidee_session", "value": token, "url": common.address, "httpOnly": True}])
    page = phones.page(phone, f"{common.address}/field/kit?lang=en#/queue")
    expect(page.locator("#sender")).to_have_text("You are signed in as Malee T.. Surveys are sent in this name.")
    hand.go(page, "/site/KK-020")
    expect(page.get_by_label("Your name or staff number")).to_have_value("Malee T.")
    hand.go(page, "/queue")
    page.evaluate(hand.SURVEY, ["KK-020", "1:14", "Malee T."])
    page.get_by_role("button", name="Send now").click()
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1)
    assert len(hand.visits_of(look_common, "KK-020")) == 1
    sessions.end(look_common, sessions.token_digest(token))
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_label("User name")).to_be_visible()
    page.get_by_label("User name").fill("malee")
    page.get_by_label("Password", exact=True).fill("a sentence of mine")
    page.get_by_role("button", name="Keep it and send").click()
    expect(page.locator("#sender")).to_contain_text("Sends as malee.")
