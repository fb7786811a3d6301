"""Prove that every problem of a table is said in Thai, with the same values."""

from __future__ import annotations

import string

from audits import errors, wording
from audits.field.tables import headers, importing, places, profile, sites_table, surveys_table
from audits.formats import cells, days, drawing_points, features, map_files, placemarks, tables, workbooks

MODULES = (
    *(cells, days, drawing_points, features, headers, importing, map_files, places, placemarks, profile),
    *(sites_table, surveys_table, tables, workbooks),
)
KINDS = {
    kind.code: kind for module in MODULES for kind in vars(module).values() if isinstance(kind, errors.ProblemKind)
}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_problem_is_said_in_thai_with_the_same_values() -> None:
    thai = {code: wording.Wording("th").text(kind.template) for code, kind in KINDS.items()}
    assert [code for code, kind in KINDS.items() if thai[code] == kind.template] == []
    assert [code for code, kind in KINDS.items() if fields(thai[code]) != fields(kind.template)] == []


def test_no_two_problems_share_a_code() -> None:
    every = [kind for module in MODULES for kind in vars(module).values() if isinstance(kind, errors.ProblemKind)]
    assert len({kind.code for kind in every}) == len(set(every)) == len(KINDS)
