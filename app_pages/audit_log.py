"""Show everything that was done to the record, the newest first, and check that nothing was altered."""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
import types
from collections.abc import Mapping
from typing import Any

import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, days, progress, tables
from app_pages.session import address, cache
from audits import errors, roles, terms, wording
from audits.store import public_pages
from audits.store.audit_log import entries as audit_entries
from audits.store.integrity import verify
from audits.store.public_form import unread
from audits.store.register import municipal_choices
from audits.store.surveys import read
from audits.works import fix_states

phrase = wording.phrase

PAGE, LONGEST_CELL = 50, 300
_WHOLE = re.compile(r"-?[0-9]+")

# the name of each action of the audit log, and the sentence about one entry
ACTIONS: Mapping[str, tuple[str, str]] = {
    "survey.submit": (phrase("survey sent in"), phrase("Survey of {site_code} by {surveyor} taken in")),
    "survey.photo": (phrase("photo attached"), phrase("Photo {name} attached to survey {survey_id}")),
    "survey.await": (phrase("photo awaited"), phrase("Photo {name} of survey {survey_id} has not come yet")),
    "survey.review": (phrase("survey reviewed"), phrase("Survey {survey_id}: {decision}")),
    "photo.keep": (phrase("photo kept"), phrase("Photo of {width} × {height} pixels kept")),
    "photo.source": (phrase("photo received"), phrase("Photo {sha256} received as file {sent_sha256}")),
    "photo.mark": (phrase("people in a photo decided"), phrase("Photo {sha256}: {mark}")),
    "photo.erase": (phrase("photo erased"), phrase("Photo {sha256} erased because: {reason}")),
    "import.hold": (phrase("file brought in"), phrase("File {file_name}: {accepted_count} rows taken in, some held")),
    "held.settle": (phrase("held row settled"), phrase("Row {line} of file {batch_id}: {decision}")),
    "device.calibrate": (phrase("device calibrated"), phrase("Device {device_code} calibrated on {calibrated_on}")),
    "technician.secret": (phrase("phone secret given"), phrase("New phone secret for {name}")),
    "register.add": (phrase("register begun"), phrase("Sites or elements registered: {reason}")),
    "register.change": (phrase("register changed"), phrase("Register of {entity_id} changed: {reason}")),
    "register.position": (phrase("position reported"), phrase("Position of {entity_id} is now {status}: {reason}")),
    "register.permit": (phrase("permit day set"), phrase("Permit day of {entity_id} set: {reason}")),
    "register.same": (
        phrase("one thing or two decided"),
        phrase("{same_as} and {element_id} are {one}: {reason}"),
    ),
    "design.save": (phrase("design saved"), phrase("Design {title} of {site_code} saved")),
    "plan.save": (phrase("plan saved"), phrase("Plan {title} saved")),
    "fix.step": (phrase("step of a works item"), phrase("Works {fix_id}: {step} on {happened_on}")),
    "fix.contract": (
        phrase("contract of a works item"),
        phrase("Works {fix_id}: contract {number} with {contractor}, {price_thb} baht"),
    ),
    "fix.progress": (
        phrase("progress of a works item"),
        phrase("Works {fix_id}: {percent} percent done on {happened_on}"),
    ),
    "fix.payment": (
        phrase("payment of a works item"),
        phrase("Works {fix_id}: {amount_thb} baht paid on {happened_on}"),
    ),
    "request.add": (phrase("request recorded"), phrase("Request {request_id} received on {received_on}: {text}")),
    "request.step": (phrase("request decided"), phrase("Request {request_id}: {state} {reason}")),
    "setting.set": (phrase("municipal choice made"), phrase("Choice {name} is now: {value}")),
    "law.compare": (phrase("limit compared with the gazette"), phrase("Limit {limit_id}: {answer} {value}")),
    "account.set": (phrase("account changed"), phrase("Account {username} is now {role}, active: {active}")),
    "account.unlock": (phrase("account let in again"), phrase("Wrong tries of {username} forgotten")),
    "account.sign_out": (phrase("account signed out"), phrase("Account {username} signed out everywhere")),
}


