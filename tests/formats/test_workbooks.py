"""Prove that a spreadsheet keeps its percents and a bomb is refused before it is unpacked."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from audits import errors
from audits.formats import cells, tables, workbooks


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
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b"text")
    assert refusal(target.getvalue()) == ["BOOK-003"]


def test_an_archive_of_thousands_of_parts_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(5_001):
            archive.writestr(str(number), b"")
        archive.writestr("[Content_Types].xml", b"")
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


def drawn(*sheets: Callable[[xlsxwriter.Workbook, Worksheet], None]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for draw in sheets:
            draw(book, book.add_worksheet())
    return target.getvalue()


def rows(*cells: list[object], start: int = 0) -> Callable[[xlsxwriter.Workbook, Worksheet], None]:
    def draw(_book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        for number, row in enumerate(cells, start):
            sheet.write_row(number, 0, row)

    return draw


def known(headers: object) -> int:
    return len({"code", "width", "slope", "width reading 1", "width reading 2"}.intersection(headers))  # type: ignore[call-overload]


def values(content: bytes, name: str = "sites.xlsx") -> list[list[object]]:
    return [[cell or None for cell in row.cells.values()] for row in tables.read(content, name, known).rows]


def test_an_error_value_and_a_formula_that_was_never_computed_come_as_what_they_are() -> None:
    book = openpyxl.Workbook()
    book.active.append(["code", "width", "slope"])
    book.active.append(["A", "#N/A", "=1/12"])
    book.active.append(["B", "#DIV/0!", None])
    target = io.BytesIO()
    book.save(target)
    first, second = values(target.getvalue())
    assert [cells.unseen(value) for value in first] == [None, cells.ERROR_VALUE, cells.NOT_COMPUTED]
    assert (first[2], second) == ("=1/12", ["B", "#DIV/0!", None])


def test_a_formula_that_was_computed_is_its_value_also_when_that_is_empty() -> None:
    content = drawn(rows(["code", "width", "slope"], ["A", 1, 2]))
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    sheet = sheet.replace(b'<c r="B2"><v>1</v>', b'<c r="B2"><f>90*10</f><v>900</v>')
    sheet = sheet.replace(b'<c r="C2"><v>2</v>', b'<c r="C2" t="str"><f>IF(1,"","")</f><v></v>')
    assert values(repacked(content, "xl/worksheets/sheet1.xml", sheet)) == [["A", 900, None]]


def test_a_formula_left_at_zero_by_the_program_that_wrote_it_was_never_computed() -> None:
    def draw(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        rows(["code", "width"], ["A"])(book, sheet)
        sheet.write_formula("B2", "=90*10")

    assert cells.unseen(values(drawn(draw))[0][1]) is cells.NOT_COMPUTED


def test_a_hidden_column_is_read_and_named() -> None:
    def draw(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        rows(["code", "width", "slope"], ["A", 900, 8])(book, sheet)
        sheet.set_column("B:B", None, None, {"hidden": True})
        sheet.set_column("D:XFD", None, None, {"hidden": True})

    table = tables.read(drawn(draw), "sites.xlsx")
    assert list(table.rows[0].cells.values()) == ["A", 900, 8]
    assert [one.values["columns"] for one in table.notices if one.kind is workbooks.HIDDEN_COLUMNS] == ["B"]


def test_cells_and_rows_without_a_place_stand_where_they_come() -> None:
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row><c t="inlineStr"><is><t>code</t></is></c><c t="inlineStr"><is><t>width</t></is></c></row>'
        '<row hidden="1"><c t="inlineStr"><is><t>H</t></is></c><c><v>1</v></c></row>'
        '<row><c t="inlineStr"><is><t>A</t></is></c><c><v>900</v></c></row></sheetData></worksheet>'
    )
    content = repacked(workbook([["code", "width"]]), "xl/worksheets/sheet1.xml", sheet.encode())
    table = tables.read(content, "sites.xlsx")
    assert [(row.line, list(row.cells.values())) for row in table.rows] == [(3, ["A", 900])]
    assert [(notice.kind, notice.values["count"]) for notice in table.notices] == [(workbooks.HIDDEN_ROWS, 1)]


def test_hidden_sheets_and_covers_are_passed_over_for_the_sheet_with_known_headers() -> None:
    def hidden(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        rows(["code", "width", "slope"], ["ZZ", 1, 2])(book, sheet)
        sheet.very_hidden()

    cover, data = rows(["แบบสำรวจ", "ปี 2569"], ["ผู้รับผิดชอบ", "กองช่าง"]), rows(["code", "width"], ["A", 900])
    content = drawn(cover, hidden, data)
    assert values(content) == [["A", 900]]
    (notice,) = tables.read(content, "sites.xlsx", known).notices
    assert (notice.values["sheet"], notice.values["others"]) == ("Sheet3", "Sheet1, Sheet2")


def test_a_row_of_groups_above_the_header_joins_the_headers_that_need_it() -> None:
    def draw(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.merge_range("A1:A2", "code")
        sheet.merge_range("B1:C1", "width")
        sheet.write_row(0, 3, ["slope"])
        sheet.write_row(1, 1, ["reading 1", "reading 2"])
        sheet.merge_range("A3:A4", "A")
        rows(["", 900, 910, 8], ["", 905, 915, 9], start=2)(book, sheet)

    table = tables.read(drawn(draw), "sites.xlsx", known)
    assert table.columns == ("code", "width reading 1", "width reading 2", "slope")
    assert [row.cells["code"] for row in table.rows] == ["A", "A"]


def test_a_code_kept_as_a_formula_of_text_is_that_text() -> None:
    table = tables.read(b'code,width\n="007",90\n"=""008""",90\n', "sites.csv")
    assert [row.cells["code"] for row in table.rows] == ["007", "008"]


