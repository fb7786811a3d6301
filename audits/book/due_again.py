"""Ask every question of a site that is due to be surveyed again, as a new survey does, beside what was answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from audits import record as records
from audits import wording
from audits.reports import site_report
from audits.rules import asked_quantity
from audits.scoring import next_measurement, questions, run
from audits.works import begun, fix_states

Place = tuple[str, str]
"""Element and quantity."""


def since(record: records.AuditedRecord, today: dt.date) -> Mapping[str, dt.date]:
    """Return the day since when each overdue site of a record is due, by its code."""
    due = fix_states.resurveys(begun.last_surveyed(record).loc[record.sites.index], today)
    return {str(code): day for code, day in due.loc[due["overdue"].astype(bool), "due_on"].items()}


def asked(record: records.AuditedRecord, code: str) -> pd.DataFrame:
    """List what a new survey of a site asks before anything is answered, in asking order, thing by thing.

    Returns
    -------
    pandas.DataFrame
        Columns ``element_id``, ``quantity``, ``time_min``, ``reason``.
    """
    rows = list(_asked(record, code))
    table = pd.DataFrame(rows, columns=["element_id", "quantity", "time_min"])
    # no question here is asked for a price alone
    return table.assign(reason=next_measurement.SCORE)


def _asked(record: records.AuditedRecord, code: str) -> Iterator[tuple[str, str, float]]:
    here, setting = record.elements.loc[record.elements["site_code"] == code], str(record.sites["setting"][code])
    for element_id, element in here.iterrows():
        permitted = run.day_of(element["permitted_on"])
        rules, _ = run.rules_for(record.criteria, element["kind"], permitted, setting)
        for quantity in questions.that_apply(record.criteria, element["kind"], rules, {}):
            yield str(element_id), quantity.quantity_id, quantity.minutes


def before(record: records.AuditedRecord, codes: Collection[str], words: wording.Wording) -> dict[Place, str]:
    """Say what was answered the last time at some sites, by element and quantity, in the units of the boxes."""
    known = record.governing
    known = known.loc[known["site_code"].isin(codes)].dropna(subset="value")
    found = dict[Place, str]()
    for (element_id, quantity), values in known.groupby(["element_id", "quantity"])["value"]:
        asked = record.criteria.quantities[str(quantity)]
        asked_of, factor = asked_quantity.in_unit(asked, record.criteria.units.length)
        # readings that read alike are shown once
        shown = dict.fromkeys(site_report.quantity_text(value * factor, asked_of, words) for value in values)
        found[str(element_id), str(quantity)] = words.text("earlier: {value}", value=" · ".join(shown))
    return found
