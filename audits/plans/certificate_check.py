"""Check the certificate of a plan with arithmetic only: no solver, no array, no part of the planner."""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from audits import errors
from audits.plans import certificate_model, certificate_tree

# for types only: the checker has to run without the words and the libraries behind them
if TYPE_CHECKING:
    from audits import wording

# written out once more, like the gap below: a checker that imported them would trust the planner
MODEL, MODEL_BEFORE = "jaidee bundle covering 2", "jaidee bundle covering 1"
SOLVED = {MODEL: "solved", MODEL_BEFORE: "proven"}
TOLERANCE = certificate_model.TOLERANCE
PROOF_GAP = Fraction(1, 10_000)
SMALLEST = sys.float_info.min
TEN_THOUSANDTHS = 10_000

UNREADABLE = errors.ProblemKind(
    "CERT-001", "This is not a certificate of a plan with its planning model; take the files as they were given out."
)
OTHER_MODEL = errors.ProblemKind("CERT-002", "The certificate is of the model {given}, but this checker knows {known}.")
OTHER_INPUT = errors.ProblemKind("CERT-003", "The planning model is not the one that the plan was made from.")
ALTERED = errors.ProblemKind("CERT-004", "The certificate was altered after it was written.")
OTHER_COSTS = errors.ProblemKind("CERT-005", "The costs are not those of the planning model.")
UNKNOWN_CHOICE = errors.ProblemKind("CERT-006", "The fix {fix} is not in the planning model, or is listed twice.")
TOO_DEAR = errors.ProblemKind("CERT-007", "The fixes cost {cost} baht, more than the budget.")
CONSTRAINT_BROKEN = errors.ProblemKind("CERT-008", "The wish about the fix {fix} is not kept.")
FLOOR_BROKEN = errors.ProblemKind("CERT-009", "The zone gains {gained}, less than its floor.")
WRONG_FIGURE = errors.ProblemKind("CERT-010", "The certificate says {given}, but it is {found}.")
NOT_A_BOUND = errors.ProblemKind("CERT-011", "A bound of {bound} lies below the benefit of the plan itself, {benefit}.")


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
        The most that any choice can serve, proved by the tree in exact fractions; over the paths that need no more
        fixes than the certificate says, which are all paths where `complete`.
    solver_bound
        The most that any choice can serve according to the solver; not proved here.
    complete
        Whether no path was left out.
    exact_gap
        (proved bound - benefit) / benefit, exactly; None where the certificate is refused, or only the benefit is 0.
    base
        Computed again: the weight served today.
    """

    problems: tuple[errors.Problem, ...]
    benefit: float = 0.0
    cost_thb: float = 0.0
    proved_bound: float = 0.0
    solver_bound: float = 0.0
    complete: bool = False
    exact_gap: Fraction | None = None
    base: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def checked_gap(self) -> float | None:
        """The exact gap as a number; 0.0 only where it is 0."""
        return None if self.exact_gap is None else max(float(self.exact_gap), SMALLEST) if self.exact_gap else 0.0


def _number(share: Fraction | None) -> str:
    return "–" if share is None else f"{float(share):.6g}"


def certainty(verdict: Verdict, words: wording.Wording) -> str:
    """Return one sentence on how much better another choice for the same money can be, from what is proved only."""
    text, left_out = words.text, ""
    if not verdict.holds:
        return text("not proved: the certificate does not hold")
    if not verdict.complete:
        left_out = " " + text("(trips that need more fixes at once than were searched are left out)")
    if verdict.exact_gap == 0:
        return text("checked independently: no other choice for this money does better") + left_out
    if verdict.exact_gap is None:
        most = words.number(verdict.proved_bound)
        return (
            text("checked independently: no other choice for this money opens more than {most} trips", most=most)
            + left_out
        )
    # Rounded up, so that what is printed is proved as well, and a gap never reads as 0.
    gap = words.number(math.ceil(verdict.exact_gap * 100 * TEN_THOUSANDTHS) / TEN_THOUSANDTHS, 4)
    return text("checked independently: another choice for this money is at most {gap} % better", gap=gap) + left_out


def check(certificate: str, model: str) -> Verdict:
    """Check a certificate against its model, both as JSON text.

    Checked by walking the network again: the benefit, today's part, each zone's gain, cost, budget, constraints and
    floors; in exact fractions: that the leaves of the tree cover every choice once, and the bound of each by weak
    duality (see :func:`audits.plans.certificate_tree.largest_bound`). Of the solver's own bound it is only checked
    that it lies between the benefit and what the tree proves.
    """
    try:
        return _Check(certificate, model).verdict()
    # a certificate may come from anybody, and whatever breaks in reading it is one answer: it is none
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        return Verdict((UNREADABLE.at("certificate"),))


class _Check:
    """One certificate with its model, both parsed."""

    def __init__(self, plan_text: str, model_text: str) -> None:
        self.plan, self.plan_text, self.model_text = certificate_model.read(plan_text), plan_text, model_text
        self.model = certificate_model.walked(model_text, self.plan["most_fixes"])
        self.costs = self.model.costs(self.plan["cost_case"])

    def verdict(self) -> Verdict:
        places, chosen = self.model.places, self.plan["chosen"]
        wrong = list(self._texts())
        unknown = [fix for fix in chosen if fix not in places or chosen.count(fix) > 1]
        wrong += [UNKNOWN_CHOICE.at("chosen", fix=fix) for fix in sorted(set(unknown))]
        named = [*self.plan["must_build"], *self.plan["must_not_build"]]
        if wrong or not set(named) <= set(places):
            return Verdict(tuple(wrong) or (UNREADABLE.at("wishes"),))
        try:
            proved = self._proved_bound()
        except errors.RefusedError as refused:
            # the figure as it is claimed, so that the other faults are named as well
            wrong, proved = [*refused.problems], Fraction(self.plan["proved_bound"])
        mask = self.model.mask(chosen)
        cost = sum((self.costs[places[fix]] for fix in chosen), Fraction(0))
        before, after = self.model.served(0), self.model.served(mask)
        gained = {zone: after[zone] - before.get(zone, 0) for zone in after}
        left_out = self.model.left_out
        searched = self.model.gained(mask)
        if left_out:
            # A plan counts only the paths it searched; walking may find longer ones open, never fewer.
            gained = searched
        benefit, base = sum(gained.values(), Fraction(0)), sum(before.values(), Fraction(0))
        bound = max(proved, benefit)
        wrong += [*self._kept(cost, gained), *self._figures(cost, base, benefit, gained, bound)]
        solver = float(self.plan["solver_bound"])
        if sum(searched.values()) != benefit:
            # The tree bounds what the searched paths serve: where walking serves more, it would bound nothing.
            wrong.append(WRONG_FIGURE.at("tree", given=float(sum(searched.values())), found=float(benefit)))
        gap = None if wrong or bound > benefit == 0 else _gap(benefit, bound)
        return Verdict(tuple(wrong), float(benefit), float(cost), float(bound), solver, not left_out, gap, float(base))

    def _texts(self) -> Iterator[errors.Problem]:
        """Check that the two texts belong together and were not altered."""
        if self.plan["model"] not in SOLVED:
            yield OTHER_MODEL.at("model", given=self.plan["model"], known=MODEL)
        if hashlib.sha256(self.model_text.encode()).hexdigest() != self.plan["town_sha256"]:
            yield OTHER_INPUT.at("town_sha256")
        # read anew with plain numbers: fractions could not be written as they stood, and the digest is of the text
        whole = json.loads(self.plan_text)
        seal = whole.pop("sha256")
        plain = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if hashlib.sha256(plain.encode()).hexdigest() != seal:
            yield ALTERED.at("sha256")
        if self.plan["costs_thb"] != {fix: self.costs[place] for fix, place in self.model.places.items()}:
            yield OTHER_COSTS.at("costs_thb")

    def _kept(self, cost: Fraction, gained: certificate_model.Served) -> Iterator[errors.Problem]:
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
        self, cost: Fraction, base: Fraction, benefit: Fraction, gained: certificate_model.Served, bound: Fraction
    ) -> Iterator[errors.Problem]:
        """Check every figure of the certificate against the figures computed here."""
        solver = self.plan["solver_bound"]
        solver_share = _gap(benefit, solver)
        solved = solver_share is not None and solver_share <= PROOF_GAP
        figures: dict[str, Fraction] = {"cost_thb": cost, "base": base, "benefit": benefit, "proved_bound": bound}
        for name, found in figures.items():
            if not _close(self.plan[name], found):
                yield WRONG_FIGURE.at(name, given=float(self.plan[name]), found=float(found))
        for name, most in (("proved_gap", bound), ("solver_gap", solver)):
            share = _gap(benefit, most)
            if (share is None) != (self.plan[name] is None) or (
                share is not None and not _close(self.plan[name], share)
            ):
                yield WRONG_FIGURE.at(name, given=_number(self.plan[name]), found=_number(share))
        by_zone = self.plan["by_zone"]
        for zone in sorted(set(by_zone) | {zone for zone, weight in gained.items() if weight > TOLERANCE}):
            if not _close(by_zone.get(zone, Fraction(0)), gained.get(zone, Fraction(0))):
                yield WRONG_FIGURE.at(
                    f"zone {zone}", given=float(by_zone.get(zone, 0)), found=float(gained.get(zone, 0))
                )
        if solver < benefit - TOLERANCE:
            yield NOT_A_BOUND.at("solver_bound", bound=float(solver), benefit=float(benefit))
        if solver > bound + max(bound, Fraction(1)) * PROOF_GAP:
            yield WRONG_FIGURE.at("solver_bound", given=float(solver), found=float(bound))
        known = {SOLVED[self.plan["model"]]} if solved else {"time_over", "cancelled"}
        if self.plan["status"] not in known:
            yield WRONG_FIGURE.at("status", given=self.plan["status"], found=", ".join(sorted(known)))
        if self.plan["complete"] == self.model.left_out:
            yield WRONG_FIGURE.at("complete", given=self.plan["complete"], found=not self.model.left_out)

    def _proved_bound(self) -> Fraction:
        """Return the largest bound of the leaves, or in the format before, which had no tree, of the whole choice."""
        plan, zones = self.plan, sorted(self.plan["floors"])
        root = self.model.mask(plan["must_build"]), self.model.mask(plan["must_not_build"])
        problem = self.model.problem(plan["cost_case"], plan["budget_thb"], plan["floors"]).under(*root)
        if plan["model"] == MODEL:
            box = certificate_tree.Box(problem, *root, root)
            return problem.grain * certificate_tree.largest_bound(problem, box, plan["tree"], self.model.places, zones)
        line = problem.line(self._multipliers(problem, zones))
        return Fraction(line.top) * problem.grain / line.scale

    def _multipliers(self, problem: certificate_tree.Problem, zones: Sequence[str]) -> certificate_tree.Multipliers:
        """Read the multipliers of the format before: ``bundles`` holds a class by its bundles, and (fix, value)."""
        written = self.plan["multipliers"]
        price, premiums = Fraction(written["budget"]), written["floors"]
        charges: dict[certificate_tree.Family, dict[int, Fraction]] = {}
        sound = min([price, *premiums.values()]) >= 0 and set(premiums) <= set(zones)
        for bundles, values in written["bundles"]:
            family = tuple(sorted({sum(1 << fix for fix in set(bundle)) for bundle in bundles}))
            charge: dict[int, Fraction] = dict(values)
            used = {fix for bundle in bundles for fix in bundle}
            sound = sound and family in problem.classes and family not in charges
            sound = sound and set(charge) <= used and min(charge.values(), default=0) >= 0
            charges[family] = charge
        if not sound:
            raise errors.RefusedError((certificate_tree.BAD_MULTIPLIER.at("multipliers"),))
        floors = [Fraction(premiums.get(zone, 0)) for zone in zones]
        return certificate_tree.Multipliers(price, Fraction(1), floors, charges)


def _gap(benefit: Fraction, bound: Fraction) -> Fraction | None:
    """Return (bound - benefit) / benefit; None where only the benefit is 0."""
    more = max(bound - benefit, Fraction(0))
    if benefit > 0:
        return more / benefit
    # half the tolerance is the planner's own rounding
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
        print(f"proved here: no choice serves more than {verdict.proved_bound:g}, a gap of {verdict.exact_gap}")
        print(f"the solver says, not checked here: no choice serves more than {verdict.solver_bound:g}")
    return len(verdict.problems) and 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
