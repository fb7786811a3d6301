"""Read the limits of each persona on the way, each with its source."""

from __future__ import annotations

import functools
import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layers import installation, osm_tags, schema

_FIGURES = {"steepest_pct", "highest_kerb_mm", "narrowest_m"}


@dataclass(frozen=True)
class Persona:
    """Limits of somebody on the way, there and back.

    Parameters
    ----------
    persona
        Such as ``manual_wheelchair``.
    of
        The persona of the weights that it belongs to, such as ``wheelchair``.
    name_th, name_en
        Names.
    steepest_pct
        Steepest incline, up or down, in percent; infinite for no limit, like the other figures.
    highest_kerb_mm
        Highest kerb.
    narrowest_m
        Least clear width in metres; 0 for no limit.
    roughest
        Place of the roughest surface in :data:`layers.osm_tags.SMOOTHNESS`; its last for no limit.
    steps
        ``never``, ``with_handrail`` or ``always``.
    tactile_at_flush_kerb
        Whether a kerb level with the road can be found only by tactile paving.
    source_en
        Where the limits come from.
    """

    persona: str
    of: str
    name_th: str
    name_en: str
    steepest_pct: float = math.inf
    highest_kerb_mm: float = math.inf
    narrowest_m: float = 0.0
    roughest: int = len(osm_tags.SMOOTHNESS) - 1
    steps: str = "always"
    tactile_at_flush_kerb: bool = False
    source_en: str = ""

    @property
    def rolls(self) -> bool:
        """Whether the tag `wheelchair` and narrow barriers matter."""
        return self.narrowest_m > 0


@functools.cache
def load(data: Path = installation.DATA) -> tuple[Persona, ...]:
    """Read the personas in the order of their file, once in a process.

    Raises
    ------
    errors.LayerError
        If the file is missing or breaks its schema.

    Examples
    --------
    >>> wheelchair = load()[0]
    >>> wheelchair.steepest_pct, wheelchair.highest_kerb_mm
    (8.0, 30.0)
    """
    return tuple(_persona(row) for row in schema.read("reach/personas.csv", data).to_dict("records"))


def _persona(row: Mapping[Hashable, Any]) -> Persona:
    # An empty cell is no limit, which the defaults of the class state.
    given = {str(name): cell for name, cell in row.items() if cell != ""}
    given |= {name: float(given[name]) for name in _FIGURES & given.keys()}
    if "roughest" in given:
        given["roughest"] = osm_tags.SMOOTHNESS.index(given["roughest"])
    return Persona(**given)
