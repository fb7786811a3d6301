"""Nobody reaches what is not theirs: who gets which part of the program, by which way, and who does not."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
import requests
import websockets.exceptions
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from app_pages.session import page_roles
from audits import roles
from audits.demo import seed
from audits.store import public_pages
from audits.store.accounts import accounts, device_secrets, sessions
from audits.store.db import connection, workspace
from audits.store.public_form import unread
from audits.store.register import municipal_choices
from audits.store.requests import requests as store_requests
from tests.app_pages.web import served
from tests.browser import kit_office

LINKED = "staff-0012"
READERS = ("", *roles.ROLES)
HTML = {"Accept": "text/html"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PHOTO = "/media/0123456789abcdef.jpg"
# what each reader is answered; a part that is not there says 404 to those who may ask
EVERYBODY = dict.fromkeys(READERS, 200)
SIGNED_IN = {**EVERYBODY, "": 401}
PARTS = {
    "sign-in page": ("GET", "/sign-in", EVERYBODY),
    "its style": ("GET", "/assets/sign_in.css", EVERYBODY),
    "its letters": ("GET", "/assets/vendor/fonts/Sarabun-Regular.woff2", EVERYBODY),
    "pulse": ("GET", "/_stcore/health", EVERYBODY),
    "health": ("GET", "/health", EVERYBODY),
    "offline kit": ("GET", "/field/kit", EVERYBODY),
    "phones' forms": ("GET", "/openrosa/formList", dict.fromkeys(READERS, 401)),
    "public pages that nobody opened": ("GET", "/public/index.html", dict.fromkeys(READERS, 404)),
    "the public form that nobody opened": ("GET", "/ask", dict.fromkeys(READERS, 404)),
    "the accessibility statement": ("GET", "/statement/accessibility", EVERYBODY),
    "the privacy notice": ("GET", "/statement/privacy", EVERYBODY),
    "a page that administrators have not": ("GET", "/requests", {**SIGNED_IN, "technician": 200, "administrator": 403}),
    "first page": ("GET", "/", SIGNED_IN),
    "another page": ("GET", "/site", SIGNED_IN),
    "our scripts": ("GET", "/assets/shell.js", SIGNED_IN),
    "Streamlit's host configuration": ("GET", "/_stcore/host-config", SIGNED_IN),
    "state of the session": ("GET", "/sign-in/state", {**dict.fromkeys(READERS, 204), "": 401}),
    "a file made for download": ("GET", "/media/0123456789abcdef.pdf", {**dict.fromkeys(READERS, 404), "": 401}),
    "a photo": ("GET", PHOTO, {**dict.fromkeys(READERS, 404), "": 401, roles.COUNCIL: 403}),
    "Streamlit's figures": ("GET", "/_stcore/metrics", {**dict.fromkeys(READERS, 403), "": 401, "administrator": 200}),
    "our figures": ("GET", "/metrics", {**dict.fromkeys(READERS, 403), "": 401, "administrator": 200}),
    "the agents' entrance, which stays shut": ("GET", "/_stcore/agent/openapi.json", {**SIGNED_IN}),
}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider of identities, which takes everybody at their word."""
    port = kit_office.free_port()
    # a process of its own: its warnings are not ours
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, provider: str) -> Iterator[served.Office]:
    """The program served to others, with an account of each role signed in, and a provider of the office."""
    place = workspace.Workspace(tmp_path_factory.mktemp("guarded") / "workspace")
    with connection.open_store(place) as store:
        seed.with_starter_register(store, "test")
        tokens = served.accounts_of_all(store)
        first = accounts.add(store, "inspector", roles.ENGINEER, "test")
        accounts.choose_password(store, "inspector", first, served.OWN)
        accounts.link(store, "inspector", LINKED, "test")
    with served.office(place, provider=provider) as running:
        running.tokens.update(tokens)
        yield running


