"""Select sites by kind, verdict, grade, zone, position, code or the force of what they fail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

NO_ZONE = 0
UNDECIDED = "undecided"
BINDING, NOT_BINDING = FAILING = ("binding", "not_binding")
"""What a failing site fails: at least one requirement that binds there, or only others."""


@dataclass(frozen=True)
class Selection:
    """Criteria of a selection; an empty collection keeps everything.

    Parameters
    ----------
    kinds, verdicts, position_statuses, standings
        Words of the register and the audit.
    grades
        Grades, with :data:`UNDECIDED` for none.
    zones
        Zone numbers, with :data:`NO_ZONE` for sites without one.
    zone_bases
        How the zone is known: ``named`` or ``presumed``.
    codes
        Site codes.
    failing
        Of :data:`FAILING`.
    """

    kinds: Collection[str] = ()
    verdicts: Collection[str] = ()
    grades: Collection[str] = ()
    zones: Collection[int] = ()
    position_statuses: Collection[str] = ()
    codes: Collection[str] = ()
    standings: Collection[str] = ()
    zone_bases: Collection[str] = ()
    failing: Collection[str] = ()


def failing(audited: pd.DataFrame) -> pd.Series[str]:
    """Tell of each row of :attr:`audits.scoring.run.Audit.sites` what it fails, of :data:`FAILING`; empty for nothing.

    Examples
    --------
    >>> failing(pd.DataFrame({"items_failed": [3, 2, 0], "law_failed": [1, 0, 0]})).tolist()
    ['binding', 'not_binding', '']
    """
    found = pd.Series("", audited.index, dtype=object)
    found[audited["items_failed"] > 0] = NOT_BINDING
    found[audited["law_failed"] > 0] = BINDING
    return found


def select(sites: pd.DataFrame, audited: pd.DataFrame, wanted: Selection) -> pd.Index[str]:
    """Codes of the sites that meet every part of a selection, in the order of the register.

    Parameters
    ----------
    sites
        Index ``code``; columns ``kind``, ``zone``, ``position_status``.
    audited
        :attr:`audits.scoring.run.Audit.sites`, same index.
    wanted
        The selection.

    Examples
    --------
    >>> columns = {"kind": ["ramp", "space"], "zone": [1, 2], "position_status": "confirmed"}
    >>> sites = pd.DataFrame(columns, index=["KK-001", "SP-001"])
    >>> audited = pd.DataFrame({"verdict": ["fail", "pass"], "grade": ["D", ""]}, index=sites.index)
    >>> select(sites, audited, Selection(grades=[UNDECIDED])).tolist()
    ['SP-001']
    """
    columns: list[tuple[pd.Series, Collection[Any]]] = [
        (sites["kind"], wanted.kinds),
        (audited["verdict"].reindex(sites.index), wanted.verdicts),
        # an empty word can be chosen in no list and stand in no address
        (audited["grade"].reindex(sites.index).replace("", UNDECIDED), wanted.grades),
        (sites["zone"].fillna(NO_ZONE).astype(int), wanted.zones),
        (sites["position_status"], wanted.position_statuses),
        (sites.index.to_series(), wanted.codes),
    ]
    # asked only where something is wanted: not every caller's tables have these columns
    if wanted.standings:
        columns.append((audited["standing"].reindex(sites.index), wanted.standings))
    if wanted.zone_bases:
        columns.append((sites["zone_basis"], wanted.zone_bases))
    if wanted.failing:
        columns.append((failing(audited).reindex(sites.index), wanted.failing))
    kept = pd.Series(True, index=sites.index)
    for column, values in columns:
        if values:
            kept &= column.isin(list(values))
    return sites.index[kept]
