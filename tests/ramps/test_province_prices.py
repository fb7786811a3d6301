"""The ministry's list of a province changes the material of what it has, and leaves labour as it was."""

import datetime as dt
from decimal import Decimal

import pytest

from audits import errors
from audits.ramps import price_books, province_prices

TODAY = dt.date(2026, 3, 5)
SAMPLE = price_books.sample()
NAMES = (*province_prices.COLUMNS, "typeName")
MAKES = (
    ("0101010100200000", "คอนกรีตผสมเสร็จรูปลูกบาศก์ 240 กก./ตร.ซม. และ รูปทรงกระบอก 210กก./ตร.ซม. ตราซีแพค", "ลบ.ม.", 2100),
    ("0101010100200001", "คอนกรีตผสมเสร็จรูปลูกบาศก์ 240 กก./ตร.ซม. และ รูปทรงกระบอก 210กก./ตร.ซม. ตราอื่น", "ลบ.ม.", 1950.5),
    ("0101010100300000", "คอนกรีตผสมเสร็จรูปลูกบาศก์ 280 กก./ตร.ซม. และ รูปทรงกระบอก 240กก./ตร.ซม. ตราซีแพค", "ลบ.ม.", 2300),
    ("0202", "เหล็กเส้นกลมผิวเรียบ SR 24 ขนาด 9 มม.", "ตัน", 21500),
    ("0203", "เหล็กเส้นกลมผิวเรียบ SR 24 ขนาด 19 มม.", "ตัน", 20000),
    ("0301", "สีน้ำพลาสติก", "แกลลอน", 500),
)


def listed(*makes, month=2, year=2569):
    return [
        (line, dict(zip(NAMES, (code, name, unit, month, year, price, "ขอนแก่น"), strict=True)))
        for line, (code, name, unit, price) in enumerate(makes, start=2)
    ]


def test_materials_take_the_prices_of_the_list_and_labour_stays():
    book = province_prices.taken(NAMES, listed(*MAKES), SAMPLE, TODAY)
    concrete, labour = book.prices["concrete_m3"], SAMPLE.prices["concrete_m3"].labour_thb
    assert concrete.thb == tuple(labour + Decimal(each) for each in ("1950.5", "2025.25", "2100"))
    assert concrete.labour_thb == labour
    assert concrete.dated_on == dt.date(2026, 2, 1)
    assert "ขอนแก่น 2/2569" in concrete.source
    steel = book.prices["steel_kg"]
    assert set(steel.thb) == {Decimal("21.5") + steel.labour_thb}
    changed = {code for code, price in book.prices.items() if price != SAMPLE.prices[code]}
    assert changed == {"concrete_m3", "steel_kg"}


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (listed(MAKES[5]), province_prices.NOTHING_FOUND),
        (listed(MAKES[0], month=13), province_prices.NO_MONTH),
        (listed(MAKES[0], year=2570), province_prices.NO_MONTH),
        (listed((*MAKES[0][:3], "call")), province_prices.prices.NOT_MONEY),
    ],
)
def test_a_list_of_which_nothing_can_be_taken_is_refused(given, kind):
    with pytest.raises(errors.RefusedError) as refused:
        province_prices.taken(NAMES, given, SAMPLE, TODAY)
    assert refused.value.problems[0].kind == kind
