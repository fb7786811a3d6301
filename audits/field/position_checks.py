"""Ask about a position that cannot be where the visit was made."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import pandas as pd

from audits import errors, survey
from audits.store.surveys import submit
from layers import distance

# Further from a confirmed site than this, beyond what either position is known to, a visit was somewhere else.
REACH_M = 100.0
# A presumed site may be in the next street, and one that moved round the corner; neither is in the next town.
FAR_REACH_M = 2_000.0
# A phone that claims to know its place to the kilometre knows nothing: it must not excuse any distance.
WORST_ACCURACY_M = 500.0
COARSE_M = 100.0
# The visit itself says that the site is not where the register has it.
AWAY = (survey.MOVED, survey.NOT_FOUND)
# Around the places of the register, for a site that has none itself.
OUTSKIRTS_M = 20_000.0
# A receiver without a fix says 0, 0; so does a form that was opened and not filled in.
NULL_ISLAND_DEGREES = 0.01

TOO_FAR = errors.ProblemKind(
    "RECEIVE-002", "The record was made {metres} m from {code}; check whether the right site was chosen."
)
NOWHERE = errors.ProblemKind(
    "RECEIVE-014",
    "The position {latitude}, {longitude} is what a phone gives that does not know its place; take it again.",
)
SWAPPED = errors.ProblemKind(
    "RECEIVE-015", "Latitude and longitude are swapped: {latitude}, {longitude}; write them the other way round."
)
TOO_COARSE = errors.ProblemKind(
    "RECEIVE-016",
    "{code} is reported elsewhere, and the position is known to {accuracy} m only; take it again under open sky.",
)
COARSE = errors.ProblemKind("RECEIVE-N11", "The position of {code} was taken to {accuracy} m only.")


@dataclass(frozen=True)
class Register:
    """The places that a visit is compared with.

    Parameters
    ----------
    sites
        As :func:`audits.store.surveys.read.sites` gives them.
    """

    sites: gpd.GeoDataFrame

    def problems(self, visit: survey.Survey) -> Iterator[errors.Problem]:
        """Yield why the position of a visit cannot be; nothing for a visit without one, or without a known site."""
        longitude, latitude = visit.longitude, visit.latitude
        if visit.site_code not in self.sites.index or longitude is None or latitude is None:
            return
        if not (math.isfinite(latitude) and math.isfinite(longitude)):
            return
        written = {"latitude": f"{latitude:.5f}", "longitude": f"{longitude:.5f}"}
        if max(abs(latitude), abs(longitude)) < NULL_ISLAND_DEGREES:
            yield NOWHERE.at(visit.survey_id, **written)
            return
        reference = self._reference(visit)
        if reference is not None:
            east, north, reach_m = reference
            metres = float(distance.metres_between(longitude, latitude, east, north))
            if metres > reach_m:
                if distance.metres_between(latitude, longitude, east, north) <= reach_m:
                    yield SWAPPED.at(visit.survey_id, **written)
                # What is off the earth is refused by the store.
                elif abs(latitude) <= 90 and abs(longitude) <= 180:
                    yield TOO_FAR.at(visit.survey_id, metres=round(metres), code=visit.site_code)
                return
        if visit.place == survey.MOVED and (visit.accuracy_m or 0.0) > submit.COARSEST_MOVE_M:
            yield TOO_COARSE.at(visit.survey_id, code=visit.site_code, accuracy=round(visit.accuracy_m or 0.0))

    def to_confirm(self, visit: survey.Survey) -> errors.Problem | None:
        """Ask whoever stands there about a distance that is too far for a sure place and not yet another town's.

        A form asks it before the visit is sent, as *here* confirms the place in the register; None for nothing to ask.
        """
        longitude, latitude = visit.longitude, visit.latitude
        if any(one.kind is not TOO_FAR for one in self.problems(visit)) or visit.place in AWAY:
            return None
        if visit.site_code not in self.sites.index or longitude is None or latitude is None:
            return None
        is_sure = visit.place == survey.HERE or self.sites.loc[visit.site_code, "position_status"] == "confirmed"
        reference = self._reference(visit, is_sure=is_sure)
        if reference is None:
            return None
        east, north, reach_m = reference
        metres = float(distance.metres_between(longitude, latitude, east, north))
        if not reach_m < metres <= FAR_REACH_M:
            return None
        return TOO_FAR.at(visit.survey_id, metres=round(metres), code=visit.site_code)

    def notices(self, visit: survey.Survey) -> Iterator[errors.Problem]:
        """Yield what holds nothing, but should be known of a position."""
        if visit.latitude is not None and (visit.accuracy_m or 0.0) > COARSE_M:
            yield COARSE.at(visit.survey_id, code=visit.site_code, accuracy=round(visit.accuracy_m or 0.0))

    def _reference(self, visit: survey.Survey, *, is_sure: bool | None = None) -> tuple[float, float, float] | None:
        """Return longitude, latitude, and how far from there a visit may be in metres; None where nothing is known."""
        site = self.sites.loc[visit.site_code]
        if site["geometry"] is None or site["geometry"].is_empty:
            return self._surroundings
        if is_sure is None:
            is_sure = site["position_status"] == "confirmed" and visit.place not in AWAY
        known_to = site["position_accuracy_m"]
        # a site without an accuracy is compared as if its place were exact
        known_to_m = float(known_to) if pd.notna(known_to) and known_to > 0 else 0.0
        accuracy_m = min(visit.accuracy_m or 0.0, WORST_ACCURACY_M)
        reach_m = (REACH_M if is_sure else FAR_REACH_M) + known_to_m + accuracy_m
        return site["geometry"].x, site["geometry"].y, reach_m

    @cached_property
    def _surroundings(self) -> tuple[float, float, float] | None:
        points = self.sites.geometry[self.sites.geometry.notna() & ~self.sites.geometry.is_empty]
        if points.empty:
            return None
        west, south, east, north = points.total_bounds
        # half the diagonal reaches every corner of the register
        across_m = float(distance.metres_between(west, south, east, north))
        return (west + east) / 2, (south + north) / 2, across_m / 2 + OUTSKIRTS_M