@pytest.fixture
def record(office: served.Office) -> Iterator[connection.Store]:
    with connection.open_store(office.workspace) as store:
        yield store


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader or "anonymous")
@pytest.mark.parametrize("part", PARTS)
def test_each_part_answers_those_it_is_for(office: served.Office, part: str, reader: str) -> None:
    method, path, expected = PARTS[part]
    headers = {"Origin": office.address} if method != "GET" else {}
    headers |= HTML if path in ("/", "/site") and reader else {}
    assert office.ask(path, reader, method, headers=headers).status_code == expected[reader]


def test_the_pages_for_everybody_open_and_close_by_the_municipalitys_choice(
    office: served.Office, record: connection.Store
) -> None:
    folder = office.workspace.folder / "public"
    municipal_choices.choose(record, public_pages.CHOICE, "yes", "test")
    unmade = office.ask("/public/", headers=HTML)
    assert (unmade.status_code, "ยังไม่ได้สร้างหน้าเว็บ" in unmade.text) == (404, True)
    assert "/public/" not in office.ask("/sign-in", headers=HTML).text
    municipal_choices.choose(record, public_pages.CHOICE, "", "test")
    folder.mkdir()
    (folder / "index.html").write_text("<!DOCTYPE html><title>84</title>", "utf-8")
    assert office.ask("/public/").status_code == 404
    municipal_choices.choose(record, public_pages.CHOICE, "yes", "test")
    shown = office.ask("/public/")
    assert (shown.status_code, "84" in shown.text) == (200, True)
    assert 'href="/public/"' in office.ask("/sign-in?lang=th", headers=HTML).text
    assert 'href="/public/en/"' in office.ask("/sign-in?lang=en", headers=HTML).text
    assert office.ask("/public/other.html").status_code == 404
    assert office.ask("/public/..%2fjaidee.gpkg").status_code == 400
    assert office.ask("/site").status_code == 401
    municipal_choices.choose(record, public_pages.CHOICE, "", "test")
    assert office.ask("/public/").status_code == 404


def test_who_has_no_account_reads_both_statements_and_finds_them(office: served.Office) -> None:
    for path, heading in (("/accessibility", "คำแถลงการ"), ("/privacy", "ข้อมูลส่วนบุคคล")):
        led = office.ask(path, headers=HTML)
        assert (led.status_code, led.headers["location"]) == (303, f"/statement{path}?lang=th")
        assert f"/statement{path}?lang=th" in office.ask("/sign-in", headers=HTML).text
        assert heading in office.ask(f"/statement{path}", headers=HTML).text
    missing = office.ask("/statement/other", headers=HTML)
    assert (missing.status_code, "Streamlit" in missing.text) == (404, False)


@pytest.mark.parametrize("path", ["/", "/site?site=KK-012", "/survey"])
def test_a_stranger_is_asked_to_sign_in_and_led_on_afterwards(office: served.Office, path: str) -> None:
    asked = office.ask(path, headers=HTML)
    assert asked.status_code == 303
    where = asked.headers["Location"]
    assert where.startswith("/sign-in?next=%2F")
    page = office.ask(where, headers=HTML)
    assert page.status_code == 200
    assert "KK-012" not in page.text or "KK-012" in path


def test_the_right_password_opens_and_the_token_is_kept_from_scripts(office: served.Office) -> None:
    given = _signing_in(office, roles.ENGINEER, f"{served.OWN} 2", "/site?site=KK-012")
    assert given.status_code == 303
    assert given.headers["Location"] == "/site?site=KK-012"
    cookie = given.headers["Set-Cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/", "max-age=28800"} <= {part.strip() for part in cookie.split(";")}
    token = given.cookies["jaidee_session"]
    assert office.ask("/", token=token, headers=HTML).status_code == 200
    out = office.ask("/sign-out", token=token, method="POST", headers={"Origin": office.address})
    assert out.status_code == 303
    assert office.ask("/", token=token).status_code == 401


