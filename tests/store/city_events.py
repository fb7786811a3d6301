"""Write one row of each thing that only the office does: accounts, plans, works, choices."""

import datetime as dt

from audits.store.audit_log import events
from audits.store.db import column_types, connection
from audits.store.register import rebuilt_elements

NOON = column_types.instant(dt.datetime(2026, 3, 3, 5, tzinfo=dt.UTC))


def of_the_office(store: connection.Store) -> None:
    """Set an account, save a plan, accept a fix by the survey ``uuid:1``, sign and pay its contract."""
    set_by = {"set_by": "admin", "set_at": NOON}
    account = {"username": "malee", "display_name": "มาลี", "role": "engineer", "secret_hash": "$argon2id$x"}
    account |= {"oidc_subject": "", "active": True, "must_change": False, **set_by}
    plan = {"plan_id": "plan:1", "title": "2570", "content": "{}", "saved_by": "engineer", "saved_at": NOON}
    step = {"fix_id": "KK-001.ramp.1", "site_code": "KK-001", "element_id": "KK-001.ramp.1", "step": "accepted"}
    step |= {"happened_on": dt.date(2026, 3, 3), "plan_id": "plan:1", "design_id": None, "survey_id": "uuid:1"}
    step |= {"note": "", "recorded_by": "engineer", "recorded_at": NOON}
    compared = {"limit_id": "ramp.clear_width@moi_2548", "content": "a", "answer": "same", "value": "", "page": "5"}
    same = {"element_id": "KK-001.ramp.1", "same_as": "KK-001.parking.1", "one": True, "reason": "seen"}
    same |= {"recorded_by": "engineer", "recorded_at": NOON}
    with connection.writing(store) as records:
        events.add(records, "account.set", account, "admin", NOON)
        events.add(records, "plan.save", plan, "engineer", NOON)
        events.add(records, "fix.step", step, "engineer", NOON)
        for action, row in _of_a_contract().items():
            events.add(records, action, row, "engineer", NOON)
        for action, row in _of_a_request().items():
            events.add(records, action, row, "engineer", NOON)
        events.add(records, "law.compare", compared, "engineer", NOON)
        events.add(records, "register.same", same, "engineer", NOON)
        rebuilt_elements.add(records, "KK-001.ramp.1", dt.date(2026, 3, 3), "engineer", NOON)
        events.add(records, "setting.set", {"name": "photo_months", "value": "24", **set_by}, "admin", NOON)


def _of_a_contract() -> dict[str, dict[str, object]]:
    one = {"fix_id": "KK-001.ramp.1", "site_code": "KK-001", "round": 1}
    day = dt.date(2026, 3, 3)
    signed = {"contractor": "หจก. ขอนแก่น", "number": "12/2569", "signed_on": day, "price_thb": 90_000}
    signed |= {"estimate_thb": 100_000, "due_on": day, "defects_months": 24, "committee": "ผู้อำนวยการกองช่าง", "note": ""}
    done = {"happened_on": day, "percent": 100, "photo_sha256": None, "note": ""}
    paid = {"happened_on": day, "amount_thb": 90_000, "note": "", "over_reason": ""}
    return {"fix.contract": one | signed, "fix.progress": one | done, "fix.payment": one | paid}


def _of_a_request() -> dict[str, dict[str, object]]:
    asked = {"request_id": "R-00001", "text": "ทางลาดหน้าตลาดชันเกินไป", "site_code": None}
    asked |= {"longitude": 102.8341, "latitude": 16.4322, "received_on": dt.date(2026, 3, 2)}
    asked |= {"channel": "counter", "source_id": ""}
    step = {"request_id": "R-00001", "state": "joined", "site_code": "KK-001", "same_as": None, "reason": ""}
    return {"request.add": asked, "request.step": step}
