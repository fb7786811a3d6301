"""Word the third answer for a council: what the next million baht buys."""

from __future__ import annotations

from audits import barriers, wording
from audits.access import access_text
from audits.council import council_text
from audits.council import money as council_money
from audits.plans import budget_plan, certificate_check, plan_about
from audits.works import spending

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
PROMISED = phrase(
    "Today {today} of 100 trips to the nearest needed place can be made step-free; {after} once all that is promised "
    "is built (planned, no contract yet): {fixes} for {cost} baht."
)
PROMISED_COMMITTED = phrase(
    "Today {today} of 100 trips to the nearest needed place can be made step-free; {then} once the works under "
    "contract or built are finished; {after} once all else that is promised is built (planned, no contract yet): "
    "{fixes} for {cost} baht."
)
GAIN = phrase("from {today} to {after} of 100 trips")
GAIN_PROMISED = phrase("No further trip: all that opens one is promised")
ON_TOP = phrase(
    "A new million on top of what is promised makes {budget} million in all: {after} of 100 trips, with {fixes}."
)
BESIDE_PROMISED = phrase(
    "Each budget is compared as if nothing were promised: works that are promised and not under contract yet are "
    "chosen anew here, and their money is not set aside."
)
NOTHING_NEW = phrase(
    "More money opens no further trip: every fix that opens one is promised. What helps is to measure first what may "
    "be a barrier."
)


def money(
    bought: council_money.Money | None, words: wording.Wording, listing: council_text.Listing = council_text.unlinked
) -> str:
    """Return the gain of the first million baht, or of all that is promised where that is part of it."""
    if bought is None:
        return words.text("The plan for the next million baht has not been worked out.")
    if bought.next_million is None:
        return words.text("The surveys show no barrier that a fix could open; there is nothing to plan yet.")
    if bought.promised_plan is not None:
        template = PROMISED_COMMITTED if bought.record.committed else PROMISED
        promised = council_text.LISTED_PROMISED
        return words.text(template, **_of_plan(bought, bought.promised_plan, words, listing, promised))
    template = NEXT_COMMITTED if bought.record.committed else NEXT
    return words.text(template, **_of_plan(bought, bought.next_million.plan, words, listing))


def with_budget(bought: council_money.Money, plan: budget_plan.Plan, words: wording.Wording) -> str:
    """Return the gain of the plan of any budget."""
    template = plan_about.LEAD_COMMITTED if bought.record.committed else plan_about.LEAD
    case = words.text(barriers.CASES[barriers.KNOWN_ONLY])
    return words.text(template, case=case, **_of_plan(bought, plan, words))


def beside_promised(bought: council_money.Money, words: wording.Wording) -> str:
    """State that the budgets leave out what is promised; empty where nothing is."""
    # what is under contract or mended by now is no fix of the model any more
    waits = bought.promised & set(bought.record.fixes)
    return f"{words.text(BESIDE_PROMISED)} {words.text(spending.PROMISED_MEANS)}" if waits else ""


def _of_plan(
    bought: council_money.Money,
    plan: budget_plan.Plan,
    words: wording.Wording,
    listing: council_text.Listing = council_text.unlinked,
    listed: str = council_text.LISTED_WORKS,
) -> dict[str, str]:
    led = {"look": council_text.MONEY, council_text.LISTED: listed}
    return {
        "today": listing(plan_about.trips(bought.record.access.of_100, words), "access"),
        "then": listing(plan_about.trips(plan.base, words), "works"),
        "after": listing(plan_about.trips(plan.base + plan.benefit, words), "council", **led),
        "fixes": listing(words.count("{n} fix", "{n} fixes", len(plan.chosen)), "council", **led),
        "cost": listing(plan_about.baht(plan.cost.likely, words), "council", **led),
    }


def on_top(bought: council_money.Money, words: wording.Wording) -> str:
    """State the gain of a new million where all that the next one buys is promised already; empty where it is not."""
    if bought.promised_plan is None:
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
    promised, found = bought.promised_plan, bought.after_promised
    if promised is None:
        return gain(first.plan, words)
    if found is None:
        return words.text(GAIN_PROMISED)
    return words.text(GAIN, **_from_to(promised.base + promised.benefit, found.plan, words))


def gain(plan: budget_plan.Plan, words: wording.Wording) -> str:
    """Return the trips before and after a plan, for large type; before, once what is under contract is finished."""
    return words.text(GAIN, **_from_to(plan.base, plan, words))


def _from_to(before: float, plan: budget_plan.Plan, words: wording.Wording) -> dict[str, str]:
    return {"today": plan_about.trips(before, words), "after": plan_about.trips(plan.base + plan.benefit, words)}


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
    return words.text(
        "For every 100 trips within walking distance, {far} more are too far to walk to a surveyed place.", far=far
    )


def at_high_costs(plan: budget_plan.Plan, words: wording.Wording) -> str:
    """State what a plan costs where prices turn out high."""
    return words.text(
        "If every price turns out high, it takes {high} baht.", high=plan_about.baht(plan.cost.high, words)
    )


def how_proven(point: council_money.Point, words: wording.Wording) -> str:
    """Return how much better another choice for the same money can be, by the independent check alone."""
    # written small, as the value behind a name; here the sentence stands alone
    sentence = certificate_check.certainty(point.verdict, words)
    return sentence[:1].upper() + sentence[1:]


def knee(bought: council_money.Money, words: wording.Wording) -> str:
    """Return the budget after which money buys clearly less; empty where there is none."""
    found = next((point for point in bought.points if point.knee), None)
    if found is None:
        return ""
    budget = words.number(found.budget_thb / MILLION, 0)
    return words.text("After {budget} million baht, money buys clearly less (the dashed line).", budget=budget)
