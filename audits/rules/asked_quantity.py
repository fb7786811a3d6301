"""Show a quantity as forms ask for it: lengths in the unit that the municipality set."""

from __future__ import annotations

import dataclasses

from audits.rules import model

LENGTHS = {"mm": 1.0, "cm": 10.0, "m": 1000.0}
"""Units in which a form may ask for a length, each in millimetres."""


def in_unit(quantity: model.Quantity, length: str) -> tuple[model.Quantity, float]:
    """Return a quantity in the unit in which lengths are asked, and the factor that turns its values into that unit.

    Parameters
    ----------
    quantity
        The quantity; of another one than a length nothing changes.
    length
        Unit of lengths on forms, one of :data:`LENGTHS`.

    Examples
    --------
    >>> from audits.rules import files
    >>> asked, factor = in_unit(files.load_criteria().quantities["clear_width_mm"], "cm")
    >>> asked.unit, 900 * factor
    ('cm', 90.0)
    """
    if quantity.unit not in LENGTHS:
        return quantity, 1.0
    factor = LENGTHS[quantity.unit] / LENGTHS[length]
    possible, usual = ((low * factor, high * factor) for low, high in (quantity.possible, quantity.usual))
    return dataclasses.replace(quantity, unit=length, possible=possible, usual=usual), factor