# what stands in an entry as a code, in words
CODED: Mapping[str, Mapping[str, str]] = {
    "decision": {
        **terms.REVIEW_STATE,
        "taken_in": phrase("taken in after all"),
        "dismissed": phrase("dismissed as no survey"),
    },
    "mark": {
        "person": phrase("it shows a person"),
        "clear": phrase("it shows no person"),
        "blurred": phrase("the person is blurred"),
    },
    "answer": terms.GAZETTE_ANSWER,
    "status": terms.POSITION_STATUS,
    "step": fix_states.STATES,
    "state": terms.REQUEST_STATE,
    "role": roles.ROLES,
    "active": {"true": phrase("yes, it opens"), "false": phrase("no, it is closed")},
    "name": {
        public_pages.CHOICE: phrase("Pages for everybody"),
        unread.CHOICE: phrase("Form for everybody"),
    },
    "value": {public_pages.OPEN: phrase("open")},
    "actor": {"command line": phrase("command line")},
    "one": {"true": phrase("one thing"), "false": phrase("two things")},
}

# the columns that entries name most often; others stand under their own name
FIELDS: Mapping[str, str] = {
    **terms.COLUMN_MEANING,
    "entity": phrase("Table of the record"),
    "entity_id": phrase("Identifier"),
    "digest": phrase("Digest"),
    "site_code": phrase("Site"),
    "sites": phrase("Sites"),
    "element_id": phrase("Element"),
    "elements": phrase("Elements"),
    "survey_id": phrase("Identifier of the survey"),
    "observed_at": phrase("Surveyed at"),
    "latitude": phrase("Latitude"),
    "longitude": phrase("Longitude"),
    "form_version": phrase("Version of the form"),
    "measurements": phrase("Measurements"),
    "photos": phrase("Photos"),
    "source": phrase("Way it came"),
    "supersedes": phrase("Replaces"),
    "reason": phrase("Reason"),
    "status": phrase("State"),
    "state": phrase("State"),
    "moved": phrase("Position changed"),
    "answer_notes": phrase("Notes on single answers"),
    "decision": phrase("Decision"),
    "decided_by": phrase("Decided by"),
    "decided_at": phrase("Decided at"),
    "recorded_by": phrase("Recorded by"),
    "recorded_at": phrase("Recorded at"),
    **dict.fromkeys(("saved_by", "set_by"), phrase("Recorded by")),
    **dict.fromkeys(("saved_at", "set_at"), phrase("Recorded at")),
    "device_code": phrase("Code of the device"),
    "instrument_id": phrase("Instrument"),
    "uncertainty": phrase("Uncertainty"),
    "calibrated_on": phrase("Calibrated on"),
    "valid_until": phrase("Valid until"),
    "fix_id": phrase("Fix"),
    "step": phrase("Step"),
    "happened_on": phrase("Day"),
    "title": phrase("Title"),
    "content": phrase("Content"),
    "username": phrase("User name"),
    "display_name": phrase("Name"),
    "role": phrase("Role"),
    "request_id": phrase("Request"),
    "received_on": phrase("Received on"),
    "channel": phrase("How it came"),
    "text": phrase("What is asked for"),
    "limit_id": phrase("Limit"),
    "value": phrase("Value"),
    "page": phrase("Page"),
}

ACTOR, ACTION, ABOUT, FIRST, LAST, SHEET = "who", "deed", "about", "from", "to", "sheet"
CHECKED = "ledger_checked"
NONE_KNOWN: Mapping[str, str] = types.MappingProxyType({})


def show(context: session.Context) -> None:
    """Draw the page."""
    roles.require_view(context.role, "audit_log")
    text = context.words.text
    st.title(text("Audit log"))
    st.write(
        text(
            "Every change of the record is written here once, each tied to the one before. Nobody can change or remove "
            "an entry unseen, also not the administrator. Backups, signing in and forgotten wrong passwords change "
            "nothing in the record and are not in it."
        )
    )
    head(context)
    check(context)
    asked = filters(context)
    entries(context, asked)


