"""List the limits of law in the order of their clauses, and put each into words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from audits import wording
from audits.reports import site_report
from audits.rules import gazette, model


@dataclass(frozen=True)
class Entry:
    """One limit of law with the criterion that it belongs to."""

    criterion: model.Criterion
    limit: model.Limit


def of_law(criteria: model.Criteria) -> list[Entry]:
    """List every limit of law, source by source from the oldest, each in the order of its clauses."""
    entries = (Entry(each, limit) for each in criteria.criteria.values() for limit in each.limits if limit.state)
    return sorted(entries, key=_place)


def unchecked(criteria: model.Criteria) -> list[Entry]:
    """List the limits of law that nobody has found to be the same as the gazette."""
    return [entry for entry in of_law(criteria) if entry.limit.state != gazette.CHECKED]


def alike(entries: Iterable[Entry]) -> list[tuple[Entry, ...]]:
    """Put limits together that one look into the gazette answers: the same clause of a source states the same."""
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        limit, unit = entry.limit, entry.criterion.quantity.unit
        stated = limit.stated_as, limit.lower, limit.upper, limit.table, unit, limit.readings
        groups.setdefault((limit.source.source_id, limit.clause.th, *stated), []).append(entry)
    return [tuple(group) for group in groups.values()]


def _place(entry: Entry) -> tuple[object, ...]:
    source, clause = entry.limit.source, entry.limit.clause.th
    # Python reads Thai digits as digits; a clause without a number comes last.
    parts = [
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in re.findall(r"\d+|[ก-ฮ]", clause.removeprefix("ข้อ"))
    ]
    # a source without a day comes last
    day = source.in_force_on or dt.date.max
    return day, source.source_id, not clause.startswith("ข้อ"), parts, entry.limit.limit_id


def value_lines(entry: Entry, words: wording.Wording) -> list[str]:
    """Put into words what our data hold a source to say: the limit, step by step where it is a table."""
    criterion, limit = entry.criterion, entry.limit
    if limit.table is None:
        return [site_report.limit_text(limit.lower, limit.upper, limit.stated_as, criterion.quantity, words)]
    lines = [
        words.text("up to {top}: {required}", top=words.number(top), required=words.number(required))
        for top, required in limit.table.steps
    ]
    if limit.table.per:
        lines.append(words.text("then 1 more for every {per}", per=words.number(limit.table.per)))
    return lines


def condition_lines(limit: model.Limit, words: wording.Wording) -> list[str]:
    """Put into words when a limit applies; nothing where it always does."""
    return [_condition_text(each, words) for each in limit.conditions]


def _condition_text(condition: model.Condition, words: wording.Wording) -> str:
    text, quantity = words.text, condition.quantity
    name, value = words.name(quantity.name), site_report.quantity_text(condition.value, quantity, words)
    phrases = {
        "at_least": text("{name} is at least {value}", name=name, value=value),
        "more_than": text("{name} is more than {value}", name=name, value=value),
        "at_most": text("{name} is at most {value}", name=name, value=value),
        "less_than": text("{name} is less than {value}", name=name, value=value),
        "is_yes": text("{name}: yes", name=name),
        "is_no": text("{name}: no", name=name),
    }
    return phrases[condition.operator]


def reading_lines(limit: model.Limit, words: wording.Wording) -> Iterator[str]:
    """Put into words what each source says of a disputed limit."""
    return (f"{site_report.stated_text(one.stated_as, words)}: {words.name(one.by)}" for one in limit.readings)


def compared_text(limit: model.Limit, words: wording.Wording) -> str:
    """Put into words who compared a limit, on which day and page; empty while nobody has."""
    found = limit.compared
    if found is None:
        return ""
    by, day = found.compared_by, words.day(found.compared_on)
    if not found.page:
        return words.text("compared by {name}, {day}", name=by, day=day)
    return words.text("compared by {name}, {day}, page {page}", name=by, day=day, page=found.page)
