"""Draw sites on paper at true scale: one site with its surroundings, or all the sites of an area or a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from layers import errors, paper_ground, paper_labels, paper_sheet, paper_sites, svg, symbols, utm

_NEIGHBOUR_RADIUS_MM = 2.0
# Room within the frame for the sign and code of the outermost sites.
_CLEAR_MM = 6.0


@dataclass(frozen=True)
class MapText:
    """Texts of a paper map in the reader's language.

    Parameters
    ----------
    language
        ``th`` or ``en``: chooses the names of streets and places.
    north, metres, kilometres
        Signs of the north arrow and of the units.
    scale
        With ``{scale}`` for the denominator.
    grid, accuracy
        Notes on the grid, with ``{spacing}`` for its metres and ``{zone}`` for its zone, and on the position, with
        ``{metres}``; empty for none. Only the map of one site has them.
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
    """The ground under all maps of a book, projected once to a UTM zone."""

    streets: paper_ground.Layer
    places: paper_ground.Layer
    outline: paper_ground.Layer
    buildings: paper_ground.Layer
    water: paper_ground.Layer
    parks: paper_ground.Layer
    crs: str


@dataclass(frozen=True)
class AreaMap:
    """A map of many sites.

    Parameters
    ----------
    svg
        The drawing.
    scale_denominator
        2500 for 1:2,500.
    cells
        Cell of the index grid, such as ``C4``, of every site with a position, by code.
    without_label
        Codes of the sites whose label found no room.
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
    *,
    crs: str,
) -> Ground:
    """Project the ground for drawing; what is None is not drawn.

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
    crs
        UTM zone of the map, from :mod:`layers.utm`.

    Raises
    ------
    errors.LayerError
        If a frame has no CRS.
    """
    return Ground(
        streets=paper_ground.layer(street_axes, crs),
        places=paper_ground.layer(places, crs),
        outline=paper_ground.layer(outline, crs),
        buildings=paper_ground.layer(buildings, crs),
        water=paper_ground.layer(water, crs),
        parks=paper_ground.layer(parks, crs),
        crs=crs,
    )


@dataclass(frozen=True)
class _Page:
    """One map being drawn: its lowest part, the room left for labels, and the shapes kept once."""

    ground: Ground
    sheet: paper_sheet.Sheet
    text: MapText
    shapes: svg.Definitions
    room: paper_labels.Room
    under: str

    def street_names(self) -> str:
        return paper_ground.street_names(self.ground.streets, self.sheet, self.room, self.shapes, self.text.language)

    def place_names(self) -> str:
        return paper_ground.place_names(self.ground.places, self.sheet, self.room, self.shapes, self.text.language)

    def document(self, content: Sequence[str], notes: Sequence[str]) -> str:
        """Return the file: the ground, the content, and the foot with scale, notes and credit."""
        text, sheet = self.text, self.sheet
        signs = {"metres": text.metres, "kilometres": text.kilometres, "north": text.north}
        scale = text.scale.replace("{scale}", f"{sheet.scale:,.0f}")
        first = " · ".join(filter(None, (scale, *notes[:1])))
        lines = [line for line in (first, *notes[1:], text.credit) if line]
        foot = paper_sheet.foot(self.shapes, sheet, **signs, notes=lines)
        drawn = "".join((self.under, *content, foot))
        return self.shapes.document(sheet.width_mm, sheet.height_mm, drawn, unit="mm")


def _page(ground: Ground, sheet: paper_sheet.Sheet, text: MapText, lines: npt.NDArray[np.object_]) -> _Page:
    """Begin a map whose labels should not cross streets, the outline and some more lines on paper."""
    surfaces = paper_ground.surfaces(ground.parks, ground.water, ground.buildings, sheet)
    streets, axes = paper_ground.streets(ground.streets, sheet)
    outline, edges = paper_ground.outline(ground.outline, sheet)
    room = paper_labels.Room(sheet.frame, np.concatenate([axes, edges, lines]))
    return _Page(ground, sheet, text, svg.Definitions(), room, surfaces + streets + outline)


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
    ground, text
        Ground and texts of the map.
    point_lonlat
        The site, WGS 84 degrees.
    symbol, hollow
        Its sign; hollow where its position is not confirmed.
    neighbours
        Other sites as points, EPSG:4326, with `code`, `colour`, `shape`, `glyph`, `hollow`; the site itself may be
        among them.
    width_mm, height_mm, scale
        Of the whole drawing; denominator of the scale.
    code
        Code of the site, written beside its sign.
    accuracy_m
        Accuracy of the position, drawn as a dashed circle at true scale as far as the window reaches.

    Returns
    -------
    str
        One SVG file without text elements; the same input gives the same bytes.

    Raises
    ------
    errors.LayerError
        If the paper is too small or a neighbour lacks a column.
    """
    paper_sites.check(neighbours)
    centre = utm.projected(np.array([point_lonlat], dtype=float), ground.crs)
    sheet = paper_sheet.Sheet(width_mm, height_mm, scale, float(centre[0, 0]), float(centre[0, 1]), ground.crs)
    circle = _circle(sheet, accuracy_m)
    page = _page(ground, sheet, text, circle)
    shapes, room = page.shapes, page.room
    grid_lines, grid_numbers = paper_sheet.grid(shapes, sheet)
    x, y = map(float, sheet.on_paper(centre)[0])
    # The order in which labels take room is the order of their importance.
    own = paper_sites.own(shapes, room, paper_sites.Mark(code, symbol, hollow, x, y))
    others = paper_sites.marks(neighbours[neighbours["code"] != code], sheet)
    standing = paper_sites.stand(room, others, _NEIGHBOUR_RADIUS_MM)
    streets = page.street_names()
    placed = paper_sites.place_codes(room, standing, _NEIGHBOUR_RADIUS_MM, {})
    content = (
        grid_lines,
        _dashed(circle),
        streets,
        page.place_names(),
        paper_sites.signs(shapes, standing, _NEIGHBOUR_RADIUS_MM),
        paper_sites.codes(shapes, placed, {}),
        own,
        paper_sheet.margin(sheet),
        grid_numbers,
    )
    grid = text.grid.replace("{spacing}", f"{paper_sheet.grid_step_m(scale):,}").replace("{zone}", utm.name(sheet.crs))
    accuracy = text.accuracy.replace("{metres}", f"{accuracy_m:,.0f}") if accuracy_m else ""
    return page.document(content, (grid, accuracy))


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
    ground, text
        Ground and texts of the map.
    sites
        Points, EPSG:4326, with `code`, `colour`, `shape`, `glyph`, `hollow`; sites without a point are left out.
    width_mm, height_mm
        Of the whole drawing.
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
    sheet = _sheet_around(known, width_mm, height_mm, ground.crs)
    marks = paper_sites.marks(known, sheet)
    by_code = {mark.code: mark for mark in marks}
    stops = [by_code[code] for code in route or ()]
    page = _page(ground, sheet, text, paper_sites.legs(stops))
    shapes, room = page.shapes, page.room
    index_lines, index_names = paper_sheet.index_grid(shapes, sheet)
    radius = paper_sites.radius_mm(marks)
    standing = paper_sites.stand(room, marks, radius)
    turns = {code: turn for turn, code in enumerate(route or (), 1)}
    # On a map of many sites their codes matter more than the names of streets, so they take room first.
    placed = paper_sites.place_codes(room, standing, radius, turns)
    streets = page.street_names()
    content = (
        index_lines,
        paper_sites.route_line(stops, radius),
        streets,
        page.place_names(),
        paper_sites.signs(shapes, standing, radius),
        paper_sites.codes(shapes, placed, turns),
        paper_sheet.margin(sheet),
        index_names,
    )
    cells = {mark.code: paper_sheet.cell(sheet, mark.x, mark.y) for mark in marks}
    labelled = {one.code for one in placed}
    without_label = tuple(code for code in cells if code not in labelled)
    return AreaMap(page.document(content, ()), int(sheet.scale), cells, without_label)


