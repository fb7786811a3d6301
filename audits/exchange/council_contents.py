"""Gather once what the council's brief and the public pages tell of a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from audits import council, council_money, council_words, terms, trend, wording
from audits import record as records
from audits.exchange import about_lines
from audits.planning import prices
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
    visits
        How each ramp site stood after each visit, see :func:`audits.trend.states`.
    money
        What each million baht buys; None where it was not worked out.
    accepted
        Number of fixes built and accepted after a survey.
    """

    record: records.AuditedRecord
    made_on: dt.date
    ramps: council.Where
    spaces: council.Where
    visits: pd.DataFrame
    money: council_money.Money | None
    accepted: int = 0

    @property
    def again(self) -> pd.DataFrame:
        """Return the ramp sites visited again, before and after."""
        return trend.changes(self.visits)

    @property
    def until(self) -> dt.date:
        """Return the last day that is told of."""
        return self.record.as_of or self.made_on

    @property
    def history(self) -> pd.DataFrame | None:
        """Return what was known month by month; None where nothing is."""
        if self.visits.empty:
            return None
        first = self.visits["day"].min().date()
        return trend.history(self.visits, len(self.ramps.codes), trend.month_ends(first, max(self.until, first)))


@dataclass(frozen=True)
class Told:
    """One answer in words: what was asked, one number, one sentence, and how sure it is."""

    question: str
    big: str
    said: str
    remarks: tuple[str, ...]


def gathered(
    record: records.AuditedRecord, made_on: dt.date, money: council_money.Money | None, accepted: int = 0
) -> Answers:
    """Gather the answers for a record.

    Parameters
    ----------
    record, made_on
        The record and the day.
    money
        From :func:`audits.council_money.worked_out`, or None.
    accepted
        From :func:`audits.council.accepted`.
    """
    ramps, spaces = (council.where(record, kind) for kind in (council.RAMPS, council.SPACES))
    return Answers(record, made_on, ramps, spaces, trend.states(record, ramps.codes), money, accepted)


def told(answers: Answers, words: wording.Wording) -> tuple[Told, Told, Told]:
    """Return the three answers in the reader's words, in the order of :data:`audits.council_words.QUESTIONS`."""
    where = told_where(answers.ramps, answers.record.criteria, words)
    return where, told_improved(answers.again, words, answers.accepted), told_money(answers.money, words)


def told_where(found: council.Where, book: model.Criteria, words: wording.Wording) -> Told:
    """Return where it is worst, why, and whether that is certain."""
    zone = None if found.worst is None else found.zones[found.worst.zone]
    big = "" if zone is None else _of(zone.failed, zone.sites, words)
    remarks = (council_words.why(found, book, words), council_words.how_sure(found, words))
    return _told(council_words.WHERE, big, council_words.where(found, words), remarks, words)


def told_improved(again: pd.DataFrame, words: wording.Wording, accepted: int = 0) -> Told:
    """Return what has improved."""
    better = int((again["change"] == trend.BETTER).sum())
    big = _of(better, len(again), words) if len(again) else ""
    remarks = (council_words.accepted(accepted, words),)
    return _told(council_words.IMPROVED, big, council_words.improved(again, words), remarks, words)


def told_money(money: council_money.Money | None, words: wording.Wording) -> Told:
    """Return what the next million baht buys, whether that is proven, and on which prices."""
    first = None if money is None else money.next_million
    if money is None or first is None:
        return _told(council_words.MONEY, "", council_words.money(money, words), (), words)
    big = words.text("+{gained} ways", gained=council_words.ways(first.plan.benefit, words))
    sample = (words.text(prices.SAMPLE),) if money.sample else ()
    remarks = (council_words.how_proven(first.plan, words), *sample)
    return _told(council_words.MONEY, big, council_words.money(money, words), remarks, words)


def _told(look: str, big: str, said: str, remarks: tuple[str, ...], words: wording.Wording) -> Told:
    return Told(words.text(council_words.QUESTIONS[look]), big, said, tuple(filter(None, remarks)))


def _of(part: int, whole: int, words: wording.Wording) -> str:
    return words.text("{part} of {whole}", part=words.number(part, 0), whole=words.number(whole, 0))


def about(answers: Answers, words: wording.Wording) -> Mapping[str, str]:
    """Return what the reader must know, title to text: day, edition, head, coverage, limits, sources of the ground."""
    found = about_lines.lines(answers.record, words, exported_on=answers.made_on, mark=mark(answers, words))
    # neither pages nor brief tell what to measure next, nor where anything is in degrees
    left_out = ("measure_next", "reference_system", "demonstration")
    counted = (
        words.text("only those approved (official)")
        if answers.record.official_only
        else words.text("all that were not returned")
    )
    lines = {words.text(about_lines.TITLES[item]): text for item, text in found.items() if item not in left_out}
    return {words.text("Surveys that count"): counted} | lines


def mark(answers: Answers, words: wording.Wording) -> str:
    """Return that the surveys are invented; empty for a city's record."""
    return words.text(terms.DEMONSTRATION) if answers.record.demonstration else ""


def sources(answers: Answers, words: wording.Wording) -> Iterator[str]:
    """Yield the laws and standards by which was judged, each with where it was published."""
    book = answers.record.criteria
    for source_id in sorted(answers.record.audit.findings["source"].unique()):
        source = book.sources[source_id]
        checked = "" if source.kind != "law" or source.compared_with_gazette else words.text(terms.UNVERIFIED)
        parts = (words.name(source.title), words.name(source.reference), checked)
        yield " · ".join(part for part in parts if part)
