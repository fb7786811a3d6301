import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from audits import __main__ as program
from audits.store.backup import last_backup, retention
from audits.store.db import connection, workspace
from audits.store.integrity import verify
from audits.store.surveys import read


def asked(*words: object) -> tuple[int, dict[str, object], str]:
    """Return what a command answered: exit code, its JSON, what it wrote for people."""
    given = [str(word) for word in (*words, "--json", "--lang", "en")]
    result = CliRunner().invoke(program.application, given, env={"JAIDEE_WORKSPACE": ""})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout), result.stderr


@pytest.fixture(scope="module")
def city(demonstration_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "city"
    return Path(shutil.copytree(demonstration_folder / "demonstration", folder))


def test_a_backup_is_made_and_restored_and_every_figure_told(city: Path, tmp_path: Path) -> None:
    code, made, _ = asked("backup", tmp_path / "b", "--workspace", city, "--keep", 3)
    assert (code, made["ok"], made["problems"], made["pruned"]) == (0, True, [], [])
    code, restored, _ = asked("restore", tmp_path / "b", "--workspace", tmp_path / "new", "--expect", made["head"])
    assert code == 0
    assert {name: restored[name] for name in ("head", "entries", "surveys", "photos")} == {
        name: made[name] for name in ("head", "entries", "surveys", "photos")
    }
    assert (restored["unread_requests"], restored["deleted_again"]) == (0, 0)
    with connection.open_store(workspace.Workspace(tmp_path / "new"), create=False) as store:
        assert str(read.head(store)) == made["head"]
        assert verify.verify(store, str(made["head"])).problems == ()


def test_a_damaged_backup_is_refused_with_the_name_of_the_file(city: Path, tmp_path: Path) -> None:
    _, made, _ = asked("backup", tmp_path / "b", "--workspace", city)
    store = Path(str(made["folder"])) / "jaidee.gpkg"
    store.write_bytes(store.read_bytes()[:-4096])
    code, answer, messages = asked("restore", tmp_path / "b", "--workspace", tmp_path / "new")
    assert (code, answer["ok"]) == (1, False)
    assert [(one["code"], one["where"]) for one in answer["problems"]] == [("STORE-583", "jaidee.gpkg")]  # type: ignore[attr-defined]
    assert "jaidee.gpkg" in messages
    assert not (tmp_path / "new").exists()


def test_a_backup_is_proved_and_the_one_before_it_too(city: Path, tmp_path: Path) -> None:
    code, made, _ = asked("backup", tmp_path / "b", "--workspace", city, "--check")
    (check,) = made["checked"]  # type: ignore[misc]
    assert (code, check["ok"], check["head"], check["surveys"]) == (0, True, made["head"], made["surveys"])
    place = workspace.Workspace(city)
    last = last_backup.read(place)
    assert last is not None
    assert (last.folder, last.problems, last.checked) == (made["folder"], 0, True)
    Path(str(made["folder"]), "jaidee.gpkg").write_bytes(b"")
    # the name of a backup counts in seconds
    Path(str(made["folder"])).rename(tmp_path / "b" / "2026-01-01T00-00-00Z")
    code, made, _ = asked("backup", tmp_path / "b", "--workspace", city, "--check")
    assert (code, made["ok"], [one["ok"] for one in made["checked"]]) == (1, False, [False, True])  # type: ignore[attr-defined]
    assert [one["where"] for one in made["problems"]] == ["jaidee.gpkg"]  # type: ignore[attr-defined]
    last = last_backup.read(place)
    assert last is not None and last.problems == 1


@pytest.mark.parametrize(("keep", "made_by"), [((), last_backup.COMMAND_LINE), (("--keep", "3"), "")])
def test_a_backup_is_one_by_hand_unless_it_is_of_those_that_a_timer_keeps(
    city: Path, tmp_path: Path, keep: tuple[str, ...], made_by: str
) -> None:
    asked("backup", tmp_path / "b", "--workspace", city, *keep)
    last = last_backup.read(workspace.Workspace(city))
    assert last is not None and last.made_by == made_by


def test_restoring_over_something_is_refused(city: Path, tmp_path: Path) -> None:
    asked("backup", tmp_path / "b", "--workspace", city)
    code, _, messages = asked("restore", tmp_path / "b", "--workspace", city)
    assert code == 1
    assert "holds something already" in messages


def test_a_sweep_says_first_and_removes_only_when_told(city: Path, tmp_path: Path) -> None:
    place = workspace.Workspace(Path(shutil.copytree(city, tmp_path / "copy")))
    stray = place.photos_folder / "aa" / f"{'a' * 64}.jpg"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"x")
    os.utime(stray, (0, 0))
    with connection.open_store(place, kind="demonstration") as store:
        retention.set_term(store, retention.PHOTO_MONTHS, "12", "admin")
    code, would, _ = asked("sweep", "--workspace", place.folder, "--actor", "admin")
    assert (code, would["done"], would["left_over"], stray.exists()) == (0, False, 1, True)
    code, done, _ = asked("sweep", "--do", "--workspace", place.folder, "--actor", "admin")
    assert (code, done["done"], done["left_over"], stray.exists()) == (0, True, 1, False)


def test_a_receipt_is_written_and_holds_alone_and_before_the_ledger(city: Path, tmp_path: Path) -> None:
    file = tmp_path / "receipt.zip"
    code, made, _ = asked("receipt", "KK-001", file, "--workspace", city)
    assert (code, made["sites"], made["demonstration"]) == (0, 1, True)
    code, found, _ = asked("verify-receipt", file)
    assert (code, found["holds"], found["ledger_asked"], found["number"]) == (0, True, False, made["number"])
    code, found, _ = asked("verify-receipt", file, "--workspace", city)
    assert (code, found["holds"], found["ledger_asked"]) == (0, True, True)
    file.write_bytes(file.read_bytes()[:-30])
    code, found, messages = asked("verify-receipt", file)
    assert (code, found["ok"]) == (1, False)
    assert "not a receipt" in messages
