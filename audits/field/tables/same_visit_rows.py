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
    # by survey, since the runs of one ramp share one
    contradicted: dict[str, int] = {}
    for lines in alike.values():
        for first, second in itertools.combinations(lines, 2):
            if same_visit.contradict(made[first], made[second]):
                # both are held, since only who measured can say which one is right
                contradicted.setdefault(made[first].survey_id, second)
                contradicted.setdefault(made[second].survey_id, first)
    for row in rows:
        if row.line in made and made[row.line].survey_id in contradicted:
            row.refuse(CONTRADICTED, line=contradicted[made[row.line].survey_id])
    return {line: one for line, one in made.items() if one.survey_id not in contradicted}
