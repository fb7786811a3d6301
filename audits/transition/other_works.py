"""Give the works that open no further trip a year, with the money that the works that do leave."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

from audits.plans import site_fixes


def by_year(
    spent_thb: Sequence[float],
    yearly_thb: Sequence[float],
    fixes: Mapping[str, site_fixes.RecordFix],
    ranks: Mapping[str, float],
) -> tuple[tuple[str, ...], ...]:
    """Return the names of fixes by year: each in the first year whose money holds it, best ranked sites first.

    Parameters
    ----------
    spent_thb, yearly_thb
        What the works that open trips cost in each year, and the money of each year. What a year leaves is there in
        the next, so money counts as left only where no later year needs it.
    fixes
        Those that stand in no year yet, by name.
    ranks
        Official rank by code of the site; a site without one comes last.
    """
    left = list(itertools.accumulate(a - b for a, b in zip(yearly_thb, spent_thb, strict=True)))
    found: list[list[str]] = [[] for _ in left]

    def first_asked(name: str) -> tuple[float, float, str]:
        # the name last: works of one rank and one price keep their order in every process
        return ranks.get(fixes[name].site_code, math.inf), fixes[name].fix.cost.likely, name

    for name in sorted(fixes, key=first_asked):
        cost = fixes[name].fix.cost.likely
        year = next((at for at in range(len(left)) if min(left[at:]) >= cost), None)
        if year is not None:
            found[year].append(name)
            left[year:] = [each - cost for each in left[year:]]
    return tuple(map(tuple, found))
