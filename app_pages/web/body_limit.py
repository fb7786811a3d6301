"""Limit the size and the duration of request bodies."""

from __future__ import annotations

import asyncio
import math
import time

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

# Python refuses to parse integers of thousands of digits; no real size is this long
_MAX_DIGITS = 18


class BodyError(Exception):
    """A body that is too large (413) or too slow (408).

    Parameters
    ----------
    status
        HTTP status to answer.
    """

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


def limited(
    scope: Scope, receive: Receive, max_bytes: int, *, max_pause_s: float | None = None, max_total_s: float = math.inf
) -> Receive:
    """Wrap an ASGI ``receive`` so that it raises :class:`BodyError` once a body exceeds its limits.

    Parameters
    ----------
    scope, receive
        Of the request.
    max_bytes
        Largest body accepted, in bytes.
    max_pause_s, max_total_s
        Longest wait for one message and for the whole body, in seconds; no limit by default.

    Raises
    ------
    BodyError
        When ``Content-Length`` alone is malformed or exceeds `max_bytes`.
    """
    declared = Headers(scope=scope).get("content-length") or "0"
    if len(declared) > _MAX_DIGITS or not declared.isdecimal() or int(declared) > max_bytes:
        raise BodyError(413)
    deadline = time.monotonic() + max_total_s
    received, is_complete = 0, False

    async def receive_limited() -> Message:
        nonlocal received, is_complete
        if is_complete:
            # the app only waits for the client to leave; its answer may take its time
            return await receive()
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise BodyError(408)
        try:
            async with asyncio.timeout(max_pause_s if max_pause_s is None else min(max_pause_s, left_s)):
                message = await receive()
        except TimeoutError:
            raise BodyError(408) from None
        # a body without Content-Length, or with a false one, is counted as it comes
        received += len(message.get("body", b""))
        is_complete = not message.get("more_body", False)
        if received > max_bytes:
            raise BodyError(413)
        return message

    return receive_limited
