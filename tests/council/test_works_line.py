"""The line on works counts what came further too, and says where a sum is missing."""

from audits import wording
from audits.council import works_line
from audits.works import spending


def test_the_line_names_promised_built_accepted_and_paid_with_counts_and_baht():
    rungs = {
        spending.PROMISED: spending.Rung(12, 3_400_000, 2, settled=1, planned=7, planned_thb=2_500_000),
        spending.COMPLETED: spending.Rung(5, 900_000),
        spending.ACCEPTED: spending.Rung(3, 500_000),
        spending.PAID: spending.Rung(4, 650_000),
    }
    assert works_line.line(rungs, wording.Wording("en")) == (
        "Works at all sites: promised 12: 3,400,000 baht (7 of them planned without a contract: "
        "2,500,000 baht) (2 without a known sum) (1 where nothing is to be mended any "
        "more) · built 5: 900,000 baht · accepted 3: 500,000 baht · paid 4: 650,000 baht."
    )
    nothing = dict.fromkeys(spending.RUNGS, spending.Rung(0, 0))
    for none in ({}, nothing):
        assert works_line.line(none, wording.Wording("en")) == "No works are promised yet."


def test_works_that_are_all_planned_are_not_counted_twice():
    rungs = dict.fromkeys(spending.RUNGS, spending.Rung(0, 0))
    rungs[spending.PROMISED] = spending.Rung(3, 90_000, planned=3, planned_thb=90_000)
    assert "promised 3: 90,000 baht ·" in works_line.line(rungs, wording.Wording("en"))
