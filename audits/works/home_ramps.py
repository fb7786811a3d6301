"""Count the ramps built at homes in a year and what was paid: numbers only, never a place or a name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from audits import errors
from audits.store.db import connection
from audits.store.register import municipal_choices

NAME, NONE = municipal_choices.HOME_RAMPS, "{}"
# A number this small beside a year could point at a household.
FEWEST_SHOWN = 5

NOT_A_NUMBER = errors.ProblemKind("HOME-001", "{written} is less than 0; write how many ramps, and what was paid")
NO_YEAR = errors.ProblemKind("HOME-002", "{written} is no year of the Buddhist era; write it as 2569")


@dataclass(frozen=True)
class Year:
    """Ramps built at homes in one year, and what was paid for them in whole baht; None where it is not shown."""

    count: int | None
    paid_thb: int | None


def every(store: connection.Store) -> Mapping[int, Year]:
    """Return the count of each year of the Buddhist era, the latest first."""
    kept = json.loads(municipal_choices.chosen(store, NAME, NONE))
    return {int(year): Year(*kept[year]) for year in sorted(kept, key=int, reverse=True)}


def shown(years: Mapping[int, Year]) -> Mapping[int, Year]:
    """Return the counts for the public: neither number of a year with 1 to 4 ramps."""
    hidden = Year(None, None)
    # a year without any ramp points at nobody
    return {year: one if not one.count or one.count >= FEWEST_SHOWN else hidden for year, one in years.items()}


def keep(store: connection.Store, year: int, count: int, paid_thb: int, actor: str) -> None:
    """Set the count of one year.

    Raises
    ------
    errors.RefusedError
        With every number that cannot be.
    errors.NotAllowedError
        When this role may not choose for everybody.
    """
    problems = [
        NOT_A_NUMBER.at(name, written=value) for name, value in (("count", count), ("paid", paid_thb)) if value < 0
    ]
    # a year of the Christian era lies far below, and one in it is the usual slip
    if not 2500 <= year <= 2700:
        problems.append(NO_YEAR.at("year", written=year))
    if problems:
        raise errors.RefusedError(tuple(problems))

    def revised(before: str) -> str:
        return json.dumps(json.loads(before or NONE) | {str(year): (count, paid_thb)}, sort_keys=True)

    municipal_choices.revise(store, NAME, revised, actor)
