"""Show the date and the reason of erased photos in their place."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app_pages import session


def show_erased(context: session.Context, kept: pd.DataFrame) -> pd.DataFrame:
    """Show the date and the reason of each erased photo, and return those that are kept.

    Parameters
    ----------
    context
        Reader and workspace.
    kept
        From :func:`audits.store.surveys.read.photos`.
    """
    words = context.words
    erased = kept["erased_because"] != ""
    for row in kept.loc[erased].itertuples():
        of = {"element": row.element_id or row.site_code, "day": words.instant(row.erased_at)}
        st.write(
            words.text("A photo of {element} was erased on {day} because: {reason}", **of, reason=row.erased_because)
        )
    return kept.loc[~erased]
