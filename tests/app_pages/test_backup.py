"""The page of backups says when the last one was made, and hands out a copy that opens and is whole."""

from __future__ import annotations

import datetime as dt
import types
from pathlib import Path

import pytest

from app_pages import backup as page
from app_pages.session import cache, page_roles
from audits import roles, wording
from audits.store.backup import last_backup
from audits.store.db import connection, workspace
from audits.store.surveys import read
from tests.app_pages import opening


def test_it_says_how_the_last_backup_went_and_its_copy_is_whole(
    demonstration_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(demonstration_folder))
    cache.open_store.clear()
    app = opening.opened("backup.py", lang="en", workspace="demonstration")
    assert not app.exception
    shown = " ".join(str(each.proto.body) for each in app.get("html"))
    assert "No backup yet" in shown
    place = workspace.Workspace(demonstration_folder).demonstration
    with connection.open_store(place) as store:
        (tmp_path / "jaidee.gpkg").write_bytes(page.snapshot(store))
        head = str(read.head(store))
    with connection.open_store(workspace.Workspace(tmp_path), create=False) as copy:
        assert str(read.head(copy)) == head


@pytest.mark.parametrize(("language", "ending"), [("th", ".th.md"), ("en", ".md")])
def test_it_names_the_guides_in_the_readers_language(
    demonstration_folder: Path, monkeypatch: pytest.MonkeyPatch, language: str, ending: str
) -> None:
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(demonstration_folder))
    cache.open_store.clear()
    app = opening.opened("backup.py", lang=language, workspace="demonstration")
    shown = " ".join(str(each.proto.body) for each in app.get("html"))
    for guide in ("office_pc", "small_server"):
        assert f"data/deployment/{guide}{ending}</code>" in shown


@pytest.mark.parametrize(
    ("folder", "problems", "checked", "said"),
    [
        ("", 1, False, "could not be made"),
        ("/b", 2, False, "has 2 problems"),
        ("/b", 0, True, "restored and compared"),
        ("/b", 0, False, "not yet restored"),
    ],
)
def test_each_outcome_has_its_sentence(tmp_path: Path, folder: str, problems: int, checked: bool, said: str) -> None:
    place = workspace.Workspace(tmp_path)
    made = dt.datetime(2026, 11, 1, 20, tzinfo=dt.UTC)
    last_backup.write(place, last_backup.LastBackup(made, folder, problems, checked))
    headline, *facts = page.last(place, wording.Wording("en"), made)
    assert said in " ".join(facts)
    assert (headline == "The last backup is good") == (checked and not problems)
    old, *_ = page.last(place, wording.Wording("en"), made + dt.timedelta(days=9))
    assert (old == "The last backup is too old") == (not problems)


def test_after_a_failure_the_last_good_backup_is_said_and_the_next_goes_there(tmp_path: Path) -> None:
    place = workspace.Workspace(tmp_path)
    made, failed = dt.datetime(2026, 11, 1, 20, tzinfo=dt.UTC), dt.datetime(2026, 11, 2, 20, tzinfo=dt.UTC)
    last_backup.write(place, last_backup.LastBackup(made, str(tmp_path / "disk" / "backup-1"), 0, True))
    last_backup.write(place, last_backup.LastBackup(failed, "", 1, True))
    headline, *facts = page.last(place, wording.Wording("en"), failed)
    assert headline == "The last backup is not good"
    assert facts == [
        "The backup of 3 Nov 2026 03:00 could not be made.",
        "The last good one is of 2 Nov 2026 03:00.",
        f"It lies in the folder {tmp_path / 'disk'}.",
    ]
    (tmp_path / "disk").mkdir()
    assert page.target(place) == tmp_path / "disk"


def test_only_who_keeps_the_record_has_the_page_and_no_menu_is_longer_than_five() -> None:
    assert {role for role in page_roles.MENU_OF if page_roles.has(role, "backup")} == {
        roles.OFFICE,
        roles.ADMINISTRATOR,
    }
    for role, menu in page_roles.MENU_OF.items():
        assert len(menu[""]) + len(menu) - 1 <= 5, role


def test_a_backup_made_on_the_page_is_proved_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = workspace.Workspace(tmp_path / "workspace")
    connection.open_store(place).close()
    monkeypatch.setenv("JAIDEE_WORKSPACE", str(place.folder))
    cache.open_store.clear()
    app = opening.opened("backup.py", lang="en")
    app.button(key="backup_whole").click().run()
    assert not app.exception
    (done,) = (one.value for one in app.success)
    assert done.startswith("Backed up, restored and compared: ")
    headline, proved, _, by, itself = page.last(place, wording.Wording("en"), dt.datetime.now(dt.UTC))
    assert headline == "The last backup is good"
    assert "restored and compared" in proved
    assert by == "Made by hand: at this computer."
    assert itself == "None comes by itself: set one up for every night."
    made = last_backup.read(place)
    assert made is not None
    # the next one goes where the last one went, also where the server's own lie elsewhere
    assert page.target(place) == place.folder / page.OWN_FOLDER
    (tmp_path / "other").mkdir()
    last_backup.write(place, last_backup.LastBackup(made.made_at, str(tmp_path / "other" / "dated"), 0, True))
    assert page.target(place) == tmp_path / "other"
    cache.open_store.clear()


def test_a_folder_is_on_the_disk_of_the_record_by_its_device_and_not_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, other = workspace.Workspace(tmp_path), tmp_path / "other"
    assert page.is_on_disk_of(place, other / "not made yet")
    other.mkdir()
    assert page.is_on_disk_of(place, other)
    stat = Path.stat

    def of_another_disk(path: Path, **options: bool) -> object:
        return types.SimpleNamespace(st_dev=-1, st_mode=stat(path).st_mode) if path == other else stat(path, **options)

    monkeypatch.setattr(Path, "stat", of_another_disk)
    assert not page.is_on_disk_of(place, other)
