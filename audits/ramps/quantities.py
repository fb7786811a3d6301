"""Compute the bill of quantities of a design: volumes, surfaces and lengths, each by a closed formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from audits import wording
from audits.ramps import geometry, requirements, solids, walls

MM_PER_M, MM2_PER_M2, MM3_PER_M3, MM3_PER_LITRE = 1e3, 1e6, 1e9, 1e6

UNITS: Mapping[str, str] = {
    "m3": wording.phrase("m³"),
    "m2": wording.phrase("m²"),
    "m": wording.phrase("m"),
    "kg": wording.phrase("kg"),
    "litre": wording.phrase("litre"),
    "lump": wording.phrase("lump sum"),
}
"""Names of the units; the unit of a quantity is also the ending of its name."""

NAMES: Mapping[str, str] = {
    "demolition_m3": wording.phrase("Breaking up paving and old concrete, carted away"),
    "excavation_m3": wording.phrase("Digging with working space, filled up again, the rest carted away"),
    "fill_m3": wording.phrase("Sand or earth fill, compacted"),
    "lean_concrete_m3": wording.phrase("Lean concrete under walls"),
    "concrete_m3": wording.phrase("Concrete of slab, walls and footings"),
    "fillet_litre": wording.phrase("Bevelled fillet of mortar on the roughened floor"),
    "formwork_m2": wording.phrase("Formwork of walls and footings"),
    "steel_kg": wording.phrase("Reinforcing steel"),
    "surface_m2": wording.phrase("Slip-resistant finish of the floor between its edges"),
    "edge_m": wording.phrase("Raised edge, with its concrete and formwork"),
    "kerb_m": wording.phrase("Kerb taken up and set again lower, and upright sides"),
    "guard_m": wording.phrase("Guard on the edge"),
    "handrail_m": wording.phrase("Handrail with its posts"),
    "handrail_on_guard_m": wording.phrase("Handrail bracketed to the posts of the guard"),
    "handrail_on_wall_m": wording.phrase("Handrail bracketed to the wall"),
    "tactile_m2": wording.phrase("Tactile surface"),
    "platform_lift_lump": wording.phrase("Platform lift, supplied, installed and tested"),
}
"""Names of the quantities, in the order of building."""


@dataclass(frozen=True)
class Works:
    """Assumptions of construction that no criterion and no drawing states; see :data:`ASSUMPTIONS`.

    Parameters
    ----------
    paving_mm
        Thickness of the existing paving, broken up under everything built.
    bed_mm
        Least thickness of compacted sand under the slab.
    lean_concrete_mm
        Thickness of lean concrete under walls.
    wall_depth_mm
        Depth of a wall under an open side below the ground; at least the slab and its bed.
    bar_diameter_mm, bar_spacing_mm
        Of one mesh of steel in slabs and walls.
    laps_share
        Steel added for laps, hooks and waste.
    working_space_share, compaction_share
        Digging added for working space and for earth that slides in; fill added for what compaction takes.
    old_structure_m3, old_fill_m3
        Concrete of an old ramp to be broken up, and the fill under it to be dug out, both above the ground.
    """

    paving_mm: int = 100
    bed_mm: int = 50
    lean_concrete_mm: int = 50
    wall_depth_mm: int = 300
    bar_diameter_mm: int = 9
    bar_spacing_mm: int = 200
    laps_share: float = 0.07
    working_space_share: float = 0.30
    compaction_share: float = 0.25
    old_structure_m3: float = 0.0
    old_fill_m3: float = 0.0


STEEL_KG_PER_M3 = 7850.0

ASSUMPTIONS: Mapping[str, str] = {
    "paving_mm": wording.phrase("Thickness of the paving to be broken up; look under it before the contract"),
    "bed_mm": wording.phrase("Bed of compacted sand, as usual under a slab on the ground"),
    "lean_concrete_mm": wording.phrase("Lean concrete under walls, as usual under what is cast in a trench"),
    "wall_depth_mm": wording.phrase(
        "Depth of walls in the ground; those higher than a low wall holds the engineer designs"
    ),
    "bar_diameter_mm": wording.phrase("One mesh of round bars both ways; the engineer sizes it"),
    "bar_spacing_mm": wording.phrase("Distance of the bars, both ways"),
    "laps_share": wording.phrase("Steel added for laps, hooks and waste, as usual for bars of 9 mm"),
    "working_space_share": wording.phrase("Digging added for working space and earth that slides in"),
    "compaction_share": wording.phrase("Fill added for what compaction takes"),
    "old_structure_m3": wording.phrase(
        "Old concrete above the ground, from its surveyed dimensions, else those of the new ramp; 0 when there is none"
    ),
    "old_fill_m3": wording.phrase(
        "Fill under an old ramp, from its measured size, else that of the new one; 0 when there is none"
    ),
}
# The three shares are those that Thai estimators use: http://constructionrate.blogspot.com/2009_03_29_archive.html
# (digging 30 %, fill 25 %) and https://ranong2.com "ตารางการเผื่อของเหล็กเสริม" (7 % for bars of 9 mm).


Bill = Mapping[str, float]
"""Bill of quantities of one design: the amount of each of :data:`NAMES` in its unit, measured as by :func:`bill`."""


def breaking_up(along_mm: float, width_mm: float, rise_mm: float, made: requirements.Construction) -> Works:
    """Return the assumptions with an old ramp in the way: a slab over its length and width, and the fill below it.

    The whole is the wedge over its going √(along² − rise²), width · rise / 2 high on average; what is not slab is fill.
    """
    slab_mm3 = along_mm * width_mm * made.slab_thickness_mm
    # readings may contradict each other: a ramp is then steeper than its length allows
    wedge_mm3 = math.sqrt(max(0.0, along_mm**2 - rise_mm**2)) * width_mm * rise_mm / 2
    return Works(old_structure_m3=slab_mm3 / MM3_PER_M3, old_fill_m3=max(0.0, wedge_mm3 - slab_mm3) / MM3_PER_M3)


def replacing(
    standing_mm: tuple[float, float, float] | None, design: geometry.Design, made: requirements.Construction
) -> Works:
    """Return the assumptions with the ramp in the way that a design replaces.

    Parameters
    ----------
    standing_mm
        From :func:`audits.ramps.measured_space.standing_mm`; where nobody measured it, the old ramp is taken to be as
        large as the new one.
    """
    as_new = design.total_length_mm, float(design.clear_width_mm), float(design.rise_mm)
    return breaking_up(*(standing_mm or as_new), made)


def without_guard(bill: Bill) -> Bill:
    """Return the bill with every handrail on posts of its own, as where no guard is built with it."""
    return {**bill, "handrail_m": bill["handrail_m"] + bill["handrail_on_guard_m"], "handrail_on_guard_m": 0.0}


def complete(bill: Bill) -> Bill:
    """Return a bill kept before some quantities had a row of their own, with nothing of those it does not name."""
    return {name: bill.get(name, 0.0) for name in NAMES}


def unit(name: str) -> str:
    """Return the unit of a quantity, a key of :data:`UNITS`."""
    return name.rsplit("_", 1)[1]


def bill(design: geometry.Design, made: requirements.Construction, works: Works) -> Bill:
    """Return the bill of quantities of a design.

    Parameters
    ----------
    design
        The geometry, in mm.
    made, works
        Assumptions of construction.

    Returns
    -------
    mapping of str to float
        With A the slabs in plan, S the strips that walls take in plan, z the floor above the ground, g the ground (0;
        at a kerb its height), t the slab, as thick upright as t √(1 + slope²), p the paving, b the bed and d the depth
        of walls, l the lean concrete under them, F the footings beside the walls in plan and f their thickness; (x)⁺
        is x where it is positive:

        - demolition = p (A + S outside A) + old structure
        - excavation = (1 + working space) (∫ (g − p − z + t + b)⁺ over A + ∫ min(d + l − p, z − t − b + d + l)⁺ over S
          and F) + old fill
        - fill = (1 + compaction) (b A + ∫ (z − t − g + p − b)⁺ over A, less the same over what walls take of A, and
          what is filled up again above the footings: ∫ min(d − f − p, z − t − b + d − f) over F)
        - lean concrete = l (S + F)
        - concrete = t × floor along the slope + ∫ (z + d) over S − ∫ t over what walls take of A + f F
        - formwork, where it touches concrete = ∫ (z + d − t) along inner faces + ∫ (z + d) along outer faces of walls +
          (z + d) × thickness at both ends; walls of neighbouring legs count as if each stood free; + sides and ends of
          footings, less the stem behind them
        - steel = 2 · π/4 · bar² · 7850 kg/m³ / spacing · (1 + laps) × (floor along the slope + wall, one face + F)
        - surface = floor along the slope between the edges; tactile = strips along the slope
        - edge, guard and handrail = true lengths, slopes included; the handrail hangs on the posts of a guard, along a
          wall on brackets, else on posts of its own
        - kerb = lowered length on the kerb line + upright sides where the footpath stays higher

        A bevel is a wedge on the floor that is there: fillet = ∫ z over A, with its surface; nothing is dug or broken
        up for it but an old ramp, and no steel lies in it.

    Raises
    ------
    ValueError
        When walls do not reach below the slab and its bed.
    """
    if design.family == geometry.BEVEL:
        return _of_bevel(design, works)
    if works.wall_depth_mm < made.slab_thickness_mm + works.bed_mm:
        raise ValueError(f"walls {works.wall_depth_mm} mm deep do not reach below the slab and its bed")
    body = _body(design, made)
    floor_mm2 = math.fsum(solids.surface_mm2(slab.outline) for slab in body.slabs)
    wall_mm2 = math.fsum(solids.face_mm2(wall.inner, works.wall_depth_mm) for wall in body.stems)
    footing_mm2 = math.fsum(each.plan.area for each in body.footings)
    edge_mm = math.fsum(edge.length_mm for edge in design.edges)
    guard_mm = math.fsum(edge.length_mm for edge in design.edges if edge.guard_height_mm)
    on_guard_mm, on_wall_mm = solids.handrail_on_guard_mm(design), solids.handrail_on_wall_mm(design)
    tactile_mm2 = math.fsum(solids.surface_mm2(strip.outline) for strip in design.tactile_strips)
    return {
        "demolition_m3": _demolition_mm3(body, works) / MM3_PER_M3 + works.old_structure_m3,
        "excavation_m3": (1 + works.working_space_share) * _excavation_mm3(body, made, works) / MM3_PER_M3
        + works.old_fill_m3,
        "fill_m3": (1 + works.compaction_share) * _filled_mm3(body, made, works) / MM3_PER_M3,
        "lean_concrete_m3": works.lean_concrete_mm
        * (math.fsum(solids.plan_mm2(wall.outline) for wall in body.stems) + footing_mm2)
        / MM3_PER_M3,
        "concrete_m3": _concrete_mm3(body, floor_mm2, made, works) / MM3_PER_M3,
        "fillet_litre": 0.0,
        "formwork_m2": (_formwork_mm2(design, body, made, works) + _wall_ends_mm2(design, works)) / MM2_PER_M2,
        "steel_kg": _mesh_kg_per_m2(works) * (1 + works.laps_share) * (floor_mm2 + wall_mm2 + footing_mm2) / MM2_PER_M2,
        "surface_m2": math.fsum(map(solids.surface_mm2, _walked_on(design))) / MM2_PER_M2,
        "edge_m": edge_mm / MM_PER_M,
        "kerb_m": _kerb_mm(design) / MM_PER_M,
        "guard_m": guard_mm / MM_PER_M,
        "handrail_m": (design.handrail_mm - on_guard_mm - on_wall_mm) / MM_PER_M,
        "handrail_on_guard_m": on_guard_mm / MM_PER_M,
        "handrail_on_wall_m": on_wall_mm / MM_PER_M,
        "tactile_m2": tactile_mm2 / MM2_PER_M2,
        "platform_lift_lump": 0.0,
    }


def _of_bevel(design: geometry.Design, works: Works) -> Bill:
    outlines = [run.outline for run in design.runs]
    return complete(
        {
            "demolition_m3": works.old_structure_m3,
            "excavation_m3": works.old_fill_m3,
            "fillet_litre": math.fsum(solids.volume_mm3(outline, 0) for outline in outlines) / MM3_PER_LITRE,
            "surface_m2": math.fsum(map(solids.surface_mm2, outlines)) / MM2_PER_M2,
        }
    )


@dataclass(frozen=True)
class _Slab:
    """A flat piece of floor at its level, with the vertical thickness of its slab."""

    outline: solids.Outline
    upright_mm: float


@dataclass(frozen=True)
class _Body:
    """What is built: slabs, walls under edges, the parts of slabs that walls take, footings; and the ground's level."""

    slabs: tuple[_Slab, ...]
    stems: tuple[solids.Wall, ...]
    taken: tuple[_Slab, ...]
    footings: tuple[walls.Footing, ...]
    ground_mm: int


