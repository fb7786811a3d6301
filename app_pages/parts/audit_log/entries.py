"""Format entries of the audit log as sentences and as details."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from typing import Any

from app_pages.parts.shared import tables
from audits import roles, terms, wording
from audits.store.audit_log import entries
from audits.works import fix_states

phrase = wording.phrase

LONGEST_CELL = 300

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
    "design.save": (phrase("design saved"), phrase("Design {title} of {site_code} saved")),
    "plan.save": (phrase("plan saved"), phrase("Plan {title} saved")),
    "fix.step": (phrase("step of a works item"), phrase("Works {fix_id}: {step} on {happened_on}")),
    "setting.set": (phrase("municipal choice made"), phrase("Choice {name} is now: {value}")),
    "law.compare": (phrase("limit compared with the gazette"), phrase("Limit {limit_id}: {answer} {value}")),
    "account.set": (phrase("account changed"), phrase("Account {username} is now {role}, active: {active}")),
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
    "role": roles.ROLES,
    "active": {"true": phrase("yes, it opens"), "false": phrase("no, it is closed")},
}


def action_name(action: str, words: wording.Wording) -> str:
    """Return the name of an action; the action itself where it has none."""
    return words.text(ACTIONS[action][0]) if action in ACTIONS else action


def sentence(line: entries.Line, words: wording.Wording) -> str:
    """Return one entry in plain words."""
    if line.action not in ACTIONS:
        return f"{line.action} {line.entity_id}"
    values = {name: _worded(name, _short(value), words) for name, value in line.content.items()}
    filled = _Values({"entity_id": line.entity_id, **values})
    return words.text(ACTIONS[line.action][1]).format_map(filled)


class _Values(dict[str, str]):
    """Values of a sentence; a dash for those that an older entry lacks."""

    def __missing__(self, key: str) -> str:
        return "–"


def _worded(name: str, written: str, words: wording.Wording) -> str:
    known = CODED.get(name, {})
    return words.text(known[written]) if written in known else written


def row(line: entries.Line, words: wording.Wording) -> tuple[object, ...]:
    """Return the cells of one entry: number, instant, who, what with everything it says."""
    return (
        line.sequence,
        words.instant(line.happened_at),
        line.actor,
        tables.lines(sentence(line, words), tables.small(action_name(line.action, words)), details(line, words)),
    )


def details(line: entries.Line, words: wording.Wording) -> tables.Markup:
    """Return everything an entry says, folded, as a list of names and values."""
    facts = {"entity": line.entity, "entity_id": line.entity_id, **line.content, "digest": line.digest}
    parts = [f"<dt>{html.escape(name)}</dt><dd>{html.escape(_short(value))}</dd>" for name, value in facts.items()]
    title = html.escape(words.text("Everything entry {number} says", number=line.sequence))
    return tables.Markup(f'<details class="jaidee-entry"><summary>{title}</summary><dl>{"".join(parts)}</dl></details>')


def _short(value: Any) -> str:
    if value is None or value == "":
        return "–"
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return written if len(written) <= LONGEST_CELL else f"{written[:LONGEST_CELL]} …"
