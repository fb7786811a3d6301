from __future__ import annotations

import datetime as dt
import math
import re
from pathlib import Path

import pytest

from audits import errors, survey, terms, wording
from audits.rules import asked_quantity, cases, editions, files, gazette, model

BEFORE_ALL = dt.date(2000, 1, 1)
LAST_DAY_OF_2548 = dt.date(2021, 5, 2)
FIRST_DAY_OF_2564 = dt.date(2021, 5, 3)

INFINITE = math.inf
RAIL_SIZES = ("handrail_height", "handrail_wall_gap", "handrail_above_fixing")

# Written down from the standards apart from the rule files, so that a slip in either is seen.
CHANGED_BY_THE_2021_AMENDMENT = {
    "ramp.raised_edge": ((50, INFINITE), (100, INFINITE)),
    "ramp.handrail_height": ((800, 900), (750, 800)),
    "ramp.handrail_wall_gap": ((50, INFINITE), (40, INFINITE)),
    "ramp.handrail_above_fixing": ((120, INFINITE), (100, INFINITE)),
    "stair.handrail_height": ((800, 900), (750, 800)),
    "stair.handrail_wall_gap": ((50, INFINITE), (40, INFINITE)),
    "stair.handrail_above_fixing": ((120, INFINITE), (100, INFINITE)),
    "stair.riser": ((-INFINITE, 150), (-INFINITE, 180)),
    "entrance.door_width": ((900, INFINITE), (860, INFINITE)),
    "toilet.door_width": ((900, INFINITE), (860, INFINITE)),
    "toilet.pan_height": ((450, 500), (400, 450)),
}

UNCHANGED_BY_THE_2021_AMENDMENT = {
    "ramp.running_slope": (-INFINITE, 100 / 12),
    "ramp.clear_width": (900, INFINITE),
    "ramp.clear_width_long": (1500, INFINITE),
    "ramp.run_length": (-INFINITE, 6000),
    "ramp.landing_length": (1500, INFINITE),
    "ramp.handrail_diameter": (30, 40),
    "ramp.handrail_extension": (300, INFINITE),
    "stair.tread": (280, INFINITE),
    "parking.ground_symbol_size": (900, INFINITE),
    "parking.upright_sign_size": (300, INFINITE),
    "parking.upright_sign_height": (2000, INFINITE),
    "parking.bay_width": (2400, INFINITE),
    "parking.bay_length": (6000, INFINITE),
    "parking.side_space": (1000, INFINITE),
}

