"""Draw the council's charts, legible in black and white by shade, hatching and numbers."""

from __future__ import annotations

import pandas as pd

from audits import terms, wording
from audits.access import access_text
from audits.council import figures, money
from audits.formats import picture
from audits.plans import plan_about
from layers import svg

WIDE = 360.0
FAIL, PASS, LINE, GREY = "#8f0019", "#d5ead9", "#00468b", "#595959"
SHADES = terms.VERDICT | {"unknown": terms.OPEN}
"""What each shade is: one of them is of the borderline sites too."""
_HATCH_STEP = 6.0
_BAR, _ROW = 26.0, 52.0  # height of a bar, and from bar to bar with the zone's name above it


def shade(kind: str, x: float, y: float, wide: float, high: float) -> str:
    """Return a rectangle for what fails (dark), what is open (hatched) or what passes (light)."""
    fill = {"fail": FAIL, "pass": PASS}.get(kind, picture.PAPER)
    frame = _rectangle(x, y, f"{wide:.1f}", f"{high:.1f}", fill=fill, stroke=picture.INK, stroke_width="1")
    return frame + (_hatch(x, y, wide, high) if kind == "unknown" else "")


def _rectangle(x: float, y: float, width: str, height: str, **look: str) -> str:
    return svg.element("rect", x=f"{x:.1f}", y=f"{y:.1f}", width=width, height=height, **look)


def _hatch(x: float, y: float, wide: float, high: float) -> str:
    # Lines cut at the edges, since not every program draws an SVG pattern.
    lines, along = [], _HATCH_STEP
    while along < wide + high:
        left, right = max(along - high, 0.0), min(along, wide)
        lines.append(f"M{x + left:.1f} {y + along - left:.1f}L{x + right:.1f} {y + along - right:.1f}")
        along += _HATCH_STEP
    return svg.path("".join(lines), fill="none", stroke=GREY, stroke_width="1")


def _number(sheet: picture.Drawing, written: str, kind: str, middle_x: float, base_y: float, wide: float) -> None:
    """Write a number inside its shade, on white where the shade is hatched; nothing where it does not fit."""
    needed = picture.width(written, 15, bold=True) + 4
    if wide < needed:  # the table beside the chart has the number
        return
    if kind == "unknown":
        sheet.add(_rectangle(middle_x - needed / 2, base_y - 14, f"{needed:.1f}", "18", fill=picture.PAPER))
    colour = picture.PAPER if kind == "fail" else picture.INK
    sheet.text(middle_x, base_y, written, anchor=0.5, bold=True, colour=colour)


def bar(sheet: picture.Drawing, figures: figures.Figures, words: wording.Wording, y: float) -> None:
    """Draw one bar in three shades across the sheet; its whole width is all sites."""
    # half a pixel in: a frame is drawn on both sides of its line
    left, whole = 0.5, sheet.width - 1
    for kind, count in (("fail", figures.failed), ("unknown", figures.undecided), ("pass", figures.passed)):
        part = whole * count / figures.sites if figures.sites else 0.0
        if count:
            sheet.add(shade(kind, left, y, part, _BAR))
            _number(sheet, words.number(count, 0), kind, left + part / 2, y + 19, part)
        left += part


def _legend(sheet: picture.Drawing, words: wording.Wording) -> None:
    x = 0.0
    for kind in ("fail", "unknown", "pass"):
        name = words.text(SHADES[kind])
        sheet.add(shade(kind, x + 0.5, 1, 18, 14))
        sheet.text(x + 24, 14, name)
        x += 24 + picture.width(name, 15) + 20


def zones(found: figures.Where, words: wording.Wording, wide: float = WIDE) -> picture.Picture:
    """Return a bar for each zone, and for all together, with its numbers in it."""
    every = [(access_text.zone_name(zone, words), each) for zone, each in found.zones.items()]
    every.append((words.text("All zones"), found.whole))
    sheet = picture.Drawing(wide)
    _legend(sheet, words)
    for row, (name, each) in enumerate(every):
        top = 30 + row * _ROW
        sheet.text(0, top + 14, name, bold=True)
        sheet.text(wide - 1, top + 14, words.count("{n} site", "{n} sites", each.sites), anchor=1)
        bar(sheet, each, words, top + 20)
    alt = words.text(
        "Chart: how many sites of each zone fail, are borderline or not known yet, and pass. The table says the same."
    )
    return sheet.picture(30 + len(every) * _ROW, alt)


