"""Authenticate devices and programs: by the session of the browser, an account's password, or a secret of their own."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import secrets
import threading
from collections.abc import Callable, Sequence
from typing import TypeGuard

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from app_pages import session
from audits import roles, wording
from audits.store.accounts import accounts, device_secrets, sessions
from audits.store.db import connection

WAIT = wording.phrase("Too many wrong secrets; try again in {seconds} seconds.")


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def closed(prefix: str, routes: Sequence[Route]) -> list[BaseRoute]:
    """Return the routes below a prefix with an answer to everything else: 405 to another method, 404 elsewhere.

    Without it Streamlit would answer with its page, which a device takes for a success.
    """
    not_found = Response("Not Found", 404, media_type="text/plain")
    nothing = Route(prefix, lambda _: not_found, methods=METHODS)
    return [*routes, *map(_other_methods, routes), nothing, Mount(prefix, not_found)]


def _other_methods(route: Route) -> Route:
    allowed = {"Allow": ", ".join(sorted(route.methods or ()))}
    refused = Response("Method Not Allowed", 405, allowed, media_type="text/plain")
    return Route(route.path, lambda _: refused, methods=METHODS)


class DeviceRefusedError(Exception):
    """A device without a valid name and secret.

    Parameters
    ----------
    retry_after_s
        Whole seconds to wait before a secret is looked at again; 0 when it was wrong.
    """

    def __init__(self, retry_after_s: int = 0) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(retry_after_s)


class DeviceSignIn:
    """Know technicians by the session they are signed in with, or by the name and secret that their device sends.

    The secret is the password of the account, or one made for a device, as for ODK Collect.

    Parameters
    ----------
    open_store
        Returns the open store that holds the technicians.
    now
        Returns the instant at which a secret is tried; None for that of the clock.
    """

    def __init__(
        self, open_store: Callable[[], connection.Store], now: Callable[[], dt.datetime | None] = lambda: None
    ) -> None:
        self._open_store, self._now = open_store, now
        # new at every start: the digests below are worth nothing outside this process
        self._key = secrets.token_bytes(32)
        self._verifying = threading.Lock()
        self._verified: dict[tuple[str, bool], tuple[bytes, object]] = {}

    def technician(self, request: Request) -> str:
        """Return the name of the technician who sent a request.

        Raises
        ------
        DeviceRefusedError
            When name or secret is wrong or missing, or too many wrong ones came before.
        audits.errors.StoreError
            When the store cannot be read.
        """
        return self._admitted(request, sending=True)

    def reader(self, request: Request) -> str:
        """Return the username of the account that asks only to read, whatever its role; raises the same."""
        return self._admitted(request, sending=False)

    def _admitted(self, request: Request, *, sending: bool) -> str:
        name, secret = _credentials(request.headers.get("authorization", ""))
        if not name:
            return self._of_session(request, sending=sending)
        self._check_secret(name, secret, request.client.host if request.client else "", sending=sending)
        # what is sent stands under the account, however the keyboard of a phone begins a name
        return _spellings(accounts.as_program(self._open_store()), name)[0]

    def _check_secret(self, name: str, secret: str, address: str, *, sending: bool) -> None:
        store = accounts.as_program(self._open_store())
        proof = self._proof(store, name, secret)
        if self._was_verified(store, name, address, proof, sending):
            return
        # one after the other: many phones of one technician that come at once after a start are no guessers
        with self._verifying:
            if not self._was_verified(store, name, address, proof, sending):
                self._verify(store, name, secret, address, sending)
                # apart for sending: who may only read must not send by having read
                self._verified[name, sending] = proof

    def _was_verified(
        self, store: connection.Store, name: str, address: str, proof: tuple[bytes, object], sending: bool
    ) -> bool:
        wait_s, failures = sessions.phone_attempts(store, name, address, self._now())
        if wait_s > 0 or self._verified.get((name, sending)) != proof:
            return False
        if failures:
            sessions.forget_phone_attempts(store, name, address, self._now())
        return True

    def _verify(self, store: connection.Store, name: str, secret: str, address: str, sending: bool) -> None:
        now = self._now()
        # counted before it is looked at: many at the same moment are not all free
        wait_s = sessions.count_phone_attempt(store, name, address, now)
        if wait_s > 0:
            raise DeviceRefusedError(int(wait_s) + 1)
        is_of_device = sending and any(device_secrets.matches(store, each, secret) for each in _spellings(store, name))
        opened = None if is_of_device else accounts.with_password(store, name, secret)
        if not is_of_device and opened is None:
            raise DeviceRefusedError
        # the right secret is no guess, also where its account is disabled or may not send
        sessions.forget_phone_attempts(store, name, address, now)
        account = opened or accounts.find(store, name)
        # a secret may be of a technician without an account; where there is one, only its role decides
        if account is not None and not _is_admitted(account, sending=sending):
            raise DeviceRefusedError

    def _proof(self, store: connection.Store, name: str, secret: str) -> tuple[bytes, object]:
        """Digest a secret with the standing of its holder: the same until the secret is replaced or revoked.

        The password hash is slow on purpose, and a kit asks once per photo.
        """
        known = device_secrets.names(store)
        standing = known.loc[known["name"].isin(_spellings(store, name))].to_numpy().tolist()
        return hashlib.blake2b(secret.encode(), key=self._key).digest(), (standing, accounts.find(store, name))

    def _of_session(self, request: Request, *, sending: bool) -> str:
        """Return the username of the account that is signed in in this browser.

        A page of somebody else could send the cookie along; its request would not be of the same origin.
        """
        digest = request.headers.get(session.SESSION_HEADER, "")
        if not digest or request.headers.get("sec-fetch-site") != "same-origin":
            raise DeviceRefusedError
        account = sessions.who(self._open_store(), digest)
        if not _is_admitted(account, sending=sending):
            raise DeviceRefusedError
        return account.username


def _spellings(store: connection.Store, typed: str) -> list[str]:
    """Return the names that a secret may be kept under: that of the account, where there is one, and that typed."""
    account = accounts.find(store, typed)
    return list(dict.fromkeys([account.username, typed] if account else [typed]))


def _is_admitted(account: accounts.Account | None, *, sending: bool) -> TypeGuard[accounts.Account]:
    """Whether an account may send surveys, or else read; one whose password somebody else knows may do neither."""
    if account is None or not account.active or account.must_change:
        return False
    return not sending or roles.may(account.role, device_secrets.SENDING)


def _credentials(header: str) -> tuple[str, str]:
    """Return name and secret of an ``Authorization: Basic`` header; both empty when it is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.casefold() != "basic":
        return "", ""
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True)
    except ValueError:
        return "", ""
    try:
        text = decoded.decode("utf-8")
    except UnicodeDecodeError:
        # RFC 7617 leaves the encoding to the client
        text = decoded.decode("latin-1")
    name, colon, secret = text.partition(":")
    return (name, secret) if colon else ("", "")
