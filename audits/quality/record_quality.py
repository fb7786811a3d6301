"""Work the quality of a record out from its store: agreement of surveyors, and the report for pages and exports."""

from __future__ import annotations

import datetime as dt

from audits import record as records
from audits.quality import agreement, report
from audits.store.db import connection
from audits.store.register import devices
from audits.store.surveys import quarantine, read


def worked_out(
    store: connection.Store, record: records.AuditedRecord, as_of: dt.date
) -> tuple[agreement.Agreement, report.Quality]:
    """Return how far surveyors agree, and how far the record can be trusted.

    Parameters
    ----------
    store
        An open store, for its surveys, its held rows and its devices.
    record
        What counts in it, judged.
    as_of
        Day of the report.
    """
    held = quarantine.held_rows(store)
    still_open = int((held["decision"] == "").sum())
    found = agreement.run(record)
    of_devices = devices.calibrations(store).set_index("device_code")
    return found, report.report(record, read.surveys(store), still_open, found, as_of, of_devices)