STATED_ONCE = {
    "ramp.space_before": ("moi_2548", 1500, INFINITE),
    "ramp.end_squares": ("good_practice", 1500, INFINITE),
    "ramp.tactile_depth": ("moi_2548", 300, INFINITE),
    "ramp.tactile_offset": ("moi_2548", 300, 350),
    "kerb_ramp.running_slope": ("mot_2556", -INFINITE, 100 / 12),
    "kerb_ramp.clear_width": ("mot_2556", 1200, INFINITE),
    "kerb_ramp.flare_slope": ("mot_2556", -INFINITE, 10),
    "kerb_ramp.island_tactile": ("mot_2556", 600, INFINITE),
    "kerb_ramp.top_space": ("moi_2548", 1500, INFINITE),
    "path.pinch_width": ("good_practice", 900, INFINITE),
    "path.grating_opening": ("moi_2548", -INFINITE, 13),
    "path.obstacle_warning_distance": ("moi_2548", 300, 350),
    "path.headroom": ("moi_2548", 2000, INFINITE),
    "path.road_joint_slope": ("moi_2548", -INFINITE, 10),
    "path.level_edge": ("moi_2548", -INFINITE, 45),
    "entrance.threshold_height": ("moi_2548", -INFINITE, 20),
    "entrance.threshold_bevel": ("moi_2548", -INFINITE, 45),
    "entrance.door_space": ("moi_2548", 1500, INFINITE),
    "entrance.pull_diameter": ("moi_2548", 30, 40),
    "entrance.pull_top": ("moi_2548", 1000, INFINITE),
    "entrance.pull_bottom": ("moi_2548", -INFINITE, 800),
    "entrance.door_rail_height": ("moi_2548", 800, 900),
    "entrance.hardware_height": ("moi_2548", 1000, 1200),
    "toilet.turning_circle": ("moi_2548", 1500, INFINITE),
    "toilet.pan_centre": ("moi_2548", 450, 500),
    "toilet.wall_bar_height": ("moi_2548", 650, 700),
    "toilet.wall_bar_projection": ("moi_2548", 250, 300),
    "toilet.vertical_bar_length": ("moi_2548", 600, INFINITE),
    "toilet.fold_bar_gap": ("moi_2548", 150, 200),
    "toilet.fold_bar_length": ("moi_2548", 550, INFINITE),
    "toilet.other_bar_height": ("moi_2548", 800, 900),
    "toilet.alarm_height": ("good_practice", 250, 950),
    "toilet.basin_knee_space": ("moi_2548", 450, INFINITE),
    "toilet.basin_rim": ("moi_2548", 750, 800),
    "toilet.urinal_top_bar_length": ("moi_2548", 500, 600),
    "toilet.urinal_top_bar_height": ("moi_2548", 1200, 1300),
    "toilet.urinal_side_bar_height": ("moi_2548", 800, 1000),
    "toilet.urinal_side_bar_projection": ("moi_2548", 550, 600),
    "toilet.bar_diameter": ("moi_2548", 30, 40),
    "sign.size": ("good_practice", 300, INFINITE),
    "shelter.space_width": ("msdhs_2555", 900, INFINITE),
    "shelter.paired_space_width": ("msdhs_2555", 850, INFINITE),
    "shelter.space_length": ("msdhs_2555", 1400, INFINITE),
    "shelter.edge_warning_depth": ("mot_2556", 300, INFINITE),
    "shelter.edge_warning_offset": ("moi_2548", 600, 650),
    "stair.clear_width": ("moi_2548", 1500, INFINITE),
    "stair.landing_rise": ("moi_2548", -INFINITE, 2000),
    "stair.nosing": ("moi_2548", -INFINITE, 20),
    "information.counter_height": ("msdhs_2555", -INFINITE, 800),
    "information.knee_height": ("msdhs_2555", 700, 750),
    "information.knee_depth": ("msdhs_2555", 400, INFINITE),
    "information.trained_staff": ("msdhs_2555", 1, INFINITE),
    "lift.car_width": ("moi_2548", 1100, INFINITE),
    "lift.car_depth": ("moi_2548", 1400, INFINITE),
    "lift.door_width": ("moi_2548", 900, INFINITE),
    "lift.tactile_depth": ("moi_2548", 300, INFINITE),
    "lift.tactile_width": ("moi_2548", 900, INFINITE),
    "lift.tactile_offset": ("moi_2548", 300, 600),
    "lift.lowest_button": ("moi_2548", 900, INFINITE),
    "lift.highest_button": ("moi_2548", -INFINITE, 1200),
    "lift.button_corner": ("moi_2548", 400, INFINITE),
    "lift.button_diameter": ("moi_2548", 20, INFINITE),
    "lift.phone_height": ("moi_2548", 900, 1200),
    "lift.vision_panel_width": ("moi_2564", 200, INFINITE),
    "lift.vision_panel_length": ("moi_2564", 800, INFINITE),
    "lift.vision_panel_bottom": ("moi_2564", -INFINITE, 1100),
    "seating.space_width": ("moi_2548", 900, INFINITE),
    "seating.space_length": ("moi_2548", 1400, INFINITE),
    "ticket_window.counter_height": ("msdhs_2555", -INFINITE, 800),
    "ticket_window.knee_height": ("msdhs_2555", 700, 750),
    "ticket_window.knee_depth": ("msdhs_2555", 400, INFINITE),
    "boarding.edge_warning_depth": ("mot_2556", 300, INFINITE),
    "boarding.edge_warning_offset": ("moi_2548", 600, 650),
    "boarding.plate_width": ("mot_2556", 800, INFINITE),
    "boarding.plate_length": ("mot_2556", 1200, INFINITE),
    "crossing.island_tactile": ("mot_2556", 600, INFINITE),
    "obstacle.vehicle_width": ("good_practice", 900, INFINITE),
    "obstacle.stall_width": ("good_practice", 900, INFINITE),
    "obstacle.fixed_width": ("good_practice", 900, INFINITE),
    "obstacle.movable_width": ("good_practice", 900, INFINITE),
    "obstacle.warning_distance": ("moi_2548", 300, 350),
    "drinking_point.clear_space": ("msdhs_2555", 1500, INFINITE),
    "drinking_point.lower_outlet": ("msdhs_2555", 850, INFINITE),
    "drinking_point.upper_outlet": ("msdhs_2555", 950, INFINITE),
    "drinking_point.knee_height": ("msdhs_2555", 700, 750),
}

