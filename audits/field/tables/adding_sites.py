"""Add the new sites of a table to the register."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from audits import errors, roles
from audits.field.tables import sites_table
from audits.store.db import connection
from audits.store.register import register
from audits.store.surveys import read
from layers import distance

REGISTERED_MEANWHILE = errors.ProblemKind("IMPORT-001", "{code} was registered meanwhile as something else")
NOT_YOURS_TO_REGISTER = errors.ProblemKind(
    "IMPORT-005",
    "{code} is not in the register; correct the code if it is a typing error, or have an engineer bring in the table, "
    "who may register new sites",
)


def add(
    store: connection.Store,
    found: sites_table.SitesPreview,
    actor: str,
    reason: str,
    received_at: dt.datetime | None,
    held: dict[int, tuple[errors.Problem, ...]],
) -> frozenset[str]:
    """Add the sites that are still new; hold those registered otherwise meanwhile, or not this role's to register.

    Parameters
    ----------
    store
        An open store.
    found
        The sites of the table.
    actor, reason, received_at
        For the audit log.
    held
        The problems of each line that is held; takes those found here.

    Returns
    -------
    frozenset of str
        Codes of the sites that are new.
    """
    registered = read.sites(store)
    sites, elements = found.sites, found.elements
    still_new = ~sites.index.isin(registered.index)
    # between preview and commit somebody else may have used the same code
    others = {str(code) for code in sites.index[~still_new] if not _is_same(sites.loc[code], registered.loc[code])}
    for line, code in found.lines.items():
        if code in others:
            held[line] = (REGISTERED_MEANWHILE.at(f"row {line}", code=code),)
    fresh = sites.loc[still_new]
    # only the new sites wait for an engineer; visits of registered ones are taken in all the same
    if not roles.may(store.role, register.ADD):
        for line, code in found.lines.items():
            if code in fresh.index:
                held[line] = (NOT_YOURS_TO_REGISTER.at(f"row {line}", code=code),)
        fresh = fresh.iloc[:0]
    if len(fresh):
        of_fresh = elements.loc[elements["site_code"].isin(fresh.index)]
        register.add_sites(store, fresh, of_fresh, actor, reason, received_at)
    return frozenset(map(str, fresh.index))


def _is_same(sent: pd.Series, kept: pd.Series) -> bool:
    point, other = sent["geometry"], kept["geometry"]
    if (sent["name_th"], sent["name_en"]) != (kept["name_th"], kept["name_en"]) or other is None:
        return False
    return bool(distance.metres_between(point.x, point.y, other.x, other.y) <= sites_table.SAME_PLACE_M)
