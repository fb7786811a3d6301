"""Offer streets, footways and buildings from OpenStreetMap where a workspace has no base map yet."""

from __future__ import annotations

import functools
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from app_pages import session
from app_pages.parts.shared import background_jobs
from audits import roles, wording
from layers import base_file, osm, osm_online, positions
from layers import errors as layer_errors

ACTION = "setting.set"
FILE = "osm_file"
FETCHING = wording.phrase("Fetching from OpenStreetMap …")
READING = wording.phrase("Reading streets, footways and buildings …")
_MB = 1_000_000
# The file of a city holds some hundred thousand things; how many, only its end shows.
_MANY_THINGS = 300_000
_log = logging.getLogger("jaidee.osm")


class StoppedError(layer_errors.LayerError):
    """The reader stopped the work."""


def show(context: session.Context) -> None:
    """Show the offer to those who may take it up, how far the work is, and why it failed."""
    # the demonstration stands on the ground of the workspace around it
    folder = base_file.folders(context.workspace.folder)[-1]
    if base_file.path(folder).is_file() or not roles.may(context.store.role, ACTION):
        return
    text = context.words.text
    with st.container(border=True, key="osm_offer"):
        st.write(text("Only main streets are drawn: there is no base map of streets and footways yet."))
        job = background_jobs.kept().get(_key(folder))
        if job is not None and job.running:
            _watch(context, job)
            return
        if job is not None and job.unfinished:
            _show_reason(context, job)
        box = _box(context.area)
        label = text("Get streets and footways from OpenStreetMap (about {n} MB)", n=osm_online.expected_mb(box))
        fetched = functools.partial(_fetched, box)
        st.button(label, key="osm_fetch", on_click=_begin, args=(folder, box, fetched))
        with st.expander(text("Or from a file that was downloaded before")):
            label = text("Extract of OpenStreetMap that holds the city (.osm.pbf)")
            st.file_uploader(label, type=["pbf", "osm"], key=FILE, on_change=_take_file, args=(folder, box))


@st.fragment(run_every=background_jobs.LOOK_EVERY_S)
def _watch(context: session.Context, job: background_jobs.Job[bool]) -> None:
    text = context.words.text
    if not job.running:
        st.rerun()
    st.progress(job.share, text=text(job.stage or FETCHING))
    st.button(text("Stop fetching"), key="osm_stop", on_click=job.stopped.set)


def _show_reason(context: session.Context, job: background_jobs.Job[bool]) -> None:
    text = context.words.text
    if job.stopped.is_set():
        st.info(text("Stopped. Nothing was changed."))
    elif job.stage == FETCHING:
        st.error(
            text("OpenStreetMap did not send the map: no network, or a busy server. Try again later, or choose a file.")
        )
    else:
        st.error(text("The file could not be read as a map of this city. Choose an extract that holds the city."))


@functools.cache
def _box(area: positions.Box | None) -> positions.Box:
    return osm.town_box(area)


def _key(folder: Path) -> tuple[str, str]:
    return "osm_base", str(folder)


def _begin(folder: Path, box: positions.Box, obtained: Callable[[Path, background_jobs.Progress], Path]) -> None:
    background_jobs.begin(_key(folder), lambda *job: _made(folder, box, obtained, *job), again=True)


def _take_file(folder: Path, box: positions.Box) -> None:
    given = st.session_state.get(FILE)
    if given is None:
        return
    # read before the work begins: Streamlit drops the upload together with its field
    content, ending = given.getvalue(), ".osm.pbf" if given.name.lower().endswith(".pbf") else ".osm"

    def written(aside: Path, _: background_jobs.Progress) -> Path:
        file = aside / f"given{ending}"
        file.write_bytes(content)
        return file

    _begin(folder, box, written)


def _fetched(box: positions.Box, aside: Path, progress: background_jobs.Progress) -> Path:
    expected = osm_online.expected_mb(box) * _MB
    progress(FETCHING, 0.0)
    # the second half of the bar is for reading what was fetched
    return osm_online.fetch(
        box, aside, osm_online.ADDRESS, progress=lambda size: progress(FETCHING, min(size / expected, 1) / 2)
    )


def _made(
    folder: Path,
    box: positions.Box,
    obtained: Callable[[Path, background_jobs.Progress], Path],
    progress: background_jobs.Progress,
    stopped: Callable[[], bool],
) -> bool:
    """Make the base map of a folder from the file that is obtained; the work of a background job."""

    def moved(stage: str, share: float) -> None:
        progress(stage, share)
        if stopped():
            raise StoppedError("stopped by the reader")

    try:
        with tempfile.TemporaryDirectory() as aside:
            file = obtained(Path(aside), moved)
            moved(READING, 0.5)
            osm.write_base(file, folder, box, progress=lambda looked, _: moved(READING, 1 - _left(looked)))
    except layer_errors.LayerError as fault:
        _log.warning("base map of %s: %s", folder, fault)
        raise
    return True


def _left(looked: int) -> float:
    # nears 0 and never reaches it: the bar moves on however many there are
    return 0.5 * _MANY_THINGS / (looked + _MANY_THINGS)
