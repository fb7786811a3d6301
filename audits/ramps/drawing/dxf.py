"""Write the views of a ramp as a DXF drawing in metres, with an A3 layout that prints at true scale."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import itertools
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ezdxf
from ezdxf import enums, filemanagement
from ezdxf.fonts import fonts
from ezdxf.lldxf import const
from ezdxf.render import arrows
from ezdxf.tools import juliandate  # type: ignore[attr-defined]

from audits.formats import typesetting
from audits.ramps.drawing import sheet as ramp_sheet
from audits.ramps.drawing import title_block, views
from layers import paper_text

REGULAR, BOLD = "SARABUN", "SARABUN-BOLD"
SHEET = "A3"
_TITLE, _KEY_PLAN = "TITLE", "KEY-PLAN"
# a view drawn smaller than this is no ramp but a key plan
_LARGEST_PLAN = 2_000
_TITLE_HIGH_MM, _SIGN_MM, _TEXT_COLUMN_MM = 41, 40, 130.0
_COLUMNS_MM = (0, 130, 210, 280)
PAPER_MM, MARGIN_MM = (420, 297), 10
_CAPITAL = 0.7
"""Height of a capital letter of the font as a share of its size: text in CAD is as high as its capitals."""

_BETWEEN_MM, _METRE_MM, _LINE = 1_000, 1_000, 1.6
_VIEWPORTS = "G-VIEWPORT"
# the day that the library writes when it is asked for fixed marks
_FIXED_DAY = juliandate(dt.datetime(2000, 1, 1))  # noqa: DTZ001
# From R2007 on a DXF is UTF-8 whatever its code page says, which the library sets to that of Western Europe. GDAL goes
# by the code page, so Thai came out garbled in QGIS: the file names the one that is UTF-8.
_CODE_PAGE = "ANSI_1252", "ANSI_65001"
_ALIGNED = {
    0.0: enums.TextEntityAlignment.LEFT,
    0.5: enums.TextEntityAlignment.CENTER,
    1.0: enums.TextEntityAlignment.RIGHT,
}
_OPTIONS = ezdxf.options  # type: ignore[attr-defined]
# Options and fonts of the library are global, and several sessions may draw at once.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Text:
    """What the last sheet says: tables as from :func:`audits.ramps.drawing.described.tables`, and notes."""

    tables: Sequence[Mapping[str, Any]]
    notes: Sequence[str]


def dxf(
    sheets: Sequence[ramp_sheet.Sheet],
    titles: Sequence[Sequence[str]],
    block: title_block.TitleBlock,
    text: Text,
    made_on: dt.date,
) -> bytes:
    """Return a drawing of DXF version R2018; the same views and day make the same bytes.

    Parameters
    ----------
    sheets
        The views and where they stand on each sheet. In the model they stand side by side, in metres, each a group.
    titles
        What stands beneath each view, by sheet.
    block
        The title block of each layout; its title stands above the views in the model too.
    text
        The last layout.
    made_on
        Day written into the file.
    """
    with _one_at_a_time, _fixed_marks():
        # found anew: a cache of fonts from another run may lack these, and their texts become boxes
        fonts.font_manager.scan_folder(typesetting.FONTS)
        placed = [each for sheet in sheets for each in sheet]
        document = _empty(placed)
        shifts = _model(document, placed, [title for row in titles for title in row], block)
        _title_frame(document)
        count, places = len(sheets) + 1, itertools.count()
        for number, (sheet, row) in enumerate(zip(sheets, titles, strict=True), start=1):
            layout = _layout(document, number, block, f"{number} / {count}")
            _windows(layout, sheet, [shifts.get(next(places)) for _ in sheet], row)
        _written_out(_layout(document, count, block, f"{count} / {count}"), text)
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
    # LibreCAD takes the factor from metres to the figure from the header, whatever the style of a dimension says.
    document.dimstyles.get(_style_name(placed[0].view.scale)).copy_to_header(document)
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
    # Of the layer: "by block", as the library has it, is black and thick in some readers.
    style.dxf.dimclrd = style.dxf.dimclre = style.dxf.dimclrt = const.BYLAYER
    style.dxf.dimlwd = style.dxf.dimlwe = const.LINEWEIGHT_BYLAYER
    style.set_arrows(blk=arrows.ARROWS.architectural_tick)


def _style_name(scale: int) -> str:
    return f"JAIDEE-1-{scale}"


def _model(
    document: Any, placed: Sequence[ramp_sheet.Placed], titles: Sequence[str], block: title_block.TitleBlock
) -> dict[int, views.Point]:
    """Draw the views side by side, each a group, and return by how much each is shifted, mm, by its place.

    A key plan is a hundred times as large as a ramp, so it stands on its sheet only.
    """
    model, shifts = document.modelspace(), dict[int, views.Point]()
    wide = max(_room_mm(placed[place].view, titles[place])[0] for place in _ramp(placed))
    left, top, deepest = 0.0, 0.0, 0.0
    for place in _ramp(placed):
        view, title, begun = placed[place].view, titles[place], len(model)
        width, height = _room_mm(view, title)
        if left and left + width > wide:
            left, top, deepest = 0.0, top - deepest - _BETWEEN_MM, 0.0
        lowest, bottom, _, highest = view.extent()
        shifts[place] = left - lowest, top - highest
        _view(model, view, shifts[place])
        below = top - (highest - bottom) - 0.7 * ramp_sheet.TITLE_ROOM_MM * view.scale
        size = views.TITLE_MM * view.scale / _METRE_MM
        _text(model, title, (left / _METRE_MM, below / _METRE_MM), size, bold=True, layer="title")
        group = document.groups.new(f"VIEW-{len(shifts)}", description=title)
        group.extend(list(model)[begun:])
        left, deepest = left + width + _BETWEEN_MM, max(deepest, height)
    low, wide = (0.0, (top - deepest) / _METRE_MM), wide / _METRE_MM
    _opened_at(document, low, (wide, _heading(model, block, views.TITLE_MM * placed[0].view.scale / _METRE_MM, wide)))
    return shifts


def _heading(model: Any, block: title_block.TitleBlock, size: float, wide: float) -> float:
    """Write what stands in the title block above the views, no wider than they are, and return how high it goes."""
    lines = [block.title, *block.warning, *block.lines, block.number, *block.facts]
    parts = [(line, part) for line in lines for part in _wrapped(line, size, wide)]
    up = _BETWEEN_MM / _METRE_MM
    for line, part in reversed(parts):
        layer = "warning" if line in block.warning else "title"
        _text(model, part, (0, up), size, bold=line == block.title, layer=layer)
        up += _LINE * size
    return up


def _ramp(placed: Sequence[ramp_sheet.Placed]) -> list[int]:
    """Return the places of the views of the ramp, without the key plan."""
    return [place for place, each in enumerate(placed) if each.view.scale <= _LARGEST_PLAN]


def _room_mm(view: views.View, title: str) -> views.Point:
    """Return width and height that a view takes in the model with its title, mm of the real thing."""
    left, bottom, right, top = view.extent()
    named = paper_text.width_mm(title, views.TITLE_MM, paper_text.BOLD) * view.scale
    return max(right - left, named), top - bottom + ramp_sheet.TITLE_ROOM_MM * view.scale


def _key_plan(document: Any, view: views.View) -> None:
    """Make the block of a key plan, in metres, with its middle at the origin."""
    x, y = view.middle()
    _view(document.blocks.new(_KEY_PLAN), view, (-x, -y))


def _opened_at(document: Any, low: views.Point, high: views.Point) -> None:
    """Let a reader open the model where the drawing is, in metres: not every reader looks for it by itself."""
    document.modelspace().reset_extents((*low, 0.0), (*high, 0.0))
    # The library takes the model for a sheet of paper of 420 by 297 metres, and "all" would show that.
    document.modelspace().reset_limits(low, high)
    middle = (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
    document.set_modelspace_vport(height=high[1] - low[1], center=middle)


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
    for each, figure in zip(view.dimensions, view.figures, strict=True):
        start, end = map(metres, each.touched)
        angle = 0 if each.axis == views.HORIZONTAL else 90
        attributes = {"layer": views.LAYERS["dimension"].name}
        style = _style_name(view.scale)
        base = metres(each.ends[0])
        left, low, right, high = (side * view.scale for side in figure.box_mm(view.scale))
        # The middle of the figure, where it stands clear on paper too.
        middle = metres(((left + right) / 2, (low + high) / 2))
        space.add_linear_dim(
            base, start, end, location=middle, angle=angle, dimstyle=style, dxfattribs=attributes
        ).render()
    for label in view.labels:
        size = label.size_mm * view.scale / _METRE_MM
        place = metres(label.at)
        _text(space, label.words, place, size, label.anchor, label.angle, bold=label.bold, layer=label.layer)


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


def _title_frame(document: Any) -> None:
    """Make the block of frame, columns and lines to sign on, in mm of paper."""
    block, layer = document.blocks.new(_TITLE), {"layer": views.LAYERS["title"].name}
    left, right, top = MARGIN_MM, PAPER_MM[0] - MARGIN_MM, MARGIN_MM + _TITLE_HIGH_MM
    for high in (PAPER_MM[1] - MARGIN_MM, top):
        corners = [(left, MARGIN_MM), (right, MARGIN_MM), (right, high), (left, high)]
        block.add_lwpolyline(corners, close=True, dxfattribs=layer)
    for column in _COLUMNS_MM[1:]:
        block.add_line((left + column, MARGIN_MM), (left + column, top), dxfattribs=layer)
    for number in range(3):
        start = left + _COLUMNS_MM[-1] + 3 + number * _SIGN_MM
        for line in (8, 15, 22):
            block.add_line((start, MARGIN_MM + line), (start + _SIGN_MM - 5, MARGIN_MM + line), dxfattribs=layer)


def _layout(document: Any, number: int, block: title_block.TitleBlock, sheet: str) -> Any:
    """Return a new A3 layout with frame and title block, in mm of paper."""
    name = f"{SHEET}-{number}"
    if number == 1:
        # a new document has one empty layout already
        document.layouts.rename("Layout1", name)
    layout = document.layouts.get(name) if number == 1 else document.layouts.new(name)
    layout.page_setup(size=PAPER_MM, margins=(0, 0, 0, 0), units="mm", scale=(1, 1))
    layout.add_blockref(_TITLE, (0, 0), dxfattribs={"layer": views.LAYERS["title"].name})
    columns = (
        (block.title, *block.lines),
        (block.number, f"{block.sheet} {sheet}", *block.facts),
        block.revisions,
    )
    first = MARGIN_MM + _TITLE_HIGH_MM - 6.0
    for left, right, lines in zip(_COLUMNS_MM, _COLUMNS_MM[1:], columns, strict=False):
        start, wide = MARGIN_MM + left + 3.0, right - left - 6.0
        below = _column(layout, lines, (start, first), wide)
        if left == 0:
            _column(layout, block.warning, (start, below), wide, layer="warning")
    for place, each in enumerate(block.signatures):
        start = MARGIN_MM + _COLUMNS_MM[-1] + 3.0 + place * _SIGN_MM
        _column(layout, [each], (start, first), _SIGN_MM)
    return layout


def _column(
    layout: Any, lines: Sequence[str], at: views.Point, wide: float, layer: str = "title", size: float = 2.6
) -> float:
    """Write lines under one another, the first bold, and return the height of the next."""
    left, high = at
    for number, line in enumerate(lines):
        for part in _wrapped(line, size, wide):
            _text(layout, part, (left, high), size, bold=number == 0, layer=layer)
            high -= _LINE * size
    return high


def _wrapped(words: str, size: float, wide: float) -> list[str]:
    """Return a text in lines no wider than some mm, or metres of the same text, broken at spaces."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and paper_text.width_mm(longer, size, paper_text.BOLD) > wide:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _windows(layout: Any, sheet: ramp_sheet.Sheet, shifts: Sequence[views.Point | None], titles: Sequence[str]) -> None:
    """Set the views on a layout, each in a window of its scale; what is not in the model stands there itself."""
    high = PAPER_MM[1] - 2 * MARGIN_MM
    for each, shift, title in zip(sheet, shifts, titles, strict=True):
        width, height = each.size_mm
        middle = MARGIN_MM + each.left_mm + width / 2, MARGIN_MM + high - each.top_mm - height / 2
        under = MARGIN_MM + high - each.top_mm - height - 0.7 * ramp_sheet.TITLE_ROOM_MM
        _text(layout, title, (MARGIN_MM + each.left_mm, under), views.TITLE_MM, bold=True, layer="title")
        if shift is None:
            _key_plan(layout.doc, each.view)
            scale = dict.fromkeys(("xscale", "yscale", "zscale"), _METRE_MM / each.view.scale)
            layout.add_blockref(_KEY_PLAN, middle, dxfattribs={"layer": views.LAYERS["street"].name, **scale})
            continue
        looked_at = tuple((a + by) / _METRE_MM for a, by in zip(each.view.middle(), shift, strict=True))
        # A millimetre more, else the lines on the edge of a view are clipped.
        size = width + 1, height + 1
        seen = size[1] * each.view.scale / _METRE_MM
        window = layout.add_viewport(center=middle, size=size, view_center_point=looked_at, view_height=seen)
        window.dxf.layer = _VIEWPORTS


