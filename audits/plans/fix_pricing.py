"""Price a fix: by the design kept for it, by a design for its measured place, or by a typical size."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from audits import barriers, wording
from audits.ramps import (
    cost,
    fitted_ramps,
    geometry,
    interventions,
    measured_space,
    mending,
    prices,
    quantities,
    ramp_design,
    requirements,
    site_design,
)
from audits.ramps.drawing import sign_off
from audits.rules import model

KEPT, TYPICAL = "kept_design", fitted_ramps.TYPICAL
DESIGNED, CALCULATED, FOR_RISE = site_design.DESIGNED, site_design.CALCULATED, site_design.FOR_RISE
UNPRICED = "unpriced"
BASES: Mapping[str, str] = {
    KEPT: wording.phrase("by the design kept for it"),
    **mending.BASES,
    UNPRICED: wording.phrase("no price is known, so no plan can buy it"),
}
"""From the surest."""
FOR_ITS_PLACE = (KEPT, DESIGNED)
"""What all other costs are summed apart from: they rest on an assumption, or on a rise that nobody measured."""

NOT_YET = (TYPICAL, CALCULATED, FOR_RISE, site_design.MOVED)
"""Those of which nothing can be bought before something is measured there."""

TYPICAL_KERB_MM = 150
TYPICAL_PATH_MM = 10_000
ASSUMPTIONS: Mapping[str, Mapping[str, float]] = {
    wording.phrase(
        "A requirement stands in somebody's way when its severity is {severity} or more of 4 and it matters to them by "
        "{matters} or more of 3."
    ): {"severity": barriers.NEEDS_HELP, "matters": barriers.MATTERS},
    wording.phrase(
        "A ramp of typical size has the rise that its survey gives, or the middle of such rises, and room enough."
    ): {},
    wording.phrase(
        "A handrail built with a guard is fixed to its posts; one replaced by itself gets posts of its own."
    ): {},
    wording.phrase("Kerbs are taken as {kerb} mm high, and a defect of a path as {path} m of path laid anew."): {
        "kerb": TYPICAL_KERB_MM,
        "path": TYPICAL_PATH_MM / quantities.MM_PER_M,
    },
    wording.phrase(
        "An old ramp that is broken up is a slab {slab} mm thick over its measured length and width, and fill up to "
        "it; where nobody measured it, it is taken to be as large as the new one."
    ): {"slab": requirements.Construction().slab_thickness_mm},
}
"""What the costs and barriers rest on, each phrase with its figures."""


@dataclass(frozen=True)
class Priced:
    """The cost of one fix.

    Parameters
    ----------
    estimate
        The bill and its cost.
    level
        One of :data:`audits.ramps.interventions.NAMES`.
    basis
        One of :data:`BASES`.
    decisive
        Criteria for which nothing lighter than this level would do; none where a kept design decides it.
    to_level
        Whether it rests on a rise that a survey only lets calculate.
    """

    estimate: cost.Estimate
    level: str
    basis: str
    decisive: tuple[str, ...] = ()
    to_level: bool = False


class Pricing:
    """Prices fixes: the bill of a new design, of which only what is mended is bought.

    Parameters
    ----------
    governed
        The readings that count; from :func:`audits.scoring.readings.governing`.
    criteria
        The requirements that a new ramp meets.
    price_book
        What quantities cost.
    designs
        By element, the content of the design kept for it, as from :func:`audits.ramps.design_record.content`.
    """

    def __init__(
        self,
        governed: pd.DataFrame,
        criteria: model.Criteria,
        price_book: prices.PriceBook,
        designs: Mapping[str, Mapping[str, Any]],
    ) -> None:
        # drawn to the repair targets: what is built to the very limit measures as borderline
        self._criteria, self._ramp = criteria, requirements.ramp(criteria, to_build=True)
        self._made, self._prices, self._designs = requirements.Construction(), price_book, designs
        self._all_governed = governed
        # caches of this object: on the methods they would keep every list of prices alive
        self._place = functools.cache(self._measured)
        self._fitted = functools.cache(self._fit)

    # Ramps are looked at when one is priced: the page of one site pays for its own only.
    @functools.cached_property
    def _ramps(self) -> pd.DataFrame:
        return fitted_ramps.sized(self._all_governed)

    @functools.cached_property
    def _rows_of(self) -> Mapping[Any, Any]:
        return self._ramps.groupby("element_id", observed=True).indices

    def _governed(self, element_id: str) -> pd.DataFrame | None:
        rows = self._rows_of.get(element_id)
        return None if rows is None else self._ramps.iloc[rows]

    def _measured(self, element_id: str) -> site_design.Measured:
        rows = self._governed(element_id)
        if rows is None:
            return site_design.Measured(None)
        return site_design.measured(measured_space.taken(rows, element_id, "ramp"))

    @functools.cached_property
    def _typical_rise_mm(self) -> int:
        return fitted_ramps.typical_rise_mm(map(self._place, map(str, self._rows_of)), self._ramp.highest_run_mm)

    def price(self, element_id: str, kind: str, failed: Sequence[str], borderline: Sequence[str] = ()) -> Priced:
        """Return the cost of mending the criteria that failed.

        What is borderline is mended along as :func:`audits.ramps.interventions.for_failures` says.

        Raises
        ------
        ValueError
            When nothing failed that stands in somebody's way.
        """
        if kind == "path":
            return Priced(cost.estimate(self._path_bill(), self._prices), interventions.REPAIR, TYPICAL)
        mending = interventions.for_failures(failed, borderline, old_structure=True)
        if mending is None:
            raise ValueError(f"{element_id}: a known barrier with nothing that fails")
        decisive = interventions.decisive(failed)
        kept = self._designs.get(element_id)
        if kept is not None:
            bill = quantities.complete(kept["quantities"])
            basis = self._basis_kept(element_id, kept)
            # the whole design is built and paid, also where parts would have mended what failed
            level, asked = interventions.DEMOLISH_AND_REBUILD, mending.level
            decisive = decisive if asked == level else ()
            return Priced(cost.estimate(bill, self._prices), level, basis, decisive, self.to_level(element_id))
        rebuilt = mending.level == interventions.DEMOLISH_AND_REBUILD
        bill, basis = self._kerb_bill() if kind == "kerb_ramp" else self._ramp_bill(element_id, rebuilt=rebuilt)
        bill = interventions.bought(mending, bill)
        estimate = cost.estimate(bill, self._prices, mending.codes)
        return Priced(estimate, mending.level, basis, decisive, self.to_level(element_id))

    def to_level(self, element_id: str) -> bool:
        """Whether what is built there rests on a rise that a survey only lets calculate; nothing is priced for it."""
        if not self._place(element_id).calculated:
            return False
        kept = self._designs.get(element_id)
        return kept is None or self._basis_kept(element_id, kept) in site_design.ON_THE_RISE

    def _basis_kept(self, element_id: str, kept: Mapping[str, Any]) -> str:
        """Name the basis of a kept design: what was only assumed stays so until it is measured or signed off."""
        drawn_for, known = kept.get("space") or {}, self._place(element_id)
        if sign_off.of(kept):
            return KEPT
        # a side that is as long as any may be was never measured: nobody surveyed that room
        if ramp_design.MOST_MM not in drawn_for.values():
            is_levelled = not known.calculated or known.space is None or drawn_for.get("rise_mm") != known.space.rise_mm
            return KEPT if is_levelled else CALCULATED
        if known.space is None:
            return FOR_RISE
        as_measured = self._fitted(known)
        basis = KEPT if as_measured is None else as_measured.basis
        return basis if basis in (FOR_RISE, site_design.MOVED) else KEPT

    def _ramp_bill(self, element_id: str, *, rebuilt: bool) -> tuple[quantities.Bill, str]:
        known = self._place(element_id)
        found = fitted_ramps.of_any(known, self._fitted, lambda: self._typical_rise_mm, self._ramp.highest_run_mm)
        if found.basis == site_design.LIFT and rebuilt:
            return quantities.complete({"platform_lift_lump": 1.0}), found.basis
        design = found.designs[0]
        rows = self._governed(element_id)
        standing = None if rows is None else measured_space.standing_mm(rows, element_id)
        works = quantities.replacing(standing, design, self._made)
        basis = found.basis if rebuilt else fitted_ramps.basis_of_parts(known, found)
        return quantities.bill(design, self._made, works), basis

    def _fit(self, known: site_design.Measured) -> site_design.Fitted | None:
        return fitted_ramps.fit(known, self._criteria, self._made)

    @functools.cache  # noqa: B019 - a pricing lives for one list of fixes
    def _kerb_bill(self) -> tuple[quantities.Bill, str]:
        space = geometry.KerbSpace(TYPICAL_KERB_MM, ramp_design.MOST_MM, ramp_design.MOST_MM)
        designs = ramp_design.for_space(space, self._criteria, self._made)
        if isinstance(designs, geometry.NotFeasible):
            raise ValueError("no kerb ramp fits where there is room for any")
        return quantities.bill(designs[0], self._made, quantities.Works()), TYPICAL

    def _path_bill(self) -> quantities.Bill:
        """Return 10 m of path as wide as a long ramp: the old paving broken up, a slab on its bed, a finish."""
        area_m2 = TYPICAL_PATH_MM * self._ramp.clear_width_long_mm / quantities.MM2_PER_M2
        works = quantities.Works()
        per_m2 = {
            "demolition_m3": works.paving_mm / quantities.MM_PER_M,
            "fill_m3": (1 + works.compaction_share) * works.bed_mm / quantities.MM_PER_M,
            "concrete_m3": self._made.slab_thickness_mm / quantities.MM_PER_M,
            "surface_m2": 1.0,
        }
        return quantities.complete({code: amount * area_m2 for code, amount in per_m2.items()})
