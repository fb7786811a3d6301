"""Guessing gets slower and slower; who knows the secret hardly notices."""

from __future__ import annotations

from app_pages.web import rate_limit


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_the_pause_grows_to_a_quarter_of_an_hour() -> None:
    clock = Clock()
    tries = rate_limit.Attempts(clock)
    pauses = []
    for _ in range(18):
        tries.failed("staff-12", "10.0.0.7")
        pauses.append(tries.wait_s("staff-12", "10.0.0.7"))
        clock.seconds += pauses[-1]
    assert pauses == [0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900]


def test_only_that_name_from_that_address_waits() -> None:
    tries = rate_limit.Attempts(Clock())
    for _ in range(10):
        tries.failed("staff-12", "10.0.0.7")
    assert tries.wait_s("staff-12", "10.0.0.7") > 0
    assert tries.wait_s("staff-12", "10.0.0.8") == 0
    assert tries.wait_s("staff-13", "10.0.0.7") == 0


def test_an_address_that_tries_many_names_waits_too() -> None:
    tries = rate_limit.Attempts(Clock())
    for number in range(rate_limit.Attempts.FREE_OF_ADDRESS):
        tries.failed(f"staff-{number}", "10.0.0.7")
    assert tries.wait_s("staff-99", "10.0.0.7") == 2


def test_the_right_secret_ends_the_waiting_and_memory_is_bounded() -> None:
    tries = rate_limit.Attempts(Clock())
    for _ in range(5):
        tries.failed("staff-12", "10.0.0.7")
    tries.succeeded("staff-12", "10.0.0.7")
    assert tries.wait_s("staff-12", "10.0.0.7") == 0
    for number in range(rate_limit.Attempts.MOST_KEPT):
        tries.failed("x", f"10.0.{number // 256}.{number % 256}")
    assert len(tries._failures) == rate_limit.Attempts.MOST_KEPT
