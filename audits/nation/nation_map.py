"""Draw the municipalities of a nation by how they compare, or by how much of them is measured."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from audits import wording
from audits.formats import picture
from layers import svg

WIDE, MARGIN, MOST_TALL = 720.0, 8.0, 1.6
# Half a pixel: what is smaller is not seen.
SEEN_PX = 0.5
RING_PX = 9.0

RANK, MEASURED = "rank", "measured"
BETTER, OPEN, WORSE, NONE = "better", "open", "worse", "none"
LAYERS: Mapping[str, str] = {
    RANK: wording.phrase("How they compare"),
    MEASURED: wording.phrase("How much is measured"),
}


@dataclass(frozen=True)
class Class:
    """A class of municipalities: its colour, and what it means."""

    colour: str
    meaning: str


CLASSES: Mapping[str, Mapping[str, Class]] = {
    RANK: {
        BETTER: Class("#00468b", wording.phrase("surely in the better half")),
        OPEN: Class("#c9d3dd", wording.phrase("no order: the interval reaches over the middle")),
        WORSE: Class("#b35900", wording.phrase("surely in the lower half")),
        NONE: Class("#ffffff", wording.phrase("not ranked: nothing scored, or a partition is missing")),
    },
    MEASURED: {
        "0": Class("#f3ecd9", wording.phrase("below 20 % of what applies is measured")),
        "1": Class("#c6d8c9", wording.phrase("20 to 40 %")),
        "2": Class("#86b5a8", wording.phrase("40 to 60 %")),
        "3": Class("#3d8a83", wording.phrase("60 to 80 %")),
        "4": Class("#00574b", wording.phrase("80 % or more")),
        NONE: Class("#ffffff", wording.phrase("nothing scored")),
    },
}
STROKE = "#5f5f5f"
ALT = wording.phrase("Map of {places} municipalities: {parts}. The table says the same.")
NAMED = wording.phrase("{place}: score {low} to {high}, {measured} % measured")
UNSCORED = wording.phrase("{place}: nothing scored")


def classes(table: pd.DataFrame, layer: str) -> pd.Series[str]:
    """Class each municipality, by name in :data:`CLASSES`.

    Parameters
    ----------
    table
        ``municipalities`` of :func:`audits.nation.summary.tables`.
    layer
        :data:`RANK`: in the better or lower half only where no order that the intervals allow puts it into the other;
        or :data:`MEASURED`: by fifths of the coverage.
    """
    if layer == MEASURED:
        fifth = np.clip(np.floor(table["coverage_share"] * 5), 0, 4)
        return pd.Series([NONE if pd.isna(one) else str(int(one)) for one in fifth], index=table.index)
    middle = table["ranked"] / 2
    found = pd.Series(OPEN, index=table.index)
    # at its worst still in the upper half, else at its best already in the lower one
    found[(table["rank_worst"] <= middle).fillna(False).astype(bool)] = BETTER
    found[(table["rank_best"] > middle).fillna(False).astype(bool)] = WORSE
    return found.mask(table["rank_best"].isna(), NONE)


def drawn(
    table: gpd.GeoDataFrame, layer: str, words: wording.Wording, chosen: Collection[object] = ()
) -> picture.Picture | None:
    """Draw the map, north up; None where no municipality has an area.

    Parameters
    ----------
    table
        ``municipalities``, with areas in degrees of WGS 84, None where nothing is known.
    layer
        One of :data:`LAYERS`.
    words
        The reader's language.
    chosen
        Labels of rows that get a ring.
    """
    placed = table.loc[table.geometry.notna() & ~table.geometry.is_empty]
    if placed.empty:
        return None
    west, south, east, north = placed.total_bounds
    # An equirectangular map whose middle parallel has its true length is enough to find a place.
    narrow = float(np.cos(np.radians((south + north) / 2)))
    # a single place has no extent, and dividing by it must not fail
    wide, high = max((east - west) * narrow, 1e-6), max(north - south, 1e-6)
    scale = (WIDE - 2 * MARGIN) / max(wide, high / MOST_TALL)
    tall = scale * high + 2 * MARGIN
    to_px = [narrow * scale, 0, 0, -scale, MARGIN - west * narrow * scale, MARGIN + north * scale]
    # without a system from here on: these are pixels
    shapes = placed.geometry.set_crs(None, allow_override=True).affine_transform(to_px).simplify(SEEN_PX)
    found = classes(placed, layer)
    sheet = picture.Drawing(WIDE)
    for name, one in CLASSES[layer].items():
        lines = "".join(map(_path, shapes[found == name]))
        sheet.add(svg.path(lines, fill=one.colour, stroke=STROKE, stroke_width="0.4"))
    for centre in shapes[shapes.index.isin(chosen)].centroid:
        ring = {"fill": "none", "stroke": picture.INK, "stroke_width": "3"}
        sheet.add(svg.element("circle", cx=f"{centre.x:.0f}", cy=f"{centre.y:.0f}", r=RING_PX, **ring))
    parts = "; ".join(f"{meaning}: {number}" for _, meaning, number in legend(placed, layer, words))
    return sheet.picture(round(tall), words.text(ALT, places=words.number(len(placed), 0), parts=parts))


def legend(table: pd.DataFrame, layer: str, words: wording.Wording) -> Iterator[tuple[str, str, str]]:
    """Yield colour, meaning and number of municipalities of each class."""
    counted = classes(table, layer).value_counts()
    for name, one in CLASSES[layer].items():
        yield one.colour, words.text(one.meaning), words.number(int(counted.get(name, 0)), 0)


def sentence(row: Mapping[str, Any], words: wording.Wording) -> str:
    """Word one municipality with its interval."""
    if pd.isna(row["score_low"]):
        return words.text(UNSCORED, place=row["municipality"])
    figures = {"low": row["score_low"], "high": row["score_high"], "measured": 100 * row["coverage_share"]}
    written = {name: words.number(value, 0) for name, value in figures.items()}
    return words.text(NAMED, place=row["municipality"], **written)


def _path(shape: BaseGeometry) -> str:
    """Draw an area; a place known by one or two points is drawn as a small square."""
    if shape.area < 1:
        shape = shape.centroid.buffer(2, cap_style="square")
    rings = (ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors))
    return "".join(_line(ring) for ring in rings)


def _line(ring: shapely.LinearRing) -> str:
    # the line closes itself, so the first point is not repeated at its end
    points = shapely.get_coordinates(ring)[:-1].round(1)
    return svg.line(points, closed=True)
