"""Take in what came back from the field, whatever the channel: nothing lost, nothing twice, a receipt for each."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import geopandas as gpd

from audits import errors, survey, wording
from audits.field import arrivals
from audits.store.db import column_types, connection
from audits.store.photos import photos
from audits.store.surveys import attaching, quarantine, read, submit, survey_checks
from layers import distance

RECORDS_IN_ONE_TRANSACTION = 100
REACH_M = 100.0
CLOCK_SLACK = dt.timedelta(hours=24)
HELD = "held"

IN_THE_FUTURE = errors.ProblemKind(
    "RECEIVE-001", "The visit is dated {written}, which is still to come; check the clock of the device."
)
UNREADABLE_PHOTO = errors.ProblemKind(
    "RECEIVE-003", "The photo {name} cannot be read out of what was sent; send it again."
)
TOO_FAR = errors.ProblemKind(
    "RECEIVE-002", "The record was made {metres} m from {code}; check whether the right site was chosen."
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
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
        Why it was held, or what is wrong with its photos.
    missing_photos
        Names of photos that the record tells of and that have not come.
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
        """Return how many records came out so."""
        return sum(one.outcome == outcome for one in self.outcomes)

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
    photo_problems: list[errors.Problem] = field(default_factory=list)
    attached: set[str] = field(default_factory=set)
    outcome: str = HELD
    number: int = 0


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

    Parameters
    ----------
    store
        An open store.
    delivery
        As it was read.
    actor
        Who brings it, for the ledger.
    words
        Language in which the reasons of held records are kept.
    received_at
        Instant; now when None.
    progress
        Called with the number of records done and their total.

    Returns
    -------
    Reception
        When it says accepted, correction or same, the record and the photos that came are on the disk.

    Raises
    ------
    audits.errors.StoreError
        When the store refuses to write; what was written before stays, and sending again goes on from there.
    """
    moment = column_types.instant(received_at)
    sites = read.sites(store)
    total, done = len(delivery.arrivals), itertools.count(1)
    finished: list[_Open] = []
    for chunk in _chunks(delivery.arrivals):
        opened = [_opened(store, each, sites, actor, words, moment) for each in chunk]
        _submit(store, opened, actor, moment)
        _attach(store, opened, actor, moment)
        finished += opened
        for _ in opened:
            if progress is not None:
                progress(next(done), total)
    batch = _hold(store, delivery, finished, actor, words, moment)
    return Reception(delivery.file_name, tuple(_outcome(each) for each in finished), batch)


def _chunks(records: Sequence[arrivals.Arrival]) -> Iterable[Sequence[arrivals.Arrival]]:
    for start in range(0, len(records), RECORDS_IN_ONE_TRANSACTION):
        yield records[start : start + RECORDS_IN_ONE_TRANSACTION]


def _opened(
    store: connection.Store,
    arrival: arrivals.Arrival,
    sites: gpd.GeoDataFrame,
    actor: str,
    words: wording.Wording,
    moment: dt.datetime,
) -> _Open:
    """Return a record with everything that forbids to take it in, its photos already on the disk."""
    opened = _Open(arrival, problems=list(arrival.problems))
    if arrival.survey is not None:
        opened.problems += _unlikely(arrival.survey, sites, moment)
    for photo in arrival.attachments:
        kept = attaching.Evidence(
            photo.name, "", photo.element_id, photo.quantity, photo.caption, photo.contains_person
        )
        opened.problems += survey_checks.unstorable(kept, photo.name)
        content = _content(photo, opened)
        if content is not None:
            kept = replace(kept, sha256=_kept(store, photo.name, content, opened, actor, words, moment))
        opened.evidence.append(kept)
    return opened


