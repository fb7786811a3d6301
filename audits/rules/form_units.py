"""Say how bare figures are meant on every form of the municipality, and what may have been meant instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class FormUnits:
    """Units of forms.

    Parameters
    ----------
    length
        Of bare lengths: ``mm``, ``cm`` or ``m``.
    whole_ratios
        Span in which a bare whole number may have been meant as the n of 1:n.
    stated
        Bounds above zero that any source states, ascending, by quantity id and in the quantity's unit; of a length of
        which none is stated, the middle of what is usual, unless that begins at zero.
    """

    length: str
    whole_ratios: tuple[float, float]
    stated: Mapping[str, tuple[float, ...]]
