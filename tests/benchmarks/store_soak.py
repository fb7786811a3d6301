"""Kill writers for a while and count what was lost: ``python -m tests.benchmarks.store_soak [seconds]``.

Eight processes submit surveys of twelve readings as fast as they can and note each one only after it was
acknowledged; a random one is killed every 50–400 ms and started again. Then every acknowledged survey must be there,
whole, and the ledger must verify.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from audits import survey
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.register import checks, register
from audits.store.surveys import read, submit

WRITERS = 8
READINGS = 12
BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def write(folder: Path, acknowledged: Path) -> None:
    """Submit surveys until killed."""
    store = connection.open_store(workspace.Workspace(folder), create=False)
    notes = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        readings = tuple(
            survey.Measurement("KK-001.ramp.1", "running_slope_pct", random.random(), reading=number)
            for number in range(1, READINGS + 1)
        )
        sent = survey.Survey(
            survey.new_survey_id(), "KK-001", "writer", BEGIN, "demonstration", "v1", measurements=readings
        )
        begun = time.perf_counter()
        receipt = submit.submit(store, sent, "writer")
        os.write(notes, f"{receipt.survey_id} {(time.perf_counter() - begun) * 1e3:.2f}\n".encode())


def add_one_site(store: connection.Store) -> None:
    """Add the site that every survey is of."""
    words = dict.fromkeys(checks.SITE_COLUMNS, "")
    words |= {"kind": "ramp", "setting": "park", "position_status": "presumed"}
    row = {**words, "zone": None, "position_accuracy_m": 50.0}
    sites = gpd.GeoDataFrame([row], index=["KK-001"], geometry=[shapely.Point(102.83, 16.43)], crs=4326)
    element = {"site_code": "KK-001", "kind": "ramp", "label": "", "permitted_on": None, "source": "register"}
    register.add_sites(store, sites, pd.DataFrame([element], index=["KK-001.ramp.1"]), "soak", "soak test")


def soak(folder: Path, seconds: float) -> None:
    """Run the writers, kill them, and print what was found."""
    place, acknowledged = workspace.Workspace(folder / "work"), folder / "acknowledged.txt"
    with connection.open_store(place, kind="demonstration") as store:
        add_one_site(store)
    start = get_context("spawn").Process
    writers = [start(target=write, args=(place.folder, acknowledged)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    kills, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(random.uniform(0.05, 0.4))
        chosen = random.randrange(WRITERS)
        os.kill(writers[chosen].pid or 0, signal.SIGKILL)
        writers[chosen].join()
        writers[chosen] = start(target=write, args=(place.folder, acknowledged))
        writers[chosen].start()
        kills += 1
    for writer in writers:
        writer.kill()
        writer.join()
    report(place, acknowledged, kills)


def report(place: workspace.Workspace, acknowledged: Path, kills: int) -> None:
    """Print the figures; end with an error when anything was lost."""
    told = dict(line.split() for line in acknowledged.read_text().splitlines())
    with connection.open_store(place) as store:
        kept = set(read.surveys(store)["survey_id"])
        sizes = read.measurements(store).groupby("survey_id").size()
        problems = verify.verify(store).problems
    lost, partial = told.keys() - kept, int((sizes.reindex(sorted(kept)) != READINGS).sum())
    waits = pd.Series(told).astype(float)
    print(
        f"writers {WRITERS}, kills {kills}, acknowledged {len(told)}, lost {len(lost)}, partial {partial}, "
        f"kept without acknowledgement {len(kept - told.keys())}, problems {len(problems)}, "
        f"p50 {waits.quantile(0.5):.1f} ms, p95 {waits.quantile(0.95):.1f} ms, longest {waits.max():.0f} ms"
    )
    sys.exit(1 if lost or partial or problems else 0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        soak(Path(scratch), float(sys.argv[1]) if len(sys.argv) > 1 else 40.0)
