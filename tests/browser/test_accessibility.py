"""Every page, in both languages and at both sizes, is read by axe, fits its bars, and can be touched and enlarged."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from audits import wording
from audits.rules import files
from layers import web_assets
from tests import chromium as browsers
from tests import seeds, test_wording
from tests.browser import conftest, screen_measures

WORLD = "workspace=demonstration"
PAGES = {
    "to_do": f"/?{WORLD}",
    "my_work": f"/my_work?{WORLD}",
    "map": f"/city_map?{WORLD}&site=KK-012",
    "site": f"/site?{WORLD}&site=KK-012",
    "survey": f"/survey?{WORLD}&site=KK-012",
    "quick_entry": f"/quick_entry?{WORLD}",
    "field_work": f"/field_work?{WORLD}",
    "review": f"/review?{WORLD}",
    "design": f"/design?{WORLD}&site=KK-012",
    "plan": f"/plan?{WORLD}",
    "works": f"/works?{WORLD}&fix=KK-012.ramp.1",
    "register": f"/register?{WORLD}&site=KK-012",
    "council": f"/council?{WORLD}",
    "council_where": f"/council?{WORLD}&look=where",
    "access": f"/access?{WORLD}",
    "priority": f"/priority?{WORLD}",
    "audit_log": f"/audit_log?{WORLD}",
    "backup": f"/backup?{WORLD}",
    "privacy": f"/privacy?{WORLD}",
    "accessibility": f"/accessibility?{WORLD}",
    "quality": f"/quality?{WORLD}",
    "criteria": f"/criteria?{WORLD}&element=ramp",
    "gazette_check": f"/gazette_check?{WORLD}",
    "exports": f"/exports?{WORLD}",
    "requests": f"/requests?{WORLD}",
    "start": "/start?workspace=real",
}


# read once more in the dark theme, one page of each kind of drawing
IN_THE_DARK = ("site", "survey", "council", "works")
# What axe finds hardly changes with the language: each page in Thai, the most used ones in both.
IN_ENGLISH_TOO = ("map", "survey", "plan")
VIEWS = [(name, "th") for name in PAGES] + [pytest.param(name, "en", marks=pytest.mark.soak) for name in IN_ENGLISH_TOO]
# What it finds hardly changes with the width either: both are read on pages that are laid out anew, on all in a soak.
AT_BOTH_WIDTHS = ("map", "site", "survey", "council")


# Heights in windows of the phone and of the desk; the pages that answer within less may not grow to the common bars.
BARS = {"phone": 6.0, "desktop": 3.0}
LOWER_BARS = {"site": {"phone": 4.0, "desktop": 2.0}, "review": {"phone": 6.0, "desktop": 2.0}}
# Nothing is scrolled sideways where a line is this short (WCAG 1.4.10).
NARROW = {"width": 320, "height": 640}


def measure(page: Page, page_name: str, language: str, size: str, names: frozenset[str] = frozenset()) -> None:
    """Hold the page as it opens to the bars of its height, targets, words and width; people may have Latin names."""
    found, bars = screen_measures.measured(page), LOWER_BARS.get(page_name, BARS)
    assert found.screens <= bars[size], size
    assert screen_measures.sideways_px(page) <= 0, size
    if size == "phone":
        assert found.small_targets == ()
    else:
        assert screen_measures.sideways_of_large_text_px(page) <= 0
    if language == "th":
        assert set(found.latin_words) <= names


@pytest.mark.parametrize(("page_name", "language"), VIEWS)
def test_axe_finds_nothing_and_the_page_fits_a_phone_and_a_desk(
    served: conftest.Served, opened: conftest.Opener, page_name: str, language: str
) -> None:
    page = opened(f"{served.address}{PAGES[page_name]}&lang={language}", "phone")
    conftest.settled(page)
    measure(page, page_name, language, "phone")
    page.set_viewport_size(NARROW)
    conftest.settled(page)
    assert screen_measures.sideways_px(page) <= 0
    page.set_viewport_size(conftest.SIZES["desktop"])
    conftest.settled(page)
    measure(page, page_name, language, "desktop")
    for summary in page.locator("details > summary:visible").all()[:4]:
        conftest.unfold(summary)
    for size in ("desktop", "phone") if seeds.SOAK or page_name in AT_BOTH_WIDTHS else ("phone",):
        page.set_viewport_size(conftest.SIZES[size])
        conftest.settled(page)
        assert browsers.violations(page) == [], size
        assert screen_measures.sideways_px(page) <= 0, size
    if page_name in IN_THE_DARK and language == "th":
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(
            "getComputedStyle(document.querySelector('.stApp')).backgroundColor === 'rgb(20, 24, 26)'"
        )
        conftest.settled(page)
        assert browsers.violations(page) == [], "dark"
    assert page.evaluate("document.documentElement.lang") == language
    assert page.title().endswith("– Jaidee")


# Thai has no spaces between words: a browser breaks the line where its dictionary sees words, and errs where two of
# them together begin like a third, such as ที่ and มากกว่า like ที่มา.
WORDS_NOT_CUT = "กระจก|ตัวคูณ|ตัวเลข|ทะเบียน|บันทึก|พระราช|พื้นที่|มากกว่า|ลำดับ|หนึ่ง|อุปสรรค|เครื่องมือ"
WORDS_OF_BROWSER = """texts => {
  const words = new Intl.Segmenter("th", {granularity: "word"});
  return texts.map(text => [...words.segment(text)].map(each => each.index));
}"""


def test_a_word_that_no_dictionary_knows_is_held_together(chromium: Browser) -> None:
    page = chromium.new_page()
    cut, whole = page.evaluate(WORDS_OF_BROWSER, ["".join(wording.HELD_WORDS), "".join(wording.HELD_WORDS.values())])
    assert len(cut) > 1
    assert len(whole) == 1
    page.set_content(f"<script type='application/json' id='jaidee-held'>{json.dumps(wording.HELD_WORDS)}</script>")
    page.add_script_tag(path=web_assets.STATIC / "held_words.js")
    word, joined = next(iter(wording.HELD_WORDS.items()))
    page.evaluate("word => document.body.append(Object.assign(document.createElement('p'), {textContent: word}))", word)
    expect(page.locator("p")).to_have_text(joined)
    page.close()


def test_no_line_is_broken_inside_a_thai_word(chromium: Browser) -> None:
    texts = {"".join(message.string) for _, message in test_wording.every_message()}
    criteria = files.load_criteria()
    texts |= {name.th for one in criteria.quantities.values() for name in (one.question, one.how)}
    texts |= {one.advice.th for one in criteria.criteria.values()}
    page = chromium.new_page()
    starts = dict(zip(sorted(texts), page.evaluate(WORDS_OF_BROWSER, sorted(texts)), strict=True))
    page.close()
    cut = [
        text[max(found.start() - 8, 0) : found.end() + 8]
        for text, begins in starts.items()
        for found in re.finditer(WORDS_NOT_CUT, text)
        if not {found.start(), found.end()} <= {*begins, len(text)}
        and any(found.start() < one < found.end() for one in begins)
    ]
    assert cut == []
