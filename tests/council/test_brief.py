"""The council's brief is one page that a screen reader can read, whatever the record holds."""

from __future__ import annotations

import dataclasses
import io
import re

import outloud
import pikepdf
import pytest

from audits import wording
from audits.council import brief, council_contents, money
from audits.formats import typesetting
from audits.ramps import price_books
from audits.rules import model
from audits.store.audit_log import hash_chain
from tests import made_records, spoken
from tests.council import made_answers

LONG = "ทางลาดขึ้นอาคารที่มีชื่อยาวมาก ๆ พร้อมราวจับทั้งสองด้านและพื้นผิวต่างสัมผัส " * 3


@pytest.fixture(scope="module")
def answers(demonstration_folder):
    return made_answers.answers(demonstration_folder)


@pytest.fixture(scope="module", params=wording.LANGUAGES)
def words(request):
    return wording.Wording(request.param)


@pytest.fixture(scope="module")
def printed(answers, words):
    return brief.brief(answers, words)


def heard(file):
    return " ".join(" ".join(spoken.pages(file, furniture=True)).split())


def judged_again(answers, measurements, book=None):
    """Return the answers of the same register with other measurements, or other names of criteria."""
    rules = book or answers.record.criteria
    record = made_records.judged_again(answers.record, measurements=measurements, criteria=rules)
    return council_contents.gathered(record, answers.made_on, answers.money)


def test_it_is_one_page_without_an_error_of_accessibility(tmp_path, printed):
    file = tmp_path / "brief.pdf"
    file.write_bytes(printed)
    checked = outloud.check(file)
    assert checked.errors == 0, [each for each in checked.findings if each.severity == "error"]
    assert typesetting.pages(printed) == 1
    with pikepdf.open(io.BytesIO(printed)) as document:
        sides = document.pages[0].mediabox
        assert (round(float(sides[2])), round(float(sides[3]))) == (595, 842)


def test_the_same_answers_make_the_same_bytes(answers, words, printed):
    assert brief.brief(answers, words) == printed


def test_it_says_the_three_answers_and_what_they_rest_on(answers, words, printed):
    said = heard(printed)
    for one in council_contents.answered(answers, words):
        assert one.question in said
        assert one.big in said
    # a line may break within the head: compared without spaces
    assert hash_chain.parse(answers.record.head).short in said.replace(" ", "")
    assert answers.record.head not in said.replace(" ", "")
    assert words.day(answers.made_on) in said
    assert "OCHA COD-AB" in said
    assert council_contents.mark(answers, words) in said


def test_the_chart_has_words_for_those_who_do_not_see_it(printed, words):
    [alt] = [each for each in spoken.alternatives(printed) if len(each) > 20]
    assert alt.startswith("Chart" if words.language == "en" else "แผนภูมิ")


def test_a_citys_record_is_not_marked_as_a_demonstration(answers):
    real = dataclasses.replace(answers, record=dataclasses.replace(answers.record, demonstration=False))
    assert "invented" not in heard(brief.brief(real, wording.Wording("en")))


def test_it_says_which_surveys_count(answers, words, printed):
    official = dataclasses.replace(answers, record=dataclasses.replace(answers.record, official_only=True))
    assert words.text("all that were not returned") in heard(printed)
    assert words.text("only those approved (official)") in heard(brief.brief(official, words))


def test_nothing_surveyed_is_said_in_one_page(answers):
    nothing = judged_again(answers, answers.record.measurements.iloc[:0])
    empty = dataclasses.replace(nothing, money=None)
    made = brief.brief(empty, wording.Wording("en"))
    said = heard(made)
    assert typesetting.pages(made) == 1
    assert "No survey counts yet, so nobody can say where it is worst." in said
    assert "0 of 85 ramp sites pass, 0 fail, 0 borderline, 85 not known yet (85 unsurveyed)." in said
    assert "The plan for the next million baht has not been worked out." in said


def test_names_as_long_as_they_may_be_still_give_one_page(answers):
    book = answers.record.criteria
    named = {name: dataclasses.replace(each, name=model.Name(LONG, LONG)) for name, each in book.criteria.items()}
    long = judged_again(answers, answers.record.measurements, dataclasses.replace(book, criteria=named))
    for language in wording.LANGUAGES:
        assert typesetting.pages(brief.brief(long, wording.Wording(language))) == 1


def test_more_zones_than_a_page_holds_are_left_out_and_counted(answers):
    figures = answers.ramps.zones[1]
    many = dataclasses.replace(
        answers, ramps=dataclasses.replace(answers.ramps, zones=dict.fromkeys(range(1, 21), figures))
    )
    made = brief.brief(many, wording.Wording("en"))
    assert typesetting.pages(made) == 1
    assert "12 smaller zones are left out" in heard(made)


def test_a_record_in_which_all_pass_says_that_no_failure_is_known(answers):
    sites = answers.ramps.whole.sites
    passing = dataclasses.replace(answers.ramps.whole, passed=sites, failed=0, borderline=0, unknown=0, surveyed=sites)
    none = answers.ramps.causes.iloc[:0]
    found = dataclasses.replace(
        answers.ramps, whole=passing, zones={1: passing}, worst=None, causes=none, causes_there=none
    )
    nothing = money.solve(dataclasses.replace(answers.money.record, fixes={}), price_books.sample())
    made = brief.brief(dataclasses.replace(answers, ramps=found, money=nothing), wording.Wording("en"))
    assert typesetting.pages(made) == 1
    assert "No failure is known so far." in heard(made)
    assert re.search(r"85 of 85 ramp sites pass, 0 fail", heard(made))
