"""Serve the app from several processes behind one port, each browser always from the same process.

The front reads the head of the first request of a connection and passes the socket itself to the process that the
cookie names. Nothing is copied or rewritten on the way: a process sees the true address of its client, and websockets,
uploads and downloads need no case of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import random
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from multiprocessing import connection, reduction
from typing import Any

import uvicorn
from uvicorn.protocols.http import h11_impl

from layers import installation

COOKIE = "jaidee_process"
APP = "app:app"
# sockets are passed on by SCM_RIGHTS, which Windows has not
HAS_SEVERAL = hasattr(socket, "SCM_RIGHTS")
HEAD_S, STARTING_S, AGAIN_S, TICK_S = 15.0, 60.0, 2.0, 0.2
# beyond what a process gives its own answers to end
STOPPING_S = 5.0
# libraries that keep the interpreter to themselves stop a process for seconds; a minute is no work any more
HUNG_S, SILENT_S = 60.0, 3.0
MOST_HEADS = 1000
NOT_READY = -1

_COOKIE = re.compile(rb"(?:^|[;:\s])" + COOKIE.encode() + rb"=(\d{1,4})(?=[;\s]|$)")
_COOKIE_LINE = re.compile(rb"^cookie:.*", re.IGNORECASE | re.MULTILINE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")

# spawned: a fork would copy the locks of libraries and not the threads that free them
_spawning = multiprocessing.get_context("spawn")
_log = logging.getLogger("uvicorn.error")

Options = Mapping[str, Any]


def cores() -> int:
    """Return how many cores this process may use, where several processes can serve; else 1."""
    if not HAS_SEVERAL:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    count: int,
    options: Options,
    *,
    is_shared: bool,
    on_death: Callable[[str], None],
    on_ready: Callable[[], None],
) -> int:
    """Serve the app from several processes until SIGINT or SIGTERM.

    Parameters
    ----------
    count
        Processes, 2 or more.
    options
        Of :class:`uvicorn.Config`, with ``host``, ``port``, ``http="h11"``, ``h11_max_incomplete_event_size`` and
        ``timeout_graceful_shutdown``.
    is_shared
        A proxy may send requests of several browsers through one connection.
    on_death
        Called with what happened to a process that served and died, or hung and was killed; it is replaced.
    on_ready
        Called once, when the first request can be answered.

    Returns
    -------
    int
        Exit code; not 0 when a process died before any was ready.
    """
    # before any process starts: a port that is taken ends here, with one message
    listener = uvicorn.Config(APP, **options).bind_socket()
    return asyncio.run(_Front(count, options, is_shared, on_death).serve(listener, on_ready))


class _Process:
    """A process of the app: its number from 0, and the pipe through which it is given sockets."""

    def __init__(self, number: int, options: Options, is_shared: bool) -> None:
        self.number = number
        self._pipe, far_end = _spawning.Pipe()
        # connections open now, as the process counts them; shared without a lock: one writes, and an old figure will do
        self.open, self._beats = _spawning.RawValue("i", NOT_READY), _spawning.RawValue("L", 0)
        self._seen_beats, self._silent_s = 0, 0.0
        arguments = (number, options, is_shared, far_end, self.open, self._beats)
        self._process = _spawning.Process(target=_work, args=arguments)
        self._process.start()
        # only the process holds this end from now on, so that its death closes the pipe
        far_end.close()
        # a process that hangs fills its pipe, and must not keep the front from serving the others
        self._sender = futures.ThreadPoolExecutor(1)

    @property
    def was_ready(self) -> bool:
        """Whether it has begun to serve."""
        return bool(self.open.value != NOT_READY)

    @property
    def exit_code(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.exitcode

    @property
    def is_ready(self) -> bool:
        """Whether it serves now."""
        return self.was_ready and self.exit_code is None

    @property
    def is_silent(self) -> bool:
        """Whether its event loop has stood still for so long that newcomers are for others."""
        return self._silent_s >= SILENT_S

    def is_hung(self, seconds: float) -> bool:
        """Count seconds more, and return whether its event loop has stood still for :data:`HUNG_S`.

        The front counts, not the clock: while the whole machine sleeps nobody hangs.
        """
        beats = self._beats.value
        self._silent_s = self._silent_s + seconds if self.is_ready and beats == self._seen_beats else 0.0
        self._seen_beats = beats
        return self._silent_s >= HUNG_S

    def take(self, head: bytes, client: socket.socket) -> asyncio.Future[None]:
        """Pass a connection on, with what was read of it."""
        # until the process counts again
        self.open.value += 1
        return asyncio.get_running_loop().run_in_executor(self._sender, self._send, head, client)

    def _send(self, head: bytes, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            # a process that dies now takes the connection with it, and the client asks again
            self._pipe.send_bytes(head)
            reduction.send_handle(self._pipe, client.fileno(), self._process.pid)

    def terminate(self) -> None:
        """Ask it to answer what it was asked, and end."""
        self._process.terminate()

    def end(self, seconds: float) -> None:
        """Wait for its end, kill it if it takes longer, and free what it held."""
        self._process.join(seconds)
        self._process.kill()
        self._process.join()
        self._pipe.close()
        self._sender.shutdown(wait=False, cancel_futures=True)


class _Front:
    def __init__(self, count: int, options: Options, is_shared: bool, on_death: Callable[[str], None]) -> None:
        self._options, self._is_shared, self._on_death = options, is_shared, on_death
        self._processes = [_Process(number, options, is_shared) for number in range(count)]
        self._heads: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._exit_code = 0

    async def serve(self, listener: socket.socket, on_ready: Callable[[], None]) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopping.set)
        listener.listen(self._options.get("backlog", 2048))
        listener.setblocking(False)
        works = self._accept(listener), self._watch(), self._announce(on_ready)
        tasks = [asyncio.create_task(work) for work in works]
        await self._stopping.wait()
        listener.close()
        for task in (*tasks, *self._heads):
            task.cancel()
        for process in self._processes:
            process.terminate()
        # one deadline for all of them, since they end side by side
        until = time.monotonic() + self._options["timeout_graceful_shutdown"] + STOPPING_S
        for process in self._processes:
            await asyncio.to_thread(process.end, max(0.0, until - time.monotonic()))
        return self._exit_code

    async def _announce(self, on_ready: Callable[[], None]) -> None:
        while not any(process.is_ready for process in self._processes):
            await asyncio.sleep(TICK_S)
        on_ready()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, _ = await loop.sock_accept(listener)
            except OSError:
                # too many open files, or a client that is gone already
                await asyncio.sleep(TICK_S)
                continue
            if len(self._heads) >= MOST_HEADS:
                client.close()
                continue
            task = asyncio.create_task(self._pass_on(client))
            self._heads.add(task)
            task.add_done_callback(self._heads.discard)

    async def _pass_on(self, client: socket.socket) -> None:
        try:
            async with asyncio.timeout(HEAD_S):
                head = await self._head(client)
            async with asyncio.timeout(STARTING_S):
                process = await self._chosen(head)
        except (OSError, TimeoutError, asyncio.CancelledError):
            client.close()
            return
        await process.take(head, client)

    async def _head(self, client: socket.socket) -> bytes:
        loop, head = asyncio.get_running_loop(), b""
        # a head that is too long is for the process to refuse
        while not _HEAD_END.search(head) and len(head) <= self._options["h11_max_incomplete_event_size"]:
            more = await loop.sock_recv(client, 65_536)
            if not more:
                raise ConnectionError
            head += more
        return head

    async def _chosen(self, head: bytes) -> _Process:
        """Find the process that the cookie names, else of those that answer the one with the fewest connections."""
        named = number_of(*_COOKIE_LINE.findall(_HEAD_END.split(head, 1)[0]))
        while True:
            ready = [process for process in self._processes if process.is_ready]
            for process in ready:
                if process.number == named:
                    return process
            if answering := [process for process in ready if not process.is_silent]:
                return min(answering, key=lambda process: (process.open.value, random.random()))  # noqa: S311 - a tie
            await asyncio.sleep(TICK_S)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            for process in list(self._processes):
                if process.exit_code is not None:
                    await self._replace(process, f"process {process.number} ended ({process.exit_code})")
                elif process.is_hung(TICK_S):
                    process.end(0)
                    await self._replace(process, f"process {process.number} hung and was killed")

    async def _replace(self, dead: _Process, what: str) -> None:
        if not any(process.was_ready for process in self._processes):
            # what stops the first would stop every other; its own log says why
            self._exit_code = dead.exit_code or 1
            self._stopping.set()
            return
        _log.warning("%s; it is started again", what)
        if dead.was_ready:
            self._on_death(what)
        else:
            await asyncio.sleep(AGAIN_S)
        dead.end(0)
        self._processes[dead.number] = _Process(dead.number, self._options, self._is_shared)


def number_of(*cookies: bytes) -> int | None:
    """Return the number of the process that a browser is served by.

    Examples
    --------
    >>> number_of(b"lang=th; jaidee_process=1"), number_of(b"my_jaidee_process=1")
    (1, None)
    """
    found = [match for cookie in cookies for match in _COOKIE.findall(cookie)]
    return int(found[-1]) if found else None


class StickyMiddleware:
    """Give each browser the cookie that brings it back to this process.

    Parameters
    ----------
    app
        The ASGI app.
    number
        Of this process.
    is_shared
        Whether a proxy may send requests of several browsers through one connection.
    """

    def __init__(self, app: Any, number: int, is_shared: bool) -> None:
        self._app, self._number, self._is_shared = app, number, is_shared

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on, and add the cookie to the answer where it is missing."""
        cookies = [value for name, value in scope.get("headers", ()) if name.lower() == b"cookie"]
        is_ours = number_of(*cookies) == self._number
        added = (
            [] if is_ours else [(b"set-cookie", f"{COOKIE}={self._number}; Path=/; HttpOnly; SameSite=Lax".encode())]
        )
        if scope["type"] == "http" and (self._is_shared or not is_ours):
            # only the first request of a connection chooses the process
            added.append((b"connection", b"close"))

        async def send_kept(message: Any) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                message = {**message, "headers": [*message.get("headers", ()), *added]}
            await send(message)

        await self._app(scope, receive, send_kept)


