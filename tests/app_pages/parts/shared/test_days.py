"""A day is written in the reader's era, and read in either."""

import datetime as dt

import pytest

from app_pages.parts.shared import days
from audits import errors, wording

TODAY = dt.date(2026, 11, 29)


@pytest.mark.parametrize(("language", "written"), [("th", "29/11/2569"), ("en", "29/11/2026")])
def test_what_a_field_shows_is_read_as_the_same_day(language: str, written: str) -> None:
    assert days.written(TODAY, wording.Wording(language)) == written
    assert days.read(written, TODAY) == TODAY
    assert isinstance(days.read(written, dt.date(2026, 11, 28)), errors.ProblemKind)


def test_nothing_written_is_no_day() -> None:
    assert days.written(None, wording.Wording("th")) == ""
    assert days.read("", TODAY) is None
