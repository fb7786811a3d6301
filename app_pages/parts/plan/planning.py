"""Build the planning model of a record and work plans out, once for each content in this process."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app_pages import session
from app_pages.parts.plan import outcome
from app_pages.parts.shared import background_jobs
from app_pages.session import basemap, cache, plain_text
from audits import barriers, errors
from audits import record as records
from audits.access import site_network
from audits.plans import build_model, plan_constraints, solved_plan
from audits.ramps import price_books
from audits.store.works import fix_steps
from layers import errors as layer_errors
from layers import personas

FIRST_MILLIONS = 1.0
"""What the page asks for until another budget is written."""
Weights = tuple[tuple[str, float], ...]
Solved = solved_plan.SolvedPlan


def model_of(
    context: session.Context, record: records.AuditedRecord, case: str, weights: Weights
) -> build_model.RecordModel | None:
    """Build the planning model of the record, once for each content; None with the reason shown."""
    if not any(weight for _, weight in weights):
        st.error(context.words.text("At least one group of people must count."))
        return None
    try:
        # The budget above can be written while fixes are priced and access is measured.
        with st.spinner(context.words.text("Working it out …")):
            return built(context, record, case, weights)
    except errors.RefusedError as refused:
        for problem in refused.problems:
            st.error(plain_text.literal(context.words.problem(problem)))
    except layer_errors.LayerError as fault:
        st.error(plain_text.literal(str(fault)))
    return None


def built(
    context: session.Context, record: records.AuditedRecord, case: str, weights: Weights
) -> build_model.RecordModel:
    """Build the planning model of the record, once for each content.

    Raises
    ------
    audits.errors.RefusedError, layers.errors.LayerError
        As of :func:`audits.plans.build_model.build`.
    """
    return _built(record, case, weights, basemap.versions(context), context)


def prepare(context: session.Context, record: records.AuditedRecord) -> None:
    """Work out the plan that the page opens with, before there is a reader who would wait for it.

    Raises
    ------
    audits.errors.RefusedError, layers.errors.LayerError
        As of :func:`built`.
    """
    # exactly what the page asks for first, or its cache would not know it again
    alike = tuple((one.persona, 1.0) for one in personas.load())
    model = built(context, record, next(iter(barriers.CASES)), alike)
    if model.fixes:
        begin(model, plan_constraints.Constraints(FIRST_MILLIONS * outcome.MILLION))


def key(model: build_model.RecordModel, wishes: plan_constraints.Constraints) -> tuple[str, str]:
    """Return the key of the job that works a plan out."""
    # by its repr, which holds every wish: with a mapping in it the dataclass has no hash
    return model.sha256, repr(wishes)


def begin(model: build_model.RecordModel, wishes: plan_constraints.Constraints, *, again: bool = False) -> None:
    """Begin to work a plan out, unless that was done; `again` begins what was stopped."""
    background_jobs.begin(key(model, wishes), _work(model, wishes), again=again)


def _work(model: build_model.RecordModel, wishes: plan_constraints.Constraints) -> background_jobs.Work[Solved]:
    def work(say: background_jobs.Progress, cancelled: Callable[[], bool]) -> Solved | None:
        return solved_plan.solve(
            model.model,
            wishes,
            progress=lambda stage, share: say(solved_plan.STAGES[stage], share),
            cancelled=cancelled,
        )

    return work


@st.cache_resource(max_entries=24, show_spinner=False, hash_funcs=cache.KEYS)
def _built(
    record: records.AuditedRecord,
    case: str,
    weights: Weights,
    versions: tuple[int, int],  # noqa: ARG001 - of base map and population, by which the cache tells models apart
    _context: session.Context,
) -> build_model.RecordModel:
    folder = _context.workspace.folder
    return build_model.build(
        site_network.read(folder, record.area),
        record,
        price_books.in_force(_context.store).book,
        fix_steps.designs(_context.store),
        case=case,
        weights=dict(weights),
        committed=cache.committed(_context.store, record),
    )
