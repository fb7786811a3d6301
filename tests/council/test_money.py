"""What each million buys is the proven plan of that budget, and never less than what less money buys."""

from __future__ import annotations

import dataclasses
import itertools
import re
import shutil
from fractions import Fraction

import pytest

from audits import barriers, wording
from audits import record as records
from audits.access import trips
from audits.council import council_contents, council_text, money, money_text, public_site, static_site
from audits.plans import budget_plan, budget_program, frontier, od_pairs, plan_constraints
from audits.ramps import price_books, prices
from audits.rules import files
from audits.store.db import connection, workspace
from audits.store.works import fix_steps
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
    today, after = (words.decimal(one, 1) for one in (bought.record.access.of_100, plan.base + plan.benefit))
    assert all(len(one.partition(".")[2]) == 1 for one in (today, after)), "as many digits in each"
    assert sentence.startswith(f"Today {today} of 100 trips to the nearest needed place can")
    assert f"; {after} with 1 million baht: " in sentence
    assert f"for {plan.cost.likely:,} baht." in sentence
    unknown = words.decimal(trips.measure(bought.record.prepared, barriers.ALL_UNKNOWN).of_100, 1)
    case = "At ramp sites and public spaces. Case: known barriers only; "
    case += f"if everything unknown is a barrier: {unknown} of 100 trips today. "
    card = council_contents.money(bought, words)
    record = bought.record
    known = f"Position presumed: {record.presumed} of the {record.joined} sites near a known way."
    assert known in money_text.planned(bought, words)
    assert card.big == f"{today} to {after} of 100 trips"
    assert money_text.planned(bought, words).startswith(case)
    assert {money_text.planned(bought, words), money_text.beside(bought, words)} <= set(card.basis)


@pytest.fixture(scope="module")
def promising(demonstration_folder, bought, tmp_path_factory):
    """The demonstration with the works planned that a million buys at sample prices."""
    copied = shutil.copytree(demonstration_folder, tmp_path_factory.mktemp("promising") / "workspace")
    with connection.open_store(workspace.Workspace(copied).demonstration) as store:
        for fix_id in bought.next_million.plan.chosen:
            fix_steps.add(store, fix_steps.Step(fix_id, fix_steps.PLANNED, made_answers.DAY), "E-01", lambda *_: ())
        yield store


def answered(store):
    record = records.read(store, files.load_criteria(), files.load_weights())
    return public_site.gathered(store, record, made_answers.DAY)


@pytest.fixture(scope="module")
def at_prices(promising):
    """The answers at sample prices, and where everything costs four times as much."""
    cheap, sample = answered(promising), price_books.sample()
    raised = {
        code: dataclasses.replace(price, thb=prices.Span(*(4 * one for one in price.thb)), labour_thb=None)
        for code, price in sample.prices.items()
    }
    content = price_books.to_csv(dataclasses.replace(sample, prices=raised)).encode()
    price_books.keep(promising, content, "raised.csv", "E-01", made_answers.DAY)
    return {1: cheap, 4: answered(promising)}


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_next_million_comes_on_top_of_what_is_promised_whatever_prices_are(bought, at_prices, language):
    words, first = wording.Wording(language), bought.next_million.plan
    before = words.decimal(first.base + first.benefit, 1)
    for times, found in at_prices.items():
        assert (4 * first.cost.likely > frontier.MILLION_THB) and set(first.chosen) <= set(found.money.record.committed)
        plan, card = found.money.next_million.plan, council_contents.money(found.money, words)
        assert not set(plan.chosen) & set(first.chosen), times
        after = words.decimal(plan.base + plan.benefit, 1)
        assert card.big == words.text(money_text.GAIN_ON_TOP, before=before, after=after)
        today = words.decimal(found.money.record.access.of_100, 1)
        assert {today, before, after} <= set(re.findall(r"\d+(?:\.\d)?", card.sentence))
        assert money_text.on_top(found.money, words)
    assert words.decimal(bought.record.access.of_100, 1) == today != before, "the base is not today"


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_paper_and_public_pages_say_the_same_of_the_next_million_as_the_card(at_prices, language):
    words = wording.Wording(language)
    for found in at_prices.values():
        card = council_contents.money(found.money, words)
        assert card in council_contents.answered(found, words)
        page = static_site.one_file(found, {language: b""}, [language]).decode()
        assert card.sentence in page and card.big in page and money_text.on_top(found.money, words) in page


def test_a_budget_is_worded_as_the_card_is(at_prices):
    words, found = wording.Wording("en"), at_prices[1].money
    assert money_text.with_budget(found, found.next_million, words) == money_text.money(found, words)
    assert "with 2 million baht on top" in money_text.with_budget(found, found.points[1], words)


def test_a_million_that_opens_no_trip_names_the_budget_that_does(bought):
    words, first = wording.Wording("en"), bought.next_million
    nothing = dataclasses.replace(first, plan=dataclasses.replace(first.plan, chosen=(), benefit=0.0))
    sentence = money_text.money(dataclasses.replace(bought, points=(nothing, *bought.points[1:])), words)
    assert sentence.endswith(" The next trip opens with 2 million baht.")
    assert "The next trip opens" not in money_text.money(bought, words)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_where_everything_that_opens_a_trip_is_promised_the_card_says_that_money_buys_no_more(bought, language):
    words, ended = wording.Wording(language), bought.points[-1].plan
    then = ended.base + ended.benefit
    whole = dataclasses.replace(bought.record, committed=tuple(bought.record.fixes), of_100_committed=then)
    card = council_contents.money(dataclasses.replace(bought, record=whole, points=()), words)
    assert card.big == words.text(money_text.GAIN_PROMISED)
    assert words.decimal(then, 1) in card.sentence
    assert card.sentence.endswith(words.text(money_text.NOTHING_NEW))


def test_each_figure_of_the_third_answer_leads_to_the_works_that_it_adds_up(at_prices):
    led: list[tuple[str, dict[str, str]]] = []

    def listing(figure: str, page: str, **asked: str) -> str:
        led.append((page, asked))
        return figure

    money_text.money(at_prices[1].money, wording.Wording("en"), listing)
    assert [page for page, _ in led] == ["access", "works", "council", "council", "council"]
    assert led[1][1] == {"works_state": "promised"}
    assert {asked[council_text.LISTED] for _, asked in led[2:]} == {council_text.LISTED_WORKS}


def test_a_record_without_barriers_has_nothing_to_buy(bought):
    empty = dataclasses.replace(bought.record, fixes={})
    found = money.solve(empty, price_books.sample())
    assert found.next_million is None
    assert found.points == ()
