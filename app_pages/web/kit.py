"""Serve the offline kit as an installable page, and receive its photos and records."""

from __future__ import annotations

import datetime as dt
import functools
import gzip
import hashlib
import json
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app_pages.web import body_limit, device_sign_in, language
from audits import errors, wording
from audits import record as records
from audits.field import arrivals, receiving, visit_days
from audits.field import known as known_record
from audits.field.kit import page as kit_page
from audits.field.kit import record as kit_record
from audits.field.kit import store as kit_store
from audits.plans import site_fixes
from audits.rules import files
from audits.store.accounts import accounts
from audits.store.db import connection
from audits.store.photos import photos
from audits.store.register import devices
from audits.store.surveys import quarantine
from layers import ground

phrase = wording.phrase

PREFIX = "/field"
ICON_SIDES_PX = (192, 512)
MAX_PHOTO_BYTES = photos.LARGEST_BYTES
MAX_RECORD_BYTES = 2_000_000
MAX_IDS = 100
CLOCK_HEADER = "x-device-clock"

WRONG_SECRET = phrase("User name or password is not right. Ask the engineers. Your surveys stay on this phone.")
RECORD_TOO_LARGE = phrase("The record has more than {megabytes} MB; the kit never writes one so big.")
PHOTO_TOO_LARGE = phrase("The photo has more than {megabytes} MB; take it again with a smaller size.")
PHOTO_ALTERED = phrase("The photo was altered on the way; it is sent again by itself.")
CUT_OFF = phrase("It was cut off on the way; it is sent again by itself.")
TRY_AGAIN = phrase("The office cannot write just now. Everything stays on this phone and is sent later.")

SECURITY_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
# The kit may be opened from a file and then has no origin of its own. Any page may therefore ask, which gives it
# nothing: a cookie counts in requests of our own pages only, and another page would have to know name and secret.
API_HEADERS = {**SECURITY_HEADERS, "Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "no-store",
    "Access-Control-Allow-Methods": "GET, PUT, POST",
    "Access-Control-Allow-Headers": f"authorization, content-type, {CLOCK_HEADER}",
    "Access-Control-Allow-Private-Network": "true",
    "Access-Control-Max-Age": "600",
}

OpenStore = Callable[[], connection.Store]
Handler = Callable[[Request, bytes, str, wording.Wording], Response]


