"""Let an engineer sign a kept design off: a new version of it, and a drawing that is a draft no longer."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import days, reviewer
from audits import roles
from audits.ramps import design_check, design_record, quantities, requirements
from audits.ramps.drawing import drawing, drawing_number, sign_off
from audits.store.works import designs

Assumed = tuple[requirements.Construction, quantities.Works]


def signature(
    context: session.Context, code: str, priced: design_record.Priced, assumed: Assumed, check: design_check.Check
) -> drawing.SignedOff | None:
    """Return who signed off the very drawing that stands on the page; None while it is a draft."""
    recorded = design_record.content(priced, *assumed, check, context.criteria.version)
    kept = designs.of_site(context.store, code)
    # a version that was replaced signs nothing any more
    for content in kept.loc[kept["superseded_by"] == "", "content"]:
        found = json.loads(content)
        if sign_off.same_drawing(found, recorded) and sign_off.of(found):
            return sign_off.of(found)
    return None


def state(context: session.Context, recorded: dict[str, Any], superseded_by: str) -> str:
    """Return how a version stands: replaced, signed off, or a draft that stands."""
    text, found = context.words.text, sign_off.of(recorded)
    if superseded_by:
        return text("replaced by {newer}", newer=superseded_by)
    return drawing.mark(found, context.words) if found else text("stands")


def offer(context: session.Context, row: pd.Series, recorded: dict[str, Any]) -> None:
    """Ask for the engineer's name, licence and day, and keep the signed version in place of the draft."""
    text = context.words.text
    if sign_off.of(recorded) or not roles.may(context.role, designs.ACTION):
        return
    design_id = row["design_id"]
    with st.expander(text("Sign off {design_id}", design_id=design_id), expanded=False):
        number = drawing_number.number(recorded, row["element_id"] or row["site_code"], context.today)
        st.write(text("Drawing {number}", number=number))
        st.write(text("The drawing then bears the name, the licence and the day instead of the mark of a draft."))
        key = f"design_sign|{design_id}"
        engineer = st.text_input(text("Engineer who checked it"), key=f"{key}|engineer")
        licence = st.text_input(text("Number of the licence"), key=f"{key}|licence")
        day = days.required(context, text("Checked on"), f"{key}|day", until=context.today)
        if day is None:
            return
        if st.button(text("Sign off {design_id}", design_id=design_id), key=key):
            signed = drawing.SignedOff(engineer, licence, day)
            reviewer.attempt(
                context,
                lambda: _keep(context, row, recorded, signed),
                text("{design_id} is signed off; its drawings bear the mark.", design_id=design_id),
            )


def _keep(context: session.Context, row: pd.Series, recorded: dict[str, Any], signed: drawing.SignedOff) -> None:
    content = sign_off.signed(recorded, signed, context.today)
    # without accounts nobody else is known to answer for it
    actor = context.account.username if context.account else signed.engineer.strip()
    saved = {"element_id": row["element_id"], "supersedes": row["design_id"]}
    designs.save(context.store, row["site_code"], row["title"], content, actor, **saved)
