"""Find the record that an edited submission belongs to, for servers that name only the version before."""

from __future__ import annotations

from audits import errors
from audits.store.db import connection
from audits.store.surveys import read


def root_of(store: connection.Store, survey_id: str) -> str:
    """Return the root of a survey in the record; `survey_id` itself when it is not here or has no other.

    Parameters
    ----------
    store
        An open store.
    survey_id
        Id of one version.
    """
    try:
        return read.survey(store, survey_id).root_id or survey_id
    except errors.StoreError:
        return survey_id
