"""Make one survey of each row of a table that measured something."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from audits import errors, survey, terms, wording
from audits.field import answer_sheet, answers, doubts
from audits.field.tables import element_numbers, headers, vocabulary
from audits.field.tables import rows as rows_room
from audits.formats import cells
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
WHICH_THING = errors.ProblemKind(
    "SURVEY-009", "{quantity} may be of any of these: {things}; name the element, and its number or label, in the row"
)
NO_SUCH_THING = errors.ProblemKind(
    "SURVEY-010",
    "{quantity} belongs to {kinds}, and registered here is only {things}; name the element in the row if it is new",
)
UNKNOWN_INSTRUMENT = errors.ProblemKind("SURVEY-007", "“{written}” is no instrument known; use one of: {instruments}")
SAME_ROW = errors.ProblemKind("SURVEY-008", "the same survey stands in row {line}; remove one of the two")

UNUSUAL = errors.ProblemKind("SURVEY-N01", "unusual values: {count} (rows {lines}); measure again if you can")
ASSUMED_INSTRUMENT = errors.ProblemKind(
    "SURVEY-N02", "no instrument is named; the uncertainty of the usual instrument of each quantity is assumed"
)

# Never to change: with another one, every row that is sent again would be a new survey.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "jaidee.survey.table")

_UNIT_SIGNS = {"percent": "%", "degrees": "°", **{unit: f" {unit}" for unit in cells.MILLIMETRES}}


@dataclass(frozen=True, slots=True)
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
    """

    line: int
    survey: survey.Survey
    element_label: str
    unusual: tuple[str, ...]


# Stands for the kind of element of a measurement until the site of its row is known.
_UNNAMED = ""
_NO_TIME = dt.datetime.min.replace(tzinfo=dt.UTC)


def visits(
    rows: Iterable[rows_room.Row],
    criteria: model.Criteria,
    today: dt.date,
    codes: Collection[str] = (),
    since: dt.date | None = None,
) -> dict[int, Visit]:
    """Read the measurements of every row, by line.

    Parameters
    ----------
    rows
        The rows; take what is wrong with their measurements.
    criteria
        The criteria: units, ranges, instruments.
    today
        No survey is later.
    codes
        Codes of the register.
    since
        No survey is earlier; None for tables of other programmes.
    """
    instruments = {
        name.casefold(): key for key, one in criteria.instruments.items() for name in (key, one.name.th, one.name.en)
    }
    return {row.line: _Reader(row, criteria, codes).visit(today, since, instruments) for row in rows}


