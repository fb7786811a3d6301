"""Serve the offline kit of one workspace at one port, and nothing else, so that a test can kill it in a second."""

from __future__ import annotations

import contextlib
import gzip
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
CUT_OFF = "cut-off"


@dataclass
class Office:
    """A running office: its folder, its address, its process."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def address(self) -> str:
        """Return where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """Stop it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def start_again(self) -> None:
        """Serve the same workspace at the same address."""
        self.process = _start(self.folder, self.port)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Office]:
    """Serve until the block ends."""
    port = free_port()
    office = Office(folder, port, _start(folder, port))
    try:
        yield office
    finally:
        office.kill()


def free_port() -> int:
    """Return a port that nobody uses."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    with (folder / "office.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.kit_office", str(folder), str(port)], cwd=ROOT, stdout=log, stderr=log
        )
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return process
        time.sleep(0.1)
    process.kill()
    raise AssertionError((folder / "office.log").read_text("utf-8"))


def _serve(folder: str, port: int) -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.middleware.base import BaseHTTPMiddleware
    from starlette.responses import Response

    from app_pages import session
    from app_pages.web import device_sign_in, kit
    from audits.store.accounts import sessions
    from audits.store.db import connection, workspace

    store = connection.open_store(workspace.Workspace(Path(folder)))
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    app = Starlette(routes=kit.routes(lambda: store, sign_in, address=f"http://127.0.0.1:{port}"))

    async def cut_off(request, answer):
        """Lose the second half of the page while the folder says so, as a bad network behind a proxy does."""
        given = await answer(request)
        if request.url.path != "/field/kit" or not (Path(folder) / CUT_OFF).exists() or given.status_code != 200:
            return given
        content = b"".join([part async for part in given.body_iterator])
        whole = gzip.decompress(content) if given.headers.get("content-encoding") == "gzip" else content
        kept = {name: text for name, text in given.headers.items() if name.startswith(("x-", "content-security"))}
        return Response(whole[: len(whole) // 2], headers=kept, media_type="text/html")

    async def signed_in(request, answer):
        """Name the session of the browser to the routes, as the middleware of the app does."""
        token = request.cookies.get("jaidee_session", "")
        if token:
            digest = sessions.token_digest(token).encode()
            request.scope["headers"].append((session.SESSION_HEADER.encode(), digest))
        return await answer(request)

    for dispatch in (cut_off, signed_in):
        app.add_middleware(BaseHTTPMiddleware, dispatch=dispatch)

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", ws="none", lifespan="off")


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
