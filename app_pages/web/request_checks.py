"""Judge a request by its address: whether its path is what it seems, its host ours, its sender at this computer."""

from __future__ import annotations

import ipaddress
import posixpath
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
FORWARDING = (
    *("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-port"),
    *("x-forwarded-server", "x-real-ip", "via"),
)


def is_plain(path: str) -> bool:
    """Return whether a decoded path has one meaning only, whoever reads it."""
    if not path.startswith("/") or any(letter in path for letter in "\\%;") or not path.isprintable():
        return False
    return posixpath.normpath(path) == (path.rstrip("/") or "/") and not path.startswith("//")


def address(host: str) -> tuple[str, int | None] | None:
    """Return name and port of a ``Host`` header, or None when it is none."""
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not name or parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return name.rstrip(".").lower(), port


def is_loopback(name: str) -> bool:
    """Return whether a name or an address is this computer's own, for itself only."""
    number = _number(name)
    return name == "localhost" if number is None else number.is_loopback


def is_allowed(host: str, names: Collection[str], *, shared: bool) -> bool:
    """Return whether a request may ask us under this ``Host``.

    A page of somebody else can let its own name lead to us (DNS rebinding) and then read what we answer. Alone at a
    computer we answer to its loopback names only. Shared, we answer to plain addresses too, which nobody can make
    lead elsewhere, to this computer's name, and to the names that were allowed.
    """
    found = address(host)
    if found is None:
        return False
    if not shared:
        return is_loopback(found[0])
    known = {"localhost", socket.gethostname().lower(), *names}
    return found[0] in known or _number(found[0]) is not None


def is_same_host(origin: str, host: str, scheme: str) -> bool:
    """Return whether an ``Origin`` is a page of our own, at the same name and port."""
    try:
        parts = urlsplit(origin)
        theirs = (parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme))
    except ValueError:
        return False
    ours = address(host)
    if ours is None or parts.scheme not in ("http", "https"):
        return False
    # a proxy that does not say that it was asked by https leaves us with the port of http
    return theirs in {(ours[0], ours[1] or DEFAULT_PORTS[scheme]), (ours[0], ours[1] or DEFAULT_PORTS[parts.scheme])}


def is_safe_way_on(target: str) -> bool:
    """Return whether a path to go to after signing in stays here."""
    parts = urlsplit(target) if target.isprintable() and "\\" not in target else None
    return parts is not None and not parts.scheme and not parts.netloc and is_plain(parts.path)


def _number(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found
