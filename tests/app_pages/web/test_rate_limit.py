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
    limiter = rate_limit.RateLimiter(clock)
    pauses = []
    for _ in range(18):
        limiter.record_failure("staff-12", "10.0.0.7")
        pauses.append(limiter.wait_s("staff-12", "10.0.0.7"))
        clock.seconds += pauses[-1]
    assert pauses == [0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900]


def test_only_that_name_from_that_address_waits() -> None:
    limiter = rate_limit.RateLimiter(Clock())
    for _ in range(10):
        limiter.record_failure("staff-12", "10.0.0.7")
    assert limiter.wait_s("staff-12", "10.0.0.7") > 0
    assert limiter.wait_s("staff-12", "10.0.0.8") == 0
    assert limiter.wait_s("staff-13", "10.0.0.7") == 0


def test_an_address_that_limiter_many_names_waits_too() -> None:
    limiter = rate_limit.RateLimiter(Clock())
    for number in range(rate_limit.RateLimiter.FREE_PER_ADDRESS):
        limiter.record_failure(f"staff-{number}", "10.0.0.7")
    assert limiter.wait_s("staff-99", "10.0.0.7") == 2


def test_an_address_from_which_a_right_secret_came_is_not_blocked_as_a_whole() -> None:
    limiter = rate_limit.RateLimiter(Clock())
    limiter.reset("staff-1", "10.0.0.7")
    for number in range(rate_limit.RateLimiter.FREE_PER_ADDRESS):
        limiter.record_failure(f"staff-{number}", "10.0.0.7")
    assert limiter.wait_s("staff-99", "10.0.0.7") == 0


def test_the_right_secret_ends_the_waiting_and_memory_is_bounded() -> None:
    limiter = rate_limit.RateLimiter(Clock())
    for _ in range(5):
        limiter.record_failure("staff-12", "10.0.0.7")
    limiter.reset("staff-12", "10.0.0.7")
    assert limiter.wait_s("staff-12", "10.0.0.7") == 0
    for number in range(rate_limit.RateLimiter.MAX_ENTRIES):
        limiter.record_failure("x", f"10.0.{number // 256}.{number % 256}")
    assert len(limiter._failures) == rate_limit.RateLimiter.MAX_ENTRIES
