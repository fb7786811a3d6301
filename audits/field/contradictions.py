"""Ask about answers of one element that cannot both be true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from audits import errors, survey, terms, wording
from audits.field import answers
from audits.formats import cells
from audits.rules import contradictions as rules
from audits.rules import model

NOT_THERE = errors.ProblemKind(
    "ANSWER-011", "“{quantity}” is answered, and “{other}” with no; change the answer that is wrong"
)
PART_GREATER = errors.ProblemKind(
    "ANSWER-012", "“{quantity}” is greater than “{other}”; measure again and change the one that is wrong"
)
TOO_HIGH = errors.ProblemKind(
    "ANSWER-013",
    "a length of {length} at {slope} rises {climb}; {written} was written; measure again, the slope where it is "
    "steepest too, and change the one that is wrong",
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
            kind = TOO_HIGH if rule.slope else PART_GREATER if rule.is_whole else NOT_THERE
            named = {"quantity": quantity_id, "other": rule.answer}
            values = {each: _name(name, criteria) for each, name in named.items()}
            if rule.slope:
                values = _climb(readings[rule.answer], readings[rule.slope], readings[quantity_id], criteria)
            problems.setdefault(quantity_id, kind.at(quantity_id, **values))
    return problems


def _climb(
    along: Sequence[survey.Measurement],
    slope: Sequence[survey.Measurement],
    rise: Sequence[survey.Measurement],
    criteria: model.Criteria,
) -> dict[str, wording.Translated]:
    """Return the figures of a rise that its length and slope cannot reach, as they are shown."""
    length_mm, slope_pct = max(_values(along)), max(_values(slope))
    lengths = {"length": length_mm, "climb": length_mm * slope_pct / 100, "written": min(_values(rise))}
    shown = {name: _length(value_mm, criteria.units.length) for name, value_mm in lengths.items()}
    return shown | {"slope": wording.Translated(lambda words: terms.amount(slope_pct, "percent", words, 1))}


def _length(value_mm: float, unit: str) -> wording.Translated:
    digits = 3 if unit == "m" else 1
    return wording.Translated(lambda words: terms.amount(value_mm / cells.MILLIMETRES[unit], unit, words, digits))


def _contradicting(
    rule: rules.Contradiction, readings: Mapping[str, Sequence[survey.Measurement]], criteria: model.Criteria
) -> Iterator[str]:
    answer, slope = readings.get(rule.answer, ()), readings.get(rule.slope, ())
    if not answer or (rule.slope and not slope):
        return
    for quantity_id in rule.against:
        against = readings.get(quantity_id, ())
        if not against:
            continue
        if rule.slope:
            # Level landings are part of the length, so a ramp climbs rather less.
            climbs_mm = _most(answer) * _most(slope) / 100
            contradicts = min(_values(against)) - max(one.uncertainty for one in against) > climbs_mm
        elif rule.is_whole:
            # Within what both are uncertain by, they may be equal.
            slack = max(one.uncertainty for one in (*answer, *against))
            contradicts = min(_values(against)) > max(_values(answer)) + 2 * slack
        else:
            # another no, or a count of 0, agrees with a no; any other figure was measured on what is not there
            counted = criteria.quantities[quantity_id].unit in ("yes_no", "count")
            contradicts = max(_values(answer)) == 0 and (not counted or max(_values(against)) > 0)
        if contradicts:
            yield quantity_id


def _values(readings: Sequence[survey.Measurement]) -> list[float]:
    return [one.value for one in readings if one.value is not None]


def _most(readings: Sequence[survey.Measurement]) -> float:
    return max(_values(readings)) + max(one.uncertainty for one in readings)


def _name(quantity_id: str, criteria: model.Criteria) -> wording.Translated:
    return wording.Translated(lambda words: words.name(criteria.quantities[quantity_id].name))
