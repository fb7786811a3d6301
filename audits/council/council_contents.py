"""Gather once the contents of the council's brief and of the public pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from audits import record as records
from audits import terms, wording
from audits.access import access_text
from audits.council import council_text, figures, money_text, trend, works_line
from audits.council import money as council_money
from audits.plans import plan_about
from audits.ramps import prices
from audits.reports import about_lines
from audits.rules import model


@dataclass(frozen=True)
class Answers:
    """The three answers with all that they rest on.

    Parameters
    ----------
    record
        The record.
    made_on
        Day of the answers.
    ramps, spaces
        Where it is worst, for each kind of site.
    again
        The ramp sites visited again, see :func:`audits.council.trend.changes`.
    visits
        State of each ramp site after each visit, see :func:`audits.council.trend.states`.
    money
        What each million baht buys; None where it was not worked out.
    accepted
        Number of fixes built and accepted after a survey.
    works
        Works promised, built, accepted and paid; None where they were not gathered.
    asked
        Requests of residents by state, see :func:`audits.requests.counts.by_state`; None where nobody looked.
    """

    record: records.AuditedRecord
    made_on: dt.date
    ramps: figures.Where
    spaces: figures.Where
    again: pd.DataFrame
    visits: pd.DataFrame
    money: council_money.Money | None
    accepted: int = 0
    works: works_line.Rungs | None = None
    asked: Mapping[str, int] | None = None

    @property
    def until(self) -> dt.date:
        """Return the last day covered."""
        return self.record.as_of or self.made_on

    @property
    def history(self) -> pd.DataFrame | None:
        """Return the known results month by month; None without any visit."""
        if self.visits.empty:
            return None
        first = self.visits["day"].min().date()
        return trend.history(self.visits, len(self.ramps.codes), trend.month_ends(first, max(self.until, first)))


@dataclass(frozen=True)
class Answer:
    """One answer: the question, one number, one sentence, and remarks on its certainty.

    `basis` are those of the remarks without which the number would be misread: they stand beside it everywhere.
    """

    question: str
    big: str
    sentence: str
    remarks: tuple[str, ...]
    basis: tuple[str, ...] = ()

    @property
    def further(self) -> tuple[str, ...]:
        """The remarks that may be folded away."""
        return tuple(each for each in self.remarks if each not in self.basis)


def gathered(
    record: records.AuditedRecord,
    made_on: dt.date,
    money: council_money.Money | None,
    accepted: int = 0,
    works: works_line.Rungs | None = None,
    asked: Mapping[str, int] | None = None,
) -> Answers:
    """Gather the answers for a record; parameters as in :class:`Answers`."""
    ramps, spaces = (figures.where(record, kind) for kind in (figures.RAMPS, figures.SPACES))
    again, visits = trend.changes(record, ramps.codes), trend.states(record, ramps.codes)
    return Answers(record, made_on, ramps, spaces, again, visits, money, accepted, works, asked)


def answered(answers: Answers, words: wording.Wording) -> tuple[Answer, Answer, Answer]:
    """Return the three answers in the reader's language, ordered as :data:`audits.council.council_text.QUESTIONS`."""
    first = where(answers.ramps, answers.record.criteria, words, answers.money)
    return first, improved(answers.again, words, answers.accepted), money(answers.money, words)


def where(
    found: figures.Where,
    criteria: model.Criteria,
    words: wording.Wording,
    bought: council_money.Money | None = None,
    listing: council_text.Listing = council_text.unlinked,
) -> Answer:
    """Answer where it is worst, why, and whether that is certain."""
    big = "" if found.worst is None else council_text.worst_zones(found.worst, words)
    counted = council_text.by_trips(bought, words), council_text.counted(found, words, listing)
    sure = council_text.how_sure(found, words)
    remarks = (sure, council_text.why(found, criteria, words), *counted)
    # A rank without its certainty and its reason is a bare number; paper has room for all causes with their counts.
    basis = (*filter(None, (sure, council_text.main_cause(found, criteria, words))), *counted)
    return _answer(council_text.WHERE, big, council_text.where(found, words, listing), remarks, words, basis)


