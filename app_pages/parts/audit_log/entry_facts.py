"""Show everything that an entry of the audit log says: in the reader's words first, and below as it is recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app_pages.parts.audit_log import entry_text
from app_pages.parts.shared import tables
from audits import terms, wording
from audits.reports import site_report
from audits.store.audit_log import entries as audit_entries
from audits.store.surveys import reviews, submit

phrase = wording.phrase

_ELEMENT = re.compile(r"[A-Z0-9-]+\.[a-z_]+\.[0-9]+")
LONGEST_RECORDED, MOST_NAMED = 3000, 12
EMPTY = ("", "–", "{}", "[]")

# what a field says, by its name in the chain; what only programs read stands in the entry as recorded alone
FIELDS: Mapping[str, str] = {
    "site_code": phrase("Site"),
    "sites": phrase("Sites"),
    "element_id": phrase("Element"),
    "elements": phrase("Elements"),
    "survey_id": phrase("Which survey"),
    "surveyor": phrase("Surveyor"),
    "observed_at": phrase("Surveyed at"),
    "latitude": phrase("Latitude"),
    "longitude": phrase("Longitude"),
    "accuracy_m": terms.COLUMN_MEANING["accuracy_m"],
    "measurements": phrase("Answers"),
    "photos": phrase("Photos"),
    "source": phrase("Way it came"),
    "supersedes": phrase("Replaces"),
    "decision": phrase("Decision"),
    "answer_notes": phrase("Notes on single answers"),
    "name": phrase("Name"),
    "caption": phrase("Caption"),
    "quantity": phrase("Quantity"),
    "contains_person": phrase("Shows a person"),
    "mark": phrase("People in the photo"),
    "width": phrase("Width in pixels"),
    "height": phrase("Height in pixels"),
    "file_name": phrase("File"),
    "accepted_count": phrase("Rows taken in"),
    "held_count": phrase("Rows held back"),
    "batch_id": phrase("Number of the file"),
    "line": phrase("Row of the file"),
    "device_code": phrase("Code of the device"),
    "instrument_id": phrase("Instrument"),
    "uncertainty": phrase("Uncertainty"),
    "calibrated_on": phrase("Calibrated on"),
    "valid_until": phrase("Valid until"),
    "status": phrase("State"),
    "state": phrase("State"),
    "moved": phrase("Position changed"),
    "permitted_on": terms.COLUMN_MEANING["permitted_on"],
    "same_as": phrase("Compared with"),
    "one": phrase("One thing or two"),
    "fix_id": phrase("Fix"),
    "step": phrase("Step"),
    "happened_on": phrase("Day"),
    "rebuilt_on": phrase("Built anew on"),
    "rebuilt": phrase("Answers of surveys"),
    "plan_id": phrase("Plan"),
    "design_id": phrase("Kept design"),
    "title": phrase("Title"),
    "contractor": phrase("Contractor"),
    "number": phrase("Contract number"),
    "signed_on": phrase("Day of the contract"),
    "price_thb": phrase("Agreed price (whole baht)"),
    "estimate_thb": phrase("Estimate (baht)"),
    "due_on": phrase("Complete by"),
    "defects_months": phrase("Liable for defects (months)"),
    "committee": phrase("Acceptance committee"),
    "percent": phrase("Done (%)"),
    "amount_thb": phrase("Paid (baht)"),
    "over_reason": phrase("Why more than the contract is paid, if it is"),
    "username": phrase("User name"),
    "display_name": phrase("Name for others"),
    "role": phrase("Role"),
    "active": phrase("Signing in"),
    "must_change": phrase("Password to be changed"),
    "request_id": phrase("Request"),
    "text": phrase("What is asked for"),
    "received_on": phrase("Received on"),
    "channel": phrase("How it came"),
    "limit_id": phrase("Limit"),
    "answer": phrase("Answer"),
    "value": phrase("Value"),
    "page": phrase("Page"),
    "reason": phrase("Reason"),
    "note": phrase("Note"),
}
PROGRAMS_ONLY = frozenset(
    {
        *("entity", "entity_id", "digest", "content", "form_version", "lines", "file_sha256", "sha256", "sent_sha256"),
        *("photo_sha256", "blurred_sha256", "secret_hash", "oidc_subject", "round", "source_id"),
    }
)
"""Fields for which the reader has no use in words; who and when (``…_by``, ``…_at``) stand in the row itself."""


@dataclass(frozen=True)
class Names:
    """Names of surveys, quantities and instruments by their ids."""

    surveys: Mapping[str, str] = field(default_factory=dict)
    quantities: Mapping[str, str] = field(default_factory=dict)
    instruments: Mapping[str, str] = field(default_factory=dict)


NO_NAMES = Names()


def row(line: audit_entries.Line, words: wording.Wording, names: Names = NO_NAMES) -> tuple[object, ...]:
    """Return the cells of one entry: number, instant, who, what with everything it says."""
    return (
        line.sequence,
        words.instant(line.happened_at),
        entry_text.worded("actor", line.actor, words),
        tables.lines(
            entry_text.entry_sentence(line, words, names.surveys),
            tables.small(entry_text.action_name(line.action, words)),
            details(line, words, names),
        ),
    )


def details(line: audit_entries.Line, words: wording.Wording, names: Names = NO_NAMES) -> tables.Markup:
    """Return everything an entry says, folded: the facts that have names, and below the entry as recorded."""
    pair = tables.Markup("<dt>{}</dt><dd>{}</dd>")
    pairs = tables.Markup().join(pair.format(*one) for one in facts(line, words, names))
    title = words.text("Everything entry {number} says", number=line.sequence)
    folded = tables.Markup('<details class="jaidee-entry"><summary>{}</summary><dl>{}</dl>{}</details>')
    return folded.format(title, pairs, _as_recorded(line, words))


def facts(line: audit_entries.Line, words: wording.Wording, names: Names = NO_NAMES) -> list[tuple[str, object]]:
    """Return the facts of an entry, each with its name, in the reader's words."""
    written = {**line.content, **_reworded(line, words)}
    # of a survey it only says that all of it came
    if line.action == submit.ACTION:
        written.pop("status", None)
    found = ((name, _value(name, value, words, names)) for name, value in written.items() if name in FIELDS)
    # in the order of the table, whatever order the entry has
    kept = dict.fromkeys(FIELDS) | {name: value for name, value in found if str(value) not in EMPTY}
    return [(words.text(FIELDS[name]), value) for name, value in kept.items() if value is not None]


