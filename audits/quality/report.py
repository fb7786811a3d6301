"""Report the quality of a record: extent, checking, instruments and agreement."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from audits import record as records
from audits import wording
from audits.quality import agreement, calibration, coefficients, pairing, resurvey
from audits.rules import model
from audits.scoring import readings, scores
from audits.store.db import connection
from audits.store.register import devices as device_register
from audits.store.surveys import quarantine, read
from layers import distance

WITHIN_MINUTES = 30
WITHIN_M = 30.0
MOST_PARTNERS = 20

Pairs = npt.NDArray[np.int64]

SAME_VISIT = wording.phrase("two surveys of one site by one surveyor within minutes")
SAME_PLACE = wording.phrase("two sites surveyed at one place within minutes: was the right site chosen?")


@dataclass(frozen=True)
class Share:
    """A count of a whole."""

    count: int
    whole: int

    @property
    def share(self) -> float:
        """Share of the whole, 0 to 1; NaN of nothing."""
        return self.count / self.whole if self.whole else np.nan


@dataclass(frozen=True)
class Extent:
    """Sites, elements and positions seen, the mean coverage (0 to 1), and the age of surveys in days."""

    sites: Share
    elements: Share
    positions: Share
    coverage: float
    median_age_days: float


@dataclass(frozen=True)
class Checking:
    """State of review, rows in quarantine, corrections, second surveys and suspected duplicates."""

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
    """Figures without an instrument, outside the usual range, or by a device out of calibration.

    `uncalibrated` counts among the figures that name a device of the register; `strangers` are the devices named that
    the register does not have under that instrument. Both are None and empty without a register of devices.
    """

    unnamed: Share
    unusual: Share
    uncalibrated: Share | None
    strangers: tuple[str, ...]


@dataclass(frozen=True)
class Agreed:
    """Pairs that are the same, and items that reach at least substantial or good agreement."""

    answers: Share
    verdicts: Share
    substantial: Share
    good: Share
    guards_too_small: tuple[model.Name, ...]


@dataclass(frozen=True)
class Quality:
    """Quality of a record in numbers; :func:`audits.quality.sentences.lines` words them."""

    as_of: dt.date
    extent: Extent
    checking: Checking
    instruments: Instruments
    agreed: Agreed


def of_record(
    store: connection.Store, record: records.AuditedRecord, as_of: dt.date
) -> tuple[agreement.Agreement, Quality]:
    """Measure the agreement of surveyors and the quality of a record.

    Parameters
    ----------
    store
        An open store, for its surveys, its rows in quarantine and its devices.
    record
        Its audited record.
    as_of
        Day of the report.
    """
    held = quarantine.held_rows(store)
    still_open = int((held["decision"] == "").sum())
    found = agreement.run(record)
    of_devices = device_register.calibrations(store).set_index("device_code")
    return found, report(record, read.surveys(store), still_open, found, as_of, of_devices)


def report(
    record: records.AuditedRecord,
    surveys: pd.DataFrame,
    held_count: int,
    agreed: agreement.Agreement,
    as_of: dt.date,
    devices: pd.DataFrame | None = None,
) -> Quality:
    """Report the quality of a record.

    Parameters
    ----------
    record
        The audited record.
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
    return Extent(
        sites=_share(sites.index.isin(surveys["site_code"])),
        elements=_share(record.elements.index.isin(measured)),
        positions=_share((ramps == "confirmed").to_numpy()),
        coverage=scores.mean_coverage(record.audit.sites["coverage"].to_numpy()),
        median_age_days=float(age_days.median()),
    )


def _checking(surveys: pd.DataFrame, counting: pd.DataFrame, held_count: int) -> Checking:
    # Of a corrected survey only the correction is under review.
    latest = read.standing(surveys)["review"]
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


def _instruments(measurements: pd.DataFrame, criteria: model.Criteria, devices: pd.DataFrame | None) -> Instruments:
    figures = measurements.loc[measurements["value"].notna() & ~measurements["quantity"].isin(_yes_no(criteria))]
    usual = {name: quantity.usual for name, quantity in criteria.quantities.items()}
    # Looked up by quantity in one step: a large record has hundreds of thousands of figures.
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


