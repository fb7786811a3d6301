"""Find the smallest change of both sizes of a space in which a ramp fits."""

from __future__ import annotations

from collections.abc import Iterable

from audits.ramps import geometry


def together(
    boxes: Iterable[tuple[int, int]], names: tuple[str, str], was: tuple[int, int], alone: Iterable[geometry.Relaxation]
) -> tuple[geometry.Relaxation, ...]:
    """Return the least growth of both sizes to one of some boxes; empty where one size alone need not grow by more."""
    grown = [[max(0, to - from_) for to, from_ in zip(box, was, strict=True)] for box in boxes]
    both = min((each for each in grown if all(each)), key=sum, default=None)
    one = min((each.change for each in alone if each.of in names), default=None)
    if both is None or (one is not None and one <= sum(both)):
        return ()
    changes = zip(names, was, both, strict=True)
    return tuple(geometry.Relaxation(name, from_ + change, change) for name, from_, change in changes)