# No Thai rule states them, or none that is certain: (source, lower, upper) of each limit shown.
SHOWN_ONLY = {
    "lift.car_longer_side": {("moi_2564", 1600, INFINITE)},
    "lift.car_height": {("moi_2564", 2300, INFINITE)},
    "ticket_window.clear_space": {("msdhs_2555", 1500, INFINITE)},
    "refuge.wheelchair_space": {("msdhs_2555", 1, INFINITE)},
    "boarding.area_length": {("ada_2010", 2440, INFINITE), ("prowag_2023", 2440, INFINITE)},
    "boarding.area_width": {("ada_2010", 1525, INFINITE), ("prowag_2023", 1525, INFINITE)},
    "boarding.area_slope": {("ada_2010", -INFINITE, 100 / 48)},
    "crossing.clear_width": {("prowag_2023", 1220, INFINITE)},
    "seat.height": {("ada_2010", 430, 485)},
    "seat.depth": {("ada_2010", 510, 610)},
    "ramp.cross_slope": {("ada_2010", -INFINITE, 100 / 48), ("prowag_2023", -INFINITE, 100 / 48)},
    "ramp.bottom_lip": {("ada_2010", -INFINITE, 6.4), ("prowag_2023", -INFINITE, 6.4)},
    "ramp.counter_slope": {("ada_2010", -INFINITE, 100 / 48)},
    "kerb_ramp.cross_slope": {("ada_2010", -INFINITE, 100 / 48), ("prowag_2023", -INFINITE, 100 / 48)},
    "kerb_ramp.bottom_lip": {("ada_2010", -INFINITE, 6.4), ("prowag_2023", -INFINITE, 6.4)},
    "kerb_ramp.counter_slope": {("ada_2010", -INFINITE, 5), ("prowag_2023", -INFINITE, 5)},
    "kerb_ramp.parallel_turning_space": {("prowag_2023", 1220, INFINITE)},
    "kerb_ramp.blended_slope": {("prowag_2023", -INFINITE, 5)},
}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def limits_of(rules: model.Criteria, criterion_id: str) -> dict[str, model.Limit]:
    return {limit.source.source_id: limit for limit in rules.criteria[criterion_id].limits if limit.sourced}


def applicable(rules: model.Criteria, criterion_id: str, day: dt.date | None, setting: str = "") -> editions.Applicable:
    found = editions.limit_on(rules.criteria[criterion_id], day, setting)
    assert found is not None
    return found


@pytest.mark.parametrize("criterion_id", CHANGED_BY_THE_2021_AMENDMENT)
def test_both_editions_state_what_the_standards_say(rules: model.Criteria, criterion_id: str) -> None:
    old, new = CHANGED_BY_THE_2021_AMENDMENT[criterion_id]
    limits = limits_of(rules, criterion_id)
    assert (limits["moi_2548"].lower, limits["moi_2548"].upper) == old
    assert (limits["moi_2564"].lower, limits["moi_2564"].upper) == new


