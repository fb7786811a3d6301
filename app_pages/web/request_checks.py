"""Check paths, hosts, origins and redirect targets for being what they seem."""

from __future__ import annotations

import ipaddress
import posixpath
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.types import Scope

_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


def is_normalised(path: str) -> bool:
    """Return whether a decoded path reads the same to every server and file system."""
    # an encoded or backward slash, or a parameter after ";", is a separator to some servers and a letter to others
    if not path.startswith("/") or any(letter in path for letter in "\\%;") or not path.isprintable():
        return False
    return posixpath.normpath(path) == (path.rstrip("/") or "/") and not path.startswith("//")


def is_loopback(name: str) -> bool:
    """Return whether a host name or address is this computer's own loopback."""
    address = _ip_address(name)
    return name == "localhost" if address is None else address.is_loopback


def is_readable_by_others(scope: Scope) -> bool:
    """Return whether a request crossed a network without TLS; see :func:`app_pages.web.proxy_headers.trusted`."""
    client = scope.get("client")
    return scope["scheme"] not in ("https", "wss") and client is not None and not is_loopback(client[0])


def is_allowed_host(host: str, names: Collection[str], *, shared: bool) -> bool:
    """Return whether a ``Host`` header is one we answer to.

    A foreign page can point its own name at us (DNS rebinding) and read our answers. Unshared, only loopback names
    are answered. Shared, so are IP addresses, which nobody can point elsewhere, this computer's name, and `names`.
    """
    found = _name_and_port(host)
    if found is None:
        return False
    name = found[0]
    if not shared:
        return is_loopback(name)
    return name in {"localhost", socket.gethostname().lower(), *names} or _ip_address(name) is not None


def is_same_origin(origin: str, host: str, scheme: str) -> bool:
    """Return whether an ``Origin`` has the name and port of the ``Host`` that was asked."""
    try:
        parts = urlsplit(origin)
        theirs = (parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme))
    except ValueError:
        return False
    found = _name_and_port(host)
    if found is None or parts.scheme not in ("http", "https"):
        return False
    name, port = found
    # a proxy that does not forward the scheme leaves us with http, while the page was opened by https
    return theirs in {(name, port or _DEFAULT_PORTS[scheme]), (name, port or _DEFAULT_PORTS[parts.scheme])}


def is_local_target(target: str) -> bool:
    """Return whether a redirect target stays on this server."""
    # browsers read a backslash as a slash and drop tabs, so that /\evil.example would lead away
    parts = urlsplit(target) if target.isprintable() and "\\" not in target else None
    return parts is not None and not parts.scheme and not parts.netloc and is_normalised(parts.path)


def _name_and_port(host: str) -> tuple[str, int | None] | None:
    """Return name and port of a ``Host`` header, or None when it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not name or parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    # with the dot at its end a name is the same name, written in full
    return name.rstrip(".").lower(), port


def _ip_address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None
    # ::ffff:127.0.0.1 is the loopback too, as dual-stack sockets report it
    return getattr(found, "ipv4_mapped", None) or found
