"""Ask about answers of one element that cannot both be true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from audits import errors, survey, wording
from audits.field import answers
from audits.rules import contradictions as rules
from audits.rules import model

NOT_THERE = errors.ProblemKind(
    "ANSWER-011", "“{quantity}” is answered, and “{other}” with no; change the answer that is wrong"
)
PART_GREATER = errors.ProblemKind(
    "ANSWER-012", "“{quantity}” is greater than “{other}”; measure again and change the one that is wrong"
)


def asked(read: answers.Read, criteria: model.Criteria) -> answers.Read:
    """Add to what was read of one element a problem for each answer that contradicts another.

    A problem that an answer has by itself comes first.
    """
    return replace(read, problems={**found(read.measurements, criteria), **read.problems})


def found(measurements: Iterable[survey.Measurement], criteria: model.Criteria) -> dict[str, errors.Problem]:
    """Find the contradictions in the measurements of one element, by id of the quantity to look at again."""
    readings: dict[str, list[survey.Measurement]] = {}
    for one in measurements:
        if one.value is not None:
            readings.setdefault(one.quantity, []).append(one)
    problems: dict[str, errors.Problem] = {}
    for rule in criteria.contradictions:
        for quantity_id in _contradicting(rule, readings, criteria):
            kind = PART_GREATER if rule.is_whole else NOT_THERE
            names = {"quantity": _name(quantity_id, criteria), "other": _name(rule.answer, criteria)}
            problems.setdefault(quantity_id, kind.at(quantity_id, **names))
    return problems


def _contradicting(
    rule: rules.Contradiction, readings: Mapping[str, Sequence[survey.Measurement]], criteria: model.Criteria
) -> Iterator[str]:
    answer = readings.get(rule.answer, ())
    if not answer:
        return
    for quantity_id in rule.against:
        against = readings.get(quantity_id, ())
        if not against:
            continue
        if rule.is_whole:
            # Within what both are uncertain by, they may be equal.
            slack = max(one.uncertainty for one in (*answer, *against))
            contradicts = min(_values(against)) > max(_values(answer)) + 2 * slack
        else:
            counted = criteria.quantities[quantity_id].unit in ("yes_no", "count")
            contradicts = max(_values(answer)) == 0 and (not counted or max(_values(against)) > 0)
        if contradicts:
            yield quantity_id


def _values(readings: Sequence[survey.Measurement]) -> list[float]:
    return [one.value for one in readings if one.value is not None]


def _name(quantity_id: str, criteria: model.Criteria) -> wording.Translated:
    return wording.Translated(lambda words: words.name(criteria.quantities[quantity_id].name))
