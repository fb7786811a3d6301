"""Whoever is signed in in the browser sends without writing a name or a password."""

from __future__ import annotations

from pathlib import Path

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
    expect(page.locator("article.record")).to_contain_text("An engineer reads it next.")
    assert len(hand.visits_of(look_common, "KK-020")) == 1
    sessions.end(look_common, sessions.token_digest(token))
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_label("User name")).to_be_visible()
    page.get_by_label("User name").fill("malee")
    page.get_by_label("Password", exact=True).fill("a sentence of mine")
    page.get_by_role("button", name="Keep it and send").click()
    expect(page.locator("#sender")).to_contain_text("Sends as malee.")


def test_without_a_network_nobody_is_asked_for_a_password(
    phones: hand.Phones, common: kit_office.Office, look_common: connection.Store
) -> None:
    first = accounts.add(look_common, "anong", roles.TECHNICIAN, "test", "Anong S.")
    accounts.choose_password(look_common, "anong", first, "a sentence of hers")
    token = sessions.begin(look_common, "anong")
    phone = phones.new()
    phone.add_cookies([{"name": "jaidee_session", "value": token, "url": common.address, "httpOnly": True}])
    page = phones.page(phone, f"{common.address}/field/kit?lang=en#/queue")
    expect(page.locator("#sender")).to_contain_text("signed in as Anong S.")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    phone.set_offline(True)
    page.reload()
    hand.ready(page)
    page.evaluate(hand.SURVEY, ["KK-021", "1:14", "Anong S."])
    hand.go(page, "/queue")
    page.get_by_role("button", name="Send now").click()
    hand.told(page, "The office was not reached")
    expect(page.locator("article.record")).to_have_count(1)
    expect(page.locator("input[type=password]")).to_have_count(0)
    expect(page.locator("#sender")).to_contain_text("Last signed in as Anong S. ")
    phone.set_offline(False)
    expect(page.locator("article.record[data-state=accepted]")).to_have_count(1)


def test_a_page_from_a_file_asks_who_sends_only_with_a_network(phones: hand.Phones, file: Path) -> None:
    phone = phones.new()
    page = phones.page(phone, f"{file.as_uri()}?lang=en#/queue")
    phone.set_offline(True)
    expect(page.locator("input[type=password]")).to_have_count(0)
