import dataclasses
import datetime as dt
import functools
import io
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from PIL import Image

from audits import survey
from audits.store.db import connection, triggers, workspace
from audits.store.photos import photos
from audits.store.register import register

MORNING = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))
ARRIVAL = dt.datetime(2026, 3, 2, 12, 0, tzinfo=dt.UTC)


def two_sites() -> gpd.GeoDataFrame:
    """Return two sites in the columns of the register; the second has no zone and nobody knows where it is."""
    return gpd.GeoDataFrame(
        {
            "kind": ["ramp", "space"],
            "name_th": ["สำนักงานเทศบาล", "สวนสาธารณะ"],
            "name_en": ["Municipal office", "Public park"],
            "category": ["government", "park"],
            "setting": ["building", "park"],
            "street_th": ["ถนนประชาสำราญ", ""],
            "street_en": ["Pracha Samran Rd", ""],
            "zone": [1, None],
            "zone_basis": ["named", ""],
            "position_status": ["named", "presumed"],
            "position_accuracy_m": [30.0, None],
            "position_source": ["", ""],
            "position_note": ["", ""],
        },
        index=pd.Index(["KK-001", "SP-001"], name="code"),
        geometry=[shapely.Point(102.8295, 16.43001), None],
        crs=4326,
    )


def two_elements() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "site_code": ["KK-001", "SP-001"],
            "kind": ["ramp", "path"],
            "label": ["หน้าอาคาร", ""],
            "permitted_on": [dt.date(2010, 5, 1), None],
            "source": ["register", "register"],
        },
        index=pd.Index(["KK-001.ramp.1", "SP-001.path.1"], name="element_id"),
    )


@pytest.fixture
def new_sites() -> gpd.GeoDataFrame:
    return two_sites()


@pytest.fixture
def new_elements() -> pd.DataFrame:
    return two_elements()


@pytest.fixture(scope="session")
def laid_out_file(laid_out_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that holds the two sites and nothing else: a copy costs half of adding them."""
    folder = Path(shutil.copytree(laid_out_file, tmp_path_factory.mktemp("two_sites") / "work"))
    with connection.open_store(workspace.Workspace(folder)) as opened:
        _add(opened, two_sites(), two_elements())
    return folder


@pytest.fixture
def store(
    place: workspace.Workspace, new_sites: gpd.GeoDataFrame, new_elements: pd.DataFrame
) -> Iterator[connection.Store]:
    with connection.open_store(place) as opened:
        if place.is_shared:
            _add(opened, new_sites, new_elements)
        yield opened


def _add(store: connection.Store, sites: gpd.GeoDataFrame, elements: pd.DataFrame) -> None:
    register.add_sites(store, sites, elements, "admin", "starter register", added_at=ARRIVAL)


@pytest.fixture(scope="session")
def a_survey() -> Callable[..., survey.Survey]:
    """Return a builder of one whole survey, of which a test changes what it is about."""
    whole = survey.Survey(
        survey_id="uuid:1",
        site_code="KK-001",
        surveyor="สมชาย",
        observed_at=MORNING,
        source="web",
        form_version="v1",
        elements=(
            survey.Element("KK-001.ramp.1", "ramp", "หน้าอาคาร"),
            survey.Element("KK-001.parking.1", "parking", "ลานจอดรถ"),
        ),
        measurements=(
            survey.Measurement("KK-001.ramp.1", "running_slope_pct", 8.33, "1:12", "digital_level", 0.2, 1),
            survey.Measurement("KK-001.ramp.1", "running_slope_pct", 9.1, "9.1%", "digital_level", 0.2, 2),
            survey.Measurement("KK-001.ramp.1", "clear_width_mm", 900, "90 cm", "tape_measure", 3),
            survey.Measurement("KK-001.parking.1", "bay_width_mm", None, not_measured_because="blocked"),
        ),
        note="ฝนตก",
        latitude=16.43002,
        longitude=102.82951,
        accuracy_m=4.5,
    )

    def build(**changes: object) -> survey.Survey:
        return dataclasses.replace(whole, **changes)  # type: ignore[arg-type]

    return build


@pytest.fixture
def outsider(store: connection.Store) -> Iterator[sqlite3.Connection]:
    """Return the connection of another program: none of our settings."""
    raw = sqlite3.connect(store.workspace.store_path, isolation_level=None, timeout=30)
    yield raw
    raw.close()


@pytest.fixture
def intruder(outsider: sqlite3.Connection) -> sqlite3.Connection:
    """Return the connection of someone who takes the guards away."""
    for name in triggers.expected():
        outsider.execute(f"DROP TRIGGER {name}")
    outsider.execute("PRAGMA foreign_keys=OFF")
    return outsider


@pytest.fixture
def keep_photo(store: connection.Store) -> Callable[[str], str]:
    """Return what keeps a photo of one colour and gives its SHA-256."""
    return functools.partial(keep_photo_in, store)


def keep_photo_in(store: connection.Store, colour: str) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "PNG")
    return photos.keep(store, buffer.getvalue(), actor="somchai").sha256
