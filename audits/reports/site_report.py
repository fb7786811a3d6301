"""Word the findings of a site: measured value, limit, clause and margin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from audits import record as records
from audits import terms, wording
from audits.rules import asked_quantity, editions, gazette, model
from audits.scoring import findings, questions
from audits.store.register import rebuilt_elements

EDITION_ASSUMED = wording.phrase("permit date not known: newest edition taken")
# half a millimetre stays to be seen in every unit; other units are measured to a tenth
_DIGITS = {"cm": 2, "m": 3}
# 1:12 is 8.33 %: with one digit, limit and distance would not add up to what was measured
_MARGIN_DIGITS = {**_DIGITS, "percent": 2}
PERCENTAGE_POINTS = wording.phrase("{amount} percentage point"), wording.phrase("{amount} percentage points")
EARLIER = wording.phrase("from the survey of {day}; the newer one left it open")
REBUILT = wording.phrase("{element} was built anew on {day}: answers from before that day no longer count.")
MOST_NAMED = 5
VERDICT_ORDER = ("fail", "borderline", "unknown", "pass", "not_applicable")


@dataclass(frozen=True)
class FindingLine:
    """One finding in the reader's words.

    Parameters
    ----------
    criterion_id, name, verdict, severity
        The criterion, and its verdict.
    measured, limit, clause, basis, margin
        Sentences or fragments; `measured` and `margin` are empty when nothing was measured.
    flags
        Reservations: edition assumed, limit not checked against the gazette, applicability unknown.
    points
        Share of the site's score that hangs on this finding, 0 to 100.
    advice
        Remedy of a failure.
    earlier
        Names the survey that it rests on where a newer one of the element left it open; empty otherwise.
    """

    criterion_id: str
    name: str
    verdict: str
    severity: int
    measured: str
    limit: str
    clause: str
    basis: str
    margin: str
    flags: tuple[str, ...]
    points: float
    advice: str
    earlier: str = ""


@dataclass(frozen=True)
class ElementSection:
    """One element of the site with its findings, worst first."""

    element_id: str
    title: str
    kind: str
    lines: tuple[FindingLine, ...]


def sections(record: records.AuditedRecord, code: str, words: wording.Wording) -> list[ElementSection]:
    """Word the findings of a site, an element a section."""
    found = record.audit.findings
    book, weights, elements = record.criteria, record.weights, record.elements
    of_element: dict[str, list[Any]] = {name: [] for name in elements.index[elements["site_code"] == code].astype(str)}
    # read once: a frame for each element takes longer to cut out than to word
    for row in found.loc[found["site_code"] == code].itertuples():
        of_element.setdefault(str(row.element_id), []).append(row)
    applicable = (row for rows in of_element.values() for row in rows if row.verdict != "not_applicable")
    whole = sum(weights.of(book.criteria[row.criterion]) for row in applicable)
    result = []
    for element_id, rows in of_element.items():
        # a site at which nothing applies has no weight to share out
        newest = max((row.observed_on for row in rows if pd.notna(row.observed_on)), default=pd.NaT)
        lines = [
            _line(row, book, words, 100 * weights.of(book.criteria[row.criterion]) / (whole or 1), newest)
            for row in rows
        ]
        lines.sort(key=lambda line: (VERDICT_ORDER.index(line.verdict), -line.severity, line.criterion_id))
        kind, label = (str(elements[column][element_id]) for column in ("kind", "label"))
        result.append(ElementSection(element_id, element_title(element_id, kind, label, words), kind, tuple(lines)))
    return result


def element_title(element_id: str, kind: str, label: str, words: wording.Wording) -> str:
    """Title of an element: its kind with its number, and its label."""
    number = element_id.rsplit(".", 1)[-1]
    return f"{words.text(terms.ELEMENT_KIND[kind])} {number}" + (f" · {label}" if label else "")


def heading(title: str) -> str:
    """Return a title as it stands alone above a part: kinds of elements are written small, as within a sentence."""
    return title[:1].upper() + title[1:]


def element_of_site(element_id: str, words: wording.Wording) -> str:
    """Name an element by its site, its kind and its number, such as ``KK-012 ramp 1``."""
    return terms.element(element_id).write(words)


def elements_named(element_ids: Sequence[str], words: wording.Wording) -> str:
    """Name elements with their sites in a sentence: the first ones, and how many more there are."""
    names = [element_of_site(one, words) for one in element_ids[:MOST_NAMED]]
    more = len(element_ids) - len(names)
    return ", ".join([*names, *([words.text("and {n} more", n=words.number(more))] if more else [])])


def rebuilt_lines(record: records.AuditedRecord, code: str, words: wording.Wording) -> list[str]:
    """Say of each element of a site that was built anew since when its answers count."""
    mine = record.elements.index[record.elements["site_code"] == code].to_series()
    days = rebuilt_elements.of_each(mine, record.rebuilt, record.joined).dropna()
    return [
        words.text(REBUILT, element=element_of_site(str(name), words), day=words.day(day.date()))
        for name, day in days.items()
    ]


def _line(row: Any, criteria: model.Criteria, words: wording.Wording, points: float, newest: Any) -> FindingLine:
    criterion = criteria.criteria[row.criterion]
    source = criteria.sources[row.source]
    quantity, factor = asked_quantity.in_unit(criterion.quantity, criteria.units.length)
    return FindingLine(
        criterion_id=criterion.criterion_id,
        name=words.name(criterion.name),
        verdict=row.verdict,
        severity=criterion.severity,
        measured=measured_text(row, quantity, words, factor),
        limit=limit_text(row.lower * factor, row.upper * factor, row.stated_as, quantity, words),
        clause=f"{words.name(source.short)} {clause_text(criterion, row, words)}".strip(),
        basis=words.text(terms.BASIS["comparator" if source.kind == "comparator" else row.basis]),
        margin=margin_text(row.margin * factor, quantity, words),
        flags=_flags(row, criterion.limit_of(row.source), words),
        points=points if row.verdict != "not_applicable" else 0.0,
        advice=words.name(criterion.advice),
        earlier=_earlier(row.observed_on, newest, words),
    )


def _earlier(day: Any, newest: Any, words: wording.Wording) -> str:
    # NaT, or NaN where nothing of the record was measured, is no day to compare
    if pd.isna(day) or day >= newest:
        return ""
    return words.text(EARLIER, day=words.day(day.date()))


@dataclass(frozen=True)
class Grounds:
    """What a verdict rests on, in the reader's words.

    `binding` says whether it binds in a setting, and whether its text is still to be checked; `source` names the law or
    standard with its clause, and the edition where that was assumed.
    """

    binding: tuple[str, ...]
    source: str


def grounds(rule: findings.Rule, applicable: editions.Applicable, setting: str, words: wording.Wording) -> Grounds:
    """Name the grounds of a verdict."""
    limit = rule.limit
    unverified = [words.text(terms.UNVERIFIED)] if limit.state == gazette.REPORTED else []
    source = [f"{words.name(limit.source.short)} {words.name(limit.clause)}".strip()]
    source += [words.text(EDITION_ASSUMED)] if applicable.edition_assumed else []
    return Grounds((words.text(terms.BASIS[applicable.basis(setting)]), *unverified), " · ".join(source))


def open_text(found: questions.LiveFinding, criteria: model.Criteria, words: wording.Wording) -> str:
    """Say of a finding that is open what settles it: another answer, or a finer measurement; empty for any other."""
    if found.verdict == "borderline":
        return words.text("too near the limit to tell: measure again, more finely")
    if found.verdict != "unknown" or not found.waits_for:
        return ""
    asked = ", ".join(words.name(criteria.quantities[each].question) for each in found.waits_for)
    return words.text("depends on: {questions}", questions=asked)


def clause_text(criterion: model.Criterion, row: Any, words: wording.Wording) -> str:
    """Clause of the limit in force, in the reader's language."""
    for limit in (*criterion.limits, *criterion.comparators):
        # the findings name a clause in Thai, as the law is written
        if limit.source.source_id == row.source and limit.clause.th == row.clause:
            return words.name(limit.clause)
    return str(row.clause)