@pytest.mark.parametrize("criterion_id", UNCHANGED_BY_THE_2021_AMENDMENT)
def test_an_unchanged_value_is_stated_again_with_a_note(rules: model.Criteria, criterion_id: str) -> None:
    limits = limits_of(rules, criterion_id)
    for source_id in ("moi_2548", "moi_2564"):
        limit = limits[source_id]
        assert (limit.lower, limit.upper) == UNCHANGED_BY_THE_2021_AMENDMENT[criterion_id]
    assert limits["moi_2564"].note is not None


@pytest.mark.parametrize("criterion_id", STATED_ONCE)
def test_a_value_of_one_source_is_what_the_standards_say(rules: model.Criteria, criterion_id: str) -> None:
    source_id, lower, upper = STATED_ONCE[criterion_id]
    limits = limits_of(rules, criterion_id)
    assert list(limits) == [source_id]
    assert (limits[source_id].lower, limits[source_id].upper) == (lower, upper)


@pytest.mark.parametrize("criterion_id", SHOWN_ONLY)
def test_what_no_certain_thai_source_states_is_shown_as_the_standards_say_and_never_judged(
    rules: model.Criteria, criterion_id: str
) -> None:
    criterion = rules.criteria[criterion_id]
    shown = {(each.source.source_id, each.lower, each.upper) for each in (*criterion.limits, *criterion.comparators)}
    assert shown == SHOWN_ONLY[criterion_id]
    assert not criterion.judges
    assert editions.limit_on(criterion, None) is None


def test_every_measured_criterion_is_written_down_twice(rules: model.Criteria) -> None:
    checked = {*CHANGED_BY_THE_2021_AMENDMENT, *UNCHANGED_BY_THE_2021_AMENDMENT, *STATED_ONCE, *SHOWN_ONLY}
    measured = {
        criterion_id
        for criterion_id, criterion in rules.criteria.items()
        if criterion.quantity.unit != "yes_no" and not any(limit.table for limit in criterion.limits)
    }
    repeated = {f"{kind}.{name}" for kind in ("entrance", "path", "stair", "toilet") for name in TACTILE_SIZES}
    assert measured - checked - repeated == {
        "path.clear_width",
        "stair.handrail_diameter",
        "stair.handrail_extension",
    }


TACTILE_SIZES = {"tactile_depth": (300, INFINITE), "tactile_offset": (300, 350)}


@pytest.mark.parametrize("kind", ["entrance", "path", "stair", "toilet"])
@pytest.mark.parametrize("name", TACTILE_SIZES)
def test_a_tactile_strip_has_the_same_size_everywhere(rules: model.Criteria, kind: str, name: str) -> None:
    for limit in limits_of(rules, f"{kind}.{name}").values():
        assert (limit.lower, limit.upper) == TACTILE_SIZES[name]


@pytest.mark.parametrize("name", ["handrail_diameter", "handrail_extension", "handrail_height", "handrail_wall_gap"])
def test_a_stair_rail_is_judged_like_a_ramp_rail(rules: model.Criteria, name: str) -> None:
    ramp, stair = limits_of(rules, f"ramp.{name}"), limits_of(rules, f"stair.{name}")
    assert {key: (each.lower, each.upper) for key, each in ramp.items()} == {
        key: (each.lower, each.upper) for key, each in stair.items()
    }


@pytest.mark.parametrize("source_id", ["moi_2548", "mot_2556"])
def test_a_path_is_1500_mm_wide_by_both_regulations(rules: model.Criteria, source_id: str) -> None:
    assert limits_of(rules, "path.clear_width")[source_id].lower == 1500


