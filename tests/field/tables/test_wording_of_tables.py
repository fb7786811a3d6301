"""Prove that every problem of a table is said in Thai, with the same values."""

from __future__ import annotations

import string

import pytest

from audits import errors, wording
from audits.field.tables import headers, importing, places, profile, sites_table, surveys_table
from audits.formats import cells, days, features, tables, workbooks

MODULES = (
    *(cells, days, features, headers, importing, places, profile, sites_table, surveys_table, tables, workbooks),
)
KINDS = {
    kind.code: kind for module in MODULES for kind in vars(module).values() if isinstance(kind, errors.ProblemKind)
}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("code", sorted(KINDS))
def test_a_problem_is_said_in_thai(code: str) -> None:
    template = KINDS[code].template
    thai = wording.Wording("th").text(template)
    assert thai != template
    assert fields(thai) == fields(template)


def test_no_two_problems_share_a_code() -> None:
    every = [kind for module in MODULES for kind in vars(module).values() if isinstance(kind, errors.ProblemKind)]
    assert len({kind.code for kind in every}) == len(set(every)) == len(KINDS)
