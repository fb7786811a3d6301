"""Read the worked examples of the criteria."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from audits.rules import checks, files, model


@dataclass(frozen=True)
class Case:
    """One worked example: exact measurements, and the verdict that follows from the clause.

    Parameters
    ----------
    permitted_on
        None when the day is not known.
    measured
        Value by quantity id, in the quantity's unit; yes is 1 and no is 0. What is left out was not measured.
    verdict
        ``pass``, ``fail``, ``unknown`` or ``not_applicable``.
    clause
        The clause that decides, as written in Thai.
    """

    criterion: str
    name: model.Name
    permitted_on: dt.date | None
    measured: Mapping[str, float]
    verdict: str
    clause: str


def load_cases(folder: Path = files.FOLDER) -> tuple[Case, ...]:
    """Load the worked examples beside the rule files, anew only when a file has changed.

    Parameters
    ----------
    folder
        The folder of the rule files; the examples are in its folder ``cases``.

    Raises
    ------
    audits.errors.CriteriaError
        When a file is malformed, or names a criterion or quantity that the rule files do not have.

    Examples
    --------
    >>> case = load_cases()[0]
    >>> case.criterion, case.verdict
    ('boarding.level_access', 'pass')
    """
    # with the version of the criteria: the same cases may name what other criteria lack
    return _load_cases(folder, files.signature((folder / "cases").glob("*.yaml")), files.load_criteria(folder).version)


@functools.lru_cache(maxsize=8)
def _load_cases(folder: Path, _version: tuple[tuple[str, int, int], ...], _criteria_version: str) -> tuple[Case, ...]:
    known = files.load_criteria(folder)
    pages = {path.name: files.read(path, "cases") for path in sorted((folder / "cases").glob("*.yaml"))}
    files.refuse([fault for page in pages.values() for fault in page.faults])
    groups = [(file, group) for file, page in pages.items() for group in page.contents]
    files.refuse(
        [f"cases/{file}: {group['criterion']}: {fault}" for file, group in groups for fault in _faults(group, known)]
    )
    return tuple(_case(group["criterion"], block) for _, group in groups for block in group["cases"])


def _faults(group: checks.Block, known: model.Criteria) -> Iterator[str]:
    if group["criterion"] not in known.criteria:
        yield "unknown criterion"
    for block in group["cases"]:
        yield from (f"measured: {each}: unknown quantity" for each in block["measured"] if each not in known.quantities)
        if block["permitted_on"] is not None and checks.day_or_none(block["permitted_on"]) is None:
            yield f"permitted_on: {block['permitted_on']} is not a day"


def _case(criterion_id: str, block: checks.Block) -> Case:
    return Case(
        criterion=criterion_id,
        name=model.Name(**block["name"]),
        permitted_on=checks.day_or_none(block["permitted_on"]),
        measured={quantity_id: checks.number(written) for quantity_id, written in block["measured"].items()},
        verdict=block["verdict"],
        clause=block["clause"],
    )
