"""Make a plan in a process of its own, so that it can be stopped and nobody else waits for it."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from audits import errors
from audits.planning import budget_plan, fix_sets, plan_constraints, planning_model

GRACE_S = 10.0
LOOK_EVERY_S = 0.1
SERVE = "from audits.planning import solver_process; solver_process.serve()"
HOME = Path(__file__).parents[2]
DIED = "the search for a plan ended without an answer; the machine may be short of memory"

Found = TypeVar("Found")


@dataclass(frozen=True)
class Request:
    """What the other process is asked."""

    model: planning_model.Model
    constraints: plan_constraints.Constraints
    most_fixes: int
    time_limit_s: float
    relative_gap: float


@dataclass(frozen=True)
class Refusal:
    """The problems for which the other process made no plan."""

    problems: tuple[errors.Problem, ...]


@dataclass(frozen=True)
class Errand:
    """A function of ours that the other process runs.

    Parameters
    ----------
    deed
        A function of a module, so that its name is enough to find it there.
    arguments
        All but the last one, which is told steps done and of how many.
    """

    deed: Callable[..., object]
    arguments: tuple[object, ...]


@dataclass(frozen=True)
class Step:
    """How far an errand is."""

    done: int
    of: int


@dataclass(frozen=True)
class Outcome:
    """What an errand brought back."""

    value: object


Message = budget_plan.Progress | budget_plan.Plan | Refusal | Step | Outcome | None


def plan_in_process(
    model: planning_model.Model,
    constraints: plan_constraints.Constraints,
    *,
    most_fixes: int = fix_sets.MOST_FIXES,
    time_limit_s: float = budget_plan.TIME_LIMIT_S,
    relative_gap: float = budget_plan.SOLVER_GAP,
    progress: Callable[[budget_plan.Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    grace_s: float = GRACE_S,
) -> budget_plan.Plan | None:
    """Return the plan of :func:`budget_plan.plan`, made in another process.

    Parameters
    ----------
    town, wishes, most_fixes, time_limit_s, relative_gap, progress
        As for :func:`budget_plan.plan`; `progress` is called in this thread.
    cancelled
        Asked several times a second; once it says yes, the other process ends and the best plan so far is returned.
    grace_s
        How long after the limit the solver may take to notice it.

    Returns
    -------
    Plan or None
        None where it was stopped before there was a first choice.

    Raises
    ------
    errors.RefusedError
        Wishes that cannot all be granted.
    errors.JaideeError
        The other process died before there was a first choice.
    """
    say = progress or (lambda _: None)
    last: budget_plan.Progress | None = None
    with _asked(Request(model, constraints, most_fixes, time_limit_s, relative_gap)) as answers:
        deadline = float("inf")
        while True:
            if cancelled and cancelled():
                return _so_far(last, budget_plan.CANCELLED)
            if time.perf_counter() > deadline:
                return _so_far(last, budget_plan.TIME_OVER)
            try:
                message = answers.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                continue
            if isinstance(message, budget_plan.Plan):
                return message
            if isinstance(message, Refusal):
                raise errors.RefusedError(message.problems)
            if message is None:
                return after_death(last)
            if isinstance(message, budget_plan.Progress):
                last = message
                say(message)
                if message.stage != budget_plan.READING:
                    deadline = time.perf_counter() + time_limit_s + grace_s


def run(
    deed: Callable[..., Found],
    *arguments: object,
    say: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Found | None:
    """Return what a function of ours finds, run in another process; None where it was stopped.

    Parameters
    ----------
    deed, arguments
        The function and all but its last argument, which is told steps done and of how many.
    say
        Told the same, in this thread.
    cancelled
        Asked several times a second; once it says yes, the other process ends.

    Raises
    ------
    errors.RefusedError
        What the function refuses.
    errors.JaideeError
        The other process died.
    """
    with _asked(Errand(deed, arguments)) as answers:
        while not cancelled():
            try:
                message = answers.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                continue
            if isinstance(message, Outcome):
                return cast("Found", message.value)
            if isinstance(message, Refusal):
                raise errors.RefusedError(message.problems)
            if message is None:
                raise errors.JaideeError(DIED)
            if isinstance(message, Step):
                say(message.done, message.of)
    return None


def _so_far(last: budget_plan.Progress | None, status: str) -> budget_plan.Plan | None:
    if last is None or last.plan is None:
        return None
    return last.plan if last.plan.status == budget_plan.PROVEN else replace(last.plan, status=status)


def after_death(last: budget_plan.Progress | None) -> budget_plan.Plan:
    """Return the best plan that a process had told before it died, or raise that there is none."""
    found = _so_far(last, budget_plan.TIME_OVER)
    if found is None:
        raise errors.JaideeError(DIED)
    return found


@contextlib.contextmanager
def _asked(request: Request | Errand) -> Iterator[queue.Queue[Message]]:
    """Start the other process, ask it, and yield what it answers; it is gone afterwards."""
    # multiprocessing would run the main module again in the child, and under a screen that is the page itself
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-c", SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=HOME
    )
    answers: queue.Queue[Message] = queue.Queue()
    with process:
        to_child, from_child = cast("BinaryIO", process.stdin), cast("BinaryIO", process.stdout)
        reader = threading.Thread(target=_listen, args=(from_child, answers), daemon=True)
        reader.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                pickle.dump(request, to_child)
                to_child.flush()
            yield answers
        finally:
            process.kill()
            reader.join()


def _listen(pipe: BinaryIO, answers: queue.Queue[Message]) -> None:
    with contextlib.suppress(EOFError, pickle.UnpicklingError, ValueError):
        while True:
            answers.put(pickle.load(pipe))  # noqa: S301 - written by our own child
    answers.put(None)


def serve() -> None:
    """Answer one request from standard input, as the other process."""
    with os.fdopen(os.dup(1), "wb") as answers:
        # a solver that prints must not print into the answers
        os.dup2(2, 1)
        request: Request | Errand = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
        answer(request, answers)


def answer(request: Request | Errand, answers: BinaryIO) -> None:
    """Do what is asked, and write progress and what came of it, or why there is nothing."""

    def send(message: Message) -> None:
        pickle.dump(message, answers)
        answers.flush()

    try:
        if isinstance(request, Errand):
            send(Outcome(request.deed(*request.arguments, lambda done, of: send(Step(done, of)))))
            return
        send(
            budget_plan.plan(
                request.model,
                request.constraints,
                most_fixes=request.most_fixes,
                time_limit_s=request.time_limit_s,
                relative_gap=request.relative_gap,
                progress=send,
            )
        )
    except errors.RefusedError as refused:
        send(Refusal(refused.problems))
