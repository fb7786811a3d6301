"""Score findings as an interval that holds every score still possible, and grade it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from audits.rules import model
from audits.scoring import findings

Weights = npt.NDArray[np.float64]

# Rows that fit, with their tallies, into a core's cache.
CHUNK_ROWS = 32_768

UNDECIDED = ""


class Tally(NamedTuple):
    """Weights of findings by their possible outcomes, a row an element or a site.

    Parameters
    ----------
    certain_pass, certain_fail
        Shape (rows,): weight of findings that can only pass, only fail.
    possible_pass, possible_fail
        Shape (rows,): weight of findings that may still pass, may still fail.
    measured
        Shape (rows,): weight of applicable findings that are decided or borderline.
    applicable
        Shape (rows,): weight of findings that may apply.
    """

    certain_pass: Weights
    certain_fail: Weights
    possible_pass: Weights
    possible_fail: Weights
    measured: Weights
    applicable: Weights


def _columns_of_each_outcome() -> npt.NDArray[np.float32]:
    table = np.zeros((16, 6), dtype=np.float32)
    for outcome in range(16):
        can = outcome & 7
        decided = can in (findings.CAN_PASS, findings.CAN_FAIL)
        borderline = outcome == findings.CAN_PASS | findings.CAN_FAIL | findings.MEASURED
        table[outcome] = (
            can == findings.CAN_PASS,
            can == findings.CAN_FAIL,
            bool(can & findings.CAN_PASS),
            bool(can & findings.CAN_FAIL),
            decided or borderline,
            bool(can & (findings.CAN_PASS | findings.CAN_FAIL)),
        )
    return table


_COLUMNS = _columns_of_each_outcome()


def tally(possible: findings.Outcomes, weights: Sequence[float]) -> Tally:
    """Add up the weights of each element's findings.

    Parameters
    ----------
    possible
        Shape (rules, elements), from :func:`audits.scoring.findings.outcomes`.
    weights
        One per rule, not negative.

    Returns
    -------
    Tally
        A row an element.
    """
    size = possible.shape[1]
    # Single precision halves the memory; sums of small whole weights are exact in it.
    table = [_COLUMNS * np.float32(weight) for weight in weights]
    result = np.zeros((size, _COLUMNS.shape[1]), dtype=np.float32)

    def fill(start: int) -> None:
        part = result[start : start + CHUNK_ROWS]
        for row, columns in enumerate(table):
            part += columns.take(possible[row, start : start + CHUNK_ROWS], axis=0)

    starts = range(0, size, CHUNK_ROWS)
    if len(starts) > 1:
        # NumPy releases the lock of the interpreter while it takes and adds.
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(fill, starts))
    elif size:
        fill(0)
    return Tally(*result.T.astype(np.float64))


def tally_by_group(
    possible: npt.NDArray[np.uint8], weights: Weights, group: npt.NDArray[np.intp], groups: int
) -> Tally:
    """Add up the weights of findings that stand one under the other.

    Parameters
    ----------
    possible
        Shape (findings,), outcomes of :func:`audits.scoring.findings.outcomes`.
    weights
        Shape (findings,).
    group
        Shape (findings,): position of each finding's element or site.
    groups
        Number of elements or sites.

    Returns
    -------
    Tally
        A row a group.
    """
    columns = _COLUMNS[possible] * weights[:, None]
    return Tally(*(np.bincount(group, column, minlength=groups).astype(np.float64) for column in columns.T))


def interval(total: Tally) -> tuple[Weights, Weights]:
    """Lowest and highest score that any completion of the measurements can reach.

    The score of a complete record is 100 times the passing weight over the applicable weight. The lowest counts every
    open finding that may fail as failing and every one that may only pass or not apply as not applying; the highest
    the other way round.

    Returns
    -------
    low, high
        Shape (rows,), 0 to 100; both NaN where nothing can apply.

    Examples
    --------
    Two findings, of weight 8 and 4: the first passes, the second is not measured.

    >>> possible = np.array([[findings.CAN_PASS], [findings.CAN_PASS | findings.CAN_FAIL]], np.uint8)
    >>> low, high = interval(tally(possible, [8.0, 4.0]))
    >>> low.round(1).tolist(), high.tolist()
    ([66.7], [100.0])
    """
    # nothing passes for certain and nothing can fail: whatever turns out to apply passes
    low = _share(total.certain_pass, total.possible_fail, when_empty=100.0)
    # nothing can pass: whatever turns out to apply fails
    high = _share(total.possible_pass, total.certain_fail, when_empty=0.0)
    nothing = total.applicable == 0
    return np.where(nothing, np.nan, low), np.where(nothing, np.nan, high)


def _share(passing: Weights, failing: Weights, when_empty: float) -> Weights:
    whole = passing + failing
    share = 100.0 * passing / np.where(whole == 0, 1.0, whole)
    result: Weights = np.where(whole == 0, when_empty, share)
    return result


def coverage(total: Tally) -> Weights:
    """Measured share of the weight that may apply, 0 to 1, shape (rows,); NaN where nothing can apply."""
    whole = np.where(total.applicable == 0, np.nan, total.applicable)
    result: Weights = total.measured / whole
    return result


def mean_coverage(shares: Weights) -> float:
    """Mean of :func:`coverage` where something can apply, 0 to 1; 0 where nothing can apply anywhere."""
    known = shares[~np.isnan(shares)]
    return float(known.mean()) if known.size else 0.0


class Failing(NamedTuple):
    """Rows in which some finding of one sort fails, or may fail.

    Parameters
    ----------
    known, possible
        Shape (rows,); a known failure is possible too.
    """

    known: npt.NDArray[np.bool_]
    possible: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, total: Tally) -> Failing:
        """Read them off the tally of the findings of that sort."""
        return cls(total.certain_fail > 0, total.possible_fail > 0)


def grades(
    low: Weights, high: Weights, weights: model.Weights, *, anything: Failing, law: Failing, dangerous: Failing
) -> npt.NDArray[np.str_]:
    """Grade where the whole interval lies in one band, else :data:`UNDECIDED`; the weakest link caps the grade.

    Parameters
    ----------
    low, high
        Shape (rows,), from :func:`interval`.
    weights
        The municipality's bands and caps.
    anything
        Any failure leaves the best grade out.
    law
        Failures of the basis ``law``; they cap the grade at ``weights.cap_when_law_fails``.
    dangerous
        Failures of severity 4; they cap it at ``weights.cap_when_severity_4_fails``.

    Examples
    --------
    >>> from audits.rules import files
    >>> no, yes = (Failing(*[np.full(2, each)] * 2) for each in (False, True))
    >>> low, high = np.array([92.0, 40.0]), np.array([100.0, 80.0])
    >>> grades(low, high, files.load_weights(), anything=no, law=no, dangerous=no).tolist()
    ['A', '']
    >>> grades(low, high, files.load_weights(), anything=yes, law=yes, dangerous=no).tolist()
    ['B', '']
    """
    names = [grade.grade for grade in weights.grades]
    worst, best = _band(low, weights), _band(high, weights)
    caps = (
        # one band below the best; a scale of one band has no other
        (anything, min(1, len(names) - 1)),
        (law, names.index(weights.cap_when_law_fails)),
        (dangerous, names.index(weights.cap_when_severity_4_fails)),
    )
    for failing, cap in caps:
        # A cap that may hold is part of the worst case only.
        worst = np.where(failing.possible, np.maximum(worst, cap), worst)
        best = np.where(failing.known, np.maximum(best, cap), best)
    decided = (worst == best) & ~np.isnan(low)
    return np.where(decided, np.array(names)[best], UNDECIDED)


def _band(score: Weights, weights: model.Weights) -> npt.NDArray[np.intp]:
    """Index of each score's grade, best first."""
    floors = np.array([grade.lowest for grade in weights.grades])
    # 90 summed in single precision may be 89.99999, which must be in the band from 90.
    rounded = np.nan_to_num(score) + 1e-4
    above = (rounded[:, None] < floors[None, :]).sum(axis=1)
    result: npt.NDArray[np.intp] = np.minimum(above, len(floors) - 1)
    return result
