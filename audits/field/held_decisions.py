"""Decide on a held record: assign it to its site, or record why it is not needed any more."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from audits import errors, wording
from audits.field import arrivals, held_twins, known, receiving, visit_days
from audits.field.kit import record as kit_record
from audits.field.kit import store as kit_store
from audits.field.tables import importing
from audits.rules import model
from audits.store import town as towns
from audits.store.db import column_types, connection
from audits.store.surveys import quarantine, read, submit, survey_checks
from layers import positions

NO_SITE = wording.phrase("no site named")
NOT_REGISTERED = wording.phrase("“{code}” as written, which is not in the register")
SAME_NUMBER = wording.phrase(
    "Another survey came under the same number before; both are kept, and an engineer decides."
)
# as the store keeps it, whoever brought the survey
_CONFLICT = re.compile(re.escape(submit.CONFLICT.template).replace(r"\{survey_id\}", r"\S+"))
HELD_AGAIN = wording.phrase("It is of {code} and is held again under this code.")

NOT_A_ROW = errors.ProblemKind(
    "HELD-001",
    "This record cannot be moved to another site: type it in under Quick entry for {code}, name the site once more, "
    "and it is settled by what you typed.",
)

_IS_SETTLED = ("accepted", "correction", "same")


@dataclass(frozen=True)
class Waiting:
    """One held record that waits for a decision.

    Parameters
    ----------
    batch_id, line
        Its name in the quarantine.
    file_name, held_by, held_at, raw, reasons
        As :func:`audits.store.surveys.quarantine.held_rows` gives them.
    about
        What it says of its visit.
    names_a_site
        Whether the code in it is one of the register.
    """

    batch_id: int
    line: int
    file_name: str
    held_by: str
    held_at: pd.Timestamp
    raw: str
    reasons: tuple[str, ...]
    about: held_twins.HeldVisit
    names_a_site: bool

    @property
    def needs_a_site(self) -> bool:
        """Whether it measured something at a site that nobody can tell, so that no corrected record settles it."""
        return bool(self.about.quantities) and not self.names_a_site

    @property
    def is_of_the_kit(self) -> bool:
        """Whether it came from the offline kit, whose file nobody mends by hand."""
        return "jaidee_record" in (kit_record.json_object(self.raw) or {})

    def reasons_in(self, words: wording.Wording) -> list[str]:
        """Return why it is held: a conflict in the reader's language, all else in that of who brought it."""
        return [_reason(one, words) for one in self.reasons]

    def site(self, names: Mapping[str, str], words: wording.Wording) -> str:
        """Return the site in the reader's words: its name, else what was written."""
        code = self.about.site_code
        return names.get(code) or (words.text(NOT_REGISTERED, code=code) if code else words.text(NO_SITE))


def _reason(kept: str, words: wording.Wording) -> str:
    if _CONFLICT.search(kept):
        return words.text(SAME_NUMBER)
    if submit.OTHER_VALUES.template in kept:
        return words.text(submit.OTHER_VALUES.template)
    return kept


@dataclass(frozen=True)
class Decision:
    """What became of a record that was assigned to a site.

    Parameters
    ----------
    number
        Receipt number of the survey as which it counts; 0 when it is held again under its site.
    problems
        Why it is held again.
    """

    number: int = 0
    problems: tuple[errors.Problem, ...] = ()


def waiting(store: connection.Store, brought_by: Collection[str] | None = None) -> list[Waiting]:
    """List the held records that nobody has decided on, oldest first; only those that these people brought, if any."""
    held = quarantine.held_rows(store)
    held = held.loc[held["decision"] == ""]
    if brought_by is not None:
        held = held.loc[held["held_by"].isin(brought_by)]
    profiles = held_twins.profiles_of(store) if len(held) else ()
    codes = set(read.sites(store).index) if len(held) else set()
    found = list[Waiting]()
    for row in held.to_dict("records"):
        about = held_twins.visit_of(row["raw"], profiles)
        kept = {name: row[name] for name in ("file_name", "held_by", "held_at", "raw", "reasons")}
        found.append(
            Waiting(int(row["batch_id"]), int(row["line"]), **kept, about=about, names_a_site=about.site_code in codes)
        )
    return found


def dismiss(store: connection.Store, row: Waiting, because: str, actor: str, *, own: Collection[str] = ()) -> None:
    """Record that a held record is not needed any more; it stays in the quarantine with the reason.

    Raises
    ------
    audits.errors.RefusedError, audits.errors.NotAllowedError
        As :func:`audits.store.surveys.quarantine.settle`.
    """
    quarantine.settle(store, row.batch_id, row.line, quarantine.DISMISSED, because, actor, own=own)


def assign_site(
    store: connection.Store,
    row: Waiting,
    code: str,
    actor: str,
    criteria: model.Criteria,
    words: wording.Wording,
    *,
    own: Collection[str] = (),
    at: dt.datetime | None = None,
) -> Decision:
    """Assign a held record to its site and settle it: by its visit that is here already, else by taking it in.

    Parameters
    ----------
    store
        An open store.
    row
        From :func:`waiting`.
    code
        Of the register.
    actor
        Who says so, for the audit log.
    criteria
        The criteria.
    words
        Language in which it is kept why a record is held again.
    own
        Names under which the actor brings records.
    at
        Instant; now when None.

    Returns
    -------
    Decision
        A record with other faults is held again under the right code, so that the corrected one settles it.

    Raises
    ------
    audits.errors.RefusedError
        When there is no such site, or the record can only be typed in.
    audits.errors.NotAllowedError
        When somebody else brought it and this role may not decide on it.
    """
    quarantine.require_decision(store, row.held_by, own)
    if code not in read.sites(store).index:
        raise errors.RefusedError((survey_checks.UNKNOWN_SITE.at("site_code", code=code),))
    name = row.batch_id, row.line
    # the visit may have been typed in by now, and taking the record in would make it a second one
    twin = _visit_here(store, row, code)
    if twin is not None:
        quarantine.settle_twins(store, {name: str(twin["survey_id"])}, actor, at)
        return Decision(int(twin["receipt_number"]))
    survey_id, problems = _taken_in(store, row, code, actor, criteria, words, column_types.instant(at))
    if survey_id:
        quarantine.settle_twins(store, {name: survey_id}, actor, at)
        surveys = read.surveys(store)
        (number,) = surveys.loc[surveys["survey_id"] == survey_id, "receipt_number"]
        return Decision(int(number))
    note = words.text(HELD_AGAIN, code=code)
    # it goes on under its site with what is still wrong, so this one is done with
    quarantine.settle(store, *name, quarantine.DISMISSED, note, actor, at, own=own)
    return Decision(problems=problems)


