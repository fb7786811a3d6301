"""Make one survey of each row of a table that measured something."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from audits import errors, survey, wording
from audits.field import answer_sheet, answers
from audits.field.tables import headers, vocabulary
from audits.formats import cells, days, tables
from audits.rules import model

SOURCE = "table"
SHOWN_LINES = 8

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
class Visit:
    """What one row reports of a visit.

    Parameters
    ----------
    line
        Of the row.
    survey
        With the kind of an element in place of its id, since the site of the row is not decided yet; without
        measurements where nothing was measured.
    element_label
        What the row calls its elements.
    unusual
        Quantities whose value is possible but unusual.
    problems
        Everything that is wrong with the row.
    """

    line: int
    survey: survey.Survey
    element_label: str
    unusual: tuple[str, ...]
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


_NO_TIME = dt.datetime.min.replace(tzinfo=dt.UTC)


def read_rows(
    table: tables.Table,
    layout: headers.Layout,
    book: model.Criteria,
    today: dt.date,
    site_kinds: Mapping[str, str],
) -> dict[int, Visit]:
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
    """
    instruments = {
        name.casefold(): key for key, one in book.instruments.items() for name in (key, one.name.th, one.name.en)
    }
    return {row.line: _Row(row, layout, book, instruments).visit(today, site_kinds) for row in table.rows}


@dataclass
class _Row:
    """One row on its way to a visit, with the problems found so far."""

    row: tables.Row
    layout: headers.Layout
    book: model.Criteria
    instruments: Mapping[str, str]
    problems: list[errors.Problem] = field(default_factory=list)

    def visit(self, today: dt.date, site_kinds: Mapping[str, str]) -> Visit:
        kinds = self.stated_kind(), self.implied_kind(site_kinds)
        instrument = self.instrument()
        measurements, unusual = self.measurements(kinds, instrument)
        observed_on, surveyor = self.observed_on(today), self.text("surveyor")
        if measurements and observed_on is None and not self.problems:
            self.refuse(NO_DAY)
        if measurements and not surveyor:
            self.refuse(NO_SURVEYOR)
        visit = survey.Survey(
            survey_id="",
            site_code="",
            surveyor=surveyor,
            # A table knows no time of day.
            observed_at=dt.datetime.combine(observed_on or dt.date.min, dt.time(), tzinfo=wording.BANGKOK),
            source=SOURCE,
            form_version=SOURCE,
            measurements=measurements,
            note=self.text("note"),
        )
        return Visit(self.row.line, visit, self.text("element_label"), unusual, tuple(self.problems))

    def text(self, meaning: str) -> str:
        return self.layout.text(meaning, self.row.cells)

    def refuse(self, kind: errors.ProblemKind, column: str = "", /, **values: object) -> None:
        where = f"row {self.row.line}, {column}" if column else f"row {self.row.line}"
        self.problems.append(kind.at(where, **values))

    def stated_kind(self) -> str:
        written = self.text("element_kind")
        kind = vocabulary.ELEMENT_KINDS.get(written.casefold(), "")
        if written and not kind:
            self.refuse(UNKNOWN_ELEMENT_KIND, written=written, kinds=", ".join(survey.ELEMENT_KINDS))
        return kind

    def implied_kind(self, site_kinds: Mapping[str, str]) -> str:
        stated = vocabulary.SITE_KINDS.get(self.text("kind").casefold())
        return "ramp" if (stated or site_kinds.get(self.text("code"), "ramp")) == "ramp" else ""

    def instrument(self) -> str:
        written = self.text("instrument")
        named = self.instruments.get(written.casefold(), "")
        if written and not named:
            self.refuse(UNKNOWN_INSTRUMENT, written=written, instruments=", ".join(self.book.instruments))
        return named

    def observed_on(self, today: dt.date) -> dt.date | None:
        use = self.layout.of("observed_on")
        value = use.value(self.row.cells) if use is not None else None
        value = self.layout.constants.get("observed_on") if value is None else value
        if value is None:
            return None
        day = days.day(value, today, use.written_as if use is not None else "")
        if isinstance(day, errors.ProblemKind):
            self.refuse(day, use.column if use else "", written=cells.written(value))
            return None
        return day

    def measurements(
        self, kinds: tuple[str, str], instrument: str
    ) -> tuple[tuple[survey.Measurement, ...], tuple[str, ...]]:
        """Return the measured cells, in the order of the columns, and the quantities with unusual values."""
        columns = {(use.reading, use.quantity): use for use in self.layout.measured}
        found: dict[tuple[int, str], survey.Measurement] = {}
        unusual: list[str] = []
        for number, sheet in self.sheets(kinds, instrument).items():
            understood = answer_sheet.understood(sheet, {}, self.book, source=SOURCE, now=_NO_TIME)
            for read in understood.read.values():
                for quantity, problem in read.problems.items():
                    column = columns[number, quantity].column
                    original = {"written": cells.written(self.row.cells[column])}
                    self.refuse(problem.kind, column, **{**problem.values, **original})
                unusual += read.unusual
            for one in understood.survey.measurements:
                key = (number, one.quantity)
                found[key] = replace(
                    one, as_written=self.as_written(columns[key]), instrument=instrument, reading=number
                )
        return tuple(found[key] for key in columns if key in found), tuple(unusual)

    def sheets(self, kinds: tuple[str, str], instrument: str) -> dict[int, answer_sheet.AnswerSheet]:
        """Return an answer sheet for each reading number, its elements named by their kind."""
        in_hand = {self.book.instruments[instrument].unit: instrument} if instrument else {}
        sheets: dict[int, answer_sheet.AnswerSheet] = {}
        for use in self.layout.measured:
            cell = use.value(self.row.cells)
            if cell is None:
                continue
            text = _text(cell, use, self.book.quantities[use.quantity])
            if isinstance(text, errors.ProblemKind):
                self.refuse(text, use.column, written=cells.written(self.row.cells[use.column]))
                continue
            blank = answer_sheet.AnswerSheet("", "", length_unit="", slope_unit="", instruments=in_hand)
            sheet = sheets.setdefault(use.reading, blank)
            sheet.set_answer(self.kind_measured(use, kinds), use.quantity, answers.Answer((text,)))
        return sheets

    def as_written(self, use: headers.Use) -> str:
        """Return a cell before codes were replaced; a number takes the unit over its column along."""
        is_number = isinstance(cells.number(use.value(self.row.cells)), float)
        return cells.written(self.row.cells[use.column]) + (_UNIT_SIGNS.get(use.unit, "") if is_number else "")

    def kind_measured(self, use: headers.Use, kinds: tuple[str, str]) -> str:
        """Return the kind of element measured: the one stated, else the only one possible, else the site's own."""
        stated, implied = kinds
        possible = self.book.quantities[use.quantity].elements
        if stated in possible or len(possible) == 1:
            return stated if stated in possible else possible[0]
        if stated:
            self.refuse(NOT_ON_ELEMENT, use.column, quantity=use.quantity, kind=stated)
        elif implied not in possible:
            self.refuse(WHICH_ELEMENT, use.column, quantity=use.quantity, kinds=", ".join(possible))
        return stated or implied


