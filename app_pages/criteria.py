"""Show every limit with its source, its editions and examples that anyone can check."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, row_choice, tables
from app_pages.session import address
from audits import terms
from audits.law import limits
from audits.reports import site_report
from audits.rules import cases, editions, gazette, model

TABLE, HEIGHT = "criteria_found", 420


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Criteria"))
    st.html(f"<p><strong>{tables.cell(text('Limits of Thai law: {state}.', state=states(context)))}</strong></p>")
    requirements, origins = st.tabs([text("Requirements"), text("Sources")])
    with requirements:
        asked(context)
    with origins:
        sources(context)


def asked(context: session.Context) -> None:
    """Ask which requirements to show; list them, and show the chosen one beneath."""
    words, text = context.words, context.words.text
    left, middle, right = st.columns(3)
    with left:
        searched = st.text_input(text("Search (a word, a clause, a number)"), key="search", bind="query-params")
    kinds = {"": text("all elements")} | {kind: text(name) for kind, name in terms.ELEMENT_KIND.items()}
    with middle:
        kind = choices.one(text("Element"), kinds, **address.one("element", kinds))
    found = {
        one.criterion_id: one
        for one in context.criteria.criteria.values()
        if (not kind or one.element == kind) and matches(one, searched)
    }
    names = {name: f"{words.name(one.name)} · {kinds[one.element]}" for name, one in found.items()}
    with right:
        kept = address.one("criterion", names)
        chosen = choices.one_or_none(text("Show one requirement"), names, placeholder=text("none"), **kept)
    # always there, so that the list keeps its place and what is chosen in it
    with st.container():
        if chosen:
            criterion(context, found[chosen])
    overview(context, found)


def overview(context: session.Context, found: dict[str, model.Criterion]) -> None:
    """List every requirement found with its newest limit and the clause; choosing a row shows it whole."""
    words, text = context.words, context.words.text
    names = list(found)
    st.dataframe(
        frame(context, tuple(names)),
        **row_choice.one(TABLE, "criterion", names),
        alt=text("Requirements found"),
        height=HEIGHT,
        column_config={
            text("Requirement"): st.column_config.Column(width=260),
            text("Newest limit"): st.column_config.Column(width="medium"),
        },
    )
    counted = words.count("{n} requirement", "{n} requirements", len(found))
    st.write(f"{counted} · {text('Choose a row to see its limits by edition, its source and its examples.')}")


def frame(context: session.Context, names: tuple[str, ...]) -> pd.DataFrame:
    """Return some requirements as a table, in the order of their names."""
    # one table for every search: picking rows is cheap, wording them is not
    whole = _frame(context.criteria.version, context.words.language, context)
    return whole.loc[list(names)].set_index(whole.columns[0])


@st.cache_data(max_entries=8, show_spinner=False)
def _frame(version: str, language: str, _context: session.Context) -> pd.DataFrame:
    del version, language  # what the cache tells tables apart by
    words, text = _context.words, _context.words.text
    rows = {}
    for one in _context.criteria.criteria.values():
        applicable = editions.limit_on(one, None)
        newest = applicable.limit if applicable else (one.limits or one.comparators)[-1]
        clause = f"{words.name(newest.source.short)} {words.name(newest.clause)}"
        if newest.state == gazette.DISPUTED:
            clause += f" · {text(terms.LAW_STATE[newest.state])}"
        elif not one.judges:
            clause += f" · {unjudged(_context, newest)}"
        limit = "; ".join(limits.value_lines(limits.Entry(one, newest), words))
        rows[one.criterion_id] = (
            words.name(one.name),
            limit,
            text(terms.ELEMENT_KIND[one.element]),
            clause,
            one.severity,
        )
    headings = (text("Requirement"), text("Newest limit"), text("Element"), text("Clause"), text("Severity 1–4"))
    return pd.DataFrame.from_dict(rows, orient="index", columns=headings)


def matches(one: model.Criterion, searched: str) -> bool:
    """Return whether every word searched for occurs in a criterion, in either language."""
    names, parts = [one.name, one.quantity.name], [one.criterion_id, one.quantity.quantity_id]
    for limit in (*one.limits, *one.comparators):
        names += [limit.clause, limit.source.short]
        parts.append(limit.stated_as)
    whole = " ".join([*parts, *(f"{name.th} {name.en}" for name in names)]).casefold()
    return all(word in whole for word in searched.casefold().split())


def criterion(context: session.Context, one: model.Criterion) -> None:
    """Show one criterion: its limits by edition, its repair target, its examples."""
    words, text = context.words, context.words.text
    st.header(words.name(one.name))
    personas = ", ".join(words.name(context.weights.personas[name]) for name in one.personas)
    facts = [
        (text("Question"), words.name(one.quantity.question)),
        (text("How to measure"), words.name(one.quantity.how)),
        (text("Severity 1–4"), str(one.severity)),
        (text("Matters to"), personas),
        (text("When it fails"), words.name(one.advice)),
    ]
    if one.governs:
        facts.append((text("Which limit holds where"), words.name(one.governs)))
    with st.expander(text("How to measure, and whom it matters to")):
        st.html(tables.table(text("The requirement"), (text("What"), text("Known")), facts, stacked=False))
    rows = [limit_row(context, one, limit) for limit in (*one.limits, *one.comparators)]
    headings = (
        text("Source"),
        text("Clause"),
        text("Limit"),
        text("In force since"),
        text("Applies when"),
        text("State"),
    )
    st.html(tables.table(text("Limits: {name}", name=words.name(one.name)), headings, rows))
    for target in one.targets:
        st.write(target_text(context, one, target))
    with st.expander(text("Examples that anyone can check")):
        examples(context, one)


def target_text(context: session.Context, one: model.Criterion, target: model.RepairTarget) -> str:
    """Return the value to build to, the editions under which it passes, and the guard band that it keeps."""
    words, used = context.words, [context.criteria.instruments[each] for each in one.quantity.instruments]
    return words.text(
        "Repair target: {value}. It passes under {editions}, also when measured within ± {uncertainty}.",
        value=target.stated_as or site_report.quantity_text(target.value, one.quantity, words),
        editions=", ".join(words.name(context.criteria.sources[each].short) for each in target.under),
        uncertainty=terms.amount(max(each.uncertainty for each in used), one.quantity.unit, words, 1),
    )


def limit_row(context: session.Context, one: model.Criterion, limit: model.Limit) -> tuple[object, ...]:
    """Return one limit as a row of the table."""
    words, text = context.words, context.words.text
    state = text(terms.LAW_STATE[limit.state] if limit.state else terms.BASIS[limit.source.kind])
    if not limit.sourced:
        state = unjudged(context, limit)
    note = words.name(limit.note) if limit.note else ""
    return (
        words.name(limit.source.short),
        words.name(limit.clause),
        tables.lines(*limits.value_lines(limits.Entry(one, limit), words)),
        words.day(limit.source.in_force_on) if limit.source.in_force_on else "",
        tables.lines(*limits.condition_lines(limit, words)) or text("always"),
        tables.lines(
            state, limits.compared_text(limit, words), *limits.reading_lines(limit, words), note and tables.small(note)
        ),
    )


def unjudged(context: session.Context, limit: model.Limit) -> str:
    """Return why a limit is shown and not scored."""
    comparator = limit.source.kind == "comparator"
    return context.words.text(terms.BASIS["comparator"] if comparator else "not scored: the source is not certain")


@st.cache_data(show_spinner=False)
def _cases(version: str) -> dict[str, list[cases.Case]]:
    del version  # what the cache tells criteria apart by
    result: dict[str, list[cases.Case]] = {}
    for case in cases.load_cases():
        result.setdefault(case.criterion, []).append(case)
    return result


def _measured(context: session.Context, name: str, value: float) -> str:
    quantity = context.criteria.quantities[name]
    return f"{context.words.name(quantity.name)} {site_report.quantity_text(value, quantity, context.words)}"


def examples(context: session.Context, one: model.Criterion) -> None:
    """Show the examples that the tests run too."""
    words, text = context.words, context.words.text
    rows = []
    for case in _cases(context.criteria.version).get(one.criterion_id, ()):
        measured = "; ".join(_measured(context, name, value) for name, value in case.measured.items())
        day = words.day(case.permitted_on) if case.permitted_on else text("not known")
        rows.append((words.name(case.name), day, measured, tables.verdict(case.verdict, words)))
    if rows:
        headings = (text("Example"), text("Permit day"), text("Measured"), text("Verdict"))
        st.html(tables.table(text("Examples: {name}", name=words.name(one.name)), headings, rows))


def sources(context: session.Context) -> None:
    """Show the instruments of law and the other sources."""
    words, text = context.words, context.words.text
    rows = [
        (
            words.name(source.title),
            words.day(source.in_force_on) if source.in_force_on else "",
            words.name(source.reference),
            states(context, source),
        )
        for source in context.criteria.sources.values()
    ]
    headings = (text("Title"), text("In force since"), text("Reference"), text("State"))
    version = tables.small(text("Version of the criteria: {version}", version=context.criteria.version))
    st.html(f"{tables.tall(tables.table(text('Sources'), headings, rows))}<p>{version}</p>")


def states(context: session.Context, source: model.Source | None = None) -> str:
    """Return how many limits of law, or of one source, are in each state; of no law, the kind of source that it is."""
    if source is not None and source.kind != "law":
        return context.words.text(terms.BASIS[source.kind])
    limits = [limit for criterion in context.criteria.criteria.values() for limit in criterion.limits]
    found = [limit.state for limit in limits if source in (None, limit.source)]
    named = (
        f"{context.words.text(name)}: {context.words.number(found.count(state))}"
        for state, name in terms.LAW_STATE.items()
        if state in found
    )
    return " · ".join(named)


if __name__ == "__main__":
    show(session.current())
