"""Gather what exchange formats say of sites and elements, without anything personal."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from audits.export import losses
from audits.reports import contents as contents_room
from audits.rules import model
from audits.scoring import readings
from audits.store.surveys import reviews

POSITION_DECIMALS = 6  # about 0.1 m
_DECIMALS = 6
_VALUE_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("element_id", "quantity", "unit", "as_written"), "object"),
    **dict.fromkeys(("lowest", "highest", "uncertainty", "low", "high"), "float64"),
    **{"observed_on": "datetime64[ms]", "approved": "bool"},
}


@dataclass(frozen=True)
class Value:
    """One measured quantity of one element: a row of :attr:`Facts.values`."""

    quantity: str
    unit: str
    lowest: float
    highest: float
    uncertainty: float
    low: float
    high: float
    as_written: str
    observed_on: pd.Timestamp
    approved: bool

    @property
    def is_answer(self) -> bool:
        """Whether it answers a question with yes or no."""
        return self.unit == "yes_no"

    @property
    def agreed(self) -> float | None:
        """The value where all readings agree."""
        return self.lowest if self.lowest == self.highest else None


@dataclass(frozen=True, eq=False)
class Facts:
    """What may leave: places, elements, what was measured there, and what was found.

    Parameters
    ----------
    sites
        As :attr:`audits.reports.contents.Contents.sites`, index ``code``.
    elements
        Index ``element_id``; ``site_code``, ``kind``, ``permitted_on``, and ``position``: the point of the site or
        None, EPSG:4326.
    values
        One row for each element and quantity that was measured, index ``element_id quantity``: ``element_id``,
        ``quantity``, ``unit``, ``lowest``, ``highest``, ``uncertainty``, ``low`` and ``high`` (the interval with the
        uncertainty), ``as_written``, ``observed_on`` (local day), ``approved`` (every reading by an engineer).
    findings
        As :attr:`audits.reports.contents.Contents.findings`, index ``element_id criterion``.
    contents
        What it was made from.
    """

    sites: gpd.GeoDataFrame
    elements: pd.DataFrame
    values: pd.DataFrame
    findings: pd.DataFrame
    contents: contents_room.Contents

    @property
    def criteria(self) -> model.Criteria:
        """The criteria that the record was judged by."""
        return self.contents.record.criteria

    @property
    def town(self) -> str:
        """Name of the municipality, in English where it has one."""
        town = self.contents.record.town
        return town.en or town.th

    @property
    def demonstration(self) -> str:
        """Mark of invented surveys in both languages; empty for a record."""
        return contents_room.demonstration_mark() if self.contents.record.demonstration else ""

    @functools.cached_property
    def measured(self) -> Mapping[str, Mapping[str, Value]]:
        """What was measured at each element that has something measured, by quantity."""
        result: dict[str, dict[str, Value]] = {}
        names = [one.name for one in dataclasses.fields(Value)]
        for element, row in zip(self.values["element_id"], self.values[names].itertuples(index=False), strict=True):
            value = Value(*row)
            result.setdefault(str(element), {})[value.quantity] = value
        return result

    @functools.cached_property
    def verdicts(self) -> Mapping[str, Mapping[str, str]]:
        """Verdict by criterion at each element."""
        result: dict[str, dict[str, str]] = {}
        for row in self.findings[["element_id", "criterion", "verdict"]].itertuples(index=False):
            result.setdefault(str(row[0]), {})[str(row[1])] = str(row[2])
        return result

    def report(self) -> losses.Report:
        """Start a loss report with what no format here holds: personal data, photos, single readings."""
        record = self.contents.record
        numbers = self.values.index[self.values["unit"] != "yes_no"]
        surveys = record.surveys.loc[record.surveys["site_code"].isin(self.sites.index)]
        notes = surveys.loc[surveys["note"].fillna("") != "", "survey_id"]
        ids = set(self.elements.index)
        readings_here = record.measurements.loc[record.measurements["element_id"].isin(ids)]
        unmeasured = readings_here.loc[readings_here["value"].isna()]
        report = losses.Report(
            {
                losses.SITE: frozenset(self.sites.index),
                losses.ELEMENT: frozenset(self.elements.index),
                losses.MEASUREMENT: frozenset(self.values.index),
                losses.INTERVAL: frozenset(numbers),
                losses.READING: frozenset(self.values.index),
                losses.UNMEASURED: frozenset(unmeasured["element_id"] + " " + unmeasured["quantity"]),
                losses.FINDING: frozenset(self.findings.index),
                losses.CLAUSE: frozenset(self.findings.index),
                losses.SCORE: frozenset(self.sites.index[self.sites["score_low"].notna()]),
                losses.PHOTO: self._photos(surveys["survey_id"]),
                losses.SURVEYOR: frozenset(surveys["surveyor"]),
                losses.NOTE: frozenset(notes),
            }
        )
        report.lose_rest(losses.READING, (), losses.NO_FIELD)
        report.lose_rest(losses.UNMEASURED, (), losses.NO_FIELD)
        report.lose_rest(losses.PHOTO, (), losses.NO_PHOTOS)
        report.lose_rest(losses.SURVEYOR, (), losses.PERSONAL)
        report.lose_rest(losses.NOTE, (), losses.PERSONAL)
        return report

    def _photos(self, survey_ids: pd.Series) -> frozenset[str]:
        photos = self.contents.options.photos
        if photos is None:
            return frozenset()
        return frozenset(photos.loc[photos["survey_id"].isin(survey_ids) & photos["erased_at"].isna(), "sha256"])

    def keys(self, frame: pd.DataFrame, elements: Iterable[str]) -> list[str]:
        """Keys of `values` or `findings` that belong to some elements."""
        return list(frame.index[frame["element_id"].isin(set(elements))])

    def lose_sites(self, report: losses.Report, codes: Iterable[str], reason: str) -> None:
        """Record sites as not written, with everything that belongs to them."""
        gone = list(codes)
        elements = self.elements.index[self.elements["site_code"].isin(gone)]
        report.lose(losses.SITE, gone, reason)
        report.lose(losses.ELEMENT, elements, reason)
        report.lose(losses.SCORE, report.totals[losses.SCORE] & set(gone), reason)
        self.lose_elements(report, elements, losses.NO_PLACE)

    def lose_elements(self, report: losses.Report, elements: Iterable[str], reason: str) -> None:
        """Record everything measured and found at some elements as not written."""
        values, findings = self.keys(self.values, elements), self.keys(self.findings, elements)
        report.lose(losses.MEASUREMENT, values, reason)
        report.lose(losses.INTERVAL, report.totals[losses.INTERVAL] & set(values), reason)
        report.lose(losses.FINDING, findings, reason)
        report.lose(losses.CLAUSE, findings, reason)


def answer(values: Mapping[str, Value], quantity: str) -> bool | None:
    """Answer to a question with yes or no; None where nobody answered it, or the answers differ."""
    agreed = values[quantity].agreed if quantity in values else None
    return None if agreed is None else bool(agreed)


def of(contents: contents_room.Contents) -> Facts:
    """Gather the facts of an export."""
    record = contents.record
    sites = contents.sites.set_index("code")
    elements = record.elements[["site_code", "kind", "permitted_on"]].copy()
    elements["position"] = sites.geometry.reindex(elements["site_code"]).to_numpy()
    findings = contents.findings
    # the keys by which :class:`losses.Report` counts them
    keyed = findings.set_index(findings["element_id"].astype(str) + " " + findings["criterion"].astype(str))
    return Facts(gpd.GeoDataFrame(sites), elements, _values(contents, elements.index), keyed, contents)


def without_position(facts: Facts) -> list[str]:
    """Codes of the sites whose position nobody knows."""
    return list(facts.sites.index[facts.sites.geometry.isna() | facts.sites.geometry.is_empty])


def coordinates(facts: Facts, code: str) -> list[float]:
    """Longitude and latitude of a site in degrees of WGS 84, to about 0.1 m."""
    point = facts.sites.geometry[code]
    return [round(point.x, POSITION_DECIMALS), round(point.y, POSITION_DECIMALS)]


def _values(contents: contents_room.Contents, elements: pd.Index[str]) -> pd.DataFrame:
    record = contents.record
    mine = record.governing.loc[record.governing["element_id"].isin(elements)]
    readings_here = readings.with_implied(mine.loc[mine["value"].notna()], record.criteria)
    table = readings.governing(readings_here, record.criteria)
    if table.empty:
        # an empty table shows no types by itself
        return pd.DataFrame(columns=list(_VALUE_TYPES)).astype(dict(_VALUE_TYPES))
    units = {name: one.unit for name, one in record.criteria.quantities.items()}
    table["unit"] = table["quantity"].map(units).astype(object)
    numbers = ["lowest", "highest", "uncertainty"]
    table[numbers] = table[numbers].astype(float).round(_DECIMALS)
    # An answer of yes or no has no width.
    table.loc[table["unit"] == "yes_no", "uncertainty"] = 0.0
    table["low"] = (table["lowest"] - table["uncertainty"]).round(_DECIMALS)
    table["high"] = (table["highest"] + table["uncertainty"]).round(_DECIMALS)
    table = table.merge(_of_the_day(readings_here), how="left", on=["element_id", "quantity", "observed_on"])
    return table.set_index(table["element_id"].astype(str) + " " + table["quantity"].astype(str))


def _of_the_day(measurements: pd.DataFrame) -> pd.DataFrame:
    """Texts as written and approval of the readings of one day, by element and quantity."""
    measured = measurements.loc[measurements["value"].notna()]
    table = measured.assign(
        observed_on=readings.days(measured["observed_at"]),
        approved=measured["review"] == reviews.APPROVED,
    )
    grouped = table.groupby(["element_id", "quantity", "observed_on"], sort=True)
    # each text once, in the order of the readings
    written = grouped["as_written"].agg(lambda texts: "; ".join(dict.fromkeys(texts)))
    return grouped.agg(approved=("approved", "all")).join(written).reset_index()