@pytest.mark.parametrize(
    ("subject", "claims", "opens"),
    [
        (LINKED, {}, "inspector"),
        ("staff-0013", {"email": "TECHNICIAN", "email_verified": True}, "technician"),
        ("staff-0014", {"email": "technician", "email_verified": False}, ""),
        # linked to somebody else: the address alone opens nothing
        ("staff-0015", {"email": "inspector", "email_verified": True}, ""),
        ("administrator", {}, ""),
    ],
)
def test_the_sign_in_of_the_office_opens_the_account_of_the_identity_and_no_other(
    office: served.Office, record: connection.Store, provider: str, subject: str, claims: dict[str, object], opens: str
) -> None:
    with requests.Session() as browser:
        browser.trust_env = False
        assert browser.put(f"{provider}/users/{subject}", json=claims, timeout=60).status_code == 204
        asked = browser.get(f"{office.address}/sign-in/office", timeout=60)
        assert asked.url.startswith(provider), asked.text
        back = browser.post(asked.url, {"sub": subject}, headers=HTML, timeout=60)
        token = browser.cookies.get("jaidee_session") or ""
        assert back.url.startswith(office.address)
        assert back.status_code == (200 if opens else 403)
        assert not [name for name in browser.cookies.get_dict() if name.startswith("_streamlit_user")]
    account = sessions.who(record, sessions.token_digest(token))
    assert (account.username if account else "") == opens


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "/%09/evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(office: served.Office, target: str) -> None:
    given = _signing_in(office, roles.ENGINEER, f"{served.OWN} 2", target)
    assert given.headers["Location"] == "/"


def test_a_password_given_by_somebody_else_opens_only_its_change(
    office: served.Office, record: connection.Store
) -> None:
    first = accounts.add(record, "newcomer", roles.ADMINISTRATOR, "test")
    given = _signing_in(office, "newcomer", first)
    token = given.cookies["jaidee_session"]
    assert given.headers["Location"].startswith("/sign-in/password")
    assert office.ask("/", token=token, headers=HTML).headers["Location"] == "/sign-in/password"
    assert office.ask("/metrics", token=token).status_code == 401
    with pytest.raises(websockets.exceptions.InvalidStatus):
        _talking(office, token)
    change = {"old": first, "new": "a sentence of mine", "again": "a sentence of mine"}
    changed = office.ask("/sign-in/password", token=token, method="POST", data=change, headers=_own(office))
    assert changed.status_code == 303
    assert office.ask("/", token=token).status_code == 401
    assert office.ask("/metrics", token=changed.cookies["jaidee_session"]).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Jaidee-Session": "0" * 64},
        {"X-Forwarded-User": "administrator", "X-Remote-User": "administrator", "Remote-User": "administrator"},
        {"X-Forwarded-For": "127.0.0.1", "X-Real-Ip": "127.0.0.1", "Authorization": "Bearer wrong"},
        {"Cookie": "jaidee_session=forged"},
        {"Cookie": "__Host-jaidee_session=forged; jaidee_session="},
        {"X-HTTP-Method-Override": "POST", "X-Original-URL": "/sign-in", "X-Rewrite-URL": "/sign-in"},
    ],
    ids=["our header", "proxies' headers", "address", "cookie", "other cookie", "other path"],
)
def test_a_stranger_stays_one_whatever_it_says_of_itself(office: served.Office, headers: dict[str, str]) -> None:
    assert office.ask("/metrics", headers=headers).status_code == 401
    assert office.ask("/", headers=headers).status_code == 401


def test_our_own_header_is_not_believed_from_somebody_signed_in(office: served.Office) -> None:
    theirs = sessions.token_digest(office.tokens[roles.ADMINISTRATOR])
    with _talking(office, office.tokens[roles.COUNCIL], {"X-Jaidee-Session": theirs}) as talk:
        assert "accounts" not in _pages_of(talk)


def test_a_program_on_this_computer_reads_the_figures_with_its_token(office: served.Office) -> None:
    office.ask("/nothing-here", roles.ENGINEER)
    metrics = office.ask("/metrics", headers={"Authorization": "Bearer figures"}).text
    assert "jaidee_surveys 0" in metrics
    assert "jaidee_guards_missing 0" in metrics
    assert 'jaidee_refused_total{status="401"}' in metrics


