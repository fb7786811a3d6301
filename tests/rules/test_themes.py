"""Questions are asked theme by theme, and never before what decides whether they are asked."""

from __future__ import annotations

from audits import survey
from audits.rules import files, model, themes


def test_every_question_stands_in_one_theme_and_conditions_come_first() -> None:
    criteria = files.load_criteria()
    for kind in survey.ELEMENT_KINDS:
        asked = model.questions(criteria, kind)
        groups = themes.grouped(criteria, ((each.quantity_id, each) for each in asked))
        ordered = [each.quantity_id for _, quantities in groups for each in quantities]
        assert sorted(ordered) == sorted(each.quantity_id for each in asked)
        assert themes.EVERYTHING not in [theme for theme, _ in groups]
        place = {quantity_id: number for number, quantity_id in enumerate(ordered)}
        for criterion in criteria.of_element(kind):
            for needed in (each for limit in criterion.asking for each in limit.asks_for):
                assert place[needed.quantity_id] <= place[criterion.quantity.quantity_id], criterion.criterion_id


def test_a_quantity_without_a_theme_with_two_or_unknown_is_a_fault() -> None:
    blocks = {"slope": {"quantities": ["a", "b", "d"]}, "width": {"quantities": ["b"]}}
    assert list(themes.faults(blocks, {"a": {}, "b": {}, "c": {}})) == [
        "b: in 2 themes, must be in one",
        "c: in 0 themes, must be in one",
        "d: unknown quantity",
    ]


def test_what_a_design_rests_on_comes_first_in_its_theme() -> None:
    criteria = files.load_criteria()
    for kind in {kind for one in criteria.quantities.values() if one.for_design for kind in one.elements}:
        asked = model.questions(criteria, kind)
        for _, group in themes.grouped(criteria, ((one.quantity_id, one) for one in asked)):
            others = [one.for_design for one in group if one.quantity_id != survey.ELEMENT_PRESENT]
            assert others == sorted(others, reverse=True)
        # QField and paper ask without themes, in the same order
        assert asked[1].for_design
