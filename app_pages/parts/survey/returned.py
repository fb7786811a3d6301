"""Find the surveys that came back to be corrected."""

from __future__ import annotations

import pandas as pd

from app_pages import session
from app_pages.session import cache
from audits.store.surveys import reviews

# In an address, the survey whose correction is to be open.
CORRECT = "correct"


def surveys(context: session.Context) -> pd.DataFrame:
    """Return the surveys that an engineer returned and nobody has corrected yet, the last returned first.

    Those of every surveyor: names are written in many ways, and nobody must miss their own.
    """
    every = cache.surveys(context.store)
    back = every.loc[(every["review"] == reviews.RETURNED) & (every["superseded_by"] == "")]
    return back.sort_values("reviewed_at", ascending=False)


def heading(context: session.Context, number: int) -> str:
    """Return how many came back, in the reader's language."""
    return context.words.count("{n} survey came back to be corrected", "{n} surveys came back to be corrected", number)
