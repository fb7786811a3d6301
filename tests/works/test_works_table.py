"""A fix is listed where a barrier is known; where nobody knows, a measurement is asked for instead."""

from __future__ import annotations

import datetime as dt

from audits import barriers
from audits.ramps import price_books
from audits.store.db import connection, workspace
from audits.works import works_table

STEEP, UNSEEN = "KK-001.ramp.1", "KK-002.ramp.1"


def _gathered(town, tmp_path):
    rows = town.measured(*town.complete_ramp(STEEP, running_slope_pct=12.0))
    record = town.record(rows, town.elements(STEEP, UNSEEN), town.sites("KK-001", "KK-002").assign(zone=1))
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        return works_table.gather(store, record, price_books.sample(), dt.date(2026, 3, 5))


def test_works_shows_no_fix_where_nobody_surveyed(town, tmp_path):
    works = _gathered(town, tmp_path)
    assert list(works.table.index) == [STEEP]
    assert works.table.loc[STEEP, ["site", "state", "barrier"]].tolist() == ["KK-001", "found", "known"]
    assert works.cost_thb(STEEP) == works.fixes[STEEP].fix.cost.likely


def test_what_may_be_a_barrier_is_to_be_measured_first(town, tmp_path):
    first = _gathered(town, tmp_path).measure_first
    assert list(first.index) == [UNSEEN]
    assert "running_slope_pct" in first.loc[UNSEEN, "quantities"]
    assert first.loc[UNSEEN, "minutes"] > 0
    assert "cost_thb" not in first


def test_a_borderline_value_is_to_be_measured_again(town):
    rows = [row for row in town.complete_ramp(STEEP) if row[1] != "running_slope_pct"]
    measured = town.measured(*rows, (STEEP, "running_slope_pct", 8.3, 0.2))
    first = barriers.measure_first(town.record(measured, town.elements(STEEP), town.sites("KK-001")))
    assert first.loc[STEEP, ["quantities", "again"]].tolist() == [(), ("running_slope_pct",)]
