"""Work plans out beside the page, and draw what comes of them: words, tables, a map and a curve."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Sequence

import geopandas as gpd
import streamlit as st

from app_pages import folium_component, frame, tables
from audits import errors, markers, terms, wording
from audits.planning import (
    budget_plan,
    fixes_of_record,
    frontier,
    interventions,
    plan_wishes,
    prices,
    ranking,
    town_of_record,
    worked_plan,
)
from layers import sources, web_map

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
IN_PLAN, NOT_IN_PLAN = ("#00468b", "square", "✓"), ("#595959", "circle", "–")


class Job:
    """One plan being worked out in a thread; a page looks at it several times a second.

    Parameters
    ----------
    record, wishes
        What it is made from.
    """

    def __init__(self, record: town_of_record.RecordTown, wishes: plan_wishes.Wishes) -> None:
        self.record, self.wishes = record, wishes
        self.stage, self.share = budget_plan.READING, 0.0
        self.worked: worked_plan.Worked | None = None
        self.problems: tuple[errors.Problem, ...] = ()
        self.fault = ""
        self.stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Tell whether it is not done yet."""
        return self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Return when it is done, or after some seconds."""
        self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self.worked = worked_plan.work_out(
                self.record.town, self.wishes, say=self._say, cancelled=self.stopped.is_set
            )
        except errors.RefusedError as refused:
            self.problems = refused.problems
        except errors.JaideeError as fault:
            self.fault = str(fault)

    def _say(self, stage: str, share: float) -> None:
        self.stage, self.share = stage, share


def ways(place: frame.Here, weight: float) -> str:
    """Return a weight as ways of a thousand; small ones keep two digits, so that little is not nothing."""
    return place.words.number(weight, 1 if weight >= 1 else 2)


def baht(place: frame.Here, amount_thb: float) -> str:
    """Return an amount rounded to a hundred baht."""
    return place.words.number(round(amount_thb, -2), 0)


def summary(place: frame.Here, job: Job, worked: worked_plan.Worked) -> None:
    """Say what the plan opens, what it costs, and how sure it is."""
    words, text, plan = place.words, place.words.text, worked.plan
    lead = text(
        "{fixes} for {cost} baht open {gained} more of 1,000 ways; {today} are open today.",
        fixes=words.count("{n} fix", "{n} fixes", len(plan.chosen)),
        cost=baht(place, getattr(plan.cost, job.wishes.cost_case)),
        gained=ways(place, plan.benefit),
        today=ways(place, plan.base),
    )
    st.html(f'<p class="jaidee-score">{tables.cell(lead)}</p>')
    remark = text("A way leads from a home to one kind of goal, for one group of people; all ways together are 1,000.")
    st.html(f"<p>{tables.small(remark)}</p>")
    held = text("yes, it holds") if worked.verdict.holds else text("no, it does not hold")
    rows = [
        (text("Ways open today"), ways(place, plan.base)),
        (text("Ways with no goal near enough, whatever is built"), ways(place, worked.out_of_reach)),
        (text("Ways opened"), ways(place, plan.benefit)),
        (text("No choice opens more than"), ways(place, plan.bound)),
        (text("Distance from the best, at most"), f"{words.number(100 * plan.gap, 2)} %"),
        (text("How sure"), text(budget_plan.STATUSES[plan.status])),
        (text("Seconds of search"), words.number(plan.seconds, 1)),
        (text("Cost, low to high (baht)"), f"{baht(place, plan.cost.low)} – {baht(place, plan.cost.high)}"),
        (text("Checked by the small checker"), held),
        (text("Proved by the checker: no choice opens more than"), ways(place, worked.verdict.proved_bound)),
    ]
    st.html(tables.table(text("The plan and its proof"), (text("What"), text("Value")), rows))
    for problem in worked.verdict.problems:
        st.error(words.problem(problem))


def honesty(place: frame.Here, record: town_of_record.RecordTown, sample: bool) -> None:
    """Say what the figures rest on."""
    words, text = place.words, place.words.text
    counted = text(
        "{joined} sites lie near a known way, {goals} of them are goals; the position of {presumed} is not confirmed.",
        joined=words.number(record.joined),
        goals=words.number(record.goals),
        presumed=words.number(record.presumed),
    )
    phrases = [*record.statements, *fixes_of_record.ASSUMPTIONS, *((prices.SAMPLE,) if sample else ())]
    said = [counted, *(text(phrase) for phrase in phrases)]
    items = "".join(f"<li>{tables.cell(sentence)}</li>" for sentence in said)
    st.subheader(text("What these figures rest on"))
    st.html(f"<ul>{items}</ul>")


def site_of(place: frame.Here, sites: gpd.GeoDataFrame, code: str) -> str:
    """Return a site's code and name."""
    return f"{code} {markers.site_name(sites.loc[code], place.words)}"


def fix_name(place: frame.Here, record: town_of_record.RecordTown, fix_id: str) -> str:
    """Return what a fix is: how deep it goes, and on what."""
    one = record.fixes[fix_id]
    level, kind = place.words.text(interventions.NAMES[one.level]), place.words.text(terms.ELEMENT_KIND[one.kind])
    return f"{fix_id} · {level}: {kind}"