def test_an_ended_and_an_expired_token_open_nothing(office: served.Office, record: connection.Store) -> None:
    ended = sessions.begin(record, roles.ENGINEER)
    assert office.ask("/", token=ended, headers=HTML).status_code == 200
    sessions.end(record, sessions.token_digest(ended))
    assert office.ask("/", token=ended).status_code == 401
    long_ago = sessions.begin(record, roles.ENGINEER, accounts.find(record, roles.ENGINEER).set_at - sessions.LASTS)
    assert office.ask("/", token=long_ago).status_code == 401


@pytest.mark.parametrize("role", roles.ROLES)
def test_the_menu_of_each_role_holds_its_pages_and_no_other(office: served.Office, role: str) -> None:
    with _talking(office, office.tokens[role]) as talk:
        shown = _pages_of(talk, page_roles.first(role))
        refused = next(page for page in ("accounts", "review", "survey") if not page_roles.has(role, page))
        assert all(page_roles.has(role, page) for page in shown)
        assert set(page_roles.pages(role)) <= set(shown)
        assert _not_found(talk, refused)


def test_whoever_is_signed_out_is_not_heard_any_more(office: served.Office, record: connection.Store) -> None:
    token = sessions.begin(record, roles.COUNCIL)
    with _talking(office, token) as talk:
        assert _pages_of(talk)
        sessions.end_all(record, roles.COUNCIL, "test")
        office.tokens[roles.COUNCIL] = sessions.begin(record, roles.COUNCIL)
        _ask_again(talk)
        with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
            while True:
                talk.recv(timeout=60)
        assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1.evil.example"]
)
def test_a_page_of_somebody_else_reaches_nothing(office: served.Office, origin: str) -> None:
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
        _talking(office, office.tokens[roles.ENGINEER], origin=origin)
    assert refused.value.response.status_code == 403
    strange = {"Origin": origin}
    assert _signing_in(office, roles.ENGINEER, f"{served.OWN} 2", headers=strange).status_code == 403
    assert office.ask("/sign-out", roles.ENGINEER, "POST", headers=strange).status_code == 403
    assert office.ask("/", roles.ENGINEER, headers=HTML).status_code == 200


def test_a_change_without_an_origin_is_refused(office: served.Office) -> None:
    assert _signing_in(office, roles.ENGINEER, f"{served.OWN} 2", headers={"Origin": ""}).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "a@b", "127.0.0.1:x", "", "localhost/x"])
def test_another_name_for_this_computer_is_not_answered(office: served.Office, host: str) -> None:
    answer = office.ask("/sign-in", headers={"Host": host})
    assert answer.status_code == 421 or (host == "" and answer.status_code in (400, 421))
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/app/static/..%2f..%2fapp.py",
        "/assets/..%2f..%2fapp.py",
        "/assets/../../app.py",
        "//evil.example",
        "/sign-in/../metrics",
        "/sign-in%2f..%2fmetrics",
        "/_stcore/health/../metrics",
        "/field/..%2f_stcore/metrics",
        "/field/%252e%252e/metrics",
        "/openrosa/%5c..%5cmetrics",
        "/media/%00.jpg",
        "/./metrics",
        "/metrics/",
        "/METRICS",
        "/sign-in;/metrics",
    ],
)
def test_no_path_is_read_in_two_ways(office: served.Office, path: str) -> None:
    answer = office.ask(path)
    assert answer.status_code in (400, 401), answer.text[:200]
    assert "import" not in answer.text
    assert "jaidee_surveys" not in answer.text


def test_what_is_too_big_is_refused_whether_it_says_so_or_not(office: served.Office) -> None:
    line = http.client.HTTPConnection(office.host, timeout=60)
    line.putrequest("POST", "/sign-in")
    for name, value in {"Origin": office.address, "Content-Length": str(10**9)}.items():
        line.putheader(name, value)
    line.endheaders()
    assert line.getresponse().status == 413
    line.close()
    parts = (b"a" * 1000 for _ in range(100))
    answer = office.ask("/sign-in", method="POST", data=parts, headers=_own(office) | FORM)
    assert answer.status_code == 413


