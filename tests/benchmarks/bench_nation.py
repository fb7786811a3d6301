"""Judge a generated nation through the command line: wall clock, CPU time, and memory of all its processes together."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ELEMENTS, MUNICIPALITIES, SEED = 8_000_000, 7_800, 11
MOST_MINUTES, MOST_BYTES = 6, 4e9
ROOT = Path(__file__).parents[2]


def bytes_of(process: psutil.Process) -> int:
    """Return the resident memory of a process and of all below it."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def measured(*words: str) -> tuple[dict[str, object], float, float, int]:
    """Run a command to its end: its receipt, wall clock and CPU in seconds, most memory in bytes."""
    cpu, start, most = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), 0
    with tempfile.TemporaryFile() as answer:
        command = [sys.executable, "-m", "audits", "nation", *words, "--json"]
        running = subprocess.Popen(command, cwd=ROOT, stdout=answer)
        watched = psutil.Process(running.pid)
        while running.poll() is None:
            try:
                most = max(most, bytes_of(watched))
            except psutil.NoSuchProcess:
                break
            time.sleep(0.2)
        running.wait()
        answer.seek(0)
        receipt = json.loads(answer.read())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - cpu.ru_utime - cpu.ru_stime
    return receipt, time.perf_counter() - start, used, most


def line(name: str, seconds: float, cpu: float, most: int) -> str:
    """Return one line of figures."""
    return f"{name}: {seconds:.0f} s, {cpu:.0f} s CPU, {most / 1e6:,.0f} MB at most"


def main(elements: int, municipalities: int) -> None:
    """Generate, judge with two workers and with one, and judge again what is finished."""
    with tempfile.TemporaryDirectory() as place:
        nation, size = Path(place) / "nation", ("--elements", str(elements), "--municipalities", str(municipalities))
        _, *figures = measured("--generate", str(nation), *size, "--seed", str(SEED))
        print(line(f"generated {elements:,} elements of {municipalities:,} municipalities", *figures), flush=True)
        summaries = []
        for workers in ("2", "1"):
            out = Path(place) / f"out{workers}"
            receipt, *figures = measured(str(nation), "--out", str(out), "--workers", workers)
            assert receipt["elements"] == elements
            assert len(receipt["refused"]) == 3
            print(line(f"{workers} workers, {receipt['judged']} partitions", *figures), flush=True)
            summaries.append((out / "summary" / "municipalities.csv").read_bytes())
        print(f"bars: {MOST_MINUTES} min on 2 cores and {MOST_BYTES / 1e6:,.0f} MB for {ELEMENTS:,} elements")
        assert summaries[0] == summaries[1]
        receipt, *figures = measured(str(nation), "--out", str(out), "--workers", "2")
        print(line(f"again, {receipt['kept']} partitions kept", *figures), flush=True)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:3]]
    main(*(given + [ELEMENTS, MUNICIPALITIES][len(given) :]))
