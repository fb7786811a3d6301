"""Provide the phone form of the starter register, a store, and one way to read submissions and take them in."""

from __future__ import annotations

import dataclasses
import datetime as dt

import geopandas as gpd
import pandas as pd
import pytest

from audits import wording
from audits.demo import seed
from audits.field import known as known_room
from audits.field import receiving
from audits.field.odk import export_files, site_list, xlsform
from audits.rules import model
from audits.store.db import connection
from audits.store.register import register

NOW = dt.datetime(2026, 3, 3, 3, 0, tzinfo=dt.UTC)
VARIANTS = {
    "form": {},
    "map": {"with_map": True},
    "entities": {"entities": True},
    "map_entities": {"with_map": True, "entities": True},
    "ramp": {"kinds": ("ramp",)},
}


@pytest.fixture(scope="session")
def ramp_sites():
    sites = seed.starter_sites()
    return sites[sites["kind"] == "ramp"]


@pytest.fixture(scope="session")
def sites_csv(ramp_sites) -> bytes:
    return site_list.sites_csv(ramp_sites, seed.starter_elements(), wording.Wording("th"))


@pytest.fixture(scope="session")
def xforms(book) -> dict[str, str]:
    """Return every variant of the form, as phones run it."""
    return {
        name: xlsform.xform(xlsform.sheets(book, version="2026112200", **options)) for name, options in VARIANTS.items()
    }


@pytest.fixture(scope="session")
def starter() -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    sites, elements = seed.starter_sites(), seed.starter_elements()
    return sites.loc[["KK-001", "KK-002"]], elements[elements["site_code"].isin(["KK-001", "KK-002"])]


@pytest.fixture
def known(starter, book) -> known_room.Known:
    return known_room.Known(*starter, book, NOW)


@pytest.fixture
def store(place, starter):
    with connection.open_store(place) as opened:
        register.add_sites(opened, *starter, "admin", "starter register", NOW)
        yield opened


@dataclasses.dataclass(frozen=True)
class Office:
    """Read a file as the office does, and take it in."""

    store: connection.Store
    book: model.Criteria

    def read(self, content: bytes, file_name: str = "sent", kind: str = ""):
        found = kind or export_files.recognise(content, file_name)
        assert found is not None, "the file is not recognised"
        return export_files.read(content, file_name, found, known_room.of_store(self.store, self.book, NOW))

    def take(self, content: bytes, file_name: str = "sent"):
        return self.receive(self.read(content, file_name))

    def receive(self, delivery):
        words = wording.Wording("en")
        return receiving.receive(self.store, delivery, "สมหญิง", words=words, received_at=NOW)


@pytest.fixture
def office(store, book) -> Office:
    return Office(store, book)
