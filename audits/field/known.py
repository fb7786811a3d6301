"""Gather the register, the criteria and the devices that field records are read against."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from audits import errors, survey, wording
from audits.rules import model
from audits.store.db import connection
from audits.store.register import devices
from audits.store.surveys import read


@dataclass(frozen=True)
class Known:
    """What is known when records are read.

    Parameters
    ----------
    sites, elements
        The register, as :func:`audits.store.surveys.read.sites` and :func:`audits.store.surveys.read.elements` give it.
    criteria
        Units, ranges and instruments.
    now
        Instant of arrival.
    devices
        Calibrated uncertainty of the municipality's devices, by ``instrument/device``.
    root_of
        Gives the root of a version that is in the record, else the version itself, for servers that name only the
        version before.
    survey_of
        Gives a survey in the record by its id; None where there is none.
    workspace_id
        Of this workspace; a kit's record made for another is held. Empty takes records of any.
    """

    sites: gpd.GeoDataFrame
    elements: pd.DataFrame
    criteria: model.Criteria
    now: dt.datetime
    devices: Mapping[str, float] = field(default_factory=dict)
    root_of: Callable[[str], str] = str
    workspace_id: str = ""
    survey_of: Callable[[str], survey.Survey | None] = lambda survey_id: None  # noqa: ARG005

    @property
    def today(self) -> dt.date:
        """The local day."""
        return wording.local_day(self.now)

    def elements_at(self, code: str) -> dict[str, survey.Element]:
        """Return the registered elements of a site by their ids."""
        mine = self.elements.loc[self.elements["site_code"] == code]
        return {str(name): survey.Element(str(name), row["kind"], row["label"]) for name, row in mine.iterrows()}


def of_store(store: connection.Store, criteria: model.Criteria, now: dt.datetime, workspace_id: str = "") -> Known:
    """Read the register and the devices from an open store; the rest as in :class:`Known`."""
    return Known(
        read.sites(store),
        read.elements(store),
        criteria,
        now,
        devices.uncertainties(store),
        functools.partial(root_of, store),
        workspace_id,
        functools.partial(survey_of, store),
    )


def survey_of(store: connection.Store, survey_id: str) -> survey.Survey | None:
    """Return a survey in the record; None when it is not here."""
    try:
        return read.survey(store, survey_id)
    except errors.StoreError:
        return None


def root_of(store: connection.Store, survey_id: str) -> str:
    """Return the root of a survey in the record; `survey_id` itself when it is not here or has no other."""
    try:
        return read.survey(store, survey_id).root_id or survey_id
    except errors.StoreError:
        return survey_id
