"""Fit a ramp to a measured place once, for every record that asks for the same place under the same rules."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from audits.ramps import geometry, requirements, site_design
from audits.rules import model


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
