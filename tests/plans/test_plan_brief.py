"""The brief of a plan is one or two tagged pages that say its proof, its price and that it is no record."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import outloud
import pikepdf
import pytest

from audits import wording
from audits.plans import certificate_check, plan_about, plan_brief
from audits.ramps import prices
from audits.store.audit_log import hash_chain
from tests import spoken
from tests.plans import made_plans


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_brief_says_the_plan_aloud_and_marks_what_is_no_record(
    demonstration_folder: Path, language: str, tmp_path: Path
) -> None:
    subject, words = made_plans.by_years(demonstration_folder), wording.Wording(language)
    made = plan_brief.pdf(subject, words)
    said = spoken.pages(made)
    flat = "".join("".join(page.split()) for page in said)
    assert 1 <= len(said) <= plan_brief.MOST_PAGES
    for part in (
        plan_about.lead(subject, words),
        subject.mark(words),
        words.text(prices.SAMPLE),
        certificate_check.certainty(subject.worked.verdict, words),
        words.text("Proved by the checker: no choice opens more than (trips of 100)"),
        words.text("worst first"),
        words.text("no zone yet") if "0" in subject.model.model.zones else words.text("Year"),
    ):
        assert "".join(part.split()) in flat, part
    assert any("KK-" in page or "SP-" in page for page in said)
    assert hash_chain.parse(subject.record.head).short in " ".join(spoken.pages(made, furniture=True))
    (alternative,) = spoken.alternatives(made)
    assert alternative.startswith(words.text(plan_brief.MAP_WORDS).split("{count}")[0].strip()[:8])
    file = tmp_path / "brief.pdf"
    file.write_bytes(made)
    assert outloud.check(file).errors == 0
    with pikepdf.open(io.BytesIO(made)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang).startswith(language)


def test_a_long_plan_says_how_many_fixes_are_in_the_workbook_only(
    demonstration_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject, words = made_plans.subject(demonstration_folder), wording.Wording("en")
    monkeypatch.setattr(plan_brief, "MOST_ROWS", (3,))
    left = len(subject.worked.plan.chosen) - 3
    assert f"and {left} more in the workbook" in " ".join(spoken.pages(plan_brief.pdf(subject, words)))


def test_a_fix_of_the_budget_only_has_no_year(demonstration_folder: Path) -> None:
    subject, words = made_plans.by_years(demonstration_folder), wording.Wording("en")
    assert subject.by_years is not None
    first = dataclasses.replace(subject.by_years, stages=subject.by_years.stages[:1])
    made = plan_brief.pdf(dataclasses.replace(subject, by_years=first), words)
    assert "–" in " ".join(spoken.pages(made)[1:])
