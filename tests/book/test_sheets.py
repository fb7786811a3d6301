import datetime as dt
import io

import outloud
import pikepdf
import pytest

from audits import survey
from audits.book import sheets
from audits.rules import model
from tests import spoken

DAY = dt.date(2026, 3, 5)


@pytest.fixture(scope="module")
def blank(book, english):
    return sheets.blank(book, english, made_on=DAY)


def test_every_kind_of_element_has_its_sheet(blank):
    with pikepdf.open(io.BytesIO(blank)) as document, document.open_outline() as outline:
        titles = [child.title for item in outline.root for child in item.children]
    assert len(titles) == len(survey.ELEMENT_KINDS)


@pytest.mark.parametrize("kind", survey.ELEMENT_KINDS)
def test_a_sheet_asks_what_the_newest_rules_look_at_and_nothing_else(book, kind):
    asked = [each.quantity_id for each in sheets.asked(kind, book)]
    every = [each.quantity_id for each in model.questions(book, kind)]
    assert asked == [each for each in every if each in asked]
    assert asked[0] == survey.ELEMENT_PRESENT


def test_every_question_has_its_boxes(blank, book):
    said = " ".join(" ".join(spoken.pages(blank)).split())
    asked = sum(len(sheets.asked(kind, book)) for kind in survey.ELEMENT_KINDS)
    codes = said.count("could not measure, because: x1 no instrument · x2 blocked by an obstacle")
    assert codes == len(survey.ELEMENT_KINDS)
    assert said.count("could not measure, because") == asked + codes


def test_the_questions_of_a_sheet_are_numbered_one_after_the_other(book, english):
    for sheet in sheets.pages(survey.ELEMENT_KINDS, book, english):
        assert [each["number"] for each in sheet["questions"]] == list(range(1, len(sheet["questions"]) + 1))


def test_blank_sheets_have_no_error_of_accessibility(blank, tmp_path):
    file = tmp_path / "blank.pdf"
    file.write_bytes(blank)
    assert outloud.check(file).errors == 0


def test_blank_sheets_of_one_day_are_the_same(blank, book, english):
    assert sheets.blank(book, english, made_on=DAY) == blank
