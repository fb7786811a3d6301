"""What a file rests on is said in the reader's language."""

import dataclasses
import datetime as dt

from audits import terms
from audits.exchange import about_lines


def lines(subject, words, book=None, **changed):
    made = {"exported_on": dt.date(2026, 3, 5), "as_of": None, "head": "1:a", "mark": ""} | changed
    return about_lines.lines(subject.audited, subject.sites, book or subject.book, words, **made)


def test_every_item_has_a_title(subject, words):
    assert set(lines(subject, words, mark="demo")) == set(about_lines.TITLES)


def test_the_laws_not_yet_checked_are_named(subject, words):
    text = lines(subject, words)["verification"]
    assert words.name(subject.book.sources["moi_2564"].short) in text
    assert words.text(terms.UNVERIFIED) in text


def test_the_note_goes_when_every_law_used_was_checked(subject, words):
    checked = {
        key: dataclasses.replace(source, compared_with_gazette=True) for key, source in subject.book.sources.items()
    }
    text = lines(subject, words, dataclasses.replace(subject.book, sources=checked))["verification"]
    assert words.text(terms.UNVERIFIED) not in text


def test_the_mark_comes_first(subject, words):
    assert next(iter(lines(subject, words, mark="demo").items())) == ("demonstration", "demo")
