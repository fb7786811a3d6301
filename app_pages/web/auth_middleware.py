"""Authenticate and authorize every request before it reaches the app."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import errno
import json
import logging
import time
import traceback
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app_pages import session
from app_pages.session import page_roles
from app_pages.web import (
    body_limit,
    browser_faults,
    health,
    permissions,
    plain_pages,
    proxy_headers,
    request_checks,
    responder,
    sign_in,
)
from audits import errors, roles, settings, wording
from audits.store import incidents, public_pages
from audits.store.accounts import accounts, sessions
from audits.store.db import connection

phrase = wording.phrase

MAX_BODY_BYTES = 64_000_000
# a memory card of a whole season, on the page Field work
MAX_UPLOAD_BYTES = 1_100_000_000
MAX_FORM_BYTES = 20_000
# a phone on a weak network may pause for a while, but not hold a connection all day
MAX_PAUSE_S, MAX_BODY_S = 30.0, 3600.0
SLOW_S = 5.0
# for so long an open page waits for a record that does not answer
MAX_WAIT_S, RETRY_S = 60.0, 1.0
UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})

NOT_SHARED = phrase(
    "Here the program serves one person at this computer. To let others in, make accounts and start it with: "
    "python -m audits serve"
)
ONLY_BY_TLS = phrase("This address answers by HTTPS only; open it with https:// at the beginning.")
MOVED = phrase("The record is kept at another place now; ask the administrator for its address.")
DISK_FULL = phrase("The disk of the server is full, so nothing new is taken in; nothing that was confirmed is lost.")
NOT_WRITABLE = phrase(
    "The server cannot write to its folder, so nothing new is taken in; nothing that was confirmed is lost."
)
DISK_REFUSES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), DISK_FULL),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), NOT_WRITABLE),
}
FOREIGN_ORIGIN = phrase("The request comes from a page of somebody else; open the program itself and do it there.")

_log = logging.getLogger("jaidee.requests")


class _DeniedError(Exception):
    def __init__(self, status: int, message: str = "") -> None:
        self.status, self.message = status, message
        super().__init__(status)


class AuthMiddleware:
    """Wrap the whole app; what is refused here never reaches it.

    Parameters
    ----------
    app
        The application wrapped.
    open_store
        Returns the open store that holds the accounts.
    terms
        How the program is served.
    counts
        Where requests are counted.
    has_oidc
        The office's own sign-in is configured.
    """

    def __init__(
        self,
        app: ASGIApp,
        open_store: Callable[[], connection.Store],
        terms: settings.Settings,
        counts: health.RequestCounts | None = None,
        *,
        has_oidc: bool = False,
    ) -> None:
        self.app = app
        self._open_store = open_store
        self._terms = terms
        self._counts = counts or health.RequestCounts()
        self._open_areas = permissions.OPEN | ({permissions.OIDC} if has_oidc else frozenset())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the app, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope = proxy_headers.trusted(scope, self._terms.behind_proxy)
        response = responder.Responder(scope, send)
        try:
            await self._handle(scope, receive, send, response)
        except _DeniedError as denied:
            await response.refuse(denied.status, denied.message)
        except body_limit.BodyError as error:
            await response.refuse(error.status)
        # before StoreError, of which it is a kind
        except errors.MovedError:
            response.fault = "MovedError"
            await response.refuse(503, MOVED)
        except errors.StoreError:
            await response.refuse(503)
        except Exception as error:
            if isinstance(error, OSError) and error.errno in DISK_REFUSES:
                response.fault = errno.errorcode[error.errno]
                await response.refuse(503, DISK_REFUSES[error.errno])
                return
            # class and place only: the message may quote what somebody wrote
            place = traceback.extract_tb(error.__traceback__)[-1]
            entry = {"error": type(error).__name__, "where": f"{place.name}:{place.lineno}", "route": response.area}
            response.fault = f"{entry['error']} {entry['where']}"
            _log.error(json.dumps(entry))
            await response.refuse(500)
        finally:
            self._record(response)

    async def _handle(self, scope: Scope, receive: Receive, send: Send, response: responder.Responder) -> None:
        digest = await self._admit(scope, response)
        if digest:
            # whatever a client sent under this name was taken out before
            scope = {**scope, "headers": [*scope["headers"], (session.SESSION_HEADER.encode(), digest.encode())]}
        if scope["type"] == "websocket":
            await self._handle_websocket(scope, receive, send, response.account, digest)
            return
        role = response.account.role if response.account else roles.OFFICE
        if response.area == permissions.PAGE and scope["path"] == f"/{page_roles.first(role)}":
            # Streamlit serves a role's first page at / only; other roles link to it by its name
            query = scope["query_string"].decode("latin-1")
            await response.redirect(f"/?{query}" if query else "/")
            return
        await self.app(scope, _limited(scope, receive, response), response.send)

    async def _admit(self, scope: Scope, response: responder.Responder) -> str:
        """Find out who asks and whether they may; return the digest of their session token, empty for none."""
        request, area = HTTPConnection(scope), response.area
        # a path that two programs read differently could pass the check of one area and open another
        if not request_checks.is_normalised(scope["path"]):
            raise _DeniedError(400)
        self._check_host(request, area)
        if self._terms.require_tls and request_checks.is_readable_by_others(scope):
            raise _DeniedError(403, ONLY_BY_TLS)
        self._check_origin(request, area)
        if not self._terms.shared:
            return ""
        token = sign_in.session_token(request)
        digest = sessions.token_digest(token) if token else ""
        # the store blocks: in the event loop it would keep everybody waiting
        response.account = await run_in_threadpool(self._account, digest)
        await self._check_permission(response.account, request, area)
        return digest

    def _check_host(self, request: HTTPConnection, area: str) -> None:
        host = request.headers.get("host", "")
        if self._terms.shared:
            if not request_checks.is_allowed_host(host, self._terms.allowed_hosts, shared=True):
                raise _DeniedError(421)
            return
        # devices send a secret each, and what they can request is made for them
        if area == permissions.DEVICES:
            return
        is_local = request.client is None or request_checks.is_loopback(request.client.host)
        # a proxy on this computer would make the whole network look local
        was_forwarded = request.scope[proxy_headers.WAS_FORWARDED]
        if not is_local or was_forwarded or not request_checks.is_allowed_host(host, (), shared=False):
            raise _DeniedError(403, NOT_SHARED)

    def _check_origin(self, request: HTTPConnection, area: str) -> None:
        """Refuse changes that a foreign page makes with the reader's cookie (CSRF)."""
        scope = request.scope
        is_change = scope["type"] == "websocket" or scope["method"] in UNSAFE_METHODS
        if area == permissions.DEVICES or not is_change:
            return
        host, origin = request.headers.get("host", ""), request.headers.get("origin", "")
        # browsers always name the origin of a change; unshared, programs on this computer may ask without one
        is_ours = request_checks.is_same_origin(origin, host, scope["scheme"]) if origin else not self._terms.shared
        if not is_ours:
            raise _DeniedError(403, FOREIGN_ORIGIN)

    async def _check_permission(self, account: accounts.Account | None, request: HTTPConnection, area: str) -> None:
        if area in self._open_areas:
            return
        if area == permissions.PUBLIC:
            if not await run_in_threadpool(self._is_public):
                raise _DeniedError(404)
            return
        if account is None and area == permissions.METRICS and self._has_metrics_token(request):
            return
        if account is None or account.must_change:
            raise _DeniedError(401)
        if not permissions.may_reach(account.role, area, request.scope["path"], request.scope.get("method", "GET")):
            # whoever gives the rights is not sent to themselves
            is_giver = account.role == roles.ADMINISTRATOR and area == permissions.PAGE
            raise _DeniedError(403, session.FOR_ENGINEERS if is_giver else "")

    def _is_public(self) -> bool:
        return public_pages.is_open(self._open_store())

    def _has_metrics_token(self, request: HTTPConnection) -> bool:
        token, header = self._terms.metrics_token, request.headers.get("authorization", "")
        is_local = request.client is not None and request_checks.is_loopback(request.client.host)
        # digests, so that the time of the comparison says nothing about the token
        is_same = sessions.token_digest(header) == sessions.token_digest(f"Bearer {token}")
        return bool(token) and is_local and is_same

    def _account(self, digest: str) -> accounts.Account | None:
        return sessions.who(self._open_store(), digest) if digest else None

    async def _account_once_answered(self, digest: str) -> accounts.Account | None:
        """Wait for a record that does not answer: closing the page would lose what is typed in it."""
        until = time.monotonic() + MAX_WAIT_S
        while True:
            try:
                return await run_in_threadpool(self._account, digest)
            except errors.MovedError:
                raise
            except errors.StoreError:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(RETRY_S)

    async def _handle_websocket(
        self, scope: Scope, receive: Receive, send: Send, account: accounts.Account | None, digest: str
    ) -> None:
        """Pass a websocket on for as long as the session that opened it lasts."""
        is_closed = False

        async def receive_signed_in() -> Message:
            nonlocal is_closed
            message = await receive()
            if account is None or message["type"] != "websocket.receive":
                return message
            # asked at every message: a page stays open for hours, and the session may be ended meanwhile
            now = await self._account_once_answered(digest)
            if now is None or now.must_change or now.role != account.role:
                is_closed = True
                await send({"type": "websocket.close", "code": responder.SIGNED_OUT})
                return {"type": "websocket.disconnect", "code": responder.SIGNED_OUT}
            return message

        async def send_open(message: Message) -> None:
            if not is_closed:
                await send(message)

        self._counts.open_sockets += 1
        try:
            await self.app(scope, receive_signed_in, send_open)
        finally:
            self._counts.open_sockets -= 1

    def _record(self, response: responder.Responder) -> None:
        """Count and log what was answered, by area: a path or a name would say who read what."""
        seconds = time.monotonic() - response.started_at
        self._counts.answered[response.area, response.status] += 1
        self._counts.refused[response.status] += response.was_refused
        # a websocket stays open as long as its page
        self._counts.seconds += seconds if response.scope["type"] == "http" else 0.0
        entry = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "kind": response.scope["type"],
            "method": response.scope.get("method", ""),
            "route": response.area,
            "status": response.status,
            "ms": round(seconds * 1000),
            "role": response.account.role if response.account else "",
        }
        _log.info(json.dumps(entry))
        is_slow = response.scope["type"] == "http" and seconds > SLOW_S and response.area not in permissions.UPLOADS
        if response.status >= 500 or is_slow:
            self._keep_incident(response, seconds)
        elif response.status == 404 and response.area == permissions.ASSET and _is_of_our_page(response.scope):
            with contextlib.suppress(errors.JaideeError):
                browser_faults.keep_missing_file(self._open_store(), response.scope["path"])

    def _keep_incident(self, response: responder.Responder, seconds: float) -> None:
        """Keep what went wrong where the administrator sees it tomorrow."""
        now, where = dt.datetime.now(dt.UTC), response.area
        if response.status >= 500:
            saw = plain_pages.MESSAGES.get(response.status, "")
            incident = incidents.Incident(now, incidents.ERROR, where, response.fault or str(response.status), saw)
        else:
            incident = incidents.Incident(now, incidents.SLOW, where, f"{seconds:.1f}")
        # a record that does not open has no place to keep it; the log has it
        with contextlib.suppress(errors.JaideeError):
            incidents.add(self._open_store().workspace, incident)


def _is_of_our_page(scope: Scope) -> bool:
    """Return whether a page of ours needs the file, and not its reader's tools or somebody who tries addresses."""
    is_ours = Headers(scope=scope).get("sec-fetch-site") == "same-origin"
    return is_ours and not scope["path"].endswith(".map")


def _limited(scope: Scope, receive: Receive, response: responder.Responder) -> Receive:
    with_forms = (permissions.SIGN_IN, permissions.PUBLIC_FORM, permissions.BROWSER_FAULT)
    small = dict.fromkeys(with_forms, MAX_FORM_BYTES)
    max_bytes = {**small, permissions.UPLOAD: MAX_UPLOAD_BYTES}.get(response.area, MAX_BODY_BYTES)
    limited = body_limit.limited(scope, receive, max_bytes, max_pause_s=MAX_PAUSE_S, max_total_s=MAX_BODY_S)

    async def receive_limited() -> Message:
        try:
            return await limited()
        except body_limit.BodyError as error:
            # the app may catch the error and answer something else
            response.override_status = error.status
            raise

    return receive_limited
