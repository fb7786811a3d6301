"""Say in plain words what an entry of the audit log records, and everything that it says."""

from __future__ import annotations

import datetime as dt
import json
import re
import types
from collections.abc import Mapping
from typing import Any

from app_pages.parts.shared import tables
from audits import roles, terms, wording
from audits.store import public_pages
from audits.store.audit_log import entries as audit_entries
from audits.store.public_form import unread
from audits.store.register import municipal_choices
from audits.store.surveys import quarantine
from audits.works import fix_states

phrase = wording.phrase

LONGEST_CELL = 300
_WHOLE = re.compile(r"-?[0-9]+")
# choices that are a switch: set, or empty
SWITCHES = (public_pages.CHOICE, unread.CHOICE)
NONE_KNOWN: Mapping[str, str] = types.MappingProxyType({})

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
    "import.hold": (
        phrase("file brought in"),
        phrase("File {file_name}: {accepted_count} rows taken in, {held_count} held"),
    ),
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


def day_of(written: str) -> dt.date | None:
    """Return the day of an ISO date, None for anything else."""
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


def action_name(action: str, words: wording.Wording) -> str:
    """Return the name of an action; the action itself where it has none."""
    return words.text(ACTIONS[action][0]) if action in ACTIONS else action


def entry_sentence(line: audit_entries.Line, words: wording.Wording, known: Mapping[str, str] = NONE_KNOWN) -> str:
    """Return one entry in plain words; `known` gives the receipt of each survey by its id."""
    if line.action not in ACTIONS:
        return f"{line.action} {line.entity_id}"
    values = {name: _worded(name, value, words) for name, value in _facts(line, words).items()}
    filled = _Values({name: known.get(value, value) for name, value in values.items()})
    return words.text(ACTIONS[line.action][1]).format_map(filled)


def _facts(line: audit_entries.Line, words: wording.Wording) -> dict[str, str]:
    facts = {"entity_id": line.entity_id, **{name: _short(value) for name, value in line.content.items()}}
    if line.action == quarantine.ACTION:
        facts["held_count"] = str(len(line.content.get("lines", ())))
    if line.action == municipal_choices.ACTION:
        is_set = bool(line.content.get("value"))
        if line.content.get("name") in SWITCHES:
            facts["value"] = words.text("on") if is_set else words.text("off")
        elif not is_set:
            facts["value"] = words.text("none")
    return facts


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
    if name.endswith("_on") and (day := day_of(written)):
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
    facts = {"entity": line.entity, **_facts(line, words), "digest": _short(line.digest)}
    pair = tables.Markup("<dt>{}</dt><dd>{}</dd>")
    pairs = tables.Markup().join(
        pair.format(_field(name, words), _worded(name, value, words)) for name, value in facts.items()
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
