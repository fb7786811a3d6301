"""Draw a designed ramp for the engineer: a DXF for CAD, and an A3 sheet at true scale with its figures as tables."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audits import wording
from audits.paper import ramp_dxf, ramp_sheet, ramp_tables, typesetting
from audits.planning import geometry, quantities, requirements

TEMPLATE = Path(__file__).with_name("ramp_drawing.typ")

DRAFT = wording.phrase("DRAFT FOR THE ENGINEER'S CHECK")
ADVICE = wording.phrase("Not for construction until a licensed engineer has checked and signed it.")
_SIGNATURES = (wording.phrase("Designed by"), wording.phrase("Checked by (engineer)"), wording.phrase("Approved by"))


@dataclass(frozen=True)
class SignedOff:
    """Who checked the drawing, so that it is a draft no longer.

    Parameters
    ----------
    engineer, licence
        Name and number of the licence.
    signed_on
        Day.
    """

    engineer: str
    licence: str
    signed_on: dt.date


@dataclass(frozen=True)
class Subject:
    """What is drawn.

    Parameters
    ----------
    design
        The geometry.
    made, works
        Assumptions of construction, which the drawing states.
    title
        Which ramp of which place, in the reader's language.
    made_on
        Day written on the drawing and into the files.
    signed_off
        The engineer's check; None while the drawing is a draft.
    notes
        What else must be known, such as what the drawing cannot decide; in the reader's language.
    """

    design: geometry.Design
    made: requirements.Construction
    works: quantities.Works
    title: str
    made_on: dt.date
    signed_off: SignedOff | None = None
    notes: tuple[str, ...] = ()


def pdf(subject: Subject, words: wording.Wording) -> bytes:
    """Return the drawing on A3 at true scale and its figures as tables, PDF/A-2a and PDF/UA-1.

    The same subject makes the same bytes.

    Raises
    ------
    errors.JaideeError
        If the ramp is too large for any scale.
    """
    placed = _placed(subject, words)
    made_on = subject.made_on
    data = {
        "language": words.language,
        "made_on": [made_on.year, made_on.month, made_on.day],
        "title": subject.title,
        "municipality": words.text("Khon Kaen City Municipality"),
        "family": ramp_tables.family(subject.design, words),
        "summary": ramp_tables.summary(subject.design, words),
        "mark": mark(subject.signed_off, words),
        "advice": "" if subject.signed_off else words.text(ADVICE),
        "facts": _facts(placed, made_on, words),
        "signatures": [words.text(each) for each in _SIGNATURES],
        "drawing_svg": ramp_sheet.svg(placed, words),
        "width": ramp_sheet.WIDTH_MM,
        "height": ramp_sheet.HEIGHT_MM,
        "alt": _alternative(subject.design, placed, words),
        "figures_title": words.text("Figures of the drawing"),
        "tables": ramp_tables.tables(subject.design, [each.view for each in placed], _bill(subject), words),
        "assumptions": ramp_tables.assumptions(subject.made, subject.works, words),
        "notes": list(subject.notes),
        "words": {"assumptions": words.text("Assumptions"), "notes": words.text("Notes")},
    }
    return typesetting.pdf(_template(), data, made_on)


def dxf(subject: Subject, words: wording.Wording) -> bytes:
    """Return the drawing as DXF R2018 in metres; the same subject makes the same bytes.

    Raises
    ------
    errors.JaideeError
        If the ramp is too large for any scale.
    """
    placed = _placed(subject, words)
    block = (
        typesetting.printable(subject.title),
        mark(subject.signed_off, words),
        ramp_tables.family(subject.design, words),
        ramp_tables.summary(subject.design, words),
        " · ".join(f"{name}: {value}" for name, value in _facts(placed, subject.made_on, words)),
        " · ".join(f"{words.text(each)} …………………………………" for each in _SIGNATURES),
    )
    titles = [ramp_sheet.title(each.view, words) for each in placed]
    return ramp_dxf.dxf(placed, titles, block, subject.made_on)


def mark(signed_off: SignedOff | None, words: wording.Wording) -> str:
    """Return what stands on every page and in every file: a draft, or who checked it."""
    if signed_off is None:
        return words.text(DRAFT)
    return words.text(
        "Checked by {engineer}, licence {licence}, {day}",
        engineer=signed_off.engineer,
        licence=signed_off.licence,
        day=words.day(signed_off.signed_on),
    )


def _placed(subject: Subject, words: wording.Wording) -> tuple[ramp_sheet.Placed, ...]:
    return ramp_sheet.arrange(subject.design, subject.made, subject.works, words)


def _bill(subject: Subject) -> quantities.Bill:
    return quantities.bill(subject.design, subject.made, subject.works)


@functools.cache
def _template() -> str:
    return TEMPLATE.read_text("utf-8")


def _facts(placed: Sequence[ramp_sheet.Placed], made_on: dt.date, words: wording.Wording) -> list[tuple[str, str]]:
    scales = ", ".join(f"1:{scale}" for scale in sorted({each.view.scale for each in placed}, reverse=True))
    return [
        (words.text("Scale"), scales),
        (words.text("Paper"), "A3"),
        (words.text("Drawn on"), words.day(made_on)),
        (words.text("Dimensions"), words.text("mm, levels in m")),
    ]


def _alternative(design: geometry.Design, placed: Sequence[ramp_sheet.Placed], words: wording.Wording) -> str:
    views = ", ".join(ramp_sheet.title(each.view, words) for each in placed)
    return words.text(
        "Drawing of a ramp: {family} ({summary}). It shows: {views}. All figures stand in the tables on the next page.",
        family=ramp_tables.family(design, words),
        summary=ramp_tables.summary(design, words),
        views=views,
    )
