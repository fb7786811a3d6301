"""Load what the first reader would wait for, and close the store after the last one."""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.concurrency import run_in_threadpool

from app_pages.session import cache
from audits import errors
from audits import record as records
from audits.scoring import run
from audits.store.db import connection

SLOW_MODULES = ("folium", "geopandas", "pyogrio", "audits.scoring.run", "layers.web_map")


def of_store(
    open_store: Callable[[], connection.Store], *, shared: bool
) -> Callable[[object], AbstractAsyncContextManager[dict[str, Any]]]:
    """Return the ASGI lifespan of an app on one store; `shared` says that others read too, and many at once."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
        for name in SLOW_MODULES:
            importlib.import_module(name)
        if shared:
            await run_in_threadpool(_audit, open_store)
        # what is loaded now stays for good: no collection need look at it again
        gc.freeze()
        # uvicorn would log the paths people ask for; jaidee.requests logs what is needed
        logging.getLogger("uvicorn.access").disabled = True
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        yield {}
        with contextlib.suppress(errors.JaideeError):
            open_store().close()

    return lifespan


def _audit(open_store: Callable[[], connection.Store]) -> None:
    """Audit the record as the first view of every page does, before there are readers who would wait."""
    # a record that does not open is for the pages to explain
    with contextlib.suppress(errors.JaideeError):
        store = open_store()
        weights = records.weights_of(store.workspace)
        cache.record(store, records.criteria_of(store), weights, run.BY_PERMIT_DATE, None, False)
        cache.town(store)
