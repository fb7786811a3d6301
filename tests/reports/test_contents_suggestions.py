"""Working out all sites together changes nothing in what is suggested."""

import pandas as pd

from audits.demo import seed
from audits.reports import contents
from audits.scoring import next_measurement, readings
from tests import made_records

CODES = ["KK-001", "KK-002", "KK-040", "KK-041", "KK-042", "SP-001", "SP-002"]


def test_every_site_gets_what_it_would_get_alone(record):
    sites = seed.starter_sites().loc[CODES]
    elements = seed.starter_elements().query("site_code in @CODES")
    elements.loc["KK-041.kerb_ramp.1", "permitted_on"] = pd.Timestamp("2010-01-01")
    governed = readings.governing(record.measurements, record.criteria)
    some = made_records.record_of(sites, elements, record.measurements)
    alone = {
        code: next_measurement.at_site(code, setting, elements, governed, some.criteria, some.weights)
        for code, setting in sites["setting"].items()
    }
    together = dict(contents.suggestions(some))
    assert together == alone
    assert all(alone.values())


def test_a_site_without_elements_gets_nothing(record):
    sites = seed.starter_sites().loc[["KK-001"]]
    none = seed.starter_elements().iloc[:0]
    assert dict(contents.suggestions(made_records.record_of(sites, none, record.measurements))) == {"KK-001": []}
