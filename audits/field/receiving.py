"""Take in the records of any channel: nothing lost, nothing twice, a receipt for each."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from audits import errors, survey, wording
from audits.field import arrivals, held_twins, named_places, position_checks, visit_days
from audits.store.db import column_types, connection
from audits.store.photos import photos
from audits.store.surveys import attaching, quarantine, read, same_visit, submit, survey_checks

# A commit waits for the disk; many at once keep an import fast, and a crash loses at most these, to be sent again.
RECORDS_IN_ONE_TRANSACTION = 500
HELD = "held"
# Nobody has signed for a file that is only looked at.
REHEARSED_BY = "preview"

UNREADABLE_PHOTO = errors.ProblemKind(
    "RECEIVE-003", "The photo {name} cannot be read out of what was sent; send it again."
)

_SHA256 = re.compile(r"[0-9a-f]{64}")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record.

    Parameters
    ----------
    line
        Its place in the file.
    survey_id
        As it came; empty when it could not be read that far.
    outcome
        ``accepted``, ``correction``, ``same``, ``conflict`` or ``held``.
    number
        Receipt number; 0 when it was not taken in.
    problems
        Why it was held, or what is wrong with its photos or coarse in its position.
    missing_photos
        Names of photos that the record mentions and that have not come.
    """

    line: int
    survey_id: str
    outcome: str
    number: int = 0
    problems: tuple[errors.Problem, ...] = ()
    missing_photos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reception:
    """What became of a delivery; `batch` is the number under which its held records are kept."""

    file_name: str
    outcomes: tuple[Outcome, ...]
    batch: int

    def count(self, outcome: str) -> int:
        """Return the number of records with an outcome."""
        return sum(one.outcome == outcome for one in self.outcomes)

    @property
    def held(self) -> list[tuple[int, tuple[errors.Problem, ...]]]:
        """Line and reasons of each record held; those in conflict are not among them."""
        return [(one.line, one.problems) for one in self.outcomes if one.outcome == HELD]

    def as_record(self) -> dict[str, int]:
        """Return the counts for JSON."""
        names = ("accepted", "correction", "same", "conflict", HELD)
        missing = sum(len(one.missing_photos) for one in self.outcomes)
        return {**{name: self.count(name) for name in names}, "missing_photos": missing}


@dataclass
class _Open:
    """A record on its way in."""

    arrival: arrivals.Arrival
    evidence: list[attaching.Evidence] = field(default_factory=list)
    problems: list[errors.Problem] = field(default_factory=list)
    remarks: list[errors.Problem] = field(default_factory=list)
    attached: set[str] = field(default_factory=set)
    outcome: str = HELD
    number: int = 0

    def closed(self) -> Outcome:
        visit = self.arrival.survey
        missing = tuple(one.name for one in self.evidence if not one.sha256 and one.name not in self.attached)
        problems = (*self.problems, *self.remarks)
        survey_id = visit.survey_id if visit else ""
        return Outcome(self.arrival.line, survey_id, self.outcome, self.number, problems, missing)


def receive(
    store: connection.Store,
    delivery: arrivals.Delivery,
    actor: str,
    *,
    words: wording.Wording,
    received_at: dt.datetime | None = None,
    progress: Progress | None = None,
) -> Reception:
    """Take in a delivery; doing it again changes nothing.

    In a rehearsal of the store (:func:`audits.store.db.connection.rehearsal`) the outcomes are the same, and photos are
    neither opened nor kept. A photo that was sent before, alone or in another file, counts as come.

    Parameters
    ----------
    store
        An open store.
    delivery
        As it was read.
    actor
        Who brings it, for the audit log.
    words
        Language in which the reasons of held records are kept.
    received_at
        Instant; now when None.
    progress
        Called with the number of records done and their total.

    Returns
    -------
    Reception
        If it says accepted, correction or same, the record and the photos that came are on the disk.

    Raises
    ------
    audits.errors.StoreError
        If the store refuses to write; what was written before stays, and sending again goes on from there.
    """
    moment, since = column_types.instant(received_at), visit_days.first_day()
    register = position_checks.Register(read.sites(store))
    desk = _Desk(store, actor, words, moment, register, since, delivery.device_clock)
    outcomes, held, taken_in = list[Outcome](), list[quarantine.HeldRow](), dict[int, str]()
    new = list[survey.Survey]()
    for start in range(0, len(delivery.arrivals), RECORDS_IN_ONE_TRANSACTION):
        # photos come first: a record that is acknowledged has its photos on the disk, whatever happens after
        chunk = [desk.opened(each) for each in delivery.arrivals[start : start + RECORDS_IN_ONE_TRANSACTION]]
        desk.submit(chunk)
        desk.attach(chunk)
        for each in chunk:
            # In a table a question has the heading that stands there.
            if delivery.source != same_visit.WITHOUT_ID:
                each.problems = list(map(named_places.named, each.problems))
            outcomes.append(each.closed())
            if each.outcome == HELD:
                reasons = desk.reasons(each.problems)
                held += [quarantine.HeldRow(line, raw, reasons) for line, raw in each.arrival.rows]
            if each.arrival.survey and each.outcome in ("accepted", "correction"):
                new.append(each.arrival.survey)
            if each.number:
                taken_in.update(each.arrival.rows)
            if progress is not None:
                progress(len(outcomes), len(delivery.arrivals))
    # at the end, since what was held before is settled by what has come in now
    batch = desk.hold(delivery, held, taken_in)
    held_twins.settle(store, new, actor, moment, still_held={row.raw for row in held}, profile_used=delivery.profile)
    return Reception(delivery.file_name, tuple(outcomes), batch)


