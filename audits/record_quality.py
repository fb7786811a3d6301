"""Work the quality of a record out from its store: agreement of surveyors, and the report for pages and exports."""

from __future__ import annotations

import datetime as dt

from audits import agreement, quality
from audits import record as records
from audits.store import connection, devices, holding, read


def worked_out(
    store: connection.Store, record: records.AuditedRecord, as_of: dt.date
) -> tuple[agreement.Agreement, quality.Quality]:
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
    held = holding.held_rows(store)
    still_open = int((held["decision"] == "").sum())
    found = agreement.run(record)
    of_devices = devices.calibrations(store).set_index("device_code")
    return found, quality.report(record, read.surveys(store), still_open, found, as_of, of_devices)
