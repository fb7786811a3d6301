"""Ask once for what holds for a whole survey: who measures, in which units, with which instruments."""

from __future__ import annotations

import streamlit as st

from app_pages import frame, survey_draft
from audits import survey
from audits.field import answer_sheet, answers
from audits.store.register import devices


def take(place: frame.Here, draft: answer_sheet.AnswerSheet, name: str, key: str) -> None:
    """Read one widget into the draft and write it to the disk."""
    setattr(draft, name, st.session_state[key])
    survey_draft.keep(place, draft)


def who_and_how(place: frame.Here, draft: answer_sheet.AnswerSheet) -> None:
    """Ask once for the surveyor, the units and the instruments."""
    text = place.words.text
    prefix = f"answer|{draft.survey_id}"
    known = place.account.display_name if place.account else ""
    if known and not draft.surveyor:
        draft.surveyor = known
    st.session_state.setdefault(f"{prefix}|surveyor", draft.surveyor)
    st.text_input(
        text("Your name or staff number"),
        key=f"{prefix}|surveyor",
        autocomplete="name",
        on_change=lambda: take(place, draft, "surveyor", f"{prefix}|surveyor"),
    )
    lengths = {"cm": text("centimetres"), "mm": text("millimetres")}
    slopes = {"percent": "%", "degrees": "°", answers.ONE_IN: text("1:… (write 12 for 1:12)")}
    with st.expander(text("Units and instruments")):
        for name, label, names in (
            ("length_unit", text("Lengths in"), lengths),
            ("slope_unit", text("Slopes in"), slopes),
        ):
            st.session_state.setdefault(f"{prefix}|{name}", getattr(draft, name))
            st.radio(
                label,
                list(names),
                format_func=names.get,
                key=f"{prefix}|{name}",
                horizontal=True,
                on_change=take,
                args=(place, draft, name, f"{prefix}|{name}"),
            )
        for unit, label in (("percent", text("Slopes measured with")), ("mm", text("Lengths measured with"))):
            _instrument(place, draft, unit, label)


def _instrument(place: frame.Here, draft: answer_sheet.AnswerSheet, unit: str, label: str) -> None:
    known = {each.instrument_id: each for each in place.book.instruments.values() if each.unit == unit}
    key = f"answer|{draft.survey_id}|instrument|{unit}"
    names = {
        name: f"{place.words.name(each.name)} (± {place.words.number(each.uncertainty, 1)})"
        for name, each in known.items()
    }
    for device in devices.latest(place.store).itertuples():
        if device.instrument_id in known:
            names[f"{device.instrument_id}/{device.Index}"] = place.words.text(
                "{instrument} {code} (± {uncertainty}, calibrated until {day})",
                instrument=place.words.name(known[device.instrument_id].name),
                code=device.Index,
                uncertainty=place.words.number(device.uncertainty, 2),
                day=place.words.day(device.valid_until.date()),
            )
    st.session_state.setdefault(key, draft.instruments.get(unit, next(iter(names))))
    if st.session_state[key] not in names:
        st.session_state[key] = next(iter(names))

    def keep() -> None:
        draft.instruments[unit] = st.session_state[key]
        survey_draft.keep(place, draft)

    st.selectbox(label, list(names), format_func=names.get, key=key, on_change=keep)


def elements_of(state: frame.Audited, draft: answer_sheet.AnswerSheet) -> dict[str, survey.Element]:
    """Return the site's elements, those of the register and those the surveyor added."""
    known = state.elements.loc[state.elements["site_code"] == draft.site_code]
    result = {str(row.Index): survey.Element(str(row.Index), row.kind, row.label or "") for row in known.itertuples()}
    return result | {each["element_id"]: survey.Element(**each) for each in draft.added}
