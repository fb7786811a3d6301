"""Report whether the program works to anybody, and its metrics to those who look after it."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from audits import errors
from audits.store.accounts import sessions
from audits.store.db import connection, health

NO_STORE = {"cache-control": "no-store"}


@dataclass
class RequestCounts:
    """Requests answered since the start, by area of the program and status."""

    answered: collections.Counter[tuple[str, int]] = field(default_factory=collections.Counter)
    refused: collections.Counter[int] = field(default_factory=collections.Counter)
    seconds: float = 0.0
    open_sockets: int = 0


def routes(open_store: Callable[[], connection.Store], counts: RequestCounts) -> list[Route]:
    """Return the routes ``/health`` and ``/metrics``; `counts` are those of the auth middleware."""

    def report(_request: Request) -> Response:
        # what is wrong is for the administrator; anybody learns only that something is, or where the record went
        answer: dict[str, object] = {"ok": False}
        try:
            answer["ok"] = health.examine(open_store()).is_well
        except errors.MovedError as moved:
            answer["moved"] = str(moved)
        except (errors.JaideeError, OSError):
            pass
        return JSONResponse(answer, 200 if answer["ok"] else 503, NO_STORE)

    def metrics(_request: Request) -> Response:
        store = open_store()
        failures = _metric("jaidee_failed_sign_ins_of_a_day", "gauge", sessions.wrong_attempts(store))
        lines = [*_store_metrics(health.examine(store)), *failures, *_request_metrics(counts)]
        return PlainTextResponse("\n".join(lines) + "\n", headers=NO_STORE)

    return [Route("/health", report, methods=["GET"]), Route("/metrics", metrics, methods=["GET"])]


def _store_metrics(found: health.Health) -> Iterator[str]:
    yield from _metric("jaidee_surveys", "gauge", found.surveys)
    yield from _metric("jaidee_ledger_entries", "gauge", found.entries)
    yield from _metric("jaidee_guards_missing", "gauge", found.guards_missing)
    yield from _metric("jaidee_disk_free_bytes", "gauge", found.free_bytes)


def _request_metrics(counts: RequestCounts) -> Iterator[str]:
    yield "# TYPE jaidee_requests_total counter"
    for (area, status), times in sorted(counts.answered.items()):
        yield f'jaidee_requests_total{{part="{area}",status="{status}"}} {times}'
    yield "# TYPE jaidee_refused_total counter"
    for status, times in sorted(counts.refused.items()):
        yield f'jaidee_refused_total{{status="{status}"}} {times}'
    yield from _metric("jaidee_answering_seconds_total", "counter", round(counts.seconds, 3))
    yield from _metric("jaidee_open_pages", "gauge", counts.open_sockets)


def _metric(name: str, kind: str, value: float) -> Iterator[str]:
    yield f"# TYPE {name} {kind}"
    yield f"{name} {value}"