@dataclass(frozen=True)
class _Reader:
    row: rows_room.Row
    criteria: model.Criteria
    codes: Collection[str]

    def visit(self, today: dt.date, since: dt.date | None, instruments: Mapping[str, str]) -> Visit:
        row = self.row
        stated, numbered = vocabulary.element(row.written("element_kind"))
        if row.written("element_kind") and not stated:
            kinds = ", ".join(survey.ELEMENT_KINDS)
            row.refuse(UNKNOWN_ELEMENT_KIND, written=row.written("element_kind"), kinds=kinds)
        accepted = ", ".join(self.criteria.instruments)
        instrument = row.word("instrument", instruments, UNKNOWN_INSTRUMENT, instruments=accepted)
        measurements, unusual = self.measurements(stated, instrument)
        observed_on, surveyor = row.day("observed_on", today, since), row.written("surveyor")
        if measurements and observed_on is None and not row.problems:
            row.refuse(NO_DAY)
        if measurements and not surveyor:
            row.refuse(NO_SURVEYOR)
        visit = survey.Survey(
            survey_id="",
            site_code="",
            surveyor=surveyor,
            # A table knows no time of day.
            observed_at=dt.datetime.combine(observed_on or dt.date.min, dt.time(), tzinfo=wording.local_zone()),
            source=SOURCE,
            form_version=SOURCE,
            measurements=measurements,
            note=row.written("note"),
        )
        return Visit(row.line, visit, row.written("element_label") or numbered, unusual)

    def measurements(self, stated: str, instrument: str) -> tuple[tuple[survey.Measurement, ...], tuple[str, ...]]:
        """Return the measured cells, in the order of the columns, and the quantities with unusual values."""
        columns = {(use.reading, use.quantity): use for use in self.row.layout.measured}
        found: dict[tuple[int, str], survey.Measurement] = {}
        unusual: list[str] = []
        for number, sheet in self.sheets(stated, instrument).items():
            understood = answer_sheet.understood(sheet, {}, self.criteria, source=SOURCE, now=_NO_TIME)
            for read in understood.read.values():
                for quantity, problem in read.problems.items():
                    column = columns[number, quantity].column
                    original = {"written": cells.written(self.row.cells[column])}
                    self.row.refuse(problem.kind, column, **{**problem.values, **original})
                unusual += read.unusual
            for one in understood.survey.measurements:
                key = (number, one.quantity)
                found[key] = replace(
                    one, as_written=self.as_written(columns[key]), instrument=instrument, reading=number
                )
        return tuple(found[key] for key in columns if key in found), tuple(unusual)

    def sheets(self, stated: str, instrument: str) -> dict[int, answer_sheet.AnswerSheet]:
        """Return an answer sheet for each reading number, its elements named by their kind."""
        in_hand = {self.criteria.instruments[instrument].unit: instrument} if instrument else {}
        sheets: dict[int, answer_sheet.AnswerSheet] = {}
        for use in self.row.layout.measured:
            cell = use.value(self.row.cells)
            if cell is None:
                continue
            text = _text(cell, use, self.criteria.quantities[use.quantity])
            if isinstance(text, errors.ProblemKind):
                self.row.refuse(text, use.column, written=cells.written(self.row.cells[use.column]))
                continue
            if ways := self.other_scale(cell, use):
                asked = doubts.question(ways, self.criteria.quantities[use.quantity], self.criteria.units.length)
                written = cells.written(self.row.cells[use.column])
                sure = answers.insisted(ways[0])
                self.row.refuse(answers.WHICH_READING, use.column, written=written, readings=asked, example=sure)
                continue
            blank = answer_sheet.AnswerSheet("", "", length_unit="", slope_unit="", instruments=in_hand)
            sheet = sheets.setdefault(use.reading, blank)
            sheet.set_answer(self.kind_measured(use, stated), use.quantity, answers.Answer((text,)))
        return sheets

    def other_scale(self, cell: object, use: headers.Use) -> tuple[doubts.Reading, ...]:
        """Return the readings of a bare length that is unusual in the unit of its column and usual in another.

        A tape has centimetres on one edge and inches on the other. A column of feet or inches comes from where no tape
        has both, so that what is narrow there is narrow; only what is too long is asked about.
        """
        figure, quantity = cells.number(cell), self.criteria.quantities[use.quantity]
        if not isinstance(figure, float) or use.unit not in cells.MILLIMETRES:
            return ()
        size = figure * cells.MILLIMETRES[use.unit] / cells.MILLIMETRES[quantity.unit]
        if use.unit in ("in", "ft") and size <= quantity.usual[1]:
            return ()
        return doubts.readings(cells.written(cell), quantity, use.unit, "", self.criteria)

    def as_written(self, use: headers.Use) -> str:
        """Return a cell before codes were replaced; a number takes the unit over its column along."""
        value = use.value(self.row.cells)
        plain, sure = doubts.unmarked(value) if isinstance(value, str) else (value, False)
        written = cells.written(self.row.cells[use.column])
        if not isinstance(cells.number(plain), float):
            return written
        signed = _signed(doubts.unmarked(written)[0], use.unit)
        return doubts.confirmed(signed) if sure else signed

    def kind_measured(self, use: headers.Use, stated: str) -> str:
        """Return the kind of element measured: the one stated, else unnamed; at a new site a ramp unless it says more.

        A row of a new site that cannot be taken in must be known before its site is.
        """
        possible = self.criteria.quantities[use.quantity].elements
        name = _name(use.quantity, self.criteria)
        is_space = vocabulary.SITE_KINDS.get(self.row.written("kind").casefold()) == "space"
        if stated and stated not in possible:
            self.row.refuse(NOT_ON_ELEMENT, use.column, quantity=name, kind=_kinds((stated,)))
        elif stated or self.row.written("code") in self.codes or len(possible) == 1:
            return stated
        elif is_space or "ramp" not in possible:
            self.row.refuse(WHICH_ELEMENT, use.column, quantity=name, kinds=_kinds(possible))
        return stated or _UNNAMED


