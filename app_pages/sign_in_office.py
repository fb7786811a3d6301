"""Let people in whom the office's own sign-in (OpenID Connect) knows and who have an account here.

Streamlit asks the provider and brings back a signed cookie; it lasts 30 days and knows no roles. It is taken here once,
within minutes, for a session of our own, and thrown away. Nothing of this is open unless ``[auth]`` stands in
``.streamlit/secrets.toml``.
"""

from __future__ import annotations

import html
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

from app_pages import sign_in, sign_in_page
from audits import settings, wording
from audits.store.accounts import accounts
from audits.store.db import connection

phrase = wording.phrase

PATH = "/sign-in/office"
FRESH_DAYS = 10 / (24 * 60)
USER_COOKIE = starlette_server_config.USER_COOKIE_NAME

NO_ACCOUNT = phrase("You have no account here")
WHOM_TO_ASK = phrase("The office knows you, but no account here is yours. Tell an administrator this name: {who}")


def is_set_up(terms: settings.Terms) -> bool:
    """Return whether a provider stands in the secrets, and others are served at all."""
    return terms.shared and secrets_singleton.load_if_toml_exists() and "auth" in secrets_singleton


def address(terms: settings.Terms) -> str:
    """Return where the office's own sign-in begins; empty when there is none."""
    return PATH if is_set_up(terms) else ""


def routes(open_store: Callable[[], connection.Store], terms: settings.Terms) -> list[Route]:
    """Return the route by which the office's own sign-in comes in; none when it is not set up."""
    if not is_set_up(terms):
        return []

    def come_in(request: Request) -> Response:
        claims = _claims(request)
        if claims is None:
            return RedirectResponse(user_info.generate_login_redirect_url("default"), 303)
        account = accounts.of_identity(open_store(), *identity(claims))
        response = _stranger(request, claims) if account is None else sign_in.signed_in(open_store, request, account)
        for name in request.cookies:
            if name.startswith(USER_COOKIE):
                response.delete_cookie(name, path="/")
        return response

    return [Route(PATH, come_in, methods=["GET"])]


def identity(claims: Mapping[str, Any]) -> tuple[str, str]:
    """Return the lasting name of somebody at the provider, and the address that the provider has verified."""
    subject, email = claims.get("sub"), claims.get("email")
    is_verified = claims.get("email_verified") is True
    return (subject if isinstance(subject, str) else "", email if isinstance(email, str) and is_verified else "")


def _claims(request: Request) -> Mapping[str, Any] | None:
    """Return what the provider says of somebody, from the cookie that Streamlit signed minutes ago."""
    secret = server_util.get_cookie_secret()

    def one(name: str) -> bytes | None:
        value = request.cookies.get(name, "").encode("latin-1", "replace")
        return starlette_app_utils.decode_signed_value(secret, name, value, FRESH_DAYS) if value else None

    content = auth_util.get_cookie_with_chunks(one, USER_COOKIE)
    claims = json.loads(content) if content else None
    return claims if isinstance(claims, dict) and claims.get("is_logged_in") is True else None


def _stranger(request: Request, claims: Mapping[str, Any]) -> Response:
    words, (subject, email) = sign_in_page.words_of(request), identity(claims)
    said = html.escape(words.text(WHOM_TO_ASK, who=email or subject))
    back = f'<p><a class="button" href="{sign_in.PATH}">{html.escape(words.text(sign_in.SIGN_IN))}</a></p>'
    return sign_in_page.page(request, words.text(NO_ACCOUNT), f"<p>{said}</p>{back}", 403)