def _text(cell: object, use: headers.Use, quantity: model.Quantity) -> str | errors.ProblemKind:
    """Return a cell as the text of an answer, a bare figure with the unit over its column."""
    if quantity.unit == "percent" and isinstance(cell, dt.date):
        return cells.SLOPE_BECAME_DATE
    is_number = isinstance(cells.number(cell), float)
    if use.unit == "ratio" and is_number:
        # A ratio has no sign of its own that could stand behind a figure.
        slope = cells.slope_pct(cell, "ratio")
        return slope if isinstance(slope, errors.ProblemKind) else f"{cells.written(slope)}%"
    is_bare = is_number or (use.unit in cells.MILLIMETRES and cells.is_fraction(cell))
    return cells.written(cell) + (_UNIT_SIGNS.get(use.unit, "") if is_bare else "")


def surveys(
    rows: Mapping[int, Visit],
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
        By line. The id follows from the content, so that the same row sent again is the same survey.
    """
    made: dict[int, survey.Survey] = {}
    lines: dict[str, int] = {}
    for line, row in rows.items():
        if not row.survey.measurements or line not in codes:
            continue
        one = _at_site(row, codes[line], elements)
        first = lines.setdefault(one.survey_id, line)
        if first == line:
            made[line] = one
        else:
            problems.setdefault(line, []).append(SAME_ROW.at(f"row {line}", line=first))
    return made


def _at_site(row: Visit, code: str, elements: ElementNumbers) -> survey.Survey:
    visit = row.survey
    kinds = dict.fromkeys(one.element_id for one in visit.measurements)
    found = {kind: elements.element(code, kind, row.element_label) for kind in kinds}
    measurements = tuple(replace(one, element_id=found[one.element_id].element_id) for one in visit.measurements)
    values = [(one.element_id, one.quantity, one.reading, one.value) for one in measurements]
    day = visit.observed_at.date().isoformat()
    content = json.dumps([code, day, visit.surveyor, SOURCE, visit.note, values], ensure_ascii=False)
    return replace(
        visit,
        survey_id=f"uuid:{uuid.uuid5(_NAMESPACE, content)}",
        site_code=code,
        elements=tuple(found.values()),
        measurements=measurements,
    )


def notices(rows: Sequence[Visit], file_name: str) -> Iterator[errors.Problem]:
    """Yield what the reader should know of the measurements: unusual values by quantity, assumed instruments."""
    unusual: dict[str, list[int]] = {}
    for row in rows:
        for quantity in row.unusual:
            unusual.setdefault(quantity, []).append(row.line)
    yield from unusual_values(unusual)
    if any(not one.instrument for row in rows for one in row.survey.measurements):
        yield ASSUMED_INSTRUMENT.at(file_name)


def unusual_values(lines_of: Mapping[str, Sequence[int]]) -> Iterator[errors.Problem]:
    """Yield one notice for each quantity with unusual values.

    Parameters
    ----------
    lines_of
        Line of each unusual value, by quantity.
    """
    for quantity, lines in lines_of.items():
        shown = ", ".join(map(str, lines[:SHOWN_LINES])) + (" …" if len(lines) > SHOWN_LINES else "")
        yield UNUSUAL.at(quantity, count=len(lines), lines=shown)
