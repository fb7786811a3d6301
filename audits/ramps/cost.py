"""Price a bill of quantities: each line, their sum, and the total with overheads, low, likely and high."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from audits import wording
from audits.ramps import prices, quantities

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """One line of an estimate.

    Parameters
    ----------
    code
        Name of the quantity.
    amount
        In its unit, rounded to 0.01 before it is priced, so that the printed figures multiply to the printed product.
    price
        Of one unit.
    thb
        Amount × price, rounded to the satang; where labour is known, the sum of its two parts, each rounded.
    """

    code: str
    amount: Decimal
    price: prices.Price
    thb: prices.Span

    @property
    def labour_thb(self) -> Decimal | None:
        """The labour in the likely cost; None where the price does not part it."""
        labour = self.price.labour_thb
        return None if labour is None else to_hundredths(self.amount * labour)


@dataclass(frozen=True)
class Estimate:
    """The cost of a bill.

    Parameters
    ----------
    lines
        In the order of building; quantities of nothing are left out.
    direct_thb
        Their sum.
    factor
        Factor F, for overheads, interest, profit and VAT.
    total_thb
        Sum × factor, rounded to the baht: the cost of construction as form ปร.6 states it, and the one amount that
        every page, plan, list of works, brief and file calls the cost. All prices low
        together, or all high, are less likely than each alone, so the true cost is rarely near an end.
    sample
        Whether any price is a sample, so that no amount may be relied on.
    """

    lines: tuple[Line, ...]
    direct_thb: prices.Span
    factor: prices.Price
    total_thb: prices.Span
    sample: bool


def estimate(bill: quantities.Bill, book: prices.PriceBook, codes: Iterable[str] = tuple(quantities.NAMES)) -> Estimate:
    """Return the cost of a bill, or of only some of its quantities.

    Raises
    ------
    KeyError
        When a code is no quantity of the bill.
    """
    # by way of its shortest text: the binary tail of a float would decide how a half is rounded
    amounts = {code: to_hundredths(Decimal(repr(bill[code]))) for code in codes}
    # after rounding, so that no line is printed with an amount of 0.00
    lines = tuple(_line(code, amount, book.prices[code]) for code, amount in amounts.items() if amount)
    direct = prices.Span(*(sum((line.thb[end] for line in lines), Decimal()) for end in range(3)))
    factor = book.factor_for(direct)
    # each end has a factor of its own, as the factor depends on the sum
    total = prices.Span(*(to_baht(amount * each) for amount, each in zip(direct, factor.thb, strict=True)))
    return Estimate(lines, direct, factor, total, book.sample or any(line.price.sample for line in lines))


def to_hundredths(value: Decimal) -> Decimal:
    """Return a number rounded to 0.01, halves away from zero, as spreadsheets round."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def to_baht(value: Decimal) -> Decimal:
    """Return an amount rounded to whole baht, halves away from zero."""
    return value.quantize(Decimal(1), ROUND_HALF_UP)


def _line(code: str, amount: Decimal, price: prices.Price) -> Line:
    labour_thb = price.labour_thb or Decimal()
    # as form ปร.4 adds up: material and labour, each rounded; all three alike, so that none rises above the next
    parts = (to_hundredths(amount * (each - labour_thb)) + to_hundredths(amount * labour_thb) for each in price.thb)
    return Line(code, amount, price, prices.Span(*parts))


def sentence(found: Estimate, words: wording.Wording) -> str:
    """Return the total in the reader's language, with the mark of sample prices when it needs one."""
    low, likely, high = (words.number(int(amount), 0) for amount in found.total_thb)
    total = words.text("about {likely} baht, between {low} and {high}", likely=likely, low=low, high=high)
    return f"{total} ({words.text(prices.SAMPLE)})" if found.sample else total
