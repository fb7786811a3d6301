"""Read rows of the store into data frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa

from audits.store.db import connection

# milliseconds are what the store keeps; the same on both databases
INSTANT = "datetime64[ms, UTC]"
DAY = "datetime64[s]"


def rows(store: connection.Store, query: sa.Select[Any]) -> list[dict[str, Any]]:
    """Return the rows that a query selects, by the names of their columns."""
    with connection.reading(store) as records:
        return [dict(row) for row in records.execute(query).mappings()]


def frame(found: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """Return rows as a data frame with these columns, each of its type; further values are left out."""
    table = pd.DataFrame.from_records(found, columns=list(columns))
    for name in (name for name, dtype in columns.items() if dtype == INSTANT):
        table[name] = pd.to_datetime(table[name], utc=True).dt.as_unit("ms")
    return table.astype(dict(columns))
