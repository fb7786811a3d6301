from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from audits import errors, roles
from audits import record as records
from audits.rules import gazette, model
from audits.store import comparisons
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.surveys import read

EVENING = dt.datetime(2026, 3, 3, 18, tzinfo=dt.UTC)
WIDTH, HEIGHT = "ramp.clear_width", "ramp.handrail_height"


def limit_of(criteria: model.Criteria, name: str, source_id: str = "moi_2564") -> model.Limit:
    return criteria.criteria[name].limit_of(source_id)


def codes(refused: pytest.ExceptionInfo[errors.RefusedError]) -> list[str]:
    return [problem.kind.code for problem in refused.value.problems]


def test_a_store_without_comparisons_leaves_the_criteria_alone(store: connection.Store, book: model.Criteria) -> None:
    assert comparisons.latest(store) == ()
    assert records.criteria_of(store, book) is book


def test_a_limit_found_the_same_is_checked_with_name_and_day(store: connection.Store, book: model.Criteria) -> None:
    comparisons.record(store, limit_of(book, WIDTH), gazette.SAME, " malee ", page="20", at=EVENING)
    found = limit_of(records.criteria_of(store, book), WIDTH)
    assert found.state == gazette.CHECKED
    assert found.compared is not None
    # late evening in UTC is the next day in Bangkok
    assert (found.compared.compared_by, found.compared.compared_on) == ("malee", dt.date(2026, 3, 4))
    assert found.compared.page == "20"
    assert limit_of(records.criteria_of(store, book), WIDTH, "moi_2548").state == gazette.REPORTED


def test_a_disputed_limit_found_the_same_is_judged_again(store: connection.Store, book: model.Criteria) -> None:
    comparisons.record(store, limit_of(book, HEIGHT), gazette.SAME, "malee")
    found = limit_of(records.criteria_of(store, book), HEIGHT)
    assert (found.state, found.scored, found.readings) == (gazette.CHECKED, True, ())


def test_a_limit_that_differs_is_out_of_scoring_with_both_values_shown(
    store: connection.Store, book: model.Criteria
) -> None:
    comparisons.record(store, limit_of(book, WIDTH), gazette.DIFFERS, "malee", value="1,000 มม.", page="21")
    found = limit_of(records.criteria_of(store, book), WIDTH)
    assert (found.state, found.scored) == (gazette.DISPUTED, False)
    assert [reading.stated_as for reading in found.readings] == ["900 mm", "1,000 มม."]
    assert "21" in found.readings[1].by.th
    # Applied to criteria to which they are applied already, comparisons change nothing.
    once = records.criteria_of(store, book)
    assert records.criteria_of(store, once) == once


def test_a_comparison_counts_only_for_the_content_it_was_made_of(store: connection.Store, book: model.Criteria) -> None:
    comparisons.record(store, limit_of(book, WIDTH), gazette.DIFFERS, "malee", value="1,000 มม.", page="21")
    criterion = book.criteria[WIDTH]
    mended = tuple(dataclasses.replace(each, lower=1000.0, content="mended") for each in criterion.limits)
    changed = {**book.criteria, WIDTH: dataclasses.replace(criterion, limits=mended)}
    found = limit_of(records.criteria_of(store, dataclasses.replace(book, criteria=changed)), WIDTH)
    assert (found.state, found.scored, found.compared) == (gazette.REPORTED, True, None)


def test_a_later_record_takes_back_an_earlier_one(store: connection.Store, book: model.Criteria) -> None:
    comparisons.record(store, limit_of(book, WIDTH), gazette.SAME, "malee", page="หน้า ๒๐")
    comparisons.record(store, limit_of(book, WIDTH), gazette.WITHDRAWN, "somchai")
    assert records.criteria_of(store, book) is book
    comparisons.record(store, limit_of(book, WIDTH), gazette.SAME, "somchai")
    found = limit_of(records.criteria_of(store, book), WIDTH).compared
    assert found is not None
    assert found.compared_by == "somchai"
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize(
    ("answer", "given", "expected"),
    [
        (gazette.SAME, {"actor": " "}, ["STORE-621"]),
        ("perhaps", {}, ["STORE-623"]),
        (gazette.DIFFERS, {}, ["STORE-624", "STORE-625"]),
        (gazette.DIFFERS, {"value": "1", "page": " "}, ["STORE-625"]),
        (gazette.DIFFERS, {"value": "1", "page": "สี่ไม่รู้"}, ["STORE-629"]),
        (gazette.SAME, {"page": "?"}, ["STORE-629"]),
    ],
)
def test_what_is_missing_is_refused_all_at_once(
    store: connection.Store, book: model.Criteria, answer: str, given: dict[str, str], expected: list[str]
) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        comparisons.record(store, limit_of(book, WIDTH), answer, **{"actor": "malee", **given})
    assert codes(refused) == expected
    assert comparisons.latest(store) == ()


