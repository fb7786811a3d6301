"""Work out what the first views of slow pages would, before there are readers who would wait for it."""

from __future__ import annotations

import datetime as dt
import importlib
import logging
import threading
from collections.abc import Callable

from app_pages import session
from app_pages.parts.plan import planning
from app_pages.session import cache
from audits import record as records
from audits import wording
from audits.store.db import connection
from layers import installation

PARTS = installation.PACKAGES / "app_pages" / "parts"


def begin() -> threading.Thread:
    """Import what the pages are made of, while the only reader opens the browser."""
    importing = threading.Thread(target=_import_parts, daemon=True)
    importing.start()
    return importing


def prepare(open_store: Callable[[], connection.Store]) -> None:
    """Audit the record, and work out its quality and the plan that the pages open with, for many readers at once."""
    _import_parts()
    try:
        context = _of_nobody(open_store())
        record = context.record()
        cache.trust(context.store, record, context.today)
        planning.prepare(context, record)
    except Exception as fault:
        # whatever it is, the pages explain it to their readers: a server that does not start explains nothing
        logging.getLogger("jaidee.start").warning("first views were not prepared: %s", type(fault).__name__)


def _of_nobody(store: connection.Store) -> session.Context:
    """Return the context of a reader of the record before there is one."""
    wording.use_time_zone(cache.town(store).time_zone)
    return session.Context(
        words=wording.Wording("th"),
        workspace=store.workspace,
        store=store,
        criteria=records.criteria_of(store),
        weights=records.weights_of(store.workspace),
        demonstration=connection.kind(store) == cache.DEMONSTRATION,
        today=dt.datetime.now(wording.local_zone()).date(),
    )


def _import_parts() -> None:
    """Import all parts: readers who come at once would all wait for each other's imports."""
    for file in sorted(PARTS.rglob("*.py")):
        path = file.relative_to(PARTS.parents[1]).with_suffix("")
        importlib.import_module(".".join(path.parts))
