"""Show one survey to its reviewer: what needs a look first, each answer with its verdict and the value before."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.review import corrected_survey
from app_pages.parts.shared import photo_figures, reviewer, site_summary, tables
from app_pages.session import plain_text
from audits import record as records
from audits import roles, survey, terms, wording
from audits.plans import levelled_rise
from audits.ramps import price_books
from audits.reports import site_report, survey_report
from audits.rules import asked_quantity
from audits.scoring import questions, readings, run
from audits.store.accounts import accounts
from audits.store.register import rebuilt_elements
from audits.store.surveys import read, reviews
from audits.store.works import fix_steps

APPROVE_KEY, CHOSEN = "approve_chosen", "review_survey"
HEAD = "review_survey_head"
# of those that nobody measured, so many stand among the answers that need a look
MOST_MISSING = 5

Row = Mapping[Hashable, Any]
"""One survey as its table holds it, by column."""


@dataclass(frozen=True)
class Answer:
    """One answer with what a reviewer holds against it.

    Parameters
    ----------
    line
        The answer.
    findings
        What it decides, judged by the answers of its own survey.
    before
        The value of the survey before, empty for none.
    changed
        Whether it differs from that value by more than the uncertainties of both readings.
    measured
        Whether there is a value; what was not measured decides nothing, whatever an earlier value decided.
    asked
        What an engineer asked of it when the survey was returned that this one corrects; empty for nothing.
    corrected
        What that survey answered, in a phrase that names it; empty where nothing is corrected.
    revised
        Whether it differs from that answer.
    moves
        What rests on it beside any requirement, where it is new or changed; empty for nothing.
    """

    line: survey_report.AnswerLine
    findings: tuple[questions.LiveFinding, ...]
    before: str
    changed: bool
    measured: bool = True
    asked: str = ""
    corrected: str = ""
    revised: bool = False
    moves: str = ""

    @property
    def needs_a_look(self) -> bool:
        """Whether it is unusual, confirmed, changed, asked for, not measured, or decides a price or what fails."""
        open_or_wrong = any(one.verdict in ("fail", "borderline") for one in self.findings)
        is_new = self.changed or self.revised or bool(self.asked)
        decides = open_or_wrong or bool(self.moves)
        return not self.measured or self.line.unusual or self.line.confirmed or is_new or decides


def show(context: session.Context, row: Row, survey_id: str, warnings: dict[str, list[str]], who: str) -> None:
    """Show one survey with the decision in sight, then the answers that need a look, then the others."""
    words, text = context.words, context.words.text
    visit = read.survey(context.store, survey_id)
    with st.container(key=HEAD):
        st.subheader(plain_text.literal(heading(row, words)))
    for sentence in warnings.get(survey_id, ()):
        st.warning(plain_text.literal(sentence))
    if row["supersedes"]:
        st.info(text("This corrects an earlier survey; the earlier one is kept and marked as corrected."))
    if row["review"] == reviews.RETURNED:
        st.info(
            text(
                "Returned by {who}: {note}",
                who=plain_text.literal(accounts.display_name(context.store, row["reviewed_by"])),
                note=plain_text.literal(row["review_note"] or "–"),
            )
        )
    if visit.note:
        st.html(f"<p>{tables.cell(text('Remark of the surveyor: {note}', note=visit.note))}</p>")
    site_summary.built_anew(context, context.record(), visit.site_code)
    corrected = corrected_survey.of(context, visit.supersedes)
    found = answers(context, visit, corrected)
    _asked_before(context, corrected, found)
    # above the form: what is refused stands in sight of the button
    outcome = st.container()
    with st.form(key=f"decide_{survey_id}", border=True):
        with st.container(key="review_bar"):
            whole = st.text_input(text("Note on the whole survey"), key=f"note|{survey_id}")
            left, right = st.columns(2)
            left.form_submit_button(
                text("Approve"),
                type="primary",
                disabled=not who,
                width="stretch",
                on_click=approve,
                args=(context, (survey_id,), who),
            )
            give_back = right.form_submit_button(text("Return with these notes"), disabled=not who, width="stretch")
        # Below the bar, which stays in sight and takes its room from the answers.
        st.checkbox(text("New photo of the whole"), key=f"photo|{survey_id}|{reviews.WHOLE}")
        notes = {}
        for heading_of_part, part in parts(found, words):
            with st.expander(heading_of_part) if heading_of_part else st.container():
                for each in part:
                    notes[each.line.key] = _asked(context, survey_id, each)
        if standing := left_open(context, visit):
            heading_of_rest = words.count(
                "{n} answer was left open; the earlier one stands",
                "{n} answers were left open; the earlier ones stand",
                len(standing),
            )
            st.expander(heading_of_rest).html(tables.bullets(standing))
    if give_back:
        with outcome:
            places = (reviews.WHOLE, *notes)
            photos = [place for place in places if st.session_state.get(f"photo|{survey_id}|{place}")]
            _give_back(context, survey_id, whole, notes, photos, who)
    evidence(context, survey_id, corrected)


def parts(found: list[Answer], words: wording.Wording) -> Iterator[tuple[str, list[Answer]]]:
    """Yield the answers in parts, each with the heading under which it is folded; empty for what stays in sight.

    What nobody measured decides nothing: at a large place it would bury the failures.
    """
    looked_at = [each for each in found if each.needs_a_look]
    missing = [each for each in looked_at if not (each.measured or each.asked or each.revised)]
    folded = missing if len(missing) > MOST_MISSING else []
    yield "", [each for each in looked_at if each not in folded]
    if folded:
        yield words.count("{n} answer was not measured", "{n} answers were not measured", len(folded)), folded
    usual = [each for each in found if not each.needs_a_look]
    if usual:
        yield words.count("{n} answer is usual and passes", "{n} answers are usual and pass", len(usual)), usual


def _asked_before(context: session.Context, corrected: corrected_survey.Corrected, found: list[Answer]) -> None:
    """Show what was asked of the returned survey and stands at no answer of its correction."""
    text = context.words.text
    whole = corrected.whole and text("An engineer had asked of the whole survey: {note}", note=corrected.whole)
    if whole:
        st.html(f"<p>{tables.strong(whole)}</p>")
    left_out = corrected.without_answer(each.line.key for each in found)
    if left_out:
        heading = tables.strong(text("An engineer had asked for this, and it is not answered here:"))
        st.html(f"<p>{heading}</p>{tables.bullets(left_out)}")


def answers(context: session.Context, visit: survey.Survey, corrected: corrected_survey.Corrected) -> list[Answer]:
    """Return the answers of a survey, each with its findings, the value before, and what it corrects."""
    found = judged(context.record(), visit)
    earlier = _before(context, visit)["value"]
    # of several readings of one quantity the last one
    values = {(one.element_id, one.quantity): one for one in visit.measurements}
    given = corrected_survey.readings(visit)
    made = []
    for line in survey_report.lines(visit, context.criteria, context.words):
        element_id, _, quantity_id = line.key.partition("|")
        key = element_id, quantity_id
        before, shown = earlier.get(key), ""
        quantity = context.criteria.quantities.get(quantity_id)
        if before is not None and quantity is not None:
            shown = _in_words(context, quantity_id, before)
        value = values[key].value
        measured = value is not None
        # one reading may be off by its uncertainty, and the one before by as much
        changed = value is not None and before is not None and abs(value - before) > 2 * values[key].uncertainty
        decided = tuple(one for one in found.get(key, ()) if measured and one.verdict != "not_applicable")
        revised = bool(corrected.readings) and given[line.key] != corrected.readings.get(line.key)
        asked, before_it = corrected.note_on(line.key), corrected.value_text(line.key, context.words)
        moves = ""
        if value is not None and quantity is not None and quantity.for_design and (before is None or changed):
            moves = _moved(context, element_id, quantity_id, before, value)
        made.append(Answer(line, decided, shown, changed, measured, asked, before_it, revised, moves))
    return made


def _moved(context: session.Context, element_id: str, quantity_id: str, before: float | None, value: float) -> str:
    """Say what rests on an answer that only a design reads, and what its fix costs by the answer before and by it."""
    sentence = context.words.text(terms.RESTS_ON_IT)
    if quantity_id != levelled_rise.RISE:
        return sentence
    again = levelled_rise.to_level_again(context.record(), element_id, context.words)
    sentence = " ".join(filter(None, (again, sentence)))
    if not roles.sees(context.store.role, "cost"):
        return sentence
    record, book, designs = context.record(), price_books.in_force(context.store).book, fix_steps.designs(context.store)
    was, now = (levelled_rise.priced(record, book, designs, element_id, rise) for rise in (before, value))
    price = levelled_rise.price_sentence(was, now, context.words, was_levelled=before is not None)
    return f"{sentence} {price}".strip()


def judged(
    record: records.AuditedRecord, visit: survey.Survey
) -> dict[tuple[str, str], tuple[questions.LiveFinding, ...]]:
    """Judge a survey by its own answers, by element and quantity, each element as if this survey governed it.

    A returned survey does not count in the record, and a later one may govern: their verdicts are not this one's. What
    a rule depends on and this survey did not ask is taken from the record.
    """
    found: dict[tuple[str, str], tuple[questions.LiveFinding, ...]] = {}
    if visit.site_code not in record.sites.index:
        return found
    setting = record.sites["setting"][visit.site_code]
    known = record.governed
    for element_id in dict.fromkeys(one.element_id for one in visit.measurements):
        permitted = run.day_of(record.elements["permitted_on"].get(element_id, pd.NaT))
        rules, _ = run.rules_for(record.criteria, element_id.rsplit(".", 2)[1], permitted, setting)
        mine = readings.of_visit([one for one in visit.measurements if one.element_id == element_id], record.criteria)
        before = readings.by_quantity(known.loc[known["element_id"] == element_id], pd.Index([element_id]))
        for quantity_id, findings in questions.live(rules, {**before, **mine}).items():
            found[element_id, quantity_id] = findings
    return found


def _before(context: session.Context, visit: survey.Survey) -> pd.DataFrame:
    """Return the last reading of each quantity before a survey, at its elements; index ``element_id quantity``.

    Of what was built anew by then, only those since.
    """
    record, measured, at = context.record(), read.measurements(context.store), pd.Timestamp(visit.observed_at)
    mine = measured["element_id"].isin({one.element_id for one in visit.measurements})
    rows = measured.loc[mine & (measured["observed_at"] < at) & measured["value"].notna()].sort_values("observed_at")
    rebuilt = rebuilt_elements.days(context.store, wording.local_day(visit.observed_at))
    rows = rebuilt_elements.since(rows, rebuilt, record.joined)
    return rows.drop_duplicates(["element_id", "quantity"], keep="last").set_index(["element_id", "quantity"])


def left_open(context: session.Context, visit: survey.Survey) -> list[str]:
    """Name the answers of earlier surveys that stand, as this one answered nothing there."""
    words, criteria = context.words, context.criteria
    answered = pd.MultiIndex.from_tuples([(one.element_id, one.quantity) for one in visit.measurements])
    before = _before(context, visit)
    # what this survey shows to be impossible stands no more
    before = before.loc[before.index.isin(pd.MultiIndex.from_frame(context.record().governed[before.index.names]))]
    standing = before.loc[~before.index.isin(answered) & before.index.isin(criteria.quantities, level="quantity")]
    return [
        words.text(
            "{element}, {quantity}: {value} on {day}",
            element=site_report.element_of_site(str(row["element_id"]), words),
            quantity=words.name(criteria.quantities[row["quantity"]].name),
            value=_in_words(context, row["quantity"], row["value"]),
            day=words.day(wording.local_day(row["observed_at"])),
        )
        for row in standing.reset_index().to_dict("records")
    ]


def _in_words(context: session.Context, quantity_id: str, value: float) -> str:
    quantity, factor = asked_quantity.in_unit(context.criteria.quantities[quantity_id], context.criteria.units.length)
    return site_report.quantity_text(value * factor, quantity, context.words)


def _asked(context: session.Context, survey_id: str, each: Answer) -> str:
    """Show an answer beside a field for a note on it and a box to have it photographed again, and return the note."""
    words, text, line = context.words, context.words.text, each.line
    shown, decided = st.columns(2, vertical_alignment="center")
    asked = decided.container(horizontal=True, vertical_alignment="center")
    unusual = tables.strong(text("unusual value")) if line.unusual else ""
    confirmed = tables.strong(text("asked about and confirmed by the surveyor")) if line.confirmed else ""
    flag = tables.Markup(", ").join(filter(None, (unusual, confirmed)))
    before = each.before and text("before: {value}", value=each.before)
    beside = tables.small(" · ".join(filter(None, (line.instrument, before, each.corrected))))
    wanted = each.asked and tables.strong(text("An engineer had asked: {note}", note=each.asked))
    verdicts = [
        tables.Markup(" ").join(
            (tables.verdict(one.verdict, words), tables.small(_limit(one, context.criteria.units.length, words)))
        )
        for one in each.findings
    ]
    name = tables.Markup(" ").join((tables.strong(line.quantity), tables.small(line.element)))
    value = tables.Markup(" ").join((tables.cell(line.answer), flag, beside))
    shown.html(tables.lines(name, wanted, value, each.moves and tables.small(each.moves), *verdicts))
    label = text("Note on {quantity}, {element}", quantity=line.quantity, element=line.element)
    note = asked.text_input(
        label, key=f"note|{survey_id}|{line.key}", label_visibility="collapsed", placeholder=text("Note")
    )
    asked.checkbox(text("New photo"), key=f"photo|{survey_id}|{line.key}", width="content")
    return note


def _limit(one: questions.LiveFinding, length: str, words: wording.Wording) -> str:
    quantity, factor = asked_quantity.in_unit(one.rule.criterion.quantity, length)
    return site_report.limit_text(one.lower * factor, one.upper * factor, one.rule.limit.stated_as, quantity, words)


def approve(context: session.Context, survey_ids: tuple[str, ...], who: str) -> None:
    """Approve surveys, and note for the next drawing what was done."""
    problems = reviews.approve(context.store, survey_ids, who)
    done = len(survey_ids) - len(problems)
    sentences = [context.words.count("{n} survey approved.", "{n} surveys approved.", done)]
    st.session_state[reviewer.DONE] = sentences + [context.words.problem(problem) for problem in problems]
    # possible in a callback only: once a widget is drawn, its value cannot be changed
    st.session_state[APPROVE_KEY] = []
    st.session_state.pop(CHOSEN, None)


def heading(row: Row, words: wording.Wording) -> str:
    """Return site and time of a survey, and who made it."""
    return f"{row['site']} · {words.instant(row['observed_at'])} · {row['made_by']}"


def _give_back(
    context: session.Context, survey_id: str, note: str, notes: dict[str, str], photos: list[str], who: str
) -> None:
    sentence = context.words.text("Returned. The surveyor sees it with your notes.")

    def give_back() -> None:
        reviews.give_back(context.store, survey_id, note, notes, who, photos=photos)

    reviewer.attempt(context, give_back, sentence)


def evidence(context: session.Context, survey_id: str, corrected: corrected_survey.Corrected) -> None:
    """Show the photos of one survey, what is new in a correction first; those with people too, to be decided on."""
    kept = photo_figures.show_erased(context, read.photos(context.store, survey_ids=[survey_id]))
    is_new = kept["sha256"].map(corrected.is_new).astype(bool)
    for _, row in pd.concat([kept.loc[is_new], kept.loc[~is_new]]).iterrows():
        label = corrected.photo_label(row["sha256"], photo_figures.label(context, row), context.words)
        photo_figures.show(context, row["sha256"], label)
