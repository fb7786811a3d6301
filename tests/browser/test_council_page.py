"""A council member finds each answer in at most three actions, and address, reload and the way back keep it."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from audits import wording
from audits.store.db import connection, workspace
from audits.works import fix_states
from tests import chromium
from tests.browser import conftest

COUNCIL = "/council?workspace=demonstration"
PROJECTOR = {"width": 1920, "height": 1080}
LOWER_EDGES = "[...document.querySelectorAll('.council-answer')].map(each => each.getBoundingClientRect().bottom)"


@pytest.fixture(autouse=True)
def _patient() -> Iterator[None]:
    expect.set_options(timeout=conftest.SLOW_MS)
    yield
    expect.set_options(timeout=5_000)


def test_each_question_is_answered_first_and_in_depth_one_tap_further(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    page = opened(f"{served.address}{COUNCIL}&lang=th", "phone")
    conftest.settled(page)
    answers = page.locator(".council-answer")
    expect(answers).to_have_count(3)
    expect(answers.nth(0)).to_contain_text(re.compile(r"เขต \d.*: ทราบแล้วว่าไม่ผ่าน \d+ จาก \d+"))
    expect(answers.nth(1)).to_contain_text(re.compile(r"จากจุดทางลาดที่สำรวจซ้ำ \d+ จุด"))
    expect(answers.nth(2)).to_contain_text("ราคาตัวอย่าง")
    page.get_by_role("link", name="ดูเพิ่ม: อะไรดีขึ้นแล้ว").click()
    expect(page.get_by_role("img", name="แผนภูมิ: จำนวนจุดที่ผ่าน")).to_be_visible()
    expect(page).to_have_url(re.compile("look=improved"))
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 0")
    page.go_back()
    expect(page.locator(".council-answer")).to_have_count(3)
    expect(page).not_to_have_url(re.compile("look="))
    page.get_by_role("link", name="ดูเพิ่ม: ที่ไหนแย่ที่สุด").click()
    expect(page.get_by_role("img", name="แผนภูมิ: แต่ละเขต")).to_be_visible()
    page.get_by_role("tab", name="จุดที่แย่ที่สุด").click()
    worst = page.get_by_role("link", name=re.compile("^(KK|SP)-")).first
    code = str(worst.inner_text()).split()[0]
    worst.click()
    expect(page.get_by_role("heading", level=1, name=code)).to_be_visible()


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_first_answer_stands_whole_on_a_phone(
    served: conftest.Served, opened: conftest.Opener, language: str
) -> None:
    page = opened(f"{served.address}{COUNCIL}&lang={language}", "phone")
    conftest.settled(page)
    expect(page.locator(".council-answer")).to_have_count(3)
    expect(page.get_by_text("…", exact=True)).to_have_count(0)
    conftest.settled(page)
    assert page.evaluate(LOWER_EDGES)[0] <= conftest.SIZES["phone"]["height"]


def test_the_budget_is_moved_by_keyboard_and_stays_after_a_reload(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    page = opened(f"{served.address}{COUNCIL}&lang=en&look=money")
    slider = page.get_by_role("slider", name="Budget (million baht)")
    slider.wait_for()
    conftest.settled(page)
    slider.press("ArrowRight")
    said = page.locator(".council-answer").last
    expect(page).to_have_url(re.compile("million=2"))
    expect(said).to_contain_text(re.compile(r"for 1,9\d\d,\d{3} baht"))
    sentence = said.inner_text()
    page.reload()
    expect(page.locator(".council-answer").last).to_have_text(re.compile(re.escape(sentence.split("\n")[0])))
    conftest.unfold(page.get_by_text("Table: What each budget buys"))
    expect(page.get_by_role("rowheader", name="2", exact=True)).to_be_visible()


@pytest.fixture(scope="module")
def promised(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[conftest.Served]:
    """The app of a town that has promised and built works, so that the page has one line more."""
    folder = tmp_path_factory.mktemp("promised") / "workspace"
    shutil.copytree(demonstration_folder, folder)
    with connection.open_store(workspace.Workspace(folder).demonstration) as store:
        for fix in ("KK-002.ramp.1", "KK-009.ramp.1", "KK-012.ramp.1", "KK-013.ramp.1"):
            for step in (fix_states.PLANNED, fix_states.BUILT):
                fix_states.record(store, fix, step, dt.date(2026, 11, 1), "E-01")
    with conftest.serve(folder) as app:
        yield app


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("town", ["served", "promised"])
def test_the_three_cards_and_their_links_stand_above_the_fold_also_on_a_wall(
    request: pytest.FixtureRequest, town: str, language: str, opened: conftest.Opener
) -> None:
    address = f"{request.getfixturevalue(town).address}{COUNCIL}&lang={language}"
    page = opened(address)
    for size, asked in ((conftest.SIZES["desktop"], ""), (PROJECTOR, "&big=1")):
        page.set_viewport_size(size)
        page.goto(address + asked)
        # the third answer is worked out
        expect(page.locator(".council-answer details")).to_have_count(3, timeout=4 * conftest.SLOW_MS)
        conftest.settled(page)
        links = page.get_by_role("link", name=re.compile("^(ดูเพิ่ม|More): "))
        expect(links).to_have_count(3)
        boxes = [link.bounding_box() for link in links.all()]
        assert all(box is not None and box["y"] + box["height"] <= size["height"] for box in boxes), asked
        assert max(page.evaluate(LOWER_EDGES)) <= size["height"]


def test_what_is_counted_and_the_projector_stay_in_the_address(
    served: conftest.Served, opened: conftest.Opener
) -> None:
    page = opened(f"{served.address}{COUNCIL}&lang=en&look=where&council_kind=space")
    conftest.settled(page)
    expect(page.locator(".council-sentence").first).to_contain_text("of 56 public spaces pass")
    before = page.locator(".council-big").evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
    page.get_by_role("link", name="For the projector").click()
    expect(page).to_have_url(re.compile("big=1"))
    expect(page.get_by_role("link", name="Ordinary size")).to_be_visible()
    expect(page.locator(".council-sentence").first).to_contain_text("of 56 public spaces pass")
    assert page.locator(".council-big").evaluate("each => parseFloat(getComputedStyle(each).fontSize)") > 1.5 * before
    conftest.settled(page)
    assert chromium.violations(page) == []
    with page.expect_download() as got:
        page.get_by_role("button", name="One page to print (PDF)").click()
    assert got.value.suggested_filename.startswith("demonstration-jaidee-council-")
    assert Path(got.value.path()).read_bytes().startswith(b"%PDF-1.7")
    page.get_by_role("button", name="What is counted").click()
    page.get_by_text("only those approved (official)").click()
    expect(page).to_have_url(re.compile("counted=approved"))
