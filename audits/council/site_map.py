"""Draw all sites as one small map, each sign with the shape of its verdict and the digit of its zone."""

from __future__ import annotations

import math
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from audits import terms, wording
from audits.formats import picture
from layers import ground as ground_room
from layers import svg, symbols, utm

WIDE = 720.0
_MARGIN, _RADIUS, _LEAST_M = 16.0, 9.0, 200.0
_GROUND = "#767676"
# what fails is drawn over all else
_ORDER = ("not_applicable", "unknown", "pass", "borderline", "fail")

Points = npt.NDArray[np.float64]


def drawn(
    sites: gpd.GeoDataFrame, verdicts: pd.Series[str], ground: ground_room.Ground, words: wording.Wording
) -> picture.Picture | None:
    """Return the map, north up; None where no site has a position.

    Parameters
    ----------
    sites
        Index ``code``; column ``zone`` (number or NA); points EPSG:4326, those without one are left off.
    verdicts
        By code.
    ground
        Streets and outline under the sites.
    words
        The reader's language, for the alternative text.
    """
    placed = sites.loc[sites.geometry.notna() & ~sites.geometry.is_empty]
    if placed.empty:
        return None
    placed = placed.assign(verdict=verdicts.loc[placed.index])
    placed = placed.iloc[np.argsort(placed["verdict"].map(_ORDER.index).to_numpy(), kind="stable")]
    crs = utm.crs_of(placed)
    points = shapely.get_coordinates(placed.geometry.to_crs(crs).to_numpy())
    low, high = points.min(axis=0), points.max(axis=0)
    # No taller than 1.4 times its width, and never zoomed in closer than a few streets.
    scale = (WIDE - 2 * _MARGIN) / max(float(high[0] - low[0]), float(high[1] - low[1]) / 1.4, _LEAST_M)
    tall = scale * float(high[1] - low[1]) + 2 * _MARGIN

    def at(metres: Points) -> Points:
        return np.column_stack(
            (_MARGIN + scale * (metres[:, 0] - low[0]), tall - _MARGIN - scale * (metres[:, 1] - low[1]))
        )

    sheet = picture.Drawing(WIDE)
    sheet.add(svg.element("rect", width=WIDE, height=f"{tall:.0f}", fill=picture.PAPER, stroke=_GROUND))
    for layer in (ground.outline, ground.streets):
        for shape in utm.measured(layer, crs).geometry:
            sheet.add(_line(shape, at))
    for verdict, zone, (x, y) in zip(placed["verdict"], placed["zone"], at(points), strict=True):
        _sign(sheet, symbols.OF_VERDICT[verdict], x, y, "" if pd.isna(zone) else str(int(zone)))
    return sheet.picture(round(tall), _alt(placed["verdict"], words))


def _alt(verdicts: pd.Series[str], words: wording.Wording) -> str:
    parts = [
        words.text("{n} {name}", n=words.number(count, 0), name=words.text(terms.VERDICT[str(name)]))
        for name, count in verdicts.value_counts().sort_index().items()
    ]
    return words.text(
        "Map of {sites} sites: {parts}. The list of sites says the same.",
        sites=words.number(len(verdicts), 0),
        parts=", ".join(parts),
    )


def _line(shape: shapely.Geometry, at: Callable[[Points], Points]) -> str:
    """Draw a street solid, and the outline, a polygon, dashed."""
    dashed = {}
    if isinstance(shape, shapely.Polygon):
        shape, dashed = shape.exterior, {"stroke_dasharray": "7 5"}
    points = at(shapely.get_coordinates(shape))
    line = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points)
    return svg.path(line, fill="none", stroke=_GROUND, stroke_width="1.2", **dashed)


def _sign(sheet: picture.Drawing, symbol: symbols.Symbol, x: float, y: float, digit: str) -> None:
    """Draw a sign of a verdict's shape and colour with the digit of its zone."""
    look = {"stroke": picture.PAPER, "stroke_width": "1.5", "fill": symbol.colour}
    if symbol.shape == "circle":
        sheet.add(svg.element("circle", cx=f"{x:.0f}", cy=f"{y:.0f}", r=_RADIUS, **look))
    else:
        corners = " ".join(f"{x + across:.1f},{y + down:.1f}" for across, down in _CORNERS[symbol.shape])
        sheet.add(svg.element("polygon", points=corners, **look))
    if digit:
        sheet.text(x, y + 4, digit, anchor=0.5, bold=True, size=12, colour=picture.PAPER)


def _regular(count: int, radius: float, turn_deg: float) -> tuple[tuple[float, float], ...]:
    angles = [math.radians(turn_deg + 360 * number / count) for number in range(count)]
    return tuple((radius * math.sin(angle), -radius * math.cos(angle)) for angle in angles)


_CORNERS = {
    "square": _regular(4, 1.3 * _RADIUS, 45),
    "diamond": _regular(4, 1.35 * _RADIUS, 0),
    "triangle": _regular(3, 1.6 * _RADIUS, 0),
    "hexagon": _regular(6, 1.1 * _RADIUS, 30),
}
