"""A ramp is fitted to a place once, and again as soon as the rules say something else."""

from __future__ import annotations

import dataclasses

import pytest

from audits.ramps import fitted_ramps, geometry, requirements, site_design
from audits.rules import files, gazette, model

MADE = requirements.Construction()
# a rise that no other test asks for, since what is kept outlives a test
PLACE = site_design.Measured(geometry.Space(417, 0, 0), frozenset(("length_mm", "width_mm")))


def disputed(criteria: model.Criteria, name: str) -> model.Criteria:
    """Return the criteria with one requirement whose limits were found to differ from the gazette."""
    one = criteria.criteria[name]
    limits = tuple(dataclasses.replace(limit, state=gazette.DISPUTED) for limit in one.limits)
    changed = {**criteria.criteria, name: dataclasses.replace(one, limits=limits)}
    return dataclasses.replace(criteria, criteria=changed)


def test_a_place_is_fitted_once_for_each_state_of_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[model.Criteria] = []

    def counted(*given: object, **options: object) -> object:
        asked.append(given[2])  # type: ignore[arg-type]
        return fitted(*given, **options)  # type: ignore[arg-type]

    fitted = site_design.fitted
    monkeypatch.setattr(site_design, "fitted", counted)
    criteria = files.load_criteria()
    first = fitted_ramps.fit(PLACE, criteria, MADE)
    # another record's criteria are the same rules, be they another object
    assert fitted_ramps.fit(PLACE, dataclasses.replace(criteria), MADE) is first
    assert first is not None
    assert first.basis == site_design.FOR_RISE
    assert len(asked) == 1
    other = disputed(criteria, "ramp.running_slope")
    fitted_ramps.fit(PLACE, other, MADE)
    assert asked == [criteria, other]


def test_no_ramp_is_fitted_without_a_rise() -> None:
    assert fitted_ramps.fit(site_design.Measured(None), files.load_criteria(), MADE) is None
