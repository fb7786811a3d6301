"""Word the third answer for a council: what the next million baht buys."""

from __future__ import annotations

from audits import barriers, wording
from audits.access import access_text
from audits.council import council_text
from audits.council import money as council_money
from audits.plans import budget_plan, certificate_check, plan_about

phrase = wording.phrase

MILLION = 1_000_000.0
NEXT = phrase(
    "Today {today} of 100 trips to the nearest needed place can be made step-free; {after} with the next million: "
    "{fixes} for {cost} baht."
)
NEXT_COMMITTED = phrase(
    "Today {today} of 100 trips to the nearest needed place can be made step-free; {then} once the works under "
    "contract or built are finished; {after} with the next million: {fixes} for {cost} baht."
)
GAIN = phrase("from {today} to {after} of 100 trips")
ALL_PROMISED = phrase("All of it is promised already")
ON_TOP = phrase(
    "A new million on top of what is promised makes {budget} million in all: {after} of 100 trips, with {fixes}."
)
NOTHING_NEW = phrase(
    "More money opens no further trip: every fix that opens one is promised. What helps is to measure first what may "
    "be a barrier."
)


def money(
    bought: council_money.Money | None, words: wording.Wording, listing: council_text.Listing = council_text.unlinked
) -> str:
    """Return the gain of the first million baht."""
    if bought is None:
        return words.text("The plan for the next million baht has not been worked out.")
    if bought.next_million is None:
        return words.text("The surveys show no barrier that a fix could open; there is nothing to plan yet.")
    template = NEXT_COMMITTED if bought.record.committed else NEXT
    return words.text(template, **_of_plan(bought, bought.next_million.plan, words, listing))


def with_budget(bought: council_money.Money, plan: budget_plan.Plan, words: wording.Wording) -> str:
    """Return the gain of the plan of any budget."""
    template = plan_about.LEAD_COMMITTED if bought.record.committed else plan_about.LEAD
    case = words.text(barriers.CASES[barriers.KNOWN_ONLY])
    return words.text(template, case=case, **_of_plan(bought, plan, words))


def _of_plan(
    bought: council_money.Money,
    plan: budget_plan.Plan,
    words: wording.Wording,
    listing: council_text.Listing = council_text.unlinked,
) -> dict[str, str]:
    return {
        "today": listing(plan_about.trips(bought.record.access.of_100, words), "access"),
        "then": listing(plan_about.trips(plan.base, words), "works"),
        "after": listing(plan_about.trips(plan.base + plan.benefit, words), "council", look=council_text.MONEY),
        "fixes": listing(words.count("{n} fix", "{n} fixes", len(plan.chosen)), "council", look=council_text.MONEY),
        "cost": listing(plan_about.baht(plan.cost.likely, words), "council", look=council_text.MONEY),
    }


def on_top(bought: council_money.Money, words: wording.Wording) -> str:
    """State the gain of a new million where all that the next one buys is promised already; empty where it is not."""
    first = bought.next_million
    if first is None or not _is_promised(bought, first.plan):
        return ""
    found = bought.after_promised
    if found is None:
        return words.text(NOTHING_NEW)
    new = len(set(found.plan.chosen) - bought.promised)
    return words.text(
        ON_TOP,
        budget=words.number(found.budget_thb / MILLION, 0),
        after=plan_about.trips(found.plan.base + found.plan.benefit, words),
        fixes=words.count("{n} fix that is not promised yet", "{n} fixes that are not promised yet", new),
    )


def headline(bought: council_money.Money, first: council_money.Point, words: wording.Wording) -> str:
    """Return the gain of the next million, for large type: that of a new one, where the next is promised whole."""
    if not _is_promised(bought, first.plan):
        return gain(first.plan, words)
    found = bought.after_promised
    if found is None:
        return words.text(ALL_PROMISED)
    before, after = (plan_about.trips(one.base + one.benefit, words) for one in (first.plan, found.plan))
    return words.text(GAIN, today=before, after=after)


def _is_promised(bought: council_money.Money, plan: budget_plan.Plan) -> bool:
    return bool(plan.chosen) and set(plan.chosen) <= bought.promised


def gain(plan: budget_plan.Plan, words: wording.Wording) -> str:
    """Return the trips before and after a plan, for large type; before, once what is under contract is finished."""
    before, after = (plan_about.trips(one, words) for one in (plan.base, plan.base + plan.benefit))
    return words.text(GAIN, today=before, after=after)


def planned(
    bought: council_money.Money, words: wording.Wording, listing: council_text.Listing = council_text.unlinked
) -> str:
    """Return on what the third answer rests, in one line."""
    record = bought.record
    counts = {"unsurveyed": record.prepared.unsurveyed, "presumed": record.presumed, "joined": record.joined}
    numbers = {name: words.number(count) for name, count in counts.items()}
    stated = words.text(
        "Case: {case}; {other}: {trips} of 100 trips today. Never surveyed, so no goal: {unsurveyed} places. Position "
        "presumed: {presumed} of {joined} sites.",
        case=words.text(barriers.CASES[record.case]),
        other=words.text(barriers.CASES[barriers.ALL_UNKNOWN]),
        trips=listing(plan_about.trips(bought.if_unknown, words), "access"),
        **numbers | {one: listing(numbers[one], "access", list=one) for one in ("unsurveyed", "presumed")},
    )
    return " ".join((stated, *access_text.waiting(record.prepared, words)))


def beside(
    bought: council_money.Money, words: wording.Wording, listing: council_text.Listing = council_text.unlinked
) -> str:
    """State the trips that are not among the 100."""
    far = listing(plan_about.trips(bought.record.access.too_far, words), "access")
    return words.text("For every 100 trips within walking distance, {far} more are too far to walk.", far=far)


def at_high_costs(point: council_money.Point, words: wording.Wording) -> str:
    """State what the next million costs where prices turn out high."""
    return words.text(
        "If every price turns out high, it takes {high} baht.", high=plan_about.baht(point.plan.cost.high, words)
    )


def how_proven(point: council_money.Point, words: wording.Wording) -> str:
    """Return how much better another choice for the same money can be, by the independent check alone."""
    sentence = certificate_check.certainty(point.verdict, words)
    return sentence[:1].upper() + sentence[1:]


def knee(bought: council_money.Money, words: wording.Wording) -> str:
    """Return the budget after which money buys clearly less; empty where there is none."""
    found = next((point for point in bought.points if point.knee), None)
    if found is None:
        return ""
    budget = words.number(found.budget_thb / MILLION, 0)
    return words.text("After {budget} million baht, money buys clearly less (the dashed line).", budget=budget)
