"""Everything a plan rests on is said with the program's own figures, in both languages."""

from __future__ import annotations

import types

import pytest

from audits import wording
from audits.access import site_network
from audits.plans import build_model, fix_pricing, od_pairs, plan_assumptions
from audits.ramps import prices


def _record(pairs: tuple[tuple[str, str], ...] = ()) -> object:
    """Only what the sentences ask of a planning model."""
    prepared = types.SimpleNamespace(
        joined=types.SimpleNamespace(coarse=True, source=""), homes=types.SimpleNamespace(equal=False, statement="")
    )
    counted = {"joined": 132, "goals": 88, "presumed": 100, "presumed_pairs": pairs}
    return types.SimpleNamespace(
        coarse=True, statements=(build_model.ZONES,), prepared=prepared, committed=(), **counted
    )


def _said(language: str = "en", **options: object) -> str:
    words = wording.Wording(language)
    return " ".join(plan_assumptions.sentences(_record(), words, **{"sample": True, **options}))  # type: ignore[arg-type]


def test_the_figures_are_those_that_the_program_works_with(monkeypatch: pytest.MonkeyPatch) -> None:
    said = _said()
    for part in (
        "132 sites",
        "88 of them",
        "100 is not confirmed",
        "within 800 m",
        "within 400 m",
        "150 mm",
        "10 m of",
    ):
        assert part in said, part
    monkeypatch.setattr(od_pairs, "MOST_FIXES", 5)
    monkeypatch.setattr(site_network, "WALK_M", 650.0)
    assert "more than 5 fixes" in _said()
    assert "within 650 m" in _said()


def test_fixes_that_may_be_one_thing_are_named() -> None:
    record, words = _record((("KK-001.ramp.1", "SP-001.ramp.1"),)), wording.Wording("en")
    stated = " ".join(plan_assumptions.sentences(record, words, sample=True))  # type: ignore[arg-type]
    assert "bought twice until somebody decides under Register: KK-001 ramp 1 = SP-001 ramp 1." in stated
    assert "bought twice" not in _said()


def test_it_says_whose_prices_stand() -> None:
    sample = wording.Wording("en").text(prices.SAMPLE)
    assert sample in _said()
    own = _said(sample=False, price_file="prices.xlsx")
    assert sample not in own
    assert "handed in by the municipality: prices.xlsx" in own


def test_no_figure_is_left_open_in_thai() -> None:
    said = _said("th")
    assert "{" not in said
    assert len(fix_pricing.ASSUMPTIONS) == 5
