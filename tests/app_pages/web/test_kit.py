"""The office gives the kit out, believes nobody without a secret, and answers only when the record is on the disk."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import errno
import gzip
import hashlib
import http.client
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette

from app_pages import session
from app_pages.web import device_sign_in, kit
from audits import roles, wording
from audits.demo import seed
from audits.field.kit import store as kit_store
from audits.store.accounts import accounts, device_secrets, sessions
from audits.store.db import connection as store_connection
from audits.store.db import workspace
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.register import register
from audits.store.surveys import attaching, quarantine, read, reviews
from tests.field.kit import kit_lines

NOW = dt.datetime(2026, 3, 3, 3, 0, tzinfo=dt.UTC)
PHOTO = kit_lines.photo(1)
NAME = kit_lines.name_of(PHOTO)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        return json.loads(self.body)


@dataclass
class Phone:
    """Ask the office as the kit does."""

    port: int
    name: str
    secret: str

    def ask(self, method: str, path: str, body: bytes = b"", secret: str | None = None, **headers: str) -> Answer:
        login = f"{self.name}:{self.secret if secret is None else secret}".encode()
        sent = {"Authorization": f"Basic {base64.b64encode(login).decode()}", **headers}
        return self.ask_bare(method, path, body, sent)

    def ask_bare(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request(method, f"/field/{path}", body, headers)
            answer = line.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def send(self, **changes: object) -> Answer:
        record = kit_lines.record(1) | changes
        return self.ask("POST", "api/surveys", kit_lines.text(record).encode())


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[store_connection.Store]:
    sites, elements = seed.starter_sites(), seed.starter_elements()
    codes = ["KK-001", "KK-002"]
    with store_connection.open_store(workspace.Workspace(tmp_path / "work")) as store:
        register.add_sites(store, sites.loc[codes], elements[elements["site_code"].isin(codes)], "admin", "starter")
        yield store


@pytest.fixture(name="phone")
def _phone(store: store_connection.Store) -> Iterator[Phone]:
    secret = device_secrets.give_secret(store, "สมหญิง T-07", "admin")
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    app = Starlette(routes=kit.routes(lambda: store, sign_in, now=lambda: NOW))
    config = uvicorn.Config(app, port=0, log_level="critical", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Phone(server.servers[0].sockets[0].getsockname()[1], "สมหญิง T-07", secret)
    server.should_exit = True
    thread.join()


def mine(store: store_connection.Store, **changes: object) -> dict[str, object]:
    return {"workspace": kit_store.workspace_id(store), **changes}


# ---- the page ------------------------------------------------------------------------------------------------------


def test_the_page_is_packed_and_names_its_own_version(phone: Phone) -> None:
    plain = phone.ask_bare("GET", "kit", b"", {})
    packed = phone.ask_bare("GET", "kit", b"", {"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers["x-kit-version"] == hashlib.sha256(plain.body).hexdigest()
    assert "frame-ancestors 'none'" in plain.headers["content-security-policy"]
    assert "unsafe" not in plain.headers["content-security-policy"]
    again = phone.ask_bare("GET", "kit", b"", {"If-None-Match": plain.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert phone.ask_bare("GET", "kit?lang=en", b"", {}).body.startswith(b'<!doctype html><html lang="en">')


def test_the_page_changes_with_the_register_and_the_days_of_surveys_alone(
    phone: Phone, store: store_connection.Store
) -> None:
    def version() -> str:
        return phone.ask_bare("GET", "kit", b"", {}).headers["etag"]

    bare = version()
    assert version() == bare
    assert phone.send(**mine(store)).json["outcome"] == "accepted"
    surveyed = version()
    assert surveyed != bare
    corrected = phone.send(**mine(store, survey_id="uuid:2", supersedes="uuid:00000001", version=2))
    assert corrected.json["outcome"] == "correction"
    assert version() == surveyed
    sites, elements = seed.starter_sites(), seed.starter_elements()
    register.add_sites(store, sites.loc[["KK-003"]], elements.loc[elements["site_code"] == "KK-003"], "admin", "more")
    assert version() != surveyed


def test_it_can_be_installed_from_its_own_files(phone: Phone) -> None:
    worker = phone.ask_bare("GET", "sw.js", b"", {})
    assert worker.headers["content-type"].startswith("text/javascript")
    manifest = phone.ask_bare("GET", "manifest.webmanifest?lang=en", b"", {})
    assert manifest.headers["content-type"] == "application/manifest+json"
    assert (manifest.json["name"], manifest.json["start_url"], manifest.json["scope"]) == (
        "Jaidee in the field",
        "kit",
        "./",
    )
    for icon in manifest.json["icons"]:
        answer = phone.ask_bare("GET", icon["src"], b"", {})
        assert (answer.status, answer.headers["content-type"]) == (200, icon["type"])


# ---- who may ask ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", f"api/photos/{NAME}"), ("GET", "api/photos?names="), ("POST", "api/surveys"), ("GET", "api/state?ids=a")],
)
def test_nobody_gets_in_without_the_secret(phone: Phone, store: store_connection.Store, method: str, path: str) -> None:
    body = PHOTO if method == "PUT" else kit_lines.text(kit_lines.record(1, **mine(store))).encode()
    body = b"" if method == "GET" else body
    refused = [
        phone.ask_bare(method, path, body, {}),
        phone.ask(method, path, body, secret="wrong"),
        phone.ask_bare(method, path, body, {"Authorization": "Basic !!!"}),
        phone.ask_bare(method, path, body, {"Authorization": "Bearer abc"}),
    ]
    assert [each.status for each in refused] == [401] * 4
    assert all(each.json["problems"] for each in refused)
    assert read.surveys(store).empty
    assert photos.sent_before(store, NAME) is None
    device_secrets.revoke(store, phone.name, "admin")
    assert phone.ask(method, path, body).status == 401


def test_the_account_of_the_browser_is_known_by_name_and_sends_without_a_secret(
    phone: Phone, store: store_connection.Store
) -> None:
    first = accounts.add(store, "malee", roles.TECHNICIAN, "admin", "มาลี")
    accounts.choose_password(store, "malee", first, "a sentence of mine")
    # what the middleware and the browser add to a request of the kit's own page
    known = {
        session.SESSION_HEADER: sessions.token_digest(sessions.begin(store, "malee")),
        "Sec-Fetch-Site": "same-origin",
    }
    who = phone.ask_bare("GET", "api/me", b"", known)
    assert (who.status, who.json) == (200, {"name": "malee", "display_name": "มาลี"})
    body = kit_lines.text(kit_lines.record(1, **mine(store))).encode()
    assert phone.ask_bare("POST", "api/surveys", body, known).json["outcome"] == "accepted"
    assert phone.ask_bare("GET", "api/me", b"", known | {"Sec-Fetch-Site": "cross-site"}).status == 401
    assert phone.ask_bare("GET", "api/me", b"", {}).status == 401
    assert phone.ask("GET", "api/me").json == {"name": phone.name, "display_name": phone.name}


def test_a_revoked_secret_opens_nothing_also_right_after_it_did(phone: Phone, store: store_connection.Store) -> None:
    assert phone.ask("GET", "api/state?ids=").status == 200
    assert phone.ask("GET", "api/state?ids=", secret="wrong").status == 401
    device_secrets.revoke(store, phone.name, "admin")
    assert phone.ask("GET", "api/state?ids=").status == 401


def test_guessing_secrets_takes_longer_and_longer(phone: Phone) -> None:
    for _ in range(sessions.FREE_OF_BOTH):
        assert phone.ask("GET", "api/state?ids=", secret="wrong").status == 401
    answer = phone.ask("GET", "api/state?ids=", **{"Accept-Language": "en"})
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Too many wrong secrets" in answer.json["problems"][0]


def test_a_page_from_a_file_may_ask_and_no_cookie_is_ever_used(phone: Phone) -> None:
    preflight = phone.ask_bare("OPTIONS", "api/surveys", b"", {"Origin": "null"})
    assert preflight.status == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    answer = phone.ask("GET", "api/state?ids=", Origin="null")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "access-control-allow-origin" not in phone.ask_bare("GET", "kit", b"", {"Origin": "null"}).headers


# ---- photos and records --------------------------------------------------------------------------------------------


def test_a_photo_then_its_record_and_both_again(phone: Phone, store: store_connection.Store) -> None:
    for _ in range(2):
        assert phone.ask("PUT", f"api/photos/{NAME}", PHOTO).json == {"outcome": "kept"}
    record = kit_lines.record(1, photos=[PHOTO], **mine(store))
    given = [phone.ask("POST", "api/surveys", kit_lines.text(record).encode()) for _ in range(2)]
    assert [(each.status, each.json["outcome"], each.json["number"]) for each in given] == [
        (200, "accepted", 1),
        (200, "same", 1),
    ]
    assert given[0].json["missing_photos"] == []
    assert len(read.photos(store)) == 1
    assert attaching.missing(store).empty
    assert read.surveys(store)["source"].tolist() == ["kit"]
    assert verify.verify(store).problems == ()


def test_a_photo_that_comes_after_its_record_is_attached_when_the_record_comes_again(
    phone: Phone, store: store_connection.Store
) -> None:
    body = kit_lines.text(kit_lines.record(1, photos=[PHOTO], **mine(store))).encode()
    assert phone.ask("POST", "api/surveys", body).json["missing_photos"] == [NAME]
    phone.ask("PUT", f"api/photos/{NAME}", PHOTO)
    assert phone.ask("GET", "api/state?ids=uuid:00000001").json["records"]["uuid:00000001"]["missing_photos"] == [NAME]
    assert phone.ask("POST", "api/surveys", body).json["missing_photos"] == []
    assert len(read.photos(store)) == 1


def test_the_phone_is_told_which_photos_are_whole_here(phone: Phone, store: store_connection.Store) -> None:
    phone.ask("PUT", f"api/photos/{NAME}", PHOTO)
    other = kit_lines.name_of(b"other")
    assert phone.ask("GET", f"api/photos?names={NAME},{other}").json == {"kept": [NAME]}
    store.workspace.photo_path(photos.sent_before(store, NAME).sha256).write_bytes(b"damaged")
    assert phone.ask("GET", f"api/photos?names={NAME},{other}").json == {"kept": []}


def test_a_photo_altered_on_the_way_is_not_kept(phone: Phone, store: store_connection.Store) -> None:
    answer = phone.ask("PUT", f"api/photos/{NAME}", PHOTO[:-1] + b"x", **{"Accept-Language": "en"})
    assert answer.status == 400
    assert "altered on the way" in answer.json["problems"][0]
    assert photos.sent_before(store, NAME) is None
    assert phone.ask("PUT", "api/photos/..%2f..%2fetc", PHOTO).status in (400, 404)


def test_what_is_no_photo_is_kept_aside(phone: Phone, store: store_connection.Store) -> None:
    strange = b"not a photo"
    answer = phone.ask("PUT", f"api/photos/{kit_lines.name_of(strange)}", strange)
    assert answer.json["outcome"] == "aside"
    assert answer.json["problems"]
    assert [path.read_bytes() for path in store.workspace.refused_folder.iterdir()] == [strange]


def test_too_much_is_refused_before_it_is_read(phone: Phone) -> None:
    for path, method, most in (
        ("api/surveys", "POST", kit.MAX_RECORD_BYTES),
        (f"api/photos/{NAME}", "PUT", kit.MAX_PHOTO_BYTES),
    ):
        login = base64.b64encode(f"{phone.name}:{phone.secret}".encode()).decode()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", phone.port, timeout=30)) as line:
            line.putrequest(method, f"/field/{path}")
            line.putheader("Authorization", f"Basic {login}")
            line.putheader("Content-Length", str(most + 1))
            line.endheaders()
            answer = line.getresponse()
            assert answer.status == 413
            assert "MB" in json.loads(answer.read())["problems"][0]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1]", b'{"a": 1}', b"[" * 100_000])
def test_what_is_no_record_is_refused_in_a_sentence(phone: Phone, store: store_connection.Store, body: bytes) -> None:
    answer = phone.ask("POST", "api/surveys", body)
    assert answer.status == 400
    assert answer.json["problems"]
    assert quarantine.held_rows(store).empty


def test_a_record_that_cannot_be_taken_is_held_and_said_in_its_own_language(
    phone: Phone, store: store_connection.Store
) -> None:
    thai = phone.send(**mine(store, site_code="KK-999"))
    assert (thai.status, thai.json["outcome"], thai.json["number"]) == (200, "held", 0)
    assert "ทะเบียน" in thai.json["problems"][0]
    english = phone.send(**mine(store, survey_id="uuid:2", site_code="KK-999", language="en"))
    assert "not in the register" in english.json["problems"][0]
    assert len(quarantine.held_rows(store)) == 2
    state = phone.ask("GET", "api/state?ids=uuid:00000001,uuid:unheard").json["records"]
    assert state["uuid:00000001"]["state"] == "held"
    assert state["uuid:unheard"] == {"state": "unknown"}
    assert phone.send(**mine(store, site_code="KK-999")).json["outcome"] == "held"
    assert len(quarantine.held_rows(store)) == 2


def test_a_record_of_a_phone_whose_clock_is_a_year_behind_is_held(phone: Phone, store: store_connection.Store) -> None:
    record = kit_lines.text(kit_lines.record(1, **mine(store))).encode()
    answers = [
        json.loads(phone.ask("POST", "api/surveys", record, **{kit.CLOCK_HEADER: shown}).body)
        for shown in (f"{NOW - dt.timedelta(days=365):%Y-%m-%dT%H:%M:%S}.000Z", f"{NOW:%Y-%m-%dT%H:%M:%S}.000Z")
    ]
    assert [answer["outcome"] for answer in answers] == ["held", "accepted"]


def test_a_held_record_is_taken_in_once_its_cause_is_mended(phone: Phone, store: store_connection.Store) -> None:
    body = kit_lines.text(kit_lines.record(1, "KK-003", **mine(store))).encode()
    assert phone.ask("POST", "api/surveys", body).json["outcome"] == "held"
    sites, elements = seed.starter_sites(), seed.starter_elements()
    register.add_sites(store, sites.loc[["KK-003"]], elements.loc[elements["site_code"] == "KK-003"], "admin", "more")
    assert phone.ask("POST", "api/surveys", body).json["outcome"] == "accepted"
    assert quarantine.held_rows(store)["decision"].tolist() == ["taken_in"]


def test_a_dismissed_record_is_told_with_the_reason(phone: Phone, store: store_connection.Store) -> None:
    phone.send(**mine(store, site_code="KK-999"))
    row = quarantine.held_rows(store).iloc[0]
    quarantine.settle(store, int(row["batch_id"]), int(row["line"]), quarantine.DISMISSED, "no such place", "engineer")
    state = phone.ask("GET", "api/state?ids=uuid:00000001").json["records"]["uuid:00000001"]
    assert state == {"state": "dismissed", "problems": ["no such place"]}


def test_the_record_of_another_workspace_is_held(phone: Phone, store: store_connection.Store) -> None:
    assert phone.send(workspace="the demonstration").json["outcome"] == "held"
    assert read.surveys(store).empty


def test_a_returned_record_is_told_with_its_notes(phone: Phone, store: store_connection.Store) -> None:
    phone.send(**mine(store))
    reviews.give_back(store, "uuid:00000001", "again", {"KK-001.ramp.1|running_slope_pct": "steep?"}, "engineer")
    state = phone.ask("GET", "api/state?ids=uuid:00000001").json["records"]["uuid:00000001"]
    assert (state["state"], state["note"], state["reviewed_by"]) == ("returned", "again", "engineer")
    assert state["answer_notes"] == {"KK-001.ramp.1|running_slope_pct": "steep?"}
    phone.send(**mine(store, survey_id="uuid:2", supersedes="uuid:00000001", version=2))
    state = phone.ask("GET", "api/state?ids=uuid:00000001").json["records"]["uuid:00000001"]
    assert (state["state"], state["superseded_by"]) == ("accepted", "uuid:2")


def test_what_is_to_be_photographed_again_is_told_as_data(phone: Phone, store: store_connection.Store) -> None:
    phone.send(**mine(store))
    place = "KK-001.ramp.1|running_slope_pct"
    reviews.give_back(store, "uuid:00000001", "a photo is not needed", {}, "engineer", photos=[place])
    state = phone.ask("GET", "api/state?ids=uuid:00000001").json["records"]["uuid:00000001"]
    assert (state["answer_notes"], state["photos"]) == ({place: ""}, [place])
    (record,) = phone.ask("GET", "api/returned").json["records"]
    assert (record["review"]["answers"], record["review"]["photos"]) == ({place: ""}, [place])
    reviews.give_back(store, "uuid:00000001", "a new photo, please", {}, "engineer")
    state = phone.ask("GET", "api/state?ids=uuid:00000001").json["records"]["uuid:00000001"]
    assert state["photos"] is None, "the words of the note decide, as they did before"


def test_what_came_back_can_be_corrected_on_any_phone(phone: Phone, store: store_connection.Store) -> None:
    phone.ask("PUT", f"api/photos/{NAME}", PHOTO)
    phone.send(**mine(store, photos=[{"sha256": NAME, "element_id": "KK-001.ramp.1"}]))
    assert phone.ask("GET", "api/returned").json == {"records": []}
    reviews.give_back(store, "uuid:00000001", "again", {"KK-001.ramp.1|running_slope_pct": "steep?"}, "engineer")
    (record,) = phone.ask("GET", "api/returned").json["records"]
    assert (record["survey_id"], record["state"], record["site_code"]) == ("uuid:00000001", "returned", "KK-001")
    assert record["review"]["answers"] == {"KK-001.ramp.1|running_slope_pct": "steep?"}
    sheet = record["sheet"] | {"survey_id": "uuid:2", "supersedes": "uuid:00000001", "version": 2}
    assert phone.send(**mine(store, **sheet)).json["outcome"] == "correction"
    first, second = (read.survey_with_photos(store, name) for name in ("uuid:00000001", "uuid:2"))
    assert second.measurements == first.measurements
    assert [photo.sha256 for photo in second.photos] == [photo.sha256 for photo in first.photos]
    assert len(second.photos) == 1
    assert phone.ask("GET", "api/returned").json == {"records": []}


def test_the_ledger_says_which_technician_sent(phone: Phone, store: store_connection.Store) -> None:
    phone.send(**mine(store))
    with store_connection.reading(store) as records:
        actors = records.exec_driver_sql("SELECT actor FROM ledger WHERE action = 'survey.submit'").scalars().all()
    assert actors == [phone.name]


def test_a_store_that_cannot_be_written_leaves_the_record_on_the_phone(
    phone: Phone, store: store_connection.Store
) -> None:
    with store_connection.writing(store) as records:
        records.exec_driver_sql("CREATE TRIGGER broken BEFORE INSERT ON survey BEGIN SELECT RAISE(ABORT, 'full'); END")
    answer = phone.send(**mine(store))
    assert answer.status == 503
    assert answer.json["problems"] == [wording.Wording("th").text(kit.TRY_AGAIN)]


def test_a_photo_that_finds_the_disk_full_stays_on_the_phone_and_leaves_no_half_file(
    phone: Phone, store: store_connection.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = phone.ask("PUT", f"api/photos/{NAME}", PHOTO)
    assert (answer.status, answer.json["problems"]) == (503, [wording.Wording("th").text(kit.TRY_AGAIN)])
    assert not list(store.workspace.folder.rglob("*.part"))
    monkeypatch.undo()
    assert phone.ask("PUT", f"api/photos/{NAME}", PHOTO).json == {"outcome": "kept"}
