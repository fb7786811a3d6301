"""Choose the depth of a repair: from tidying up to demolishing and rebuilding."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from audits import wording
from audits.ramps import quantities
from layers import schema

TIDY_UP, REPAIR, REPLACE_PARTS, REBUILD, DEMOLISH_AND_REBUILD = LEVELS = (
    "tidy_up",
    "repair",
    "replace_parts",
    "rebuild",
    "demolish_and_rebuild",
)
"""From the lightest to the heaviest."""

NAMES: Mapping[str, str] = {
    TIDY_UP: wording.phrase("Tidy up"),
    REPAIR: wording.phrase("Repair"),
    REPLACE_PARTS: wording.phrase("Replace parts"),
    REBUILD: wording.phrase("Rebuild"),
    DEMOLISH_AND_REBUILD: wording.phrase("Demolish and rebuild"),
}

MENDING: Mapping[str, tuple[str, tuple[str, ...]]] = {
    criterion: (level, tuple(codes.split()))
    for criterion, level, codes in schema.read("ramps/mending.csv").itertuples(index=False)
}
"""Level and quantities bought for each failed criterion. Our judgement; the engineer decides on site."""


@dataclass(frozen=True)
class Intervention:
    """Level of the repair, and the quantities of the bill that are bought; tidying up buys none."""

    level: str
    codes: tuple[str, ...]


def decisive(failed: Iterable[str]) -> tuple[str, ...]:
    """Return the failed criteria that nothing lighter would mend, in their order: why the intervention is so deep.

    Examples
    --------
    >>> decisive(["ramp.handrail_height", "ramp.run_length"])
    ('ramp.run_length',)
    """
    levels = {criterion: LEVELS.index(MENDING[criterion][0]) for criterion in failed}
    return tuple(criterion for criterion, level in levels.items() if level == max(levels.values()))


def for_failures(
    failed: Collection[str], borderline: Iterable[str] = (), *, old_structure: bool
) -> Intervention | None:
    """Return the lightest intervention that mends everything that failed; None when nothing did.

    What is borderline is mended along with it so that the next survey passes, but never by deeper work than what failed
    needs: it may be sound, and is measured again first.

    Parameters
    ----------
    failed, borderline
        Ids of the criteria that failed, and of those that are borderline.
    old_structure
        Whether concrete must be broken up before anything is built anew.

    Raises
    ------
    KeyError
        When a criterion is not one of a ramp or kerb ramp.
    """
    mended = [MENDING[criterion_id] for criterion_id in failed]
    if not mended:
        return None
    level = max((level for level, _ in mended), key=LEVELS.index)
    along = (MENDING[criterion_id] for criterion_id in borderline)
    mended += [each for each in along if LEVELS.index(each[0]) <= LEVELS.index(level)]
    if level == REBUILD:
        return Intervention(DEMOLISH_AND_REBUILD if old_structure else REBUILD, tuple(quantities.NAMES))
    # a set: what two failures ask for is bought once
    bought = {code for _, codes in mended for code in codes}
    # in the order of the bill, whatever order the failures came in
    return Intervention(level, tuple(code for code in quantities.NAMES if code in bought))


def bought(mending: Intervention, bill: quantities.Bill) -> quantities.Bill:
    """Return the bill of a new ramp as a repair buys of it: without a new guard, handrails need posts of their own."""
    return bill if "guard_m" in mending.codes else quantities.without_guard(bill)