def biff(*cells_of_rows: tuple[int, int, object, int], formats: tuple[str, ...]) -> bytes:
    """Return an old workbook by hand: BIFF8 records in the one stream of a compound file."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def text(written: str) -> bytes:
        return struct.pack("<HB", len(written), 1) + written.encode("utf-16-le")

    style = struct.Struct("<HHHBBBBIIH")
    head = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    head += b"".join(record(0x41E, struct.pack("<H", 164 + n) + text(code)) for n, code in enumerate(formats))
    keys = (0, *range(164, 164 + len(formats)))
    head += b"".join(record(0xE0, style.pack(0, key, 0, 0, 0, 0, 0, 0, 0, 0)) for key in keys)
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for row, column, value, look in cells_of_rows:
        place = struct.pack("<HHH", row, column, look)
        if isinstance(value, str):
            sheet += record(0x205, place + b"\x2a\x01") if value == "#N/A" else record(0x204, place + text(value))
        else:
            sheet += record(0x203, place + struct.pack("<d", value))
    bound = struct.pack("<BB", 4, 0) + b"Data"
    start = len(head) + 4 + 6 + len(bound) - 2 + 2 + 4
    whole = head + record(0x85, struct.pack("<IH", start, 0) + bound) + record(0x0A, b"") + sheet + record(0x0A, b"")
    return compound(whole.ljust(4096, b"\0"))


def compound(stream: bytes) -> bytes:
    """Return a compound file with the stream Workbook: header, allocation table, directory, stream."""
    stream = stream.ljust(-(-len(stream) // 512) * 512, b"\0")
    count, end = len(stream) // 512, 0xFFFFFFFE
    chain = [0xFFFFFFFD, end, *range(3, 2 + count), end]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))
    header = workbooks.OLD_START + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<IIIIIIIII", 1, 1, 0, 4096, end, 0, end, 0, 0)
    header += struct.pack("<108I", *[0xFFFFFFFF] * 108)

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        written = (name + "\0").encode("utf-16-le") if name else b""
        about = struct.pack("<HBBIII", len(written), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return written.ljust(64, b"\0") + about + bytes(36) + struct.pack("<III", start, size, 0)

    folder = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
    return header + table + folder + entry("", 0, 0xFFFFFFFF, 0, 0) * 2 + stream


def test_an_old_workbook_shows_percents_ratios_times_and_errors_too() -> None:
    header = ((0, 0, "code", 0), (0, 1, "slope", 0), (0, 2, "width", 0))
    data = ((1, 0, 7.0, 3), (1, 1, 0.0833, 1), (1, 2, "#N/A", 0), (2, 0, "B", 0), (2, 1, 12.0, 2), (3, 1, 0.05, 4))
    content = biff(*header, *data, formats=("0.0%", '"1:"0', "000", "h:mm"))
    assert [row[:3] for row in values(content, "sites.xls")] == [
        ["007", "8.33%", "#N/A"],
        ["B", "1:12", None],
        [None, dt.time(1, 12), None],
    ]


def test_a_locked_workbook_is_refused_as_locked() -> None:
    content = compound("EncryptedPackage".encode("utf-16-le").ljust(4096, b"\0"))
    assert refusal(content) == ["BOOK-004"]
