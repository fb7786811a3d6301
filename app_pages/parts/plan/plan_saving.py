"""Keep a plan in the record, list the plans that were kept, and open one again with its proof checked anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.plan import outcome, plan_map
from app_pages.parts.shared import record_names, reviewer, tables
from app_pages.parts.works import progress
from app_pages.session import cache, navigation, plain_text
from audits import errors, roles, terms
from audits import record as records
from audits.access import trips
from audits.plans import certificate_check, kept_plans, plan_contents, plan_geopackage
from audits.reports import about_lines
from audits.store.audit_log import hash_chain
from audits.store.works import fix_steps, plans
from audits.works import kept_plan

PLAN = "plan"


def save(context: session.Context, subject: plan_contents.Subject) -> None:
    """Ask for title and author, and keep the plan; nothing for those who may not."""
    text, worked = context.words.text, subject.worked
    if not roles.may(context.role, plans.ACTION):
        return
    actor = reviewer.name(context)
    title = st.text_input(text("Title of the plan"), key="plan_title")
    if not st.button(text("Keep this plan"), key="plan_save", disabled=not actor):
        return
    if subject.record.official_only and title.strip():
        # The certificate holds trips and costs alone: whoever opens the plan again must know what was counted.
        title = f"{title.strip()} · {about_lines.counted(subject.record.counted, context.words)}"
    try:
        plan_id = kept_plans.save(context.store, title, worked.certificate, worked.model, actor)
    except errors.RefusedError as refused:
        for problem in refused.problems:
            st.error(plain_text.literal(context.words.problem(problem)))
        return
    st.success(text("Kept as {plan_id}.", plan_id=plan_id))
    _take_over(context, plan_id)


def _take_over(context: session.Context, plan_id: str) -> None:
    """Lead to where the fixes of a plan are taken over, for those who may."""
    if roles.may(context.role, fix_steps.ACTION):
        query = navigation.query(context, tab=progress.TAKE_OVER, works_plan=plan_id)
        label = context.words.text("Take its fixes over under Works")
        navigation.link(context, "works.py", label=label, query_params=query)


def listed(context: session.Context) -> None:
    """Show every plan that was kept, newest first, each with a way to open it again."""
    words, text = context.words, context.words.text
    kept = cache.plans(context.store)
    if kept.empty:
        st.write(text("No plan has been kept yet."))
        return
    rows = []
    for _, row in kept.iterrows():
        certificate = json.loads(row["content"])
        rows.append(
            (
                row["plan_id"],
                row["title"],
                tables.lines(
                    words.count("{n} fix", "{n} fixes", len(certificate["chosen"])),
                    text("{cost} baht", cost=outcome.baht(context, certificate["cost_thb"])),
                ),
                _trips(context, certificate, outcome.trips(context, certificate["benefit"])),
                row["saved_by"],
                words.instant(pd.Timestamp(row["saved_at"]).to_pydatetime()),
                tables.small(hash_chain.parse(row["head"]).short),
            )
        )
    headings = (
        *(text("Budget plan"), text("Title"), text("What it builds"), text("Trips opened"), text("By"), text("When")),
        text("Head of the record"),
    )
    st.html(tables.table(text("Plans that were kept"), headings, rows))
    for plan_id, title in zip(kept["plan_id"], kept["title"], strict=True):
        label = text("Open {plan_id}: {title}", plan_id=plan_id, title=title)
        st.button(plain_text.literal(label), key=f"plan_open|{plan_id}", on_click=_go, args=(plan_id,))


def _go(plan_id: str) -> None:
    if plan_id:
        st.query_params[PLAN] = plan_id
    else:
        st.query_params.pop(PLAN, None)


def opened(context: session.Context, record: records.AuditedRecord) -> bool:
    """Show the plan that the address names, checked anew; False where it names none."""
    words, text = context.words, context.words.text
    plan_id = st.query_params.get(PLAN)
    if not plan_id:
        return False
    st.button(text("Back to making a plan"), key="plan_close", on_click=_go, args=("",))
    try:
        kept = plans.one(context.store, plan_id)
    except errors.RefusedError as refused:
        for problem in refused.problems:
            st.error(plain_text.literal(words.problem(problem)))
        return True
    st.subheader(plain_text.literal(f"{kept.plan_id} · {kept.title}"))
    st.write(
        text("Kept by {author}, {when}", author=plain_text.literal(kept.saved_by), when=words.instant(kept.saved_at))
        + f" · {text('Head of the record')}: {hash_chain.parse(kept.head).short}"
    )
    _moved_on(context, kept)
    found = kept_plan.sentences(record, progress.load(context, record), json.loads(kept.certificate), words)
    st.html(tables.bullets(found))
    _take_over(context, kept.plan_id)
    # costs and zones as they were planned stand in the model alone
    if kept.model:
        _built(context, record, kept)
    _checked(context, kept)
    names = (f"{kept.plan_id}-certificate.json", kept.certificate), (f"{kept.plan_id}-model.json", kept.model)
    for name, content in names:
        if content:
            st.download_button(text("Download {name}", name=name), content, name, "application/json", key=f"get_{name}")
    return True


def _moved_on(context: session.Context, kept: plans.Saved) -> None:
    text = context.words.text
    if kept.entries_since:
        warning = context.words.count(
            "The record moved on since: {n} entry. What is open and what stands in the way may be different today.",
            "The record moved on since: {n} entries. What is open and what stands in the way may be different today.",
            kept.entries_since,
        )
        st.warning(warning)
    else:
        st.write(text("The record has not moved on since."))


# by both texts themselves, so that one that was tampered with is checked anew
@st.cache_data(max_entries=16, show_spinner=False)
def _verdict(certificate: str, model: str) -> certificate_check.Verdict:
    return certificate_check.check(certificate, model)


def _checked(context: session.Context, kept: plans.Saved) -> None:
    words, text = context.words, context.words.text
    certificate = json.loads(kept.certificate)
    if not kept.model:
        st.warning(
            text(
                "The planning model that this plan was made from is not in this workspace, so its proof cannot be "
                "checked here."
            )
        )
        verdict = None
    else:
        verdict = _verdict(kept.certificate, kept.model)
        for problem in verdict.problems:
            st.error(plain_text.literal(words.problem(problem)))
    held = text("not checked") if verdict is None else ""
    if verdict is not None:
        held = text("yes, it holds") if verdict.holds else text("no, it does not hold")
    rows = [
        (text("Budget (baht)"), words.number(certificate["budget_thb"], 0)),
        (text("Cost (baht)"), outcome.baht(context, certificate["cost_thb"])),
        (text("Step-free today"), _trips(context, certificate, outcome.trips(context, certificate["base"]))),
        (
            text("Trips opened"),
            _trips(context, certificate, outcome.trips(context, certificate["benefit"])),
        ),
        (text("Checked by the small checker, just now"), held),
        *([] if verdict is None else [(text("How sure"), certificate_check.certainty(verdict, words))]),
        (text("Digest of the certificate"), certificate["sha256"][:16]),
    ]
    st.html(tables.table(text("The plan as it was kept"), (text("What"), text("Value")), rows))


def _trips(context: session.Context, certificate: Mapping[str, Any], figure: str) -> str:
    """Return a printed figure of a kept plan with the whole that it is a part of."""
    # Plans without a tree were kept when all trips, also those too far on foot, made 1,000.
    whole = trips.OF_TRIPS if "tree" in certificate else 1_000
    return context.words.text("{trips} of {whole} trips", trips=figure, whole=context.words.number(whole, 0))


def _built(context: session.Context, record: records.AuditedRecord, kept: plans.Saved) -> None:
    text = context.words.text
    certificate, fixes = json.loads(kept.certificate), {one["fix_id"]: one for one in json.loads(kept.model)["fixes"]}
    codes = {one: terms.site_of(one) for one in certificate["chosen"]}
    names = record_names.of(context, record)
    kinds = [(text("in the plan"), plan_geopackage.IN_PLAN)]
    left, right = st.columns([3, 2])
    of_site = dict.fromkeys(codes.values(), 0)
    with right:
        title = text("Map of the plan")
        plan_map.draw(context, record, title, "plan_kept_map", kinds, of_site, height=outcome.MAP_HEIGHT)
    rows: list[tuple[object, ...]] = [
        (
            _fix_cell(names, one),
            outcome.zone_name(context, fixes[one]["zone"]),
            outcome.baht(context, fixes[one]["cost_thb"][certificate["cost_case"]]),
        )
        for one in codes
    ]
    rows.append((text("Total"), "", outcome.baht(context, certificate["cost_thb"])))
    headings = (text("Fix"), text("Zone"), text("Cost (baht)"))
    with left:
        outcome.tall_table(text("What the plan builds"), headings, rows)


def _fix_cell(names: record_names.Names, fix_id: str) -> object:
    """Return where a fix is and what it mends; its id where the record no longer has it."""
    if fix_id not in names.elements:
        return fix_id
    return tables.lines(names.site(names.codes[fix_id]), tables.small(names.elements[fix_id]))
