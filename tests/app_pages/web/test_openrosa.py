"""A phone finds the form, fills it, and what it sends is on the disk before it is thanked."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import http.client
import json
import threading
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import requests
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from app_pages.web import auth_middleware, device_sign_in, openrosa
from audits import settings
from audits.demo import seed
from audits.store.accounts import device_secrets
from audits.store.db import connection as store_connection
from audits.store.db import workspace
from audits.store.photos import photos
from audits.store.register import register
from audits.store.surveys import attaching, quarantine, read
from tests.field.odk import exports

NOW = dt.datetime(2026, 3, 3, 3, 0, tzinfo=dt.UTC)
VISIT = exports.Visit()
FILLED_IN_A_BROWSER = Path(__file__).parents[2] / "field" / "odk" / "submissions" / "filled.xml"
NAMESPACE = {"r": "http://openrosa.org/http/response", "l": "http://openrosa.org/xforms/xformsList"}


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> dt.datetime:
        return NOW + dt.timedelta(seconds=self.seconds)


class Phone:
    """Send as ODK Collect does."""

    def __init__(self, url: str, name: str, secret: str) -> None:
        self.url, self.name, self.secret = url, name, secret
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["X-OpenRosa-Version"] = "1.0"

    def get(self, path: str, **options) -> requests.Response:
        return self.session.get(f"{self.url}/openrosa/{path}", auth=(self.name, self.secret), **options)

    def head(self, path: str) -> requests.Response:
        return self.session.head(f"{self.url}/openrosa/{path}", auth=(self.name, self.secret))

    def send(self, content: bytes, secret: str = "", more: bool = False, **files: bytes) -> requests.Response:
        """Send a submission with files; say that there is more to come as Collect does."""
        parts = [("xml_submission_file", ("submission.xml", content, "text/xml"))]
        parts += [(name, (name, part, "image/jpeg")) for name, part in files.items()]
        parts += [("*isIncomplete*", (None, b"yes"))] if more else []
        auth = (self.name, secret or self.secret)
        return self.session.post(f"{self.url}/openrosa/submission", files=parts, auth=auth)


@contextlib.contextmanager
def serving(routes, middleware=()):
    quiet = {"log_level": "critical", "lifespan": "off", "proxy_headers": False}
    config = uvicorn.Config(Starlette(routes=routes, middleware=middleware), host="127.0.0.1", port=0, **quiet)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def store(tmp_path):
    with store_connection.open_store(workspace.Workspace(tmp_path / "work")) as opened:
        sites, elements = seed.starter_sites(), seed.starter_elements()
        here = elements[elements["site_code"].isin(["KK-001", "KK-002"])]
        register.add_sites(opened, sites.loc[["KK-001", "KK-002"]], here, "admin", "starter register", NOW)
        yield opened


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def phone(store, clock):
    secret = device_secrets.give_secret(store, "staff-12", "admin", NOW)
    sign_in = device_sign_in.DeviceSignIn(lambda: store, clock)
    routes = openrosa.routes(lambda: store, sign_in, now=lambda: NOW)
    with serving(routes) as url:
        opened = Phone(url, "staff-12", secret)
        with opened.session:
            yield opened


def _message(response: requests.Response) -> str:
    return ET.fromstring(response.content).findtext("r:message", namespaces=NAMESPACE)


def test_the_form_is_listed_with_addresses_that_work(phone) -> None:
    listed = ET.fromstring(phone.get("formList").content).find("l:xform", NAMESPACE)
    entry = {child.tag.rpartition("}")[2]: child.text for child in listed}
    assert (entry["formID"], entry["name"]) == ("jaidee_survey", "แบบสำรวจหนึ่งจุด เมืองใจดี")
    form = phone.session.get(entry["downloadUrl"], auth=(phone.name, phone.secret))
    assert entry["hash"] == f"md5:{hashlib.md5(form.content, usedforsecurity=False).hexdigest()}"
    assert f'version="{entry["version"]}"'.encode() in form.content
    manifest = ET.fromstring(phone.session.get(entry["manifestUrl"], auth=(phone.name, phone.secret)).content)
    (file,) = ({child.tag.rpartition("}")[2]: child.text for child in one} for one in manifest)
    sites = phone.session.get(file["downloadUrl"], auth=(phone.name, phone.secret))
    assert file["filename"] == "sites.csv"
    assert file["hash"] == f"md5:{hashlib.md5(sites.content, usedforsecurity=False).hexdigest()}"
    assert [line.partition(",")[0] for line in sites.text.splitlines()] == ["name", "KK-001", "KK-002", "other"]
    assert phone.head("formList").headers["X-OpenRosa-Version"] == "1.0"


def test_another_form_is_not_here(phone) -> None:
    assert ET.fromstring(phone.get("formList?formID=other").content).find("l:xform", NAMESPACE) is None
    assert phone.get("forms/other.xml").status_code == 404
    assert phone.get("forms/other/manifest").status_code == 404


def test_a_phone_asks_first_where_and_how_much_it_may_send(phone) -> None:
    answer = phone.head("submission")
    assert answer.status_code == 204
    assert answer.headers["Location"] == f"{phone.url}/openrosa/submission"
    assert int(answer.headers["X-OpenRosa-Accept-Content-Length"]) == openrosa.MAX_BYTES
    assert phone.get("submission").status_code == 405


def test_addresses_follow_a_proxy_only_when_it_is_ours(store) -> None:
    secret = device_secrets.give_secret(store, "staff-12", "admin", NOW)
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "jaidee.example.org"}
    for behind_proxy in (False, True):
        terms = settings.Settings(shared=True, behind_proxy=behind_proxy, allowed_hosts=("jaidee.example.org",))
        middleware = [Middleware(auth_middleware.AuthMiddleware, lambda: store, terms)]
        routes = openrosa.routes(lambda: store, device_sign_in.DeviceSignIn(lambda: store))
        with serving(routes, middleware) as url:
            phone = Phone(url, "staff-12", secret)
            with phone.session:
                listed = phone.get("formList", headers=headers).text
        assert ("https://jaidee.example.org/openrosa/forms/" in listed) == behind_proxy
        assert (url in listed) != behind_proxy


def test_what_is_thanked_is_on_the_disk_with_its_photo(phone, store) -> None:
    answer = phone.send(exports.xml(VISIT), **{exports.PHOTO: exports.jpeg()})
    assert (answer.status_code, answer.headers["X-OpenRosa-Version"]) == (201, "1.0")
    assert "รับเข้าแล้ว: KK-001 เลขรับ 1" in _message(answer)
    assert "Taken in: KK-001, receipt 1." in _message(answer)
    (code,) = read.surveys(store)["site_code"]
    assert code == "KK-001"
    (sha256,) = read.photos(store)["sha256"]
    assert store.workspace.photo_path(sha256).is_file()


def test_sending_again_is_thanked_again_and_changes_nothing(phone, store) -> None:
    for _ in range(3):
        assert phone.send(exports.xml(VISIT), **{exports.PHOTO: exports.jpeg()}).status_code == 201
    assert len(read.surveys(store)) == len(read.photos(store)) == 1
    assert quarantine.held_rows(store).empty


def test_what_a_browser_filled_in_is_taken_in(store) -> None:
    secret = device_secrets.give_secret(store, "staff-12", "admin", NOW)
    later = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    filled = FILLED_IN_A_BROWSER.read_bytes()
    photo = ET.fromstring(filled).findtext(".//ramp__photo__1")
    routes = openrosa.routes(lambda: store, device_sign_in.DeviceSignIn(lambda: store), now=lambda: later)
    with serving(routes) as url:
        phone = Phone(url, "staff-12", secret)
        with phone.session:
            answer = phone.send(filled, **{photo: exports.jpeg()})
    assert answer.status_code == 201
    assert "Taken in: KK-001" in _message(answer)
    assert attaching.missing(store).empty


def test_photos_in_several_posts_come_together(phone, store) -> None:
    visit = VISIT.but(ramp__photo__2="second.jpg")
    first = phone.send(exports.xml(visit), more=True, **{exports.PHOTO: exports.jpeg()})
    assert first.status_code == 201
    assert "Photos still to come: 1." in _message(first)
    assert attaching.missing(store)["name"].tolist() == ["second.jpg"]
    last = phone.send(exports.xml(visit), **{"second.jpg": exports.jpeg(200)})
    assert "still to come" not in _message(last)
    assert len(read.surveys(store)) == 1
    assert read.photos(store)["element_id"].tolist() == ["KK-001.ramp.1"] * 2


def test_an_edit_on_the_phone_corrects_and_so_does_the_next(phone, store) -> None:
    edited = VISIT.edited(ramp__clear_width_mm__1="90")
    twice = edited.edited(exports.TWICE_EDITED, ramp__clear_width_mm__1="95")
    assert [phone.send(exports.xml(one)).status_code for one in (VISIT, edited, twice, edited)] == [201] * 4
    surveys = read.surveys(store)
    assert surveys["supersedes"].tolist() == ["", exports.ROOT, exports.EDITED]


def test_the_technician_stands_in_the_ledger(phone, store) -> None:
    phone.send(exports.xml(VISIT.but(site="KK-999")))
    assert quarantine.held_rows(store)["held_by"].tolist() == ["staff-12"]


def test_what_is_held_is_thanked_with_its_reason_and_its_photos_are_kept(phone, store) -> None:
    answer = phone.send(exports.xml(VISIT.but(site="other", place_name="ตลาดใหม่")), **{exports.PHOTO: exports.jpeg()})
    assert answer.status_code == 201
    assert "วิศวกรจะตรวจดู" in _message(answer)
    assert "ตลาดใหม่" in _message(answer)
    (raw,) = quarantine.held_rows(store)["raw"]
    kept = json.loads(raw)
    assert "ตลาดใหม่" in kept["xml"]
    assert photos.sent_before(store, kept["attachments"][exports.PHOTO]) is not None
    assert read.surveys(store).empty


def test_a_conflict_is_kept_and_stays_on_the_phone(phone, store) -> None:
    phone.send(exports.xml(VISIT))
    answer = phone.send(exports.xml(VISIT.but(ramp__clear_width_mm__1="95")))
    assert answer.status_code == 409
    assert "both are kept" in _message(answer).casefold()
    assert len(quarantine.held_rows(store)) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<data", "damaged"),
        (b"", "no submission in it"),
        (b'<!DOCTYPE d [<!ENTITY a "x">]><data id="jaidee_survey">&a;</data>', "document type"),
        (exports.xml(VISIT, form="household"), "household"),
    ],
)
def test_what_is_no_submission_is_refused_in_a_sentence(content, sentence, phone, store) -> None:
    head = str(read.head(store))
    answer = phone.send(content)
    assert answer.status_code == 400
    assert sentence in _message(answer)
    assert "กรุณา" in _message(answer) or "แบบ" in _message(answer)
    assert str(read.head(store)) == head


def test_a_request_that_is_no_form_is_refused(phone) -> None:
    address, auth = f"{phone.url}/openrosa/submission", (phone.name, phone.secret)
    assert phone.session.post(address, data=b"hello", auth=auth).status_code == 400
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert phone.session.post(address, data=b"--x\r\nbroken", headers=broken, auth=auth).status_code == 400


def test_an_older_version_of_our_form_is_taken_in(phone, store) -> None:
    assert phone.send(exports.xml(VISIT, version="2020010100 0123456789ab")).status_code == 201
    assert read.surveys(store)["form_version"].tolist() == ["0123456789ab"]


def test_too_much_is_refused_before_it_is_read(phone, monkeypatch) -> None:
    host = phone.url.removeprefix("http://")
    line = http.client.HTTPConnection(host, timeout=10)
    with contextlib.closing(line):
        line.putrequest("POST", "/openrosa/submission")
        line.putheader("Authorization", requests.auth._basic_auth_str(phone.name, phone.secret))
        line.putheader("Content-Length", str(openrosa.MAX_BYTES + 1))
        line.putheader("Content-Type", "multipart/form-data; boundary=x")
        line.endheaders()
        answer = line.getresponse()
        assert answer.status == 413
        assert "เกิน 50 MB" in answer.read().decode()
    monkeypatch.setattr(openrosa, "MAX_BYTES", 2000)
    boundless = phone.session.post(
        f"{phone.url}/openrosa/submission",
        data=iter([b"--x\r\n" + b"y" * 3000]),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
        auth=(phone.name, phone.secret),
    )
    assert boundless.status_code == 413


@pytest.mark.parametrize(
    "path", ["formList", "forms/jaidee_survey.xml", "forms/jaidee_survey/manifest", "media/sites.csv"]
)
def test_nothing_is_shown_to_strangers(path, phone) -> None:
    for auth in (None, ("staff-12", "wrong"), ("nobody", phone.secret)):
        answer = phone.session.get(f"{phone.url}/openrosa/{path}", auth=auth)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
        assert answer.headers["X-OpenRosa-Version"] == "1.0"
        assert "KK-001" not in answer.text


@pytest.mark.parametrize("header", ["Bearer x", "Basic", "Basic !!!", "Basic " + "eA==", "Basic /w=="])
def test_a_login_that_is_none_is_refused(header, phone) -> None:
    answer = phone.session.get(f"{phone.url}/openrosa/formList", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_stranger_sends_nothing(phone, store) -> None:
    assert phone.session.head(f"{phone.url}/openrosa/submission").status_code == 401
    assert phone.send(exports.xml(VISIT), secret="wrong").status_code == 401
    device_secrets.revoke(store, "staff-12", "admin", NOW)
    assert phone.send(exports.xml(VISIT)).status_code == 401
    assert read.surveys(store).empty


def test_whoever_guesses_waits_and_then_may_try_again(phone, clock) -> None:
    assert [phone.send(b"", secret="wrong").status_code for _ in range(5)] == [401] * 5
    waiting = phone.send(exports.xml(VISIT))
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (429, "3")
    clock.seconds += 3
    assert phone.send(exports.xml(VISIT)).status_code == 201


def test_a_record_that_cannot_be_written_leaves_the_survey_on_the_phone(store) -> None:
    secret = device_secrets.give_secret(store, "staff-12", "admin", NOW)
    locked = workspace.Workspace(store.workspace.folder / "nowhere")

    def open_locked():
        return store_connection.open_store(locked, create=False)

    with serving(openrosa.routes(open_locked, device_sign_in.DeviceSignIn(open_locked))) as url:
        phone = Phone(url, "staff-12", secret)
        with phone.session:
            answers = phone.send(exports.xml(VISIT)), phone.get("formList")
    assert [answer.status_code for answer in answers] == [503, 503]
    assert "send it again later" in _message(answers[0])


@pytest.mark.parametrize(
    ("shown", "count"), [("Tue, 04 Mar 2025 03:00:00 GMT", 0), ("Tue, 03 Mar 2026 02:00:00 GMT", 1)]
)
def test_a_phone_whose_clock_disagrees_with_ours_is_asked_about(phone, store, shown: str, count: int) -> None:
    phone.session.headers["Date"] = shown
    assert phone.send(exports.xml(VISIT)).status_code == 201
    assert len(read.surveys(store)) == count
    assert len(quarantine.held_rows(store)) == 1 - count
