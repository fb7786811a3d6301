import datetime as dt
import json
import sqlite3

import pandas as pd
import pytest

from audits import errors
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.works import designs

NOON = dt.datetime(2026, 3, 3, 5, 0, tzinfo=dt.UTC)
STRAIGHT = {"family": "straight", "space": {"rise_mm": 450, "length_mm": 9000}}


def save(store: connection.Store, title: str = "หน้าอาคาร", **options: object) -> str:
    return designs.save(store, "KK-001", title, STRAIGHT, "engineer", saved_at=NOON, **options)  # type: ignore[arg-type]


def codes(refused: pytest.ExceptionInfo[errors.RefusedError]) -> list[str]:
    return [problem.kind.code for problem in refused.value.problems]


def found(store: connection.Store) -> list[tuple[str, str]]:
    return [(problem.kind.code, problem.where) for problem in verify.verify(store).problems]


def test_a_saved_design_comes_back_whole_with_author_and_instant(store: connection.Store) -> None:
    design_id = save(store, "  หน้าอาคาร ", element_id="KK-001.ramp.1")
    (row,) = designs.of_site(store, "KK-001").to_dict("records")
    assert json.loads(row.pop("content")) == STRAIGHT
    assert row == {
        "design_id": design_id,
        "site_code": "KK-001",
        "element_id": "KK-001.ramp.1",
        "title": "หน้าอาคาร",
        "saved_by": "engineer",
        "saved_at": pd.Timestamp(NOON),
        "supersedes": "",
        "superseded_by": "",
    }
    assert design_id == "KK-001.design.1"


def test_a_site_without_designs_has_an_empty_list_with_the_same_columns(store: connection.Store) -> None:
    frame = designs.of_site(store, "SP-001")
    assert frame.empty
    assert list(frame) == list(designs.COLUMNS)


def test_a_new_version_replaces_the_old_one_which_stays(store: connection.Store) -> None:
    first = save(store)
    second = save(store, "ใหม่", supersedes=first)
    frame = designs.of_site(store, "KK-001").set_index("design_id")
    assert list(frame.index) == [second, first]
    assert (frame.loc[first, "superseded_by"], frame.loc[second, "supersedes"]) == (second, first)
    assert verify.verify(store).problems == ()


def test_a_version_is_replaced_only_once(store: connection.Store) -> None:
    first = save(store)
    save(store, supersedes=first)
    with pytest.raises(errors.RefusedError) as refused:
        save(store, supersedes=first)
    assert codes(refused) == ["STORE-576"]


def test_everything_that_is_wrong_is_said_at_once(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        designs.save(store, "KK-001", " ", STRAIGHT, "", element_id="SP-001.path.1", supersedes="SP-001.design.1")
    assert codes(refused) == ["STORE-572", "STORE-575", "STORE-573", "STORE-574"]
    assert designs.of_site(store, "KK-001").empty


def test_a_design_for_an_unknown_site_is_refused(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        designs.save(store, "KK-999", "x", STRAIGHT, "engineer")
    assert codes(refused) == ["STORE-571"]


@pytest.mark.parametrize(
    "alteration",
    [
        "UPDATE design SET content = '{}'",
        "UPDATE design SET saved_by = 'someone else'",
        "UPDATE design SET saved_at = '2020-01-01T00:00:00.000Z'",
        "UPDATE design SET supersedes = NULL WHERE fid = 2",
        "DELETE FROM design WHERE fid = 2",
        "INSERT INTO design SELECT 9, 'KK-001.design.9', site_code, element_id, title, content, saved_by, saved_at,"
        " NULL FROM design WHERE fid = 1",
    ],
)
def test_an_alteration_behind_the_programs_back_is_found(
    store: connection.Store, intruder: sqlite3.Connection, alteration: str
) -> None:
    save(store, supersedes=save(store))
    assert ("STORE-417", "design") not in found(store)
    intruder.execute(alteration)
    assert ("STORE-417", "design") in found(store)
