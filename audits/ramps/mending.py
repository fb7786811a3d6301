"""Price the parts that mend a ramp at which nothing that failed asks for a new one."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from audits import record as records
from audits import wording
from audits.ramps import (
    cost,
    fitted_ramps,
    interventions,
    measured_space,
    prices,
    quantities,
    requirements,
    site_design,
)

BASES: Mapping[str, str] = {
    **site_design.BASES,
    fitted_ramps.TYPICAL: wording.phrase("of typical size; it cannot be bought yet: measure its size"),
}
"""What parts may rest on, from the surest."""

PARTS = wording.phrase(
    "What failed asks for no new ramp. {level}, {basis}: {cost}. Plan and works count this until a design is kept."
)

WHOLE_RAMP = wording.phrase("This is the bill of a whole new ramp, not what the plan counts. {parts}")


class Parts(NamedTuple):
    """The level of the repair, a key of :data:`audits.ramps.interventions.NAMES`, and what its parts cost.

    `basis` is one of :data:`BASES`.
    """

    level: str
    estimate: cost.Estimate
    basis: str = site_design.DESIGNED


def of_ramp(
    record: records.AuditedRecord, element_id: str, book: prices.PriceBook, designed: Iterable[str] = ()
) -> Parts | None:
    """Price the parts of a new ramp's bill that mend a surveyed ramp, so that its next survey passes.

    None where nothing less than a new ramp does, and where a design is kept for it, which the plan counts then. The
    bill is that of :func:`audits.ramps.fitted_ramps.of_any`, as the plan counts it.

    Parameters
    ----------
    designed
        Ids of the elements for which a design is kept.
    """
    # two elements may be joined as one thing: a design kept for either counts for both
    if record.counted_as([element_id])[0] in record.counted_as(designed):
        return None
    mine = record.findings.loc[record.findings["element_id"] == element_id]
    failed, borderline = (_criteria(mine, verdict) for verdict in ("fail", "borderline"))
    # a ramp that was surveyed stands there
    level = interventions.for_failures(failed, borderline, old_structure=True)
    if level is None or level.level == interventions.DEMOLISH_AND_REBUILD:
        return None
    taken = measured_space.taken(record.governed, element_id, "ramp")
    known, made = site_design.measured(taken), requirements.Construction()
    fit = functools.partial(fitted_ramps.fit, criteria=record.criteria, made=made)
    most = requirements.ramp(record.criteria, to_build=True).highest_run_mm
    found = fitted_ramps.of_any(
        known, fit, lambda: fitted_ramps.typical_rise_mm(fitted_ramps.places(record.governed), most), most
    )
    # parts are fixed to what stands: no old ramp is broken up for them
    bill = interventions.bought(level, quantities.bill(found.designs[0], made, quantities.Works()))
    return Parts(level.level, cost.estimate(bill, book, level.codes), fitted_ramps.basis_of_parts(known, found))


def _criteria(findings: pd.DataFrame, verdict: str) -> list[str]:
    found = findings.loc[findings["verdict"] == verdict, "criterion"].astype(str).unique()
    return [each for each in found if each in interventions.MENDING]


def sentence(found: Parts, words: wording.Wording) -> str:
    """Return in the reader's language what the parts cost."""
    level, basis = words.text(interventions.NAMES[found.level]), words.text(BASES[found.basis])
    return words.text(PARTS, level=level, basis=basis, cost=cost.sentence(found.estimate, words))


def beside_a_bill(found: Parts, words: wording.Wording) -> str:
    """State beside the bill of a whole new ramp that the plan counts parts in its place, and why."""
    return words.text(WHOLE_RAMP, parts=sentence(found, words))
