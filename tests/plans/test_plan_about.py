"""What a plan says of itself beside its figures."""

import types

import pytest

from audits import wording
from audits.plans import fix_pricing, plan_about
from audits.ramps import site_design


@pytest.mark.parametrize(
    ("bases", "stated"),
    [
        ((fix_pricing.DESIGNED, site_design.LIFT), ""),
        ((fix_pricing.TYPICAL, fix_pricing.CALCULATED), "None of these fixes can be bought"),
        ((fix_pricing.DESIGNED, site_design.MOVED), "1 of these fixes cannot be bought"),
    ],
)
def test_a_plan_says_how_many_of_its_fixes_wait_for_a_measurement(bases: tuple[str, ...], stated: str) -> None:
    fixes = [types.SimpleNamespace(cost_basis=basis) for basis in bases]
    assert plan_about.not_yet(fixes, wording.Wording("en")).startswith(stated)
    assert bool(stated) == bool(plan_about.not_yet(fixes, wording.Wording("th")))
