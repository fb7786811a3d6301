"""Look further than one budget: spread a plan over years, and ask what it is worth if things are not as they seem."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from app_pages import session
from app_pages.parts.plan import outcome, plan_map
from app_pages.parts.shared import background_jobs, record_names, tables
from audits import barriers, wording
from audits import record as records
from audits.plans import (
    budget_plan,
    build_model,
    plan_about,
    plan_constraints,
    plan_contents,
    robustness,
    solved_plan,
    solver_process,
    staging,
)

Result = TypeVar("Result")

LEAD = wording.phrase("After year {year}, {gained} more of 100 trips are step-free, for {cost} baht in all.")
MOST_YEARS, USUAL_YEARS = 8, 3
STEP_MILLION = 0.05


def years(context: session.Context, subject: plan_contents.Subject, in_view: bool) -> staging.Staging | None:
    """Ask for the money of each year, and show what is built when; None before the plan by years is there."""
    text, record = context.words.text, subject.record
    st.write(
        text("What one year builds stays; money left goes to the next year. All years count alike; wishes come first.")
    )
    yearly_thb = _asked_money(context, subject.wishes)
    if not yearly_thb:
        return None
    model, wishes = subject.model, subject.wishes
    work = _in_process(solved_plan.by_years, model.model, wishes, yearly_thb)
    key = ("years", model.sha256, repr(wishes), yearly_thb)
    job = background_jobs.job_button(context, "plan_years_work", text("Plan year by year"), key, work)
    if job is None or job.result is None:
        return None
    found = job.result
    _tell_years(context, found)
    _years_table(context, subject, found)
    symbols = [(text("Year {year}", year=stage.year), plan_map.of_year(stage.year)) for stage in found.stages]
    of_site: dict[str, int] = {}
    for stage in found.stages:
        for fix_id in stage.built:
            of_site.setdefault(model.fixes[fix_id].site_code, stage.year - 1)
    title = text("Map of the plan by years: the first year in which something is built")
    # a map that is drawn out of view has no size to fit the city into
    if in_view:
        plan_map.draw(context, record, title, "plan_years_map", symbols, of_site)
    with st.expander(text("What is built when, as a table"), expanded=False):
        _built_table(context, record, subject, found)
    return found


def _asked_money(context: session.Context, wishes: plan_constraints.Constraints) -> tuple[float, ...]:
    """Ask for the money of each year, baht; empty while what is written cannot be."""
    text = context.words.text
    count = int(
        st.number_input(text("Number of years"), min_value=2, max_value=MOST_YEARS, value=USUAL_YEARS, key="plan_years")
    )
    # rounded down, so that the years together ask for no more than the budget
    share = math.floor(100 * wishes.budget_thb / count / outcome.MILLION) / 100
    money = []
    for year, column in enumerate(st.columns(count), 1):
        with column:
            # a key for each number of years and each budget, so that other shares stand there at first
            label, key = text("Year {year} (million baht)", year=year), f"plan_money|{count}|{share:.2f}|{year}"
            money.append(st.number_input(label, value=share, step=STEP_MILLION, key=key))
    if not outcome.in_millions(context, *money):
        return ()
    return tuple(round(millions * outcome.MILLION, 2) for millions in money)


def _in_process(function: Callable[..., Result], *arguments: object) -> background_jobs.Work[Result]:
    """Return work that runs one of our functions in a process of its own."""

    def work(progress: background_jobs.Progress, cancelled: Callable[[], bool]) -> Result | None:
        # the solver cannot be interrupted from within: its process is ended instead
        return solver_process.run(
            function, *arguments, progress=lambda done, of: progress("", done / max(of, 1)), cancelled=cancelled
        )

    return work


def _spent(found: staging.Staging) -> float:
    return math.fsum(stage.cost_thb for stage in found.stages)


def _tell_years(context: session.Context, found: staging.Staging) -> None:
    words, text = context.words, context.words.text
    last = found.stages[-1]
    alone = math.fsum(stage.unstaged_bound for stage in found.stages)
    lost = max(0.0, 1 - found.benefit / alone) if alone > 0 else 0.0
    lead = text(
        LEAD,
        year=last.year,
        gained=outcome.trips(context, last.benefit),
        cost=outcome.baht(context, _spent(found)),
    )
    st.html(f'<p class="jaidee-score">{tables.cell(lead)}</p>')
    st.write(
        text(
            "Because what one year builds stays, at most {share} % fewer trips are opened than if each year "
            "could begin again.",
            share=words.number(100 * lost, 2),
        )
    )
    st.write(
        text(
            "No other order of building opens over {gap} % more: {status}.",
            gap=words.number(100 * found.gap, 2),
            status=text(budget_plan.STATUSES[found.status]),
        )
    )


def _years_table(context: session.Context, subject: plan_contents.Subject, found: staging.Staging) -> None:
    words, text = context.words, context.words.text
    rows = [
        (
            words.number(stage.year),
            words.count("{n} fix", "{n} fixes", len(stage.built)),
            outcome.baht(context, stage.cost_thb),
            outcome.trips(context, stage.benefit),
            outcome.trips(context, stage.unstaged_bound),
            outcome.trips(context, max(stage.unstaged_bound - stage.benefit, 0.0)),
        )
        for stage in found.stages
    ]
    count = words.count("{n} fix", "{n} fixes", sum(len(stage.built) for stage in found.stages))
    rows.append((text("Total"), count, outcome.baht(context, _spent(found)), "", "", ""))
    headings = (
        text("Year"),
        text("Built in it"),
        text("Cost (baht)"),
        text("Trips opened by its end"),
        text("Most that any plan opens with that money"),
        text("Fewer than that"),
    )
    st.html(tables.table(text("The plan by years"), headings, rows))
    costs = text(plan_about.COST_CASES[subject.wishes.cost_case])
    st.html(f"<p>{tables.small(text('Costs to plan with') + ': ' + costs)}</p>")


def _built_table(
    context: session.Context, record: records.AuditedRecord, subject: plan_contents.Subject, found: staging.Staging
) -> None:
    text, model, names = context.words.text, subject.model, record_names.of(context, record)
    rows: list[tuple[object, ...]] = [
        (
            outcome.fix_cell(names, model, fix_id),
            names.site(model.fixes[fix_id].site_code),
            context.words.number(stage.year),
            outcome.baht(context, getattr(model.fixes[fix_id].fix.cost, subject.wishes.cost_case)),
        )
        for stage in found.stages
        for fix_id in stage.built
    ]
    rows.append((text("Total"), "", "", outcome.baht(context, _spent(found))))
    headings = (text("Fix"), text("Site"), text("Year"), text("Cost (baht)"))
    st.html(tables.table(text("What is built when"), headings, rows))


def otherwise(
    context: session.Context, subject: plan_contents.Subject, model_of: Callable[[str], build_model.RecordModel]
) -> None:
    """Ask what the plan is worth if barriers or costs are not what they seem, and which plan loses least.

    Parameters
    ----------
    context, subject
        Where the page stands, and the plan.
    model_of
        Builds the planning model in one of :data:`audits.barriers.CASES`; called in another thread.
    """
    text = context.words.text
    st.write(
        text(
            "The cases: {barriers} of the barriers by {costs} of the costs. Where costs turn out higher, the best part "
            "that the money pays for is built.",
            barriers=len(barriers.CASES),
            costs=len(plan_about.COST_CASES),
        )
    )
    chosen, wishes = subject.worked.plan.chosen, subject.wishes

    def work(progress: background_jobs.Progress, cancelled: Callable[[], bool]) -> robustness.Robustness | None:
        # built here: no page waits for a model that only this asks for
        models = {case: model_of(case).model for case in barriers.CASES}
        return _in_process(solved_plan.rate_scenarios, models, wishes, chosen)(progress, cancelled)

    # with the key of the record: both cases are built from it, and the digest is of the one at hand
    key = ("otherwise", subject.record.key, subject.model.sha256, repr(wishes), chosen)
    job = background_jobs.job_button(context, "plan_otherwise", text("Compare the cases"), key, work)
    if job is None or job.result is None:
        return
    found = job.result
    _tell_robustness(context, found)
    _regret_table(context, found)
    with st.expander(text("Trips lost in each case, as a table"), expanded=False):
        _every_case(context, found)


def _tell_robustness(context: session.Context, found: robustness.Robustness) -> None:
    text, asked = context.words.text, found.judged[0]
    lost, least = outcome.trips(context, asked.greatest), outcome.trips(context, found.safest.greatest)
    if found.safest is asked:
        st.write(text("This plan loses least in its worst case: {lost} of 100 trips.", lost=lost))
    else:
        st.write(
            text(
                "In its worst case this plan loses {lost} of 100 trips. The plan that loses least, made for “{case}”, "
                "loses {least}.",
                lost=lost,
                least=least,
                case=case_name(context, found.safest.planned_for[0]),
            )
        )
    for scenario in found.refused:
        st.write(text("With “{case}” the wishes cannot all be granted.", case=case_name(context, scenario)))


def _regret_table(context: session.Context, found: robustness.Robustness) -> None:
    words, text = context.words, context.words.text
    rows = [
        (
            _made_for(context, one),
            words.count("{n} fix", "{n} fixes", len(one.chosen)),
            outcome.trips(context, min(one.benefit.values(), default=0.0)),
            outcome.trips(context, one.greatest),
            case_name(context, one.worst),
            text("loses least in its worst case") if one is found.safest else "",
        )
        for one in found.judged
    ]
    headings = (
        text("Plan made for"),
        text("Built in it"),
        text("Trips opened at least"),
        text("Trips lost at most"),
        text("Its worst case"),
        text("Remark"),
    )
    st.html(tables.table(text("What each plan loses if another case is true"), headings, rows))


def _every_case(context: session.Context, found: robustness.Robustness) -> None:
    text = context.words.text
    rows = [
        (_made_for(context, one), case_name(context, scenario), outcome.trips(context, one.benefit[scenario]), lost)
        for one in found.judged
        for scenario, lost in ((each, outcome.trips(context, regret)) for each, regret in one.regret.items())
    ]
    headings = (text("Plan made for"), text("Case that is true"), text("Trips opened"), text("Trips lost"))
    st.html(tables.table(text("Trips lost in each case"), headings, rows))


def _made_for(context: session.Context, one: robustness.RatedPlan) -> str:
    names = [context.words.text("this plan")] if one.asked else []
    return "; ".join([*names, *(case_name(context, scenario) for scenario in one.planned_for)])


def case_name(context: session.Context, scenario: robustness.Scenario) -> str:
    """Return the name of a case."""
    text = context.words.text
    return f"{text(barriers.CASES[scenario.barriers])}, {text(plan_about.COST_CASES[scenario.costs])}"
