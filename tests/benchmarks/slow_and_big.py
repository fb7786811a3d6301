"""Hold the server up and send it too much, while others work: ``python -m tests.benchmarks.slow_and_big [lines]``.

Two hundred lines send one byte of a request a second (slowloris), twenty a byte of a body, and others say or send more
than is taken, or stop in the middle. Meanwhile a phone sends surveys and a reader asks for the page: both
must be answered still.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import socket
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from app_pages.web import auth_middleware, kit, openrosa
from audits.demo import seed
from audits.field.kit import store as kit_store
from audits.store.accounts import device_secrets
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.surveys import read
from tests import app_process
from tests.benchmarks import kits_at_once, phones
from tests.field.kit import kit_lines

SLOW_BODIES, SECONDS = 20, 30.0
PATIENCE_S = auth_middleware.MAX_PAUSE_S + 30.0
LONGEST_ANSWER_S, MOST_MEGABYTES = 10.0, 1_000
NAME = "slow-1"
# the beginning of a photo within a submission, as one piece of a body whose size is not said
PART_HEAD = b'--b\r\nContent-Disposition: form-data; name="x.jpg"; filename="x.jpg"\r\n\r\n'
PART = f"{len(PART_HEAD):x}\r\n".encode() + PART_HEAD + b"\r\n"


def slow_line(port: int, stop: threading.Event, start: bytes) -> None:
    """Send the start of a request, then a byte a second, and come again when the server hangs up."""
    while not stop.is_set():
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as line:
            line.sendall(start)
            while not stop.wait(1.0):
                line.sendall(b"a")


def answered(port: int, request: bytes, body: Iterator[bytes]) -> str:
    """Return the first line of the answer to a request whose body may be cut off by the server."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
        with contextlib.suppress(OSError):
            line.sendall(request)
            for piece in body:
                line.sendall(piece)
        with contextlib.suppress(OSError):
            return line.recv(4_096).split(b"\r\n", 1)[0].decode("latin-1")
    return "hung up"


def big_requests(port: int, login: str) -> dict[str, str]:
    """Return what is answered to requests that are too big, said or unsaid."""
    photo = f"PUT /field/api/photos/{'0' * 64}"
    asked = {
        "photo, said": (photo, kit.MAX_PHOTO_BYTES + 1, 0),
        "photo, unsaid": (photo, None, kit.MAX_PHOTO_BYTES + 2**21),
        "record, said": ("POST /field/api/surveys", kit.MAX_RECORD_BYTES + 1, 0),
        "submission, said": ("POST /openrosa/submission", openrosa.MAX_BYTES + 1, 0),
        "submission, unsaid": ("POST /openrosa/submission", None, openrosa.MAX_BYTES + 2**21),
        "header": ("GET /field/kit", "header", 0),
        "a body that stops": ("POST /field/api/surveys", 1_000, 0),
    }
    answers = {}
    for name, (what, said, sent) in asked.items():
        headers = (
            f"Host: 127.0.0.1:{port}\r\nAuthorization: {login}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        )
        headers += {None: "Transfer-Encoding: chunked\r\n", "header": f"X: {'a' * 200_000}\r\n"}.get(
            said, f"Content-Length: {said}\r\n"
        )
        piece = b"10000\r\n" + b"a" * 65_536 + b"\r\n"
        body = itertools.chain([PART], itertools.repeat(piece, sent // 65_536)) if sent else iter(())
        answers[name] = answered(port, f"{what} HTTP/1.1\r\n{headers}\r\n".encode(), body)
    return answers


def work(phone: phones.Phone, here: str, seconds: float) -> tuple[list[float], list[float]]:
    """Send surveys and read the page for a while; return how long each took."""
    sends, pages, until = [], [], time.monotonic() + seconds
    while time.monotonic() < until:
        begun, survey_id = time.perf_counter(), phones.new_id()
        record = kit_lines.record(1, workspace=here, observed_at=kit_lines.this_hour())
        phone.kit_record(record | {"survey_id": survey_id, "root_id": survey_id})
        sends.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        asked = urllib.request.Request(f"http://127.0.0.1:{phone.port}/", headers={"Accept": "text/html"})
        urllib.request.urlopen(asked, timeout=30).read()
        pages.append(time.perf_counter() - begun)
    return sends, pages


def main(lines: int) -> int:
    """Hold up, send, print; 1 when those who work had to wait, or a big request was not refused."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "work"
        with connection.open_store(workspace.Workspace(folder)) as store:
            seed.with_starter_register(store, "slow")
            secret, here = device_secrets.give_secret(store, NAME, "slow"), kit_store.workspace_id(store)
        server = app_process.AppProcess(folder)
        server.awaited()
        login = f"Basic {base64.b64encode(f'{NAME}:{secret}'.encode()).decode()}"
        phone = phones.Phone(server.port, NAME, secret)
        calm = work(phone, here, SECONDS / 3)
        head = f"POST /field/api/surveys HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        body = f"{head}Authorization: {login}\r\nContent-Length: 100000\r\n\r\n".encode()
        stop = threading.Event()
        starts = [f"{head}X-Slow: ".encode()] * lines + [body] * SLOW_BODIES
        threads = [threading.Thread(target=slow_line, args=(server.port, stop, start)) for start in starts]
        for thread in threads:
            thread.start()
        time.sleep(1.0)
        held = work(phone, here, SECONDS)
        answers = big_requests(server.port, login)
        peak = kits_at_once.peak_megabytes(server.process.pid)
        stop.set()
        for thread in threads:
            thread.join()
        phone.hang_up()
        server.kill()
        with connection.open_store(workspace.Workspace(folder)) as store:
            kept, problems = len(read.surveys(store)), verify.verify(store).problems
    sent = len(calm[0]) + len(held[0])
    for name, (sends, pages) in {"calm": calm, "held up": held}.items():
        print(
            f"{name}: {len(sends)} surveys, p50 {statistics.median(sends):.2f} s, longest {max(sends):.2f} s; "
            f"page p50 {statistics.median(pages):.3f} s, longest {max(pages):.2f} s"
        )
    for name, answer in answers.items():
        print(f"{name}: {answer}")
    print(f"{lines} slow heads, {SLOW_BODIES} slow bodies; sent {sent}, kept {kept}; server {peak:.0f} MB at most")
    waited = max(*held[0], *held[1]) > LONGEST_ANSWER_S
    taken = [name for name, answer in answers.items() if not answer.split(" ")[1:2] or answer.split(" ")[1][0] != "4"]
    return 1 if waited or taken or kept != sent or problems or peak > MOST_MEGABYTES else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
