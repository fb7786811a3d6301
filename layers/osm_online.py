"""Fetch a city from OpenStreetMap by Overpass, as a file like a downloaded extract."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import requests

from layers import errors, positions

ADDRESS = "https://overpass-api.de/api/interpreter"
WAIT_S = 180
MOST_BYTES = 1_000_000_000
_AGENT = "Jaidee (audit of universal design in a municipality)"
_CHUNK_BYTES = 1 << 20
# Working value: a well mapped European city of about 190 km² holds 221,000 nodes and 31,600 ways, as XML at about
# 65 and 420 bytes each.
_MB_PER_KM2 = 0.15
_KM_PER_DEGREE = 111.2
_ENDS_BYTES = 4096
# Ways come with all their nodes and relations with all their ways, in the order that the reader expects.
_QUESTION = (
    "[out:xml][timeout:{wait}];"
    '(way["highway"]({box});way["building"]({box});way["natural"="water"]({box});way["waterway"]({box});'
    'way["leisure"]({box});way["landuse"]({box});way["amenity"]({box});way["shop"]({box});'
    'relation["type"="multipolygon"]["natural"="water"]({box});relation["type"="multipolygon"]["leisure"]({box});'
    'relation["type"="multipolygon"]["building"]({box});'
    'node["kerb"]({box});node["barrier"]({box});node["amenity"]({box});node["shop"]({box});node["tourism"]({box});'
    'node["railway"="station"]({box});node["public_transport"]({box});node["highway"~"crossing|bus_stop"]({box});'
    ");(._;>;);out body;"
)


def fetch(
    box: positions.Box,
    folder: Path,
    address: str = ADDRESS,
    wait_s: float = WAIT_S,
    *,
    progress: Callable[[int], None] | None = None,
) -> Path:
    """Fetch all features of the base map in a box as a file of OpenStreetMap's XML.

    Parameters
    ----------
    box
        Degrees of WGS 84.
    folder
        Where the file is written.
    address
        Of an Overpass interpreter.
    wait_s
        How long to wait for the answer to begin.
    progress
        Called with the number of bytes that have come; what it raises ends the fetching.

    Raises
    ------
    errors.LayerError
        If there is no network, the server refuses or is busy, or its answer is not whole.
    """
    file = folder / "overpass.osm"
    advice = "download an extract of the city instead and run: python -m layers base FILE.osm.pbf"
    asked = {"data": question(box, wait_s)}
    try:
        # a connection comes soon or never; the answer itself takes the server its time
        with requests.post(address, asked, headers={"User-Agent": _AGENT}, timeout=(30, wait_s), stream=True) as answer:
            if answer.status_code != requests.codes.ok:
                raise errors.LayerError(
                    f"{address} answered {answer.status_code} {answer.reason}; try later, or {advice}"
                )
            _save(answer, file, progress)
    except requests.RequestException as fault:
        raise errors.LayerError(f"{address} cannot be reached ({type(fault).__name__}); {advice}") from fault
    _refuse_partial(file, address)
    return file


def expected_mb(box: positions.Box) -> int:
    """Estimate how many MB the answer for a box is, in steps of ten.

    Examples
    --------
    >>> expected_mb(positions.Box(102.80, 16.40, 102.89, 16.48))
    20
    """
    middle = math.radians((box.south + box.north) / 2)
    area = (box.north - box.south) * (box.east - box.west) * math.cos(middle) * _KM_PER_DEGREE**2
    return max(10, math.ceil(area * _MB_PER_KM2 / 10) * 10)


def question(box: positions.Box, wait_s: float = WAIT_S) -> str:
    """Write the query in the language of Overpass."""
    edges = f"{box.south},{box.west},{box.north},{box.east}"
    return _QUESTION.replace("{wait}", str(math.ceil(wait_s))).replace("{box}", edges)


def _save(answer: requests.Response, file: Path, progress: Callable[[int], None] | None) -> None:
    size = 0
    with file.open("wb") as written:
        for part in answer.iter_content(_CHUNK_BYTES):
            # counted while it comes, since an answer need not say how long it is
            size += len(part)
            if size > MOST_BYTES:
                raise errors.LayerError(f"the answer is larger than {MOST_BYTES:,} bytes; ask for a smaller box")
            written.write(part)
            if progress:
                progress(size)


def _refuse_partial(file: Path, address: str) -> None:
    """Refuse an answer that ran out of time or memory half-way: Overpass says so in a remark inside the file."""
    # only both ends are read: the answer may be a gigabyte, and a remark stands at one of them
    with file.open("rb") as written:
        beginning = written.read(_ENDS_BYTES)
        written.seek(max(file.stat().st_size - _ENDS_BYTES, 0))
        ending = written.read()
    if b"<remark>" in beginning + ending or not ending.rstrip().endswith(b"</osm>"):
        remark = ending.partition(b"<remark>")[2].partition(b"</remark>")[0].decode("utf-8", "replace").strip()
        reason = f" ({remark})" if remark else ""
        raise errors.LayerError(
            f"{address} did not send the whole answer{reason}; try later, or ask for a smaller --box"
        )
