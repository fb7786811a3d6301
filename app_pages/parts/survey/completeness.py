"""Show what of a survey is answered before it is saved, and ask about one that says little or nothing new."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from app_pages import session
from app_pages.parts.shared import tables
from app_pages.parts.survey import draft as survey_draft
from app_pages.parts.survey import one_question, question, returned
from app_pages.session import cache, plain_text
from audits import record as records
from audits import survey, wording
from audits.field import answer_sheet, answers, photo_requests
from audits.reports import site_report, survey_report
from audits.store.surveys import read

Counts = tuple[int, int]
"""How many questions are answered, and how many there are."""


def summary(
    context: session.Context,
    record: records.AuditedRecord,
    draft: answer_sheet.AnswerSheet,
    elements: Mapping[str, survey.Element],
    lead_to: Callable[[session.Context, str, str, str], None],
) -> Counts:
    """Show of each element what is answered, fails and is refused, and how many photos there are.

    Parameters
    ----------
    context, record, draft, elements
        The reader, the record, the survey and the elements of its site.
    lead_to
        Opens the question of an answer that cannot be taken: its site, element and quantity are given.

    Returns
    -------
    tuple
        The counts of the elements surveyed.
    """
    words, text, lines, counts, refused = context.words, context.words.text, [], [(0, 0)], dict[tuple[str, str], str]()
    for name in (each for each in elements if each in draft.touched):
        asked = question.of_element(context, record, draft, elements[name])
        counts.append(question.counts(asked))
        done = _done(context, draft, asked)
        wrong = asked[0].read.problems if asked else {}
        if wrong:
            done = f"{done} · {text('to mend: {n}', n=len(wrong))}"
        failing = (found.rule.criterion.name for one in asked for found in one.failed)
        fails = ", ".join(dict.fromkeys(map(words.name, failing)))
        failed = f"<br>{tables.verdict('fail', words)} {tables.cell(fails)}" if fails else ""
        element = elements[name]
        title = site_report.element_title(element.element_id, element.kind, element.label, words)
        refused |= {(name, id_): f"{words.name(context.criteria.quantities[id_].name)} ({title})" for id_ in wrong}
        lines.append(f"<li><b>{tables.cell(title)}</b>: {tables.cell(done)}{failed}</li>")
    if lines or draft.photos:
        st.subheader(text("Before you save"))
        photos = tables.cell(words.count("{n} photo", "{n} photos", len(draft.photos)))
        left = left_out(draft, elements, words)
        others = f"<li>{tables.cell(left)}</li>" if left else ""
        st.html(f"<ul>{''.join(lines)}{others}<li>{photos}</li></ul>")
        _to_mend(context, draft, refused, lead_to)
    return sum(done for done, _ in counts), sum(every for _, every in counts)


def _done(context: session.Context, draft: answer_sheet.AnswerSheet, asked: Sequence[question.Question]) -> str:
    if draft.is_of_one_answer:
        return context.words.text("Only this is answered, as asked: {what}", what=one_question.name(context, draft))
    return question.progress_text(asked, context.words)


def _to_mend(
    context: session.Context,
    draft: answer_sheet.AnswerSheet,
    refused: Mapping[tuple[str, str], str],
    lead_to: Callable[[session.Context, str, str, str], None],
) -> None:
    """Lead to each answer that cannot be taken, before somebody tries to save."""
    for (element_id, quantity_id), name in refused.items():
        label, key = context.words.text("Mend: {what}", what=name), f"unsaved_{element_id}_{quantity_id}"
        args = (context, draft.site_code, element_id, quantity_id)
        st.button(plain_text.literal(label), key=key, on_click=lead_to, args=args, icon="✏️", width="stretch")


def left_out(draft: answer_sheet.AnswerSheet, elements: Mapping[str, survey.Element], words: wording.Wording) -> str:
    """Name the elements of the site that this visit says nothing about, which no count contains; empty for none."""
    titles = [
        site_report.element_title(name, each.kind, each.label, words)
        for name, each in elements.items()
        if name not in draft.touched and not draft.is_of_one_answer
    ]
    return words.text("Not surveyed in this visit: {elements}", elements=", ".join(titles)) if titles else ""


def doubt(
    context: session.Context, draft: answer_sheet.AnswerSheet, counts: Counts, left: str = "", unseen: str = ""
) -> str:
    """Ask why a survey should be saved as it is, when it is nearly empty or mends nothing asked; empty for no doubt.

    `left` names what no count contains, and `unseen` asks about failures without a photo.
    """
    text = context.words.text
    if draft.supersedes and (nothing := _mends_nothing(context, draft)):
        return nothing
    if answers.is_nearly_empty(*counts) and not draft.is_of_one_answer:
        few = text(
            "Only {done} of {all} questions are answered in this survey. Send it as it is?",
            done=counts[0],
            all=counts[1],
        )
        return plain_text.literal(" · ".join(filter(None, (few, left, unseen))))
    return unseen


def _mends_nothing(context: session.Context, draft: answer_sheet.AnswerSheet) -> str:
    """Say what a correction leaves as it was though it was asked for, answers and photos; empty when nothing."""
    text, asked = context.words.text, ""
    if is_unchanged(context, draft):
        asked = text("Nothing differs yet from the survey that this corrects. Send it as it is?")
    elif noted := _unanswered(context, draft, earlier(context, draft)):
        asked = text(
            "The engineer asked about answers that are as they were: {answers}. Send it as it is?",
            answers=", ".join(noted),
        )
    if unseen := _unseen(context, draft):
        photos = text("The engineer asked for photos that are still missing: {answers}", answers=", ".join(unseen))
        # Thai ends no sentence with a full stop.
        asked = f"{photos} · {asked or text('Send it without them?')}"
    return plain_text.literal(asked) if asked else ""


def is_unchanged(context: session.Context, draft: answer_sheet.AnswerSheet) -> bool:
    """Whether a draft is a correction in which nothing was corrected yet."""
    return bool(draft.supersedes) and _content(earlier(context, draft)) == _content(draft)


def _lacks_reason(context: session.Context, draft: answer_sheet.AnswerSheet) -> bool:
    """Whether a returned survey goes out again as it was, and nothing was written about why."""
    came_back = draft.supersedes in set(returned.surveys(context)["survey_id"])
    return (
        came_back
        and draft.note.strip() == earlier(context, draft).note.strip()
        and bool(_mends_nothing(context, draft))
    )


def earlier(context: session.Context, draft: answer_sheet.AnswerSheet) -> answer_sheet.AnswerSheet:
    """Open the earlier survey as a correction does; read once, as every keystroke asks."""
    key = f"corrects|{draft.supersedes}"
    if key not in st.session_state:
        earlier = read.survey_with_photos(context.store, draft.supersedes)
        st.session_state[key] = answer_sheet.correcting(earlier, context.criteria, draft.survey_id)
    kept: answer_sheet.AnswerSheet = st.session_state[key]
    return kept


def _unanswered(
    context: session.Context, draft: answer_sheet.AnswerSheet, earlier: answer_sheet.AnswerSheet
) -> list[str]:
    """Name the answers that an engineer noted and that are as they were, with no new photo either."""
    new, wanted = photo_requests.added(draft.photos, earlier.photos), _to_photograph(context, draft)
    return [
        name
        for place, name in _notes(context, draft).items()
        if place != photo_requests.WHOLE
        and draft.answer(*place) == earlier.answer(*place)
        # What is asked to be photographed is not asked to be measured again.
        and not (place in wanted or photo_requests.is_photographed(place, new))
    ]


def _unseen(context: session.Context, draft: answer_sheet.AnswerSheet) -> list[str]:
    """Name what an engineer asked to be photographed and is not yet."""
    missing = unseen_places(context, draft)
    return [name for place, name in _notes(context, draft).items() if place in missing]


def unseen_places(context: session.Context, draft: answer_sheet.AnswerSheet) -> set[photo_requests.Place]:
    """List the places that an engineer asked to be photographed and that are not yet; none where nothing is corrected.

    Parameters
    ----------
    context
        The reader's.
    draft
        The survey.
    """
    if not draft.supersedes:
        return set()
    before, wanted = earlier(context, draft), _to_photograph(context, draft)
    return set(photo_requests.missing(wanted, draft.photos, before.photos))


def _corrected(context: session.Context, draft: answer_sheet.AnswerSheet) -> Mapping[Any, Any]:
    surveys = cache.surveys(context.store)
    (row,) = surveys.loc[surveys["survey_id"] == draft.supersedes].to_dict("records")
    return row


def _to_photograph(context: session.Context, draft: answer_sheet.AnswerSheet) -> set[photo_requests.Place]:
    row = _corrected(context, draft)
    return photo_requests.wanted(row["review_note"], row["answer_notes"])


def _notes(context: session.Context, draft: answer_sheet.AnswerSheet) -> dict[photo_requests.Place, str]:
    """Name what an engineer noted on the survey that a draft corrects, by its place."""
    found = survey_report.notes(
        _corrected(context, draft)["answer_notes"], context.criteria, context.words, as_asked=True
    )
    whole = {photo_requests.WHOLE: context.words.text("the whole of it")}
    return whole | {place: name for place, name, _ in found}


def _content(draft: answer_sheet.AnswerSheet) -> str:
    given = {
        (element_id, name): answer
        for element_id in draft.answers
        for name, answer in draft.of_element(element_id).items()
        if any(answer.texts) or answer.reason
    }
    # An earlier release did not ask for the place: that it is where it was corrects nothing.
    elsewhere = draft.place.removeprefix(survey.HERE)
    return json.dumps(
        # without the surveyor: who corrects writes another name and has corrected nothing by that
        [sorted(map(str, given.items())), draft.photos, draft.note, draft.instruments, elsewhere],
        sort_keys=True,
        default=str,
    )


def ask(draft: answer_sheet.AnswerSheet) -> None:
    """Let :func:`asked` ask from now on."""
    st.session_state[_key(draft)] = True


def asked(
    context: session.Context, draft: answer_sheet.AnswerSheet, doubted: str, offer: Callable[[], None]
) -> bool | None:
    """Ask whether a doubtful survey is to be saved as it is, once that was tried; return whether it is.

    None while nothing is asked: one button saves the survey at a time. For one that came back the reason is asked in
    the same place, and joins the remarks.

    Parameters
    ----------
    context
        The reader's.
    draft
        The survey.
    doubted
        From :func:`doubt`.
    offer
        Offers what can be done about it, below the question.
    """
    if not (doubted and st.session_state.get(_key(draft))):
        return None
    text = context.words.text
    st.warning(doubted)
    offer()
    why = ""
    if _lacks_reason(context, draft):
        label = text("An engineer returned it. Why does it stay as it is?")
        why = st.text_input(label, key=f"why|{draft.survey_id}", live=True, autocomplete="off").strip()
    sure = st.button(text("Send it as it is"), key="save_as_it_is", type="primary", width="stretch")
    if sure and _lacks_reason(context, draft):
        if not why:
            st.error(text("Write first why it stays as it is."))
            return False
        draft.note = "\n".join(filter(None, (draft.note.strip(), why)))
        survey_draft.keep(context, draft)
        survey_draft.refill(draft)
    return sure


def _key(draft: answer_sheet.AnswerSheet) -> str:
    return f"doubted|{draft.survey_id}"
