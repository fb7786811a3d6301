"""Say how large things are on each paper, and what stands on every page of a printed document."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audits import wording

A4, A3 = "A4", "A3"
TEMPLATE = Path(__file__).with_name("book.typ")


@dataclass(frozen=True)
class Paper:
    """One size of paper, upright.

    Parameters
    ----------
    name
        As it is asked for.
    width_mm
        Between the margins.
    site_map_mm, area_map_mm, route_map_mm
        Heights of the three kinds of map.
    enlarged
        How much larger letters and boxes are than on A4.
    """

    name: str
    width_mm: float
    site_map_mm: float
    area_map_mm: float
    route_map_mm: float
    enlarged: float


PAPERS = {A4: Paper(A4, 180, 68, 215, 98, 1.0), A3: Paper(A3, 261, 116, 320, 180, 1.32)}

phrase = wording.phrase

LABELS = {
    "contents": phrase("Contents"),
    "about": phrase("About this book"),
    "measuring": phrase("How to measure"),
    "measuring_intro": phrase(
        "Each drawing shows one way of measuring; beside it stands what this book asks to be measured that way."
    ),
    "overview": phrase("Overview"),
    "index": phrase("Sites"),
    "routes": phrase("Day routes"),
    "no_position": phrase("Sites without a position, in no route"),
    "measure_next": phrase("Measure next"),
    "nothing_next": phrase("Everything that decides the score has been measured."),
    "known": phrase("What we know"),
    "photos": phrase("Photos (no faces, no number plates)"),
    "surveyor": phrase("Surveyor"),
    "day": phrase("Day and time"),
    "instruments": phrase("Instruments and their numbers"),
    "bring": phrase("Bring"),
    "yes": phrase("yes"),
    "no": phrase("no"),
    "could_not": phrase("could not measure, because"),
    "code": phrase("Code"),
    "site": phrase("Site"),
    "zone": phrase("Zone"),
    "cell": phrase("Map square"),
    "page": phrase("Page"),
    "verdict": phrase("Verdict"),
    "requirement": phrase("Requirement"),
    "measured": phrase("Measured"),
    "limit": phrase("Limit"),
    "clause": phrase("Clause and basis"),
    "quantity": phrase("Quantity"),
    "how": phrase("How"),
    "instrument": phrase("Instrument and its uncertainty"),
    "order": phrase("Order"),
    "minutes": phrase("Minutes there"),
    "sheets": phrase("Blank sheets"),
    "sheets_intro": phrase(
        "For places that are not in the register: one sheet for each thing measured. Copy as needed."
    ),
    "place": phrase("Place (name, street, coordinates)"),
    "permit": phrase("Permit or construction day"),
    "no_map": phrase("No position is recorded: sketch the way here, and write the coordinates."),
}


def frame(
    words: wording.Wording, paper: Paper, *, title: str, made_on: dt.date, mark: str = "", head: str = ""
) -> dict[str, Any]:
    """Return what stands on every page, and the words of the template.

    Parameters
    ----------
    words
        The reader's language.
    paper
        The paper.
    title
        Of the document.
    made_on
        Day of export.
    mark
        The mark of a demonstration; empty otherwise.
    head
        Head of the record; shortened.
    """
    sequence, _, digest = head.partition(":")
    edges = [title, words.day(made_on), *([f"{sequence}:{digest[:12]}"] if head else [])]
    return {
        "language": words.language,
        "paper": paper.name.lower(),
        "enlarged": paper.enlarged,
        "title": title,
        "mark": mark,
        "edge": " · ".join(edges),
        "words": {key: words.text(english) for key, english in LABELS.items()},
    }
