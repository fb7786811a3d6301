"""What each million buys is the proven plan of that budget, and never less than what less money buys."""

from __future__ import annotations

import dataclasses
import itertools
from fractions import Fraction

import pytest

from audits import barriers, wording
from audits.access import trips
from audits.council import council_contents, council_text, money, money_text
from audits.plans import budget_plan, budget_program, frontier, od_pairs, plan_constraints
from audits.ramps import price_books
from tests.council import made_answers


@pytest.fixture(scope="module")
def bought(demonstration_folder):
    return made_answers.answers(demonstration_folder).money


def test_the_next_million_is_the_plan_of_a_million(bought):
    plan = budget_plan.plan(
        bought.record.model,
        plan_constraints.Constraints(frontier.MILLION_THB),
        demand=od_pairs.demand(bought.record.model),
        limits=budget_program.Limits(30.0),
    )
    assert bought.next_million.plan.benefit == pytest.approx(plan.benefit)
    assert bought.next_million.plan.status == budget_plan.SOLVED


def test_every_plan_costs_no_more_than_its_whole_millions(bought):
    budgets = [point.budget_thb for point in bought.points]
    assert budgets == [frontier.MILLION_THB * (number + 1) for number in range(len(budgets))]
    assert all(point.plan.cost.likely <= point.budget_thb for point in bought.points)
    (whole_thb,) = frontier.budgets(bought.record.model, od_pairs.demand(bought.record.model), count=1)
    assert whole_thb <= budgets[-1] < whole_thb + frontier.MILLION_THB


def test_more_money_never_opens_less(bought):
    for less, more in itertools.pairwise(bought.points):
        assert more.plan.benefit >= less.plan.benefit


def test_the_knee_is_one_of_the_budgets(bought):
    assert [point.knee for point in bought.points].count(True) == 1


def test_what_is_claimed_of_other_choices_is_what_the_checker_proves(bought):
    for point in bought.points:
        assert (point.verdict.problems, point.verdict.checked_gap) == ((), 0.0)
        said = money_text.how_proven(point, wording.Wording("en"))
        assert said == "Checked independently: no other choice for this money does better"


def test_a_card_never_claims_a_proof_by_the_word_of_the_solver(bought):
    first = bought.next_million
    assert first.plan.gap < 1e-9
    open_gap = dataclasses.replace(first.verdict, exact_gap=Fraction(1, 10**9))
    said = money_text.how_proven(dataclasses.replace(first, verdict=open_gap), wording.Wording("en"))
    assert said == "Checked independently: another choice for this money is at most 0.0001 % better"


def test_money_is_said_in_trips_of_100_and_exact_baht(bought):
    words, plan = wording.Wording("en"), bought.next_million.plan
    sentence = money_text.money(bought, words)
    today = words.number(bought.record.access.of_100, 1)
    assert sentence.startswith(f"Today {today} of 100 trips to the nearest needed place can")
    assert f"; {words.number(plan.base + plan.benefit, 1)} with the next million: " in sentence
    assert f"for {plan.cost.likely:,} baht." in sentence
    assert (
        money_text.gain(plan, words)
        == f"from {words.number(plan.base, 1)} to {words.number(plan.base + plan.benefit, 1)} of 100 trips"
    )
    unknown = words.number(trips.measure(bought.record.prepared, barriers.ALL_UNKNOWN).of_100, 1)
    case = f"Case: known barriers only; if everything unknown is a barrier: {unknown} of 100 trips today. "
    card = council_contents.money(bought, words)
    assert money_text.planned(bought, words).startswith(case)
    assert {money_text.planned(bought, words), money_text.beside(bought, words)} <= set(card.basis)


def test_what_is_only_under_contract_is_no_figure_of_today(bought):
    words, plan = wording.Wording("en"), bought.next_million.plan
    committed = dataclasses.replace(bought, record=dataclasses.replace(bought.record, committed=("KK-001.ramp.1",)))
    sentence = money_text.money(committed, words)
    finished = f"; {words.number(plan.base, 1)} once the works under contract or built are finished; "
    assert finished in sentence
    assert finished in money_text.with_budget(committed, plan, words)


