"""Prove that headers are recognised in both languages and nothing is dropped silently."""

from __future__ import annotations

import pytest

from audits import terms, wording
from audits.field.tables import headers, vocabulary
from audits.reports import columns, site_report
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


def test_every_word_that_the_program_prints_for_a_quantity_is_understood(book: model.Criteria) -> None:
    printed = [(one.quantity_id, each) for one in book.quantities.values() for each in (one.name, one.question)]
    printed += [(one.quantity.quantity_id, one.name) for one in book.criteria.values()]
    understood = headers.quantity_names(book)
    lost = [
        word
        for quantity, name in printed
        for word in (name.th, name.en)
        if understood.get(headers.plain(word), ("", ""))[0] != quantity
    ]
    assert lost == []
    assert {quantity for quantity, _ in understood.values()} == set(book.quantities)


def test_every_word_that_the_program_prints_for_an_element_a_site_or_a_column_is_understood() -> None:
    groups = (
        (terms.ELEMENT_KIND, vocabulary.ELEMENT_KINDS),
        (terms.SITE_KIND, vocabulary.SITE_KINDS),
        (terms.SETTING, vocabulary.SETTINGS),
        (terms.COLUMN_MEANING, vocabulary.MEANINGS),
    )
    for printed, understood in groups:
        for words in map(wording.Wording, wording.LANGUAGES):
            assert {key: understood.get(words.text(phrase).casefold()) for key, phrase in printed.items()} == {
                key: key for key in printed
            }
        assert set(understood.values()) == set(printed)


@pytest.mark.parametrize("language", wording.LANGUAGES)
@pytest.mark.parametrize("kind", terms.ELEMENT_KIND)
def test_a_thing_is_understood_as_the_program_titles_numbers_and_names_it(kind: str, language: str) -> None:
    words = wording.Wording(language)
    title = site_report.element_title(f"KK-012.{kind}.2", kind, "x", words)
    named = terms.element(f"KK-012.{kind}.2").write(words)
    written = [title, named, f"KK-012.{kind}.2", f"{words.text(terms.ELEMENT_KIND[kind])} 2"]
    assert [vocabulary.element(each) for each in written] == [(kind, "2")] * len(written)
    assert vocabulary.element(words.text(terms.ELEMENT_KIND[kind])) == (kind, "")


@pytest.mark.parametrize("table", ["finding", "element", "measure_next"])
@pytest.mark.parametrize("heading", [0, 1, 2], ids=["id", "th", "en"])
def test_the_columns_of_the_thing_in_an_exported_table_are_understood(
    table: str, heading: int, book: model.Criteria
) -> None:
    """Whatever heads the column of the thing, its site or its label on the way out, on the way in too."""
    wanted = {"site_code": "code", "element_id": "element_kind", "element_kind": "element_kind"}
    wanted |= {"kind": "element_kind", "label": "element_label"} if table == "element" and heading else {}
    for column in columns.of(table):
        if column.name in wanted:
            written = (column.name, column.title.th, column.title.en)[heading]
            (use,) = headers.recognise([written], book).uses
            assert use.meaning == wanted[column.name], written
    # how many things a site has is no thing
    (counted,) = [one for one in columns.of("site") if one.name == "elements_count"]
    assert headers.recognise([counted.title.th, counted.title.en], book).uses == ()


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("ความกว้างสุทธิ (ซ.ม.)", "cm"),
        ("ความกว้างสุทธิ ซม.", "cm"),
        ("clear width cm", "cm"),
        ("ความลาดชัน (%)", "percent"),
        ("ความลาดชัน ร้อยละ", "percent"),
        ("Running slope, %", "percent"),
    ],
)
def test_a_unit_is_read_with_dots_and_without_brackets(column: str, unit: str, book: model.Criteria) -> None:
    (use,) = headers.recognise([column], book).uses
    assert use.unit == unit


def test_a_header_that_a_shapefile_cut_is_the_one_id_that_it_begins(book: model.Criteria) -> None:
    columns = ["clear_widt", "running_sl", "observed_o", "tactile_st", "clear_wid", "passing_xx"]
    layout = headers.recognise(columns, book, cut=True)
    assert [(use.column, use.quantity or use.meaning, use.unit) for use in layout.uses] == [
        ("clear_widt", "clear_width_mm", "mm"),
        ("running_sl", "running_slope_pct", "percent"),
        ("observed_o", "observed_on", ""),
    ]
    # much is measured of a tactile strip
    assert layout.unused == ("tactile_st", "clear_wid", "passing_xx")
    assert [one.where for one in layout.notices] == ["clear_widt", "running_sl", "observed_o"]
    assert not headers.recognise(columns, book).uses
