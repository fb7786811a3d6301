"""Describe a plan in lines: money, benefit, bound, certainty, comparison, and what it rests on."""

from __future__ import annotations

import json

from audits import wording
from audits.plans import budget_plan, plan_contents, ranking

phrase = wording.phrase

COST_CASES = {
    "low": phrase("low costs"),
    "likely": phrase("likely costs"),
    "high": phrase("high costs"),
}
LEAD = phrase("{fixes} for {cost} baht open {gained} more of 1,000 ways; {today} are open today.")


def lead(subject: plan_contents.Subject, words: wording.Wording) -> str:
    """Return the plan in one sentence."""
    plan = subject.worked.plan
    return words.text(
        LEAD,
        fixes=words.count("{n} fix", "{n} fixes", len(plan.chosen)),
        cost=baht(getattr(plan.cost, subject.wishes.cost_case), words),
        gained=ways(plan.benefit, words),
        today=ways(plan.base, words),
    )


def proof(subject: plan_contents.Subject, words: wording.Wording) -> tuple[tuple[str, str], ...]:
    """Return name and value of every figure of a plan's quality, in the reader's language."""
    text, worked = words.text, subject.worked
    plan, verdict = worked.plan, worked.verdict
    held = text("yes, it holds") if verdict.holds else text("no, it does not hold")
    return (
        (text("Ways open today"), ways(plan.base, words)),
        (text("Ways with no goal near enough, whatever is built"), ways(worked.out_of_reach, words)),
        (text("Ways opened"), ways(plan.benefit, words)),
        (text("No choice opens more than"), ways(plan.bound, words)),
        (text("Distance from the best, at most"), f"{words.number(100 * plan.gap, 2)} %"),
        (text("How sure"), text(budget_plan.STATUSES[plan.status])),
        (text("Cost, low to high (baht)"), f"{baht(plan.cost.low, words)} – {baht(plan.cost.high, words)}"),
        (text("Checked by the small checker"), held),
        (text("Proved by the checker: no choice opens more than"), ways(verdict.proved_bound, words)),
    )


def compared(subject: plan_contents.Subject, words: wording.Wording) -> tuple[tuple[str, float, int], ...]:
    """Return name, ways opened and idle fixes of the plan and of every ranking with the same money."""
    plan = words.text("this plan"), subject.worked.plan.benefit, 0
    rankings = (
        (words.text(ranking.RULES[one.rule]), one.benefit, len(one.stranded)) for one in subject.worked.rankings
    )
    return (plan, *rankings)


def lines(subject: plan_contents.Subject, words: wording.Wording) -> tuple[tuple[str, str], ...]:
    """Return item and text of everything that a file of the plan states, the mark of a demonstration first."""
    text, wishes = words.text, subject.wishes
    certificate = json.loads(subject.worked.certificate)
    marked = ((text("Mark of demonstration data"), subject.mark(words)),) if subject.record.demonstration else ()
    return (
        *marked,
        (text("The plan"), lead(subject, words)),
        (text("Budget (baht)"), words.number(wishes.budget_thb, 0)),
        (text("Costs to plan with"), text(COST_CASES[wishes.cost_case])),
        *((text("Must be built"), one) for one in sorted(wishes.must_build)),
        *((text("Must not be built"), one) for one in sorted(wishes.must_not_build)),
        *proof(subject, words),
        *((name, ways(gained, words)) for name, gained, _ in compared(subject, words)[1:]),
        *((text("What it rests on"), sentence) for sentence in subject.statements(words)),
        (text("Made on"), words.day(subject.made_on)),
        (text("Head of the record"), subject.record.head),
        (text("Digest of the certificate"), certificate["sha256"]),
        (text("Digest of the town"), certificate["town_sha256"]),
    )


def ways(weight: float, words: wording.Wording) -> str:
    """Return a weight as ways of a thousand; small ones keep two digits, so that they do not read as 0."""
    return words.number(weight, 1 if weight >= 1 else 2)


def baht(amount_thb: float, words: wording.Wording) -> str:
    """Return an amount rounded to a hundred baht."""
    return words.number(round(amount_thb, -2), 0)
