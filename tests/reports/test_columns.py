"""Every column has a name that a program and a person can read."""

import csv
import re

import pandas as pd
import pytest

from audits import wording
from audits.reports import columns, contents


@pytest.fixture
def tables(exported, thai):
    return exported.tables(thai)


def test_column_ids_are_plain_and_stand_once(tables):
    for _, wanted in tables.values():
        names = [column.name for column in wanted]
        assert len(set(names)) == len(names)
        assert all(re.fullmatch("[a-z][a-z0-9_]*", name) for name in names)


def test_no_two_columns_of_a_table_share_a_heading_in_either_language(tables):
    for _, wanted in tables.values():
        for language in wording.LANGUAGES:
            headings = [column.heading(wording.Wording(language)) for column in wanted]
            assert len(set(headings)) == len(headings)


def test_a_persona_is_named_in_its_heading(record):
    column = next(each for each in columns.of_sites(record.weights) if each.name == "score_low_blind")
    assert record.weights.personas["blind"].th in column.heading(wording.Wording("th"))


def test_every_coded_value_has_words(tables, thai):
    for table, wanted in tables.values():
        for column in wanted:
            if column.words:
                assert set(table[column.name]) - {""} <= set(column.words), column.name


def test_cells_come_out_plain():
    days = pd.Series(pd.to_datetime(["2026-03-03", None]))
    assert columns.plain(days, columns.DAY) == ["2026-03-03", None]
    assert columns.plain(pd.Series([1, None], dtype="Int64"), columns.WHOLE) == [1, None]
    assert columns.plain(pd.Series([True]), columns.YES_NO) == [True]
    assert columns.plain(pd.Series([0.5, float("nan")]), columns.NUMBER) == [0.5, None]


def test_the_mark_of_a_demonstration_is_the_same_everywhere(demonstrated):
    assert set(demonstrated.findings["demonstration"]) == {contents.demonstration_mark()}


def test_a_title_that_is_a_phrase_elsewhere_has_the_same_thai():
    thai = wording.Wording("th")
    with columns.FILE.open(encoding="utf-8", newline="") as file:
        rows = [(row["title_en"], row["title_th"]) for row in csv.DictReader(file)]
    phrases = {english: thai.text(english) for english, _ in rows}
    different = {
        english: (theirs, phrases[english]) for english, theirs in rows if phrases[english] not in (english, theirs)
    }
    assert different == {}