def _unlikely(visit: survey.Survey, sites: gpd.GeoDataFrame, moment: dt.datetime) -> Iterable[errors.Problem]:
    if visit.observed_at.tzinfo is not None and visit.observed_at > moment + CLOCK_SLACK:
        yield IN_THE_FUTURE.at(visit.survey_id, written=visit.observed_at.isoformat())
    if visit.site_code not in sites.index or visit.latitude is None or visit.longitude is None:
        return
    if not (abs(visit.latitude) <= 90 and abs(visit.longitude) <= 180):
        return
    site = sites.loc[visit.site_code]
    # Only a confirmed position can tell that somebody stood elsewhere; presumed ones are off by hundreds of metres.
    if site["position_status"] != "confirmed" or site["geometry"] is None:
        return
    metres = distance.metres_between(visit.longitude, visit.latitude, site["geometry"].x, site["geometry"].y)
    known_to_m = float(site["position_accuracy_m"]) if site["position_accuracy_m"] > 0 else 0.0
    if metres > REACH_M + known_to_m + (visit.accuracy_m or 0.0):
        yield TOO_FAR.at(visit.survey_id, metres=round(metres), code=visit.site_code)


def _content(photo: arrivals.Attachment, opened: _Open) -> bytes | None:
    try:
        return None if photo.content is None else photo.content()
    # A damaged zip, a lost card or a broken line fails in many ways; one photo must not keep the others out.
    except Exception:
        opened.photo_problems.append(UNREADABLE_PHOTO.at(photo.name, name=photo.name))
        return None


def _kept(
    store: connection.Store,
    name: str,
    content: bytes,
    opened: _Open,
    actor: str,
    words: wording.Wording,
    moment: dt.datetime,
) -> str:
    """Keep the bytes of one photo and return its SHA-256; what is no photo is kept aside, so that nothing is lost."""
    try:
        return photos.keep(store, content, actor=actor, kept_at=moment).sha256
    except errors.RefusedError as refused:
        problems = [problem.kind.at(name, **problem.values) for problem in refused.problems]
        opened.photo_problems += problems
        sha256 = quarantine.keep_file(store.workspace, content)
        survey_id = opened.arrival.survey.survey_id if opened.arrival.survey else ""
        raw = json.dumps({"photo": name, "survey_id": survey_id, "refused_file": sha256}, ensure_ascii=False)
        reasons = tuple(words.problem(problem) for problem in problems)
        quarantine.hold(store, f"{survey_id} {name}", sha256, actor, (quarantine.HeldRow(1, raw, reasons),), 0, moment)
        return ""


def _submit(store: connection.Store, opened: Sequence[_Open], actor: str, moment: dt.datetime) -> None:
    with connection.writing(store) as records:
        for each in opened:
            if each.arrival.survey is None or each.problems:
                continue
            receipt = submit.submit_within(records, each.arrival.survey, actor, moment)
            each.outcome = HELD if receipt.outcome == "refused" else receipt.outcome
            each.number = receipt.number
            each.problems += receipt.problems


def _attach(store: connection.Store, opened: Sequence[_Open], actor: str, moment: dt.datetime) -> None:
    for each in opened:
        if each.arrival.survey is not None and each.number and each.evidence:
            survey_id = each.arrival.survey.survey_id
            each.photo_problems += attaching.attach(store, survey_id, each.evidence, actor, moment)
            each.attached = attaching.attached(store, survey_id)


def _hold(
    store: connection.Store,
    delivery: arrivals.Delivery,
    finished: Sequence[_Open],
    actor: str,
    words: wording.Wording,
    moment: dt.datetime,
) -> int:
    rows = [
        quarantine.HeldRow(each.arrival.line, each.arrival.raw, tuple(words.problem(one) for one in each.problems))
        for each in finished
        if each.outcome == HELD
    ]
    taken_in = {each.arrival.line: each.arrival.raw for each in finished if each.number}
    accepted = len(taken_in) + delivery.accepted_otherwise
    batch = quarantine.Batch(delivery.file_name, delivery.file_sha256, accepted)
    with connection.writing(store) as records:
        rows = [row for row in rows if not quarantine.held_before(records, row)]
        number = quarantine.hold_within(records, batch, rows, actor, moment)
        quarantine.settle_taken_in(records, delivery.file_sha256, taken_in, actor, moment)
    return number


def _outcome(each: _Open) -> Outcome:
    visit = each.arrival.survey
    missing = tuple(photo.name for photo in each.evidence if not photo.sha256 and photo.name not in each.attached)
    problems = (*each.problems, *each.photo_problems)
    return Outcome(each.arrival.line, visit.survey_id if visit else "", each.outcome, each.number, problems, missing)
