"""Report how far the record can be trusted: how much is seen, checked, measured with known instruments, and agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from audits import record as records
from audits import wording
from audits.quality import agreement, calibration, coefficients, pairing, resurvey
from audits.rules import model
from audits.scoring import readings
from layers import distance

WITHIN_MINUTES = 30
WITHIN_M = 30.0

SAME_VISIT = wording.phrase("two surveys of one site by one surveyor within minutes")
SAME_PLACE = wording.phrase("two sites surveyed at one place within minutes: was the right site chosen?")


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    count: int
    whole: int

    @property
    def share(self) -> float:
        """Return the share, 0 to 1; NaN of nothing."""
        return self.count / self.whole if self.whole else np.nan


@dataclass(frozen=True)
class Extent:
    """How much has been seen: sites, elements, positions of ramp sites, and the mean coverage of all sites, 0 to 1."""

    sites: Share
    elements: Share
    positions: Share
    coverage: float
    median_age_days: float


@dataclass(frozen=True)
class Checking:
    """What has been looked at again."""

    submitted: int
    approved: int
    returned: int
    held: int
    corrected: int
    withdrawn: int
    twice: Share
    duplicates: pd.DataFrame


@dataclass(frozen=True)
class Instruments:
    """What was measured with: figures without an instrument, outside the usual, by a device not in calibration.

    `uncalibrated` counts among the figures that name a device of the register; `strangers` are the devices named that
    the register does not have under that instrument. Both are None and empty without a register of devices.
    """

    unnamed: Share
    unusual: Share
    uncalibrated: Share | None
    strangers: tuple[str, ...]


@dataclass(frozen=True)
class Agreed:
    """How far two surveyors agreed: pairs the same, and items that reach at least substantial or good agreement."""

    answers: Share
    verdicts: Share
    substantial: Share
    good: Share
    guards_too_small: tuple[model.Name, ...]


@dataclass(frozen=True)
class Quality:
    """How far the record can be trusted, as numbers; see :func:`lines` for the words."""

    as_of: dt.date
    extent: Extent
    checking: Checking
    instruments: Instruments
    agreed: Agreed


@dataclass(frozen=True)
class Line:
    """One line of the report: what, how much, and what it means in plain words (may be empty)."""

    title: str
    value: str
    meaning: str


def report(
    record: records.AuditedRecord,
    surveys: pd.DataFrame,
    held_count: int,
    agreed: agreement.Agreement,
    as_of: dt.date,
    devices: pd.DataFrame | None = None,
) -> Quality:
    """Return how far the record can be trusted.

    Parameters
    ----------
    record
        What counts, judged.
    surveys
        Every survey, also those that count no more; see :func:`audits.store.surveys.read.surveys`.
    held_count
        Refused rows on which nobody has decided.
    agreed
        From :func:`audits.quality.agreement.run`.
    as_of
        Day of the report.
    devices
        The municipality's own devices, as in :func:`audits.quality.calibration.on_the_day`; None when not kept.
    """
    of_register = surveys.loc[surveys["site_code"].isin(record.sites.index)]
    return Quality(
        as_of=as_of,
        extent=_extent(record, as_of),
        checking=_checking(of_register, record.surveys, held_count),
        instruments=_instruments(record.measurements, record.criteria, devices),
        agreed=of_agreement(agreed, record.criteria),
    )


def _extent(record: records.AuditedRecord, as_of: dt.date) -> Extent:
    sites, surveys = record.sites, record.surveys
    measured = record.measurements.loc[record.measurements["value"].notna(), "element_id"]
    ramps = sites.loc[sites["kind"] == "ramp", "position_status"]
    last = readings.days(surveys["observed_at"]).groupby(surveys["site_code"]).max()
    age_days = (pd.Timestamp(as_of) - last).dt.days
    coverage = record.audit.sites["coverage"].fillna(0.0)
    return Extent(
        sites=_share(sites.index.isin(surveys["site_code"])),
        elements=_share(record.elements.index.isin(measured)),
        positions=_share((ramps == "confirmed").to_numpy()),
        coverage=float(coverage.mean()),
        median_age_days=float(age_days.median()),
    )


def _checking(surveys: pd.DataFrame, counting: pd.DataFrame, held_count: int) -> Checking:
    latest = surveys.loc[(surveys["status"] == "final") & (surveys["superseded_by"] == ""), "review"]
    later = surveys["supersedes"] != ""
    surveyed = pd.Index(counting["site_code"].unique())
    return Checking(
        **{state: int((latest == state).sum()) for state in ("submitted", "approved", "returned")},
        held=held_count,
        corrected=int((later & (surveys["status"] == "final")).sum()),
        withdrawn=int((surveys["status"] == "void").sum()),
        twice=_share(surveyed.isin(resurvey.surveyed_twice(counting)["site_code"])),
        duplicates=suspected_duplicates(counting),
    )


def _instruments(measurements: pd.DataFrame, book: model.Criteria, devices: pd.DataFrame | None) -> Instruments:
    figures = measurements.loc[measurements["value"].notna() & ~measurements["quantity"].isin(_yes_no(book))]
    usual = {name: quantity.usual for name, quantity in book.quantities.items()}
    ends = pd.DataFrame.from_dict(usual, orient="index", columns=["lowest", "highest"]).reindex(figures["quantity"])
    values = figures["value"].to_numpy()
    outside = (values < ends["lowest"].to_numpy()) | (values > ends["highest"].to_numpy())
    unnamed, unusual = _share((figures["instrument"] == "").to_numpy()), _share(outside)
    if devices is None:
        return Instruments(unnamed, unusual, None, ())
    state = calibration.on_the_day(figures, devices)
    known = state.loc[state["registered"]]
    strangers = state.loc[~state["registered"], "device"]
    return Instruments(unnamed, unusual, _share(~known["in_date"].to_numpy(bool)), tuple(sorted(set(strangers))))


def _yes_no(book: model.Criteria) -> set[str]:
    return {name for name, quantity in book.quantities.items() if quantity.kind == "yes_no"}


def suspected_duplicates(
    surveys: pd.DataFrame, within_minutes: float = WITHIN_MINUTES, within_m: float = WITHIN_M
) -> pd.DataFrame:
    """Find pairs of surveys that look like one visit sent twice, or like a site chosen wrongly.

    Parameters
    ----------
    surveys
        Those that count, see :class:`audits.record.AuditedRecord`.
    within_minutes
        Most minutes between the two.
    within_m
        Most metres between the two places (WGS 84) where the surveyors stood, for surveys of different sites.

    Returns
    -------
    pandas.DataFrame
        ``survey_id`` (the earlier), ``other_id``, ``why``: :data:`SAME_VISIT` or :data:`SAME_PLACE`.
    """
    ordered = surveys.sort_values(["observed_at", "survey_id"]).reset_index(drop=True)
    ordered = ordered.assign(day=readings.days(ordered["observed_at"]), person=pairing.people(ordered["surveyor"]))
    earlier, later = _close_in_time(ordered["observed_at"], within_minutes)
    one, other = ordered.iloc[earlier].reset_index(drop=True), ordered.iloc[later].reset_index(drop=True)
    same_site = one["site_code"] == other["site_code"]
    again = same_site & (one["person"] == other["person"]) & (one["day"] == other["day"])
    places = (frame[name].to_numpy(np.float64) for frame in (one, other) for name in ("longitude", "latitude"))
    beside = ~same_site & (distance.metres_between(*places) <= within_m)
    why = pd.Series(np.where(again, SAME_VISIT, SAME_PLACE), dtype=object)
    frame = pd.DataFrame({"survey_id": one["survey_id"], "other_id": other["survey_id"], "why": why})
    return frame.loc[again | beside].reset_index(drop=True)


def _close_in_time(instants: pd.Series[pd.Timestamp], minutes: float) -> tuple[list[int], list[int]]:
    """Return the positions of all pairs of ascending instants that lie within some minutes."""
    latest = instants.searchsorted(instants + pd.Timedelta(minutes=minutes), side="right")
    pairs = [(row, other) for row, end in enumerate(latest) for other in range(row + 1, int(end))]
    return [row for row, _ in pairs], [other for _, other in pairs]


def of_agreement(found: agreement.Agreement, book: model.Criteria) -> Agreed:
    """Sum up the agreement of all items; `book` names those whose guard band is too small."""
    kappas = pd.concat([found.answers["kappa"], found.verdicts["kappa"]]).dropna()
    correlations = found.figures["icc"].dropna()
    too_small = found.figures.index[found.figures["guard"] == coefficients.TOO_SMALL]
    return Agreed(
        answers=Share(int(found.answers["agreed"].sum()), int(found.answers["pairs"].sum())),
        verdicts=Share(int(found.verdicts["agreed"].sum()), int(found.verdicts["pairs"].sum())),
        substantial=_share((kappas > coefficients.SUBSTANTIAL).to_numpy()),
        good=_share((correlations > coefficients.GOOD).to_numpy()),
        guards_too_small=tuple(book.quantities[str(name)].name for name in too_small),
    )


def _share(kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Share:
    return Share(int(kept.sum()), len(kept))


def lines(quality: Quality, words: wording.Wording) -> tuple[Line, ...]:
    """Return the report in the reader's words, a line each."""
    parts = (
        _extent_lines(quality.extent, words),
        _checking_lines(quality.checking, words),
        _instrument_lines(quality.instruments, words),
        _agreed_lines(quality.agreed, words),
    )
    return tuple(line for part in parts for line in part)


