"""Stand before everything that is served: who asks, from where, for what, how much, and in which time."""

from __future__ import annotations

import asyncio
import collections
import json
import logging
import re
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app_pages import page_roles
from app_pages.web import permissions, reply, request_checks, sign_in
from audits import errors, roles, settings, wording
from audits.store.accounts import accounts, sessions
from audits.store.db import connection

phrase = wording.phrase

SESSION_HEADER = "x-jaidee-session"
OURS = re.compile(r"x-jaidee-|x-forwarded-|(x-)?remote-user|x-auth-request-|x-real-ip|forwarded$|via$")
LARGEST_BODY_BYTES = 64_000_000
# a memory card of a whole season, on the page Field work
LARGEST_UPLOAD_BYTES = 1_100_000_000
LARGEST_FORM_BYTES = 20_000
# a phone on a weak network may stand still for a while, but not hold a place all day
PAUSE_S, WHOLE_BODY_S = 30.0, 3600.0
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})

ALONE = phrase(
    "Here the program serves one person at this computer. To let others in, make accounts and start it with: "
    "python -m audits serve"
)
STRANGER = phrase("The request comes from a page of somebody else; open the program itself and do it there.")

_log = logging.getLogger("jaidee.requests")


class _RefusedError(Exception):
    """A request that is not passed on."""

    def __init__(self, status: int, sentence: str = "") -> None:
        self.status, self.sentence = status, sentence
        super().__init__(status)


@dataclass
class Counts:
    """What was answered since the start, for the figures of the administrator."""

    answered: collections.Counter[tuple[str, int]] = field(default_factory=collections.Counter)
    refused: collections.Counter[int] = field(default_factory=collections.Counter)
    seconds: float = 0.0
    open_sockets: int = 0


class Guard:
    """Wrap the whole app; what it refuses never comes inside.

    Parameters
    ----------
    app
        What is guarded.
    open_store
        Gives the open record that the accounts are in.
    terms
        How the program is served.
    counts
        Where to count.
    is_public
        Whether the municipality lets everybody read the public pages.
    has_office
        Whether the office's own sign-in is set up.
    """

    def __init__(
        self,
        app: ASGIApp,
        open_store: Callable[[], connection.Store],
        terms: settings.Terms,
        counts: Counts | None = None,
        is_public: Callable[[], bool] = lambda: False,
        has_office: bool = False,
    ) -> None:
        self.app = app
        self._open_store = open_store
        self._terms = terms
        self._counts = counts or Counts()
        self._is_public = is_public
        self._open = permissions.OPEN | ({permissions.OFFICE} if has_office else frozenset())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        answer = reply.Answer(send, scope)
        try:
            scope = answer.scope = _cleaned(scope, self._terms.behind_proxy)
            account, digest = await self._admitted(scope)
            answer.account = account
            if scope["type"] == "websocket":
                await self._talk(scope, receive, send, account, digest)
            else:
                await self.app(_introduced(scope, digest), _measured(scope, receive, answer), answer.send)
        except _RefusedError as refused:
            await answer.refuse(refused.status, refused.sentence)
        except _SignInError as error:
            answer.account = error.account
            await answer.ask_to_sign_in()
        except _ElsewhereError as elsewhere:
            await answer.lead_to(elsewhere.target)
        except errors.StoreError:
            await answer.refuse(503)
        except Exception as error:
            # its kind and place only: its text may hold what somebody wrote
            place = traceback.extract_tb(error.__traceback__)[-1]
            told = {"error": type(error).__name__, "where": f"{place.name}:{place.lineno}", "route": answer.route()}
            _log.error(json.dumps(told))
            await answer.refuse(500)
        finally:
            self._told(answer)

    async def _admitted(self, scope: Scope) -> tuple[accounts.Account | None, str]:
        """Return who asks, with the digest of the token, or refuse."""
        request = HTTPConnection(scope)
        path, host = scope["path"], request.headers.get("host", "")
        if not request_checks.is_plain(path):
            raise _RefusedError(400)
        kind = permissions.kind(path)
        self._check_place(request, kind)
        is_change = scope["type"] == "websocket" or scope["method"] in CHANGING
        origin = request.headers.get("origin", "")
        is_strange = bool(origin) and not request_checks.is_same_host(origin, host, scope["scheme"])
        # browsers always name the origin of a change; what is alone here may also be asked by our own programs
        if kind != permissions.DOOR and is_change and (is_strange or (self._terms.shared and not origin)):
            raise _RefusedError(403, STRANGER)
        if not self._terms.shared:
            _lead_to_first_page(scope, kind, roles.OFFICE)
            return None, ""
        token = sign_in.session_token(request)
        digest = sessions.token_digest(token) if token else ""
        account = await run_in_threadpool(self._who, digest)
        self._check_access(account, scope, kind, request)
        if account is not None:
            _lead_to_first_page(scope, kind, account.role)
        return account, digest

    def _check_place(self, request: HTTPConnection, kind: str) -> None:
        host = request.headers.get("host", "")
        if self._terms.shared:
            if not request_checks.is_allowed(host, self._terms.allowed_hosts, shared=True):
                raise _RefusedError(421)
            return
        # phones know a secret each, and what they can ask for is made for them
        if kind == permissions.DOOR:
            return
        from_here = request.client is None or request_checks.is_loopback(request.client.host)
        was_forwarded = any(name in request.scope["jaidee_forwarding"] for name in request_checks.FORWARDING)
        if not from_here or was_forwarded or not request_checks.is_allowed(host, (), shared=False):
            raise _RefusedError(403, ALONE)

    def _check_access(self, account: accounts.Account | None, scope: Scope, kind: str, request: HTTPConnection) -> None:
        if kind in self._open:
            return
        if kind == permissions.PUBLIC:
            if self._is_public():
                return
            raise _RefusedError(404)
        if account is None:
            if kind == permissions.FIGURES and self._is_our_program(request):
                return
            raise _SignInError
        if account.must_change:
            raise _SignInError(account)
        method = scope.get("method", "GET")
        if not permissions.may(account.role, kind, scope["path"], method):
            raise _RefusedError(403)

    def _is_our_program(self, request: HTTPConnection) -> bool:
        token, given = self._terms.metrics_token, request.headers.get("authorization", "")
        from_here = request.client is not None and request_checks.is_loopback(request.client.host)
        same = sessions.token_digest(given) == sessions.token_digest(f"Bearer {token}")
        return bool(token) and from_here and same

    def _who(self, digest: str) -> accounts.Account | None:
        return sessions.who(self._open_store(), digest) if digest else None

    async def _talk(
        self, scope: Scope, receive: Receive, send: Send, account: accounts.Account | None, digest: str
    ) -> None:
        """Pass a conversation on for as long as the one who began it stays signed in."""
        closed = False

        async def listen() -> Message:
            nonlocal closed
            message = await receive()
            if account is None or message["type"] != "websocket.receive":
                return message
            now = await run_in_threadpool(self._who, digest)
            if now is None or now.must_change or now.role != account.role:
                closed = True
                await send({"type": "websocket.close", "code": reply.SIGNED_OUT})
                return {"type": "websocket.disconnect", "code": reply.SIGNED_OUT}
            return message

        async def speak(message: Message) -> None:
            if not closed:
                await send(message)

        self._counts.open_sockets += 1
        try:
            await self.app(_introduced(scope, digest), listen, speak)
        finally:
            self._counts.open_sockets -= 1

    def _told(self, answer: reply.Answer) -> None:
        seconds = time.monotonic() - answer.began
        self._counts.answered[answer.route(), answer.status] += 1
        self._counts.refused[answer.status] += answer.was_refused
        self._counts.seconds += seconds if answer.scope["type"] == "http" else 0.0
        told = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "kind": answer.scope["type"],
            "method": answer.scope.get("method", ""),
            "route": answer.route(),
            "status": answer.status,
            "ms": round(seconds * 1000),
            "role": answer.account.role if answer.account else "",
        }
        _log.info(json.dumps(told))


