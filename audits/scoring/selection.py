"""Choose sites by what they are and how they came out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import pandas as pd

NO_ZONE = 0
UNDECIDED = "undecided"


@dataclass(frozen=True)
class Selection:
    """What to keep; an empty collection keeps everything.

    Parameters
    ----------
    kinds, verdicts, position_statuses
        Words of the register and the audit.
    grades
        Grades, with :data:`UNDECIDED` for none.
    zones
        Zone numbers, with :data:`NO_ZONE` for sites without one.
    codes
        Site codes.
    """

    kinds: Collection[str] = field(default=())
    verdicts: Collection[str] = field(default=())
    grades: Collection[str] = field(default=())
    zones: Collection[int] = field(default=())
    position_statuses: Collection[str] = field(default=())
    codes: Collection[str] = field(default=())


def select(sites: pd.DataFrame, audited: pd.DataFrame, wanted: Selection) -> pd.Index[str]:
    """Return the codes of the sites that meet every part of a selection.

    Parameters
    ----------
    sites
        Index ``code``; columns ``kind``, ``zone``, ``position_status``.
    audited
        :attr:`audits.scoring.run.Audit.sites`, same index.
    wanted
        The selection.
    """
    columns = (
        (sites["kind"], wanted.kinds),
        (audited["verdict"].reindex(sites.index), wanted.verdicts),
        (audited["grade"].reindex(sites.index).replace("", UNDECIDED), wanted.grades),
        (sites["zone"].fillna(NO_ZONE).astype(int), wanted.zones),
        (sites["position_status"], wanted.position_statuses),
        (sites.index.to_series(), wanted.codes),
    )
    kept = pd.Series(True, index=sites.index)
    for column, values in columns:
        if values:
            kept &= column.isin(list(values))
    return sites.index[kept]