def head(context: session.Context) -> None:
    """Show the last link, to be written down elsewhere."""
    text, last = context.words.text, read.head(context.store)
    st.subheader(text("The head of the audit log"))
    st.write(
        text(
            "Write it down on paper or in a mail: with it, an audit log cut short is found too. Short form: {short}",
            short=last.short,
        )
    )
    with st.expander(text("The whole head, to copy")):
        st.code(str(last), language=None, wrap_lines=True)


def check(context: session.Context) -> None:
    """Check the whole record when asked, and keep what was found until the page is left."""
    text = context.words.text
    expect = st.text_input(text("A head written down earlier (may be empty)"), key="ledger_expect").strip()
    if st.button(text("Check now that nothing was altered"), key="ledger_check"):
        with st.spinner(text("Checking")):
            st.session_state[CHECKED] = _checked(context, expect or None)
    with st.container():
        found = st.session_state.get(CHECKED)
        if isinstance(found, errors.RefusedError):
            context.show_problems(found.problems)
        elif found is not None:
            show_result(context, found)


def _checked(context: session.Context, expect: str | None) -> verify.Verification | errors.RefusedError:
    try:
        with progress.shown() as progressed:
            return verify.verify(context.store, expect, progressed)
    except errors.RefusedError as refused:
        return refused


def show_result(context: session.Context, found: verify.Verification) -> None:
    """Show the result of the check."""
    text = context.words.text
    if not found.problems:
        st.success(text("{count} entries and everything they describe: nothing was altered.", count=found.entries))
        return
    st.error(
        text("{count} problems. Restore the last good backup, or have the record examined.", count=len(found.problems))
    )
    st.html(
        tables.table(
            text("What the check found"),
            (text("Where"), text("What is wrong")),
            [(one.where, text(one.kind.template, **dict(one.values))) for one in found.problems],
        )
    )


def filters(context: session.Context) -> audit_entries.Selection:
    """Ask which entries; what is chosen stays in the address."""
    words, text = context.words, context.words.text
    st.subheader(text("Entries"))
    left, right = st.columns(2)
    actors = {name: name for name in audit_entries.actors(context.store)}
    actions = {name: action_name(name, words) for name in audit_entries.actions(context.store)}
    with left:
        kept = address.one(ACTOR, actors)
        actor = choices.one_or_none(text("By whom"), actors, placeholder=text("everybody"), **kept)
        first = _day(context, FIRST, text("From day"))
    with right:
        kept = address.one(ACTION, actions)
        action = choices.one_or_none(text("What was done"), actions, placeholder=text("everything"), **kept)
        last = _day(context, LAST, text("To day"))
    st.session_state.setdefault(ABOUT, st.query_params.get(ABOUT, ""))
    about = st.text_input(
        text("Site, element, survey, design or photo"),
        key=ABOUT,
        on_change=lambda: _keep(ABOUT, st.session_state[ABOUT].strip()),
    ).strip()
    return audit_entries.Selection(first, last, actor or "", action or "", about)


def _day(context: session.Context, name: str, label: str) -> dt.date | None:
    key, until = f"ledger_{name}", context.today + dt.timedelta(days=1)

    def keep() -> None:
        found = days.read(st.session_state[key].strip(), until)
        _keep(name, found.isoformat() if isinstance(found, dt.date) else "")

    kept = _parsed(st.query_params.get(name, ""))
    return days.ask(context, label, key, until=until, first=kept, on_change=keep)


