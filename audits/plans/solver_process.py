"""Run a search in a process of its own, so that it can be stopped and nobody else waits for it."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO, TypeVar, cast

from audits import errors
from audits.plans import budget_plan, budget_program, plan_constraints, planning_model
from layers import installation

GRACE_S = 10.0
# how long a reader who cancels may wait for it to be noticed
LOOK_EVERY_S = 0.1
SERVE = f"import {__name__} as child; child.serve()"
DIED = "the search for a plan ended without an answer; the machine may be short of memory"

Found = TypeVar("Found")


Call = tuple[Callable[..., object], tuple[object, ...], Mapping[str, object]]
"""A function of a module, so that its name is enough to find it, with its arguments by position and by name."""

STEP, OUTCOME, REFUSAL = "step", "outcome", "refusal"
Message = tuple[str, Any] | None
"""Arguments of a call of ``progress``, the value returned, or the problems refused for; None once all is read."""


class DiedError(errors.JaideeError):
    """The other process ended without an answer."""


def plan_in_process(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    *,
    limits: budget_program.Limits = budget_plan.LIMITS,
    progress: Callable[[budget_plan.Progress], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    grace_s: float = GRACE_S,
) -> budget_plan.Plan | None:
    """Return the plan of :func:`budget_plan.plan`, made in another process.

    Parameters
    ----------
    model, constraints, limits, progress
        As for :func:`budget_plan.plan`; `progress` is called in this thread.
    cancelled
        Called several times a second; once it returns True, the other process ends and the best plan so far is
        returned.
    grace_s
        How long after the limit the solver may take to notice it.

    Returns
    -------
    Plan or None
        None where it was stopped before there was a first choice.

    Raises
    ------
    errors.RefusedError
        When the constraints cannot all be met.
    DiedError
        When the other process died before there was a first choice.
    """
    last: budget_plan.Progress | None = None
    deadline = float("inf")

    def note(now: budget_plan.Progress) -> None:
        nonlocal last, deadline
        last = now
        if progress:
            progress(now)
        # Reading the model takes its time and is not the solver's: the clock starts after it.
        if now.stage != budget_plan.READING:
            deadline = time.perf_counter() + limits.seconds + grace_s

    def stopped() -> bool:
        return cancelled() or time.perf_counter() > deadline

    try:
        found = run(budget_plan.plan, model, constraints, limits=limits, progress=note, cancelled=stopped)
    except DiedError:
        if last is None or last.plan is None:
            raise
        found = None
    best = last.plan if last else None
    if found or best is None or best.status == budget_plan.SOLVED:
        return found or best
    return replace(best, status=budget_plan.CANCELLED if cancelled() else budget_plan.TIME_OVER)


def run(
    function: Callable[..., Found],
    *arguments: object,
    progress: Callable[..., None],
    cancelled: Callable[[], bool],
    **options: object,
) -> Found | None:
    """Return the result of a function run in another process; None where it was stopped.

    The function takes ``progress`` as well; whatever it reports is passed on in this thread. `cancelled` is called
    several times a second; once it returns True, the other process ends.

    Raises
    ------
    errors.RefusedError
        With the problems that the function refuses for.
    DiedError
        When the other process died.
    """
    with _answers_to((function, arguments, options)) as answers:
        while not cancelled():
            try:
                message = answers.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                continue
            if message is None:
                raise DiedError(DIED)
            kind, content = message
            if kind == OUTCOME:
                return cast("Found", content)
            if kind == REFUSAL:
                raise errors.RefusedError(content)
            progress(*content)
    return None


@contextlib.contextmanager
def _answers_to(call: Call) -> Iterator[queue.Queue[Message]]:
    """Start the other process, send it the call, and yield its messages; it is gone afterwards."""
    # multiprocessing would run the main module again in the child, and under Streamlit that is the page itself.
    # the child has to find this package from wherever the program was started
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-c", SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=installation.PACKAGES
    )
    answers: queue.Queue[Message] = queue.Queue()
    with process:
        to_child, from_child = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
        # a thread, since a pipe cannot be waited for with a time limit on every system
        reader = threading.Thread(target=_listen, args=(from_child, answers), daemon=True)
        reader.start()
        try:
            # a child that is dead already is noticed by the reader, in words
            with contextlib.suppress(BrokenPipeError):
                pickle.dump(call, to_child)
                to_child.flush()
            yield answers
        finally:
            # killed before the reader is waited for: it ends when the pipe closes
            process.kill()
            reader.join()


def _listen(pipe: BinaryIO, answers: queue.Queue[Message]) -> None:
    # a child that was killed leaves half a message behind
    with contextlib.suppress(EOFError, pickle.UnpicklingError, ValueError):
        while True:
            answers.put(pickle.load(pipe))  # noqa: S301 - written by our own child
    answers.put(None)


def serve() -> None:
    """Answer one call from standard input, as the other process."""
    with os.fdopen(os.dup(1), "wb") as answers:
        # A solver that prints must not print into the answers.
        os.dup2(2, 1)
        call: Call = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
        answer(call, answers)


def answer(call: Call, answers: BinaryIO) -> None:
    """Run a call, and write its progress and its outcome or refusal."""

    def send(kind: str, content: object) -> None:
        pickle.dump((kind, content), answers)
        answers.flush()

    function, arguments, options = call
    try:
        send(OUTCOME, function(*arguments, **options, progress=lambda *step: send(STEP, step)))
    except errors.RefusedError as refused:
        send(REFUSAL, refused.problems)