def test_where_the_next_million_is_all_promised_the_card_says_what_a_new_one_buys(bought):
    words = wording.Wording("en")
    first, second = bought.points[:2]
    promised = dataclasses.replace(bought, promised=frozenset(first.plan.chosen))
    sentence = council_contents.money(promised, words).sentence
    after = words.number(second.plan.base + second.plan.benefit, 1)
    new = len(set(second.plan.chosen) - set(first.plan.chosen))
    assert f"makes 2 million in all: {after} of 100 trips, with {new} fixes that are not promised yet." in sentence
    assert "million in all" not in council_contents.money(bought, words).sentence
    some = dataclasses.replace(bought, promised=frozenset(first.plan.chosen[:-1]))
    assert "million in all" not in council_contents.money(some, words).sentence


def test_where_everything_that_opens_a_trip_is_promised_the_card_says_that_money_buys_no_more(bought):
    every = frozenset(bought.record.fixes)
    sentence = council_contents.money(dataclasses.replace(bought, promised=every), wording.Wording("en")).sentence
    assert "More money opens no further trip: every fix that opens one is promised." in sentence


def test_the_headline_counts_no_promised_works_as_bought_by_the_next_million(bought):
    words, first = wording.Wording("en"), bought.next_million.plan
    assert council_contents.money(bought, words).big == money_text.gain(first, words)
    promised = dataclasses.replace(bought, promised=frozenset(first.chosen))
    before, after = (words.number(one.plan.base + one.plan.benefit, 1) for one in bought.points[:2])
    assert council_contents.money(promised, words).big == f"from {before} to {after} of 100 trips"
    every = dataclasses.replace(bought, promised=frozenset(bought.record.fixes))
    whole = bought.points[-1].plan
    then = words.number(whole.base + whole.benefit, 1)
    answer = council_contents.money(every, words)
    assert answer.big == "No further trip: all that opens one is promised"
    # one sum, of all that is promised, and not what a next million would buy beside it
    assert f"; {then} once all that is promised is built (planned, no contract yet): " in answer.sentence
    assert "next million" not in answer.sentence
    assert every.promised_plan.cost.likely > first.cost.high
    assert words.number(every.promised_plan.cost.high, 0) in " ".join(answer.remarks)
    assert "no other choice" not in " ".join(answer.remarks), "people chose it, and no checker compared"


def test_each_sum_of_the_third_answer_leads_to_the_works_that_it_adds_up(bought):
    every = dataclasses.replace(bought, promised=frozenset(bought.record.fixes))
    for answered, listed in ((bought, council_text.LISTED_WORKS), (every, council_text.LISTED_PROMISED)):
        led: list[str] = []

        def listing(figure: str, _page: str, led: list[str] = led, **asked: str) -> str:
            led.append(asked.get(council_text.LISTED, ""))
            return figure

        money_text.money(answered, wording.Wording("en"), listing)
        assert set(led) - {""} == {listed}
        assert led.count(listed) == 3


def test_a_million_that_is_promised_already_is_not_read_as_a_second_one(bought):
    fixes = bought.next_million.plan.chosen
    promised = dataclasses.replace(bought, promised=frozenset({*fixes[:2], "KK-999.ramp.1"}))
    answer = council_contents.money(promised, wording.Wording("en"))
    # beside the figure, in its size: small and grey it was overlooked
    assert "2 of these fixes are promised already" in answer.sentence
    assert not any("promised already" in one for one in answer.remarks)
    assert "promised already" not in council_contents.money(bought, wording.Wording("en")).sentence


def test_a_record_without_barriers_has_nothing_to_buy(bought):
    empty = dataclasses.replace(bought.record, fixes={})
    found = money.solve(empty, price_books.sample())
    assert found.next_million is None
    assert found.points == ()
