"""Check the certificate of a plan with arithmetic only: no solver, no array, no part of the planner."""

from __future__ import annotations

import functools
import hashlib
import heapq
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from audits import errors

MODEL = "jaidee bundle covering 1"
TOLERANCE = Fraction(2, 1_000_000)
PROOF_GAP = Fraction(1, 10_000)
LONGEST_NUMBER, MOST_TENS = 40, 300

UNREADABLE = errors.ProblemKind(
    "CERT-001", "This is not a certificate of a plan with its town; take the files as they were given out."
)
OTHER_MODEL = errors.ProblemKind("CERT-002", "The certificate is of the model {given}, but this checker knows {known}.")
OTHER_INPUT = errors.ProblemKind("CERT-003", "The town is not the one that the plan was made from.")
ALTERED = errors.ProblemKind("CERT-004", "The certificate was altered after it was written.")
OTHER_COSTS = errors.ProblemKind("CERT-005", "The costs are not those of the town.")
UNKNOWN_CHOICE = errors.ProblemKind("CERT-006", "The fix {fix} is not in the town, or is listed twice.")
TOO_DEAR = errors.ProblemKind("CERT-007", "The fixes cost {cost} baht, more than the budget.")
CONSTRAINT_BROKEN = errors.ProblemKind("CERT-008", "The wish about the fix {fix} is not kept.")
FLOOR_BROKEN = errors.ProblemKind("CERT-009", "The zone gains {gained}, less than its floor.")
WRONG_FIGURE = errors.ProblemKind("CERT-010", "The certificate says {given}, but it is {found}.")
NOT_A_BOUND = errors.ProblemKind("CERT-011", "A bound of {bound} lies below the benefit of the plan itself, {benefit}.")
BAD_MULTIPLIER = errors.ProblemKind(
    "CERT-012", "A multiplier is negative or of nothing in the plan; it proves nothing."
)


@dataclass(frozen=True)
class Verdict:
    """The result of a check.

    Parameters
    ----------
    problems
        Why the certificate is refused; empty where it holds.
    benefit, cost_thb
        Computed again: the weight served beyond today (where not `complete`, on the paths searched), and baht.
    proved_bound
        The most that any choice can serve, proved by the multipliers in exact fractions; over the paths that need no
        more fixes than the certificate says, which are all paths where `complete`.
    solver_bound
        The most that any choice can serve according to the solver; not proved here.
    complete
        Whether no path was left out.
    """

    problems: tuple[errors.Problem, ...]
    benefit: float = 0.0
    cost_thb: float = 0.0
    proved_bound: float = 0.0
    solver_bound: float = 0.0
    complete: bool = False

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def check(certificate: str, model: str) -> Verdict:
    """Check a certificate against its model, both as JSON text.

    Checked by walking the network again: the benefit, today's part, each zone's gain, cost, budget, constraints and
    floors; by weak duality in exact fractions: the proved bound. Of the solver's own bound it is only checked that it
    lies between the benefit and the proved bound.
    """
    try:
        return _Check(_read(certificate), _read(model), certificate, model).verdict()
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        return Verdict((UNREADABLE.at("certificate"),))


def _read(text: str) -> Any:
    return json.loads(text, parse_float=_number, parse_constant=_number)


def _number(written: str) -> Fraction:
    """Return a number exactly as written."""
    # No plan needs more digits than this, and a large power of ten would take all memory.
    if len(written) > LONGEST_NUMBER or abs(int(written.lower().partition("e")[2] or 0)) > MOST_TENS:
        raise ValueError(written)
    return Fraction(written)


Served = dict[str, Fraction]
Family = frozenset[frozenset[int]]
Arcs = list[list[tuple[int, int, frozenset[int]]]]