def _body(design: geometry.Design, made: requirements.Construction) -> _Body:
    slabs = tuple(
        # the area along the slope over that in plan is √(1 + slope²)
        _Slab(outline, made.slab_thickness_mm * solids.surface_mm2(outline) / solids.plan_mm2(outline))
        for outline in _floors(design)
    )
    under = solids.walls(design)
    cuts = (_Slab(solids.cut(slab.outline, *wall.box), slab.upright_mm) for wall in under for slab in slabs)
    ground = design.space.kerb_height_mm if isinstance(design.space, geometry.KerbSpace) else 0
    # two points are a border that both share, and no area
    return _Body(slabs, under, tuple(each for each in cuts if len(each.outline) > 2), walls.footings(design), ground)


def _floors(design: geometry.Design) -> Iterator[solids.Outline]:
    """Yield every floor that is built; the footpath beside a kerb ramp lies there already."""
    at_kerb = isinstance(design.space, geometry.KerbSpace)
    yield from (run.outline for run in design.runs)
    yield from (each.outline for each in design.landings if not (at_kerb and each.kind == geometry.TOP))
    yield from (flare.outline for flare in design.flares)


def _walked_on(design: geometry.Design) -> Iterator[solids.Outline]:
    """Yield the floor between edges and rails, which alone gets a finish."""
    at_kerb = isinstance(design.space, geometry.KerbSpace)
    yield from ((run.foot_right, run.foot_left, run.head_left, run.head_right) for run in design.runs)
    for landing in design.landings:
        if not (at_kerb and landing.kind == geometry.TOP):
            (x, y, z), (to_x, to_y, _) = landing.clear_low, landing.clear_high
            yield (x, y, z), (to_x, y, z), (to_x, to_y, z), (x, to_y, z)
    yield from (flare.outline for flare in design.flares)


