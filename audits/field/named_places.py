"""Name the things and the questions in the place of a problem as the reader knows them, not by their ids."""

from __future__ import annotations

import dataclasses
import re

from audits import errors, survey, terms, wording
from audits.rules import files

_BETWEEN = ", "
_ELEMENT = re.compile(rf".+\.(?:{'|'.join(survey.ELEMENT_KINDS)})\.[0-9]+")
_RECORD = "uuid:"


def named(problem: errors.Problem) -> errors.Problem:
    """Return a problem whose place is written in names; as a string it stays what programs compare.

    Examples
    --------
    >>> from audits.field import answers
    >>> problem = named(answers.PART_MISSING.at("KK-012.ramp.1, running_slope_pct"))
    >>> wording.Wording("en").problem(problem)
    'KK-012 ramp 1, Running slope: a slope from rise and length needs both figures; write the other one'
    >>> problem.where
    'KK-012.ramp.1, running_slope_pct'
    """
    if isinstance(problem.where, wording.Translated) or not problem.where:
        return problem
    return dataclasses.replace(problem, where=place(problem.where))


def place(where: str) -> wording.Translated:
    """Return a place that is written in names; the id of a record is left out, as the reader sees the record itself."""
    parts = [_part(part) for part in where.split(_BETWEEN) if not part.startswith(_RECORD)]

    def write(words: wording.Wording) -> str:
        written = (part.write(words) if isinstance(part, wording.Translated) else part for part in parts)
        return words.place(_BETWEEN.join(written))

    return wording.Translated(write, as_id=where)


def _part(part: str) -> str:
    quantity = files.load_criteria().quantities.get(part)
    if quantity is not None:
        return wording.name_of(quantity.name)
    return terms.element(part) if _ELEMENT.fullmatch(part) else part
