"""Give the tests of the phone form the starter register's ramp sites and forms with a fixed version."""

from __future__ import annotations

import pytest

from audits import wording
from audits.demo import seed
from audits.field.forms import site_list, xlsform

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
    return {name: xlsform.xform(book, version="2026112200", **options) for name, options in VARIANTS.items()}
