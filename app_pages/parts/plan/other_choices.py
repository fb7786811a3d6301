"""Show what other money, wishes and rankings would buy beside a plan."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app_pages import session
from app_pages.parts.plan import outcome
from app_pages.parts.shared import record_names, tables
from audits import wording
from audits.plans import frontier, plan_about, plan_contents

WISHES = {
    "must_build": wording.phrase("must be built"),
    "must_not_build": wording.phrase("must not be built"),
    "floor": wording.phrase("least gain of a zone"),
}


def wish_prices(context: session.Context, subject: plan_contents.Subject) -> None:
    """Show how many trips each wish costs; nothing where there are none."""
    text, beside = context.words.text, subject.worked.beside
    if beside is None or not beside.constraint_costs:
        return
    st.subheader(text("What each wish costs"))
    rows, names = [], record_names.of(context, subject.record)
    for one in beside.constraint_costs:
        named = (
            outcome.zone_name(context, one.name)
            if one.kind == "floor"
            else outcome.fix_name(names, subject.model, one.name)
        )
        least, most = outcome.trips(context, one.least), outcome.trips(context, one.most)
        rows.append((named, text(WISHES[one.kind]), least if least == most else f"{least} – {most}"))
    headings = (text("Wish"), text("Kind of wish"), text("Trips of 100 that it costs"))
    st.html(tables.table(text("Trips of 100 lost to each wish, all other wishes kept"), headings, rows))


def compared(context: session.Context, subject: plan_contents.Subject) -> None:
    """Show what the same money buys by ranking."""
    words, text = context.words, context.words.text
    st.subheader(text("The same money by ranking"))
    bought = plan_about.compared(subject, words)
    # where nothing opens anything the bars still need a whole that they are part of
    most = max(max(gained for _, gained, _ in bought), 1e-9)
    rows = [
        (
            name,
            tables.lines(outcome.trips(context, gained), bar(context, gained, most)),
            words.count("{n} fix opens nothing", "{n} fixes open nothing", idle) if idle else "",
        )
        for name, gained, idle in bought
    ]
    st.html(tables.table(text("What each choice opens"), (text("Choice"), text("Trips opened"), text("Remark")), rows))


def bar(context: session.Context, value: float, most: float) -> tables.Markup:
    """Return a value as a bar; its words are its label."""
    return tables.score_bar(100 * value / most, 100 * value / most, outcome.trips(context, value))


def added(context: session.Context, subject: plan_contents.Subject, more: frontier.More) -> None:
    """Name what the next million baht builds, and where the gain is."""
    text = context.words.text
    if not more.added:
        return
    names = record_names.of(context, subject.record)
    added = [tables.cell(outcome.fix_name(names, subject.model, fix_id)) for fix_id in more.added]
    zones = [
        text(
            "Zone {zone}: {gained} trips of 100",
            zone=outcome.zone_name(context, zone),
            gained=outcome.trips(context, gained),
        )
        for zone, gained in sorted(more.by_zone.items())
    ]
    with st.expander(text("What the next million baht builds"), expanded=False):
        st.html(f"<ul>{''.join(f'<li>{name}</li>' for name in added)}</ul><p>{tables.cell(' · '.join(zones))}</p>")


def budgets(context: session.Context, subject: plan_contents.Subject) -> None:
    """Show what other budgets buy: in words, as a curve and as its table."""
    words, text, worked = context.words, context.words.text, subject.worked
    st.subheader(text("What more money buys"))
    if worked.beside is None:
        st.write(text("The search ended before other budgets were looked at."))
        return
    beside = worked.beside
    st.write(
        text(
            "The next million baht, once this plan is built, opens {gained} more of 100 trips with {fixes}.",
            gained=outcome.trips(context, beside.more.gained),
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
            budget=words.number(knee.budget_thb / outcome.MILLION, 2),
            gained=outcome.trips(context, knee.plan.benefit),
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
            words.number(point.budget_thb / outcome.MILLION, 2),
            tables.lines(outcome.trips(context, point.plan.benefit), bar(context, point.plan.benefit, most)),
            outcome.trips(context, point.plan.bound),
            text("money buys clearly less from here") if point is knee else "",
        )
        for point in points
    ]
    headings = (
        text("Budget (million baht)"),
        text("Trips opened"),
        text("No choice opens more than (trips of 100)"),
        text("Remark"),
    )
    with st.expander(text("Other budgets as a table"), expanded=False):
        st.html(tables.table(text("What each budget opens"), headings, rows))


def curve(context: session.Context, points: Sequence[frontier.Point], knee: frontier.Point | None, title: str) -> str:
    """Return the frontier as a drawing, with its knee marked."""
    words = context.words
    most_thb, most = points[-1].budget_thb or 1.0, points[-1].plan.benefit or 1.0

    def at(budget_thb: float, benefit: float) -> tuple[float, float]:
        # between the axes drawn below: 60 to 580 across, 230 up to 30
        return 60 + 520 * budget_thb / most_thb, 230 - 200 * benefit / most

    line = " ".join("{:.1f},{:.1f}".format(*at(*pair)) for pair in _pairs(points))
    # the first pair is the origin, and no budget
    dots = "".join(
        '<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="#00468b"/>'.format(*at(*pair)) for pair in _pairs(points)[1:]
    )
    mark = ""
    if knee is not None:
        x, y = at(knee.budget_thb, knee.plan.benefit)
        mark = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="none" stroke="#a4001d" stroke-width="3"/>'
    ends = (
        f'<text x="60" y="252">0</text><text x="580" y="252" text-anchor="end">'
        f"{tables.cell(words.number(most_thb / outcome.MILLION, 2))} {tables.cell(words.text('million baht'))}</text>"
        f'<text x="54" y="36" text-anchor="end">{tables.cell(outcome.trips(context, most))}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 262" width="600" height="262" '
        f'font-family="sans-serif" font-size="14" fill="#262730"><title>{tables.cell(title)}</title>'
        '<path d="M60 24V230H584" fill="none" stroke="#595959"/>'
        f'<polyline points="{line}" fill="none" stroke="#00468b" stroke-width="2"/>{dots}{mark}{ends}</svg>'
    )


def _pairs(points: Sequence[frontier.Point]) -> list[tuple[float, float]]:
    return [(0.0, 0.0), *((point.budget_thb, point.plan.benefit) for point in points)]
