"""Requests are kept with every change, without what leads to a person, and bad input gets a sentence."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from audits import errors, roles
from audits.store.accounts import sessions
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.public_form import unread
from audits.store.requests import personal, requests

DAY, NOW = dt.date(2026, 3, 2), dt.datetime(2026, 3, 3, 5, tzinfo=dt.UTC)
STEEP = requests.Request("ทางลาดหน้าตลาด  ชันเกินไป", DAY, "counter", "KK-001")
POINT = requests.Request("ขอทางลาดหน้าวัด", DAY, "traffy_fondue", "", 102.83, 16.43, "2026-ABC")


def _refused(store: connection.Store, **changes: object) -> list[str]:
    with pytest.raises(errors.RefusedError) as refused:
        requests.add(store, dataclasses.replace(STEEP, **changes), "malee", recorded_at=NOW)
    return [problem.kind.code for problem in refused.value.problems]


def test_a_request_is_kept_once_and_follows_its_steps(store: connection.Store) -> None:
    done = requests.add_all(store, [STEEP, POINT, STEEP], "malee", recorded_at=NOW)
    assert (done.new, done.same, done.refused) == ({0: "R-00001", 1: "R-00002"}, {2: "R-00001"}, {})
    assert requests.add(store, POINT, "malee", recorded_at=NOW) == ("R-00002", False)
    requests.change(store, "R-00002", requests.JOINED, "malee", site_code="KK-001", recorded_at=NOW)
    requests.change(store, "R-00002", requests.IN_PLAN, "malee", recorded_at=NOW)
    requests.change(store, "R-00001", requests.SAME, "malee", same_as="R-00002", recorded_at=NOW)
    kept = requests.every(store).set_index("request_id")
    assert kept["text"].tolist() == ["ทางลาดหน้าตลาด ชันเกินไป", POINT.text]
    assert kept[["state", "site_code", "same_as"]].to_numpy().tolist() == [
        ["same", "KK-001", "R-00002"],
        ["in_plan", "KK-001", ""],
    ]
    assert requests.every(store, DAY).empty
    assert verify.verify(store).problems == ()


@pytest.mark.usefixtures("the_file")
def test_what_is_wrong_gets_a_sentence_and_is_not_kept(store: connection.Store) -> None:
    assert _refused(store, text=" ", channel="") == ["REQUEST-011", "REQUEST-015"]
    assert _refused(store, text="โทร ๐๘๑-๒๓๔-๕๖๗๘") == ["REQUEST-001"]
    assert _refused(store, site_code="") == ["REQUEST-014"]
    assert _refused(store, site_code="KK-999") == ["REQUEST-017"]
    assert _refused(store, received_on=dt.date(2026, 3, 4)) == ["REQUEST-016"]
    assert _refused(store, longitude=16.4, latitude=102.8) == ["REQUEST-018"]
    assert _refused(store, site_code="KK-001", longitude=102.84, latitude=16.43) == ["REQUEST-020"]
    assert requests.every(store).empty


@pytest.mark.parametrize(
    ("state", "given", "code"),
    [
        ("new", {}, "REQUEST-022"),
        ("joined", {}, "REQUEST-023"),
        ("refused", {}, "REQUEST-024"),
        ("same", {"same_as": "R-00001"}, "REQUEST-025"),
        ("refused", {"reason": "a@b.go.th asked"}, "REQUEST-002"),
    ],
)
@pytest.mark.usefixtures("the_file")
def test_a_step_that_cannot_be_gets_a_sentence(
    store: connection.Store, state: str, given: dict[str, str], code: str
) -> None:
    requests.add(store, POINT, "malee", recorded_at=NOW)
    with pytest.raises(errors.RefusedError) as refused:
        requests.change(store, "R-00001", state, "malee", **given)
    assert [problem.kind.code for problem in refused.value.problems] == [code]


@pytest.mark.usefixtures("the_file")
def test_what_was_settled_is_changed_with_a_reason_only(store: connection.Store) -> None:
    requests.add(store, STEEP, "malee", recorded_at=NOW)
    requests.change(store, "R-00001", requests.REFUSED, "malee", reason="นอกเขต")
    with pytest.raises(errors.RefusedError, match="settled already"):
        requests.change(store, "R-00001", requests.JOINED, "malee")
    requests.change(store, "R-00001", requests.JOINED, "malee", reason="อยู่ในเขต")
    with pytest.raises(errors.NotAllowedError):
        requests.change(store.for_role(roles.TECHNICIAN), "R-00001", requests.BUILT, "malee")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("โทร 0812345678", ["REQUEST-001"]),
        ("043-221-202 ครับ", ["REQUEST-001"]),
        ("+66 81 234 5678", ["REQUEST-001"]),
        ("เขียนถึง somchai.k@example.com", ["REQUEST-002"]),
        ("บัตร 1-4099-00123-45-6", ["REQUEST-003"]),
        ("ทางลาดกว้าง 0.90 เมตร ยาว 12 เมตร เมื่อ 01/02/2569", []),
        ("ถนนศรีจันทร์ ซอย 10 บ้านเลขที่ 123/45 พ.ศ. 2569", []),
        ("พิกัด 16.432109, 102.834567", []),
        ("โทร.0812345678", ["REQUEST-001"]),
        ("Tel.081-234-5678", ["REQUEST-001"]),
        ("081 - 234 - 5678", ["REQUEST-001"]),
        ("081–234–5678", ["REQUEST-001"]),
        ("(081) 234-5678", ["REQUEST-001"]),
        ("+66 (0)81 234 5678", ["REQUEST-001"]),
        ("0-4322-1202", ["REQUEST-001"]),
        ("เลขบัตร.1234567890123", ["REQUEST-003"]),
        ("1 - 2345 - 67890 - 12 - 3", ["REQUEST-003"]),
        ("สมชาย@ตัวอย่าง.ไทย", ["REQUEST-002"]),
        ("ทางลาดชัน 12.5 % ราคา 1,234,567.00 บาท 3 ตัว @ 12.50", []),
        ("พิกัด 16.43000, 102.83500 และ 102.0835000000", []),
        ("เมื่อ 2569-12-01 - 2569-12-31 หรือ 01-12-2569–31-12-2569", []),
        ("เมื่อ 2569-12-01 ถึง 01.12.2569 12.30 น.", []),
    ],
)
def test_what_leads_to_a_person_is_found(text: str, codes: list[str]) -> None:
    assert [problem.kind.code for problem in personal.faults(text)] == codes


def test_what_strangers_send_is_recorded_once_read_or_gone(store: connection.Store) -> None:
    sent = {"address": "192.0.2.1", "at": NOW}
    assert unread.send(store, "ทางลาดชัน", "หน้าวัด", "", **sent) == 0.0
    assert unread.send(store, "ขอห้องน้ำ", "", "KK-001", **sent) == 0.0
    with pytest.raises(errors.RefusedError, match="KK-999"):
        unread.send(store, "ขอห้องน้ำ", "", "KK-999", **sent)
    first, second = unread.every(store)["key"]
    for role in (roles.TECHNICIAN, roles.COUNCIL):
        with pytest.raises(errors.NotAllowedError):
            unread.dismiss(store.for_role(role), first)
    with pytest.raises(errors.RefusedError, match="name a site"):
        unread.accept(store, first, "ทางลาดชัน", "malee")
    assert unread.accept(store, first, "ทางลาดชัน (หน้าวัด)", "malee", site_code="KK-001") == "R-00001"
    with pytest.raises(errors.RefusedError, match="meanwhile"):
        unread.accept(store, first, "ทางลาดชัน", "malee", site_code="KK-001")
    unread.dismiss(store, second)
    (row,) = requests.every(store).to_dict("records")
    assert (row["channel"], row["received_on"]) == ("public_form", dt.date(2026, 3, 3))
    assert unread.every(store).empty
    assert verify.verify(store).problems == ()
    waits = [unread.send(store, f"ขอทางลาด {number}", "หน้าวัด", "", **sent) for number in range(5)]
    assert waits[0] == 0 < waits[-1]
    assert sessions.wrong_attempts(store, NOW) == 0
    sessions.count_attempt(store, "nobody", "192.0.2.1", NOW)
    assert sessions.wrong_attempts(store, NOW) == 1
