"""Draw the ground of a paper map: water, buildings, streets, the municipality's outline, names."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from layers import errors, paper_labels, paper_sheet, paper_text, svg, utm

# Class of a street by OpenStreetMap's `highway`, then its width in mm at 1:2,500 and the smallest scale it is drawn at.
_CLASSES = {
    "way": (0.5, 7_500),
    "lane": (1.0, 12_500),
    "street": (1.4, 30_000),
    "main": (2.0, 10_000_000),
    "highway": (2.6, 10_000_000),
}
_CLASS_OF_HIGHWAY = {
    **dict.fromkeys(("footway", "path", "pedestrian", "steps", "cycleway", "track", "bridleway", "corridor"), "way"),
    **dict.fromkeys(("service", "residential", "living_street", "unclassified", "road"), "lane"),
    **dict.fromkeys(("tertiary", "tertiary_link"), "street"),
    **dict.fromkeys(("secondary", "secondary_link", "primary", "primary_link"), "main"),
    **dict.fromkeys(("motorway", "motorway_link", "trunk", "trunk_link"), "highway"),
}
# A street whose class nobody has written is one of the coarse axes of main streets.
_UNCLASSED = "main"
_SMALLEST_SCALE_OF_BUILDINGS = 5_000
_CASING, _SURFACE = "#8d8674", "#efeadd"
_STREET_NAME = paper_text.Style(2.3, colour="#3d3a30", halo_mm=0.35)
_PLACE_NAME = paper_text.Style(2.2, colour="#333333", halo_mm=0.35)
_WIDEST_NAME_MM = 30.0
# How much farther off a street its name may stand, so that the signs of the sites along it have room.
_PAST_SIGNS_MM = 1.6
# A long street has thousands of places; the best ones come first.
_MOST_TRIED = 400


@dataclass(frozen=True, eq=False)
class Layer:
    """Shapes of one kind, in a UTM zone, with a spatial index.

    Parameters
    ----------
    shapes
        Geometries, shape (n,).
    names, classes
        Names by language (``th``, ``en``) and OpenStreetMap's ``highway``, n each; empty text where there is none.
    tree
        Of the shapes.
    """

    shapes: npt.NDArray[np.object_]
    names: dict[str, tuple[str, ...]]
    classes: tuple[str, ...]
    tree: shapely.STRtree

    def within(self, sheet: paper_sheet.Sheet) -> npt.NDArray[np.intp]:
        """Return the positions of the shapes that touch the window, in their order."""
        # The tree answers in no fixed order, and the same input must give the same bytes.
        found: npt.NDArray[np.intp] = np.sort(self.tree.query(shapely.box(*sheet.window), predicate="intersects"))
        return found


def layer(frame: gpd.GeoDataFrame | None, crs: str) -> Layer:
    """Return a layer made ready for drawing; an empty one for None.

    Parameters
    ----------
    frame
        Any CRS; `name_th`, `name_en` and, for streets, `highway` are used where present. Rows without a shape are left
        out, and those so far away that the zone has no metres for them.
    crs
        The UTM zone, from :mod:`layers.utm`.

    Raises
    ------
    errors.LayerError
        If the frame has no CRS.
    """
    if frame is None:
        return Layer(np.array([], dtype=object), {"th": (), "en": ()}, (), shapely.STRtree([]))
    if frame.crs is None:
        raise errors.LayerError("a layer of the paper map has no CRS; say which one its coordinates are in")
    known = utm.measured(frame[paper_sheet.known(frame)], crs)
    shapes = known.geometry.to_numpy()
    thai, english = (_texts(known, name) for name in ("name_th", "name_en"))
    names = {
        "th": tuple(one or other for one, other in zip(thai, english, strict=True)),
        "en": tuple(one or other for one, other in zip(english, thai, strict=True)),
    }
    return Layer(shapes, names, _texts(known, "highway"), shapely.STRtree(shapes))


def surfaces(parks: Layer, water: Layer, buildings: Layer, sheet: paper_sheet.Sheet) -> str:
    """Return parks, water and, at scales down to 1:5,000, buildings."""
    drawn = [_filled(parks, sheet, fill="#e4efdc", stroke="#b3cba4", stroke_width=".1")]
    drawn.append(_filled(water, sheet, fill="#cfe4ef", stroke="#5f93b3", stroke_width=".15"))
    if sheet.scale <= _SMALLEST_SCALE_OF_BUILDINGS:
        drawn.append(_filled(buildings, sheet, fill="#d9d5cc", stroke="#8f897c", stroke_width=".1"))
    return "".join(drawn)


def outline(boundary: Layer, sheet: paper_sheet.Sheet) -> tuple[str, npt.NDArray[np.object_]]:
    """Return the edge of the municipality as a dashed line, and the line on paper."""
    edges = sheet.cut(shapely.boundary(boundary.shapes[boundary.within(sheet)]))
    dashes = {"stroke_width": ".4", "stroke_dasharray": "3 .8 .6 .8"}
    return svg.path(commands(edges), fill="none", stroke="#555555", **dashes), edges


def streets(axes: Layer, sheet: paper_sheet.Sheet) -> tuple[str, npt.NDArray[np.object_]]:
    """Return the streets, the lesser below the greater, and their axes on paper."""
    chosen = _drawn_at(axes, sheet)
    cut = sheet.cut(axes.shapes[chosen])
    kinds = np.array([_class(axes.classes[number]) for number in chosen], dtype=object)
    casings, fillings = [], []
    for kind in _CLASSES:
        lines = commands(cut[kinds == kind])
        width = street_width_mm(kind, sheet.scale)
        if kind == "way":
            fillings.append(svg.path(lines, stroke=_CASING, stroke_width=".3", stroke_dasharray="1 .6"))
        else:
            casings.append(svg.path(lines, stroke=_CASING, stroke_width=f"{width + 0.3:.2f}"))
            fillings.append(svg.path(lines, stroke=_SURFACE, stroke_width=f"{width:.2f}"))
    # All casings below all surfaces, so that crossings stay open.
    drawn = "".join((*casings, *fillings))
    return svg.element("g", drawn, fill="none", stroke_linejoin="round", stroke_linecap="round"), cut


def street_width_mm(kind: str, scale: float) -> float:
    """Return the drawn width of a class of streets: a sign of importance, not the real width."""
    # Bounded, so that a street is neither lost at small scales nor a block at large ones.
    return _CLASSES[kind][0] * min(max(2500 / scale, 0.4), 1.3)


def street_names(
    axes: Layer, sheet: paper_sheet.Sheet, room: paper_labels.Room, shapes: svg.Definitions, language: str
) -> str:
    """Return each street's name once, along the street where it runs straight and there is room, longest first."""
    parts: dict[str, list[tuple[shapely.LineString, str]]] = {}
    for number in _drawn_at(axes, sheet):
        name = axes.names[language][number]
        if name:
            kind = _class(axes.classes[number])
            cut = sheet.cut(axes.shapes[number : number + 1])[0]
            parts.setdefault(name, []).extend((line, kind) for line in _lines(cut))
    longest = {name: sorted(of, key=lambda part: -part[0].length) for name, of in parts.items() if of}
    return "".join(
        _street_name(name, longest[name], sheet, room, shapes)
        for name in sorted(longest, key=lambda name: (-longest[name][0][0].length, name))
    )


