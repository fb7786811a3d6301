"""Ask an ASGI app as a server would, without a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message

from tests import event_loop

LOOPBACK = ("127.0.0.1", 50_000)


@dataclass
class Answer:
    """A response; of several headers of one name, such as cookies, the values are joined by newlines."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        """The body, parsed."""
        return json.loads(self.body)


def ask(
    app: ASGIApp,
    path: str = "/",
    client: tuple[str, int] = LOOPBACK,
    parts: Iterable[bytes] | None = (b"",),
    method: str = "GET",
    query: str = "lang=en",
    **headers: str,
) -> Answer:
    """Send one request and return the response; parts of None never come."""
    given = {"host": "localhost:8501", "accept": "text/html"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "scheme": "http",
        "http_version": "1.1",
        "client": client,
        "server": ("127.0.0.1", 8501),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    coming = list(parts or ())
    sent: list[Message] = []

    async def receive() -> Message:
        if parts is None:
            await asyncio.Event().wait()
        if not coming:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": coming.pop(0), "more_body": bool(coming)}

    async def send(message: Message) -> None:
        sent.append(message)

    event_loop.run(app(scope, receive, send))
    found: dict[str, str] = {}
    for name, value in sent[0]["headers"]:
        key = name.decode()
        found[key] = f"{found[key]}\n{value.decode()}" if key in found else value.decode()
    return Answer(sent[0]["status"], found, b"".join(message.get("body", b"") for message in sent[1:]))
