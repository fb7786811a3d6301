"""Open the door: prepare what the browser needs and serve the app."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from app_pages import (
    attempts,
    frame,
    guard,
    guard_health,
    kit_server,
    openrosa,
    shell,
    sign_in,
    sign_in_office,
)
from audits import errors, roles, settings, wording
from audits.store.accounts import accounts
from audits.store.db import connection, workspace
from audits.store.register import municipal_choices
from layers import web_assets

HERE = Path(__file__).parent

_arguments = argparse.ArgumentParser(add_help=False)
_arguments.add_argument("--workspace", default=None)
_chosen, _ = _arguments.parse_known_args(sys.argv[1:])
if _chosen.workspace:
    # a folder that is named means its own file, wherever the environment keeps a record
    os.environ[workspace.ENVIRONMENT_KEY] = _chosen.workspace
    os.environ.pop(workspace.STORE_KEY, None)
# nobody but the guard reads what a proxy says of who asks
os.environ["FORWARDED_ALLOW_IPS"] = ""

web_assets.prepare(HERE / "static")

# one count of wrong secrets, whichever door they are tried at
_tries = attempts.Attempts()
_counts = guard.Counts()
_terms = settings.terms(os.environ)


def _store() -> connection.Store:
    """Return the municipality's own record, never the demonstration."""
    return frame.open_store(workspace.chosen(None, os.environ), demonstration=False)


def _store_of_phones() -> connection.Store:
    """Return the record as those may write in it who send from their own devices."""
    return _store().for_role(roles.TECHNICIAN)


def _is_public() -> bool:
    """Return whether the municipality lets everybody read the public pages."""
    return municipal_choices.chosen(_store(), shell.PUBLIC_CHOICE) == "yes"


if _terms.shared:
    try:
        accounts.demand_administrator(_store())
    except errors.RefusedError as refused:
        sys.exit(" ".join(wording.Wording("th").problem(problem) for problem in refused.problems))
    except errors.JaideeError as error:
        sys.exit(str(error))

app = st.App(
    HERE / "app_pages" / "menu.py",
    routes=[
        *shell.routes(HERE / "static"),
        shell.public(workspace.chosen(None, os.environ).folder / "public"),
        *sign_in.routes(_store, office=sign_in_office.address(_terms)),
        *sign_in_office.routes(_store, _terms),
        *guard_health.routes(_store, _counts),
        *openrosa.routes(_store_of_phones, tries=_tries),
        *kit_server.routes(_store_of_phones, address=os.environ.get(workspace.ADDRESS_KEY, ""), tries=_tries),
    ],
    middleware=[
        Middleware(guard.Guard, _store, _terms, _counts, _is_public, has_office=sign_in_office.is_set_up(_terms)),
        *shell.middleware(_terms.shared),
    ],
    lifespan=shell.living(_store),
    on_script_error=frame.told_script_error,
)
