"""Read the measurements in the rows of a table, and make one survey of each row."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from audits import errors, survey, wording
from audits.field.tables import headers, vocabulary
from audits.formats import cells, days, tables
from audits.rules import model

SOURCE = "table"
SHOWN_LINES = 8

OUTSIDE_POSSIBLE = errors.ProblemKind(
    "SURVEY-001", "{written} is outside {lowest} to {highest} {unit}, which cannot be; check the figure and its unit"
)
NO_DAY = errors.ProblemKind("SURVEY-002", "there are measurements but no day of survey; add it")
NO_SURVEYOR = errors.ProblemKind("SURVEY-003", "there are measurements but nobody who measured; add the surveyor")
UNKNOWN_ELEMENT_KIND = errors.ProblemKind("SURVEY-004", "“{written}” is no kind of element; use one of: {kinds}")
NOT_ON_ELEMENT = errors.ProblemKind("SURVEY-005", "{quantity} does not belong to the element “{kind}”")
WHICH_ELEMENT = errors.ProblemKind(
    "SURVEY-006", "{quantity} may belong to {kinds}; add a column that names the element of the row"
)
UNKNOWN_INSTRUMENT = errors.ProblemKind("SURVEY-007", "“{written}” is no instrument known; use one of: {instruments}")
SAME_ROW = errors.ProblemKind("SURVEY-008", "the same survey stands in row {line}; remove one of the two")

UNUSUAL = errors.ProblemKind("SURVEY-N01", "unusual values: {count} (rows {lines}); measure again if you can")
ASSUMED_INSTRUMENT = errors.ProblemKind(
    "SURVEY-N02", "no instrument is named; the uncertainty of the usual instrument of each quantity is assumed"
)

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "jaidee.survey.table")

_UNIT_SIGNS = {"percent": "%", "degrees": "°", **{unit: f" {unit}" for unit in cells.MILLIMETRES}}


@dataclass(frozen=True)
class Reading:
    """One measured cell: its element's kind, its value in the quantity's unit, and what was written."""

    element_kind: str
    quantity: str
    value: float
    as_written: str
    reading: int
    instrument: str
    uncertainty: float
    unusual: bool


@dataclass(frozen=True)
class RowReadings:
    """What one row says of a visit; empty `readings` where nothing was measured."""

    line: int
    readings: tuple[Reading, ...]
    element_label: str
    surveyor: str
    observed_on: dt.date | None
    note: str
    problems: tuple[errors.Problem, ...]


class ElementNumbers:
    """Give the things at a site the numbers they have had before, and new ones after.

    Parameters
    ----------
    elements
        The register's elements: index ``element_id``, columns ``site_code``, ``kind``, ``label``.
    """

    def __init__(self, elements: pd.DataFrame) -> None:
        self._labels: dict[tuple[str, str], dict[int, str]] = {}
        for element_id, row in elements[["site_code", "kind", "label"]].iterrows():
            number = str(element_id).rpartition(".")[2]
            if number.isdecimal():
                self._labels.setdefault((str(row["site_code"]), str(row["kind"])), {})[int(number)] = str(row["label"])

    def element(self, code: str, kind: str, label: str) -> survey.Element:
        """Return the element of a kind at a site: by its label, else by number, else the first."""
        known = self._labels.setdefault((code, kind), {})
        number = next((number for number, other in known.items() if label and other == label), 0)
        if not number:
            number = int(label) if label.isdecimal() and 0 < int(label) < 1000 else 1
            if label and not label.isdecimal():
                number = max(known, default=0) + 1
        known.setdefault(number, label)
        return survey.Element(f"{code}.{kind}.{number}", kind, known[number])


def read_rows(
    table: tables.Table,
    layout: headers.Layout,
    book: model.Criteria,
    today: dt.date,
    site_kinds: Mapping[str, str],
) -> dict[int, RowReadings]:
    """Read the measurements of every row, by line.

    Parameters
    ----------
    table
        As it was sent.
    layout
        What its columns mean.
    book
        The criteria: units, ranges, instruments.
    today
        No survey is later.
    site_kinds
        Kind of each registered site, by code: what is measured at a ramp site is the ramp's unless the row says else.

    Returns
    -------
    dict of int to RowReadings
        Each with every problem of its row.
    """
    quantities = {use.column: book.quantities[use.quantity] for use in layout.measured}
    return {row.line: _read_row(row, layout, quantities, book, today, site_kinds) for row in table.rows}


def _read_row(
    row: tables.Row,
    layout: headers.Layout,
    quantities: Mapping[str, model.Quantity],
    book: model.Criteria,
    today: dt.date,
    site_kinds: Mapping[str, str],
) -> RowReadings:
    problems: list[errors.Problem] = []
    kinds = (_element_kind(row, layout, problems), _implied_kind(row, layout, site_kinds))
    instrument = _instrument(row, layout, book, problems)
    readings = []
    for use in layout.measured:
        reading = _reading(row, use, quantities[use.column], kinds, instrument, book, problems)
        if reading is not None:
            readings.append(reading)
    observed_on = _day(row, layout, today, problems)
    surveyor = layout.text("surveyor", row.cells)
    if readings and observed_on is None and not problems:
        problems.append(NO_DAY.at(f"row {row.line}"))
    if readings and not surveyor:
        problems.append(NO_SURVEYOR.at(f"row {row.line}"))
    label, note = layout.text("element_label", row.cells), layout.text("note", row.cells)
    return RowReadings(row.line, tuple(readings), label, surveyor, observed_on, note, tuple(problems))


def _element_kind(row: tables.Row, layout: headers.Layout, problems: list[errors.Problem]) -> str:
    written = layout.text("element_kind", row.cells)
    kind = vocabulary.ELEMENT_KINDS.get(written.casefold(), "")
    if written and not kind:
        kinds = ", ".join(survey.ELEMENT_KINDS)
        problems.append(UNKNOWN_ELEMENT_KIND.at(f"row {row.line}", written=written, kinds=kinds))
    return kind


def _implied_kind(row: tables.Row, layout: headers.Layout, site_kinds: Mapping[str, str]) -> str:
    written = layout.text("kind", row.cells).casefold()
    site_kind = vocabulary.SITE_KINDS.get(written) or site_kinds.get(layout.text("code", row.cells), "ramp")
    return "ramp" if site_kind == "ramp" else ""


def _instrument(row: tables.Row, layout: headers.Layout, book: model.Criteria, problems: list[errors.Problem]) -> str:
    written = layout.text("instrument", row.cells)
    by_name = {
        name.casefold(): key for key, one in book.instruments.items() for name in (key, one.name.th, one.name.en)
    }
    named = by_name.get(written.casefold(), "")
    if written and not named:
        known = ", ".join(book.instruments)
        problems.append(UNKNOWN_INSTRUMENT.at(f"row {row.line}", written=written, instruments=known))
    return named


def _day(row: tables.Row, layout: headers.Layout, today: dt.date, problems: list[errors.Problem]) -> dt.date | None:
    use = layout.of("observed_on")
    value = use.value(row.cells) if use is not None else None
    value = layout.constants.get("observed_on") if value is None else value
    if value is None:
        return None
    day = days.day(value, today, use.written_as if use is not None else "")
    if isinstance(day, errors.ProblemKind):
        problems.append(day.at(f"row {row.line}, {use.column if use else ''}", written=cells.written(value)))
        return None
    return day


def _reading(
    row: tables.Row,
    use: headers.Use,
    quantity: model.Quantity,
    kinds: tuple[str, str],
    instrument: str,
    book: model.Criteria,
    problems: list[errors.Problem],
) -> Reading | None:
    cell = use.value(row.cells)
    if cell is None:
        return None
    where, written = f"row {row.line}, {use.column}", cells.written(row.cells[use.column])
    value = cells.quantity(cell, quantity.unit, use.unit or None)
    if isinstance(value, errors.ProblemKind):
        problems.append(value.at(where, written=written))
        return None
    lowest, highest = quantity.possible
    if not lowest <= value <= highest:
        outside = OUTSIDE_POSSIBLE.at(where, written=written, lowest=lowest, highest=highest, unit=quantity.unit)
        problems.append(outside)
        return None
    element_kind = _kind_measured(where, use.quantity, quantity, kinds, problems)
    uncertainty = _uncertainty(quantity, instrument, book)
    unusual = not quantity.usual[0] <= value <= quantity.usual[1]
    as_written = _with_unit(cell, written, use.unit)
    return Reading(element_kind, use.quantity, value, as_written, use.reading, instrument, uncertainty, unusual)


def _with_unit(cell: object, written: str, unit: str) -> str:
    """Return a bare figure with the unit that stood over its column, so that it can be read alone."""
    sign = _UNIT_SIGNS.get(unit, "")
    return written + sign if isinstance(cells.number(cell), float) else written


def _kind_measured(
    where: str,
    quantity_id: str,
    quantity: model.Quantity,
    kinds: tuple[str, str],
    problems: list[errors.Problem],
) -> str:
    """Return the kind of element measured: the one stated, else the only one possible, else the site's own."""
    stated, implied = kinds
    if stated in quantity.elements or len(quantity.elements) == 1:
        return stated if stated in quantity.elements else quantity.elements[0]
    if stated:
        problems.append(NOT_ON_ELEMENT.at(where, quantity=quantity_id, kind=stated))
    elif implied not in quantity.elements:
        problems.append(WHICH_ELEMENT.at(where, quantity=quantity_id, kinds=", ".join(quantity.elements)))
    return stated or implied


