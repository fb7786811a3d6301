"""Prove that headers are recognised in both languages and nothing is dropped silently."""

from __future__ import annotations

import pytest

from audits.field.tables import headers
from audits.rules import model


@pytest.mark.parametrize(
    ("column", "meaning"),
    [
        ("รหัสจุด", "code"),
        ("Site_Code", "code"),
        ("ชื่อสถานที่", "name_th"),
        ("name", "name"),
        ("LAT", "north"),
        ("ลองจิจูด", "east"),
        ("Easting (m)", "east"),
        ("พิกัด", "place"),
        ("เขต", "zone"),
        ("วันที่สำรวจ", "observed_on"),
        ("ผู้สำรวจ", "surveyor"),
        ("permitted_on", "permitted_on"),
    ],
)
def test_the_words_of_the_register_are_recognised(column: str, meaning: str, book: model.Criteria) -> None:
    (use,) = headers.recognise([column], book).uses
    assert use.meaning == meaning


@pytest.mark.parametrize(
    ("column", "quantity", "unit", "reading"),
    [
        ("clear_width_mm", "clear_width_mm", "mm", 1),
        ("clear width", "clear_width_mm", "", 1),
        ("ความกว้างสุทธิ (ซม.)", "clear_width_mm", "cm", 1),
        ("Clear width [in]", "clear_width_mm", "in", 1),
        ("running_slope_pct#3", "running_slope_pct", "percent", 3),
        ("ความลาดชันตามแนวทาง ครั้งที่ 2", "running_slope_pct", "", 2),
        ("ความลาดชันตามแนวทาง (%)", "running_slope_pct", "percent", 1),
        ("handrail_present", "handrail_present", "yes_no", 1),
    ],
)
def test_a_quantity_is_recognised_by_id_and_by_either_name_with_its_unit(
    column: str, quantity: str, unit: str, reading: int, book: model.Criteria
) -> None:
    (use,) = headers.recognise([column], book).uses
    assert (use.quantity, use.unit, use.reading) == (quantity, unit, reading)


def test_every_quantity_of_the_criteria_is_recognised_by_its_id(book: model.Criteria) -> None:
    layout = headers.recognise(list(book.quantities), book)
    assert [use.quantity for use in layout.uses] == list(book.quantities)


@pytest.mark.parametrize("column", ["สี", "Clear width (yards)", "running_slope_pct (cm)", "", "100%"])
def test_a_column_or_a_unit_that_means_nothing_here_is_listed(column: str, book: model.Criteria) -> None:
    layout = headers.recognise([column], book)
    assert (layout.uses, layout.unused) == ((), (column,))


def test_a_second_column_of_one_meaning_is_told(book: model.Criteria) -> None:
    layout = headers.recognise(["lat", "ละติจูด"], book)
    assert layout.unused == ("ละติจูด",)
    assert [notice.kind for notice in layout.notices] == [headers.SECOND_COLUMN]


def test_a_marker_for_nothing_is_nothing_and_a_code_stands_for_its_word() -> None:
    use = headers.Use("DWS", headers.QUANTITY, codes={"y": "yes"}, missing=frozenset({"-9", ""}))
    assert [use.value({"DWS": cell}) for cell in ("-9.00", -9.0, " ", None, "Y", "N")] == [None] * 4 + ["yes", "N"]
