"""Choose how data frames hold their strings."""

from __future__ import annotations

import pandas as pd


def hold_as_objects() -> None:
    """Hold the strings of new data frames as Python strings instead of in Arrow's arrays.

    A town's tables have some thousand rows, of which a page takes a few at a time: there Arrow takes longer to begin
    than to work. On 2,000 sites both take the same time and memory. A program chooses this for itself; whoever
    imports :mod:`audits` keeps their own setting.
    """
    pd.set_option("mode.string_storage", "python")