def _uncertainty(quantity: model.Quantity, instrument: str, book: model.Criteria) -> float:
    """Return the uncertainty of the instrument named, if it measures in the quantity's unit, else of the usual one."""
    usual = (book.instruments[name] for name in (instrument, *quantity.instruments) if name in book.instruments)
    return next((one.uncertainty for one in usual if one.unit == quantity.unit), 0.0)


def surveys(
    rows: Mapping[int, RowReadings],
    codes: Mapping[int, str],
    elements: ElementNumbers,
    problems: dict[int, list[errors.Problem]],
) -> dict[int, survey.Survey]:
    """Make one survey of each row that measured something at a site that was accepted.

    Parameters
    ----------
    rows
        From :func:`read_rows`.
    codes
        Site code of each accepted line.
    elements
        The numbers of the elements.
    problems
        Takes what is wrong, by line.

    Returns
    -------
    dict of int to audits.survey.Survey
        By line. The id follows from the content, so that the same row sent again is the same survey. A table knows no
        time of day: midnight in Bangkok stands for it.
    """
    made: dict[int, survey.Survey] = {}
    lines: dict[str, int] = {}
    for line, row in rows.items():
        if not row.readings or line not in codes:
            continue
        one = _survey(row, codes[line], elements)
        first = lines.setdefault(one.survey_id, line)
        if first == line:
            made[line] = one
        else:
            problems.setdefault(line, []).append(SAME_ROW.at(f"row {line}", line=first))
    return made


