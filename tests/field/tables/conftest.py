"""Preview a small table against the register of two sites."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import geopandas as gpd
import pandas as pd
import pytest

from audits.field.tables import importing
from audits.rules import model

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def understand(
    request: pytest.FixtureRequest, book: model.Criteria, register: gpd.GeoDataFrame, elements: pd.DataFrame
) -> Callable[..., importing.Preview]:
    """Return how rows are previewed, below the header of the test's module unless another is given."""

    def preview(*rows: str, header: str = request.module.HEADER) -> importing.Preview:
        content = "\n".join((header, *rows)).encode()
        return importing.preview(content, "table.csv", book, register, elements, TODAY)

    return preview


def held(preview: importing.Preview) -> dict[int, list[str]]:
    """Return the codes of the problems of each line that is held."""
    return {one.line: [problem.kind.code for problem in one.problems] for one in preview.held}
