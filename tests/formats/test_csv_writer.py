"""CSV files open in the right encoding and hold no formula."""

import pandas as pd
import pytest

from audits.formats import csv_writer


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠"])
def test_a_text_that_could_run_gets_an_apostrophe(start):
    assert csv_writer.harmless(f"{start}1") == f"'{start}1"
    assert csv_writer.harmless(f"a{start}1") == f"a{start}1"


def test_each_kind_of_value_is_written_as_spreadsheets_read_it():
    rows = [("code", "ก"), (True, 0.5), (None, float("nan")), (pd.NA, -1), ("=1", False)]
    lines = csv_writer.table(rows).decode("utf-8-sig").split("\r\n")
    assert lines == ["code,ก", "1,0.5", ",", ",-1", "'=1,0", ""]


def test_the_file_begins_with_a_byte_order_mark():
    assert csv_writer.table([]) == b"\xef\xbb\xbf"
