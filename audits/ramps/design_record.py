"""Describe a design completely, so that it can be drawn and priced again from the record."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audits.ramps import cost, design_check, geometry, quantities, requirements

DRAWN = ("kind", "space", "family", "legs", "geometry", "construction", "works")
"""Parts of a design that the drawing is made from; number and signature of a drawing hold for these only."""


@dataclass(frozen=True)
class Priced:
    """A design with its bill and its estimate."""

    design: geometry.Design
    bill: quantities.Bill
    estimate: cost.Estimate


def content(
    priced: Priced,
    made: requirements.Construction,
    works: quantities.Works,
    check: design_check.Check,
    criteria_version: str,
) -> dict[str, Any]:
    """Return the content kept of a design: space, geometry, checks and cost.

    Returns
    -------
    dict
        Plain values for JSON; lengths in mm, amounts of money in baht as text, low, likely and high.
    """
    return {
        **drawn(priced.design, made, works),
        "figures": figures(priced.design),
        "quantities": dict(priced.bill),
        "cost_thb": [str(amount) for amount in priced.estimate.total_thb],
        "sample_prices": priced.estimate.sample,
        "criteria_version": criteria_version,
        "failures": [one.rule.criterion.criterion_id for one in check.failures],
        "conditions": [criterion.criterion_id for criterion in check.conditions],
    }


def drawn(design: geometry.Design, made: requirements.Construction, works: quantities.Works) -> dict[str, Any]:
    """Return the parts of a design that its drawing is made from, :data:`DRAWN`."""
    return {
        "kind": design_check.element_kind(design),
        "space": dataclasses.asdict(design.space),
        "family": design.family,
        "legs": design.legs,
        # the space is a part of its own, and kept once
        "geometry": dataclasses.asdict(design) | {"space": None},
        "construction": dataclasses.asdict(made),
        "works": dataclasses.asdict(works),
    }


def figures(design: geometry.Design) -> Mapping[str, int]:
    """Return the main figures of a design, in whole mm but for the slope 1:n and the number of runs."""
    return {
        "rise_mm": design.rise_mm,
        "slope_one_in": design.slope_one_in,
        "runs": len(design.runs),
        "runs_together_mm": round(design.total_length_mm),
        "clear_width_mm": design.clear_width_mm,
        "length_mm": design.length_mm,
        "width_mm": design.width_mm,
        "footprint_mm2": design.footprint_mm2,
    }