def rehearse(store: connection.Store, delivery: arrivals.Delivery, words: wording.Wording) -> Reception:
    """Say what would become of a delivery, and write nothing; raises as :func:`receive`."""
    with connection.rehearsal(store) as stage:
        return receive(stage, delivery, REHEARSED_BY, words=words)


@dataclass(frozen=True)
class _Desk:
    """Where the records of one delivery are taken in."""

    store: connection.Store
    actor: str
    words: wording.Wording
    moment: dt.datetime
    register: position_checks.Register
    since: dt.date
    device_clock: dt.datetime | None

    def opened(self, arrival: arrivals.Arrival) -> _Open:
        """Return a record with everything that forbids to take it in, its photos already on the disk."""
        opened = _Open(arrival, problems=list(arrival.problems))
        if arrival.survey is not None:
            opened.problems += self.untimely(arrival, arrival.survey)
            opened.problems += self.misplaced(arrival, arrival.survey)
        if arrival.survey is not None and not opened.problems:
            opened.remarks += self.register.notices(arrival.survey)
        for photo in arrival.attachments:
            # not even read: a photo that came counts as come
            if self.store.is_rehearsal and photo.content is not None:
                continue
            kept = attaching.Evidence(
                photo.name, "", photo.element_id, photo.quantity, photo.caption, photo.contains_person
            )
            opened.problems += survey_checks.unstorable(kept, photo.name)
            opened.evidence.append(replace(kept, sha256=self.photo(photo, opened)))
        return opened

    def misplaced(self, arrival: arrivals.Arrival, visit: survey.Survey) -> Iterable[errors.Problem]:
        """Return why the position cannot be; what was confirmed on the spot, or accepted before, is not asked again."""
        problems = tuple(self.register.problems(visit))
        if not problems or (arrival.is_place_confirmed and self.register.to_confirm(visit) is not None):
            return ()
        # The visit itself may have confirmed its site, which is then compared more strictly than before.
        before = submit.accepted_before(self.store, visit)
        return () if before is not None and submit.place_of(before) == submit.place_of(visit) else problems

    def untimely(self, arrival: arrivals.Arrival, visit: survey.Survey) -> Iterable[errors.Problem]:
        if visit.observed_at.tzinfo is None:
            return ()
        stated = (visit.survey_id, visit.observed_at, self.moment, self.since)
        return visit_days.problems(*stated, arrival.submitted_at, self.device_clock)

    def photo(self, photo: arrivals.Attachment, opened: _Open) -> str:
        """Keep the bytes of one photo and return its SHA-256; empty when they did not come or are no photo."""
        if photo.content is None:
            # A kit names its photos by their SHA-256 and sends them ahead of its records.
            before = photos.sent_before(self.store, photo.name) if _SHA256.fullmatch(photo.name) else None
            return before.sha256 if before else ""
        try:
            content = photo.content()
        # A damaged zip, a lost card or a broken line fails in many ways; one photo must not keep the others out.
        except Exception:
            opened.remarks.append(UNREADABLE_PHOTO.at(photo.name, name=photo.name))
            return ""
        try:
            return photos.keep(self.store, content, actor=self.actor, kept_at=self.moment).sha256
        except errors.RefusedError as refused:
            problems = [problem.kind.at(photo.name, **problem.values) for problem in refused.problems]
            opened.remarks += problems
            self.put_aside(photo.name, content, opened, problems)
            return ""

    def put_aside(self, name: str, content: bytes, opened: _Open, problems: Sequence[errors.Problem]) -> None:
        """Keep what is no photo, so that nothing is lost."""
        sha256 = quarantine.keep_file(self.store.workspace, content)
        survey_id = opened.arrival.survey.survey_id if opened.arrival.survey else ""
        raw = json.dumps({"photo": name, "survey_id": survey_id, "refused_file": sha256}, ensure_ascii=False)
        # a batch of its own, known by its bytes, so that it is held once however often it comes
        held = (quarantine.HeldRow(1, raw, self.reasons(problems)),)
        quarantine.hold(self.store, f"{survey_id} {name}", sha256, self.actor, held, 0, self.moment)

    def reasons(self, problems: Sequence[errors.Problem]) -> tuple[str, ...]:
        return tuple(map(self.words.problem, problems))

    def submit(self, chunk: Sequence[_Open]) -> None:
        sound = [(each, each.arrival.survey) for each in chunk if each.arrival.survey and not each.problems]
        with connection.writing(self.store) as records:
            receipts = submit.submit_all(records, [visit for _, visit in sound], self.actor, self.moment)
        for (each, _), receipt in zip(sound, receipts, strict=True):
            each.outcome = HELD if receipt.outcome == "refused" else receipt.outcome
            each.number = receipt.number
            each.problems += receipt.problems

    def attach(self, chunk: Sequence[_Open]) -> None:
        for each in chunk:
            if each.arrival.survey is not None and each.number and each.evidence:
                survey_id = each.arrival.survey.survey_id
                each.remarks += attaching.attach(self.store, survey_id, each.evidence, self.actor, self.moment)
                each.attached = attaching.attached(self.store, survey_id)

    def hold(self, delivery: arrivals.Delivery, held: Sequence[quarantine.HeldRow], taken_in: Mapping[int, str]) -> int:
        """Hold what was not taken in, and settle what was held before; return the number of the batch."""
        accepted = len(taken_in) + delivery.accepted_otherwise
        batch = quarantine.Batch(delivery.file_name, delivery.file_sha256, accepted)
        with connection.writing(self.store) as records:
            # held once, however often the same file comes
            rows = [row for row in held if not quarantine.held_before(records, row)]
            number = quarantine.hold_within(records, batch, rows, self.actor, self.moment)
            quarantine.settle_taken_in(records, delivery.file_sha256, taken_in, self.actor, self.moment)
        return number