def _flags(row: Any, limit: model.Limit, words: wording.Wording) -> tuple[str, ...]:
    flags = []
    if row.edition_assumed:
        flags.append(words.text(EDITION_ASSUMED))
    if limit.state == gazette.REPORTED:
        flags.append(words.text(terms.LAW_STATE[limit.state]))
    if row.verdict == "unknown" and int(row.outcome) & findings.CAN_NOT_APPLY:
        flags.append(words.text("whether this applies depends on a quantity not measured yet"))
    return tuple(flags)


def measured_text(row: Any, quantity: model.Quantity, words: wording.Wording, factor: float = 1.0) -> str:
    """Measured value or spread of several readings, with its uncertainty; `factor` turns them into its unit."""
    if pd.isna(row.lowest):
        return ""
    if quantity.kind == "yes_no":
        return quantity_text(row.lowest, quantity, words)
    low, high = (quantity_text(value * factor, quantity, words) for value in (row.lowest, row.highest))
    value = low if row.lowest == row.highest else words.text("{low} to {high}", low=low, high=high)
    if row.uncertainty > 0:
        value += " ± " + words.number(row.uncertainty * factor, _DIGITS.get(quantity.unit, 1))
    if not pd.isna(row.readings) and row.readings > 1:
        value += " " + words.count("({n} reading)", "({n} readings)", int(row.readings))
    return value


