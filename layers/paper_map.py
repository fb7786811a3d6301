"""Draw sites on paper at true scale: one site with its surroundings, or all the sites of an area or a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from layers import errors, paper_ground, paper_labels, paper_sheet, paper_sites, paper_text, symbols

_NEIGHBOUR_RADIUS_MM = 2.0
_CLEAR_MM = 6.0


@dataclass(frozen=True)
class MapText:
    """What a paper map says, in the reader's language.

    Parameters
    ----------
    language
        ``th`` or ``en``: chooses the names of streets and places.
    north
        Sign of the north arrow.
    metres, kilometres
        Signs of the units.
    scale
        Scale, with ``{scale}`` where the denominator goes.
    grid
        Note on the grid, with ``{spacing}`` for its metres; empty for none. Only the map of one site bears it.
    accuracy
        Note on how well the site's position is known, with ``{metres}``; empty for none.
    credit
        Sources of the ground; empty for none.
    """

    language: str
    north: str
    metres: str
    kilometres: str
    scale: str
    grid: str = ""
    accuracy: str = ""
    credit: str = ""


@dataclass(frozen=True, eq=False)
class Ground:
    """The ground under all maps of a book, projected once; a layer that is None is not drawn."""

    streets: paper_ground.Layer | None
    places: paper_ground.Layer | None
    outline: paper_ground.Layer | None
    buildings: paper_ground.Layer | None = None
    water: paper_ground.Layer | None = None
    parks: paper_ground.Layer | None = None


@dataclass(frozen=True)
class AreaMap:
    """A map of many sites, and where on it each is found.

    Parameters
    ----------
    svg
        The drawing.
    scale_denominator
        2500 for 1:2,500.
    cells
        The cell of the index, such as ``C4``, of every site with a position, by code.
    without_label
        Codes of the sites for whose label there was no room.
    """

    svg: str
    scale_denominator: int
    cells: Mapping[str, str]
    without_label: tuple[str, ...]


def ground(
    street_axes: gpd.GeoDataFrame | None,
    places: gpd.GeoDataFrame | None,
    outline: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None = None,
    water: gpd.GeoDataFrame | None = None,
    parks: gpd.GeoDataFrame | None = None,
) -> Ground:
    """Make the ground ready for drawing.

    Parameters
    ----------
    street_axes
        Lines with `name_th`, `name_en` and, where known, OpenStreetMap's `highway`.
    places
        Landmarks with `name_th` and `name_en`; earlier rows keep their name where two would overlap.
    outline
        Of the municipality.
    buildings, water, parks
        Areas.

    Raises
    ------
    errors.LayerError
        If a frame has no CRS.
    """
    frames = (street_axes, places, outline, buildings, water, parks)
    return Ground(*(None if frame is None else paper_ground.layer(frame) for frame in frames))


def site_map(
    ground: Ground,
    point_lonlat: tuple[float, float],
    symbol: symbols.Symbol,
    hollow: bool,
    neighbours: gpd.GeoDataFrame,
    *,
    width_mm: float,
    height_mm: float,
    scale: float,
    text: MapText,
    code: str = "",
    accuracy_m: float | None = None,
) -> str:
    """Draw one site in the middle of its surroundings.

    Parameters
    ----------
    ground
        As returned by :func:`ground`.
    point_lonlat
        The site, WGS 84 degrees.
    symbol, hollow
        Its sign; hollow where its position is not confirmed.
    neighbours
        Other sites as points, EPSG:4326, with `code`, `colour`, `shape`, `glyph`, `hollow`; the site itself may be
        among them.
    width_mm, height_mm
        Of the whole drawing.
    scale
        Denominator.
    text
        The reader's words.
    code
        Code of the site, written beside its sign.
    accuracy_m
        How far the site may lie from its point: a dashed circle at true scale, as much of it as the window holds.

    Returns
    -------
    str
        One SVG file with no text elements; the same input gives the same bytes.

    Raises
    ------
    errors.LayerError
        If the paper is too small or a neighbour lacks a column.
    """
    paper_sites.check(neighbours)
    centre = paper_sheet.projected(np.array([point_lonlat], dtype=float))
    sheet = paper_sheet.Sheet(width_mm, height_mm, scale, *map(float, centre[0]))
    shapes = paper_text.Definitions()
    grid_lines, grid_numbers = paper_sheet.grid(shapes, sheet)
    under, lines = _under(ground, sheet)
    circle = _circle(sheet, accuracy_m)
    room = paper_labels.Room(sheet.frame, np.append(lines, circle))
    x, y = map(float, sheet.on_paper(centre)[0])
    own = paper_sites.own(shapes, room, paper_sites.Mark(code, symbol, hollow, x, y))
    others = paper_sites.marks(neighbours[neighbours["code"] != code], sheet)
    standing = paper_sites.stand(room, others, _NEIGHBOUR_RADIUS_MM)
    streets = _street_names(ground, sheet, room, shapes, text.language)
    placed = paper_sites.place_codes(room, standing, _NEIGHBOUR_RADIUS_MM, {})
    content = (
        under,
        grid_lines,
        _dashed(circle),
        streets,
        _place_names(ground, sheet, room, shapes, text.language),
        paper_sites.signs(shapes, standing, _NEIGHBOUR_RADIUS_MM),
        paper_sites.codes(shapes, placed, {}),
        own,
        paper_sheet.margin(sheet),
        grid_numbers,
        _foot(shapes, sheet, text, accuracy_m),
    )
    return paper_sheet.outlined(sheet, "".join(content), shapes)


def scale_showing(accuracy_m: float, *, width_mm: float, height_mm: float, largest: int = 1_000) -> int:
    """Return the largest round scale, but none above `largest`, at which :func:`site_map` shows the whole circle.

    Raises
    ------
    errors.LayerError
        If no scale is small enough.
    """
    across = 2 * accuracy_m
    return max(largest, paper_sheet.scale_holding(across, across, width_mm=width_mm, height_mm=height_mm, clear_mm=1.0))


def area_map(
    ground: Ground,
    sites: gpd.GeoDataFrame,
    *,
    width_mm: float,
    height_mm: float,
    text: MapText,
    route: Sequence[str] | None = None,
) -> AreaMap:
    """Draw all sites of an area, at the largest round scale that holds them, with an index grid.

    Parameters
    ----------
    ground
        As returned by :func:`ground`.
    sites
        Points, EPSG:4326, with `code`, `colour`, `shape`, `glyph`, `hollow`; sites without a point are left out.
    width_mm, height_mm
        Of the whole drawing.
    text
        The reader's words.
    route
        Codes in the order of a day's visits: joined by a dashed line with arrows and numbered from 1. The line is
        straight from site to site; it is not the way through the streets.

    Raises
    ------
    errors.LayerError
        If no site has a position, the sites reach too far for any scale, the paper is too small, a column is missing or
        the route names a site that is not on the map.
    """
    paper_sites.check(sites)
    known = sites[paper_sheet.known(sites)]
    lost = sorted(set(route or ()) - set(known["code"]))
    if known.empty or lost:
        raise errors.LayerError(
            f"the route's sites {', '.join(lost)} are not on the map" if lost else "no site of the map has a position"
        )
    sheet = _sheet_around(known, width_mm, height_mm)
    shapes = paper_text.Definitions()
    index_lines, index_names = paper_sheet.index_grid(shapes, sheet)
    under, lines = _under(ground, sheet)
    marks = paper_sites.marks(known, sheet)
    by_code = {mark.code: mark for mark in marks}
    stops = [by_code[code] for code in route or ()]
    room = paper_labels.Room(sheet.frame, np.append(lines, paper_sites.legs(stops)))
    radius = paper_sites.radius_mm(marks)
    standing = paper_sites.stand(room, marks, radius)
    turns = {code: turn for turn, code in enumerate(route or (), 1)}
    placed = paper_sites.place_codes(room, standing, radius, turns)
    streets = _street_names(ground, sheet, room, shapes, text.language)
    content = (
        under,
        index_lines,
        paper_sites.route_line(stops, radius),
        streets,
        _place_names(ground, sheet, room, shapes, text.language),
        paper_sites.signs(shapes, standing, radius),
        paper_sites.codes(shapes, placed, turns),
        paper_sheet.margin(sheet),
        index_names,
        _foot(shapes, sheet, text, None, gridded=False),
    )
    cells = {mark.code: paper_sheet.cell(sheet, mark.x, mark.y) for mark in marks}
    labelled = {one.code for one in placed}
    without_label = tuple(code for code in cells if code not in labelled)
    return AreaMap(paper_sheet.outlined(sheet, "".join(content), shapes), int(sheet.scale), cells, without_label)


def _sheet_around(sites: gpd.GeoDataFrame, width_mm: float, height_mm: float) -> paper_sheet.Sheet:
    metres = paper_sheet.projected(shapely.get_coordinates(sites.geometry.to_numpy()))
    low, high = metres.min(axis=0), metres.max(axis=0)
    wide, tall = map(float, high - low)
    scale = paper_sheet.scale_holding(wide, tall, width_mm=width_mm, height_mm=height_mm, clear_mm=_CLEAR_MM)
    return paper_sheet.Sheet(width_mm, height_mm, scale, *map(float, (low + high) / 2))


def _under(ground: Ground, sheet: paper_sheet.Sheet) -> tuple[str, npt.NDArray[np.object_]]:
    """Return what lies under everything else, and the lines on paper that labels should not cross."""
    drawn = [paper_ground.surfaces(ground.water, ground.buildings, sheet, ground.parks)]
    lines: npt.NDArray[np.object_] = np.array([], dtype=object)
    for layer, draw in ((ground.streets, paper_ground.streets), (ground.outline, paper_ground.outline)):
        if layer is not None:
            markup, more = draw(layer, sheet)
            drawn.append(markup)
            lines = np.append(lines, more)
    return "".join(drawn), lines


def _street_names(
    ground: Ground, sheet: paper_sheet.Sheet, room: paper_labels.Room, shapes: paper_text.Definitions, language: str
) -> str:
    return "" if ground.streets is None else paper_ground.street_names(ground.streets, sheet, room, shapes, language)


def _place_names(
    ground: Ground, sheet: paper_sheet.Sheet, room: paper_labels.Room, shapes: paper_text.Definitions, language: str
) -> str:
    return "" if ground.places is None else paper_ground.place_names(ground.places, sheet, room, shapes, language)


def _circle(sheet: paper_sheet.Sheet, accuracy_m: float | None) -> npt.NDArray[np.object_]:
    """Return the circle on paper, as much of it as the window holds; nothing where no accuracy is known."""
    if not accuracy_m:
        return np.array([], dtype=object)
    # A ring of 192 corners stays within 0.013 % of the radius, less than the width of its line.
    edge = shapely.Point(sheet.east_m, sheet.north_m).buffer(accuracy_m, quad_segs=48).exterior
    return sheet.cut(np.array([edge], dtype=object))


def _dashed(circle: npt.NDArray[np.object_]) -> str:
    line = paper_ground.path(circle)
    if not line:
        return ""
    return (
        f'<path d="{line}" fill="none" stroke="#ffffff" stroke-width="1"/>'
        f'<path d="{line}" fill="none" stroke="#1a1a1a" stroke-width=".4" stroke-dasharray="2 1.2"/>'
    )


def _foot(
    shapes: paper_text.Definitions,
    sheet: paper_sheet.Sheet,
    text: MapText,
    accuracy_m: float | None,
    *,
    gridded: bool = True,
) -> str:
    scale = text.scale.replace("{scale}", f"{sheet.scale:,.0f}")
    grid = text.grid.replace("{spacing}", f"{paper_sheet.grid_step_m(sheet.scale):,}") if gridded else ""
    accuracy = text.accuracy.replace("{metres}", f"{accuracy_m:,.0f}") if accuracy_m else ""
    first = " · ".join(part for part in (scale, grid) if part)
    notes = [line for line in (first, accuracy, text.credit) if line]
    return paper_sheet.foot(
        shapes, sheet, metres=text.metres, kilometres=text.kilometres, north=text.north, notes=notes
    )
