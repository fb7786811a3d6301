"""Two processes of `serve` share a record in PostGIS: what one takes in both show, a sign-out is one at both."""

from __future__ import annotations

import asyncio
import concurrent.futures
import http.client
import time
import urllib.parse
from collections.abc import Iterator

import pytest
import websockets

from app_pages.web import responder, sign_in
from audits import roles
from audits.cli import processes
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
def server(store: connection.Store) -> Iterator[app_process.AppProcess]:
    """Two processes of the app behind one port, on one workspace and one database."""
    named = {workspace.STORE_KEY: store.workspace.store_url}
    command = ("-m", "audits", "serve", "--host", "127.0.0.1", "--port", "{port}", "--processes", "2")
    started = app_process.AppProcess(store.workspace.folder, named, command)
    started.awaited()
    until = time.monotonic() + app_process.PATIENCE_S
    while {asked(started, "GET", "/health", of(number))[1]["set-cookie"] for number in (0, 1)} != {""}:
        assert time.monotonic() < until, started.log
        time.sleep(0.2)
    yield started
    started.kill()
    assert "Traceback" not in started.log


def of(number: int) -> str:
    """The cookie that brings a browser to one of the processes."""
    return f"{processes.COOKIE}={number}"


def signed_in(server: app_process.AppProcess, number: int) -> str:
    """Sign in at one process by the form and return the token of the cookie."""
    form = urllib.parse.urlencode({"username": ENGINEER, "password": PASSWORD})
    status, headers = asked(server, "POST", sign_in.PATH, of(number), form)
    assert status == 303
    return headers["set-cookie"].partition(f"{sign_in.COOKIE}=")[2].partition(";")[0]


def asked(
    server: app_process.AppProcess, method: str, path: str, cookie: str = "", form: str = ""
) -> tuple[int, dict[str, str]]:
    """Ask as a browser does, without going where it is sent."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"Origin": server.address, "Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    line.request(method, path, form, headers | {"Cookie": cookie})
    answer = line.getresponse()
    answer.read()
    line.close()
    cookies = "; ".join(answer.headers.get_all("set-cookie") or ())
    return answer.status, {name.lower(): value for name, value in answer.getheaders()} | {"set-cookie": cookies}


def test_what_one_process_takes_in_both_show(server: app_process.AppProcess, store: connection.Store) -> None:
    secret, token = device_secrets.give_secret(store, PHONE, "test"), signed_in(server, 1)
    record = kit_lines.record(
        1, workspace=kit_store.workspace_id(store), observed_at=kit_lines.this_hour(), note="ทางลาดที่ส่งถึงเครื่องแรก"
    )

    async def watched() -> list[list[str]]:
        page = ("review", "lang=th&site=KK-001")
        async with (
            web_reader.Reader(server.port, f"{token}; {of(0)}") as here,
            web_reader.Reader(server.port, f"{token}; {of(1)}") as there,
        ):
            before = [(await reader.page(*page))[1] for reader in (here, there)]
            phone = phones.Phone(server.port, PHONE, secret)
            await asyncio.to_thread(phone.kit_record, record)
            phone.hang_up()
            return before + [(await reader.page(*page))[1] for reader in (here, there)]

    shown = [" ".join(said) for said in event_loop.run(watched())]
    assert all("KK-001" in said for said in shown)
    assert [str(record["surveyor"]) in said for said in shown] == [False, False, True, True]


def test_a_survey_sent_twice_at_once_is_there_once(server: app_process.AppProcess, store: connection.Store) -> None:
    secret, here = device_secrets.give_secret(store, PHONE, "test"), kit_store.workspace_id(store)
    records = [
        kit_lines.record(number, "KK-002", workspace=here, observed_at=kit_lines.this_hour())
        for number in range(10, 20)
    ]

    def send(phone: phones.Phone) -> None:
        for record in records:
            phone.kit_record(record)
        phone.hang_up()

    # each at another process: the one with fewer connections gets the next
    both = [phones.Phone(server.port, PHONE, secret) for _ in range(2)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        assert list(pool.map(send, both)) == [None, None]
    kept = read.surveys(store)["survey_id"]
    assert {str(record["survey_id"]) for record in records} <= set(kept)
    assert not kept.duplicated().any()
    assert verify.verify(store).problems == ()


def test_signing_out_at_one_process_closes_the_pages_of_the_other(server: app_process.AppProcess) -> None:
    token = signed_in(server, 0)
    here, there = (f"{sign_in.COOKIE}={token}; {of(number)}" for number in (0, 1))

    async def closed_with() -> int | None:
        async with web_reader.Reader(server.port, f"{token}; {of(1)}") as reader:
            _, said = await reader.page("criteria", "lang=en")
            assert said
            assert asked(server, "POST", sign_in.SIGN_OUT_PATH, here)[0] == 303
            with pytest.raises(websockets.ConnectionClosed) as hung_up:
                await reader.page("criteria", "lang=en")
            return hung_up.value.rcvd.code if hung_up.value.rcvd else None

    assert event_loop.run(closed_with()) == responder.SIGNED_OUT
    status, headers = asked(server, "GET", "/", there)
    assert (status, headers["location"].partition("?")[0]) == (303, sign_in.PATH)
