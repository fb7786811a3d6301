"""Draw the book's maps, each with its alternative text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from audits import terms, wording
from audits.book import layout
from audits.reports import contents as contents_room
from audits.reports import map_texts, markers
from layers import ground as ground_room
from layers import paper_map, symbols, utm

LARGEST_SCALE = 1_000
UNKNOWN_ACCURACY_SCALE = 2_500
MOST_NAMED = 3
# Sites farther than this from the middle of a register lie in another town, and would shrink its map to a dot.
FARTHEST_ON_ONE_MAP_M = 50_000

phrase = wording.phrase

_DIRECTIONS = (
    phrase("to the north"),
    phrase("to the north-east"),
    phrase("to the east"),
    phrase("to the south-east"),
    phrase("to the south"),
    phrase("to the south-west"),
    phrase("to the west"),
    phrase("to the north-west"),
)


@dataclass(frozen=True)
class _Zone:
    """One UTM zone of a book: the ground, the named streets and the marked sites in its metres."""

    ground: paper_map.Ground
    axes: npt.NDArray[np.object_]
    axis_names: Sequence[str]
    metres: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Atlas:
    """The ground and the sites under every map of one book; each map is drawn in the UTM zone of its own sites.

    Parameters
    ----------
    drawn
        Layers under the sites, of any CRS.
    marked
        The sites of the book that have a position, see :func:`audits.reports.markers.markers`.
    paper, words
        The paper and the reader's language.
    credit
        Phrase that names the sources of the ground.
    """

    drawn: ground_room.Ground
    marked: gpd.GeoDataFrame
    paper: layout.Paper
    words: wording.Wording
    credit: str = terms.GROUND_CREDIT
    # filled as maps ask for their zones: most towns lie in one
    _zones: dict[str, _Zone] = field(default_factory=dict)

    def zone(self, crs: str) -> _Zone:
        """Project what the maps of one zone need, once for all of them."""
        if crs not in self._zones:
            self._zones[crs] = self._projected(crs)
        return self._zones[crs]

    def _projected(self, crs: str) -> _Zone:
        layers = self.drawn
        areas = (layers.buildings, layers.water, layers.parks) if layers.mapped else ()
        ground = paper_map.ground(layers.streets, layers.places, layers.outline, *areas, crs=crs)
        named = layers.streets[layers.streets["name_th"].ne("") | layers.streets["name_en"].ne("")]
        named = utm.measured(named, crs)
        first, second = ("name_th", "name_en") if self.words.language == "th" else ("name_en", "name_th")
        names = list(named[first].where(named[first].ne(""), named[second]))
        metres = utm.projected(shapely.get_coordinates(self.marked.geometry.to_numpy()), crs)
        return _Zone(ground, named.geometry.to_numpy(), names, metres)

    def site(self, site: Any) -> Mapping[str, str] | None:
        """Return the map of one site with its alternative text; None when it has no position.

        Parameters
        ----------
        site
            A row of :attr:`audits.reports.contents.Contents.sites`.
        """
        if pd.isna(site.longitude_deg):
            return None
        accuracy = None if pd.isna(site.position_accuracy_m) else float(site.position_accuracy_m)
        size = {"width_mm": self.paper.width_mm, "height_mm": self.paper.site_map_mm}
        # Without an accuracy there is no circle that the map must hold.
        scale = UNKNOWN_ACCURACY_SCALE
        if accuracy is not None:
            scale = paper_map.scale_showing(accuracy, **size, largest=LARGEST_SCALE)
        zone = self.zone(utm.crs_at(site.longitude_deg, site.latitude_deg))
        svg = paper_map.site_map(
            zone.ground,
            (site.longitude_deg, site.latitude_deg),
            symbols.OF_VERDICT[site.verdict],
            bool(self.marked.loc[site.code, "hollow"]),
            self.marked,
            **size,
            scale=scale,
            text=map_texts.map_text(self.words, self.credit),
            code=site.code,
            accuracy_m=accuracy,
        )
        return {"svg": svg, "alt": self._site_alt(site, scale, zone)}

    def area(
        self, codes: Sequence[str], alt: str, *, route: bool = False
    ) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Return the map of several sites with its texts, and the map square of each site.

        Parameters
        ----------
        codes
            Sites with a position; in the order of the visits when `route`.
        alt
            Alternative text, to which the scale is added.
        route
            Whether to draw the order.
        """
        sites = self.marked.loc[list(codes)]
        crs = utm.crs_of(sites)
        # a day is drawn whole, since each of its stops has to be found
        near = np.full(len(sites), True) if route else _in_one_town(sites, crs)
        drawn = paper_map.area_map(
            self.zone(crs).ground,
            sites[near],
            width_mm=self.paper.width_mm,
            height_mm=self.paper.route_map_mm if route else self.paper.area_map_mm,
            text=map_texts.map_text(self.words, self.credit),
            route=list(codes) if route else None,
        )
        scale = self.words.text("Scale 1:{scale}", scale=self.words.number(drawn.scale_denominator, 0))
        left = drawn.without_label
        notes = [self.words.text("No room on the map for: {codes}", codes=", ".join(left))] if left else []
        away = ", ".join(sites.index[~near])
        notes += [self.words.text("Too far away for this map: {codes}", codes=away)] if away else []
        return {"svg": drawn.svg, "alt": f"{alt} {scale}", "note": " · ".join(notes)}, drawn.cells

    def _site_alt(self, site: Any, scale: float, zone: _Zone) -> str:
        text, words = self.words.text, self.words
        wide, high = (side * scale / 1000 for side in (self.paper.width_mm, self.paper.site_map_mm))
        first = text(
            "Map of {code} {name} at 1:{scale}, {wide} by {high} metres.",
            code=site.code,
            name=markers.site_name(site, words),
            scale=words.number(scale, 0),
            wide=words.number(wide, 0),
            high=words.number(high, 0),
        )
        where = text("Position: {position}.", position=markers.position_text(site, words))
        here = self.marked.index.get_loc(site.code)
        streets, neighbours = self._streets_alt(here, wide, high, zone), self._neighbours_alt(here, wide, high, zone)
        return " ".join((first, where, streets, neighbours))

    def _streets_alt(self, here: int, wide_m: float, high_m: float, zone: _Zone) -> str:
        east, north = zone.metres[here]
        window = shapely.box(east - wide_m / 2, north - high_m / 2, east + wide_m / 2, north + high_m / 2)
        away = shapely.distance(zone.axes, shapely.Point(east, north))
        crossing = np.flatnonzero(shapely.intersects(zone.axes, window))
        nearest_first = crossing[np.argsort(away[crossing], kind="stable")]
        # a street comes in many pieces under one name
        names = list(dict.fromkeys(zone.axis_names[position] for position in nearest_first))[:MOST_NAMED]
        if not names:
            return self.words.text("No street known to the map.")
        return self.words.text("Streets: {names}.", names=", ".join(names))

    def _neighbours_alt(self, here: int, wide_m: float, high_m: float, zone: _Zone) -> str:
        steps = zone.metres - zone.metres[here]
        seen = (np.abs(steps) <= (wide_m / 2, high_m / 2)).all(axis=1)
        seen[here] = False
        away = np.hypot(steps[:, 0], steps[:, 1])
        nearest = [each for each in np.argsort(away, kind="stable") if seen[each]][:MOST_NAMED]
        listed = [
            self.words.text(
                "{code} {metres} m {direction}",
                code=self.marked.index[each],
                metres=self.words.number(float(away[each]), 0),
                direction=direction(steps[each, 0], steps[each, 1], self.words),
            )
            for each in nearest
        ]
        if not listed:
            return self.words.text("No other site on the map.")
        return self.words.text("Nearest sites: {sites}.", sites=", ".join(listed))


