"""Two records of one ramp are joined and taken apart again, each statement kept."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import pandas as pd
import pytest

from audits import errors
from audits.store.audit_log import entries
from audits.store.db import connection
from audits.store.integrity import verify
from audits.store.register import changes, checks, register, same_elements

KK, SP, THIRD = "KK-001.ramp.1", "SP-020.ramp.1", "SP-021.ramp.1"
BESIDE, PATH = "KK-001.ramp.2", "SP-020.path.1"
AT = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)


@pytest.fixture(name="city")
def _city(store: connection.Store) -> connection.Store:
    """A record with KK-001 and its ramp, and two spaces more."""
    codes = pd.Index(["SP-020", "SP-021"], name="code")
    blank = dict.fromkeys(checks.SITE_COLUMNS, "") | {"setting": "building", "position_status": "presumed"}
    sites = pd.DataFrame([blank] * len(codes), index=codes).assign(zone=None, position_accuracy_m=None)
    sites["kind"] = "space"
    ids = pd.Index([SP, THIRD, BESIDE, PATH], name="element_id")
    elements = pd.DataFrame({"site_code": ids.str[:6], "kind": ids.str.split(".").str[1], "label": ""}, index=ids)
    elements = elements.assign(permitted_on=None, source="register")
    register.add_sites(store, gpd.GeoDataFrame(sites, geometry=[None] * 2, crs=4326), elements, "E-01", "begun", AT)
    return store


def _join(store: connection.Store, kept: str, other: str) -> None:
    same_elements.join(store, kept, other, "E-01", "seen on the spot", AT)


def _separate(store: connection.Store, one: str, other: str) -> None:
    same_elements.separate(store, one, other, "E-02", "there are two", AT)


def test_a_pair_is_joined_and_the_audit_log_holds_it(city: connection.Store) -> None:
    _join(city, KK, SP)
    assert same_elements.joined(city) == {SP: KK}
    assert verify.verify(city).problems == ()
    last = entries.lines(city, entries.Selection(action=same_elements.ACTION))[0]
    assert (last.entity_id, last.actor, last.content["same_as"], last.content["one"]) == (SP, "E-01", KK, True)


@pytest.mark.parametrize("pair", [(KK, SP), (SP, KK)])
def test_a_join_is_taken_back_and_made_again(city: connection.Store, pair: tuple[str, str]) -> None:
    _join(city, KK, SP)
    _separate(city, *pair)
    assert same_elements.joined(city) == {}
    assert same_elements.apart(city) == {frozenset((KK, SP))}
    _join(city, SP, KK)
    assert same_elements.joined(city) == {KK: SP}
    assert same_elements.apart(city) == frozenset()
    assert verify.verify(city).problems == ()


def test_two_that_were_only_presumed_are_said_to_be_two(city: connection.Store) -> None:
    _separate(city, KK, SP)
    assert same_elements.apart(city) == {frozenset((KK, SP))}
    with pytest.raises(errors.RefusedError, match="two things"):
        _separate(city, SP, KK)


def test_a_third_record_of_the_same_thing_joins_the_first(city: connection.Store) -> None:
    _join(city, KK, SP)
    _join(city, SP, THIRD)
    assert same_elements.joined(city) == {SP: KK, THIRD: KK}
    with connection.reading(city) as records:
        assert set(same_elements.members(records, SP)) == {KK, SP, THIRD}


@pytest.mark.parametrize(
    ("kept", "other", "words"),
    [
        (KK, KK, "named twice"),
        (KK, "SP-099.ramp.1", "not in the register"),
        (KK, PATH, "different kinds"),
        (KK, BESIDE, "at one site"),
    ],
)
def test_what_cannot_be_one_thing_is_refused(city: connection.Store, kept: str, other: str, words: str) -> None:
    with pytest.raises(errors.RefusedError, match=words):
        _join(city, kept, other)
    assert same_elements.joined(city) == {}


@pytest.mark.parametrize("pair", [(KK, SP), (SP, KK), (THIRD, SP)])
def test_what_is_joined_is_joined_once(city: connection.Store, pair: tuple[str, str]) -> None:
    _join(city, KK, SP)
    with pytest.raises(errors.RefusedError, match="joined to"):
        _join(city, *pair)


def test_two_of_one_site_do_not_meet_by_way_of_a_third(city: connection.Store) -> None:
    _join(city, KK, SP)
    with pytest.raises(errors.RefusedError, match="at one site"):
        _join(city, SP, BESIDE)


def test_a_retired_element_is_joined_to_nothing(city: connection.Store) -> None:
    changes.change_element(city, SP, {"retired": True}, "E-01", "taken away")
    with pytest.raises(errors.RefusedError, match="is retired"):
        _join(city, KK, SP)


def test_a_reason_is_asked_for(city: connection.Store) -> None:
    with pytest.raises(errors.RefusedError, match="Say why"):
        same_elements.join(city, KK, SP, "E-01", " ")


def test_where_the_one_that_was_kept_is_gone_the_first_of_the_others_stands_in() -> None:
    found = {SP: KK, THIRD: KK}
    assert same_elements.remaining(found, [KK, SP, THIRD]) == {SP: KK, THIRD: KK}
    assert same_elements.remaining(found, [SP, THIRD]) == {THIRD: SP}
    assert same_elements.remaining(found, [KK, THIRD]) == {THIRD: KK}
    assert same_elements.remaining(found, [THIRD]) == {}
