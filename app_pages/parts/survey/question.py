"""Ask the questions of one element in the survey being made, and know what the answers mean so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app_pages import session
from app_pages.parts.shared import tables
from app_pages.parts.survey import draft as survey_draft
from app_pages.session import plain_text
from audits import errors, survey, terms, wording
from audits import record as records
from audits.field import answer_sheet, answers, doubts
from audits.reports import site_report
from audits.rules import model
from audits.scoring import questions, readings, run

_ASKED = "survey_asked"


@dataclass(frozen=True)
class Question:
    """One quantity of one element.

    Parameters
    ----------
    context, draft, element_id, quantity
        The reader, the survey being made, and what is asked.
    read
        All answers about the element so far.
    findings
        What they mean for the criteria of this quantity.
    urgent
        Whether a danger or a need for help hangs on it.
    grounds
        By the id of each criterion, what a verdict rests on.
    ruled_out
        How many questions of the element the answers so far have made needless.
    is_read
        Whether a rule in force here reads its answer.
    """

    context: session.Context
    draft: answer_sheet.AnswerSheet
    element_id: str
    quantity: model.Quantity
    read: answers.Read
    findings: tuple[questions.LiveFinding, ...]
    urgent: bool
    grounds: Mapping[str, site_report.Grounds]
    ruled_out: int
    is_read: bool

    @property
    def id(self) -> str:
        """The quantity's id."""
        return self.quantity.quantity_id

    @property
    def anchor(self) -> str:
        """Where a link to the question leads on the page."""
        return f"mend-{self.element_id}-{self.id}".replace(".", "-")

    @property
    def answer(self) -> answers.Answer:
        """The answer in the draft."""
        return self.draft.answer(self.element_id, self.id)

    @property
    def measured(self) -> bool:
        """Whether the answers hold a value, not only a reason why there is none."""
        return any(one.quantity == self.id and one.value is not None for one in self.read.measurements)

    @property
    def failed(self) -> list[questions.LiveFinding]:
        """What fails by the answer; nothing while the answer itself is still to mend."""
        return [] if self.id in self.read.problems else [one for one in self.findings if one.verdict == "fail"]

    @property
    def shown_state(self) -> str:
        """What the question shows of itself and its answer, to be compared with what it showed before."""
        found = [
            (one.rule.criterion.criterion_id, one.verdict, one.margin, one.lower, one.upper, one.waits_for)
            for one in self.findings
        ]
        # As text: what is not measured is NaN, which equals nothing.
        return repr((self.answer, self.read.problems.get(self.id), self.id in self.read.unusual, found, self.echoes()))

    def label(self, number: int = 1) -> str:
        """Return the quantity with the unit of its field; `number` counts several readings from 1."""
        words = self.context.words
        label = labelled(self.draft, self.quantity, words)
        return label if number == 1 else words.text("{quantity}, reading {number}", quantity=label, number=number)

    def shown(self, number: int) -> str:
        """Return a reading as its field shows it, units in the reader's words; `number` counts from 1."""
        texts = self.answer.texts
        return in_field(texts[number - 1], self.context.words) if number <= len(texts) else ""

    def while_open(self, take: Callable[[], None]) -> Callable[[], None]:
        """Return the callback of a field of this question, as long as its survey is open."""
        return survey_draft.while_open(self.draft, take)

    def keep(self, answer: answers.Answer) -> None:
        """Take an answer into the draft and write it to the disk."""
        self.draft.set_answer(self.element_id, self.id, answer)
        survey_draft.keep(self.context, self.draft)

    def show_doubt(self, then: Callable[[], None] = lambda: None) -> str:
        """Show what is wrong or unusual about the answer, and return which of the two, empty for neither.

        `then` is called last when a way to read a figure was chosen.
        """
        words = self.context.words
        if self.id in self.read.problems:
            st.error(plain_text.literal(problem_sentence(self.read.problems[self.id], self.quantity, words)))
            for text, ways in self.read.asked.get(self.id, {}).items():
                self._ask(text, ways, then)
            return "problem"
        if sentence := self.unjudged():
            st.html(f"<p>{tables.small(sentence)}</p>")
        if self.id in self.read.unusual:
            st.warning(words.text("Unusual value. Please measure again to be sure."))
            return "unusual"
        return ""

    def unjudged(self) -> str:
        """Say why a figure has no verdict; empty where it has one, or is no figure."""
        if self.is_read or not self.measured or self.quantity.kind == "yes_no":
            return ""
        return self.context.words.text(terms.RESTS_ON_IT if self.quantity.for_design else terms.NOT_JUDGED)

    def _ask(self, text: str, ways: Sequence[doubts.Reading], then: Callable[[], None]) -> None:
        """Offer each way to read a figure; the one that is chosen takes its place."""

        def choose(way: doubts.Reading) -> None:
            texts = (doubts.confirmed(way.text) if each.strip() == text else each for each in self.answer.texts)
            self.keep(answers.Answer(tuple(texts)))
            survey_draft.refill(self.draft)
            then()

        for number, way in enumerate(ways):
            label = doubts.spelled(way, self.quantity, self.context.words, self.draft.length_unit)
            key = f"way|{self.draft.survey_id}|{self.element_id}|{self.id}|{text}|{number}"
            st.button(label, key=key, on_click=choose, args=(way,), width="stretch")

    def echoes(self) -> list[str]:
        """Write each slope in every notation, and each length of another unit in that of the form: a slip is seen."""
        own = [one for one in self.read.measurements if one.quantity == self.id and one.value is not None]
        if self.quantity.kind == "slope":
            return [self._echo(float(one.value or 0.0), one) for one in own]
        texts = [text for text in self.answer.texts if text.strip()]
        # A correction shows the unit of a bare figure that the record has without it.
        texts = texts if len(texts) == len(own) else [one.as_written for one in own]
        unit, words = self.draft.length_unit, self.context.words
        pairs = zip(texts, own, strict=True)
        again = (answers.length_again(text, one.value or 0.0, self.quantity, unit, words) for text, one in pairs)
        return list(filter(None, again))

    def _echo(self, value: float, one: survey.Measurement) -> str:
        words, name = self.context.words, one.instrument.partition("/")[0]
        echo = " = ".join(doubts.notations(value, words).values())
        known = self.context.criteria.instruments.get(name)
        # The usual instrument is named above the questions; another brings an uncertainty of its own.
        if known is None or name == next(iter(self.quantity.instruments)):
            return echo
        return f"{echo} · {words.name(known.name)} ±{words.number(one.uncertainty, 2)} %"