def _visit_here(store: connection.Store, row: Waiting, code: str) -> Mapping[Any, Any] | None:
    """Find the survey that a record is an earlier, faulty account of."""
    about, held_on = dataclasses.replace(row.about, site_code=code), wording.local_day(row.held_at)
    # what is not sent yet, or was corrected, settles nothing
    standing = read.standing(read.surveys(store))
    for known_survey in standing.loc[standing["site_code"] == code].to_dict("records"):
        if about.is_of(read.survey(store, known_survey["survey_id"]), held_on):
            return known_survey
    return None


def _taken_in(
    store: connection.Store,
    row: Waiting,
    code: str,
    actor: str,
    criteria: model.Criteria,
    words: wording.Wording,
    moment: dt.datetime,
) -> tuple[str, tuple[errors.Problem, ...]]:
    """Take a record in under another code, by the channel that it came by; return its survey, or what is wrong."""
    cells = kit_record.json_object(row.raw) or {}
    # whatever no heading explains, such as a submission, is refused in there with the advice to type it in
    if "jaidee_record" not in cells:
        understood = _table(store, row, cells, code, criteria, wording.local_day(moment))
        given = importing.commit(store, understood, actor, words, moment)
        is_in = given.surveys_accepted or given.surveys_same or given.corrections
        problems = tuple(problem for _, each in given.held_rows for problem in each)
        return understood.surveys[0].survey_id if is_in else "", problems
    against = known.of_store(store, criteria, moment, kit_store.workspace_id(store))
    raw = json.dumps(_moved(cells, row.about.site_code, code), ensure_ascii=False)
    # Its photos were sent ahead of it, and are found by their SHA-256.
    arrival = kit_record.record_arrival(raw, row.line, lambda _sha256: None, against)
    # no file that came holds the moved record: a digest of its own, the same whenever it is moved again
    delivery = arrivals.Delivery(row.file_name, _digest(row, raw), kit_record.SOURCE, (arrival,))
    outcome = receiving.receive(store, delivery, actor, words=words, received_at=moment).outcomes[0]
    return outcome.survey_id if outcome.outcome in _IS_SETTLED else "", outcome.problems


def _table(
    store: connection.Store,
    row: Waiting,
    cells: Mapping[str, object],
    code: str,
    criteria: model.Criteria,
    today: dt.date,
) -> importing.Preview:
    """Read a row of a table once more, as a table of one row with another code.

    Raises
    ------
    audits.errors.RefusedError
        When the record is no row of a table that names its day.
    """
    for layout, chosen in held_twins.layouts(cells, held_twins.profiles_of(store)):
        day, column = layout.of("observed_on") or layout.constants.get("observed_on"), layout.of("code")
        # a profile without a column for the code leaves nowhere to put the new one
        if day and (column or chosen is None) and layout.measured:
            moved = {**cells, column.column if column else "code": code}
            feature = {"type": "Feature", "geometry": None, "properties": moved}
            # Empty ones stand before it, so that its problems name the line that it has in its file.
            features = [{**feature, "properties": {}}] * (row.line - 1) + [feature]
            content = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
            register = read.sites(store), read.elements(store)
            box = towns.read(store).area(register[0]) or positions.KHON_KAEN_SURROUNDINGS
            since = visit_days.first_day()
            seen = importing.preview(content, row.file_name, criteria, *register, today, chosen, box, since=since)
            own = [one for one in seen.rows if one.line == row.line]
            return dataclasses.replace(seen, file_sha256=_digest(row, code), rows=own)
    raise errors.RefusedError((NOT_A_ROW.at(row.file_name, code=code),))


def _moved(record: Any, before: str, code: str) -> Any:
    """Return a record of the kit in which every id of one site is one of another."""
    if isinstance(record, Mapping):
        return {_moved_id(str(key), before, code): _moved(value, before, code) for key, value in _ids(record, code)}
    if isinstance(record, list):
        return [_moved(each, before, code) for each in record]
    return record


def _ids(record: Mapping[str, object], code: str) -> Iterator[tuple[str, object]]:
    for key, value in record.items():
        if key == "site_code":
            yield key, code
        elif key == "element_id":
            # from the right, since a code may hold dots; a kind and a number hold none
            parts = str(value).rsplit(".", 2)
            yield key, ".".join((code, *parts[1:])) if len(parts) == 3 else value
        else:
            yield key, value


def _moved_id(name: str, before: str, code: str) -> str:
    # with the dot: KK-12 begins like KK-1
    return f"{code}{name.removeprefix(before)}" if name.startswith(f"{before}.") else name


def _digest(row: Waiting, content: str) -> str:
    # half a surrogate in a record has no UTF-8, and must not keep anybody from deciding
    return hashlib.sha256(f"{row.batch_id} {row.line} {content}".encode("utf-8", "backslashreplace")).hexdigest()
