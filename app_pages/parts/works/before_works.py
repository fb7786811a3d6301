"""Draw what comes before works: what to approve, to level or to measure first."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, record_names, tables
from app_pages.session import navigation, plain_text
from audits import barriers, roles
from audits import record as records
from audits.plans import levelled_rise, site_fixes
from audits.ramps import price_books
from audits.works import works_table

NAMED_QUANTITIES = 3


def approve_first(context: session.Context, record: records.AuditedRecord, only: frozenset[str] | None = None) -> None:
    """Say which possible barriers need no measuring but the approval of their survey, and lead to the review."""
    for sentence in barriers.waits(record, context.words, only):
        st.write(sentence)
        label = context.words.text("Open the review")
        navigation.link(context, "review.py", label=label, query_params=navigation.query(context))


def level_first(context: session.Context, fix_ids: Sequence[str]) -> None:
    """Ask for the rise of the ramps whose fix rests on a calculated one."""
    if asked := site_fixes.level_first(fix_ids, context.criteria, context.words):
        st.write(asked)


def rise_differs(
    context: session.Context, record: records.AuditedRecord, of: works_table.Works, names: Sequence[str]
) -> None:
    """Say of some fixes where a levelled rise and the calculated one differ, and what they cost by the latter."""
    words, fixes = context.words, {name: of.fixes[name] for name in names if name in of.fixes}
    for name, sentence in levelled_rise.by_fix(record, fixes.values(), words).items():
        price = ""
        if roles.sees(context.store.role, "cost"):
            book = price_books.in_force(context.store).book
            calculated = levelled_rise.priced(record, book, of.designs, name, None)
            price = levelled_rise.price_sentence(calculated, fixes[name], words, was_levelled=False)
        st.write(plain_text.literal(f"{sentence} {price}".strip()))


def measure_first(context: session.Context, record: records.AuditedRecord, first: pd.DataFrame) -> None:
    """Show by site what to measure because it may be a barrier, with the minutes, and lead to the survey."""
    words, text = context.words, context.words.text
    if first.empty:
        st.write(text("Nothing here may be a barrier that nobody has measured."))
        return
    sites, of_record = list(dict.fromkeys(first["site_code"])), record_names.of(context, record)
    minutes = words.number(first["minutes"].sum(), 0)
    st.write(
        text(
            "These may be barriers; nothing is priced before it is measured. {minutes} minutes in all.", minutes=minutes
        )
    )
    rows = []
    for code in sites:
        mine = first.loc[first["site_code"] == code]
        rows.append((of_record.site(code), _asked(context, record, mine), words.number(mine["minutes"].sum(), 0)))
    headings = (text("Site"), text("What to measure"), text("Minutes"))
    caption = words.count("Possible barriers at {n} site", "Possible barriers at {n} sites", len(sites))
    st.html(tables.tall(tables.table(caption, headings, rows)))
    names = {code: of_record.site(code) for code in sites}
    code = choices.one(text("Site to survey"), names, key="works_measure_first") if len(sites) > 1 else sites[0]
    query = navigation.query(context, site=code)
    navigation.link(context, "survey.py", label=text("Survey {site}", site=names[code]), query_params=query)


def _asked(context: session.Context, record: records.AuditedRecord, mine: pd.DataFrame) -> object:
    words, quantities = context.words, record.criteria.quantities
    lines = []
    for element_id, row in mine.iterrows():
        title = record_names.of(context, record).elements[str(element_id)]
        if row["quantities"]:
            wanted = ", ".join(words.name(quantities[one].name) for one in row["quantities"][:NAMED_QUANTITIES])
            more = len(row["quantities"]) - NAMED_QUANTITIES
            lines.append(f"{title}: {wanted}" + (f" {words.text('and {n} more', n=more)}" if more > 0 else ""))
        if row["again"]:
            wanted = ", ".join(words.name(quantities[one].name) for one in row["again"])
            lines.append(words.text("{element}, again with a finer instrument: {what}", element=title, what=wanted))
    return tables.lines(*lines)
