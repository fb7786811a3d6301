"""Anybody learns that the program works, or where its record went; not more."""

import datetime as dt
import json
from pathlib import Path

from app_pages.web import health
from audits import errors
from audits.store.accounts import sessions
from audits.store.db import connection, workspace


def test_health_names_the_place_of_a_record_that_moved_and_says_no_more_of_any_other_fault() -> None:
    moved = "/srv/jaidee.gpkg: this record moved to postgresql://db/jaidee; set JAIDEE_STORE"
    for fault, expected in (
        (errors.MovedError(moved), {"ok": False, "moved": moved}),
        (errors.StoreError("/srv/jaidee.gpkg: locked"), {"ok": False}),
    ):

        def refuse(error: Exception = fault) -> None:
            raise error

        answer = health.routes(refuse, health.RequestCounts())[0].endpoint(None)  # type: ignore[arg-type]
        assert (answer.status_code, json.loads(answer.body)) == (503, expected)


def test_metrics_count_the_wrong_passwords_of_a_day_and_no_request_of_the_public(tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    with connection.open_store(workspace.Workspace(tmp_path)) as store:
        sessions.count_attempt(store, "somchai", "192.0.2.1", now - dt.timedelta(days=3))
        assert _failed_sign_ins(store) == 0
        sessions.count_attempt(store, sessions.PUBLIC_FORM, "192.0.2.1", now)
        sessions.count_attempt(store, "somchai", "192.0.2.1", now)
        assert _failed_sign_ins(store) == sessions.wrong_attempts(store) == 1


def _failed_sign_ins(store: connection.Store) -> int:
    answer = health.routes(lambda: store, health.RequestCounts())[1].endpoint(None)  # type: ignore[arg-type]
    (line,) = [line for line in answer.body.decode().splitlines() if line.startswith("jaidee_failed_sign_ins")]
    return int(line.split()[1])
