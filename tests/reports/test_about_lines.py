"""What a file rests on is said in the reader's language."""

import dataclasses
import datetime as dt

from audits import terms
from audits.reports import about_lines


def lines(record, words, book=None, mark=""):
    record = dataclasses.replace(record, criteria=book or record.criteria, as_of=None, head="1:a")
    return about_lines.lines(record, words, exported_on=dt.date(2026, 3, 5), mark=mark)


def test_every_item_has_a_title(record, words):
    assert set(lines(record, words, mark="demo")) == set(about_lines.TITLES)


def test_the_laws_not_yet_checked_are_named(record, words):
    text = lines(record, words)["verification"]
    assert words.name(record.criteria.sources["moi_2564"].short) in text
    assert words.text(terms.UNVERIFIED) in text


def test_the_note_goes_when_every_law_used_was_checked(record, words):
    def checked(criterion):
        limits = tuple(dataclasses.replace(limit, state="checked") for limit in criterion.limits)
        return dataclasses.replace(criterion, limits=limits)

    every = {name: checked(each) for name, each in record.criteria.criteria.items()}
    text = lines(record, words, dataclasses.replace(record.criteria, criteria=every))["verification"]
    assert words.text(terms.UNVERIFIED) not in text


def test_the_mark_comes_first(record, words):
    assert next(iter(lines(record, words, mark="demo").items())) == ("demonstration", "demo")