def _reworded(line: audit_entries.Line, words: wording.Wording) -> dict[str, str]:
    """Return the fields that :func:`entry_text.facts` counts or words by the kind of the entry."""
    changed = entry_text.facts(line, words)
    return {name: changed[name] for name in ("held_count", "value") if name in changed}


def _value(name: str, value: Any, words: wording.Wording, names: Names) -> object:
    counted: Mapping[str, Callable[[list[Any]], str]] = {
        "measurements": lambda made: words.count("{n} answer", "{n} answers", _answered(made)),
        "photos": lambda taken: words.count("{n} photo", "{n} photos", len(taken)),
    }
    if name in counted and isinstance(value, list):
        return counted[name](value) if value else ""
    if name == "answer_notes":
        return _notes(value, words, names)
    if isinstance(value, list | dict):
        return _listed([_called(one, words) for one in _members(value)], words)
    # as JSON writes yes and no, by which the words are found
    written = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    # ids of quantities and instruments are plain words, which another field may hold with another meaning
    known = {**names.surveys, **(names.quantities if name == "quantity" else {})}
    known |= names.instruments if name == "instrument_id" else {}
    return known.get(written) or _called(entry_text.worded(name, written, words), words)


def _answered(measurements: list[Any]) -> int:
    """Return how many questions were answered; several readings of one are one answer."""
    return len({(one["element_id"], one["quantity"]) for one in measurements})


def _members(value: list[Any] | dict[str, Any]) -> Iterable[str]:
    for one in value:
        yield str(one.get("element_id", "–") if isinstance(one, dict) else one)


def _listed(called: list[str], words: wording.Wording) -> str:
    more = len(called) - MOST_NAMED
    rest = [words.text("and {n} more", n=words.number(more))] if more > 0 else []
    return ", ".join([*called[:MOST_NAMED], *rest])


def _called(code: str, words: wording.Wording) -> str:
    """Return an element by its kind and number in place of its id; anything else as it is."""
    # what is only shaped like an id stays as it was written
    is_element = _ELEMENT.fullmatch(code) and code.rsplit(".", 2)[1] in terms.ELEMENT_KIND
    return site_report.element_of_site(code, words) if is_element else code


def _notes(value: Any, words: wording.Wording, names: Names) -> object:
    """Return the notes on single answers, each with its element and quantity; as written if it is no object."""
    try:
        notes = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
    if not isinstance(notes, dict):
        return value
    noted = [f"{_place(one, words, names)}: {note}" for one, note in notes.items() if one != reviews.PHOTOS]
    again = notes.get(reviews.PHOTOS, ())
    return tables.lines(*noted, *(f"{_place(one, words, names)}: {words.text('photograph again')}" for one in again))


def _place(place: str, words: wording.Wording, names: Names) -> str:
    """Name the element and the quantity of a note; one without either is of the whole survey."""
    element_id, _, quantity = place.partition("|")
    named = (_called(element_id, words), names.quantities.get(quantity, quantity))
    return " · ".join(filter(None, named)) or words.text("the whole of it")


def _as_recorded(line: audit_entries.Line, words: wording.Wording) -> tables.Markup:
    """Return an entry as the chain has it, folded once more: for who compares it with the exported file."""
    recorded = {"action": line.action, "entity": line.entity, "entity_id": line.entity_id, **line.content}
    written = json.dumps(recorded | {"digest": line.digest}, ensure_ascii=False, indent=1, sort_keys=True)
    shown = written if len(written) <= LONGEST_RECORDED else f"{written[:LONGEST_RECORDED]} …"
    folded = tables.Markup('<details><summary>{}</summary><pre lang="en" translate="no">{}</pre></details>')
    return folded.format(words.text("As recorded"), shown)
