"""Measure a batch: rows of one day imported, scored, exported and looked at by a reviewer, and rows judged.

Run by hand: ``python -m tests.benchmarks.bench_batch [rows] [judged]``. Each command runs in a process of its own, so
that its memory is its own; the time of one processor is printed beside that of the clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEADER = "code,kind,lat,lon,setting,element,clear_width_mm,observed_on,surveyor\n"
REVIEW = (
    "import pathlib, sys; from audits.quality import report; from audits import record; "
    "from audits.store.db import connection, workspace; from audits.store.surveys import read; "
    "store = connection.open_store(workspace.Workspace(pathlib.Path(sys.argv[1]))); "
    "print(len(report.suspected_duplicates(record.counting(read.surveys(store)))), 'pairs')"
)
MOST_MEGABYTES = 1000


def main() -> None:
    rows, judged = (*map(int, sys.argv[1:]), *(20_000, 5_000)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as folder:
        place, table, few = Path(folder) / "record", Path(folder) / "rows.csv", Path(folder) / "few.csv"
        table.write_text(HEADER + "".join(map(_row, range(rows))), "utf-8")
        few.write_text(HEADER + "".join(map(_row, range(judged))), "utf-8")
        named = ["--workspace", str(place), "--lang", "en"]
        print(f"load {os.getloadavg()[0]:.1f}; memory at most {MOST_MEGABYTES} MB each")
        _measured(f"import {rows:,}", "-m", "audits", "import", str(table), "--actor", "bench", *named)
        _measured("score", "-m", "audits", "score", *named)
        _measured("export xlsx", "-m", "audits", "export", "xlsx", str(Path(folder) / "out.xlsx"), *named)
        _measured("suspected duplicates", "-c", REVIEW, str(place))
        _measured(f"judge {judged:,}", "-m", "audits", "judge", str(few), "--lang", "en")


def _row(number: int) -> str:
    lat, lon = 16.35 + 0.0002 * (number // 200), 102.75 + 0.0008 * (number % 200)
    width = 900 + number % 600
    return f"N-{number:06},ramp,{lat:.6f},{lon:.6f},municipal_footpath,kerb_ramp,{width},2025-01-01,Crew\n"


def _measured(name: str, *arguments: str) -> None:
    begun = time.perf_counter()
    run = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(run.pid, 0)
    seconds, megabytes = time.perf_counter() - begun, used.ru_maxrss / 1024
    outcome = os.waitstatus_to_exitcode(status)
    print(f"{name:24}{seconds:7.1f} s  {used.ru_utime + used.ru_stime:7.1f} s CPU  {megabytes:5.0f} MB  exit {outcome}")


if __name__ == "__main__":
    main()
