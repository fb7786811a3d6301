"""Keep each comparison of a limit with the Royal Gazette: every one a row, the last one counts."""

from __future__ import annotations

import datetime as dt
import re

import sqlalchemy as sa

from audits import errors, wording
from audits.rules import gazette, model
from audits.store.audit_log import events
from audits.store.db import connection, schema

ACTION = "law.compare"
ANSWERS = (gazette.SAME, gazette.DIFFERS, gazette.WITHDRAWN)

NO_AUTHOR = errors.ProblemKind("STORE-621", "Say who compared it: a name or staff number.")
NOT_LAW = errors.ProblemKind("STORE-622", "There is no limit of law {limit_id}; choose one of the list.")
NO_ANSWER = errors.ProblemKind("STORE-623", "Say whether the gazette says the same or differs.")
NO_VALUE = errors.ProblemKind("STORE-624", "Write what the gazette says, as it writes it.")
NO_PAGE = errors.ProblemKind("STORE-625", "Write the page of the gazette.")
NUMBER = errors.ProblemKind(
    "STORE-626", "{value}: this limit is a yes or no, not a number; write in words what the gazette asks for."
)
WORD = errors.ProblemKind(
    "STORE-627", "{value}: this limit is a number; write the gazette's number and unit, or a sentence if it sets none."
)
OTHER_UNIT = errors.ProblemKind(
    "STORE-628", "{value}: this limit is not measured in that unit; look again at its clause in the gazette."
)
NOT_A_PAGE = errors.ProblemKind("STORE-629", "{page} is no page; write its number, as the gazette prints it.")

# As a person types them from the gazette; \\d takes Thai digits too.
_UNITS = {
    "length": r"(?<![a-z])(?:mm|cm|m|metres?)(?![a-z])|มม|ซม|เมตร|(?<=[\d\s])ม\.",
    "slope": r"%|percent|ร้อยละ|เปอร์เซ็นต์|\d\s*:\s*\d",
    "angle": r"°|degrees?|องศา",
    "light": r"lux|ลักซ์",
}
_WORD = r"(?:must be |ต้อง)?(?:yes|no|so|there|present|absent|required|true|false|ใช่|ไม่ใช่|ไม่|มี|ไม่มี)"
# What stands around a figure and makes no sentence of it: “ไม่เกิน 900 มม.” asks for a width, not for a thing.
_AROUND = (
    r"ไม่|เกิน|กว่า|น้อย|มาก|ต่ำ|อย่าง|ตั้งแต่|ขึ้นไป|ลงมา|ถึง|ระหว่าง|และ|ประมาณ|เท่ากับ|ต้อง|ความ|ระยะ|กว้าง|สูง|ยาว|ลึก|หนา|ชัน"
    r"|\b(?:must|shall|be|at|least|most|not|no|more|less|than|over|under|above|below|up|from|to|between|and|about|exactly"
    r"|min(?:imum)?|max(?:imum)?|wide|high|long|deep|thick|width|height|length|depth|slope)\b"
)
_MEASURED_IN = {
    "mm": ("length",),
    "m": ("length",),
    "percent": ("slope", "angle", "length"),
    "ratio": ("slope", "angle", "length"),
    "degrees": ("angle", "slope"),
    "lux": ("light",),
    "count": ("slope",),
}


def record(
    store: connection.Store,
    limit: model.Limit,
    answer: str,
    actor: str,
    *,
    value: str = "",
    page: str = "",
    at: dt.datetime | None = None,
) -> None:
    """Write one comparison, bound to the content of the limit; a later one takes its place.

    Parameters
    ----------
    answer
        One of :data:`ANSWERS`; :data:`audits.rules.gazette.WITHDRAWN` takes back what was recorded before.
    value, page
        What the gazette says and where, needed when it differs.

    Raises
    ------
    audits.errors.RefusedError
        With every problem: no author, no limit of law, no answer, no value or page of one that differs, a page
        without a number, a value that this limit cannot have.
    audits.errors.NotAllowedError
        When this role may not compare.
    """
    value, page = value.strip(), page.strip()
    differs = answer == gazette.DIFFERS
    faults = (
        ("compared_by", NO_AUTHOR, not actor.strip()),
        ("limit", NOT_LAW, not limit.state),
        ("answer", NO_ANSWER, answer not in ANSWERS),
        ("value", NO_VALUE, differs and not value),
        ("page", NO_PAGE, differs and not page),
        ("page", NOT_A_PAGE, page and not re.search(r"\d", page)),
        *(("value", kind, differs) for kind in _misfits(limit, value)),
    )
    problems = tuple(
        kind.at(where, limit_id=limit.limit_id, value=value, page=page) for where, kind, wrong in faults if wrong
    )
    if problems:
        raise errors.RefusedError(problems)
    values = {"limit_id": limit.limit_id, "content": limit.content, "answer": answer}
    values |= {"value": value if differs else "", "page": page}
    with connection.writing(store) as records:
        events.add(records, ACTION, values, actor.strip(), at)


def _misfits(limit: model.Limit, value: str) -> list[errors.ProblemKind]:
    """Name what a value of the gazette cannot be; a sentence is never judged, since a clause may set no value."""
    written = value.lower()
    units = {name for name, mark in _UNITS.items() if re.search(mark, written)}
    if limit.unit == "yes_no":
        words = re.sub("|".join((*_UNITS.values(), _AROUND)), "", written)
        return [NUMBER] if re.search(r"\d", written) and not re.search(r"[^\W\d_]", words) else []
    if re.fullmatch(_WORD, written):
        return [WORD]
    return [OTHER_UNIT] if units and not units & set(_MEASURED_IN.get(limit.unit, units)) else []


def latest(store: connection.Store, until: int | None = None) -> tuple[gazette.Comparison, ...]:
    """Return the last comparison of each limit, the limits in the order in which they were first compared.

    Parameters
    ----------
    until
        Number of the last entry of the audit log that counts; None for all.
    """
    columns, entries = schema.limit_comparison.c, schema.ledger.c
    query = sa.select(
        *(columns.limit_id, columns.content, columns.answer, columns.value, columns.page),
        *(columns.compared_by, columns.compared_at),
    ).order_by(columns.fid)
    if until is not None:
        # Each row has one entry, and both are written in the same order.
        known = sa.select(sa.func.count()).where(entries.action == ACTION, entries.sequence <= until)
        query = query.limit(known.scalar_subquery())
    with connection.reading(store) as records:
        # the dictionary keeps the place of a limit's first row and the content of its last
        found = {row.limit_id: row for row in records.execute(query)}
    return tuple(gazette.Comparison(*row[:6], compared_on=wording.local_day(row.compared_at)) for row in found.values())