def history(states: pd.DataFrame, words: wording.Wording) -> picture.Picture:
    """Return a column for each day: what passes below, what fails above it, what is open on top."""
    sheet, high, left = picture.Drawing(WIDE), 190.0, 34.0
    # the names of the shades stand beside the last column
    wide = WIDE - left - 4 - max(picture.width(words.text(name), 13) for name in SHADES.values())
    shown = {"pass": "passed", "fail": "failed", "unknown": "undecided"}
    # a history in which nothing counts is drawn too, and must not divide by 0
    most = int(states[list(shown.values())].sum(axis=1).max()) or 1
    step, tops = wide / len(states), dict[str, tuple[int, float]]()
    for column, row in enumerate(states.to_dict("records")):
        base = 220.0
        for kind, name in shown.items():
            part = high * int(row[name]) / most
            # the columns are stacked, so each part begins where the one below ends
            base -= part
            if part:
                # however many days there are, a column stays wide enough to be seen
                sheet.add(shade(kind, left + column * step + 0.5, base, max(step - 5, 2.0), part))
            tops[kind] = int(row[name]), base + part / 2
    _name_last(sheet, tops, words, left + wide)
    # of one site two of the three marks are the same
    for count in dict.fromkeys((0, most // 2, most)):
        height = 220.0 - high * count / most
        sheet.add(svg.path(f"M{left - 6} {height:.1f}H{left}", stroke=picture.INK))
        sheet.text(left - 9, height + 5, words.number(count, 0), anchor=1, size=13)
    sheet.add(svg.path(f"M{left} 20V220H{left + wide:.1f}", fill="none", stroke=picture.INK))
    sheet.text(0, 14, words.text("Number of sites"), size=13)
    sheet.text(left, 240, words.day(states.index[0]), size=14)
    # with few columns the two days would run into each other
    if len(states) > 3:
        sheet.text(left + wide, 240, words.day(states.index[-1]), anchor=1, size=14)
    alt = words.text(
        "Chart: how many sites passed, failed and were borderline or not known over time. The table says the same."
    )
    return sheet.picture(248, alt)


def _name_last(sheet: picture.Drawing, tops: dict[str, tuple[int, float]], words: wording.Wording, wide: float) -> None:
    """Write beside the last column what each shade is, one under the other without touching."""
    lowest = 0.0
    for kind in ("unknown", "fail", "pass"):
        count, middle = tops[kind]
        # At least the height of two lines below the name before, else they overlap where a shade is thin.
        lowest = max(middle + 5, lowest + 36, 15.0)
        sheet.text(wide + 2, lowest, words.number(count, 0), bold=True)
        sheet.text(wide + 2, lowest + 16, words.text(SHADES[kind]), size=13)


def budgets(bought: money.Money, words: wording.Wording, chosen: int = 1) -> picture.Picture:
    """Draw the trips that are step-free with each budget; a dashed line shows where money begins to buy clearly less.

    Parameters
    ----------
    bought
        With at least one point.
    words
        The reader's language.
    chosen
        The budget whose point is filled and labelled, million baht.
    """
    sheet = picture.Drawing(WIDE)
    plans = [(point.budget_thb, point.plan.base + point.plan.benefit) for point in bought.points]
    points = [(0.0, bought.points[0].plan.base), *plans]
    # where no trip at all is step-free the scale must not divide by 0
    most_thb, most = points[-1][0], max(served for _, served in points) or 1.0
    placed = [(30 + 310 * budget / most_thb, 190 - 150 * served / most) for budget, served in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
    sheet.add(svg.path("M30 20V190H350", fill="none", stroke=picture.INK))
    sheet.add(svg.element("polyline", points=line, fill="none", stroke=LINE, stroke_width="2.5"))
    for million, (x, y) in enumerate(placed[1:], 1):
        one = bought.points[million - 1]
        fill, radius = (LINE, 7) if million == chosen else (picture.PAPER, 4)
        point = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": radius}
        sheet.add(svg.element("circle", **point, fill=fill, stroke=LINE, stroke_width="2"))
        if one.knee:
            sheet.add(svg.path(f"M{x:.1f} {y + 9:.1f}V190", stroke=GREY, stroke_width="2", stroke_dasharray="5 4"))
        if million in (1, chosen, len(placed) - 1):
            sheet.text(x, 208, words.number(million, 0), anchor=0.5, size=14)
        if million == chosen:
            served = plan_about.trips(one.plan.base + one.plan.benefit, words)
            # near the edge the number stands to the left of its point, or it would be cut off
            sheet.text(x, y - 13, served, anchor=1 if x > 300 else 0.5, bold=True)
    sheet.text(0, 14, words.text("Of 100 trips, step-free"), size=14)
    sheet.text(350, 228, words.text("million baht"), anchor=1, size=14)
    alt = words.text("Chart: trips of 100 that are step-free with each budget. The table says the same.")
    return sheet.picture(234, alt)
