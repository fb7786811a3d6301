"""Serve the program to others, who sign in."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from audits import errors, settings, wording
from audits.cli import arguments
from audits.store.accounts import accounts
from audits.store.db import connection, grants, workspace
from layers import installation

phrase = wording.phrase

LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 - serving others is what this command is for
KEEP_ALIVE_S, GRACE_S = 10, 20
LARGEST_HEAD_BYTES = 32_768
LARGEST_MESSAGE_BYTES = 200_000_000
MOST_CONNECTIONS = 1000
# on stderr, one JSON object for each request
LOGGING = Path(__file__).with_name("logging.json")

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
) -> None:
    """Serve the program to others; needs an active administrator, whom `user add` makes."""
    host = host or (LOOPBACK if behind_proxy else EVERYWHERE)
    is_local = _is_loopback(host)
    if require_tls and not (behind_proxy or is_local):
        raise errors.RefusedError((TLS_MISSING.at(f"{host}:{port}"),))
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
    os.environ.update({**serving.environment(), workspace.ENVIRONMENT_KEY: str(place)})
    receipt = {"workspace": str(place), "port": port, "warnings": warnings, **serving.environment()}
    request.print_receipt(receipt, [request.words.text(SERVING, folder=place, port=str(port))])
    sys.stdout.flush()
    # Streamlit reads its settings from the current folder, and app.py the words of `streamlit run`: not these,
    # whose folder may be relative to the folder that was current
    os.chdir(installation.ROOT)
    sys.argv[1:] = []
    uvicorn.run(
        "app:app",
        app_dir=str(installation.ROOT),
        host=host,
        port=port,
        # Only the authentication middleware reads a proxy's headers, and only with --behind-proxy.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=str(LOGGING),
        http="h11",
        ws="websockets-sansio",
        ws_max_size=LARGEST_MESSAGE_BYTES,
        h11_max_incomplete_event_size=LARGEST_HEAD_BYTES,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )


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