def quantity_text(value: float, quantity: model.Quantity, words: wording.Wording) -> str:
    """Value with its unit; a slope also as a ratio."""
    if quantity.kind == "yes_no":
        yes, no = quantity.yes_and_no
        return words.text(yes if value > 0 else no)
    text = _amount(value, quantity, words)
    if quantity.kind == "slope" and value > 0:
        text += f" (1:{words.number(100 / value, 2)})"
    return text


def _amount(value: float, quantity: model.Quantity, words: wording.Wording) -> str:
    return terms.amount(value, quantity.unit, words, _DIGITS.get(quantity.unit, 1))


def limit_text(lower: float, upper: float, stated_as: str, quantity: model.Quantity, words: wording.Wording) -> str:
    """Limit as the rule states it."""
    if quantity.is_presence:
        return words.text("must be there") if lower > 0 else words.text("must not be there")
    if quantity.kind == "yes_no":
        return words.text("must be so") if lower > 0 else words.text("must not be so")
    # measured in percent, so the limit stands in percent, and beside it the 1:12 that the law writes
    ratio = f" ({stated_as})" if quantity.kind == "slope" and ":" in stated_as else ""
    # nobody entered the number by which the table is read
    if np.isnan(lower):
        return words.text("a number set by a table")
    digits = _MARGIN_DIGITS.get(quantity.unit, 1)
    low, high = (f"{terms.amount(end, quantity.unit, words, digits)}{ratio}" for end in (lower, upper))
    if np.isfinite(lower) and np.isfinite(upper):
        return words.text("exactly {value}", value=low) if lower == upper else f"{low} – {high}"
    return f"≥ {low}" if np.isfinite(lower) else f"≤ {high}"


def stated_text(stated_as: str, words: wording.Wording) -> str:
    """What a source writes, with the unit in the reader's language."""
    return re.sub(r"\bmm\b", words.text(terms.UNIT["mm"]), stated_as)


def margin_text(margin: float, quantity: model.Quantity, words: wording.Wording) -> str:
    """Distance of a value from its limit, inside or outside."""
    if pd.isna(margin) or not np.isfinite(margin) or quantity.kind == "yes_no":
        return ""
    # three digits for less than a tenth: a narrow failure must not read as off by nothing
    digits = _MARGIN_DIGITS.get(quantity.unit, 1) if abs(margin) >= 0.1 else 3
    amount = terms.amount(abs(margin), quantity.unit, words, digits)
    if quantity.unit == "percent":
        # "off by 3.7 %" may be a share of the limit
        points = words.number(abs(margin), digits)
        one, many = PERCENTAGE_POINTS
        amount = words.text(one if points == "1" else many, amount=points)
    if margin >= 0:
        return words.text("{amount} to spare", amount=amount)
    return words.text("off by {amount}", amount=amount)
