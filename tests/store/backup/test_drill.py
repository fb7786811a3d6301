"""A backup is proved by restoring it; what differs from the record it was made from is reported."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from audits import errors, survey
from audits.store.backup import dated_backup, drill, restore
from audits.store.db import connection
from audits.store.photos import erasure
from audits.store.register import changes
from audits.store.surveys import submit

EARLIER = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


@pytest.fixture(name="target")
def _target(
    store: connection.Store, a_survey: Callable[..., survey.Survey], keep_photo: Callable[[str], str], tmp_path: Path
) -> Path:
    submit.submit(store, a_survey(photos=(survey.Photo(keep_photo("red")),)), "somchai")
    dated_backup.write(store, tmp_path / "b", at=EARLIER)
    return tmp_path / "b"


def kinds(found: drill.Drill) -> set[errors.ProblemKind]:
    return {problem.kind for problem in found.problems}


def test_a_sound_backup_brings_back_the_record_and_leaves_nothing_behind(store: connection.Store, target: Path) -> None:
    for entry_later in (False, True):
        if entry_later:
            changes.report_position(store, "KK-001", "confirmed", "somchai", "seen")
        before = sorted(target.iterdir())
        found = drill.check(store, target)
        assert (found.surveys, found.photos, found.problems) == (1, 1, ())
        assert found.head.startswith(f"{found.entries}:")
        assert sorted(target.iterdir()) == before


def test_a_photo_that_is_gone_or_damaged_is_reported(store: connection.Store, target: Path) -> None:
    (photo,) = (path for path in (target / "photos").rglob("*") if path.is_file())
    photo.write_bytes(photo.read_bytes()[:-1] + b"x")
    assert kinds(drill.check(store, target)) == {restore.FILE_DAMAGED}
    photo.unlink()
    assert kinds(drill.check(store, target)) == {restore.FILE_GONE}


def test_a_photo_erased_after_the_backup_is_no_difference(store: connection.Store, target: Path) -> None:
    (photo,) = (path.stem for path in store.workspace.photos_folder.rglob("*.jpg"))
    erasure.erase(store, photo, "asked for", "admin")
    dated_backup.write(store, target)
    for backup in sorted(path for path in target.iterdir() if (path / dated_backup.MANIFEST).is_file()):
        assert drill.check(store, backup).problems == ()


@pytest.mark.usefixtures("the_file")
def test_a_backup_of_another_record_is_reported(
    store: connection.Store, target: Path, a_survey: Callable[..., survey.Survey], tmp_path: Path
) -> None:
    # what a nightly backup of the file left behind after a move would be
    restored = restore.restore(target, tmp_path / "older").backup
    submit.submit(store, a_survey(survey_id="uuid:2"), "somchai")
    dated_backup.write(store, target)
    with connection.open_store(connection.workspace.Workspace(tmp_path / "older"), create=False) as older:
        found = kinds(drill.check(older, target))
        assert drill.OTHER_COUNT in found and len(found) == 2
        assert drill.check(older, restored).problems == ()


def test_a_folder_without_a_backup_is_refused(store: connection.Store, tmp_path: Path) -> None:
    with pytest.raises(errors.StoreError, match="no backup here"):
        drill.check(store, tmp_path)
