"""Design a ramp for a place: alternatives that fit and what they cost, or why none fits and what would do."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from app_pages import session
from app_pages.parts.design import design_inputs, design_saving, design_sign_off, home_count
from app_pages.parts.shared import choices, record_names, site_summary, tables
from app_pages.session import address, basemap
from audits import terms, wording
from audits.formats import templates
from audits.ramps import (
    cost,
    cost_forms,
    design_check,
    design_record,
    geometry,
    mending,
    price_books,
    prices,
    quantities,
    ramp_design,
    requirements,
    site_design,
    walls,
)
from audits.ramps.drawing import described, drawing, elevation, key_plan, plan_view, sheet, views
from audits.rules import gazette

FIGURE = Path(__file__).parent / "parts" / "design" / "figure.html.j2"
WIDEST_MM = 190.0
_MARGIN_MM, _BELOW_MM = 3.0, 0.8
_LEAST_SHOWN_PX = 640
ALTERNATIVE, PLACE = "alternative", "design_place"
AT_SITE, ANYWHERE = "site", "anywhere"
MOST_ALTERNATIVES = 5
FITS = wording.phrase("Alternatives that fit")
CAPTIONS: Mapping[str, str] = {
    site_design.FOR_RISE: wording.phrase("What the rise needs: measure whether the room is there"),
    site_design.RISE_ALONE: wording.phrase("What the rise needs: measure whether the room is there"),
    site_design.MOVED: wording.phrase("Alternatives where there is more room"),
}
"""Over the alternatives, by a basis on which they do not fit the room that is known."""


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Design a ramp"))
    places = {AT_SITE: text("At a site of the register"), ANYWHERE: text("Home, or anywhere")}
    # side by side, so that the answer and its warnings stand in the first window
    where, site, what = st.columns(3)
    with where:
        place = choices.buttons(text("Where"), places, **address.one(PLACE, places))
    if place == ANYWHERE:
        st.write(text("Nothing is kept or mapped here; no name and no address of a household is asked."))
        anywhere = design_inputs.ask(context, None, "", what)
        answered(context, anywhere)
        home_count.show(context)
        return
    current = context.record()
    with site:
        code = site_summary.choose_site(context, record_names.of(context, current).sites)
    if code is None:
        st.write(text("Choose a site in the list above, or on the map."))
        return
    answered(context, design_inputs.ask(context, current, code, what))
    site_summary.presumed_same(context, current, code)
    site_summary.built_anew(context, current, code)


def answered(context: session.Context, asked: design_inputs.Asked) -> None:
    """Show what fits the space that is asked for, or why none does, then the designs kept at the site."""
    text = context.words.text
    found: site_design.Fitted | geometry.NotFeasible | None = None
    if asked.space is None:
        st.info(text("Write these to see what fits: {names}.", names=", ".join(asked.missing)))
    else:
        with context.problems_shown():
            made, calculated = requirements.Construction(), bool(asked.to_level_mm)
            found = site_design.fitted(
                *(asked.space, asked.bounds, context.criteria, made),
                calculated=calculated,
                stands=bool(asked.element_id),
            )
    if isinstance(found, site_design.Fitted) and found.designs:
        answer(context, asked, found)
        return
    if found is not None:
        _none(context, found)
    _offer_parts(context, asked, price_books.in_force(context.store).book)
    if asked.site_code:
        design_saving.versions(context, asked.site_code)


def _none(context: session.Context, found: site_design.Fitted | geometry.NotFeasible) -> None:
    """Show why no ramp fits, and what a platform lift costs in its place."""
    text, book = context.words.text, price_books.in_force(context.store).book
    if isinstance(found, geometry.NotFeasible):
        why_not(context, found)
    else:
        st.warning(text(site_design.BASES[found.basis]))
    lift = cost.estimate({"platform_lift_lump": 1.0}, book, ("platform_lift_lump",))
    st.write(text("A platform lift costs {cost}", cost=cost.sentence(lift, context.words)))


def answer(context: session.Context, asked: design_inputs.Asked, found: site_design.Fitted) -> None:
    """Show the answer in a line, then everything about the chosen alternative in tabs."""
    text, made = context.words.text, requirements.Construction()
    book = price_books.in_force(context.store).book
    designs = found.designs[:MOST_ALTERNATIVES]
    # by kind and not by number: an address means the same ramp when prices change the order
    priced = {f"{one.family}-{one.legs}": price(one, made, _works(asked, one, made), book) for one in designs}
    first = st.container()
    names = [text("Alternatives"), text("Drawing"), text("Quantities"), text("Law"), text("Files")]
    tabs = st.tabs([*names, text("Keep")] if asked.site_code else names, key="design_tab")
    with tabs[0]:
        compare(context, priced, CAPTIONS.get(found.basis, FITS))
        chosen = choose(context, priced)
    assumed = made, _works(asked, chosen.design, made)
    check = design_check.check(chosen.design, context.criteria)
    with tabs[1]:
        drawn = drawn_views(chosen.design, context, *assumed)
        for view in drawn:
            st.html(_figure(context, chosen.design, view))
    with tabs[2]:
        tabulate(context, chosen, drawn, *assumed)
    with tabs[3]:
        conditions = judged(context, check)
    signed = None
    if asked.site_code:
        signed = design_sign_off.signature(context, asked.site_code, chosen, assumed, check)
    is_provisional = bool(asked.element_id) and context.record().is_provisional(asked.site_code)
    grounds = site_design.Grounds(found.basis, asked.to_level_mm, found.not_given, is_provisional)
    with first:
        # where parts suffice that is the answer, and what a whole new ramp would need stands behind it
        parts = st.container()
        warned = _lead(context, asked, chosen, grounds, drawing.mark(signed, context.words))
    title = f"{asked.site_code} {asked.title}".strip()
    owner = context.town_name if asked.site_code else ""
    # whoever finds the paper alone must not take invented surveys for the municipality's
    if context.demonstration:
        title = f"{text(terms.DEMONSTRATION_SHORT)}: {title}"
        warned = (text(terms.DEMONSTRATION), *warned)
    notes = (*warned, *conditions, *([] if asked.site_code else [text(cost_forms.HOME_SIGNATURES)]))
    subject = drawing.Subject(chosen.design, *assumed, title, context.today, signed, notes, owner)
    subject = replace(
        subject,
        place=asked.element_id or asked.site_code,
        key_plan=_key_plan(context, asked.site_code),
        standing_mm=asked.standing_mm[:2] if asked.standing_mm and grounds.in_place else None,
        bearing_deg=asked.bearing_deg,
        cautions=grounds.cautions(context.words),
    )
    with tabs[4]:
        design_saving.files(context, asked, subject, book, grounds)
    if asked.site_code:
        with tabs[5]:
            design_saving.save(context, asked, chosen, assumed, check)
            design_saving.versions(context, asked.site_code)
    # after the saving: a design that was kept just now is counted in their place
    with parts:
        _offer_parts(context, asked, book)


def _works(asked: design_inputs.Asked, design: geometry.Design, made: requirements.Construction) -> quantities.Works:
    """Return the assumptions of the bill; as the plan counts it, a ramp that stands there is broken up first."""
    replaces = asked.kind == "ramp" and asked.element_id
    return quantities.replacing(asked.standing_mm, design, made) if replaces else quantities.Works()


def _offer_parts(context: session.Context, asked: design_inputs.Asked, book: prices.PriceBook) -> None:
    """Show what mends the ramp that stands, where that takes no new one."""
    found = design_saving.parts(context, asked, book)
    if found is not None:
        st.info(mending.sentence(found, context.words))


def _key_plan(context: session.Context, code: str) -> views.View | None:
    """Return the streets about a site; None for a ramp anywhere and where nobody knows the position."""
    point = context.record().sites.geometry[code] if code else None
    if point is None:
        return None
    return key_plan.view(basemap.of(context).streets, (point.x, point.y), code, context.words)


def _lead(
    context: session.Context,
    asked: design_inputs.Asked,
    chosen: design_record.Priced,
    grounds: site_design.Grounds,
    mark: str,
) -> tuple[str, ...]:
    """Show the chosen ramp and its cost in one line, and return the warnings, which follow it."""
    words, text = context.words, context.words.text
    family, amount = described.family(chosen.design, words), cost.sentence(chosen.estimate, words)
    if asked.kind == "ramp" and asked.element_id:
        family = text("A new ramp in its place: {family}", family=family)
    st.html(f"<p><strong>{tables.cell(family)}: {tables.cell(amount)}</strong> {tables.small(mark)}</p>")
    if not grounds.has_room:
        st.html(f"<p>{tables.cell(described.summary(chosen.design, words))}</p>")
    warned = (*grounds.cautions(words), *ramp_design.warnings(chosen.design, context.criteria, words))
    engineer = walls.warning(chosen.design, words)
    for sentence in warned:
        (st.error if sentence == engineer else st.warning)(sentence)
    if not grounds.has_room and asked.element_id and asked.at_least:
        names = ", ".join(asked.at_least)
        st.info(text("The survey shows only that at least so much is free, or nothing: {names}.", names=names))
    return warned


def price(
    design: geometry.Design, made: requirements.Construction, works: quantities.Works, book: prices.PriceBook
) -> design_record.Priced:
    """Return a design with its bill and what it costs."""
    bill = quantities.bill(design, made, works)
    return design_record.Priced(design, bill, cost.estimate(bill, book))


def why_not(context: session.Context, refused: geometry.NotFeasible) -> None:
    """Show which limit binds, the nearest changes that would do, and which requirements take the room."""
    words, text = context.words, context.words.text
    first, *nearest = ramp_design.sentences(refused, words)
    st.warning(first)
    if nearest:
        assumed = ramp_design.room_assumed(refused)
        st.write(text("The nearest changes:") if assumed else text("The nearest changes, each alone enough:"))
        st.html(tables.bullets(nearest))
    binding = [context.criteria.criteria[name] for name in refused.criteria]
    rows = [(words.name(one.name), tables.lines(*design_check.clauses(one, words))) for one in binding]
    caption = text("Requirements that take the room")
    st.html(tables.table(caption, (text("Requirement"), text("Clause")), rows, stacked=False))
    if refused.smallest:
        boxes = [(words.number(length), words.number(width)) for length, width in refused.smallest]
        caption = text("The smallest spaces that would do")
        st.html(tables.table(caption, (text("Length (mm)"), text("Width (mm)")), boxes, stacked=False))


def compare(context: session.Context, priced: dict[str, design_record.Priced], caption: str) -> None:
    """Show the alternatives side by side: those built to the targets first, each group the cheapest first."""
    words, text = context.words, context.words.text
    headings = (
        *(text("Family"), text("Runs"), text("Together along the slope (mm)"), text("Land taken (mm)"), text("Slope")),
        text("Cost in baht: low – likely – high"),
    )
    rows = []
    for each in priced.values():
        design = each.design
        land = f"{words.number(design.length_mm)} × {words.number(design.width_mm)}"
        area = text("{area} m²", area=words.number(design.footprint_mm2 / quantities.MM2_PER_M2, 1))
        mark = each.estimate.sample and tables.small(design_saving.sample(words))
        costs = tables.lines(design_saving.span(each.estimate.total_thb, words), mark)
        slope = views.slope_text(max(design.runs, key=lambda run: run.rise_mm / run.going_mm), words)
        length = words.number(round(design.total_length_mm))
        family = described.family(design, words)
        rows.append((family, words.number(len(design.runs)), length, tables.lines(land, area), slope, costs))
    st.html(tables.table(text(caption), headings, rows))
    if any(each.estimate.sample for each in priced.values()):
        st.warning(text(prices.SAMPLE))


def choose(context: session.Context, priced: dict[str, design_record.Priced]) -> design_record.Priced:
    """Ask which alternative to draw; the choice stays in the address."""
    text = context.words.text
    names = {name: described.family(each.design, context.words) for name, each in priced.items()}
    chosen = choices.one_in_view(text("Draw this one"), names, **address.one(ALTERNATIVE, names))
    st.write(described.summary(priced[chosen].design, context.words))
    return priced[chosen]


def judged(context: session.Context, check: design_check.Check) -> tuple[str, ...]:
    """Show how the drawing stands against every edition, and return the notes on that for the drawing."""
    words, text = context.words, context.words.text
    st.subheader(text("Checked against the law"))
    met = [one.rule.limit.state == gazette.REPORTED for one in check.judged if one.verdict == "pass"]
    st.write(
        words.count(
            "{n} limit of all Thai editions was held against the drawing and it meets it.",
            "{n} limits of all Thai editions were held against the drawing and it meets them.",
            len(met),
        )
    )
    site_summary.unverified(context, met)
    for one in check.failures:
        limit = f"{words.name(one.rule.criterion.name)} ({words.name(one.rule.limit.source.short)})"
        st.error(text("The drawing does not meet: {limit}", limit=limit))
    conditions = tuple(design_check.condition_sentence(criterion, words) for criterion in check.conditions)
    if conditions:
        st.write(text("A drawing cannot decide these; they are conditions of the design:"))
        st.html(tables.bullets(conditions))
    return design_check.notes(check, words)


def tabulate(
    context: session.Context,
    priced: design_record.Priced,
    drawn: tuple[views.View, ...],
    made: requirements.Construction,
    works: quantities.Works,
) -> None:
    """Show every dimension and quantity as tables, and what was assumed."""
    words, text = context.words, context.words.text
    *geometric, amounts = described.tables(priced.design, drawn, priced.bill, words)
    _table(amounts)
    with st.expander(text("Dimensions as tables")):
        for each in geometric:
            _table(each)
    with st.expander(text("Assumptions")):
        st.html(tables.bullets(described.assumptions_of(priced.design, made, works, words)))


def _table(each: Mapping[str, Any]) -> None:
    headings = [column["name"] for column in each["columns"]]
    st.html(tables.table(each["title"], headings, each["rows"], stacked=False))


def drawn_views(
    design: geometry.Design, context: session.Context, made: requirements.Construction, works: quantities.Works
) -> tuple[views.View, ...]:
    """Return plan and elevation at the largest scale at which the plan is no wider than a screen."""
    words = context.words
    # where none is narrow enough the last, the smallest, stays
    for scale in sheet.scales(design):
        plan = plan_view.view(design, words, scale)
        if sheet.Placed(plan, 0, 0).size_mm[0] <= WIDEST_MM:
            break
    return plan, *elevation.view_rows(design, made, works, words, scale, WIDEST_MM)


def _figure(context: session.Context, design: geometry.Design, view: views.View) -> str:
    """Return a view as a figure; a picture of its own, since outlines of letters in one page share their names."""
    words = context.words
    placed = sheet.Placed(view, _MARGIN_MM, _MARGIN_MM)
    width, height = placed.size_mm
    # without the title beneath: it states a scale, which no screen keeps
    svg = sheet.drawing([placed], words, width + 2 * _MARGIN_MM, height + _MARGIN_MM + _BELOW_MM)
    label = words.text(
        "{view} of the ramp: {family}. {summary} Every figure stands in the tables below.",
        view=view.title,
        family=described.family(design, words),
        summary=described.summary(design, words),
    )
    picture = base64.b64encode(svg.encode()).decode()
    share = min(100, round(100 * (width + 2 * _MARGIN_MM) / WIDEST_MM))
    least_px = round(_LEAST_SHOWN_PX * share / 100)
    return templates.render(FIGURE, title=view.title, share=share, least_px=least_px, label=label, picture=picture)


if __name__ == "__main__":
    show(session.current())
