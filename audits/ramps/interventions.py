"""Choose the depth of a repair: from tidying up to demolishing and rebuilding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from audits import wording
from audits.ramps import quantities

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

_SURFACE, _EDGE, _GUARD, _RAIL, _TACTILE = (
    ("surface_m2",),
    ("edge_m",),
    ("guard_m",),
    ("handrail_m",),
    ("tactile_m2",),
)

MENDING: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ramp.running_slope": (REBUILD, ()),
    "ramp.clear_width": (REBUILD, ()),
    "ramp.clear_width_long": (REBUILD, ()),
    "ramp.space_before": (REBUILD, ()),
    "ramp.end_squares": (REBUILD, ()),
    "ramp.run_length": (REBUILD, ()),
    "ramp.landing_length": (REBUILD, ()),
    "ramp.surface": (REPAIR, _SURFACE),
    "ramp.junction": (REPAIR, _SURFACE),
    "ramp.raised_edge": (REPLACE_PARTS, _EDGE),
    "ramp.guard": (REPLACE_PARTS, _GUARD),
    "ramp.handrails_both_sides": (REPLACE_PARTS, _RAIL),
    "ramp.handrail_smooth": (REPLACE_PARTS, _RAIL),
    "ramp.handrail_diameter": (REPLACE_PARTS, _RAIL),
    "ramp.handrail_height": (REPLACE_PARTS, _RAIL),
    "ramp.handrail_wall_gap": (REPLACE_PARTS, _RAIL),
    "ramp.handrail_above_fixing": (REPLACE_PARTS, _RAIL),
    "ramp.handrail_wall_smooth": (TIDY_UP, ()),
    "ramp.handrail_continuous": (REPLACE_PARTS, _RAIL),
    "ramp.handrail_brackets": (REPLACE_PARTS, _RAIL),
    "ramp.handrail_extension": (REPLACE_PARTS, _RAIL),
    "ramp.tactile_sign": (TIDY_UP, ()),
    "ramp.symbol": (TIDY_UP, ()),
    "ramp.tactile_strip": (REPLACE_PARTS, _TACTILE),
    "ramp.tactile_depth": (REPLACE_PARTS, _TACTILE),
    "ramp.tactile_offset": (REPLACE_PARTS, _TACTILE),
    "ramp.tactile_full_width": (REPLACE_PARTS, _TACTILE),
    "kerb_ramp.running_slope": (REBUILD, ()),
    "kerb_ramp.clear_width": (REBUILD, ()),
    "kerb_ramp.flare_slope": (REBUILD, ()),
    "kerb_ramp.top_space": (REBUILD, ()),
    "kerb_ramp.junction": (REPAIR, _SURFACE),
    "kerb_ramp.tactile_warning": (REPLACE_PARTS, _TACTILE),
    "kerb_ramp.island_tactile": (REPLACE_PARTS, _TACTILE),
}
"""Level and quantities bought for each failed criterion. Our judgement; the engineer decides on site."""


@dataclass(frozen=True)
class Intervention:
    """Level of the repair, and the quantities of the bill that are bought; tidying up buys none."""

    level: str
    codes: tuple[str, ...]


def for_failures(failed: Iterable[str], *, old_structure: bool) -> Intervention | None:
    """Return the lightest intervention that mends everything that failed; None when nothing did.

    Parameters
    ----------
    failed
        Ids of the criteria that failed.
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
    if level == REBUILD:
        return Intervention(DEMOLISH_AND_REBUILD if old_structure else REBUILD, tuple(quantities.NAMES))
    bought = {code for _, codes in mended for code in codes}
    return Intervention(level, tuple(code for code in quantities.NAMES if code in bought))
