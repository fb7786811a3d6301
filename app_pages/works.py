"""Follow every fix from plan to acceptance: what is planned, designed, built, accepted, and what is overdue."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import browser, choices, days, record_names, reviewer, site_summary, tables
from app_pages.parts.site import site_findings
from app_pages.parts.works import acceptance_form, before_works, contract_forms, fix_list, progress
from app_pages.session import address, navigation, plain_text
from audits import record as records
from audits import roles, terms, wording
from audits.plans import fix_pricing, site_fixes
from audits.reports import markers
from audits.store.surveys import read
from audits.store.works import fix_steps, plans
from audits.works import begun, fix_states, kept_plan, spending, visits, works_table

ALL = "all"
RECORDED = {
    fix_states.PLANNED: wording.phrase("Record: planned"),
    fix_states.DESIGNED: wording.phrase("Record: designed"),
    fix_states.BUILT: wording.phrase("Record: built"),
    fix_states.DROPPED: wording.phrase("Record: dropped"),
}
OVERDUE = "overdue"
TABS = {
    "fixes": wording.phrase("Fixes"),
    "measure_first": wording.phrase("Measure first"),
    "before_and_after": wording.phrase("Before and after"),
    "due_again": wording.phrase("Surveys due again"),
    progress.TAKE_OVER: wording.phrase("Take the fixes of a kept plan"),
}


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Works"))
    if context.record().sites.empty:
        st.info(text("There are no sites yet. Begin under Start."))
        return
    record = context.record(official_only=site_summary.choose_counted(context))
    reviewer.show_done()
    # the first reader of a changed record waits for the price of every fix
    with st.spinner(text("Working out what each fix costs …")):
        of = progress.load(context, record)
    labels = {name: text(label) for name, label in TABS.items()}
    fixes, first, changed, again, taken = st.tabs(list(labels.values()), **address.tab("works_tab", labels))
    with fixes:
        who = listed(context, record, of)
    with first:
        before_works.approve_first(context, record)
        before_works.measure_first(context, record, of.measure_first)
        before_works.level_first(context, of.to_level)
    with changed:
        changed_sites(context, record)
    with again:
        resurveys(context, record, of)
    with taken:
        take_plan(context, record, of, who)


def listed(context: session.Context, record: records.AuditedRecord, of: works_table.Works) -> str | None:
    """Show all fixes as one table with their totals, and the chosen one beside it.

    Returns
    -------
    str or None
        The name that the reader gave to record a step; None where no name was asked for.
    """
    text = context.words.text
    shown, fix_id = asked_fixes(context, record, of, list(of.table.index))
    left, right = fix_list.parts(is_chosen=fix_id is not None)
    with left:
        if shown:
            fix_list.all_fixes(context, record, of, shown, is_chosen=fix_id is not None)
            if roles.sees(context.store.role, "cost"):
                fix_list.money(context, record, of, shown)
        else:
            st.write(text("No fix is like this. Choose another state or zone."))
        remarks = [text("Accepted only when a new survey shows that it is mended."), progress.working_values(context)]
        if roles.sees(context.store.role, "cost"):
            remarks += [text(phrase, **values) for phrase, values in fix_pricing.ASSUMPTIONS.items()]
        with st.expander(text("What this rests on")):
            st.html(f"<p>{tables.lines(*map(tables.small, remarks))}</p>")
    with right:
        if fix_id is not None:
            return one_fix(context, record, of, fix_id)
        fix_list.totals_by_state(context, of, shown)
    return None


def asked_fixes(
    context: session.Context, record: records.AuditedRecord, of: works_table.Works, everything: list[str]
) -> tuple[list[str], str | None]:
    """Ask which fixes to show and which one in detail; return them, the most urgent first, and it."""
    text, number = context.words.text, context.words.number
    states = pd.Series([of.state(fix_id) for fix_id in everything], index=everything, dtype=object)
    table = of.table.loc[everything]
    late = set(table.index[table["overdue"]])
    counted = states.value_counts()
    names = {ALL: f"{text('all')} ({number(len(states))})"}
    names[OVERDUE] = f"{text('overdue')} ({number(len(late))})"
    names |= {name: f"{text(label)} ({number(counted.get(name, 0))})" for name, label in fix_states.STATES.items()}
    lists = {name: set(table.index[chosen]) for name, chosen in spending.lists(table).items() if name in spending.LISTS}
    names |= {name: f"{text(spending.LISTS[name])} ({number(len(those))})" for name, those in lists.items()}
    left, middle, right = st.columns([1, 1, 2])
    with left:
        wanted = choices.one(text("Show"), names, **address.one("works_state", list(names)))
    zones = sorted({_zone(record, fix_id) for fix_id in everything})
    shown_zones = {zone: zone if zone != "0" else text("no zone yet") for zone in zones}
    with middle:
        kept = address.several("works_zone", shown_zones)
        zoned = choices.several(text("Zone"), shown_zones, placeholder=text("all"), **kept)
    mine = [
        fix_id
        for fix_id in everything
        if (wanted in (ALL, states[fix_id]) or fix_id in {OVERDUE: late, **lists}.get(wanted, ()))
        and (not zoned or _zone(record, fix_id) in zoned)
    ]
    shown = of.nearest_first(mine)
    with right:
        return shown, asked_fix(context, record, shown)


def _zone(record: records.AuditedRecord, fix_id: str) -> str:
    zone = record.sites["zone"].get(terms.site_of(fix_id))
    return "0" if zone is None or pd.isna(zone) else str(int(zone))


def asked_fix(context: session.Context, record: records.AuditedRecord, shown: list[str]) -> str | None:
    """Ask for one fix, of those shown or the one that the address names."""
    text = context.words.text
    named = str(record.counted_as([st.query_params.get(progress.FIX, "")])[0])
    # a link may lead to a fix that the filters leave out
    known = [*shown, *([named] if named in record.elements.index and named not in shown else [])]
    of_record = record_names.of(context, record)
    names = {fix_id: of_record.fix(fix_id) for fix_id in known}
    if st.session_state.get(progress.FIX) not in names:
        st.session_state.pop(progress.FIX, None)
    kept = address.one(progress.FIX, known)
    return choices.one_or_none(text("Choose a fix"), names, placeholder=text("code or name"), **kept)


def one_fix(context: session.Context, record: records.AuditedRecord, of: works_table.Works, fix_id: str) -> str | None:
    """Show what is known of one fix, its history, and ask for its next step; return who records it."""
    words, text = context.words, context.words.text
    with st.container(key=progress.RECORDED):
        st.subheader(plain_text.literal(record_names.of(context, record).fix(fix_id)))
        is_recorded = reviewer.show_done(progress.RECORDED)
    if is_recorded:
        # what was pressed stood below a long form, which is drawn anew
        browser.reveal(progress.RECORDED, read.head(context.store), focused=progress.RECORDED)
    facts(context, record, of, fix_id)
    mine = of.steps.loc[of.steps["fix_id"] == fix_id]
    if not mine.empty:
        rows = [
            (
                words.day(row["happened_on"]),
                text(fix_states.STATES[row["step"]]),
                row["recorded_by"],
                tables.lines(row["note"], row.get("plan_id"), row.get("design_id")) or "–",
            )
            for _, row in mine.iterrows()
        ]
        headings = (text("Day"), text("Step"), text("By"), text("Note"))
        st.html(tables.table(text("Steps so far"), headings, rows))
    if fix_id in of.table.index:
        contract_forms.overview(context, of, fix_id)
    if not roles.may(context.store.role, fix_steps.ACTION):
        return None
    who = reviewer.name(context)
    planned = of.state(fix_id) not in (fix_states.FOUND, fix_states.DROPPED)
    what = contract_forms.asked_kind(context, fix_id, planned=planned)
    if what == contract_forms.NEXT_STEP:
        next_step(context, record, of, fix_id, who)
    else:
        contract_forms.ask(context, of, fix_id, what, who)
    return who


def facts(context: session.Context, record: records.AuditedRecord, of: works_table.Works, fix_id: str) -> None:
    """Show the type of a fix, its cost, and links to details."""
    text = context.words.text
    rows: list[tuple[str, str]] = [(text("State"), progress.state_cell(context, of, fix_id))]
    found = of.fixes.get(fix_id)
    work = of.work(fix_id)
    if of.table["cost_basis"].get(fix_id) == fix_pricing.UNPRICED:
        work = site_fixes.UNPRICED[str(record.elements.loc[fix_id, "kind"])]
    rows.append((text("Kind of work"), fix_list.because(context, record, found) or text(work)))
    if roles.sees(context.store.role, "cost"):
        rows.append((text("Likely cost (baht)"), fix_list.cost_cell(context, of, fix_id)))
    st.html(tables.table(text("The fix"), (text("What"), text("Known")), rows, stacked=False))
    before_works.rise_differs(context, record, of, [fix_id])
    code = str(record.elements.loc[fix_id, "site_code"])
    site_summary.built_anew(context, record, code)
    query = navigation.query(context, site=code, tab=site_findings.ALL)
    navigation.link(context, "site.py", label=text("All findings of the site"), query_params=query)
    if record.elements.loc[fix_id, "kind"] in ("ramp", "kerb_ramp"):
        query = navigation.query(context, site=code, design_element=fix_id)
        navigation.link(context, "design.py", label=text("Design it"), query_params=query)


def next_step(
    context: session.Context, record: records.AuditedRecord, of: works_table.Works, fix_id: str, who: str
) -> None:
    """Ask for the next step and its day, and record it."""
    text = context.words.text
    st.subheader(text("Next step"))
    allowed = fix_states.MAY_FOLLOW[of.state(fix_id)]
    # each step that is recorded makes new fields
    suffix = f"{fix_id}|{len(of.steps)}"
    step = st.selectbox(
        text("Step"), allowed, format_func=lambda one: text(fix_states.STATES[one]), key=f"works_step|{suffix}"
    )
    happened_on = days.required(context, text("Day"), f"works_day|{suffix}", until=context.today)
    if happened_on is None:
        return
    if step == fix_states.ACCEPTED:
        acceptance_form.ask(context, record, of, fix_id, happened_on, who)
        return
    rebuilt = step == fix_states.BUILT and ask_rebuilt(context, of, fix_id)
    design_id = ask_design(context, of, fix_id) if step == fix_states.DESIGNED else ""
    note = st.text_input(text("Note"), key=f"works_note|{suffix}")
    if st.button(text(RECORDED[step]), type="primary", key="works_record", disabled=not who):
        reviewer.attempt(
            context,
            lambda: fix_states.record(
                context.store, fix_id, step, happened_on, who, note=note, design_id=design_id, rebuilt=rebuilt
            ),
            text("Recorded: {fix} is {state}.", fix=fix_id, state=text(fix_states.STATES[step])),
            at=progress.RECORDED,
        )


def ask_rebuilt(context: session.Context, of: works_table.Works, fix_id: str) -> bool:
    """Ask whether what was built is new as a whole, as is proposed where the works were to build it anew."""
    text = context.words.text
    contract_forms.wholly_done(context, of, fix_id)
    return st.radio(
        text("What was built"),
        tuple(fix_states.REBUILT),
        index=int(of.is_rebuilding(fix_id)),
        format_func=lambda one: text(fix_states.REBUILT[one]),
        key=f"works_rebuilt|{fix_id}|{len(of.steps)}",
    )


def ask_design(context: session.Context, of: works_table.Works, fix_id: str) -> str:
    """Return the design that is kept for a fix, or nothing with the hint what to do instead."""
    text = context.words.text
    if fix_id not in of.designs.index:
        st.write(text("No design is kept for it here. Save one on the design page, or name the drawing in the note."))
        return ""
    row = of.designs.loc[fix_id]
    st.write(
        text("By the design {design_id}: {title}", design_id=row["design_id"], title=plain_text.literal(row["title"]))
    )
    return str(row["design_id"])


def take_plan(
    context: session.Context, record: records.AuditedRecord, of: works_table.Works, named: str | None
) -> None:
    """Offer to record fixes of a kept plan as planned, all or some, by who is `named` or gives a name here."""
    words, text = context.words, context.words.text
    if not roles.may(context.store.role, fix_steps.ACTION):
        st.write(text("An engineer records which fixes are planned."))
        return
    kept = plans.listed(context.store)
    if kept.empty:
        st.write(text("No plan has been kept yet."))
        return
    who = reviewer.name(context) if named is None else named
    with st.container():
        certificates = {row["plan_id"]: json.loads(row["content"]) for _, row in kept.iterrows()}
        names = {row["plan_id"]: f"{row['plan_id']} · {row['title']}" for _, row in kept.iterrows()}
        plan_id = choices.one(text("Budget plan"), names, **address.one("works_plan", names))
        found = kept_plan.sentences(record, of, certificates[plan_id], words)
        st.html(tables.bullets(found))
        query = navigation.query(context, plan=plan_id)
        navigation.link(context, "plan.py", label=text("This plan with its proof"), query_params=query)
        chosen = certificates[plan_id]["chosen"]
        # an element may have left the register since the plan was kept
        known = [one for one in chosen if one in record.elements.index]
        new = list(dict.fromkeys(map(str, record.counted_as(known))))
        new = [one for one in new if fix_states.PLANNED in fix_states.MAY_FOLLOW[of.state(one)]]
        if not new:
            st.write(text("Every fix of this plan is recorded as planned, or is further on."))
            return
        day = days.required(context, text("Day"), "works_plan_day", until=context.today)
        if day is None:
            return
        key = f"works_plan_fixes|{plan_id}|{len(new)}"
        st.session_state.setdefault(key, new)
        of_record = record_names.of(context, record)
        titles = {one: of_record.fix(one) for one in new}
        taken = choices.several(text("Fixes to record as planned"), titles, key=key, placeholder=text("none"))
        label = words.count("Record {n} fix as planned", "Record {n} fixes as planned", len(taken))
        done = words.count("{n} fix recorded as planned.", "{n} fixes recorded as planned.", len(taken))
        if st.button(label, key="works_plan_take", disabled=not (who and taken)):
            reviewer.attempt(context, lambda: _take(context, taken, plan_id, day, who), done)


def _take(context: session.Context, fix_ids: list[str], plan_id: str, day: dt.date, who: str) -> None:
    for fix_id in fix_ids:
        fix_states.record(context.store, fix_id, fix_states.PLANNED, day, who, plan_id=plan_id)


def changed_sites(context: session.Context, record: records.AuditedRecord) -> None:
    """Show every site where something was accepted: its score before and after."""
    text = context.words.text
    changed = progress.changes(context, record)
    if changed.empty:
        st.write(text("Nothing has been accepted yet."))
        return
    rows = [
        (
            f"{code} {markers.site_name(record.sites.loc[code], context.words)}",
            *progress.scores(context, row),
            progress.change_cell(context, row["change"]),
        )
        for code, row in changed.iterrows()
    ]
    headings = (text("Site"), text("Before"), text("Now"), text("Change"))
    st.html(tables.table(text("Sites where something was built and accepted"), headings, rows))


def resurveys(context: session.Context, record: records.AuditedRecord, of: works_table.Works) -> None:
    """Show the sites that are due to be surveyed again, the longest overdue first."""
    words, text = context.words, context.words.text
    due = fix_states.resurveys(begun.last_surveyed(record), context.today, of.standing)
    late = due.loc[due["overdue"].astype(bool)]
    coming = due.loc[~due["overdue"].astype(bool) & due["due_on"].notna()]
    st.write(words.count("{n} site is overdue for a new survey.", "{n} sites are overdue for a new survey.", len(late)))
    visited = pd.to_datetime(record.audit.sites["last_surveyed_on"], utc=True)
    newest = {str(code): None if pd.isna(one) else wording.local_day(one) for code, one in visited.items()}
    rows = []
    for code, row in pd.concat([late, coming.head(10)]).iterrows():
        in_part = visits.in_part(newest[str(code)], row["surveyed_on"], words)
        rows.append(
            (
                f"{code} {markers.site_name(record.sites.loc[code], words)}",
                tables.lines(progress.day(context, row["surveyed_on"]), tables.small(in_part) if in_part else ""),
                ("! " if row["overdue"] else "") + progress.day(context, row["due_on"]),
            )
        )
    if rows:
        headings = (text("Site"), text("Last survey"), text("Due"))
        table = tables.table(text("Sites by the day they are due; ! means overdue"), headings, rows)
        st.html(tables.tall(table))
    mostly_open(context, record)


def mostly_open(context: session.Context, record: records.AuditedRecord) -> None:
    """Show the sites that were surveyed with most questions open, as To do counts them."""
    words, text = context.words, context.words.text
    found = visits.visits(record, progress.steps(context, record), context.today)
    still = found.loc[found["reason"] == visits.BEGUN]
    rows = [
        (f"{code} {markers.site_name(record.sites.loc[code], words)}", visits.reason_text(row, words))
        for code, row in still.iterrows()
    ]
    if rows:
        headings = (text("Site"), text("What was answered"))
        st.html(tables.tall(tables.table(text("Surveyed with most questions of the score open"), headings, rows)))


if __name__ == "__main__":
    show(session.current())
