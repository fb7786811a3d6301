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


def answered(
    rows: Iterable[rows_room.Row], visits: Mapping[int, surveys_table.Visit], where: places.Places
) -> dict[int, surveys_table.Visit]:
    """Return the visits, by line, with the place and the position of the rows that answer for it.

    Parameters
    ----------
    rows
        The rows; take what is wrong with their answers.
    visits
        Visit of each line.
    where
        Positions of the rows, in their order.
    """
    found = dict(visits)
    for row, east, north in zip(rows, where.longitude.tolist(), where.latitude.tolist(), strict=True):
        place = row.word("place_found", vocabulary.PLACES, UNKNOWN_PLACE, words=", ".join(vocabulary.PLACES))
        if not place:
            continue
        longitude, latitude, accuracy_m = (east, north, _accuracy_m(row)) if np.isfinite(east) else (None, None, None)
        visit = visits[row.line]
        one = replace(visit.survey, place=place, longitude=longitude, latitude=latitude, accuracy_m=accuracy_m)
        found[row.line] = replace(visit, survey=one)
    return found


def with_places(
    rows: Iterable[rows_room.Row],
    made: Mapping[int, survey.Survey],
    visits: Mapping[int, surveys_table.Visit],
    codes: Mapping[int, str],
) -> dict[int, survey.Survey]:
    """Return the surveys, by line, with those of rows that answer for the place and measure nothing.

    That a site is not there is a finding.

    Parameters
    ----------
    rows
        The rows; take what is missing for a survey.
    made
        Survey of each line that measured something.
    visits, codes
        Visit, from :func:`answered`, and site code of each line.
    """
    found = dict(made)
    for row in rows:
        visit = visits[row.line].survey
        if visit.place and not visit.measurements and row.line in codes:
            one = _bare(row, visit, codes[row.line])
            found |= {} if one is None else {row.line: one}
    # rows that measured nothing came last, and notices speak of rows in their order
    return {line: _named(found[line]) for line in sorted(found)}


def _named(one: survey.Survey) -> survey.Survey:
    """Return a survey with an id for its answer: another one makes another survey, the same one the same."""
    name = f"{one.survey_id} {one.place} {(one.longitude, one.latitude, one.accuracy_m)}"
    return replace(one, survey_id=f"uuid:{uuid.uuid5(uuid.NAMESPACE_OID, name)}") if one.place else one


def _bare(row: rows_room.Row, one: survey.Survey, code: str) -> survey.Survey | None:
    """Return the survey of a row that measured nothing; None, and a problem, without day or surveyor."""
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