@pytest.mark.parametrize(
    ("unit", "refused", "taken"),
    [
        (
            "yes_no",
            {
                "STORE-626": (
                    "950",
                    "๙๕๐ มม.",
                    "> 950 mm",
                    "ไม่เกิน 900 มม.",
                    "กว้างไม่น้อยกว่า ๙๐ ซม.",
                    "at least 900 mm wide",
                )
            },
            ("no such clause", "ต้องมีเมื่อสูงเกิน 150 มม.", "not required under 150 mm", "ต้องมีทุก 2 ชั้น"),
        ),
        (
            "mm",
            {"STORE-627": ("yes", "ต้องมี", "Must be present"), "STORE-628": ("5 %", "45°", "1:12", "300 lux")},
            ("1,000 มม.", "๙๐ เซนติเมตร", "ไม่มีข้อกำหนดนี้", "no such clause", "300"),
        ),
        ("ratio", {"STORE-627": ("no",), "STORE-628": ("300 lux",)}, ("1:14", "ร้อยละ ๘")),
    ],
)
def test_a_value_that_the_limit_cannot_have_is_refused(
    store: connection.Store,
    book: model.Criteria,
    unit: str,
    refused: dict[str, tuple[str, ...]],
    taken: tuple[str, ...],
) -> None:
    limits = (limit for each in book.criteria.values() for limit in each.limits)
    limit = next(one for one in limits if one.unit == unit and one.state)
    for code, values in refused.items():
        for value in values:
            with pytest.raises(errors.RefusedError) as caught:
                comparisons.record(store, limit, gazette.DIFFERS, "malee", value=value, page="5")
            assert codes(caught) == [code], value
    assert comparisons.latest(store) == ()
    for value in taken:
        comparisons.record(store, limit, gazette.DIFFERS, "malee", value=value, page="5")
        assert comparisons.latest(store)[0].value == value


def test_a_foreign_standard_is_not_compared_with_the_gazette(store: connection.Store, book: model.Criteria) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        comparisons.record(store, limit_of(book, WIDTH, "ada_2010"), gazette.SAME, "malee")
    assert codes(refused) == ["STORE-622"]


@pytest.mark.usefixtures("the_file")  # a shared database refuses the row itself, by its own grants
def test_engineer_and_administrator_compare_and_nobody_else(store: connection.Store, book: model.Criteria) -> None:
    for role in (roles.ENGINEER, roles.ADMINISTRATOR):
        comparisons.record(store.for_role(role), limit_of(book, WIDTH), gazette.SAME, role)
    for role in (roles.TECHNICIAN, roles.COUNCIL, roles.PUBLIC):
        with pytest.raises(errors.NotAllowedError):
            comparisons.record(store.for_role(role), limit_of(book, WIDTH), gazette.SAME, role)


@pytest.mark.usefixtures("the_file")
def test_a_comparison_cannot_be_edited(store: connection.Store, book: model.Criteria) -> None:
    comparisons.record(store, limit_of(book, WIDTH), gazette.SAME, "malee")
    with pytest.raises(errors.StoreError, match="only grows"), connection.writing(store) as written:
        written.exec_driver_sql("UPDATE limit_comparison SET compared_by = 'x'")


def test_the_record_is_judged_by_what_was_compared_and_has_another_key(
    store: connection.Store, book: model.Criteria, weights: model.Weights
) -> None:
    before = records.read(store, book, weights)
    comparisons.record(store, limit_of(book, WIDTH), gazette.SAME, "malee")
    after = records.read(store, book, weights)
    assert limit_of(after.criteria, WIDTH).state == gazette.CHECKED
    assert before.key != after.key == records.key(store, book, weights)
    assert after.head == str(read.head(store))
