"""Serve the whole program to others, as ``python -m audits serve`` does, with an account of each role signed in."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import requests

from audits import roles
from audits.store.accounts import accounts, sessions
from audits.store.db import connection, workspace

ROOT = Path(__file__).parents[3]
SECRETS = """[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "only for this test, and long enough"
client_id = "jaidee"
client_secret = "known to the provider too"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""
OWN = "ทางลาดสำหรับทุกคน"


@dataclass
class Office:
    """A program served to others, and what each role shows it."""

    address: str
    workspace: workspace.Workspace
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Return name and port."""
        return self.address.removeprefix("http://")

    def ask(self, path: str, role: str = "", method: str = "GET", **options: object) -> requests.Response:
        """Ask for one path exactly as it is written, signed in as a role; follow nothing."""
        headers = dict(options.pop("headers", {}))
        token = options.pop("token", self.tokens.get(role, ""))
        if token:
            headers["Cookie"] = f"jaidee_session={token}"
        request = requests.Request(method, self.address, headers=headers, **options).prepare()
        request.url = f"{self.address}{path}"
        with requests.Session() as session:
            session.trust_env = False
            return session.send(request, allow_redirects=False, timeout=60)


def accounts_of_all(store: connection.Store) -> dict[str, str]:
    """Make an account of each role, with a password of its own, and return a token of each."""
    tokens = {}
    for role in (roles.ADMINISTRATOR, *(each for each in roles.ROLES if each != roles.ADMINISTRATOR)):
        first = accounts.add(store, role, role, "test", f"The {role}")
        accounts.choose_password(store, role, first, f"{OWN} {len(tokens)}")
        tokens[role] = sessions.begin(store, role)
    return tokens


@contextlib.contextmanager
def office(place: workspace.Workspace, *options: str, provider: str = "") -> Iterator[Office]:
    """Serve a workspace to others until the block ends; `provider` is the address of the office's own sign-in."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "audits", "serve", "--host", "127.0.0.1", "--port", str(port), *options]
    environment = {**os.environ, workspace.ENVIRONMENT_KEY: str(place.folder), "JAIDEE_METRICS_TOKEN": "figures"}
    if provider:
        # Streamlit reads its secrets from the home of whoever serves
        environment["HOME"] = str(place.folder.parent)
        secrets = place.folder.parent / ".streamlit" / "secrets.toml"
        secrets.parent.mkdir()
        secrets.write_text(SECRETS.format(port=port, provider=provider), "utf-8")
    with (place.folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=environment)
    served = Office(f"http://127.0.0.1:{port}", place)
    try:
        for _ in range(400):
            with contextlib.suppress(requests.ConnectionError):
                served.ask("/_stcore/health")
                break
            time.sleep(0.25)
        else:
            raise AssertionError((place.folder / "server.log").read_text("utf-8"))
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