def test_every_answer_is_guarded(office: served.Office) -> None:
    for path, role in (("/", roles.ENGINEER), ("/sign-in", ""), ("/assets/shell.js", roles.ENGINEER), ("/x.y", "")):
        headers = office.ask(path, role, headers=HTML).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "geolocation=(self)" in headers["Permissions-Policy"]
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "Server" not in headers
    assert "frame-ancestors 'self'" in office.ask("/", roles.ENGINEER, headers=HTML).headers["Content-Security-Policy"]
    assert "default-src 'none'" in office.ask("/sign-in").headers["Content-Security-Policy"]
    download = office.ask("/media/0123456789abcdef.pdf", roles.ENGINEER).headers
    assert download["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(("language", "sentence"), [("th", "ไม่มีหน้าเว็บ"), ("en", "There is nothing at this address")])
def test_an_error_is_a_small_page_in_the_readers_language(office: served.Office, language: str, sentence: str) -> None:
    answer = office.ask(f"/media/0123456789abcdef.pdf?lang={language}", roles.ENGINEER, headers=HTML)
    assert answer.status_code == 404
    assert sentence in answer.text
    assert f'<html lang="{language}">' in answer.text


def test_whoever_guesses_is_kept_waiting(office: served.Office, record: connection.Store) -> None:
    accounts.add(record, "guessed", roles.COUNCIL, "test")
    statuses = [_signing_in(office, "guessed", "wrong guess").status_code for _ in range(sessions.FREE_OF_BOTH + 1)]
    assert statuses == [401] * sessions.FREE_OF_BOTH + [429]
    answer = _signing_in(office, "guessed", "wrong guess")
    assert int(answer.headers["Retry-After"]) >= 1
    unknown = _signing_in(office, "nobody at all", "wrong guess")
    assert (unknown.status_code, "ไม่ถูกต้อง" in unknown.text) == (401, True)


def test_the_right_password_of_a_disabled_account_is_no_guess_and_says_why(
    office: served.Office, record: connection.Store
) -> None:
    password = accounts.add(record, "on-leave", roles.COUNCIL, "test")
    accounts.disable(record, "on-leave", "test")
    answers = [_signing_in(office, "on-leave", password) for _ in range(sessions.FREE_OF_BOTH + 1)]
    assert {(one.status_code, "บัญชีนี้ปิดแล้ว" in one.text) for one in answers} == {(401, True)}
    wrong = _signing_in(office, "on-leave", "wrong guess")
    assert (wrong.status_code, "บัญชีนี้ปิดแล้ว" in wrong.text) == (401, False)


def test_the_log_says_what_happened_and_nobodys_name(office: served.Office) -> None:
    office.ask("/site?site=KK-012&note=secret-note", roles.ENGINEER, headers=HTML)
    _signing_in(office, "a-secret-name", "a-secret-password")
    text = (office.workspace.folder / "server.log").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert all({"at", "kind", "method", "route", "status", "ms", "role"} == set(line) for line in lines)
    assert [line["status"] for line in lines if line["method"] == "POST"][-1] == 401
    for word in ("secret", "KK-012", "127.0.0.1:", *office.tokens.values()):
        assert word not in text


def test_a_phone_of_a_disabled_account_sends_nothing_more(office: served.Office, record: connection.Store) -> None:
    secret = device_secrets.give_secret(record, "Somsri", "test")
    forms, kit = "/openrosa/formList", "/field/api/state?ids="
    assert [office.ask(path, auth=("Somsri", secret)).status_code for path in (forms, kit)] == [200, 200]
    accounts.add(record, "somsri", roles.TECHNICIAN, "test")
    accounts.disable(record, "somsri", "test")
    assert [office.ask(path, auth=("Somsri", secret)).status_code for path in (forms, kit)] == [401, 401]


def test_a_role_reads_at_its_own_address_what_another_role_links_to(office: served.Office) -> None:
    answer = office.ask("/council?lang=en", roles.COUNCIL, headers=HTML)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?lang=en")
    assert office.ask("/council", roles.ENGINEER, headers=HTML).status_code == 200


def _own(office: served.Office) -> dict[str, str]:
    return {"Origin": office.address}


def _signing_in(
    office: served.Office, name: str, password: str, onward: str = "/", headers: dict[str, str] | None = None
) -> requests.Response:
    given = _own(office) if headers is None else {key: value for key, value in headers.items() if value}
    data = {"username": name, "password": password}
    return office.ask(f"/sign-in?next={quote(onward, safe='')}", method="POST", data=data, headers=given)


def _talking(
    office: served.Office, token: str, headers: dict[str, str] | None = None, origin: str = ""
) -> ClientConnection:
    return connect(
        f"ws://{office.host}/_stcore/stream",
        origin=origin or office.address,
        additional_headers={"Cookie": f"jaidee_session={token}", **(headers or {})},
        subprotocols=["streamlit"],
        max_size=None,
        proxy=None,
    )


def _ask_again(talk: ClientConnection, page: str = "") -> None:
    asked = BackMsg()
    asked.rerun_script.query_string = "lang=en"
    asked.rerun_script.page_name = page
    talk.send(asked.SerializeToString())


def _answers(talk: ClientConnection) -> Iterator[ForwardMsg]:
    while True:
        message = ForwardMsg()
        message.ParseFromString(talk.recv(timeout=120))
        yield message
        if message.WhichOneof("type") == "script_finished":
            return


def _pages_of(talk: ClientConnection, first: str = "") -> list[str]:
    _ask_again(talk)
    found = [message.navigation for message in _answers(talk) if message.WhichOneof("type") == "navigation"]
    return [page.url_pathname or first for page in found[-1].app_pages]


def _not_found(talk: ClientConnection, page: str) -> bool:
    _ask_again(talk, page)
    return any(message.WhichOneof("type") == "page_not_found" for message in _answers(talk))


def test_the_public_form_takes_in_what_is_read_first(office: served.Office, record: connection.Store) -> None:
    def send(**fields: str) -> requests.Response:
        headers = {"Origin": office.address, **FORM}
        return office.ask("/ask?lang=en", "", "POST", headers=headers, data=urlencode(fields).encode())

    steep = {"text": "ทางลาดชันเกินไป", "place": "หน้าตลาด"}
    assert send(**steep).status_code == 404
    municipal_choices.choose(record, unread.CHOICE, unread.OPEN, "test")
    page = office.ask("/ask?lang=en", "", headers=HTML)
    assert page.status_code == 200
    assert "<script" not in page.text
    for path in ("/ask", "/ask?sent=1", "/sign-in", "/sign-out", "/statement/privacy", "/statement/accessibility"):
        assert '<p class="brand">เทศบาลนครขอนแก่น</p>' in office.ask(path, roles.COUNCIL, headers=HTML).text
    (place,) = (each for each in re.findall('<option value="(.*?)">', page.text) if each.endswith("KK-002"))
    assert "/ask?lang=en" in office.ask("/sign-in?lang=en", "", headers=HTML).text
    assert office.ask("/ask", "", "POST", headers=FORM, data=b"text=a").status_code == 403
    assert "phone number" in send(text="โทร 081-234-5678", place=place).text
    assert "describe where" in send(text="ขอทางลาด").text
    assert send(**steep, website="http://spam.example").status_code == 303
    assert unread.every(record).empty
    assert [send(**steep).status_code for _ in range(2)] == [303, 303]
    (row,) = unread.every(record).to_dict("records")
    assert (row["text"], row["place"], row["site_code"]) == ("ทางลาดชันเกินไป", "หน้าตลาด", "")
    # not a word in the record before a person has read it
    assert store_requests.every(record).empty
    answers = [send(text=f"ขอทางลาดที่ {number}", place=place) for number in range(4)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "ขอทางลาดที่ 3" in answers[-1].text
    assert f'value="{place}"' in answers[-1].text
    assert unread.every(record)[["place", "site_code"]].to_numpy().tolist()[1:] == [["", "KK-002"]] * 3
    municipal_choices.choose(record, unread.CHOICE, "", "test")
    assert office.ask("/ask", "", headers=HTML).status_code == 404
