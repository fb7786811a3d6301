"""Several processes serve behind one port: a browser stays with its own, and the death of one stops nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import http.client
import os
import shutil
import signal
import socket
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
import websockets
from typer.testing import CliRunner

from app_pages.web import sign_in
from audits import __main__ as program
from audits import roles, settings
from audits.cli import processes, serve
from audits.store import incidents
from audits.store.accounts import accounts, sessions
from audits.store.db import connection, workspace
from tests import app_process, event_loop, web_reader

PASSWORD = "สะพานลอยคนข้าม-2569"
PATIENCE_S, ANSWERS_S = 60.0, 2.0
HUNG_S = 4
PROGRAM = f"""
from audits import __main__
from audits.cli import processes
processes.HUNG_S, processes.SILENT_S = {HUNG_S}, 1
__main__.main()
"""
SERVING = ("-c", PROGRAM, "serve", "--host", "127.0.0.1", "--port", "{port}", "--processes", "2")


@pytest.fixture(scope="module")
def token(laid_out_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A workspace, and the token of an administrator who is signed in there."""
    folder = tmp_path_factory.mktemp("several") / "work"
    shutil.copytree(laid_out_file, folder)
    with connection.open_store(workspace.Workspace(folder)) as store:
        first = accounts.add(store, "boss", roles.ADMINISTRATOR, "test")
        accounts.choose_password(store, "boss", first, PASSWORD)
        return folder, sessions.begin(store, "boss")


@pytest.fixture(scope="module")
def server(token: tuple[Path, str]) -> Iterator[app_process.AppProcess]:
    started = app_process.AppProcess(token[0], app_process.ALONE, SERVING)
    started.awaited()
    for number in (0, 1):
        awaited(started, number)
    yield started
    started.kill()


def asked(
    server: app_process.AppProcess,
    cookie: str = "",
    path: str = sign_in.PATH,
    form: str = "",
    source: str = "127.0.0.1",
) -> http.client.HTTPResponse:
    """Ask for a page, or send a form, with a connection of its own."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S, source_address=(source, 0))
    headers = {"Origin": server.address, "Content-Type": "application/x-www-form-urlencoded"}
    line.request("POST" if form else "GET", path, form or None, headers | ({"Cookie": cookie} if cookie else {}))
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer


def of(number: int) -> str:
    return f"lang=th; {processes.COOKIE}={number}"


def awaited(server: app_process.AppProcess, number: int) -> None:
    """Wait until the process of a number answers those that name it."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        # one that hangs is killed, with the lines it has
        with contextlib.suppress(OSError, http.client.HTTPException):
            if not asked(server, of(number), "/health").getheader("set-cookie"):
                return
        time.sleep(0.1)
    raise AssertionError(server.log)


