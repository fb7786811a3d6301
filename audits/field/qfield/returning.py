"""Read the rows that come back from QField, each one element on one visit."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from audits import errors, survey, terms, wording
from audits.field import answer_sheet, answers, arrivals, doubts
from audits.field import known as known_room
from audits.field.qfield import layout, unpacking
from audits.field.tables import surveys_table
from audits.formats import cells, days
from audits.rules import model
from audits.store.surveys import survey_checks

SOURCE = "qfield"
# of the columns: a package made before the municipality changed its unit comes back too
LENGTH_UNITS = ("mm", "cm", "m")

NO_NUMBER = errors.ProblemKind(
    "QFIELD-101", "“{written}” is no record number; the phone fills it in, so add the point again there"
)
SAME_NUMBER = errors.ProblemKind(
    "QFIELD-102", "row {line} has the same record number, as a copied point has; survey this one as a new point"
)
NO_ELEMENT_NUMBER = errors.ProblemKind("QFIELD-103", "“{written}” numbers no element; write 1, 2, 3 … up to {most}")
UNKNOWN_REASON = errors.ProblemKind("QFIELD-104", "“{written}” is no reason that is known; use one of: {reasons}")
NO_PLACE = errors.ProblemKind("QFIELD-105", "the point cannot be read as a place in WGS 84 ({reason}); set it again")
NO_ANSWER = errors.ProblemKind(
    "QFIELD-106", "nothing was measured, photographed or noted here; delete the point, or fill it in"
)
NOT_A_MOMENT = errors.ProblemKind("QFIELD-107", "“{written}” is no day and time; write it as 2026-03-05 14:30")

_NO = ("", "0", "false", "no")
_VISIT = (
    "uuid",
    "site_code",
    "place_found",
    "element_kind",
    "element_number",
    "element_label",
    "surveyor",
    "observed_at",
)
_REST = (*layout.INSTRUMENTS, "accuracy_m", "located_at", *layout.PHOTOS, layout.SURE, "photo_has_person", "note")


def read(content: bytes, file_name: str, known: known_room.Known) -> arrivals.Delivery:
    """Read a returned GeoPackage, or the whole folder as a zip with its photos; nothing is written.

    A time without zone is the phone's, in the town's zone.

    Parameters
    ----------
    content, file_name
        The file as it was sent.
    known
        Register and criteria; no visit is later than its day.

    Raises
    ------
    audits.errors.RefusedError
        If the file as a whole cannot be trusted; see :func:`audits.field.qfield.unpacking.opened`.
    """
    trip = _Trip(unpacking.opened(content, file_name), known)
    found = tuple(_Record(row, trip).arrival() for row in trip.returned.rows)
    taken = [one.survey for one in found if one.survey is not None and not one.problems]
    new = arrivals.new_elements(taken, set(known.elements.index), file_name)
    notices = (*surveys_table.unusual_values(trip.unusual, known.criteria), *new)
    digest, left = hashlib.sha256(content).hexdigest(), trip.columns_left()
    return arrivals.Delivery(file_name, digest, SOURCE, found, notices, unused_columns=left)


@dataclass
class _Trip:
    """What came back, what its rows are read against, and what was met so far."""

    returned: unpacking.Returned
    known: known_room.Known
    first_lines: dict[str, int] = field(default_factory=dict)
    unusual: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.labels = dict(zip(self.known.elements.index, self.known.elements["label"], strict=True))
        self.questions = {
            kind: frozenset(one.quantity_id for one in model.questions(self.known.criteria, kind))
            for kind in survey.ELEMENT_KINDS
        }

    def columns_left(self) -> tuple[str, ...]:
        ours = {"fid", "geom", *_VISIT, *_REST}
        for quantity in layout.asked(self.known.criteria):
            names = (name for unit in LENGTH_UNITS for name in layout.reading_names(quantity, unit))
            ours |= {*names, layout.reason_name(quantity.quantity_id)}
        filled = {name for row in self.returned.rows for name in row.cells}
        return tuple(name for name in self.returned.columns if name in filled - ours)


@dataclass
class _Record:
    """One row, and what is wrong with it so far."""

    row: unpacking.Row
    trip: _Trip
    problems: list[errors.Problem] = field(default_factory=list)

    def arrival(self) -> arrivals.Arrival:
        known = self.trip.known
        survey_id, observed_at = self.survey_id(), self.observed_at()
        code, element, fix = self.site_code(), self.element(), self.fix()
        if not self.written("surveyor"):
            self.refuse(surveys_table.NO_SURVEYOR, "surveyor")
        photos = tuple(self.photos(element))
        if element is None:
            return arrivals.Arrival(self.row.line, self.raw(), None, photos, tuple(self.problems))
        sheet = self.sheet(element)
        sheet.survey_id, sheet.site_code, sheet.fix, sheet.place = survey_id, code, fix, self.place()
        sheet.located_at = self.located_at() if fix else ""
        # What was measured is read even where the time is wrong, so that every fault is reported at once.
        moment = observed_at or dt.datetime.combine(known.today, dt.time(), wording.local_zone())
        version = self.trip.returned.form_version or known.criteria.version
        # without the register: a row speaks of its one element, which it names itself
        understood = answer_sheet.understood(sheet, {}, known.criteria, source=SOURCE, now=moment, form_version=version)
        self.problems.extend(understood.problems)
        for _, quantity in understood.unusual:
            self.trip.unusual.setdefault(quantity, []).append(self.row.line)
        elsewhere = sheet.place in (survey.MOVED, survey.NOT_FOUND)
        if not (sheet.answers[element.element_id] or sheet.note or photos or elsewhere or self.problems):
            self.refuse(NO_ANSWER, layout.LAYER)
        visit = understood.survey if survey_id and observed_at else None
        return arrivals.Arrival(self.row.line, self.raw(), visit, photos, tuple(self.problems))

    def written(self, column: str) -> str:
        return cells.written(self.row.cells.get(column)).strip()

    def refuse(self, kind: errors.ProblemKind, column: str, /, **values: object) -> None:
        self.problems.append(kind.at(f"row {self.row.line}, {column}", **values))

    def survey_id(self) -> str:
        written = self.written("uuid")
        try:
            # through UUID, since braces and capitals make no other number
            number = f"uuid:{uuid.UUID(written)}"
        except ValueError:
            self.refuse(NO_NUMBER, "uuid", written=written)
            return ""
        # the first row keeps the number; only the copies of its point are held
        first = self.trip.first_lines.setdefault(number, self.row.line)
        if first != self.row.line:
            self.refuse(SAME_NUMBER, "uuid", line=first)
        return number

    def observed_at(self) -> dt.datetime | None:
        written = self.written("observed_at")
        try:
            moment = dt.datetime.fromisoformat(written)
            moment = moment.replace(tzinfo=wording.local_zone()) if moment.tzinfo is None else moment
            day = days.day(moment, self.trip.known.today)
        except ValueError:
            day = NOT_A_MOMENT
        if isinstance(day, errors.ProblemKind):
            self.refuse(day, "observed_at", written=written)
            return None
        # A year of the Buddhist era has become one of the common era.
        return dt.datetime.combine(day, moment.astimezone(wording.local_zone()).timetz())

    def located_at(self) -> str:
        """Return the instant of the position, which the satellites give; empty where the point was set by hand."""
        try:
            moment = dt.datetime.fromisoformat(self.written("located_at"))
        except ValueError:
            return ""
        return (moment if moment.tzinfo else moment.replace(tzinfo=wording.local_zone())).isoformat()

    def site_code(self) -> str:
        code = self.written("site_code")
        if not code:
            self.refuse(survey_checks.EMPTY, "site_code")
        elif code not in self.trip.known.sites.index:
            self.refuse(survey_checks.UNKNOWN_SITE, "site_code", code=code)
        return code

    def element(self) -> survey.Element | None:
        """Return the element that the row names: the registered one of that kind and number, else a new one."""
        kind, written = self.written("element_kind"), self.written("element_number")
        # whoever sees only one of its kind need not number it
        number = cells.count(written) if written else 1.0
        if kind not in survey.ELEMENT_KINDS:
            kinds = ", ".join(survey.ELEMENT_KINDS)
            self.refuse(surveys_table.UNKNOWN_ELEMENT_KIND, "element_kind", written=kind, kinds=kinds)
        if not isinstance(number, float) or not 1 <= number <= layout.MOST_ELEMENTS:
            self.refuse(NO_ELEMENT_NUMBER, "element_number", written=written, most=layout.MOST_ELEMENTS)
        elif kind in survey.ELEMENT_KINDS:
            element_id = f"{self.written('site_code')}.{kind}.{int(number)}"
            label = self.written("element_label") or str(self.trip.labels.get(element_id, ""))
            return survey.Element(element_id, kind, label)
        return None

    def place(self) -> str:
        """Return whether the site is where the register has it; empty where that was not answered."""
        written = self.written("place_found")
        if written and written not in survey.PLACES:
            self.refuse(survey_checks.UNKNOWN_PLACE, "place_found", place=written, places=", ".join(survey.PLACES))
            return ""
        return written

    def fix(self) -> dict[str, float]:
        """Return the position of the surveyor; empty where no point was set."""
        accuracy_m = self.accuracy_m()
        place, geometry = None, self.row.geometry
        try:
            if isinstance(geometry, bytes):
                place = unpacking.place(geometry)
            elif geometry is not None:
                raise ValueError(type(geometry).__name__)
        except ValueError as error:
            self.refuse(NO_PLACE, "geom", reason=error)
        return {} if place is None else {"longitude": place[0], "latitude": place[1], **accuracy_m}

    def accuracy_m(self) -> dict[str, float]:
        written = self.written("accuracy_m")
        metres = cells.number(written) if written else 0.0
        if isinstance(metres, errors.ProblemKind) or metres < 0:
            kind = cells.NEGATIVE if isinstance(metres, float) else metres
            self.refuse(kind, "accuracy_m", written=written)
            return {}
        return {"accuracy_m": metres} if written else {}

    def instruments(self) -> dict[str, str]:
        chosen = {}
        for column, unit in layout.INSTRUMENTS.items():
            written = self.written(column)
            accepted = [key for key, one in self.trip.known.criteria.instruments.items() if one.unit == unit]
            if written in accepted:
                chosen[unit] = written
            elif written:
                self.refuse(surveys_table.UNKNOWN_INSTRUMENT, column, written=written, instruments=", ".join(accepted))
        return chosen

    def sheet(self, element: survey.Element) -> answer_sheet.AnswerSheet:
        """Return the answers about the row's one element; one that belongs to another kind is refused, not lost."""
        sheet = answer_sheet.AnswerSheet(
            "",
            "",
            surveyor=self.written("surveyor"),
            note=self.written("note"),
            answers={element.element_id: {}},
            added=[{"element_id": element.element_id, "kind": element.kind, "label": element.label}],
            # the columns of slopes hold percent alone
            slope_unit=answers.PERCENT,
            instruments=self.instruments(),
        )
        for quantity_id, quantity in self.trip.known.criteria.quantities.items():
            answer = answers.Answer(tuple(self.readings(quantity)), self.written(layout.reason_name(quantity_id)))
            if quantity_id in self.trip.questions[element.kind]:
                self.check_reason(quantity_id, answer)
                if answer.texts or answer.reason:
                    sheet.set_answer(element.element_id, quantity_id, answer)
            elif answer.texts or answer.reason:
                kind = wording.translated(terms.ELEMENT_KIND[element.kind])
                named = wording.name_of(quantity.name)
                self.refuse(surveys_table.NOT_ON_ELEMENT, quantity_id, quantity=named, kind=kind)
        return sheet

    def readings(self, quantity: model.Quantity) -> Iterator[str]:
        """Yield the figures of a quantity, a length with the unit that its column ends in."""
        sure = self.written(layout.SURE).casefold() not in _NO
        is_length = quantity.unit in cells.MILLIMETRES
        for unit in LENGTH_UNITS if is_length else LENGTH_UNITS[:1]:
            for written in filter(None, map(self.written, layout.reading_names(quantity, unit))):
                figure = f"{written} {unit}" if is_length and isinstance(cells.number(written), float) else written
                yield doubts.confirmed(figure) if sure and quantity.kind != "yes_no" else figure

    def check_reason(self, quantity_id: str, answer: answers.Answer) -> None:
        if answer.reason and answer.reason not in survey.NOT_MEASURED_REASONS:
            accepted = ", ".join(survey.NOT_MEASURED_REASONS)
            self.refuse(UNKNOWN_REASON, layout.reason_name(quantity_id), written=answer.reason, reasons=accepted)
        elif answer.texts and answer.reason:
            self.refuse(survey_checks.REASON_TOO_MANY, quantity_id)

    def photos(self, element: survey.Element | None) -> Iterator[arrivals.Attachment]:
        # Anything but a clear no keeps the photo from being shown.
        person = self.written("photo_has_person").casefold() not in _NO
        element_id = element.element_id if element else ""
        for column in layout.PHOTOS:
            if name := self.written(column):
                content = self.trip.returned.photo(name)
                yield arrivals.Attachment(name, element_id, contains_person=person, content=content)

    def raw(self) -> str:
        kept: dict[str, object] = {"fid": self.row.line}
        for name, cell in self.row.cells.items():
            # JSON has no NaN, and the row is kept as it came
            kept[name] = str(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell
        if isinstance(self.row.geometry, bytes):
            kept["geom"] = self.row.geometry.hex()
        return json.dumps(kept, ensure_ascii=False, default=str)
