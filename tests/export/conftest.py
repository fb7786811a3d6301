"""Give the tests of exports what the tests of reports use."""

from tests.reports.conftest import demonstrated, exported, record, words

__all__ = ["demonstrated", "exported", "record", "words"]
