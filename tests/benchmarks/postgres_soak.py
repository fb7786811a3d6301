"""Kill a PostgreSQL server under its writers and count what was lost.

``python -m tests.benchmarks.postgres_soak [seconds] [kills]``: eight processes submit surveys of twelve readings as
fast as they can and note each one only after it was acknowledged; meanwhile the whole server is killed with SIGKILL and
started again. It keeps its promises to the disk here (fsync on), unlike in the tests. Then every acknowledged survey
must be there, whole, and the ledger must verify.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

import psycopg

from audits import errors, survey
from audits.store.db import connection, workspace
from audits.store.surveys import submit
from tests import postgis
from tests.benchmarks import store_soak

WRITERS = 8


def write(place: workspace.Workspace, acknowledged: Path) -> None:
    """Submit surveys until killed; one that failed with the server is sent again under the same number."""
    store = connection.connect(place)
    notes = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        readings = tuple(
            survey.Measurement("KK-001.ramp.1", "running_slope_pct", random.random(), reading=number)
            for number in range(1, store_soak.READINGS + 1)
        )
        sent = survey.Survey(
            survey.new_survey_id(), "KK-001", "writer", store_soak.BEGIN, "demonstration", "v1", measurements=readings
        )
        begun = time.perf_counter()
        while True:
            try:
                receipt = submit.submit(store, sent, "writer")
                break
            except errors.StoreError:
                time.sleep(0.1)
        os.write(notes, f"{receipt.survey_id} {(time.perf_counter() - begun) * 1e3:.2f}\n".encode())


def kill(process: object, data: Path) -> None:
    """Kill the server and all it started, at once."""
    with psycopg.connect(host=str(data.parent), port=_port(data), dbname="postgres", user=postgis.OWNER) as raw:
        workers = [pid for (pid,) in raw.execute("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")]
    for pid in (getattr(process, "pid", 0), *workers):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _port(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().splitlines()[3])


def soak(seconds: float, kills: int) -> None:
    """Run server and writers, kill the server again and again, and print what was found."""
    folder, port = Path(tempfile.mkdtemp(prefix="jaidee_soak_")), postgis.free_port()
    data = postgis.initialised(folder)
    server = postgis.started(data, port)
    with tempfile.TemporaryDirectory() as scratch:
        url = f"postgresql+psycopg://{postgis.OWNER}@127.0.0.1:{port}/postgres"
        place, acknowledged = workspace.Workspace(Path(scratch) / "work", url), Path(scratch) / "acknowledged.txt"
        with connection.open_store(place, kind="demonstration") as store:
            store_soak.add_one_site(store)
        start = get_context("spawn").Process
        writers = [start(target=write, args=(place, acknowledged)) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        away = []
        try:
            for _ in range(kills):
                time.sleep(seconds / (kills + 1))
                kill(server, data)
                server.wait()
                begun = time.perf_counter()
                server = postgis.started(data, port)
                away.append(time.perf_counter() - begun)
            time.sleep(seconds / (kills + 1))
            for writer in writers:
                writer.kill()
                writer.join()
            print(f"server killed {kills} times, back after {', '.join(f'{one:.1f}' for one in away)} s")
            store_soak.report(place, acknowledged, kills)
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()
            shutil.rmtree(folder)


if __name__ == "__main__":
    soak(
        float(sys.argv[1]) if len(sys.argv) > 1 else 30.0,
        int(sys.argv[2]) if len(sys.argv) > 2 else 4,
    )
