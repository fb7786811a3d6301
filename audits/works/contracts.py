"""Record the contract of a fix, its progress and its payments, from what a person wrote."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

import pandas as pd

from audits import errors, roles, wording
from audits.formats import cells, days
from audits.plans import fix_pricing
from audits.store.db import connection
from audits.store.photos import photos
from audits.store.works import contracts, fix_steps
from audits.works import fix_states

MOST_BAHT = 10_000_000_000
MOST_MONTHS = 120
LONGEST_WORKS = dt.timedelta(days=3653)  # a day of completion further away is a slip of the year
DOUBTFUL_TIMES = 5  # half of a slip by one digit, so that a slip is noticed beside any honest estimate

NO_DESIGN_YET = wording.phrase(
    "These works are planned; that they are designed is not recorded. Make sure that a design is approved before the "
    "contract."
)

COST_ASSUMED = wording.phrase(
    "The cost of these works rests on an assumption ({basis}); compare the offers with a design that was measured for."
)

NOT_BAHT = errors.ProblemKind(
    "WORKS-006",
    "“{written}” is no sum in whole baht; round satang, 50 and more up, and write a figure such as 125,000.",
)
NOTHING_AGREED = errors.ProblemKind("WORKS-007", "A sum of {written} baht says nothing; write what was agreed or paid.")
NOT_PLANNED = errors.ProblemKind("WORKS-008", "These works are not planned, or were dropped; first record the plan.")
NO_CONTRACTOR = errors.ProblemKind("WORKS-009", "Name the contractor, as in the contract.")
NO_NUMBER = errors.ProblemKind("WORKS-010", "Write the number of the contract or of the order.")
NAMES_A_PERSON = errors.ProblemKind(
    "WORKS-011",
    "“{written}” names a person; write only the office or position, such as director of the engineering division.",
)
DUE_TOO_EARLY = errors.ProblemKind(
    "WORKS-012", "The day of completion {due} lies before the contract of {signed}; write a later day."
)
NOT_MONTHS = errors.ProblemKind("WORKS-013", "“{written}” is no number of months from 0 to {most}; write one like 24.")
WHY_AMENDED = errors.ProblemKind(
    "WORKS-014", "A contract of these works is recorded; write in the note why it changes."
)
NO_CONTRACT = errors.ProblemKind("WORKS-015", "No contract of these works is recorded; record it before a payment.")
OVERPAID = errors.ProblemKind(
    "WORKS-017",
    "With this {paid} baht are paid of a contract of {price} baht; correct the sum, or say why it is right.",
)
NOT_PERCENT = errors.ProblemKind("WORKS-018", "“{written}” is no whole number from 0 to 100; write the percent done.")
WENT_BACK = errors.ProblemKind(
    "WORKS-019", "On {day} {last} percent were done; write in the note why it is less now, or correct the figure."
)
TAKEN_BACK = errors.ProblemKind(
    "WORKS-020", "A negative sum corrects a payment: write why in the note, and take back no more than {paid} baht."
)
PERSON_IN_PHOTO = errors.ProblemKind(
    "WORKS-021", "Say that nobody can be recognised in the photo, or take one without people."
)
PAID_MORE = errors.ProblemKind(
    "WORKS-023", "{paid} baht are paid already, more than {price}; write at least that, or first take a payment back."
)
BUILT_ALREADY = errors.ProblemKind(
    "WORKS-022", "These works are recorded as built on {day}, which is 100 percent; write 100, or an earlier day."
)
OLDER_THAN_PLAN = errors.ProblemKind(
    "WORKS-028",
    "The contract is of {signed}, and the works were planned on {planned}; correct the day, or write in the note why "
    "the contract is older.",
)
DOUBTFUL_PRICE = errors.ProblemKind(
    "WORKS-024",
    "The agreed price is {price} baht, the estimate {estimate} baht: is a digit missing or too many? Correct it, or "
    "confirm that the price is right.",
)

FIELDS = {
    "contractor": wording.phrase("Contractor"),
    "number": wording.phrase("Contract number"),
    "signed_on": wording.phrase("Day of the contract"),
    "price_thb": wording.phrase("Agreed price (whole baht)"),
    "due_on": wording.phrase("Complete by"),
    "defects_months": wording.phrase("Liable for defects (months)"),
    "committee": wording.phrase("Acceptance committee"),
    "happened_on": wording.phrase("Day"),
    "percent": wording.phrase("Done (%)"),
    "photo": wording.phrase("Photo"),
    "amount_thb": wording.phrase("Paid (whole baht)"),
    "note": wording.phrase("Note"),
    "amended": wording.phrase("Why it changes"),
}
"""The label of each field on the form; a problem names its field by it."""

# as sums stand on Thai papers: ฿125,000, 125,000.- or 125,000 บาทถ้วน
_MONEY_MARKS = re.compile(r"^(?:฿|thb)|(?:\.-|,-|บาท(?:ถ้วน)?|baht|thb|฿)$", re.IGNORECASE)
# A title begins a name, unless it begins a position: นายกเทศมนตรี (mayor), นายช่างโยธา (civil technician).
_TITLE = re.compile(
    r"(?:^|[\s(])(?:นาย(?!ก ?(?:เทศมนตรี|องค์การ|อบต|อบจ|สมาคม)|ช่าง|ทะเบียน|แพทย์|สัตวแพทย์|ตรวจ|ท่า|อำเภอ|สถานี|ด่าน)"
    r"|นาง(?!พยาบาล)|น\.ส\.|ด\.[ชญ]\.|(?:mr|mrs|ms|miss)\b\.?\s)",
    re.IGNORECASE,
)

Problems = list[errors.Problem]


def sign(
    store: connection.Store,
    fix_id: str,
    actor: str,
    *,
    contractor: str,
    number: str,
    signed_on: object,
    price: object,
    today: dt.date,
    due_on: object = "",
    defects_months: object = "",
    committee: str = "",
    note: str = "",
    estimate_thb: int | None = None,
    is_sure: bool = False,
    recorded_at: dt.datetime | None = None,
) -> None:
    """Record the contract of a fix that is planned, or amend the one that stands.

    Parameters
    ----------
    signed_on, due_on, price, defects_months
        As written, or of their type: days in either era, baht in Thai or Arabic figures. `due_on` is the day of
        completion, `defects_months` the period of liability for defects, from acceptance; both may be empty.
    committee
        Offices or positions of the acceptance committee.
    note
        Needed to amend.
    estimate_thb
        Likely cost on this day, to compare the price with; None where it is not known.
    is_sure
        Whether somebody confirmed a price that is doubtful beside the estimate; a standing one is not asked about.

    Raises
    ------
    errors.RefusedError
        With every problem.
    errors.NotAllowedError
        When this role may not record contracts.
    """
    found: Problems = []
    signed = _day(signed_on, "signed_on", today, found)
    due = None if _empty(due_on) else _day(due_on, "due_on", today + LONGEST_WORKS, found)
    price_thb = _baht(price, "price_thb", found)
    months = (
        None if _empty(defects_months) else _whole(defects_months, NOT_MONTHS, "defects_months", MOST_MONTHS, found)
    )
    found += (
        []
        if price_thb is None or price_thb > 0
        else [NOTHING_AGREED.at(_field("price_thb"), written=_shown(price_thb))]
    )
    found += [] if contractor.strip() else [NO_CONTRACTOR.at(_field("contractor"))]
    found += [] if number.strip() else [NO_NUMBER.at(_field("number"))]
    found += [NAMES_A_PERSON.at(_field("committee"), written=one) for one in members(committee) if _TITLE.search(one)]
    if signed and due and due < signed:
        found.append(DUE_TOO_EARLY.at(_field("due_on"), due=_shown_day(due), signed=_shown_day(signed)))

    def problems(now: _Now) -> Problems:
        amended = [WHY_AMENDED.at(_field("amended"))] if now.contract is not None and not note.strip() else []
        amended += [] if note.strip() or signed is None else _older_than_plan(now, signed)
        # What was paid beyond the price had its reason: only a price that is lowered must not fall below it.
        lowered = now.contract is not None and price_thb and price_thb < now.contract["price_thb"]
        if price_thb and lowered and now.paid_thb > price_thb:
            amended.append(PAID_MORE.at(_field("price_thb"), paid=_shown(now.paid_thb), price=_shown(price_thb)))
        standing = None if now.contract is None else int(now.contract["price_thb"])
        doubts = [] if is_sure or price_thb is None else doubtful(price_thb, estimate_thb, standing)
        return [*_not_planned(now, fix_id), *amended, *found, *doubts]

    row = {"contractor": _text(contractor), "number": _text(number), "signed_on": signed, "price_thb": price_thb}
    row |= {"estimate_thb": estimate_thb, "due_on": due, "defects_months": months}
    row |= {"committee": "; ".join(members(committee)), "note": note.strip()}
    _add(store, contracts.CONTRACT, fix_id, row, actor, problems, recorded_at)


def report(
    store: connection.Store,
    fix_id: str,
    actor: str,
    *,
    percent: object,
    happened_on: object,
    today: dt.date,
    note: str = "",
    photo: bytes | None = None,
    nobody_in_photo: bool = False,
    recorded_at: dt.datetime | None = None,
) -> None:
    """Record how much of the works is done, with a photo on which nobody can be recognised; errors as :func:`sign`."""
    found: Problems = []
    day = _day(happened_on, "happened_on", today, found)
    done = _whole(percent, NOT_PERCENT, "percent", 100, found)
    found += [PERSON_IN_PHOTO.at(_field("photo"))] if photo is not None and not nobody_in_photo else []

    def problems(now: _Now) -> Problems:
        less: Problems = []
        earlier = now.known.progress
        if done is not None and len(earlier) and done < earlier["percent"].iloc[-1] and not note.strip():
            last = earlier.iloc[-1]
            less.append(WENT_BACK.at(_field("percent"), day=_shown_day(last["happened_on"]), last=int(last["percent"])))
        if done is not None and done < fix_states.DONE_PERCENT and now.built_on and day and day >= now.built_on:
            # in the place of the other reason: no note could answer this one
            less = [BUILT_ALREADY.at(_field("percent"), day=_shown_day(now.built_on))]
        early = fix_states.before_contract(now.known, day) if day else ()
        return [*_not_planned(now, fix_id), *early, *less, *found]

    sha256 = None
    if photo is not None:
        # Refused first: a photo that is kept stays, also without its report.
        roles.require(store.role, contracts.PROGRESS)
        contracts.require(store, fix_id, actor, _check(problems), recorded_at=recorded_at)
        sha256 = photos.keep(store, photo, actor=actor, kept_at=recorded_at).sha256
    row = {"happened_on": day, "percent": done, "photo_sha256": sha256, "note": note.strip()}
    _add(store, contracts.PROGRESS, fix_id, row, actor, problems, recorded_at)


def pay(
    store: connection.Store,
    fix_id: str,
    actor: str,
    *,
    amount: object,
    happened_on: object,
    today: dt.date,
    note: str = "",
    over_reason: str = "",
    recorded_at: dt.datetime | None = None,
) -> None:
    """Record a payment under the contract that stands, or correct one by a negative sum; errors as :func:`sign`.

    `over_reason` says why more than the agreed price is paid; without it such a payment is refused.
    """
    found: Problems = []
    day = _day(happened_on, "happened_on", today, found)
    amount_thb = _baht(amount, "amount_thb", found)
    found += [NOTHING_AGREED.at(_field("amount_thb"), written=0)] if amount_thb == 0 else []

    def problems(now: _Now) -> Problems:
        # without a contract there is no price to hold the sum against
        if now.contract is None:
            return [*found, NO_CONTRACT.at(fix_id)]
        more = list(fix_states.before_contract(now.known, day) if day else ())
        before, price = now.paid_thb, int(now.contract["price_thb"])
        paid = before + (amount_thb or 0)
        if amount_thb is not None and amount_thb < 0 and (paid < 0 or not note.strip()):
            more.append(TAKEN_BACK.at(_field("amount_thb"), paid=_shown(before)))
        if amount_thb is not None and amount_thb > 0 and paid > price and not over_reason.strip():
            more.append(OVERPAID.at(_field("amount_thb"), paid=_shown(paid), price=_shown(price)))
        return [*found, *more]

    row = {"happened_on": day, "amount_thb": amount_thb, "note": note.strip(), "over_reason": over_reason.strip()}
    _add(store, contracts.PAYMENT, fix_id, row, actor, problems, recorded_at)


def doubtful(price: object, estimate_thb: int | None, standing_thb: int | None = None) -> Problems:
    """Return the question on a price at least :data:`DOUBTFUL_TIMES` the estimate or at most that part of it.

    Empty where the price is no sum, nothing is estimated, or the price is the standing one, which was asked about.
    """
    price_thb = _baht(price, "price_thb", [])
    if not price_thb or price_thb < 0 or not estimate_thb or price_thb == standing_thb:
        return []
    if estimate_thb / DOUBTFUL_TIMES < price_thb < estimate_thb * DOUBTFUL_TIMES:
        return []
    return [DOUBTFUL_PRICE.at(_field("price_thb"), price=_shown(price_thb), estimate=_shown(estimate_thb))]


def members(committee: str) -> list[str]:
    """Return the members of a committee, one a line or separated by semicolons."""
    return [_text(one) for one in re.split(r"[;\n]", committee) if one.strip()]


class _Now:
    """What is known of a fix when a row is to be written: its state, its round, and the contract that stands there."""

    def __init__(self, steps: pd.DataFrame, known: contracts.Contracts) -> None:
        state = fix_states.state(steps)
        self.state, self.planned_on, self.built_on = state.state, state.planned_on, state.built_on
        self.round = fix_steps.round_of(steps)
        self.known = known.in_round(self.round)
        standing = self.known.standing
        self.contract = None if standing.empty else standing.iloc[-1]
        self.paid_thb = int(self.known.payments["amount_thb"].sum())


def _add(
    store: connection.Store,
    action: str,
    fix_id: str,
    row: Mapping[str, object],
    actor: str,
    problems: Callable[[_Now], Problems],
    recorded_at: dt.datetime | None,
) -> None:
    contracts.add(store, action, fix_id, row, actor, _check(problems), recorded_at=recorded_at)


def _check(problems: Callable[[_Now], Problems]) -> contracts.Check:
    # called within the transaction that writes: somebody else may have recorded something meanwhile
    def check(steps: pd.DataFrame, known: contracts.Contracts, _: dt.date) -> tuple[int, tuple[errors.Problem, ...]]:
        now = _Now(steps, known)
        return now.round, tuple(problems(now))

    return check


def _not_planned(now: _Now, fix_id: str) -> Problems:
    return [NOT_PLANNED.at(fix_id)] if now.state in (fix_states.FOUND, fix_states.DROPPED) else []


def _older_than_plan(now: _Now, signed: dt.date) -> Problems:
    # works are sometimes agreed first and planned in the books later, which the note then says
    if now.planned_on is None or signed >= now.planned_on:
        return []
    days_of = {"signed": _shown_day(signed), "planned": _shown_day(now.planned_on)}
    return [OLDER_THAN_PLAN.at(_field("signed_on"), **days_of)]


def cautions(state: str, cost_basis: str, words: wording.Wording) -> list[str]:
    """Return the cautions that stand beside the form of a contract, in the reader's language.

    Parameters
    ----------
    state, cost_basis
        Of the fix, as in :attr:`audits.works.works_table.Works.table`.
    """
    found = [words.text(NO_DESIGN_YET)] if state == fix_states.PLANNED else []
    if cost_basis in fix_pricing.BASES and cost_basis not in fix_pricing.FOR_ITS_PLACE:
        found.append(words.text(COST_ASSUMED, basis=words.text(fix_pricing.BASES[cost_basis])))
    return found


def _text(written: str) -> str:
    return " ".join(written.split())


def _empty(written: object) -> bool:
    return written is None or not cells.clean(written)


def _field(name: str) -> wording.Translated:
    return wording.Translated(lambda words: words.text(FIELDS[name]))


def _shown_day(day: dt.date) -> wording.Translated:
    return wording.Translated(lambda words: words.day(day))


def _shown(baht: int) -> wording.Translated:
    # a plain number in a problem quotes what was written, and gets no separators
    return wording.Translated(lambda words: words.number(baht, 0))


def _day(written: object, where: str, last: dt.date, found: Problems) -> dt.date | None:
    day = days.day(written, last)
    if isinstance(day, dt.date):
        return day
    problem = days.MISSING.at(_field(where))
    found.append(problem if _empty(written) else day.at(_field(where), written=cells.written(written)))
    return None


def _baht(written: object, where: str, found: Problems) -> int | None:
    bare = _MONEY_MARKS.sub("", cells.clean(written)).strip() if isinstance(written, str) else written
    number = cells.number(bare)
    if not isinstance(number, errors.ProblemKind) and number.is_integer() and abs(number) <= MOST_BAHT:
        return int(number)
    found.append(NOT_BAHT.at(_field(where), written=cells.written(written)))
    return None


def _whole(written: object, kind: errors.ProblemKind, where: str, most: int, found: Problems) -> int | None:
    number = cells.number(cells.clean(written).rstrip("%").strip() if isinstance(written, str) else written)
    if not isinstance(number, errors.ProblemKind) and number.is_integer() and 0 <= number <= most:
        return int(number)
    values = {"most": most} if "{most}" in kind.template else {}
    found.append(kind.at(_field(where), written=cells.written(written), **values))
    return None
