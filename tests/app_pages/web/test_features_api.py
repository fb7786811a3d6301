"""Offices read the judged record with the programs they have: paged, unchanged when nothing changed, by account."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import openapi_spec_validator
import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from app_pages.web import device_sign_in, features_api
from audits import record as records
from audits import roles, wording
from audits.export import geojson
from audits.reports import contents
from audits.store.accounts import accounts
from audits.store.db import connection, workspace
from tests.browser import kit_office
from tests.qgis import system_qgis

NAME, PASSWORD, GIS_NAME = "council-1", "a long pass phrase of theirs", "land-office"


@pytest.fixture(scope="module")
def store(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[connection.Store]:
    folder = Path(shutil.copytree(demonstration_folder, tmp_path_factory.mktemp("api") / "workspace"))
    with connection.open_store(workspace.Workspace(folder).demonstration) as opened:
        yield opened


class Client:
    """Ask a running server by paths or addresses."""

    def __init__(self, address: str) -> None:
        self.address, self.session = address, requests.Session()
        self.session.trust_env = False

    def get(self, path: str, **options: object) -> requests.Response:
        address = path if path.startswith("http") else f"{self.address}{path}"
        return self.session.get(address, timeout=60, **options)


@contextlib.contextmanager
def served(routes: list[BaseRoute]) -> Iterator[Client]:
    port = kit_office.free_port()
    config = uvicorn.Config(Starlette(routes=routes), "127.0.0.1", port, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Client(f"http://127.0.0.1:{port}")
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def client(store: connection.Store) -> Iterator[Client]:
    with served(features_api.routes(lambda: store, None)) as running:
        yield running


def answered(client: Client, path: str, **options: str) -> dict:
    found = client.get(path, params=options)
    assert found.status_code == 200, found.text
    return found.json()


def test_every_link_leads_on(client: Client) -> None:
    seen, waiting = set(), [f"{client.address}/api?lang=en"]
    while waiting:
        address = waiting.pop()
        seen.add(address)
        document = answered(client, address)
        nested = [link for one in document.get("collections", ()) for link in one["links"]]
        links = [*document.get("links", ()), *nested]
        waiting += [one["href"] for one in links if one["href"] not in seen and one["rel"] != "next"]
    assert {urllib.parse.urlsplit(address).path for address in seen} >= {
        *("/api", "/api/openapi", "/api/conformance", "/api/collections"),
        *(f"/api/collections/{name}/items" for name in ("site", "element", "finding", "measure_next")),
    }


def test_the_pages_hold_every_row_of_the_export_once(client: Client, store: connection.Store) -> None:
    address, pages = f"{client.address}/api/collections/site/items?limit=50&lang=en", []
    while address:
        page = answered(client, address)
        pages.append(page)
        address = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
    features = [one for page in pages for one in page["features"]]
    assert [page["numberMatched"] for page in pages] == [len(features)] * len(pages)
    assert len(pages) == -(-len(features) // 50) > 1
    exported = exported_sites(store)
    assert [one["properties"] for one in features] == [one["properties"] for one in exported]
    assert [one["geometry"] for one in features] == [one["geometry"] for one in exported]


def exported_sites(store: connection.Store) -> list[dict]:
    """Return the features of the export as GeoJSON, without their lists."""
    english = wording.Wording("en")
    record = records.read(store, records.criteria_of(store), records.weights_of(store.workspace))
    options = contents.Options(dt.datetime.now(wording.local_zone()).date())
    features = json.loads(geojson.packed(contents.contents(record, english, options=options)))["features"]
    for one in features:
        del one["properties"]["findings"], one["properties"]["measure_next"]
    return features


def test_what_an_unchanged_record_answers_is_of_today(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    today = features_api._today()
    for day in (today, today + dt.timedelta(days=1)):
        monkeypatch.setattr(features_api, "_today", lambda day=day: day)
        assert day.isoformat() in answered(client, "/api", lang="en")["description"]


@pytest.mark.parametrize("name", ["site", "element", "finding", "measure_next"])
def test_every_feature_has_an_id_of_its_own_and_is_found_by_it(client: Client, name: str) -> None:
    features = answered(client, f"/api/collections/{name}/items", limit="10000")["features"]
    assert features
    assert len({one["id"] for one in features}) == len(features)
    last = features[-1]
    found = answered(client, f"/api/collections/{name}/items/{urllib.parse.quote(last['id'])}")
    assert {key: found[key] for key in last} == last


def test_a_box_holds_what_lies_in_it(client: Client) -> None:
    every = answered(client, "/api/collections/site/items", limit="10000")["features"]
    west, south = every[0]["geometry"]["coordinates"]
    box = (west - 0.005, south - 0.005, west + 0.005, south + 0.005)
    inside = [one["id"] for one in every if one["geometry"] and _lies_in(one["geometry"]["coordinates"], box)]
    found = answered(client, "/api/collections/site/items", bbox=",".join(map(str, box)), limit="10000")
    assert [one["id"] for one in found["features"]] == inside
    assert 0 < len(inside) < len(every)


def _lies_in(point: list[float], box: tuple[float, ...]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def test_nothing_is_sent_again_that_did_not_change(client: Client) -> None:
    first = client.get("/api/collections/site/items?limit=1")
    again = client.get("/api/collections/site/items?limit=1", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    other = client.get("/api/collections/site/items?limit=2", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "named"),
    [
        ("/api/collections/site/items?limit=0", 400, "limit=0"),
        ("/api/collections/site/items?limit=-1", 400, "limit=-1"),
        ("/api/collections/site/items?offset=x", 400, "offset=x"),
        ("/api/collections/site/items?bbox=1,2,3", 400, "bbox=1,2,3"),
        ("/api/collections/site/items?bbox=nan,1,2,3", 400, "bbox=nan"),
        ("/api/collections/site/items?official=perhaps", 400, "official=perhaps"),
        ("/api/collections/site/items?colour=red", 400, "colour"),
        ("/api/collections/person/items", 404, "person"),
        ("/api/collections/site/items/KK-999", 404, "KK-999"),
        ("/api/nothing", 404, ""),
    ],
)
def test_a_wrong_question_is_answered_by_a_sentence(client: Client, path: str, status: int, named: str) -> None:
    for language in ("th", "en"):
        found = client.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert found.status_code == status
        assert named in found.text
    assert client.session.post(f"{client.address}/api/collections/site/items").status_code == 405


def test_it_is_described_by_openapi_with_the_fields_of_the_export(client: Client) -> None:
    found = client.get("/api/openapi?lang=en")
    assert found.headers["content-type"] == features_api.OPENAPI
    described = found.json()
    openapi_spec_validator.validate(described)
    fields = described["components"]["schemas"]["site"]["properties"]["properties"]["properties"]
    (site,) = answered(client, "/api/collections/site/items", limit="1")["features"]
    assert list(fields) == list(site["properties"])


def test_only_what_is_approved_is_given_when_that_is_asked(client: Client, store: connection.Store) -> None:
    def given(official: str) -> list[tuple]:
        page = answered(client, "/api/collections/finding/items", limit="10000", official=official)
        assert page["numberMatched"] == len(page["features"])
        return [(one["id"], one["properties"]["verdict"]) for one in page["features"]]

    rules = records.criteria_of(store), records.weights_of(store.workspace)
    for official, asked in ((True, "yes"), (False, "no")):
        audited = records.read(store, *rules, official_only=official).audit.findings
        wanted = zip(audited["element_id"] + ":" + audited["criterion"].astype(str), audited["verdict"], strict=True)
        assert sorted(given(asked)) == sorted(wanted)
    assert given("yes") != given("no")


def test_accounts_of_every_role_read_and_nobody_else(store: connection.Store) -> None:
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    with served(features_api.routes(lambda: store, sign_in)) as guarded:
        first = accounts.add(store, NAME, roles.COUNCIL, "office")
        refused = guarded.get("/api")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, features_api.REALM)
        assert guarded.get("/api", auth=(NAME, "wrong")).status_code == 401
        # a password that somebody else knows opens nothing yet
        assert guarded.get("/api", auth=(NAME, first)).status_code == 401
        accounts.choose_password(store, NAME, first, PASSWORD)
        assert guarded.get("/api", auth=(NAME, PASSWORD)).status_code == 200
        accounts.disable(store, NAME, "office")
        assert guarded.get("/api", auth=(NAME, PASSWORD)).status_code == 401


# in a process of its own: GDAL waits for the answer while it holds the interpreter that the server needs
GDAL = """
import sys, pyogrio
source = sys.argv[1]
print([name for name, _ in pyogrio.list_layers(source)])
sites = pyogrio.read_dataframe(source, layer="site", PAGE_SIZE="50")
print(list(sites["code"]))
print(sites.crs, round(sites.geometry.iloc[0].x, 6))
"""


def test_gdal_reads_it_as_qgis_does(client: Client) -> None:
    command = [sys.executable, "-c", GDAL, f"OAPIF:{client.address}/api"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    layers, codes, first = done.stdout.splitlines()
    wanted = answered(client, "/api/collections/site/items", limit="10000")["features"]
    assert layers == str(["site", "element", "finding", "measure_next"])
    assert codes == str([one["id"] for one in wanted])
    assert first == f"EPSG:4326 {wanted[0]['geometry']['coordinates'][0]}"


@pytest.fixture(scope="module")
def seen_in_qgis(store: connection.Store) -> dict:
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    accounts.choose_password(store, GIS_NAME, accounts.add(store, GIS_NAME, roles.COUNCIL, "office"), PASSWORD)
    with served(features_api.routes(lambda: store, sign_in)) as guarded:
        return system_qgis.run("read_interface.py", guarded.address, GIS_NAME, secret=PASSWORD)


def test_qgis_opens_it_with_an_account_and_not_without(seen_in_qgis: dict) -> None:
    opened = {way: seen_in_qgis[way] for way in seen_in_qgis if way.startswith("opens_")}
    assert {way for way, is_valid in opened.items() if is_valid} == {"opens_by_name_and_password"}
    assert len(opened) == 4


def test_qgis_reads_every_page_with_the_values_of_the_export(
    seen_in_qgis: dict, store: connection.Store, client: Client
) -> None:
    wanted = {"site": exported_sites(store)}
    for name in ("element", "finding", "measure_next"):
        wanted[name] = answered(client, f"/api/collections/{name}/items", limit="10000")["features"]
    for name, layer in seen_in_qgis["layers"].items():
        assert layer["count"] == layer["count_once_read"] == len(layer["rows"]) == len(wanted[name])
        assert layer["crs"] == "EPSG:4326"
        for row, feature in zip(layer["rows"], wanted[name], strict=True):
            row["properties"].pop("id")
            assert row == {"properties": feature["properties"], "geometry": feature["geometry"]}


def test_qgis_asks_for_what_lies_in_a_box(seen_in_qgis: dict, client: Client) -> None:
    inside = answered(client, "/api/collections/site/items", bbox="102.82,16.42,102.84,16.44", limit="10000")
    assert seen_in_qgis["in_box"] == [one["id"] for one in inside["features"]] != []
