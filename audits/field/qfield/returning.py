"""Read the rows that come back from QField: each is one element on one visit, nothing dropped, nothing guessed."""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import json
import math
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from audits import errors, survey, wording
from audits.field import answer_sheet, answers, arrivals
from audits.field.qfield import layout, points, unpacking
from audits.field.tables import surveys_table
from audits.formats import cells, days
from audits.rules import model
from audits.store.surveys import survey_checks

SOURCE = "qfield"

NO_NUMBER = errors.ProblemKind(
    "QFIELD-101", "“{written}” is no record number; the phone fills it in, so add the point again there"
)
SAME_NUMBER = errors.ProblemKind(
    "QFIELD-102", "row {line} has the same record number, as a copied point has; survey this one as a new point"
)
NO_ELEMENT_NUMBER = errors.ProblemKind("QFIELD-103", "“{written}” numbers no element; write 1, 2, 3 … up to {most}")
UNKNOWN_REASON = errors.ProblemKind("QFIELD-104", "“{written}” is no reason that is known; use one of: {reasons}")
NO_PLACE = errors.ProblemKind("QFIELD-105", "the point cannot be read as a place in WGS 84 ({said}); set it again")
NOTHING_SAID = errors.ProblemKind(
    "QFIELD-106", "nothing was measured, photographed or noted here; delete the point, or fill it in"
)
NOT_A_MOMENT = errors.ProblemKind("QFIELD-107", "“{written}” is no day and time; write it as 2026-03-05 14:30")

COLUMNS_LEFT = errors.ProblemKind("QFIELD-N01", "columns that are not in the form were left alone: {columns}")

_NO = ("", "0", "false", "no")
_VISIT = ("uuid", "site_code", "element_kind", "element_number", "element_label", "surveyor", "observed_at")
_REST = (*layout.INSTRUMENTS, "accuracy_m", *layout.PHOTOS, "photo_has_person", "note")


@dataclass(frozen=True)
class _Register:
    """What a row is read against."""

    sites: gpd.GeoDataFrame
    elements: Mapping[str, survey.Element]
    book: model.Criteria
    questions: Mapping[str, frozenset[str]]
    today: dt.date
    form_version: str


@dataclass(frozen=True)
class _Record:
    """One row, and what is wrong with it so far."""

    row: unpacking.Row
    problems: list[errors.Problem]

    def written(self, column: str) -> str:
        return _written(self.row.cells.get(column)).strip()

    def refuse(self, kind: errors.ProblemKind, column: str, /, **values: object) -> None:
        self.problems.append(kind.at(f"row {self.row.line}, {column}", **values))


def is_qfield(content: bytes) -> bool:
    """Return whether a file is one that :func:`read` is meant for; it may still be damaged."""
    return unpacking.is_qfield(content)


def read(
    content: bytes,
    file_name: str,
    sites: gpd.GeoDataFrame,
    elements: pd.DataFrame,
    book: model.Criteria,
    today: dt.date,
) -> arrivals.Delivery:
    """Read a returned GeoPackage, or the whole folder as a zip with its photos; nothing is written.

    A time without zone is the phone's, in Bangkok.

    Parameters
    ----------
    content, file_name
        The file as it was sent.
    sites, elements
        The register, as :func:`audits.store.surveys.read.sites` and :func:`audits.store.surveys.read.elements` give it.
    book
        The criteria: units, ranges, instruments.
    today
        No visit is later.

    Raises
    ------
    RefusedError
        If the file as a whole cannot be trusted; see :func:`audits.field.qfield.unpacking.opened`.
    """
    returned = unpacking.opened(content, file_name)
    known = {
        str(element_id): survey.Element(str(element_id), str(kind), str(label))
        for element_id, kind, label in zip(elements.index, elements["kind"], elements["label"], strict=True)
    }
    questions = {
        kind: frozenset(one.quantity_id for one in model.questions(book, kind)) for kind in survey.ELEMENT_KINDS
    }
    register = _Register(sites, known, book, questions, today, returned.form_version or book.version)
    first_lines: dict[str, int] = {}
    unusual: dict[str, list[int]] = {}
    found = tuple(_arrival(row, returned, register, first_lines, unusual) for row in returned.rows)
    notices = (*_columns_left(returned, book, file_name), *_unusual(unusual))
    return arrivals.Delivery(file_name, hashlib.sha256(content).hexdigest(), SOURCE, found, notices)


