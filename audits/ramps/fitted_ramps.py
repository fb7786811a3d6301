"""Fit a ramp to a measured place once, for every record that asks for the same place under the same rules."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import pandas as pd

from audits.ramps import geometry, measured_space, requirements, site_design
from audits.rules import model

TYPICAL = "typical"
"""The basis of what no ramp fits, or of which no rise is known."""


@dataclass(frozen=True)
class _Rules:
    """Criteria that differ by their version and by what comparing limits with the gazette found."""

    version: str
    states: frozenset[tuple[str, str]]
    # left out of the comparison: its mappings have no hash, and the two fields above tell criteria apart
    criteria: model.Criteria = field(compare=False)


def fit(
    known: site_design.Measured, criteria: model.Criteria, made: requirements.Construction
) -> site_design.Fitted | None:
    """Return the ramps for a place as a survey gives it; None where its rise is not known or none fits.

    Raises
    ------
    audits.errors.RefusedError
        When the space itself is wrong, with all problems.
    """
    limits = (limit for criterion in criteria.criteria.values() for limit in criterion.limits)
    return _fit(known, made, _Rules(criteria.version, frozenset((one.limit_id, one.state) for one in limits), criteria))


# A survey changes the record, and so everything that is kept for it; the places of all other ramps stay as they were.
@functools.lru_cache(maxsize=4_096)
def _fit(known: site_design.Measured, made: requirements.Construction, rules: _Rules) -> site_design.Fitted | None:
    if known.space is None:
        return None
    found = site_design.fitted(known.space, known.at_least, rules.criteria, made, calculated=known.calculated)
    return None if isinstance(found, geometry.NotFeasible) else found


def of_any(
    known: site_design.Measured,
    fit: Callable[[site_design.Measured], site_design.Fitted | None],
    typical_rise_mm: Callable[[], int],
    highest_run_mm: int,
) -> site_design.Fitted:
    """Return the ramps by which a place is priced: those that fit, else those of its rise where there is any room.

    Parameters
    ----------
    known
        The place as a survey gives it.
    fit
        :func:`fit` under the rules that hold.
    typical_rise_mm
        Rise of a place of which none is known.
    highest_run_mm
        Stands for a rise of which no ramp fits even without walls.

    Raises
    ------
    ValueError
        When not even a ramp of `highest_run_mm` fits where there is room for any.
    """
    found = fit(known)
    if found is not None and found.designs:
        return found
    rise_mm = typical_rise_mm() if known.space is None else known.space.rise_mm
    for each in (rise_mm, highest_run_mm):
        anywhere = fit(site_design.Measured(geometry.Space(each, 0, 0), frozenset(("length_mm", "width_mm"))))
        if anywhere is not None:
            return replace(anywhere, basis=TYPICAL if found is None else found.basis)
    raise ValueError("no ramp fits where there is room for any")


def basis_of_parts(known: site_design.Measured, found: site_design.Fitted) -> str:
    """Name what the parts of the ramps of :func:`of_any` rest on, where what stands there stays."""
    return TYPICAL if found.basis == TYPICAL else known.basis_of_parts


def sized(governed: pd.DataFrame) -> pd.DataFrame:
    """Return the readings of elements whose length or rise was measured."""
    rows = governed["quantity"].isin(["ramp_length_total_mm", "rise_mm"])
    return governed.loc[governed["element_id"].isin(governed.loc[rows, "element_id"])]


def places(governed: pd.DataFrame) -> Iterator[site_design.Measured]:
    """Return each place of :func:`sized`."""
    for element_id, rows in sized(governed).groupby("element_id", observed=True):
        yield site_design.measured(measured_space.taken(rows, str(element_id), "ramp"))


def typical_rise_mm(known: Iterable[site_design.Measured], otherwise: int) -> int:
    """Return the middle of the rises that are known, or `otherwise` where none is."""
    rises = sorted(one.space.rise_mm for one in known if one.space is not None)
    # one of those measured, not a mean: it is a whole number, and one odd reading does not move it
    return rises[len(rises) // 2] if rises else otherwise
