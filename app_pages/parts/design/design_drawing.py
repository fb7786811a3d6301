"""Draw a design on the screen: each view as a picture with words for those who do not see it, and its tables."""

from __future__ import annotations

import base64
import html

import streamlit as st

from app_pages import session
from app_pages.parts.shared import tables
from audits.ramps import design_record, geometry, quantities, requirements
from audits.ramps.drawing import described, elevation, plan_view, sheet
from audits.ramps.drawing import views as ramp_views

WIDEST_MM = 190.0
_MARGIN_MM, _BELOW_MM = 3.0, 0.8
_LEAST_SHOWN_PX = 640


def show(
    context: session.Context, priced: design_record.Priced, made: requirements.Construction, works: quantities.Works
) -> None:
    """Draw plan and unfolded elevation, then every dimension and quantity as tables, then what was assumed."""
    words, text, design = context.words, context.words.text, priced.design
    drawn = views(design, context, made)
    for view in drawn:
        st.html(_figure(context, design, view))
    with st.expander(text("Dimensions and quantities as tables")):
        for each in described.tables(design, drawn, priced.bill, words):
            headings = [column["name"] for column in each["columns"]]
            st.html(tables.table(each["title"], headings, each["rows"]))
    with st.expander(text("Assumptions")):
        st.html(tables.bullets(described.assumptions(made, works, words)))


def views(
    design: geometry.Design, context: session.Context, made: requirements.Construction
) -> tuple[ramp_views.View, ...]:
    """Return plan and elevation at the largest scale at which the plan is no wider than a screen."""
    words = context.words
    scales = sheet.KERB_SCALES if isinstance(design.space, geometry.KerbSpace) else sheet.SCALES
    for scale in scales:
        plan = plan_view.view(design, words, scale)
        if sheet.Placed(plan, 0, 0).size_mm[0] <= WIDEST_MM:
            break
    return plan, *elevation.view_rows(design, made, words, scale, WIDEST_MM)


def _figure(context: session.Context, design: geometry.Design, view: ramp_views.View) -> str:
    """Return a view as a figure; a picture of its own, since outlines of letters in one page share their names."""
    words = context.words
    placed = sheet.Placed(view, _MARGIN_MM, _MARGIN_MM)
    width, height = placed.size_mm
    # without the title beneath: it tells a scale, which no screen keeps
    svg = sheet.drawing([placed], words, width + 2 * _MARGIN_MM, height + _MARGIN_MM + _BELOW_MM)
    label = words.text(
        "{view} of the ramp: {family}. {summary} Every figure stands in the tables below.",
        view=view.title,
        family=described.family(design, words),
        summary=described.summary(design, words),
    )
    picture = base64.b64encode(svg.encode()).decode()
    share = min(100, round(100 * (width + 2 * _MARGIN_MM) / WIDEST_MM))
    style = f"width:{share}%;min-width:{round(_LEAST_SHOWN_PX * share / 100)}px;background:#ffffff"
    title = html.escape(view.title)
    return (
        f'<figure style="margin:0 0 1rem"><figcaption><strong>{title}</strong></figcaption>'
        f'<div class="jaidee-scroll" tabindex="0" role="region" aria-label="{title}">'
        f'<img style="{style}" alt="{html.escape(label)}" src="data:image/svg+xml;base64,{picture}"></div></figure>'
    )