class _SignInError(Exception):
    """A request that must sign in first, or choose a password of its own."""

    def __init__(self, account: accounts.Account | None = None) -> None:
        self.account = account
        super().__init__()


class _ElsewhereError(Exception):
    """A request for what this reader has at another address."""

    def __init__(self, target: str) -> None:
        self.target = target
        super().__init__(target)


def _lead_to_first_page(scope: Scope, kind: str, role: str) -> None:
    """Lead a link that another role made to the page that this role begins with, which has no path of its own."""
    if kind == permissions.PAGE and scope["type"] == "http" and scope["path"] == f"/{page_roles.first(role)}":
        query = scope["query_string"].decode("latin-1")
        raise _ElsewhereError(f"/?{query}" if query else "/")


def _cleaned(scope: Scope, behind_proxy: bool) -> Scope:
    """Return the request without anything that only we may say, as our own proxy saw it where there is one."""
    came = Headers(scope=scope)
    kept = [(name, value) for name, value in scope["headers"] if not OURS.match(name.decode("latin-1").lower())]
    cleaned = {**scope, "headers": kept, "jaidee_forwarding": tuple(came.keys())}
    if behind_proxy:
        # the last one is what our own proxy saw; what stands before it anybody can have written
        sender = came.get("x-forwarded-for", "").rpartition(",")[2].strip()
        scheme = came.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
        host = came.get("x-forwarded-host", "").rpartition(",")[2].strip()
        if sender:
            cleaned["client"] = (sender, 0)
        if scheme in ("http", "https"):
            cleaned["scheme"] = scheme if scope["type"] == "http" else scheme.replace("http", "ws")
        if host:
            others = [(name, value) for name, value in kept if name.lower() != b"host"]
            cleaned["headers"] = [*others, (b"host", host.encode("latin-1"))]
    return cleaned


def _introduced(scope: Scope, digest: str) -> Scope:
    """Return the request with our own word of who asks."""
    if not digest:
        return scope
    return {**scope, "headers": [*scope["headers"], (SESSION_HEADER.encode(), digest.encode())]}


def _measured(scope: Scope, receive: Receive, answer: reply.Answer) -> Receive:
    """Return what takes in a body no bigger than it may be, and no slower."""

    def refuse(status: int) -> NoReturn:
        # said also when whoever reads the body inside makes something else of the error
        answer.instead = status
        raise _RefusedError(status)

    special = {permissions.SIGNING_IN: LARGEST_FORM_BYTES, permissions.UPLOAD: LARGEST_UPLOAD_BYTES}
    most = special.get(permissions.kind(scope["path"]), LARGEST_BODY_BYTES)
    declared = Headers(scope=scope).get("content-length", "0")
    if not declared.isdecimal() or int(declared) > most:
        raise _RefusedError(413)
    deadline = time.monotonic() + WHOLE_BODY_S
    came, is_whole = 0, False

    async def measured() -> Message:
        nonlocal came, is_whole
        if is_whole:
            # only whether the sender is still there: an answer may take its time
            return await receive()
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            refuse(408)
        try:
            async with asyncio.timeout(min(PAUSE_S, left_s)):
                message = await receive()
        except TimeoutError:
            refuse(408)
        came += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if came > most:
            refuse(413)
        return message

    return measured
