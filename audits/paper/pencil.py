"""Draw plain technical figures in black, grey and one accent, legible in black and white."""

from __future__ import annotations

from typing import TypeAlias

Point: TypeAlias = tuple[float, float]

INK, GROUND, ACCENT, PAPER = "#1a1a1a", "#d9d9d9", "#0b3d91", "#ffffff"
THIN_MM, THICK_MM, MEASURE_MM = 0.4, 1.4, 0.9
HEAD_MM = 2.6


class Pencil:
    """Collect strokes; millimetres, y downwards."""

    def __init__(self) -> None:
        self._strokes: list[str] = []

    def svg(self, width_mm: float, height_mm: float) -> str:
        """Return what was drawn."""
        size = f'width="{width_mm}mm" height="{height_mm}mm" viewBox="0 0 {width_mm} {height_mm}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(self._strokes)}</svg>'

    def solid(self, *corners: Point) -> None:
        """Draw ground, walls and floors: a grey area with an edge."""
        self._path(f"{_along(corners)}Z", fill=GROUND)

    def tool(self, *corners: Point) -> None:
        """Draw an instrument."""
        self._path(f"{_along(corners)}Z", fill=PAPER, stroke=ACCENT, width=0.7)

    def box(self, left: float, top: float, width: float, height: float, *, dashed: bool = False) -> None:
        """Draw an empty box."""
        right, bottom = left + width, top + height
        corners = ((left, top), (right, top), (right, bottom), (left, bottom))
        self._path(f"{_along(corners)}Z", dashed=dashed)

    def line(self, *points: Point, dashed: bool = False, thick: bool = False) -> None:
        """Draw a line; thick for rails and posts."""
        self._path(_along(points), width=THICK_MM if thick else THIN_MM, dashed=dashed)

    def measure(self, *points: Point) -> None:
        """Draw a line in the accent."""
        self._path(_along(points), stroke=ACCENT, width=MEASURE_MM)

    def span(self, start: Point, end: Point) -> None:
        """Draw what is measured: a line in the accent with a head at both ends."""
        self._path(_along((start, end)), stroke=ACCENT, width=MEASURE_MM)
        self._head(start, end)
        self._head(end, start)

    def arrow(self, start: Point, end: Point) -> None:
        """Draw a pointer."""
        self._path(_along((start, end)), stroke=ACCENT, width=MEASURE_MM)
        self._head(start, end)

    def curve(self, start: Point, control: Point, end: Point) -> None:
        """Draw a curved line."""
        self._path(f"M{_at(start)}Q{_at(control)} {_at(end)}")

    def bend(self, start: Point, control: Point, end: Point) -> None:
        """Draw the angle that is measured."""
        self._path(f"M{_at(start)}Q{_at(control)} {_at(end)}", stroke=ACCENT, width=MEASURE_MM)

    def circle(self, x: float, y: float, radius: float, *, filled: bool = False, dashed: bool = False) -> None:
        """Draw a circle, filled as ground is."""
        self._path(_round(x, y, radius), fill=GROUND if filled else "none", dashed=dashed)

    def disc(self, x: float, y: float, radius: float) -> None:
        """Draw a black dot."""
        self._path(_round(x, y, radius), fill=INK)

    def person(self, x: float, feet: float, height: float) -> None:
        """Draw a standing person, for scale."""
        head = height * 0.11
        hip, neck = feet - height * 0.45, feet - height + 2 * head
        self._path(_round(x, neck - head, head), fill=INK)
        arms = (
            (x - height * 0.14, neck + height * 0.26),
            (x, neck + head * 0.6),
            (x + height * 0.14, neck + height * 0.26),
        )
        legs = (x - height * 0.1, feet), (x, hip), (x + height * 0.1, feet)
        for limb in (arms, legs, ((x, neck), (x, hip))):
            self._path(_along(limb), width=height * 0.06)

    def _head(self, start: Point, end: Point) -> None:
        (east, south), length = _direction(start, end), HEAD_MM
        back = (end[0] - east * length, end[1] - south * length)
        side = (-south * length * 0.38, east * length * 0.38)
        wings = (back[0] + side[0], back[1] + side[1]), (back[0] - side[0], back[1] - side[1])
        self._path(f"{_along((wings[0], end, wings[1]))}Z", fill=ACCENT, stroke=ACCENT, width=0.2)

    def _path(
        self, path: str, *, fill: str = "none", stroke: str = INK, width: float = THIN_MM, dashed: bool = False
    ) -> None:
        dash = ' stroke-dasharray="1.6 1.2"' if dashed else ""
        look = f'fill="{fill}" stroke="{stroke}" stroke-width="{_number(width)}" stroke-linejoin="round"{dash}'
        self._strokes.append(f'<path d="{path}" {look}/>')


def _direction(start: Point, end: Point) -> Point:
    east, south = end[0] - start[0], end[1] - start[1]
    length = float((east * east + south * south) ** 0.5)
    return east / length, south / length


def _along(points: tuple[Point, ...]) -> str:
    return "M" + "L".join(_at(point) for point in points)


def _round(x: float, y: float, radius: float) -> str:
    arc = f"a{_number(radius)} {_number(radius)} 0 1 0"
    return f"M{_at((x - radius, y))}{arc} {_number(2 * radius)} 0{arc} {_number(-2 * radius)} 0Z"


def _at(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _number(value: float) -> str:
    return f"{round(value, 2):g}"