def _arrival(
    row: unpacking.Row,
    returned: unpacking.Returned,
    register: _Register,
    first_lines: dict[str, int],
    unusual: dict[str, list[int]],
) -> arrivals.Arrival:
    record = _Record(row, [])
    survey_id, observed_at = _survey_id(record, first_lines), _observed_at(record, register.today)
    code, element, fix = _site(record, register), _element(record, register), _fix(record)
    if not record.written("surveyor"):
        record.refuse(surveys_table.NO_SURVEYOR, "surveyor")
    attachments = tuple(_attachments(record, element, returned))
    if element is None:
        return arrivals.Arrival(row.line, _raw(record), None, attachments, tuple(record.problems))
    sheet = _sheet(record, element, register)
    sheet.survey_id, sheet.site_code, sheet.fix = survey_id, code, fix
    # What was measured is read even where the time is wrong, so that all that is wrong is said at once.
    moment = observed_at or dt.datetime.combine(register.today, dt.time(), wording.BANGKOK)
    understood = answer_sheet.understood(
        sheet, {}, register.book, source=SOURCE, now=moment, form_version=register.form_version
    )
    record.problems.extend(understood.problems)
    for _, quantity in understood.unusual:
        unusual.setdefault(quantity, []).append(row.line)
    if not (sheet.answers[element.element_id] or sheet.note or attachments or record.problems):
        record.refuse(NOTHING_SAID, layout.LAYER)
    made = understood.survey if survey_id and observed_at else None
    return arrivals.Arrival(row.line, _raw(record), made, attachments, tuple(record.problems))


def _written(value: object) -> str:
    """Return a cell as text, a number with all its figures and never in scientific notation."""
    if isinstance(value, float) and math.isfinite(value) and not value.is_integer():
        return format(decimal.Decimal(repr(value)), "f")
    return cells.written(value)


def _survey_id(record: _Record, first_lines: dict[str, int]) -> str:
    written = record.written("uuid")
    try:
        number = f"uuid:{uuid.UUID(written)}"
    except ValueError:
        record.refuse(NO_NUMBER, "uuid", written=written)
        return ""
    first = first_lines.setdefault(number, record.row.line)
    if first != record.row.line:
        record.refuse(SAME_NUMBER, "uuid", line=first)
    return number


def _observed_at(record: _Record, today: dt.date) -> dt.datetime | None:
    written = record.written("observed_at")
    try:
        moment = dt.datetime.fromisoformat(written)
        moment = moment.replace(tzinfo=wording.BANGKOK) if moment.tzinfo is None else moment
        day = days.day(moment, today)
    except (ValueError, OverflowError):
        record.refuse(NOT_A_MOMENT, "observed_at", written=written)
        return None
    if isinstance(day, errors.ProblemKind):
        record.refuse(day, "observed_at", written=written)
        return None
    # A year of the Buddhist era has become one of the common era.
    return dt.datetime.combine(day, moment.astimezone(wording.BANGKOK).timetz())


def _site(record: _Record, register: _Register) -> str:
    code = record.written("site_code")
    if not code:
        record.refuse(survey_checks.EMPTY, "site_code")
    elif code not in register.sites.index:
        record.refuse(survey_checks.UNKNOWN_SITE, "site_code", code=code)
    return code


def _element(record: _Record, register: _Register) -> survey.Element | None:
    """Return the element that the row names: the registered one of that kind and number, else a new one."""
    kind, written = record.written("element_kind"), record.written("element_number")
    number = cells.count(written) if written else 1.0
    if kind not in survey.ELEMENT_KINDS:
        kinds = ", ".join(survey.ELEMENT_KINDS)
        record.refuse(surveys_table.UNKNOWN_ELEMENT_KIND, "element_kind", written=kind, kinds=kinds)
    if not isinstance(number, float) or not 1 <= number <= layout.MOST_ELEMENTS:
        record.refuse(NO_ELEMENT_NUMBER, "element_number", written=written, most=layout.MOST_ELEMENTS)
        return None
    if kind not in survey.ELEMENT_KINDS:
        return None
    element_id = f"{record.written('site_code')}.{kind}.{int(number)}"
    label = record.written("element_label")
    registered = register.elements.get(element_id)
    return survey.Element(element_id, kind, label or (registered.label if registered else ""))


def _fix(record: _Record) -> dict[str, float]:
    """Return where the surveyor stood; empty where no point was set."""
    accuracy_m = _accuracy_m(record)
    place = None
    try:
        if isinstance(record.row.geometry, bytes):
            place = points.unpacked(record.row.geometry)
        elif record.row.geometry is not None:
            raise ValueError(type(record.row.geometry).__name__)
    except ValueError as error:
        record.refuse(NO_PLACE, "geom", said=error)
    if place is None:
        return {}
    fix = {"longitude": place[0], "latitude": place[1]}
    return fix if accuracy_m is None else fix | {"accuracy_m": accuracy_m}


