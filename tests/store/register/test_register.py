import datetime as dt
import json

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa

from audits import errors
from audits.store.db import connection, schema
from audits.store.integrity import verify
from audits.store.register import changes, checks, register
from audits.store.surveys import read


def last_payload(store: connection.Store) -> dict[str, object]:
    with connection.reading(store) as records:
        query = sa.select(schema.ledger.c.payload).order_by(schema.ledger.c.sequence.desc()).limit(1)
        return dict(json.loads(records.execute(query).scalar_one()))


def test_sites_and_elements_come_back_as_they_were_added(
    store: connection.Store, new_sites: gpd.GeoDataFrame, new_elements: pd.DataFrame
) -> None:
    sites, elements = read.sites(store), read.elements(store)
    assert sites.crs == "EPSG:4326"
    assert sites.loc["KK-001", "name_th"] == "สำนักงานเทศบาล"
    assert sites.geometry["KK-001"] == new_sites.geometry["KK-001"]
    assert sites.geometry["SP-001"] is None
    assert sites["zone"].tolist() == [1, pd.NA]
    assert elements.loc["KK-001.ramp.1", "permitted_on"] == pd.Timestamp("2010-05-01")
    assert pd.isna(elements.loc["SP-001.path.1", "permitted_on"])
    assert elements["label"].tolist() == new_elements["label"].tolist()


def test_points_in_metres_are_brought_to_degrees(
    place: object, new_sites: gpd.GeoDataFrame, new_elements: pd.DataFrame
) -> None:
    with connection.open_store(place) as store:  # type: ignore[arg-type]
        register.add_sites(store, new_sites.to_crs(32648), new_elements, "admin", "list")
        point = read.sites(store).geometry["KK-001"]
    assert point.distance(new_sites.geometry["KK-001"]) < 1e-9


def test_one_call_is_one_entry_of_the_audit_log(store: connection.Store) -> None:
    assert read.head(store).sequence == 1
    payload = last_payload(store)
    assert payload["reason"] == "starter register"
    assert sorted(payload["sites"]) == ["KK-001", "SP-001"]  # type: ignore[call-overload]


def test_what_is_registered_already_is_refused_as_a_whole(
    store: connection.Store, new_sites: gpd.GeoDataFrame, new_elements: pd.DataFrame
) -> None:
    sites = pd.concat([new_sites, new_sites.rename(index={"KK-001": "KK-002"}).loc[["KK-002"]]])
    with pytest.raises(errors.RefusedError) as refused:
        register.add_sites(store, sites, new_elements, "admin", "again")
    assert {problem.where for problem in refused.value.problems} == {
        "KK-001",
        "SP-001",
        "KK-001.ramp.1",
        "SP-001.path.1",
    }
    assert "KK-002" not in read.sites(store).index


def test_elements_alone_may_join_a_registered_site(
    store: connection.Store, new_sites: gpd.GeoDataFrame, new_elements: pd.DataFrame
) -> None:
    more = new_elements.rename(index={"KK-001.ramp.1": "KK-001.ramp.2"}).loc[["KK-001.ramp.2"]]
    register.add_sites(store, new_sites.iloc[:0], more, "admin", "second ramp")
    assert "KK-001.ramp.2" in read.elements(store).index
    assert verify.verify(store).problems == ()


def test_a_visit_confirms_a_position_and_the_old_one_stays_in_history(store: connection.Store) -> None:
    point = shapely.Point(102.8301, 16.4302)
    version = changes.report_position(store, "KK-001", "confirmed", "somchai", "stood there", point, 4.5)
    site = read.sites(store).loc["KK-001"]
    assert version == site["version"] == 2
    assert (site["position_status"], site["position_accuracy_m"]) == ("confirmed", 4.5)
    assert (site["position_source"], site["position_note"], site["updated_by"]) == ("somchai", "stood there", "somchai")
    assert site.geometry == point
    history = read.site_history(store, "KK-001")
    assert history["position_status"].tolist() == ["named"]
    assert history.geometry.tolist() == [shapely.Point(102.8295, 16.43001)]


def test_a_site_that_was_not_found_keeps_its_point(store: connection.Store) -> None:
    changes.report_position(store, "KK-001", "not_found", "somchai", "only a wall")
    site = read.sites(store).loc["KK-001"]
    assert site.geometry == shapely.Point(102.8295, 16.43001)
    assert (site["position_status"], site["position_accuracy_m"], site["position_source"]) == ("not_found", 30.0, "")


