"""Write the choice of fixes as a mixed-integer program, one named function for each constraint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from audits.plans import od_pairs, plan_constraints, planning_model

THOUSAND = 1000.0
# the status by which scipy says that no choice meets every row
INFEASIBLE = 2
SHORTEST_S = 0.01


@dataclass(frozen=True)
class Limits:
    """When the solver stops: after some seconds, or once the relative gap is as small as this."""

    seconds: float = 120.0
    gap: float = 1e-6


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
    """A program written row by row: maximise ``worth @ v`` with ``row @ v ≤ limit`` for each row and 0 ≤ v ≤ 1."""

    def __init__(self) -> None:
        self.worth: list[float] = []
        self.whole: list[int] = []
        self.limits: list[float] = []
        self._entries: tuple[list[int], list[int], list[float]] = ([], [], [])

    def add_column(self, worth: float, whole: bool = False) -> int:
        """Add a variable and return its number; a whole one is 0 or 1."""
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

    def relax(self, row: int, amount: float, penalty: float) -> None:
        """Let a constraint be missed by up to an amount, for a penalty on each unit of it."""
        rows, columns, values = self._entries
        rows.append(row)
        columns.append(self.add_column(-penalty * amount))
        values.append(-amount)

    def relaxed(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the dual value of each row in the linear relaxation, 0 or more, and the value of each column.

        Where the solver gives up, duals of 0 and columns of one half.
        """
        nothing = np.zeros(len(self.limits)), np.full(len(self.worth), 0.5)
        if not self.worth:
            return nothing
        answer = optimize.linprog(-np.array(self.worth), A_ub=self.matrix(), b_ub=self.limits, bounds=(0, 1))
        # multipliers of 0 still prove a bound, only a weak one: a solver that gives up costs tightness alone
        if answer.status != 0:
            return nothing
        # scipy minimises, so its marginals are 0 or less; what rounding lifts above 0 would prove nothing
        return np.maximum(-np.asarray(answer.ineqlin.marginals, dtype=np.float64), 0.0), np.asarray(answer.x)

    def matrix(self) -> sparse.csr_array:
        """Return the constraints, shape (rows, columns)."""
        rows, columns, values = self._entries
        return sparse.csr_array((values, (rows, columns)), shape=(len(self.limits), len(self.worth)))

    def solve(self, limits: Limits, *, relaxed: bool = False) -> Found:
        """Solve with HiGHS; relaxed, no variable is whole."""
        # without a variable every row reads 0 ≤ limit
        if not self.worth:
            return Found(np.zeros(0), 0.0, bool(np.any(np.array(self.limits) < 0)))
        # HiGHS also stops at an absolute gap of 1e-6; on a scaled objective that means the same for every model.
        scale = max(self.worth) or 1.0
        answer = optimize.milp(
            -np.array(self.worth) / scale,
            constraints=optimize.LinearConstraint(self.matrix(), -np.inf, np.array(self.limits)),
            bounds=optimize.Bounds(0, 1),
            integrality=np.zeros(len(self.whole)) if relaxed else np.array(self.whole),
            options={"time_limit": max(limits.seconds, SHORTEST_S), "mip_rel_gap": limits.gap},
        )
        # scipy sets no dual bound on a program without whole variables; its optimum is the bound.
        bound = (answer.fun if answer.status == 0 else None) if relaxed else answer.mip_dual_bound
        most = np.inf if bound is None else -float(bound) * scale
        return Found(answer.x, most, answer.status == INFEASIBLE)


@dataclass(frozen=True)
class Columns:
    """Where the variables of a program are: x_f by bit, and z_cP for the bundles of each class."""

    fixes: Mapping[int, int]
    bundles: tuple[tuple[int, ...], ...]


def add_columns(rows: Rows, classes: Sequence[od_pairs.DemandClass], weights: Sequence[float]) -> Columns:
    """Add x_f ∈ {0, 1} for every fix and z_cP ∈ [0, 1] for every bundle P of every class c, worth its weight w_c."""
    used = sorted({bit for one in classes for bundle in one.bundles for bit in planning_model.bits(bundle)})
    # Once the fixes are whole, the best bundles are whole by themselves: only x needs branching.
    fixes = {bit: rows.add_column(0.0, whole=True) for bit in used}
    bundles = tuple(
        tuple(rows.add_column(weight) for _ in one.bundles) for one, weight in zip(classes, weights, strict=True)
    )
    return Columns(fixes, bundles)