def place_names(
    places: Layer, sheet: paper_sheet.Sheet, room: paper_labels.Room, shapes: svg.Definitions, language: str
) -> str:
    """Return each place as a dot with its name beside it; a place for which there is no room is left out."""
    drawn = []
    for number in places.within(sheet):
        name = places.names[language][number]
        (x, y), *_ = sheet.on_paper(shapely.get_coordinates(shapely.centroid(places.shapes[number])))
        dot = (x - 0.7, y - 0.7, x + 0.7, y + 0.7)
        if not name or not room.is_free(dot):
            continue
        lines = paper_text.lines_of(name, _PLACE_NAME.size_mm, _WIDEST_NAME_MM)
        width, height = paper_text.block_mm(lines, _PLACE_NAME)
        box = room.beside(x, y, 1.2, width, height, most_crossed=1)
        if box is not None:
            room.take(dot)
            drawn.append(svg.element("circle", cx=float(x), cy=float(y), r=".6", fill="#333333"))
            drawn.append(paper_text.block(shapes, lines, box[:2], _PLACE_NAME))
    return "".join(drawn)


def commands(shapes: npt.NDArray[np.object_]) -> str:
    """Return shapes on paper as the commands of an SVG path, to 0.01 mm."""
    commands = []
    for part in shapely.get_parts(shapely.get_parts(shapes)):
        closed = part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors) if closed else (part,):
            # Adding 0 turns -0.0, which would be written with its sign, into 0.
            points = np.round(shapely.get_coordinates(ring), 2) + 0.0
            places = [f"{x:g} {y:g}" for x, y in points]
            # Points of a dense line fall together once they are rounded.
            line = "L".join(place for place, before in zip(places, ["", *places], strict=False) if place != before)
            if line:
                commands.append(f"M{line}Z" if closed else f"M{line}")
    return "".join(commands)


