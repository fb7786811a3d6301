"""What is printed multiplies to what is printed, low to high, and a sample is never shown as a price."""

import dataclasses
from decimal import Decimal

import pytest

from audits import wording
from audits.ramps import cost, geometry, price_books, prices, quantities, ramp_design

SAMPLE = price_books.sample()


@pytest.fixture(scope="module", name="bill")
def _bill(required, made):
    design = ramp_design.alternatives(geometry.Space(450, 12000, 2000), required, made)[0]
    return quantities.bill(design, made, quantities.Works())


def test_each_line_is_its_printed_amount_times_its_price(bill):
    found = cost.estimate(bill, SAMPLE)
    for line in found.lines:
        assert abs(line.amount - Decimal(bill[line.code])) <= Decimal("0.5")
        assert line.price == SAMPLE.prices[line.code]
        for paid, price in zip(line.thb, line.price.thb, strict=True):
            assert paid == (line.amount * price).quantize(Decimal("0.01"))


@pytest.mark.parametrize(("price", "labour", "amount"), [("0.02", "0.01", "0.50"), ("0.02", "0.01", "0.40")])
def test_a_line_never_falls_from_low_to_high(price, labour, amount, bill):
    one = SAMPLE.prices["edge_m"]
    flat = dataclasses.replace(one, thb=prices.Span(*[Decimal(price)] * 3), labour_thb=Decimal(labour))
    book = dataclasses.replace(SAMPLE, prices={**SAMPLE.prices, "edge_m": flat})
    (line,) = cost.estimate({**bill, "edge_m": float(amount)}, book, ("edge_m",)).lines
    assert line.thb.low <= line.thb.likely <= line.thb.high


def test_the_total_is_the_sum_times_the_factor(bill):
    found = cost.estimate(bill, SAMPLE)
    for end in range(3):
        assert found.direct_thb[end] == sum(line.thb[end] for line in found.lines)
        assert abs(found.total_thb[end] - found.direct_thb[end] * SAMPLE.factor.thb[end]) <= Decimal("0.5")
    assert found.total_thb.low < found.total_thb.likely < found.total_thb.high


def test_halves_are_rounded_up_as_spreadsheets_do():
    assert cost.to_hundredths(Decimal("0.125")) == Decimal("0.13")
    assert cost.to_hundredths(Decimal("0.135")) == Decimal("0.14")


def test_quantities_of_nothing_have_no_line(bill):
    assert bill["kerb_m"] == 0
    assert "kerb_m" not in {line.code for line in cost.estimate(bill, SAMPLE).lines}


def test_only_what_is_bought_is_priced(bill):
    found = cost.estimate(bill, SAMPLE, ("handrail_m", "tactile_m2"))
    assert [line.code for line in found.lines] == ["handrail_m", "tactile_m2"]
    assert cost.estimate(bill, SAMPLE, ()).total_thb == (0, 0, 0)


def test_a_larger_bill_never_costs_less(bill):
    before = cost.estimate(bill, SAMPLE).total_thb
    for code, amount in bill.items():
        after = cost.estimate({**bill, code: amount + 1}, SAMPLE).total_thb
        assert all(more > less for more, less in zip(after, before, strict=True)), code


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_sentence_says_that_prices_are_samples_until_they_are_replaced(bill, language):
    words = wording.Wording(language)
    found = cost.estimate(bill, SAMPLE)
    assert words.text(prices.SAMPLE) in cost.sentence(found, words)
    own = dataclasses.replace(found, sample=False)
    assert words.text(prices.SAMPLE) not in cost.sentence(own, words)
    assert found.sample


def test_the_sentence_gives_whole_baht(english):
    price = SAMPLE.factor
    total = prices.Span(Decimal(999), Decimal(123456), Decimal(1999999))
    found = cost.Estimate((), total, price, total, sample=False)
    assert cost.sentence(found, english) == "about 123,456 baht, between 999 and 1,999,999"