def add_bundles_need_fixes(rows: Rows, classes: Sequence[od_pairs.DemandClass], at: Columns) -> list[dict[int, int]]:
    """Add (1) Σ_{P ∈ F_c: f ∈ P} z_cP ≤ x_f, and (2) Σ_P z_cP ≤ 1 where (1) does not imply it.

    Returns
    -------
    list of dict
        For each class the row of (1) by the bit of the fix.
    """
    # One row for each fix of a class, not one for each bundle: the relaxation is far tighter, and without it the proof
    # of a large network does not close.
    placed = []
    for one, columns in zip(classes, at.bundles, strict=True):
        users: dict[int, list[int]] = defaultdict(list)
        for bundle, column in zip(one.bundles, columns, strict=True):
            for bit in planning_model.bits(bundle):
                users[bit].append(column)
        placed.append(
            {bit: rows.add_row(dict.fromkeys(using, 1.0) | {at.fixes[bit]: -1.0}, 0.0) for bit, using in users.items()}
        )
        # where one fix is in every bundle of the class, (1) for this fix says as much already
        if all(len(using) < len(columns) for using in users.values()):
            rows.add_row(dict.fromkeys(columns, 1.0), 1.0)
    return placed


def add_budget(rows: Rows, costs_thb: Mapping[int, float], at: Columns, budget_thb: float) -> int:
    """Add (3) Σ_f cost_f x_f ≤ budget, in thousand baht; return its row."""
    # In thousands the coefficients are near those of the other rows, as the solver's tolerances expect.
    return rows.add_row({at.fixes[bit]: costs_thb[bit] / THOUSAND for bit in at.fixes}, budget_thb / THOUSAND)


def add_floors(
    rows: Rows, classes: Sequence[od_pairs.DemandClass], at: Columns, floors: Mapping[str, float]
) -> dict[str, int]:
    """Add (4) Σ_c w_cq Σ_P z_cP ≥ floor_q for each zone q with a floor; return its rows by zone."""
    placed = {}
    for zone, floor in floors.items():
        # every row is an upper bound, so that a floor is written with its signs turned
        entries = {
            column: -weight
            for one, columns in zip(classes, at.bundles, strict=True)
            if (weight := od_pairs.by([one], od_pairs.ZONE).get(zone, 0.0)) > 0
            for column in columns
        }
        placed[zone] = rows.add_row(entries, -floor)
    return placed


def add_stays_built(rows: Rows, earlier: Columns, later: Columns) -> None:
    """Add (5) x_tf ≤ x_(t+1)f for every fix: what a year builds stands in the next."""
    # What is affordable in a year is so in the next, so every column of `earlier` has one in `later`.
    for bit, column in earlier.fixes.items():
        rows.add_row({column: 1.0, later.fixes[bit]: -1.0}, 0.0)


@dataclass(frozen=True)
class Choice:
    """A choice of fixes as a mask, None where the solver had no time; see :class:`Found`."""

    chosen: int | None
    bound: float
    infeasible: bool


@dataclass(frozen=True)
class Program:
    """The program of a reduced problem, ready to be solved."""

    rows: Rows
    at: Columns

    def solve(self, limits: Limits, *, relaxed: bool = False) -> Choice:
        """Solve with HiGHS; relaxed, only the bound means something."""
        found = self.rows.solve(limits, relaxed=relaxed)
        chosen = None if found.values is None else built(found.values, self.at.fixes)
        return Choice(chosen, found.bound, found.infeasible)


def built(values: npt.NDArray[np.float64], fixes: Mapping[int, int]) -> int:
    """Return the mask of the fixes whose variable is 1."""
    # the solver's whole numbers are whole within its tolerance only
    return sum(1 << bit for bit, column in fixes.items() if values[column] > 0.5)


def program(reduced: plan_constraints.ReducedProblem, zone: str | None = None) -> Program:
    """Return the program of a reduced problem: the greatest weight served, or that of one zone.

    Maximise Σ_c w_c Σ_P z_cP subject to (1) bundles need their fixes, (2) a class is served once, (3) the budget and
    (4) the floors; F_c are the bundles of class c, w_cq its weight in zone q.
    """
    rows, classes = Rows(), reduced.twins.classes
    weights = [one.weight if zone is None else od_pairs.by([one], od_pairs.ZONE).get(zone, 0.0) for one in classes]
    at = add_columns(rows, classes, weights)
    add_bundles_need_fixes(rows, classes, at)
    add_budget(rows, reduced.costs_thb, at, reduced.budget_thb)
    add_floors(rows, classes, at, reduced.floors)
    return Program(rows, at)


def cheapest(reduced: plan_constraints.ReducedProblem, benefit: float, budget_thb: float) -> Program:
    """Return the program of the cheapest choice that serves as much as another one.

    Minimise Σ_f cost_f x_f, in thousand baht, subject to the rows of :func:`program` and Σ_c w_c Σ_P z_cP ≥ benefit.
    """
    rows, classes = Rows(), reduced.twins.classes
    at = add_columns(rows, classes, [0.0] * len(classes))
    for bit, column in at.fixes.items():
        rows.worth[column] = -reduced.costs_thb[bit] / THOUSAND
    add_bundles_need_fixes(rows, classes, at)
    add_budget(rows, reduced.costs_thb, at, budget_thb)
    add_floors(rows, classes, at, reduced.floors)
    served = {column: -one.weight for one, columns in zip(classes, at.bundles, strict=True) for column in columns}
    rows.add_row(served, -benefit)
    return Program(rows, at)
