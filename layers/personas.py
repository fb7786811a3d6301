"""Read the limits of each persona on the way, each with its source."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from layers import installation, osm_tags, schema


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


def load(data: Path = installation.DATA) -> tuple[Persona, ...]:
    """Read the personas in the order of their file.

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
    rows = schema.read("reach/personas.csv", data).to_dict("records")
    return tuple(_persona({str(key): value for key, value in row.items()}) for row in rows)


def _persona(row: dict[str, object]) -> Persona:
    roughest = str(row["roughest"])
    return Persona(
        str(row["persona"]),
        str(row["of"]),
        str(row["name_th"]),
        str(row["name_en"]),
        steepest_pct=_limit(row["steepest_pct"], math.inf),
        highest_kerb_mm=_limit(row["highest_kerb_mm"], math.inf),
        narrowest_m=_limit(row["narrowest_m"], 0.0),
        roughest=osm_tags.SMOOTHNESS.index(roughest) if roughest else len(osm_tags.SMOOTHNESS) - 1,
        steps=str(row["steps"]),
        tactile_at_flush_kerb=bool(row["tactile_at_flush_kerb"]),
        source_en=str(row["source_en"]),
    )


def _limit(cell: object, without: float) -> float:
    return float(str(cell)) if cell else without
