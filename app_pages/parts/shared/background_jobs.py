"""Run long work beside the page: a page looks at it from time to time and can stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import streamlit as st

from app_pages import session
from app_pages.session import plain_text
from audits import errors, wording
from layers import errors as layer_errors

LOOK_EVERY_S = 0.5
# results hold whole planning models, so old ones make room
MOST_KEPT = 32
BROKE_DOWN = wording.phrase("Something went wrong here. Nothing that was confirmed is lost; try again.")

Result = TypeVar("Result")
Progress = Callable[[str, float], None]
Work = Callable[[Progress, Callable[[], bool]], Result | None]


class Job(Generic[Result]):
    """One piece of work in a thread of its own.

    Parameters
    ----------
    work
        Called with a function that takes the stage, a phrase, and the share that is done, 0 to 1; and with one that
        says whether to stop. It returns the result; None where it was stopped before there was any.
    """

    def __init__(self, work: Work[Result]) -> None:
        # all set before the thread starts, which writes to them
        self.stage, self.share = "", 0.0
        self.result: Result | None = None
        self.problems: tuple[errors.Problem, ...] = ()
        self.fault, self.broke_down = "", False
        self.stopped = threading.Event()
        # a daemon: no search keeps the server from stopping
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it is not done yet."""
        return self._thread.is_alive()

    @property
    def unfinished(self) -> bool:
        """Whether it ended without what was asked for."""
        return not self.running and (self.result is None or self.stopped.is_set())

    def wait(self, seconds: float) -> None:
        """Return when it is done, or after some seconds."""
        self._thread.join(seconds)

    def _run(self, work: Work[Result]) -> None:
        try:
            self.result = work(self._progress, self.stopped.is_set)
        except errors.RefusedError as refused:
            self.problems = refused.problems
        except (errors.JaideeError, layer_errors.LayerError) as fault:
            self.fault = str(fault)
        except BaseException:
            # a fault of the program: its trace is for the log, and the reader may ask again
            self.broke_down = True
            raise

    def _progress(self, stage: str, share: float) -> None:
        self.stage, self.share = stage, min(max(share, 0.0), 1.0)


# of the process and not of a session: whoever loads the page again finds the job
@st.cache_resource(show_spinner=False)
def kept() -> dict[Hashable, Job[Any]]:
    """Return the jobs of this process, by what they were made from."""
    return {}


def begin(key: Hashable, work: Work[Result], *, again: bool = False) -> Job[Result]:
    """Return the job of a key, started if there is none yet, or `again` if it ended without its result."""
    jobs = kept()
    if key not in jobs or (again and jobs[key].unfinished):
        # the oldest goes first
        while len(jobs) >= MOST_KEPT:
            jobs.pop(next(iter(jobs)), None)
        jobs[key] = Job(work)
    return jobs[key]


def job_button(
    context: session.Context, name: str, label: str, key: Hashable, work: Work[Result]
) -> Job[Result] | None:
    """Show a button that starts a job, and how far the job is; return it once it is done.

    The job of a key is answered again without new work, so the key holds all that it is made from.
    """
    if st.button(label, key=f"{name}_go"):
        begin(key, work, again=True)
    return outcome(context, name, key)


def outcome(context: session.Context, name: str, key: Hashable) -> Job[Any] | None:
    """Show how far the job of a key is; return it once it is done, None before or where it never began."""
    job = kept().get(key)
    if job is None:
        return None
    if job.running:
        watch(context, name, job)
        return None
    _show_faults(context, job)
    return job


@st.fragment(run_every=LOOK_EVERY_S)
def watch(context: session.Context, name: str, job: Job[Any]) -> None:
    """Show how far a job is, and let the reader stop it; draw the whole page when it is done."""
    text = context.words.text
    if not job.running:
        st.rerun()
    st.progress(job.share, text=text(job.stage) if job.stage else text("Working it out …"))
    if st.button(text("Stop and keep the best so far"), key=f"{name}_cancel"):
        job.stopped.set()


def faults(context: session.Context, job: Job[Any]) -> list[str]:
    """Return why a job ended without its result, in the reader's words; empty where it was only stopped."""
    found = [context.words.problem(problem) for problem in job.problems]
    found += [job.fault] if job.fault else []
    return found + ([context.words.text(BROKE_DOWN)] if job.broke_down else [])


def _show_faults(context: session.Context, job: Job[Any]) -> None:
    found = faults(context, job)
    for fault in found:
        st.error(plain_text.literal(fault))
    if job.result is None and not found:
        st.info(context.words.text("Stopped before there was a first choice. Work it out again."))
