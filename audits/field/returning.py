"""Recognise the channel of a returned file by its content, and read it."""

from __future__ import annotations

import datetime as dt

from audits.field import arrivals, known
from audits.field.kit import file as kit_file
from audits.field.kit import store as kit_store
from audits.field.odk import export_files
from audits.field.qfield import returning as qfield_returning
from audits.field.qfield import unpacking
from audits.rules import model
from audits.store.db import connection


def read_file(
    content: bytes, file_name: str, store: connection.Store, criteria: model.Criteria, now: dt.datetime
) -> arrivals.Delivery | None:
    """Read a returned file; None when it is of no field channel and may be a table.

    Parameters
    ----------
    content, file_name
        The file as it was sent; its content decides.
    store
        An open store, for the register, the devices and the versions known.
    criteria
        The criteria.
    now
        Instant of arrival.

    Raises
    ------
    audits.errors.RefusedError
        If it is of a known channel and cannot be read as a whole.
    """
    against = known.of_store(store, criteria, now, kit_store.workspace_id(store))
    # by what only this channel writes, the cheapest look first; a zip may be from QField or from a server
    if kit_file.is_kit(content):
        return kit_file.read(content, file_name, against)
    if unpacking.is_qfield(content):
        return qfield_returning.read(content, file_name, against)
    kind = export_files.recognise(content, file_name)
    return None if kind is None else export_files.read(content, file_name, kind, against)
