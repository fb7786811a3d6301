"""Export a design as files, and save it at its site as a version with author and day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.design import design_inputs, design_sign_off
from app_pages.parts.shared import reviewer, tables
from audits import wording
from audits.ramps import (
    cost,
    cost_workbook,
    design_check,
    design_record,
    kerb_ramp_design,
    mending,
    prices,
    quantities,
    ramp_design,
    requirements,
    site_design,
)
from audits.ramps.drawing import drawing, drawing_number
from audits.store import town as towns
from audits.store.works import designs, fix_steps

PDF, DXF, XLSX = "pdf", "dxf", "xlsx"
FORMATS = {
    PDF: (wording.phrase("Drawing, PDF A3"), "application/pdf"),
    DXF: (wording.phrase("Drawing for CAD, DXF"), "image/vnd.dxf"),
    XLSX: (
        wording.phrase("Quantities and costs, Excel"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


def files(
    context: session.Context,
    asked: design_inputs.Asked,
    subject: drawing.Subject,
    book: prices.PriceBook,
    grounds: site_design.Grounds,
) -> None:
    """Make the drawing or the workbook when asked to, and offer it."""
    text = context.words.text
    st.subheader(text("Files"))
    form = st.radio(text("Format"), list(FORMATS), format_func=lambda name: text(FORMATS[name][0]), key="design_format")
    wanted = (form, context.words.language, subject)
    if st.button(text("Make the file"), key="design_make"):
        with st.spinner(text("Making the file …")):
            # a ramp at no site is built at a home, and not by the municipality
            owner = towns.read(context.store).th if asked.site_code else ""
            mended = parts(context, asked, book)
            home = not asked.site_code
            written = content(form, subject, book, context.words, owner=owner, home=home, parts=mended, grounds=grounds)
            st.session_state["design_made"] = wanted, written
    # offered only while the page still shows what the file was made for
    made_for, written = st.session_state.get("design_made", (None, b""))
    if made_for == wanted:
        prefix = "demonstration-" if context.demonstration else ""
        name = f"{prefix}jaidee-{asked.element_id or asked.site_code or 'ramp'}-{subject.design.family}.{form}"
        st.download_button(
            text("Download {name}", name=name), written, name, FORMATS[form][1], key="design_download", type="primary"
        )


def parts(context: session.Context, asked: design_inputs.Asked, book: prices.PriceBook) -> mending.Parts | None:
    """Price the parts that mend the ramp that stands, which the plan counts; None where that takes a new one."""
    if asked.kind != "ramp" or not asked.element_id:
        return None
    return mending.of_ramp(context.record(), asked.element_id, book, fix_steps.designs(context.store).index)


def content(
    form: str,
    subject: drawing.Subject,
    book: prices.PriceBook,
    words: wording.Wording,
    *,
    owner: str,
    home: bool,
    parts: mending.Parts | None = None,
    grounds: site_design.Grounds,
) -> bytes:
    """Return one file of a design; its forms bear the Thai name of the owner, and at a home other people sign.

    The workbook names the `parts` that the plan counts in its place, and what of its `grounds` must be known.
    """
    if form == PDF:
        return drawing.pdf(subject, words)
    if form == DXF:
        return drawing.dxf(subject, words)
    estimate = cost.estimate(quantities.bill(subject.design, subject.made, subject.works), book)
    return cost_workbook.workbook(
        estimate,
        book,
        subject.made,
        subject.works,
        title=subject.title,
        made_on=subject.made_on,
        owner=owner,
        drawing=subject.drawing_number,
        home=home,
        design=subject.design,
        parts=parts,
        grounds=grounds,
    )


def save(
    context: session.Context,
    asked: design_inputs.Asked,
    priced: design_record.Priced,
    assumed: tuple[requirements.Construction, quantities.Works],
    check: design_check.Check,
) -> None:
    """Ask for author and title, and keep the design; it replaces the version that stands for the same element."""
    text = context.words.text
    st.subheader(text("Save at the site"))
    actor = reviewer.name(context)
    title = st.text_input(text("Title"), value=asked.title, key=f"design_title|{asked.site_code}|{asked.element_id}")
    if not st.button(text("Save this design"), key="design_save", type="primary", disabled=not actor):
        return
    kept = designs.of_site(context.store, asked.site_code)
    standing = kept.loc[(kept["element_id"] == asked.element_id) & (kept["superseded_by"] == "")]
    recorded = design_record.content(priced, *assumed, check, context.criteria.version)
    replaced = [row for _, row in standing.iterrows() if json.loads(row["content"])["kind"] == recorded["kind"]]
    # new things share the empty id, so that none of them replaces another
    before = replaced[0]["design_id"] if replaced and asked.element_id else ""
    with context.problems_shown():
        saved = designs.save(
            context.store, asked.site_code, title, recorded, actor, element_id=asked.element_id, supersedes=before
        )
        st.success(text("Saved as {design_id}.", design_id=saved))


def versions(context: session.Context, code: str) -> None:
    """Show every design kept at a site, newest first, each with a way to open it again."""
    words, text = context.words, context.words.text
    kept = designs.of_site(context.store, code)
    st.subheader(text("Designs kept at this site"))
    reviewer.show_done()
    if kept.empty:
        st.write(text("No design has been saved here yet."))
        return
    headings = (
        text("Design"),
        text("Title"),
        text("Family"),
        text("Cost (baht)"),
        text("By"),
        text("When"),
        text("State"),
    )
    rows = []
    for _, row in kept.iterrows():
        recorded = json.loads(row["content"])
        state = design_sign_off.state(context, recorded, row["superseded_by"])
        when = words.instant(pd.Timestamp(row["saved_at"]).to_pydatetime())
        figures = recorded["figures"]
        size = text(
            "rises {rise} mm on {length} × {width} mm",
            **{name: words.number(figures[f"{name}_mm"]) for name in ("rise", "length", "width")},
        )
        costs = tables.lines(
            span(recorded["cost_thb"], words), recorded["sample_prices"] and tables.small(sample(words))
        )
        family = tables.lines(_family(recorded, words), size)
        drawn = drawing_number.number(recorded, row["element_id"] or code, context.today)
        design = tables.lines(row["design_id"], tables.small(text("Drawing {number}", number=drawn)))
        rows.append((design, row["title"], family, costs, row["saved_by"], when, state))
    st.html(tables.table(text("Designs kept at this site"), headings, rows))
    # of a version that was replaced only the row above is left
    for _, row in kept.loc[kept["superseded_by"] == ""].iterrows():
        recorded = json.loads(row["content"])
        _offer_to_open(context, row, recorded)
        design_sign_off.offer(context, row, recorded)


def span(amounts: Iterable[float | Decimal], words: wording.Wording) -> str:
    """Return low, likely and high amounts of money in whole baht, as every other page and file gives them."""
    return " – ".join(words.number(float(amount), 0) for amount in amounts)


def sample(words: wording.Wording) -> str:
    """Return the mark of sample prices."""
    return words.text("sample prices")


def _family(recorded: Mapping[str, Any], words: wording.Wording) -> str:
    names = ramp_design.FAMILY_NAMES | kerb_ramp_design.FAMILY_NAMES
    return words.text(names[recorded["family"]])


def _offer_to_open(context: session.Context, row: pd.Series, recorded: Mapping[str, Any]) -> None:
    new = design_inputs.NEW_RAMP if recorded["kind"] == "ramp" else design_inputs.NEW_KERB_RAMP
    space = design_inputs.address_of(recorded["space"], recorded["kind"])
    st.button(
        context.words.text("Open {design_id}", design_id=row["design_id"]),
        key=f"design_open|{row['design_id']}",
        on_click=design_inputs.open_again,
        args=(
            row["site_code"],
            row["element_id"] or new,
            space | {"alternative": f"{recorded['family']}-{recorded['legs']}"},
        ),
    )
