"""An engineer compares limits with the gazette without touching the mouse."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from audits.law import limits
from audits.rules import files, gazette
from audits.store import comparisons
from audits.store.db import connection
from tests.browser import conftest

MOST_TABS = 60
FOCUSED = "document.activeElement.getAttribute('aria-label') || document.activeElement.labels?.[0]?.innerText || ''"


def _tab_to(page: Page, name: str) -> None:
    for _ in range(MOST_TABS):
        if page.evaluate(FOCUSED).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


def test_two_limits_are_compared_by_keyboard_alone(served: conftest.Served, opened: conftest.Opener) -> None:
    order = [entry.limit for entry in limits.of_law(files.load_criteria())]
    page = opened(f"{served.address}/gazette_check?lang=en&workspace=demonstration")
    conftest.settled(page)
    _tab_to(page, "Your name or staff number")
    page.keyboard.type("malee")
    page.keyboard.press("Enter")
    conftest.settled(page)
    for number, limit in enumerate(order[:2], start=1):
        _tab_to(page, "same as the gazette")
        page.keyboard.press("Space")
        _tab_to(page, "Page of the gazette")
        page.keyboard.type(str(number))
        page.keyboard.press("Enter")
        conftest.settled(page)
        expect(page.get_by_text(f"{number} of {len(order)} limits are checked")).to_be_visible()
        with connection.open_store(served.workspace.demonstration) as store:
            found = comparisons.latest(store)
        assert [(one.limit_id, one.answer, one.page) for one in found][-1] == (
            limit.limit_id,
            gazette.SAME,
            str(number),
        )
