"""Record a survey on a phone: the nearest site, its questions, verdicts while typing, a receipt."""

from __future__ import annotations

import hashlib

import pandas as pd
import streamlit as st

from app_pages import address, browser, frame, site_summary, survey_draft, survey_questions
from audits import errors, markers, site_report, survey, terms
from audits.field import answers
from audits.store import photos, submit
from layers import sites as site_layer

NEAREST = 5
RECEIPT = "survey_receipt"


def show(place: frame.Here) -> None:
    """Draw the page."""
    text = place.words.text
    st.title(text("Survey"))
    receipt(place)
    state = frame.audited(place)
    code = choose(place, state)
    if code is None:
        st.write(text("Choose a site to begin."))
        return
    record(place, state, code)


def choose(place: frame.Here, state: frame.Audited) -> str | None:
    """Return the site to survey: from the address, the list, or the nearest ones."""
    words, text = place.words, place.words.text
    names = {row.Index: f"{row.Index} {markers.site_name(row, words)}" for row in state.sites.itertuples()}
    fix = browser.position(words, key="nearest_fix")
    if fix:
        near = site_layer.nearest(state.sites, fix["longitude"], fix["latitude"], NEAREST)
        distances = {
            code: text("{name}, {metres} m", name=names[code], metres=words.number(metres, 0))
            for code, metres in near["distance_m"].items()
        }
        st.radio(
            text("Nearest sites"),
            list(distances),
            format_func=distances.get,
            index=None,
            key="nearest",
            on_change=_take_nearest,
        )
    return site_summary.choose_site(place, state.sites)


def _take_nearest() -> None:
    address.choose(site_summary.SITE, st.session_state.nearest)


@st.fragment
def record(place: frame.Here, state: frame.Audited, code: str) -> None:
    """Take the survey of one site."""
    text = place.words.text
    draft = survey_draft.current(place, code)
    if draft.supersedes:
        st.info(text("This corrects an earlier survey; the earlier one is kept and marked as corrected."))
    who_and_how(place, draft)
    elements = elements_of(state, draft)
    if not elements:
        st.write(text("No element is recorded here yet. Add what you see."))
    else:
        titles = {name: _title(place, each) for name, each in elements.items()}
        chosen = st.radio(text("Which element?"), list(titles), format_func=titles.get, key=f"element_{code}")
        permitted = state.elements["permitted_on"].get(chosen, pd.NaT)
        st.header(titles[chosen])
        survey_questions.ask(place, draft, elements[chosen], permitted, state.sites.loc[code, "setting"])
        take_photos(place, draft, chosen)
    add_element(place, draft, elements)
    st.session_state.setdefault(f"answer|{draft.survey_id}|note", draft.note)
    st.text_area(
        text("Remarks (no names, no faces)"),
        key=f"answer|{draft.survey_id}|note",
        on_change=lambda: _set(place, draft, "note", f"answer|{draft.survey_id}|note"),
    )
    if st.button(text("Save the survey"), type="primary", key="save", width="stretch"):
        save(place, state, draft, elements)
    earlier(place, state, code)


def _title(place: frame.Here, element: survey.Element) -> str:
    return site_report.element_title(element.element_id, element.kind, element.label, place.words)


def _set(place: frame.Here, draft: survey_draft.Draft, name: str, key: str) -> None:
    setattr(draft, name, st.session_state[key])
    survey_draft.keep(place, draft)


def who_and_how(place: frame.Here, draft: survey_draft.Draft) -> None:
    """Ask once for the surveyor, the units and the instruments."""
    text = place.words.text
    prefix = f"answer|{draft.survey_id}"
    st.session_state.setdefault(f"{prefix}|surveyor", draft.surveyor)
    st.text_input(
        text("Your name or staff number"),
        key=f"{prefix}|surveyor",
        autocomplete="name",
        on_change=lambda: _set(place, draft, "surveyor", f"{prefix}|surveyor"),
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
                on_change=_set,
                args=(place, draft, name, f"{prefix}|{name}"),
            )
        for unit, label in (("percent", text("Slopes measured with")), ("mm", text("Lengths measured with"))):
            _instrument(place, draft, unit, label)


def _instrument(place: frame.Here, draft: survey_draft.Draft, unit: str, label: str) -> None:
    known = {each.instrument_id: each for each in place.book.instruments.values() if each.unit == unit}
    key = f"answer|{draft.survey_id}|instrument|{unit}"
    names = {
        name: f"{place.words.name(each.name)} (± {place.words.number(each.uncertainty, 1)})"
        for name, each in known.items()
    }
    st.session_state.setdefault(key, draft.instruments.get(unit, next(iter(names))))

    def keep() -> None:
        draft.instruments[unit] = st.session_state[key]
        survey_draft.keep(place, draft)

    st.selectbox(label, list(names), format_func=names.get, key=key, on_change=keep)


def elements_of(state: frame.Audited, draft: survey_draft.Draft) -> dict[str, survey.Element]:
    """Return the site's elements, those of the register and those the surveyor added."""
    known = state.elements.loc[state.elements["site_code"] == draft.site_code]
    result = {str(row.Index): survey.Element(str(row.Index), row.kind, row.label or "") for row in known.itertuples()}
    return result | {each["element_id"]: survey.Element(**each) for each in draft.added}


