"""Work beside a page ends with its result, its problems or its fault, and stops when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from app_pages.parts.shared import background_jobs
from audits import errors
from audits.plans import plan_constraints

PATIENCE_S = 30.0


def _ended(work: background_jobs.Work[Any]) -> background_jobs.Job[Any]:
    job = background_jobs.Job(work)
    job.wait(PATIENCE_S)
    assert not job.running
    return job


def test_what_the_work_returns_is_the_result_and_progress_is_told() -> None:
    def work(progress: background_jobs.Progress, _: Callable[[], bool]) -> object:
        progress("half", 0.5)
        progress("beyond", 7.0)
        return 42

    job = _ended(work)
    assert (job.result, job.stage, job.share, job.unfinished) == (42, "beyond", 1.0, False)


def test_work_that_is_stopped_ends_without_a_result_and_may_be_asked_again() -> None:
    begun, seen = threading.Event(), threading.Event()

    def work(_: background_jobs.Progress, cancelled: Callable[[], bool]) -> object:
        begun.set()
        assert job_stopped.wait(PATIENCE_S)
        if cancelled():
            seen.set()
        return None

    job_stopped = threading.Event()
    job = background_jobs.Job(work)
    assert begun.wait(PATIENCE_S)
    assert job.running
    job.stopped.set()
    job_stopped.set()
    job.wait(PATIENCE_S)
    assert seen.is_set()
    assert (job.result, job.unfinished) == (None, True)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_work_that_breaks_down_is_no_work_that_was_stopped_and_may_be_asked_again() -> None:
    def die(*_: object) -> object:
        raise ZeroDivisionError

    job = _ended(die)
    assert (job.result, job.unfinished, job.stopped.is_set()) == (None, True, False)
    assert job.broke_down


def test_problems_and_faults_are_kept_for_the_page() -> None:
    def refuse(*_: object) -> object:
        raise errors.RefusedError((plan_constraints.BAD_BUDGET.at("budget", budget=-1),))

    def die(*_: object) -> object:
        raise errors.JaideeError("short of memory")

    refused = _ended(refuse)
    assert (refused.problems[0].kind, refused.unfinished) == (plan_constraints.BAD_BUDGET, True)
    dead = _ended(die)
    assert (dead.fault, dead.unfinished) == ("short of memory", True)
