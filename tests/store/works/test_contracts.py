"""A contract, its progress and its payments are kept as they were recorded, and bad input gets a sentence."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from PIL import Image

from audits import errors, roles, wording
from audits.plans import fix_pricing
from audits.store.db import connection, schema
from audits.store.integrity import verify
from audits.store.register import register, same_elements
from audits.store.works import contracts as kept
from audits.store.works import fix_steps
from audits.works import contracts, fix_states, spending

RAMP = "KK-001.ramp.1"
PLANNED, SIGNED, TODAY = dt.date(2026, 1, 5), dt.date(2026, 3, 2), dt.date(2026, 7, 1)
LATE = dt.datetime(2026, 7, 1, 5, tzinfo=dt.UTC)
AGREED: dict[str, Any] = {
    "contractor": "หจก.  ขอนแก่นก่อสร้าง",
    "number": "12/2569",
    "signed_on": "2 มีนาคม 2569",
    "price": "๑๒๕,๐๐๐ บาท",
    "due_on": "30/9/2569",
    "defects_months": "24",
    "committee": "นายกเทศมนตรี\nนายช่างโยธาชำนาญงาน; ผู้อำนวยการกองช่าง",
    "estimate_thb": 130_000,
}


def sign(store: connection.Store, **changes: Any) -> None:
    contracts.sign(store, RAMP, "engineer", today=TODAY, recorded_at=LATE, **{**AGREED, **changes})


def pay(store: connection.Store, amount: object, day: object = SIGNED, **more: str) -> None:
    contracts.pay(store, RAMP, "engineer", amount=amount, happened_on=day, today=TODAY, recorded_at=LATE, **more)


def report(store: connection.Store, percent: object, **more: Any) -> None:
    given = {"happened_on": SIGNED, **more}
    contracts.report(store, RAMP, "engineer", percent=percent, today=TODAY, recorded_at=LATE, **given)


@pytest.fixture
def planned(store: connection.Store) -> connection.Store:
    fix_states.record(store, RAMP, fix_states.PLANNED, PLANNED, "engineer", recorded_at=LATE)
    return store


def refused(action: Any, *given: Any, **more: Any) -> list[str]:
    with pytest.raises(errors.RefusedError) as found:
        action(*given, **more)
    return [problem.kind.code for problem in found.value.problems]


def test_a_contract_with_progress_and_payments_is_kept_as_written_and_verifies(planned: connection.Store) -> None:
    sign(planned)
    report(planned, "40 %")
    pay(planned, "50,000.-")
    found = kept.every(planned).of(RAMP)
    (row,) = found.standing.to_dict("records")
    assert (row["contractor"], row["price_thb"], row["signed_on"]) == ("หจก. ขอนแก่นก่อสร้าง", 125_000, SIGNED)
    assert (row["due_on"], row["defects_months"], row["round"]) == (dt.date(2026, 9, 30), 24, 1)
    assert row["committee"] == "นายกเทศมนตรี; นายช่างโยธาชำนาญงาน; ผู้อำนวยการกองช่าง"
    assert (found.progress["percent"].tolist(), found.payments["amount_thb"].tolist()) == ([40], [50_000])
    assert verify.verify(planned).problems == ()


def test_an_amended_contract_stands_and_says_why_and_the_first_one_stays(planned: connection.Store) -> None:
    sign(planned)
    assert refused(sign, planned, price=140_000) == ["WORKS-014"]
    sign(planned, price=140_000, note="งานเพิ่ม")
    found = kept.every(planned)
    assert (found.signed["price_thb"].tolist(), found.standing["price_thb"].tolist()) == ([125_000, 140_000], [140_000])


def test_a_contract_that_is_older_than_the_plan_says_why(planned: connection.Store) -> None:
    early = PLANNED - dt.timedelta(days=1)
    assert refused(sign, planned, signed_on=early) == ["WORKS-028"]
    sign(planned, signed_on=early, note="ตกลงก่อนเข้าแผน")
    assert kept.every(planned).signed["signed_on"].tolist() == [early]


@pytest.mark.parametrize("basis", [*fix_pricing.BASES, ""])
def test_a_contract_on_an_assumed_cost_is_cautioned_about(basis: str) -> None:
    words = wording.Wording("en")
    found = contracts.cautions(fix_states.DESIGNED, basis, words)
    is_assumed = basis not in (*fix_pricing.FOR_ITS_PLACE, "")
    assert len(found) == is_assumed
    assert all(words.text(fix_pricing.BASES[basis]) in one for one in found)


def test_a_price_far_from_the_estimate_is_asked_about_with_both_figures(planned: connection.Store) -> None:
    for slip in (650_000, "1,250,000", 26_000, 1):
        assert refused(sign, planned, price=slip) == ["WORKS-024"], slip
    with pytest.raises(errors.RefusedError, match=r"1,250,000 baht, the estimate 130,000 baht.*confirm"):
        sign(planned, price=1_250_000)
    assert kept.every(planned).signed.empty
    sign(planned, price=1_250_000, is_sure=True)
    sign(planned, price=1_250_000, number="13/2569", note="เลขที่ผิด")  # what was confirmed is not asked again
    sign(planned, price=26_001, note="งานลด")
    sign(planned, price=9, note="ไม่มีราคาประเมิน", estimate_thb=None)
    assert kept.every(planned).signed["price_thb"].tolist() == [1_250_000, 1_250_000, 26_001, 9]


def test_bad_input_gets_a_sentence_each_and_nothing_is_kept(planned: connection.Store) -> None:
    wrong = {
        "WORKS-006": ({"price": "about 90k"}, {"price": "90000.50"}, {"price": "1e300"}, {"price": 10**12}),
        "WORKS-007": ({"price": "0"}, {"price": "-5"}),
        "WORKS-009": ({"contractor": " "},),
        "WORKS-010": ({"number": ""},),
        "WORKS-011": ({"committee": "นายสมชาย ใจดี"}, {"committee": "ประธาน (นางสมศรี)"}, {"committee": "Mr. Smith"}),
        "WORKS-012": ({"due_on": "1/3/2569"},),
        "DAY-009": ({"signed_on": ""}, {"signed_on": " "}),
        "WORKS-013": ({"defects_months": "two years"}, {"defects_months": "-1"}, {"defects_months": "2.5"}),
        "DAY-001": ({"signed_on": "last week"}, {"due_on": "soon"}),
        "DAY-002": ({"signed_on": "2/3/69"},),
        "DAY-004": ({"signed_on": "2/7/2569"}, {"due_on": "2/7/2599"}),
    }
    for code, cases in wrong.items():
        for case in cases:
            assert refused(sign, planned, **case) == [code], case
    assert refused(sign, planned, price="x", contractor="", number="") == ["WORKS-006", "WORKS-009", "WORKS-010"]
    assert kept.every(planned).signed.empty


def test_a_payment_needs_a_contract_and_more_than_its_price_is_asked_about(planned: connection.Store) -> None:
    assert refused(pay, planned, 1_000) == ["WORKS-015"]
    sign(planned)
    pay(planned, 100_000, note="งวดที่ 1")
    assert refused(pay, planned, 25_001, note="งวดที่ 2") == ["WORKS-017"]
    pay(planned, 25_001, over_reason="ค่า K")
    assert refused(pay, planned, -1) == ["WORKS-020"]
    assert refused(pay, planned, -125_002, note="slip") == ["WORKS-020"]
    pay(planned, -1, note="slip")
    assert refused(pay, planned, 0) == ["WORKS-007"]
    assert refused(pay, planned, 10, "1/3/2569") == ["WORKS-016", "WORKS-017"]
    assert refused(pay, planned, 10, "2027-01-01") == ["DAY-004", "WORKS-017"]
    assert kept.every(planned).payments["amount_thb"].sum() == 125_000


def test_a_problem_names_its_field_days_and_sums_in_the_language_of_the_reader(planned: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as found:
        sign(planned, price="about 90k", due_on="1/3/2569", signed_on=dt.date(2026, 3, 2))
    assert [wording.Wording("th").problem(one) for one in found.value.problems] == [
        "ราคาตามสัญญา (บาทถ้วน): “about 90k” ไม่ใช่จำนวนบาทถ้วน ให้ปัดเศษสตางค์ (50 สตางค์ขึ้นไปปัดขึ้น) แล้วเขียนตัวเลข เช่น 125,000",
        "กำหนดแล้วเสร็จ: 1 มี.ค. 2569 อยู่ก่อนวันทำสัญญา 2 มี.ค. 2569 ให้เขียนวันหลังจากนั้น",
    ]
    sign(planned)
    with pytest.raises(errors.RefusedError) as found:
        pay(planned, 125_001)
    assert "125,001 baht are paid of a contract of 125,000 baht" in str(found.value)
    assert str(found.value).startswith("Paid (whole baht): ")
    assert wording.Wording("th").problem(found.value.problems[0]).startswith("จำนวนที่จ่าย (บาทถ้วน): ")


def test_progress_takes_a_photo_without_people_and_asks_about_going_back(planned: connection.Store) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(picture, "PNG")
    assert refused(report, planned, 120) == ["WORKS-018"]
    assert refused(report, planned, 50, photo=picture.getvalue()) == ["WORKS-021"]
    assert refused(report, planned, 120, photo=picture.getvalue(), nobody_in_photo=True) == ["WORKS-018"]
    with connection.reading(planned) as records:
        assert records.execute(sa.select(sa.func.count()).select_from(schema.photo)).scalar_one() == 0
    report(planned, 50, photo=picture.getvalue(), nobody_in_photo=True)
    assert refused(report, planned, 30) == ["WORKS-019"]
    report(planned, 30, note="รื้อบางส่วน")
    photos = kept.every(planned).progress["photo_sha256"].tolist()
    assert (len(photos[0]), photos[1]) == (64, "")
    assert verify.verify(planned).problems == ()


def test_only_works_that_are_planned_have_a_contract_and_only_an_engineer_records_it(store: connection.Store) -> None:
    assert refused(sign, store) == ["WORKS-008"]
    fix_states.record(store, RAMP, fix_states.PLANNED, PLANNED, "engineer", recorded_at=LATE)
    for role in (roles.COUNCIL, roles.TECHNICIAN, roles.PUBLIC):
        with pytest.raises(errors.NotAllowedError):
            sign(store.for_role(role))
    with pytest.raises(errors.RefusedError):
        contracts.sign(store, "KK-999.ramp.1", "engineer", today=TODAY, **AGREED)
    sign(store.for_role(roles.ENGINEER))
    assert len(kept.every(store.for_role(roles.COUNCIL)).standing) == 1


def test_works_planned_anew_begin_a_round_with_a_contract_of_its_own(planned: connection.Store) -> None:
    sign(planned)
    pay(planned, 100_000)
    fix_states.record(planned, RAMP, fix_states.DROPPED, TODAY, "engineer", note="x", recorded_at=LATE)
    assert refused(sign, planned, note="x") == ["WORKS-008"]
    fix_states.record(planned, RAMP, fix_states.PLANNED, TODAY, "engineer", recorded_at=LATE)
    assert refused(pay, planned, 1) == ["WORKS-015"]
    sign(planned, number="13/2569", note="ทำต่อตามสัญญาเดิม")
    assert kept.every(planned).standing["round"].tolist() == [1, 2]


def test_nothing_is_built_before_its_contract_and_no_price_falls_below_what_is_paid(planned: connection.Store) -> None:
    sign(planned)
    early = SIGNED - dt.timedelta(days=1)
    assert refused(report, planned, 40, happened_on=early) == ["WORKS-016"]
    built = (fix_states.record, planned, RAMP, fix_states.BUILT)
    assert refused(*built, early, "engineer", recorded_at=LATE) == ["WORKS-016"]
    pay(planned, 60_000)
    assert refused(sign, planned, price=50_000, note="งานลด") == ["WORKS-023"]
    # An amendment bears its own day; what was done between stays after the contract.
    sign(planned, price=60_000, signed_on="1/6/2569", note="งานลด")
    report(planned, 80)
    fix_states.record(planned, RAMP, fix_states.BUILT, SIGNED, "engineer", recorded_at=LATE)


def test_built_works_are_wholly_done_whatever_was_reported_before(planned: connection.Store) -> None:
    report(planned, 60)
    fix_states.record(planned, RAMP, fix_states.BUILT, SIGNED, "engineer", recorded_at=LATE)
    row = {"state": fix_states.BUILT, "cost_thb": 1, "accepted_on": None}
    table = pd.DataFrame([row], index=pd.Index([RAMP], name="fix_id"))
    found = spending.by_fix(kept.every(planned), fix_steps.every(planned), table, TODAY)
    assert found["percent"].tolist() == [100]
    assert refused(report, planned, 80, note="slip") == ["WORKS-022"]
    report(planned, 100)


def test_a_contract_stands_in_its_round_also_after_its_element_was_joined(store: connection.Store) -> None:
    def at(hour: int) -> dt.datetime:
        return LATE + dt.timedelta(hours=hour)

    code = register.add_site(store, "space", {"name_th": "สวน", "setting": "park"}, "engineer", "seen", LATE)
    other = register.add_element(store, code, "ramp", "", "engineer", "seen", added_at=LATE)
    for hour, name, step in ((0, RAMP, "planned"), (1, RAMP, "dropped"), (2, other, "planned")):
        fix_states.record(store, name, step, PLANNED, "engineer", note="seen", recorded_at=at(hour))
    contracts.sign(store, other, "engineer", today=TODAY, recorded_at=at(3), **AGREED)
    same_elements.join(store, RAMP, other, "engineer", "one ramp", at(4))
    assert kept.every(store).standing["round"].tolist() == [fix_steps.round_of(fix_steps.of_fix(store, RAMP))]
    before = SIGNED - dt.timedelta(days=1)
    assert refused(fix_states.record, store, RAMP, "built", before, "engineer", recorded_at=at(5)) == ["WORKS-016"]
    contracts.pay(store, RAMP, "engineer", amount=1000, happened_on=SIGNED, today=TODAY, recorded_at=at(5))
    same_elements.separate(store, RAMP, other, "engineer", "two ramps", at(6))
    assert kept.every(store).standing["round"].tolist() == [1]
