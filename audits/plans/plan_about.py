"""Describe a plan in lines: money, benefit, bound, certainty, comparison, and what it rests on."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Sequence

from audits import barriers, wording
from audits.access import access_text
from audits.plans import budget_plan, certificate_check, fix_pricing, plan_contents, ranking, site_fixes
from audits.reports import about_lines, site_report

phrase = wording.phrase

DIGITS = 1
MOST_PAIRS = 3
COST_CASES = {
    "low": phrase("low costs"),
    "likely": phrase("likely costs"),
    "high": phrase("high costs"),
}
LEAD = phrase(
    "Today {today} of 100 trips to the nearest needed place can be made step-free ({case}); {after} with this plan: "
    "{fixes} for {cost} baht."
)
LEAD_COMMITTED = phrase(
    "Today {today} of 100 trips to the nearest needed place can be made step-free ({case}); {then} once the works "
    "under contract or built are finished; {after} with this plan: {fixes} for {cost} baht."
)
BASES = phrase(
    "{designed} designed for their place: {designed_baht} baht; {assumed} that rest on an assumed size or room or on a "
    "calculated rise: {assumed_baht} baht ({low} to {high} for these alone)."
)
ALL_DESIGNED = phrase("All {designed} are designed for their place: {designed_baht} baht.")
ALL_ASSUMED = phrase(
    "All {assumed} rest on an assumed size or room or on a calculated rise: {assumed_baht} baht ({low} to {high})."
)
ALL_DONE = phrase(
    "{left} baht are left: no other fix opens a trip. What helps: measure first what may be a barrier ({possible} "
    "elements), survey more of the sites that people go to ({places} of them are not surveyed), or plan for another "
    "group."
)
MAY_EXCEED = phrase("If every price turns out high, the whole plan takes {high} baht, {over} more than the budget.")
ROUNDED = phrase("{today} and {opened} do not add up to {after}, because each figure is rounded once.")
TOO_DEAR = phrase("{left} baht are left: the next trip needs fixes for {next} baht.")


def lead(subject: plan_contents.Subject, words: wording.Wording) -> str:
    """Return the plan in one sentence, what of it is promised already, and which surveys it counts."""
    plan, model = subject.worked.plan, subject.model
    sentence = words.text(
        LEAD_COMMITTED if model.committed else LEAD,
        fixes=words.count("{n} fix", "{n} fixes", len(plan.chosen)),
        cost=baht(getattr(plan.cost, subject.wishes.cost_case), words),
        after=trips(plan.base + plan.benefit, words),
        today=trips(model.access.of_100, words),
        then=trips(plan.base, words),
        case=words.text(barriers.CASES[model.case]),
    )
    # beside the figures: whoever overlooks it counts the promised money twice
    promised = promised_already(plan, subject.promised, words)
    waiting = not_yet([model.fixes[one] for one in plan.chosen], words)
    return " ".join(filter(None, (sentence, waiting, promised, about_lines.counted(subject.record.counted, words))))


def not_yet(chosen: Sequence[site_fixes.RecordFix], words: wording.Wording) -> str:
    """State how many fixes of a plan cannot be bought before something is measured; empty for none."""
    waiting = sum(one.cost_basis in fix_pricing.NOT_YET for one in chosen)
    if not waiting:
        return ""
    if waiting == len(chosen):
        return words.text("None of these fixes can be bought before something is measured there.")
    return words.count(
        "{n} of these fixes cannot be bought before something is measured there.",
        "{n} of these fixes cannot be bought before something is measured there.",
        waiting,
    )


def promised_already(plan: budget_plan.Plan, promised: frozenset[str], words: wording.Wording) -> str:
    """State how many fixes of a plan are `promised` by one that was taken over; empty for none."""
    both = promised.intersection(plan.chosen)
    if not both:
        return ""
    return words.count(
        "{n} of these fixes is promised already (planned, no contract yet): this is no second sum on top of it.",
        "{n} of these fixes are promised already (planned, no contract yet): this is no second sum on top of it.",
        len(both),
    )


def possible_doubles(pairs: Sequence[tuple[str, str]], fix_ids: Collection[str], words: wording.Wording) -> str:
    """State how many presumed `pairs` hold a work of a plan, and name the first; empty for none."""
    mine = [pair for pair in pairs if not {*pair}.isdisjoint(fix_ids)]
    if not mine:
        return ""
    return words.count(
        "{n} pair with a work of this plan may be one thing recorded twice: {names}",
        "{n} pairs with a work of this plan may be one thing recorded twice: {names}",
        len(mine),
        names=pairs_named(mine, words),
    )


def pairs_named(pairs: Sequence[tuple[str, str]], words: wording.Wording) -> str:
    """Name the first pairs of elements in a sentence."""
    names = (" – ".join(site_report.element_of_site(one, words) for one in pair) for pair in pairs[:MOST_PAIRS])
    return f"{', '.join(names)}{' …' if len(pairs) > MOST_PAIRS else ''}"


def rounding_note(plan: budget_plan.Plan, words: wording.Wording) -> str:
    """Say that trips before and trips opened, as printed, do not add up to trips after; empty where they do."""
    today, opened, after = (round(one, DIGITS) for one in (plan.base, plan.benefit, plan.base + plan.benefit))
    # rounded once more: the difference of two binary numbers is a hair off 0
    if round(today + opened - after, DIGITS) == 0:
        return ""
    return words.text(ROUNDED, today=trips(today, words), opened=trips(opened, words), after=trips(after, words))


def cost_bases(subject: plan_contents.Subject, words: wording.Wording) -> str:
    """State the cost of the fixes designed for their place, and apart from it that of the assumed ones.

    Nothing is stated of a part without a fix.
    """
    case, chosen = subject.wishes.cost_case, [subject.model.fixes[one] for one in subject.worked.plan.chosen]
    designed = [one for one in chosen if one.cost_basis in fix_pricing.FOR_ITS_PLACE]
    assumed = [one for one in chosen if one.cost_basis not in fix_pricing.FOR_ITS_PLACE]

    def total(found: Sequence[site_fixes.RecordFix], end: str) -> str:
        return baht(sum(getattr(one.fix.cost, end) for one in found), words)

    if not chosen:
        return ""
    stated = words.text(
        bases_template(len(designed), len(assumed)),
        designed=words.number(len(designed)),
        designed_baht=total(designed, case),
        assumed=words.number(len(assumed)),
        assumed_baht=total(assumed, case),
        low=total(assumed, "low"),
        high=total(assumed, "high"),
    )
    # in whole baht, like every other amount of the plan
    over = subject.worked.plan.cost.high - math.floor(subject.wishes.budget_thb)
    if over <= 0:
        return stated
    high = baht(subject.worked.plan.cost.high, words)
    return f"{stated} {words.text(MAY_EXCEED, high=high, over=baht(over, words))}"


def bases_template(designed: int, assumed: int) -> str:
    """Choose the sentence of so many fixes designed for their place, and so many that rest on an assumption."""
    if not assumed:
        return ALL_DESIGNED
    return BASES if designed else ALL_ASSUMED


def left_over(subject: plan_contents.Subject, words: wording.Wording) -> str:
    """Return how many fixes stay out, how much money is left, why, and what would help; empty where nothing is left."""
    return " ".join(filter(None, (_fixes_left(subject, words), _money_left(subject, words))))


def _fixes_left(subject: plan_contents.Subject, words: wording.Wording) -> str:
    # the worst sites may be among them: a plan buys trips, and not every site lies on one
    left = len(subject.model.fixes) + len(subject.model.apart) - len(subject.worked.plan.chosen)
    if not left:
        return ""
    if subject.worked.cheapest_more_thb is None:
        return words.count(
            "{n} fix stays out of this plan: no further trip is opened by it, however bad its site is.",
            "{n} fixes stay out of this plan: no further trip is opened by them, however bad their sites are.",
            left,
        )
    return words.count(
        "{n} fix stays out of this plan: money or a trip is missing.",
        "{n} fixes stay out of this plan: money or a trip is missing.",
        left,
    )


def _money_left(subject: plan_contents.Subject, words: wording.Wording) -> str:
    left = left_thb(subject)
    if left <= 0:
        return ""
    more = subject.worked.cheapest_more_thb
    if more is not None:
        return words.text(TOO_DEAR, left=baht(left, words), next=baht(more, words))
    possible, places = len(barriers.measure_first(subject.record)), subject.model.prepared.unsurveyed
    stated = words.text(ALL_DONE, left=baht(left, words), possible=words.number(possible), places=words.number(places))
    return " ".join((stated, *access_text.waiting(subject.model.prepared, words)))


def left_thb(subject: plan_contents.Subject) -> int:
    """Return the money that the plan leaves, whole baht rounded down."""
    spent_thb: int = getattr(subject.worked.plan.cost, subject.wishes.cost_case)
    return math.floor(subject.wishes.budget_thb) - spent_thb


def proof(subject: plan_contents.Subject, words: wording.Wording) -> tuple[tuple[str, str], ...]:
    """Return name and value of every figure of a plan's quality, in the reader's language."""
    text, worked = words.text, subject.worked
    plan, verdict, access = worked.plan, worked.verdict, subject.model.access
    held = text("yes, it holds") if verdict.holds else text("no, it does not hold")
    then = text("Of 100 trips, step-free once the works under contract or built are finished")
    return (
        (text("Of 100 trips, step-free today"), trips(access.of_100, words)),
        *([(then, trips(plan.base, words))] if subject.model.committed else []),
        (text("Of 100 trips, step-free with this plan"), trips(plan.base + plan.benefit, words)),
        (text("Trips that no set of fixes opens, of 100"), trips(subject.closed_trips, words)),
        (text("Trips with no place near enough whose survey counts, beside the 100"), trips(access.too_far, words)),
        (text("How sure"), certificate_check.certainty(verdict, words)),
        (text("Cost, low to high (baht)"), f"{baht(plan.cost.low, words)} – {baht(plan.cost.high, words)}"),
        (text("Checked by the small checker"), held),
        (text("Proved by the checker: no choice opens more than (trips of 100)"), trips(verdict.proved_bound, words)),
    )


def compared(subject: plan_contents.Subject, words: wording.Wording) -> tuple[tuple[str, float, int], ...]:
    """Return name, trips opened and idle fixes of the plan and of every ranking with the same money."""
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
        *([(text("How the costs are known"), cost_bases(subject, words))] if subject.worked.plan.chosen else []),
        *((text("Left of the budget"), sentence) for sentence in (left_over(subject, words),) if sentence),
        (text("Barriers that count"), text(barriers.CASES[subject.model.case])),
        (text("Budget (baht)"), words.number(wishes.budget_thb, 0)),
        (text("Costs to plan with"), text(COST_CASES[wishes.cost_case])),
        *((text("Must be built"), one) for one in sorted(wishes.must_build)),
        *((text("Must not be built"), one) for one in sorted(wishes.must_not_build)),
        *proof(subject, words),
        *((name, trips(gained, words)) for name, gained, _ in compared(subject, words)[1:]),
        *((text("What it rests on"), sentence) for sentence in subject.statements(words)),
        (text("Made on"), words.day(subject.made_on)),
        (text("Head of the record"), subject.record.head),
        (text("Digest of the certificate"), certificate["sha256"]),
        (text("Digest of the planning model"), certificate["town_sha256"]),
    )


def trips(weight: float, words: wording.Wording) -> str:
    """Return trips of 100 as a number."""
    return words.decimal(weight, DIGITS)


def baht(amount_thb: float, words: wording.Wording) -> str:
    """Return an amount in whole baht."""
    return words.number(round(amount_thb), 0)