def children(pid: int) -> list[int]:
    """The processes of the app, in the order of their numbers."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_a_browser_is_brought_back_to_the_process_that_answered_first(server: app_process.AppProcess) -> None:
    first = asked(server)
    cookie = str(first.getheader("set-cookie"))
    assert first.getheader("connection") == "close"
    again = asked(server, cookie.partition(";")[0])
    assert (again.status, again.getheader("set-cookie"), again.getheader("connection")) == (200, None, None)
    # a process that there is not, as after a restart with fewer
    assert asked(server, of(7)).getheader("set-cookie")


def test_wrong_passwords_count_by_the_true_address_in_all_processes(server: app_process.AppProcess) -> None:
    form = urllib.parse.urlencode({"username": "nobody", "password": "x"})
    tries = [
        asked(server, of(number % 2), form=form, source="127.0.0.2").status
        for number in range(sessions.FREE_OF_BOTH + 1)
    ]
    assert tries == [401] * sessions.FREE_OF_BOTH + [429]
    assert asked(server, form=form, source="127.0.0.3").status == 401


def test_a_head_may_come_in_parts_and_a_body_after_it(server: app_process.AppProcess) -> None:
    body = urllib.parse.urlencode({"username": "nobody", "password": "x" * 900, "next": "a" * 15_000})
    head = f"POST {sign_in.PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nContent-Length: {len(body)}"
    kind = "\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r"
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as line:
        for part in (head, kind, "\n" + body[:5], body[5:]):
            line.sendall(part.encode())
            time.sleep(0.05)
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    assert answer.startswith((b"HTTP/1.1 401", b"HTTP/1.1 429")), answer[:200]


def test_one_dies_and_one_hangs_and_both_are_replaced(server: app_process.AppProcess, token: tuple[Path, str]) -> None:
    folder, secret = token
    page = ("criteria", "lang=en")

    async def watched() -> None:
        async with (
            web_reader.Reader(server.port, f"{secret}; {of(0)}") as here,
            web_reader.Reader(server.port, f"{secret}; {of(1)}") as there,
        ):
            for reader in (here, there):
                assert (await reader.page(*page))[1]
            os.kill(children(server.process.pid)[0], signal.SIGKILL)
            with pytest.raises((websockets.ConnectionClosed, OSError)):
                await here.page(*page)
            assert (await there.page(*page))[1]
            # who comes back meanwhile is served by the other, and signed in still
            async with web_reader.Reader(server.port, f"{secret}; {of(0)}") as back:
                assert (await back.page(*page))[1]
        hung = children(server.process.pid)[0]
        os.kill(hung, signal.SIGSTOP)
        await asyncio.to_thread(awaited, server, 0)
        # who is new is not given to a process that does not answer
        assert (await asyncio.to_thread(asked, server)).status == 200
        until = time.monotonic() + PATIENCE_S
        while hung in children(server.process.pid):
            assert time.monotonic() < until, server.log
            await asyncio.sleep(0.1)
        await asyncio.to_thread(awaited, server, 1)

    event_loop.run(watched())
    with connection.open_store(workspace.Workspace(folder)) as store:
        kept = incidents.since(store.workspace, dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))
    assert [(one.where, one.what, one.saw) for one in kept if one.where == "serve"] == [
        ("serve", "process 0 ended (-9)", serve.PROCESS_DIED),
        ("serve", "process 1 hung and was killed", serve.PROCESS_DIED),
    ]


def test_stopping_stops_all(server: app_process.AppProcess) -> None:
    alive = children(server.process.pid)
    assert len(alive) == 2
    server.process.terminate()
    assert server.process.wait(PATIENCE_S) == 0
    assert not [pid for pid in alive if Path(f"/proc/{pid}").exists()]
    assert "Traceback" not in server.log


@pytest.mark.parametrize("count", ["1", "2"])
def test_that_it_serves_is_said_when_the_port_answers(token: tuple[Path, str], count: str) -> None:
    started = app_process.AppProcess(token[0], app_process.ALONE, (*SERVING[:-1], count, "--lang", "en"))
    try:
        until = time.monotonic() + PATIENCE_S
        while "Stop with Ctrl+C" not in started.log:
            assert time.monotonic() < until and started.process.poll() is None, started.log
            time.sleep(0.02)
        line = http.client.HTTPConnection("127.0.0.1", started.port, timeout=ANSWERS_S)
        line.request("GET", sign_in.PATH)
        assert line.getresponse().status == 200
        line.close()
        assert started.log.startswith("Starting …")
    finally:
        started.kill()


def test_where_sockets_cannot_be_passed_on_one_process_serves(
    token: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "HAS_SEVERAL", False)
    for name in (*settings.Settings().environment(), workspace.ENVIRONMENT_KEY):
        monkeypatch.setenv(name, "")
    assert processes.cores() == 1
    command = ["serve", "--processes", "2", "--workspace", str(token[0]), "--json"]
    refused = CliRunner().invoke(program.application, command)
    assert refused.exit_code == 1
    assert serve.NOT_HERE.code in refused.stdout


@pytest.mark.parametrize(("cookie", "expected"), [(b"jaidee_process=1", []), (b"", [b"set-cookie"])])
@pytest.mark.parametrize(("kind", "begins"), [("http", "http.response.start"), ("websocket", "websocket.accept")])
@pytest.mark.parametrize("is_shared", [False, True])
def test_the_cookie_is_given_once_and_a_shared_connection_closed(
    cookie: bytes, expected: list[bytes], kind: str, begins: str, is_shared: bool
) -> None:
    sent = []

    async def app(scope: object, receive: object, send: object) -> None:
        await send({"type": begins, "headers": [(b"vary", b"accept")]})

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    asked_of = {"type": kind, "headers": [(b"Cookie", cookie)]}
    event_loop.run(processes.StickyMiddleware(app, 1, is_shared)(asked_of, None, send))
    closes = [b"connection"] if kind == "http" and (is_shared or expected) else []
    assert [name for name, _ in sent[0]["headers"]] == [b"vary", *expected, *closes]
