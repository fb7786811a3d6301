"""Served to others: people sign in, see what is theirs, and are out when they are signed out, by keyboard and phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app_pages.session import page_roles
from audits import roles
from audits.store.accounts import accounts
from audits.store.db import connection, workspace
from tests import chromium, seeds
from tests.app_pages.web import served
from tests.browser import conftest, test_accessibility

# what the accounts of this office are called
NAMES = frozenset({"The", *roles.ROLES})
# On a phone the municipality, the language, the account and the mark of the demonstration leave the page its screen.
HIGHEST_HEADING_PX = 200
MINE = "a sentence of mine"


@pytest.fixture(scope="module")
def office(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[served.Office]:
    folder = tmp_path_factory.mktemp("office") / "workspace"
    shutil.copytree(demonstration_folder, folder)
    place = workspace.Workspace(folder)
    with connection.open_store(place) as store:
        tokens = served.accounts_of_all(store)
    with served.office(place) as running:
        running.tokens = tokens
        yield running


def _sign_in(page: Page, name: str, password: str) -> None:
    """Sign in by keyboard alone."""
    page.locator("#username").focus()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("role", roles.ROLES)
def test_the_pages_of_each_role_fit_a_phone_and_a_desk(
    office: served.Office, opened: conftest.Opener, role: str
) -> None:
    # Stands first: the tests below add an account and take a role away.
    # The first page of a role in every run, all of its menu in a soak
    listed = [name for names in page_roles.MENU_OF[role].values() for name in names]
    assert len([group for group in page_roles.MENU_OF[role] if group]) + len(page_roles.MENU_OF[role][""]) <= 5
    page = opened(f"{office.address}/sign-in?lang=th", "phone")
    page.context.add_cookies([{"name": "jaidee_session", "value": office.tokens[role], "url": office.address}])
    for name in listed if seeds.SOAK else listed[:1]:
        address = "" if name == listed[0] else name
        page.set_viewport_size(conftest.SIZES["phone"])
        page.goto(f"{office.address}/{address}?workspace=demonstration&lang=th")
        conftest.settled(page)
        test_accessibility.measure(page, name, "th", "phone", NAMES)
        assert page.locator("h1").first.bounding_box()["y"] <= HIGHEST_HEADING_PX
        assert chromium.violations(page) == []
        page.set_viewport_size(conftest.SIZES["desktop"])
        conftest.settled(page)
        test_accessibility.measure(page, name, "th", "desktop", NAMES)


def test_an_administrator_makes_an_account_and_a_newcomer_begins(
    office: served.Office, opened: conftest.Opener
) -> None:
    page = opened(f"{office.address}/?lang=en", "phone")
    assert chromium.violations(page) == []
    _sign_in(page, roles.ADMINISTRATOR, "wrong")
    page.get_by_role("alert").wait_for()
    assert chromium.violations(page) == []
    page.locator("#username").fill("")
    _sign_in(page, roles.ADMINISTRATOR, f"{served.OWN} 0")
    conftest.settled(page)
    assert page.title() == "To do – Jaidee"
    page.goto(f"{office.address}/accounts?lang=en")
    conftest.settled(page)
    # before the list of accounts, so that it is on the first screen of a phone
    form = page.locator("summary", has_text="Make an account")
    expect(form).to_be_in_viewport()
    conftest.unfold(form)
    page.get_by_label("Name of the account, such as a staff number").fill("malee")
    page.get_by_label("Name of the account, such as a staff number").press("Tab")
    page.get_by_role("button", name="Make the account").click()
    page.get_by_text("First password of malee").wait_for()
    first = page.locator(".st-key-first_password code").inner_text()
    conftest.settled(page)
    assert chromium.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= conftest.SIZES["phone"]["width"]

    newcomer = opened(f"{office.address}/site?workspace=demonstration&site=KK-012&lang=en", "phone")
    _sign_in(newcomer, "malee", first)
    newcomer.locator("#old").wait_for()
    assert chromium.violations(newcomer) == []
    for field, value in (("#old", first), ("#new", MINE), ("#again", MINE)):
        newcomer.locator(field).fill(value)
    newcomer.get_by_role("button", name="Change the password").click()
    conftest.settled(newcomer)
    assert "site=KK-012" in newcomer.url
    newcomer.locator(".jaidee-reader summary").click()
    assert "malee (community technician)" in newcomer.locator(".jaidee-reader").inner_text()
    assert chromium.violations(newcomer) == []


def test_a_council_member_sees_neither_photos_nor_names_and_is_led_to_what_is_theirs(
    office: served.Office, opened: conftest.Opener
) -> None:
    page = opened(f"{office.address}/site?workspace=demonstration&site=KK-012&lang=en")
    _sign_in(page, roles.COUNCIL, f"{served.OWN} 3")
    conftest.settled(page)
    page.get_by_role("tab", name="History").click()
    surveys = page.get_by_role("table", name="Surveys")
    surveys.locator("tbody tr").first.wait_for()
    assert set(surveys.locator("tbody tr td:nth-child(2)").all_inner_texts()) == {"–"}
    assert page.locator("img.jaidee-photo").count() == 0
    assert page.get_by_role("link", name="Survey this site").count() == 0
    assert page.get_by_text("Report the position").count() == 0
    page.goto(f"{office.address}/council?workspace=demonstration&lang=en")
    conftest.settled(page)
    assert page.title() == "Council – Jaidee"
    assert page.url.startswith(f"{office.address}/?")


def test_whoever_is_signed_out_is_out_in_every_tab(office: served.Office, opened: conftest.Opener) -> None:
    address = f"{office.address}/site?workspace=demonstration&site=KK-012&lang=en"
    page = opened(address)
    _sign_in(page, roles.ENGINEER, f"{served.OWN} 2")
    conftest.settled(page)
    other = page.context.new_page()
    other.goto(address)
    conftest.settled(other)
    page.locator(".jaidee-reader summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    page.locator("#username").wait_for()
    other.get_by_role("link", name="Survey this site").click()
    other.locator("#username").wait_for()
    assert "next=" in other.url
    _sign_in(other, roles.ENGINEER, f"{served.OWN} 2")
    conftest.settled(other)
    with connection.open_store(office.workspace) as store:
        accounts.give_role(store, roles.ENGINEER, roles.COUNCIL, "test")
    other.locator("a", has_text="Show on the map").first.click()
    other.locator("#username").wait_for()
