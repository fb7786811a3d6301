"""The public pages stand alone, say nothing of any person, and lead nowhere that is not there."""

from __future__ import annotations

import base64
import html.parser
import re

import pytest
from playwright.sync_api import expect

from audits import wording
from audits.council import brief, council_contents, static_site
from audits.reports import markers
from tests import chromium as browsers
from tests import made_contents, made_records, spoken
from tests.council import made_answers


@pytest.fixture(scope="module")
def record():
    return made_contents.record()


@pytest.fixture(scope="module")
def answers(demonstration_folder):
    return made_answers.answers(demonstration_folder)


@pytest.fixture(scope="module")
def briefs(answers):
    return {language: brief.brief(answers, wording.Wording(language)) for language in wording.LANGUAGES}


@pytest.fixture(scope="module")
def files(answers, briefs):
    return static_site.files(answers, briefs)


@pytest.fixture(scope="module")
def whole(answers, briefs):
    return static_site.one_file(answers, briefs)


class Links(html.parser.HTMLParser):
    """Gather where a page leads and what it names, and every element that could run or fetch something."""

    def __init__(self, page):
        super().__init__()
        self.links, self.names, self.elements = [], [], set()
        self.feed(page.decode())

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.elements.add(tag)
        self.names += [found["id"]] if "id" in found else []
        self.links += [found[name] for name in ("href", "src") if name in found]


def test_the_folder_has_a_page_and_a_brief_in_each_language(files):
    assert set(files) == {"index.html", "en/index.html", "brief-th.pdf", "brief-en.pdf"}
    assert b'<html lang="th">' in files["index.html"]
    assert b'<html lang="en">' in files["en/index.html"]


def test_one_language_has_one_page(answers, briefs):
    alone = static_site.files(answers, {"en": briefs["en"]}, ["en"])
    assert set(alone) == {"index.html", "brief-en.pdf"}
    assert "ไทย" not in alone["index.html"].decode()


def test_the_same_answers_make_the_same_bytes(answers, briefs, files, whole):
    assert static_site.files(answers, briefs) == files
    assert static_site.one_file(answers, briefs) == whole


def test_every_link_leads_to_something_that_is_there(files, whole):
    for path, page in {**files, "one": whole}.items():
        if path.endswith(".pdf"):
            continue
        seen = Links(page)
        assert len(seen.names) == len(set(seen.names))
        for link in seen.links:
            if link.startswith("#"):
                assert link[1:] in seen.names
            elif not link.startswith("data:"):
                there = f"en/{link}" if path.startswith("en/") else link
                assert re.sub(r"[^/]+/\.\./", "", there) in files


def test_no_page_runs_or_fetches_anything(files, whole):
    for page in (files["index.html"], files["en/index.html"], whole):
        seen = Links(page)
        assert not seen.elements & {"script", "iframe", "object", "embed", "form", "input", "base"}
        assert not re.search(rb"https?://|\son[a-z]+=|url\((?!data:)", page)


def test_no_byte_names_a_surveyor(files, whole, demonstration_folder):
    names = made_answers.surveyors(demonstration_folder)
    assert len(names) > 3
    said = [content.decode() for path, content in files.items() if path.endswith(".html")] + [whole.decode()]
    packed = [base64.b64decode(each).decode("utf-8", "replace") for each in re.findall(r"base64,([\w+/=]+)", said[-1])]
    printed = [" ".join(spoken.pages(files[path], furniture=True)) for path in files if path.endswith(".pdf")]
    raw = b"".join(files.values()) + whole
    for name in names:
        assert name.encode() not in raw
        for text in (*said, *packed, *printed):
            assert name not in text


def test_the_one_file_holds_both_languages_and_both_briefs(whole, files):
    page = whole.decode()
    assert '<div lang="th" id="th">' in page
    assert '<div lang="en" id="en">' in page
    packed = re.findall(r'href="data:application/pdf;base64,([^"]+)"', page)
    assert [base64.b64decode(each) for each in packed] == [files["brief-th.pdf"], files["brief-en.pdf"]]


def test_every_site_stands_in_the_list_with_every_failure_it_has(files, answers):
    page = files["en/index.html"].decode()
    record = answers.record
    for code in record.sites.index:
        assert page.count(f'<tr id="en-{code}">') == 1
    row = page[page.index('<tr id="en-KK-025">') :].split("</tr>")[0]
    failing = (record.audit.findings["site_code"] == "KK-025") & (record.audit.findings["verdict"] == "fail")
    assert row.count("<li>") == failing.sum() > 5
    assert "Running slope" in row
    assert markers.compliance_and_grade(record.audit.sites.loc["KK-025"], wording.Wording("en")) in row
    assert "MOI" in row


def test_the_page_says_its_day_head_limits_and_the_credit_of_the_ground(files, answers):
    page = files["en/index.html"].decode()
    for said in ("1 Nov 2026", answers.record.head, "not yet checked against the Royal Gazette", "CC BY-IGO"):
        assert said in page
    assert "Demonstration data: invented surveys" in page


def test_what_a_person_wrote_stays_text(record):
    told = council_contents.gathered(record, made_contents.OPTIONS.exported_on, None)
    page = static_site.page(told, wording.Wording("en"), links={"en": "index.html"})
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "&lt;/script&gt;&lt;script&gt;window.broken=1" in page
    assert made_contents.FORMULA not in page


def test_a_record_without_any_survey_has_pages_that_say_so(record):
    empty = record.measurements.iloc[:0]
    blank = made_records.judged_again(record, measurements=empty)
    told = council_contents.gathered(blank, made_contents.OPTIONS.exported_on, None)
    page = static_site.files(told, {}, ["en"])["index.html"].decode()
    assert "No survey counts yet, so nobody can say where it is worst." in page
    assert "No site was visited again" in page


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_sticks_out(chromium, record, tmp_path, width):
    # a small record: axe reads every cell, and two times 141 sites take it a minute
    told = council_contents.gathered(made_contents.invented(record), made_contents.OPTIONS.exported_on, None)
    page = _opened(chromium, tmp_path, static_site.one_file(told, {}), width)
    page.locator("details > summary").first.click()
    assert browsers.violations(page) == []
    page.close()


def test_the_whole_record_opens_from_a_file_and_fits_a_phone(chromium, whole, tmp_path):
    asked, complaints = [], []
    page = _opened(chromium, tmp_path, whole, 390, asked, complaints)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="English").first.click()
    expect(page.get_by_role("heading", level=1, name="Ramps and public spaces for everyone")).to_be_in_viewport()
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert complaints == []
    page.close()


def _opened(chromium, folder, content, width, asked=None, complaints=None):
    file = folder / "one.html"
    file.write_bytes(content)
    page = chromium.new_page(viewport={"width": width, "height": 844})
    page.on("request", lambda request: asked.append(request.url) if asked is not None else None)
    page.on("console", lambda message: complaints.append(message.text) if complaints is not None else None)
    page.goto(file.as_uri())
    return page
