"""Draw what comes of a plan: words, tables, a map and a curve."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app_pages import frame, plan_map, tables
from audits import terms, wording
from audits.exchange import plan_about, plan_contents, plan_geopackage
from audits.planning import build_model, frontier, plan_assumptions, price_books, site_fixes, solved_plan

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


def ways(place: frame.Here, weight: float) -> str:
    """Return a weight as ways of a thousand."""
    return plan_about.ways(weight, place.words)


def baht(place: frame.Here, amount_thb: float) -> str:
    """Return an amount rounded to a hundred baht."""
    return plan_about.baht(amount_thb, place.words)


def summary(place: frame.Here, subject: plan_contents.Subject) -> None:
    """Say what the plan opens, what it costs, and how sure it is."""
    words, text = place.words, place.words.text
    st.html(f'<p class="jaidee-score">{tables.cell(plan_about.lead(subject, words))}</p>')
    rows = [*plan_about.proof(subject, words)]
    rows.append((text("Seconds of search"), words.number(subject.worked.plan.seconds, 1)))
    st.html(tables.table(text("The plan and its proof"), (text("What"), text("Value")), rows))
    for problem in subject.worked.verdict.problems:
        st.error(words.problem(problem))


def honesty(place: frame.Here, record: build_model.RecordModel, prices: price_books.Kept) -> None:
    """Say what the figures rest on."""
    text = place.words.text
    said = plan_assumptions.sentences(record, place.words, sample=prices.book.sample, price_file=prices.file_name)
    items = "".join(f"<li>{tables.cell(sentence)}</li>" for sentence in said)
    st.subheader(text("What these figures rest on"))
    st.html(f"<ul>{items}</ul>")


def fix_name(place: frame.Here, record: build_model.RecordModel, fix_id: str) -> str:
    """Return what a fix is: how deep it goes, and on what."""
    return f"{fix_id} · {plan_contents.what_is_built(record.fixes[fix_id], place.words)}"


def chosen_table(place: frame.Here, state: frame.Audited, subject: plan_contents.Subject) -> None:
    """Show each fix of the plan: site, zone, cost, and what depends on it."""
    words, text, record, worked = place.words, place.words.text, subject.record, subject.worked
    rows = []
    for fix_id in sorted(
        worked.plan.chosen, key=lambda one: -solved_plan.marginal_benefit(worked.plan, record.model, one)
    ):
        one = record.fixes[fix_id]
        cost = getattr(one.fix.cost, subject.wishes.cost_case)
        goal = text(GOALS.get(str(state.sites.loc[one.site_code, "category"]), terms.ELEMENT_KIND[one.kind]))
        rows.append(
            (
                fix_name(place, record, fix_id),
                plan_map.site_of(place, state.sites, one.site_code),
                zone_name(place, one.fix.zone),
                tables.lines(baht(place, cost), tables.small(text(site_fixes.COST_BASES[one.cost_basis]))),
                tables.lines(goal, ways(place, solved_plan.marginal_benefit(worked.plan, record.model, fix_id))),
            )
        )
    headings = (text("Fix"), text("Site"), text("Zone"), text("Cost (baht)"), text("Opens, ways lost without it"))
    st.html(tables.table(words.count("{n} fix", "{n} fixes", len(rows)), headings, rows))


def zone_name(place: frame.Here, zone: str) -> str:
    """Return what a zone is called."""
    return plan_contents.zone_name(zone, place.words)


def parted(place: frame.Here, worked: solved_plan.SolvedPlan) -> None:
    """Show the benefit and the money by zone."""
    text, plan = place.words.text, worked.plan
    zones = sorted({*plan.by_zone, *plan.spent_by_zone})
    rows = [
        (
            zone_name(place, zone),
            ways(place, plan.by_zone.get(zone, 0.0)),
            baht(place, plan.spent_by_zone.get(zone, 0.0)),
        )
        for zone in zones
    ]
    headings = (text("Zone"), text("Ways opened"), text("Spent there (baht)"))
    st.html(tables.table(text("By zone: who gains lives there, the money is spent there"), headings, rows))


def wish_prices(place: frame.Here, subject: plan_contents.Subject) -> None:
    """Show how many ways each wish costs; nothing where there are none."""
    text, beside = place.words.text, subject.worked.beside
    if beside is None or not beside.constraint_costs:
        return
    st.subheader(text("What each wish costs"))
    rows = []
    for one in beside.constraint_costs:
        named = zone_name(place, one.name) if one.kind == "floor" else fix_name(place, subject.record, one.name)
        least, most = ways(place, one.least), ways(place, one.most)
        rows.append((named, text(WISHES[one.kind]), least if least == most else f"{least} – {most}"))
    headings = (text("Wish"), text("Kind of wish"), text("Ways that it costs"))
    st.html(tables.table(text("Ways lost to each wish, all other wishes kept"), headings, rows))


def compared(place: frame.Here, subject: plan_contents.Subject) -> None:
    """Show what the same money buys by ranking."""
    words, text = place.words, place.words.text
    st.subheader(text("The same money by ranking"))
    bought = plan_about.compared(subject, words)
    most = max(max(gained for _, gained, _ in bought), 1e-9)
    rows = [
        (
            name,
            tables.lines(ways(place, gained), bar(place, gained, most)),
            words.count("{n} fix opens nothing", "{n} fixes open nothing", idle) if idle else "",
        )
        for name, gained, idle in bought
    ]
    st.html(
        tables.table(
            text("What each way of choosing opens"), (text("Choice"), text("Ways opened"), text("Remark")), rows
        )
    )


def bar(place: frame.Here, value: float, most: float) -> tables.Markup:
    """Return a value as a bar; its words are its label."""
    return tables.score_bar(100 * value / most, 100 * value / most, ways(place, value))


def added(place: frame.Here, subject: plan_contents.Subject, more: frontier.More) -> None:
    """Name what the next million baht builds, and where the gain is."""
    text = place.words.text
    if not more.added:
        return
    names = [tables.cell(fix_name(place, subject.record, fix_id)) for fix_id in more.added]
    zones = [
        text("Zone {zone}: {gained} ways", zone=zone_name(place, zone), gained=ways(place, gained))
        for zone, gained in sorted(more.by_zone.items())
    ]
    with st.expander(text("What the next million baht builds"), expanded=False):
        st.html(f"<ul>{''.join(f'<li>{name}</li>' for name in names)}</ul><p>{tables.cell(' · '.join(zones))}</p>")


def budgets(place: frame.Here, subject: plan_contents.Subject) -> None:
    """Show what other budgets buy: in words, as a curve and as its table."""
    words, text, worked = place.words, place.words.text, subject.worked
    st.subheader(text("What more money buys"))
    if worked.beside is None:
        st.write(text("The search was stopped, so other budgets were not looked at."))
        return
    beside = worked.beside
    st.write(
        text(
            "The next million baht, once this plan is built, opens {gained} more ways with {fixes}.",
            gained=ways(place, beside.more.gained),
            fixes=words.count("{n} fix", "{n} fixes", len(beside.more.added)),
        )
    )
    added(place, subject, beside.more)
    knee = beside.curve.knee
    if knee is None:
        st.write(text("There is no budget after which money buys clearly less."))
    else:
        said = text(
            "After about {budget} million baht, money buys clearly less: {gained} ways are opened by then.",
            budget=words.number(knee.budget_thb / MILLION, 2),
            gained=ways(place, knee.plan.benefit),
        )
        st.write(said)
    points = beside.curve.points
    if not points:
        return
    title = text("Ways opened by budget; the table below holds the same figures")
    st.image(curve(place, points, knee, title), alt=title, width="stretch")
    most = max(points[-1].plan.benefit, 1e-9)
    rows = [
        (
            words.number(point.budget_thb / MILLION, 2),
            tables.lines(ways(place, point.plan.benefit), bar(place, point.plan.benefit, most)),
            ways(place, point.plan.bound),
            text("money buys clearly less from here") if point is knee else "",
        )
        for point in points
    ]
    headings = (text("Budget (million baht)"), text("Ways opened"), text("No choice opens more than"), text("Remark"))
    with st.expander(text("Other budgets as a table"), expanded=False):
        st.html(tables.table(text("What each budget opens"), headings, rows))


def curve(place: frame.Here, points: Sequence[frontier.Point], knee: frontier.Point | None, title: str) -> str:
    """Return the frontier as a drawing, with its knee marked."""
    words = place.words
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
        f'<text x="54" y="36" text-anchor="end">{tables.cell(ways(place, most))}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 262" width="600" height="262" '
        f'font-family="sans-serif" font-size="14" fill="#262730"><title>{tables.cell(title)}</title>'
        '<path d="M60 24V230H584" fill="none" stroke="#595959"/>'
        f'<polyline points="{line}" fill="none" stroke="#00468b" stroke-width="2"/>{dots}{mark}{ends}</svg>'
    )


def _pairs(points: Sequence[frontier.Point]) -> list[tuple[float, float]]:
    return [(0.0, 0.0), *((point.budget_thb, point.plan.benefit) for point in points)]


def draw_map(place: frame.Here, state: frame.Audited, subject: plan_contents.Subject) -> None:
    """Draw the sites with fixes: those of the plan, and those left for later."""
    text, fixes = place.words.text, subject.record.fixes
    planned = {fixes[fix_id].site_code for fix_id in subject.worked.plan.chosen}
    of_site = {one.site_code: 0 if one.site_code in planned else 1 for one in fixes.values()}
    kinds = [
        (text("in the plan"), plan_geopackage.IN_PLAN),
        (text("has fixes, not in this plan"), plan_geopackage.LATER),
    ]
    plan_map.draw(place, state, text("Map of the plan"), "plan_map", kinds, of_site)