@pytest.mark.parametrize(
    ("source_id", "total", "required"),
    [
        *(("moi_2548", total, required) for total, required in ((10, 1), (50, 1), (51, 2), (100, 2), (150, 2))),
        *(("moi_2548", total, required) for total, required in ((151, 3), (200, 3), (250, 3), (251, 4), (1000, 11))),
        *(("moi_2564", total, required) for total, required in ((1, 1), (25, 1), (26, 2), (50, 2), (51, 3), (75, 3))),
        *(("moi_2564", total, required) for total, required in ((76, 4), (100, 4), (101, 5), (150, 5), (151, 6))),
        *(("moi_2564", total, required) for total, required in ((200, 6), (250, 6), (251, 7), (300, 7), (351, 8))),
    ],
)
def test_the_parking_tables_count_a_remainder_over_50_as_100(
    rules: model.Criteria, source_id: str, total: int, required: int
) -> None:
    table = limits_of(rules, "parking.accessible_bays")[source_id].table
    assert table is not None
    assert table.required(total) == required


def test_a_table_that_ends_requires_its_last_number_beyond(rules: model.Criteria) -> None:
    table = limits_of(rules, "shelter.wheelchair_spaces")["good_practice"].table
    assert table is not None
    assert [table.required(seats) for seats in (4, 25, 26, 51, 300, 301, 500, 900)] == [1, 1, 2, 4, 4, 6, 6, 6]


def test_handrails_are_asked_from_a_shorter_ramp_since_2564(rules: model.Criteria) -> None:
    limits = limits_of(rules, "ramp.handrails_both_sides")
    lengths = {key: limit.conditions[0].value for key, limit in limits.items()}
    assert lengths == {"moi_2548": 2500, "moi_2564": 1800}


def test_a_slope_written_as_a_ratio_is_exact_in_percent(rules: model.Criteria) -> None:
    assert limits_of(rules, "ramp.running_slope")["moi_2564"].upper == 100 / 12


def test_the_edition_changes_on_its_first_day(rules: model.Criteria) -> None:
    before = applicable(rules, "entrance.door_width", LAST_DAY_OF_2548)
    after = applicable(rules, "entrance.door_width", FIRST_DAY_OF_2564)
    assert (before.limit.lower, after.limit.lower) == (900, 860)
    assert not (before.edition_assumed or before.by_analogy or after.edition_assumed or after.by_analogy)


def test_an_unknown_day_takes_the_newest_edition_and_says_so(rules: model.Criteria) -> None:
    found = applicable(rules, "entrance.door_width", None)
    assert found.limit.source.source_id == "moi_2564"
    assert found.edition_assumed
    assert not found.by_analogy


def test_guidance_has_no_edition_to_assume(rules: model.Criteria) -> None:
    assert not applicable(rules, "sign.size", None).edition_assumed
    assert not applicable(rules, "sign.size", BEFORE_ALL).by_analogy


def test_a_lift_of_2021_is_judged_by_the_car_of_2005_until_the_gazette_is_read(rules: model.Criteria) -> None:
    found = applicable(rules, "lift.car_width", FIRST_DAY_OF_2564)
    assert (found.limit.source.source_id, found.limit.lower) == ("moi_2548", 1100)
    assert [(each.grade, each.stated_as) for each in rules.criteria["lift.car_width"].limits if not each.scored] == [
        ("D", "1600 × 1400 mm")
    ]


@pytest.mark.parametrize(("seats", "required"), [(100, 1), (199, 1), (200, 2), (299, 2), (1000, 10), (5000, 50)])
def test_each_full_hundred_of_seats_takes_one_wheelchair_space(
    rules: model.Criteria, seats: int, required: int
) -> None:
    table = limits_of(rules, "seating.spaces")["moi_2548"].table
    assert table is not None
    assert table.required(seats) == required


def test_an_element_older_than_the_law_is_judged_by_analogy_with_the_newest(rules: model.Criteria) -> None:
    found = applicable(rules, "entrance.door_width", BEFORE_ALL)
    assert found.limit.source.source_id == "moi_2564"
    assert found.by_analogy
    assert found.basis("building") == "analogy"


def test_an_unverified_value_is_kept_and_never_judged_by(rules: model.Criteria) -> None:
    threshold = rules.criteria["entrance.threshold_height"]
    assert [limit.upper for limit in threshold.limits if not limit.scored] == [13]
    assert applicable(rules, "entrance.threshold_height", FIRST_DAY_OF_2564).limit.upper == 20