def _demolition_mm3(body: _Body, works: Works) -> float:
    slabs, under, taken = (
        math.fsum(solids.plan_mm2(part.outline) for part in parts) for parts in (body.slabs, body.stems, body.taken)
    )
    return works.paving_mm * (slabs + under - taken)


def _excavation_mm3(body: _Body, made: requirements.Construction, works: Works) -> float:
    below = body.ground_mm - works.paving_mm
    for_slabs = math.fsum(solids.below_mm3(slab.outline, below + slab.upright_mm + works.bed_mm) for slab in body.slabs)
    trench = works.wall_depth_mm + works.lean_concrete_mm
    under_bed = trench - made.slab_thickness_mm - works.bed_mm
    deepest = trench - works.paving_mm
    for_walls = math.fsum(
        solids.volume_mm3(wall.outline, under_bed) - solids.volume_mm3(wall.outline, under_bed - deepest)
        for wall in body.stems
    )
    return for_slabs + for_walls + _under_formation_mm3(body, made, works, lambda _: trench)


def _under_formation_mm3(
    body: _Body, made: requirements.Construction, works: Works, depth: Callable[[walls.WallType], float]
) -> float:
    """Return the volume over the footings, mm³, from a depth below the ground up to where digging for the slab ends.

    It ends below the paving, and deeper at the foot, where footings are too narrow to meet.
    """
    under_foot = made.slab_thickness_mm + works.bed_mm - works.paving_mm
    return math.fsum(
        each.plan.area * (depth(each.kind) - works.paving_mm)
        - math.fsum(solids.below_mm3(outline, under_foot) for outline in each.outlines)
        for each in body.footings
    )