def _extent_lines(extent: Extent, words: wording.Wording) -> Iterator[Line]:
    text = words.text
    yield Line(text("Sites surveyed"), _of(extent.sites, words), "")
    yield Line(text("Elements measured"), _of(extent.elements, words), "")
    never = text("a site never surveyed counts as nothing measured") if extent.sites.share < 1 else ""
    yield Line(text("Measured of what applies, mean of all sites"), words.percent(extent.coverage), never)
    yield Line(text("Positions of ramp sites confirmed on site"), _of(extent.positions, words), "")
    if extent.sites.count:
        age = words.count("{n} day", "{n} days", round(extent.median_age_days))
        yield Line(text("Age of the latest survey of a site, median"), age, "")


def _checking_lines(checking: Checking, words: wording.Wording) -> Iterator[Line]:
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


def _instrument_lines(instruments: Instruments, words: wording.Wording) -> Iterator[Line]:
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


def _agreed_lines(agreed: Agreed, words: wording.Wording) -> Iterator[Line]:
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


def _of(share: Share, words: wording.Wording) -> str:
    if not share.whole:
        return words.text("none")
    shown = {"n": words.number(share.count), "all": words.number(share.whole), "share": words.percent(share.share)}
    return words.text("{n} of {all} ({share})", **shown)
