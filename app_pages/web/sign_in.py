"""Let people in: the page that asks for name and password, the one that changes a password, and the way out."""

from __future__ import annotations

import functools
import html
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app_pages.web import plain_pages, request_checks
from audits import errors, wording
from audits.store.accounts import accounts, sessions
from audits.store.db import connection

phrase = wording.phrase

PATH, PASSWORD_PATH, OUT_PATH, STATE_PATH = "/sign-in", "/sign-in/password", "/sign-out", "/sign-in/state"
COOKIE, SECURE_COOKIE = "jaidee_session", "__Host-jaidee_session"
# what Streamlit brings back from the office's own sign-in
OFFICE_COOKIE = "_streamlit_user"
# hashing takes 64 MiB each: more at once would make the machine of everybody slow
AT_ONCE = 2

SIGN_IN = phrase("Sign in")
SIGN_OUT = phrase("Sign out")
NAME, PASSWORD = phrase("Name of the account"), phrase("Password")
OLD, NEW, AGAIN = phrase("Password now"), phrase("New password"), phrase("New password, once more")
CHANGE = phrase("Change the password")
MUST_CHANGE = phrase("The password was given to you by somebody else. Choose one that only you know.")
RULE = phrase("At least {count} characters; a short sentence that you remember is good.")
NOT_RIGHT = phrase("Name or password is not right.")
LATER = phrase("Too many tries. Try again in {seconds} seconds.")
NOT_THE_SAME = phrase("The two new passwords are not the same.")
FORGOT = phrase("No account, or password forgotten? An administrator gives you a new one.")
OFFICE = phrase("Sign in with the office's account")

Open = Callable[[], connection.Store]


def routes(open_store: Open, office: str = "") -> list[Route]:
    """Return the routes of signing in and out.

    Parameters
    ----------
    open_store
        Gives the open record, as one that keeps accounts.
    office
        Where the office's own sign-in begins; empty when there is none.
    """
    desk = _Desk(open_store, office)
    return [
        Route(PATH, desk.ask, methods=["GET"]),
        Route(PATH, desk.sign_in, methods=["POST"]),
        Route(PASSWORD_PATH, desk.ask_for_new, methods=["GET"]),
        Route(PASSWORD_PATH, desk.change, methods=["POST"]),
        Route(OUT_PATH, desk.ask_out, methods=["GET"]),
        Route(OUT_PATH, desk.sign_out, methods=["POST"]),
        Route(STATE_PATH, lambda _: Response(status_code=204), methods=["GET"]),
    ]


def token_of(request: Request) -> str:
    """Return the token that a browser shows; over https only the cookie that no other host can have set."""
    return request.cookies.get(SECURE_COOKIE if request.url.scheme in ("https", "wss") else COOKIE, "")


def signed_in(open_store: Open, request: Request, account: accounts.Account, onward: str = "/") -> Response:
    """Return the answer that signs a browser in and sends it on."""
    token = sessions.begin(open_store(), account.username)
    carried = f"{PASSWORD_PATH}?{_carried(request, onward)}"
    response = RedirectResponse(carried if account.must_change else onward, 303)
    secure = request.url.scheme == "https"
    # Lax, not Strict: links to a site or a plan come by mail and chat, and would arrive as a stranger's. Nothing is
    # changed by following a link: whatever changes anything is a POST or the websocket, and these ask for the Origin.
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        token,
        max_age=int(sessions.LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=secure,
        path="/",
    )
    response.headers["cache-control"] = "no-store"
    return response