def _filled_mm3(body: _Body, made: requirements.Construction, works: Works) -> float:
    above = _under_formation_mm3(body, made, works, lambda kind: works.wall_depth_mm - kind.footing_mm)
    return _fill_mm3(body.slabs, body, works) - _fill_mm3(body.taken, body, works) + above


def _fill_mm3(slabs: Iterable[_Slab], body: _Body, works: Works) -> float:
    raised = works.paving_mm - body.ground_mm - works.bed_mm
    return math.fsum(
        works.bed_mm * solids.plan_mm2(slab.outline) + solids.volume_mm3(slab.outline, raised - slab.upright_mm)
        for slab in slabs
    )


def _concrete_mm3(body: _Body, floor_mm2: float, made: requirements.Construction, works: Works) -> float:
    in_walls = math.fsum(solids.volume_mm3(wall.outline, works.wall_depth_mm) for wall in body.stems)
    counted_twice = math.fsum(slab.upright_mm * solids.plan_mm2(slab.outline) for slab in body.taken)
    in_footings = math.fsum(each.plan.area * each.kind.footing_mm for each in body.footings)
    return floor_mm2 * made.slab_thickness_mm + in_walls - counted_twice + in_footings


def _formwork_mm2(design: geometry.Design, body: _Body, made: requirements.Construction, works: Works) -> float:
    depth = works.wall_depth_mm
    return walls.footing_sides_mm2(body.footings, design) + math.fsum(
        solids.face_mm2(wall.inner, depth - made.slab_thickness_mm) + solids.face_mm2(wall.outer, depth)
        for wall in body.stems
    )


