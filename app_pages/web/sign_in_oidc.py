"""Sign people in by the office's own provider (OpenID Connect) when they have an account here.

Streamlit asks the provider and brings back a signed cookie that lasts 30 days and knows no roles. It is exchanged
here, within minutes, for a session of our own. The route exists only with ``[auth]`` in ``.streamlit/secrets.toml``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit import auth_util, user_info
from streamlit.runtime.secrets import secrets_singleton
from streamlit.web.server import server_util
from streamlit.web.server.starlette import starlette_app_utils, starlette_server_config

from app_pages.web import plain_pages, sign_in
from audits import settings
from audits.store.accounts import accounts
from audits.store.db import connection

MAX_COOKIE_AGE_DAYS = 10 / (24 * 60)
_USER_COOKIE = starlette_server_config.USER_COOKIE_NAME


def is_configured(terms: settings.Settings) -> bool:
    """Return whether the program is shared and its secrets name a provider."""
    return terms.shared and secrets_singleton.load_if_toml_exists() and "auth" in secrets_singleton


def routes(open_store: Callable[[], connection.Store], terms: settings.Settings) -> list[Route]:
    """Return the route that exchanges the provider's identity for a session; none unless it is configured."""
    if not is_configured(terms):
        return []

    def sign_in_by_provider(request: Request) -> Response:
        claims = _claims(request)
        if claims is None:
            return RedirectResponse(user_info.generate_login_redirect_url("default"), 303)
        store, (subject, email) = open_store(), identity(claims)
        account = accounts.of_identity(store, subject, email)
        if account is None:
            response: Response = plain_pages.page(request, "no_account.html.j2", 403, store=store, who=email or subject)
        else:
            response = sign_in.start_session(store, request, account)
        # long ones are split over several cookies with this prefix
        for name in request.cookies:
            if name.startswith(_USER_COOKIE):
                response.delete_cookie(name, path="/")
        return response

    return [Route(sign_in.OIDC_PATH, sign_in_by_provider, methods=["GET"])]


def identity(claims: Mapping[str, Any]) -> tuple[str, str]:
    """Return the provider's lasting subject of a person and the e-mail address it verified; empty when missing."""
    subject, email = claims.get("sub"), claims.get("email")
    is_verified = claims.get("email_verified") is True
    return (subject if isinstance(subject, str) else "", email if isinstance(email, str) and is_verified else "")


def _claims(request: Request) -> Mapping[str, Any] | None:
    """Return the provider's claims from the cookie that Streamlit signed minutes ago, or None."""
    secret = server_util.get_cookie_secret()

    def read(name: str) -> bytes | None:
        value = request.cookies.get(name, "").encode("latin-1", "replace")
        return starlette_app_utils.decode_signed_value(secret, name, value, MAX_COOKIE_AGE_DAYS) if value else None

    content = auth_util.get_cookie_with_chunks(read, _USER_COOKIE)
    claims = json.loads(content) if content else None
    return claims if isinstance(claims, dict) and claims.get("is_logged_in") is True else None
