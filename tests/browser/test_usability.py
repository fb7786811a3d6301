"""Ten tasks of four roles, each begun at the role's first page, take no more presses than their bars."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import conftest

FIRST = {
    "technician": ("/my_work", "phone"),
    "engineer": ("/", "desktop"),
    "council": ("/council", "phone"),
    "administrator": ("/audit_log", "desktop"),
}


@pytest.fixture(scope="module")
def served(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[conftest.Served]:
    """An app of their own: others review the survey that waits."""
    folder = tmp_path_factory.mktemp("usable") / "workspace"
    shutil.copytree(demonstration_folder, folder)
    with conftest.serve(folder) as app:
        yield app


@dataclass
class Hand:
    """Presses and types as a person would, and counts: a press or a field filled is one action each."""

    page: Page
    actions: int = 0

    def press(self, what: Locator) -> None:
        """Press something in sight and wait for the answer."""
        self.actions += 1
        what.click()
        conftest.settled(self.page)

    def write(self, field: Locator, text: str) -> None:
        """Fill one field."""
        self.actions += 1
        field.fill(text)
        conftest.settled(self.page)

    def menu(self, group: str, name: str) -> None:
        """Open a group of the menu and one of its pages."""
        self.press(self.page.get_by_test_id("stTopNavSection").filter(has_text=group))
        self.press(self.page.get_by_role("menuitem", name=name))

    def link(self, name: str | re.Pattern[str]) -> None:
        """Press the first link of a name."""
        self.press(self.page.get_by_role("link", name=name).first)

    def button(self, name: str | re.Pattern[str]) -> None:
        """Press the first button of a name."""
        self.press(self.page.get_by_role("button", name=name).first)


def _correct_a_returned_survey(hand: Hand) -> None:
    hand.link("Correct it")
    expect(hand.page.get_by_text("This corrects an earlier survey")).to_be_visible()


def _answer_the_first_question_of_the_next_site(hand: Hand) -> None:
    hand.link(re.compile("nobody has surveyed|due|never", re.IGNORECASE))
    hand.press(hand.page.locator("[class*=st-key-question_] [data-testid=stButtonGroup] button").first)
    expect(hand.page.get_by_text(re.compile("^1 of .* questions answered"))).to_be_visible()


def _measure_a_slope_and_read_its_verdict(hand: Hand) -> None:
    hand.link(re.compile("KK-0"))
    hand.button(re.compile("Slope and length · "))
    hand.write(hand.page.get_by_label(re.compile("^Running slope")).first, "1:9")
    expect(hand.page.locator(".jaidee-verdict.fail").first).to_be_visible()


def _open_a_survey_that_waits(hand: Hand) -> None:
    hand.link("Open the review")
    expect(hand.page.get_by_role("button", name=re.compile("^Approve")).first).to_be_visible()


def _design_what_fails(hand: Hand) -> None:
    hand.press(hand.page.get_by_role("link", name="Map", exact=True).first)
    hand.write(hand.page.locator(".st-key-map_search input"), "KK-012")
    hand.press(hand.page.get_by_role("option", name="KK-012").first)
    hand.press(hand.page.locator(".st-key-site_card").get_by_role("link", name=re.compile("^Design")).first)
    expect(hand.page).to_have_url(re.compile("/design"))


def _see_what_is_built_for_how_much(hand: Hand) -> None:
    hand.menu("Build", "Budget plan")
    expect(hand.page.get_by_role("heading", level=1, name="Budget plan")).to_be_visible()


def _list_the_worst_sites(hand: Hand) -> None:
    hand.link(re.compile("^More: Where"))
    hand.press(hand.page.get_by_role("tab", name="The worst sites"))
    expect(hand.page.get_by_role("link", name=re.compile("^(KK|SP)-")).first).to_be_visible()


def _read_what_has_improved(hand: Hand) -> None:
    hand.link(re.compile("^More: What has improved"))
    expect(hand.page).to_have_url(re.compile("look=improved"))


def _check_that_nothing_was_altered(hand: Hand) -> None:
    hand.press(hand.page.get_by_role("tab", name="Check that nothing was altered"))
    hand.button("Check now that nothing was altered")
    expect(hand.page.get_by_test_id("stAlert").first).to_be_visible()


def _take_a_copy_of_the_record(hand: Hand) -> None:
    hand.menu("Record", "Backup")
    expect(hand.page.get_by_role("button", name="Make a copy and download it")).to_be_visible()


TASKS: dict[str, tuple[tuple[Callable[[Hand], None], int], ...]] = {
    "technician": (
        (_correct_a_returned_survey, 1),
        (_answer_the_first_question_of_the_next_site, 2),
        (_measure_a_slope_and_read_its_verdict, 3),
    ),
    "engineer": ((_open_a_survey_that_waits, 1), (_design_what_fails, 4), (_see_what_is_built_for_how_much, 2)),
    "council": ((_list_the_worst_sites, 2), (_read_what_has_improved, 1)),
    "administrator": ((_check_that_nothing_was_altered, 2), (_take_a_copy_of_the_record, 2)),
}


@pytest.mark.parametrize("role", TASKS)
def test_the_tasks_of_a_role_take_few_actions(served: conftest.Served, opened: conftest.Opener, role: str) -> None:
    path, size = FIRST[role]
    address = f"{served.address}{path}?workspace=demonstration&lang=en"
    page = opened(address, size)
    for task, bar in TASKS[role]:
        page.goto(address)
        conftest.settled(page)
        hand = Hand(page)
        task(hand)
        assert hand.actions <= bar, task.__name__