DISPUTED = {
    *(f"{kind}.{name}" for kind in ("ramp", "stair") for name in RAIL_SIZES),
    *(f"path.{name}" for name in ("tactile_level_change", "tactile_depth", "tactile_offset", "tactile_full_width")),
    "stair.riser",
}


def test_what_one_source_says_against_the_older_text_is_disputed(rules: model.Criteria) -> None:
    disputed = {each.criterion_id for each in rules.criteria.values() if each.disputed}
    assert disputed == DISPUTED


@pytest.mark.parametrize("criterion_id", sorted(DISPUTED))
def test_a_disputed_limit_is_shown_with_what_each_source_says_and_never_judged_by(
    rules: model.Criteria, criterion_id: str
) -> None:
    disputed = [limit for limit in rules.criteria[criterion_id].limits if limit.state == gazette.DISPUTED]
    assert [limit.source.source_id for limit in disputed] == ["moi_2564"]
    assert not disputed[0].scored
    assert len({reading.stated_as for reading in disputed[0].readings}) > 1
    assert all(reading.by.th and reading.by.en for reading in disputed[0].readings)
    for day in (None, FIRST_DAY_OF_2564, BEFORE_ALL):
        assert editions.limit_on(rules.criteria[criterion_id], day) is None
    assert applicable(rules, criterion_id, LAST_DAY_OF_2548).limit.source.source_id == "moi_2548"


def test_every_limit_of_law_has_a_state_and_nothing_else_has(rules: model.Criteria) -> None:
    for criterion in rules.criteria.values():
        for limit in (*criterion.limits, *criterion.comparators):
            expected = (gazette.REPORTED, gazette.DISPUTED) if limit.source.kind == "law" else ("",)
            assert limit.state in expected
            assert limit.compared is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("{source: moi_2548, state: reported, ", "{source: moi_2548, ", "a limit of law is reported or disputed"),
        ("state: reported", "state: checked", "'checked' is not one of"),
        ("state: reported", "state: disputed", "'readings' is a required property"),
        ("{source: ada_2010, ", "{source: ada_2010, state: reported, ", "others have no state"),
    ],
)
def test_a_file_cannot_call_a_limit_checked_nor_leave_its_state_open(
    folder: Path, old: str, new: str, fault: str
) -> None:
    change(folder / "ramp.yaml", old, new)
    with pytest.raises(errors.CriteriaError, match=fault):
        files.load_criteria(folder)


def test_the_regulation_that_binds_the_setting_comes_first(rules: model.Criteria) -> None:
    day = dt.date(2015, 1, 1)
    sources = [
        applicable(rules, "path.clear_width", day, setting).limit.source.source_id
        for setting in ("compound", "highway_footpath", "park")
    ]
    assert sources == ["moi_2548", "mot_2556", "mot_2556"]


@pytest.mark.parametrize(
    ("criterion_id", "setting", "expected"),
    [
        ("ramp.running_slope", "building", "law"),
        ("ramp.running_slope", "bus_terminal", "law"),
        ("ramp.running_slope", "park", "analogy"),
        ("kerb_ramp.running_slope", "highway_footpath", "law"),
        ("kerb_ramp.running_slope", "municipal_footpath", "analogy"),
        ("sign.size", "building", "guidance"),
    ],
)
def test_the_basis_follows_the_setting(rules: model.Criteria, criterion_id: str, setting: str, expected: str) -> None:
    found = applicable(rules, criterion_id, dt.date(2022, 1, 1))
    assert found.basis(setting) == expected


@pytest.mark.parametrize(
    ("criterion_id", "lower", "upper"),
    [
        ("ramp.raised_edge", 100, INFINITE),
        ("entrance.door_width", 900, INFINITE),
        ("toilet.pan_height", 450, 450),
    ],
)
def test_a_repair_aims_at_what_satisfies_every_edition(
    rules: model.Criteria, criterion_id: str, lower: float, upper: float
) -> None:
    target = editions.repair_target(rules.criteria[criterion_id])
    assert target is not None
    assert (target.lower, target.upper, target.satisfies_all) == (lower, upper, True)