def _wall_ends_mm2(design: geometry.Design, works: Works) -> float:
    if isinstance(design.space, geometry.KerbSpace):
        return 0.0
    ends = ((edge.thickness_mm, edge.points[end][2]) for edge in design.edges for end in (0, -1))
    return math.fsum(thickness * (height + works.wall_depth_mm) for thickness, height in ends)


def _mesh_kg_per_m2(works: Works) -> float:
    """Return the weight of a square metre of mesh: two layers of bars of π/4 · diameter², one each way."""
    bar_m2 = math.pi / 4 * works.bar_diameter_mm**2 / MM2_PER_M2
    return 2 * bar_m2 * STEEL_KG_PER_M3 * MM_PER_M / works.bar_spacing_mm


def _kerb_mm(design: geometry.Design) -> float:
    """Return the kerb set anew: on the kerb line wherever the floor lies lower, and along sides that stand upright.

    Sides of a flared ramp slope and need none. Upright are both sides of a run between verges; where people come down
    along the kerb, the whole inner side.
    """
    if not isinstance(design.space, geometry.KerbSpace):
        return 0.0
    flares = sum(flare.along_kerb_mm for flare in design.flares)
    if design.family == geometry.PARALLEL:
        low = next(landing.length_mm for landing in design.landings if landing.kind == geometry.FOOT)
        on_line, upright = design.going_mm + low, design.total_length_mm + low
    else:
        on_line = design.clear_width_mm + flares
        upright = 2 * design.total_length_mm if design.family == geometry.RETURNED else 0.0
    return on_line + upright
