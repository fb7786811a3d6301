"""The list of a public page is by zone, the worst first, and is narrowed to what a reader asks for without a script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from audits import wording
from audits.council import council_contents, figures, site_search, static_site
from tests.council import made_answers

STATEMENTS = {"Privacy": "/privacy"}


@pytest.fixture(scope="module", name="answers")
def _answers(demonstration_folder: Path) -> council_contents.Answers:
    return made_answers.answers(demonstration_folder)


@pytest.fixture(scope="module", name="served")
def _served(answers: council_contents.Answers) -> str:
    return static_site.files(answers, {}, ("en",), statements=STATEMENTS)["index.html"].decode()


def _codes(page: str) -> list[str]:
    return re.findall(r'<tr id="en-([A-Z]{2}-\d{3})"', page)


def test_each_zone_is_folded_and_has_its_worst_sites_first(answers: council_contents.Answers, served: str) -> None:
    record = answers.record
    zones = re.findall("<!--zone-->(.*?)<!--/zone-->", served, re.DOTALL)
    assert len(zones) == record.sites["zone"].nunique(dropna=False) > 1
    assert sorted(code for zone in zones for code in _codes(zone)) == sorted(record.sites.index)
    for zone in zones:
        assert zone.startswith('<details class="zone"><summary>')
        codes = _codes(zone)
        found = record.audit.findings.loc[record.audit.findings["site_code"].isin(codes)]
        worst = list(figures.worst_sites(record.audit.sites.loc[codes], found, len(codes)).index)
        assert codes[: len(worst)] == worst
        assert zone.count('<details class="more">') == (len(codes) > static_site.FIRST_SITES)


def test_a_search_leaves_the_sites_alone_that_were_asked_for_and_unfolds_them(served: str) -> None:
    page = site_search.narrowed(served, " kk-025 ")
    assert _codes(page) == ["KK-025"]
    assert page.count("<!--zone-->") == 1
    assert '<details class="zone" open' in page
    assert "“kk-025”: 1 site found." in page
    assert 'name="q" value="kk-025"' in page
    assert page.count('class="scroll"') < served.count('class="scroll"')
    assert _codes(site_search.narrowed(served, "KK-0")) == [one for one in _codes(served) if one.startswith("KK-0")]


def test_what_is_not_there_is_said_and_what_was_written_stays_text(served: str) -> None:
    page = site_search.narrowed(served, '"><script>x</script>')
    assert _codes(page) == []
    assert "0 sites found." in page
    assert "<script" not in page
    assert site_search.narrowed(served, "  ") == served


def test_only_a_page_that_is_served_offers_the_search(answers: council_contents.Answers, served: str) -> None:
    assert "<form" in served
    assert "form-action 'self'" in served
    copied = static_site.files(answers, {}, ("en",))["index.html"].decode()
    assert "<form" not in copied
    assert site_search.narrowed(copied, "KK-025") == copied


def test_a_search_answers_in_the_language_of_its_page(answers: council_contents.Answers) -> None:
    page = static_site.files(answers, {}, ("th",), statements=STATEMENTS)["index.html"].decode()
    found = wording.Wording("th").count("“{asked}”: {n} site found.", "“{asked}”: {n} sites found.", 1, asked="KK-025")
    assert found in site_search.narrowed(page, "KK-025")
