"""Start one PostgreSQL with PostGIS that all tests share, and give each a fresh database of it."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

OWNER = "owner"
# the application's own login shows its password, everyone else is let in: what is tested is rights, not passwords
DOORS = """local all all trust
host all jaidee_app 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""
MEMORY, ROOM_BYTES = Path("/dev/shm"), 2_000_000_000
FOR_SPEED = ("fsync=off", "full_page_writes=off", "autovacuum=off", "max_wal_size=256MB", "log_min_messages=panic")


@dataclass
class Server:
    """A running PostgreSQL of our own."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str, user: str = OWNER, password: str = "") -> str:
        """Return the address of a database, for SQLAlchemy."""
        secret = f":{password}" if password else ""
        return f"postgresql+psycopg://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres", user: str = OWNER, **more: str) -> psycopg.Connection:
        """Return another program's connection, each statement its own transaction."""
        return psycopg.connect(host="127.0.0.1", port=self.port, dbname=database, user=user, autocommit=True, **more)

    def create(self, template: str = "with_postgis", name: str = "") -> str:
        """Create a fresh database and return its name."""
        name = name or f"fresh_{next(self.numbers)}"
        with self.connect() as raw:
            raw.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, database: str) -> None:
        """Drop a database, whoever is still connected."""
        with self.connect() as raw:
            raw.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def programs() -> Path:
    """Return the folder of PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parents[1].name))
    if not found:
        raise RuntimeError("the tests need PostgreSQL with PostGIS: apt-get install postgresql-postgis, or tests/run")
    return found[-1].parent


def _user() -> str | None:
    """Return whom PostgreSQL runs as: it refuses to be run by root."""
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def initialised(folder: Path) -> Path:
    """Make an empty cluster in a folder and return where its data are."""
    data, user = folder / "data", _user()
    if user:
        shutil.chown(folder, user)
    make = [
        programs() / "initdb",
        "-D",
        data,
        "-U",
        OWNER,
        "--auth=trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run(make, check=True, capture_output=True, user=user, cwd=folder)
    (data / "pg_hba.conf").write_text(DOORS)
    return data


def started(data: Path, port: int, *options: str) -> subprocess.Popen[bytes]:
    """Start the server of a cluster and wait until it answers."""
    command = [programs() / "postgres", "-D", data, "-p", str(port), "-k", data.parent]
    command += [part for option in ("listen_addresses=127.0.0.1", *options) for part in ("-c", option)]
    with (data.parent / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, user=_user(), cwd=data.parent)
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=port, dbname="postgres", user=OWNER).close()
            return process
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{(data.parent / 'log').read_text()}") from None
            time.sleep(0.05)


def _in_memory() -> Path | None:
    """Return a folder in memory where there is room: a test makes a database of its own and forgets it."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES else None


@contextlib.contextmanager
def launched(*options: str) -> Iterator[Server]:
    """Run a PostgreSQL of our own, with a template that has PostGIS, until the block ends."""
    folder, port = Path(tempfile.mkdtemp(prefix="jaidee_pg_", dir=None if options else _in_memory())), free_port()
    process = started(initialised(folder), port, *(options or FOR_SPEED))
    server = Server(folder, port, process)
    try:
        with server.connect() as raw:
            raw.execute("CREATE DATABASE with_postgis")
        with server.connect("with_postgis") as raw:
            raw.execute("CREATE EXTENSION postgis")
        yield server
    finally:
        process.send_signal(3)
        process.wait()
        shutil.rmtree(folder)
