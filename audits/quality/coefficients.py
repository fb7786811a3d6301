"""Compute agreement: kappa of answers, intraclass correlation of figures, and the guard band that a spread needs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audits import wording

NORMAL_95 = 1.959963984540054
HOLDS, MAY_BE_SMALL, TOO_SMALL = "holds", "may_be_small", "too_small"

SUBSTANTIAL = 0.605
# Landis & Koch, Biometrics 33 (1977) 159-174: the highest kappa of each band, to two decimals.
KAPPA_BANDS = (
    (-0.005, wording.phrase("poor agreement")),
    (0.205, wording.phrase("slight agreement")),
    (0.405, wording.phrase("fair agreement")),
    (SUBSTANTIAL, wording.phrase("moderate agreement")),
    (0.805, wording.phrase("substantial agreement")),
    (np.inf, wording.phrase("almost perfect agreement")),
)
GOOD = 0.745
# Koo & Li, Journal of Chiropractic Medicine 15 (2016) 155-163, to two decimals too.
INTRACLASS_BANDS = (
    (0.495, KAPPA_BANDS[0][1]),
    (GOOD, KAPPA_BANDS[3][1]),
    (0.905, wording.phrase("good agreement")),
    (np.inf, wording.phrase("excellent agreement")),
)


@dataclass(frozen=True)
class Estimate:
    """A coefficient of agreement, at most 1, with its 95 % interval; NaN where it cannot be given."""

    value: float
    low: float
    high: float


UNDEFINED = Estimate(np.nan, np.nan, np.nan)


def share_interval(agreed: int, pairs: int) -> Estimate:
    """Share of pairs that agree, 0 to 1, with its 95 % interval (Wilson, JASA 22 (1927) 209-212).

    Examples
    --------
    >>> share = share_interval(9, 10)
    >>> share.value, round(share.low, 2), round(share.high, 2)
    (0.9, 0.6, 0.98)
    """
    share, square = agreed / pairs, NORMAL_95**2
    centre = (agreed + square / 2) / (pairs + square)
    reach = NORMAL_95 * math.sqrt(pairs * share * (1 - share) + square / 4) / (pairs + square)
    # rounding may step over an end
    return Estimate(share, max(centre - reach, 0.0), min(centre + reach, 1.0))


def crossed(first: npt.NDArray[np.generic], second: npt.NDArray[np.generic]) -> npt.NDArray[np.intp]:
    """Count the pairs by first and second answer, shape (answers, answers), in sorted order of the answers."""
    kinds, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    row, column = codes[: len(first)], codes[len(first) :]
    counts = np.bincount(row * len(kinds) + column, minlength=len(kinds) ** 2)
    return counts.reshape(len(kinds), len(kinds))


def kappa(counts: npt.ArrayLike) -> Estimate:
    """Cohen's kappa of two ratings: their agreement beyond that expected by chance.

    Parameters
    ----------
    counts
        Shape (answers, answers): pairs by first and second answer.

    Returns
    -------
    Estimate
        NaN when every answer is the same. The interval is NaN where nobody ever disagreed: the formula for large
        samples would then claim certainty.

    Notes
    -----
    Cohen, Educational and Psychological Measurement 20 (1960) 37-46; standard error of Fleiss, Cohen & Everitt,
    Psychological Bulletin 72 (1969) 323-327, formula for a kappa that is not zero.

    Examples
    --------
    >>> round(kappa([[20, 5], [10, 15]]).value, 2)
    0.4
    """
    table = np.asarray(counts, dtype=np.float64)
    size = table.sum()
    share = table / size
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, expected = np.trace(share), rows @ columns
    # Both gave one and the same answer throughout: chance alone would agree as well.
    if np.isclose(expected, 1):
        return UNDEFINED
    value = float((observed - expected) / (1 - expected))
    if np.isclose(observed, 1):
        return Estimate(value, np.nan, np.nan)
    off_diagonal = share - np.diag(np.diag(share))
    variance = np.diag(share) @ (1 - (rows + columns) * (1 - value)) ** 2
    variance += (1 - value) ** 2 * (off_diagonal * (columns[:, None] + rows[None, :]) ** 2).sum()
    variance -= (value - expected * (1 - value)) ** 2
    # rounding may leave the variance a hair below zero
    reach = float(NORMAL_95 * np.sqrt(max(variance, 0.0) / size) / (1 - expected))
    return Estimate(value, max(value - reach, -1.0), min(value + reach, 1.0))


def intraclass(table: npt.ArrayLike) -> float:
    """Intraclass correlation ICC(2,1): two-way random effects, absolute agreement, one rating.

    Parameters
    ----------
    table
        Shape (things, ratings), at least 2 × 2, complete.

    Returns
    -------
    float
        At most 1; NaN when all values are the same, or when there is no spread but the rest of two things.

    Notes
    -----
    Shrout & Fleiss, Psychological Bulletin 86 (1979) 420-428; McGraw & Wong, Psychological Methods 1 (1996) 30-46
    call it ICC(A,1).

    Examples
    --------
    The table of Shrout & Fleiss, six targets by four judges.

    >>> table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> round(intraclass(table), 2)
    0.29
    """
    values = np.asarray(table, dtype=np.float64)
    things, ratings = values.shape
    # Relative to the values: a spread by rounding alone is no spread.
    if np.ptp(values) <= 1e-9 * np.abs(values).max():
        return math.nan
    values = values - values.mean()
    of_things, of_ratings = values.mean(axis=1, keepdims=True), values.mean(axis=0, keepdims=True)
    between = ratings * np.sum(of_things**2) / (things - 1)
    raters = things * np.sum(of_ratings**2) / (ratings - 1)
    rest = np.sum((values - of_things - of_ratings) ** 2) / ((things - 1) * (ratings - 1))
    whole = between + (ratings - 1) * rest + ratings * (raters - rest) / things
    return float((between - rest) / whole) if whole > 1e-12 * rest else math.nan


def pairs_interval(value: float, size: int) -> Estimate:
    """Intraclass correlation of pairs with its approximate 95 % interval.

    Parameters
    ----------
    value
        From :func:`intraclass`.
    size
        Number of pairs, at least 2.

    Notes
    -----
    Fisher's transformation, with variance 1 / (pairs - 3/2) for pairs whose members are interchangeable (Fisher,
    Statistical Methods for Research Workers, 1925, § 39): the surveyors change from pair to pair. NaN ends where no
    pair differs.
    """
    if np.isnan(value) or np.isclose(value, 1, rtol=0, atol=1e-12):
        return Estimate(value, np.nan, np.nan)
    # Short of 1, where the transformation is infinite.
    centre, reach = np.arctanh(np.clip(value, -0.999999, 0.999999)), NORMAL_95 / np.sqrt(size - 1.5)
    low, high = np.tanh([centre - reach, centre + reach])
    return Estimate(value, min(value, float(low)), max(value, float(high)))


def guard_state(within_sd: float, freedom: int, stated: float) -> str:
    """Compare the guard bands stated with the spread observed.

    A reading lies within 1.96 standard deviations of the truth in 95 of 100 cases, so that is what a guard band must
    cover (Bland & Altman, BMJ 313 (1996) 744). It is called too small only where the lower 97.5 % bound of the spread
    exceeds it too; the quantile of chi-square is that of Wilson & Hilferty, PNAS 17 (1931) 684-688.

    Parameters
    ----------
    within_sd, stated
        In the quantity's unit.
    freedom
        Degrees of freedom of `within_sd`, at least 1.

    Returns
    -------
    str
        :data:`HOLDS`, :data:`MAY_BE_SMALL` or :data:`TOO_SMALL`.
    """
    needed = NORMAL_95 * within_sd
    # a spread exactly as large as stated holds, whatever its last bits
    if needed <= stated * (1 + 1e-9):
        return HOLDS
    unit = 2 / (9 * freedom)
    return TOO_SMALL if needed / (1 - unit + NORMAL_95 * np.sqrt(unit)) ** 1.5 > stated else MAY_BE_SMALL


def band(value: float, bands: tuple[tuple[float, str], ...]) -> str:
    """Phrase of the band in which a coefficient lies: the first whose highest value it does not exceed."""
    return next(phrase for highest, phrase in bands if value <= highest)
