"""Draw the key plan: the streets about the site, north up."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely

from audits import wording
from audits.ramps.drawing import clear_text, section, views
from layers import utm

SCALE = 2_500
_REACH_M, _MM = 100.0, 1_000.0
_MOST_NAMES = 4


def view(streets: gpd.GeoDataFrame, lonlat: tuple[float, float], code: str, words: wording.Wording) -> views.View:
    """Return the streets within 100 m of a site with their names, a north arrow and a scale bar.

    Parameters
    ----------
    streets
        Lines with `name_th` and `name_en`, in any CRS, such as those of :class:`layers.ground.Ground`.
    lonlat
        The site, WGS 84 degrees.
    code
        Code of the site, written beside its place.
    """
    crs = utm.crs_at(*lonlat)
    x, y = utm.projected(np.array([lonlat], dtype=float), crs)[0]
    window = shapely.box(x - _REACH_M, y - _REACH_M, x + _REACH_M, y + _REACH_M)
    # roughly in degrees first, about a kilometre: few streets are left to project
    near = streets.cx[lonlat[0] - 0.01 : lonlat[0] + 0.01, lonlat[1] - 0.01 : lonlat[1] + 0.01].to_crs(crs)
    cut = near.assign(geometry=near.geometry.intersection(window))
    cut = cut[~cut.geometry.is_empty]
    strokes, labels = list(_frame(_REACH_M * _MM)), []
    # in mm about the site: every view is in mm of the real thing
    strokes += [
        views.Stroke("street", tuple(((a - x) * _MM, (b - y) * _MM) for a, b in line.coords))
        for line in _lines(cut.geometry)
    ]
    size = 2.0 * SCALE
    strokes.append(views.Stroke("warning", section.round_(0.0, 0.0, size), closed=True))
    labels.append(views.Label(code, (0.0, 3.0 * SCALE), bold=True, layer="warning"))
    name = "name_th" if words.language == "th" else "name_en"
    # a street is many lines: its name stands once, on the longest
    longest = cut.assign(size=cut.length).sort_values("size", ascending=False).drop_duplicates(name)
    for row in longest[longest[name].astype(str).str.len() > 0].head(_MOST_NAMES).itertuples():
        middle = row.geometry.interpolate(0.5, normalized=True)
        at = (middle.x - x) * _MM, (middle.y - y) * _MM + 1.0 * SCALE
        labels.append(views.Label(str(getattr(row, name)), at))
    reach = _REACH_M * _MM
    labels.append(views.Label(words.text("N"), (0.86 * reach, 0.62 * reach), bold=True))
    title = words.text("Key plan, north up")
    return clear_text.view(title, SCALE, strokes, labels, [])


def _lines(shapes: gpd.GeoSeries) -> Iterator[shapely.LineString]:
    for shape in shapes:
        # a street that only touches the window leaves a point
        yield from (part for part in shapely.get_parts([shape]) if part.geom_type == "LineString")


def _frame(reach: float) -> Iterator[views.Stroke]:
    yield views.Stroke("space", ((-reach, -reach), (reach, -reach), (reach, reach), (-reach, reach)), closed=True)
    x, z, long = 0.86 * reach, 0.7 * reach, 0.2 * reach
    yield views.Stroke("way", ((x, z), (x, z + long)))
    yield views.Stroke(
        "way", ((x - 0.04 * reach, z + 0.6 * long), (x, z + long), (x + 0.04 * reach, z + 0.6 * long)), True
    )
