"""Knock at the phones' doors with the requests that a socket would bring, and read their answers."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime as dt
import json
import urllib.parse
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType

from starlette.applications import Starlette

from app_pages.web import device_sign_in, kit, openrosa
from audits import roles
from audits.field.kit import store as kit_store
from audits.store.accounts import device_secrets
from audits.store.photos import photos
from audits.store.surveys import quarantine, read
from tests.fuzz import intake

NAME = "staff-12"
PREFIXES = ("/openrosa", "/field", "/field/api", "/field/api/photos")
PATHS = (
    *("/openrosa/formList", "/openrosa/forms/jaidee_survey.xml", "/openrosa/forms/jaidee_survey/manifest"),
    *("/openrosa/media/sites.csv", "/openrosa/submission", "/field/kit", "/field/sw.js"),
    *("/field/manifest.webmanifest", "/field/api/surveys", "/field/api/photos", "/field/api/state"),
)
MESSAGE = "{http://openrosa.org/http/response}message"
EXPECTED = frozenset({200, 201, 204, 304, 307, 400, 401, 404, 405, 406, 409, 411, 413, 415, 429, 503})
BOUNDARY = "b0undary"


def multipart(submission: bytes, files: Mapping[str, bytes]) -> bytes:
    """Return the body of a request with a submission and its files."""
    parts = [
        ("xml_submission_file", "submission.xml", submission),
        *((name, name, each) for name, each in files.items()),
    ]
    return (
        b"".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'.encode()
            + content
            + b"\r\n"
            for name, file, content in parts
        )
        + f"--{BOUNDARY}--\r\n".encode()
    )


@dataclass
class Answer:
    """What a door answered."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Doors:
    """Both doors of one store, and the account of what they promised."""

    def __init__(self, account: intake.Account) -> None:
        self.account = account
        # a thread of its own: a browser's event loop may be running in this one
        self._thread, self._runner = ThreadPoolExecutor(1), asyncio.Runner()
        self._hour = dt.timedelta()
        secret = device_secrets.give_secret(account.store, NAME, "fuzz", intake.NOW)
        # with the rights of those who send, as the app opens it
        store = account.store.for_role(roles.TECHNICIAN)
        self._login = f"Basic {base64.b64encode(f'{NAME}:{secret}'.encode()).decode()}"
        # an hour goes by between two requests, so that nobody is locked out
        sign_in = device_sign_in.DeviceSignIn(lambda: store, self._clock)
        self._app = Starlette(
            routes=[
                *openrosa.routes(lambda: store, sign_in, now=lambda: intake.NOW),
                *kit.routes(lambda: store, sign_in, now=lambda: intake.NOW),
            ]
        )

    def __enter__(self) -> Doors:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()

    def _clock(self) -> dt.datetime:
        self._hour += dt.timedelta(hours=1)
        return intake.NOW + self._hour

    def submission(self, body: bytes, submission: bytes) -> None:
        """Send a submission as Collect does; whatever is thanked for must be in the store."""
        kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        answer = self.ask("POST", "/openrosa/submission", body=body, headers=kind)
        self.account.outcomes[f"collect {answer.status}"] += 1
        assert answer.status in (201, 400, 409, 413), answer
        assert (ET.fromstring(answer.body).findtext(MESSAGE) or "").strip()
        if answer.status == 201 and submission:
            assert self._is_known(submission), "thanked for, and neither taken in nor held"

    def _is_known(self, submission: bytes) -> bool:
        """Return whether the text of a submission is in a held row, or its id is that of a survey."""
        text = submission.decode("utf-8", "replace")
        ids = read.surveys(self.account.store)["survey_id"]
        if any(each.removeprefix("uuid:") in text for each in ids):
            return True
        return any(json.loads(raw).get("xml") == text for raw in quarantine.held_rows(self.account.store)["raw"])

    def kit_photo(self, name: str, content: bytes) -> None:
        """Send a photo as the kit does."""
        answer = self.ask("PUT", f"/field/api/photos/{name}", body=content)
        self.account.outcomes[f"kit photo {answer.status}"] += 1
        assert answer.status in (200, 413), answer
        told = json.loads(answer.body)
        if told.get("outcome") == "kept":
            assert kit_store.photos_here(self.account.store, [name]) == [name]
            self.account.photos.add(photos.sent_before(self.account.store, name).sha256)
        elif answer.status == 200:
            assert told["outcome"] == "aside"
            assert told["problems"]
            self.account.aside.add(content)

    def kit_record(self, record: bytes) -> None:
        """Send a record as the kit does."""
        answer = self.ask("POST", "/field/api/surveys", body=record)
        told = json.loads(answer.body)
        self.account.outcomes[f"kit record {answer.status} {told.get('outcome', '')}".rstrip()] += 1
        assert answer.status in (200, 400, 413), answer
        if answer.status == 200:
            raw = record.decode("utf-8", "replace")
            self.account.promised(told["outcome"], told["survey_id"], raw)
        else:
            assert all(sentence.strip() for sentence in told["problems"])

    def anything(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> None:
        """Ask anything; the answer is one of those that a phone understands."""
        answer = self.ask(method, path, query=query, headers=headers, body=body)
        self.account.outcomes[f"request {answer.status}"] += 1
        assert answer.status in EXPECTED, (method, path, headers, answer)
        assert b"Traceback" not in answer.body

    def ask(
        self, method: str, path: str, *, query: str = "", headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Return the answer to one request; an error that escapes is one of the server's."""
        sent = {"host": "127.0.0.1", "authorization": self._login, "content-length": str(len(body)), **(headers or {})}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": urllib.parse.unquote(path, errors="replace"),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode("utf-8", "replace")) for name, value in sent.items()],
            "client": ("127.0.0.1", 40_000),
            "server": ("127.0.0.1", 8_501),
        }
        return self._thread.submit(self._runner.run, self._answered(scope, body)).result()

    async def _answered(self, scope: dict[str, object], body: bytes) -> Answer:
        coming, answer = _pieces(body), Answer()

        async def receive() -> dict[str, object]:
            with contextlib.suppress(StopIteration):
                return next(coming)
            return {"type": "http.disconnect"}

        async def send(message: Mapping[str, object]) -> None:
            if message["type"] == "http.response.start":
                answer.status = int(str(message["status"]))
                answer.headers = {name.decode(): value.decode("latin-1") for name, value in message["headers"]}
            elif message["type"] == "http.response.body":
                answer.body += bytes(message.get("body", b""))

        await self._app(scope, receive, send)
        return answer


def _pieces(body: bytes) -> Iterator[dict[str, object]]:
    for start in range(0, max(len(body), 1), 65_536):
        more = start + 65_536 < len(body)
        yield {"type": "http.request", "body": body[start : start + 65_536], "more_body": more}
