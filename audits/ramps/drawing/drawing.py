"""Draw a designed ramp for the engineer: a DXF for CAD, and an A3 sheet at true scale with tables of its figures."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audits import wording
from audits.formats import typesetting
from audits.ramps import design_record, geometry, quantities, requirements, walls
from audits.ramps.drawing import described, drawing_number, sheet, title_block, views
from audits.ramps.drawing import dxf as ramp_dxf

TEMPLATE = Path(__file__).with_name("ramp_drawing.typ")

DRAFT = wording.phrase("DRAFT FOR THE ENGINEER'S CHECK")
ADVICE = wording.phrase("Not for construction until a licensed engineer has checked and signed it.")
SIGNATURES = (wording.phrase("Designed by"), wording.phrase("Checked by (engineer)"), wording.phrase("Approved by"))


@dataclass(frozen=True)
class SignedOff:
    """The engineer who checked a drawing, with the number of the licence and the day."""

    engineer: str
    licence: str
    signed_on: dt.date


@dataclass(frozen=True)
class Revision:
    """One line of the revision list: its mark, such as 1 or A, the day, and what was changed."""

    mark: str
    made_on: dt.date
    reason: str


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
    place
        Id of the element, or else code of the site; empty for a ramp anywhere.
    revisions
        Of the drawing.
    cautions
        What stands in red in the title block, beside what only an engineer may design.
    key_plan, standing_mm, bearing_deg
        See :class:`audits.ramps.drawing.sheet.Surroundings`.
    """

    design: geometry.Design
    made: requirements.Construction
    works: quantities.Works
    title: str
    made_on: dt.date
    signed_off: SignedOff | None = None
    notes: tuple[str, ...] = ()
    town: str = ""
    place: str = ""
    revisions: tuple[Revision, ...] = ()
    cautions: tuple[str, ...] = ()
    key_plan: views.View | None = None
    standing_mm: tuple[float, float] | None = None
    bearing_deg: float | None = None

    @property
    def drawing_number(self) -> str:
        """Number of the drawing, without that of the sheet, from :func:`audits.ramps.drawing.drawing_number.number`."""
        drawn = design_record.drawn(self.design, self.made, self.works)
        return drawing_number.number(drawn, self.place, self.made_on)

    def family(self, words: wording.Wording) -> str:
        """Return the kind of ramp; empty where the title, as of a ramp at no site, says it already."""
        family = described.family(self.design, words)
        return "" if self.title.endswith(family) else family


def pdf(subject: Subject, words: wording.Wording) -> bytes:
    """Return the drawing on A3 sheets at true scale and its figures as tables, PDF/A-2a and PDF/UA-1.

    The same subject makes the same bytes.

    Raises
    ------
    errors.JaideeError
        If the ramp is too large for any scale.
    """
    sheets = _sheets(subject, words)
    bill = quantities.bill(subject.design, subject.made, subject.works)
    drawn = [
        {
            "drawing_svg": sheet.drawing(placed, words),
            "alt": _alternative(subject.design, placed, words),
            "scales": _scales(placed, words),
        }
        for placed in sheets
    ]
    data = {
        "town": subject.town,
        "title": subject.title,
        "family": subject.family(words),
        "summary": described.summary(subject.design, words),
        "mark": mark(subject.signed_off, words),
        "advice": "" if subject.signed_off else words.text(ADVICE),
        "warnings": _in_red(subject, words),
        "number": subject.drawing_number,
        "facts": _facts(subject.made_on, words),
        "revisions": _revisions(subject, words),
        "signatures": [words.text(each) for each in SIGNATURES],
        "sheets": drawn,
        "width": sheet.WIDTH_MM,
        "height": sheet.HEIGHT_MM,
        "tables": described.tables(subject.design, [each.view for placed in sheets for each in placed], bill, words),
        "assumptions": described.assumptions_of(subject.design, subject.made, subject.works, words),
        "notes": _notes(subject, words),
    }
    return typesetting.pdf(TEMPLATE, data, subject.made_on, words)


