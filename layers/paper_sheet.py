"""Lay a window of the ground on paper at true scale, with its frame, grid, scale bar and north arrow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from layers import errors, paper_text, svg

SCALES = (
    *(500, 1_000, 2_000, 2_500, 5_000, 7_500, 10_000, 12_500, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000),
    *(75_000, 100_000, 150_000, 200_000, 250_000, 500_000, 1_000_000),
)
"""The round scales, as denominators, largest scale first."""

MARGIN_MM, FOOT_MM = 4.0, 10.5
_NARROWEST_MM = 50.0
_GRID_STEPS_M = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
_CLOSEST_GRID_LINES_MM = 30.0
_BAR_LENGTHS_M = tuple(figure * 10**power for power in range(6) for figure in (1, 2, 5))
# About so wide; columns are named by one letter of the alphabet.
_CELL_MM, _MOST_COLUMNS = 30.0, 26
_CELL_NAME = paper_text.Style(2.6, paper_text.BOLD, "#2b5580")
_NUMBERS = paper_text.Style(1.9, colour="#2b5580")
_NOTES = paper_text.Style(2.3)
_ARROW = "M0 0L1.9 5.4L0 4.2L-1.9 5.4Z"


@dataclass(frozen=True)
class Sheet:
    """A rectangle of paper and the window of the ground within its frame.

    Paper is measured in mm from its upper left corner, x to the right and y down. The ground is a UTM zone in
    metres; paper mm = grid m · 1000 / scale, and a metre of the grid is a metre of ground within 0.1 %.

    Parameters
    ----------
    width_mm, height_mm
        The whole rectangle: the window, a margin of 4 mm round it, and a foot of 10.5 mm with the scale bar.
    scale
        Denominator of the scale.
    east_m, north_m
        The point of the ground in the middle of the window.
    crs
        The UTM zone, from :mod:`layers.utm`.

    Raises
    ------
    errors.LayerError
        If the paper is too small to hold a map, or the scale is not positive.
    """

    width_mm: float
    height_mm: float
    scale: float
    east_m: float
    north_m: float
    crs: str

    def __post_init__(self) -> None:
        # negated, so that NaN is refused as well
        if not (min(self.width_mm, self.height_mm) >= _NARROWEST_MM and self.scale > 0):
            raise errors.LayerError(
                f"a map of {self.width_mm:g} × {self.height_mm:g} mm at 1:{self.scale:g}: "
                f"each side must be at least {_NARROWEST_MM:g} mm and the scale more than 0"
            )

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the window on paper, mm."""
        return MARGIN_MM, MARGIN_MM, self.width_mm - MARGIN_MM, self.height_mm - MARGIN_MM - FOOT_MM

    @property
    def window(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the window on the ground, m."""
        east, north = (side * self.scale / 2000 for side in window_mm(self.width_mm, self.height_mm))
        return self.east_m - east, self.north_m - north, self.east_m + east, self.north_m + north

    def on_paper(self, metres: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return positions of the ground, shape (n, 2) in m, as places on paper, shape (n, 2) in mm."""
        left, top, right, bottom = self.frame
        middle = np.array([(left + right) / 2, (top + bottom) / 2])
        return middle + (metres - (self.east_m, self.north_m)) * (1000 / self.scale, -1000 / self.scale)

    def cut(self, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Return shapes of the ground cut at the window and laid on paper; what lies outside becomes empty."""
        inside = shapely.clip_by_rect(shapes, *self.window)
        laid: npt.NDArray[np.object_] = shapely.transform(inside, self.on_paper)
        return laid


def known(frame: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Return a mask of the rows with a shape; an empty shape counts as none."""
    shapes = frame.geometry.to_numpy()
    lost: npt.NDArray[np.bool_] = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    return ~lost


def window_mm(width_mm: float, height_mm: float) -> tuple[float, float]:
    """Return width and height of the window on a paper."""
    return width_mm - 2 * MARGIN_MM, height_mm - 2 * MARGIN_MM - FOOT_MM


def scale_holding(width_m: float, height_m: float, *, width_mm: float, height_mm: float, clear_mm: float) -> int:
    """Return the largest of :data:`SCALES` at which a piece of ground fits into the window, with room round it.

    Parameters
    ----------
    width_m, height_m
        Of the ground.
    width_mm, height_mm
        Of the whole paper, as in :class:`Sheet`.
    clear_mm
        Room to be left on each side within the frame.

    Raises
    ------
    errors.LayerError
        If no scale is small enough.
    """
    across, down = (side - 2 * clear_mm for side in window_mm(width_mm, height_mm))
    for scale in SCALES:
        if width_m * 1000 <= across * scale and height_m * 1000 <= down * scale:
            return scale
    raise errors.LayerError(
        f"{width_m / 1000:,.0f} × {height_m / 1000:,.0f} km of ground on {width_mm:g} × {height_mm:g} mm: "
        f"not even 1:{SCALES[-1]:,} holds it"
    )


def grid_step_m(scale: float) -> int:
    """Return the spacing of the grid: 100 m, less above 1:1,000, more where lines would stand closer than 30 mm."""
    smallest = _GRID_STEPS_M[0] if scale < 1_000 else 100
    wide = (step for step in _GRID_STEPS_M if step >= smallest and step * 1000 / scale >= _CLOSEST_GRID_LINES_MM)
    return next(wide, _GRID_STEPS_M[-1])


def grid(shapes: svg.Definitions, sheet: Sheet) -> tuple[str, str]:
    """Return the lines of the UTM grid, and its numbers, which stand in the margin."""
    step = grid_step_m(sheet.scale)
    left, top, right, bottom = sheet.frame
    west, south, east, north = sheet.window
    eastings = range(math.ceil(west / step) * step, math.floor(east) + 1, step)
    northings = range(math.ceil(south / step) * step, math.floor(north) + 1, step)
    xs = [float(sheet.on_paper(np.array([[easting, north]]))[0, 0]) for easting in eastings]
    ys = [float(sheet.on_paper(np.array([[west, northing]]))[0, 1]) for northing in northings]
    numbers = [
        paper_text.text(shapes, str(easting), x, y, _NUMBERS, anchor=0.5)
        for easting, x in zip(eastings, xs, strict=True)
        if left + 5 <= x <= right - 5  # clear of the corners, where the numbers of both axes meet
        for y in (top - 1, bottom + 2.3)
    ]
    numbers += [
        paper_text.text(shapes, str(northing), x, y, _NUMBERS, anchor=0.5, angle=-90)
        for northing, y in zip(northings, ys, strict=True)
        if top + 5 <= y <= bottom - 5
        for x in (left - 1, right + 2.3)
    ]
    return _rules(sheet, xs, ys), "".join(numbers)


def cell(sheet: Sheet, x: float, y: float) -> str:
    """Return the name of the cell of the index grid that a place within the frame lies in, such as ``C4``."""
    left, top, right, bottom = sheet.frame
    columns, rows = _cell_counts(sheet)
    # a place on the very edge belongs to the last cell
    column = min(int((x - left) / (right - left) * columns), columns - 1)
    row = min(int((y - top) / (bottom - top) * rows), rows - 1)
    return f"{chr(ord('A') + column)}{row + 1}"


def index_grid(shapes: svg.Definitions, sheet: Sheet) -> tuple[str, str]:
    """Return the lines of the index grid, and its letters and numbers, which stand in the margin."""
    left, top, right, bottom = sheet.frame
    columns, rows = _cell_counts(sheet)
    wide, tall = (right - left) / columns, (bottom - top) / rows
    rules = _rules(
        sheet,
        [left + wide * number for number in range(1, columns)],
        [top + tall * number for number in range(1, rows)],
    )
    names = [
        paper_text.text(shapes, chr(ord("A") + number), left + wide * (number + 0.5), y, _CELL_NAME, anchor=0.5)
        for number in range(columns)
        for y in (top - 1, bottom + 2.9)
    ]
    names += [
        paper_text.text(shapes, str(number + 1), x, top + tall * (number + 0.5) + 0.9, _CELL_NAME, anchor=0.5)
        for number in range(rows)
        for x in (left - 2, right + 2)
    ]
    return rules, "".join(names)


def _rules(sheet: Sheet, xs: Sequence[float], ys: Sequence[float]) -> str:
    """Return upright lines at `xs` and level lines at `ys`, from edge to edge of the window."""
    left, top, right, bottom = sheet.frame
    upright = "".join(f"M{svg.number(x)} {top:g}V{bottom:g}" for x in xs)
    level = "".join(f"M{left:g} {svg.number(y)}H{right:g}" for y in ys)
    return svg.path(upright + level, stroke="#5b87b3", stroke_width=".1", fill="none")


def margin(sheet: Sheet) -> str:
    """Return the white margin with the frame, to be laid over whatever reaches beyond the window."""
    left, top, right, bottom = sheet.frame
    whole = f"M0 0H{sheet.width_mm:g}V{sheet.height_mm:g}H0Z"
    window = f"M{left:g} {top:g}H{right:g}V{bottom:g}H{left:g}Z"
    cover = svg.path(whole + window, fill="#ffffff", fill_rule="evenodd")
    return cover + svg.path(window, fill="none", stroke="#1a1a1a", stroke_width=".35")


def foot(
    shapes: svg.Definitions, sheet: Sheet, *, metres: str, kilometres: str, north: str, notes: Sequence[str]
) -> str:
    """Return scale bar, notes and north arrow, which stand under the frame.

    Parameters
    ----------
    shapes
        Keeps the letters.
    sheet
        The paper.
    metres, kilometres, north
        Signs of the units of the bar, and of the north arrow, which points to grid north.
    notes
        Up to three lines; a line that is too long is set smaller.
    """
    left, _, right, bottom = sheet.frame
    top = bottom + MARGIN_MM
    bar_end, bar = _bar(shapes, sheet, left + 1, top + 4.6, metres, kilometres)
    begin, end = bar_end + 6, right - 8
    drawn = [bar]
    for line, note in enumerate(notes):
        size = min(_NOTES.size_mm, _NOTES.size_mm * (end - begin) / paper_text.width_mm(note, _NOTES.size_mm))
        drawn.append(paper_text.text(shapes, note, begin, top + 2.4 + 3.2 * line, paper_text.Style(size)))
    letter = paper_text.text(shapes, north, right - 3, top + 9.4, paper_text.Style(3, paper_text.BOLD), anchor=0.5)
    arrow = svg.path(_ARROW, transform=f"translate({right - 3:g} {top + 0.9:g})", fill="#1a1a1a")
    return "".join((*drawn, arrow, letter))


def _cell_counts(sheet: Sheet) -> tuple[int, int]:
    left, top, right, bottom = sheet.frame
    columns, rows = round((right - left) / _CELL_MM), round((bottom - top) / _CELL_MM)
    return min(max(columns, 1), _MOST_COLUMNS), max(rows, 1)


def _bar(shapes: svg.Definitions, sheet: Sheet, x: float, y: float, metres: str, kilometres: str) -> tuple[float, str]:
    """Return the right end of the bar with its unit, and the bar: four parts, a round length in all."""
    longest_m = sheet.width_mm * 0.28 * sheet.scale / 1000
    length_m = max((length for length in _BAR_LENGTHS_M if length <= longest_m), default=_BAR_LENGTHS_M[0])
    part_mm = length_m * 1000 / sheet.scale / 4
    height, edge = "1.5", {"stroke": "#1a1a1a", "stroke_width": ".15"}
    drawn = []
    for part in range(4):
        fill = "#ffffff" if part % 2 else "#1a1a1a"
        left = x + part * part_mm
        drawn.append(svg.element("rect", x=left, y=f"{y:g}", width=part_mm, height=height, fill=fill, **edge))
    # The bar has figures at its half too, and 500 m reads better than 0.5 km.
    unit, unit_m = (kilometres, 1000) if length_m >= 2000 else (metres, 1)
    for part in (0, 2, 4):
        figure = f"{length_m * part / 4 / unit_m:g}"
        drawn.append(paper_text.text(shapes, figure, x + part * part_mm, y - 1, _NOTES, anchor=0.5))
    half_figure = paper_text.width_mm(f"{length_m / unit_m:g}", _NOTES.size_mm) / 2
    after = x + 4 * part_mm + half_figure + 0.8
    drawn.append(paper_text.text(shapes, unit, after, y - 1, _NOTES))
    return after + paper_text.width_mm(unit, _NOTES.size_mm), "".join(drawn)
