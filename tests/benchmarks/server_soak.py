"""Kill the server again and again while phones send: ``python -m tests.benchmarks.server_soak [kills] [--app]``.

Four kits and four ODK Collects send surveys with a photo as fast as they are thanked, and send again when the line
breaks; the server is killed (SIGKILL) at any moment and started again. Then every survey that was thanked for must be
there once, whole, with its photo, and the ledger must verify. By default the process killed serves the two doors alone
and is started again at once by a parent that has everything imported; ``--app`` kills the whole app.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from app_pages.web import device_sign_in, kit, openrosa
from audits.demo import seed
from audits.field.kit import store as kit_store
from audits.rules import files
from audits.store.accounts import device_secrets
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.photos import photos
from audits.store.surveys import quarantine, read
from tests import app_process
from tests.benchmarks import phones
from tests.field.kit import kit_lines

PHONES_OF_A_KIND = 4
KIT_READINGS, COLLECT_READINGS = 1, 7
LIVES_S = (0.05, 6.0)
ALIVE = "alive.pid"


def started(folder: Path, whole_app: bool) -> app_process.AppProcess:
    """Return the process that is killed again and again."""
    doors_alone = ("-m", "tests.benchmarks.server_soak", "--serve", str(folder), "--port", "{port}")
    server = app_process.AppProcess(folder, command=() if whole_app else doors_alone)
    server.awaited()
    return server


def kill(server: app_process.AppProcess, whole_app: bool) -> None:
    """Kill what serves and wait until another does."""
    if whole_app:
        server.kill()
        server.start_again()
    else:
        os.kill(int((server.folder / ALIVE).read_text()), signal.SIGKILL)
    server.awaited()


def serve(folder: Path, port: int) -> None:
    """Serve the two doors of a workspace in a child, and in another one whenever it died."""
    files.load_criteria()
    while True:
        child = os.fork()
        if not child:
            _live(folder, port)
        (folder / ALIVE).write_text(str(child))
        os.waitpid(child, 0)


def _live(folder: Path, port: int) -> None:
    store = connection.open_store(workspace.Workspace(folder))
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    routes = [*openrosa.routes(lambda: store, sign_in), *kit.routes(lambda: store, sign_in)]
    app = Starlette(routes=routes)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", ws="none", lifespan="off")
    os._exit(0)


def send(phone: phones.Phone, here: str, stop: threading.Event, thanked: dict[str, str], kit: bool) -> None:
    """Send surveys one after the other, each until it is thanked for."""
    while not stop.is_set():
        survey_id = phones.new_id()
        photo = phones.picture(random.getrandbits(60))
        if kit:
            phone.kit_photo(photo)
            record = kit_lines.record(1, photos=[photo], workspace=here, observed_at=kit_lines.this_hour())
            phone.kit_record(record | {"survey_id": survey_id, "root_id": survey_id})
        else:
            phone.collect(survey_id, photo)
        thanked[survey_id] = kit_lines.name_of(photo)
    phone.hang_up()


def broken(store: connection.Store, kits: dict[str, str], collects: dict[str, str]) -> list[str]:
    """Return what was thanked for and is not there whole."""
    surveys, readings = read.surveys(store), read.measurements(store).groupby("survey_id").size()
    kept, shown = set(surveys["survey_id"]), read.photos(store).groupby("survey_id")["sha256"].agg(set)
    problems = [f"doubled: {each}" for each in surveys.loc[surveys["survey_id"].duplicated(), "survey_id"]]
    for thanked, expected in ((kits, KIT_READINGS), (collects, COLLECT_READINGS)):
        for survey_id, sent in thanked.items():
            photo = photos.sent_before(store, sent)
            if survey_id not in kept:
                problems.append(f"lost: {survey_id}")
            elif readings.get(survey_id, 0) != expected:
                problems.append(f"partial: {survey_id}, {readings.get(survey_id, 0)} of {expected} readings")
            elif photo is None or photo.sha256 not in shown.get(survey_id, set()):
                problems.append(f"without its photo: {survey_id}")
    problems += [f"held: {row}" for row in quarantine.held_rows(store)["reasons"]]
    return problems + [problem.sentence() for problem in verify.verify(store).problems]


def soak(folder: Path, kills: int, whole_app: bool) -> int:
    """Kill, count and print; 1 when anything was lost."""
    with connection.open_store(workspace.Workspace(folder)) as store:
        seed.with_starter_register(store, "soak")
        secret, here = device_secrets.give_secret(store, "soak-1", "soak"), kit_store.workspace_id(store)
    server, stop = started(folder, whole_app), threading.Event()
    of_kits: list[dict[str, str]] = [{} for _ in range(PHONES_OF_A_KIND)]
    of_collects: list[dict[str, str]] = [{} for _ in range(PHONES_OF_A_KIND)]
    devices, threads = [], []
    for notes, is_kit in [*((each, True) for each in of_kits), *((each, False) for each in of_collects)]:
        devices.append(phones.Phone(server.port, "soak-1", secret))
        threads.append(threading.Thread(target=send, args=(devices[-1], here, stop, notes, is_kit)))
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for _ in range(kills):
        time.sleep(random.uniform(*LIVES_S))
        kill(server, whole_app)
    stop.set()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - begun
    server.kill()
    kits = {key: value for each in of_kits for key, value in each.items()}
    collects = {key: value for each in of_collects for key, value in each.items()}
    with connection.open_store(workspace.Workspace(folder)) as store:
        found, kept = broken(store, kits, collects), len(read.surveys(store))
    thanked, tries = len(kits) + len(collects), sum(each.tries for each in devices)
    print(
        f"{kills} kills in {seconds:.0f} s, phones {len(devices)}, thanked {len(kits)} kit + {len(collects)} Collect, "
        f"requests {tries}, kept {kept} (without thanks {kept - thanked}), lost, partial or doubled {len(found)}, "
        f"tracebacks in the log {server.log.count('Traceback')}"
    )
    for each in found[:20]:
        print(f"  {each}")
    return 1 if found or "Traceback" in server.log else 0


def main() -> Callable[[], int]:
    """Return what the arguments ask for."""
    asked = argparse.ArgumentParser()
    asked.add_argument("kills", nargs="?", type=int, default=80)
    asked.add_argument("--app", action="store_true")
    asked.add_argument("--serve", type=Path)
    asked.add_argument("--port", type=int, default=0)
    chosen = asked.parse_args()
    if chosen.serve:
        return lambda: serve(chosen.serve, chosen.port) or 0

    def run() -> int:
        with tempfile.TemporaryDirectory() as scratch:
            return soak(Path(scratch), chosen.kills, chosen.app)

    return run


if __name__ == "__main__":
    sys.exit(main()())
