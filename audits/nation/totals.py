"""Add up results by municipality, the same to the last digit in whatever order the partitions come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

VERDICTS = ("pass", "fail", "borderline", "unknown")
MEANS = ("score_low", "score_high", "coverage")
# A score is at most 100 and a double has 53 bits: these two whole numbers hold every one from 1/4096 exactly.
_HIGH_BITS, _LOW_BITS = 24, 40
_COUNTS = ("elements", *VERDICTS, "scored")
_SUMS = tuple(f"{name}_{part}" for name in MEANS for part in ("high_bits", "low_bits"))


class Totals:
    """Sums by municipality: ``elements``, one count a verdict, ``scored``, and the bits of each mean's sum."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, int]] = {}

    def add(
        self, names: Sequence[str], codes: npt.NDArray[np.integer[Any]], results: Mapping[str, npt.NDArray[Any]]
    ) -> None:
        """Add the results of some rows.

        Parameters
        ----------
        names
            Municipalities.
        codes
            Shape (rows,): position of each row's municipality in `names`.
        results
            Columns of :data:`audits.scoring.frames.RESULT_COLUMNS`.
        """
        # where nothing can apply there is no score, and no mean to take part in
        scored = ~np.isnan(results["score_low"])
        sums = {"elements": np.ones(codes.size, np.int64), "scored": scored.astype(np.int64)}
        sums |= {verdict: (results["verdict"] == verdict).astype(np.int64) for verdict in VERDICTS}
        for name in MEANS:
            scaled = np.where(scored, results[name], 0.0) * 2.0**_HIGH_BITS
            # whole numbers add up exactly, in whatever order the partitions come
            whole = np.floor(scaled)
            sums[f"{name}_high_bits"] = whole.astype(np.int64)
            sums[f"{name}_low_bits"] = ((scaled - whole) * 2.0**_LOW_BITS).astype(np.int64)
        for name, column in sums.items():
            added = np.zeros(len(names), dtype=np.int64)
            # unbuffered: with += a municipality of several rows would count once
            np.add.at(added, codes, column)
            for municipality, number in zip(names, added.tolist(), strict=True):
                mine = self._of.setdefault(municipality, dict.fromkeys((*_COUNTS, *_SUMS), 0))
                mine[name] += number

    def records(self) -> list[dict[str, Any]]:
        """One object a municipality, by name."""
        return [{"municipality": name, **counts} for name, counts in sorted(self._of.items())]


def merged(records: Iterable[Mapping[str, Any]], by: Sequence[str]) -> list[dict[str, Any]]:
    """Add records together that have the same names in the columns `by`, in their order."""
    result: dict[tuple[str, ...], dict[str, Any]] = {}
    for record in records:
        key = tuple(str(record[name]) for name in by)
        mine = result.setdefault(key, dict(zip(by, key, strict=True)) | dict.fromkeys((*_COUNTS, *_SUMS), 0))
        for name in (*_COUNTS, *_SUMS):
            mine[name] += record[name]
    return [result[key] for key in sorted(result)]


def mean(record: Mapping[str, Any], name: str) -> float | None:
    """Mean of a column over the scored elements, of the exact sum as of ``math.fsum``; None where nothing is scored."""
    if not record["scored"]:
        return None
    whole = Fraction(record[f"{name}_high_bits"], 2**_HIGH_BITS)
    rest = Fraction(record[f"{name}_low_bits"], 2 ** (_HIGH_BITS + _LOW_BITS))
    return float(whole + rest) / int(record["scored"])
