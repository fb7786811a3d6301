"""Write the choice of fixes as a mixed-integer program, row by named row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from audits.planning import od_pairs, plan_constraints, planning_model

THOUSAND = 1000.0
INFEASIBLE = 2
SHORTEST_S = 0.01


@dataclass(frozen=True)
class Found:
    """What the solver found.

    Parameters
    ----------
    values
        Shape (columns,); None where it found nothing.
    bound
        The most that any choice is worth; infinite where the solver had no time to say.
    infeasible
        True where no choice meets every row.
    """

    values: npt.NDArray[np.float64] | None
    bound: float
    infeasible: bool


class Rows:
    """A program written row by row: maximise ``worth @ v`` where each row ``@ v`` is at most its limit, 0 ≤ v ≤ 1."""

    def __init__(self) -> None:
        self.worth: list[float] = []
        self.whole: list[int] = []
        self.limits: list[float] = []
        self._entries: tuple[list[int], list[int], list[float]] = ([], [], [])

    def add_column(self, worth: float, whole: bool = False) -> int:
        """Add an unknown and return its number; a whole one is 0 or 1."""
        self.worth.append(worth)
        self.whole.append(int(whole))
        return len(self.worth) - 1

    def add_row(self, entries: Mapping[int, float], limit: float) -> int:
        """Add a constraint and return its number."""
        rows, columns, values = self._entries
        rows.extend([len(self.limits)] * len(entries))
        columns.extend(entries)
        values.extend(entries.values())
        self.limits.append(limit)
        return len(self.limits) - 1

    def multipliers(self) -> npt.NDArray[np.float64]:
        """Return the multiplier of each row in the relaxed program, shape (rows,), 0 or more."""
        if not self.worth:
            return np.zeros(len(self.limits))
        relaxed = optimize.linprog(-np.array(self.worth), A_ub=self.matrix(), b_ub=self.limits, bounds=(0, 1))
        return np.maximum(-np.asarray(relaxed.ineqlin.marginals, dtype=np.float64), 0.0)

    def matrix(self) -> sparse.csr_array:
        """Return the constraints, shape (rows, columns)."""
        rows, columns, values = self._entries
        return sparse.csr_array((values, (rows, columns)), shape=(len(self.limits), len(self.worth)))

    def solve(self, time_limit_s: float, relative_gap: float, relaxed: bool = False) -> Found:
        """Solve with HiGHS; relaxed, no unknown is whole."""
        if not self.worth:
            return Found(np.zeros(0), 0.0, bool(np.any(np.array(self.limits) < 0)))
        scale = max(self.worth) or 1.0
        answer = optimize.milp(
            -np.array(self.worth) / scale,
            constraints=optimize.LinearConstraint(self.matrix(), -np.inf, np.array(self.limits)),
            bounds=optimize.Bounds(0, 1),
            integrality=np.zeros(len(self.whole)) if relaxed else np.array(self.whole),
            options={"time_limit": max(time_limit_s, SHORTEST_S), "mip_rel_gap": relative_gap},
        )
        bound = (answer.fun if answer.status == 0 else None) if relaxed else answer.mip_dual_bound
        most = np.inf if bound is None else -float(bound) * scale
        return Found(answer.x, most, answer.status == INFEASIBLE)


@dataclass(frozen=True)
class Columns:
    """Where the unknowns of a program stand: the fixes by bit, the bundles of each class."""

    fixes: Mapping[int, int]
    bundles: tuple[tuple[int, ...], ...]


def add_columns(rows: Rows, classes: Sequence[od_pairs.DemandClass], weights: Sequence[float]) -> Columns:
    """Add x_f for every fix and z_cP for every bundle P of every class c; z_cP is worth the weight of c, w_c."""
    used = sorted({bit for one in classes for bundle in one.bundles for bit in planning_model.bits(bundle)})
    fixes = {bit: rows.add_column(0.0, whole=True) for bit in used}
    bundles = tuple(
        tuple(rows.add_column(weight) for _ in one.bundles) for one, weight in zip(classes, weights, strict=True)
    )
    return Columns(fixes, bundles)


def add_bundles_need_fixes(rows: Rows, classes: Sequence[od_pairs.DemandClass], at: Columns) -> list[dict[int, int]]:
    """Add (D) sum over P in F_c with f in P of z_cP ≤ x_f, and sum over P of z_cP ≤ 1 where (D) does not imply it.

    Returns
    -------
    list of dict
        For each class the row of (D) by the bit of the fix.
    """
    placed = []
    for one, columns in zip(classes, at.bundles, strict=True):
        users: dict[int, list[int]] = defaultdict(list)
        for bundle, column in zip(one.bundles, columns, strict=True):
            for bit in planning_model.bits(bundle):
                users[bit].append(column)
        placed.append(
            {bit: rows.add_row(dict.fromkeys(using, 1.0) | {at.fixes[bit]: -1.0}, 0.0) for bit, using in users.items()}
        )
        if all(len(using) < len(columns) for using in users.values()):
            rows.add_row(dict.fromkeys(columns, 1.0), 1.0)
    return placed


def add_budget(rows: Rows, costs_thb: Mapping[int, float], at: Columns, budget_thb: float) -> int:
    """Add sum of cost_f x_f ≤ budget, in thousand baht; return its row."""
    return rows.add_row({at.fixes[bit]: costs_thb[bit] / THOUSAND for bit in at.fixes}, budget_thb / THOUSAND)


def add_floors(
    rows: Rows, classes: Sequence[od_pairs.DemandClass], at: Columns, floors: Mapping[str, float]
) -> dict[str, int]:
    """Add, for each zone q with a floor, sum over c of w_cq sum over P of z_cP ≥ floor_q; return its rows."""
    placed = {}
    for zone, floor in floors.items():
        entries = {
            column: -weight
            for one, columns in zip(classes, at.bundles, strict=True)
            if (weight := od_pairs.by([one], od_pairs.ZONE).get(zone, 0.0)) > 0
            for column in columns
        }
        placed[zone] = rows.add_row(entries, -floor)
    return placed


@dataclass(frozen=True)
class Choice:
    """A choice of fixes as a mask of the bits of the task, None where the solver had no time; see :class:`Found`."""

    chosen: int | None
    bound: float
    infeasible: bool


@dataclass(frozen=True)
class Program:
    """The program of one task, ready to be solved."""

    rows: Rows
    at: Columns

    def solve(self, time_limit_s: float, relative_gap: float, relaxed: bool = False) -> Choice:
        """Solve with HiGHS; relaxed, only the bound means something."""
        found = self.rows.solve(time_limit_s, relative_gap, relaxed)
        chosen = None if found.values is None else built(found.values, self.at.fixes)
        return Choice(chosen, found.bound, found.infeasible)


def built(values: npt.NDArray[np.float64], fixes: Mapping[int, int]) -> int:
    """Return the mask of the fixes whose unknown is 1."""
    return sum(1 << bit for bit, column in fixes.items() if values[column] > 0.5)


def of_task(task: plan_constraints.ReducedProblem, zone: str | None = None) -> Program:
    """Return the program of a task: the weight served, or that of one zone, at its greatest.

    Objective: maximise sum over c of w_c sum over P of z_cP. Subject to: bundles need their fixes (D), every class is
    served once, the budget, the floors.
    """
    rows, classes = Rows(), task.twins.classes
    weights = [one.weight if zone is None else od_pairs.by([one], od_pairs.ZONE).get(zone, 0.0) for one in classes]
    at = add_columns(rows, classes, weights)
    add_bundles_need_fixes(rows, classes, at)
    add_budget(rows, task.costs_thb, at, task.budget_thb)
    add_floors(rows, classes, at, task.floors)
    return Program(rows, at)
