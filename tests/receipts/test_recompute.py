import pytest

from audits.receipts import recompute


def found(stated, recomputed):
    return [
        (problem.where, problem.values["stated"], problem.values["found"])
        for problem in recompute.differences(stated, recomputed)
    ]


def test_equal_figures_have_no_differences():
    figures = {"KK-001": {"score_low": 41.5, "grade": "", "verdicts": {"pass": 3}, "last_surveyed_on": None}}
    assert found(figures, {"KK-001": dict(figures["KK-001"])}) == []


@pytest.mark.parametrize(
    ("stated", "recomputed", "shown"),
    [
        (41.5, 41.6, ("41.5", "41.6")),
        (41.5, None, ("41.5", "–")),
        ("A", "", ("A", "–")),
        (True, False, ("True", "False")),
        (1, True, ("1", "True")),
        ({"pass": 3}, 3, ("{'pass': 3}", "3")),
    ],
)
def test_a_difference_says_where_and_both_figures(stated, recomputed, shown):
    assert found({"KK-001": {"x": stated}}, {"KK-001": {"x": recomputed}}) == [("KK-001 x", *shown)]


def test_a_figure_that_is_missing_on_either_side_is_a_difference():
    assert [where for where, *_ in found({"a": 1.0}, {"b": 1.0})] == ["a", "b"]


def test_the_last_digit_of_another_computer_is_no_difference():
    assert found({"a": 41.123456789012}, {"a": 41.123456789013}) == []
    assert found({"a": 41.123456}, {"a": 41.123457}) != []


def test_the_number_does_not_depend_on_the_order_of_the_words():
    assert recompute.digest({"a": 1, "b": [1.5, "ก"]}) == recompute.digest({"b": [1.5, "ก"], "a": 1})
    assert recompute.digest({"a": 1}) != recompute.digest({"a": 2})