@pytest.mark.parametrize(
    ("criterion_id", "conditions"),
    [
        ("ramp.handrails_both_sides", [("ramp_length_total_mm", "at_least", 1800)]),
        ("path.tactile_level_change", [("level_difference_mm", "more_than", 200)]),
        ("ramp.guard", [("side_open", "is_yes", 1)]),
        ("parking.accessible_bays", []),
    ],
)
def test_a_repair_is_due_wherever_any_edition_asks_for_it(
    rules: model.Criteria, criterion_id: str, conditions: list[tuple[str, str, float]]
) -> None:
    target = editions.repair_target(rules.criteria[criterion_id])
    assert target is not None
    found = [(each.quantity.quantity_id, each.operator, each.value) for each in target.conditions]
    assert found == conditions


def _numbers(rules: model.Criteria) -> list[model.Criterion]:
    measured = ("mm", "percent", "degrees")
    return [each for each in rules.criteria.values() if each.quantity.unit in measured]


def test_every_target_passes_as_measured_by_each_instrument_under_each_edition_it_claims(
    rules: model.Criteria,
) -> None:
    for criterion in _numbers(rules):
        assert bool(criterion.targets) == criterion.judges, criterion.criterion_id
        scored = {limit.source.source_id for limit in criterion.limits if limit.scored}
        assert {each for target in criterion.targets for each in target.under} == scored
        for target in criterion.targets:
            for source_id in target.under:
                limit = criterion.limit_of(source_id)
                for name in criterion.quantity.instruments:
                    guard = rules.instruments[name].uncertainty
                    passes = limit.lower <= target.value - guard and target.value + guard <= limit.upper
                    assert passes, (criterion.criterion_id, source_id, name)


def test_an_advice_names_no_number_of_its_own(rules: model.Criteria) -> None:
    for criterion in _numbers(rules):
        for language in ("th", "en"):
            words = wording.Wording(language)
            advice = words.name(criterion.advice)
            for target in criterion.targets:
                asked, factor = asked_quantity.in_unit(criterion.quantity, rules.units.length)
                shown = target.stated_as or terms.amount(target.value * factor, asked.unit, words, 1)
                assert shown in advice
                advice = advice.replace(shown, "")
            # Years name an edition.
            assert not re.findall(r"\d+", re.sub(r"2548|2564|2005|2021", "", advice)), criterion.criterion_id


def test_a_height_at_the_edge_of_two_editions_is_no_target(rules: model.Criteria) -> None:
    pan = rules.criteria["toilet.pan_height"]
    assert [(target.value, target.under) for target in pan.targets] == [(425, ("moi_2564",)), (475, ("moi_2548",))]
    assert "No height is sure to pass both editions" in pan.advice.en
    assert [target.value for target in rules.criteria["ramp.handrail_height"].targets] == [850]


def test_both_limits_of_a_kerb_slope_say_which_holds_where(rules: model.Criteria) -> None:
    kerb, joint = (rules.criteria[each] for each in ("kerb_ramp.running_slope", "path.road_joint_slope"))
    assert kerb.governs is not None
    assert kerb.governs == joint.governs
    assert all("1:10" in text and "1:12" in text for text in (kerb.governs.th, kerb.governs.en))


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("ไม่ชันเกิน {target}", "ไม่ชันเกิน 1:12", r"advice: th: names \[\]"),
        ('{value: "1:13"}', '{value: "1:13", under: [mot_2556]}', "mot_2556: states no limit"),
    ],
)
def test_an_advice_without_its_target_and_a_target_without_its_limit_are_refused(
    folder: Path, old: str, new: str, fault: str
) -> None:
    change(folder / "ramp.yaml", old, new)
    with pytest.raises(errors.CriteriaError, match=fault):
        files.load_criteria(folder)


