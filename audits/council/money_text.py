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
    "Today {today} of 100 trips to the nearest needed place can be made step-free; {after} with {budget} million baht: "
    "{fixes} for {cost} baht."
)
NEXT_ON_TOP = phrase(
    "Today {today} of 100 trips to the nearest needed place can be made step-free; {then} once all promised works are "
    "finished; {after} with {budget} million baht on top: {fixes} for {cost} baht."
)
PROMISED = phrase(
    "Today {today} of 100 trips to the nearest needed place can be made step-free; {then} once all promised works are "
    "finished."
)
GAIN = phrase("{before} to {after} of 100 trips")
GAIN_ON_TOP = phrase("on top of what is promised: {before} to {after} of 100 trips")
GAIN_PROMISED = phrase("No further trip: all that opens one is promised")
TOO_DEAR = phrase("The next trip opens with {budget} million baht.")
ON_TOP = phrase(
    "Each budget is money on top of what is promised: works that are planned, under contract or built count as "
    "finished here and are not paid from it. The budget plan chooses those without a contract anew."
)
NOTHING_NEW = phrase(
    "More money opens no further trip: every fix that opens one is promised. What helps is to measure first what may "
    "be a barrier."
)


def money(
    bought: council_money.Money | None, words: wording.Wording, listing: council_text.Listing = council_text.unlinked
) -> str:
    """Return the gain of the next million baht, on top of what is promised."""
    if bought is None:
        return words.text("The plan for the next million baht has not been worked out.")
    if bought.next_million is not None:
        return with_budget(bought, bought.next_million, words, listing)
    if not bought.record.committed:
        return words.text("The surveys show no barrier that a fix could open; there is nothing to plan yet.")
    return f"{words.text(PROMISED, **_before(bought, words, listing))} {words.text(NOTHING_NEW)}"


def with_budget(
    bought: council_money.Money,
    point: council_money.Point,
    words: wording.Wording,
    listing: council_text.Listing = council_text.unlinked,
) -> str:
    """Return the gain of the plan of any budget, on top of what is promised."""
    plan, led = point.plan, {"look": council_text.MONEY, council_text.LISTED: council_text.LISTED_WORKS}
    sentence = words.text(
        NEXT_ON_TOP if bought.record.committed else NEXT,
        **_before(bought, words, listing),
        budget=words.number(point.budget_thb / MILLION, 0),
        after=listing(plan_about.trips(plan.base + plan.benefit, words), "council", **led),
        fixes=listing(words.count("{n} fix", "{n} fixes", len(plan.chosen)), "council", **led),
        cost=listing(plan_about.baht(plan.cost.likely, words), "council", **led),
    )
    opening = next((each for each in bought.points if each.plan.chosen), None)
    if plan.chosen or opening is None:
        return sentence
    return f"{sentence} {words.text(TOO_DEAR, budget=words.number(opening.budget_thb / MILLION, 0))}"


def _before(bought: council_money.Money, words: wording.Wording, listing: council_text.Listing) -> dict[str, str]:
    return {
        "today": listing(plan_about.trips(bought.record.access.of_100, words), "access"),
        "then": listing(
            plan_about.trips(bought.record.of_100_committed, words), "works", works_state=spending.PROMISED
        ),
    }


def on_top(bought: council_money.Money, words: wording.Wording) -> str:
    """State that each budget is money on top of what is promised; empty where nothing is."""
    return words.text(ON_TOP) if bought.record.committed else ""


def headline(bought: council_money.Money, words: wording.Wording) -> str:
    """Return the gain of the next million, for large type, and before it what stands once the promised is built."""
    if bought.next_million is None:
        return words.text(GAIN_PROMISED) if bought.record.committed else ""
    plan = bought.next_million.plan
    before, after = (plan_about.trips(each, words) for each in (plan.base, plan.base + plan.benefit))
    return words.text(GAIN_ON_TOP if bought.record.committed else GAIN, before=before, after=after)


def planned(
    bought: council_money.Money, words: wording.Wording, listing: council_text.Listing = council_text.unlinked
) -> str:
    """Return on what the third answer rests, in one line."""
    record = bought.record
    counts = {"unsurveyed": record.prepared.unsurveyed, "presumed": record.presumed, "joined": record.joined}
    numbers = {name: words.number(count) for name, count in counts.items()}
    stated = words.text(
        "At ramp sites and public spaces. Case: {case}; {other}: {trips} of 100 trips today. Never surveyed, "
        "so no goal: {unsurveyed} sites. Position presumed: {presumed} of the {joined} sites near a known way.",
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
    return words.text("At high prices it takes {high} baht.", high=plan_about.baht(plan.cost.high, words))


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
