"""Show which fixes a plan leaves out, and why: money, wishes, or no trip that they open."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from app_pages import session
from app_pages.parts.plan import outcome
from app_pages.parts.shared import record_names
from app_pages.session import navigation
from audits import barriers, wording
from audits.access import access_text
from audits.plans import plan_contents, site_fixes
from audits.reports import site_report

NEXT, LATER, IDLE, APART, WISHED = "next", "later", "idle", "apart", "wished"
REASONS = {
    NEXT: wording.phrase("comes next, with another million baht"),
    LATER: wording.phrase("other fixes open more trips for this money"),
    IDLE: wording.phrase("opens no further trip in this network, with any money"),
    APART: wording.phrase("opens no trip in this network: the site is too far from every known way"),
    WISHED: wording.phrase("must not be built, as you wished"),
}
"""Why a fix is not in a plan, in the order of the table."""


def reasons(subject: plan_contents.Subject) -> dict[str, str]:
    """Find for each fix that is not in a plan a key of :data:`REASONS`.

    A fix that the dearest plan of the frontier leaves out opens nothing: that plan has money for every useful fix.
    Where the search was stopped there is no frontier, and what is left out may have its turn later.
    """
    beside, wishes = subject.worked.beside, subject.wishes
    following = set(beside.more.added) if beside else set()
    points = beside.curve.points if beside else ()
    useful = set(points[-1].plan.chosen) if points else set(subject.model.fixes)

    def reason(fix_id: str) -> str:
        if fix_id in wishes.must_not_build:
            return WISHED
        if fix_id in following:
            return NEXT
        return LATER if fix_id in useful else IDLE

    chosen = set(subject.worked.plan.chosen)
    found = {fix_id: reason(fix_id) for fix_id in subject.model.fixes if fix_id not in chosen}
    found |= dict.fromkeys(subject.model.apart, APART)
    order = list(REASONS)
    return dict(sorted(found.items(), key=lambda pair: (order.index(pair[1]), pair[0])))


def _named(elements: Iterable[str], words: wording.Wording) -> str:
    # a site may have several: by its code alone it would stand twice
    return ", ".join(site_report.element_of_site(one, words) for one in elements)


def show(context: session.Context, subject: plan_contents.Subject) -> None:
    """Show every fix that is left out with its reason and cost, and what no fix can open."""
    words, text = context.words, context.words.text
    found, case, names = reasons(subject), subject.wishes.cost_case, record_names.of(context, subject.record)
    if found:
        every = {**subject.model.fixes, **subject.model.apart}
        costs = {fix_id: getattr(every[fix_id].fix.cost, case) for fix_id in found}
        rows: list[tuple[object, ...]] = [
            (
                outcome.fix_cell(names, subject.model, fix_id),
                text(REASONS[reason]),
                outcome.baht(context, costs[fix_id]),
            )
            for fix_id, reason in found.items()
        ]
        rows.append((text("Total"), "", outcome.baht(context, sum(costs.values()))))
        headings = (text("Fix"), text("Why it is left out"), text("Cost (baht)"))
        caption = words.count("{n} fix not in this plan", "{n} fixes not in this plan", len(found))
        outcome.tall_table(caption, headings, rows, is_main=False)
    else:
        st.write(text("Every fix is in this plan."))
    unpriced = site_fixes.unpriced(subject.record)
    if unpriced:
        sentence = text(
            "Known barriers whose fix has no known price, so that no plan buys it: {fixes}",
            fixes=_named(unpriced, words),
        )
        st.write(sentence)
    access = {barriers.KNOWN_ONLY: subject.model.access}
    for sentence in access_text.beside(subject.model.prepared, access, words):
        st.write(sentence)
    for sentence in barriers.waits(subject.record, words):
        st.write(sentence)
    possible = len(barriers.measure_first(subject.record))
    if possible:
        st.write(
            words.count(
                "{n} element may be a barrier; it has no fix and no price before it is measured.",
                "{n} elements may be barriers; they have no fix and no price before they are measured.",
                possible,
            )
        )
        navigation.link(
            context, "works.py", label=text("What to measure first"), query_params=navigation.query(context)
        )
