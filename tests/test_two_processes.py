"""Two processes serve one record in PostGIS: what one takes in the other shows, a sign-out at one is one at both."""

from __future__ import annotations

import asyncio
import concurrent.futures
import http.client
import urllib.parse
from collections.abc import Iterator

import pytest
import websockets

from app_pages.web import responder, sign_in
from audits import roles
from audits.demo import seed
from audits.field.kit import store as kit_store
from audits.store.accounts import accounts, device_secrets
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.surveys import read
from tests import app_process, event_loop, postgis, web_reader
from tests.benchmarks import phones
from tests.field.kit import kit_lines

ENGINEER, PASSWORD = "engineer-1", "สะพานลอยคนข้าม-2569"
PHONE = "staff-12"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, postgis: postgis.Server) -> Iterator[connection.Store]:
    url = postgis.url(postgis.create("laid_out"))
    place = workspace.Workspace(tmp_path_factory.mktemp("shared") / "workspace", url)
    with connection.open_store(place) as opened:
        seed.with_starter_register(opened, "test")
        for name, role in (("admin-1", roles.ADMINISTRATOR), (ENGINEER, roles.ENGINEER)):
            accounts.choose_password(opened, name, accounts.add(opened, name, role, "test"), PASSWORD)
        yield opened


@pytest.fixture(scope="module")
def both(store: connection.Store) -> Iterator[tuple[app_process.AppProcess, app_process.AppProcess]]:
    """Two processes of the app, started together, on one workspace and one database."""
    place, terms = store.workspace, {**app_process.SHARED, workspace.STORE_KEY: store.workspace.store_url}
    one, other = (app_process.AppProcess(place.folder, terms) for _ in range(2))
    one.awaited()
    other.awaited()
    yield one, other
    one.kill()
    other.kill()
    assert "Traceback" not in one.log + other.log


def signed_in(server: app_process.AppProcess) -> str:
    """Sign in by the form and return the token of the cookie."""
    form = urllib.parse.urlencode({"username": ENGINEER, "password": PASSWORD})
    status, headers = asked(server, "POST", sign_in.PATH, form)
    assert status == 303
    return headers["set-cookie"].partition(f"{sign_in.COOKIE}=")[2].partition(";")[0]


def asked(
    server: app_process.AppProcess, method: str, path: str, form: str = "", token: str = ""
) -> tuple[int, dict[str, str]]:
    """Ask as a browser does, without going where it is sent."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Origin": server.address, "Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    line.request(method, path, form, headers | {"Cookie": f"{sign_in.COOKIE}={token}"})
    answer = line.getresponse()
    answer.read()
    line.close()
    cookies = "; ".join(answer.headers.get_all("set-cookie") or ())
    return answer.status, {name.lower(): value for name, value in answer.getheaders()} | {"set-cookie": cookies}


def test_what_one_process_takes_in_the_other_shows(
    both: tuple[app_process.AppProcess, app_process.AppProcess], store: connection.Store
) -> None:
    one, other = both
    secret, token = device_secrets.give_secret(store, PHONE, "test"), signed_in(other)
    record = kit_lines.record(
        1, workspace=kit_store.workspace_id(store), observed_at=kit_lines.this_hour(), note="ทางลาดที่ส่งถึงเครื่องแรก"
    )

    async def watched() -> tuple[str, str]:
        async with web_reader.Reader(other.port, token) as reader:
            _, before = await reader.page("site", "lang=th&site=KK-001")
            phone = phones.Phone(one.port, PHONE, secret)
            await asyncio.to_thread(phone.kit_record, record)
            phone.hang_up()
            _, after = await reader.page("site", "lang=th&site=KK-001")
            return " ".join(before), " ".join(after)

    before, after = event_loop.run(watched())
    assert "KK-001" in before
    assert str(record["surveyor"]) not in before
    assert str(record["surveyor"]) in after


def test_a_survey_sent_to_both_at_once_is_there_once(
    both: tuple[app_process.AppProcess, app_process.AppProcess], store: connection.Store
) -> None:
    secret, here = device_secrets.give_secret(store, PHONE, "test"), kit_store.workspace_id(store)
    records = [
        kit_lines.record(number, "KK-002", workspace=here, observed_at=kit_lines.this_hour())
        for number in range(10, 20)
    ]

    def send(server: app_process.AppProcess) -> None:
        phone = phones.Phone(server.port, PHONE, secret)
        for record in records:
            phone.kit_record(record)
        phone.hang_up()

    with concurrent.futures.ThreadPoolExecutor() as pool:
        assert list(pool.map(send, both)) == [None, None]
    kept = read.surveys(store)["survey_id"]
    assert {str(record["survey_id"]) for record in records} <= set(kept)
    assert not kept.duplicated().any()
    assert verify.verify(store).problems == ()


def test_signing_out_at_one_process_closes_the_pages_of_the_other(
    both: tuple[app_process.AppProcess, app_process.AppProcess],
) -> None:
    one, other = both
    token = signed_in(one)

    async def closed_with() -> int | None:
        async with web_reader.Reader(other.port, token) as reader:
            _, said = await reader.page("criteria", "lang=en")
            assert said
            assert asked(one, "POST", sign_in.SIGN_OUT_PATH, token=token)[0] == 303
            with pytest.raises(websockets.ConnectionClosed) as hung_up:
                await reader.page("criteria", "lang=en")
            return hung_up.value.rcvd.code if hung_up.value.rcvd else None

    assert event_loop.run(closed_with()) == responder.SIGNED_OUT
    status, headers = asked(other, "GET", "/", token=token)
    assert (status, headers["location"].partition("?")[0]) == (303, sign_in.PATH)
