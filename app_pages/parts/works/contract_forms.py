"""Show the contract of a fix with its progress and payments, and ask for one of them at a time."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, photo_figures, reviewer, tables
from app_pages.parts.works import progress
from app_pages.session import plain_text
from audits import roles, wording
from audits.formats import days
from audits.works import contracts, fix_states, spending, works_table

CONTRACT, PROGRESS, PAYMENT = "contract", "progress", "payment"
KINDS = {
    CONTRACT: wording.phrase("Contract"),
    PROGRESS: wording.phrase("Progress"),
    PAYMENT: wording.phrase("Payment"),
}
BUILT_WITH_LESS = wording.phrase(
    "The last report says {percent} % done. Recorded as built, the works count as 100 % done; record it only when "
    "everything stands."
)
OWN_WORKERS = wording.phrase(
    "No contract is recorded. Progress without one is that of works by the municipality's own workers."
)
WHAT_IS_NEEDED = wording.phrase(
    "Contractor, contract number, day of the contract and agreed price are needed; all else may stay empty."
)
WHOLE_BAHT = wording.phrase(
    "Bills, estimates and the budget are kept in whole baht, so that every sum adds up. Round satang, 50 and more up: "
    "13,500.50 becomes 13,501. The exact sum can stand in the note."
)


def overview(context: session.Context, of: works_table.Works, fix_id: str) -> None:
    """Show what was agreed, done and paid; nothing where nothing is recorded."""
    words, text, row = context.words, context.words.text, of.table.loc[fix_id]
    kept = of.contracts.of(fix_id)
    with_cost = roles.sees(context.store.role, "cost")
    if len(kept.signed) and with_cost:
        last = kept.standing.iloc[-1]
        counted = not row["defects_until"] and not pd.isna(last["defects_months"])
        until = text("counted from acceptance") if counted else progress.day(context, row["defects_until"])
        shown = [
            (text("Contractor"), f"{last['contractor']} · {last['number']} · {words.day(last['signed_on'])}"),
            (text("Estimate (baht)"), amount(row["estimate_thb"], words)),
            (text("Contract (baht)"), agreed(row.to_dict(), words)),
            (text("Paid (baht)"), paid_in_all(row.to_dict(), words)),
            (text("Complete by"), progress.day(context, last["due_on"])),
            (text("Acceptance committee"), last["committee"] or "–"),
            (text("Liable for defects (months)"), amount(last["defects_months"], words)),
            (text("Liable for defects until"), until),
        ]
        st.html(tables.table(text("Contract"), (text("What"), text("Known")), shown, stacked=False))
        st.html(f"<p>{tables.small(text(spending.ESTIMATE_MEANS))}</p>")
    built = text(works_table.RECORDED_AS_BUILT)
    done = [
        (words.day(one["happened_on"]), f"{one['percent']} %", built if one["is_built"] else one["note"] or "–")
        for one in of.progress_of([fix_id]).to_dict("records")
    ]
    if done:
        st.html(tables.table(text("Progress"), (text("Day"), text("Done (%)"), text("Note")), done, stacked=False))
        photos(context, kept.progress)
    paid = [
        (words.day(one["happened_on"]), amount(one["amount_thb"], words), tables.lines(one["note"], one["over_reason"]))
        for one in kept.payments.to_dict("records")
    ]
    if paid and with_cost:
        headings = (text("Day"), text("Paid (baht)"), text("Note"))
        st.html(tables.table(text("Payments"), headings, paid, stacked=False))


def photos(context: session.Context, reports: pd.DataFrame) -> None:
    """Show the photos of the progress to those who may see photos."""
    if not roles.sees(context.store.role, "photo"):
        return
    for one in reports.loc[reports["photo_sha256"] != ""].to_dict("records"):
        label = f"{context.words.day(one['happened_on'])}: {one['percent']} %"
        photo_figures.show_small(context, one["photo_sha256"], label)


def amount(value: object, words: wording.Wording) -> str:
    """Return a whole number; a dash where it is not known."""
    return "–" if pd.isna(value) else words.number(int(str(value)), 0)  # type: ignore[call-overload]


def agreed(row: Mapping[Hashable, object], words: wording.Wording) -> str:
    """Return the agreed price of a row of works, marked where it is above its estimate."""
    over = f" (! {words.text('over budget')})" if row["over_estimate"] else ""
    return f"{amount(row['contract_thb'], words)}{over}"


def paid_in_all(row: Mapping[Hashable, object], words: wording.Wording) -> str:
    """Return the sum paid for a row of works, marked where it is more than the contract."""
    over = f" (! {words.text(spending.OVERPAID)})" if row["overpaid"] else ""
    return f"{amount(row['paid_thb'], words)}{over}"


def ask(context: session.Context, of: works_table.Works, fix_id: str, what: str, who: str) -> None:
    """Ask for a contract, for progress or for a payment, and record it."""
    {CONTRACT: contract, PROGRESS: report, PAYMENT: payment}[what](context, of, fix_id, who)


def _field(label: str, value: str = "", *, key: str, **more: Any) -> str:
    """Ask for one line; what was typed stays while another of the three forms is shown."""
    return str(st.text_input(label, value, key=key, persist_state="page", **more))


def contract(context: session.Context, of: works_table.Works, fix_id: str, who: str) -> None:
    """Ask for the contract, or for its change where one stands."""
    text = context.words.text
    standing = of.contracts.of(fix_id).standing
    # whichever surveys the list counts: a price is held against all that is known
    estimate_thb = progress.load(context, context.record()).cost_thb(fix_id)
    known = standing.iloc[-1].to_dict() if len(standing) and of.table.loc[fix_id, "contractor"] else {}
    # each row that is recorded makes new fields, which show what stands now
    version = f"{fix_id}|{len(of.contracts.of(fix_id).signed)}"
    state, basis = of.state(fix_id), str(of.table.loc[fix_id, "cost_basis"])
    # what is to be made sure of before a contract is no question after it
    for caution in [] if known else contracts.cautions(state, basis, context.words):
        st.warning(caution)

    def written(name: str, label: str, placeholder: str = "") -> str:
        value, remark = known.get(name), text(WHOLE_BAHT) if name == "price_thb" else None
        shown = (
            "" if value is None or pd.isna(value) else context.words.day(value) if name.endswith("_on") else str(value)
        )
        return _field(label, shown, key=f"works_{name}|{version}", placeholder=placeholder or None, help=remark)

    with st.container():
        st.caption(text(WHAT_IS_NEEDED))
        contractor = written("contractor", text("Contractor"))
        number = written("number", text("Contract number"))
        signed_on = written("signed_on", text("Day of the contract"), text(days.EXAMPLE))
        price = written("price_thb", text("Agreed price (whole baht)"))
        asked = contracts.doubtful(price, estimate_thb, known.get("price_thb"))
        # By its price, so that another doubtful one is asked about anew.
        sure = f"works_sure|{version}|{price}"
        for question in asked:
            st.warning(plain_text.literal(context.words.problem(question)))
        is_sure = bool(asked) and st.checkbox(text("The agreed price is right as written"), key=sure)
        due_on = written("due_on", text("Complete by"), text(days.EXAMPLE))
        months = written("defects_months", text("Liable for defects (months)"))
        committee = written("committee", text("Acceptance committee: offices or positions, no names"))
        note = _field(text("Why it changes") if known else text("Note"), key=f"works_contract_note|{version}")
        label = text("Change the contract") if known else text("Record the contract")
        pressed = st.button(label, type="primary", disabled=not who, key="works_sign")
    if pressed:
        reviewer.attempt(
            context,
            lambda: contracts.sign(
                context.store,
                fix_id,
                who,
                contractor=contractor,
                number=number,
                signed_on=signed_on,
                price=price,
                today=context.today,
                due_on=due_on,
                defects_months=months,
                committee=committee,
                note=note,
                estimate_thb=estimate_thb,
                is_sure=is_sure,
            ),
            text("Recorded: contract {number}.", number=plain_text.literal(number)),
            asked={contracts.DOUBTFUL_PRICE: text("Answer the question beside the agreed price.")},
            at=progress.RECORDED,
        )


def report(context: session.Context, of: works_table.Works, fix_id: str, who: str) -> None:
    """Ask how much is done, with a photo."""
    text = context.words.text
    version = f"{fix_id}|{len(of.contracts.of(fix_id).progress)}"
    if not of.table.loc[fix_id, "contractor"]:
        st.info(text(OWN_WORKERS))
    with st.container():
        percent = _field(text("Done (%)"), key=f"works_percent|{version}")
        day = _day(context, f"works_progress_day|{version}")
        photo = st.file_uploader(text("Photo"), ["jpg", "jpeg", "png", "webp", "heic"], key=f"works_photo|{version}")
        nobody = st.checkbox(text("Nobody can be recognised in the photo"), key=f"works_nobody|{version}")
        note = _field(text("Note"), key=f"works_progress_note|{version}")
        pressed = st.button(text("Record the progress"), type="primary", disabled=not who, key="works_report")
    if pressed:
        picture = None if photo is None else photo.getvalue()
        reviewer.attempt(
            context,
            lambda: contracts.report(
                context.store,
                fix_id,
                who,
                percent=percent,
                happened_on=day,
                today=context.today,
                note=note,
                photo=picture,
                nobody_in_photo=nobody,
            ),
            text("Recorded."),
            at=progress.RECORDED,
        )


def _day(context: session.Context, key: str) -> str:
    words = context.words
    return _field(words.text("Day"), words.day(context.today), key=key, placeholder=words.text(days.EXAMPLE))


def payment(context: session.Context, of: works_table.Works, fix_id: str, who: str) -> None:
    """Ask for a payment; why more than the contract is paid is asked at the same place."""
    text = context.words.text
    if not of.table.loc[fix_id, "contractor"]:
        st.write(text("No contract is recorded yet; record it before a payment."))
        return
    version = f"{fix_id}|{len(of.contracts.of(fix_id).payments)}"
    with st.container():
        paid = _field(text("Paid (whole baht)"), key=f"works_amount|{version}", help=text(WHOLE_BAHT))
        day = _day(context, f"works_payment_day|{version}")
        note = _field(text("Note"), key=f"works_payment_note|{version}")
        over = _field(text("Why more than the contract is paid, if it is"), key=f"works_over|{version}")
        pressed = st.button(text("Record the payment"), type="primary", disabled=not who, key="works_pay")
    if pressed:
        reviewer.attempt(
            context,
            lambda: contracts.pay(
                context.store,
                fix_id,
                who,
                amount=paid,
                happened_on=day,
                today=context.today,
                note=note,
                over_reason=over,
            ),
            text("Recorded."),
            at=progress.RECORDED,
        )


def wholly_done(context: session.Context, of: works_table.Works, fix_id: str) -> None:
    """Say before works are recorded as built that they count as 100 % done then, and warn where less was reported."""
    text = context.words.text
    reported = of.table["percent"].get(fix_id)
    if reported is None or pd.isna(reported) or reported == fix_states.DONE_PERCENT:
        st.write(text("Recorded as built, the works count as 100 % done."))
        return
    st.warning(text(BUILT_WITH_LESS, percent=int(reported)))


NEXT_STEP = "step"


def asked_kind(context: session.Context, fix_id: str, *, planned: bool) -> str:
    """Ask what to record: the next step, or of planned works the contract, progress or a payment."""
    text = context.words.text
    names = {NEXT_STEP: text("Next step")} | ({kind: text(name) for kind, name in KINDS.items()} if planned else {})
    return choices.buttons(text("What to record"), names, key=f"works_kind|{fix_id}") if planned else NEXT_STEP
