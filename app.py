"""Assemble the ASGI app that `streamlit run app.py` and `python -m audits serve` serve."""

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
import functools
import os
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from app_pages import session
from app_pages.parts.start import first_views
from app_pages.session import cache
from app_pages.web import (
    auth_middleware,
    browser_faults,
    compression,
    device_sign_in,
    features_api,
    health,
    index_page,
    kit,
    lifespan,
    openrosa,
    permissions,
    public_pages,
    public_requests,
    sign_in,
    sign_in_oidc,
    statements,
)
from audits import errors, roles, settings, wording
from audits.formats import frame_strings
from audits.store.accounts import accounts
from audits.store.db import connection, workspace
from layers import installation, web_assets

FOLDER = Path(__file__).parent

frame_strings.hold_as_objects()

_arguments = argparse.ArgumentParser(add_help=False)
_arguments.add_argument("--workspace", default=None)
_options, _ = _arguments.parse_known_args(sys.argv[1:])
try:
    _workspace = workspace.chosen(_options.workspace, os.environ)
except errors.WorkspaceError as error:
    sys.exit(wording.Wording("th").error(error))
# the pages, and the processes that they start, ask the environment
os.environ[workspace.ENVIRONMENT_KEY] = str(_workspace.folder)
# only the auth middleware decides whether to believe a proxy; uvicorn would do so too
os.environ["FORWARDED_ALLOW_IPS"] = ""

_terms = settings.read(os.environ)


def _open_store() -> connection.Store:
    """Return the municipality's own store, never that of the demonstration."""
    store = cache.open_store(_workspace, demonstration=False)
    connection.check_not_moved(store)
    return store


def _open_store_for_devices() -> connection.Store:
    """Return the store with the rights of technicians, who send from their own devices."""
    return _open_store().for_role(roles.TECHNICIAN)


web_assets.prepare(FOLDER / "static")
if _terms.shared:
    # without an administrator nobody could sign in, or give accounts to others
    try:
        accounts.demand_administrator(_open_store())
    except errors.RefusedError as refused:
        sys.exit(" ".join(wording.Wording("th").problem(problem) for problem in refused.problems))
    except errors.JaideeError as error:
        sys.exit(wording.Wording("th").error(error))

_counts = health.RequestCounts()
# one for the kit, ODK Collect and other programs, so that wrong secrets count together
_devices = device_sign_in.DeviceSignIn(_open_store_for_devices)
_has_oidc = sign_in_oidc.is_configured(_terms)

app = st.App(
    installation.PACKAGES / "app_pages" / "menu.py",
    routes=[
        Mount("/assets", StaticFiles(directory=FOLDER / "static")),
        Mount(permissions.PUBLIC_PATH, public_pages.PublicPages(_workspace)),
        *sign_in.routes(_open_store, has_oidc=_has_oidc),
        *sign_in_oidc.routes(_open_store, _terms),
        *public_requests.routes(_open_store),
        *statements.routes(_open_store),
        *health.routes(_open_store, _counts),
        *browser_faults.routes(_open_store),
        *openrosa.routes(_open_store_for_devices, _devices),
        *features_api.routes(_open_store, _devices if _terms.shared else None),
        *kit.routes(_open_store_for_devices, _devices, address=os.environ.get(workspace.ADDRESS_KEY, "")),
    ],
    # outermost first: nothing is answered, not even a static file, before the auth middleware has looked
    middleware=[
        Middleware(auth_middleware.AuthMiddleware, _open_store, _terms, _counts, has_oidc=_has_oidc),
        Middleware(compression.CompressedBundlesMiddleware),
        Middleware(index_page.IndexPageMiddleware, shared=_terms.shared),
    ],
    lifespan=lifespan.of_store(
        _open_store, functools.partial(first_views.prepare, _open_store) if _terms.shared else first_views.begin
    ),
    on_script_error=session.show_script_error,
)
