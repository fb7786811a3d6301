"""Set the sizes of each paper, and the contents of every page of a printed document."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audits import wording
from audits.field import quick_answers
from audits.store.audit_log import hash_chain

A4, A3 = "A4", "A3"
TEMPLATE = Path(__file__).with_name("book.typ")


@dataclass(frozen=True)
class Paper:
    """One size of paper, upright: width between the margins, heights of the maps, and enlargement over A4."""

    name: str
    width_mm: float
    site_map_mm: float
    area_map_mm: float
    route_map_mm: float
    enlarged: float


PAPERS = {A4: Paper(A4, 180, 68, 215, 98, 1.0), A3: Paper(A3, 261, 116, 320, 180, 1.32)}


def frame(
    words: wording.Wording, paper: Paper, *, title: str, made_on: dt.date, mark: str = "", head: str = ""
) -> dict[str, Any]:
    """Return the data of every page: paper, title, demonstration mark, edge with day and head, reason codes."""
    edges = [title, words.day(made_on), *([hash_chain.parse(head).short] if head else [])]
    return {
        "paper": paper.name.lower(),
        "enlarged": paper.enlarged,
        "title": title,
        "mark": mark,
        "edge": " · ".join(edges),
        "reasons": [f"{code} {meaning}" for code, meaning in quick_answers.reason_codes(words).items()],
    }
