"""Write SVG: elements, paths, shapes that are used again and again, and the file around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def number(value: float) -> str:
    """Return a length to 0.01, as short as it can be written."""
    return f"{round(float(value), 2) + 0.0:g}"


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """Return an element; lengths are written by :func:`number`, and `_` in an attribute's name stands for ``-``.

    Values are not escaped: they are numbers, colours and words of this program, never a person's words.
    """
    # Only floats are rounded: a whole number or a text is written as it was given.
    written = "".join(
        f' {key.replace("_", "-")}="{number(value) if isinstance(value, float) else value}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def path(line: str, **look: object) -> str:
    """Return a path along the commands of `line`; nothing for an empty line."""
    return element("path", d=line, **look) if line else ""


def line(points: Iterable[Sequence[float]], *, closed: bool = False) -> str:
    """Return the commands of a path through points."""
    through = "L".join(f"{number(point[0])} {number(point[1])}" for point in points)
    return f"M{through}Z" if closed else f"M{through}"


class Definitions:
    """The shapes that a drawing uses again and again, each written once.

    An identifier depends only on the shape it names, so drawings set side by side in one page do not disturb each
    other.
    """

    def __init__(self) -> None:
        self._shapes: dict[str, str] = {}

    def refer(self, identifier: str, markup: str) -> str:
        """Return the reference to a shape; `markup` must carry the identifier."""
        self._shapes.setdefault(identifier, markup)
        return f"#{identifier}"

    def markup(self) -> str:
        """Return every shape that was referred to, in the order of their identifiers."""
        return "<defs>" + "".join(self._shapes[key] for key in sorted(self._shapes)) + "</defs>"

    def document(self, width: float, height: float, content: str, *, unit: str = "") -> str:
        """Return `content` and the shapes it refers to as one SVG file.

        Parameters
        ----------
        width, height
            Of the drawing and of its coordinate system.
        content
            Elements.
        unit
            ``mm`` for a drawing of true size on paper; pixels otherwise.
        """
        # The user unit is the millimetre or the pixel, so coordinates need no scaling.
        wide, high = f"{width:g}", f"{height:g}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}{unit}" '
            f'height="{high}{unit}">{self.markup()}{content}</svg>'
        )
