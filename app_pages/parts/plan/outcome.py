"""Draw what comes of a plan: words, tables, a map and a curve."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app_pages import session
from app_pages.parts.plan import plan_map
from app_pages.parts.shared import tables
from audits import record as records
from audits import terms, wording
from audits.formats import rounding
from audits.plans import (
    build_model,
    fix_pricing,
    frontier,
    plan_about,
    plan_assumptions,
    plan_contents,
    plan_geopackage,
    solved_plan,
)
from audits.ramps import price_books

MILLION = 1_000_000.0
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
WISHES = {
    "must_build": wording.phrase("must be built"),
    "must_not_build": wording.phrase("must not be built"),
    "floor": wording.phrase("least gain of a zone"),
}


def trips(context: session.Context, weight: float) -> str:
    """Return trips of 100 as a number."""
    return plan_about.trips(weight, context.words)


def baht(context: session.Context, amount_thb: float) -> str:
    """Return an amount in whole baht."""
    return plan_about.baht(amount_thb, context.words)


def summary(context: session.Context, subject: plan_contents.Subject) -> None:
    """Say what the plan opens, what it costs, and how sure it is."""
    words, text = context.words, context.words.text
    st.html(f'<p class="jaidee-score">{tables.cell(plan_about.lead(subject, words))}</p>')
    st.write(plan_about.cost_bases(subject, words))
    left = plan_about.left_over(subject, words)
    if left:
        st.write(left)
    rows = [*plan_about.proof(subject, words)]
    rows.append((text("Seconds of search"), words.number(subject.worked.plan.seconds, 1)))
    st.html(tables.table(text("The plan and its proof"), (text("What"), text("Value")), rows))
    for problem in subject.worked.verdict.problems:
        st.error(words.problem(problem))


def honesty(context: session.Context, model: build_model.RecordModel, prices: price_books.Kept) -> None:
    """Say what the figures rest on."""
    text = context.words.text
    sentences = plan_assumptions.sentences(model, context.words, sample=prices.book.sample, price_file=prices.file_name)
    items = "".join(f"<li>{tables.cell(sentence)}</li>" for sentence in sentences)
    st.subheader(text("What these figures rest on"))
    st.html(f"<ul>{items}</ul>")


def fix_name(context: session.Context, model: build_model.RecordModel, fix_id: str) -> str:
    """Return the name of a fix: its id and what is built."""
    return f"{fix_id} · {plan_contents.what_is_built(model.fixes[fix_id], context.words)}"


def chosen_table(context: session.Context, record: records.AuditedRecord, subject: plan_contents.Subject) -> None:
    """Show each fix of the plan: site, zone, cost, and what depends on it."""
    words, text, model, worked = context.words, context.words.text, subject.model, subject.worked
    rows: list[tuple[object, ...]] = []
    for fix_id in sorted(
        worked.plan.chosen, key=lambda one: -solved_plan.marginal_benefit(worked.plan, model.model, one)
    ):
        one = model.fixes[fix_id]
        cost = getattr(one.fix.cost, subject.wishes.cost_case)
        goal = text(GOALS.get(str(record.sites.loc[one.site_code, "category"]), terms.ELEMENT_KIND[one.kind]))
        rows.append(
            (
                fix_name(context, model, fix_id),
                plan_map.site_of(context, record.sites, one.site_code),
                zone_name(context, one.fix.zone),
                tables.lines(baht(context, cost), tables.small(text(fix_pricing.BASES[one.cost_basis]))),
                tables.lines(goal, trips(context, solved_plan.marginal_benefit(worked.plan, model.model, fix_id))),
            )
        )
    total = baht(context, getattr(worked.plan.cost, subject.wishes.cost_case))
    rows.append((text("Total"), "", "", total, ""))
    headings = (text("Fix"), text("Site"), text("Zone"), text("Cost (baht)"), text("Trips lost without it"))
    st.html(tables.table(words.count("{n} fix", "{n} fixes", len(worked.plan.chosen)), headings, rows))


def zone_name(context: session.Context, zone: str) -> str:
    """Return the name of a zone."""
    return plan_contents.zone_name(zone, context.words)


def parted(context: session.Context, worked: solved_plan.SolvedPlan) -> None:
    """Show the benefit and the money by zone."""
    text, plan = context.words.text, worked.plan
    zones = sorted({*plan.by_zone, *plan.spent_by_zone})
    whole = round(plan.benefit, plan_about.DIGITS)
    gained = rounding.parts([plan.by_zone.get(zone, 0.0) for zone in zones], plan_about.DIGITS, whole)
    spent = [plan.spent_by_zone.get(zone, 0.0) for zone in zones]
    rows = [
        (zone_name(context, zone), trips(context, more), baht(context, cost))
        for zone, more, cost in zip(zones, gained, spent, strict=True)
    ]
    rows.append((text("Total"), trips(context, whole), baht(context, sum(spent))))
    headings = (text("Zone"), text("Trips opened"), text("Spent there (baht)"))
    st.html(tables.table(text("By zone: who gains lives there, the money is spent there"), headings, rows))


def wish_prices(context: session.Context, subject: plan_contents.Subject) -> None:
    """Show how many trips each wish costs; nothing where there are none."""
    text, beside = context.words.text, subject.worked.beside
    if beside is None or not beside.constraint_costs:
        return
    st.subheader(text("What each wish costs"))
    rows = []
    for one in beside.constraint_costs:
        named = zone_name(context, one.name) if one.kind == "floor" else fix_name(context, subject.model, one.name)
        least, most = trips(context, one.least), trips(context, one.most)
        rows.append((named, text(WISHES[one.kind]), least if least == most else f"{least} – {most}"))
    headings = (text("Wish"), text("Kind of wish"), text("Trips of 100 that it costs"))
    st.html(tables.table(text("Trips of 100 lost to each wish, all other wishes kept"), headings, rows))


def compared(context: session.Context, subject: plan_contents.Subject) -> None:
    """Show what the same money buys by ranking."""
    words, text = context.words, context.words.text
    st.subheader(text("The same money by ranking"))
    bought = plan_about.compared(subject, words)
    most = max(max(gained for _, gained, _ in bought), 1e-9)
    rows = [
        (
            name,
            tables.lines(trips(context, gained), bar(context, gained, most)),
            words.count("{n} fix opens nothing", "{n} fixes open nothing", idle) if idle else "",
        )
        for name, gained, idle in bought
    ]
    st.html(tables.table(text("What each choice opens"), (text("Choice"), text("Trips opened"), text("Remark")), rows))


def bar(context: session.Context, value: float, most: float) -> tables.Markup:
    """Return a value as a bar; its words are its label."""
    return tables.score_bar(100 * value / most, 100 * value / most, trips(context, value))


def added(context: session.Context, subject: plan_contents.Subject, more: frontier.More) -> None:
    """Name what the next million baht builds, and where the gain is."""
    text = context.words.text
    if not more.added:
        return
    names = [tables.cell(fix_name(context, subject.model, fix_id)) for fix_id in more.added]
    zones = [
        text("Zone {zone}: {gained} trips of 100", zone=zone_name(context, zone), gained=trips(context, gained))
        for zone, gained in sorted(more.by_zone.items())
    ]
    with st.expander(text("What the next million baht builds"), expanded=False):
        st.html(f"<ul>{''.join(f'<li>{name}</li>' for name in names)}</ul><p>{tables.cell(' · '.join(zones))}</p>")


def budgets(context: session.Context, subject: plan_contents.Subject) -> None:
    """Show what other budgets buy: in words, as a curve and as its table."""
    words, text, worked = context.words, context.words.text, subject.worked
    st.subheader(text("What more money buys"))
    if worked.beside is None:
        st.write(text("The search was stopped, so other budgets were not looked at."))
        return
    beside = worked.beside
    st.write(
        text(
            "The next million baht, once this plan is built, opens {gained} more of 100 trips with {fixes}.",
            gained=trips(context, beside.more.gained),
            fixes=words.count("{n} fix", "{n} fixes", len(beside.more.added)),
        )
    )
    added(context, subject, beside.more)
    knee = beside.curve.knee
    if knee is None:
        st.write(text("There is no budget after which money buys clearly less."))
    else:
        sentence = text(
            "After about {budget} million baht, money buys clearly less: {gained} more trips are step-free by then.",
            budget=words.number(knee.budget_thb / MILLION, 2),
            gained=trips(context, knee.plan.benefit),
        )
        st.write(sentence)
    points = beside.curve.points
    if not points:
        return
    title = text("Trips opened by budget; the table below holds the same figures")
    st.image(curve(context, points, knee, title), alt=title, width="stretch")
    most = max(points[-1].plan.benefit, 1e-9)
    rows = [
        (
            words.number(point.budget_thb / MILLION, 2),
            tables.lines(trips(context, point.plan.benefit), bar(context, point.plan.benefit, most)),
            trips(context, point.plan.bound),
            text("money buys clearly less from here") if point is knee else "",
        )
        for point in points
    ]
    headings = (
        text("Budget (million baht)"),
        text("Trips opened"),
        text("No choice opens more than"),
        text("Remark"),
    )
    with st.expander(text("Other budgets as a table"), expanded=False):
        st.html(tables.table(text("What each budget opens"), headings, rows))


def curve(context: session.Context, points: Sequence[frontier.Point], knee: frontier.Point | None, title: str) -> str:
    """Return the frontier as a drawing, with its knee marked."""
    words = context.words
    most_thb, most = points[-1].budget_thb or 1.0, points[-1].plan.benefit or 1.0

    def at(budget_thb: float, benefit: float) -> tuple[float, float]:
        return 60 + 520 * budget_thb / most_thb, 230 - 200 * benefit / most

    line = " ".join("{:.1f},{:.1f}".format(*at(*pair)) for pair in _pairs(points))
    dots = "".join(
        '<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="#00468b"/>'.format(*at(*pair)) for pair in _pairs(points)[1:]
    )
    mark = ""
    if knee is not None:
        x, y = at(knee.budget_thb, knee.plan.benefit)
        mark = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="none" stroke="#a4001d" stroke-width="3"/>'
    ends = (
        f'<text x="60" y="252">0</text><text x="580" y="252" text-anchor="end">'
        f"{tables.cell(words.number(most_thb / MILLION, 2))} {tables.cell(words.text('million baht'))}</text>"
        f'<text x="54" y="36" text-anchor="end">{tables.cell(trips(context, most))}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 262" width="600" height="262" '
        f'font-family="sans-serif" font-size="14" fill="#262730"><title>{tables.cell(title)}</title>'
        '<path d="M60 24V230H584" fill="none" stroke="#595959"/>'
        f'<polyline points="{line}" fill="none" stroke="#00468b" stroke-width="2"/>{dots}{mark}{ends}</svg>'
    )


def _pairs(points: Sequence[frontier.Point]) -> list[tuple[float, float]]:
    return [(0.0, 0.0), *((point.budget_thb, point.plan.benefit) for point in points)]


def draw_map(context: session.Context, record: records.AuditedRecord, subject: plan_contents.Subject) -> None:
    """Draw the sites with fixes: those of the plan, and those left for later."""
    text, fixes = context.words.text, subject.model.fixes
    planned = {fixes[fix_id].site_code for fix_id in subject.worked.plan.chosen}
    of_site = {one.site_code: 0 if one.site_code in planned else 1 for one in fixes.values()}
    kinds = [
        (text("in the plan"), plan_geopackage.IN_PLAN),
        (text("has fixes, not in this plan"), plan_geopackage.LATER),
    ]
    plan_map.draw(context, record, text("Map of the plan"), "plan_map", kinds, of_site)