def _sheet_around(sites: gpd.GeoDataFrame, width_mm: float, height_mm: float, crs: str) -> paper_sheet.Sheet:
    metres = utm.projected(shapely.get_coordinates(sites.geometry.to_numpy()), crs)
    low, high = metres.min(axis=0), metres.max(axis=0)
    wide, tall = map(float, high - low)
    scale = paper_sheet.scale_holding(wide, tall, width_mm=width_mm, height_mm=height_mm, clear_mm=_CLEAR_MM)
    east, north = (low + high) / 2
    return paper_sheet.Sheet(width_mm, height_mm, scale, float(east), float(north), crs)


def _circle(sheet: paper_sheet.Sheet, accuracy_m: float | None) -> npt.NDArray[np.object_]:
    """Return the circle on paper within the window; nothing where no accuracy is known."""
    if not accuracy_m:
        return np.array([], dtype=object)
    # A ring of 192 corners stays within 0.013 % of the radius, less than the width of its line.
    edge = shapely.Point(sheet.east_m, sheet.north_m).buffer(accuracy_m, quad_segs=48).exterior
    return sheet.cut(np.array([edge], dtype=object))


def _dashed(circle: npt.NDArray[np.object_]) -> str:
    line = paper_ground.commands(circle)
    # white below, so that the dashes are seen on streets and buildings too
    halo = svg.path(line, fill="none", stroke="#ffffff", stroke_width="1")
    return halo + svg.path(line, fill="none", stroke="#1a1a1a", stroke_width=".4", stroke_dasharray="2 1.2")