class _Check:
    """One certificate with its model, both parsed."""

    def __init__(self, plan: Any, model: Any, plan_text: str, model_text: str) -> None:
        self.plan, self.model, self.plan_text, self.model_text = plan, model, plan_text, model_text
        self.place = {fix["fix_id"]: number for number, fix in enumerate(model["fixes"])}
        self.costs = [fix["cost_thb"][plan["cost_case"]] for fix in model["fixes"]]
        self.arcs = [self._arcs(3 + number) for number in range(len(model["personas"]))]
        self.left_out = self.stray = False

    def verdict(self) -> Verdict:
        wrong = list(self._texts())
        unknown = [fix for fix in self.plan["chosen"] if fix not in self.place or self.plan["chosen"].count(fix) > 1]
        wrong += [UNKNOWN_CHOICE.at("chosen", fix=fix) for fix in sorted(set(unknown))]
        named = [*self.plan["must_build"], *self.plan["must_not_build"]]
        if wrong or not set(named) <= set(self.place):
            return Verdict(tuple(wrong) or (UNREADABLE.at("wishes"),))
        chosen = frozenset(self.place[fix] for fix in self.plan["chosen"])
        cost = sum((self.costs[fix] for fix in chosen), Fraction(0))
        before, after = self.served(frozenset()), self.served(chosen)
        gained = {zone: after[zone] - before.get(zone, 0) for zone in after}
        proved = self.proved_bound()
        if self.left_out:
            # A plan counts only the paths it searched; walking may find longer ones open, never fewer.
            gained = self._opened(chosen)
        benefit, base = sum(gained.values(), Fraction(0)), sum(before.values(), Fraction(0))
        bound = max(proved, benefit)
        wrong += [*self._kept(cost, gained), *self._figures(cost, base, benefit, gained, bound)]
        return Verdict(
            tuple(wrong),
            float(benefit),
            float(cost),
            float(bound),
            float(self.plan["solver_bound"]),
            not self.left_out,
        )

    def _texts(self) -> Iterator[errors.Problem]:
        """Check that the two texts belong together and were not altered."""
        if self.plan["model"] != MODEL:
            yield OTHER_MODEL.at("model", given=self.plan["model"], known=MODEL)
        if hashlib.sha256(self.model_text.encode()).hexdigest() != self.plan["town_sha256"]:
            yield OTHER_INPUT.at("town_sha256")
        whole = json.loads(self.plan_text)
        seal = whole.pop("sha256")
        plain = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if hashlib.sha256(plain.encode()).hexdigest() != seal:
            yield ALTERED.at("sha256")
        if self.plan["costs_thb"] != {fix: self.costs[number] for fix, number in self.place.items()}:
            yield OTHER_COSTS.at("costs_thb")

    def _kept(self, cost: Fraction, gained: Served) -> Iterator[errors.Problem]:
        """Check the budget, the constraints on fixes and the floors."""
        if cost > self.plan["budget_thb"] + TOLERANCE:
            yield TOO_DEAR.at("budget_thb", cost=float(cost))
        chosen = set(self.plan["chosen"])
        for fix in sorted((set(self.plan["must_build"]) - chosen) | (set(self.plan["must_not_build"]) & chosen)):
            yield CONSTRAINT_BROKEN.at("wishes", fix=fix)
        for zone, floor in sorted(self.plan["floors"].items()):
            if gained.get(zone, Fraction(0)) < floor - TOLERANCE:
                yield FLOOR_BROKEN.at(zone, gained=float(gained.get(zone, Fraction(0))))

    def _figures(
        self, cost: Fraction, base: Fraction, benefit: Fraction, gained: Served, bound: Fraction
    ) -> Iterator[errors.Problem]:
        """Check every figure of the certificate against the figures computed here."""
        solver = self.plan["solver_bound"]
        solver_share = _gap(benefit, solver)
        proven = solver_share is not None and solver_share <= PROOF_GAP
        figures: dict[str, Fraction] = {"cost_thb": cost, "base": base, "benefit": benefit, "proved_bound": bound}
        for name, found in figures.items():
            if not _close(self.plan[name], found):
                yield WRONG_FIGURE.at(name, given=float(self.plan[name]), found=float(found))
        for name, most in (("proved_gap", bound), ("solver_gap", solver)):
            share = _gap(benefit, most)
            if (share is None) != (self.plan[name] is None) or (
                share is not None and not _close(self.plan[name], share)
            ):
                yield WRONG_FIGURE.at(name, given=str(self.plan[name]), found=str(share))
        by_zone = self.plan["by_zone"]
        for zone in sorted(set(by_zone) | {zone for zone, weight in gained.items() if weight > TOLERANCE}):
            if not _close(by_zone.get(zone, Fraction(0)), gained.get(zone, Fraction(0))):
                yield WRONG_FIGURE.at(zone, given=float(by_zone.get(zone, 0)), found=float(gained.get(zone, 0)))
        if solver < benefit - TOLERANCE:
            yield NOT_A_BOUND.at("solver_bound", bound=float(solver), benefit=float(benefit))
        if solver > bound + max(bound, Fraction(1)) * PROOF_GAP:
            yield WRONG_FIGURE.at("solver_bound", given=float(solver), found=float(bound))
        if self.plan["status"] not in ({"proven"} if proven else {"time_over", "cancelled"}):
            yield WRONG_FIGURE.at("status", given=self.plan["status"], found="proven" if proven else "not proven")
        if self.plan["complete"] == self.left_out:
            yield WRONG_FIGURE.at("complete", given=self.plan["complete"], found=not self.left_out)
        if self.stray:
            yield BAD_MULTIPLIER.at("multipliers")

    def _arcs(self, column: int) -> Arcs:
        """Return by node the edges that lead to it: (node before, millimetres, fixes needed)."""
        arcs: Arcs = [[] for _ in range(self.model["nodes"])]
        for edge in self.model["edges"]:
            start, end, length_mm, needs = edge[0], edge[1], edge[2], edge[column]
            if start < 0 or end < 0 or length_mm < 0:
                raise ValueError(edge)
            if needs is not None:
                arcs[end].append((start, length_mm, frozenset(needs)))
                if not self.model["directed"]:
                    arcs[start].append((end, length_mm, frozenset(needs)))
        return arcs

    def _people(self) -> Iterator[tuple[Arcs, Any, list[Fraction]]]:
        """Yield (edges, category, weight of each node) for every persona and category."""
        for persona, weights in sorted(self.model["people"].items()):
            arcs = self.arcs[self.model["personas"].index(persona)]
            for category in self.model["categories"]:
                value: Fraction = category["value"]
                if min(category["nodes"], default=0) < 0:
                    raise ValueError(category["name"])
                yield arcs, category, [weight * value for weight in weights]

    def served(self, chosen: frozenset[int]) -> Served:
        """Return the weight of each zone that walks step-free with some fixes: Dijkstra, node by node."""
        zones: Served = defaultdict(Fraction)
        for arcs, category, weights in self._people():
            nearest: dict[int, int] = {}
            queue = [(0, node) for node in category["nodes"]]
            heapq.heapify(queue)
            while queue:
                distance, node = heapq.heappop(queue)
                if node in nearest:
                    continue
                nearest[node] = distance
                zones[self.model["zones"][node]] += weights[node]
                for before, length_mm, needs in arcs[node]:
                    if distance + length_mm <= category["limit_mm"] and needs <= chosen and before not in nearest:
                        heapq.heappush(queue, (distance + length_mm, before))
        return zones

    @functools.cached_property
    def families(self) -> dict[Family, Served]:
        """The fix sets of the trips, with the weight of each zone; trips open today or beyond reach are left out."""
        found: dict[Family, Served] = defaultdict(lambda: defaultdict(Fraction))
        for arcs, category, weights in self._people():
            for node, sets in enumerate(self._sets(arcs, category)):
                if weights[node] > 0 and sets and frozenset() not in sets:
                    found[_smallest(sets)][self.model["zones"][node]] += weights[node]
        return found

    def _sets(self, arcs: Arcs, category: Any) -> list[list[frozenset[int]]]:
        """Return by node the sets of fixes on its paths, each with no subset that is nearer."""
        sets: list[list[frozenset[int]]] = [[] for _ in arcs]
        number = 0
        queue: list[tuple[int, int, int, frozenset[int]]] = [(0, 0, node, frozenset()) for node in category["nodes"]]
        while queue:
            distance, _, node, fixes = heapq.heappop(queue)
            if any(known <= fixes for known in sets[node]):
                continue
            sets[node].append(fixes)
            for before, length_mm, needs in arcs[node]:
                wider, farther = fixes | needs, distance + length_mm
                if farther > category["limit_mm"] or any(known <= wider for known in sets[before]):
                    continue
                if len(wider) > self.plan["most_fixes"]:
                    self.left_out = True
                else:
                    number += 1
                    heapq.heappush(queue, (farther, number, before, wider))
        return sets

    def proved_bound(self) -> Fraction:
        """Return the bound that the multipliers prove, by weak duality; every sum is exact.

        λB + Σ_f max(0, Σ_c μ_cf - λ cost_f) + Σ_c max(0, w_c + Σ_q ν_q w_cq - min_P Σ_{f in P} μ_cf) - Σ_q ν_q floor_q,
        where B and floor_q are what remains after the fixes that must be built.
        """
        price, premiums = self.plan["multipliers"]["budget"], self.plan["multipliers"]["floors"]
        built = frozenset(self.place[fix] for fix in self.plan["must_build"])
        budget = self.plan["budget_thb"] - sum((self.costs[fix] for fix in built), Fraction(0))
        classes, sure = self._open_classes(built, budget)
        charges = self._charges(classes)
        self.stray = self.stray or min([price, *premiums.values()]) < 0 or not set(premiums) <= set(self.plan["floors"])
        bound: Fraction = price * budget + sum(sure.values(), Fraction(0))
        floors = self.plan["floors"].items()
        bound -= sum((premiums.get(zone, 0) * (floor - sure[zone]) for zone, floor in floors), Fraction(0))
        charged: dict[int, Fraction] = defaultdict(Fraction)
        for family, zones in classes.items():
            charge = charges.get(family, {})
            for fix, value in charge.items():
                charged[fix] += value
            worth = sum((weight * (1 + premiums.get(zone, 0)) for zone, weight in zones.items()), Fraction(0))
            least = min(sum((charge.get(fix, Fraction(0)) for fix in bundle), Fraction(0)) for bundle in family)
            bound += max(Fraction(0), worth - least)
        return bound + sum(
            (max(Fraction(0), value - price * self.costs[fix]) for fix, value in charged.items()), Fraction(0)
        )

    def _opened(self, chosen: frozenset[int]) -> Served:
        """Return the weight of each zone on paths that need no more fixes than the certificate says."""
        gained: Served = defaultdict(Fraction)
        for family, zones in self.families.items():
            if any(bundle <= chosen for bundle in family):
                for zone, weight in zones.items():
                    gained[zone] += weight
        return gained

    def _open_classes(self, built: frozenset[int], budget: Fraction) -> tuple[dict[Family, Served], Served]:
        """Return the classes left to serve by zone, and the weight that the fixes that must be built serve."""
        never = frozenset(self.place[fix] for fix in self.plan["must_not_build"])
        classes: dict[Family, Served] = defaultdict(lambda: defaultdict(Fraction))
        sure: Served = defaultdict(Fraction)
        for family, zones in self.families.items():
            left = _smallest(bundle - built for bundle in family if not bundle & never)
            within = frozenset(
                bundle for bundle in left if sum(self.costs[fix] for fix in bundle) <= budget + TOLERANCE / 2
            )
            target = sure if frozenset() in left else classes[within] if within else {}
            for zone, weight in zones.items():
                target[zone] = target.get(zone, Fraction(0)) + weight
        return classes, sure

    def _charges(self, classes: Iterable[Family]) -> dict[Family, dict[int, Fraction]]:
        """Return the multipliers of each class; note those of unknown classes or fixes, or below zero, as stray."""
        known, charges = set(classes), {}
        for bundles, written in self.plan["multipliers"]["bundles"]:
            family = frozenset(frozenset(bundle) for bundle in bundles)
            charge: dict[int, Fraction] = dict(written)
            used = frozenset().union(*family)
            if (
                family not in known
                or family in charges
                or not set(charge) <= used
                or min(charge.values(), default=0) < 0
            ):
                self.stray = True
            charges[family] = charge
        return charges


def _smallest(sets: Iterable[frozenset[int]]) -> Family:
    """Return the sets that contain no other of them."""
    every = set(sets)
    return frozenset(one for one in every if not any(other < one for other in every))


def _gap(benefit: Fraction, bound: Fraction) -> Fraction | None:
    """Return (bound - benefit) / benefit; None where only the benefit is 0."""
    more = max(bound - benefit, Fraction(0))
    if benefit > 0:
        return more / benefit
    return Fraction(0) if more <= TOLERANCE / 2 else None


def _close(given: Fraction, found: Fraction) -> bool:
    return abs(given - found) <= TOLERANCE


def main(arguments: list[str]) -> int:
    """Check the files named, a certificate and its model; print the problems or the proof; 0 if it holds."""
    certificate, model = (Path(name).read_text("utf-8") for name in arguments)
    verdict = check(certificate, model)
    for problem in verdict.problems:
        print(problem.sentence())
    if verdict.holds:
        print(f"holds: benefit {verdict.benefit:g}, cost {verdict.cost_thb:,.0f} baht")
        print(f"proved here: no choice serves more than {verdict.proved_bound:g}")
        print(f"the solver says, not checked here: no choice serves more than {verdict.solver_bound:g}")
    return len(verdict.problems) and 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