def _text(cell: object, use: headers.Use, quantity: model.Quantity) -> str | errors.ProblemKind:
    """Return a cell as the text of an answer, a bare figure with the unit over its column."""
    if quantity.unit == "percent" and (became := cells.slope_became(cell)):
        return became
    plain, sure = doubts.unmarked(cell) if isinstance(cell, str) and quantity.kind != "yes_no" else (cell, False)
    if sure:
        text = _text(plain, use, quantity)
        return text if isinstance(text, errors.ProblemKind) else doubts.confirmed(text)
    if isinstance(cell, str) and quantity.unit == "percent":
        cell = cells.plain_time(cell)
    is_number = isinstance(cells.number(cell), float)
    if use.unit == "ratio" and is_number:
        # A ratio has no sign of its own that could stand behind a figure.
        slope = cells.slope_pct(cell, "ratio")
        return slope if isinstance(slope, errors.ProblemKind) else f"{cells.written(slope)}%"
    is_bare = is_number or (use.unit in cells.MILLIMETRES and cells.is_fraction(cell))
    return _signed(cells.written(cell), use.unit) if is_bare else cells.written(cell)


def _signed(figure: str, unit: str) -> str:
    return f"1:{figure}" if unit == doubts.ONE_IN else figure + _UNIT_SIGNS.get(unit, "")


def surveys(
    rows: Sequence[rows_room.Row],
    visits: Mapping[int, Visit],
    codes: Mapping[int, str],
    elements: element_numbers.ElementNumbers,
    criteria: model.Criteria,
) -> dict[int, survey.Survey]:
    """Make one survey of each row that measured something at a site that was accepted; runs of one ramp share one.

    Parameters
    ----------
    rows
        The rows; one that repeats an earlier one, or does not say which thing was measured, gets a problem.
    visits
        From :func:`visits`.
    codes
        Site code of each accepted line.
    elements
        The numbers of the elements.
    criteria
        The criteria: what may be measured on what.

    Returns
    -------
    dict of int to audits.survey.Survey
        By line; runs of one ramp have the same if they answer alike for the place. The id follows from the content,
        so that the same row sent again is the same survey.
    """
    placed: dict[int, survey.Survey] = {}
    first_runs: dict[tuple[object, ...], int] = {}
    first_of: dict[int, int] = {}
    for row in rows:
        visit = visits[row.line]
        if not visit.survey.measurements or row.line not in codes:
            continue
        one = _at_site(row, visit, codes[row.line], elements, criteria)
        if one is None:
            continue
        is_run = vocabulary.is_run(visit.element_label)
        visited = (one.site_code, one.observed_at, one.surveyor, one.elements, one.place, 0 if is_run else row.line)
        first = first_of[row.line] = first_runs.setdefault(visited, row.line)
        placed[first] = _with_run(placed.get(first), one, visit.element_label) if is_run else one
    made, lines = dict[int, survey.Survey](), dict[str, int]()
    named = {line: _named(one) for line, one in placed.items()}
    for row in (row for row in rows if row.line in first_of):
        own = first_of[row.line]
        first = lines.setdefault(named[own].survey_id, own)
        if first == own:
            made[row.line] = named[own]
        else:
            row.refuse(SAME_ROW, line=first)
    return made


def _at_site(
    row: rows_room.Row, visit: Visit, code: str, elements: element_numbers.ElementNumbers, criteria: model.Criteria
) -> survey.Survey | None:
    one = visit.survey
    label = "" if vocabulary.is_run(visit.element_label) else visit.element_label
    measured = dict.fromkeys((each.element_id, each.quantity) for each in one.measurements)
    kinds = {each: _kind(row, each, measured, label, code, elements, criteria) for each in measured}
    if row.problems:
        return None
    found = {kind: elements.element(code, kind, label) for kind in dict.fromkeys(kinds.values())}
    measurements = tuple(
        replace(each, element_id=found[kinds[each.element_id, each.quantity]].element_id) for each in one.measurements
    )
    return replace(one, site_code=code, elements=tuple(found.values()), measurements=measurements)


