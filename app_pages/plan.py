"""Plan under a budget: which fixes open most ways, with a proof that no other choice opens more."""

from __future__ import annotations

import streamlit as st

from app_pages import frame, plan_parts
from audits import errors, price_files, wording
from audits.planning import frontier, plan_wishes, town_of_record, towns
from layers import base_file, personas
from layers import errors as layer_errors

LOOK_EVERY_S = 0.5
MOST_KEPT = 32
COST_CASES = {
    "low": wording.phrase("low costs"),
    "likely": wording.phrase("likely costs"),
    "high": wording.phrase("high costs"),
}


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
    record_and_wishes = asked(place, state)
    if record_and_wishes is None:
        return
    record, wishes = record_and_wishes
    if not record.fixes:
        st.info(text("The surveys show no barrier that a fix could open; there is nothing to plan yet."))
        plan_parts.honesty(place, record, price_files.sample().sample)
        return
    key = (record.sha256, repr(wishes))
    jobs = made_plans()
    if st.button(text("Work it out"), type="primary", key="plan_go") and (key not in jobs or stopped(jobs[key])):
        while len(jobs) >= MOST_KEPT:
            jobs.pop(next(iter(jobs)), None)
        jobs[key] = plan_parts.Job(record, wishes)
    job = jobs.get(key)
    if job is not None and job.running:
        watch(place, job)
    elif job is not None:
        outcome(place, state, job)
    plan_parts.honesty(place, record, price_files.sample().sample)


@st.cache_resource(show_spinner=False)
def made_plans() -> dict[tuple[str, str], plan_parts.Job]:
    """Return the plans made in this process, by what they were made from."""
    return {}


def stopped(job: plan_parts.Job) -> bool:
    """Tell whether a job ended without the plan that was asked for."""
    return not job.running and (job.stopped.is_set() or bool(job.fault))


def asked(place: frame.Here, state: frame.Audited) -> tuple[town_of_record.RecordTown, plan_wishes.Wishes] | None:
    """Ask for the budget and the wishes, and return them with the town; None when there is no town."""
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
            list(COST_CASES),
            index=1,
            format_func=lambda name: text(COST_CASES[name]),
            key="plan_costs",
        )
    with st.expander(text("Wishes and weights"), key="plan_wishes_open"):
        weights = asked_weights(place)
        record = town(place, state, case, weights)
        if record is None:
            return None
        must, never = asked_fixes(place, record)
        floors = asked_floors(place, record.town)
    return record, plan_wishes.Wishes(millions * plan_parts.MILLION, must, never, floors, cost_case)


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


def asked_fixes(place: frame.Here, record: town_of_record.RecordTown) -> tuple[frozenset[str], frozenset[str]]:
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


def asked_floors(place: frame.Here, of_record: towns.Town) -> dict[str, float]:
    """Ask what each zone must gain at least; nothing unless switched on."""
    text = place.words.text
    if not st.checkbox(text("Every zone must gain at least this many of 1,000 ways"), key="plan_floors"):
        return {}
    zones = sorted(set(of_record.zones))
    floors = {}
    for column, zone in zip(st.columns(len(zones)), zones, strict=True):
        label = text("Zone {zone}, ways", zone=plan_parts.zone_name(place, zone))
        with column:
            floors[zone] = st.number_input(label, 0.0, town_of_record.WAYS, 0.0, 1.0, key=f"plan_floor_{zone}")
    return {zone: floor for zone, floor in floors.items() if floor > 0}


def town(
    place: frame.Here, state: frame.Audited, case: str, weights: tuple[tuple[str, float], ...]
) -> town_of_record.RecordTown | None:
    """Return the town of the record, assembled once for each content; None with the reason shown."""
    base = base_file.path(place.workspace.folder)
    ground = base.stat().st_mtime_ns if base.is_file() else 0
    if not any(weight for _, weight in weights):
        st.error(place.words.text("At least one group of people must count."))
        return None
    try:
        key = (str(place.workspace.folder), state.head, repr(place.weights), place.book.version)
        return _town((*key, ground), place, state, case, weights)
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
) -> town_of_record.RecordTown:
    folder = _place.workspace.folder
    return town_of_record.assemble(
        town_of_record.network_of(folder),
        _state.sites,
        _state.elements,
        _state.measurements,
        _state.audit,
        _place.book,
        price_files.sample(),
        case=case,
        weights=dict(weights),
        buildings=town_of_record.buildings_of(folder),
    )


@st.fragment(run_every=LOOK_EVERY_S)
def watch(place: frame.Here, job: plan_parts.Job) -> None:
    """Show how far the search is, and let the reader stop it; draw the whole page when it is done."""
    text = place.words.text
    if not job.running:
        st.rerun()
    st.progress(job.share, text=text(plan_parts.worked_plan.STAGES[job.stage]))
    if st.button(text("Stop and keep the best so far"), key="plan_cancel"):
        job.stopped.set()


def outcome(place: frame.Here, state: frame.Audited, job: plan_parts.Job) -> None:
    """Show the plan that was made, or why there is none."""
    text = place.words.text
    for problem in job.problems:
        st.error(place.words.problem(problem))
    if job.fault:
        st.error(job.fault)
    if job.worked is None:
        if not job.problems and not job.fault:
            st.info(text("Stopped before there was a first choice. Work it out again."))
        return
    st.subheader(text("The plan"))
    plan_parts.summary(place, job, job.worked)
    plan_parts.draw_map(place, state, job, job.worked)
    plan_parts.chosen_table(place, state, job, job.worked)
    plan_parts.parted(place, job.worked)
    plan_parts.compared(place, job.worked)
    plan_parts.budgets(place, job.worked)
    plan_parts.downloads(place, job.worked)


if __name__ == "__main__":
    show(frame.here())
