"""Lay out the page of one site: position, what to measure first, what is known, what to photograph."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from audits import survey, terms, wording
from audits.book import due_again, qr
from audits.field import quick_answers
from audits.formats import cells
from audits.reports import contents as contents_room
from audits.reports import markers, site_report
from audits.rules import model
from audits.scoring import next_measurement
from layers import utm

MOST_SUGGESTED = 6
KNOWN_VERDICTS = ("fail", "borderline", "pass")

Page = Mapping[str, Any]
Placed = tuple[site_report.ElementSection, site_report.FindingLine]


@dataclass(frozen=True)
class Known:
    """Source of the pages of all sites: the contents, the reader's language and the application's address, if any."""

    contents: contents_room.Contents
    words: wording.Wording
    app_address: str = ""

    @functools.cached_property
    def findings(self) -> Mapping[str, pd.DataFrame]:
        """Findings of each site, split once for all pages."""
        return {str(code): rows for code, rows in self.contents.record.audit.findings.groupby("site_code")}

    @functools.cached_property
    def due(self) -> Mapping[str, dt.date]:
        """The sites that are due to be surveyed again, each with the day since when."""
        return due_again.since(self.contents.record, self.contents.options.exported_on)

    @functools.cached_property
    def answered_before(self) -> Mapping[due_again.Place, str]:
        """What was answered the last time at the sites that are due."""
        return due_again.before(self.contents.record, self.due, self.words)

    @functools.cached_property
    def numbers(self) -> Mapping[str, Mapping[str, int]]:
        """The number of each question on paper, by kind of element."""
        criteria = self.contents.record.criteria
        return {kind: quick_answers.question_numbers(criteria, kind) for kind in survey.ELEMENT_KINDS}

    def suggested(self) -> Mapping[str, pd.DataFrame]:
        """List the questions that the book asks at each site: the best first, every one where the site is due again."""
        table, record = self.contents.next_measurements, self.contents.record
        first = contents_room.first_measurements(table, MOST_SUGGESTED)
        best = {str(code): rows for code, rows in first.groupby("site_code")}
        return best | {code: due_again.asked(record, code) for code in self.due}


def page(site: Any, suggested: pd.DataFrame | None, known: Known) -> Page:
    """Return a site's page without its map.

    Parameters
    ----------
    site
        A row of :attr:`audits.reports.contents.Contents.sites`.
    suggested
        Its rows of :meth:`Known.suggested`; None when there is none.
    known
        Source of all pages.
    """
    words, record = known.words, known.contents.record
    # the findings of one site only: looking for them among all, for every page, would be quadratic
    here = dataclasses.replace(record.audit, findings=known.findings.get(site.code, record.audit.findings[:0]))
    sections = site_report.sections(dataclasses.replace(record, audit=here), site.code, words)
    lines = [(section, line) for section in sections for line in section.lines]
    decided = [(section, line) for section, line in lines if line.verdict in KNOWN_VERDICTS]
    sources = _sources(decided, known)
    rows = [] if suggested is None else list(suggested.itertuples())
    return {
        "code": site.code,
        "name": markers.site_name(site, words),
        "verdict": site.verdict,
        "verdict_word": words.text(terms.VERDICT[site.verdict]),
        "score": markers.score_text(site.score_low, site.score_high, words),
        "facts": _facts(site, known),
        "codes": _codes(site, known),
        # where every question is asked anew, none need be named to be measured once more
        "again": "" if site.code in known.due else again(here.findings, known),
        "due": _due(site.code, known),
        "next": [_step(row, known) for row in rows],
        "known": _known(decided, sources, known, several=len(sections) > 1),
        "sources": [{"number": words.number(number, 0), "name": name} for name, number in sources.items()],
        "notes": _notes(site, [line for _, line in lines], words),
        "photos": _photos(sections, words),
    }


def again(judged: pd.DataFrame, known: Known) -> str:
    """Name the quantities to measure again with a finer instrument in one sentence, empty when there is none."""
    quantities = known.contents.record.criteria.quantities
    named = ", ".join(known.words.name(quantities[one].name) for one in next_measurement.to_repeat(judged))
    return known.words.text(terms.REPEAT, names=named) if named else ""


def _due(code: str, known: Known) -> str:
    words = known.words
    if code not in known.due:
        return ""
    return words.text(
        "Due to be surveyed again since {day}: every question, with the earlier answer in grey.",
        day=words.day(known.due[code]),
    )


def _facts(site: Any, known: Known) -> list[list[str]]:
    words, text = known.words, known.words.text
    street = site.street_th if words.language == "th" else site.street_en or site.street_th
    placed, zone, metres = _coordinates(site, known)
    return [
        [text("Position"), markers.position_text(site, words)],
        [text("Street"), street or text("none recorded")],
        ["WGS 84", placed],
        [text("Zone"), text("no zone yet") if pd.isna(site.zone) else words.number(site.zone, 0)],
        [f"UTM {zone}".strip(), metres],
        [text("Setting"), text(terms.SETTING[site.setting])],
    ]


def _coordinates(site: Any, known: Known) -> tuple[str, str, str]:
    """Return the position in degrees, its own UTM zone and its metres there; dashes where there is none."""
    if pd.isna(site.longitude_deg):
        return "–", "", "–"
    crs = utm.crs_at(site.longitude_deg, site.latitude_deg)
    east, north = utm.projected(np.array([[site.longitude_deg, site.latitude_deg]], dtype=float), crs)[0]
    metres = known.words.text("{east} E, {north} N", east=f"{east:.0f}", north=f"{north:.0f}")
    return f"{site.latitude_deg:.6f}, {site.longitude_deg:.6f}", utm.name(crs), metres


def _codes(site: Any, known: Known) -> list[Page]:
    """Return the square codes: the place for a map app, and the site's page where there is an application."""
    text = known.words.text
    found: list[Page] = []
    if not pd.isna(site.longitude_deg):
        payload = qr.place(site.latitude_deg, site.longitude_deg, site.code)
        alt = text("Square code that opens the place of {code} in a map app", code=site.code)
        found.append({"svg": qr.svg(payload), "alt": alt, "text": text("Map: {code}", code=site.code)})
    if known.app_address:
        alt = text("Square code that opens the page of {code}", code=site.code)
        payload = qr.page(known.app_address, site.code)
        found.append({"svg": qr.svg(payload), "alt": alt, "text": text("Page: {code}", code=site.code)})
    return found


