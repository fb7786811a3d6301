"""Make whoever guesses secrets wait, longer each time."""

from __future__ import annotations

import collections
import threading
import time
from collections.abc import Callable

from audits.store.accounts import sessions


class Attempts:
    """Count wrong secrets and make whoever goes on guessing wait longer each time.

    Parameters
    ----------
    clock
        Seconds that only grow.
    """

    FREE_OF_NAME, FREE_OF_ADDRESS = 5, 50
    MOST_KEPT = 10_000

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: collections.OrderedDict[tuple[str, str], tuple[int, float]] = collections.OrderedDict()

    def wait_s(self, name: str, address: str) -> float:
        """Return for how many seconds this name from this address, and this address at all, is not asked again."""
        with self._lock:
            of_name = self._wait_s((name, address), self.FREE_OF_NAME)
            return max(of_name, self._wait_s(("", address), self.FREE_OF_ADDRESS))

    def _wait_s(self, key: tuple[str, str], free: int) -> float:
        times, last = self._failures.get(key, (0, 0.0))
        return max(0.0, last + sessions.pause_s(times, free) - self._clock())

    def failed(self, name: str, address: str) -> None:
        """Remember a wrong secret."""
        with self._lock:
            for key in ((name, address), ("", address)):
                times, _ = self._failures.pop(key, (0, 0.0))
                self._failures[key] = (times + 1, self._clock())
            while len(self._failures) > self.MOST_KEPT:
                self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget the wrong secrets of this name from this address."""
        with self._lock:
            self._failures.pop((name, address), None)