def test_editions_that_exclude_one_another_leave_the_newest_as_target(folder: Path) -> None:
    change(folder / "toilet.yaml", "limit: [400, 450]", "limit: [400, 440]")
    target = editions.repair_target(files.load_criteria(folder).criteria["toilet.pan_height"])
    assert target is not None
    assert (target.lower, target.upper, target.satisfies_all) == (400, 440, False)


def test_a_criterion_without_a_verified_limit_is_never_judged(folder: Path) -> None:
    change(folder / "sign.yaml", "{source: good_practice, grade: B,", "{source: good_practice, grade: D,")
    size = files.load_criteria(folder).criteria["sign.size"]
    assert editions.limit_on(size, None) is None
    assert editions.repair_target(size) is None


def test_a_foreign_standard_is_found_beside_and_never_applies(rules: model.Criteria) -> None:
    slope = rules.criteria["ramp.running_slope"]
    foreign = editions.comparator(slope, "ada_2010")
    assert foreign is not None
    assert foreign.clause.en == "405.2"
    assert editions.comparator(slope, "moi_2548") is None
    assert applicable(rules, "ramp.running_slope", None).limit.source.kind == "law"


@pytest.mark.parametrize("kind", survey.ELEMENT_KINDS)
def test_questions_come_after_what_they_depend_on(rules: model.Criteria, kind: str) -> None:
    asked = [quantity.quantity_id for quantity in model.questions(rules, kind)]
    assert asked[0] == survey.ELEMENT_PRESENT
    assert len(asked) == len(set(asked))
    for criterion in rules.of_element(kind):
        for limit in criterion.limits:
            for condition in limit.conditions:
                assert asked.index(condition.quantity.quantity_id) < asked.index(criterion.quantity.quantity_id)


@pytest.mark.parametrize("kind", survey.ELEMENT_KINDS)
def test_no_quantity_is_catalogued_that_is_never_asked(rules: model.Criteria, kind: str) -> None:
    asked = {quantity.quantity_id for quantity in model.questions(rules, kind)}
    catalogued = {key for key, quantity in rules.quantities.items() if kind in quantity.elements}
    assert {key for key in catalogued if key not in asked} == set()


def test_every_scored_limit_has_an_example_that_passes_and_one_that_fails(rules: model.Criteria) -> None:
    shown = set()
    for case in cases.load_cases():
        found = applicable(rules, case.criterion, case.permitted_on)
        shown.add((case.criterion, found.limit.source.source_id, case.verdict))
    wanted = {
        (criterion.criterion_id, limit.source.source_id, verdict)
        for criterion in rules.criteria.values()
        for limit in criterion.limits
        if limit.scored
        for verdict in ("pass", "fail")
    }
    assert wanted - shown == set()


def test_every_example_names_the_clause_of_the_edition_in_force(rules: model.Criteria) -> None:
    for case in cases.load_cases():
        assert case.clause == applicable(rules, case.criterion, case.permitted_on).limit.clause.th, case


def test_every_condition_has_an_example_where_it_does_not_hold(rules: model.Criteria) -> None:
    outside = {case.criterion for case in cases.load_cases() if case.verdict == "not_applicable"}
    conditional = {
        criterion.criterion_id
        for criterion in rules.criteria.values()
        if any(limit.conditions for limit in criterion.limits if limit.scored)
    }
    assert outside == conditional


def test_a_question_is_answered_with_its_own_thai_verb(book: model.Criteria) -> None:
    asked = [quantity for quantity in book.quantities.values() if quantity.kind == "yes_no"]
    there = {quantity.quantity_id for quantity in asked if quantity.is_presence}
    assert (
        {survey.ELEMENT_PRESENT, "handrail_present", "handrails_both_sides"}
        <= there
        < {one.quantity_id for one in asked}
    )
    assert [name for name in there if "มี" not in book.quantities[name].question.th] == []
    assert not book.quantities["clear_width_mm"].is_presence
