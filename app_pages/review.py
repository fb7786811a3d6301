"""Review what came in: approve, return with notes, settle what was held, clear or blur photos with people."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import geopandas as gpd
import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.review import held_rows, one_survey
from app_pages.parts.shared import browser, choices, record_names, reviewer, tables
from app_pages.parts.survey import draft as survey_draft
from app_pages.session import address, plain_text
from audits import record as records
from audits import survey, terms, wording
from audits.field import position_checks
from audits.quality import report
from audits.reports import survey_report
from audits.store.surveys import attaching, read, reviews
from layers import distance

STATES = (reviews.SUBMITTED, reviews.RETURNED, reviews.APPROVED)
LISTED = 300
ASCENTS = ("ramp", "lift")
RECEIPT = "review_receipt"


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Review"))
    st.write(
        text("Nothing is erased here: a returned survey stays in the record and does not count until it is corrected.")
    )
    who = reviewer.name(context)
    with st.container(key=RECEIPT):
        is_decided = reviewer.show_done()
        beside = st.container()
    # after each decision the whole record is judged again, which takes seconds
    with st.spinner(text("Judging the record again …")):
        record = context.record()
    surveys = read.surveys(context.store)
    surveys = surveys.assign(
        made_by=surveys["survey_id"].map(survey_report.who(surveys, context.words)),
        site=surveys["site_code"].replace(record_names.of(context, record).sites),
    )
    standing = read.standing(surveys)
    parts = {"surveys": text("Surveys"), "held": text("Rows held back"), "people": text("Photos with people")}
    default = parts.get(st.query_params.get("review_part", ""))
    queue, held, people = st.tabs(list(parts.values()), key="review_tab", on_change="rerun", default=default)
    with queue:
        shown = review_surveys(context, standing, who)
    if is_decided:
        if shown and queue.open:
            beside.info(text("Now below: {survey}", survey=plain_text.literal(shown)))
        # Else the next survey opens where the last one was left, its "approve" under the pointer, the receipt hidden;
        # and who works by the keyboard would begin again at the top of the page.
        browser.reveal(RECEIPT, read.head(context.store), focused=one_survey.HEAD)
    with held:
        held_rows.settle_held(context, who)
    with people:
        held_rows.clear_photos(context, who)


def review_surveys(context: session.Context, surveys: pd.DataFrame, who: str) -> str:
    """Show the surveys that wait, and take decisions on one or on many; return the name of the one that is open."""
    words, text = context.words, context.words.text
    names = {state: text(terms.REVIEW_STATE[state]) for state in STATES}
    counted = surveys["review"].value_counts()
    numbered = {state: f"{name} ({words.number(counted.get(state, 0))})" for state, name in names.items()}
    kept = address.one("review_state", names)
    shown_state = choices.one_in_view(text("Show"), numbered, horizontal=True, **kept)
    mine = surveys.loc[surveys["review"] == shown_state].sort_values("received_at")
    if mine.empty:
        st.write(text("No survey is in this state."))
        return ""
    warnings = warnings_of(context, surveys)
    for survey_id in made_by(mine, {who, *survey_draft.own_names(context)}):
        warnings.setdefault(survey_id, []).append(text("made by yourself; better that another engineer decides"))
    failing = to_look_at(context.record(), read.measurements(context.store))
    rows = [
        _row(row, look_out_for(row, failing, warnings, words), words) for row in mine.head(LISTED).to_dict("records")
    ]
    labels = {
        row["survey_id"]: f"{row['receipt_number']} · {one_survey.heading(row, words)}"
        for row in mine.to_dict("records")
    }
    if st.session_state.get(one_survey.CHOSEN) not in labels:
        # A link names the site whose survey it is about; the newest of it is opened.
        of_site = mine.loc[mine["site_code"] == st.query_params.get("site"), "survey_id"]
        st.session_state[one_survey.CHOSEN] = str(of_site.iloc[-1]) if len(of_site) else next(iter(labels))
    left, right = st.columns([1, 2])
    with left:
        chosen = choices.one(text("Look at one survey"), labels, key=one_survey.CHOSEN)
        if shown_state == reviews.SUBMITTED:
            approve_many(context, labels, failing.union(warnings), who)
        with st.expander(f"{text('Surveys')}: {numbered[shown_state]}"):
            if len(mine) > LISTED:
                st.write(text("The first {n} are shown.", n=LISTED))
            headings = (text("Receipt"), text("Site"), text("When"), text("Surveyor"))
            st.html(tables.table(text("Surveys"), (*headings, text("Way it came"), text("Look out for")), rows))
    with right:
        row = surveys.loc[surveys["survey_id"] == chosen].to_dict("records")[0]
        one_survey.show(context, row, chosen, warnings, who)
    return one_survey.heading(row, words)


def look_out_for(
    row: one_survey.Row, failing: Collection[str], warnings: Mapping[str, list[str]], words: wording.Wording
) -> list[str]:
    """Return why a survey is to be looked at before it is approved; `failing` are those of :func:`to_look_at`."""
    seen = [words.text("something fails, is borderline or is not measured")] * (row["survey_id"] in failing)
    return [*warnings.get(row["survey_id"], ()), *seen]


def _row(row: one_survey.Row, reasons: list[str], words: wording.Wording) -> tuple[object, ...]:
    return (
        *(row["receipt_number"], row["site"], words.instant(row["observed_at"]), row["made_by"]),
        words.text(terms.SURVEY_SOURCE.get(str(row["source"]), str(row["source"]))),
        tables.lines(*reasons) or "–",
    )


def warnings_of(context: session.Context, surveys: pd.DataFrame) -> dict[str, list[str]]:
    """Return the warnings of each survey: doubles, unusual values, photos that have not come."""
    words, text = context.words, context.words.text
    found: dict[str, list[str]] = {}
    for _, pair in report.suspected_duplicates(records.counting(surveys)).iterrows():
        for one in (pair["survey_id"], pair["other_id"]):
            found.setdefault(one, []).append(text("may be a double: {why}", why=text(pair["why"])))
    measured = read.measurements(context.store)
    ranges = {name: quantity.usual for name, quantity in context.criteria.quantities.items()}
    # a question that the criteria have no more has no usual value either
    measured = measured.loc[measured["quantity"].isin(list(ranges))]
    low, high = (measured["quantity"].map(lambda name, end=end: ranges[name][end]) for end in (0, 1))
    unusual = measured.loc[(measured["value"] < low) | (measured["value"] > high)]
    for survey_id, count in unusual.groupby("survey_id").size().items():
        found.setdefault(str(survey_id), []).append(words.count("{n} unusual value", "{n} unusual values", int(count)))
    asked = measured.loc[measured["as_written"].str.endswith(f" {survey.CONFIRMED}")]
    asked = asked.drop_duplicates(["survey_id", "element_id", "quantity"])
    for survey_id, count in asked.groupby("survey_id").size().items():
        sentence = words.count(
            "{n} answer the surveyor was asked about and confirmed",
            "{n} answers the surveyor was asked about and confirmed",
            int(count),
        )
        found.setdefault(str(survey_id), []).append(sentence)
    for survey_id, metres in made_away(surveys, context.record().sites).items():
        sentence = text("{metres} m from the place in the register", metres=words.number(metres, 0))
        found.setdefault(str(survey_id), []).append(sentence)
    for survey_id in lacking_a_measured_ramp(measured):
        found.setdefault(survey_id, []).append(
            text("says that there is no ramp or lift, but one was measured at this site")
        )
    for survey_id, count in attaching.missing(context.store).groupby("survey_id").size().items():
        sentence = words.count("{n} photo has not come", "{n} photos have not come", int(count))
        found.setdefault(str(survey_id), []).append(sentence)
    return found


def made_by(surveys: pd.DataFrame, names: Collection[str]) -> list[str]:
    """Return the surveys of a surveyor who is known by these names."""
    people = {survey.person(name) for name in names if name.strip()}
    return list(surveys.loc[surveys["surveyor"].map(survey.person).isin(people), "survey_id"])


def made_away(surveys: pd.DataFrame, sites: gpd.GeoDataFrame) -> dict[str, float]:
    """Return the metres of the surveys made further from their site than their positions are uncertain, by id."""
    found = surveys.loc[surveys["latitude"].notna() & surveys["site_code"].isin(sites.index)]
    there = sites.loc[found["site_code"]]
    metres = distance.metres_between(
        found["longitude"].to_numpy(),
        found["latitude"].to_numpy(),
        there.geometry.x.to_numpy(),
        there.geometry.y.to_numpy(),
    )
    known_to = there["position_accuracy_m"].fillna(0).clip(lower=0).to_numpy()
    # a phone that knows its place to the kilometre only must not excuse any distance
    accuracy = found["accuracy_m"].fillna(0).clip(upper=position_checks.WORST_ACCURACY_M).to_numpy()
    away = metres > position_checks.REACH_M + known_to + accuracy
    return dict(zip(found["survey_id"][away], metres[away], strict=True))


def lacking_a_measured_ramp(measured: pd.DataFrame) -> list[str]:
    """Return the surveys that deny a ramp or lift at a site whose own ramp or lift was measured."""
    present = measured["quantity"].eq(survey.ELEMENT_PRESENT) & measured["value"].gt(0)
    there = present & measured["element_kind"].isin(ASCENTS)
    denied = measured["quantity"].eq("ramp_or_lift_present") & measured["value"].eq(0)
    return list(
        measured.loc[denied & measured["site_code"].isin(measured.loc[there, "site_code"]), "survey_id"].unique()
    )


def to_look_at(record: records.AuditedRecord, measured: pd.DataFrame) -> frozenset[str]:
    """Return the surveys of things where something fails or is borderline, and those that left something unmeasured."""
    findings = record.audit.findings
    failing = findings.loc[findings["verdict"].isin(("fail", "borderline")), "element_id"]
    return frozenset(measured.loc[measured["element_id"].isin(failing) | measured["value"].isna(), "survey_id"])


def approve_many(context: session.Context, labels: dict[str, str], looked_at: frozenset[str], who: str) -> None:
    """Offer to approve many at once: to choose those with nothing to look at, and others by name only."""
    words, text = context.words, context.words.text
    quiet = [survey_id for survey_id in labels if survey_id not in looked_at]
    with st.expander(text("Approve many at once")):
        # above the list: below it they would move as it folds, from under the finger that presses one of them
        buttons = st.container(horizontal=True)
        if buttons.button(
            words.count(
                "Choose the {n} that passes in everything, without a warning",
                "Choose the {n} that pass in everything, without a warning",
                len(quiet),
            ),
            key="choose_quiet",
            disabled=not quiet,
        ):
            # before the field is drawn, whose value cannot be changed afterwards
            st.session_state[one_survey.APPROVE_KEY] = quiet
        chosen = choices.several(
            text("Surveys to approve"), labels, key=one_survey.APPROVE_KEY, placeholder=text("none")
        )
        doubtful = len(looked_at.intersection(chosen))
        if doubtful:
            st.warning(
                words.count(
                    "{n} of the chosen has something that fails, is not measured or is warned of; look at it first.",
                    "{n} of the chosen have something that fails, is not measured or is warned of; look at them first.",
                    doubtful,
                )
            )
        wanted = words.count("Approve {n} survey", "Approve {n} surveys", len(chosen))
        buttons.button(
            wanted,
            type="primary",
            key="approve_many",
            disabled=not (chosen and who),
            on_click=one_survey.approve,
            args=(context, tuple(chosen), who),
        )


if __name__ == "__main__":
    show(session.current())
