"""Alone at one computer nobody else is served, and a proxy is believed only when it is our own."""

from __future__ import annotations

import dataclasses
import errno

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from app_pages import session
from app_pages.web import auth_middleware, proxy_headers, sign_in
from audits import errors, roles, settings
from audits.store import public_pages
from audits.store.accounts import accounts, sessions
from audits.store.db import connection, workspace
from audits.store.register import municipal_choices
from tests import event_loop
from tests.app_pages.web import asgi

ALONE, SHARED = settings.Settings(), settings.Settings(shared=True)
PROXIED = dataclasses.replace(SHARED, behind_proxy=True, allowed_hosts=("audit.city.example",))


async def _echo(request: Request) -> JSONResponse:
    body = await request.body()
    client = request.client.host if request.client else ""
    return JSONResponse({"client": client, "url": str(request.url), "bytes": len(body), "headers": [*request.headers]})


def _broken(_request: Request) -> PlainTextResponse:
    raise RuntimeError("somebody's secret")


def _unreadable(_request: Request) -> PlainTextResponse:
    raise errors.StoreError("/somewhere/jaidee.gpkg: locked")


def _full(_request: Request) -> PlainTextResponse:
    raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/jaidee.gpkg")


def _forbidden(_request: Request) -> PlainTextResponse:
    raise PermissionError(errno.EACCES, "Permission denied", "/somewhere/jaidee.gpkg")


def _damaged(_request: Request) -> PlainTextResponse:
    raise OSError(errno.EIO, "Input/output error", "/somewhere/jaidee.gpkg")


def _moved(_request: Request) -> PlainTextResponse:
    raise errors.MovedError("this record moved to postgresql://db/jaidee")


def _guarded(store, terms):
    """Return a small app inside the guard, wrapped as the whole program is."""
    routes = [
        Route("/broken", _broken),
        Route("/unreadable", _unreadable),
        Route("/full", _full),
        Route("/forbidden", _forbidden),
        Route("/damaged", _damaged),
        Route("/moved", _moved),
        Route("/{path:path}", _echo, methods=["GET", "POST"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(auth_middleware.AuthMiddleware, lambda: store, terms)])


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    place = workspace.Workspace(tmp_path_factory.mktemp("alone"))
    with connection.open_store(place) as opened:
        yield opened


def _ask(store, terms, path="/", **options) -> asgi.Answer:
    return asgi.ask(_guarded(store, terms), path, **options)


@pytest.mark.parametrize("client", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:1"])
def test_one_person_at_this_computer_is_served_without_a_question(store, client: str, host: str) -> None:
    assert _ask(store, ALONE, client=(client, 1), host=host).status == 200


@pytest.mark.parametrize("client", ["192.168.1.20", "10.0.0.1", "::ffff:192.168.1.20", "2001:db8::1", "fe80::1%eth0"])
def test_nobody_else_is_served_without_accounts(store, client: str) -> None:
    answer = _ask(store, ALONE, client=(client, 1))
    assert answer.status == 403
    assert b"python -m audits serve" in answer.body


@pytest.mark.parametrize("host", ["evil.example", "192.168.1.20", "127.0.0.1.evil.example", "localhost.evil.example"])
def test_a_name_of_somebody_else_that_leads_here_is_refused(store, host: str) -> None:
    assert _ask(store, ALONE, host=host).status == 403


@pytest.mark.parametrize("name", proxy_headers.FORWARDING)
def test_a_proxy_on_this_computer_does_not_let_others_in(store, name: str) -> None:
    assert _ask(store, ALONE, **{name: "127.0.0.1"}).status == 403


def test_phones_knock_at_their_own_doors_also_from_elsewhere(store) -> None:
    answer = _ask(store, ALONE, "/field/kit", client=("192.168.1.20", 1), host="192.168.1.2:8501")
    assert answer.status == 200
    assert _ask(store, ALONE, "/fieldwork", client=("192.168.1.20", 1)).status == 403


def test_a_page_of_somebody_else_changes_nothing_here(store) -> None:
    assert _ask(store, ALONE, "/x", method="POST", origin="http://evil.example").status == 403
    assert _ask(store, ALONE, "/x", method="POST", origin="http://localhost:8501").status == 200
    assert _ask(store, ALONE, "/x", method="POST").status == 200


def test_what_only_we_may_say_never_comes_inside(store) -> None:
    headers = {"x_jaidee_session": "a", "x_forwarded_user": "b", "remote_user": "c", "x_remote_user": "d"}
    seen = _ask(store, ALONE, "/", **headers).json["headers"]
    assert not {name.replace("_", "-") for name in headers} & set(seen)


def test_our_own_proxy_says_who_asks_and_how(store) -> None:
    headers = {
        "x_forwarded_for": "203.0.113.9, 198.51.100.4",
        "x_forwarded_proto": "https",
        "x_forwarded_host": "audit.city.example",
    }
    seen = _ask(store, PROXIED, "/field/kit", **headers).json
    assert seen["client"] == "198.51.100.4"
    assert seen["url"] == "https://audit.city.example/field/kit?lang=en"
    unheard = _ask(store, SHARED, "/field/kit", **headers).json
    assert unheard["client"] == "127.0.0.1"
    assert unheard["url"] == "http://localhost:8501/field/kit?lang=en"


def test_over_https_only_the_cookie_that_no_other_host_can_set_is_read(store) -> None:
    accounts.add(store, "boss", roles.ADMINISTRATOR, "test")
    password = accounts.reset(store, "boss", "test")
    accounts.choose_password(store, "boss", password, "a sentence of mine")
    token = sessions.begin(store, "boss")
    secure = {"x_forwarded_proto": "https", "x_forwarded_host": "audit.city.example"}
    assert _ask(store, PROXIED, **secure, cookie=f"jaidee_session={token}").status == 303
    answer = _ask(store, PROXIED, **secure, cookie=f"__Host-jaidee_session={token}")
    assert answer.status == 200
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert session.SESSION_HEADER in answer.json["headers"]


def test_an_administrator_is_sent_to_an_engineer_for_what_is_no_part_of_theirs(store) -> None:
    for role, helper in ((roles.ADMINISTRATOR, b"An engineer can do it."), (roles.COUNCIL, b"ask an administrator")):
        first = accounts.add(store, f"reader-{role}", role, "test", "R")
        accounts.choose_password(store, f"reader-{role}", first, "a sentence of mine")
        token = sessions.begin(store, f"reader-{role}")
        page = "/requests" if role == roles.ADMINISTRATOR else "/works"
        refused = _ask(store, SHARED, page, cookie=f"jaidee_session={token}", accept_language="en")
        assert (refused.status, helper in refused.body) == (403, True), role


def test_public_pages_open_when_the_municipality_says_so(store) -> None:
    assert _ask(store, SHARED, "/public/").status == 404
    municipal_choices.choose(store, public_pages.CHOICE, "yes", "test")
    assert _ask(store, SHARED, "/public/").status == 200


def test_a_body_that_never_comes_is_not_waited_for(store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth_middleware, "MAX_PAUSE_S", 0.01)
    assert _ask(store, ALONE, "/x", method="POST", parts=None).status == 408


def test_a_body_that_comes_in_crumbs_has_an_end(store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth_middleware, "MAX_BODY_S", 0.0)
    assert _ask(store, ALONE, "/x", method="POST", parts=(b"a", b"b")).status == 408


def test_a_body_is_counted_while_it_comes(store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth_middleware, "MAX_BODY_BYTES", 10)
    assert _ask(store, ALONE, "/x", method="POST", parts=(b"12345", b"67890")).json["bytes"] == 10
    assert _ask(store, ALONE, "/x", method="POST", parts=(b"12345", b"67890", b"1")).status == 413
    assert _ask(store, ALONE, "/x", method="POST", content_length="11").status == 413
    assert _ask(store, ALONE, "/x", method="POST", content_length="-1").status == 413


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/broken", 500), ("/unreadable", 503), ("/full", 503), ("/moved", 503)),
        *(("/forbidden", 503), ("/damaged", 500)),
    ],
)
def test_a_fault_inside_is_told_without_a_word_of_the_inside(store, path: str, status: int) -> None:
    answer = _ask(store, ALONE, path)
    assert answer.status == status
    assert b"secret" not in answer.body
    assert b"jaidee.gpkg" not in answer.body
    assert b"Traceback" not in answer.body