def add_element(place: frame.Here, draft: survey_draft.Draft, elements: dict[str, survey.Element]) -> None:
    """Offer to add what the register does not know."""
    text = place.words.text
    names = {kind: text(terms.ELEMENT_KIND[kind]) for kind in survey.ELEMENT_KINDS}
    with st.expander(text("Add an element that is not listed")):
        kind = st.selectbox(text("What is it?"), list(names), format_func=names.get, key="added_kind")
        label = st.text_input(text("What do you call it? (such as north gate)"), key="added_label")
        if st.button(text("Add"), key="add_element"):
            taken = [int(name.rsplit(".", 1)[1]) for name in elements if name.startswith(f"{draft.site_code}.{kind}.")]
            element_id = f"{draft.site_code}.{kind}.{max(taken, default=0) + 1}"
            draft.added.append({"element_id": element_id, "kind": kind, "label": label.strip()})
            draft.set_answer(element_id, survey.ELEMENT_PRESENT, answers.Answer((answers.YES,)))
            survey_draft.keep(place, draft)
            st.rerun(scope="fragment")


def take_photos(place: frame.Here, draft: survey_draft.Draft, element_id: str) -> None:
    """Take photos of one element; each is kept at once."""
    text = place.words.text
    turn = st.session_state.setdefault("photo_turn", 0)
    sent = st.file_uploader(
        text("Photos (no faces, no number plates)"),
        type=["jpg", "jpeg", "png", "webp", "heic"],
        accept_multiple_files=True,
        key=f"photos_{element_id}_{turn}",
        max_upload_size=25,
    )
    for file in sent or []:
        _keep_photo(place, draft, element_id, file.getvalue())
    mine = [photo for photo in draft.photos if photo["element_id"] == element_id]
    if mine:
        st.write(place.words.count("{n} photo kept", "{n} photos kept", len(mine)))


def _keep_photo(place: frame.Here, draft: survey_draft.Draft, element_id: str, content: bytes) -> None:
    seen = st.session_state.setdefault("photos_seen", {})
    digest = hashlib.sha256(content).hexdigest()
    if digest in seen.get(draft.survey_id, ()):
        return
    try:
        kept = photos.keep(place.store, content, actor=draft.surveyor or "web")
    except errors.RefusedError as refused:
        for problem in refused.problems:
            st.error(place.words.problem(problem))
        return
    seen.setdefault(draft.survey_id, set()).add(digest)
    if kept.sha256 not in {photo["sha256"] for photo in draft.photos}:
        draft.photos.append({"sha256": kept.sha256, "element_id": element_id, "caption": ""})
        survey_draft.keep(place, draft)


def save(
    place: frame.Here, state: frame.Audited, draft: survey_draft.Draft, elements: dict[str, survey.Element]
) -> None:
    """Send the survey; the same tap twice makes one survey."""
    text = place.words.text
    if not draft.surveyor.strip():
        st.error(text("Please give your name or staff number at the top."))
        return
    finished = survey_draft.finished(place, draft, elements)
    if not finished.measurements and not finished.photos:
        st.error(text("Nothing has been answered yet. Answer at least one question."))
        return
    wrong = _problems(place, draft)
    if wrong:
        st.error(
            text(
                "Some answers cannot be taken yet; each says why. Mend them or empty them: {elements}.",
                elements=", ".join(wrong),
            )
        )
        return
    receipt_given = submit.submit(place.store, finished, draft.surveyor.strip())
    if receipt_given.outcome in ("refused", "conflict"):
        for problem in receipt_given.problems:
            st.error(place.words.problem(problem))
        return
    before = state.audit.sites.loc[draft.site_code]
    st.session_state[RECEIPT] = (receipt_given.number, draft.site_code, before["score_low"], before["score_high"])
    survey_draft.discard(place, draft)
    st.rerun()


def _problems(place: frame.Here, draft: survey_draft.Draft) -> list[str]:
    read_all = {
        element_id: answers.read(element_id, draft.of_element(element_id), place.book, draft.units, draft.instruments)
        for element_id in draft.answers
    }
    return [element_id for element_id, understood in read_all.items() if understood.problems]


def receipt(place: frame.Here) -> None:
    """Show the receipt of the survey just saved, and how the score moved."""
    words, text = place.words, place.words.text
    given = st.session_state.get(RECEIPT)
    if not given:
        return
    number, code, low, high = given
    now = frame.audited(place).audit.sites.loc[code]
    st.success(text("Saved. Receipt number {number} for {code}.", number=number, code=code))
    st.write(
        text(
            "Before: {before}. Now: {after}.",
            before=markers.score_text(low, high, words),
            after=markers.score_text(now["score_low"], now["score_high"], words),
        )
    )
    st.page_link(
        "site.py", label=text("See all findings of {code}", code=code), query_params=frame.query(place, site=code)
    )


def earlier(place: frame.Here, state: frame.Audited, code: str) -> None:
    """Offer to correct an earlier survey of this site."""
    words, text = place.words, place.words.text
    surveys = state.surveys
    mine = surveys.loc[
        (surveys["site_code"] == code) & (surveys["status"] == "final") & (surveys["superseded_by"] == "")
    ]
    if mine.empty:
        return
    names = {
        row.survey_id: f"{words.instant(row.observed_at)} {row.surveyor} ({row.receipt_number})"
        for row in mine.itertuples()
    }
    with st.expander(text("Correct an earlier survey")):
        chosen = st.selectbox(text("Which survey?"), list(names), format_func=names.get, key=f"earlier_{code}")
        if st.button(text("Begin a correction"), key="correct"):
            survey_draft.correct(place, chosen)
            st.rerun(scope="fragment")


if __name__ == "__main__":
    show(frame.here())
