"""Plan under a budget: which fixes open most ways, with a proof that no other choice opens more."""

from __future__ import annotations

import dataclasses

import streamlit as st

from app_pages import background_jobs, frame, plan_files, plan_keeping, plan_parts, plan_prices, plan_studies
from audits import errors
from audits.exchange import plan_about, plan_contents
from audits.planning import (
    build_model,
    frontier,
    plan_constraints,
    planning_model,
    price_books,
    site_network,
    solved_plan,
)
from layers import base_file, personas, population_file
from layers import errors as layer_errors

Asked = tuple[build_model.RecordModel, plan_constraints.Constraints, tuple[tuple[str, float], ...]]


def show(place: frame.Here) -> None:
    """Draw the page."""
    text = place.words.text
    st.title(text("Budget plan"))
    st.write(
        text("The fixes that open step-free ways for most people under a budget, with a proof of how good they are.")
    )
    state = frame.audited(place)
    if state.sites.empty:
        st.info(text("There are no sites yet. Begin under Start."))
        return
    if not plan_keeping.opened(place, state):
        make(place, state)
    plan_keeping.listed(place)


def make(place: frame.Here, state: frame.Audited) -> None:
    """Ask for money and wishes, work the plan out, and show all that there is to say of it."""
    text, kept = place.words.text, price_books.in_force(place.store)
    found = asked(place, state)
    if found is None:
        return
    record, wishes, weights = found
    if record.fixes:
        job = background_jobs.job_button(
            place,
            "plan",
            text("Work it out"),
            (record.sha256, repr(wishes)),
            lambda say, cancelled: solved_plan.solve(record.model, wishes, progress=say, cancelled=cancelled),
            first=True,
        )
        if job is not None and job.result is not None:
            subject = plan_contents.Subject(
                *(record, wishes, job.result, state.sites, place.weights.personas, kept.book, kept.file_name),
                *(place.today, state.head, place.demonstration),
            )
            outcome(place, state, subject, weights)
    else:
        st.info(text("The surveys show no barrier that a fix could open; there is nothing to plan yet."))
    plan_parts.honesty(place, record, kept)
    plan_prices.show(place, kept)


def asked(place: frame.Here, state: frame.Audited) -> Asked | None:
    """Ask for the budget and the wishes, and return them with the town and the weights; None when there is no town."""
    text = place.words.text
    left, middle, right = st.columns(3)
    with left:
        millions = st.number_input(
            text("Budget (million baht)"), min_value=0.0, max_value=1000.0, value=1.0, step=0.1, key="plan_budget"
        )
    with middle:
        case = st.selectbox(
            text("Barriers that count"),
            list(frontier.CASES),
            index=list(frontier.CASES).index(frontier.LIKELY),
            format_func=lambda name: text(frontier.CASES[name]),
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
        weights = asked_weights(place)
        record = town(place, state, case, weights)
        if record is None:
            return None
        must, never = asked_fixes(place, record)
        floors = asked_floors(place, record.model)
    return record, plan_constraints.Constraints(millions * plan_parts.MILLION, must, never, floors, cost_case), weights


def asked_weights(place: frame.Here) -> tuple[tuple[str, float], ...]:
    """Ask what a way of each persona counts; all alike unless changed."""
    words = place.words
    st.write(words.text("What one way counts, for each group of people (0 leaves the group out)"))
    found = []
    for column, one in zip(st.columns(5), personas.load(), strict=True):
        name = one.name_th if words.language == "th" else one.name_en
        with column:
            found.append((one.persona, st.number_input(name, 0.0, 10.0, 1.0, 0.5, key=f"plan_weight_{one.persona}")))
    return tuple(found)


def asked_fixes(place: frame.Here, record: build_model.RecordModel) -> tuple[frozenset[str], frozenset[str]]:
    """Ask which fixes must be in the plan, and which must not."""
    text, found = place.words.text, []
    for label, key in ((text("Must be built"), "plan_must"), (text("Must not be built"), "plan_never")):
        known = list(record.fixes)
        # a fix that is none under other barriers leaves the wishes
        st.session_state[key] = [fix_id for fix_id in st.session_state.get(key, []) if fix_id in record.fixes]
        found.append(
            frozenset(
                st.multiselect(
                    label,
                    known,
                    format_func=lambda fix_id: plan_parts.fix_name(place, record, fix_id),
                    placeholder=text("none"),
                    key=key,
                )
            )
        )
    return found[0], found[1]


def asked_floors(place: frame.Here, of_record: planning_model.Model) -> dict[str, float]:
    """Ask what each zone must gain at least; nothing unless switched on."""
    text = place.words.text
    if not st.checkbox(text("Every zone must gain at least this many of 1,000 ways"), key="plan_floors"):
        return {}
    zones = sorted(set(of_record.zones))
    floors = {}
    for column, zone in zip(st.columns(len(zones)), zones, strict=True):
        label = text("Zone {zone}, ways", zone=plan_parts.zone_name(place, zone))
        with column:
            floors[zone] = st.number_input(label, 0.0, build_model.TRIPS, 0.0, 1.0, key=f"plan_floor_{zone}")
    return {zone: floor for zone, floor in floors.items() if floor > 0}


def town(
    place: frame.Here, state: frame.Audited, case: str, weights: tuple[tuple[str, float], ...]
) -> build_model.RecordModel | None:
    """Return the town of the record, assembled once for each content; None with the reason shown."""
    base = base_file.path(base_file.folder_for(place.workspace.folder))
    ground = base.stat().st_mtime_ns if base.is_file() else 0
    if not any(weight for _, weight in weights):
        st.error(place.words.text("At least one group of people must count."))
        return None
    try:
        key = (str(place.workspace.folder), state.head, repr(place.weights), place.book.version)
        changed = population_file.changed_at(place.workspace.folder)
        return _town((*key, ground, changed), place, state, case, weights)
    except errors.RefusedError as refused:
        for problem in refused.problems:
            st.error(place.words.problem(problem))
    except layer_errors.LayerError as fault:
        st.error(str(fault))
    return None


@st.cache_resource(max_entries=24, show_spinner=False)
def _town(
    key: tuple[object, ...],  # noqa: ARG001 - what the cache tells towns apart by
    _place: frame.Here,
    _state: frame.Audited,
    case: str,
    weights: tuple[tuple[str, float], ...],
) -> build_model.RecordModel:
    folder = _place.workspace.folder
    return build_model.build(
        site_network.read(folder),
        _state.sites,
        _state.elements,
        _state.measurements,
        _state.audit,
        _place.book,
        price_books.in_force(_place.store).book,
        case=case,
        weights=dict(weights),
    )


def outcome(
    place: frame.Here,
    state: frame.Audited,
    subject: plan_contents.Subject,
    weights: tuple[tuple[str, float], ...],
) -> None:
    """Show the plan that was made, and what may be asked of it further."""
    st.subheader(place.words.text("The plan"))
    plan_parts.summary(place, subject)
    plan_parts.draw_map(place, state, subject)
    plan_parts.chosen_table(place, state, subject)
    plan_parts.parted(place, subject.worked)
    plan_parts.wish_prices(place, subject)
    plan_parts.compared(place, subject)
    plan_parts.budgets(place, subject)
    by_years = plan_studies.years(place, state, subject)
    plan_studies.otherwise(place, subject, lambda: town(place, state, frontier.WORST, weights))
    plan_files.offer(place, dataclasses.replace(subject, by_years=by_years))
    plan_keeping.save(place, subject)


if __name__ == "__main__":
    show(frame.here())
