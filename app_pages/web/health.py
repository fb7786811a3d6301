"""Tell anybody whether the program is well, and its figures to whoever looks after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from app_pages.web import auth_middleware
from audits import errors
from audits.store.db import connection, health


def routes(open_store: Callable[[], connection.Store], counts: auth_middleware.Counts) -> list[Route]:
    """Return the routes ``/health`` and ``/metrics``.

    Parameters
    ----------
    open_store
        Gives the open record.
    counts
        What the guard counted.
    """

    def told(_request: Request) -> Response:
        try:
            is_well = health.examine(open_store()).is_well
        except (errors.JaideeError, OSError):
            is_well = False
        return JSONResponse({"ok": is_well}, 200 if is_well else 503, {"cache-control": "no-store"})

    def figures(_request: Request) -> Response:
        lines = [*_of_record(health.examine(open_store())), *_of_requests(counts)]
        return PlainTextResponse("\n".join(lines) + "\n", headers={"cache-control": "no-store"})

    return [Route("/health", told, methods=["GET"]), Route("/metrics", figures, methods=["GET"])]


def _of_record(found: health.Health) -> Iterator[str]:
    yield from _figure("jaidee_surveys", "gauge", found.surveys)
    yield from _figure("jaidee_ledger_entries", "gauge", found.entries)
    yield from _figure("jaidee_guards_missing", "gauge", found.guards_missing)
    yield from _figure("jaidee_disk_free_bytes", "gauge", found.free_bytes)
    yield from _figure("jaidee_failed_sign_ins_of_a_day", "gauge", found.failed_sign_ins)


def _of_requests(counts: auth_middleware.Counts) -> Iterator[str]:
    yield "# TYPE jaidee_requests_total counter"
    for (part, status), times in sorted(counts.answered.items()):
        yield f'jaidee_requests_total{{part="{part}",status="{status}"}} {times}'
    yield "# TYPE jaidee_refused_total counter"
    for status, times in sorted(counts.refused.items()):
        yield f'jaidee_refused_total{{status="{status}"}} {times}'
    yield from _figure("jaidee_answering_seconds_total", "counter", round(counts.seconds, 3))
    yield from _figure("jaidee_open_pages", "gauge", counts.open_sockets)


def _figure(name: str, kind: str, value: float) -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    yield f"{name} {value}"