def _kind(
    row: rows_room.Row,
    measured: tuple[str, str],
    row_measured: Iterable[tuple[str, str]],
    label: str,
    code: str,
    elements: element_numbers.ElementNumbers,
    criteria: model.Criteria,
) -> str:
    """Return the kind of the thing that one quantity was measured on; empty, with a problem, when it is not clear."""
    stated, quantity = measured
    possible = (stated,) if stated else criteria.quantities[quantity].elements
    things = elements.things(code, possible)
    if not stated:
        together = [set(criteria.quantities[other].elements) for kind, other in row_measured if not kind]
        # What a row measured without naming it was one thing, if there is one that has all of it.
        things = [thing for thing in things if all(thing[0] in kinds for kinds in together)] or things
    kinds_here = list(dict.fromkeys(kind for kind, _ in things))
    if len(things) == 1 or (label and len(kinds_here) == 1):
        return kinds_here[0]
    here, name = elements.things(code), _name(quantity, criteria)
    if things:
        row.refuse(WHICH_THING, quantity=name, things=_listed(things))
    elif stated:
        return stated
    elif here and code in elements.registered:
        row.refuse(NO_SUCH_THING, quantity=name, kinds=_kinds(possible), things=_listed(here))
    elif len(possible) == 1:
        return possible[0]
    else:
        row.refuse(WHICH_ELEMENT, quantity=name, kinds=_kinds(possible))
    return _UNNAMED


def _name(quantity: str, criteria: model.Criteria) -> wording.Translated:
    return wording.name_of(criteria.quantities[quantity].name)


def _kinds(kinds: Iterable[str]) -> wording.Translated:
    phrases = [terms.ELEMENT_KIND[kind] for kind in kinds]
    return wording.Translated(lambda words: ", ".join(map(words.text, phrases)))


def _listed(things: Sequence[tuple[str, int]]) -> wording.Translated:
    named = [(terms.ELEMENT_KIND[kind], number) for kind, number in things]
    return wording.Translated(lambda words: ", ".join(f"{words.text(kind)} {number}" for kind, number in named))


def _with_run(earlier: survey.Survey | None, run: survey.Survey, label: str) -> survey.Survey:
    """Return a survey of a ramp with one run more: its figures are further readings, and the note names them."""
    figures = ", ".join(each.as_written for each in run.measurements)
    note = "; ".join(filter(None, (run.note, f"{label}: {figures}")))
    if earlier is None:
        return replace(run, note=note)
    before = Counter((each.element_id, each.quantity) for each in earlier.measurements)
    further = tuple(
        replace(each, reading=each.reading + before[each.element_id, each.quantity]) for each in run.measurements
    )
    return replace(earlier, measurements=earlier.measurements + further, note=f"{earlier.note}; {note}")


def _named(one: survey.Survey) -> survey.Survey:
    """Return a survey with the id that follows from its content."""
    values = [(each.element_id, each.quantity, each.reading, each.value) for each in one.measurements]
    day = one.observed_at.date().isoformat()
    content = json.dumps([one.site_code, day, one.surveyor, SOURCE, one.note, values], ensure_ascii=False)
    return replace(one, survey_id=f"uuid:{uuid.uuid5(_NAMESPACE, content)}")


def notices(visits: Sequence[Visit], criteria: model.Criteria, file_name: str) -> Iterator[errors.Problem]:
    """Yield what the reader should know of the measurements: unusual values by quantity, assumed instruments."""
    unusual: dict[str, list[int]] = {}
    for visit in visits:
        for quantity in visit.unusual:
            unusual.setdefault(quantity, []).append(visit.line)
    yield from unusual_values(unusual, criteria)
    if any(not one.instrument for visit in visits for one in visit.survey.measurements):
        yield ASSUMED_INSTRUMENT.at(file_name)


def unusual_values(lines_of: Mapping[str, Sequence[int]], criteria: model.Criteria) -> Iterator[errors.Problem]:
    """Yield one notice for each quantity with unusual values, from the line of each value."""
    for quantity, lines in lines_of.items():
        shown = ", ".join(map(str, lines[:SHOWN_LINES])) + (" …" if len(lines) > SHOWN_LINES else "")
        yield UNUSUAL.at(_name(quantity, criteria), count=len(lines), lines=shown)
