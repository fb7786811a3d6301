"""A price table says everything that is wrong with it at once, and a sample stays a sample until it is replaced."""

import datetime as dt
import io
from decimal import Decimal

import pytest
import xlsxwriter

from audits import errors, wording
from audits.ramps import cost_workbook, price_books, prices, quantities

TODAY = dt.date(2026, 3, 5)
COLUMNS = tuple(prices.COLUMNS)


def row(code, **changes):
    unit = "" if code == prices.FACTOR else quantities.unit(code)
    figures = ("1.2", "1.3", "1.4") if code == prices.FACTOR else ("10", "1,250.50", "2000")
    cells = (code, "ชื่อ", "name", unit, *figures, "" if code == prices.FACTOR else "5", "5/1/2569", "ใบเสนอราคา 12/2569")
    return dict(zip(COLUMNS, cells, strict=True)) | changes


def table(**changes):
    """Return a whole table with other cells in some rows, each named by the code of its row."""
    codes = (*quantities.NAMES, prices.FACTOR)
    return [(line, row(code, **changes.get(code, {}))) for line, code in enumerate(codes, start=2)]


def wrong(rows, columns=COLUMNS):
    with pytest.raises(errors.RefusedError) as refused:
        prices.read(columns, rows, TODAY)
    return [(problem.kind, problem.where) for problem in refused.value.problems]


def test_prices_are_read_to_the_satang_with_day_and_source():
    book = prices.read(COLUMNS, table(), TODAY)
    steel = book.prices["steel_kg"]
    assert steel.thb == (Decimal("10.00"), Decimal("1250.50"), Decimal("2000.00"))
    assert steel.dated_on == dt.date(2026, 1, 5)
    assert (steel.name.th, steel.name.en, steel.source) == ("ชื่อ", "name", "ใบเสนอราคา 12/2569")
    assert book.factor.thb == (Decimal("1.2"), Decimal("1.3"), Decimal("1.4"))
    assert tuple(book.prices) == tuple(quantities.NAMES)


def test_prices_with_sources_of_their_own_are_no_sample():
    assert not prices.read(COLUMNS, table(), TODAY).sample


@pytest.mark.parametrize("code", ["concrete_m3", prices.FACTOR])
def test_one_price_left_from_the_sample_makes_the_book_a_sample(code):
    assert prices.read(COLUMNS, table(**{code: {"source": prices.SAMPLE_SOURCE}}), TODAY).sample


@pytest.mark.parametrize(
    ("changes", "kind", "column"),
    [
        ({"low_thb": "cheap"}, prices.NOT_MONEY, "low_thb"),
        ({"high_thb": ""}, prices.NOT_MONEY, "high_thb"),
        ({"low_thb": "-1"}, prices.NEGATIVE_PRICE, "low_thb"),
        ({"low_thb": 2000, "high_thb": 10}, prices.NOT_RISING, "likely_thb"),
        ({"unit": "ton"}, prices.OTHER_UNIT, "unit"),
        ({"source": " "}, prices.NO_SOURCE, "source"),
        ({"name_th": None}, prices.NO_NAME, "name_th"),
        ({"labour_thb": "1251"}, prices.MORE_LABOUR, "labour_thb"),
        ({"labour_thb": "half"}, prices.NOT_MONEY, "labour_thb"),
    ],
)
def test_each_mistake_names_its_row_and_column(changes, kind, column):
    assert wrong(table(steel_kg=changes)) == [(kind, f"row 9, {column}")]


def test_a_day_that_is_still_to_come_is_refused():
    (kind, where), *others = wrong(table(steel_kg={"dated_on": "2026-03-06"}))
    assert (kind.code, where, others) == ("DAY-004", "row 9, dated_on", [])


def test_a_factor_below_one_is_refused():
    assert wrong(table(overhead_factor={"low_thb": "0.28"})) == [(prices.FACTOR_BELOW_ONE, "row 19, low_thb")]