def _yes_no(criteria: model.Criteria) -> set[str]:
    return {name for name, quantity in criteria.quantities.items() if quantity.kind == "yes_no"}


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
        ``survey_id`` (the earlier), ``other_id``, ``why``: :data:`SAME_VISIT` or :data:`SAME_PLACE`. Of one survey at
        most :data:`MOST_PARTNERS` of each kind are named, so that the table grows with the surveys only.
    """
    ordered = surveys.sort_values(["observed_at", "survey_id"]).reset_index(drop=True)
    ordered = ordered.assign(day=readings.days(ordered["observed_at"]), person=pairing.people(ordered["surveyor"]))
    pairs = np.concatenate([_visited_again(ordered, within_minutes), _beside(ordered, within_minutes, within_m)])
    earlier, later = np.unique(pairs, axis=0).T
    one, other = ordered.iloc[earlier].reset_index(drop=True), ordered.iloc[later].reset_index(drop=True)
    why = np.where(one["site_code"] == other["site_code"], SAME_VISIT, SAME_PLACE).astype(object)
    return pd.DataFrame({"survey_id": one["survey_id"], "other_id": other["survey_id"], "why": why})


def _visited_again(ordered: pd.DataFrame, minutes: float) -> Pairs:
    """Positions of the surveys of one site by one person on one day within some minutes, the earlier first."""
    # A list that gives only the day puts thousands of surveys at one instant: pairs are looked for within a visit.
    visits = ordered.assign(row=ordered.index).groupby(["site_code", "person", "day"], sort=False)
    found = [np.empty((0, 2), np.int64)]
    for step in range(1, MOST_PARTNERS + 1):
        before = visits[["observed_at", "row"]].shift(step)
        near = ordered["observed_at"] - before["observed_at"] <= pd.Timedelta(minutes=minutes)
        if not near.any():
            break
        found.append(np.column_stack([before["row"][near], ordered.index[near]]).astype(np.int64))
    return np.concatenate(found)


def _beside(ordered: pd.DataFrame, minutes: float, metres: float) -> Pairs:
    """Positions of the surveys of two sites from one place within some minutes, the earlier first."""
    placed = ordered.loc[ordered["longitude"].notna() & ordered["latitude"].notna()]
    if len(placed) < 2:
        return np.empty((0, 2), np.int64)
    since = (placed["observed_at"] - placed["observed_at"].min()) / pd.Timedelta(minutes=1)
    longitude, latitude = placed["longitude"].to_numpy(np.float64), placed["latitude"].to_numpy(np.float64)
    # A little more than asked for, since the tree measures along straight lines and each axis by itself.
    minutes_as_metres = since.to_numpy() * (metres / minutes)
    first, second = distance.close_pairs(longitude, latitude, minutes_as_metres, 1.01 * metres, MOST_PARTNERS).T
    off = distance.metres_between(longitude[first], latitude[first], longitude[second], latitude[second])
    codes, since = placed["site_code"].to_numpy(), since.to_numpy()
    kept = (codes[first] != codes[second]) & (off <= metres) & (since[second] - since[first] <= minutes)
    beside: Pairs = placed.index.to_numpy()[np.column_stack([first[kept], second[kept]])]
    return beside


def of_agreement(found: agreement.Agreement, criteria: model.Criteria) -> Agreed:
    """Sum up the agreement of all items; `criteria` names those whose guard band is too small."""
    kappas = pd.concat([found.answers["kappa"], found.verdicts["kappa"]]).dropna()
    correlations = found.figures["icc"].dropna()
    too_small = found.figures.index[found.figures["guard"] == coefficients.TOO_SMALL]
    return Agreed(
        answers=Share(int(found.answers["agreed"].sum()), int(found.answers["pairs"].sum())),
        verdicts=Share(int(found.verdicts["agreed"].sum()), int(found.verdicts["pairs"].sum())),
        substantial=_share((kappas > coefficients.SUBSTANTIAL).to_numpy()),
        good=_share((correlations > coefficients.GOOD).to_numpy()),
        guards_too_small=tuple(criteria.quantities[str(name)].name for name in too_small),
    )


def _share(kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Share:
    return Share(int(kept.sum()), len(kept))
