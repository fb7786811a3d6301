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


def test_limits_are_compared_with_one_press_each_and_the_cursor_stays(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    every = limits.of_law(files.load_criteria())
    order = [group[0].limit.limit_id for group in limits.alike(every)]
    page = opened(f"{served.address}/gazette_check?lang=en&workspace=demonstration")
    conftest.settled(page)
    _tab_to(page, "Your name or staff number")
    page.keyboard.type("malee")
    page.keyboard.press("Enter")
    conftest.settled(page)
    _tab_to(page, "Page of the gazette")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    for keys, value in (("Control+Enter", ""), ("Control+Shift+Enter", "no such clause"), ("Control+Enter", "")):
        assert page.evaluate(FOCUSED).startswith("Its value")
        page.keyboard.type(value)
        page.keyboard.press(keys)
        conftest.settled(page)
    expect(page.get_by_text(f"3 of {len(every)} limits are compared: 2 the same, 1 differ")).to_be_visible()
    with connection.open_store(served.workspace.demonstration) as store:
        found = [(one.limit_id, one.answer, one.value, one.page) for one in comparisons.latest(store)]
    answers = (gazette.SAME, ""), (gazette.DIFFERS, "no such clause"), (gazette.SAME, "")
    assert found == [(limit_id, *answer, "5") for limit_id, answer in zip(order, answers, strict=False)]
