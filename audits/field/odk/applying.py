"""Write as XPath when a question can still matter, as :mod:`audits.scoring.questions` decides on the screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from audits.field.odk import limits, names
from audits.rules import model
from audits.scoring import findings

_COMPARISONS = {"at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<"}
_OPPOSITE = {">=": "<", ">": "<=", "<=": ">", "<": ">="}


def when(quantity: model.Quantity, kind: str, rules: Sequence[findings.Rule], asked: Sequence[model.Quantity]) -> str:
    """Return XPath that holds unless every rule that looks at a quantity is certain not to apply; empty for always.

    Parameters
    ----------
    quantity
        The question.
    kind
        Kind of the element.
    rules
        The rules in force.
    asked
        The questions of this kind, in asking order.

    Notes
    -----
    Only answers given before the question count, so that no two questions wait for one another; an answer that is
    missing leaves the rule open.
    """
    place = {each.quantity_id: number for number, each in enumerate(asked)}
    ways = [
        frozenset(_openings(rule, kind, lambda other: place[other.quantity_id] < place[quantity.quantity_id]))
        for rule in rules
        if quantity.quantity_id in rule.quantities()
    ]
    if not ways or frozenset() in ways:
        return ""
    # a way that asks for more than another adds nothing
    fewest = [way for way in dict.fromkeys(ways) if not any(other < way for other in ways)]
    return " or ".join(" and ".join(sorted(way)) for way in fewest)


def _openings(rule: findings.Rule, kind: str, is_earlier: Callable[[model.Quantity], bool]) -> Iterator[str]:
    """Yield XPath that holds while each condition of a rule may be met."""
    for condition in rule.limit.conditions:
        if is_earlier(condition.quantity):
            yield _may_be_met(condition, kind)
    table = rule.limit.table
    if table is not None and is_earlier(table.quantity):
        nothing_up_to = [up_to for up_to, required in table.steps if required == 0]
        if nothing_up_to:
            more_than = model.Condition(table.quantity, "more_than", max(nothing_up_to))
            yield _may_be_met(more_than, kind)


def _may_be_met(condition: model.Condition, kind: str) -> str:
    quantity = condition.quantity
    if quantity.unit == "yes_no":
        excluded = names.NO if condition.operator == "is_yes" else names.YES
        return f"${{{names.of_element(kind, quantity.quantity_id)}}} != '{excluded}'"
    comparison = _COMPARISONS[condition.operator]
    first, *more = (
        f"${{{names.part(kind, quantity.quantity_id, number)}}}" for number in range(1, quantity.readings + 1)
    )
    ways = [f"not({limits.compared(quantity, first, _OPPOSITE[comparison], condition.value)})"]
    ways += [limits.compared(quantity, subject, comparison, condition.value) for subject in more]
    return ways[0] if len(ways) == 1 else f"({' or '.join(ways)})"
