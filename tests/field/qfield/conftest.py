"""A package for a small real register, and a phone that writes rows into it as QField does."""

import dataclasses
import datetime as dt
import io
import sqlite3
import uuid
import zipfile
from contextlib import closing

import pandas as pd
import pytest
import shapely

from audits import wording
from audits.demo import seed
from audits.field import known
from audits.field.qfield import package, returning
from audits.formats import geopackage
from audits.reports import contents as contents_room
from tests import made_records

CODES = ["KK-001", "KK-002", "KK-004", "SP-001"]
TODAY = dt.date(2026, 3, 6)
FOLDER = "jaidee-trip-1"
RAMP = {
    "site_code": "KK-001",
    "element_kind": "ramp",
    "element_number": 1,
    "surveyor": "สมชาย ใจดี",
    "observed_at": "2026-03-05T16:39:35.000",
    "photo_has_person": 0,
}


def _record():
    sites = seed.starter_sites().loc[CODES]
    sites.loc["KK-004", "geometry"] = None
    elements = seed.starter_elements()
    elements = elements.loc[elements["site_code"].isin(CODES)]
    row = ("KK-001", "KK-001.ramp.1", "running_slope_pct", 12.0, 0.2, pd.Timestamp("2026-03-02T18:30:00Z"))
    names = ["site_code", "element_id", "quantity", "value", "uncertainty", "observed_at"]
    measured = pd.DataFrame([row], columns=names)
    return made_records.record_of(sites, elements, measured)


@pytest.fixture(scope="session")
def record():
    return _record()


@pytest.fixture(scope="session")
def make_contents(record):
    def make(words, *, demonstration=False, codes=None):
        made = dataclasses.replace(record, demonstration=demonstration)
        options = contents_room.Options(dt.date(2026, 3, 5))
        return contents_room.contents(made, words, options=options, codes=codes)

    return make


@pytest.fixture(scope="session")
def contents(make_contents, thai):
    return make_contents(thai)


@pytest.fixture(scope="session")
def packed(contents, thai):
    return package.packed(contents, thai, trip="trip-1")


@pytest.fixture(scope="session")
def table_file(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return archive.read(f"{FOLDER}/field.gpkg")


@pytest.fixture(scope="session")
def project_file(packed):
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as archive,
        zipfile.ZipFile(io.BytesIO(archive.read(f"{FOLDER}/jaidee.qgz"))) as project,
    ):
        return project.read("jaidee.qgs")


class Phone:
    """One trip: rows are written as the form would, the photos lie beside."""

    def __init__(self, packed, folder):
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            archive.extractall(folder)
        self.folder = folder / FOLDER
        self.path = self.folder / "field.gpkg"

    def add(self, place=(102.8231, 16.4251), **cells):
        """Write one row and return its number; a ramp measured by สมชาย unless the cells say else."""
        row = (
            {"uuid": str(uuid.uuid4()), "geom": geopackage.encode(shapely.Point(*place)) if place else None}
            | RAMP
            | cells
        )
        names = ", ".join(f'"{name}"' for name in row)
        with closing(sqlite3.connect(self.path)) as file, file:
            insert = f"INSERT INTO field_survey ({names}) VALUES ({', '.join('?' * len(row))})"
            return file.execute(insert, tuple(row.values())).lastrowid

    def run(self, statement):
        with closing(sqlite3.connect(self.path)) as file, file:
            file.execute(statement)

    def table(self):
        return self.path.read_bytes()

    def zipped(self, files=None, *, leave_out=(), prefix=f"{FOLDER}/"):
        target = io.BytesIO()
        kept = {each.name: each.read_bytes() for each in self.folder.iterdir() if each.name not in leave_out}
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (kept | (files or {})).items():
                archive.writestr(prefix + name, content)
        return target.getvalue()


@pytest.fixture
def phone(packed, tmp_path):
    return Phone(packed, tmp_path)


@pytest.fixture
def sent(record):
    """Read what came back, against the register of the package."""

    def read(content, *, sites=None, today=TODAY):
        sites = record.sites if sites is None else sites
        now = dt.datetime.combine(today, dt.time(12), wording.BANGKOK)
        return returning.read(content, "trip.zip", known.Known(sites, record.elements, record.criteria, now))

    return read
