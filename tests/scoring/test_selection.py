from __future__ import annotations

import pandas as pd
import pytest

from audits.scoring import selection

CODES = pd.Index(["KK-001", "KK-002", "KK-003", "SP-001"], name="code")


@pytest.fixture
def sites():
    columns = {
        "kind": ["ramp", "ramp", "ramp", "space"],
        "zone": pd.array([1, 4, None, 4], dtype="Int64"),
        "position_status": ["named", "confirmed", "confirmed", "presumed"],
    }
    return pd.DataFrame(columns, index=CODES)


@pytest.fixture
def audited():
    columns = {"verdict": ["fail", "unknown", "pass", "unknown"], "grade": ["C", "", "A", ""]}
    columns |= {"items_failed": [3, 0, 0, 0], "law_failed": [1, 0, 0, 0]}
    return pd.DataFrame(columns, index=CODES)


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        (selection.Selection(), ["KK-001", "KK-002", "KK-003", "SP-001"]),
        (selection.Selection(kinds=("ramp",)), ["KK-001", "KK-002", "KK-003"]),
        (selection.Selection(verdicts=("unknown", "pass")), ["KK-002", "KK-003", "SP-001"]),
        (selection.Selection(grades=(selection.UNDECIDED,)), ["KK-002", "SP-001"]),
        (selection.Selection(grades=("A", selection.UNDECIDED)), ["KK-002", "KK-003", "SP-001"]),
        (selection.Selection(zones=(4,)), ["KK-002", "SP-001"]),
        (selection.Selection(zones=(selection.NO_ZONE, 1)), ["KK-001", "KK-003"]),
        (selection.Selection(position_statuses=("confirmed",)), ["KK-002", "KK-003"]),
        (selection.Selection(codes=("SP-001", "KK-999")), ["SP-001"]),
        (selection.Selection(kinds=("ramp",), zones=(4,), verdicts=("unknown",)), ["KK-002"]),
        (selection.Selection(kinds=("space",), grades=("A",)), []),
        (selection.Selection(failing=(selection.BINDING,)), ["KK-001"]),
        (selection.Selection(failing=(selection.NOT_BINDING,)), []),
    ],
)
def test_a_site_is_kept_when_it_meets_every_part(sites, audited, wanted, codes):
    assert selection.select(sites, audited, wanted).tolist() == codes


def test_the_order_of_the_audit_does_not_matter(sites, audited):
    wanted = selection.Selection(verdicts=("fail",))
    assert selection.select(sites, audited.iloc[::-1], wanted).tolist() == ["KK-001"]


def test_a_register_without_zones_keeps_its_sites(sites, audited):
    without = sites.assign(zone=pd.array([None] * 4, dtype="Int64"))
    assert len(selection.select(without, audited, selection.Selection(zones=(selection.NO_ZONE,)))) == 4


def test_sites_that_nobody_surveyed_can_be_selected_by_themselves():
    sites = pd.DataFrame({"kind": "ramp", "zone": [1, 1], "position_status": "confirmed"}, index=["KK-001", "KK-002"])
    audited = pd.DataFrame(
        {"verdict": "unknown", "grade": "", "standing": ["not_surveyed", "provisional"]}, index=sites.index
    )
    wanted = selection.Selection(standings=["not_surveyed"])
    assert selection.select(sites, audited, wanted).tolist() == ["KK-001"]
