"""Say what became of the rows of a table."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeAlias

from audits import errors

Reasons: TypeAlias = tuple[tuple[int, tuple[errors.Problem, ...]], ...]


@dataclass(frozen=True)
class ImportReceipt:
    """What became of a table.

    Parameters
    ----------
    sites_accepted, sites_same
        Sites added, and sites of rows not held that were here already.
    surveys_accepted, surveys_same, corrections
        Surveys taken in, here already, and taken in as a correction.
    conflicts
        Rows held because they contradict a survey that is here.
    held
        Rows held with their reasons, conflicts not counted.
    batch
        Number of the batch that keeps the held rows.
    same_rows
        Rows that say nothing new: their survey is here, or their site where they measured nothing.
    held_rows
        Line and reasons of each row held, conflicts left out.
    conflict_rows
        Line and reasons of each row in conflict.
    """

    sites_accepted: int
    sites_same: int
    surveys_accepted: int
    surveys_same: int
    corrections: int
    conflicts: int
    held: int
    batch: int
    same_rows: int = 0
    held_rows: Reasons = ()
    conflict_rows: Reasons = ()

    @property
    def accepted(self) -> int:
        """Number of sites and surveys that are new in the store."""
        return self.sites_accepted + self.surveys_accepted + self.corrections

    @property
    def kept_out(self) -> Reasons:
        """Line and reasons of each row that is held or in conflict."""
        return tuple(sorted((*self.held_rows, *self.conflict_rows), key=lambda one: one[0]))

    @property
    def same(self) -> int:
        """Number of sites and surveys that were in the store already."""
        return self.sites_same + self.surveys_same

    def as_record(self) -> dict[str, int]:
        """Return the receipt for JSON."""
        counts = {one.name: getattr(self, one.name) for one in fields(self) if not one.name.endswith("_rows")}
        return {**counts, "accepted": self.accepted, "same": self.same}
