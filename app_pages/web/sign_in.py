"""Sign people in and out with name and password, and let them change the password."""

from __future__ import annotations

import functools
from collections.abc import Callable
from urllib.parse import urlencode

import anyio
from starlette.datastructures import FormData
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.web.server.starlette import starlette_server_config

from app_pages.web import language, permissions, plain_pages, request_checks
from audits import errors
from audits.store import public_pages
from audits.store.accounts import accounts, sessions
from audits.store.db import connection
from audits.store.public_form import unread

PATH, PASSWORD_PATH, OIDC_PATH = "/sign-in", "/sign-in/password", "/sign-in/office"
SIGN_OUT_PATH, STATE_PATH = "/sign-out", "/sign-in/state"
COOKIE, SECURE_COOKIE = "jaidee_session", "__Host-jaidee_session"
# shows that an account signed in here before; it opens nothing
KNOWN_COOKIE, SECURE_KNOWN_COOKIE = "jaidee_known", "__Host-jaidee_known"
# hashing takes 64 MiB each: more at once would slow down everybody on a small server
CONCURRENT_HASHES = 2
MAX_NAME_LENGTH, MAX_PASSWORD_LENGTH = 200, 1000

OpenStore = Callable[[], connection.Store]


def routes(open_store: OpenStore, *, has_oidc: bool = False) -> list[Route]:
    """Return the routes of signing in and out.

    Parameters
    ----------
    open_store
        Returns the open store, for a role that keeps accounts.
    has_oidc
        Offer the office's own sign-in too.
    """
    endpoints = _Endpoints(open_store, has_oidc)
    return [
        Route(PATH, endpoints.sign_in_form, methods=["GET"]),
        Route(PATH, endpoints.sign_in, methods=["POST"]),
        Route(PASSWORD_PATH, endpoints.password_form, methods=["GET"]),
        Route(PASSWORD_PATH, endpoints.change_password, methods=["POST"]),
        Route(SIGN_OUT_PATH, endpoints.sign_out_form, methods=["GET"]),
        Route(SIGN_OUT_PATH, endpoints.sign_out, methods=["POST"]),
        # the middleware answers 401 here to whoever was signed out
        Route(STATE_PATH, lambda _: Response(status_code=204), methods=["GET"]),
    ]


def session_token(request: HTTPConnection) -> str:
    """Return the session token of a browser; over HTTPS only from the cookie that no other host can set."""
    return request.cookies.get(SECURE_COOKIE if request.url.scheme in ("https", "wss") else COOKIE, "")


def _device(request: Request) -> str:
    return request.cookies.get(SECURE_KNOWN_COOKIE if request.url.scheme == "https" else KNOWN_COOKIE, "")


def start_session(store: connection.Store, request: Request, account: accounts.Account, target: str = "/") -> Response:
    """Sign a browser in and redirect it.

    Parameters
    ----------
    store
        Open store of the accounts.
    request
        The request that proved who it is.
    account
        Who signs in; one that must change its password is led there first.
    target
        Local address to go to.
    """
    token, proof = sessions.begin(store, account.username), sessions.device_proof(store, account.username)
    password_form = f"{PASSWORD_PATH}?{urlencode({'next': target, 'lang': language.wording_of(request).language})}"
    response = RedirectResponse(password_form if account.must_change else target, 303)
    secure = request.url.scheme == "https"
    # Lax, not Strict: links to a site or a plan come by mail and chat, and would arrive signed out. Following a link
    # changes nothing: every change is a POST or goes through the websocket, and both require our own Origin.
    for names, value, lasts in (
        ((COOKIE, SECURE_COOKIE), token, sessions.LASTS),
        ((KNOWN_COOKIE, SECURE_KNOWN_COOKIE), proof, sessions.FORGOTTEN),
    ):
        seconds = int(lasts.total_seconds())
        response.set_cookie(names[secure], value, max_age=seconds, httponly=True, samesite="lax", secure=secure)
    response.headers["cache-control"] = "no-store"
    return response


