"""Play ODK Central and KoboToolbox on this computer, as their documentation says that they answer."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
import urllib.parse
from collections.abc import Iterator

from tests.field.odk import exports

USER, PASSWORD, TOKEN = "engineer@example.org", "correct horse battery", "0123456789abcdef"
PAGE = 2


class Server(http.server.ThreadingHTTPServer):
    """One server that answers for both; what it holds and how it fails can be changed while it runs."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.visits: list[exports.Visit] = []
        self.photos: dict[str, bytes] = {}
        self.absent: set[str] = set()
        self.breaks_at = ""
        self.next_host = ""
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address) -> None:
        """Say nothing when a client goes away."""


@contextlib.contextmanager
def running() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


class _Answers(http.server.BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        """Keep the terminal clean."""

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/v1/sessions" and sent == {"email": USER, "password": PASSWORD}:
            self._json({"token": "t" * 64, "csrf": "c", "expiresAt": "2026-03-04T00:00:00Z"})
        else:
            self._json({"code": 401.2, "message": "Could not authenticate with the provided credentials."}, 401)

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        parts = urllib.parse.urlsplit(self.path)
        place, query = urllib.parse.unquote(parts.path), dict(urllib.parse.parse_qsl(parts.query))
        expected = f"Token {TOKEN}" if place.startswith("/api") else "Bearer " + "t" * 64
        if self.headers.get("Authorization") != expected:
            self._json({"detail": "Invalid token."}, 401)
        elif self.server.breaks_at and self.server.breaks_at in self.path:
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b'{"value": [')
            self.close_connection = True
        elif place == "/v1/projects/1/forms/jaidee_survey.svc/Submissions":
            self._central_page(query)
        elif place.startswith("/v1/projects/1/forms/jaidee_survey/submissions/"):
            self._central_photo(place.rpartition("/attachments")[2].lstrip("/"))
        elif place == "/api/v2/assets/aAbc/data/":
            self._kobo_page(query)
        elif place.startswith("/api/v2/assets/aAbc/data/") and "/attachments/" in place:
            self._bytes(self.server.photos[exports.PHOTO])
        else:
            self._json({"code": 404.1, "message": "Could not find the resource you were looking for."}, 404)

    def _central_page(self, query: dict) -> None:
        first = int(query.get("$skiptoken", "0"))
        wanted = [visit for visit in self.server.visits if visit.submitted > _after(query)]
        counts = {"attachmentsPresent": 1 - bool(self.server.absent), "attachmentsExpected": 1}
        page: dict = {"value": [exports.odata_row(visit, **counts) for visit in wanted[first : first + PAGE]]}
        if first + PAGE < len(wanted):
            host = self.server.next_host or self.server.url
            address = f"{host}/v1/projects/1/forms/jaidee_survey.svc/Submissions"
            page["@odata.nextLink"] = f"{address}?%24top={PAGE}&%24skiptoken={first + PAGE}"
        self._json(page)

    def _central_photo(self, name: str) -> None:
        if not name:
            names = [*self.server.photos, *self.server.absent]
            self._json([{"name": one, "exists": one not in self.server.absent} for one in names])
        elif name in self.server.photos:
            self._bytes(self.server.photos[name])
        else:
            self._json({"code": 404.1, "message": "Could not find the resource you were looking for."}, 404)

    def _kobo_page(self, query: dict) -> None:
        first = int(query.get("start", "0"))
        shown = self.server.visits[first : first + PAGE]
        photo = {
            "id": 77,
            "filename": "engineer/attachments/a/b/1772420000000_x7.jpg",
            "question_xpath": "about_ramp/ramp__photo__1",
            "download_url": "https://elsewhere.example.org/media/77",
        }
        rows = [exports.kobo_row(visit, _attachments=[photo] if self.server.photos else []) for visit in shown]
        following = None
        if first + PAGE < len(self.server.visits):
            host = self.server.next_host or self.server.url
            following = f"{host}/api/v2/assets/aAbc/data/?format=json&limit={PAGE}&start={first + PAGE}"
        self._json({"count": len(self.server.visits), "next": following, "previous": None, "results": rows})

    def _json(self, document: object, status: int = 200) -> None:
        self._bytes(json.dumps(document).encode(), status, "application/json")

    def _bytes(self, content: bytes, status: int = 200, kind: str = "image/jpeg") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _after(query: dict) -> str:
    words = query.get("$filter", "").split()
    return words[2] if words else ""
