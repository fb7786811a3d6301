"""Take from the rows of a table what a visit found out about the place."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from audits import errors, survey
from audits.field.tables import places, surveys_table, vocabulary
from audits.field.tables import rows as rows_room
from audits.formats import cells

UNKNOWN_PLACE = errors.ProblemKind("PLACE-004", "“{written}” says nothing of the place; use one of: {words}")


def answer(row: rows_room.Row) -> str:
    """Return whether the site was found, by the row; empty where it does not tell."""
    return vocabulary.PLACES.get(row.written("place_found").casefold(), "")


def with_places(
    rows: Iterable[rows_room.Row],
    made: Mapping[int, survey.Survey],
    visits: Mapping[int, surveys_table.Visit],
    codes: Mapping[int, str],
    where: places.Places,
) -> dict[int, survey.Survey]:
    """Return the surveys, by line, with the place and the position of the rows that answer for it.

    A row that answers and measures nothing makes a survey of its own: that a site is not there is a finding.

    Parameters
    ----------
    rows
        The rows; take what is wrong with their answers.
    made
        Survey of each line that measured something.
    visits, codes
        Visit and site code of each line.
    where
        Positions of the rows, in their order.
    """
    found = dict(made)
    for row, east, north in zip(rows, where.longitude.tolist(), where.latitude.tolist(), strict=True):
        written, place = row.written("place_found"), answer(row)
        if written and not place:
            row.refuse(UNKNOWN_PLACE, written=written, words=", ".join(vocabulary.PLACES))
            found.pop(row.line, None)
        if not place or row.line not in codes:
            continue
        one = found.get(row.line) or _bare(row, visits[row.line], codes[row.line])
        if one is None:
            continue
        position = (east, north, _accuracy_m(row)) if np.isfinite(east) else (None, None, None)
        # the answer is a part of the visit: another one makes another survey, the same one the same
        name = f"{one.survey_id} {place} {position}"
        found[row.line] = replace(
            one,
            survey_id=f"uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}",
            place=place,
            longitude=position[0],
            latitude=position[1],
            accuracy_m=position[2],
        )
    # rows that measured nothing came last, and notices speak of rows in their order
    return {line: found[line] for line in sorted(found)}


def _bare(row: rows_room.Row, visit: surveys_table.Visit, code: str) -> survey.Survey | None:
    """Return the survey of a row that measured nothing; None, and a problem, without day or surveyor."""
    one = visit.survey
    # the first year of the calendar stands where a row names no day
    if one.observed_at.year == 1:
        row.refuse(surveys_table.NO_DAY)
    elif not one.surveyor:
        row.refuse(surveys_table.NO_SURVEYOR)
    else:
        day = one.observed_at.date().isoformat()
        return replace(one, survey_id=f"{code} {day} {one.surveyor}", site_code=code)
    return None


def _accuracy_m(row: rows_room.Row) -> float | None:
    written = row.written("accuracy_m")
    metres = cells.number(written) if written else None
    if isinstance(metres, errors.ProblemKind):
        row.refuse(metres, written=written)
        return None
    return metres
