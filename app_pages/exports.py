"""Export the audit: choose sites, format, language and day."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, reviewer, site_summary, tables
from app_pages.session import basemap, navigation
from audits import errors, roles, terms, wording
from audits import record as records
from audits.access import site_network
from audits.export import exporting, losses
from audits.field.kit import page as kit_page
from audits.field.kit import store as kit_store
from audits.plans import site_fixes
from audits.quality import report, sentences
from audits.reports import catalogue, contents
from audits.scoring import selection
from audits.store.db import workspace
from audits.store.register import devices, municipal_choices
from audits.store.surveys import read

# what technicians take with them comes first
KIT = "kit"
OWN_FORMATS = ("map", KIT, "book_a4", "book_a3", "qfield", "form", "geopackage", "xlsx", "csv", "geojson")
FORMATS = (*OWN_FORMATS, *exporting.EXCHANGE)
WITH_LAYERS = ("geopackage", "xlsx", "csv")
LAYER_NAMES = {
    "finding": wording.phrase("Findings"),
    "element": wording.phrase("Elements"),
    "measure_next": wording.phrase("Measure next"),
}
KIT_TITLE = wording.phrase("Offline kit, one file for a phone")


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Exports"))
    st.write(
        text("Every file says its date, the edition of the rules, how much is surveyed, and the state of the record.")
    )
    titles = {name: text(_title(name)) for name in FORMATS}
    left, right = st.columns([3, 2])
    with left:
        kind = choices.one_in_view(
            text("Format"), titles, key="format", captions=[_purpose(context, name) for name in FORMATS]
        )
    with right:
        _make_and_download(context, kind)


def _make_and_download(context: session.Context, kind: str) -> None:
    """Ask for what else a file needs, and make it."""
    text = context.words.text
    address = kit_address(context) if kind == KIT else ""
    st.session_state.setdefault("export_language", context.words.language)
    language = choices.one_in_view(text("Language"), navigation.LANGUAGES, horizontal=True, key="export_language")
    with st.expander(text("Rules, day and sites")):
        edition = site_summary.choose_edition(context)
        as_of = site_summary.choose_day(context, "export_as_of")
        record = context.record(edition, as_of, site_summary.choose_counted(context))
        codes = choose(context, record)
    layers = choose_layers(context) if kind in WITH_LAYERS else contents.LAYERS
    if kind == "dcat":
        choose_licence(context)
    st.write(context.words.count("{n} site", "{n} sites", len(codes)))
    asked = (kind, address, language, tuple(codes), tuple(layers), record.key)
    if codes.empty:
        st.info(text("No site matches these filters. Take one away to see more."))
    elif st.button(text("Make the file"), type="primary", key="make"):
        with st.spinner(text("Making the file …")):
            made = (
                (*kit_file(context, record, language, codes, address), {})
                if kind == KIT
                else make(context, record, kind, language, codes, layers)
            )
            st.session_state["made"] = asked, made
    # offered only while the page still asks for what the file was made of
    made_for, made = st.session_state.get("made", (None, None))
    if made_for == asked:
        name, content, lost = made
        media_type = "text/html" if kind == KIT else exporting.FORMATS[kind].media_type
        st.download_button(
            text("Download {name}", name=name), content, name, media_type, key="download", type="primary"
        )
        if lost:
            show_losses(context, lost, name)


def show_losses(context: session.Context, lost: Mapping[str, Any], name: str) -> None:
    """Show what an exchange format could not hold, in numbers and words, with the report as a file."""
    text, number = context.words.text, context.words.number
    st.subheader(text("What the file does not hold"))
    rows = [
        (one["text"], number(one["count"], 0), number(lost["counts"][one["thing"]]["total"], 0))
        for one in lost["losses"]
    ]
    st.html(
        tables.table(text("What the file does not hold"), (text("What"), text("Not in the file"), text("In all")), rows)
    )
    st.download_button(
        text("Download this report"), losses.packed(lost), f"{name}.loss.json", "application/json", key="download_loss"
    )


def choose_licence(context: session.Context) -> None:
    """Show the licence of the open data, and let those who may choose for everybody change it."""
    text, chosen = context.words.text, municipal_choices.chosen(context.store, catalogue.LICENCE)
    if not roles.may(context.store.role, municipal_choices.ACTION):
        st.write(text("Licence of the data: {licence}", licence=chosen or text("not chosen yet")))
        return
    reviewer.show_done()
    who = reviewer.name(context)
    names = {"": text("not chosen yet"), **{name: name for name in catalogue.LICENCES}}
    st.session_state.setdefault("data_licence", chosen if chosen in names else "")
    wanted = choices.one_in_view(text("Licence of the data"), names, horizontal=True, key="data_licence")
    if wanted != chosen and st.button(text("Set the licence"), disabled=not who, key="set_licence"):
        reviewer.attempt(
            context,
            lambda: municipal_choices.choose(context.store, catalogue.LICENCE, wanted, who),
            text("Recorded."),
        )


def _purpose(context: session.Context, kind: str) -> str:
    purpose = "" if kind == KIT else exporting.FORMATS[kind].purpose
    return context.words.text(purpose) if purpose else ""


def _title(kind: str) -> str:
    return KIT_TITLE if kind == KIT else exporting.FORMATS[kind].title


def kit_address(context: session.Context) -> str:
    """Ask where a kit opened from a file sends to; empty is by hand only."""
    text = context.words.text
    written = st.text_input(
        text("Where the kit sends to (empty: bring its file back by hand)"),
        value=os.environ.get(workspace.ADDRESS_KEY, ""),
        key="kit_address",
        placeholder="https://jaidee.example.go.th",
        autocomplete="url",
    )
    try:
        return kit_page.known_address(written.strip())
    except errors.RefusedError as refused:
        context.show_problems(refused.problems)
        st.stop()


def kit_file(
    context: session.Context, record: records.AuditedRecord, language: str, codes: pd.Index[str], address: str
) -> tuple[str, bytes]:
    """Return the offline kit's name and its one page."""
    origin = kit_page.Origin(kit_store.workspace_id(context.store), context.demonstration, address, language)
    chosen = devices.latest(context.store)
    unsized = site_fixes.waiting_in(context.store, record)
    packed = kit_page.pack(record.select(codes), chosen, origin, basemap.of(context), unsized)
    prefix = "demonstration-" if context.demonstration else ""
    return f"{prefix}jaidee-kit-{context.today.isoformat()}-{language}.html", kit_page.render(packed)


