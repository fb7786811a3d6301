"""Plan under a budget: which fixes open most trips, with a proof that no other choice opens more."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib import mutable_tab_container

from app_pages import session
from app_pages.parts.plan import left_out, other_choices, plan_files, plan_prices, plan_saving, planning, studies
from app_pages.parts.plan import outcome as plan_parts
from app_pages.parts.shared import background_jobs, record_names, site_summary
from app_pages.session import cache
from audits import barriers
from audits import record as records
from audits.access import trips
from audits.plans import (
    build_model,
    plan_about,
    plan_constraints,
    plan_contents,
    planning_model,
    solved_plan,
)
from audits.ramps import price_books
from layers import personas

BEGUN, OPEN_TAB = "plan_begun", "plan_open_tab"
Solved = solved_plan.SolvedPlan
Asked = tuple[build_model.RecordModel, plan_constraints.Constraints, tuple[tuple[str, float], ...]]


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Budget plan"))
    if context.record().sites.empty:
        st.info(text("There are no sites yet. Begin under Start."))
        return
    # in one row, so that the works stand on the first screen
    counted, *asking = st.columns([3, 3, 2, 2], vertical_alignment="bottom")
    with counted:
        record = context.record(official_only=site_summary.choose_counted(context))
    if plan_saving.opened(context, record):
        plan_saving.listed(context)
    else:
        make(context, record, asking)


def make(context: session.Context, record: records.AuditedRecord, asking: Sequence[DeltaGenerator]) -> None:
    """Ask for money and wishes, each in its place, and show what the plan builds and what may be asked of it."""
    text, kept = context.words.text, price_books.in_force(context.store)
    left, middle, right = asking
    with left:
        millions = st.number_input(
            text("Budget (million baht)"),
            value=planning.FIRST_MILLIONS,
            step=0.1,
            key="plan_budget",
            bind="query-params",
        )
    in_millions = plan_parts.in_millions(context, millions)
    found = asked(context, record, right.popover(text("Wishes and weights"), width="stretch"), millions)
    if found is None or not in_millions:
        return
    model, wishes, weights = found
    if not model.fixes:
        st.info(text("The surveys show no barrier that a fix could open; there is nothing to plan yet."))
        for sentence in barriers.waits(record, context.words):
            st.write(sentence)
        foundations(context, model, kept)
        return
    with middle:
        pressed = st.button(text("Work it out"), type="primary", key="plan_go", width="stretch")
    # the page opens with the plan of its first budget; every other one is worked out when asked for
    if pressed or not st.session_state.get(BEGUN):
        st.session_state[BEGUN] = True
        planning.begin(model, wishes, again=pressed)
    job = background_jobs.outcome(context, "plan", planning.key(model, wishes))
    if job is None or job.result is None:
        foundations(context, model, kept)
        return
    promised = cache.promised(context.store, record)
    prices = kept.book, kept.file_name
    subject = plan_contents.Subject(record, model, wishes, job.result, *prices, context.today, promised=promised)
    outcome(context, subject, weights, kept)


def asked(
    context: session.Context, record: records.AuditedRecord, wishes_box: DeltaGenerator, millions: float
) -> Asked | None:
    """Ask for the wishes; return them with the planning model and the weights, None without a model."""
    text = context.words.text
    with wishes_box:
        case = st.selectbox(
            text("Barriers that count"),
            list(barriers.CASES),
            format_func=lambda name: text(barriers.CASES[name]),
            key="plan_case",
        )
        cost_case = st.selectbox(
            text("Costs to plan with"),
            list(plan_about.COST_CASES),
            index=1,
            format_func=lambda name: text(plan_about.COST_CASES[name]),
            key="plan_costs",
        )
        weights = asked_weights(context)
    model = planning.model_of(context, record, case, weights)
    if model is None:
        return None
    with wishes_box:
        must, never = asked_fixes(context, record, model)
        floors = asked_floors(context, model.model)
    return model, plan_constraints.Constraints(millions * plan_parts.MILLION, must, never, floors, cost_case), weights


def asked_weights(context: session.Context) -> tuple[tuple[str, float], ...]:
    """Ask what a trip of each persona counts; all alike unless changed."""
    words = context.words
    st.write(words.text("What one trip counts, for each group of people (0 leaves the group out)"))
    found = []
    for one in personas.load():
        name = one.name_th if words.language == "th" else one.name_en
        found.append((one.persona, st.number_input(name, 0.0, 10.0, 1.0, 0.5, key=f"plan_weight_{one.persona}")))
    return tuple(found)


def asked_fixes(
    context: session.Context, record: records.AuditedRecord, model: build_model.RecordModel
) -> tuple[frozenset[str], frozenset[str]]:
    """Ask which fixes must be in the plan, and which must not."""
    text, found, of_record = context.words.text, [], record_names.of(context, record)
    names = {fix_id: plan_parts.fix_name(of_record, model, fix_id) for fix_id in model.fixes}
    for label, key in ((text("Must be built"), "plan_must"), (text("Must not be built"), "plan_never")):
        # a fix that is none under other barriers leaves the wishes
        st.session_state[key] = [fix_id for fix_id in st.session_state.get(key, []) if fix_id in model.fixes]
        found.append(
            frozenset(
                st.multiselect(label, list(names), format_func=names.__getitem__, placeholder=text("none"), key=key)
            )
        )
    return found[0], found[1]


def asked_floors(context: session.Context, of_record: planning_model.Model) -> dict[str, float]:
    """Ask what each zone must gain at least; nothing unless switched on."""
    text = context.words.text
    if not st.checkbox(text("Every zone must gain at least this many of 100 trips"), key="plan_floors"):
        return {}
    zones = sorted(set(of_record.zones))
    floors = {}
    for zone in zones:
        label = text("Zone {zone}, trips", zone=plan_parts.zone_name(context, zone))
        floors[zone] = st.number_input(label, 0.0, trips.OF_TRIPS, 0.0, 1.0, key=f"plan_floor_{zone}")
    return {zone: floor for zone, floor in floors.items() if floor > 0}


def kept_tabs(key: str, labels: Sequence[str]) -> Sequence[mutable_tab_container.TabContainer]:
    """Draw tabs; the open one stays open where other tabs take their place, as when the prices change."""
    if key not in st.session_state and st.session_state.get(OPEN_TAB) in labels:
        st.session_state[key] = st.session_state[OPEN_TAB]

    def keep() -> None:
        st.session_state[OPEN_TAB] = st.session_state[key]

    return st.tabs(labels, key=key, on_change=keep)


def foundations(context: session.Context, model: build_model.RecordModel, kept: price_books.Kept) -> None:
    """Show what a plan will rest on, while there is none."""
    text = context.words.text
    labels = [text("What these figures rest on"), text("Prices"), text("Plans that were kept")]
    rests, prices, plans = kept_tabs("plan_foundations_tab", labels)
    with rests:
        plan_parts.honesty(context, model, kept)
    with prices:
        plan_prices.show(context, kept)
    with plans:
        plan_saving.listed(context)


def outcome(
    context: session.Context,
    subject: plan_contents.Subject,
    weights: tuple[tuple[str, float], ...],
    kept: price_books.Kept,
) -> None:
    """Show what the plan builds, and in tabs what may be asked of it further."""
    text, record = context.words.text, subject.record
    plan_parts.summary(context, subject)
    left, right = st.columns([3, 2])
    # drawn last: the years of its rows are asked for in a tab
    table = left.container()
    with right:
        plan_parts.draw_map(context, record, subject)
        plan_parts.money(context, subject)
    out, other, by_year, doubts, proof, prices, plans = kept_tabs(
        "plan_tab",
        [
            text("What is left out, and why"),
            text("Other money, other choices"),
            text("Year by year"),
            text("If things are not as they seem"),
            text("Proof and files"),
            text("Prices"),
            text("Keep this plan, see kept plans"),
        ],
    )
    with out:
        left_out.show(context, subject)
    with other:
        money, choices = st.columns(2)
        with money:
            other_choices.budgets(context, subject)
        with choices:
            other_choices.compared(context, subject)
            plan_parts.parted(context, subject.worked)
        other_choices.wish_prices(context, subject)
    with by_year:
        subject = dataclasses.replace(subject, by_years=studies.years(context, subject, bool(by_year.open)))
    with doubts:
        studies.otherwise(context, subject, lambda case: planning.built(context, record, case, weights))
    with proof:
        proved, files = st.columns([3, 2])
        with proved:
            plan_parts.proof(context, subject)
        with files:
            plan_files.offer(context, subject)
        plan_parts.honesty(context, subject.model, kept)
    with prices:
        plan_prices.show(context, kept)
    with plans:
        plan_saving.save(context, subject)
        plan_saving.listed(context)
    with table:
        plan_parts.chosen_table(context, subject)


if __name__ == "__main__":
    show(session.current())
