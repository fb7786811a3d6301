"""Gather once what the council's brief and the public pages tell of a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from audits import council, council_money, council_text, criteria, terms, trend, wording
from audits.exchange import about_lines, contents
from audits.planning import prices


@dataclass(frozen=True)
class Answers:
    """The three answers with all that they rest on.

    Parameters
    ----------
    subject
        The record, judged.
    about
        When, from which record, and whether a demonstration.
    ramps, spaces
        Where it is worst, for each kind of site.
    visits
        How each ramp site stood after each visit, see :func:`audits.trend.states`.
    money
        What each million baht buys; None where it was not worked out.
    accepted
        Number of fixes built and accepted after a survey.
    approved_only
        Whether only surveys count that an engineer approved; told, not looked up.
    """

    subject: contents.Subject
    about: contents.About
    ramps: council.Where
    spaces: council.Where
    visits: pd.DataFrame
    money: council_money.Money | None
    accepted: int = 0
    approved_only: bool = False

    @property
    def again(self) -> pd.DataFrame:
        """Return the ramp sites visited again, before and after."""
        return trend.changes(self.visits)

    @property
    def until(self) -> dt.date:
        """Return the last day that is told of."""
        return self.about.as_of or self.about.exported_on

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
    subject: contents.Subject,
    about: contents.About,
    money: council_money.Money | None,
    accepted: int = 0,
    *,
    approved_only: bool = False,
) -> Answers:
    """Return the answers for a record.

    Parameters
    ----------
    subject, about
        As for :func:`audits.exchange.contents.contents`.
    money
        From :func:`audits.council_money.solve`, or None.
    accepted
        From :func:`audits.council.accepted`.
    approved_only
        Whether the subject holds only surveys that an engineer approved.
    """
    ramps, spaces = (
        council.where(subject.sites, subject.audited, subject.weights, kind) for kind in (council.RAMPS, council.SPACES)
    )
    visits = trend.states(
        subject.sites.loc[ramps.codes],
        subject.elements,
        subject.measurements,
        subject.book,
        subject.weights,
        subject.audited.edition,
    )
    return Answers(subject, about, ramps, spaces, visits, money, accepted, approved_only)


def told(answers: Answers, words: wording.Wording) -> tuple[Told, Told, Told]:
    """Return the three answers in the reader's words, in the order of :data:`audits.council_text.QUESTIONS`."""
    where = told_where(answers.ramps, answers.subject.book, words)
    return where, told_improved(answers.again, words, answers.accepted), told_money(answers.money, words)


def told_where(found: council.Where, book: criteria.Criteria, words: wording.Wording) -> Told:
    """Return where it is worst, why, and whether that is certain."""
    zone = None if found.worst is None else found.zones[found.worst.zone]
    big = "" if zone is None else _of(zone.failed, zone.sites, words)
    remarks = (council_text.why(found, book, words), council_text.how_sure(found, words))
    return _told(council_text.WHERE, big, council_text.where(found, words), remarks, words)


def told_improved(again: pd.DataFrame, words: wording.Wording, accepted: int = 0) -> Told:
    """Return what has improved."""
    better = int((again["change"] == trend.BETTER).sum())
    big = _of(better, len(again), words) if len(again) else ""
    remarks = (council_text.accepted(accepted, words),)
    return _told(council_text.IMPROVED, big, council_text.improved(again, words), remarks, words)


def told_money(money: council_money.Money | None, words: wording.Wording) -> Told:
    """Return what the next million baht buys, whether that is proven, and on which prices."""
    first = None if money is None else money.next_million
    if money is None or first is None:
        return _told(council_text.MONEY, "", council_text.money(money, words), (), words)
    big = words.text("+{gained} ways", gained=council_text.trips(first.plan.benefit, words))
    sample = (words.text(prices.SAMPLE),) if money.sample else ()
    remarks = (council_text.how_proven(first.plan, words), *sample)
    return _told(council_text.MONEY, big, council_text.money(money, words), remarks, words)


def _told(look: str, big: str, said: str, remarks: tuple[str, ...], words: wording.Wording) -> Told:
    return Told(words.text(council_text.QUESTIONS[look]), big, said, tuple(filter(None, remarks)))


def _of(part: int, whole: int, words: wording.Wording) -> str:
    return words.text("{part} of {whole}", part=words.number(part, 0), whole=words.number(whole, 0))


def about(answers: Answers, words: wording.Wording) -> Mapping[str, str]:
    """Return what the reader must know, title to text: day, edition, head, coverage, limits, sources of the ground."""
    subject, made = answers.subject, answers.about
    found = about_lines.lines(
        subject.audited,
        subject.sites,
        subject.book,
        words,
        exported_on=made.exported_on,
        as_of=made.as_of,
        head=made.head,
        mark=mark(answers, words),
    )
    # neither pages nor brief tell what to measure next, nor where anything is in degrees
    left_out = ("measure_next", "reference_system", "demonstration")
    counted = (
        words.text("only those approved (official)")
        if answers.approved_only
        else words.text("all that were not returned")
    )
    lines = {words.text(about_lines.TITLES[item]): text for item, text in found.items() if item not in left_out}
    return {words.text("Surveys that count"): counted} | lines


def mark(answers: Answers, words: wording.Wording) -> str:
    """Return that the surveys are invented; empty for a city's record."""
    return words.text(terms.DEMONSTRATION) if answers.about.demonstration else ""


def sources(answers: Answers, words: wording.Wording) -> Iterator[str]:
    """Yield the laws and standards by which was judged, each with where it was published."""
    book = answers.subject.book
    for source_id in sorted(answers.subject.audited.findings["source"].unique()):
        source = book.sources[source_id]
        checked = "" if source.kind != "law" or source.compared_with_gazette else words.text(terms.UNVERIFIED)
        parts = (words.name(source.title), words.name(source.reference), checked)
        yield " · ".join(part for part in parts if part)
