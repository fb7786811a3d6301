"""Invent the true state of demonstration sites, and readings of it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from audits import survey
from audits.rules import model
from layers import installation

Found = dict[str, float]

# Facts and sizes of the place, which no construction can fail.
_PLACE = yaml.safe_load((installation.DATA / "sample" / "demonstration_city.yaml").read_text("utf-8"))
_FACTS: Mapping[str, float] = _PLACE["facts"]
_SIZES: Mapping[str, tuple[float, float]] = _PLACE["sizes"]

# Running slopes from 1:16 to 1:12.2, and from 1:11.9 to 1:8.
_SLOPES_THAT_PASS = (6.25, 8.2)
_SLOPES_THAT_FAIL = (8.4, 12.5)

_REASONS_NOT_SEEN = ("blocked", "no_time", "not_visible")

_LONGEST_SINGLE_RUN_MM = 6000.0
_ROUNDED_TO_MM = 5.0
_COARSE_FROM_MM = 100.0
_SHARE_WRITTEN_AS_RATIO = 0.5


@dataclass(frozen=True)
class Builder:
    """Quality of a construction or a repair.

    Parameters
    ----------
    skill
        Chance that one requirement is met, 0 to 1.
    reach
        Share of an existing element that is rebuilt, 0 to 1.
    """

    skill: float
    reach: float = 1.0


REPAIR = Builder(skill=0.97, reach=0.8)
DECAY = Builder(skill=0.2, reach=0.3)


def built(
    kind: str, builder: Builder, criteria: model.Criteria, chance: random.Random, before: Found | None = None
) -> Found:
    """Invent the true state of one element.

    Parameters
    ----------
    kind
        Kind of element.
    builder
        How well it is done, and how much of `before` is done anew.
    criteria
        The criteria: what they make of a quantity decides which values pass and fail.
    chance
        Seeded, so that the same city is invented everywhere.
    before
        The state before a repair or a decay; facts and sizes of the place stay.

    Returns
    -------
    dict
        Value by quantity id, in the quantity's unit; only quantities that matter there.
    """
    rules = criteria.of_element(kind)
    known = before or {}
    found: Found = {survey.ELEMENT_PRESENT: 1.0}
    for quantity in model.questions(criteria, kind):
        name = quantity.quantity_id
        # what was found so far decides what is asked next
        limits = list(_limits_that_ask(name, rules, found))
        if name in found or not limits:
            continue
        # Nobody moves a wall by repairing a handrail: facts and sizes of the place stay.
        kept = name in known and (_is_of_the_place(name) or chance.random() > builder.reach)
        judging = [limit for criterion, limit in limits if criterion.quantity.quantity_id == name]
        found[name] = known[name] if kept else _value(quantity, judging, builder, chance, found)
    return found


def read(
    element_id: str, found: Mapping[str, float], criteria: model.Criteria, chance: random.Random, missed: float
) -> Iterator[survey.Measurement]:
    """Read every quantity of one element as a surveyor would, within the uncertainty of the instrument.

    Parameters
    ----------
    element_id
        The element.
    found
        Its true state.
    criteria, chance
        As in :func:`built`.
    missed
        Share of the quantities left unmeasured, each with a reason.
    """
    for name, value in found.items():
        quantity = criteria.quantities[name]
        if name != survey.ELEMENT_PRESENT and chance.random() < missed:
            reasons = _REASONS_NOT_SEEN if quantity.kind == "yes_no" else survey.NOT_MEASURED_REASONS
            yield survey.Measurement(element_id, name, None, not_measured_because=chance.choice(reasons))
            continue
        for reading in range(1, quantity.readings + 1):
            yield _reading(element_id, quantity, value, reading, criteria, chance)


def _reading(
    element_id: str,
    quantity: model.Quantity,
    value: float,
    reading: int,
    criteria: model.Criteria,
    chance: random.Random,
) -> survey.Measurement:
    instrument = criteria.instruments[quantity.instruments[0]]
    # Half the guard band, so that readings rarely contradict the true state.
    near = value + chance.uniform(-0.5, 0.5) * instrument.uncertainty
    shown = _within(quantity.possible, round(near / instrument.resolution) * instrument.resolution)
    shown, written = _as_written(quantity, round(shown, 2), chance)
    uncertainty = float(instrument.uncertainty)
    return survey.Measurement(
        element_id, quantity.quantity_id, shown, written, instrument.instrument_id, uncertainty, reading
    )


def _as_written(quantity: model.Quantity, value: float, chance: random.Random) -> tuple[float, str]:
    if quantity.kind == "yes_no":
        return value, "ใช่" if value else "ไม่ใช่"
    if quantity.kind == "slope" and value > 0 and chance.random() < _SHARE_WRITTEN_AS_RATIO:
        # the value is that of the ratio as it is written, which is rounded
        run = round(100 / value, 1)
        return 100 / run, f"1:{run:g}"
    return value, f"{value:g}"


def _limits_that_ask(
    name: str, rules: tuple[model.Criterion, ...], found: Found
) -> Iterator[tuple[model.Criterion, model.Limit]]:
    """Yield the limits that depend on a quantity and may still apply, oldest edition first."""
    for criterion in rules:
        for limit in criterion.limits:
            needed = {quantity.quantity_id for quantity in (criterion.quantity, *limit.asks_for)}
            if limit.sourced and name in needed and all(_may_hold(each, found) for each in limit.conditions):
                yield criterion, limit


def _may_hold(condition: model.Condition, found: Found) -> bool:
    value = found.get(condition.quantity.quantity_id)
    return value is None or bool(condition.met(value, value))


def _is_of_the_place(name: str) -> bool:
    return name in _FACTS or name in _SIZES or name == "runs_count"


def _value(
    quantity: model.Quantity, limits: list[model.Limit], builder: Builder, chance: random.Random, found: Found
) -> float:
    name, good = quantity.quantity_id, chance.random() < builder.skill
    if name in _FACTS:
        return float(chance.random() < _FACTS[name])
    if name in _SIZES:
        return _rounded(quantity, chance.uniform(*_SIZES[name]))
    if name == "runs_count":
        return 2.0 if found["ramp_length_total_mm"] > _LONGEST_SINGLE_RUN_MM and good else 1.0
    if name == "longest_run_length_mm":
        return _rounded(quantity, found["ramp_length_total_mm"] / found.get("runs_count", 1.0))
    if name == "running_slope_pct":
        return _rounded(quantity, chance.uniform(*(_SLOPES_THAT_PASS if good else _SLOPES_THAT_FAIL)))
    if quantity.kind == "yes_no":
        return float(good)
    lower, upper = _bounds(limits, found) if limits else quantity.usual
    drawn = _inside(lower, upper, chance) if good else _outside(lower, upper, chance)
    return _rounded(quantity, _within(quantity.usual, drawn))


def _bounds(limits: list[model.Limit], found: Found) -> tuple[float, float]:
    newest = limits[-1]
    if newest.table is None:
        return newest.lower, newest.upper
    return float(newest.table.required(found.get(newest.table.quantity.quantity_id, 0.0))), newest.upper


def _inside(lower: float, upper: float, chance: random.Random) -> float:
    if lower == -float("inf"):
        return chance.uniform(0.6, 1.0) * upper
    if upper == float("inf"):
        return chance.uniform(1.0, 1.3) * lower
    return chance.uniform(lower, upper)


def _outside(lower: float, upper: float, chance: random.Random) -> float:
    too_little = chance.uniform(0.75, 0.98) * lower
    too_much = chance.uniform(1.04, 1.4) * upper
    if lower == -float("inf"):
        return too_much
    return too_little if upper == float("inf") or chance.random() < 1 / 2 else too_much


def _rounded(quantity: model.Quantity, value: float) -> float:
    if quantity.unit == "mm":
        step = _ROUNDED_TO_MM if value >= _COARSE_FROM_MM else 1.0
        return round(value / step) * step
    return float(int(value)) if quantity.kind == "count" else round(value, 1)


def _within(edges: tuple[float, float], value: float) -> float:
    return min(max(value, edges[0]), edges[1])
