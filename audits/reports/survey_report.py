"""Report one survey, answer by answer, in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from audits import survey, terms, wording
from audits.reports import site_report
from audits.rules import asked_quantity, model
from audits.store.surveys import reviews

# The form adds its unit to a bare figure; the figure stays as it was typed.
_UNIT_BEHIND = re.compile(r"(?<=[0-9]) ?(mm|cm|m|in|ft)\b")


@dataclass(frozen=True)
class AnswerLine:
    """One answer of a survey.

    Parameters
    ----------
    key
        ``element_id|quantity``, under which an engineer's note on it is kept.
    element, quantity
        Their names.
    answer
        Readings with their unit, or the reason for none; and the text as written, where it adds something.
    instrument
        With its uncertainty; empty when none was named.
    unusual
        Whether a reading is possible but unusual.
    confirmed
        Whether the surveyor was asked about a reading, and confirmed it.
    """

    key: str
    element: str
    quantity: str
    answer: str
    instrument: str
    unusual: bool
    confirmed: bool = False


def lines(visit: survey.Survey, criteria: model.Criteria, words: wording.Wording) -> list[AnswerLine]:
    """List the answers of a survey in the order in which they were given."""
    labels = {element.element_id: element for element in visit.elements}
    grouped: dict[tuple[str, str], list[survey.Measurement]] = {}
    for one in visit.measurements:
        grouped.setdefault((one.element_id, one.quantity), []).append(one)
    return [_line(readings, labels, criteria, words) for readings in grouped.values()]


def who(surveys: pd.DataFrame, words: wording.Wording) -> dict[str, str]:
    """Say of each survey who made it; of a correction by somebody else, who measured and who corrected, and when.

    A correction keeps the day on which the first survey measured.

    Parameters
    ----------
    surveys
        As :func:`audits.store.surveys.read.surveys` gives them, those corrected among them.
    words
        The reader's language.
    """
    columns = ("survey_id", "surveyor", "observed_at", "received_at", "supersedes")
    rows = {one[0]: one for one in zip(*(surveys[name] for name in columns), strict=True)}
    made = {name: str(surveyor) for name, surveyor, *_ in rows.values()}
    for name, surveyor, _, received_at, before in rows.values():
        first = before
        # back along the corrections, to the visit that measured
        while first in rows and rows[first][-1] in rows:
            first = rows[first][-1]
        if first in rows and survey.person(made[first]) != survey.person(surveyor):
            made[name] = words.text(
                "measured by {measured} on {measured_on}, corrected by {corrected} on {corrected_on}",
                measured=made[first],
                measured_on=words.day(wording.local_day(rows[first][2])),
                corrected=surveyor,
                corrected_on=words.day(wording.local_day(received_at)),
            )
    return made


def notes(
    answer_notes: str, criteria: model.Criteria, words: wording.Wording, *, as_asked: bool = False
) -> list[tuple[tuple[str, str], str, str]]:
    """List an engineer's notes on single answers, each with ids of element and quantity, and the name of its answer.

    A note also asks for the photo that is to be taken again, and stands where the engineer wrote nothing else.

    Parameters
    ----------
    answer_notes
        JSON, as :func:`audits.store.surveys.read.surveys` gives it; may be empty.
    criteria
        The criteria.
    words
        The reader's language.
    as_asked
        Name an answer by the question of the forms, by which a surveyor finds it again.
    """
    found = []
    written, photos = reviews.asked_for(answer_notes)
    # sorted, since a set has another order in each process
    again = dict.fromkeys(sorted((photos or frozenset()) - {reviews.WHOLE}), words.text("photograph again"))
    for key in dict.fromkeys((*written, *again)):
        note = " · ".join(filter(None, (written.get(key), again.get(key))))
        element_id, _, quantity_id = key.partition("|")
        quantity = criteria.quantities.get(quantity_id)
        named = quantity and (quantity.question if as_asked else quantity.name)
        name = words.name(named) if named else quantity_id
        found.append(((element_id, quantity_id), f"{name} ({terms.element(element_id).write(words)})", note))
    return found


def whole_note(review_note: str, answer_notes: str, words: wording.Wording) -> str:
    """Return an engineer's note on the whole survey, and that the whole is to be photographed again.

    Parameters
    ----------
    review_note, answer_notes
        As :func:`audits.store.surveys.read.surveys` gives them.
    words
        The reader's language.
    """
    _, photos = reviews.asked_for(answer_notes)
    again = words.text("photograph again") if reviews.WHOLE in (photos or ()) else ""
    return " · ".join(filter(None, (review_note, again)))


def _line(
    readings: list[survey.Measurement],
    labels: Mapping[str, survey.Element],
    criteria: model.Criteria,
    words: wording.Wording,
) -> AnswerLine:
    first = readings[0]
    quantity = criteria.quantities.get(first.quantity)
    element = labels.get(first.element_id)
    title = (
        site_report.element_title(element.element_id, element.kind, element.label, words)
        if element
        else first.element_id
    )
    values = [one.value for one in readings if one.value is not None]
    # a question of older criteria has no usual range any more
    least, most = quantity.usual if quantity else (float("-inf"), float("inf"))
    return AnswerLine(
        key=f"{first.element_id}|{first.quantity}",
        element=title,
        quantity=words.name(quantity.name) if quantity else first.quantity,
        answer="; ".join(_answers(readings, quantity, criteria.units.length, words)),
        instrument=_instrument(first, criteria, words) if values else "",
        unusual=any(not least <= value <= most for value in values),
        confirmed=any(one.as_written.endswith(f" {survey.CONFIRMED}") for one in readings),
    )


def _answers(
    readings: list[survey.Measurement], quantity: model.Quantity | None, length: str, words: wording.Wording
) -> Iterator[str]:
    """Word the readings of one answer, lengths in the unit of the forms."""
    asked, factor = asked_quantity.in_unit(quantity, length) if quantity else (None, 1.0)
    for one in readings:
        if one.value is None:
            yield words.text("not measured: {reason}", reason=words.text(terms.NOT_MEASURED[one.not_measured_because]))
        elif asked is None:
            yield f"{one.value:g}"
        else:
            shown = site_report.quantity_text(one.value * factor, asked, words)
            written = _UNIT_BEHIND.sub(lambda found: f" {words.text(terms.UNIT[found[1]])}", one.as_written)
            more = written not in ("", shown) and asked.kind not in ("yes_no", "count")
            yield words.text("{value}, written “{written}”", value=shown, written=written) if more else shown


def _instrument(one: survey.Measurement, criteria: model.Criteria, words: wording.Wording) -> str:
    kind, _, device = one.instrument.partition("/")
    named = criteria.instruments.get(kind)
    if named is None or named.unit in ("yes_no", "count"):
        return ""
    name = words.name(named.name) + (f" {device}" if device else "")
    quantity = criteria.quantities.get(one.quantity)
    _, factor = asked_quantity.in_unit(quantity, criteria.units.length) if quantity else (None, 1.0)
    return f"{name} ± {words.number(one.uncertainty * factor, 2)}" if one.uncertainty else name
