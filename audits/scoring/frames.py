"""Score a table of elements, one row each, whose columns are named by quantity."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from audits import errors, survey
from audits.rules import model
from audits.scoring import findings, readings, run, scores

Frame = TypeVar("Frame", bound=pd.DataFrame)

RESULT_COLUMNS = ("verdict", "score_low", "score_high", "coverage", "grade", "failed", "not_measured")
"""Columns that :func:`score` adds; a column of the input with one of these names is replaced."""

PERMITTED_ON = "permitted_on"
_UNIT_SUFFIX = re.compile(r"_(mm|cm|m|in|ft|inch|pct|percent|ratio|deg|degrees|lux|count)$")


@dataclass(frozen=True)
class Judged:
    """Rows judged by the same rules.

    Parameters
    ----------
    rules
        The rules.
    rows
        Shape (rows,): their positions in the table.
    verdicts
        Shape (rules, rows): indices into :data:`audits.scoring.findings.VERDICTS`.
    columns
        :data:`RESULT_COLUMNS` of these rows.
    """

    rules: tuple[findings.Rule, ...]
    rows: npt.NDArray[np.intp]
    verdicts: npt.NDArray[np.int8]
    columns: Mapping[str, npt.NDArray[Any]]


class Rulebook:
    """Rules by kind, setting and day under one edition, each looked up once; keep it to judge many tables.

    Parameters
    ----------
    criteria
        The criteria.
    edition
        See :func:`audits.scoring.run.run`.
    """

    def __init__(self, criteria: model.Criteria, edition: str = run.BY_PERMIT_DATE) -> None:
        self.criteria, self.edition = criteria, edition
        self._known: dict[tuple[str, str, int], tuple[tuple[findings.Rule, ...], tuple[bool, ...]]] = {}

    def rules(
        self, kind: str, setting: str, era: int, day: np.datetime64
    ) -> tuple[tuple[findings.Rule, ...], tuple[bool, ...]]:
        """Rules in force on a day of an era, and which of them bind as law; see :func:`audits.scoring.run.eras`."""
        # the era, not the day: no edition begins within one, and a town has hundreds of permit days
        key = (kind, setting, era)
        if key not in self._known:
            rules, applicable = run.rules_for(self.criteria, kind, run.day_of(day), setting, self.edition)
            self._known[key] = rules, tuple(each.basis(setting) == "law" for each in applicable)
        return self._known[key]


@dataclass(frozen=True)
class _Group:
    """Rows that are judged by the same rules; `law`, of shape (rules, rows), marks those that bind."""

    rules: tuple[findings.Rule, ...]
    law: npt.NDArray[np.bool_]
    rows: npt.NDArray[np.intp]


def score(
    elements: Frame,
    criteria: model.Criteria,
    weights: model.Weights,
    *,
    kind: str,
    setting: str = "building",
    edition: str = run.BY_PERMIT_DATE,
) -> Frame:
    """Judge and score every row of a table as one element.

    Parameters
    ----------
    elements
        One row an element. A column named by the id of a quantity, such as ``running_slope_pct`` or
        ``clear_width_mm``, holds its value in that unit; a yes-or-no question holds booleans, or 1 and 0. Missing
        values and missing columns are *not measured*: never a pass and never a fail. An optional column
        ``permitted_on`` holds the day of the permit or of construction.
    criteria, weights
        What is judged by.
    kind
        One of :data:`audits.survey.ELEMENT_KINDS`, or the name of a column that holds one in every row.
    setting
        One of :data:`audits.survey.SETTINGS`, or the name of a column that holds one in every row.
    edition
        See :func:`audits.scoring.run.run`.

    Returns
    -------
    pandas.DataFrame or geopandas.GeoDataFrame
        A copy of `elements` on the same index and, if it has one, in the same CRS, with the columns
        :data:`RESULT_COLUMNS`: ``verdict`` (*pass*, *fail*, *borderline* or *unknown*), the interval ``score_low`` to
        ``score_high`` (0 to 100), ``coverage`` (0 to 1), ``grade`` (empty while undecided), and the ids of the criteria
        ``failed`` and ``not_measured``, separated by commas.

    Raises
    ------
    audits.errors.FrameError
        When a value is not a number, lies outside of what is possible, or a column is named in another unit; the
        message names column, row and what is accepted.

    Warns
    -----
    UserWarning
        Names the columns that no criterion of these kinds uses, and values that are unusual for their unit.

    Notes
    -----
    Each value carries the uncertainty of its quantity's usual instrument, as for a table whose instrument is not named.
    """
    table = empty_result(len(elements))
    for each in judged(elements, Rulebook(criteria, edition), weights, kind=kind, setting=setting):
        for name, column in each.columns.items():
            table[name][each.rows] = column
    return elements.assign(**{name: pd.Series(column, index=elements.index) for name, column in table.items()})


def judged(
    elements: pd.DataFrame, rulebook: Rulebook, weights: model.Weights, *, kind: str, setting: str = "building"
) -> Iterator[Judged]:
    """Judge every row of a table, those under the same rules together; errors and warnings are those of `score`.

    Parameters
    ----------
    elements, weights, kind, setting
        See :func:`score`.
    rulebook
        What is judged by.

    Yields
    ------
    Judged
        Every row of `elements` is in one of them. Of a million rows their verdicts are as many bytes as findings, so
        they are handed on a group at a time.
    """
    kinds = _choices(elements, kind, survey.ELEMENT_KINDS, "kind")
    settings = _choices(elements, setting, survey.SETTINGS, "setting")
    permitted = _days(elements)
    criteria = rulebook.criteria
    # all groups before the first verdict: a fault in any column is refused before anything is handed on
    groups = list(_groups(kinds, settings, permitted, rulebook))
    asked = {name for group in groups for rule in group.rules for name in rule.quantities()}
    # whether it is there decides every rule of an element, though no rule may name it
    values = _values(elements, criteria, asked | {survey.ELEMENT_PRESENT})
    chosen = {kind_column for kind_column in (kind, setting, PERMITTED_ON) if kind_column in elements.columns}
    _warn_unused(elements, {*values, *chosen})
    measured = {name: _readings(column, criteria.quantities[name], criteria) for name, column in values.items()}
    measured = readings.implied(measured, criteria)
    for group in groups:
        yield _judged(group, measured, weights)


def judged_readings(
    elements: pd.DataFrame, measured: Mapping[str, findings.Readings], rulebook: Rulebook, weights: model.Weights
) -> Iterator[Judged]:
    """Judge elements by readings that carry an uncertainty of their own, as those of a record do.

    Parameters
    ----------
    elements
        ``kind``, ``setting`` and ``permitted_on`` (day or NaT).
    measured
        From :func:`audits.scoring.readings.by_quantity`, in the order of `elements`.
    rulebook, weights
        See :func:`judged`.

    Yields
    ------
    Judged
        As :func:`judged`.
    """
    kinds, settings = (elements[name].to_numpy(dtype=object) for name in ("kind", "setting"))
    for group in _groups(kinds, settings, elements[PERMITTED_ON], rulebook):
        yield _judged(group, measured, weights)


def _choices(elements: pd.DataFrame, given: str, accepted: tuple[str, ...], parameter: str) -> npt.NDArray[np.object_]:
    """Return one accepted word a row, from the parameter itself or from the column that it names."""
    if given in accepted:
        return np.full(len(elements), given, dtype=object)
    if given not in elements.columns:
        raise errors.FrameError(
            [f"{parameter}={given!r}: neither a column of the table nor one of: {', '.join(accepted)}"]
        )
    words = elements[given].to_numpy(dtype=object)
    wrong = elements.index[~elements[given].isin(accepted)]
    if len(wrong):
        shown = elements.loc[wrong[:1], given].iloc[0]
        raise errors.FrameError(
            [f"column {given!r}, row {wrong[0]!r}: {shown!r}; accepted are: {', '.join(accepted)} ({len(wrong)} rows)"]
        )
    return words


def _days(elements: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    if PERMITTED_ON not in elements.columns:
        return pd.Series(pd.NaT, index=elements.index, dtype="datetime64[ns]")
    try:
        # a permit is a day: as it is written it counts, whatever zone the column carries
        return pd.to_datetime(elements[PERMITTED_ON]).dt.tz_localize(None)
    except (ValueError, TypeError) as error:
        message = f"column {PERMITTED_ON!r}: days are needed, such as 2021-03-04; {error}"
        raise errors.FrameError([message]) from error


def _groups(
    kinds: npt.NDArray[np.object_],
    settings: npt.NDArray[np.object_],
    permitted: pd.Series[pd.Timestamp],
    rulebook: Rulebook,
) -> Iterator[_Group]:
    keys = pd.DataFrame({"kind": kinds, "setting": settings, "era": run.eras(permitted, rulebook.criteria)})
    number = keys.groupby(["kind", "setting", "era"], sort=False).ngroup().to_numpy()
    first = np.unique(number, return_index=True)[1]
    era, day = keys["era"].to_numpy(), permitted.to_numpy()
    found = [rulebook.rules(str(kinds[row]), str(settings[row]), int(era[row]), day[row]) for row in first]
    # Most settings and eras have the same rules and differ in what binds: a group costs more than its rows.
    same: dict[tuple[tuple[str, int], ...], list[int]] = {}
    for one, (rules, _) in enumerate(found):
        # identity is enough: the limits are objects of one set of criteria
        same.setdefault(tuple((rule.criterion.criterion_id, id(rule.limit)) for rule in rules), []).append(one)
    for members in same.values():
        rows = np.flatnonzero(np.isin(number, members))
        # the members stand in ascending order, as searchsorted needs
        place = np.searchsorted(members, number[rows])
        law = np.array([found[one][1] for one in members], dtype=bool)
        yield _Group(found[members[0]][0], law[place].T, rows)


def _values(elements: pd.DataFrame, criteria: model.Criteria, asked: set[str]) -> dict[str, npt.NDArray[np.float64]]:
    """Return the measured columns as numbers, or raise every fault found in them."""
    # a name that stands twice would give a table where a column is expected
    twice = elements.columns[elements.columns.duplicated()]
    if len(twice):
        raise errors.FrameError([f"column {name!r}: stands twice; keep one" for name in twice.unique()])
    faults = list(unit_faults(map(str, elements.columns), criteria))
    values: dict[str, npt.NDArray[np.float64]] = {}
    for name in (str(column) for column in elements.columns if column in asked):
        column, wrong = _numbers(elements[name], criteria.quantities[name])
        faults += wrong
        values[name] = column
    if faults:
        raise errors.FrameError(faults)
    # only once nothing is impossible: what is refused needs no question about its unit
    for name, column in values.items():
        low, high = criteria.quantities[name].usual
        unusual = int(((column < low) | (column > high)).sum())
        if unusual:
            _warn(f"{name}: {unusual} values outside the usual {low:g} to {high:g}; is the unit right?")
    return values


def unit_faults(columns: Iterable[str], criteria: model.Criteria) -> Iterator[str]:
    """Yield a fault for each column that names a known quantity in another unit."""
    stems = {_UNIT_SUFFIX.sub("", name): name for name in criteria.quantities}
    for column in columns:
        stem = _UNIT_SUFFIX.sub("", column)
        # a name without an ending claims no unit and may be a column of the reader's own
        if column not in criteria.quantities and stem != column and stem in stems:
            yield f"column {column!r}: the unit is not accepted; convert it to {stems[stem]!r}"


def _numbers(column: pd.Series, quantity: model.Quantity) -> tuple[npt.NDArray[np.float64], list[str]]:
    """Return a column as floats, NaN where not measured, with a fault for the first value of each kind of mistake."""
    accepted = _accepted(quantity)
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    # a cell at a time only where the column may hold texts: a nation has a billion cells
    if pd.api.types.is_numeric_dtype(column.dtype):
        not_numbers = np.zeros(numbers.size, dtype=bool)
    else:
        texts = column.map(lambda value: isinstance(value, str)).to_numpy(dtype=bool)
        not_numbers = column.notna().to_numpy() & np.isnan(numbers) | texts
    low, high = quantity.possible
    impossible = (numbers < low) | (numbers > high)
    broken = (numbers != np.round(numbers)) & ~np.isnan(numbers) & (quantity.kind in ("yes_no", "count"))
    faults = []
    for wrong in (not_numbers, impossible & ~not_numbers, broken & ~impossible & ~not_numbers):
        rows = np.flatnonzero(wrong)
        if rows.size:
            place = f"column {quantity.quantity_id!r}, row {column.index[rows[0]]!r}"
            faults.append(f"{place}: {column.iloc[rows[:1]].tolist()[0]!r}; accepted: {accepted} ({rows.size} rows)")
    return numbers, faults


def _accepted(quantity: model.Quantity) -> str:
    if quantity.kind == "yes_no":
        return "True or False, 1 or 0, or missing"
    low, high = quantity.possible
    whole = "whole numbers" if quantity.kind == "count" else f"numbers in {quantity.unit}"
    return f"{whole} from {low:g} to {high:g}, or missing"


def _warn_unused(elements: pd.DataFrame, used: set[str]) -> None:
    geometry = getattr(elements, "_geometry_column_name", None)
    unused = [str(name) for name in elements.columns if name not in used and name != geometry]
    if unused and len(elements):
        _warn(f"no criterion uses the columns: {', '.join(unused)}")


def _warn(message: str) -> None:
    """Warn at the line outside of this package that asked, through however many functions of the package."""
    frame, ours = inspect.currentframe(), 0
    # skip_file_prefixes of warnings.warn does this from Python 3.12 on
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == __name__.partition(".")[0]:
        frame, ours = frame.f_back, ours + 1
    warnings.warn(message, stacklevel=ours + 1)


def _readings(values: npt.NDArray[np.float64], quantity: model.Quantity, criteria: model.Criteria) -> findings.Readings:
    usual = (criteria.instruments[name] for name in quantity.instruments)
    uncertainty = next((each.uncertainty for each in usual if each.unit == quantity.unit), 0.0)
    return findings.Readings(values, values, np.broadcast_to(uncertainty, values.shape))


def empty_result(size: int) -> dict[str, npt.NDArray[Any]]:
    """:data:`RESULT_COLUMNS` of rows that are in no group yet."""
    numbers = {"score_low", "score_high", "coverage"}
    return {
        name: np.full(size, np.nan) if name in numbers else np.full(size, "", dtype=object) for name in RESULT_COLUMNS
    }


def _judged(group: _Group, measured: Mapping[str, findings.Readings], weights: model.Weights) -> Judged:
    rows = group.rows
    asked = {name for rule in group.rules for name in rule.quantities()}
    mine = readings.at_rows(measured, rows, asked | {survey.ELEMENT_PRESENT})
    outcomes = findings.outcomes(group.rules, mine, rows.size)
    verdicts = findings.verdicts(outcomes)
    total = scores.tally(outcomes, [weights.of(rule.criterion) for rule in group.rules])
    low, high = scores.interval(total)
    dangerous = np.array([rule.criterion.severity == run.SEVERITY_DANGEROUS for rule in group.rules], dtype=bool)
    fails, may_fail = verdicts == findings.FAIL, (outcomes & findings.CAN_FAIL) > 0
    names = np.array([rule.criterion.criterion_id for rule in group.rules], dtype=object)

    def failing(of: npt.NDArray[np.bool_] | bool) -> scores.Failing:
        return scores.Failing(np.any(fails & of, axis=0), np.any(may_fail & of, axis=0))

    columns = {
        "verdict": _row_verdicts(outcomes, verdicts),
        "score_low": low,
        "score_high": high,
        "coverage": scores.coverage(total),
        "grade": scores.grades(
            *(low, high, weights),
            anything=failing(True),
            law=failing(group.law),
            dangerous=failing(dangerous[:, None]),
        ),
        "failed": _named(fails, names),
        "not_measured": _named(verdicts == findings.UNKNOWN, names),
    }
    return Judged(group.rules, rows, verdicts, columns)


def _row_verdicts(outcomes: findings.Outcomes, verdicts: npt.NDArray[np.int8]) -> npt.NDArray[np.object_]:
    """Return one verdict a row by the rule of a site: a failure decides, then what is unknown, then borderline."""
    result = np.full(outcomes.shape[1], "unknown", dtype=object)
    result[(verdicts == findings.PASS).any(axis=0) & ~(outcomes & findings.CAN_FAIL).any(axis=0)] = "pass"
    result[(verdicts == findings.BORDERLINE).any(axis=0)] = "borderline"
    result[(verdicts == findings.UNKNOWN).any(axis=0)] = "unknown"
    result[(verdicts == findings.FAIL).any(axis=0)] = "fail"
    return result


def _named(where: npt.NDArray[np.bool_], names: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return the names of the true rows of each column, separated by commas."""
    # hashed as whole numbers, eight rules a byte: sorting the columns takes ten times as long
    inverse = np.zeros(where.shape[1], dtype=np.int64)
    for packed in np.packbits(where, axis=0):
        inverse = pd.factorize(inverse * 256 + packed)[0]
    first = np.unique(inverse, return_index=True)[1]
    texts = np.array([",".join(names[column]) for column in where[:, first].T], dtype=object)
    return texts[inverse]
