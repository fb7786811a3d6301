"""Hold the rows of one table that contradict each other about one visit."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from audits import errors, survey
from audits.field.tables import rows as rows_room
from audits.field.tables import surveys_table
from audits.store.surveys import same_visit

CONTRADICTED = errors.ProblemKind(
    "SURVEY-021", "row {line} gives other values for the same thing on the same visit; keep the one that is right"
)


def agreeing(
    rows: Iterable[rows_room.Row],
    made: Mapping[int, survey.Survey],
    visits: Mapping[int, surveys_table.Visit],
) -> dict[int, survey.Survey]:
    """Return the surveys, by line, without those that contradict another; their rows get a problem.

    Parameters
    ----------
    rows
        The rows of the table.
    made
        Survey of each line, from :func:`surveys_table.surveys`.
    visits
        From :func:`surveys_table.visits`: rows with labels of their own, such as runs, are different things.
    """
    alike: dict[object, list[int]] = {}
    for line, one in made.items():
        alike.setdefault((same_visit.key(one), visits[line].element_label), []).append(line)
    contradicted: dict[int, int] = {}
    for lines in alike.values():
        for first, second in itertools.combinations(lines, 2):
            if same_visit.contradict(made[first], made[second]):
                # both are held, since only who measured can say which one is right
                contradicted.setdefault(first, second)
                contradicted.setdefault(second, first)
    for row in rows:
        if row.line in contradicted:
            row.refuse(CONTRADICTED, line=contradicted[row.line])
    return {line: one for line, one in made.items() if line not in contradicted}