def _accuracy_m(record: _Record) -> float | None:
    written = record.written("accuracy_m")
    if not written:
        return None
    metres = cells.number(written)
    if isinstance(metres, float) and metres >= 0:
        return metres
    record.refuse(metres if isinstance(metres, errors.ProblemKind) else cells.NEGATIVE, "accuracy_m", written=written)
    return None


def _instruments(record: _Record, book: model.Criteria) -> dict[str, str]:
    chosen = {}
    for column, unit in layout.INSTRUMENTS.items():
        written = record.written(column)
        accepted = [key for key, one in book.instruments.items() if one.unit == unit]
        if written in accepted:
            chosen[unit] = written
        elif written:
            record.refuse(surveys_table.UNKNOWN_INSTRUMENT, column, written=written, instruments=", ".join(accepted))
    return chosen


def _sheet(record: _Record, element: survey.Element, register: _Register) -> answer_sheet.AnswerSheet:
    """Return what the row says of its one element; an answer that belongs to another kind is refused, not lost."""
    sheet = answer_sheet.AnswerSheet(
        "",
        "",
        surveyor=record.written("surveyor"),
        note=record.written("note"),
        answers={element.element_id: {}},
        added=[{"element_id": element.element_id, "kind": element.kind, "label": element.label}],
        length_unit="mm",
        instruments=_instruments(record, register.book),
    )
    filled = {name.partition("__")[0] for name in record.row.cells}
    for quantity in register.book.quantities.values():
        if quantity.quantity_id not in filled:
            continue
        written = (record.written(name) for name in layout.reading_names(quantity))
        reason = record.written(layout.reason_name(quantity.quantity_id))
        answer = answers.Answer(tuple(text for text in written if text), reason)
        if not (answer.texts or answer.reason):
            continue
        if quantity.quantity_id in register.questions[element.kind]:
            _check_reason(record, quantity.quantity_id, answer)
            sheet.set_answer(element.element_id, quantity.quantity_id, answer)
        else:
            values = {"quantity": quantity.quantity_id, "kind": element.kind}
            record.refuse(surveys_table.NOT_ON_ELEMENT, quantity.quantity_id, **values)
    return sheet


def _check_reason(record: _Record, quantity_id: str, answer: answers.Answer) -> None:
    if answer.reason and answer.reason not in survey.NOT_MEASURED_REASONS:
        known = ", ".join(survey.NOT_MEASURED_REASONS)
        record.refuse(UNKNOWN_REASON, layout.reason_name(quantity_id), written=answer.reason, reasons=known)
    elif answer.texts and answer.reason:
        record.refuse(survey_checks.REASON_TOO_MANY, quantity_id)


def _attachments(
    record: _Record, element: survey.Element | None, returned: unpacking.Returned
) -> Iterator[arrivals.Attachment]:
    # Anything but a clear no keeps the photo from being shown.
    person = record.written("photo_has_person").casefold() not in _NO
    for column in layout.PHOTOS:
        name = record.written(column)
        if name:
            yield arrivals.Attachment(
                name,
                element_id=element.element_id if element else "",
                contains_person=person,
                content=returned.photo(name),
            )


def _raw(record: _Record) -> str:
    kept: dict[str, object] = {"fid": record.row.line}
    for name, cell in record.row.cells.items():
        kept[name] = str(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell
    if isinstance(record.row.geometry, bytes):
        kept["geom"] = record.row.geometry.hex()
    return json.dumps(kept, ensure_ascii=False, default=str)


def _columns_left(returned: unpacking.Returned, book: model.Criteria, file_name: str) -> Iterator[errors.Problem]:
    known = {"fid", "geom", *_VISIT, *_REST}
    for quantity in layout.asked(book):
        known |= {*layout.reading_names(quantity), layout.reason_name(quantity.quantity_id)}
    filled = {name for row in returned.rows for name in row.cells}
    left = [name for name in returned.columns if name in filled - known]
    if left:
        yield COLUMNS_LEFT.at(file_name, columns=", ".join(left))


def _unusual(lines_of: Mapping[str, list[int]]) -> Iterator[errors.Problem]:
    for quantity, lines in lines_of.items():
        shown = ", ".join(map(str, lines[: surveys_table.SHOWN_LINES]))
        more = " …" if len(lines) > surveys_table.SHOWN_LINES else ""
        yield surveys_table.UNUSUAL.at(quantity, count=len(lines), lines=shown + more)