def chosen_table(place: frame.Here, state: frame.Audited, job: Job, worked: worked_plan.Worked) -> None:
    """Show each fix of the plan: site, zone, cost, and what depends on it."""
    words, text, record = place.words, place.words.text, job.record
    rows = []
    for fix_id in sorted(worked.plan.chosen, key=lambda one: -worked_plan.needed_by(worked.plan, record.town, one)):
        one = record.fixes[fix_id]
        cost = getattr(one.fix.cost, job.wishes.cost_case)
        goal = text(GOALS.get(str(state.sites.loc[one.site_code, "category"]), terms.ELEMENT_KIND[one.kind]))
        rows.append(
            (
                fix_name(place, record, fix_id),
                site_of(place, state.sites, one.site_code),
                zone_name(place, one.fix.zone),
                tables.lines(baht(place, cost), tables.small(text(fixes_of_record.COST_BASES[one.cost_basis]))),
                tables.lines(goal, ways(place, worked_plan.needed_by(worked.plan, record.town, fix_id))),
            )
        )
    headings = (text("Fix"), text("Site"), text("Zone"), text("Cost (baht)"), text("Opens, ways lost without it"))
    st.html(tables.table(words.count("{n} fix", "{n} fixes", len(rows)), headings, rows))


def zone_name(place: frame.Here, zone: str) -> str:
    """Return what a zone is called."""
    return place.words.text("no zone yet") if zone == town_of_record.NO_ZONE else zone


def parted(place: frame.Here, worked: worked_plan.Worked) -> None:
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


def compared(place: frame.Here, worked: worked_plan.Worked) -> None:
    """Show what the same money buys by ranking."""
    words, text, plan = place.words, place.words.text, worked.plan
    st.subheader(text("The same money by ranking"))
    bought = [(text("this plan"), plan.benefit, "")]
    for one in worked.rankings:
        idle = words.count("{n} fix opens nothing", "{n} fixes open nothing", len(one.stranded))
        bought.append((text(ranking.RULES[one.rule]), one.benefit, idle if one.stranded else ""))
    most = max(max(benefit for _, benefit, _ in bought), 1e-9)
    rows = [(name, tables.lines(ways(place, gained), bar(place, gained, most)), idle) for name, gained, idle in bought]
    st.html(
        tables.table(
            text("What each way of choosing opens"), (text("Choice"), text("Ways opened"), text("Remark")), rows
        )
    )


def bar(place: frame.Here, value: float, most: float) -> tables.Markup:
    """Return a value as a bar; its words are its label."""
    return tables.score_bar(100 * value / most, 100 * value / most, ways(place, value))


def budgets(place: frame.Here, worked: worked_plan.Worked) -> None:
    """Show what other budgets buy: in words, as a curve and as its table."""
    words, text = place.words, place.words.text
    st.subheader(text("What more money buys"))
    if worked.curve is None or worked.more is None:
        st.write(text("The search was stopped, so other budgets were not looked at."))
        return
    st.write(
        text(
            "The next million baht, once this plan is built, opens {gained} more ways with {fixes}.",
            gained=ways(place, worked.more.gained),
            fixes=words.count("{n} fix", "{n} fixes", len(worked.more.added)),
        )
    )
    knee = worked.curve.knee
    if knee is None:
        st.write(text("There is no budget after which money buys clearly less."))
    else:
        said = text(
            "After about {budget} million baht, money buys clearly less: {gained} ways are opened by then.",
            budget=words.number(knee.budget_thb / MILLION, 2),
            gained=ways(place, knee.plan.benefit),
        )
        st.write(said)
    points = worked.curve.points
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


def draw_map(place: frame.Here, state: frame.Audited, job: Job, worked: worked_plan.Worked) -> None:
    """Draw the sites with fixes: those of the plan, and those left for later."""
    text = place.words.text
    planned = {job.record.fixes[fix_id].site_code for fix_id in worked.plan.chosen}
    codes = sorted({one.site_code for one in job.record.fixes.values()})
    names = {True: text("in the plan"), False: text("has fixes, not in this plan")}
    drawn = [IN_PLAN if code in planned else NOT_IN_PLAN for code in codes]
    sites = state.sites.loc[codes]
    colours, shapes, glyphs = (list(column) for column in zip(*drawn, strict=True))
    marked = gpd.GeoDataFrame(
        {
            "code": codes,
            "label": [f"{site_of(place, sites, code)} · {names[code in planned]}" for code in codes],
            "colour": colours,
            "shape": shapes,
            "glyph": glyphs,
            "hollow": sites["position_status"].isin(terms.POSITION_UNSURE).to_numpy(),
        },
        geometry=sites.geometry.to_numpy(),
        crs=sites.crs,
    )
    said = markers.map_words(state.audit.sites.loc[codes], place.words)
    legend = [
        web_map.LegendEntry(f"{names[True]}: {len(planned)}", *IN_PLAN, name=names[True]),
        web_map.LegendEntry(f"{names[False]}: {len(codes) - len(planned)}", *NOT_IN_PLAN, name=names[False]),
        said.legend[-1],
    ]
    spoken = dataclasses.replace(said, title=text("Map of the plan"), legend=tuple(legend))
    ground = web_map.Base(sources.street_axes(), sources.outline(), sources.places())
    city = web_map.city_map(marked, ground, spoken, worst_first=(IN_PLAN[2], NOT_IN_PLAN[2]))
    folium_component.show(folium_component.drawing(city), "plan_map", lambda: None)


def downloads(place: frame.Here, worked: worked_plan.Worked) -> None:
    """Hand out the certificate and its town."""
    text = place.words.text
    st.write(text("Anybody can check the certificate with both files; the checker needs no solver."))
    for name, content in (("plan_certificate.json", worked.certificate), ("plan_town.json", worked.town)):
        st.download_button(text("Download {name}", name=name), content, name, "application/json", key=f"get_{name}")