def dxf(subject: Subject, words: wording.Wording) -> bytes:
    """Return the drawing as DXF R2018 in metres; the same subject makes the same bytes.

    Raises
    ------
    errors.JaideeError
        If the ramp is too large for any scale.
    """
    sheets, family = _sheets(subject, words), subject.family(words)
    block = title_block.TitleBlock(
        title=typesetting.printable(subject.title),
        lines=(
            mark(subject.signed_off, words),
            *filter(None, [family]),
            described.summary(subject.design, words),
        ),
        warning=_in_red(subject, words),
        number=subject.drawing_number,
        facts=tuple(f"{name}: {value}" for name, value in _facts(subject.made_on, words)),
        sheet=words.text("Sheet"),
        revisions=tuple(" · ".join(row) for row in _revisions(subject, words)),
        signatures=tuple(words.text(each) for each in SIGNATURES),
    )
    titles = [[sheet.title(each.view, words) for each in placed] for placed in sheets]
    bill = quantities.bill(subject.design, subject.made, subject.works)
    tables = described.tables(subject.design, [each.view for placed in sheets for each in placed], bill, words)
    notes = _notes(subject, words) + list(described.assumptions_of(subject.design, subject.made, subject.works, words))
    return ramp_dxf.dxf(sheets, titles, block, ramp_dxf.Text(tables, notes), subject.made_on)


def _in_red(subject: Subject, words: wording.Wording) -> tuple[str, ...]:
    every = (*subject.cautions, walls.warning(subject.design, words))
    return tuple(each[0].upper() + each[1:] for each in every if each)


def _notes(subject: Subject, words: wording.Wording) -> list[str]:
    # what stands in red in the title block is not repeated in black
    red = {*subject.cautions, walls.warning(subject.design, words)}
    return [*(each for each in subject.notes if each not in red), *described.walls_held(subject.design, words)]


def _sheets(subject: Subject, words: wording.Wording) -> tuple[sheet.Sheet, ...]:
    around = sheet.Surroundings(subject.key_plan, subject.standing_mm, subject.bearing_deg)
    return _arranged(subject.design, subject.made, subject.works, words.language, around)


# PDF and DXF of one design are asked for one after the other.
@functools.lru_cache(maxsize=2)
def _arranged(
    design: geometry.Design,
    made: requirements.Construction,
    works: quantities.Works,
    language: str,
    around: sheet.Surroundings,
) -> tuple[sheet.Sheet, ...]:
    return sheet.arrange(design, made, works, wording.Wording(language), around)


def _scales(placed: Sequence[sheet.Placed], words: wording.Wording) -> str:
    return ", ".join(f"1:{words.number(scale)}" for scale in sorted({each.view.scale for each in placed}, reverse=True))


def _revisions(subject: Subject, words: wording.Wording) -> list[tuple[str, str, str]]:
    """Return mark, day and reason of each revision; the first issue when none is given."""
    if subject.revisions:
        return [(each.mark, words.day(each.made_on), each.reason) for each in subject.revisions]
    return [("0", words.day(subject.made_on), words.text("First issue, for checking"))]


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


def _facts(made_on: dt.date, words: wording.Wording) -> list[tuple[str, str]]:
    return [
        (words.text("Paper"), "A3"),
        (words.text("Drawn on"), words.day(made_on)),
        (words.text("Dimensions"), words.text("mm, levels in m")),
    ]


def _alternative(design: geometry.Design, placed: Sequence[sheet.Placed], words: wording.Wording) -> str:
    shown = ", ".join(sheet.title(each.view, words) for each in placed)
    return words.text(
        "Drawing of a ramp: {family} ({summary}). It shows: {views}. All figures stand in tables on the last sheet.",
        family=described.family(design, words),
        summary=described.summary(design, words),
        views=shown,
    )