def _texts(frame: gpd.GeoDataFrame, name: str) -> tuple[str, ...]:
    if name not in frame:
        return ("",) * len(frame)
    return tuple(value.strip() if isinstance(value, str) else "" for value in frame[name])


def _class(highway: str) -> str:
    return _CLASS_OF_HIGHWAY.get(highway, "lane") if highway else _UNCLASSED


def _drawn_at(axes: Layer, sheet: paper_sheet.Sheet) -> npt.NDArray[np.intp]:
    within = axes.within(sheet)
    return within[[sheet.scale <= _CLASSES[_class(axes.classes[number])][1] for number in within]]


def _filled(areas: Layer, sheet: paper_sheet.Sheet, **look: object) -> str:
    return svg.path(commands(sheet.cut(areas.shapes[areas.within(sheet)])), fill_rule="evenodd", **look)


def _lines(shape: shapely.Geometry) -> Iterator[shapely.LineString]:
    for part in shapely.get_parts(shape):
        if part.geom_type == "LineString" and part.length > 0:
            yield part


def _street_name(
    name: str,
    parts: list[tuple[shapely.LineString, str]],
    sheet: paper_sheet.Sheet,
    room: paper_labels.Room,
    shapes: svg.Definitions,
) -> str:
    run, size = paper_text.shaped(name), _STREET_NAME.size_mm
    length, height = run.width * size + 1, (run.top - run.bottom) * size + 0.4
    found: list[tuple[float, float, float]] = []
    for x, y, upright in itertools.islice(_places_of_name(parts, sheet.scale, length, height), _MOST_TRIED):
        if all(room.is_free(box) for box in paper_labels.slanted(x, y, upright, length, height)):
            found.append((x, y, upright))
            if not room.crosses(x, y, upright, length, height):
                break
    if not found:
        return ""
    # The last place found crosses nothing; where there is none such, the first is nearest to the middle.
    x, y, upright = found[0] if room.crosses(*found[-1], length, height) else found[-1]
    for box in paper_labels.slanted(x, y, upright, length, height):
        room.take(box)
    down, turned = (run.top + run.bottom) / 2 * size, math.radians(upright)
    place = x - math.sin(turned) * down, y + math.cos(turned) * down
    return paper_text.text(shapes, name, *place, _STREET_NAME, anchor=0.5, angle=upright)


def _places_of_name(
    parts: list[tuple[shapely.LineString, str]], scale: float, length: float, height: float
) -> Iterator[tuple[float, float, float]]:
    """Yield middle and angle of each place for a street's name: in a wide street, beside a narrow one."""
    for line, kind in parts:
        width = street_width_mm(kind, scale)
        off = width / 2 + 0.35 + height / 2
        sides = (0.0,) if width > height else (-off, off, -off - _PAST_SIGNS_MM, off + _PAST_SIGNS_MM)
        for (x, y, angle), down in itertools.product(paper_labels.along_line(line, length), sides):
            upright = paper_text.turned_upright(angle)
            turned = math.radians(upright)
            yield x - math.sin(turned) * down, y + math.cos(turned) * down, upright
