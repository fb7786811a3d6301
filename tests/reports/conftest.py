"""Give the tests of reports the small audit of made_contents.py, and its contents in Thai."""

import pytest

from audits import wording
from audits.reports import contents
from tests import made_contents


@pytest.fixture(scope="session")
def record():
    return made_contents.record()


@pytest.fixture(scope="session", params=["th", "en"])
def words(request):
    return wording.Wording(request.param)


@pytest.fixture(scope="session")
def exported(record, thai):
    return contents.contents(record, thai, options=made_contents.OPTIONS)


@pytest.fixture(scope="session")
def demonstrated(record, thai):
    return contents.contents(made_contents.invented(record), thai, options=made_contents.OPTIONS)