def of_element(
    context: session.Context, record: records.AuditedRecord, draft: answer_sheet.AnswerSheet, element: survey.Element
) -> list[Question]:
    """Return every question that still applies to an element, in asking order.

    Worked out once for an answer, as several parts of the form ask.
    """
    kept = st.session_state.setdefault(_ASKED, {})
    on = (context, record, draft)
    answered = repr((draft.answers.get(element.element_id), draft.units, draft.instruments, element))
    known = kept.get(element.element_id)
    # by identity, which is cheap; what may change within the draft is in the text
    if known is None or known[1] != answered or any(one is not other for one, other in zip(known[0], on, strict=True)):
        known = kept[element.element_id] = (on, answered, _of_element(context, record, draft, element))
    asked: list[Question] = known[2]
    return asked


def _of_element(
    context: session.Context, record: records.AuditedRecord, draft: answer_sheet.AnswerSheet, element: survey.Element
) -> list[Question]:
    permitted = run.day_of(record.elements["permitted_on"].get(element.element_id, pd.NaT))
    setting = record.sites["setting"][draft.site_code]
    rules, applicable = run.rules_for(context.criteria, element.kind, permitted, setting)
    grounds = {
        rule.criterion.criterion_id: site_report.grounds(rule, each, setting, context.words)
        for rule, each in zip(rules, applicable, strict=True)
    }
    read = survey_draft.read_element(context, draft, element.element_id)
    measured = readings.of_visit(read.measurements, context.criteria)
    left = questions.that_apply(context.criteria, element.kind, rules, measured)
    ruled_out = len(questions.ruled_out(context.criteria, element.kind, rules, left))
    live, urgent = questions.live(rules, measured), questions.weighty(rules)
    looked_at = {quantity_id for rule in rules for quantity_id in rule.quantities()}
    return [
        Question(
            context=context,
            draft=draft,
            element_id=element.element_id,
            quantity=one,
            read=read,
            findings=live.get(one.quantity_id, ()),
            urgent=one.quantity_id in urgent,
            grounds=grounds,
            ruled_out=ruled_out,
            is_read=one.quantity_id in looked_at,
        )
        for one in left
    ]


def in_field(text: str, words: wording.Wording) -> str:
    """Return a reading as its field shows it: units in the reader's words, without the mark of what was confirmed."""
    return answers.in_words(doubts.unmarked(text)[0] or text, words)


def answered(asked: Sequence[Question]) -> set[str]:
    """Return the quantities of one element that are answered, of its questions."""
    return {one.quantity for one in asked[0].read.measurements} if asked else set()


def counts(asked: Sequence[Question]) -> tuple[int, int]:
    """Count the answered questions of one element, and all that are asked."""
    given = answered(asked)
    return sum(each.id in given for each in asked), len(asked)


def progress_text(asked: Sequence[Question], words: wording.Wording) -> str:
    """Say how far the questions of one element are answered; a total that falls names what does not apply."""
    done, every = counts(asked)
    parts = [words.text("{done} of {all} questions answered in this survey", done=done, all=every)]
    if asked and asked[0].ruled_out:
        parts.append(words.text("do not apply here: {n}", n=words.number(asked[0].ruled_out, 0)))
    return " · ".join(parts)


def labelled(draft: answer_sheet.AnswerSheet, quantity: model.Quantity, words: wording.Wording) -> str:
    """Return the name of a quantity with the unit in which the draft takes bare figures."""
    unit = {"percent": draft.slope_unit, "mm": draft.length_unit, "count": ""}.get(quantity.unit, quantity.unit)
    sign = "1 : n" if unit == doubts.ONE_IN else words.text(terms.UNIT[unit]) if terms.UNIT.get(unit) else ""
    return f"{words.name(quantity.name)}{f' ({sign})' if sign else ''}"


def problem_sentence(problem: errors.Problem, quantity: model.Quantity, words: wording.Wording) -> str:
    """Word the problem of an answer, with the quantity by its name."""
    # the ways to read a figure are buttons here
    template = doubts.CHOOSE if problem.kind is answers.WHICH_READING else problem.kind.template
    return words.text(template, **dict(problem.values) | {"quantity": words.name(quantity.name)})
