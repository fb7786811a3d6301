"""Two people's changes of one record, field by field: nothing of either is lost or taken unasked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app_pages.parts.register import conflict as conflicts

values = st.fixed_dictionaries({name: st.integers(0, 2) for name in ("a", "b", "c")})


def test_only_fields_that_differ_now_are_asked_about() -> None:
    before = {"a": 0, "b": 0, "c": 0, "d": 0}
    mine, theirs = {"a": 1, "b": 2, "c": 0, "d": 0}, {"a": 1, "b": 1, "c": 3, "d": 0}
    assert conflicts.differing(before, mine, theirs) == ("b", "c")
    assert conflicts.preferred(before, mine, "b") == conflicts.MINE
    assert conflicts.preferred(before, mine, "c") == conflicts.THEIRS


@given(values, values, values)
def test_unless_told_otherwise_my_changes_stand_and_theirs_where_i_changed_nothing(
    before: dict[str, int], mine: dict[str, int], theirs: dict[str, int]
) -> None:
    fields = conflicts.differing(before, mine, theirs)
    chosen = {name: conflicts.preferred(before, mine, name) for name in fields}
    conflict = conflicts.Conflict("KK-001", before, mine, "why")
    result = theirs | conflicts.merged(conflict, theirs, chosen)
    for name, value in result.items():
        assert value == (mine[name] if mine[name] != before[name] else theirs[name])


@given(values, values, values)
def test_taking_theirs_everywhere_writes_nothing(
    before: dict[str, int], mine: dict[str, int], theirs: dict[str, int]
) -> None:
    chosen = dict.fromkeys(conflicts.differing(before, mine, theirs), conflicts.THEIRS)
    assert conflicts.merged(conflicts.Conflict("KK-001", before, mine, "why"), theirs, chosen) == {}