def _step(row: Any, known: Known) -> Page:
    words, record = known.words, known.contents.record
    element = record.elements.loc[row.element_id]
    quantity = record.criteria.quantities[row.quantity]
    title = site_report.element_title(row.element_id, element["kind"], element["label"], words)
    minutes = words.text("about {minutes} min", minutes=words.number(row.time_min, 1))
    before = known.answered_before.get((row.element_id, row.quantity), "")
    where = " · ".join(filter(None, (title, minutes, contents_room.why_measured(row.reason, words))))
    number = known.numbers[element["kind"]][row.quantity]
    return question(quantity, record.criteria, words) | {"number": number, "where": where, "before": before}


def question(quantity: model.Quantity, criteria: model.Criteria, words: wording.Wording) -> dict[str, Any]:
    """Return the data of one quantity's boxes: name, method, instruments, unit, number of readings."""
    unit = terms.UNIT[criteria.units.length if quantity.unit in cells.MILLIMETRES else quantity.unit]
    return {
        "name": words.name(quantity.name),
        "how": words.name(quantity.how),
        "with": instruments_text(quantity, criteria, words),
        "answers": [words.text(each) for each in quantity.yes_and_no] if quantity.kind == "yes_no" else [],
        "unit": words.text(unit) if unit else "",
        "readings": quantity.readings,
    }


def instruments_text(quantity: model.Quantity, criteria: model.Criteria, words: wording.Wording) -> str:
    """Return the instruments of a quantity, each with its uncertainty, the usual one first."""
    return " / ".join(instrument_text(criteria.instruments[each], words) for each in quantity.instruments)


def instrument_text(instrument: model.Instrument, words: wording.Wording) -> str:
    """Return an instrument's name and the half width of its guard band."""
    name = words.name(instrument.name)
    if not instrument.uncertainty:
        return name
    unit = words.text(terms.UNIT.get(instrument.unit, instrument.unit))
    return f"{name} ± {words.number(instrument.uncertainty, 1)} {unit}"


def _known(lines: Iterable[Placed], sources: Mapping[str, int], known: Known, *, several: bool) -> list[Page]:
    """Return the rows of what is known, failures first; the element is named where there are several."""
    words = known.words
    rows: list[Page] = []
    for section, line in sorted(lines, key=lambda pair: (KNOWN_VERDICTS.index(pair[1].verdict), -pair[1].severity)):
        source, clause = _source_and_clause(line, known)
        row = {
            "name": line.name,
            "where": section.title if several else "",
            "verdict": line.verdict,
            "word": words.text(terms.VERDICT[line.verdict]),
            "measured": line.measured,
            "limit": line.limit,
            "source": words.number(sources[source], 0),
            "clause": clause,
        }
        rows.append(row)
    return rows


def _sources(lines: Iterable[Placed], known: Known) -> Mapping[str, int]:
    """Number the sources of a page, each with its basis, so that the rows need not repeat them."""
    # in the order of the rows, so that the numbers on a page rise
    names = dict.fromkeys(_source_and_clause(line, known)[0] for _, line in lines)
    return {name: number for number, name in enumerate(names, start=1)}


def _source_and_clause(line: site_report.FindingLine, known: Known) -> tuple[str, str]:
    titles = [known.words.name(source.short) for source in known.contents.record.criteria.sources.values()]
    # one title may be the beginning of another; the longest that fits is the one meant
    title = max((each for each in titles if line.clause.startswith(each)), key=len, default="")
    return f"{title} ({line.basis})".strip(), line.clause.removeprefix(title).strip()


def _notes(site: Any, lines: Sequence[site_report.FindingLine], words: wording.Wording) -> list[str]:
    """Return remarks under the table: the number of requirements still unknown, and what was assumed."""
    number = sum(line.verdict == "unknown" for line in lines)
    unknown = words.count("{n} requirement is not known yet", "{n} requirements are not known yet", number)
    assumed = dict.fromkeys(flag for line in lines if line.verdict in KNOWN_VERDICTS for flag in line.flags)
    never = [words.text("Nobody has surveyed this site yet.")] if pd.isna(site.last_surveyed_on) else []
    return [*never, *([unknown] if number else []), *assumed]


def _photos(sections: Sequence[site_report.ElementSection], words: wording.Wording) -> list[str]:
    text = words.text
    failing = [
        text("What fails: {name}, {element}", name=line.name, element=section.title)
        for section in sections
        for line in section.lines
        if line.verdict == "fail"
    ]
    whole = text("The whole place, from the street")
    return [whole, *(text("Whole: {element}", element=section.title) for section in sections), *failing]
