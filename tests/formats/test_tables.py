"""Prove that a table is opened whatever its kind, and that what is no table is refused at once."""

from __future__ import annotations

import codecs
import datetime as dt
import io
from collections.abc import Sequence

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from audits import errors
from audits.formats import archive, tables

DAY = dt.date(2026, 11, 20)
THAI = "รหัส,ชื่อ\nKK-001,สวนรัชดานุสรณ์\n"


def codes(problems: tuple[errors.Problem, ...]) -> set[str]:
    return {problem.kind.code for problem in problems}


def refusal(content: bytes, file_name: str = "sites.csv") -> set[str]:
    with pytest.raises(errors.RefusedError) as refused:
        tables.read(content, file_name)
    return codes(refused.value.problems)


@pytest.mark.parametrize(
    "content",
    [
        THAI.encode(),
        THAI.encode("utf-8-sig"),
        THAI.encode("cp874"),
        codecs.BOM_UTF16_LE + THAI.encode("utf-16-le"),
        THAI.replace(",", ";").encode(),
        THAI.replace(",", "\t").encode(),
        THAI.replace(",", "|").replace("\n", "\r\n").encode(),
    ],
)
def test_thai_text_is_read_in_every_usual_encoding_and_separator(content: bytes) -> None:
    table = tables.read(content, "sites.csv")
    assert table.columns == ("รหัส", "ชื่อ")
    assert dict(table.rows[0].cells) == {"รหัส": "KK-001", "ชื่อ": "สวนรัชดานุสรณ์"}


def test_windows_thai_is_read_with_a_notice() -> None:
    assert "TABLE-N02" in codes(tables.read(THAI.encode("cp874"), "sites.csv").notices)


def test_a_decimal_comma_does_not_make_a_semicolon_table_a_comma_table() -> None:
    table = tables.read(b"code;lat;lon\nA;16,43;102,82\nB;16,44;102,83\n", "sites.csv")
    assert table.rows[0].cells["lat"] == "16,43"


def test_lines_are_counted_as_a_spreadsheet_does_and_blank_rows_are_left_out() -> None:
    table = tables.read("ทะเบียน\n\ncode,name\nA,x\n,\nB,y\n".encode(), "sites.csv")
    assert [row.line for row in table.rows] == [4, 6]
    assert codes(table.notices) == {"TABLE-N03"}


def test_a_row_with_more_cells_than_headers_is_kept_with_its_problem() -> None:
    table = tables.read(b"code,name\nA,x\nB,y,z\nC\n", "sites.csv")
    assert codes(table.rows[1].problems) == {"TABLE-011"}
    assert table.rows[0].problems == table.rows[2].problems == ()
    assert table.rows[2].cells["name"] == ""


def test_a_column_without_a_header_is_told() -> None:
    assert codes(tables.read(b"code,,name\nA,lost,x\n", "sites.csv").notices) == {"TABLE-N04"}


def test_text_that_looks_like_a_formula_stays_text() -> None:
    table = tables.read(b'code,name\nA,"=HYPERLINK(""http://x"")"\n', "sites.csv")
    assert table.rows[0].cells["name"] == '=HYPERLINK("http://x")'


def test_a_packed_table_is_read_as_if_it_came_alone() -> None:
    point = b'{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"code": "A"}}'
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet().write_column(0, 0, ["code", "A"])
    for name, content in (("ก/s.csv", THAI.encode()), ("s.geojson", point), ("s.xlsx", target.getvalue())):
        packed = archive.zipped({name: content, f"__MACOSX/._{name}": b"\x00"}, DAY)
        assert tables.read(packed, "sites.zip") == tables.read(content, name)


@pytest.mark.parametrize(
    "parts", [{}, {"a.csv": b"code\n1", "b.csv": b"code\n2"}, {"a.zip": archive.zipped({"b.zip": b"PK"}, DAY)}]
)
def test_a_packed_file_without_one_table_is_refused(parts: dict[str, bytes]) -> None:
    assert refusal(archive.zipped(parts, DAY), "sites.zip") <= {"TABLE-012", "BOOK-003"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "TABLE-001"),
        (b"  \n\x00\n", "TABLE-001"),
        (b"code,name\n", "TABLE-007"),
        (b"code,name,code\nA,x,B\n", "TABLE-010"),
        (b'code,name\nA,"never closed\n', "TABLE-006"),
        (b"<html><table><tr><td>code</td></tr></table></html>", "TABLE-004"),
        (b"<?xml version='1.0'?><svg></svg>", "TABLE-003"),
        (b"%PDF-1.7 code,name", "TABLE-003"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "TABLE-003"),
        (b"code,name\nA,\xdb\xdc\xff\xfe\n", "TABLE-005"),
        (b"code" + b",c" * 600 + b"\n" + b"1,", "TABLE-009"),
        (b"code\n" + b"1\n" * 200_011, "TABLE-008"),
        (b"code\n" + b"1234567\n" * 7_000_000, "TABLE-002"),
        (b'{"type": "Topology"}', "MAP-002"),
        (b"PK\x03\x04 cut off", "BOOK-001"),
        (b"SQLite format 3\x00 cut off", "MAP-003"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off", "BOOK-001"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(content: bytes, problem: str) -> None:
    assert refusal(content) == {problem}


def test_the_content_decides_and_a_wrong_ending_is_told() -> None:
    table = tables.read(THAI.encode(), "sites.xlsx")
    assert table.kind == "CSV"
    assert codes(table.notices) == {"TABLE-N01"}


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    try:
        table = tables.read(content, "sites.csv")
    except errors.RefusedError as refused:
        assert refused.problems
    else:
        assert table.rows


@given(st.text(max_size=200))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    try:
        table = tables.read(text.encode("utf-8", "ignore"), "sites.csv")
    except errors.RefusedError as refused:
        assert refused.problems
    else:
        assert table.columns


def test_a_row_of_data_is_no_header_though_a_code_in_it_is_a_word() -> None:
    def known(row: Sequence[str]) -> int:
        return 1 * ("LNG" in row) + 2 * ("N" in row)

    table = tables.read(b"RAMP,LNG,OK,SLP\nR-1,102.83,N,-9.2\n", "a.csv", known)
    assert table.columns == ("RAMP", "LNG", "OK", "SLP")
