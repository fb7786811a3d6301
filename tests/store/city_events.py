"""Write one row of each thing that only the office does: accounts, plans, works, choices."""

import datetime as dt

from audits.store.audit_log import events
from audits.store.db import column_types, connection

NOON = column_types.instant(dt.datetime(2026, 3, 3, 5, tzinfo=dt.UTC))


def of_the_office(store: connection.Store) -> None:
    """Set an account, save a plan, take a step of a fix that is accepted by the survey ``uuid:1``."""
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
        events.add(records, "law.compare", compared, "engineer", NOON)
        events.add(records, "register.same", same, "engineer", NOON)
        events.add(records, "setting.set", {"name": "photo_months", "value": "24", **set_by}, "admin", NOON)
