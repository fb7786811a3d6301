"""Read the survey that another one corrects: what an engineer asked of it, and what it answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app_pages import session
from app_pages.session import cache
from audits import survey, wording
from audits.reports import survey_report
from audits.store.surveys import read, reviews

Readings = tuple[tuple[float | None, str], ...]
"""Values of one answer, each with the reason where there is none."""


@dataclass(frozen=True)
class Corrected:
    """A survey as the reviewer of its correction needs it.

    Parameters
    ----------
    was_returned
        Whether an engineer had returned it.
    whole
        What was asked of the whole survey; empty for nothing.
    asked
        What was asked of single answers, by ``element|quantity``: name of the answer, and the note.
    answers, readings
        What it answered, in the reader's words and as values, by the same keys.
    photos
        Digests of its photos.
    """

    was_returned: bool = False
    whole: str = ""
    asked: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[str, Readings] = field(default_factory=dict)
    photos: frozenset[str] = frozenset()

    def is_new(self, sha256: str) -> bool:
        """Whether a photo of the correction was not there before; never where nothing is corrected."""
        return bool(self.answers) and sha256 not in self.photos

    def photo_label(self, sha256: str, label: str, words: wording.Wording) -> str:
        """Return the label of a photo of the correction, which says of a new one that it is new."""
        if not self.is_new(sha256):
            return label
        return words.text("New in this correction: {photo}", photo=label)

    def note_on(self, key: str) -> str:
        """Return the note on one answer; empty for none."""
        return self.asked.get(key, ("", ""))[1]

    def without_answer(self, keys: Iterable[str]) -> list[str]:
        """List the notes on answers that are not among these, each with the name of its answer."""
        given = set(keys)
        return [f"{name}: {note}" for key, (name, note) in self.asked.items() if key not in given]

    def value_text(self, key: str, words: wording.Wording) -> str:
        """Say what it answered, to stand beside the corrected answer; empty where nothing is corrected."""
        if not self.answers:
            return ""
        value = self.answers.get(key) or words.text("not answered")
        if self.was_returned:
            return words.text("in the survey that was returned: {value}", value=value)
        return words.text("in the survey that is corrected: {value}", value=value)


def of(context: session.Context, survey_id: str) -> Corrected:
    """Return the survey of this id, or an empty one when there is none."""
    surveys = cache.surveys(context.store)
    rows = surveys.loc[surveys["survey_id"] == survey_id].to_dict("records")
    if not (survey_id and rows):
        return Corrected()
    (row,), visit = rows, read.survey(context.store, survey_id)
    lines = survey_report.lines(visit, context.criteria, context.words)
    answers = {line.key: line.answer for line in lines}
    photos = frozenset(read.photos(context.store, survey_ids=[survey_id])["sha256"])
    if row["review"] != reviews.RETURNED:
        return Corrected(answers=answers, readings=readings(visit), photos=photos)
    notes = survey_report.notes(row["answer_notes"], context.criteria, context.words)
    asked = {"|".join(place): (name, note) for place, name, note in notes}
    whole = survey_report.whole_note(row["review_note"], row["answer_notes"], context.words)
    return Corrected(True, whole, asked, answers, readings(visit), photos)


def readings(visit: survey.Survey) -> dict[str, Readings]:
    """Return the values of each answer of a survey, by ``element|quantity``."""
    found: dict[str, Readings] = {}
    for one in visit.measurements:
        key = f"{one.element_id}|{one.quantity}"
        found[key] = (*found.get(key, ()), (one.value, one.not_measured_because))
    return found