def choose(context: session.Context, record: records.AuditedRecord) -> pd.Index[str]:
    """Return the codes of the sites to hand out."""
    text = context.words.text
    kind_names = {kind: text(name) for kind, name in terms.SITE_KIND.items()}
    kinds = choices.several(text("Kind"), kind_names, key="export_kind", placeholder=text("all"))
    verdict_names = {verdict: text(name) for verdict, name in list(terms.VERDICT.items())[:4]}
    verdicts = choices.several(text("Verdict"), verdict_names, key="export_verdict", placeholder=text("all"))
    codes = st.multiselect(text("Sites"), list(record.sites.index), key="export_codes", placeholder=text("all"))
    wanted = selection.Selection(kinds=kinds, verdicts=verdicts, codes=codes)
    return selection.select(record.sites, record.audit.sites, wanted)


def choose_layers(context: session.Context) -> list[str]:
    """Return the layers that go with the sites."""
    text = context.words.text
    names = {layer: text(LAYER_NAMES[layer]) for layer in contents.LAYERS}
    st.session_state.setdefault("export_layers", list(names))
    return choices.several(text("Layers beside the sites"), names, key="export_layers", placeholder=text("none"))


def make(
    context: session.Context,
    record: records.AuditedRecord,
    kind: str,
    language: str,
    codes: pd.Index[str],
    layers: Sequence[str],
) -> tuple[str, bytes, Mapping[str, Any]]:
    """Return the file's name, its bytes, and what an exchange format could not hold."""
    words = wording.Wording(language)
    _, trust = report.of_record(context.store, record, context.today)
    address = os.environ.get(workspace.ADDRESS_KEY, "")
    options = contents.Options(
        context.today,
        sentences.lines(trust, words),
        address,
        basemap.of(context),
        licence=municipal_choices.chosen(context.store, catalogue.LICENCE),
        network=site_network.ways(context.workspace.folder, record.area) if kind == "opensidewalks" else None,
        unsized=site_fixes.waiting_in(context.store, record),
        photos=read.photos(context.store) if kind in exporting.EXCHANGE else None,
    )
    whole = contents.contents(record, words, options=options, codes=codes)
    if kind in exporting.EXCHANGE:
        return exporting.export_with_losses(kind, whole, words)
    return *exporting.export(kind, whole.only(layers), words), {}


if __name__ == "__main__":
    show(session.current())