def atlas(contents: contents_room.Contents, paper: layout.Paper, words: wording.Wording) -> Atlas:
    """Return the ground and the sites of a book.

    Parameters
    ----------
    contents
        What is exported.
    paper, words
        The paper and the reader's language.

    Raises
    ------
    layers.errors.LayerError
        If the ground cannot be read.
    """
    record = contents.record
    placed = record.sites.loc[record.sites.geometry.notna()]
    marked = markers.markers(placed, record.audit.sites, words).set_index("code", drop=False)
    drawn = contents.options.ground or ground_room.of(None, record.area)
    return Atlas(drawn, marked, paper, words, terms.ground_credit(drawn.mapped))


def _in_one_town(sites: gpd.GeoDataFrame, crs: str) -> npt.NDArray[np.bool_]:
    metres = utm.projected(shapely.get_coordinates(sites.geometry.to_numpy()), crs)
    # the median: one site in another town would draw a mean out of this one
    near: npt.NDArray[np.bool_] = np.hypot(*(metres - np.median(metres, axis=0)).T) <= FARTHEST_ON_ONE_MAP_M
    # Where the middle lies between two far groups, no site is near it and one map shows all or none.
    return near if near.any() else ~near


def direction(east_m: float, north_m: float, words: wording.Wording) -> str:
    """Return the name of the nearest of eight directions."""
    # east before north: clockwise from the north, as a compass counts
    eighth = round(math.atan2(east_m, north_m) / (math.pi / 4)) % 8
    return words.text(_DIRECTIONS[eighth])
