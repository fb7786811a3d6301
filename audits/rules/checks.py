"""Check rule files beyond their schema: references, units, settings and days."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import string
from collections.abc import Iterator, Mapping
from typing import Any

from audits import survey
from audits.rules import contradictions, themes

# Columns end in their unit, so the id of a quantity must too.
_SUFFIXES = {"percent": "_pct", "mm": "_mm", "m": "_m", "count": "_count", "lux": "_lux", "degrees": "_deg"}
# a ratio such as 1:12 is in percent already when it is converted
_CONVERSIONS = {("m", "mm"): 1000.0, ("mm", "m"): 0.001, ("ratio", "percent"): 1.0}

Block = Mapping[str, Any]


def cross_faults(contents: Block) -> Iterator[str]:
    """Yield the faults that the schema cannot find: references, units, settings and days."""
    for source_id, source in contents["sources"].items():
        for fault in _source_faults(source):
            yield f"sources.yaml: {source_id}: {fault}"
    for quantity_id, quantity in contents["quantities"].items():
        for fault in _quantity_faults(quantity_id, quantity, contents):
            yield f"quantities.yaml: {quantity_id}: {fault}"
    for rule_id, rule in contents.get("contradictions", {}).items():
        for fault in contradictions.faults(rule, contents["quantities"]):
            yield f"contradictions.yaml: {rule_id}: {fault}"
    if "themes" in contents:
        for fault in themes.faults(contents["themes"], contents["quantities"]):
            yield f"themes.yaml: {fault}"
    seen: set[str] = set()
    for kind in survey.ELEMENT_KINDS:
        for criterion_id, block in contents.get(kind, {}).items():
            if criterion_id in seen:
                yield f"{kind}.yaml: {criterion_id}: given twice"
            seen.add(criterion_id)
            for fault in _criterion_faults(kind, criterion_id, block, contents):
                yield f"{kind}.yaml: {criterion_id}: {fault}"


def _source_faults(source: Block) -> Iterator[str]:
    for key in ("published_on", "in_force_on"):
        if source[key] is not None and day_or_none(source[key]) is None:
            yield f"{key}: {source[key]} is not a day"
    for setting in source["binds"]:
        if setting not in survey.SETTINGS:
            yield f"binds: {setting}: unknown setting, accepted are {', '.join(survey.SETTINGS)}"
    if source["binds"] and source["kind"] != "law":
        yield "binds: only a law binds"


def _quantity_faults(quantity_id: str, quantity: Block, contents: Block) -> Iterator[str]:
    instruments, without = contents["instruments"], quantity.get("no_without")
    suffix = _SUFFIXES.get(quantity["unit"])
    if suffix is not None and not quantity_id.endswith(suffix):
        yield f"unit: an id in {quantity['unit']} must end in {suffix}"
    if suffix is None and quantity_id.endswith(tuple(_SUFFIXES.values())):
        yield "unit: a yes-or-no id must not end in a unit"
    for instrument in quantity["instruments"]:
        if instrument not in instruments:
            yield f"instruments: {instrument}: unknown instrument"
        elif instruments[instrument]["unit"] != quantity["unit"]:
            yield f"instruments: {instrument}: measures {instruments[instrument]['unit']}, not {quantity['unit']}"
    for kind in quantity["elements"]:
        if kind not in survey.ELEMENT_KINDS:
            yield f"elements: {kind}: unknown kind of element"
    (least, most), (low, high) = quantity["possible"], quantity["usual"]
    if not least <= low < high <= most:
        yield "usual: must lie inside possible, the lower first"
    if without is not None:
        for kind in quantity["elements"]:
            yield from _reference_faults("no_without", without, kind, contents["quantities"])
        # one that is unknown was named above, and has no unit
        if {quantity["unit"], contents["quantities"].get(without, quantity)["unit"]} != {"yes_no"}:
            yield "no_without: only one yes-or-no question answers another"


def _criterion_faults(kind: str, criterion_id: str, block: Block, contents: Block) -> Iterator[str]:
    if block["element"] != kind or not criterion_id.startswith(f"{kind}."):
        yield f"element: {block['element']}: does not belong in this file"
    yield from _reference_faults("quantity", block["quantity"], kind, contents["quantities"])
    yield from _target_faults(block)
    for key, kinds in (("limits", ("law", "guidance")), ("comparators", ("comparator",))):
        limits = block.get(key, ())
        for position, limit in enumerate(limits, start=1):
            for fault in _limit_faults(limit, kinds, kind, block["quantity"], contents):
                yield f"{key} {position}: {fault}"
        # a limit is known by its criterion and its source
        if len({limit["source"] for limit in limits}) < len(limits):
            yield f"{key}: one source states two limits"


def _target_faults(block: Block) -> Iterator[str]:
    targets, sources = block.get("targets", ()), {limit["source"] for limit in block.get("limits", ())}
    wanted = {"target", "other_target"} if len(targets) == 2 else {"target"} if targets else set()
    for language, text in block["advice"].items():
        named = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        if named != wanted:
            yield f"advice: {language}: names {sorted(named)}, and the targets are {sorted(wanted)}"
    for target in targets:
        for source in target.get("under", ()):
            if source not in sources:
                yield f"targets: {source}: states no limit of this criterion"


def _reference_faults(key: str, quantity_id: str, kind: str, quantities: Block) -> Iterator[str]:
    if quantity_id not in quantities:
        yield f"{key}: {quantity_id}: unknown quantity"
    elif kind not in quantities[quantity_id]["elements"]:
        yield f"{key}: {quantity_id}: does not belong to {kind}"


def _limit_faults(limit: Block, kinds: tuple[str, ...], kind: str, judged: str, contents: Block) -> Iterator[str]:
    quantities = contents["quantities"]
    source = contents["sources"].get(limit["source"])
    if source is None:
        yield f"source: {limit['source']}: unknown source"
    elif source["kind"] not in kinds:
        yield f"source: {limit['source']}: is a {source['kind']}, accepted here are {', '.join(kinds)}"
    elif (source["kind"] == "law") != ("state" in limit):
        yield "state: a limit of law is reported or disputed, others have no state"
    # An unknown quantity is a fault of the criterion already; its unit cannot be checked.
    if judged in quantities:
        yield from _bound_faults(limit, quantities[judged])
    for condition in limit.get("applies_when", ()):
        yield from _reference_faults("applies_when", condition["quantity"], kind, quantities)
        if condition["quantity"] in quantities:
            yield from _condition_faults(condition, quantities[condition["quantity"]])
    if "limit_table" in limit:
        yield from _reference_faults("limit_table", limit["limit_table"]["quantity"], kind, quantities)
        steps = limit["limit_table"]["steps"]
        if any(before[0] >= after[0] or before[1] > after[1] for before, after in itertools.pairwise(steps)):
            yield f"limit_table: steps must ascend, given {steps}"


def _bound_faults(limit: Block, quantity: Block) -> Iterator[str]:
    unit = quantity["unit"]
    if limit["unit"] != unit and (limit["unit"], unit) not in _CONVERSIONS:
        yield f"unit: {limit['unit']} cannot be converted to {unit}"
        return
    lower, upper = bounds(limit, unit)
    least, most = quantity["possible"]
    if lower > upper:
        yield f"limit: {limit['limit']}: the lower bound comes first"
    if not all(least <= bound <= most for bound in (lower, upper) if not math.isinf(bound)):
        yield f"limit: {limit.get('limit')}: outside what is possible, {least} to {most} {unit}"


def _condition_faults(condition: Block, quantity: Block) -> Iterator[str]:
    if (condition["operator"] in ("is_yes", "is_no")) != (quantity["unit"] == "yes_no"):
        yield f"applies_when: {condition['quantity']}: {condition['operator']} does not fit a {quantity['unit']}"


def number(written: float | str) -> float:
    """Number as written; a slope 1:n is 100/n percent.

    Examples
    --------
    >>> number("1:8"), number(900)
    (12.5, 900.0)
    """
    if isinstance(written, str):
        return 100 / int(written.removeprefix("1:"))
    return float(written)


def bounds(block: Block, unit: str) -> tuple[float, float]:
    """Lower and upper bound in the unit of the quantity judged."""
    # Yes is 1, so at least 1 is required; nothing above it can fail.
    if block["operator"] == "is_yes":
        return 1.0, math.inf
    if "limit_table" in block:
        return -math.inf, math.inf
    factor = _CONVERSIONS.get((block["unit"], unit), 1.0)
    if block["operator"] == "between":
        lower, upper = block["limit"]
        return lower * factor, upper * factor
    bound = number(block["limit"]) * factor
    return (bound, math.inf) if block["operator"] == "at_least" else (-math.inf, bound)


def day_or_none(written: str | None) -> dt.date | None:
    """Day written as 2021-05-03; None when there is none or it is not in the calendar."""
    try:
        return None if written is None else dt.date.fromisoformat(written)
    except ValueError:
        return None
