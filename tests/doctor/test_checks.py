"""The administrator learns on Monday what needs a hand, and nothing else."""

import datetime as dt
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audits import __main__ as program
from audits import roles, settings, wording
from audits.doctor import certificate, checks
from audits.store import incidents, last_served, public_pages
from audits.store.accounts import accounts, sessions
from audits.store.backup import last_backup
from audits.store.db import connection, workspace
from audits.store.register import municipal_choices
from audits.store.requests import requests

NOW = dt.datetime(2026, 3, 2, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def store(place: workspace.Workspace) -> Iterator[connection.Store]:
    with connection.open_store(place) as opened:
        yield opened


def _failing(store: connection.Store, environment: dict[str, str] | None = None, now: dt.datetime = NOW) -> set[str]:
    return {one.name for one in checks.examine(store, environment or {}, now) if not one.ok}


def _backed_up(
    store: connection.Store,
    hours: float = 1,
    folder: str = "/b",
    problems: int = 0,
    checked: bool = True,
    made_by: str = "",
) -> None:
    made_at = NOW - dt.timedelta(hours=hours)
    last_backup.write(store.workspace, last_backup.LastBackup(made_at, folder, problems, checked, made_by))


def test_what_could_not_be_looked_at_is_neither_passed_nor_a_fault(store: connection.Store) -> None:
    found = {one.name: one for one in checks.examine(store, {}, NOW)}
    assert (found["certificate"].ok, found["certificate"].known, found["certificate"].mark) == (True, False, "?")
    assert found["disk"].mark == "✓"
    assert found["backup"].mark == "✕"


@pytest.mark.usefixtures("the_file")
def test_pages_for_everybody_that_are_open_are_there_and_not_old(store: connection.Store) -> None:
    _backed_up(store)
    municipal_choices.choose(store, public_pages.CHOICE, public_pages.OPEN, "it", NOW)
    contacts = {"privacy_contact", "accessibility_contact"}
    assert _failing(store) == {"public_pages", *contacts}
    for name in contacts:
        municipal_choices.choose(store, name, "the front desk", "it", NOW)
    assert _failing(store) == {"public_pages"}
    index = public_pages.folder(store.workspace) / "index.html"
    index.parent.mkdir()
    index.write_text("<!DOCTYPE html>", "utf-8")
    made = NOW - dt.timedelta(days=8)
    os.utime(index, (made.timestamp(), made.timestamp()))
    assert _failing(store) == set()
    asked = requests.Request("no ramp", NOW.date(), "counter", longitude=102.83, latitude=16.43)
    requests.add(store, asked, "malee", recorded_at=NOW)
    assert _failing(store) == {"public_pages"}
    os.utime(index, (NOW.timestamp(), NOW.timestamp()))
    assert _failing(store) == set()


@pytest.mark.usefixtures("the_file")
def test_a_backup_that_fails_does_not_hide_the_last_good_one(store: connection.Store) -> None:
    _backed_up(store, hours=20, folder="/backups/good")
    for folder, problems in (("", 1), ("/wrong/half", 3), ("", 1)):
        _backed_up(store, folder=folder, problems=problems)
        (found,) = (one for one in checks.examine(store, {}, NOW) if one.name == "backup")
        assert (found.ok, found.details) == (False, ("/backups/good",))
        assert found.values["good"] == NOW - dt.timedelta(hours=20)


@pytest.mark.usefixtures("the_file")
def test_a_backup_made_by_hand_does_not_hide_that_none_comes_by_itself(store: connection.Store) -> None:
    _backed_up(store, hours=50, made_by="boss")
    _backed_up(store, made_by="boss")
    (found,) = (one for one in checks.examine(store, {}, NOW) if one.name == "backup")
    assert (found.ok, found.phrase) == (False, checks.BY_HAND_ONLY)
    for hours, phrase in ((40, checks.BY_HAND_SINCE), (20, None)):
        _backed_up(store, hours=hours)
        _backed_up(store, made_by="boss")
        by_hand = checks.by_hand(store.workspace, NOW)
        assert (by_hand.phrase if by_hand else None) == phrase
    assert _failing(store) == set()


@pytest.mark.usefixtures("the_file")
def test_a_right_guess_does_not_hide_the_wrong_ones_before_it(store: connection.Store) -> None:
    accounts.add(store, "boss", roles.ADMINISTRATOR, "it", at=NOW)
    for minutes in (-3, -2, -1, 0):
        at = NOW + dt.timedelta(minutes=minutes)
        assert sessions.count_attempt(store, "boss", "192.0.2.1", at) <= 0
    sessions.forget_attempts(store, "boss", "192.0.2.1", NOW)
    (shown,) = [one for one in checks.examine(store, {}, NOW) if one.name == "wrong_passwords"]
    assert "3 wrong passwords since yesterday" in shown.sentence(wording.Wording("en"))
    # nobody waits for them
    assert sessions.count_attempt(store, "boss", "192.0.2.1", NOW) <= 0
    assert sessions.waiting(store, NOW)["boss"][0] == 4


@pytest.mark.usefixtures("the_file")
def test_only_what_needs_a_hand_fails(store: connection.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _failing(store) == {"backup"}
    _backed_up(store)
    assert _failing(store) == set()
    for wrong in ({"hours": 37}, {"folder": ""}, {"problems": 2}, {"checked": False}):
        _backed_up(store, **wrong)
        assert _failing(store) == {"backup"}
    _backed_up(store)
    accounts.add(store, "boss", roles.ADMINISTRATOR, "it", at=NOW - dt.timedelta(days=8))
    assert _failing(store) == {"first_passwords"}
    assert _failing(store, now=NOW + dt.timedelta(days=100)) == {"first_passwords", "unused_accounts", "backup"}
    accounts.reset(store, "boss", "it", NOW)
    for number in range(checks.MOST_WRONG_TRIES):
        sessions.count_attempt(store, "boss", f"192.0.2.{number}", NOW)
    assert _failing(store) == {"wrong_passwords"}
    sessions.clear_attempts(store, "boss", "it", NOW)
    assert _failing(store) == set()
    monkeypatch.setattr(checks, "MOST_WRONG_ATTEMPTS", 3)
    for name in ("root", "admin1", "test"):
        sessions.count_attempt(store, name, "127.0.0.1", NOW)
    assert _failing(store) == {"wrong_passwords"}
    monkeypatch.undo()
    assert _failing(store, settings.Settings(True, not_encrypted=True).environment()) == {"tls"}
    assert _failing(store, {workspace.ADDRESS_KEY: "http://jaidee.example"}) == {"tls"}
    # the command line has not the environment of the server, and asks whether it still answers
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        last_served.write(store.workspace, "0.0.0.0", port, not_encrypted=True)
        assert _failing(store) == {"tls"}
        last_served.write(store.workspace, "0.0.0.0", port, not_encrypted=False)
        assert _failing(store) == set()
        last_served.write(store.workspace, "0.0.0.0", port, not_encrypted=True)
    assert _failing(store) == set()
    monkeypatch.setattr(checks, "FEWEST_FREE_BYTES", 10**18)
    assert _failing(store) == {"disk"}


@pytest.mark.usefixtures("the_file")
def test_errors_and_slow_pages_are_those_since_yesterday(store: connection.Store) -> None:
    _backed_up(store)
    day = dt.timedelta(days=1)
    for at in (NOW - 2 * day, NOW - day / 2):
        incidents.add(store.workspace, incidents.Incident(at, incidents.ERROR, "plan", "KeyError f:1", "an error box"))
    with (store.workspace.folder / incidents.FILE).open("a") as cut_short:
        cut_short.write('{"at": "2026-03-0')
    found = {one.name: one for one in checks.examine(store, {}, NOW)}
    assert (found["errors"].number, found["slow_pages"].ok) == (1, True)
    sentence = found["errors"].sentence(wording.Wording("en"))
    assert sentence == "1 error since yesterday; it is listed with what the person saw."
    assert found["errors"].lines(wording.Wording("th")) == ["1 มี.ค. 2569 22:00 · plan · KeyError f:1 · an error box"]


@pytest.mark.usefixtures("the_file")
def test_a_slow_page_is_named_in_the_readers_language(store: connection.Store) -> None:
    for seconds in ("5.4", "5.4 s"):  # older lines carry the unit
        incidents.add(store.workspace, incidents.Incident(NOW, incidents.SLOW, "My work", seconds))
    (found,) = (one for one in checks.examine(store, {}, NOW) if one.name == "slow_pages")
    assert {line.partition(" · ")[2] for line in found.lines(wording.Wording("th"))} == {"งานของฉัน · 5.4 วินาที"}
    assert {line.partition(" · ")[2] for line in found.lines(wording.Wording("en"))} == {"My work · 5.4 seconds"}


@pytest.mark.usefixtures("the_database")
def test_the_owner_of_the_database_is_not_used_in_silence(store: connection.Store) -> None:
    _backed_up(store)
    assert _failing(store) == {"database_login"}


def test_the_end_of_a_certificate_is_read(tmp_path: Path) -> None:
    file = tmp_path / "server.crt"
    openssl = shutil.which("openssl")
    assert openssl, "the tests need openssl"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=a", "-days", "90"]
    subprocess.run([*command, "-keyout", tmp_path / "k", "-out", file], check=True, capture_output=True)
    written = subprocess.run([openssl, "x509", "-enddate", "-noout", "-in", file], check=True, capture_output=True)
    ends_at = certificate.ends_at(file)
    assert f"notAfter={ends_at:%b} {ends_at.day:2d} {ends_at:%H:%M:%S %Y} GMT" == written.stdout.decode().strip()
    for content in (
        "",
        "x",
        file.read_text().replace("MII", "MIX"),
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    ):
        (tmp_path / "bad").write_text(content)
        with pytest.raises(ValueError, match="not a certificate"):
            certificate.ends_at(tmp_path / "bad")


@pytest.mark.usefixtures("the_file")
def test_a_certificate_that_ends_soon_needs_a_hand(store: connection.Store, monkeypatch: pytest.MonkeyPatch) -> None:
    _backed_up(store)
    ends_at = NOW + dt.timedelta(days=31)
    monkeypatch.setattr(certificate, "ends_at", lambda _: ends_at)
    named = {checks.CERTIFICATE_KEY: "/etc/jaidee/tls/server.crt"}
    assert _failing(store, named) == set()
    ends_at = NOW + dt.timedelta(days=29)
    assert _failing(store, named) == {"certificate"}


@pytest.mark.usefixtures("the_file")
def test_the_command_ends_with_one_when_something_needs_a_hand(store: connection.Store) -> None:
    command = ["doctor", "--json", "--workspace", str(store.workspace.folder)]
    result = CliRunner().invoke(program.application, command, env={"JAIDEE_WORKSPACE": ""})
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["ok"]) == (1, False)
    assert [one["check"] for one in answer["checks"] if not one["ok"]] == ["backup"]
    last_backup.write(store.workspace, last_backup.LastBackup(dt.datetime.now(dt.UTC), "/b", 0, True))
    result = CliRunner().invoke(program.application, command, env={"JAIDEE_WORKSPACE": ""})
    assert (result.exit_code, json.loads(result.stdout)["ok"]) == (0, True)
