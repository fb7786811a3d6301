"""Keep the plans that a municipality made, each with its certificate and the model it was made from."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from audits import errors, roles
from audits.store.audit_log import events
from audits.store.db import connection, durable_files, frames, schema
from audits.store.register import municipal_choices
from audits.store.requests import requests
from audits.store.works import contracts, designs, fix_steps

ACTION = "plan.save"
PREFIX = "plan."
COLUMNS = {
    **dict.fromkeys(("plan_id", "title", "content", "saved_by"), "str"),
    "saved_at": frames.INSTANT,
    **{"head": "str", "entries_since": "int64"},
}

# entries of these actions cannot make today's plan another one; a contract can, what is paid for it cannot
BESIDE_THE_PLAN = (
    ACTION,
    "account.set",
    "account.unlock",
    "account.sign_out",
    "technician.secret",
    contracts.PROGRESS,
    contracts.PAYMENT,
    *requests.ACTIONS,
)
_SETTINGS = (*municipal_choices.NO_FIGURES, municipal_choices.PUBLIC_REQUESTS, municipal_choices.LICENCE)

NO_TITLE = errors.ProblemKind("STORE-681", "Give the plan a title, such as the year of the budget.")
NO_AUTHOR = errors.ProblemKind("STORE-682", "Say who saves the plan: a name or staff number.")
UNKNOWN_PLAN = errors.ProblemKind("STORE-684", "There is no plan {plan_id} in this record; choose one of the list.")


@dataclass(frozen=True)
class Saved:
    """A plan as it was kept.

    Certificate and model are JSON text; the model is empty where its file is no longer in the workspace. `head` is that
    of the record when it was kept, ``sequence:digest``; `entries_since` counts those that can change a plan.
    """

    plan_id: str
    title: str
    saved_by: str
    saved_at: dt.datetime
    certificate: str
    model: str
    head: str
    entries_since: int


def save(
    store: connection.Store,
    title: str,
    certificate: str,
    model: str,
    actor: str,
    *,
    problems: Sequence[errors.Problem] = (),
    saved_at: dt.datetime | None = None,
) -> str:
    """Keep one plan and return its id, such as ``plan.3``.

    The certificate goes into the record; the model, named by its digest in the certificate, into a file beside it; both
    are JSON text. `problems` were found in them by the caller, and are refused together with those found here.

    Raises
    ------
    errors.RefusedError
        Without title or author, and with the problems given.
    errors.NotAllowedError
        When this role may not keep plans.
    """
    roles.require(store.role, ACTION)
    found = [] if title.strip() else [NO_TITLE.at("plan_title")]
    found += [] if actor.strip() else [NO_AUTHOR.at("saved_by")]
    if found or problems:
        raise errors.RefusedError((*found, *problems))
    with connection.writing(store) as records:
        known = records.execute(sa.select(sa.func.count()).select_from(schema.plan)).scalar_one()
        values = {
            "plan_id": f"{PREFIX}{known + 1}",
            "title": title.strip(),
            "content": certificate,
        }
        events.add(records, ACTION, values, actor.strip(), saved_at)
        # Inside the transaction, so that a full disk undoes the row too; without a
        # time in its head, the same model gives the same bytes.
        durable_files.write(_model_path(store, certificate), gzip.compress(model.encode(), mtime=0))
    return str(values["plan_id"])


def listed(store: connection.Store) -> pd.DataFrame:
    """Return every plan kept, newest first.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS`: ``content`` is the certificate, ``saved_at`` an instant (UTC), ``head`` and
        ``entries_since`` as of :class:`Saved`.
    """
    return frames.frame(_rows(store), COLUMNS)


def one(store: connection.Store, plan_id: str) -> Saved:
    """Return a plan that was kept.

    Raises
    ------
    errors.RefusedError
        When there is none of this name.
    """
    rows = _rows(store, plan_id)
    if not rows:
        raise errors.RefusedError((UNKNOWN_PLAN.at("plan", plan_id=plan_id),))
    row = rows[0]
    certificate = str(row.pop("content"))
    return Saved(certificate=certificate, model=_model(store, certificate), **row)


def _rows(store: connection.Store, plan_id: str | None = None) -> list[dict[str, Any]]:
    kept, saved, since = schema.plan.c, schema.ledger.c, schema.ledger.alias("since").c
    entries = sa.select(sa.func.count()).where(since.sequence > saved.sequence, *_moves_on(since)).scalar_subquery()
    query = (
        sa.select(
            *(kept[name] for name in list(COLUMNS)[:5]), saved.sequence, saved.previous, entries.label("entries_since")
        )
        .select_from(schema.plan.join(schema.ledger, sa.and_(saved.entity_id == kept.plan_id, saved.action == ACTION)))
        .order_by(kept.fid.desc())
    )
    if plan_id is not None:
        query = query.where(kept.plan_id == plan_id)
    rows = frames.rows(store, query)
    for row in rows:
        # the plan rests on the link before that of its own entry
        row["head"] = f"{row.pop('sequence') - 1}:{row.pop('previous')}"
    return rows


def _moves_on(entry: sa.ColumnCollection[str, Any]) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions for an entry to be one that can make today's plan another one."""
    yield entry.action.not_in(BESIDE_THE_PLAN)
    step, design = schema.fix_step.c, schema.design.c
    # by their rows, since not every role may read what an entry holds
    ends = step.step.in_((fix_steps.BUILT, fix_steps.ACCEPTED, fix_steps.DROPPED))
    mine = step.fix_id == entry.entity_id, step.recorded_at == entry.happened_at
    yield sa.or_(entry.action != fix_steps.ACTION, sa.exists().where(ends, *mine))
    of_element = sa.exists().where(design.design_id == entry.entity_id, design.element_id != "")
    yield sa.or_(entry.action != designs.ACTION, of_element)
    yield sa.or_(entry.action != municipal_choices.ACTION, entry.entity_id.not_in(_SETTINGS))


def _model_path(store: connection.Store, certificate: str) -> Path:
    digest = json.loads(certificate)["town_sha256"]
    return store.workspace.folder / "plans" / f"{digest}.json.gz"


def _model(store: connection.Store, certificate: str) -> str:
    path = _model_path(store, certificate)
    try:
        return gzip.decompress(path.read_bytes()).decode()
    except (OSError, EOFError, ValueError):
        return ""
