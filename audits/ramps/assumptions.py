"""List the assumptions that a bill of quantities rests on, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator

from audits import wording
from audits.ramps import geometry, quantities, requirements, solids

# they only rank designs against one another: no amount of a bill depends on them
_FOR_RANKING = frozenset({"rail_as_concrete_mm2", "most_legs"})
_OF_WALLS = frozenset(
    [
        *("edge_thickness_mm", "guard_height_mm", "guard_post_mm", "post_spacing_mm", "infill_gap_mm"),
        *("lean_concrete_mm", "wall_depth_mm"),
    ]
)
# a wedge of mortar on the floor that is there has no slab, mesh or bed of its own
_OF_A_BEVEL = frozenset({"old_structure_m3", "old_fill_m3"})


def of(
    made: requirements.Construction, works: quantities.Works, design: geometry.Design | None = None
) -> Iterator[tuple[str, str, float]]:
    """Yield name, reason (a phrase) and value of every assumption that a bill depends on: of any design, or of one."""
    for phrases, given in ((requirements.ASSUMPTIONS, made), (quantities.ASSUMPTIONS, works)):
        yield from ((name, why, getattr(given, name)) for name, why in phrases.items() if _counts(name, design))


def _counts(name: str, design: geometry.Design | None) -> bool:
    # without a design the list is that of any, so only what ranks designs stays out
    if name in _FOR_RANKING or design is None:
        return name not in _FOR_RANKING
    if design.family == geometry.BEVEL:
        return name in _OF_A_BEVEL
    if name == "handrail_diameter_mm":
        return bool(design.handrails)
    return name not in _OF_WALLS or bool(solids.walls(design))


def value_and_unit(name: str, value: float, words: wording.Wording) -> tuple[float, str]:
    """Return the value of an assumption as a reader knows it, a share in percent, and its unit."""
    unit = quantities.unit(name)
    if unit == "share":
        return round(100 * value, 1), "%"
    return round(value, 3), words.text("mm") if unit == "mm" else words.text(quantities.UNITS[unit])


def value_text(name: str, value: float, words: wording.Wording) -> str:
    """Return the value of an assumption with its unit."""
    shown, unit = value_and_unit(name, value, words)
    return f"{words.number(shown)} {unit}"
