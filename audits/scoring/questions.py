"""Choose the questions that still apply to an element, and judge it while it is measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audits import survey
from audits.rules import model
from audits.scoring import findings

ASKED_FIRST_FROM_SEVERITY = 3


@dataclass(frozen=True)
class LiveFinding:
    """One finding of the element being measured.

    `waits_for` names the quantities, not measured yet, that decide whether the rule applies or which limit of it holds.
    """

    rule: findings.Rule
    verdict: str
    margin: float
    lower: float
    upper: float
    waits_for: tuple[str, ...] = ()


def asking(criteria: model.Criteria, kind: str, rules: Sequence[findings.Rule]) -> list[findings.Rule]:
    """Rules by which to ask: those in force, and one for each criterion that is shown and judges nothing.

    What a foreign standard or an uncertain source asks is measured too, so that it can be shown beside it; what is
    disputed can be judged as soon as somebody has read the gazette.
    """
    judged = {rule.criterion.criterion_id for rule in rules}
    shown = (each for each in criteria.of_element(kind) if each.disputed or not each.judges)
    return [*rules, *(findings.Rule(each, each.asking[-1]) for each in shown if each.criterion_id not in judged)]


def that_apply(
    criteria: model.Criteria, kind: str, rules: Sequence[findings.Rule], readings: Mapping[str, findings.Readings]
) -> list[model.Quantity]:
    """Quantities worth asking for, in asking order.

    A quantity is left out when every rule that depends on it, as value or as condition, is certain not to apply; one
    that was measured stays, unless the same answer follows from another question's.

    Parameters
    ----------
    criteria
        The criteria.
    kind
        Kind of the element.
    rules
        The rules in force for it.
    readings
        Readings of this one element so far, one row each.
    """
    asked = asking(criteria, kind, rules)
    possible = findings.outcomes(asked, readings, 1)[:, 0]
    # what was answered stays on the form, so that it can be corrected
    wanted = {survey.ELEMENT_PRESENT, *readings}
    for rule, outcome in zip(asked, possible, strict=True):
        # As long as a rule may apply, its conditions are worth asking too: they may settle that it does not.
        if int(outcome) & ~findings.MEASURED != findings.CAN_NOT_APPLY:
            wanted |= rule.quantities()
    present = readings.get(survey.ELEMENT_PRESENT)
    # no rule rules out what only a design rests on: it is asked of everything that nobody looked for in vain
    if present is None or present.highest[0] != 0:
        wanted |= {one.quantity_id for one in model.questions(criteria, kind) if one.for_design}
    return [
        quantity
        for quantity in model.questions(criteria, kind)
        if quantity.quantity_id in wanted and not follows(quantity, readings, 1)[0]
    ]


def ruled_out(
    criteria: model.Criteria, kind: str, rules: Sequence[findings.Rule], left: Sequence[model.Quantity]
) -> list[model.Quantity]:
    """Quantities asked before anything was answered that the answers so far have made needless.

    A total of :func:`that_apply` that falls while somebody answers reads as a fault unless these are named with it.
    `left` are the quantities of :func:`that_apply` by now.
    """
    still = {one.quantity_id for one in left}
    return [one for one in that_apply(criteria, kind, rules, {}) if one.quantity_id not in still]


def follows(quantity: model.Quantity, readings: Mapping[str, findings.Readings], size: int) -> npt.NDArray[np.bool_]:
    """Mark the elements at which the answer is no and follows from another question's, shape (size,).

    Parameters
    ----------
    quantity
        The question; nothing follows where it has no ``no_without``.
    readings
        By quantity, shape (size,).
    size
        Number of elements.
    """
    if quantity.no_without not in readings or quantity.quantity_id not in readings:
        return np.zeros(size, dtype=bool)
    both = (readings[quantity.quantity_id].highest, readings[quantity.no_without].highest)
    none: npt.NDArray[np.bool_] = (both[0] == 0) & (both[1] == 0)
    return none


def weighty(rules: Sequence[findings.Rule]) -> set[str]:
    """Quantities to ask first: those that decide on a danger or a need for help, and their conditions."""
    urgent = (rule.quantities() for rule in rules if rule.criterion.severity >= ASKED_FIRST_FROM_SEVERITY)
    return {survey.ELEMENT_PRESENT}.union(*urgent)


def live(
    rules: Sequence[findings.Rule], readings: Mapping[str, findings.Readings]
) -> Mapping[str, tuple[LiveFinding, ...]]:
    """Findings of one element so far, by the quantity whose answer decides them.

    Where an answer follows from another question's, its findings stand at that question: the other is not asked.
    """
    verdicts = findings.verdicts(findings.outcomes(rules, readings, 1))[:, 0]
    margins = findings.margins(rules, readings, 1)[:, 0]
    unmeasured = findings.Readings.exact(np.array([np.nan]))
    result: dict[str, tuple[LiveFinding, ...]] = {}
    for rule, verdict, margin in zip(rules, verdicts, margins, strict=True):
        # an edge is one number, or of a table one for each element
        lower, upper = (float(np.ravel(edge)[0]) for edge in findings.bounds(rule.limit, readings, unmeasured))
        one = LiveFinding(rule, findings.VERDICTS[verdict], float(margin), lower, upper, _waits_for(rule, readings))
        quantity = rule.criterion.quantity
        at = quantity.no_without if follows(quantity, readings, 1)[0] else quantity.quantity_id
        result[at] = (*result.get(at, ()), one)
    return result


def _waits_for(rule: findings.Rule, readings: Mapping[str, findings.Readings]) -> tuple[str, ...]:
    # a dictionary, not a set: the names come in the order of the rule in every process
    asked = dict.fromkeys(each.quantity_id for each in rule.limit.asks_for)
    return tuple(each for each in asked if each not in readings or bool(np.isnan(readings[each].lowest).all()))
