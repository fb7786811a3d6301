"""Live through the worst days of an office: ``python -m tests.soak.worst_days DAY [times]``, by hand and as root.

Each day runs the whole app as ``serve --processes 2`` starts it while phones and people write, and ends with a count
of what was thanked for and is not there. DAY is one of the functions below with hyphens, such as ``kills`` or
``full-disk``; ``postgres`` before it takes the record in PostGIS.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests import postgis
from tests.soak import offices

QUIET_S, AWAY_S = 20.0, 60.0


def quiet(office: offices.Office, times: int) -> None:
    """Let nothing happen for a while."""
    time.sleep(QUIET_S * times)


def kills(office: offices.Office, times: int) -> None:
    """Kill all processes at once (SIGKILL), again and again."""
    for _ in range(times):
        time.sleep(random.uniform(0.05, 12.0))
        office.server.kill()
        office.server.start_again()
        office.server.awaited()


def clock(office: offices.Office, times: int) -> None:
    """Set the clock back an hour, then forward a day, while people work."""
    for offset in ("-1h", "+1d", "+0")[: times + 1]:
        (office.place.folder / "clock").write_text(offset)
        time.sleep(QUIET_S)


def read_only(office: offices.Office, times: int) -> None:
    """Make the folder read-only for half a minute."""
    for _ in range(times):
        time.sleep(QUIET_S)
        # what is open for writing keeps its own mount writable, as the database file; every other file is refused
        folder = office.place.folder
        _run(f"mount --bind {folder} {folder} && mount -o remount,bind,ro {folder}")
        time.sleep(QUIET_S * 1.5)
        _run(f"umount -l {folder}")
        time.sleep(QUIET_S)


def full_disk(office: offices.Office, times: int) -> None:
    """Fill the disk to the last byte for half a minute."""
    filler = office.place.folder.parent / "filler"
    for _ in range(times):
        time.sleep(QUIET_S)
        with contextlib.suppress(OSError), filler.open("wb") as file:
            while True:
                file.write(b"\0" * 65_536)
                file.flush()
        time.sleep(QUIET_S * 1.5)
        filler.unlink()
        time.sleep(QUIET_S)


@contextlib.contextmanager
def on_a_small_disk(size: str) -> Iterator[Path]:
    """Yield a folder on a disk of its own, in memory."""
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", scratch], check=True)
        try:
            (Path(scratch) / "work").mkdir()
            yield Path(scratch) / "work"
        finally:
            subprocess.run(["umount", "-l", scratch], check=True)


class Database:
    """A PostgreSQL that keeps its promises to the disk, in a network of its own behind one wire."""

    OURS, THEIRS, WIRE, SPACE = "10.77.15.1", "10.77.15.2", "jaidee15", "jaidee15"

    def __init__(self, folder: Path) -> None:
        self.port = postgis.free_port()
        _run(f"ip netns add {self.SPACE}")
        _run(f"ip link add {self.WIRE} type veth peer name inside netns {self.SPACE}")
        _run(f"ip addr add {self.OURS}/24 dev {self.WIRE}")
        _run(f"ip link set {self.WIRE} up")
        for words in ("addr add 10.77.15.2/24 dev inside", "link set inside up", "link set lo up"):
            _run(f"ip -n {self.SPACE} {words}")
        self.data = postgis.initialised(folder)
        with (self.data / "pg_hba.conf").open("a") as doors:
            doors.write(f"host all all {self.OURS}/32 trust\n")
        self.start()
        for statement in ("CREATE DATABASE jaidee", "\\c jaidee\nCREATE EXTENSION postgis"):
            self._psql(statement)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://{postgis.OWNER}@{self.THEIRS}:{self.port}/jaidee"

    def start(self) -> None:
        options = f"-p {self.port} -k {self.data.parent} -c listen_addresses=*"
        control = f"{postgis.programs() / 'pg_ctl'} -D {self.data} -o '{options}' -l {self.data}.log -w start"
        _run(f"ip netns exec {self.SPACE} runuser -u postgres -- {control}")

    def stop(self, how: str) -> None:
        _run(f"runuser -u postgres -- {postgis.programs() / 'pg_ctl'} -D {self.data} -m {how} -w stop")

    def kill(self) -> None:
        """Kill the server and all it started, at once."""
        head = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{head}/task/{head}/children").read_text().split()
        for pid in (head, *map(int, children)):
            os.kill(pid, signal.SIGKILL)

    def unplug(self) -> None:
        """Let the network swallow everything, without a word to either side."""
        _run(f"ip -n {self.SPACE} addr del {self.THEIRS}/24 dev inside")

    def plug(self) -> None:
        _run(f"ip -n {self.SPACE} addr add {self.THEIRS}/24 dev inside")

    def _psql(self, statement: str) -> None:
        command = [postgis.programs() / "psql", "-h", self.data.parent, "-p", str(self.port), "-U", postgis.OWNER]
        subprocess.run([*command, "postgres"], check=True, input=statement.encode(), stdout=subprocess.DEVNULL)

    def close(self) -> None:
        self.stop("immediate")
        _run(f"ip link del {self.WIRE}")
        _run(f"ip netns del {self.SPACE}")


def restarts(office: offices.Office, times: int, database: Database) -> None:
    """Restart the database while people work, and let it fail over: killed, and back ten seconds later."""
    for _ in range(times):
        time.sleep(QUIET_S)
        database.stop("fast")
        database.start()
        time.sleep(QUIET_S)
        database.kill()
        time.sleep(10)
        database.start()
    time.sleep(QUIET_S)


def unplugged(office: offices.Office, times: int, database: Database) -> None:
    """Take the network between app and database away for a minute."""
    for _ in range(times):
        time.sleep(QUIET_S)
        database.unplug()
        time.sleep(AWAY_S)
        database.plug()
        time.sleep(2 * QUIET_S)


def _run(command: str) -> None:
    subprocess.run(command, shell=True, check=True)


def main(day: str, times: int, shared: bool) -> int:
    """Live through one day and print what became of it."""
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        scratch.chmod(0o755)
        environment, database, url = {}, None, ""
        if day == "full_disk":
            folder = stack.enter_context(on_a_small_disk("400m"))
        else:
            folder = scratch / "work"
            folder.mkdir()
        if day == "clock":
            (folder / "clock").write_text("+0")
            library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
            environment = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(folder / "clock")}
            environment |= {"FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        if shared:
            cluster = scratch / "cluster"
            cluster.mkdir()
            database = Database(cluster)
            stack.callback(database.close)
            url = database.url
        office = offices.Office(folder, url, **environment)
        stack.callback(office.server.kill)
        live: Callable[..., None] = globals()[day]
        more = (database,) if day in ("restarts", "unplugged") else ()
        with office.at_work():
            live(office, times, *more)
        title = f"{day} {times} on {'PostGIS' if shared else 'SQLite'}"
        return office.report(title)


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if word != "postgres"]
    sys.exit(main(asked[0].replace("-", "_"), int(asked[1]) if asked[1:] else 1, "postgres" in sys.argv))
