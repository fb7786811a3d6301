"""A workspace says its town once."""

import datetime as dt

import geopandas as gpd
import pytest
import shapely

from audits import errors, wording
from audits.store import town
from audits.store.db import connection
from audits.store.surveys import read, submit


def sites(longitude, latitude):
    return gpd.GeoDataFrame(geometry=[shapely.Point(longitude, latitude), None], crs=4326)


def test_a_workspace_without_a_town_is_that_of_the_starter_register(store):
    assert town.read(store) == town.starter()
    assert wording.Wording("en").name(town.starter()) == "Khon Kaen City Municipality"


def test_the_town_is_read_as_it_was_named(store):
    named = town.choose(store, " เทศบาลนครเชียงใหม่", "Chiang Mai", "98.9, 18.7, 99.1, 18.9", "office")
    assert town.read(store) == named
    assert (named.th, named.en, str(named.box)) == ("เทศบาลนครเชียงใหม่", "Chiang Mai", "98.9,18.7,99.1,18.9")
    assert named.metres(sites(102.8, 16.4)) == "EPSG:32647"


def test_days_are_those_of_the_town_and_stay_so_once_it_was_surveyed(store, place, a_survey):
    with wording.in_time_zone(""):
        named = town.choose(store, "ปารีส", "Paris", "2.3,48.8,2.4,48.9", "office")
        assert (named.time_zone, town.read(store).time_zone) == ("Europe/Paris", "Europe/Paris")
        assert town.choose(store, "ปารีส", "", str(named.box), "office", time_zone="Etc/UTC").time_zone == "Etc/UTC"
        late = a_survey(observed_at=dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC))
        submit.submit(store, late, "somchai")
        wording.use_time_zone("")
        with connection.open_store(place) as again:
            assert wording.local_zone().key == "Etc/UTC"
            assert len(read.surveys(again, dt.date(2026, 3, 1))) == 1
            assert town.choose(again, "Paris", "", str(named.box), "office").time_zone == "Etc/UTC"
            with pytest.raises(errors.RefusedError) as refused:
                town.choose(again, "Paris", "", str(named.box), "office", time_zone="Asia/Bangkok")
            assert [one.kind for one in refused.value.problems] == [town.ZONE_IN_USE]


def test_a_zone_that_is_none_is_refused(store):
    with pytest.raises(errors.RefusedError, match="no time zone"):
        town.choose(store, "Paris", "", "2.3,48.8,2.4,48.9", "office", time_zone="Paris")


@pytest.mark.parametrize(
    ("name", "box", "problem"),
    [("", "1,2,3,4", town.NO_NAME), ("Paris", "1,2,3", town.NO_BOX), ("Paris", "3,2,1,4", town.NO_BOX)],
)
def test_a_town_without_name_or_box_is_refused(store, name, box, problem):
    with pytest.raises(errors.RefusedError) as refused:
        town.choose(store, name, "", box, "office")
    assert [one.kind for one in refused.value.problems] == [problem]


def test_sites_elsewhere_are_not_said_to_be_of_the_starter_town():
    assert town.assumed(sites(98.98, 18.79)) == town.Town()
    assert town.Town().metres(sites(98.98, 18.79)) == "EPSG:32647"
    assert town.assumed(sites(102.83, 16.43)) == town.starter()
