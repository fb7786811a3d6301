import pytest

from audits.ramps import interventions, quantities


def test_every_criterion_of_a_ramp_says_how_it_is_mended(book):
    ramps = {key for key, criterion in book.criteria.items() if criterion.element in ("ramp", "kerb_ramp")}
    assert set(interventions.MENDING) == ramps


def test_what_is_mended_is_a_level_and_quantities_that_are_known():
    for level, codes in interventions.MENDING.values():
        assert level in interventions.LEVELS
        assert set(codes) <= set(quantities.NAMES)
    assert set(interventions.NAMES) == set(interventions.LEVELS)


@pytest.mark.parametrize(
    ("failed", "old", "level", "codes"),
    [
        (["ramp.symbol"], False, interventions.TIDY_UP, ()),
        (["ramp.symbol", "ramp.surface"], True, interventions.REPAIR, ("surface_m2",)),
        (
            ["ramp.surface", "ramp.tactile_strip", "ramp.handrail_height"],
            True,
            interventions.REPLACE_PARTS,
            ("surface_m2", "handrail_m", "handrail_on_guard_m", "handrail_on_wall_m", "tactile_m2"),
        ),
        (["ramp.running_slope", "ramp.symbol"], False, interventions.REBUILD, tuple(quantities.NAMES)),
        (["kerb_ramp.top_space"], True, interventions.DEMOLISH_AND_REBUILD, tuple(quantities.NAMES)),
    ],
)
def test_one_goes_as_deep_as_the_worst_failure_asks(failed, old, level, codes):
    found = interventions.for_failures(failed, old_structure=old)
    assert (found.level, found.codes) == (level, codes)


def test_where_nothing_failed_nothing_is_done():
    assert interventions.for_failures([], old_structure=True) is None


def test_a_criterion_of_something_else_is_refused():
    with pytest.raises(KeyError, match=r"toilet\.door"):
        interventions.for_failures(["toilet.door"], old_structure=False)


def test_what_is_borderline_is_mended_along_but_never_by_deeper_work():
    failed = ["ramp.symbol"]
    alone = interventions.for_failures(failed, old_structure=True)
    assert interventions.for_failures(failed, ["ramp.running_slope"], old_structure=True) == alone
    deepest = interventions.for_failures(["ramp.running_slope"], ["ramp.symbol"], old_structure=True)
    assert deepest.level == interventions.DEMOLISH_AND_REBUILD
    assert interventions.for_failures([], ["ramp.symbol"], old_structure=True) is None