class _Endpoints:
    def __init__(self, open_store: OpenStore, has_oidc: bool) -> None:
        self._open_store = open_store
        self._oidc_path = OIDC_PATH if has_oidc else ""
        self._limiter: anyio.CapacityLimiter | None = None

    def sign_in_form(self, request: Request) -> Response:
        if self._oidc_path and starlette_server_config.USER_COOKIE_NAME in request.cookies:
            # Streamlit's redirect from the provider ends here, on the way to our own session
            return RedirectResponse(self._oidc_path, 303)
        return self._sign_in_page(request)

    def _sign_in_page(
        self, request: Request, status: int = 200, *problems: str, username: str = "", retry_after_s: int = 0
    ) -> Response:
        store = self._open_store()
        return plain_pages.page(
            request,
            "sign_in.html.j2",
            status,
            store=store,
            headers={"retry-after": str(retry_after_s)} if retry_after_s else None,
            problems=problems,
            next=_next(request),
            username=username,
            oidc_path=self._oidc_path,
            public_path=f"{permissions.PUBLIC_PATH}/" if public_pages.is_shown(store) else "",
            has_form=unread.is_open(store),
            is_readable=request_checks.is_readable_by_others(request.scope),
        )

    async def sign_in(self, request: Request) -> Response:
        form = await _form(request)
        username, password = _field(form, "username", MAX_NAME_LENGTH), _field(form, "password")
        return await self._run_hashing(self._verify, request, username, password)

    def _verify(self, request: Request, username: str, password: str) -> Response:
        store, text, address = self._open_store(), language.wording_of(request).text, _address(request)
        device = _device(request)
        # counted before the password is looked at: many at the same moment are not all free
        wait_s = sessions.count_attempt(store, username, address, device=device)
        if wait_s > 0:
            seconds = int(wait_s) + 1
            problem = text("Too many tries. Try again in {seconds} seconds.", seconds=seconds)
            return self._sign_in_page(request, 429, problem, username=username, retry_after_s=seconds)
        account = accounts.with_password(store, username, password)
        if account is None:
            return self._sign_in_page(request, 401, text("Name or password is not right."), username=username)
        sessions.forget_attempts(store, username, address, device=device)
        if not account.active:
            # shown only to whoever knows the password
            problem = text("This account is disabled; an administrator can open it again.")
            return self._sign_in_page(request, 401, problem, username=username)
        if accounts.has_expired(account):
            problem = text("This first password was to be replaced within 7 days; an administrator gives a new one.")
            return self._sign_in_page(request, 401, problem, username=username)
        return start_session(store, request, account, _next(request))

    def password_form(self, request: Request) -> Response:
        store, account = self._open_store(), self._account(request)
        return RedirectResponse(PATH, 303) if account is None else _password_page(store, request, account)

    async def change_password(self, request: Request) -> Response:
        form = await _form(request)
        old, new, again = (_field(form, name) for name in ("old", "new", "again"))
        return await self._run_hashing(self._change_password, request, old, new, again)

    def _change_password(self, request: Request, old: str, new: str, again: str) -> Response:
        store, text, account = self._open_store(), language.wording_of(request).text, self._account(request)
        if account is None:
            return RedirectResponse(PATH, 303)
        if new != again:
            return _password_page(store, request, account, 400, text("The two new passwords are not the same."))
        address, device = _address(request), _device(request)
        wait_s = sessions.count_attempt(store, account.username, address, device=device)
        if wait_s > 0:
            problem = text("Too many tries. Try again in {seconds} seconds.", seconds=int(wait_s) + 1)
            return _password_page(store, request, account, 429, problem)
        try:
            accounts.choose_password(store, account.username, old, new)
        except errors.RefusedError as refused:
            # a bad new password is no attempt to guess the old one
            if accounts.WRONG not in {problem.kind for problem in refused.problems}:
                sessions.forget_attempts(store, account.username, address, device=device)
            problems = (text(problem.kind.template, **problem.values) for problem in refused.problems)
            return _password_page(store, request, account, 400, *problems)
        sessions.forget_attempts(store, account.username, address, device=device)
        # the change ended every session of the account, this one too
        changed = accounts.find(store, account.username)
        if changed is None:
            return RedirectResponse(PATH, 303)
        return start_session(store, request, changed, _next(request))

    def sign_out_form(self, request: Request) -> Response:
        # a link alone must not sign anybody out, so it leads to a form
        return plain_pages.page(request, "sign_out.html.j2", store=self._open_store())

    def sign_out(self, request: Request) -> Response:
        if token := session_token(request):
            sessions.end(self._open_store(), sessions.token_digest(token))
        response = RedirectResponse(PATH, 303)
        response.delete_cookie(COOKIE, path="/")
        response.delete_cookie(SECURE_COOKIE, path="/", secure=True)
        return response

    def _account(self, request: Request) -> accounts.Account | None:
        token = session_token(request)
        return sessions.who(self._open_store(), sessions.token_digest(token)) if token else None

    async def _run_hashing(self, answer: Callable[..., Response], *arguments: object) -> Response:
        # made here, not in __init__: a limiter belongs to the event loop that runs it
        self._limiter = self._limiter or anyio.CapacityLimiter(CONCURRENT_HASHES)
        return await anyio.to_thread.run_sync(functools.partial(answer, *arguments), limiter=self._limiter)


def _password_page(
    store: connection.Store, request: Request, account: accounts.Account, status: int = 200, *problems: str
) -> Response:
    return plain_pages.page(
        request,
        "password.html.j2",
        status,
        store=store,
        problems=problems,
        account=account,
        next=_next(request),
        min_length=accounts.SHORTEST,
    )


async def _form(request: Request) -> FormData:
    # a stranger may send this: nothing that Starlette would spool to the disk
    return await request.form(max_files=0, max_fields=10)


def _field(form: FormData, name: str, max_length: int = MAX_PASSWORD_LENGTH) -> str:
    return str(form.get(name, ""))[:max_length]


def _next(request: Request) -> str:
    # a link by mail must not send a reader who trusts our name to a foreign page
    target = request.query_params.get("next", "/")
    return target if request_checks.is_local_target(target) else "/"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