def _parsed(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        return None


def _instant(written: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _keep(name: str, value: str) -> None:
    # other entries begin on their first sheet
    st.session_state.pop(f"ledger_{SHEET}", None)
    address.write(SHEET, "")
    address.write(name, value)


def entries(context: session.Context, asked: audit_entries.Selection) -> None:
    """Show one sheet of the entries asked for."""
    words, text = context.words, context.words.text
    total = audit_entries.count(context.store, asked)
    st.write(words.count("{n} entry", "{n} entries", total))
    if total == 0:
        return
    sheets = -(-total // PAGE)
    sheet = 1
    if sheets > 1:
        kept = address.whole(SHEET, f"ledger_{SHEET}", 1)
        st.session_state[kept["key"]] = min(max(st.session_state[kept["key"]], 1), sheets)
        sheet = st.number_input(text("Sheet (of {count})", count=sheets), min_value=1, max_value=sheets, step=1, **kept)
    shown = audit_entries.lines(context.store, asked, PAGE, (int(sheet) - 1) * PAGE)
    headings = (text("Number"), text("When"), text("By whom"), text("What was done"))
    sent = cache.surveys(context.store)
    receipts = zip(sent["survey_id"], sent["receipt_number"], sent["site_code"], strict=True)
    known = {name: text("{site}, receipt {number}", site=site, number=number) for name, number, site in receipts}
    rows = [entry_row(one, words, known) for one in shown]
    shown_table = tables.table(text("Entries, the newest first"), headings, rows)
    st.html(tables.tall(shown_table))
    st.download_button(
        text("Download these entries (CSV)"),
        functools.partial(audit_entries.as_csv, context.store, asked),
        f"ledger-{context.today.isoformat()}.csv",
        "text/csv",
        key="ledger_csv",
    )


def action_name(action: str, words: wording.Wording) -> str:
    """Return the name of an action; the action itself where it has none."""
    return words.text(ACTIONS[action][0]) if action in ACTIONS else action


def entry_sentence(line: audit_entries.Line, words: wording.Wording, known: Mapping[str, str] = NONE_KNOWN) -> str:
    """Return one entry in plain words; `known` gives the receipt of each survey by its id."""
    if line.action not in ACTIONS:
        return f"{line.action} {line.entity_id}"
    values = {name: _worded(name, _short(value), words) for name, value in line.content.items()}
    values = {"entity_id": line.entity_id, **values}
    if line.action == municipal_choices.ACTION and not values.get("value"):
        values["value"] = words.text("none or closed")
    filled = _Values({name: known.get(value, value) for name, value in values.items()})
    return words.text(ACTIONS[line.action][1]).format_map(filled)


class _Values(dict[str, str]):
    """Values of a sentence; a dash for those that an older entry lacks."""

    def __missing__(self, key: str) -> str:
        return "–"


def _worded(name: str, written: str, words: wording.Wording) -> str:
    known = CODED.get(name, {})
    if written in known:
        return words.text(known[written])
    if name.endswith("_at") and (instant := _instant(written)):
        return words.instant(instant)
    if name.endswith("_on") and (day := _parsed(written)):
        return words.day(day)
    return words.number(int(written), 0) if name.endswith("_thb") and _WHOLE.fullmatch(written) else written


def entry_row(
    line: audit_entries.Line, words: wording.Wording, known: Mapping[str, str] = NONE_KNOWN
) -> tuple[object, ...]:
    """Return the cells of one entry: number, instant, who, what with everything it says."""
    return (
        line.sequence,
        words.instant(line.happened_at),
        _worded("actor", line.actor, words),
        tables.lines(
            entry_sentence(line, words, known),
            tables.small(action_name(line.action, words)),
            entry_details(line, words),
        ),
    )


def entry_details(line: audit_entries.Line, words: wording.Wording) -> tables.Markup:
    """Return everything an entry says, folded, as a list of names and values."""
    facts = {"entity": line.entity, "entity_id": line.entity_id, **line.content, "digest": line.digest}
    pair = tables.Markup("<dt>{}</dt><dd>{}</dd>")
    pairs = tables.Markup().join(
        pair.format(_field(name, words), _worded(name, _short(value), words)) for name, value in facts.items()
    )
    title = words.text("Everything entry {number} says", number=line.sequence)
    folded = tables.Markup('<details class="jaidee-entry"><summary>{}</summary><dl>{}</dl></details>')
    return folded.format(title, pairs)


def _field(name: str, words: wording.Wording) -> tables.Markup:
    column = tables.Markup('<code lang="en">{}</code>').format(name)
    return tables.Markup("{} {}").format(words.text(FIELDS[name]), column) if name in FIELDS else column


def _short(value: Any) -> str:
    if value is None or value == "":
        return "–"
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return written if len(written) <= LONGEST_CELL else f"{written[:LONGEST_CELL]} …"


if __name__ == "__main__":
    show(session.current())
