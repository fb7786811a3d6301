"""Serve the app as a stranger would and open it in a real browser that may not leave this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from audits.store.db import workspace
from tests import chromium as browsers

ROOT = Path(__file__).parents[2]
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
SLOW_MS = 45_000

# how long nothing may happen before a page is at rest; how long an answer of the server is waited for
REST_MS, UNANSWERED_MS = 300, 10_000

# notes in each page when it last asked the server, heard from it, and changed
LISTENING = """
(() => {
  const last = (window.jaideeLast = { asked: 0, heard: 0, changed: 0 });
  const send = WebSocket.prototype.send;
  const hear = () => { last.heard = performance.now(); };
  WebSocket.prototype.send = function (...content) {
    this.addEventListener("message", hear);
    last.asked = performance.now();
    return send.apply(this, content);
  };
  new MutationObserver(() => { last.changed = performance.now(); })
    .observe(document, { childList: true, subtree: true, characterData: true });
})();
"""
AT_REST = """([rest, unanswered]) => {
  const last = window.jaideeLast, now = performance.now();
  const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
  const working = "[data-testid=stStatusWidget], [data-stale=true], details[style*=overflow]";
  if (state !== "notRunning" || document.querySelector(working)) return false;
  if (last.asked > last.heard && now - last.asked < unanswered) return false;
  return now - Math.max(last.asked, last.heard, last.changed) > rest;
}"""

# a busy machine is no fault of the page
expect.set_options(timeout=SLOW_MS / 2)


@dataclass
class Served:
    """A running app: its address, its workspace, its process."""

    address: str
    workspace: workspace.Workspace
    port: int
    process: subprocess.Popen[bytes] = field(repr=False)

    def kill(self) -> None:
        """Stop it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def start_again(self) -> None:
        """Serve the same workspace at the same address."""
        self.process = _start(self.workspace.folder, self.port)


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    log = (folder / "server.log").open("ab")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "JAIDEE_WORKSPACE": str(folder)}
    )
    log.close()
    for _ in range(240):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
            return process
        time.sleep(0.25)
    process.kill()
    raise AssertionError((folder / "server.log").read_text("utf-8"))


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Served]:
    """Serve one workspace until the block ends."""
    port = _free_port()
    served = Served(f"http://127.0.0.1:{port}", workspace.Workspace(folder), port, _start(folder, port))
    try:
        yield served
    finally:
        served.kill()


@pytest.fixture(scope="session")
def served(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app, shared by the tests that leave its record readable for the others."""
    folder = tmp_path_factory.mktemp("served") / "workspace"
    shutil.copytree(demonstration_folder, folder)
    with serve(folder) as app:
        yield app


@pytest.fixture(scope="module")
def own(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An app of one file's own tests, each with a site of its own: their record changes and its process may die."""
    folder = tmp_path_factory.mktemp("own") / "workspace"
    shutil.copytree(demonstration_folder, folder)
    with serve(folder) as app:
        yield app


Opener = Callable[..., Page]


class Contexts:
    """Browser contexts that are emptied and used again: a new one would fetch all scripts and fonts once more.

    Each keeps an empty page of this machine open, so that the next page finds a process that knows the scripts already.
    """

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium
        self._free: dict[str, list[BrowserContext]] = {size: [] for size in SIZES}
        self._keepers: dict[BrowserContext, Page] = {}

    def take(self, size: str) -> BrowserContext:
        """Return a context that holds nothing but cached files."""
        if self._free[size]:
            return self._free[size].pop()
        context = self._chromium.new_context(viewport=SIZES[size], accept_downloads=True)
        context.set_default_timeout(SLOW_MS)
        self._keepers[context] = browsers.kept_open(context)
        context.add_init_script(LISTENING)
        return context

    def give_back(self, size: str, context: BrowserContext, origins: Iterable[str]) -> None:
        """Empty a context for whoever takes it next."""
        browsers.empty(self._keepers[context], origins)
        self._free[size].append(context)


@pytest.fixture(scope="session", name="contexts")
def _contexts(chromium: Browser) -> Contexts:
    return Contexts(chromium)


@pytest.fixture
def opened(chromium: Browser, contexts: Contexts) -> Iterator[Opener]:
    """Open addresses in empty contexts; the test fails if anything was asked of another machine."""
    shared: list[tuple[str, BrowserContext]] = []
    special: list[BrowserContext] = []
    origins: set[str] = set()
    strangers: list[str] = []

    def watch(url: str) -> None:
        if not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "file:", "about:")):
            strangers.append(url)

    def open_page(address: str, size: str = "desktop", **options: object) -> Page:
        if options:
            context = chromium.new_context(viewport=SIZES[size], accept_downloads=True, **options)
            context.add_init_script(LISTENING)
            context.set_default_timeout(SLOW_MS)
            special.append(context)
        else:
            context = contexts.take(size)
            shared.append((size, context))
            origins.add("/".join(address.split("/", 3)[:3]))
        page = context.new_page()
        page.on("request", lambda request: watch(request.url))
        page.on("websocket", lambda socket: watch(socket.url))
        page.goto(address)
        return page

    yield open_page
    for context in special:
        context.close()
    for size, context in shared:
        contexts.give_back(size, context, origins)
    assert strangers == []


def settled(page: Page) -> None:
    """Wait until the page has its heading, the server owes it no answer, and it has been at rest for a while."""
    page.locator("h1").first.wait_for()
    page.wait_for_function(AT_REST, arg=[REST_MS, UNANSWERED_MS])


def unfold(heading: Locator) -> None:
    """Open a folded part and wait until it has grown to its height.

    Until then its content moves: Playwright scrolls inside the part to reach what is folded, and as the part grows
    this is undone under the pointer, so that a press on one option can end on its neighbour and choose nothing.
    """
    heading.click()
    heading.page.wait_for_function("() => !document.querySelector('details[style*=overflow]')")
