"""Read the drawings of how to measure: where the level lies, where the tape begins and ends."""

from __future__ import annotations

import base64
import csv
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from audits.rules import model
from layers import installation

FOLDER = installation.DATA / "drawings"


@dataclass(frozen=True)
class Way:
    """One way of measuring.

    Parameters
    ----------
    name
        Of the way.
    caption
        What the drawing shows, also for those who cannot see it.
    quantities
        Pattern of the ids of the lengths and slopes that are measured so; empty for none.
    svg
        80 × 46 mm, without text, so that it serves every language.
    """

    name: model.Name
    caption: model.Name
    quantities: str
    svg: str

    @property
    def address(self) -> str:
        """The drawing as a ``data:`` address."""
        return f"data:image/svg+xml;base64,{base64.b64encode(self.svg.encode()).decode()}"


@functools.cache
def ways() -> Mapping[str, Way]:
    """Return the ways of measuring by key, in the order of the book."""
    with (FOLDER / "ways.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["way"]: Way(
                model.Name(row["name_th"], row["name_en"]),
                model.Name(row["caption_th"], row["caption_en"]),
                row["quantities"],
                (FOLDER / f"{row['way']}.svg").read_text("utf-8"),
            )
            for row in csv.DictReader(file)
        }


def way_of(quantity: model.Quantity) -> str:
    """Return the key in :func:`ways` of how a quantity is measured: by its kind, a length or a slope by its id."""
    if quantity.kind not in ("length", "slope"):
        return quantity.kind
    # Special patterns stand below general ones: "_diameter_" decides before "_width_".
    for key, way in reversed(list(ways().items())):
        if way.quantities and re.search(way.quantities, quantity.quantity_id):
            return key
    return quantity.kind
