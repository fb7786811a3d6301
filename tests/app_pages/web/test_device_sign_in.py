"""Devices of technicians are known by name and secret, whichever protocol they speak."""

from __future__ import annotations

import base64
import datetime as dt
import time
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app_pages import session
from app_pages.web import device_sign_in
from audits import errors, roles
from audits.store.accounts import accounts, device_secrets, sessions
from audits.store.db import connection, workspace
from tests.app_pages.web import asgi

NAME = "สมหญิง T-07"
NOW = dt.datetime(2026, 3, 3, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[connection.Store]:
    with connection.open_store(workspace.Workspace(tmp_path)) as opened:
        yield opened


def request(header: str) -> Request:
    headers = [(b"authorization", header.encode("latin-1"))]
    return Request({"type": "http", "headers": headers, "client": ("10.0.0.7", 1)})


def basic(name: str, secret: str, encoding: str = "utf-8") -> Request:
    return request(f"Basic {base64.b64encode(f'{name}:{secret}'.encode(encoding)).decode()}")


def test_the_right_secret_is_hashed_once_and_a_wrong_one_never_passes(
    store: connection.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = device_secrets.give_secret(store, NAME, "admin", NOW)
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    assert sign_in.technician(basic(NAME, secret)) == NAME
    known, hashed = device_secrets.matches, []

    def counted(*given: object) -> bool:
        hashed.append(given)
        return known(*given)

    monkeypatch.setattr(device_secrets, "matches", counted)
    assert sign_in.technician(basic(NAME, secret)) == NAME
    assert hashed == []
    with pytest.raises(device_sign_in.DeviceRefusedError):
        sign_in.technician(basic(NAME, "wrong"))


def test_a_secret_opens_nothing_once_it_is_revoked_or_replaced(store: connection.Store) -> None:
    old = device_secrets.give_secret(store, NAME, "admin", NOW)
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    assert sign_in.technician(basic(NAME, old)) == NAME
    # at the same instant even
    device_secrets.revoke(store, NAME, "admin", NOW)
    with pytest.raises(device_sign_in.DeviceRefusedError):
        sign_in.technician(basic(NAME, old))
    new = device_secrets.give_secret(store, NAME, "admin")
    assert sign_in.technician(basic(NAME, new)) == NAME
    with pytest.raises(device_sign_in.DeviceRefusedError):
        sign_in.technician(basic(NAME, old))


def test_a_disabled_account_closes_its_device_too(store: connection.Store) -> None:
    secret = device_secrets.give_secret(store, "somsri", "admin")
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    assert sign_in.technician(basic("somsri", secret)) == "somsri"
    accounts.add(store, "boss", roles.ADMINISTRATOR, "test")
    accounts.add(store, "somsri", roles.TECHNICIAN, "test")
    accounts.disable(store, "somsri", "test")
    with pytest.raises(device_sign_in.DeviceRefusedError):
        sign_in.technician(basic("somsri", secret))


@pytest.mark.parametrize("change", ["role", "password"])
def test_a_secret_sends_only_while_its_account_may(store: connection.Store, change: str) -> None:
    password = accounts.add(store, "somsri", roles.TECHNICIAN, "test")
    accounts.choose_password(store, "somsri", password, "a long sentence of hers")
    secret = device_secrets.give_secret(store, "somsri", "admin")
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    assert sign_in.technician(basic("somsri", secret)) == "somsri"
    if change == "role":
        accounts.give_role(store, "somsri", roles.COUNCIL, "test")
    else:
        accounts.reset(store, "somsri", "test")
    with pytest.raises(device_sign_in.DeviceRefusedError):
        sign_in.technician(basic("somsri", secret))


def test_a_phone_is_known_by_its_account_however_the_name_is_typed(store: connection.Store) -> None:
    password = accounts.add(store, "somsri", roles.TECHNICIAN, "test")
    accounts.choose_password(store, "somsri", password, "a long sentence of hers")
    own, typed = (device_secrets.give_secret(store, name, "admin") for name in ("somsri", "Somsri"))
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    for secret in ("a long sentence of hers", own, typed):
        assert sign_in.technician(basic("Somsri", secret)) == "somsri"
    assert sign_in.reader(basic("ＳＯＭＳＲＩ", "a long sentence of hers")) == "somsri"
    device_secrets.revoke(store, "somsri", "admin")
    with pytest.raises(device_sign_in.DeviceRefusedError):
        sign_in.technician(basic("Somsri", own))


def test_the_password_of_a_disabled_account_is_refused_and_no_guess(store: connection.Store) -> None:
    accounts.add(store, "boss", roles.ADMINISTRATOR, "test")
    password = accounts.add(store, "somsri", roles.TECHNICIAN, "test")
    accounts.disable(store, "somsri", "test")
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    for _ in range(sessions.FREE_OF_BOTH + 1):
        with pytest.raises(device_sign_in.DeviceRefusedError) as refused:
            sign_in.technician(basic("somsri", password))
        assert refused.value.retry_after_s == 0


def test_a_name_in_latin_1_is_read(store: connection.Store) -> None:
    secret = device_secrets.give_secret(store, "Zoë", "admin")
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    assert sign_in.technician(basic("Zoë", secret, "latin-1")) == "Zoë"


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Basic eA==", "Basic /w==", "Basic \xff", "Basic OnNlY3JldA==", "Bearer x"]
)
def test_what_is_no_login_is_refused_and_counts_against_nobody(store: connection.Store, header: str) -> None:
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    for _ in range(sessions.FREE_OF_BOTH + 1):
        with pytest.raises(device_sign_in.DeviceRefusedError) as refused:
            sign_in.technician(request(header))
        assert refused.value.retry_after_s == 0


def test_whoever_guesses_waits(store: connection.Store) -> None:
    secret = device_secrets.give_secret(store, NAME, "admin")
    # two processes of one office: what one counts the other knows
    both = [device_sign_in.DeviceSignIn(lambda: store, lambda: NOW) for _ in range(2)]
    assert [sign_in.technician(basic(NAME, secret)) for sign_in in both] == [NAME, NAME]
    for number in range(sessions.FREE_OF_BOTH):
        with pytest.raises(device_sign_in.DeviceRefusedError):
            both[number % 2].technician(basic(NAME, "wrong"))
    for sign_in in both:
        with pytest.raises(device_sign_in.DeviceRefusedError) as refused:
            sign_in.technician(basic(NAME, secret))
        assert refused.value.retry_after_s == 3


def test_many_phones_of_one_name_that_come_at_once_are_no_guessers(
    store: connection.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, matches = device_secrets.give_secret(store, NAME, "admin"), device_secrets.matches

    def slow(*given: object) -> bool:
        # as a hash on a small server
        time.sleep(0.2)
        return matches(*given)

    monkeypatch.setattr(device_secrets, "matches", slow)
    sign_in, many = device_sign_in.DeviceSignIn(lambda: store), 2 * sessions.FREE_OF_BOTH
    with futures.ThreadPoolExecutor(many) as pool:
        come = [pool.submit(sign_in.technician, basic(NAME, secret)) for _ in range(many)]
        assert {one.result() for one in come} == {NAME}


def test_a_right_secret_ends_the_count_also_where_it_was_verified_before(store: connection.Store) -> None:
    secret = device_secrets.give_secret(store, NAME, "admin")
    sign_in = device_sign_in.DeviceSignIn(lambda: store, lambda: NOW)
    for _ in range(3):
        assert sign_in.technician(basic(NAME, secret)) == NAME
        for _ in range(sessions.FREE_OF_BOTH - 1):
            with pytest.raises(device_sign_in.DeviceRefusedError):
                sign_in.technician(basic(NAME, "wrong"))


def account(store: connection.Store, role: str) -> str:
    """Make an account whose holder has chosen the password that is returned."""
    chosen = "a sentence of mine"
    first = accounts.add(store, "malee", role, "test")
    accounts.choose_password(store, "malee", first, chosen)
    return chosen


def test_the_password_of_an_account_opens_the_device_until_it_changes(store: connection.Store) -> None:
    chosen = account(store, roles.TECHNICIAN)
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    assert sign_in.technician(basic("malee", chosen)) == "malee"
    accounts.choose_password(store, "malee", chosen, "another sentence")
    with pytest.raises(device_sign_in.DeviceRefusedError):
        sign_in.technician(basic("malee", chosen))


def test_an_account_that_may_send_no_survey_opens_no_device(store: connection.Store) -> None:
    chosen = account(store, roles.COUNCIL)
    with pytest.raises(device_sign_in.DeviceRefusedError):
        device_sign_in.DeviceSignIn(lambda: store).technician(basic("malee", chosen))


def test_a_first_password_opens_no_device(store: connection.Store) -> None:
    first = accounts.add(store, "malee", roles.TECHNICIAN, "test")
    with pytest.raises(device_sign_in.DeviceRefusedError):
        device_sign_in.DeviceSignIn(lambda: store).technician(basic("malee", first))


@pytest.mark.parametrize("from_site", ["same-origin", "cross-site", "same-site", ""])
def test_who_is_signed_in_needs_no_secret_but_only_in_our_own_page(store: connection.Store, from_site: str) -> None:
    account(store, roles.TECHNICIAN)
    digest = sessions.token_digest(sessions.begin(store, "malee"))
    headers = [(session.SESSION_HEADER.encode(), digest.encode()), (b"sec-fetch-site", from_site.encode())]
    asked = Request({"type": "http", "headers": headers, "client": ("10.0.0.7", 1)})
    sign_in = device_sign_in.DeviceSignIn(lambda: store)
    if from_site == "same-origin":
        assert sign_in.technician(asked) == "malee"
    else:
        with pytest.raises(device_sign_in.DeviceRefusedError):
            sign_in.technician(asked)


def test_a_technician_makes_an_own_secret_and_a_council_member_none(store: connection.Store) -> None:
    secret = device_secrets.give_own_secret(store.for_role(roles.TECHNICIAN), "malee")
    assert device_sign_in.DeviceSignIn(lambda: store).technician(basic("malee", secret)) == "malee"
    with pytest.raises(errors.NotAllowedError):
        device_secrets.give_own_secret(store.for_role(roles.COUNCIL), "malee")


def test_below_the_addresses_of_devices_there_is_nothing_else() -> None:
    app = Starlette(
        routes=[
            *device_sign_in.closed("/openrosa", [Route("/openrosa/formList", lambda _: PlainTextResponse("forms"))]),
            Route("/{page:path}", lambda _: PlainTextResponse("the page of Streamlit")),
        ]
    )
    assert asgi.ask(app, "/openrosa/formList").body == b"forms"
    assert asgi.ask(app, "/openrosa/formList", method="PUT").status == 405
    for path in ("/openrosa", "/openrosa/", "/openrosa/formlist", "/openrosa/forms/x/../y"):
        for method in ("GET", "POST"):
            assert asgi.ask(app, path, method=method).status == 404
    assert asgi.ask(app, "/openrosax").body == b"the page of Streamlit"