def _survey(row: RowReadings, code: str, elements: ElementNumbers) -> survey.Survey:
    kinds = dict.fromkeys(reading.element_kind for reading in row.readings)
    found = {kind: elements.element(code, kind, row.element_label) for kind in kinds}
    measurements = tuple(_measurement(one, found[one.element_kind].element_id) for one in row.readings)
    day = row.observed_on or dt.date.min
    values = [(one.element_id, one.quantity, one.reading, one.value) for one in measurements]
    content = json.dumps([code, day.isoformat(), row.surveyor, SOURCE, row.note, values], ensure_ascii=False)
    return survey.Survey(
        survey_id=f"uuid:{uuid.uuid5(_NAMESPACE, content)}",
        site_code=code,
        surveyor=row.surveyor,
        observed_at=dt.datetime.combine(day, dt.time(), tzinfo=wording.BANGKOK),
        source=SOURCE,
        form_version=SOURCE,
        elements=tuple(found.values()),
        measurements=measurements,
        note=row.note,
    )


def _measurement(one: Reading, element_id: str) -> survey.Measurement:
    return survey.Measurement(
        element_id=element_id,
        quantity=one.quantity,
        value=one.value,
        as_written=one.as_written,
        instrument=one.instrument,
        uncertainty=one.uncertainty,
        reading=one.reading,
    )


def notices(rows: Sequence[RowReadings], file_name: str) -> Iterator[errors.Problem]:
    """Yield what the reader should know of the measurements: unusual values by quantity, assumed instruments."""
    unusual: dict[str, list[int]] = {}
    for row in rows:
        for reading in row.readings:
            if reading.unusual:
                unusual.setdefault(reading.quantity, []).append(row.line)
    for quantity, lines in unusual.items():
        shown = ", ".join(map(str, lines[:SHOWN_LINES])) + (" …" if len(lines) > SHOWN_LINES else "")
        yield UNUSUAL.at(quantity, count=len(lines), lines=shown)
    if any(not reading.instrument for row in rows for reading in row.readings):
        yield ASSUMED_INSTRUMENT.at(file_name)
