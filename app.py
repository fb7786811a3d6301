"""Open the door: prepare what the browser needs and serve the app."""

import sys

if __name__ == "__main__":
    # run as a plain script, perhaps by an old Python that has no package: the whole file keeps to the syntax of 3.6
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(
            "Jaidee needs Python 3.11 or newer: install one from python.org, then start app.py with it.\n"
            "ต้องใช้ Python 3.11 ขึ้นไป กรุณาติดตั้งรุ่นใหม่จาก python.org แล้วเปิด app.py ด้วยรุ่นนั้น"
        )
    from app_pages.web import bootstrap

    sys.exit(bootstrap.main(sys.argv[1:]))

import argparse
import os
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from app_pages import session
from app_pages.session import cache
from app_pages.web import (
    auth_middleware,
    compression,
    device_sign_in,
    health,
    index_page,
    kit,
    lifespan,
    openrosa,
    permissions,
    sign_in,
    sign_in_oidc,
)
from audits import errors, roles, settings, wording
from audits.store.accounts import accounts
from audits.store.db import connection, workspace
from audits.store.register import municipal_choices
from layers import installation, web_assets

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

_counts = auth_middleware.Counts()
_terms = settings.terms(os.environ)
_public_folder = workspace.chosen(None, os.environ).folder / "public"


def _store() -> connection.Store:
    """Return the municipality's own record, never the demonstration."""
    return cache.open_store(workspace.chosen(None, os.environ), demonstration=False)


def _store_of_phones() -> connection.Store:
    """Return the record as those may write in it who send from their own devices."""
    return _store().for_role(roles.TECHNICIAN)


def _is_public() -> bool:
    """Return whether the municipality lets everybody read the public pages."""
    return municipal_choices.chosen(_store(), permissions.PUBLIC_CHOICE) == "yes"


# one for the kit and ODK Collect, so that wrong secrets count together
_devices = device_sign_in.DeviceSignIn(_store_of_phones)

_has_oidc = sign_in_oidc.is_configured(_terms)

if _terms.shared:
    try:
        accounts.demand_administrator(_store())
    except errors.RefusedError as refused:
        sys.exit(" ".join(wording.Wording("th").problem(problem) for problem in refused.problems))
    except errors.JaideeError as error:
        sys.exit(str(error))

app = st.App(
    installation.PACKAGES / "app_pages" / "menu.py",
    routes=[
        Mount("/assets", StaticFiles(directory=HERE / "static")),
        # `python -m audits site` writes the folder, perhaps later than now
        Mount(permissions.PUBLIC_PATH, StaticFiles(directory=_public_folder, html=True, check_dir=False)),
        *sign_in.routes(_store, has_oidc=_has_oidc),
        *sign_in_oidc.routes(_store, _terms),
        *health.routes(_store, _counts),
        *openrosa.routes(_store_of_phones, _devices),
        *kit.routes(_store_of_phones, _devices, address=os.environ.get(workspace.ADDRESS_KEY, "")),
    ],
    middleware=[
        Middleware(auth_middleware.Guard, _store, _terms, _counts, _is_public, has_office=_has_oidc),
        Middleware(compression.CompressedBundlesMiddleware),
        Middleware(index_page.IndexPageMiddleware, shared=_terms.shared),
    ],
    lifespan=lifespan.of_store(_store),
    on_script_error=session.show_script_error,
)
