"""Slow down guessing: the wait after a wrong secret grows with every failure."""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Callable

from audits.store.accounts import sessions


class RateLimiter:
    """Count failed sign-ins by name and address, in memory; `clock` gives monotonic seconds."""

    FREE_PER_NAME, FREE_PER_ADDRESS = 5, 50
    # an attacker can invent names without end; the oldest are forgotten first
    MAX_ENTRIES = 10_000

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._trusted: collections.OrderedDict[str, None] = collections.OrderedDict()
        self._failures: collections.OrderedDict[tuple[str, str], tuple[int, float]] = collections.OrderedDict()

    def wait_s(self, name: str, address: str) -> float:
        """Return the seconds until this name may be tried again from this address."""
        with self._lock:
            by_name = self._wait_s((name, address), self.FREE_PER_NAME)
            # many phones of an office share one address: there each name is limited, and not their sum
            if address in self._trusted:
                return by_name
            return max(by_name, self._wait_s(("", address), self.FREE_PER_ADDRESS))

    def _wait_s(self, key: tuple[str, str], free: int) -> float:
        failures, last = self._failures.get(key, (0, 0.0))
        return max(0.0, last + sessions.pause_s(failures, free) - self._clock())

    def record_failure(self, name: str, address: str) -> None:
        """Count a wrong secret against the name at this address, and against the address."""
        with self._lock:
            for key in ((name, address), ("", address)):
                # popped and set again, so that the first entry is the one that failed longest ago
                failures, _ = self._failures.pop(key, (0, 0.0))
                self._failures[key] = (failures + 1, self._clock())
            while len(self._failures) > self.MAX_ENTRIES:
                self._failures.popitem(last=False)

    def reset(self, name: str, address: str) -> None:
        """Forget the failures of a name at this address, from which the right secret came, and trust the address."""
        with self._lock:
            self._failures.pop((name, address), None)
            self._trusted[address] = None
            self._trusted.move_to_end(address)
            while len(self._trusted) > self.MAX_ENTRIES:
                self._trusted.popitem(last=False)