class _Desk:
    def __init__(self, open_store: Open, office: str) -> None:
        self._open_store = open_store
        self._office = office
        self._limiter: anyio.CapacityLimiter | None = None

    def ask(self, request: Request) -> Response:
        """Ask for name and password, or take in whom the office's own sign-in brought back."""
        if self._office and OFFICE_COOKIE in request.cookies:
            return RedirectResponse(self._office, 303)
        return self._asking(request)

    async def sign_in(self, request: Request) -> Response:
        """Let in whoever knows the password."""
        form = await request.form(max_files=0, max_fields=10)
        name, password = str(form.get("username", ""))[:200], str(form.get("password", ""))[:1000]
        return await self._slowly(self._checked, request, name, password)

    def _checked(self, request: Request, name: str, password: str) -> Response:
        store, words, address = self._open_store(), plain_pages.words_of(request), _address(request)
        seconds = sessions.count_attempt(store, name, address)
        if seconds > 0:
            whole = int(seconds) + 1
            said = words.text(LATER, seconds=whole)
            return self._asking(request, said, 429, name, {"retry-after": str(whole)})
        account = accounts.authenticate(store, name, password)
        if account is None:
            return self._asking(request, words.text(NOT_RIGHT), 401, name)
        sessions.forget_attempts(store, name, address)
        return signed_in(self._open_store, request, account, _onward(request))

    def _asking(
        self, request: Request, said: str = "", status: int = 200, name: str = "", headers: dict[str, str] | None = None
    ) -> Response:
        words = plain_pages.words_of(request)
        carried = html.escape(_carried(request, _onward(request)))
        office = f'<p><a class="button" href="{html.escape(self._office)}">{html.escape(words.text(OFFICE))}</a></p>'
        body = (
            plain_pages.alert((said,) if said else ())
            + f'<form method="post" action="{PATH}?{carried}">'
            + _field("username", words.text(NAME), "text", "username", html.escape(name))
            + _field("password", words.text(PASSWORD), "password", "current-password")
            + f"<button>{html.escape(words.text(SIGN_IN))}</button></form>"
            + (office if self._office else "")
            + f'<p class="note">{html.escape(words.text(FORGOT))}</p>'
        )
        return plain_pages.page(request, words.text(SIGN_IN), body, status, headers=headers)

    def ask_for_new(self, request: Request) -> Response:
        """Ask for a new password."""
        return self._asking_for_new(request, self._reader(request), ())

    async def change(self, request: Request) -> Response:
        """Put a new password in place of the old one, and stay signed in here only."""
        form = await request.form(max_files=0, max_fields=10)
        old, new, again = (str(form.get(name, ""))[:1000] for name in ("old", "new", "again"))
        return await self._slowly(self._changed, request, old, new, again)

    def _changed(self, request: Request, old: str, new: str, again: str) -> Response:
        store, words, account = self._open_store(), plain_pages.words_of(request), self._reader(request)
        if account is None:
            return RedirectResponse(PATH, 303)
        if new != again:
            return self._asking_for_new(request, account, (words.text(NOT_THE_SAME),), 400)
        address = _address(request)
        seconds = sessions.count_attempt(store, account.username, address)
        if seconds > 0:
            return self._asking_for_new(request, account, (words.text(LATER, seconds=int(seconds) + 1),), 429)
        try:
            accounts.choose_password(store, account.username, old, new)
        except errors.RefusedError as refused:
            if accounts.WRONG not in {problem.kind for problem in refused.problems}:
                sessions.forget_attempts(store, account.username, address)
            said = [words.text(problem.kind.template, **problem.values) for problem in refused.problems]
            return self._asking_for_new(request, account, said, 400)
        sessions.forget_attempts(store, account.username, address)
        changed = accounts.find(store, account.username)
        return (
            RedirectResponse(PATH, 303)
            if changed is None
            else signed_in(self._open_store, request, changed, _onward(request))
        )

    def _asking_for_new(
        self, request: Request, account: accounts.Account | None, said: Sequence[str], status: int = 200
    ) -> Response:
        words = plain_pages.words_of(request)
        if account is None:
            return RedirectResponse(PATH, 303)
        why = f"<p>{html.escape(words.text(MUST_CHANGE))}</p>" if account.must_change else ""
        body = (
            plain_pages.alert(said)
            + why
            + f'<form method="post" action="{PASSWORD_PATH}?{html.escape(_carried(request, _onward(request)))}">'
            + f'<input type="hidden" name="username" autocomplete="username" value="{html.escape(account.username)}">'
            + _field("old", words.text(OLD), "password", "current-password")
            + _field("new", words.text(NEW), "password", "new-password")
            + f'<p class="note">{html.escape(words.text(RULE, count=accounts.SHORTEST))}</p>'
            + _field("again", words.text(AGAIN), "password", "new-password")
            + f"<button>{html.escape(words.text(CHANGE))}</button></form>"
        )
        return plain_pages.page(request, words.text(CHANGE), body, status)

    def ask_out(self, request: Request) -> Response:
        """Ask whether to sign out: a link alone must not do it."""
        words = plain_pages.words_of(request)
        button = f'<form method="post" action="{OUT_PATH}"><button>{html.escape(words.text(SIGN_OUT))}</button></form>'
        back = f'<p><a class="button" href="/">{html.escape(words.text(plain_pages.BACK))}</a></p>'
        return plain_pages.page(request, words.text(SIGN_OUT), button + back)

    def sign_out(self, request: Request) -> Response:
        """End what this browser's token opens, in every tab of it."""
        token = token_of(request)
        if token:
            sessions.end(self._open_store(), sessions.token_digest(token))
        response = RedirectResponse(PATH, 303)
        response.delete_cookie(COOKIE, path="/")
        response.delete_cookie(SECURE_COOKIE, path="/", secure=True)
        return response

    def _reader(self, request: Request) -> accounts.Account | None:
        token = token_of(request)
        return sessions.who(self._open_store(), sessions.token_digest(token)) if token else None

    async def _slowly(self, answer: Callable[..., Response], *given: object) -> Response:
        self._limiter = self._limiter or anyio.CapacityLimiter(AT_ONCE)
        return await anyio.to_thread.run_sync(functools.partial(answer, *given), limiter=self._limiter)


def _field(name: str, label: str, kind: str, complete: str, value: str = "") -> str:
    return (
        f'<label for="{name}">{html.escape(label)}</label><input id="{name}" name="{name}" type="{kind}" required '
        f'autocomplete="{complete}" autocapitalize="none" spellcheck="false" value="{value}">'
    )


def _carried(request: Request, onward: str) -> str:
    """Return the query that keeps where somebody wanted to go, and the language."""
    return urlencode({"next": onward, "lang": plain_pages.words_of(request).language})


def _onward(request: Request) -> str:
    wanted = request.query_params.get("next", "/")
    return wanted if request_checks.is_safe_way_on(wanted) else "/"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
