"""Serve the program to others, who sign in."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn

from audits import errors, settings, wording
from audits.cli import arguments, processes
from audits.store import incidents, last_served
from audits.store.accounts import accounts
from audits.store.db import connection, grants, workspace
from layers import installation

phrase = wording.phrase

NEVER_ANSWERED = 3
LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 - serving others is what this command is for
OPTIONS: dict[str, Any] = {
    # only the authentication middleware reads a proxy's headers, and only with --behind-proxy
    "proxy_headers": False,
    "server_header": False,
    "access_log": False,
    # on stderr, one JSON object for each request
    "log_config": str(Path(__file__).with_name("logging.json")),
    # of several processes each is fed the head that the front has read, which takes this one
    "http": "h11",
    "ws": "websockets-sansio",
    "ws_max_size": 200_000_000,
    "h11_max_incomplete_event_size": 32_768,
    # of each process
    "limit_concurrency": 1000,
    "timeout_keep_alive": 10,
    "timeout_graceful_shutdown": 20,
}
"""How uvicorn serves, in one process or in several."""

SEVERAL = phrase("{processes} processes share the work; each browser stays with one of them.")
PROCESS_DIED = phrase("a page that connected again and began anew")
NOT_HERE = errors.ProblemKind(
    "SERVE-002", "Several processes cannot share one port on this system; leave --processes out, or give 1."
)
STARTING = phrase("Starting …")
SERVING = phrase("Serving {folder} at port {port}; everybody signs in. Stop with Ctrl+C.")

NOT_ENCRYPTED = phrase(
    "Warning: without TLS, everybody in the network can read passwords and answers on their way. Put a proxy with a "
    "certificate before it (--behind-proxy --require-tls), or serve this computer only (--host 127.0.0.1)."
)
TLS_MISSING = errors.ProblemKind(
    "SERVE-001",
    "There is no TLS at this address, and --require-tls asks for it: put a proxy with a certificate before it and add "
    "--behind-proxy, or serve this computer only with --host 127.0.0.1.",
)
ACTS_AS_OWNER = phrase(
    "Warning: the login in {store_key} owns the database, so it could remove what guards the record. Let the program "
    "use the login {application}, and the owner only for moving and updating."
)


@arguments.command()
def serve(
    request: arguments.Request,
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen at; else all, behind a proxy only this computer.")
    ] = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port to listen at.")] = 8501,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allowed-host", help="Name under which it is asked, such as audit.city.go.th; repeat it for more."
        ),
    ] = None,
    behind_proxy: Annotated[
        bool,
        typer.Option("--behind-proxy", help="A proxy of your own stands before it; believe its X-Forwarded headers."),
    ] = False,
    require_tls: Annotated[
        bool, typer.Option("--require-tls", help="Refuse other computers that do not come by HTTPS.")
    ] = False,
    processes_asked: Annotated[
        int | None,
        typer.Option(
            "--processes", min=1, help="Processes that share the work; one for each core unless given, 1 on Windows."
        ),
    ] = None,
) -> None:
    """Serve the program to others; needs an active administrator, whom `user add` makes."""
    # behind a proxy nobody but the proxy need reach it
    host = host or (LOOPBACK if behind_proxy else EVERYWHERE)
    is_local = _is_loopback(host)
    if require_tls and not (behind_proxy or is_local):
        raise errors.RefusedError((TLS_MISSING.at(f"{host}:{port}"),))
    count = processes_asked or processes.cores()
    if count > 1 and not processes.HAS_SEVERAL:
        raise errors.RefusedError((NOT_HERE.at(f"--processes {count}"),))
    # Looked into and closed again: the app opens the record in each of its processes by itself.
    with request.open_store() as store:
        accounts.demand_administrator(store)
        place = store.workspace.folder.resolve()
        acts_as_owner = _acts_as_owner(store)
    names = tuple(name.lower() for name in allowed_host or ())
    serving = settings.Settings(
        True, behind_proxy, names, require_tls=require_tls, not_encrypted=not (is_local or require_tls)
    )
    warnings = []
    if serving.not_encrypted:
        warnings.append(request.words.text(NOT_ENCRYPTED))
    if acts_as_owner:
        names_used = {"store_key": workspace.STORE_KEY, "application": grants.APPLICATION}
        warnings.append(request.words.text(ACTS_AS_OWNER, **names_used))
    for warning in warnings:
        print(warning, file=sys.stderr)
    # by the environment, which processes started later have too
    os.environ.update({**serving.environment(), workspace.ENVIRONMENT_KEY: str(place)})
    last_served.write(workspace.Workspace(place), host, port, not_encrypted=serving.not_encrypted)
    receipt = {"workspace": str(place), "port": port, "processes": count, "warnings": warnings}
    lines = [request.words.text(SERVING, folder=place, port=str(port))]
    if count > 1:
        lines.append(request.words.text(SEVERAL, processes=count))

    def announce() -> None:
        request.print_receipt({**receipt, **serving.environment()}, lines)
        # at once: whoever reads a pipe waits for the receipt, and the server ends much later
        sys.stdout.flush()

    print(request.words.text(STARTING), file=sys.stderr)
    # Streamlit reads its settings from the current folder, and app.py the words of `streamlit run`: not these,
    # whose folder may be relative to the folder that was current
    os.chdir(installation.ROOT)
    sys.argv[1:] = []
    options = {**OPTIONS, "host": host, "port": port}
    if count == 1:
        raise typer.Exit(_serve_alone(options, announce))

    def keep(what: str) -> None:
        at = dt.datetime.now(dt.UTC)
        incidents.add(workspace.Workspace(place), incidents.Incident(at, incidents.ERROR, "serve", what, PROCESS_DIED))

    if code := processes.run(count, options, is_shared=behind_proxy, on_death=keep, on_ready=announce):
        raise typer.Exit(code)


class _Announced(uvicorn.Server):
    """Serve at a port, and say so once it answers."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def _serve_alone(options: Mapping[str, Any], on_ready: Callable[[], None]) -> int:
    """Serve from this process until it is stopped, and return the exit code."""
    # uvicorn finds the app by its name
    sys.path.insert(0, str(installation.ROOT))
    server = _Announced(uvicorn.Config(processes.APP, **options), on_ready)
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    return 0 if server.started else NEVER_ANSWERED


def _acts_as_owner(store: connection.Store) -> bool:
    if not store.workspace.is_shared:
        return False
    with connection.reading(store) as records:
        return grants.acts_as_owner(records)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
