"""Run an office on a worst day: the whole app, and phones and people who write to it without pause.

Four kits and four ODK Collects send surveys with a photo, two people record requests on a page; each notes what it was
thanked for, and sends anew what it was not.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from audits import roles
from audits.demo import seed
from audits.field.kit import store as kit_store
from audits.store.accounts import accounts, device_secrets, sessions
from audits.store.db import connection, workspace
from audits.store.requests import requests
from audits.store.surveys import read
from tests import app_process, web_reader
from tests.benchmarks import phones, server_soak

PASSWORD = "สะพานลอยคนข้าม-2569"
KITS = COLLECTS = 4
PEOPLE = 2
PAGE, QUERY = "requests", "lang=en"
FIELDS = {"What is asked for": "soak", "Latitude": 16.43, "Longitude": 102.83}
SAVE, SAVED = "Save the request", "The request is recorded."
PATIENCE_S, GIVES_UP_S = 60.0, 900.0


class Person(web_reader.Reader):
    """Somebody who records requests on the page, one after the other."""

    async def record(self, asked: str) -> tuple[bool, list[str]]:
        """Fill the form in and save it; return whether the page thanked, and what it showed."""
        fields, _ = await self._drawn(BackMsg())
        told, values = BackMsg(), FIELDS | {"What is asked for": asked}
        for label, value in values.items():
            state = told.rerun_script.widget_states.widgets.add(id=fields[label])
            if isinstance(value, str):
                state.string_value = value
            else:
                state.double_value = value
        told.rerun_script.widget_states.widgets.add(id=fields[SAVE], trigger_value=True)
        _, shown = await self._drawn(told)
        return SAVED in shown, shown

    async def _drawn(self, told: BackMsg) -> tuple[dict[str, str], list[str]]:
        """Ask for the page, and return the ids of its fields by label and what it showed."""
        assert self._line is not None
        told.rerun_script.page_name, told.rerun_script.query_string = PAGE, QUERY
        await self._line.send(told.SerializeToString())
        fields, shown = {}, []
        async with asyncio.timeout(PATIENCE_S):
            async for part in self._line:
                message = ForwardMsg.FromString(part)
                if message.WhichOneof("type") == "script_finished":
                    # a run that saved is followed at once by another, which shows the thanks
                    if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                        return fields, shown
                    continue
                element = message.delta.new_element
                kind = element.WhichOneof("type")
                if kind in ("text_area", "number_input", "button"):
                    widget = getattr(element, kind)
                    fields[widget.label] = widget.id
                if kind in ("alert", "exception"):
                    told = getattr(element, kind)
                    shown.append(told.body if kind == "alert" else f"{told.type} {told.message}")
        raise ConnectionError("the line ended before the page was drawn")


class Office:
    """The app on a record of its own, and all who write to it.

    Parameters
    ----------
    folder
        Of the workspace.
    store_url
        Of a shared record; empty for a file.
    environment
        What the app finds in its environment besides.
    command
        What is put before the Python that serves, such as ``faketime``.
    """

    def __init__(self, folder: Path, store_url: str = "", **environment: str) -> None:
        self.place = workspace.Workspace(folder, store_url)
        with connection.open_store(self.place) as store:
            seed.with_starter_register(store, "soak")
            for name, role in (("admin-1", roles.ADMINISTRATOR), ("engineer-1", roles.ENGINEER)):
                accounts.choose_password(store, name, accounts.add(store, name, role, "soak"), PASSWORD)
            self.tokens = [sessions.begin(store, "engineer-1") for _ in range(PEOPLE)]
            self.secret, self.here = device_secrets.give_secret(store, "soak-1", "soak"), kit_store.workspace_id(store)
        command = ("-m", "audits", "serve", "--host", "127.0.0.1", "--port", "{port}", "--processes", "2")
        named = {workspace.STORE_KEY: store_url, **environment}
        self.server = app_process.AppProcess(folder, named, command)
        self.server.awaited()
        self._stop = threading.Event()
        self.of_kits: list[dict[str, str]] = [{} for _ in range(KITS)]
        self.of_collects: list[dict[str, str]] = [{} for _ in range(COLLECTS)]
        self.requested: list[str] = []
        self.devices: list[phones.Phone] = []
        self.seen: collections.Counter[str] = collections.Counter()
        self.seconds: dict[str, float] = {}

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Let everybody write until the block ends, and a little longer, until all is thanked for."""
        threads = [threading.Thread(target=self._person, args=(token,)) for token in self.tokens]
        for notes, is_kit in [(each, True) for each in self.of_kits] + [(each, False) for each in self.of_collects]:
            self.devices.append(phones.Phone(self.server.port, "soak-1", self.secret, gives_up_s=GIVES_UP_S))
            words = (self.devices[-1], self.here, self._stop, notes, is_kit)
            threads.append(threading.Thread(target=server_soak.send, args=words))
        threads.append(threading.Thread(target=self._visitor))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _person(self, token: str) -> None:
        asyncio.run(self._recording(token))

    async def _recording(self, token: str) -> None:
        number = 0
        while not self._stop.is_set():
            try:
                async with Person(self.server.port, token) as person:
                    while not self._stop.is_set():
                        number += 1
                        asked = f"{token[:6]} {number}"
                        is_thanked, shown = await person.record(asked)
                        if is_thanked:
                            self.requested.append(asked)
                        else:
                            self.seen[f"page without thanks: {' | '.join(shown)[:200]}"] += 1
                        await asyncio.sleep(random.expovariate(1))
            except (OSError, KeyError, TimeoutError, websockets.WebSocketException) as error:
                self.seen[f"page: {type(error).__name__} {error}"[:120]] += 1
                await asyncio.sleep(1)

    def _visitor(self) -> None:
        """Ask for the page and for the sign-in, as somebody who comes just now, and note the answer."""
        while not self._stop.is_set():
            for path in ("/sign-in?lang=en", "/health"):
                begun = time.monotonic()
                asked = urllib.request.Request(self.server.address + path, headers={"Accept": "text/html"})
                try:
                    with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:
                        found = str(answer.status)
                except urllib.error.HTTPError as refused:
                    found = f"{refused.code} {refused.read(2_000)[-200:]!r}" if path == "/health" else str(refused.code)
                except OSError as error:
                    found = type(error).__name__
                self.seen[f"{path} {found}"] += 1
                self.seconds[path] = max(self.seconds.get(path, 0.0), time.monotonic() - begun)
            time.sleep(0.5)

    def thanked(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return what kits and Collects were thanked for: survey and photo."""
        kits = {key: value for each in self.of_kits for key, value in each.items()}
        return kits, {key: value for each in self.of_collects for key, value in each.items()}

    def broken(self) -> list[str]:
        """Return what was thanked for and is not there whole, once; and files that were left half-written."""
        with connection.open_store(self.place) as store:
            found = server_soak.broken(store, *self.thanked())
            kept = collections.Counter(requests.every(store)["text"])
        found += [f"request {asked}: {kept[asked]} times" for asked in self.requested if kept[asked] != 1]
        return found

    def _errors(self) -> Iterator[str]:
        """Yield the last line of each traceback in the log."""
        is_inside = False
        for line in self.server.log.splitlines():
            is_inside = is_inside or line.startswith("Traceback")
            if is_inside and line and not line.startswith(("Traceback", " ")):
                is_inside = False
                yield line[:160]

    def report(self, title: str) -> int:
        """Print what was found; 1 when anything was lost."""
        kits, collects = self.thanked()
        found = self.broken()
        with connection.open_store(self.place) as store:
            kept, rows = len(read.surveys(store)), len(read.photos(store))
        files = [path for path in self.place.photos_folder.rglob("*") if path.is_file()]
        parts = list(self.place.folder.rglob("*.part"))
        statuses = sum((collections.Counter(device.statuses) for device in self.devices), collections.Counter())
        longest, tracebacks = max(one.longest_s for one in self.devices), self.server.log.count("Traceback")
        print(
            f"{title}: thanked {len(kits)} kit + {len(collects)} Collect + {len(self.requested)} web, "
            f"surveys kept {kept}, lost, partial or doubled {len(found)}; photos {rows}, files {len(files)}, "
            f".part {len(parts)}; answers to phones {dict(sorted(statuses.items()))}, longest {longest:.1f} s; "
            f"tracebacks {tracebacks}"
        )
        seen = self.seen + collections.Counter(f"log: {each}" for each in self._errors())
        for what, times in seen.most_common():
            print(f"  {times:>5} × {what}")
        print(f"  longest wait {', '.join(f'{path} {seconds:.1f} s' for path, seconds in self.seconds.items())}")
        for each in found[:20]:
            print(f"  {each}")
        return 1 if found else 0
