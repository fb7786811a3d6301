"""A levelled rise that a ramp's length and slope contradict is said in one sentence, with what it does to the price."""

from __future__ import annotations

import pytest

from audits.plans import levelled_rise, site_fixes
from audits.ramps import price_books

RAMP = "KK-001.ramp.1"
BOOK = price_books.sample()


@pytest.fixture(scope="module")
def levelled(town):
    """Judge a steep ramp of 5 m at 12 %, 596 mm by its length and slope, and level its rise."""

    def record(rise_mm=None, uncertainty=0.0, failing=True):
        rows = town.complete_ramp(RAMP, running_slope_pct=12.0 if failing else 6.0)
        rows += [(RAMP, "rise_mm", rise_mm, uncertainty)] if rise_mm else []
        return town.record(town.measured(*rows), town.elements(RAMP), town.sites("KK-001").assign(zone=1))

    return record


def test_a_levelled_rise_that_differs_is_said_of_its_fix_with_its_day(levelled, english, thai):
    record = levelled(750.0)
    for words in (english, thai):
        (sentence,) = levelled_rise.sentences(record, site_fixes.fixes(record, BOOK), words)
        assert "750" in sentence and "596" in sentence
        assert words.day(levelled_rise.apart(record, RAMP).observed_on) in sentence


@pytest.mark.parametrize(
    ("rise_mm", "uncertainty"), [(None, 0.0), (596.0, 0.0), (610.0, 20.0)], ids=["none", "alike", "within the tape's"]
)
def test_nothing_is_said_where_the_instruments_explain_the_difference(levelled, english, rise_mm, uncertainty):
    record = levelled(rise_mm, uncertainty)
    assert levelled_rise.apart(record, RAMP) is None
    assert levelled_rise.sentences(record, site_fixes.fixes(record, BOOK), english) == ()
    assert levelled_rise.to_level_again(record, RAMP, english) == ""


def test_an_engineer_is_asked_about_a_rise_that_length_and_slope_contradict(levelled, english, thai):
    for words in (english, thai):
        sentence = levelled_rise.to_level_again(levelled(750.0), RAMP, words)
        assert all(number in sentence for number in ("750", "596", "154"))


def test_the_price_is_given_by_one_rise_and_by_the_other(levelled, english):
    record = levelled(750.0)
    (now,) = site_fixes.fixes(record, BOOK)
    before = levelled_rise.priced(record, BOOK, None, RAMP, None)
    after = levelled_rise.priced(record, BOOK, None, RAMP, 750.0)
    assert before == levelled_rise.priced(levelled(), BOOK, None, RAMP, None)
    assert (before.fix.cost.likely, after) == (site_fixes.fixes(levelled(), BOOK)[0].fix.cost.likely, now)
    sentence = levelled_rise.price_sentence(before, after, english, was_levelled=True)
    assert sentence.endswith("by the one levelled before.")
    assert english.number(before.fix.cost.likely, 0) in sentence
    assert english.number(now.fix.cost.likely, 0) in sentence
    assert levelled_rise.price_sentence(now, now, english, was_levelled=True) == ""


def test_where_nothing_is_mended_a_rise_moves_no_price(levelled):
    assert levelled_rise.priced(levelled(300.0, failing=False), BOOK, None, RAMP, None) is None
