"""Anybody learns that the program works, or where its record went; not more."""

import json

from app_pages.web import health
from audits import errors


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
