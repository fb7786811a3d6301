"""Keep the ramp designs of a site: every version stays, and at most one later version replaces each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd
import sqlalchemy as sa

from audits import errors
from audits.store.audit_log import events, hash_chain
from audits.store.db import connection, frames, schema

ACTION = "design.save"
COLUMNS = {
    **dict.fromkeys(("design_id", "site_code", "element_id", "title", "content", "saved_by"), "str"),
    "saved_at": frames.INSTANT,
    **dict.fromkeys(("supersedes", "superseded_by"), "str"),
}

UNKNOWN_SITE = errors.ProblemKind("STORE-571", "The site {code} is not in the register; choose one that is.")
OTHER_ELEMENT = errors.ProblemKind(
    "STORE-572", "The element {element_id} is not at the site {code}; choose one that is, or none."
)
NO_TITLE = errors.ProblemKind("STORE-573", "Give the design a title, such as the place of the ramp.")
NO_AUTHOR = errors.ProblemKind("STORE-574", "Say who saves the design: a name or staff number.")
UNKNOWN_DESIGN = errors.ProblemKind("STORE-575", "The site has no design {design_id} that could be replaced.")
REPLACED = errors.ProblemKind(
    "STORE-576", "The design {design_id} was replaced by {newer} meanwhile; look at that one, then save again."
)


def save(
    store: connection.Store,
    site_code: str,
    title: str,
    content: Mapping[str, object],
    actor: str,
    *,
    element_id: str = "",
    supersedes: str = "",
    saved_at: dt.datetime | None = None,
) -> str:
    """Keep one design as a new version and return its id, such as ``KK-001.design.2``.

    The content is that of :func:`audits.ramps.design_record.content`. `element_id` is the element that the design
    rebuilds, empty for a new ramp; `supersedes` the id of the version that it replaces, empty for a first one.

    Raises
    ------
    audits.errors.RefusedError
        With every problem: no title, no author, an unknown site, an element or an earlier version of another site.
    """
    with connection.writing(store) as records:
        problems = _problems(records, site_code, element_id, supersedes)
        problems += [NO_TITLE.at("title")] if not title.strip() else []
        problems += [NO_AUTHOR.at("saved_by")] if not actor.strip() else []
        if problems:
            raise errors.RefusedError(tuple(problems))
        # rows are never deleted, so their count gives the next number
        known = sa.select(sa.func.count()).where(schema.design.c.site_code == site_code)
        values = {
            "design_id": f"{site_code}.design.{records.execute(known).scalar_one() + 1}",
            "site_code": site_code,
            "element_id": element_id,
            "title": title.strip(),
            "content": hash_chain.canonical(content),
            "supersedes": supersedes or None,
        }
        events.add(records, ACTION, values, actor.strip(), saved_at)
    return str(values["design_id"])


def of_site(store: connection.Store, site_code: str) -> pd.DataFrame:
    """Return every design kept of a site, newest first.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS`: ``content`` is JSON, ``saved_at`` an instant (UTC), ``supersedes`` and
        ``superseded_by`` are empty when there is none.
    """
    one, newer = schema.design, schema.design.alias("newer")
    computed = {
        "supersedes": sa.func.coalesce(one.c.supersedes, ""),
        "superseded_by": sa.func.coalesce(newer.c.design_id, ""),
    }
    query = (
        sa.select(*((computed[name] if name in computed else one.c[name]).label(name) for name in COLUMNS))
        .select_from(one.outerjoin(newer, newer.c.supersedes == one.c.design_id))
        .where(one.c.site_code == site_code)
        .order_by(one.c.fid.desc())
    )
    return frames.frame(frames.rows(store, query), COLUMNS)


def _problems(records: sa.Connection, site_code: str, element_id: str, supersedes: str) -> list[errors.Problem]:
    element, design = schema.element.c, schema.design.c
    if not connection.exists(records, schema.site.c.code == site_code):
        return [UNKNOWN_SITE.at("site_code", code=site_code)]
    found = []
    if element_id and not connection.exists(records, element.element_id == element_id, element.site_code == site_code):
        found.append(OTHER_ELEMENT.at("element_id", element_id=element_id, code=site_code))
    if supersedes and not connection.exists(records, design.design_id == supersedes, design.site_code == site_code):
        found.append(UNKNOWN_DESIGN.at("supersedes", design_id=supersedes))
    elif supersedes:
        newer = records.execute(sa.select(design.design_id).where(design.supersedes == supersedes)).scalar()
        found += [] if newer is None else [REPLACED.at("supersedes", design_id=supersedes, newer=newer)]
    return found
