"""Serve the program to others, who sign in."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from audits import settings, wording
from audits.cli import arguments
from audits.store.accounts import accounts
from audits.store.db import workspace
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
) -> None:
    """Serve the program to others; needs an active administrator, whom `user add` makes."""
    with request.open_store() as store:
        accounts.demand_administrator(store)
        place = store.workspace.folder.resolve()
    serving = settings.Settings(True, behind_proxy, tuple(name.lower() for name in allowed_host or ()))
    os.environ.update({**serving.environment(), workspace.ENVIRONMENT_KEY: str(place)})
    receipt = {"workspace": str(place), "port": port, **serving.environment()}
    request.print_receipt(receipt, [request.words.text(SERVING, folder=place, port=port)])
    sys.stdout.flush()
    # Streamlit reads its settings from the current folder, and app.py the words of `streamlit run`: not these,
    # whose folder may be relative to the folder that was current
    os.chdir(installation.ROOT)
    sys.argv[1:] = []
    uvicorn.run(
        "app:app",
        app_dir=str(installation.ROOT),
        host=host or (LOOPBACK if behind_proxy else EVERYWHERE),
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
