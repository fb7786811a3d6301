"""The offline map is one file that asks for nothing, finds sites in Thai, and can be used by keyboard and by ear."""

import functools

import pytest

from audits import terms, wording
from audits.export import offline_map
from audits.reports import contents
from layers import errors, web_assets
from tests import chromium as browser

STANDARDS = [*browser.WCAG, "best-practice"]
SIZES = {"desk": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="module")
def static_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    web_assets.prepare(folder)
    return folder


@pytest.fixture(scope="module")
def written(demonstrated, static_folder, tmp_path_factory):
    """Write the map of the demonstration, once for each language."""

    @functools.cache
    def write(language):
        words = wording.Wording(language)
        made = contents.contents(demonstrated.record, words, options=demonstrated.options)
        path = tmp_path_factory.mktemp("map") / f"map-{language}.html"
        path.write_bytes(offline_map.packed(made, words, static_folder))
        return path

    return write


@pytest.fixture
def opened(chromium, written):
    contexts = []

    def open_(words, size="desk"):
        path = written(words.language)
        width, height = SIZES[size]
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        asked, faults = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
        page.goto(path.as_uri())
        page.wait_for_selector(".jaidee-site, .jaidee-group")
        return page, [url for url in asked if url != path.as_uri() and not url.startswith("data:")], faults

    yield open_
    for context in contexts:
        context.close()


def held(page, expected):
    """Return how many sites the map shows, by themselves and in groups, as soon as it is what one expects."""
    script = """() => document.querySelectorAll('.jaidee-site').length
        + [...document.querySelectorAll('.jaidee-group')].reduce((sum, one) => sum + parseInt(one.textContent), 0)"""
    for _ in range(40):
        if page.evaluate(script) == expected:
            break
        page.wait_for_timeout(100)
    return page.evaluate(script)


@pytest.mark.parametrize("size", sorted(SIZES))
def test_it_opens_from_a_file_asks_for_nothing_and_has_no_accessibility_fault(opened, words, size):
    page, asked, faults = opened(words, size)
    assert asked == []
    assert faults == []
    assert browser.violations(page, STANDARDS) == []
    for summary in page.locator(".sites summary").all():
        summary.click()
    assert browser.violations(page, STANDARDS) == []


