"""Word the agreement of surveyors and the report on quality in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from audits import terms, wording
from audits.quality import agreement, coefficients, report
from audits.rules import model

# From here on kappa is low by prevalence alone: Feinstein & Cicchetti, Journal of Clinical Epidemiology 43 (1990) 543.
MOSTLY = 0.9


@dataclass(frozen=True)
class Line:
    """One line of the report: title, value, and its meaning in plain words (may be empty)."""

    title: str
    value: str
    meaning: str


def answer_sentence(row: Any, words: wording.Wording) -> str:
    """Word how far two surveyors gave the same answer.

    Parameters
    ----------
    row
        One row of the answers or the verdicts of :class:`audits.quality.agreement.Agreement`, as a named tuple.
    words
        The reader's language.
    """
    if row.state == agreement.TOO_FEW:
        return _too_few(row.pairs, words)
    low, high = words.percent(row.agreed_low), words.percent(row.agreed_high)
    same = words.text("{agreed} of {pairs} pairs the same", agreed=row.agreed, pairs=row.pairs)
    same += f" (95 %: {words.text('{low} to {high}', low=low, high=high)})"
    if row.state == agreement.ALL_THE_SAME:
        return f"{same}; {words.text('all answers are one and the same, so chance cannot be ruled out')}"
    phrase = words.text(coefficients.band(row.kappa, coefficients.KAPPA_BANDS))
    sentence = f"{same}; {phrase} ({_coefficient('κ', row.kappa, row.kappa_low, row.kappa_high, words)})"
    if row.kappa < coefficients.SUBSTANTIAL and row.agreed >= MOSTLY * row.pairs:
        sentence += f"; {words.text('nearly all answers are alike, which makes κ low by itself')}"
    return sentence


def figure_sentence(row: Any, quantity: model.Quantity, words: wording.Wording) -> str:
    """Word how near the figures of two surveyors are, in the quantity's unit.

    Parameters
    ----------
    row
        One row of :attr:`audits.quality.agreement.Agreement.figures`, as a named tuple.
    quantity, words
        What was measured; the reader's language.
    """
    if row.state == agreement.TOO_FEW:
        return _too_few(row.pairs, words)
    limit = _amount(row.limit, quantity, words)
    apart = words.text("95 of 100 pairs differ by {limit} or less", limit=limit)
    if row.state == agreement.ALL_THE_SAME:
        return f"{apart}; {words.text('every value is the same, so no correlation can be given')}"
    phrase = words.text(coefficients.band(row.icc, coefficients.INTRACLASS_BANDS))
    coefficient = _coefficient("ICC", row.icc, row.icc_low, row.icc_high, words)
    return "; ".join(filter(None, (apart, f"{phrase} ({coefficient})", _guard_sentence(row, quantity, words))))


def repeat_sentence(row: Any, quantity: model.Quantity, words: wording.Wording) -> str:
    """Word how near several readings of one survey are, in the quantity's unit.

    Parameters
    ----------
    row
        One row of :attr:`audits.quality.agreement.Agreement.repeats`, as a named tuple.
    quantity, words
        What was measured; the reader's language.
    """
    if row.state == agreement.TOO_FEW:
        least = agreement.LEAST_PAIRS
        return words.text("not enough repeated readings: {n} of at least {least}", n=row.surveys, least=least)
    limit = _amount(row.limit, quantity, words)
    apart = words.text("95 of 100 repeated readings differ by {limit} or less", limit=limit)
    return "; ".join(filter(None, (apart, _guard_sentence(row, quantity, words))))


def _too_few(pairs_found: int, words: wording.Wording) -> str:
    return words.text("not enough pairs: {n} of at least {least}", n=pairs_found, least=agreement.LEAST_PAIRS)


def _coefficient(name: str, value: float, low: float, high: float, words: wording.Wording) -> str:
    shown = f"{name} {_below_one(value, words)}"
    if np.isnan(low):
        return f"{shown}; {words.text('no interval: nobody differed')}"
    interval = words.text("{low} to {high}", low=_below_one(low, words), high=_below_one(high, words))
    return f"{shown}; 95 %: {interval}"


def _below_one(value: float, words: wording.Wording) -> str:
    """Format a coefficient to two decimals, without rounding up to a perfect 1."""
    return f"> {words.number(0.99, 2)}" if 0.99 < value < 1 else words.number(value, 2)


def _guard_sentence(row: Any, quantity: model.Quantity, words: wording.Wording) -> str:
    if row.guard == coefficients.HOLDS:
        return ""
    needed = _amount(coefficients.NORMAL_95 * row.within_sd, quantity, words)
    stated = _amount(row.stated, quantity, words)
    if row.guard == coefficients.TOO_SMALL:
        return words.text("the guard band ± {stated} is too small: ± {needed} was seen", stated=stated, needed=needed)
    return words.text("the guard band ± {stated} may be too small: ± {needed} was seen", stated=stated, needed=needed)


def _amount(value: float, quantity: model.Quantity, words: wording.Wording) -> str:
    return terms.amount(value, quantity.unit, words, 2)


def lines(quality: report.Quality, words: wording.Wording) -> tuple[Line, ...]:
    """Word the report on quality, a line each."""
    parts = (
        _extent_lines(quality.extent, words),
        _checking_lines(quality.checking, words),
        _instrument_lines(quality.instruments, words),
        _agreed_lines(quality.agreed, words),
    )
    return tuple(line for part in parts for line in part)


def _extent_lines(extent: report.Extent, words: wording.Wording) -> Iterator[Line]:
    text = words.text
    yield Line(text("Sites surveyed"), _of(extent.sites, words), "")
    yield Line(text("Elements measured"), _of(extent.elements, words), "")
    never = text("a site never surveyed counts as nothing measured") if extent.sites.share < 1 else ""
    yield Line(text("Measured of what applies, on average"), words.percent(extent.coverage), never)
    yield Line(text("Positions of ramp sites confirmed on site"), _of(extent.positions, words), "")
    if extent.sites.count:
        age = words.count("{n} day", "{n} days", round(extent.median_age_days))
        yield Line(text("Age of the latest survey of a site, median"), age, "")


def _checking_lines(checking: report.Checking, words: wording.Wording) -> Iterator[Line]:
    text, number = words.text, words.number
    waits = text("an engineer has not looked at them yet") if checking.submitted else ""
    yield Line(text("Surveys waiting for review"), number(checking.submitted), waits)
    yield Line(text("Surveys approved"), number(checking.approved), "")
    yield Line(text("Surveys returned to the surveyor"), number(checking.returned), "")
    held = text("what stands in them is not in the record yet") if checking.held else ""
    yield Line(text("Refused rows not decided yet"), number(checking.held), held)
    yield Line(text("Surveys corrected by a later one"), number(checking.corrected), "")
    yield Line(text("Surveys withdrawn"), number(checking.withdrawn), "")
    yield Line(text("Sites surveyed by two people within days"), _of(checking.twice, words), "")
    doubtful = text("look at each pair and withdraw what is wrong") if len(checking.duplicates) else ""
    yield Line(text("Pairs of surveys suspected to be one"), number(len(checking.duplicates)), doubtful)


def _instrument_lines(instruments: report.Instruments, words: wording.Wording) -> Iterator[Line]:
    text = words.text
    assumed = text("the usual instrument's uncertainty is assumed") if instruments.unnamed.count else ""
    yield Line(text("Figures without an instrument named"), _of(instruments.unnamed, words), assumed)
    unusual = text("possible, and to be measured again when in doubt") if instruments.unusual.count else ""
    yield Line(text("Figures outside the usual range"), _of(instruments.unusual, words), unusual)
    if instruments.uncalibrated is None:
        return
    late = text("their guard bands cannot be relied on") if instruments.uncalibrated.count else ""
    yield Line(text("Figures by a device not in calibration that day"), _of(instruments.uncalibrated, words), late)
    if instruments.strangers:
        meaning = text("add them to the register of devices, or correct the surveys")
        yield Line(text("Devices named but not in the register"), ", ".join(instruments.strangers), meaning)


def _agreed_lines(agreed: report.Agreed, words: wording.Wording) -> Iterator[Line]:
    text = words.text
    few = text("not enough pairs yet; {least} of one item are needed", least=agreement.LEAST_PAIRS)
    yield Line(text("Pairs of yes-or-no answers that are the same"), _of(agreed.answers, words), "")
    yield Line(text("Pairs of verdicts that are the same"), _of(agreed.verdicts, words), "")
    kappa = text("κ over 0.60, beyond chance (Landis & Koch 1977)") if agreed.substantial.whole else few
    yield Line(text("Questions with substantial agreement or better"), _of(agreed.substantial, words), kappa)
    icc = text("ICC 0.75 or more (Koo & Li 2016)") if agreed.good.whole else few
    yield Line(text("Figures with good agreement or better"), _of(agreed.good, words), icc)
    if agreed.guards_too_small:
        names = ", ".join(map(words.name, agreed.guards_too_small))
        meaning = text("two surveyors differ by more than the instrument's uncertainty explains")
        yield Line(text("Guard band too small"), names, meaning)


def _of(share: report.Share, words: wording.Wording) -> str:
    if not share.whole:
        return words.text("none")
    shown = {"n": words.number(share.count), "all": words.number(share.whole), "share": words.percent(share.share)}
    return words.text("{n} of {all} ({share})", **shown)
