"""Design a ramp for a place: alternatives that fit and what they cost, or why none fits and what would do."""

from __future__ import annotations

import html

import streamlit as st

from app_pages import session
from app_pages.parts.design import design_drawing, design_inputs, design_saving, design_sign_off
from app_pages.parts.shared import site_summary, tables
from app_pages.session import address
from audits import errors
from audits.ramps import (
    cost,
    design_check,
    design_record,
    geometry,
    price_books,
    prices,
    quantities,
    ramp_design,
    requirements,
)
from audits.ramps.drawing import described, drawing, views
from audits.reports import markers

ALTERNATIVE = "alternative"


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    current = context.record()
    st.title(text("Design a ramp"))
    code = site_summary.choose_site(context, current.sites)
    if code is None:
        st.write(text("Choose a site in the list above, or on the map."))
        return
    st.subheader(f"{code} {markers.site_name(current.sites.loc[code], context.words)}")
    asked = design_inputs.ask(context, current, code)
    if asked.space is None:
        st.info(text("Write these to see what fits: {names}.", names=", ".join(asked.missing)))
    else:
        try:
            found = ramp_design.for_space(asked.space, context.criteria, requirements.Construction())
        except errors.RefusedError as refused:
            for problem in refused.problems:
                st.error(context.words.problem(problem))
        else:
            answer(context, asked, found)
    design_saving.versions(context, code)


def answer(
    context: session.Context, asked: design_inputs.Asked, found: tuple[geometry.Design, ...] | geometry.NotFeasible
) -> None:
    """Show the alternatives and the chosen one, or why there is none."""
    if isinstance(found, geometry.NotFeasible):
        why_not(context, found)
        return
    assumed = requirements.Construction(), quantities.Works()
    book = price_books.in_force(context.store).book
    priced = {f"{design.family}-{design.legs}": price(design, *assumed, book) for design in found}
    compare(context, priced)
    chosen = choose(context, priced)
    check = design_check.check(chosen.design, context.criteria)
    design_drawing.show(context, chosen, *assumed)
    conditions = judged(context, check)
    title = f"{asked.site_code} {asked.title}"
    signed = design_sign_off.signature(context, asked.site_code, chosen, assumed, check)
    st.html(f"<p><strong>{html.escape(drawing.mark(signed, context.words))}</strong></p>")
    subject = drawing.Subject(chosen.design, *assumed, title, context.today, signed, conditions)
    design_saving.files(context, asked, subject, book)
    design_saving.save(context, asked, chosen, assumed, check)


def price(
    design: geometry.Design, made: requirements.Construction, works: quantities.Works, book: prices.PriceBook
) -> design_record.Priced:
    """Return a design with its bill and what it costs."""
    bill = quantities.bill(design, made, works)
    return design_record.Priced(design, bill, cost.estimate(bill, book))


def why_not(context: session.Context, refused: geometry.NotFeasible) -> None:
    """Say which limit binds, the nearest changes that would do, and which requirements take the room."""
    words, text = context.words, context.words.text
    first, *nearest = ramp_design.sentences(refused, words)
    st.warning(first)
    if nearest:
        st.write(text("The nearest changes, each alone enough:"))
        st.html("<ul>" + "".join(f"<li>{html.escape(change)}</li>" for change in nearest) + "</ul>")
    rows = [(words.name(context.criteria.criteria[name].name), name) for name in refused.criteria]
    caption = text("Requirements that take the room")
    st.html(tables.table(caption, (text("Requirement"), text("Code")), rows, stacked=False))
    if refused.smallest:
        boxes = [(words.number(length), words.number(width)) for length, width in refused.smallest]
        caption = text("The smallest spaces that would do")
        st.html(tables.table(caption, (text("Length (mm)"), text("Width (mm)")), boxes, stacked=False))


def compare(context: session.Context, priced: dict[str, design_record.Priced]) -> None:
    """Show the alternatives side by side, the cheapest to build first."""
    words, text = context.words, context.words.text
    st.subheader(text("Alternatives that fit"))
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
    st.html(tables.table(text("Alternatives that fit"), headings, rows))
    if any(each.estimate.sample for each in priced.values()):
        st.warning(text(prices.SAMPLE))


def choose(context: session.Context, priced: dict[str, design_record.Priced]) -> design_record.Priced:
    """Ask which alternative to draw; the choice stays in the address."""
    text = context.words.text
    kept = address.one(ALTERNATIVE, list(priced))
    if st.session_state.get(ALTERNATIVE) not in priced:
        st.session_state[ALTERNATIVE] = next(iter(priced))
    names = {name: described.family(each.design, context.words) for name, each in priced.items()}
    chosen = st.radio(text("Draw this one"), list(priced), format_func=names.get, **kept)
    st.write(described.summary(priced[chosen].design, context.words))
    return priced[chosen]


def judged(context: session.Context, check: design_check.Check) -> tuple[str, ...]:
    """Show how the drawing stands against every edition, and return the conditions that it cannot decide."""
    words, text = context.words, context.words.text
    st.subheader(text("Checked against the law"))
    passed = sum(one.verdict == "pass" for one in check.judged)
    st.write(
        words.count(
            "{n} limit of all Thai editions was held against the drawing and it meets it.",
            "{n} limits of all Thai editions were held against the drawing and it meets them.",
            passed,
        )
    )
    for one in check.failures:
        limit = f"{words.name(one.rule.criterion.name)} ({words.name(one.rule.limit.source.short)})"
        st.error(text("The drawing does not meet: {limit}", limit=limit))
    conditions = tuple(design_check.condition_sentence(criterion, words) for criterion in check.conditions)
    if conditions:
        st.write(text("A drawing cannot decide these; they are conditions of the design:"))
        st.html("<ul>" + "".join(f"<li>{html.escape(condition)}</li>" for condition in conditions) + "</ul>")
    return conditions


if __name__ == "__main__":
    show(session.current())
