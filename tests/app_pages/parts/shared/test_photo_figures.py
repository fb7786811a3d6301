"""A photo without a caption says what it was taken of, and when, in words."""

from __future__ import annotations

import types

import pandas as pd
import pytest

from app_pages.parts.shared import photo_figures
from audits import wording
from audits.rules import files

TAKEN = pd.Timestamp("2026-11-30T03:00Z")


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({"caption": "north gate"}, "north gate"),
        ({"quantity": "handrail_present"}, "Photo of KK-003 ramp 1, Handrail present · "),
        ({}, "Photo of KK-003 ramp 1 · "),
        ({"element_id": ""}, "Photo of KK-003 · "),
    ],
)
def test_a_photo_is_named_by_what_it_shows(about: dict[str, str], expected: str) -> None:
    words = wording.Wording("en")
    context = types.SimpleNamespace(words=words, criteria=files.load_criteria())
    row = {"caption": "", "quantity": "", "element_id": "KK-003.ramp.1", "site_code": "KK-003", "observed_at": TAKEN}
    when = "" if "caption" in about else words.instant(TAKEN)
    assert photo_figures.label(context, pd.Series(row | about)) == expected + when  # type: ignore[arg-type]
