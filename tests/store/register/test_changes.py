import datetime as dt
from typing import Any

import pandas as pd
import pytest
import shapely

from audits import errors
from audits.store.audit_log import hash_chain
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.register import changes as register_changes
from audits.store.register import checks, register
from audits.store.surveys import read

NOON = dt.datetime(2026, 3, 3, 5, 0, tzinfo=dt.UTC)
POINT = shapely.Point(102.83, 16.44)
RAMP = "KK-001.ramp.1"


def change(store: connection.Store, version: int | None = None, **changes: Any) -> int:
    return register_changes.change_site(store, "KK-001", changes, "engineer", "seen on site", version, NOON)


def codes(refused: pytest.ExceptionInfo[errors.RefusedError]) -> list[str]:
    return [problem.kind.code for problem in refused.value.problems]


def test_a_site_is_changed_and_what_it_was_stays_with_the_reason(store: connection.Store) -> None:
    version = change(store, name_th="เทศบาลใหม่", zone=3, category="hospital", retired=True)
    row = read.sites(store).loc["KK-001"]
    assert (row["name_th"], row["zone"], row["zone_basis"], row["category"]) == ("เทศบาลใหม่", 3, "named", "hospital")
    assert (row["version"], row["retired"], row["updated_by"]) == (version, True, "engineer")
    assert row["name_en"] == "Municipal office"
    assert read.site_history(store, "KK-001")["name_th"].tolist() == ["สำนักงานเทศบาล"]
    assert register_changes.reasons(store, "KK-001") == {NOON: "seen on site"}


def test_every_change_can_be_verified_by_the_audit_log(store: connection.Store) -> None:
    change(store, geom=POINT, position_status="confirmed", position_accuracy_m=4)
    change(store, zone=None, geom=None)
    register_changes.change_element(store, RAMP, {"label": "หลังอาคาร", "retired": True}, "engineer", "moved")
    register.add_site(store, "ramp", {"name_th": "จุดใหม่", "setting": "park"}, "engineer", "new ramp")
    assert verify.verify(store).problems == ()


def test_a_new_point_comes_from_whoever_gave_it_for_the_reason_given(store: connection.Store) -> None:
    change(store, geom=POINT)
    row = read.sites(store).loc["KK-001"]
    assert row.geometry == POINT
    assert (row["position_source"], row["position_note"]) == ("engineer", "seen on site")


def test_who_began_from_an_older_version_overwrites_nothing(store: connection.Store) -> None:
    seen = int(read.sites(store).loc["KK-001", "version"])
    change(store, seen, name_en="Town hall")
    with pytest.raises(errors.RefusedError) as refused:
        change(store, seen, name_en="City hall")
    assert refused.value.problems[0].kind is checks.CHANGED_MEANWHILE
    assert read.sites(store).loc["KK-001", "name_en"] == "Town hall"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["STORE-216"]),
        ({"name_th": "  "}, ["STORE-217"]),
        ({"name_en": "a\0b"}, ["STORE-219"]),
        ({"name_en": 7}, ["STORE-206"]),
        ({"setting": "sea"}, ["STORE-205"]),
        ({"zone": 0}, ["STORE-218"]),
        ({"zone": True}, ["STORE-218"]),
        ({"geom": shapely.Point(200, 16)}, ["STORE-212"]),
        ({"geom": shapely.Point()}, ["STORE-212"]),
        ({"position_accuracy_m": -1.0}, ["STORE-213"]),
        ({"position_accuracy_m": float("nan")}, ["STORE-213"]),
        ({"retired": "yes"}, ["STORE-205"]),
        ({"kind": "space"}, ["STORE-204"]),
        ({"zone": 0, "name_th": ""}, ["STORE-218", "STORE-217"]),
    ],
)
@pytest.mark.usefixtures("one_store")
def test_an_impossible_change_is_refused_with_every_fault(
    store: connection.Store, changes: dict[str, Any], expected: list[str]
) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        change(store, **changes)
    assert codes(refused) == expected
    assert read.site_history(store, "KK-001").empty


def test_no_change_is_made_without_a_reason(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        register_changes.change_site(store, "KK-001", {"name_en": "x"}, "engineer", " ")
    assert refused.value.problems[0].kind is checks.NO_REASON


def test_an_element_gets_its_label_its_day_and_its_retirement(store: connection.Store) -> None:
    changes = {"label": "หลังอาคาร", "permitted_on": None, "retired": True}
    register_changes.change_element(store, RAMP, changes, "engineer", "looked it up", 1)
    row = read.elements(store).loc[RAMP]
    assert (row["label"], pd.isna(row["permitted_on"]), row["retired"]) == ("หลังอาคาร", True, True)
    with pytest.raises(errors.RefusedError) as refused:
        register_changes.change_element(store, RAMP, {"permitted_on": "2020", "kind": "path"}, "engineer", "why")
    assert codes(refused) == ["STORE-220", "STORE-204"]


def test_a_new_site_gets_the_next_free_code_of_its_kind(store: connection.Store) -> None:
    given = {"name_th": "จุดใหม่", "setting": "park", "geom": POINT, "zone": 2}
    code = register.add_site(store, "ramp", given, "engineer", "a new ramp", NOON)
    assert code == "KK-002"
    assert register.add_site(store, "space", given, "engineer", "a new park") == "SP-002"
    row = read.sites(store).loc[code]
    assert (row["kind"], row["position_status"], row["position_source"], row["zone_basis"]) == (
        *("ramp", "presumed", "engineer", "named"),
    )
    assert register.add_element(store, code, "ramp", "", "engineer", "its ramp") == "KK-002.ramp.1"


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("lake", {"name_th": "จุดใหม่", "setting": "park"}, ["STORE-205"]),
        ("ramp", {"setting": "park"}, ["STORE-217"]),
        ("ramp", {"name_th": "จุดใหม่"}, ["STORE-205"]),
    ],
)
def test_a_new_site_without_what_it_needs_is_refused(
    store: connection.Store, kind: str, given: dict[str, Any], expected: list[str]
) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        register.add_site(store, kind, given, "engineer", "why")
    assert codes(refused) == expected
    assert len(read.sites(store)) == 2


def test_a_change_of_a_site_that_is_not_registered_leaves_no_trace(store: connection.Store) -> None:
    before = hash_chain.Head(*vars(read.head(store)).values())
    with pytest.raises(errors.RefusedError) as refused:
        register_changes.change_site(store, "KK-099", {"name_en": "x"}, "engineer", "why")
    assert codes(refused) == ["STORE-214"]
    assert read.head(store) == before
