"""What a browser cannot load or run is kept for the administrator, once, and without anything that somebody wrote."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from app_pages.web import auth_middleware, browser_faults, permissions
from audits import settings, wording
from audits.doctor import checks
from audits.store import incidents
from audits.store.db import connection, workspace
from tests.app_pages.web import asgi


@pytest.fixture
def store(tmp_path):
    with connection.open_store(workspace.Workspace(tmp_path)) as opened:
        yield opened


def _ask(store: connection.Store, path: str, **options: object) -> int:
    guard = Middleware(auth_middleware.AuthMiddleware, lambda: store, settings.Settings())
    return asgi.ask(Starlette(routes=browser_faults.routes(lambda: store), middleware=[guard]), path, **options).status


def _report(store: connection.Store, body: object) -> int:
    parts = [json.dumps(body).encode()]
    return _ask(store, permissions.BROWSER_FAULT_PATH, method="POST", parts=parts)


def _kept(store: connection.Store) -> list[tuple[str, str]]:
    since = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    return [(one.where, one.what) for one in incidents.since(store.workspace, since)]


def _errors(store: connection.Store) -> checks.Check:
    return next(one for one in checks.examine(store, {}, dt.datetime.now(dt.UTC)) if one.name == "errors")


def test_a_script_that_stops_is_an_error_of_its_page(store: connection.Store) -> None:
    assert _errors(store).ok
    assert _report(store, {"page": "city_map", "what": "TypeError map.js:12"}) == 204
    assert _kept(store) == [("Map", "TypeError map.js:12")]
    assert not _errors(store).ok
    line = _errors(store).lines(wording.Wording("th"))[0]
    assert "แผนที่" in line
    assert "บางส่วนของหน้าว่าง" in line


def test_many_open_pages_report_one_fault_once_and_nobody_fills_the_file(store: connection.Store) -> None:
    for _ in range(3):
        _report(store, {"page": "site", "what": "component"})
    assert len(_kept(store)) == 1
    for number in range(2 * incidents.MOST_AN_HOUR):
        _report(store, {"page": "site", "what": f"TypeError map.js:{number}"})
    assert len(_kept(store)) == incidents.MOST_AN_HOUR


@pytest.mark.parametrize(
    "body",
    [
        {"page": "site", "what": "Somchai of house 12 cannot walk"},
        {"page": "site", "what": "TypeError <b>.js:1"},
        {"page": "site", "what": ""},
        {"page": "site"},
        ["what"],
        "what",
    ],
)
def test_what_is_no_fault_of_a_browser_is_refused(store: connection.Store, body: object) -> None:
    assert _report(store, body) == 400
    assert _kept(store) == []


def test_a_page_that_nobody_knows_is_kept_without_its_name(store: connection.Store) -> None:
    assert _report(store, {"page": "somchai", "what": "Error"}) == 204
    assert _kept(store) == [("page", "Error")]


def test_a_missing_file_counts_when_our_own_page_needs_it(store: connection.Store) -> None:
    address = "/component/streamlit_folium.st_folium/index.html"
    assert _ask(store, address) == 404
    assert _ask(store, f"{address}.map", sec_fetch_site="same-origin") == 404
    assert _ask(store, "/somebody/tries", sec_fetch_site="same-origin") == 404
    assert _kept(store) == []
    assert _ask(store, address, sec_fetch_site="same-origin") == 404
    assert _kept(store) == [("asset", "404 streamlit_folium.st_folium/index.html")]
