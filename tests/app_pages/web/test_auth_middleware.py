"""Alone at one computer nobody else is served, and a proxy is believed only when it is our own."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Iterable

import argon2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from app_pages.web import auth_middleware, permissions, request_checks
from audits import errors, roles, settings
from audits.store.accounts import accounts, sessions
from audits.store.db import connection, workspace
from tests import event_loop

LOOPBACK = ("127.0.0.1", 50_000)
ALONE, SHARED = settings.Terms(), settings.Terms(shared=True)
PROXIED = dataclasses.replace(SHARED, behind_proxy=True, allowed_hosts=("audit.city.example",))


async def _echo(request: Request) -> JSONResponse:
    body = await request.body()
    client = request.client.host if request.client else ""
    return JSONResponse({"client": client, "url": str(request.url), "bytes": len(body), "headers": [*request.headers]})


def _broken(_request: Request) -> PlainTextResponse:
    raise RuntimeError("somebody's secret")


def _unreadable(_request: Request) -> PlainTextResponse:
    raise errors.StoreError("/somewhere/jaidee.gpkg: locked")


def _guarded(store, terms, **options):
    """Return a small app inside the guard, wrapped as the whole program is."""
    routes = [
        Route("/broken", _broken),
        Route("/unreadable", _unreadable),
        Route("/{path:path}", _echo, methods=["GET", "POST"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(auth_middleware.Guard, lambda: store, terms, **options)])


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    place = workspace.Workspace(tmp_path_factory.mktemp("alone"))
    with pytest.MonkeyPatch.context() as patch, connection.open_store(place) as opened:
        patch.setattr(accounts, "_HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield opened


@dataclasses.dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, object]:
        """Return what the inside saw."""
        return json.loads(self.body)


def _ask(store, terms, path="/", client=LOOPBACK, parts: Iterable[bytes] | None = (b"",), method="GET", **headers: str):
    """Ask the guard as a server would; parts of None never come."""
    given = {"host": "localhost:8501", "accept": "text/html"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"lang=en",
        "scheme": "http",
        "http_version": "1.1",
        "client": client,
        "server": ("127.0.0.1", 8501),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }
    coming = list(parts or ())
    sent: list[dict[str, object]] = []

    async def receive():
        if parts is None:
            await asyncio.Event().wait()
        if not coming:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": coming.pop(0), "more_body": bool(coming)}

    async def send(message):
        sent.append(message)

    event_loop.run(_guarded(store, terms)(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


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


@pytest.mark.parametrize("name", request_checks.FORWARDING)
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
    seen = _ask(store, ALONE, "/", **headers).told["headers"]
    assert not {name.replace("_", "-") for name in headers} & set(seen)


def test_our_own_proxy_says_who_asks_and_how(store) -> None:
    headers = {
        "x_forwarded_for": "203.0.113.9, 198.51.100.4",
        "x_forwarded_proto": "https",
        "x_forwarded_host": "audit.city.example",
    }
    seen = _ask(store, PROXIED, "/field/kit", **headers).told
    assert seen["client"] == "198.51.100.4"
    assert seen["url"] == "https://audit.city.example/field/kit?lang=en"
    unheard = _ask(store, SHARED, "/field/kit", **headers).told
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
    assert auth_middleware.SESSION_HEADER in answer.told["headers"]


def test_public_pages_open_when_the_municipality_says_so(store) -> None:
    async def ask(is_public: bool) -> int:
        statuses = []

        async def send(message):
            statuses.append(message.get("status"))

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            **{"type": "http", "method": "GET", "path": "/public/", "raw_path": b"/public/", "query_string": b""},
            **{"scheme": "http", "http_version": "1.1", "client": LOOPBACK, "server": LOOPBACK, "root_path": ""},
            "headers": [(b"host", b"localhost")],
        }
        await _guarded(store, SHARED, is_public=lambda: is_public)(scope, receive, send)
        return statuses[0]

    assert event_loop.run(ask(False)) == 404
    assert event_loop.run(ask(True)) == 200


def test_a_body_that_never_comes_is_not_waited_for(store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth_middleware, "PAUSE_S", 0.01)
    assert _ask(store, ALONE, "/x", method="POST", parts=None).status == 408


def test_a_body_that_comes_in_crumbs_has_an_end(store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth_middleware, "WHOLE_BODY_S", 0.0)
    assert _ask(store, ALONE, "/x", method="POST", parts=(b"a", b"b")).status == 408


def test_a_body_is_counted_while_it_comes(store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth_middleware, "LARGEST_BODY_BYTES", 10)
    assert _ask(store, ALONE, "/x", method="POST", parts=(b"12345", b"67890")).told["bytes"] == 10
    assert _ask(store, ALONE, "/x", method="POST", parts=(b"12345", b"67890", b"1")).status == 413
    assert _ask(store, ALONE, "/x", method="POST", content_length="11").status == 413
    assert _ask(store, ALONE, "/x", method="POST", content_length="-1").status == 413


@pytest.mark.parametrize(("path", "status"), [("/broken", 500), ("/unreadable", 503)])
def test_a_fault_inside_is_told_without_a_word_of_the_inside(store, path: str, status: int) -> None:
    answer = _ask(store, ALONE, path)
    assert answer.status == status
    assert b"secret" not in answer.body
    assert b"jaidee.gpkg" not in answer.body
    assert b"Traceback" not in answer.body


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", permissions.PAGE),
        ("/site", permissions.PAGE),
        ("/signin", permissions.PAGE),
        ("/sign-in", permissions.SIGNING_IN),
        ("/sign-in/password", permissions.SIGNING_IN),
        ("/sign-in/office", permissions.OFFICE),
        ("/sign-in/anything", permissions.ASSET),
        ("/openrosa/formList", permissions.DOOR),
        ("/openrosax", permissions.PAGE),
        ("/field_work", permissions.PAGE),
        ("/field/kit", permissions.DOOR),
        ("/public/a", permissions.PUBLIC),
        ("/publicity", permissions.PAGE),
        ("/_stcore/metrics", permissions.FIGURES),
        ("/_stcore/upload_file/a/b", permissions.UPLOAD),
        ("/_stcore/stream", permissions.STREAM),
        ("/media/a.jpg", permissions.MEDIA),
        ("/assets/vendor/fonts/other.woff2", permissions.ASSET),
    ],
)
def test_a_path_leads_to_one_part(path: str, kind: str) -> None:
    assert permissions.kind(path) == kind


@pytest.mark.parametrize("path", ["/", "/site", "/assets/", "/a b", "/ทางลาด", "/media/a.b.jpg"])
def test_a_plain_path_is_plain(path: str) -> None:
    assert request_checks.is_plain(path)


@pytest.mark.parametrize(
    "path", ["", "a", "//a", "/a//b", "/../a", "/a/..", "/a/.", "/%2e", "/a\\b", "/a;b", "/\n", "/\0"]
)
def test_a_path_with_two_meanings_is_not(path: str) -> None:
    assert not request_checks.is_plain(path)


@pytest.mark.parametrize(
    ("origin", "host", "scheme", "same"),
    [
        ("http://localhost:8501", "localhost:8501", "http", True),
        ("https://a.example", "a.example", "https", True),
        ("https://a.example", "a.example", "http", True),
        ("https://a.example:443", "a.example", "https", True),
        ("http://a.example", "a.example:80", "ws", True),
        ("http://[::1]:8501", "[::1]:8501", "ws", True),
        ("http://a.example:81", "a.example", "http", False),
        ("http://b.example", "a.example", "http", False),
        ("http://a.example.b.example", "a.example", "http", False),
        ("file://a.example", "a.example", "http", False),
        ("null", "a.example", "http", False),
        ("http://a.example:x", "a.example", "http", False),
        ("http://a.example", "", "http", False),
    ],
)
def test_an_origin_is_ours_when_name_and_port_are(origin: str, host: str, scheme: str, same: bool) -> None:
    assert request_checks.is_same_host(origin, host, scheme) == same


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("audit.city.example", True),
        ("AUDIT.city.example.:443", True),
        ("192.168.1.20:8501", True),
        ("[2001:db8::1]", True),
        ("localhost", True),
        ("city.example", False),
        ("x.audit.city.example", False),
        ("a@audit.city.example", False),
        ("audit.city.example/x", False),
        ("", False),
    ],
)
def test_shared_it_answers_to_plain_addresses_and_allowed_names(host: str, allowed: bool) -> None:
    assert request_checks.is_allowed(host, ("audit.city.example",), shared=True) == allowed


@pytest.mark.parametrize("target", ["/", "/site?site=KK-012&lang=en", "/plan#a"])
def test_a_way_on_within_is_kept(target: str) -> None:
    assert request_checks.is_safe_way_on(target)


@pytest.mark.parametrize(
    "target", ["", "//a", "http://a", "\\\\a", "/\\a", "javascript:x", "/\t/a", "https:a", "/%2f/a"]
)
def test_a_way_out_is_not(target: str) -> None:
    assert not request_checks.is_safe_way_on(target)


def test_the_terms_go_through_the_environment() -> None:
    terms = settings.Terms(shared=True, behind_proxy=True, allowed_hosts=("a.example", "b.example"))
    assert settings.terms(terms.environment()) == terms
    assert settings.terms({}) == settings.Terms()
    assert settings.terms({settings.SHARED_KEY: "0"}) == settings.Terms()
