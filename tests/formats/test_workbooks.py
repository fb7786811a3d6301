"""Prove that a spreadsheet keeps its percents and a bomb is refused before it is unpacked."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile

import pytest
import xlsxwriter

from audits import errors
from audits.formats import tables, workbooks


def workbook(rows: list[list[object]], *, percent_column: int | None = None, sheets: int = 1) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"default_date_format": "dd/mm/yyyy"}) as book:
        percent = book.add_format({"num_format": "0.00%"})
        clock = book.add_format({"num_format": "h:mm"})
        for sheet_number in range(sheets):
            sheet = book.add_worksheet(f"แผ่น {sheet_number + 1}")
            for row_number, row in enumerate(rows if sheet_number == sheets - 1 else []):
                for column, value in enumerate(row):
                    if isinstance(value, dt.time):
                        sheet.write_datetime(row_number, column, value, clock)
                    else:
                        sheet.write(row_number, column, value, percent if column == percent_column else None)
    return target.getvalue()


def repacked(content: bytes, name: str, replace: bytes) -> bytes:
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            archive.writestr(entry.filename, replace if entry.filename == name else source.read(entry))
    return target.getvalue()


def padded(content: bytes) -> bytes:
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    return repacked(
        content, "xl/worksheets/sheet1.xml", sheet.replace(b"</sheetData>", b" " * 30_000_000 + b"</sheetData>")
    )


def refusal(content: bytes) -> list[str]:
    with pytest.raises(errors.RefusedError) as refused:
        tables.read(content, "sites.xlsx")
    return [problem.kind.code for problem in refused.value.problems]


def test_a_cell_shown_as_percent_comes_as_percent_and_not_as_the_fraction_behind_it() -> None:
    table = tables.read(workbook([["code", "slope"], ["A", 0.0833], ["B", "1:12"]], percent_column=1), "sites.xlsx")
    assert [row.cells["slope"] for row in table.rows] == ["8.33%", "1:12"]


def test_a_plain_fraction_stays_a_plain_number() -> None:
    table = tables.read(workbook([["code", "slope"], ["A", 0.0833]]), "sites.xlsx")
    assert table.rows[0].cells["slope"] == 0.0833


def test_a_slope_that_the_spreadsheet_took_for_a_time_of_day_comes_as_that_time() -> None:
    table = tables.read(workbook([["code", "slope"], ["A", dt.time(1, 12)]]), "sites.xlsx")
    assert table.rows[0].cells["slope"] == dt.time(1, 12)


def test_the_first_sheet_with_content_is_read_and_the_others_are_told() -> None:
    table = tables.read(workbook([["code", "name"], ["A", "x"]], sheets=2, percent_column=1), "sites.xlsx")
    assert table.rows[0].cells["code"] == "A"
    assert [notice.kind.code for notice in table.notices] == ["BOOK-N01"]


def test_a_workbook_without_content_is_refused() -> None:
    assert refusal(workbook([])) == ["BOOK-005"]


def test_a_workbook_that_unpacks_to_far_more_than_it_weighs_is_refused() -> None:
    assert refusal(padded(workbook([["code", "name"], ["A", "x"]]))) == ["BOOK-002"]


def test_a_workbook_whose_directory_lies_about_a_size_is_refused_before_the_reader_opens_it() -> None:
    content = bytearray(padded(workbook([["code"], ["A"]])))
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/worksheets/sheet1.xml"))
    struct.pack_into("<I", content, at + 24, 1000)
    with pytest.raises(errors.RefusedError) as refused:
        tables.read(bytes(content), "sites.xlsx")
    assert [problem.kind for problem in refused.value.problems] == [workbooks.BROKEN]
    assert refused.value.__cause__ is None


def test_an_archive_of_another_kind_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("sites.dwg", b"shape")
    assert refusal(target.getvalue()) == ["BOOK-003"]


def test_an_archive_of_thousands_of_parts_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(5_001):
            archive.writestr(str(number), b"")
    assert refusal(target.getvalue()) == ["BOOK-002"]


def test_a_damaged_workbook_is_refused() -> None:
    good = workbook([["code", "name"], ["A", "x"]])
    assert refusal(good[: len(good) // 2]) == ["BOOK-001"]
    assert refusal(repacked(good, "xl/workbook.xml", b"<broken")) == ["BOOK-001"]


def test_a_percent_workbook_with_a_single_wrong_byte_is_read_or_refused() -> None:
    good = workbook([["code", "slope"], ["A", 0.0833]], percent_column=1)
    for place in range(0, len(good), 7):
        damaged = bytes([*good[:place], good[place] ^ 0x55, *good[place + 1 :]])
        try:
            assert tables.read(damaged, "sites.xlsx").columns == ("code", "slope")
        except errors.RefusedError as refused:
            assert refused.problems
