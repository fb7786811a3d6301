"""Draw a designed ramp for the engineer: a DXF for CAD, and an A3 sheet at true scale with tables of its figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audits import wording
from audits.formats import typesetting
from audits.ramps import geometry, quantities, requirements
from audits.ramps.drawing import described, sheet
from audits.ramps.drawing import dxf as ramp_dxf

TEMPLATE = Path(__file__).with_name("ramp_drawing.typ")

DRAFT = wording.phrase("DRAFT FOR THE ENGINEER'S CHECK")
ADVICE = wording.phrase("Not for construction until a licensed engineer has checked and signed it.")
_SIGNATURES = (wording.phrase("Designed by"), wording.phrase("Checked by (engineer)"), wording.phrase("Approved by"))


@dataclass(frozen=True)
class SignedOff:
    """The engineer who checked a drawing, with the number of the licence and the day."""

    engineer: str
    licence: str
    signed_on: dt.date


@dataclass(frozen=True)
class Subject:
    """One drawing.

    Parameters
    ----------
    design
        The geometry.
    made, works
        Assumptions of construction, which the drawing states.
    title, notes
        Ramp and place, and remarks such as on what the drawing cannot decide; in the reader's language.
    made_on
        Day written on the drawing and into the files.
    signed_off
        The engineer's check; None while the drawing is a draft.
    town
        Name of the municipality in the reader's language; empty leaves it out.
    """

    design: geometry.Design
    made: requirements.Construction
    works: quantities.Works
    title: str
    made_on: dt.date
    signed_off: SignedOff | None = None
    notes: tuple[str, ...] = ()
    town: str = ""


def pdf(subject: Subject, words: wording.Wording) -> bytes:
    """Return the drawing on A3 at true scale and its figures as tables, PDF/A-2a and PDF/UA-1.

    The same subject makes the same bytes.

    Raises
    ------
    errors.JaideeError
        If the ramp is too large for any scale.
    """
    placed = sheet.arrange(subject.design, subject.made, subject.works, words)
    bill = quantities.bill(subject.design, subject.made, subject.works)
    data = {
        "town": subject.town,
        "title": subject.title,
        "family": described.family(subject.design, words),
        "summary": described.summary(subject.design, words),
        "mark": mark(subject.signed_off, words),
        "advice": "" if subject.signed_off else words.text(ADVICE),
        "facts": _facts(placed, subject.made_on, words),
        "signatures": [words.text(each) for each in _SIGNATURES],
        "drawing_svg": sheet.drawing(placed, words),
        "width": sheet.WIDTH_MM,
        "height": sheet.HEIGHT_MM,
        "alt": _alternative(subject.design, placed, words),
        "tables": described.tables(subject.design, [each.view for each in placed], bill, words),
        "assumptions": described.assumptions(subject.made, subject.works, words),
        "notes": list(subject.notes),
    }
    return typesetting.pdf(TEMPLATE, data, subject.made_on, words)


def dxf(subject: Subject, words: wording.Wording) -> bytes:
    """Return the drawing as DXF R2018 in metres; the same subject makes the same bytes.

    Raises
    ------
    errors.JaideeError
        If the ramp is too large for any scale.
    """
    placed = sheet.arrange(subject.design, subject.made, subject.works, words)
    block = (
        typesetting.printable(subject.title),
        mark(subject.signed_off, words),
        described.family(subject.design, words),
        described.summary(subject.design, words),
        " · ".join(f"{name}: {value}" for name, value in _facts(placed, subject.made_on, words)),
        " · ".join(f"{words.text(each)} …………………………………" for each in _SIGNATURES),
    )
    titles = [sheet.title(each.view, words) for each in placed]
    return ramp_dxf.dxf(placed, titles, block, subject.made_on)


def mark(signed_off: SignedOff | None, words: wording.Wording) -> str:
    """Return the mark of every page and file: a draft, or checked by whom."""
    if signed_off is None:
        return words.text(DRAFT)
    return words.text(
        "Checked by {engineer}, licence {licence}, {day}",
        engineer=signed_off.engineer,
        licence=signed_off.licence,
        day=words.day(signed_off.signed_on),
    )


def _facts(placed: Sequence[sheet.Placed], made_on: dt.date, words: wording.Wording) -> list[tuple[str, str]]:
    scales = ", ".join(f"1:{scale}" for scale in sorted({each.view.scale for each in placed}, reverse=True))
    return [
        (words.text("Scale"), scales),
        (words.text("Paper"), "A3"),
        (words.text("Drawn on"), words.day(made_on)),
        (words.text("Dimensions"), words.text("mm, levels in m")),
    ]


def _alternative(design: geometry.Design, placed: Sequence[sheet.Placed], words: wording.Wording) -> str:
    views = ", ".join(sheet.title(each.view, words) for each in placed)
    return words.text(
        "Drawing of a ramp: {family} ({summary}). It shows: {views}. All figures stand in the tables on the next page.",
        family=described.family(design, words),
        summary=described.summary(design, words),
        views=views,
    )