def routes(
    open_store: OpenStore,
    sign_in: device_sign_in.DeviceSignIn,
    *,
    address: str = "",
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> list[BaseRoute]:
    """Return the routes of the offline kit.

    Parameters
    ----------
    open_store
        Returns the open store of the workspace; it is not closed here.
    sign_in
        Knows the technicians.
    address
        Where a page that somebody saves as a file sends to later; empty for nowhere.
    now
        Instant of arrival.

    Raises
    ------
    audits.errors.RefusedError
        When the address is none.
    """
    pages, api = _Pages(open_store, kit_page.known_address(address)), _Api(open_store, sign_in, now)
    photo = api.endpoint(api.put_photo, MAX_PHOTO_BYTES, PHOTO_TOO_LARGE)
    survey = api.endpoint(api.post_survey, MAX_RECORD_BYTES)
    routes = [
        Route(f"{PREFIX}/kit", pages.page),
        Route(f"{PREFIX}/sw.js", _service_worker),
        Route(f"{PREFIX}/manifest.webmanifest", _manifest),
        Route(f"{PREFIX}/icon.svg", functools.partial(_icon, "icon.svg", "image/svg+xml")),
        *(
            Route(f"{PREFIX}/icon-{side}.png", functools.partial(_icon, f"icon-{side}.png", "image/png"))
            for side in ICON_SIDES_PX
        ),
        Route(f"{PREFIX}/api/photos/{{sha256}}", photo, methods=["PUT", "OPTIONS"]),
        Route(f"{PREFIX}/api/photos", api.endpoint(api.get_kept_photos), methods=["GET", "OPTIONS"]),
        Route(f"{PREFIX}/api/surveys", survey, methods=["POST", "OPTIONS"]),
        Route(f"{PREFIX}/api/me", api.endpoint(api.get_account), methods=["GET", "OPTIONS"]),
        Route(f"{PREFIX}/api/returned", api.endpoint(api.get_returned), methods=["GET", "OPTIONS"]),
        Route(f"{PREFIX}/api/state", api.endpoint(api.get_state), methods=["GET", "OPTIONS"]),
    ]
    return device_sign_in.closed(PREFIX, routes)


@dataclass(frozen=True)
class _Built:
    """The kit's page in one language, for one state of the register and its surveys."""

    state: str
    content: bytes
    compressed: bytes
    version: str
    policy: str


@dataclass
class _Pages:
    """The kit's page in each language, rebuilt when the register or the last survey of a site changes."""

    open_store: OpenStore
    address: str
    _built: dict[str, _Built] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def page(self, request: Request) -> Response:
        """Answer the kit; its version is the SHA-256 of its bytes, which name each site's last survey."""
        words = language.wording_of(request)
        try:
            built = self._in(words.language)
        except errors.JaideeError:
            return Response(words.text(TRY_AGAIN), 503, media_type="text/plain; charset=utf-8")
        tag = f'"{built.version}"'
        headers = {
            **SECURITY_HEADERS,
            "ETag": tag,
            "Cache-Control": "no-cache",
            "Vary": "Accept-Encoding, Cookie",
            "X-Kit-Version": built.version,
            "Content-Security-Policy": f"{built.policy}; frame-ancestors 'none'",
        }
        # several tags may be sent, and a proxy that packs an answer makes ours a weak one
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(built.compressed, headers={**headers, "Content-Encoding": "gzip"}, media_type="text/html")
        return Response(built.content, headers=headers, media_type="text/html")

    def _in(self, code: str) -> _Built:
        store = self.open_store()
        criteria, weights = files.load_criteria(), records.weights_of(store.workspace)
        state = f"{records.key(store, criteria, weights)} {ground.changed_at(store.workspace.folder)}"
        # when every phone comes home at once, the first one builds and the others wait
        with self._lock:
            built = self._built.get(code)
            if built is None or built.state != state:
                record = records.read(store, criteria, weights)
                built = self._built[code] = self._build(store, record, code, state)
        return built

    def _build(self, store: connection.Store, record: records.AuditedRecord, code: str, state: str) -> _Built:
        origin = kit_page.Origin(kit_store.workspace_id(store), record.demonstration, self.address, code)
        base, unsized = ground.of(store.workspace.folder, record.area), site_fixes.waiting_in(store, record)
        packed = kit_page.pack(record, devices.latest(store), origin, base, unsized)
        content = kit_page.render(packed)
        # without the time of compression, so that the same page has the same bytes
        compressed, version = gzip.compress(content, 9, mtime=0), hashlib.sha256(content).hexdigest()
        return _Built(state, content, compressed, version, kit_page.policy_of(content))


def _service_worker(_request: Request) -> Response:
    # no-cache: a phone that kept an old worker would keep its old page as well
    script = (kit_page.FOLDER / "sw.js").read_text(encoding="utf-8")
    return Response(script, headers={**SECURITY_HEADERS, "Cache-Control": "no-cache"}, media_type="text/javascript")


def _manifest(request: Request) -> Response:
    words = language.wording_of(request)
    title = words.text(kit_page.WORDS["kit_title"])
    icons = [{"src": "icon.svg", "sizes": "any", "type": "image/svg+xml"}]
    icons += [{"src": f"icon-{side}.png", "sizes": f"{side}x{side}", "type": "image/png"} for side in ICON_SIDES_PX]
    manifest = {
        "name": title,
        "short_name": title,
        "lang": words.language,
        "start_url": "kit",
        "scope": "./",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#00574b",
        "icons": icons,
    }
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-cache"}
    return Response(json.dumps(manifest, ensure_ascii=False), headers=headers, media_type="application/manifest+json")


def _icon(name: str, media_type: str, _request: Request) -> Response:
    return Response((kit_page.FOLDER / name).read_bytes(), headers=SECURITY_HEADERS, media_type=media_type)


@dataclass
class _Api:
    """Receive photos and records, and report what became of them."""

    open_store: OpenStore
    sign_in: device_sign_in.DeviceSignIn
    now: Callable[[], dt.datetime]

    def endpoint(
        self, handler: Handler, max_bytes: int = 0, too_large: str = RECORD_TOO_LARGE
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint that calls `handler` with request, body, technician and wording, for technicians only."""

        async def respond(request: Request) -> Response:
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=PREFLIGHT_HEADERS)
            words = wording.Wording(request.headers.get("accept-language", "")[:2].lower())
            try:
                technician = await run_in_threadpool(self.sign_in.technician, request)
                receive = body_limit.limited(request.scope, request.receive, max_bytes)
                body = await Request(request.scope, receive).body()
                return await run_in_threadpool(handler, request, body, technician, words)
            # the kit keeps what it sends until it is answered 200, so each of these loses nothing
            except device_sign_in.DeviceRefusedError as refused:
                return _sign_in_refusal(refused, words)
            except body_limit.BodyError:
                return _problems(413, words.text(too_large, megabytes=max_bytes // 1_000_000))
            except ClientDisconnect:
                return _problems(400, words.text(CUT_OFF))
            except errors.RefusedError as refused:
                return _problems(400, *(words.problem(problem) for problem in refused.problems))
            # OSError: the disk is full or cannot be written
            except (errors.JaideeError, OSError):
                return _problems(503, words.text(TRY_AGAIN), headers={"Retry-After": "60"})

        return respond

    def put_photo(self, request: Request, body: bytes, technician: str, words: wording.Wording) -> Response:
        """Keep one photo under the SHA-256 of the bytes sent."""
        store, name = self.open_store(), request.path_params["sha256"]
        if hashlib.sha256(body).hexdigest() != name:
            return _problems(400, words.text(PHOTO_ALTERED))
        try:
            photos.keep(store, body, actor=technician, kept_at=self.now())
        except errors.RefusedError as refused:
            # sending it again would not help: the phone may forget it, an engineer finds it among the refused files
            quarantine.keep_file(store.workspace, body)
            return _json(200, {"outcome": "aside", "problems": [words.problem(each) for each in refused.problems]})
        return _json(200, {"outcome": "kept"})

    def get_kept_photos(self, request: Request, _body: bytes, _technician: str, _words: wording.Wording) -> Response:
        """Answer which photos are here, before a phone deletes its own."""
        return _json(200, {"kept": kit_store.photos_here(self.open_store(), _list(request, "names"))})

    def post_survey(self, request: Request, body: bytes, technician: str, words: wording.Wording) -> Response:
        """Receive one record and answer its receipt in the language it was made in."""
        store, raw = self.open_store(), body.decode("utf-8", "replace")
        record = kit_record.parsed(raw)
        if record is None:
            return _problems(400, words.problem(kit_record.NOT_A_RECORD.at("record")))
        words = wording.Wording(str(record.get("language", "")))
        known = known_record.of_store(store, files.load_criteria(), self.now(), kit_store.workspace_id(store))
        arrival = kit_record.record_arrival(raw, 1, lambda _: None, known)
        name = f"kit {str(record.get('survey_id', ''))[:60]}"
        clock = visit_days.clock(request.headers.get(CLOCK_HEADER, ""))
        digest = hashlib.sha256(body).hexdigest()
        delivery = arrivals.Delivery(name, digest, kit_record.SOURCE, (arrival,), device_clock=clock)
        delivery = delivery.submitted(self.now())
        reception = receiving.receive(store, delivery, technician, words=words, received_at=self.now())
        return _json(200, _receipt(store, reception.outcomes[0], words))

    def get_account(self, _request: Request, _body: bytes, technician: str, _words: wording.Wording) -> Response:
        """Answer in whose name the kit sends; a name without an account, of a device only, is its own."""
        account = accounts.find(accounts.as_program(self.open_store()), technician)
        shown = account.display_name if account else technician
        return _json(200, {"name": technician, "display_name": shown})

    def get_state(self, request: Request, _body: bytes, _technician: str, _words: wording.Wording) -> Response:
        """Answer what became of records."""
        # Whoever knows the id of a record made it or was given it: ids are random, and the surveyor of a record that
        # somebody else brought on a memory card may know of it too.
        return _json(200, {"records": kit_store.states(self.open_store(), _list(request, "ids"))})

    def get_returned(self, _request: Request, _body: bytes, _technician: str, _words: wording.Wording) -> Response:
        """Answer the surveys that were returned to be corrected, whoever made them."""
        return _json(200, {"records": kit_store.returned(self.open_store(), files.load_criteria())})


def _receipt(store: connection.Store, outcome: receiving.Outcome, words: wording.Wording) -> dict[str, Any]:
    return {
        "survey_id": outcome.survey_id,
        "outcome": outcome.outcome,
        "number": outcome.number,
        "problems": [words.problem(problem) for problem in outcome.problems],
        "missing_photos": kit_store.states(store, [outcome.survey_id])[outcome.survey_id].get("missing_photos", []),
    }


def _list(request: Request, name: str) -> list[str]:
    return [each for each in request.query_params.get(name, "").split(",") if each][:MAX_IDS]


def _sign_in_refusal(refused: device_sign_in.DeviceRefusedError, words: wording.Wording) -> Response:
    if refused.retry_after_s:
        problem = words.text(device_sign_in.WAIT, seconds=refused.retry_after_s)
        return _problems(429, problem, headers={"Retry-After": str(refused.retry_after_s)})
    # not "Basic": the browser would ask in a window of its own, outside the kit
    return _problems(401, words.text(WRONG_SECRET), headers={"WWW-Authenticate": 'Kit realm="Jaidee"'})


def _problems(status: int, *sentences: str, headers: Mapping[str, str] | None = None) -> Response:
    return _json(status, {"problems": sentences}, headers)


def _json(status: int, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    # in plain ASCII: a record may carry half a surrogate pair, and gets its own id back as it was
    body = json.dumps(content, allow_nan=False)
    return Response(body, status, {**API_HEADERS, **(headers or {})}, "application/json")
