from __future__ import annotations

import doctest

import pytest

from audits import survey
from audits.field.odk import names, xlsform
from audits.rules import model


@pytest.fixture(scope="module")
def rows(book):
    return xlsform.sheets(book, version="1")["survey"]


def test_the_examples_in_the_text_are_true():
    assert doctest.testmod(names) == (0, 3)


@pytest.mark.parametrize("kind", survey.ELEMENT_KINDS)
def test_every_name_says_what_it_answers(book, kind):
    for quantity in model.questions(book, kind):
        about = quantity.quantity_id
        assert names.leaf(names.of_element(kind, about)) == names.Leaf(kind, about)
        assert names.leaf(names.part(kind, about, 2)) == names.Leaf(kind, about, "2")
        assert names.leaf(names.part(kind, about, names.WHY)) == names.Leaf(kind, about, "why")


def test_no_name_is_used_twice_whatever_the_group(rows):
    used = [row["name"] for row in rows if row["type"] != "end_group"]
    assert len(used) == len(set(used))


def test_a_group_is_never_taken_for_an_answer_about_an_element(rows):
    groups = [row["name"] for row in rows if row["type"] == "begin_group"]
    assert groups
    assert all(names.leaf(group).kind == "" for group in groups)


def test_a_name_of_somebody_elses_form_is_left_as_it_is():
    assert names.leaf("bridge__width") == names.Leaf("", "bridge__width")
    assert names.leaf("ramp__a__b__c") == names.Leaf("", "ramp__a__b__c")