class _PassedOn(h11_impl.H11Protocol):
    """A connection of which the front has read the beginning."""

    def __init__(self, head: bytes, **options: Any) -> None:
        super().__init__(**options)
        self._head = head

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.data_received(self._head)


class _Server(uvicorn.Server):
    """Serve what arrives through a pipe; listen at no port."""

    def __init__(self, config: uvicorn.Config, pipe: connection.Connection, count: Any, beats: Any) -> None:
        super().__init__(config)
        self._pipe, self._count, self._beats = pipe, count, beats

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        threading.Thread(target=self._receive, args=(asyncio.get_running_loop(),), daemon=True).start()

    async def on_tick(self, counter: int) -> bool:
        self._count.value = len(self.server_state.connections)
        self._beats.value += 1
        return await super().on_tick(counter)

    def _receive(self, loop: asyncio.AbstractEventLoop) -> None:
        for head, client in self._passed_on():
            asyncio.run_coroutine_threadsafe(self._adopt(head, client), loop)
        # without its front a process would serve nobody, and hold the store open
        self.should_exit = True

    def _passed_on(self) -> Iterator[tuple[bytes, socket.socket]]:
        with contextlib.suppress(EOFError, OSError):
            while True:
                head = self._pipe.recv_bytes()
                yield head, socket.socket(fileno=reduction.recv_handle(self._pipe))

    async def _adopt(self, head: bytes, client: socket.socket) -> None:
        client.setblocking(False)
        options = {"config": self.config, "server_state": self.server_state, "app_state": self.lifespan.state}
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: _PassedOn(head, **options), client)
        except OSError:
            client.close()


def _work(number: int, options: Options, is_shared: bool, pipe: connection.Connection, count: Any, beats: Any) -> None:
    # Streamlit reads its settings from the current folder
    os.chdir(installation.ROOT)
    sys.path.insert(0, str(installation.ROOT))
    config = uvicorn.Config(APP, **options)
    config.load()
    # Streamlit has set up its own meanwhile
    config.configure_logging()
    config.loaded_app = StickyMiddleware(config.loaded_app, number, is_shared)
    # Ctrl+C reaches every process of a terminal, and ends this one as the front does
    with contextlib.suppress(KeyboardInterrupt):
        # no sockets of its own: an empty list, since None would make it listen
        _Server(config, pipe, count, beats).run(sockets=[])
