"""Open the door: prepare what the browser needs and serve the app."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import streamlit as st

from app_pages import shell
from layers import web_assets

HERE = Path(__file__).parent

_arguments = argparse.ArgumentParser(add_help=False)
_arguments.add_argument("--workspace", default=None)
_chosen, _ = _arguments.parse_known_args(sys.argv[1:])
if _chosen.workspace:
    os.environ["JAIDEE_WORKSPACE"] = _chosen.workspace

web_assets.prepare(HERE / "static")

app = st.App(
    HERE / "app_pages" / "menu.py",
    routes=shell.routes(HERE / "static"),
    middleware=shell.middleware(),
    lifespan=shell.warm,
)
