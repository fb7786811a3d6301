"""Turn the findings of the audit into fixes: what stands in whose way, and what it costs to mend."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from audits import barriers, wording
from audits import record as records
from audits.plans import planning_model
from audits.ramps import (
    cost,
    geometry,
    interventions,
    kerb_ramp_design,
    prices,
    quantities,
    ramp_design,
    requirements,
)
from audits.rules import model
from audits.scoring import readings

NO_ZONE = "0"
FROM_DESIGN, TYPICAL = "from_design", "typical"
COST_BASES = {
    FROM_DESIGN: wording.phrase("from a ramp designed for its rise"),
    TYPICAL: wording.phrase("typical, its size is not measured"),
}
TYPICAL_KERB_MM = 150
TYPICAL_PATH_MM = 10_000
ASSUMPTIONS: Mapping[str, Mapping[str, float]] = {
    wording.phrase(
        "A requirement stands in somebody's way when its severity is {severity} or more of 4 and it matters to them by "
        "{matters} or more of 3."
    ): {"severity": barriers.NEEDS_HELP, "matters": barriers.MATTERS},
    wording.phrase(
        "Where the length of a ramp is not measured, its rise is taken as the middle of those measured."
    ): {},
    wording.phrase("Kerbs are taken as {kerb} mm high, and a defect of a path as {path} m of path laid anew."): {
        "kerb": TYPICAL_KERB_MM,
        "path": TYPICAL_PATH_MM / quantities.MM_PER_M,
    },
    wording.phrase("Room for the ramp is taken as enough; the design page says what fits a place."): {},
}
"""What the costs and barriers rest on, each phrase with its figures."""


@dataclass(frozen=True)
class RecordFix:
    """One fix of the record.

    Parameters
    ----------
    fix
        As the planner sees it; its name is that of the element.
    site_code, kind
        Of the element.
    level
        One of :data:`audits.ramps.interventions.NAMES`.
    personas
        The personas of the weights for whom it is a known barrier.
    cost_basis
        One of :data:`COST_BASES`.
    estimate
        The bill behind the cost.
    """

    fix: planning_model.Fix
    site_code: str
    kind: str
    level: str
    personas: tuple[str, ...]
    cost_basis: str
    estimate: cost.Estimate


def zones_by_site(sites: pd.DataFrame) -> dict[str, str]:
    """Return the zone of each site by its code; :data:`NO_ZONE` where it has none."""
    return {str(code): NO_ZONE if pd.isna(zone) else str(int(zone)) for code, zone in sites["zone"].items()}


def fixes(record: records.AuditedRecord, price_book: prices.PriceBook) -> tuple[RecordFix, ...]:
    """Return the remedy of every known barrier; a possible one has a measurement to make, not a fix.

    What is mended is everything that fails or is borderline at the element, so that its next survey passes.
    """
    return tuple(_fixes(record, _Pricing(record.measurements, record.criteria, price_book)))


def _fixes(record: records.AuditedRecord, pricing: _Pricing) -> Iterator[RecordFix]:
    zones, states = zones_by_site(record.sites), barriers.by_element(record)
    known = states == barriers.KNOWN
    rows = record.audit.findings
    rows = rows.loc[rows["element_id"].isin(states.index[known.any(axis=1)])]
    for name, mine in rows.groupby("element_id", sort=True, observed=True):
        element_id = str(name)
        code, kind = (str(record.elements.loc[element_id, column]) for column in ("site_code", "kind"))
        failed = mine.loc[mine["verdict"].isin(("fail", "borderline")), "criterion"].astype(str).tolist()
        found = pricing.cost(element_id, kind, failed)
        severity = int(mine.loc[mine["verdict"].eq("fail"), "severity"].max())
        amounts = planning_model.Cost(*map(int, found.estimate.total_thb))
        fix = planning_model.Fix(element_id, f"{code} {kind}", zones[code], amounts, severity)
        whom = tuple(persona for persona in known.columns if states.loc[element_id, persona] == barriers.KNOWN)
        yield RecordFix(fix, code, kind, found.level, whom, found.basis, found.estimate)


@dataclass(frozen=True)
class _Mending:
    estimate: cost.Estimate
    level: str
    basis: str


class _Pricing:
    """Prices fixes: the bill of a new design, of which only what is mended is bought."""

    def __init__(self, measurements: pd.DataFrame, criteria: model.Criteria, price_book: prices.PriceBook) -> None:
        self._ramp, self._kerb = requirements.ramp(criteria), requirements.kerb_ramp(criteria)
        self._made, self._works, self._prices = requirements.Construction(), quantities.Works(), price_book
        self._rises = dict(_rises_mm(measurements))
        middle = sorted(self._rises.values())[len(self._rises) // 2] if self._rises else self._ramp.highest_run_mm
        self._typical_rise_mm = middle
        # Most ramps of a record share a rise, the typical one.
        self._bill = functools.cache(self._bill_of_ramp)

    def cost(self, element_id: str, kind: str, failed: list[str]) -> _Mending:
        """Return the cost of mending the criteria that failed."""
        if kind == "path":
            return _Mending(cost.estimate(self._path_bill(), self._prices), interventions.REPAIR, TYPICAL)
        rise = self._rises.get(element_id) if kind == "ramp" else None
        basis = FROM_DESIGN if rise is not None else TYPICAL
        bill = self._kerb_bill if kind == "kerb_ramp" else self._bill(rise or self._typical_rise_mm)
        mending = interventions.for_failures(failed, old_structure=True)
        if mending is None:
            raise ValueError(f"{element_id}: a known barrier with nothing that fails")
        return _Mending(cost.estimate(bill, self._prices, mending.codes), mending.level, basis)

    def _bill_of_ramp(self, rise_mm: int) -> quantities.Bill:
        space = geometry.Space(rise_mm, ramp_design.MOST_MM, ramp_design.MOST_MM)
        designs = ramp_design.alternatives(space, self._ramp, self._made)
        # Room enough for a straight ramp is room for one of any rise measured.
        if isinstance(designs, geometry.NotFeasible):
            return self._bill(self._ramp.highest_run_mm)
        return quantities.bill(designs[0], self._made, self._works)

    @functools.cached_property
    def _kerb_bill(self) -> quantities.Bill:
        space = geometry.KerbSpace(TYPICAL_KERB_MM, ramp_design.MOST_MM, ramp_design.MOST_MM)
        designs = kerb_ramp_design.alternatives(space, self._kerb, self._made)
        if isinstance(designs, geometry.NotFeasible):
            raise ValueError("no kerb ramp fits where there is room for any")
        return quantities.bill(designs[0], self._made, self._works)

    def _path_bill(self) -> quantities.Bill:
        """Return 10 m of path as wide as a long ramp: the old paving broken up, a slab on its bed, a finish."""
        area_m2 = TYPICAL_PATH_MM * self._ramp.clear_width_long_mm / quantities.MM2_PER_M2
        per_m2 = {
            "demolition_m3": self._works.paving_mm / quantities.MM_PER_M,
            "fill_m3": self._works.bed_mm / quantities.MM_PER_M,
            "concrete_m3": self._made.slab_thickness_mm / quantities.MM_PER_M,
            "surface_m2": 1.0,
        }
        return {code: per_m2.get(code, 0.0) * area_m2 for code in quantities.NAMES}


def _rises_mm(measurements: pd.DataFrame) -> Iterator[tuple[str, int]]:
    """Yield the rise of each ramp whose length and slope are measured: length · sin(atan slope), to the millimetre."""
    governed = readings.governing(measurements)
    highest = governed.pivot(index="element_id", columns="quantity", values="highest")
    wanted = ("ramp_length_total_mm", "running_slope_pct")
    if not set(wanted) <= set(highest):
        return
    for element_id, length_mm, slope_pct in highest[list(wanted)].dropna().itertuples():
        rise_mm = round(length_mm * math.sin(math.atan(slope_pct / 100)))
        if 0 < rise_mm <= ramp_design.MOST_MM:
            yield str(element_id), rise_mm
