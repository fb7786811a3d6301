"""Seed a municipality's record with the starter register."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from audits import errors
from audits.store.audit_log import hash_chain
from audits.store.db import connection
from audits.store.register import checks, register
from audits.store.surveys import read
from layers import sources

REASON = "ทะเบียนเริ่มต้น / starter register"

NOT_EMPTY = errors.ProblemKind(
    "BEGIN-001", "The register holds {count} sites already; the starter register is for a new workspace only."
)


@dataclass(frozen=True)
class Seeded:
    """Numbers added, and the head of the audit log after it."""

    sites: int
    elements: int
    head: hash_chain.Head


def with_starter_register(store: connection.Store, actor: str, added_at: dt.datetime | None = None) -> Seeded:
    """Put the starter register into an empty store, in one transaction.

    Parameters
    ----------
    store
        An open store without sites.
    actor
        Actor for the audit log.
    added_at
        Instant; now when None.

    Returns
    -------
    Seeded
        The numbers added.

    Raises
    ------
    audits.errors.RefusedError
        When the register is not empty.
    layers.errors.LayerError
        When the data folder lacks the starter register, or it breaks its contract.
    """
    known = len(read.sites(store))
    if known:
        raise errors.RefusedError((NOT_EMPTY.at(str(store.workspace.folder), count=known),))
    sites, elements = starter_sites(), starter_elements()
    head = register.add_sites(store, sites, elements, actor, REASON, added_at)
    return Seeded(len(sites), len(elements), head)


def starter_sites() -> gpd.GeoDataFrame:
    """Starter sites in the columns of the register: index ``code``, points EPSG:4326."""
    table = sources.starter_sites().set_index("code")
    notes = table["position_note_th"] + " / " + table["position_note_en"]
    return table.assign(position_note=notes)[[*checks.SITE_COLUMNS, "geometry"]]


def starter_elements() -> pd.DataFrame:
    """Elements expected at the starter sites in the columns of the register, index ``element_id``.

    The label stays empty until a surveyor gives one: *expected, to be confirmed* would soon be untrue there, and
    nobody could correct it.
    """
    table = sources.starter_elements().set_index("element_id")
    permitted = pd.to_datetime(table["permitted_on"].replace("", None))
    return table.assign(label="", permitted_on=permitted, source="register")[list(checks.ELEMENT_COLUMNS)]
