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

from audits import errors
from audits.store.db import connection

SLOW_MODULES = ("folium", "geopandas", "pyogrio", "audits.scoring.run", "layers.web_map")


def of_store(
    open_store: Callable[[], connection.Store], prepare: Callable[[], object]
) -> Callable[[object], AbstractAsyncContextManager[dict[str, Any]]]:
    """Return the ASGI lifespan of an app on one store; `prepare` is called before there are readers."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
        for name in SLOW_MODULES:
            importlib.import_module(name)
        await run_in_threadpool(prepare)
        # what is loaded now stays for good: no collection need look at it again
        gc.freeze()
        # uvicorn would log the paths people ask for; jaidee.requests logs what is needed
        logging.getLogger("uvicorn.access").disabled = True
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        yield {}
        with contextlib.suppress(errors.JaideeError):
            open_store().close()

    return lifespan
