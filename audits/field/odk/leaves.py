"""Turn a submission of the phone form into a survey."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from audits import errors, survey, wording
from audits.field import answer_sheet, arrivals, doubts
from audits.field import answers as typed
from audits.field import known as known_room
from audits.field.odk import leaf_checks, names, submissions
from audits.rules import model

NOTHING_ANSWERED = errors.ProblemKind("ODK-019", "Nothing was measured and no photo was taken.")
BAD_INSTANT = errors.ProblemKind("ODK-020", "“{written}” is no day and time; check the clock of the phone.")
NO_INSTANT = errors.ProblemKind("ODK-021", "The time of the visit is missing; find out the day.")
BAD_PLACE = errors.ProblemKind("ODK-022", "“{written}” is no position on the earth.")

# a submission does not say in which of its two languages the form was filled in
_THAI = wording.Wording("th")


def read(sent: submissions.Submission, known: known_room.Known, source: str) -> arrivals.Arrival:
    """Read a submission of a source, ``odk`` or ``kobo``; nothing is raised, faults become problems."""
    observed_at, untimely = _observed_at(sent, known.now)
    position, displaced = _position(sent.leaves.get(names.PLACE, ""), sent.where)
    sheet = _sheet(sent, known.criteria, observed_at, position)
    photos = tuple(_every_photo(sent))
    # The version of a form ends in that of the criteria, after a blank.
    version = sent.leaves.get(names.CRITERIA_VERSION) or sent.form_version.rpartition(" ")[2] or source
    understood = answer_sheet.understood(
        sheet, {}, known.criteria, source=source, now=known.now, form_version=version, devices=known.devices
    )
    problems = [fault.at(sent.where) for fault in sent.faults]
    problems += [*leaf_checks.problems(sent.leaves, sent.where, known), *untimely, *displaced]
    problems += [one.kind.at(f"{sent.where}, {one.where}", **one.values) for one in understood.problems]
    elsewhere = understood.survey.place in (survey.MOVED, survey.NOT_FOUND)
    if not understood.survey.measurements and not photos and not elsewhere:
        problems.append(NOTHING_ANSWERED.at(sent.where))
    root_id = sent.root_id or known.root_of(sent.edited or sent.survey_id)
    visit = replace(understood.survey, root_id=root_id) if sent.survey_id else None
    # A form that is older than its own end was begun under another clock.
    taken_in = sent.submitted_at or submissions.instant(sent.leaves.get(names.END, ""))
    is_confirmed = sent.leaves.get(names.PLACE_CONFIRMED) == names.YES
    return arrivals.Arrival(sent.line, sent.raw, visit, photos, tuple(problems), taken_in, is_confirmed)


def _sheet(
    sent: submissions.Submission, criteria: model.Criteria, observed_at: dt.datetime, position: dict[str, float]
) -> answer_sheet.AnswerSheet:
    answered = sent.leaves
    sheet = answer_sheet.AnswerSheet(
        survey_id=sent.survey_id,
        site_code=answered.get(names.SITE, ""),
        surveyor=answered.get(names.SURVEYOR, ""),
        note=answered.get(names.NOTE, ""),
        fix=position,
        place=answered.get(names.PLACE_FOUND, ""),
        length_unit=_known_unit(answered, names.LENGTH_UNIT, (criteria.units.length, *names.LENGTH_UNITS)),
        slope_unit=_known_unit(answered, names.SLOPE_UNIT, names.SLOPE_UNITS),
        instruments=_instruments(answered),
        observed_at=observed_at.isoformat(),
    )
    located_at = submissions.instant(answered.get(names.LOCATED_AT, "")) if position else None
    sheet.located_at = located_at.isoformat() if located_at else ""
    for kind in leaf_checks.kinds(answered):
        element_id = _element_id(answered, kind)
        label = answered.get(names.of_element(kind, names.LABEL), "")
        sheet.added.append({"element_id": element_id, "kind": kind, "label": label})
        sheet.answers[element_id] = {}
        for quantity in model.questions(criteria, kind):
            answer = _answer(answered, kind, quantity, sheet.units)
            if answer is not None:
                sheet.set_answer(element_id, quantity.quantity_id, answer)
    return sheet


def _known_unit(answered: Mapping[str, str], leaf: str, units: Sequence[str]) -> str:
    """Return the unit chosen, or the usual one for an unknown unit, which holds the record anyway."""
    return answered[leaf] if answered.get(leaf) in units else units[0]


def _element_id(answered: Mapping[str, str], kind: str) -> str:
    return f"{answered.get(names.SITE, '')}.{kind}.{leaf_checks.number(answered, kind)}"


def delivery(
    sent: Iterable[submissions.Submission],
    known: known_room.Known,
    *,
    source: str,
    file_name: str,
    file_sha256: str,
    notices: Sequence[errors.Problem] = (),
    device_clock: dt.datetime | None = None,
) -> arrivals.Delivery:
    """Return all that one file or one request brought, read.

    Parameters
    ----------
    sent
        The submissions, in order.
    known, source
        See :func:`read`.
    file_name, file_sha256, notices, device_clock
        See :class:`audits.field.arrivals.Delivery`.
    """
    read_all = tuple(read(one, known, source) for one in sent)
    visits = [one.survey for one in read_all if one.survey is not None and not one.problems]
    new = arrivals.new_elements(visits, set(known.elements.index), file_name)
    return arrivals.Delivery(file_name, file_sha256, source, read_all, (*notices, *new), device_clock=device_clock)


def _observed_at(sent: submissions.Submission, now: dt.datetime) -> tuple[dt.datetime, list[errors.Problem]]:
    for leaf in (names.START, names.END):
        written = sent.leaves.get(leaf, "")
        found = submissions.instant(written) if written else None
        if written and found is None:
            return now, [BAD_INSTANT.at(f"{sent.where}, {leaf}", written=written)]
        if found is not None:
            return found, []
    return (sent.submitted_at, []) if sent.submitted_at else (now, [NO_INSTANT.at(sent.where)])


def _position(written: str, where: str) -> tuple[dict[str, float], list[errors.Problem]]:
    if not written:
        return {}, []
    wrong = [BAD_PLACE.at(f"{where}, {names.PLACE}", written=written)]
    try:
        figures = [float(part) for part in written.split()]
    except ValueError:
        return {}, wrong
    if not 2 <= len(figures) <= 4 or not all(math.isfinite(figure) for figure in figures):
        return {}, wrong
    latitude, longitude, _, accuracy_m = [*figures, 0.0, 0.0][:4]
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180) or accuracy_m < 0:
        return {}, wrong
    # an accuracy of 0 is what a point set by hand has
    known_accuracy = {"accuracy_m": accuracy_m} if accuracy_m else {}
    return {"latitude": latitude, "longitude": longitude, **known_accuracy}, []


def _instruments(answered: Mapping[str, str]) -> dict[str, str]:
    chosen = {}
    for unit, instrument, device in (
        ("percent", names.SLOPE_INSTRUMENT, names.SLOPE_DEVICE),
        ("mm", names.LENGTH_INSTRUMENT, names.LENGTH_DEVICE),
    ):
        name, code = answered.get(instrument, ""), answered.get(device, "")
        if name and name != names.NO_INSTRUMENT:
            chosen[unit] = f"{name}/{code}" if code else name
    return chosen


def _answer(
    answered: Mapping[str, str], kind: str, quantity: model.Quantity, units: typed.Units
) -> typed.Answer | None:
    quantity_id = quantity.quantity_id
    why = answered.get(names.part(kind, quantity_id, names.WHY), "")
    if quantity.unit == "yes_no":
        found = answered.get(names.of_element(kind, quantity_id), "")
        texts = [found] if found and found != names.CANNOT else []
        # “cannot be determined” is a reason by itself, should no other come with it
        why = why or ("other" if found == names.CANNOT else "")
    else:
        numbers = range(1, quantity.readings + 1)
        texts = [text for number in numbers if (text := _reading(answered, kind, quantity_id, number, units))]
    return typed.Answer(tuple(texts), why) if texts or why else None


def _reading(answered: Mapping[str, str], kind: str, quantity_id: str, number: int, units: typed.Units) -> str:
    """Return one reading as text: the figure as it was meant, or rise and length along the slope."""
    figure = answered.get(names.part(kind, quantity_id, number), "")
    rise, along, meant = (
        answered.get(names.beside(kind, quantity_id, number, what), "")
        for what in (names.RISE, names.ALONG, names.MEANT)
    )
    if rise or along:
        return typed.rise_and_length(rise, along, units, _THAI)
    if not (figure and meant):
        return figure
    return doubts.confirmed(figure if meant == names.RIGHT else doubts.Reading(figure, meant, math.nan).text)


def _every_photo(sent: submissions.Submission) -> Iterator[arrivals.Attachment]:
    """Yield the photos that the answers name, then any other that came."""
    named = set()
    for kind in leaf_checks.kinds(sent.leaves):
        for photo in _photos(sent, kind, _element_id(sent.leaves, kind)):
            named |= {photo.name, arrivals.folded(photo.name)}
            yield photo
    alike = arrivals.by_folded_name(sent.attachments)
    for name, content in sent.attachments.items():
        if name == names.AUDIT_FILE:
            continue
        # One whose name differs in its case only has come with the answer that names it.
        if name not in named and not (arrivals.folded(name) in named and arrivals.folded(name) in alike):
            # what it shows is unknown
            yield arrivals.Attachment(name, contains_person=True, content=content)


def _photos(sent: submissions.Submission, kind: str, element_id: str) -> Iterator[arrivals.Attachment]:
    # without a clear no, a person may be in it
    alike = arrivals.by_folded_name(sent.attachments)
    person = sent.leaves.get(names.of_element(kind, names.PERSON), "") != names.NO
    for number in names.PHOTOS:
        name = sent.leaves.get(names.part(kind, names.PHOTO, number), "")
        if name:
            content = sent.attachments.get(name) or sent.attachments.get(alike.get(arrivals.folded(name), ""))
            yield arrivals.Attachment(name, element_id, contains_person=person, content=content)
