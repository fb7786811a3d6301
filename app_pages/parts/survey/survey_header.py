"""Ask once for what holds for a whole survey: who measures, in which units, with which instruments."""

from __future__ import annotations

import streamlit as st

from app_pages import session
from app_pages.parts.shared import choices, tables
from app_pages.parts.survey import draft as survey_draft
from app_pages.session import cache, plain_text
from audits import record as records
from audits import survey, terms, wording
from audits.field import answer_sheet, doubts
from audits.store.surveys import read


def who_and_how(context: session.Context, draft: answer_sheet.AnswerSheet, *, notation: bool = False) -> None:
    """Ask once for the surveyor, the units and the instruments; for the `notation` of slopes where no question does."""
    text = context.words.text
    known = context.account.display_name if context.account else ""
    # before the field is made, which shows what the draft holds
    if known and not draft.surveyor:
        draft.surveyor = known
    label, kept = text("Your name or staff number"), survey_draft.field(context, draft, "surveyor")
    st.text_input(label, autocomplete="name", **kept)
    if draft.supersedes:
        st.html(f"<p>{tables.small(_measured_by(context, draft))}</p>")
    if gone := draft.no_longer_asked(context.criteria):
        sentence = text("The criteria no longer ask this; it is left out of what is sent: {what}", what=", ".join(gone))
        st.info(plain_text.literal(sentence))
    lengths = {"cm": text("centimetres"), "mm": text("millimetres"), "m": text("metres")}
    lengths = {unit: name for unit, name in lengths.items() if unit in ("cm", "mm", context.criteria.units.length)}
    slopes = {"percent": "%", "degrees": "°", doubts.ONE_IN: text("1:… (write 12 for 1:12)")}
    with st.expander(text("Units and instruments")):
        _unit(context, draft, "length_unit", text("Lengths in"), lengths)
        if notation:
            _unit(context, draft, "slope_unit", text("Slopes in"), slopes)
        for unit, label in (("percent", text("Slopes measured with")), ("mm", text("Lengths measured with"))):
            _instrument(context, draft, unit, label)


def _measured_by(context: session.Context, draft: answer_sheet.AnswerSheet) -> str:
    """Say who measured what a correction corrects."""
    surveys = cache.surveys(context.store)
    (earlier,) = surveys.loc[surveys["survey_id"] == draft.supersedes].to_dict("records")
    return context.words.text(
        "Measured by {who} on {day}; the earlier survey keeps that name.",
        who=earlier["surveyor"],
        day=context.words.day(wording.local_day(earlier["observed_at"])),
    )


def _unit(
    context: session.Context, draft: answer_sheet.AnswerSheet, name: str, label: str, names: dict[str, str]
) -> None:
    key = f"answer|{draft.survey_id}|{name}"
    st.session_state.setdefault(key, getattr(draft, name))

    def take() -> None:
        draft.choose_unit(name, st.session_state[key], context.criteria)
        survey_draft.keep(context, draft)
        survey_draft.refill(draft)

    choices.one_in_view(label, names, key=key, on_change=survey_draft.while_open(draft, take), horizontal=True)


def _instrument(context: session.Context, draft: answer_sheet.AnswerSheet, unit: str, label: str) -> None:
    known = {each.instrument_id: each for each in context.criteria.instruments.values() if each.unit == unit}
    key = f"answer|{draft.survey_id}|instrument|{unit}"
    names = {
        name: f"{context.words.name(each.name)} (± {terms.amount(each.uncertainty, unit, context.words, 1)})"
        for name, each in known.items()
    }
    for code, device in cache.devices(context.store).iterrows():
        if device["instrument_id"] in known:
            names[f"{device['instrument_id']}/{code!s}"] = context.words.text(
                "{instrument} {code} (± {uncertainty}, calibrated until {day})",
                instrument=context.words.name(known[device["instrument_id"]].name),
                code=code,
                uncertainty=context.words.number(device["uncertainty"], 2),
                day=context.words.day(device["valid_until"].date()),
            )
    st.session_state.setdefault(key, draft.instruments.get(unit, next(iter(names))))
    # an instrument that is not listed any more would stop the field
    if st.session_state[key] not in names:
        st.session_state[key] = next(iter(names))

    def keep() -> None:
        draft.instruments[unit] = st.session_state[key]
        survey_draft.keep(context, draft)

    choices.one(label, names, key=key, on_change=survey_draft.while_open(draft, keep))


def elements_of(
    context: session.Context, record: records.AuditedRecord, draft: answer_sheet.AnswerSheet
) -> dict[str, survey.Element]:
    """List the site's elements, those of the register and those the surveyor added."""
    mine = record.elements.loc[record.elements["site_code"] == draft.site_code]
    if set(draft.touched) - set(mine.index):
        # a correction keeps what the earlier visit saw, also of an element that was retired since
        known = read.elements(context.store)
        mine = known.loc[known.index.isin(mine.index) | known.index.isin(draft.touched)]
    result = {str(name): survey.Element(str(name), row["kind"], row["label"] or "") for name, row in mine.iterrows()}
    return result | {each["element_id"]: survey.Element(**each) for each in draft.added}
