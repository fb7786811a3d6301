"""Open the door: prepare what the browser needs and serve the app."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import streamlit as st

from app_pages import attempts, frame, kit_server, openrosa, shell
from audits.store import connection, workspace
from layers import web_assets

HERE = Path(__file__).parent

_arguments = argparse.ArgumentParser(add_help=False)
_arguments.add_argument("--workspace", default=None)
_chosen, _ = _arguments.parse_known_args(sys.argv[1:])
if _chosen.workspace:
    os.environ["JAIDEE_WORKSPACE"] = _chosen.workspace

web_assets.prepare(HERE / "static")

# one count of wrong secrets, whichever door they are tried at
_tries = attempts.Attempts()


def _store() -> connection.Store:
    """Return the record that phones send to: never the demonstration."""
    return frame.open_store(workspace.chosen(None, os.environ), demonstration=False)


app = st.App(
    HERE / "app_pages" / "menu.py",
    routes=[
        *shell.routes(HERE / "static"),
        *openrosa.routes(_store, tries=_tries),
        *kit_server.routes(_store, address=os.environ.get(workspace.ADDRESS_KEY, ""), tries=_tries),
    ],
    middleware=shell.middleware(),
    lifespan=shell.warm,
)