@pytest.mark.parametrize("size", sorted(SIZES))
def test_nothing_is_wider_than_the_screen(opened, thai, size):
    page, _, _ = opened(thai, size)
    for summary in page.locator(".sites summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("(p => p.scrollWidth <= p.clientWidth)(document.getElementById('panel'))")


def test_the_mark_of_a_demonstration_is_in_the_heading_the_title_and_the_panel(opened, words, demonstrated):
    page, _, _ = opened(words)
    mark = words.text(terms.DEMONSTRATION_SHORT)
    assert mark in page.get_by_role("heading", level=1).inner_text()
    assert mark in page.locator("head title").text_content()
    assert page.get_by_role("note").inner_text() == demonstrated.about["demonstration"]


def test_a_search_in_thai_narrows_table_and_map_together(opened, thai):
    page, _, _ = opened(thai)
    assert held(page, 5) == 5
    page.get_by_role("searchbox").press_sequentially("บึงแก่นนคร ฝั่งเหนือ")
    assert page.locator("tbody:visible").count() == 1
    assert held(page, 1) == 1
    assert page.locator("#shown").inner_text() == thai.text("{shown} of {all} sites shown", shown=1, all=6)
    page.get_by_role("searchbox").fill("")
    assert page.locator("tbody:visible").count() == 6
    assert held(page, 5) == 5


def test_both_spellings_of_sara_am_are_found(opened, thai):
    page, _, _ = opened(thai)
    page.get_by_role("searchbox").fill("สํานักงานเทศบาล")
    assert [body.get_attribute("data-code") for body in page.locator("tbody:visible").all()] == ["KK-001", "SP-001"]


def test_the_filter_by_verdict_leaves_only_that_verdict(opened, thai):
    page, _, _ = opened(thai)
    page.get_by_label(thai.text("Verdict"), exact=True).select_option("fail")
    held(page, 1)
    kept = page.locator("tbody:visible")
    assert {body.get_attribute("data-verdict") for body in kept.all()} == {"fail"}
    assert kept.count() == 2
    assert page.locator(".jaidee-site").count() == 1


def test_the_filter_by_barrier_leaves_the_sites_where_it_stands_for_that_group(opened, thai):
    page, _, _ = opened(thai)
    every = page.locator("tbody[data-code]").all()
    wanted = {each.get_attribute("data-code") for each in every if "blind" in each.get_attribute("data-possible")}
    page.get_by_label(thai.text("Barrier on the way"), exact=True).select_option("possible blind")
    assert {each.get_attribute("data-code") for each in page.locator("tbody:visible").all()} == wanted
    assert len(wanted) > 0


def test_a_row_chosen_by_keyboard_is_shown_on_the_map(opened, thai):
    page, _, _ = opened(thai)
    page.locator("#site-KK-040 button").focus()
    page.keyboard.press("Enter")
    assert page.locator(".jaidee-site[aria-pressed=true]").get_attribute("aria-label").startswith("KK-040")
    assert page.locator("#site-KK-040 button").get_attribute("aria-pressed") == "true"
    assert "KK-040" in page.locator("#chosen").inner_text()


@pytest.mark.parametrize("size", sorted(SIZES))
def test_a_marker_chosen_by_keyboard_opens_its_row(opened, thai, size):
    page, _, _ = opened(thai, size)
    site = page.locator('.jaidee-site[aria-label^="KK-001"]')
    for _ in range(8):
        if site.count():
            break
        page.locator(".jaidee-group").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_timeout(600)
    site.focus()
    page.keyboard.press("Enter")
    assert page.locator("tbody.chosen").get_attribute("data-code") == "KK-001"
    assert page.locator("#site-KK-001 details").get_attribute("open") is not None
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("KK-001")


def test_a_site_filtered_out_is_no_longer_chosen(opened, thai):
    page, _, _ = opened(thai)
    page.locator("#site-KK-001 button").click()
    page.get_by_label(thai.text("Verdict"), exact=True).select_option("unknown")
    assert page.locator(".jaidee-ring").count() == 0
    assert page.locator("tbody.chosen").count() == 0
    assert page.locator("#chosen").inner_text() == ""


def test_a_failing_site_says_value_limit_clause_and_what_to_do(opened, thai, record):
    page, _, _ = opened(thai)
    page.locator("#site-KK-001 summary").click()
    text = page.locator("#site-KK-001 ul").inner_text()
    criterion = record.criteria.criteria["ramp.running_slope"]
    for part in (criterion.name.th, "12 % (1:8.33)", "≤ 8.33 % (1:12)", "ข้อ ๘(๕)", criterion.advice.th):
        assert part in text
    assert page.locator("#site-KK-001 ol li").count() == 3


def test_a_site_nobody_measured_is_not_said_to_fail_nothing(opened, thai):
    page, _, _ = opened(thai)
    assert page.locator("#site-KK-040 summary").inner_text().startswith(thai.text("Not surveyed yet"))
    assert page.locator("#site-KK-040 ul").count() == 0


def test_a_site_without_a_position_stays_in_the_table(opened, thai):
    page, _, _ = opened(thai)
    assert page.locator('.jaidee-site[aria-label^="KK-004"]').count() == 0
    page.locator("#site-KK-004 summary").click()
    assert thai.text("no position recorded") in page.locator("#site-KK-004").inner_text()


def test_hostile_names_are_text(opened, words, record):
    page, _, _ = opened(words)
    assert page.evaluate("window.broken") is None
    assert record.sites.loc["KK-003", "name_th"] in page.locator("#site-KK-003 button").text_content()


def test_every_row_says_its_verdict_in_words_and_its_score_as_an_interval(opened, words, record):
    page, _, _ = opened(words)
    cells = page.locator("#site-KK-001 tr").first.locator("td").all_inner_texts()
    assert cells == [f"✕ {words.text(terms.VERDICT['fail'])}", cells[1]]
    low, high = record.audit.sites.loc["KK-001", ["score_low", "score_high"]]
    assert cells[1].startswith(f"{low:.0f} – {high:.0f}")
    assert low < high


def test_on_paper_every_detail_is_open(opened, thai):
    page, _, _ = opened(thai)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".sites details[open]").count() == 0


def test_an_export_without_prepared_libraries_is_refused(exported, thai, tmp_path):
    with pytest.raises(errors.LayerError, match="prepare"):
        offline_map.packed(exported, thai, tmp_path)
