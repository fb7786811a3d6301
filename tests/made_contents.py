"""Build a small real audit to export: six sites of the starter register, a few measurements, hostile names."""

import dataclasses
import datetime as dt
import functools

import pandas as pd

from audits.demo import seed
from audits.reports import contents
from tests import made_records

CODES = ["KK-001", "KK-002", "KK-003", "KK-004", "KK-040", "SP-001"]
FORMULA = '=HYPERLINK("http://example.org","x")'
HOSTILE = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>'\"{{7*7}}<!--"
MEASURED = (
    ("KK-001", "running_slope_pct", 12.0, 0.2),
    ("KK-001", "clear_width_mm", 1500.0, 3.0),
    ("KK-002", "running_slope_pct", 5.0, 0.2),
    ("KK-004", "running_slope_pct", 12.0, 0.2),
)

OPTIONS = contents.Options(dt.date(2026, 3, 5))


def invented(record):
    """Say of a record that its surveys are invented."""
    return dataclasses.replace(record, demonstration=True)


def measurements():
    rows = [
        (code, f"{code}.ramp.1", quantity, value, uncertainty, pd.Timestamp("2026-03-02T18:30:00Z"))
        for code, quantity, value, uncertainty in MEASURED
    ]
    table = pd.DataFrame(rows, columns=["site_code", "element_id", "quantity", "value", "uncertainty", "observed_at"])
    written = table["value"].map(lambda value: f"{value:g}")
    return table.assign(as_written=written, review="approved", photo_sha256="")


@functools.cache
def record():
    """Return the audited record; copied before it is changed."""
    sites = seed.starter_sites().loc[CODES]
    sites.loc["KK-002", "position_note"] = FORMULA
    sites.loc["KK-003", ["name_th", "name_en"]] = HOSTILE
    sites.loc["KK-004", "geometry"] = None
    elements = seed.starter_elements()
    elements = elements.loc[elements["site_code"].isin(CODES)]
    return made_records.record_of(sites, elements, measurements(), as_of=dt.date(2026, 3, 4))
