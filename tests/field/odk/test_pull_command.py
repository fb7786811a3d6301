"""The command fetches, says what it did, and never shows a password."""

from __future__ import annotations

import json

import pytest
import typer
import typer.testing

from audits.cli import answers
from audits.field.odk import pull_command
from audits.store.surveys import read
from tests.field.odk import exports, played

pytestmark = pytest.mark.usefixtures("the_file")


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with played.running() as running:
        running.visits = [exports.Visit().but(ramp__photo__1=None, ramp__person=None)]
        yield running


@pytest.fixture
def run(store, monkeypatch):
    application = typer.Typer(cls=answers.Commands, pretty_exceptions_enable=False)
    application.command("pull")(pull_command.pull)
    application.command("other")(lambda: None)
    monkeypatch.setenv("JAIDEE_CENTRAL_PASSWORD", played.PASSWORD)
    monkeypatch.setenv("JAIDEE_KOBO_TOKEN", played.TOKEN)

    def call(*arguments, **options):
        place = ("--workspace", str(store.workspace.folder))
        return typer.testing.CliRunner().invoke(application, ["pull", *arguments, *place], **options)

    return call


def _central(server):
    return ("central", server.url, "1", "jaidee_survey", "--user", played.USER)


def test_central_is_pulled_and_pulled_again(run, server, store) -> None:
    first, again = run(*_central(server), "--json"), run(*_central(server), "--json")
    assert (first.exit_code, again.exit_code) == (0, 0)
    told = json.loads(first.stdout)
    assert (told["ok"], told["records"], told["accepted"], told["held"]) == (True, 1, 1, [])
    assert json.loads(again.stdout)["same"] == 1
    assert len(read.surveys(store)) == 1


def test_kobo_is_pulled_and_told_in_thai(run, server) -> None:
    done = run("kobo", server.url, "aAbc")
    assert done.exit_code == 0
    assert "รับแล้ว 1" in done.stdout


def test_what_is_held_ends_with_the_code_for_it(run, server) -> None:
    server.visits = [server.visits[0].but(site="KK-999")]
    done = run("kobo", server.url, "aAbc", "--lang", "en")
    assert done.exit_code == answers.HELD
    assert "KK-999 is not in the register" in done.stderr


def test_a_dry_run_writes_nothing(run, server, store) -> None:
    head = str(read.head(store))
    done = run(*_central(server), "--dry-run", "--since", "2026-03-01", "--lang", "en")
    assert "1 records understood: 1 would be taken in, 0 would be held; nothing was written" in done.stdout
    assert str(read.head(store)) == head


def test_a_wrong_password_is_told_and_not_shown(run, server, monkeypatch) -> None:
    monkeypatch.setenv("JAIDEE_CENTRAL_PASSWORD", "wrong-secret-77")
    done = run(*_central(server), "--lang", "en")
    assert done.exit_code == answers.PROBLEMS
    assert "does not accept this name and password" in done.stderr
    assert "wrong-secret-77" not in done.output
    assert "Traceback" not in done.output


def test_a_password_is_asked_for_when_the_environment_has_none(run, server, monkeypatch) -> None:
    monkeypatch.delenv("JAIDEE_CENTRAL_PASSWORD")
    done = run(*_central(server), "--json", input=f"{played.PASSWORD}\n")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["accepted"] == 1
    assert played.PASSWORD not in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("aggregate", "https://x.example.org", "1"),
        ("central", "https://x.example.org", "1"),
        ("central", "https://x.example.org", "one", "form", "--user", "x"),
        ("kobo", "https://x.example.org", "aAbc", "form"),
    ],
)
def test_wrong_usage_is_told(arguments, run) -> None:
    assert run(*arguments).exit_code == answers.USAGE
