"""Plan under a budget: which fixes open most trips, with a proof that no other choice opens more."""

from __future__ import annotations

import dataclasses

import streamlit as st

from app_pages import session
from app_pages.parts.plan import outcome as plan_parts
from app_pages.parts.plan import plan_files, plan_prices, plan_saving, studies
from app_pages.parts.shared import background_jobs
from app_pages.session import basemap, cache
from audits import barriers, errors
from audits import record as records
from audits.access import site_network, trips
from audits.plans import build_model, plan_about, plan_constraints, plan_contents, planning_model, solved_plan
from audits.ramps import price_books
from audits.store.works import fix_steps
from layers import errors as layer_errors
from layers import personas

Asked = tuple[build_model.RecordModel, plan_constraints.Constraints, tuple[tuple[str, float], ...]]


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Budget plan"))
    st.write(text("The fixes that make most trips step-free under a budget, with a check of how good they are."))
    record = context.record()
    if record.sites.empty:
        st.info(text("There are no sites yet. Begin under Start."))
        return
    if not plan_saving.opened(context, record):
        make(context, record)
    plan_saving.listed(context)


def make(context: session.Context, record: records.AuditedRecord) -> None:
    """Ask for money and wishes, work the plan out, and show all that there is to say of it."""
    text, kept = context.words.text, price_books.in_force(context.store)
    found = asked(context, record)
    if found is None:
        return
    model, wishes, weights = found
    if model.fixes:
        job = background_jobs.job_button(
            context,
            "plan",
            text("Work it out"),
            (model.sha256, repr(wishes)),
            lambda say, cancelled: solved_plan.solve(
                model.model,
                wishes,
                progress=lambda stage, share: say(solved_plan.STAGES[stage], share),
                cancelled=cancelled,
            ),
            first=True,
        )
        if job is not None and job.result is not None:
            subject = plan_contents.Subject(record, model, wishes, job.result, kept.book, kept.file_name, context.today)
            outcome(context, record, subject, weights)
    else:
        st.info(text("The surveys show no barrier that a fix could open; there is nothing to plan yet."))
    plan_parts.honesty(context, model, kept)
    plan_prices.show(context, kept)


def asked(context: session.Context, record: records.AuditedRecord) -> Asked | None:
    """Ask for the budget and the wishes; return them with the planning model and the weights, None without a model."""
    text = context.words.text
    left, middle, right = st.columns(3)
    with left:
        millions = st.number_input(
            text("Budget (million baht)"), min_value=0.0, max_value=1000.0, value=1.0, step=0.1, key="plan_budget"
        )
    with middle:
        case = st.selectbox(
            text("Barriers that count"),
            list(barriers.CASES),
            format_func=lambda name: text(barriers.CASES[name]),
            key="plan_case",
        )
    with right:
        cost_case = st.selectbox(
            text("Costs to plan with"),
            list(plan_about.COST_CASES),
            index=1,
            format_func=lambda name: text(plan_about.COST_CASES[name]),
            key="plan_costs",
        )
    with st.expander(text("Wishes and weights"), key="plan_wishes_open"):
        weights = asked_weights(context)
        model = model_of(context, record, case, weights)
        if model is None:
            return None
        must, never = asked_fixes(context, model)
        floors = asked_floors(context, model.model)
    return model, plan_constraints.Constraints(millions * plan_parts.MILLION, must, never, floors, cost_case), weights


def asked_weights(context: session.Context) -> tuple[tuple[str, float], ...]:
    """Ask what a trip of each persona counts; all alike unless changed."""
    words = context.words
    st.write(words.text("What one trip counts, for each group of people (0 leaves the group out)"))
    found = []
    for column, one in zip(st.columns(5), personas.load(), strict=True):
        name = one.name_th if words.language == "th" else one.name_en
        with column:
            found.append((one.persona, st.number_input(name, 0.0, 10.0, 1.0, 0.5, key=f"plan_weight_{one.persona}")))
    return tuple(found)


def asked_fixes(context: session.Context, model: build_model.RecordModel) -> tuple[frozenset[str], frozenset[str]]:
    """Ask which fixes must be in the plan, and which must not."""
    text, found = context.words.text, []
    for label, key in ((text("Must be built"), "plan_must"), (text("Must not be built"), "plan_never")):
        known = list(model.fixes)
        # a fix that is none under other barriers leaves the wishes
        st.session_state[key] = [fix_id for fix_id in st.session_state.get(key, []) if fix_id in model.fixes]
        found.append(
            frozenset(
                st.multiselect(
                    label,
                    known,
                    format_func=lambda fix_id: plan_parts.fix_name(context, model, fix_id),
                    placeholder=text("none"),
                    key=key,
                )
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
    for column, zone in zip(st.columns(len(zones)), zones, strict=True):
        label = text("Zone {zone}, trips", zone=plan_parts.zone_name(context, zone))
        with column:
            floors[zone] = st.number_input(label, 0.0, trips.OF_TRIPS, 0.0, 1.0, key=f"plan_floor_{zone}")
    return {zone: floor for zone, floor in floors.items() if floor > 0}


def model_of(
    context: session.Context, record: records.AuditedRecord, case: str, weights: tuple[tuple[str, float], ...]
) -> build_model.RecordModel | None:
    """Build the planning model of the record, once for each content; None with the reason shown."""
    if not any(weight for _, weight in weights):
        st.error(context.words.text("At least one group of people must count."))
        return None
    try:
        return _model_of(record, case, weights, basemap.versions(context), context)
    except errors.RefusedError as refused:
        for problem in refused.problems:
            st.error(context.words.problem(problem))
    except layer_errors.LayerError as fault:
        st.error(str(fault))
    return None


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs=cache.KEYS)
def _model_of(
    record: records.AuditedRecord,
    case: str,
    weights: tuple[tuple[str, float], ...],
    versions: tuple[int, int],  # noqa: ARG001 - of base map and population, by which the cache tells models apart
    _context: session.Context,
) -> build_model.RecordModel:
    folder = _context.workspace.folder
    return build_model.build(
        site_network.read(folder),
        record,
        price_books.in_force(_context.store).book,
        fix_steps.designs(_context.store),
        case=case,
        weights=dict(weights),
    )


def outcome(
    context: session.Context,
    record: records.AuditedRecord,
    subject: plan_contents.Subject,
    weights: tuple[tuple[str, float], ...],
) -> None:
    """Show the plan that was made, and what may be asked of it further."""
    st.subheader(context.words.text("The plan"))
    plan_parts.summary(context, subject)
    plan_parts.draw_map(context, record, subject)
    plan_parts.chosen_table(context, record, subject)
    plan_parts.parted(context, subject.worked)
    plan_parts.wish_prices(context, subject)
    plan_parts.compared(context, subject)
    plan_parts.budgets(context, subject)
    by_years = studies.years(context, record, subject)
    studies.otherwise(context, subject, lambda case: model_of(context, record, case, weights))
    plan_files.offer(context, dataclasses.replace(subject, by_years=by_years))
    plan_saving.save(context, subject)


if __name__ == "__main__":
    show(session.current())
