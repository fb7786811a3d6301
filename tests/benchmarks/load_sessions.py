"""Let many people read at once: ``python -m tests.benchmarks.load_sessions [sessions] [seconds] [processes ...]``.

Each is signed in, opens the map of a record with the demonstration's surveys and goes from page to page with five
seconds of thought between on average, over a websocket as a browser does. The bar: a page drawn again within 1 s for 95
of 100, at fifty sessions on two processors. The app is what ``serve --processes`` starts, once for each number given
(one for each core else); memory and CPU time are those of all its processes together.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from audits import roles
from audits.demo import demonstration, seed
from audits.rules import files
from audits.store.accounts import accounts
from audits.store.accounts import sessions as signing_in
from audits.store.db import connection, workspace
from tests import app_process, web_reader
from tests.benchmarks import kits_at_once

THOUGHT_S, BAR_S = 5.0, 1.0
# how often each page is gone to
PAGES = {"": 4, "site": 4, "criteria": 1, "plan": 1, "quality": 1, "exports": 1}
PASSWORD = "สะพานลอยคนข้าม-2569"

Times = dict[str, list[float]]


def prepared(folder: Path, sessions: int) -> tuple[list[str], list[str]]:
    """Make a record of invented surveys and signed-in engineers; return their tokens and the codes of sites."""
    with connection.open_store(workspace.Workspace(folder), kind="demonstration") as store:
        demonstration.build(store, files.load_criteria())
        for name, role in (("admin-1", roles.ADMINISTRATOR), ("engineer-1", roles.ENGINEER)):
            accounts.choose_password(store, name, accounts.add(store, name, role, "load"), PASSWORD)
        tokens = [signing_in.begin(store, "engineer-1") for _ in range(sessions)]
    return tokens, [str(code) for code in seed.starter_sites().index]


async def read(port: int, token: str, codes: list[str], until: float, times: Times) -> None:
    """Go from page to page until the time is over."""
    async with web_reader.Reader(port, token) as reader:
        await asyncio.sleep(random.uniform(0, THOUGHT_S))
        first = True
        while time.monotonic() < until:
            (page,) = random.choices(list(PAGES), weights=list(PAGES.values()))
            query = f"lang=th&site={random.choice(codes)}"
            seconds, said = await reader.page("" if first else page, query)
            assert said, f"the page {page!r} showed nothing"
            times["first" if first else page or "map"].append(seconds)
            first = False
            await asyncio.sleep(random.expovariate(1 / THOUGHT_S))


async def load(
    server: app_process.AppProcess, tokens: list[str], codes: list[str], seconds: float
) -> tuple[Times, float]:
    """Let everybody read for a while and return how long each page took, and the seconds of CPU of the app."""
    times: Times = defaultdict(list)
    # some readers before the others: what is imported and cached once for all, in every process
    until = time.monotonic() + 2 * THOUGHT_S
    await asyncio.gather(*(read(server.port, token, codes, until, defaultdict(list)) for token in tokens[:4]))
    _, before = used(server)
    until = time.monotonic() + seconds
    await asyncio.gather(*(read(server.port, token, codes, until, times) for token in tokens))
    return times, used(server)[1] - before


def used(server: app_process.AppProcess) -> tuple[float, float]:
    """Return the megabytes and the seconds of CPU of the app: of what was started, and of those that it started."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    pids = [server.process.pid, *map(int, children)]
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    ticks = sum(int(each[11]) + int(each[12]) for each in fields)
    return sum(map(kits_at_once.megabytes_now, pids)), ticks / os.sysconf("SC_CLK_TCK")


def measured(sessions: int, seconds: float, processes: str) -> bool:
    """Load, print, and return whether 95 of 100 pages came within the bar."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "work"
        tokens, codes = prepared(folder, sessions)
        command = ("-m", "audits", "serve", "--host", "127.0.0.1", "--port", "{port}", *processes.split())
        server = app_process.AppProcess(folder, app_process.ALONE, command)
        server.awaited()
        before, _ = used(server)
        times, cpu_s = asyncio.run(load(server, tokens, codes, seconds))
        after, _ = used(server)
        tracebacks = server.log.count("Traceback")
        server.kill()
    again = np.array([each for page, all_of in times.items() if page != "first" for each in all_of])
    pages = sum(map(len, times.values()))
    print(processes or "as many processes as cores")
    for page, all_of in times.items():
        p50, p95 = np.quantile(all_of, [0.5, 0.95])
        print(f"  {page:<9} {len(all_of):>5} times   p50 {1e3 * p50:>6.0f} ms   p95 {1e3 * p95:>6.0f} ms")
    p50, p95 = np.quantile(again, [0.5, 0.95])
    print(
        f"{sessions} signed-in sessions, {THOUGHT_S:.0f} s of thought, {seconds:.0f} s: {len(again)} pages drawn again "
        f"({len(again) / seconds:.1f}/s), p50 {1e3 * p50:.0f} ms, p95 {1e3 * p95:.0f} ms, "
        f"longest {1e3 * again.max():.0f} ms; {1e3 * cpu_s / pages:.0f} ms of CPU a page; app {before:.0f} MB before, "
        f"{after:.0f} MB after ({(after - before) / sessions:.2f} MB a session), tracebacks {tracebacks}"
    )
    return p95 <= BAR_S and not tracebacks


def main(sessions: int, seconds: float, counts: list[int]) -> int:
    """Measure with each number of processes; 1 when one did not clear the bar."""
    asked = [f"--processes {count}" for count in counts] or [""]
    cleared = [measured(sessions, seconds, processes) for processes in asked]
    return 0 if all(cleared) else 1


if __name__ == "__main__":
    given = [float(each) for each in sys.argv[1:]]
    sys.exit(main(int(given[0]) if given else 50, given[1] if len(given) > 1 else 120.0, list(map(int, given[2:]))))
