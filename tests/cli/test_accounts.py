"""Accounts are kept, and the program served to others, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app_pages.web import sign_in_oidc
from audits import __main__ as program
from audits import roles, settings
from audits.cli import serve as serving
from audits.store.accounts import accounts, sessions
from audits.store.db import connection, workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    connection.open_store(workspace.Workspace(tmp_path)).close()
    return tmp_path


def _asked(folder: Path, *words: str, code: int = 0) -> dict[str, object]:
    command = [*words, "--workspace", str(folder), "--json"]
    result = CliRunner().invoke(program.application, command, env={"JAIDEE_WORKSPACE": ""})
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_an_account_is_made_listed_changed_and_closed(folder: Path) -> None:
    made = _asked(
        folder, "user", "add", "Boss", "--role", "administrator", "--display-name", "นายช่างใหญ่", "--actor", "it"
    )
    assert (made["username"], made["role"], made["must_change"]) == ("boss", "administrator", True)
    with connection.open_store(workspace.Workspace(folder)) as store:
        assert accounts.authenticate(store, "boss", str(made["password"])).display_name == "นายช่างใหญ่"
    _asked(folder, "user", "add", "somchai", "--role", "technician")
    assert _asked(folder, "user", "role", "somchai", "engineer")["role"] == "engineer"
    assert _asked(folder, "user", "disable", "somchai")["active"] is False
    again = _asked(folder, "user", "reset", "somchai")
    assert again["active"] is True
    listed = _asked(folder, "user", "list")["accounts"]
    assert [(one["username"], one["role"], one["active"]) for one in listed] == [
        ("boss", "administrator", True),
        ("somchai", "engineer", True),
    ]
    assert str(again["password"]) not in json.dumps(listed)
    with connection.open_store(workspace.Workspace(folder)) as store:
        for _ in range(sessions.FREE_OF_BOTH):
            sessions.count_attempt(store, "somchai", "192.0.2.7")
        _asked(folder, "user", "unlock", "somchai")
        assert sessions.waiting(store) == {}


def test_what_is_refused_says_why(folder: Path) -> None:
    _asked(folder, "user", "add", "boss", "--role", "administrator")
    for words, kind in (
        (("user", "add", "boss", "--role", "council"), accounts.TAKEN),
        (("user", "add", "x", "--role", "council"), accounts.BAD_NAME),
        (("user", "add", "somchai", "--role", "office"), accounts.NO_ROLE),
        (("user", "disable", "boss"), accounts.LAST_ADMINISTRATOR),
        (("user", "role", "boss", "council"), accounts.LAST_ADMINISTRATOR),
        (("user", "reset", "nobody"), accounts.NOBODY),
    ):
        refused = _asked(folder, *words, code=1)
        assert [problem["code"] for problem in refused["problems"]] == [kind.code]


def test_serving_others_needs_an_administrator_who_can_sign_in(folder: Path) -> None:
    refused = _asked(folder, "serve", code=1)
    assert refused["problems"][0]["code"] == accounts.NO_ADMINISTRATOR.code
    assert "user add" in refused["problems"][0]["sentence"]


@pytest.mark.parametrize(
    ("options", "warned"),
    [
        ((), True),
        (("--host", "192.168.1.5"), True),
        (("--host", "127.0.0.1"), False),
        (("--host", "127.0.0.1", "--require-tls"), False),
        (("--behind-proxy",), False),
        (("--behind-proxy", "--host", "0.0.0.0"), True),
        (("--behind-proxy", "--host", "0.0.0.0", "--require-tls"), False),
    ],
)
def test_serving_without_tls_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], warned: bool
) -> None:
    _asked(folder, "user", "add", "boss", "--role", "administrator")
    for name in (*settings.Settings().environment(), workspace.ENVIRONMENT_KEY):
        monkeypatch.setenv(name, "")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(serving.processes, "run", lambda *_, on_ready, **__: on_ready() or 0)
    monkeypatch.setattr(serving, "_serve_alone", lambda _, on_ready: on_ready() or 0)
    answer = _asked(folder, "serve", *options)
    assert [bool(answer["warnings"]), answer[settings.NOT_ENCRYPTED_KEY] == settings.YES] == [warned, warned]


def test_tls_that_is_required_and_missing_stops_the_command(folder: Path) -> None:
    _asked(folder, "user", "add", "boss", "--role", "administrator")
    refused = _asked(folder, "serve", "--require-tls", code=1)
    assert refused["problems"][0]["code"] == serving.TLS_MISSING.code


def test_an_account_is_linked_to_the_offices_own_sign_in(folder: Path) -> None:
    _asked(folder, "user", "add", "somchai", "--role", "engineer")
    _asked(folder, "user", "link", "somchai", "subject-1")
    with connection.open_store(workspace.Workspace(folder)) as store:
        assert accounts.of_identity(store, "subject-1", "").role == roles.ENGINEER
    _asked(folder, "user", "link", "somchai", "")
    with connection.open_store(workspace.Workspace(folder)) as store:
        assert accounts.of_identity(store, "subject-1", "") is None


@pytest.mark.parametrize(
    ("claims", "identity"),
    [
        ({"sub": "s1", "email": "a@city.example", "email_verified": True}, ("s1", "a@city.example")),
        ({"sub": "s1", "email": "a@city.example", "email_verified": False}, ("s1", "")),
        ({"sub": "s1", "email": "a@city.example"}, ("s1", "")),
        ({"sub": "s1", "email": "a@city.example", "email_verified": "true"}, ("s1", "")),
        ({"email": ["a@city.example"], "sub": 7, "email_verified": True}, ("", "")),
        ({}, ("", "")),
    ],
)
def test_only_what_the_provider_vouches_for_says_who_somebody_is(claims: dict, identity: tuple[str, str]) -> None:
    assert sign_in_oidc.identity(claims) == identity


def test_the_offices_own_sign_in_is_shut_until_it_is_configured() -> None:
    assert not sign_in_oidc.is_configured(settings.Settings(shared=True))
    assert sign_in_oidc.routes(lambda: None, settings.Settings(shared=True)) == []
