"""Write the views of a ramp as a DXF drawing in metres, with an A3 layout that prints at true scale."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import ezdxf
from ezdxf import enums, filemanagement
from ezdxf.fonts import fonts
from ezdxf.render import arrows
from ezdxf.tools import juliandate  # type: ignore[attr-defined]

from audits.formats import typesetting
from audits.ramps.drawing import sheet as ramp_sheet
from audits.ramps.drawing import views

REGULAR, BOLD = "SARABUN", "SARABUN-BOLD"
SHEET = "A3"
PAPER_MM, MARGIN_MM = (420, 297), 10
_CAPITAL = 0.7
"""Height of a capital letter of the font as a share of its size: text in CAD is as high as its capitals."""

_BETWEEN_MM, _METRE_MM, _LINE = 2_000, 1_000, 1.6
_VIEWPORTS = "G-VIEWPORT"
_FIXED_DAY = juliandate(dt.datetime(2000, 1, 1))  # noqa: DTZ001
_ALIGNED = {
    0.0: enums.TextEntityAlignment.LEFT,
    0.5: enums.TextEntityAlignment.CENTER,
    1.0: enums.TextEntityAlignment.RIGHT,
}
_OPTIONS = ezdxf.options  # type: ignore[attr-defined]
# Options and fonts of the library are global, and several sessions may draw at once.
_one_at_a_time = threading.Lock()


def dxf(
    placed: Sequence[ramp_sheet.Placed], titles: Sequence[str], title_block: Sequence[str], made_on: dt.date
) -> bytes:
    """Return a drawing of DXF version R2018; the same views and day make the same bytes.

    Parameters
    ----------
    placed
        The views and where they stand on the sheet. In the model they stand one above the other, in metres.
    titles
        What stands beneath each view.
    title_block
        Lines of the title block on the layout; the first is the title. They stand above the views in the model too.
    made_on
        Day written into the file.
    """
    with _one_at_a_time, _fixed_marks():
        fonts.font_manager.scan_folder(typesetting.FONTS)
        document = _empty(placed)
        places = _model(document, placed, titles, title_block)
        _layout(document, placed, places, titles, title_block)
        return _written(document, made_on)


@contextlib.contextmanager
def _fixed_marks() -> Iterator[None]:
    """Let the library write fixed marks and days instead of new ones at every writing."""
    was = _OPTIONS.write_fixed_meta_data_for_testing
    _OPTIONS.write_fixed_meta_data_for_testing = True
    try:
        yield
    finally:
        _OPTIONS.write_fixed_meta_data_for_testing = was


def _empty(placed: Sequence[ramp_sheet.Placed]) -> Any:
    document = filemanagement.new("R2018", setup=["linetypes"])
    document.units = ezdxf.units.M
    # The library's dashes are units long, which are metres here.
    document.header["$LTSCALE"] = 0.05
    for name, weight in ((REGULAR, "Regular"), (BOLD, "Bold")):
        document.styles.add(name, font=f"{typesetting.FONT}-{weight}.ttf")
    for layer in views.LAYERS.values():
        kind = "DASHDOT" if layer.dashes else "CONTINUOUS"
        width = round(100 * layer.line_mm)
        document.layers.add(layer.name, color=layer.cad_colour, lineweight=width, linetype=kind)
    # The frames of the windows show on the screen and are not plotted.
    document.layers.add(_VIEWPORTS, color=8).dxf.plot = 0
    for scale in sorted({each.view.scale for each in placed}):
        _dimension_style(document, scale)
    return document


def _dimension_style(document: Any, scale: int) -> None:
    """Add the style of dimensions at a scale: its sizes on paper become metres of the model, its figures mm."""
    metres = scale / _METRE_MM
    style = document.dimstyles.new(_style_name(scale))
    style.dxf.dimtxsty = REGULAR
    style.dxf.dimtxt = views.FIGURE_MM * _CAPITAL * metres
    style.dxf.dimasz = 1.2 * metres
    style.dxf.dimexe, style.dxf.dimexo, style.dxf.dimgap = 1.2 * metres, 1.0 * metres, 0.6 * metres
    style.dxf.dimlfac, style.dxf.dimdec, style.dxf.dimtad, style.dxf.dimscale = _METRE_MM, 0, 1, 1
    style.dxf.dimtih = style.dxf.dimtoh = 0
    style.set_arrows(blk=arrows.ARROWS.architectural_tick)


def _style_name(scale: int) -> str:
    return f"JAIDEE-1-{scale}"


def _model(
    document: Any, placed: Sequence[ramp_sheet.Placed], titles: Sequence[str], title_block: Sequence[str]
) -> list[views.Point]:
    """Draw the views one above the other and return by how much each is shifted, mm."""
    model, shifts, top = document.modelspace(), [], 0.0
    for each, title in zip(placed, titles, strict=True):
        left, bottom, _, highest = each.view.extent()
        scale, shift = each.view.scale, (-left, top - highest)
        shifts.append(shift)
        _view(model, each.view, shift)
        below = top - (highest - bottom) - 0.7 * ramp_sheet.TITLE_ROOM_MM * scale
        _text(model, title, (0, below / _METRE_MM), views.TITLE_MM * scale / _METRE_MM, bold=True, layer="title")
        top -= highest - bottom + ramp_sheet.TITLE_ROOM_MM * scale + _BETWEEN_MM
    size = views.TITLE_MM * placed[0].view.scale / _METRE_MM
    for number, line in enumerate(reversed(title_block)):
        up = _BETWEEN_MM / 2 / _METRE_MM + number * _LINE * size
        _text(model, line, (0, up), size, bold=number == len(title_block) - 1, layer="title")
    return shifts


def _view(space: Any, view: views.View, shift: views.Point) -> None:
    def metres(point: views.Point) -> views.Point:
        return (point[0] + shift[0]) / _METRE_MM, (point[1] + shift[1]) / _METRE_MM

    for stroke in view.strokes:
        layer, points = views.LAYERS[stroke.layer], [metres(point) for point in stroke.points]
        if stroke.closed and layer.fill:
            hatch = space.add_hatch(dxfattribs={"layer": layer.name})
            hatch.rgb = tuple(bytes.fromhex(layer.fill[1:]))
            hatch.paths.add_polyline_path(points, is_closed=True)
        space.add_lwpolyline(points, close=stroke.closed, dxfattribs={"layer": layer.name})
    for each in view.dimensions:
        start, end = map(metres, each.touched)
        angle = 0 if each.axis == views.HORIZONTAL else 90
        attributes = {"layer": views.LAYERS["dimension"].name}
        style = _style_name(view.scale)
        base = metres(each.ends[0])
        space.add_linear_dim(base, start, end, angle=angle, dimstyle=style, dxfattribs=attributes).render()
    for label in view.labels:
        size = label.size_mm * view.scale / _METRE_MM
        _text(space, label.words, metres(label.at), size, label.anchor, label.angle, bold=label.bold)


def _text(
    space: Any,
    words: str,
    at: views.Point,
    size: float,
    anchor: float = 0.0,
    angle: float = 0.0,
    *,
    bold: bool,
    layer: str = "text",
) -> None:
    """Write one line; place and size in the units of the drawing."""
    attributes = {"layer": views.LAYERS[layer].name, "style": BOLD if bold else REGULAR}
    text = space.add_text(words, height=size * _CAPITAL, rotation=angle, dxfattribs=attributes)
    text.set_placement(at, align=_ALIGNED[anchor])


def _layout(
    document: Any,
    placed: Sequence[ramp_sheet.Placed],
    shifts: Sequence[views.Point],
    titles: Sequence[str],
    title_block: Sequence[str],
) -> None:
    """Set the views on an A3 sheet, each in a window of its scale, with frame and title block in mm of paper."""
    document.layouts.rename("Layout1", SHEET)
    sheet = document.layouts.get(SHEET)
    sheet.page_setup(size=PAPER_MM, margins=(0, 0, 0, 0), units="mm", scale=(1, 1))
    frame = {"layer": views.LAYERS["title"].name}
    high = PAPER_MM[1] - 2 * MARGIN_MM
    left, right = MARGIN_MM, PAPER_MM[0] - MARGIN_MM
    for top in (MARGIN_MM + high, MARGIN_MM + high - ramp_sheet.HEIGHT_MM):
        corners = [(left, MARGIN_MM), (right, MARGIN_MM), (right, top), (left, top)]
        sheet.add_lwpolyline(corners, close=True, dxfattribs=frame)
    for each, shift, title in zip(placed, shifts, titles, strict=True):
        width, height = each.size_mm
        middle = MARGIN_MM + each.left_mm + width / 2, MARGIN_MM + high - each.top_mm - height / 2
        looked_at = tuple((a + by) / _METRE_MM for a, by in zip(each.view.middle(), shift, strict=True))
        # A millimetre more, else the lines on the edge of a view are clipped.
        size = width + 1, height + 1
        seen = size[1] * each.view.scale / _METRE_MM
        window = sheet.add_viewport(center=middle, size=size, view_center_point=looked_at, view_height=seen)
        window.dxf.layer = _VIEWPORTS
        under = MARGIN_MM + high - each.top_mm - height - 0.7 * ramp_sheet.TITLE_ROOM_MM
        _text(sheet, title, (MARGIN_MM + each.left_mm, under), views.TITLE_MM, bold=True, layer="title")
    first = MARGIN_MM + high - ramp_sheet.HEIGHT_MM - _LINE * views.TITLE_MM
    for number, line in enumerate(title_block):
        place = MARGIN_MM + 3, first - number * _LINE * views.TITLE_MM
        _text(sheet, line, place, views.TITLE_MM, bold=number == 0, layer="title")


def _written(document: Any, made_on: dt.date) -> bytes:
    """Return the file, with the day it was made in place of the fixed one, and its classes in a fixed order."""
    document.classes.add_required_classes(document.dxfversion)
    document.classes.classes = dict(sorted(document.classes.classes.items()))
    text = io.StringIO()
    document.write(text)
    day = juliandate(dt.datetime(made_on.year, made_on.month, made_on.day))  # noqa: DTZ001
    return text.getvalue().replace(f"\n{_FIXED_DAY}\n", f"\n{day}\n").encode("utf-8")