def test_only_https_is_answered_where_tls_is_required(store) -> None:
    terms = dataclasses.replace(PROXIED, require_tls=True)
    by = {"x_forwarded_host": "audit.city.example", "x_forwarded_for": "10.0.0.9", "accept": "*/*"}
    assert _ask(store, terms, "/health", x_forwarded_proto="https", **by).status == 200
    refused = _ask(store, terms, "/health", x_forwarded_proto="http", **by)
    assert (refused.status, b"HTTPS" in refused.body) == (403, True)
    # the proxy itself, and the administrator at the server
    assert _ask(store, terms, "/health", host="127.0.0.1:8501").status == 200
    assert _ask(store, dataclasses.replace(SHARED, require_tls=True), "/health", client=("10.0.0.9", 1)).status == 403


def test_the_terms_go_through_the_environment() -> None:
    terms = settings.Settings(True, True, ("a.example", "b.example"), require_tls=True, not_encrypted=True)
    assert settings.read(terms.environment()) == terms
    assert settings.read({}) == settings.Settings()
    assert settings.read({settings.SHARED_KEY: "0"}) == settings.Settings()


@pytest.mark.parametrize(("refusals", "heard"), [(2, ["websocket.connect", "websocket.receive"]), (99, [])])
def test_an_open_page_waits_for_a_record_that_does_not_answer(
    store, monkeypatch: pytest.MonkeyPatch, refusals: int, heard: list[str]
) -> None:
    monkeypatch.setattr(auth_middleware, "RETRY_S", 0.01)
    monkeypatch.setattr(auth_middleware, "MAX_WAIT_S", 0.1)
    first = accounts.add(store, f"waiting{refusals}", roles.ADMINISTRATOR, "test")
    accounts.choose_password(store, f"waiting{refusals}", first, "a sentence of mine")
    token = sessions.begin(store, f"waiting{refusals}")
    coming, received, closed = ["websocket.connect", "websocket.receive"], [], []
    left = 0

    def open_store() -> connection.Store:
        nonlocal left
        left -= 1
        if left >= 0:
            raise errors.StoreError("the server closed the connection")
        return store

    async def receive() -> dict[str, object]:
        nonlocal left
        kind = coming.pop(0)
        # away from the first message on
        left = refusals if kind == "websocket.receive" else 0
        return {"type": kind}

    async def app(scope: object, receive, send: object) -> None:
        for _ in range(2):
            received.append((await receive())["type"])

    async def send(message: dict[str, object]) -> None:
        closed.append(message)

    cookie = f"{sign_in.COOKIE}={token}".encode()
    headers = [(b"host", b"localhost:1"), (b"origin", b"http://localhost:1"), (b"cookie", cookie)]
    scope = {"type": "websocket", "path": "/_stcore/stream", "query_string": b"", "scheme": "ws", "headers": headers}
    event_loop.run(auth_middleware.AuthMiddleware(app, open_store, SHARED)(scope, receive, send))
    assert received == (heard or ["websocket.connect"])
    assert [message["type"] for message in closed] == ([] if heard else ["websocket.close"])
