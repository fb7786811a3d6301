"""Round parts so that they add up to their whole as it is printed."""

from __future__ import annotations

import math
from collections.abc import Sequence


def parts(
    values: Sequence[float], digits: int = 0, whole: float | None = None, most: Sequence[float] | None = None
) -> list[float]:
    """Round values of 0 or more so that they add up to their whole as it is printed.

    The largest remainder method (Hamilton's apportionment): each value is rounded down, and what is missing goes to
    the values with the largest remainders, of equal ones to the first.

    Parameters
    ----------
    values
        The parts.
    digits
        Decimal places kept.
    whole
        What they must add up to, itself rounded; their sum rounded half up when None.
    most
        Rounded values that the parts must not pass, such as those of which each is a part. A remainder for which one
        leaves no room goes to the next part that has some.

    Returns
    -------
    list of float
        In the order given, each less than one unit of the last place away from its value, where `most` allows it.

    Raises
    ------
    ValueError
        When a value is negative or not finite, or the whole or `most` is not what the values
        add up to.

    Examples
    --------
    >>> parts([0.4, 0.4, 0.4])
    [1.0, 0.0, 0.0]
    >>> sum(parts([33.33, 33.33, 33.34], digits=1))
    100.0
    """
    if not all(math.isfinite(value) and value >= 0 for value in values):
        raise ValueError("parts must be finite and 0 or more")
    # 0.29 * 100 is 28.999999999999996, whose floor would be one less
    scaled = [round(value * 10**digits, 6) for value in values]
    down = [math.floor(value) for value in scaled]
    # Sums of floats come a hair under a half; six more places are far finer than anything printed.
    total = math.floor(round(math.fsum(scaled), 6) + 0.5) if whole is None else round(whole * 10**digits)
    missing = total - sum(down)
    if not 0 <= missing <= len(down):
        raise ValueError(f"parts that add up to {math.fsum(values)} cannot be rounded to {whole}")
    order = sorted(range(len(scaled)), key=lambda place: (down[place] - scaled[place], place))
    caps = [one + 1 for one in down] if most is None else [round(value * 10**digits) for value in most]
    while missing:
        room = [place for place in order if down[place] < caps[place]][:missing]
        if not room:
            raise ValueError(f"parts that add up to {math.fsum(values)} cannot be at most {most}")
        for place in room:
            down[place] += 1
        missing -= len(room)
    return [unit / 10**digits for unit in down]
