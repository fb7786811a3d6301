"""Type paper sheets in by keyboard alone: the site's code, box after box, the same checks, a receipt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import streamlit as st

from app_pages import session
from app_pages.parts.shared import browser, tables
from app_pages.parts.survey import draft as survey_draft
from app_pages.parts.survey import place_question, question, survey_header
from app_pages.session import plain_text
from audits import errors, survey, terms, wording
from audits import record as records
from audits.field import answer_sheet, answers, held_twins, quick_answers, visit_days
from audits.formats import days
from audits.reports import markers, site_report
from audits.rules import model
from audits.store.surveys import submit

CODE, DAY, LAST_DAY = "quick_code", "quick_day", "quick_last_day"
SITTING, REFUSED, TRIES, SAVING = "quick_sitting", "quick_refused", "quick_tries", "quick_saving"
COLUMNS = 3
SHOWN = 5


def show(context: session.Context) -> None:
    """Draw the page."""
    text = context.words.text
    st.title(text("Quick entry from paper"))
    record = context.record()
    desk(context, record)


# a fragment: a box that is typed into draws only the desk anew
@st.fragment
def desk(context: session.Context, record: records.AuditedRecord) -> None:
    """Take one sheet after the other."""
    text = context.words.text
    code_label, typed_in = text("Site code, or its number alone"), st.session_state.get(SITTING, ())
    done = len(typed_in)
    typed = st.text_input(code_label, key=CODE, autocomplete="off")
    meant = quick_answers.meant_codes(typed, tuple(record.sites.index))
    if typed_in:
        meant = quick_answers.of_one_series(meant, typed_in[-1][1])
    if len(meant) != 1:
        browser.focus(code_label, (done, ""))
        if typed.strip():
            st.error(plain_text.literal(_unclear(context, typed, meant)))
    else:
        (code,) = meant
        st.header(plain_text.literal(f"{code} {markers.site_name(_named(record, code), context.words)}"))
        draft = survey_draft.current(context, code)
        municipal_notation(draft)
        sheet(context, record, draft, done)
    with st.expander(text("How to type")):
        legend(context)
    sitting(context)


def _unclear(context: session.Context, typed: str, meant: Sequence[str]) -> str:
    text = context.words.text
    if not meant:
        return text("No site has the code “{code}”. Type it as it stands on the sheet.", code=typed)
    codes = ", ".join(meant[:SHOWN]) + (" …" if len(meant) > SHOWN else "")
    return text("“{code}” may be {codes}. Which one? Type its whole code.", code=typed, codes=codes)


def sheet(context: session.Context, record: records.AuditedRecord, draft: answer_sheet.AnswerSheet, done: int) -> None:
    """Show one sheet, the cursor where typing goes on."""
    text = context.words.text
    elements = list(survey_header.elements_of(context, record, draft).values())
    day_label = text("Day of the visit (such as 22/11/2569)")
    known = bool(draft.surveyor and st.session_state.get(LAST_DAY) and elements)
    first = model.questions(context.criteria, elements[0].kind)[0] if known else None
    target = numbered(1, question.labelled(draft, first, context.words)) if first else day_label
    browser.focus(target, (done, draft.site_code))
    day_of_visit(context, draft, day_label)
    place_question.answer(context, draft)
    place_question.written_position(context, draft)
    survey_header.who_and_how(context, draft, notation=True)
    for element in elements:
        boxes(context, record, draft, element)
    st.text_input(text("Remarks (no names, no faces)"), **survey_draft.field(context, draft, "note"))
    misplaced = place_question.confirm(context, record, draft)
    with st.container(key=SAVING):
        refused, tries = st.session_state.pop(REFUSED, ((), 0))
        for problem in refused:
            st.error(plain_text.literal(problem))
        st.button(
            text("Save this sheet"),
            type="primary",
            key="quick_save",
            shortcut="Ctrl+Enter",
            on_click=_save,
            args=(context, record, draft, misplaced),
        )
    if refused:
        # the keys save from any box of a long sheet
        browser.reveal(SAVING, tries)


def municipal_notation(draft: answer_sheet.AnswerSheet) -> None:
    """Begin a blank sheet in the notation of slopes that is printed on it, whatever another form used last."""
    begun = f"quick_notation|{draft.survey_id}"
    if begun not in st.session_state and not survey_draft.is_begun(draft):
        draft.slope_unit = answers.PERCENT
        st.session_state.pop(f"answer|{draft.survey_id}|slope_unit", None)
    st.session_state[begun] = True


def _named(record: records.AuditedRecord, code: str) -> object:
    return next(record.sites.loc[[code]].itertuples())


def legend(context: session.Context) -> None:
    """Show what may be typed into a box."""
    text = context.words.text
    unit, millimetres = text(terms.UNIT[context.criteria.units.length]), text(terms.UNIT["mm"])
    rows = [
        (
            text("a figure; lengths without a unit are in {unit}", unit=unit),
            f"85 · 8.3 · 1:12 · 850 {millimetres}",
        ),
        (text("several readings"), "8.1 8.4 7.9"),
        (text("a slope from rise and length"), text("rise {rise} along {length}", rise=15, length=180)),
        (text("an unusual figure that is right"), "8.3!"),
        (text("yes, no"), "ม · ไ · y · n · 1 · 0"),
        *((meaning, code) for code, meaning in quick_answers.reason_codes(context.words).items()),
        (text("save the sheet"), "Ctrl + Enter"),
    ]
    st.html(tables.table(text("What to type"), (text("What"), text("Type")), rows, stacked=False))


def day_of_visit(context: session.Context, draft: answer_sheet.AnswerSheet, label: str) -> None:
    """Ask for the day on the sheet; the next sheet of the sitting begins with the same."""
    text = context.words.text
    if draft.observed_at:
        written = wording.local_day(dt.datetime.fromisoformat(draft.observed_at)).isoformat()
        st.session_state.setdefault(DAY, written)
    st.session_state.setdefault(DAY, st.session_state.get(LAST_DAY, ""))
    typed = st.text_input(label, key=DAY, autocomplete="off")
    # the field itself is forgotten while no sheet is on the desk
    st.session_state[LAST_DAY] = typed
    day = _day(context, typed)
    if isinstance(day, errors.ProblemKind):
        st.error(context.words.problem(day.at(text("Day of the visit"), written=typed)))
        return
    # a sheet bears a day and no hour: at noon no time zone moves it to another day
    noon = dt.datetime.combine(day, dt.time(12), wording.local_zone()).isoformat()
    if typed.strip() and draft.observed_at != noon and not draft.supersedes:
        draft.observed_at = noon
        survey_draft.keep(context, draft)


def _day(context: session.Context, typed: str) -> dt.date | errors.ProblemKind:
    return days.day(typed, context.today, since=visit_days.first_day()) if typed.strip() else context.today


def boxes(
    context: session.Context, record: records.AuditedRecord, draft: answer_sheet.AnswerSheet, element: survey.Element
) -> None:
    """Show the boxes of one element, in the order of the sheet, each with what is wrong or what it means."""
    title = site_report.element_title(element.element_id, element.kind, element.label, context.words)
    st.subheader(plain_text.literal(title))
    asked = question.of_element(context, record, draft, element)
    numbers = quick_answers.question_numbers(context.criteria, element.kind)
    for start in range(0, len(asked), COLUMNS):
        for column, one in zip(st.columns(COLUMNS), asked[start : start + COLUMNS], strict=False):
            with column:
                _box(one, numbered(numbers[one.id], one.label()))


def numbered(number: int, label: str) -> str:
    """Return the label of a box with the number that its question has on paper."""
    return f"{number} · {label}"


def _box(one: question.Question, label: str) -> None:
    words, answer = one.context.words, one.answer
    key = f"answer|{one.draft.survey_id}|quick|{one.element_id}|{one.id}"
    shown = quick_answers.written(answer, one.quantity, words)
    st.session_state.setdefault(key, shown)
    st.text_input(
        label,
        key=key,
        autocomplete="off",
        on_change=one.while_open(lambda: one.keep(quick_answers.parsed(st.session_state[key], one.quantity))),
    )
    if not one.show_doubt() and any(answer.texts):
        verdicts = {found.verdict for found in one.findings} - {"unknown", "not_applicable"}
        shown = " ".join(tables.verdict(verdict, words) for verdict in sorted(verdicts))
        echoes = "".join(f"<br>{tables.cell(echo)}" for echo in one.echoes())
        st.html(f'<p role="status">{shown}{echoes}</p>')


def _save(
    context: session.Context,
    record: records.AuditedRecord,
    draft: answer_sheet.AnswerSheet,
    misplaced: Sequence[str],
) -> None:
    """Send the sheet unless its position forbids it, and clear the desk for the next one."""
    words, text = context.words, context.words.text
    if not survey_draft.is_open(draft):
        # the second of two taps brings the code of the sheet that is saved by then
        st.session_state[CODE] = ""
        return
    elements = survey_header.elements_of(context, record, draft)
    read = survey_draft.understood(context, draft, elements, "quick_entry")
    refused = [_wrong(context, problem) for problem in read.problems]
    typed = st.session_state.get(DAY, "")
    day = _day(context, typed)
    # without these a sheet with no day, or none that can be read, would be dated today
    if isinstance(day, errors.ProblemKind) and not draft.supersedes:
        refused.append(words.problem(day.at(text("Day of the visit"), written=typed)))
    if not typed.strip() and not draft.supersedes:
        refused.append(text("Type the day of the visit as it stands on the sheet."))
    if not draft.surveyor.strip():
        refused.append(text("Please give your name or staff number."))
    refused += misplaced
    if not read.survey.measurements and not draft.place:
        refused.append(text("Nothing has been answered yet. Answer at least one question."))
    if not refused:
        given = submit.submit(context.store, read.survey, context.actor(draft.surveyor))
        refused = [words.problem(problem) for problem in given.problems]
    if refused:
        st.session_state[TRIES] = st.session_state.get(TRIES, 0) + 1
        st.session_state[REFUSED] = refused, st.session_state[TRIES]
        return
    held_twins.settle(context.store, (read.survey,), context.actor(draft.surveyor))
    done = (given.number, draft.site_code, draft.surveyor.strip(), len(read.survey.answered))
    st.session_state[SITTING] = (*st.session_state.get(SITTING, ()), done)
    survey_draft.discard(context, draft)
    st.session_state[CODE] = ""


def _wrong(context: session.Context, problem: errors.Problem) -> str:
    """Return the problem of one box, named and numbered as on the sheet."""
    element_id, _, quantity_id = problem.where.rpartition(", ")
    quantity, words = context.criteria.quantities[quantity_id], context.words
    number = quick_answers.question_numbers(context.criteria, element_id.rsplit(".", 2)[-2])[quantity_id]
    name = f"{site_report.element_of_site(element_id, words)}, {numbered(number, words.name(quantity.name))}"
    return f"{name}: {question.problem_sentence(problem, quantity, words)}"


def sitting(context: session.Context) -> None:
    """Show what was typed in during this sitting."""
    text = context.words.text
    done = st.session_state.get(SITTING, ())
    if not done:
        return
    headings = (text("Receipt"), text("Site"), text("Surveyor"), text("Answers"))
    rows = [(str(number), code, who, str(count)) for number, code, who, count in reversed(done)]
    st.html(tables.table(text("Typed in during this sitting"), headings, rows, stacked=False))


if __name__ == "__main__":
    show(session.current())
