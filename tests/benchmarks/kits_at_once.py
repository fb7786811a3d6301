"""Let many offline kits send everything at once: ``python -m tests.benchmarks.kits_at_once [kits] [photos] [side]``.

Each kit holds a day of work: five records with their photos, 255 in all by default, as large as the kit makes
them. They send as the kit's script does, photos first, over one line each, to the whole app. Every photo must be kept
once, every record be there once with its photos, and the ledger verify; the memory of the server is watched.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from audits.demo import seed
from audits.field.kit import store as kit_store
from audits.store.accounts import device_secrets
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.surveys import attaching, quarantine, read
from tests import app_process
from tests.benchmarks import phones
from tests.field.kit import kit_lines

RECORDS = 5
MOST_MEGABYTES = 1_500


@dataclass
class Day:
    """What one kit holds: the files of its photos, its records, and how long sending took."""

    phone: phones.Phone
    files: list[Path]
    records: list[dict[str, object]] = field(default_factory=list)
    seconds: float = 0.0

    def send(self) -> None:
        """Send all of it."""
        begun = time.perf_counter()
        share = -(-len(self.files) // RECORDS)
        for number, record in enumerate(self.records):
            for file in self.files[number * share : (number + 1) * share]:
                self.phone.kit_photo(file.read_bytes())
            self.phone.kit_record(record)
        self.phone.hang_up()
        self.seconds = time.perf_counter() - begun


def packed(phone: phones.Phone, folder: Path, first: int, many: int, side: int, here: str) -> Day:
    """Return a kit full of photos, none like that of another."""
    day, share = Day(phone, []), -(-many // RECORDS)
    for number in range(many):
        day.files.append(folder / f"{first + number}.jpg")
        day.files[-1].write_bytes(phones.picture(first + number, side))
    for number in range(RECORDS):
        content = [file.read_bytes() for file in day.files[number * share : (number + 1) * share]]
        survey_id = phones.new_id()
        told = kit_lines.record(
            1, f"KK-{number + 1:03}", photos=content, workspace=here, observed_at=kit_lines.this_hour()
        )
        day.records.append(told | {"survey_id": survey_id, "root_id": survey_id})
    return day


def peak_megabytes(process: int) -> float:
    """Return the most memory that a process has had so far."""
    return _status(process, "VmHWM")


def megabytes_now(process: int) -> float:
    """Return the memory that a process has now."""
    return _status(process, "VmRSS")


def _status(process: int, name: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def missing(store: connection.Store, days: Sequence[Day]) -> list[str]:
    """Return what is not there, or there twice."""
    kept, shown = read.surveys(store)["survey_id"], read.photos(store)
    sent = {str(record["survey_id"]) for day in days for record in day.records}
    files = [file for day in days for file in day.files]
    lost = [file.name for file in files if photos.sent_before(store, kit_lines.name_of(file.read_bytes())) is None]
    return [
        *(f"record lost: {each}" for each in sorted(sent - set(kept))),
        *(f"record doubled: {each}" for each in kept[kept.duplicated()]),
        *(f"photo lost: {each}" for each in lost),
        *([f"{len(files)} photos were sent, {len(shown)} are shown"] if len(shown) != len(files) else []),
        *(f"held: {each}" for each in quarantine.held_rows(store)["reasons"]),
        *(f"awaited: {each}" for each in attaching.missing(store)["name"]),
        *(problem.sentence() for problem in verify.verify(store).problems),
    ]


def main(kits: int, many: int, side: int) -> int:
    """Send and print; 1 when anything is missing or the server took too much memory."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, pictures = Path(scratch) / "work", Path(scratch) / "pictures"
        pictures.mkdir()
        with connection.open_store(workspace.Workspace(folder)) as store:
            seed.with_starter_register(store, "kits")
            secrets = [device_secrets.give_secret(store, f"kit-{number}", "kits") for number in range(kits)]
            here = kit_store.workspace_id(store)
        server = app_process.AppProcess(folder)
        server.awaited()
        before = peak_megabytes(server.process.pid)
        days = [
            packed(phones.Phone(server.port, f"kit-{number}", secret), pictures, number * many, many, side, here)
            for number, secret in enumerate(secrets)
        ]
        megabytes = sum(file.stat().st_size for day in days for file in day.files) / 2**20
        threads = [threading.Thread(target=day.send) for day in days]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds, peak = time.perf_counter() - begun, peak_megabytes(server.process.pid)
        server.kill()
        with connection.open_store(workspace.Workspace(folder)) as store:
            found = missing(store, days)
        tracebacks = server.log.count("Traceback")
    print(
        f"{kits} kits × {many} photos of {side} px ({megabytes:.0f} MB): {seconds:.0f} s, "
        f"{kits * many / seconds:.1f} photos/s, slowest kit {max(day.seconds for day in days):.0f} s, "
        f"longest answer {max(day.phone.longest_s for day in days):.1f} s, "
        f"requests {sum(day.phone.tries for day in days)}, missing or doubled {len(found)}, "
        f"server {before:.0f} MB before, {peak:.0f} MB at most, tracebacks {tracebacks}"
    )
    for each in found[:20]:
        print(f"  {each}")
    return 1 if found or peak > MOST_MEGABYTES or tracebacks else 0


if __name__ == "__main__":
    asked = [int(each) for each in sys.argv[1:]]
    sys.exit(main(*(asked + [20, 255, 1600][len(asked) :])))
