"""Serve the offline kit, and take in what it sends: photos first, then records, each with its receipt."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app_pages.web import kit_page, rate_limit
from audits import errors, wording
from audits.field import arrivals, receiving
from audits.field.kit import record as kit_record
from audits.field.kit import store as kit_store
from audits.rules import files
from audits.store.accounts import accounts, device_secrets
from audits.store.db import connection
from audits.store.photos import photos
from audits.store.register import devices
from audits.store.surveys import quarantine, read

phrase = wording.phrase

LONGEST_SIZE = 18
LARGEST_PHOTO_BYTES = photos.LARGEST_BYTES
LARGEST_RECORD_BYTES = 2_000_000
MOST_IDS = 100

WHO = phrase("Name or secret is not right. Ask the engineers. Your surveys stay on this phone.")
WAIT = phrase("Too many wrong secrets; try again in {seconds} seconds.")
RECORD_TOO_BIG = phrase("The record has more than {megabytes} MB; the kit never writes one so big.")
PHOTO_TOO_BIG = phrase("The photo has more than {megabytes} MB; take it again with a smaller size.")
NOT_ITS_NAME = phrase("The photo was altered on the way; it is sent again by itself.")
CUT_OFF = phrase("It was cut off on the way; it is sent again by itself.")

# The kit may be opened from a file and then has no origin of its own. Any page may therefore ask, which gives it
# nothing: no cookie is used here, only a name and a secret that such a page would have to know already.
ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
PREFLIGHT = {
    **ANYWHERE,
    "Access-Control-Allow-Methods": "GET, PUT, POST",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Allow-Private-Network": "true",
    "Access-Control-Max-Age": "600",
}


def routes(
    open_store: kit_page.Open,
    *,
    address: str = "",
    behind_proxy: bool = False,
    tries: rate_limit.Attempts | None = None,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
) -> list[Route]:
    """Return the routes of the offline kit.

    Parameters
    ----------
    open_store
        Gives the open store of the workspace; it is not closed here.
    address
        Where a page that somebody saves as a file sends to later; empty for nowhere.
    behind_proxy
        Believe ``X-Forwarded-For``; only when a proxy of our own sets it.
    tries
        Counts wrong secrets; a new count when None.
    now
        Gives the instant of arrival.
    """
    office = _Office(open_store, _Door(open_store, tries or rate_limit.Attempts(), behind_proxy), now)
    return [
        *kit_page.routes(open_store, address),
        Route(f"{kit_page.PREFIX}/api/photos/{{sha256}}", office.photo, methods=["PUT", "OPTIONS"]),
        Route(f"{kit_page.PREFIX}/api/photos", office.kept, methods=["GET", "OPTIONS"]),
        Route(f"{kit_page.PREFIX}/api/surveys", office.survey, methods=["POST", "OPTIONS"]),
        Route(f"{kit_page.PREFIX}/api/state", office.state, methods=["GET", "OPTIONS"]),
    ]


class _RefusedError(Exception):
    """A request that gets an answer other than the one it asked for."""

    def __init__(self, response: Response) -> None:
        self.response = response


@dataclass
class _Door:
    """Let technicians in who know their secret of today."""

    open_store: kit_page.Open
    tries: rate_limit.Attempts
    behind_proxy: bool
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _let_in: dict[str, tuple[bytes, object]] = field(default_factory=dict)

    def technician(self, request: Request, words: wording.Wording) -> str:
        """Return who asks, or refuse."""
        name, secret = _credentials(request.headers.get("authorization", ""))
        address = self._address(request)
        seconds = self.tries.wait_s(name, address)
        if seconds > 0:
            whole = int(seconds) + 1
            raise _RefusedError(_told(429, words.text(WAIT, seconds=whole), {"Retry-After": str(whole)}))
        if not name or not self._knows(name, secret):
            if name:
                self.tries.failed(name, address)
            # Not "Basic": the browser would ask with a window of its own, outside of the kit.
            raise _RefusedError(_told(401, words.text(WHO), {"WWW-Authenticate": 'Kit realm="Jaidee"'}))
        self.tries.succeeded(name, address)
        return name

    def _knows(self, name: str, secret: str) -> bool:
        """Return whether the secret is right; hashing is slow on purpose, and a phone may ask once for every photo."""
        store = accounts.as_program(self.open_store())
        if accounts.is_closed(store, name):
            return False
        known = device_secrets.names(store).set_index("name")
        if name not in known.index or not known.loc[name, "active"]:
            return device_secrets.matches(store, name, secret)
        proof = (hashlib.blake2b(secret.encode(), key=self._key).digest(), known.loc[name, "set_at"])
        if self._let_in.get(name) == proof:
            return True
        if not device_secrets.matches(store, name, secret):
            return False
        self._let_in[name] = proof
        return True

    def _address(self, request: Request) -> str:
        direct = request.client.host if request.client else ""
        forwarded = request.headers.get("x-forwarded-for", "") if self.behind_proxy else ""
        # the last one is what our own proxy saw
        return forwarded.rpartition(",")[2].strip() or direct


@dataclass
class _Office:
    """Take in photos and records, and tell what became of them."""

    open_store: kit_page.Open
    door: _Door
    now: Callable[[], dt.datetime]

    async def photo(self, request: Request) -> Response:
        """Keep one photo under the SHA-256 of the bytes sent."""
        return await self._answered(request, self._photo, LARGEST_PHOTO_BYTES, PHOTO_TOO_BIG)

    async def kept(self, request: Request) -> Response:
        """Tell which photos are here, before a phone deletes its own."""
        return await self._answered(request, self._kept, 0, RECORD_TOO_BIG)

    async def survey(self, request: Request) -> Response:
        """Take in one record."""
        return await self._answered(request, self._survey, LARGEST_RECORD_BYTES, RECORD_TOO_BIG)

    async def state(self, request: Request) -> Response:
        """Tell what became of records."""
        return await self._answered(request, self._state, 0, RECORD_TOO_BIG)

    async def _answered(
        self,
        request: Request,
        answer: Callable[[Request, bytes, str, wording.Wording], Response],
        most_bytes: int,
        too_big: str,
    ) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=PREFLIGHT)
        words = wording.Wording(_language(request))
        try:
            technician = await run_in_threadpool(self.door.technician, request, words)
            body = await _body(request, most_bytes, words.text(too_big, megabytes=most_bytes // 1_000_000))
            return await run_in_threadpool(answer, request, body, technician, words)
        except _RefusedError as refused:
            return refused.response
        except ClientDisconnect:
            return _told(400, words.text(CUT_OFF))
        except errors.RefusedError as refused:
            return _told(400, *(words.problem(problem) for problem in refused.problems))
        except errors.JaideeError:
            return _told(503, words.text(kit_page.TRY_AGAIN), {"Retry-After": "60"})

    def _photo(self, request: Request, body: bytes, technician: str, words: wording.Wording) -> Response:
        store, name = self.open_store(), request.path_params["sha256"]
        if hashlib.sha256(body).hexdigest() != name:
            return _told(400, words.text(NOT_ITS_NAME))
        try:
            photos.keep(store, body, actor=technician, kept_at=self.now())
        except errors.RefusedError as refused:
            quarantine.keep_file(store.workspace, body)
            return _said(200, {"outcome": "aside", "problems": [words.problem(one) for one in refused.problems]})
        return _said(200, {"outcome": "kept"})

    def _kept(self, request: Request, _body: bytes, _technician: str, _words: wording.Wording) -> Response:
        return _said(200, {"kept": kit_store.photos_here(self.open_store(), _listed(request, "names"))})

    def _survey(self, _request: Request, body: bytes, technician: str, words: wording.Wording) -> Response:
        store, raw = self.open_store(), body.decode("utf-8", "replace")
        record = kit_record.parsed(raw)
        if record is None:
            return _told(400, words.problem(kit_record.NOT_A_RECORD.at("record")))
        spoken = wording.Wording(str(record.get("language", "")))
        known = kit_record.Known(
            read.sites(store),
            read.elements(store),
            files.load_criteria(),
            self.now(),
            devices.uncertainties(store),
            kit_store.workspace_id(store),
        )
        arrival = kit_record.record_arrival(raw, 1, lambda _: None, known)
        name = f"kit {str(record.get('survey_id', ''))[:60]}"
        delivery = arrivals.Delivery(name, hashlib.sha256(body).hexdigest(), kit_record.SOURCE, (arrival,))
        reception = kit_store.receive(store, delivery, technician, words=spoken, received_at=self.now())
        return _said(200, _receipt(store, reception.outcomes[0], spoken))

    def _state(self, request: Request, _body: bytes, _technician: str, _words: wording.Wording) -> Response:
        # Whoever knows the id of a record made it or was given it: ids are random, and a record that was brought on a
        # memory card by somebody else is told of to its surveyor too.
        return _said(200, {"records": kit_store.states(self.open_store(), _listed(request, "ids"))})


def _receipt(store: connection.Store, outcome: receiving.Outcome, words: wording.Wording) -> dict[str, Any]:
    return {
        "survey_id": outcome.survey_id,
        "outcome": outcome.outcome,
        "number": outcome.number,
        "problems": [words.problem(problem) for problem in outcome.problems],
        "missing_photos": kit_store.states(store, [outcome.survey_id])[outcome.survey_id].get("missing_photos", []),
    }


def _credentials(header: str) -> tuple[str, str]:
    kind, _, encoded = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, colon, secret = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (name, secret) if colon else ("", "")


def _listed(request: Request, name: str) -> list[str]:
    return [each for each in request.query_params.get(name, "").split(",") if each][:MOST_IDS]


def _language(request: Request) -> str:
    return request.headers.get("accept-language", "")[:2].lower()


async def _body(request: Request, most_bytes: int, too_big: str) -> bytes:
    """Return the body, never reading more than may come."""
    declared = request.headers.get("content-length") or "0"
    # longer figures than that are no sizes, and too long ones no figures to Python
    if len(declared) > LONGEST_SIZE or not declared.isdecimal() or int(declared) > most_bytes:
        raise _RefusedError(_told(413, too_big))
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > most_bytes:
            raise _RefusedError(_told(413, too_big))
    return bytes(content)


def _told(status: int, *said: str | Mapping[str, str]) -> Response:
    """Answer sentences, and headers when the last one is such."""
    headers = {name: text for part in said if not isinstance(part, str) for name, text in part.items()}
    return _said(status, {"problems": [part for part in said if isinstance(part, str)]}, headers)


def _said(status: int, told: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    # in plain ASCII: a record may carry half a surrogate pair, and gets its own id back as it was
    body = json.dumps(dict(told), allow_nan=False)
    own = {**kit_page.GUARDED, **ANYWHERE, **(headers or {})}
    return Response(body, status, own, "application/json")