def _written_out(layout: Any, text: Text) -> None:
    """Write the tables and notes in columns, as many as the sheet has room for beside one another."""
    bottom, top, size = MARGIN_MM + _TITLE_HIGH_MM + 4, PAPER_MM[1] - MARGIN_MM - 8, 2.2
    left, at = MARGIN_MM + 4.0, float(top)
    for cells, starts in _lines(text, size):
        if at < bottom:
            left, at = left + _TEXT_COLUMN_MM, float(top)
        for words, start in zip(cells, starts, strict=True):
            _text(layout, words, (left + start, at), size, bold=False)
        at -= _LINE * size


def _lines(text: Text, size: float) -> Iterator[tuple[Sequence[str], Sequence[float]]]:
    """Yield each line as its cells and where they begin; a column is as wide as its widest cell."""
    for table in text.tables:
        yield [table["title"]], [0.0]
        rows = [[column["name"] for column in table["columns"]], *table["rows"]]
        widths = [max(paper_text.width_mm(cell, size) for cell in column) + 3 for column in zip(*rows, strict=True)]
        starts = [0.0, *itertools.accumulate(widths)][:-1]
        yield from ((row, starts) for row in rows)
        yield [], []
    for note in text.notes:
        yield from (([line], [0.0]) for line in _wrapped(note, size, _TEXT_COLUMN_MM - 6))


def _written(document: Any, made_on: dt.date) -> bytes:
    """Return the file, with the day it was made in place of the fixed one, and its classes in a fixed order."""
    document.classes.add_required_classes(document.dxfversion)
    document.classes.classes = dict(sorted(document.classes.classes.items()))
    text = io.StringIO()
    document.write(text)
    day = juliandate(dt.datetime(made_on.year, made_on.month, made_on.day))  # noqa: DTZ001
    # whole lines only: the same digits may be part of another figure
    dated = text.getvalue().replace(f"\n{_FIXED_DAY}\n", f"\n{day}\n")
    return dated.replace(*_CODE_PAGE, 1).encode("utf-8")
