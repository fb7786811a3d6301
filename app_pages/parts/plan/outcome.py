"""Draw what comes of a plan: words, tables, a map and a curve."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from app_pages import session
from app_pages.parts.plan import plan_map
from app_pages.parts.shared import orders, record_names, tables
from app_pages.session import navigation, plain_text
from audits import record as records
from audits import terms, wording
from audits.access import access_text
from audits.formats import rounding
from audits.plans import (
    build_model,
    fix_pricing,
    plan_about,
    plan_assumptions,
    plan_contents,
    plan_geopackage,
    solved_plan,
)
from audits.ramps import interventions, price_books

MILLION = 1_000_000.0
# a larger figure was most likely written in baht
MOST_MILLIONS = 1000
MAP_HEIGHT = 440
NOT_ADDED = wording.phrase(
    "Trips lost without each fix do not add up to the trips opened: one trip may need several fixes."
)
GOALS = {
    "airport": wording.phrase("airport"),
    "bus_terminal": terms.SETTING["bus_terminal"],
    "college": wording.phrase("college"),
    "government": wording.phrase("government office"),
    "hospital": wording.phrase("hospital"),
    "mall": wording.phrase("shopping centre"),
    "market": wording.phrase("market"),
    "municipal_school": wording.phrase("municipal school"),
    "museum": wording.phrase("museum"),
    "park": terms.SETTING["park"],
    "public_hall": wording.phrase("public hall"),
    "rail": wording.phrase("railway station"),
    "school": wording.phrase("school"),
    "shelter": wording.phrase("bus stop with shelter"),
    "special_school": wording.phrase("special school"),
    "stadium": wording.phrase("stadium"),
    "street": wording.phrase("ramp in the street"),
    "temple": wording.phrase("temple"),
    "university": wording.phrase("university"),
}


def in_millions(context: session.Context, *millions: float) -> bool:
    """Whether amounts can be millions of baht; where one cannot, say how it is written.

    A field with limits keeps back what lies beyond them, and the answer of before would stand as if it were asked for.
    """
    if all(0 <= amount <= MOST_MILLIONS for amount in millions):
        return True
    words = context.words
    most = words.number(MOST_MILLIONS)
    st.error(words.text("Write the budget in millions of baht, {most} at most: 3 for 3,000,000 baht.", most=most))
    return False


def trips(context: session.Context, weight: float) -> str:
    """Return trips of 100 as a number."""
    return plan_about.trips(weight, context.words)


def baht(context: session.Context, amount_thb: float) -> str:
    """Return an amount in whole baht."""
    return plan_about.baht(amount_thb, context.words)


def summary(context: session.Context, subject: plan_contents.Subject) -> None:
    """Say what the plan opens and what it costs, and what is wrong with it."""
    words, text, plan = context.words, context.words.text, subject.worked.plan
    st.html(f'<p class="jaidee-lead">{tables.cell(plan_about.lead(subject, words))}</p>')
    label = text("Solid: step-free today. Hatched: opened by this plan.")
    if subject.model.committed:
        label = text(
            "Solid: step-free once the works under contract or built are finished. Hatched: opened by this plan."
        )
    bar = tables.score_bar(plan.base, min(plan.base + plan.benefit, 100.0), plan_about.lead(subject, words))
    st.html(f"{bar}<p>{tables.small(label)}</p>")
    for problem in subject.worked.verdict.problems:
        st.error(plain_text.literal(words.problem(problem)))


def money(context: session.Context, subject: plan_contents.Subject) -> None:
    """Say what the costs rest on, what money is left and why, and how the trips are rounded."""
    words, plan = context.words, subject.worked.plan
    st.write(f"{plan_about.cost_bases(subject, words)} {plan_about.left_over(subject, words)}")
    small = plan_about.rounding_note(plan, words), access_text.too_far(subject.model.access, words)
    st.html(f"<p>{' '.join(tables.small(each) for each in small if each)}</p>")


def proof(context: session.Context, subject: plan_contents.Subject) -> None:
    """Show how sure the plan is, figure by figure."""
    words, text = context.words, context.words.text
    rows = [*plan_about.proof(subject, words)]
    rows.append((text("Seconds of search"), words.number(subject.worked.plan.seconds, 1)))
    st.html(tables.table(text("The plan and its proof"), (text("What"), text("Value")), rows, stacked=False))


def tall_table(
    caption: str, headings: Sequence[str], rows: Iterable[Sequence[object]], *, is_main: bool = True
) -> None:
    """Show a table that scrolls within a fixed height, its headings in view; its last row is the total.

    The table that a page is opened for, `is_main`, is high enough for ten works.
    """
    high = " jaidee-rows" if is_main else ""
    st.html(f'<div class="jaidee-tall{high} jaidee-total">{tables.table(caption, headings, rows)}</div>')


def honesty(context: session.Context, model: build_model.RecordModel, prices: price_books.Kept) -> None:
    """Say what the figures rest on."""
    text = context.words.text
    sentences = plan_assumptions.sentences(model, context.words, sample=prices.book.sample, price_file=prices.file_name)
    items = "".join(f"<li>{tables.cell(sentence)}</li>" for sentence in sentences)
    st.markdown(f"**{text('What these figures rest on')}**")
    st.html(f"<ul>{items}</ul>")


def fix_parts(names: record_names.Names, model: build_model.RecordModel, fix_id: str) -> tuple[str, str]:
    """Return where a fix is, and what is built there."""
    one = model.fixes.get(fix_id) or model.apart[fix_id]
    built = names.words.text(interventions.NAMES[one.level])
    return names.site(one.site_code), f"{names.elements[fix_id]}: {built}"


def fix_name(names: record_names.Names, model: build_model.RecordModel, fix_id: str) -> str:
    """Return the name of a fix in one line."""
    return " · ".join(fix_parts(names, model, fix_id))


def fix_cell(names: record_names.Names, model: build_model.RecordModel, fix_id: str) -> tables.Markup:
    """Return the name of a fix as the first cell of a row."""
    where, what = fix_parts(names, model, fix_id)
    return tables.lines(where, tables.small(what))


def chosen_table(context: session.Context, subject: plan_contents.Subject) -> None:
    """Show each fix of the plan: where, what, in which year, for how much, and what depends on it."""
    words, text, model, worked = context.words, context.words.text, subject.model, subject.worked
    years, lost, names = subject.years, {}, record_names.of(context, subject.record)
    for fix_id in worked.plan.chosen:
        lost[fix_id] = solved_plan.marginal_benefit(worked.plan, model.model, fix_id)
    rows: list[tuple[object, ...]] = []
    # whole sentences, alike in most rows: once below the table, they leave the works on one screen
    notes: dict[str, int] = {}
    for fix_id in sorted(lost, key=lambda one: (-lost[one], one)):
        one = model.fixes[fix_id]
        cost = getattr(one.fix.cost, subject.wishes.cost_case)
        goal = text(GOALS.get(str(subject.record.sites.loc[one.site_code, "category"]), terms.ELEMENT_KIND[one.kind]))
        rows.append(
            (
                fix_cell(names, model, fix_id),
                zone_name(context, one.fix.zone),
                *([words.number(years[fix_id]) if fix_id in years else "–"] if years else []),
                tables.lines(
                    baht(context, cost), tables.small(_note(notes.setdefault(one.cost_basis, len(notes) + 1), words))
                ),
                tables.lines(trips(context, lost[fix_id]), tables.small(goal)),
            )
        )
    total = baht(context, getattr(worked.plan.cost, subject.wishes.cost_case))
    rows.append((text("Total"), "", *([""] if years else []), total, ""))
    year = [text("Year")] if years else []
    headings = (text("Fix"), text("Zone"), *year, text("Cost (baht)"), text("Trips lost without it"))
    # also above the table, which has to be scrolled to its total
    caption = text("{fixes}, {cost} baht in all", fixes=words.count("{n} fix", "{n} fixes", len(lost)), cost=total)
    st.subheader(text("What is built for this money"), anchor="works")
    tall_table(caption, headings, rows)
    known = [tables.small(f"{_note(number, words)}: {text(fix_pricing.BASES[one])}") for one, number in notes.items()]
    known += map(tables.small, subject.differing_rises(words))
    st.html(f"<p>{tables.lines(*known, tables.small(text(NOT_ADDED)))}</p>")
    possible_doubles(context, subject)
    orders.show(context, orders.PLAN)


def _note(number: int, words: wording.Wording) -> str:
    return words.text("note {n}", n=words.number(number))


def possible_doubles(context: session.Context, subject: plan_contents.Subject) -> None:
    """Say beside the works how many of them may be one thing with another, and lead to where that is decided."""
    chosen = set(subject.worked.plan.chosen)
    pairs = [pair for pair in subject.model.presumed_pairs if chosen & set(pair)]
    if not pairs:
        return
    st.html(f"<p>{tables.cell(plan_about.possible_doubles(pairs, chosen, context.words))}</p>")
    label, query = context.words.text("Decide whether they are one"), navigation.query(context)
    navigation.link(context, "register.py", label=label, query_params=query | {"site": terms.site_of(pairs[0][0])})


def zone_name(context: session.Context, zone: str) -> str:
    """Return the name of a zone."""
    return plan_contents.zone_name(zone, context.words)


def parted(context: session.Context, worked: solved_plan.SolvedPlan) -> None:
    """Show the benefit and the money by zone."""
    text, plan = context.words.text, worked.plan
    zones = sorted({*plan.by_zone, *plan.spent_by_zone})
    whole = round(plan.benefit, plan_about.DIGITS)
    # so that the rounded zones add up to the rounded whole
    gained = rounding.parts([plan.by_zone.get(zone, 0.0) for zone in zones], plan_about.DIGITS, whole)
    spent = [plan.spent_by_zone.get(zone, 0.0) for zone in zones]
    rows = [
        (zone_name(context, zone), trips(context, more), baht(context, cost))
        for zone, more, cost in zip(zones, gained, spent, strict=True)
    ]
    rows.append((text("Total"), trips(context, whole), baht(context, sum(spent))))
    headings = (text("Zone"), text("Trips opened"), text("Spent there (baht)"))
    st.html(tables.table(text("By zone: who gains lives there, the money is spent there"), headings, rows))


def draw_map(context: session.Context, record: records.AuditedRecord, subject: plan_contents.Subject) -> None:
    """Draw the sites with fixes: those of the plan, and those left for later."""
    text, fixes = context.words.text, subject.model.fixes
    planned = {fixes[fix_id].site_code for fix_id in subject.worked.plan.chosen}
    of_site = {one.site_code: 0 if one.site_code in planned else 1 for one in fixes.values()}
    kinds = [
        (text("in the plan"), plan_geopackage.IN_PLAN),
        (text("has fixes, not in this plan"), plan_geopackage.LATER),
    ]
    plan_map.draw(context, record, text("Map of the plan"), "plan_map", kinds, of_site, height=MAP_HEIGHT)