def improved(
    again: pd.DataFrame,
    words: wording.Wording,
    accepted: int = 0,
    listing: council_text.Listing = council_text.unlinked,
    kind: str = figures.RAMPS,
) -> Answer:
    """Answer what has improved at the sites of one of :data:`audits.council.figures.KINDS`."""
    big = council_text.net(again, words) if len(again) else ""
    basis = tuple(filter(None, (council_text.became_known(again, words, listing),)))
    means = words.text(council_text.IMPROVED_MEANS) if len(again) else ""
    remarks = (*basis, council_text.accepted(accepted, words), means)
    sentence = council_text.improved(again, words, listing, kind)
    return _answer(council_text.IMPROVED, big, sentence, remarks, words, basis)


def money(
    bought: council_money.Money | None,
    words: wording.Wording,
    listing: council_text.Listing = council_text.unlinked,
) -> Answer:
    """Answer what the next million baht buys, whether that is proven, and on which prices."""
    big, remarks, basis = "", tuple[str, ...](), tuple[str, ...]()
    if bought is not None:
        big = money_text.headline(bought, words)
    if bought is not None and bought.next_million is not None:
        sample = words.text(prices.SAMPLE) if bought.sample else ""
        shown = bought.next_million.plan
        # whoever reads only the card must not take an amount at sample prices for one that is known
        waiting = plan_about.not_yet([bought.record.fixes[one] for one in shown.chosen], words)
        prices_known = " ".join(filter(None, (waiting, money_text.at_high_costs(shown, words), sample)))
        basis = (
            money_text.planned(bought, words, listing),
            money_text.beside(bought, words, listing),
            prices_known,
        )
        codes = " ".join(access_text.other_codes(bought.record.prepared, words))
        remarks = (money_text.on_top(bought, words), money_text.how_proven(bought.next_million, words), *basis, codes)
    return _answer(council_text.MONEY, big, money_text.money(bought, words, listing), remarks, words, basis)


def _answer(
    look: str,
    big: str,
    sentence: str,
    remarks: tuple[str, ...],
    words: wording.Wording,
    basis: tuple[str, ...] = (),
) -> Answer:
    return Answer(words.text(council_text.QUESTIONS[look]), big, sentence, tuple(filter(None, remarks)), basis)


def about(answers: Answers, words: wording.Wording) -> Mapping[str, str]:
    """Return the basis of the answers, title to text: day, edition, head, coverage, limits, sources of the ground."""
    found = about_lines.lines(answers.record, words, exported_on=answers.made_on, mark=mark(answers, words))
    # Neither pages nor brief suggest measurements or give coordinates, and both show the mark elsewhere.
    left_out = ("measure_next", "reference_system", "demonstration")
    days = {"exported_on": answers.made_on, "as_of": answers.record.as_of}
    found = {**found, **{item: words.day(day) for item, day in days.items() if day is not None}}
    counted = words.text(terms.COUNTED[answers.record.counted])
    lines = {words.text(about_lines.TITLES[item]): text for item, text in found.items() if item not in left_out}
    return {words.text(terms.SURVEYS_THAT_COUNT): counted} | lines


def works(answers: Answers, words: wording.Wording) -> str:
    """Return the works promised, built, accepted and paid in one line; empty where they were not gathered."""
    return "" if answers.works is None else works_line.line(answers.works, words)


def mark(answers: Answers, words: wording.Wording) -> str:
    """Return the mark of a demonstration; empty for a city's record."""
    return words.text(terms.DEMONSTRATION) if answers.record.demonstration else ""


def sources(answers: Answers, words: wording.Wording) -> Iterator[str]:
    """Yield the laws and standards applied, each with its place of publication."""
    criteria, unchecked = answers.record.criteria, about_lines.unchecked_sources(answers.record)
    for source_id in sorted(answers.record.audit.findings["source"].unique()):
        source = criteria.sources[source_id]
        checked = words.text(terms.UNVERIFIED) if source_id in unchecked else ""
        parts = (words.name(source.title), words.name(source.reference), checked)
        yield " · ".join(part for part in parts if part)
