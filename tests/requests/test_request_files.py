"""Requests come from the office's tables and from Traffy Fondue, without any column about a person."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from audits import errors
from audits.requests import request_files
from audits.store.requests import requests
from layers import positions

TODAY = dt.date(2026, 3, 3)
TRAFFY = """ticket_id,type,organization,comment,photo,photo_after,coords,address,timestamp,state,star
2026-AAA,{ทางเท้า},เทศบาล,ทางลาดพัง,https://x/a.jpg,,"102.8340,16.4320",12 ถนน,2026-01-01 17:44:39.401234+00,เสร็จสิ้น,5
2026-AAB,{ถนน},กทม,ไกล,,,"100.5,13.7",,2026-01-02 01:00:00+00,รอรับเรื่อง,
2026-AAC,{ทางเท้า},เทศบาล,ไม่มีที่,,,nan,,2026-01-02 01:00:00+00,รอรับเรื่อง,
"""


def _read(text: str, **options: str) -> request_files.Read:
    return request_files.read(text.encode(), "list.csv", TODAY, positions.KHON_KAEN_SURROUNDINGS, **options)


def _codes(found: request_files.Read) -> list[list[str]]:
    return [[problem.kind.code for problem in row.problems] for row in found.rows]


def test_traffy_fondue_is_known_by_its_columns_and_gives_the_matter_only() -> None:
    found = _read(TRAFFY)
    assert found.source == "traffy_fondue"
    assert {"photo", "address", "organization", "state"} <= set(found.unused)
    # 17:44 in UTC is the next day in Thailand.
    day = dt.date(2026, 1, 2)
    expected = requests.Request("ทางลาดพัง", day, "traffy_fondue", "", 102.834, 16.432, "2026-AAA")
    assert found.rows[0].request == expected
    assert _codes(found) == [[], ["REQUEST-033"], ["REQUEST-034"]]
    narrow = _read(TRAFFY, kind="ถนน")
    assert (len(narrow.rows), narrow.other_types) == (1, 2)


def test_a_table_of_the_office_is_read_in_thai_and_leaves_names_out() -> None:
    text = "เลขที่,ชื่อผู้ขอ,โทรศัพท์,คำขอ,รหัสจุด,วันที่รับ,ช่องทาง\n7,สมชาย,0812345678,ขอราวจับ,KK-001,15/11/2568,letter\n"
    found = _read(text)
    expected = requests.Request("ขอราวจับ", dt.date(2025, 11, 15), "letter", "KK-001", source_id="7")
    assert found.rows[0].request == expected
    assert found.unused == ("ชื่อผู้ขอ", "โทรศัพท์")
    assert _read(text, kind="ทางเท้า") == found, "a table without types has no other type"


def test_a_day_at_the_end_of_the_calendar_is_refused_like_any_other() -> None:
    assert _codes(_read("text,received_on\nfix it,9999-12-31T23:30:00Z\n")) == [["DAY-004"]]


def test_a_workbook_gives_days_and_numbers_as_they_are() -> None:
    book = openpyxl.Workbook()
    book.active.append(["text", "lon", "lat", "date"])
    book.active.append(["ขอทางลาด", 102.83, 16.43, dt.datetime(2026, 1, 5)])  # noqa: DTZ001 - as a workbook has it
    book.active.append(["ขอป้าย", None, None, None])
    buffer = io.BytesIO()
    book.save(buffer)
    found = request_files.read(buffer.getvalue(), "ประชุม.xlsx", TODAY, None)
    assert found.rows[0].request == requests.Request("ขอทางลาด", dt.date(2026, 1, 5), "ประชุม", "", 102.83, 16.43)
    assert _codes(found) == [[], ["REQUEST-032"]]


def test_a_table_that_says_nothing_is_refused() -> None:
    with pytest.raises(errors.RefusedError, match="what is asked for"):
        _read("name,phone\nx,1\n")
