"""Believe only our own proxy about who asks, and nobody about who is signed in."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.types import Scope

FORWARDING = (
    *("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port"),
    *("x-forwarded-server", "x-real-ip", "via"),
)
WAS_FORWARDED = "jaidee_was_forwarded"

# headers that only this program or its proxy may set; from anybody else they never reach the app
_RESERVED = re.compile(r"x-jaidee-|x-forwarded-|(x-)?remote-user|x-auth-request-|x-real-ip|forwarded$|via$")


def trusted(scope: Scope, behind_proxy: bool) -> Scope:
    """Strip the reserved headers of a request and apply those that our own proxy set.

    Parameters
    ----------
    scope
        ASGI scope of a request or a websocket.
    behind_proxy
        Every request comes through our own proxy, which sets ``X-Forwarded-For``, ``-Proto`` and ``-Host``.

    Returns
    -------
    Scope
        A copy with the true client, scheme and host; :data:`WAS_FORWARDED` says whether any proxy passed it on.
    """
    received = Headers(scope=scope)
    headers = [(name, value) for name, value in scope["headers"] if not _RESERVED.match(name.decode("latin-1").lower())]
    stripped = {**scope, WAS_FORWARDED: any(name in received for name in FORWARDING)}
    if behind_proxy:
        if client := _last(received, "x-forwarded-for"):
            stripped["client"] = (client, 0)
        scheme = _last(received, "x-forwarded-proto").lower()
        if scheme in ("http", "https"):
            stripped["scheme"] = scheme if scope["type"] == "http" else scheme.replace("http", "ws")
        if host := _last(received, "x-forwarded-host"):
            headers = [(name, value) for name, value in headers if name.lower() != b"host"]
            headers.append((b"host", host.encode("latin-1")))
    return {**stripped, "headers": headers}


def _last(headers: Headers, name: str) -> str:
    # our own proxy appends what it saw; anybody can have written what stands before it
    return headers.get(name, "").rpartition(",")[2].strip()
