"""A small real book: seven sites of the starter register, few measurements, a hostile name, a site without a place."""

import datetime as dt

import pandas as pd
import pytest

from audits.book import book
from audits.demo import seed
from audits.reports import contents
from tests import made_records

OPTIONS = contents.Options(dt.date(2026, 3, 5))
HEAD = f"7:{'0a1b2c3d' * 8}"
CODES = ["KK-001", "KK-002", "KK-003", "KK-004", "KK-040", "KK-041", "SP-001"]
HOSTILE = '#image("x") *b* $y$ @r <l> \\ `c`'
MEASURED = (
    ("KK-001", "running_slope_pct", 12.0, 0.2),
    ("KK-001", "clear_width_mm", 1500.0, 3.0),
    ("KK-001", "handrail_present", 1.0, 0.0),
    ("KK-001", "surface_slip_resistant", 1.0, 0.0),
    ("KK-002", "running_slope_pct", 5.0, 0.2),
    ("KK-004", "running_slope_pct", 12.0, 0.2),
)


@pytest.fixture(scope="session")
def record():
    sites = seed.starter_sites().loc[CODES]
    sites.loc["KK-003", ["name_th", "name_en"]] = HOSTILE
    sites.loc["KK-004", "geometry"] = None
    elements = seed.starter_elements()
    elements = elements.loc[elements["site_code"].isin(CODES)]
    rows = [
        (code, f"{code}.ramp.1", quantity, value, uncertainty, pd.Timestamp("2026-03-02T18:30:00Z"))
        for code, quantity, value, uncertainty in MEASURED
    ]
    names = ["site_code", "element_id", "quantity", "value", "uncertainty", "observed_at"]
    measured = pd.DataFrame(rows, columns=names)
    return made_records.record_of(sites, elements, measured, head=HEAD, demonstration=True)


@pytest.fixture(scope="session")
def in_thai(record, thai):
    return contents.contents(record, thai, options=OPTIONS)


@pytest.fixture(scope="session")
def in_english(record, english):
    return contents.contents(record, english, options=OPTIONS)


@pytest.fixture(scope="session")
def thai_book(in_thai, thai):
    return book.book(in_thai, thai)


@pytest.fixture(scope="session")
def english_book(in_english, english):
    return book.book(in_english, english, app_address="https://audit.example.go.th/")
