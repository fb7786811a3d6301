"""Say in one sentence, in plain words, what an entry of the audit log records."""

from __future__ import annotations

import datetime as dt
import json
import re
import types
from collections.abc import Mapping
from typing import Any

from audits import roles, terms, wording
from audits.ramps import price_books
from audits.reports import catalogue
from audits.store import public_pages
from audits.store.audit_log import entries as audit_entries
from audits.store.backup import restore
from audits.store.public_form import unread
from audits.store.register import municipal_choices
from audits.store.surveys import quarantine, submit
from audits.works import fix_states

phrase = wording.phrase

LONGEST_CELL = 300
_DIGEST, DIGEST_SHOWN = re.compile(r"[0-9a-f]{64}"), 12
_WHOLE = re.compile(r"-?[0-9]+")
# choices that are a switch: set, or empty
SWITCHES = (public_pages.CHOICE, unread.CHOICE)
# choices that are a whole table; its file names it
TABLES = (price_books.NAME, price_books.FACTOR_NAME)
# read-only, since it is the default of a parameter
NONE_KNOWN: Mapping[str, str] = types.MappingProxyType({})

YES_NO: Mapping[str, str] = {"true": phrase("yes"), "false": phrase("no")}

# the name of each action of the audit log, and the sentence about one entry
ACTIONS: Mapping[str, tuple[str, str]] = {
    "survey.submit": (phrase("survey sent in"), phrase("Survey of {visit} by {surveyor} taken in")),
    "survey.photo": (phrase("photo attached"), phrase("Photo {name} attached to survey {survey_id}")),
    "survey.await": (phrase("photo awaited"), phrase("Photo {name} of survey {survey_id} has not come yet")),
    "survey.review": (phrase("survey reviewed"), phrase("Survey {survey_id}: {decision}")),
    "photo.keep": (phrase("photo kept"), phrase("Photo of {width} × {height} pixels kept")),
    "photo.source": (phrase("photo received"), phrase("Photo {sha256} received as file {sent_sha256}")),
    "photo.mark": (phrase("people in a photo decided"), phrase("Photo {sha256}: {mark}")),
    "photo.erase": (phrase("photo erased"), phrase("Photo {sha256} erased because: {reason}")),
    "import.hold": (
        phrase("file brought in"),
        phrase("File {file_name}: {taken_in}, {held}"),
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
    "element.rebuild": (phrase("thing built anew"), phrase("{element_id}, built anew on {rebuilt_on}: {rebuilt}")),
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
    "account.set": (
        phrase("account made or changed"),
        phrase("Account {username} is now {role} and {active}"),
    ),
    "account.unlock": (
        phrase("account let in again"),
        phrase("{username} may sign in without waiting, wrong tries stay counted"),
    ),
    "account.sign_out": (phrase("account signed out"), phrase("Account {username} signed out everywhere")),
}

NEW_ACCOUNT = phrase("New account {username}: {role}, {active}")
OWN_PASSWORD = phrase("Account {username} chose a new password itself")
GIVEN_PASSWORD = phrase("Account {username} was given a new first password by an administrator")
OTHER_IDENTITY = phrase("Account {username} is now linked otherwise to the sign-in of the office")
CORRECTION = phrase("Survey of {visit} by {surveyor} taken in: it corrects {supersedes}")

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
    "rebuilt": {
        "true": phrase("answers from before no longer count"),
        "false": phrase("taken back, so answers from before count again"),
    },
    "status": terms.POSITION_STATUS,
    "step": fix_states.STATES,
    "state": terms.REQUEST_STATE,
    "role": roles.ROLES,
    "active": {"true": phrase("may sign in"), "false": phrase("may not sign in")},
    "name": {
        public_pages.CHOICE: phrase("Pages for everybody"),
        unread.CHOICE: phrase("Form for everybody"),
        price_books.NAME: phrase("Prices"),
        price_books.FACTOR_NAME: phrase("Factor F"),
        catalogue.LICENCE: phrase("Licence of the data"),
    },
    "actor": {"command line": phrase("command line"), restore.RESTORER: phrase("restoring a backup")},
    "one": {"true": phrase("one thing"), "false": phrase("two things")},
    "source": terms.SURVEY_SOURCE,
    "channel": terms.REQUEST_CHANNEL,
    **dict.fromkeys(("moved", "contains_person", "must_change"), YES_NO),
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
    # the record writes no instant without its zone
    return found if found.tzinfo else None


def action_name(action: str, words: wording.Wording) -> str:
    """Return the name of an action; the action itself where it has none."""
    return words.text(ACTIONS[action][0]) if action in ACTIONS else action


def entry_sentence(line: audit_entries.Line, words: wording.Wording, known: Mapping[str, str] = NONE_KNOWN) -> str:
    """Return one entry in plain words; `known` gives the receipt of each survey by its id."""
    if line.action not in ACTIONS:
        return f"{line.action} {line.entity_id}"
    values = {name: worded(name, value, words) for name, value in facts(line, words).items()}
    filled = _Values({name: known.get(value, value) for name, value in values.items()})
    filled["visit"] = known.get(line.entity_id) or filled["site_code"]
    return words.text(_template(line)).format_map(filled)


def _template(line: audit_entries.Line) -> str:
    """Return the sentence of an entry; one kind of entry makes a thing and changes it."""
    if line.action == audit_entries.ACCOUNT:
        return _of_account(line)
    if line.action == submit.ACTION and line.content.get("supersedes"):
        return CORRECTION
    return ACTIONS[line.action][1]


def _of_account(line: audit_entries.Line) -> str:
    """Return the sentence of an entry on an account by what it changed."""
    if line.is_first:
        return NEW_ACCOUNT
    # of a new password beside a new role the sentence names the role, which weighs more
    if "secret_hash" in line.changed and not line.changed & {"role", "active"}:
        return GIVEN_PASSWORD if line.content.get("must_change") else OWN_PASSWORD
    if "oidc_subject" in line.changed:
        return OTHER_IDENTITY
    return ACTIONS[audit_entries.ACCOUNT][1]


def facts(line: audit_entries.Line, words: wording.Wording) -> dict[str, str]:
    """Return everything an entry says as text, by the name of its field."""
    found = {"entity_id": line.entity_id, **{name: _short(value) for name, value in line.content.items()}}
    if line.action == quarantine.ACTION:
        held = len(line.content.get("lines", ()))
        found["held_count"] = str(held)
        found["held"] = words.count("{n} row held", "{n} rows held", held)
        taken = line.content.get("accepted_count")
        if isinstance(taken, int):
            found["taken_in"] = words.count("{n} row taken in", "{n} rows taken in", taken)
    if line.action == municipal_choices.ACTION:
        is_set = bool(line.content.get("value"))
        if line.content.get("name") in SWITCHES:
            found["value"] = words.text("on") if is_set else words.text("off")
        elif not is_set:
            found["value"] = words.text("none")
        elif line.content["name"] in TABLES:
            found["value"] = str(json.loads(line.content["value"])["file"])
    return found


class _Values(dict[str, str]):
    """Values of a sentence; a dash for those that an older entry lacks."""

    def __missing__(self, key: str) -> str:
        return "–"


def worded(name: str, written: str, words: wording.Wording) -> str:
    """Return the value of a field in the reader's words, as written where it is no code, day, instant or sum."""
    known = CODED.get(name, {})
    if written in known:
        return words.text(known[written])
    if name == "reason":
        return words.side(written)
    if _DIGEST.fullmatch(written):
        return f"{written[:DIGEST_SHOWN]}…"
    if name.endswith("_at") and (instant := _instant(written)):
        return words.instant(instant)
    if name.endswith("_on") and (day := day_of(written)):
        return words.day(day)
    return words.number(int(written), 0) if name.endswith("_thb") and _WHOLE.fullmatch(written) else written


def _short(value: Any) -> str:
    if value is None or value == "":
        return "–"
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return written if len(written) <= LONGEST_CELL else f"{written[:LONGEST_CELL]} …"
