"""The municipality's own prices stand once they are handed in, and those before stay readable."""

from __future__ import annotations

import datetime as dt

import pytest

from audits import errors, roles
from audits.ramps import price_books, prices
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.register import municipal_choices

TODAY = dt.date(2026, 3, 5)
NOON = dt.datetime(2026, 3, 3, 5, 0, tzinfo=dt.UTC)
STEEL = "0202,เหล็กเส้นกลม SR24 ขนาด 9 มม.,ตัน,2,2569,25000,ขอนแก่น"


def table(source: str = "ใบเสนอราคา 12/2569") -> bytes:
    return price_books.to_csv(price_books.sample()).replace(prices.SAMPLE_SOURCE, source).encode()


def keep(
    store: connection.Store, content: bytes, name: str = "prices.csv", actor: str = "engineer"
) -> prices.PriceBook:
    return price_books.keep(store, content, name, actor, TODAY, kept_at=NOON)


def test_until_others_are_handed_in_the_sample_stands(store: connection.Store) -> None:
    kept = price_books.in_force(store)
    assert kept.book == price_books.sample()
    assert not kept.own
    assert price_books.history(store).empty


def test_prices_handed_in_stand_with_file_author_and_instant(store: connection.Store) -> None:
    book = keep(store, table())
    kept = price_books.in_force(store)
    assert kept.book == book
    assert not kept.book.sample
    assert (kept.own, kept.file_name, kept.kept_by, kept.kept_at) == (True, "prices.csv", "engineer", NOON)
    assert verify.verify(store).problems == ()


def test_the_prices_before_stay_in_the_history(store: connection.Store) -> None:
    keep(store, table("quotation 1"), "first.csv")
    keep(store, table("quotation 2"), "second.csv")
    municipal_choices.choose(store, price_books.NAME, "", "engineer", NOON)
    assert list(price_books.history(store)["file"]) == ["", "second.csv", "first.csv"]
    assert price_books.in_force(store).book == price_books.sample()


def test_a_table_with_faults_is_refused_with_every_one_and_changes_nothing(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        keep(store, table().replace(b"concrete_m3", b"concrete").replace(b",m2,300.00,420.00", b",m,900.00,420.00"))
    kinds = {problem.kind for problem in refused.value.problems}
    assert kinds == {prices.UNKNOWN_CODE, prices.OTHER_UNIT, prices.NOT_RISING, prices.NO_PRICE}
    assert not price_books.in_force(store).own


def test_the_same_prices_again_and_nobody_who_sends_them_are_refused(store: connection.Store) -> None:
    keep(store, table())
    for content, actor, kind in (
        (table(), "engineer", price_books.SAME_PRICES),
        (table("other"), " ", price_books.NO_AUTHOR),
    ):
        with pytest.raises(errors.RefusedError) as refused:
            keep(store, content, actor=actor)
        assert refused.value.problems[0].kind == kind


def test_a_technician_may_not_set_prices(store: connection.Store) -> None:
    with pytest.raises(errors.NotAllowedError):
        keep(store.for_role(roles.TECHNICIAN), table())
    assert not price_books.in_force(store).own


def test_a_table_of_factor_f_stands_beside_the_prices(store: connection.Store) -> None:
    before = price_books.in_force(store).book
    book = keep(store, price_books.PATTERN_FILE.read_bytes(), "factor_f.csv")
    assert book.table is not None
    assert price_books.in_force(store).book == book
    keep(store, table())
    kept = price_books.in_force(store)
    assert (kept.book.table, kept.file_name) == (book.table, "prices.csv")
    assert kept.book.sample, "a factor copied from the pattern is a sample still"
    assert before.table is None
    with pytest.raises(errors.RefusedError):
        keep(store, price_books.PATTERN_FILE.read_bytes(), "factor_f.csv")


def test_a_list_of_the_ministry_changes_the_prices_in_force(store: connection.Store) -> None:
    keep(store, table())
    header = "commodityCode,commodityNameTH,unitName,curMonth,curYear,priceCur,typeName"
    keep(store, f"{header}\n{STEEL}\n".encode(), "list.csv")
    kept = price_books.in_force(store)
    assert kept.file_name == "list.csv"
    assert kept.book.prices["steel_kg"].thb.likely == 30


def test_a_list_handed_in_while_another_is_read_is_not_written_over(
    store: connection.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = "commodityCode,commodityNameTH,unitName,curMonth,curYear,priceCur,typeName"
    mine, others = f"{header}\n{STEEL}\n".encode(), table()
    opened, waiting = price_books._opened, [others]

    def read_slowly(content: bytes, name: str) -> object:
        if content == mine and waiting:
            keep(store, waiting.pop(), "others.csv", "another")
        return opened(content, name)

    monkeypatch.setattr(price_books, "_opened", read_slowly)
    book = keep(store, mine, "list.csv")
    assert price_books.in_force(store).book == book
    assert not book.prices["concrete_m3"].sample, "the prices that came meanwhile stand"


def test_a_price_table_without_labour_and_lift_still_loads(store: connection.Store) -> None:
    lines = [line.split(",") for line in table().decode().splitlines() if "lift" not in line and '"' not in line]
    quoted = [line for line in table().decode().splitlines() if '"' in line and "lift" not in line]
    place = lines[0].index("labour_thb")
    rows = [",".join(cells[:place] + cells[place + 1 :]) for cells in lines]
    rows += [",".join((parts := line.rsplit(",", 3))[:1] + parts[2:]) for line in quoted]
    book = keep(store, "\n".join(rows).encode())
    assert {price.labour_thb for code, price in book.prices.items() if code not in prices.RARE} == {None}
    assert book.prices["platform_lift_lump"].sample
    assert not book.sample