def test_who_looked_at_an_old_version_is_told(store: connection.Store) -> None:
    changes.report_position(store, "KK-001", "confirmed", "somchai", "stood there", expected_version=1)
    with pytest.raises(errors.RefusedError, match="Someone else changed KK-001"):
        changes.report_position(store, "KK-001", "not_found", "somying", "no ramp", expected_version=1)
    assert read.sites(store).loc["KK-001", "position_status"] == "confirmed"


@pytest.mark.parametrize(
    ("code", "status", "point", "accuracy_m", "kind"),
    [
        ("KK-099", "confirmed", None, None, checks.NOT_REGISTERED),
        ("KK-001", "seen", None, None, checks.UNKNOWN_WORD),
        ("KK-001", "confirmed", shapely.Point(800_000, 1_800_000), None, checks.NOT_A_POINT),
        ("KK-001", "confirmed", shapely.Point(), None, checks.NOT_A_POINT),
        ("KK-001", "confirmed", shapely.Point(102, 16), -1.0, checks.BAD_ACCURACY),
    ],
)
@pytest.mark.usefixtures("one_store")
def test_an_impossible_report_of_a_position_is_refused(
    store: connection.Store,
    code: str,
    status: str,
    point: shapely.Point | None,
    accuracy_m: float | None,
    kind: errors.ProblemKind,
) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        changes.report_position(store, code, status, "somchai", "why", point, accuracy_m)
    assert [problem.kind for problem in refused.value.problems] == [kind]
    assert read.head(store).sequence == 1


def test_the_day_of_the_permit_is_set_and_taken_back_with_a_reason(store: connection.Store) -> None:
    assert changes.set_permit(store, "SP-001.path.1", dt.date(2004, 2, 3), "engineer", "permit 12/2547") == 2
    assert read.elements(store).loc["SP-001.path.1", "permitted_on"] == pd.Timestamp("2004-02-03")
    assert last_payload(store)["permitted_on"] == "2004-02-03"
    assert changes.set_permit(store, "SP-001.path.1", None, "engineer", "wrong file") == 3
    assert pd.isna(read.elements(store).loc["SP-001.path.1", "permitted_on"])
    assert verify.verify(store).problems == ()


def test_a_change_without_a_reason_is_refused(store: connection.Store) -> None:
    with pytest.raises(errors.RefusedError, match="Say why"):
        changes.set_permit(store, "SP-001.path.1", None, "engineer", " ")
    with pytest.raises(errors.RefusedError, match="cannot be kept"):
        changes.set_permit(store, "SP-001.path.1", None, "engineer", "half \ud83d")


@pytest.mark.parametrize(
    ("codes", "given"),
    [(("CM-007", "gate 1"), "CM-008"), (("ชม-007",), "ชม-008"), (("CM-007", "LP-001"), "KK-001"), (("7",), "KK-001")],
)
def test_a_new_site_is_numbered_on_under_the_prefix_of_its_own_register(
    place: object, new_sites: gpd.GeoDataFrame, new_elements: pd.DataFrame, codes: tuple[str, ...], given: str
) -> None:
    known = pd.concat([new_sites.loc[["KK-001"]].rename(index={"KK-001": code}) for code in codes])
    with connection.open_store(place) as store:  # type: ignore[arg-type]
        register.add_sites(store, gpd.GeoDataFrame(known), new_elements.iloc[:0], "admin", "list")
        new = {"name_th": "จุดใหม่", "setting": "park"}
        assert register.add_site(store, "ramp", new, "engineer", "a new ramp") == given


def test_a_new_element_gets_the_next_number(store: connection.Store) -> None:
    assert register.add_element(store, "KK-001", "ramp", "ข้างอาคาร", "engineer", "seen") == "KK-001.ramp.2"
    assert register.add_element(store, "KK-001", "stair", "", "engineer", "seen") == "KK-001.stair.1"
    assert verify.verify(store).problems == ()


@pytest.mark.parametrize(
    ("code", "kind", "problem"),
    [("KK-099", "ramp", checks.NO_SUCH_SITE), ("KK-001", "escalator", checks.UNKNOWN_WORD)],
)
def test_an_element_of_an_unknown_site_or_kind_is_refused(
    store: connection.Store, code: str, kind: str, problem: errors.ProblemKind
) -> None:
    with pytest.raises(errors.RefusedError) as refused:
        register.add_element(store, code, kind, "", "engineer", "seen")
    assert [found.kind for found in refused.value.problems] == [problem]
