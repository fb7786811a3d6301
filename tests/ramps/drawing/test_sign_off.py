"""A design is signed off by an engineer with a licence, for the very drawing that was checked and no other."""

from __future__ import annotations

import datetime as dt

import pytest

from audits import errors, wording
from audits.ramps import (
    cost,
    design_check,
    design_record,
    geometry,
    price_books,
    quantities,
    ramp_design,
    requirements,
)
from audits.ramps.drawing import drawing, sign_off
from audits.rules import files

TODAY = dt.date(2026, 3, 5)
SOMSRI = drawing.SignedOff(" สมศรี วิศวกร ", "สย.12345", dt.date(2026, 3, 4))
ASSUMED = requirements.Construction(), quantities.Works()


@pytest.fixture(scope="module", name="drafts")
def _drafts():
    book = files.load_criteria()
    designs = ramp_design.alternatives(geometry.Space(450, 9000, 4000), requirements.ramp(book), ASSUMED[0])
    found = []
    for design in designs:
        bill = quantities.bill(design, *ASSUMED)
        priced = design_record.Priced(design, bill, cost.estimate(bill, price_books.sample()))
        check = design_check.check(design, book)
        found.append(design_record.content(priced, *ASSUMED, check, book.version))
    return found


def test_a_signed_design_says_who_checked_it_and_when(drafts):
    signed = sign_off.signed(drafts[0], SOMSRI, TODAY)
    assert sign_off.of(drafts[0]) is None
    assert sign_off.of(signed) == drawing.SignedOff("สมศรี วิศวกร", "สย.12345", dt.date(2026, 3, 4))
    said = drawing.mark(sign_off.of(signed), wording.Wording("en"))
    assert said == "Checked by สมศรี วิศวกร, licence สย.12345, 4 Mar 2026"


def test_the_signature_holds_for_the_same_drawing_whatever_it_costs(drafts):
    signed = sign_off.signed(drafts[0], SOMSRI, TODAY)
    assert sign_off.same_drawing(signed, {**drafts[0], "cost_thb": ["1", "2", "3"], "criteria_version": "later"})
    assert not sign_off.same_drawing(signed, drafts[1])
    thicker = {**drafts[0], "works": {**drafts[0]["works"], "bed_mm": 1}}
    assert not sign_off.same_drawing(signed, thicker)


def test_everything_missing_is_said_at_once(drafts):
    nobody = drawing.SignedOff(" ", "", dt.date(2026, 3, 6))
    failing = {**drafts[0], "failures": ["ramp.clear_width"]}
    with pytest.raises(errors.RefusedError) as refused:
        sign_off.signed(failing, nobody, TODAY)
    assert [problem.kind for problem in refused.value.problems] == [
        sign_off.NO_ENGINEER,
        sign_off.NO_LICENCE,
        sign_off.IN_THE_FUTURE,
        sign_off.FAILS,
    ]