def test_all_mistakes_are_told_at_once():
    rows = table(steel_kg={"low_thb": "x", "source": ""}, edge_m={"unit": "ft"})[1:]
    rows += [(99, row("edge_m")), (100, row("gold_kg") | {"code": "gold_kg"})]
    assert wrong(rows) == [
        (prices.NOT_MONEY, "row 9, low_thb"),
        (prices.NO_SOURCE, "row 9, source"),
        (prices.OTHER_UNIT, "row 11, unit"),
        (prices.TWICE, "row 99, code"),
        (prices.UNKNOWN_CODE, "row 100, code"),
        (prices.NO_PRICE, "code"),
    ]


def test_missing_columns_are_named_and_the_english_name_may_be_missing():
    assert wrong(table(), ("code", "name_th")) == [(prices.NO_COLUMN, "row 1")]
    without = tuple(column for column in COLUMNS if column != "name_en")
    assert prices.read(without, table(), TODAY).prices["steel_kg"].name.en == "ชื่อ"


@pytest.mark.parametrize("written", ["m3", "m³", "ลบ.ม.", "M3 "])
def test_a_unit_may_be_written_in_either_language(written):
    assert prices.read(COLUMNS, table(fill_m3={"unit": written}), TODAY).prices["fill_m3"].thb.low == 10


def test_the_shipped_table_is_whole_and_a_sample_and_says_so():
    book = price_books.sample()
    assert book.sample
    assert all(price.source == prices.SAMPLE_SOURCE for price in (*book.prices.values(), book.factor))


def test_the_shipped_prices_have_the_names_that_stand_on_the_drawing():
    thai, english = wording.Wording("th"), wording.Wording("en")
    for code, price in price_books.sample().prices.items():
        drawn = quantities.NAMES[code]
        assert (price.name.th, price.name.en) == (thai.text(drawn), english.text(drawn)), code


def workbook(rows):
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as file:
        sheet = file.add_worksheet()
        for line, cells in enumerate(rows):
            sheet.write_row(line, 0, cells)
    return written.getvalue()


def test_a_municipal_workbook_with_thai_headings_replaces_the_sample():
    rows = [tuple(prices.COLUMNS.values()), *(tuple(cells.values()) for _, cells in table())]
    book = price_books.read(workbook(rows), "prices.xlsx", TODAY)
    assert not book.sample
    assert book.prices["concrete_m3"].thb.likely == Decimal("1250.50")


def test_bad_rows_of_a_workbook_are_told_by_their_row():
    bad = table(guard_m={"likely_thb": "แพง"})
    rows = [COLUMNS, *(tuple(cells.values()) for _, cells in bad)]
    with pytest.raises(errors.RefusedError) as refused:
        price_books.read(workbook(rows), "prices.xlsx", TODAY)
    assert [problem.where for problem in refused.value.problems] == ["row 13, likely_thb"]


def test_the_table_handed_out_reads_back_as_it_was():
    sample = price_books.sample()
    assert price_books.read(cost_workbook.price_table(sample), "prices.xlsx", TODAY) == sample


def test_a_table_from_before_handrails_on_guards_were_priced_apart_is_read_at_the_dearer_price():
    older = [line for line in price_books.to_csv(price_books.sample()).splitlines() if "on_guard" not in line]
    book = price_books.read("\n".join(older).encode(), "prices.csv", dt.date(2026, 11, 1))
    assert book.prices["handrail_on_guard_m"].thb == book.prices["handrail_m"].thb
    assert list(book.prices) == list(quantities.NAMES)


def test_a_table_from_before_bevels_were_billed_apart_prices_their_mortar_by_the_sample():
    older = [line for line in price_books.to_csv(price_books.sample()).splitlines() if "fillet" not in line]
    own = "\n".join(older).replace(prices.SAMPLE_SOURCE, "quotation 7").replace("650000", "700000").encode()
    book = price_books.read(own, "prices.csv", dt.date(2026, 11, 1))
    assert (book.sample, book.prices["fillet_litre"].sample) == (False, True)
    assert book.prices["platform_lift_lump"].thb.likely == 700000
    assert list(book.prices) == list(quantities.NAMES)
